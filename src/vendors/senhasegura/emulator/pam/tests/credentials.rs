//! Credentials: which one a request means, what reading does, and what cannot be read back.

use serde_json::{Value, json};

use super::super::super::testing::{Asker, column, refusal};
use super::{CREDENTIALS, WORLD, credential};
use crate::emulate::Emulator;

async fn put(asker: &Asker, more: Value) -> (u16, Value) {
    asker.json("POST", CREDENTIALS, &credential(more)).await
}

/// The id and the identifier of the credential that a request was about.
fn meant(answer: &(u16, Value)) -> (&str, &str) {
    let credential = &answer.1["credential"];
    let text = |member: &str| credential[member].as_str().unwrap_or_default();
    (text("id"), text("identifier"))
}

#[tokio::test]
async fn a_known_identifier_means_its_credential_and_may_rename_the_user() {
    let asker = Asker::new(WORLD);
    let answer = put(&asker, json!({ "identifier": "db-app", "username": "web" })).await;
    assert_eq!(meant(&answer), ("6", "db-app"));
    let (_, listed) = asker.get(CREDENTIALS).await;
    let names = column(&listed["credentials"], "username");
    assert_eq!(names, ["root", "web", "root"]);
}

#[tokio::test]
async fn an_unknown_identifier_or_none_means_the_user_on_the_device() {
    let asker = Asker::new(WORLD);
    let answer = put(&asker, json!({ "identifier": "db-super" })).await;
    assert_eq!(meant(&answer), ("5", "db-super"));
    let answer = put(&asker, json!({})).await;
    assert_eq!(meant(&answer), ("5", "db-super"));
    let answer = put(&asker, json!({ "username": "new", "identifier": "" })).await;
    let made_up = "00000000-0000-4000-8000-000000000009";
    assert_eq!(meant(&answer), ("9", made_up));
}

#[tokio::test]
async fn an_empty_username_is_usr_and_none_is_refused() {
    let asker = Asker::new(WORLD);
    assert_eq!(put(&asker, json!({ "username": "" })).await.0, 201);
    let (_, listed) = asker.get(CREDENTIALS).await;
    let names = column(&listed["credentials"], "username");
    assert!(names.contains(&"usr"), "{names:?}");
    let none = put(&asker, json!({ "username": null })).await;
    assert_eq!(refusal(&none), (400, Some(1042)));
}

#[tokio::test]
async fn what_is_wrong_with_a_credential_has_a_number() {
    let asker = Asker::new(WORLD);
    let before = asker.emulator.world_yaml();
    let cases = [
        (json!({ "hostname": "" }), 1004),
        (json!({ "ip": null }), 1005),
        (json!({ "hostname": "web" }), 1011),
        (json!({ "ip": "192.0.2.99" }), 1011),
        (json!({ "hostname": "off", "ip": "192.0.2.2" }), 1011),
        (json!({ "identifier": "db-key" }), 1010),
        (json!({ "identifier": "db-app" }), 1052),
        (json!({ "identifier": "db root" }), 1001),
        (json!({ "domain": "home" }), 1029),
        (json!({ "parent_password": 99 }), 1007),
        (
            json!({ "execution_settings": { "change_plugin": "SSH" } }),
            1047,
        ),
        (
            json!({ "jit_settings": { "creation_plugin": "x", "creation_template": "" } }),
            1047,
        ),
        (json!({ "execution_settings": "x" }), 1001),
        (
            json!({ "jit_settings": { "use_own_credential_to_connect": false } }),
            1001,
        ),
    ];
    for (more, number) in cases {
        let answer = put(&asker, more.clone()).await;
        assert_eq!(refusal(&answer), (400, Some(number)), "{more}");
    }
    let owner = json!({ "additional_settings": { "user_credential_owner": "nobody" } });
    let (status, body) = put(&asker, owner).await;
    assert_eq!((status, &body["exception"]), (500, &Value::Null));
    assert_eq!(asker.emulator.world_yaml(), before);
}

