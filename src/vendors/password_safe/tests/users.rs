//! Application users: where the secret goes that the vendor shows when it creates one.

use serde_json::{Value, json};

use super::{Recorded, decode, spec};
use crate::apply::Permit;
use crate::model::address::RemoteId;
use crate::model::applying::{Applying, Created};
use crate::model::delivery::Shelf;
use crate::model::error::{Cause, VendorError};
use crate::model::kind::{Kind, Update};
use crate::model::reference::Links;
use crate::vendors::password_safe::user::{User, UserSpec};

const BOT: &str = "user_name: bot, type: application, access_policy: 7";

fn bot(client_secret: Value) -> Value {
    json!({ "UserID": 41, "UserName": "bot", "IsActive": true, "IsQuarantined": false, "ClientID": "5d8b0a52",
        "ClientSecret": client_secret, "AccessPolicyID": 7, "UserType": "Application" })
}

async fn shown(client_secret: Value) -> Recorded {
    Recorded::of(&[
        ("POST /Users", 201, bot(client_secret)),
        ("GET /Users/41", 200, bot(Value::Null)),
        ("PUT /Users/41", 200, json!({})),
    ])
    .await
}

async fn create(recorded: &Recorded, want: &str, door: &Shelf) -> Result<RemoteId, VendorError> {
    let (links, created, permit) = (Links::default(), Created::default(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door,
    };
    User::create(&recorded.client, &spec(want), &applying).await
}

fn taken(door: &Shelf) -> Vec<String> {
    door.taken.lock().unwrap().clone()
}

#[tokio::test]
async fn the_client_secret_goes_where_the_declaration_says() {
    for (output, to) in [
        ("{ file: ./out//bot.json }", "the file out/bot.json"),
        ("{ command: [vault-put, ci] }", "the program vault-put"),
    ] {
        let (recorded, door) = (shown(json!("Blue-Kettle-71")).await, Shelf::default());
        let want = format!("{{ {BOT}, secret_output: {output} }}");
        create(&recorded, &want, &door).await.unwrap();
        let text = r#"{"client_id":"5d8b0a52","client_secret":"Blue-Kettle-71"}"#;
        assert_eq!(taken(&door), [format!("{to}: {text}\n")]);
        let sent = json!({ "UserType": "Application", "UserName": "bot", "AccessPolicyID": 7 });
        assert_eq!(recorded.writes(), [("POST /Users".to_owned(), sent)]);
    }
}

#[tokio::test]
async fn without_a_place_for_it_the_client_secret_goes_nowhere() {
    let (recorded, door) = (shown(json!("Blue-Kettle-71")).await, Shelf::default());
    create(&recorded, &format!("{{ {BOT} }}"), &door)
        .await
        .unwrap();
    assert_eq!(taken(&door), Vec::<String>::new());
}

#[tokio::test]
async fn a_client_secret_that_is_not_delivered_is_told_with_a_way_to_another() {
    let recorded = shown(json!("Blue-Kettle-71")).await;
    let door = Shelf {
        refuses: Some("the disk is full".to_owned()),
        ..Shelf::default()
    };
    let want = format!("{{ {BOT}, secret_output: {{ file: bot.json }}, active: false }}");
    let error = create(&recorded, &want, &door).await.unwrap_err();
    assert_eq!(error.cause, Cause::Partial);
    assert_eq!(
        error.to_string(),
        "the user is there, but its client secret was not delivered: the disk is full"
    );
    let help = error.help.unwrap();
    assert!(
        help.contains("`POST Users/41/RecycleClientSecret`"),
        "{help}"
    );
    // What else was asked for is done.
    let writes = recorded.writes();
    assert_eq!(writes[1].0, "PUT /Users/41");
    assert_eq!(writes[1].1["IsActive"], json!(false));
}

#[tokio::test]
async fn a_client_secret_that_the_vendor_does_not_show_is_told() {
    let recorded = shown(Value::Null).await;
    let want = format!("{{ {BOT}, secret_output: {{ file: bot.json }} }}");
    let error = create(&recorded, &want, &Shelf::default()).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "the user is there, but its client secret was not delivered: Password Safe did not show it"
    );
}

#[tokio::test]
async fn a_create_whose_answer_is_no_answer_says_that_the_secret_may_be_lost() {
    let page = json!({ "raw": "<html>Blue-Kettle-71</html>" });
    let recorded = Recorded::of(&[("POST /Users", 201, page)]).await;
    let want = format!("{{ {BOT}, secret_output: {{ file: bot.json }} }}");
    let error = create(&recorded, &want, &Shelf::default()).await;
    let error = error.unwrap_err();
    assert_eq!(error.cause, Cause::Unknown);
    let help = error.help.unwrap();
    assert!(
        help.starts_with("look whether the user is there now: if so"),
        "{help}"
    );
}

#[tokio::test]
async fn a_user_of_the_other_type_is_not_written() {
    let recorded = shown(Value::Null).await;
    let want = spec::<UserSpec>("{ user_name: bot, first_name: Bot }");
    let (links, created, permit) = (Links::default(), Created::default(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door: &Shelf::default(),
    };
    let update = Update {
        want: &want,
        changed: &["first_name"],
        enable: false,
    };
    let id = RemoteId("41".to_owned());
    let error = User::update(&recorded.client, &id, update, &applying).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "it is of type application at the vendor, which lets nobody change that"
    );
    assert_eq!(recorded.writes(), []);
}

#[test]
fn a_secret_goes_to_one_place_that_is_allowed() {
    let read = |output: &str| {
        let read = decode::<UserSpec>(&format!("{{ {BOT}, secret_output: {output} }}"));
        read.map(|_| "fine".to_owned()).unwrap_or_else(|why| why)
    };
    assert_eq!(read("{ file: out/bot.json }"), "fine");
    assert_eq!(read("{ command: [vault-put] }"), "fine");
    for (output, why) in [
        ("{}", "a secret goes to exactly one place"),
        (
            "{ file: a.json, command: [vault-put] }",
            "a secret goes to exactly one place",
        ),
        (
            "out/bot.json",
            "expected a secret's output (a mapping), found text",
        ),
        ("{ command: [] }", "a command begins with a program"),
        (
            "{ command: [curl, example.org] }",
            "declarations may not run the program `curl`",
        ),
        (
            "{ file: ../bot.json }",
            "declarations may not have the file `../bot.json` made",
        ),
        (
            "{ file: /tmp/bot.json }",
            "declarations may not have the file `/tmp/bot.json` made",
        ),
        ("{ file: . }", "declarations may not have the file `.` made"),
        (
            "{ file: out/bot.yaml }",
            "the file `out/bot.yaml` would be read as declarations",
        ),
    ] {
        assert_eq!(read(output), why, "{output}");
    }
    let person = decode::<UserSpec>("{ user_name: ana, secret_output: { file: a.json } }");
    assert_eq!(person.unwrap_err(), "it has no key `secret_output`");
}