#[tokio::test]
async fn reading_takes_custody_until_it_is_released() {
    let asker = Asker::new(WORLD);
    let custody = format!("{CREDENTIALS}/custody/5");
    let release = async || refusal(&asker.json("DELETE", &custody, &Value::Null).await);
    assert_eq!(release().await, (400, Some(1018)));
    let (_, read) = asker.get(&format!("{CREDENTIALS}/5")).await;
    assert_eq!(read["credential"]["password"], "Old-Content-1");
    let world = asker.emulator.world_yaml();
    assert!(world.contains("custody:\n  - a2a-emulator"), "{world}");
    let (_, listed) = asker.get(CREDENTIALS).await;
    assert_eq!(listed["credentials"][0]["view"], "2030-01-01 00:00:00");
    assert_eq!(release().await, (200, None));
    assert_eq!(release().await, (400, Some(1018)));
    assert!(!asker.emulator.world_yaml().contains("custody"));
}

#[tokio::test]
async fn a_list_takes_no_custody() {
    let asker = Asker::new(WORLD);
    let before = asker.emulator.world_yaml();
    asker.get(CREDENTIALS).await;
    assert_eq!(asker.emulator.world_yaml(), before);
}

#[tokio::test]
async fn a_credential_is_found_by_id_by_name_and_by_identifier() {
    let asker = Asker::new(WORLD);
    for path in ["5", "root@db", "root%40db", "db-root"] {
        let (_, body) = asker.get(&format!("{CREDENTIALS}/{path}")).await;
        assert_eq!(body["credential"]["id"], "5", "{path}");
    }
    put(&asker, json!({ "username": "it@acme" })).await;
    let at = asker.get(&format!("{CREDENTIALS}/it@acme@db")).await;
    assert_eq!(refusal(&at), (400, Some(1007)));
}

#[tokio::test]
async fn tags_and_settings_are_kept_and_never_shown() {
    let asker = Asker::new(WORLD);
    let settings = json!({ "criticality": "High", "secret_key": "MFRGG" });
    let more = json!({ "tags": "a,b", "additional_settings": settings });
    put(&asker, more).await;
    // What is left out of an object stays.
    let less = json!({ "additional_settings": { "criticality": "Low" } });
    put(&asker, less).await;
    let world = asker.emulator.world_yaml();
    let kept = "  tags: a,b\n  additional_settings:\n    criticality: Low\n    secret_key: MFRGG\n";
    assert!(world.contains(kept), "{world}");
    let (_, read) = asker.get(&format!("{CREDENTIALS}/5")).await;
    let (_, listed) = asker.get(CREDENTIALS).await;
    for shown in [&read["credential"], &listed["credentials"][0]] {
        assert_eq!(shown["tags"], Value::Null);
        assert_eq!(shown["additional_settings"], Value::Null);
    }
}

#[tokio::test]
async fn another_content_moves_the_time_of_the_change() {
    let asker = Asker::new(WORLD);
    let change = async |content: &str| {
        put(&asker, json!({ "content": content })).await;
        let (_, listed) = asker.get(CREDENTIALS).await;
        let change = &listed["credentials"][0]["change"];
        change.as_str().unwrap().to_owned()
    };
    assert_eq!(change("Old-Content-1").await, "2030-01-01 00:00:00");
    assert_eq!(change("New-Content-2").await, "2030-01-01 00:00:01");
}

#[tokio::test]
async fn a_list_shows_types_and_the_first_connectivity() {
    let asker = Asker::new(WORLD);
    let (_, body) = asker.get(CREDENTIALS).await;
    let rows = &body["credentials"];
    assert_eq!(column(rows, "type"), ["Local User", "Service", "SSH Key"]);
    assert_eq!(column(rows, "type_code"), ["1", "5", "4"]);
    assert_eq!(column(rows, "connectivity"), ["RDP"; 3]);
    assert_eq!(body["response"]["message"], "3 credentials found");
}

#[tokio::test]
async fn to_disable_or_enable_again_is_refused() {
    let asker = Asker::new(WORLD);
    let path = format!("{CREDENTIALS}/5");
    let send = async |method| refusal(&asker.json(method, &path, &Value::Null).await);
    assert_eq!(send("PUT").await, (400, Some(1043)));
    assert_eq!(send("DELETE").await, (200, None));
    assert_eq!(send("DELETE").await, (400, Some(1017)));
    assert_eq!(send("GET").await, (400, Some(1008)));
    // It is updated and stays disabled.
    assert_eq!(put(&asker, json!({ "tags": "x" })).await.0, 201);
    assert_eq!(send("GET").await, (400, Some(1008)));
    assert_eq!(send("PUT").await, (200, None));
}
