//! What can be done to users, and what is said of it.

use serde_json::{Value, json};

use super::super::testing::Asker;

const WORLD: &str = "
assumed_actions: true
server: { now: 2030-05-05T00:00:00Z }
paths:
  - { id: 12, path: field, policy: { id: 112, settings: { write_protection: { mode: ALWAYS } } } }
  - { id: 13, path: field/north }
users:
  - { id: 3, name: Ada, email: ada@example.org, path: field, last_login: 2029-01-01T00:00:00Z }
  - { id: 4, name: Bea, email: bea@example.org, policy: { id: 120 } }
  - { id: 5, name: Cem, email: cem@example.org, path: field/north, drives: [{ serial: S1, hardware_id: H, status: DETONATED }] }
";

#[tokio::test]
async fn a_user_tells_where_the_policy_in_force_comes_from() {
    let asker = Asker::new(WORLD);
    let of = async |email| {
        let user = asker.user(email).await;
        ["ou", "policyId", "policyType", "hasPolicy"].map(|key| user[key].clone())
    };
    let row = |ou: u64, policy: u64, kind: &str, own: bool| {
        [json!(ou), json!(policy), json!(kind), json!(own)]
    };
    assert_eq!(of("ada@example.org").await, row(12, 112, "OU", false));
    assert_eq!(of("cem@example.org").await, row(13, 112, "OU", false));
    assert_eq!(of("bea@example.org").await, row(1, 120, "USER", true));
    let home = json!({ "action": "edit", "userid": 3, "oupath": "default" });
    asker.get("manage_user", home).await;
    assert_eq!(of("ada@example.org").await, row(1, 101, "DEFAULT", false));
}

#[tokio::test]
async fn an_edit_changes_what_is_sent_and_nothing_else() {
    let asker = Asker::new(WORLD);
    let before = asker.user("ada").await;
    asker
        .get("manage_user", json!({ "action": "edit", "userid": 3 }))
        .await;
    assert_eq!(asker.user("ada").await, before);
    let rename = json!({ "action": "edit", "userid": "3", "email": "ADA@example.org" });
    asker.get("manage_user", rename).await;
    let mut expected = before;
    expected["email"] = json!("ADA@example.org");
    assert_eq!(asker.user("ada").await, expected);
}

#[tokio::test]
async fn an_edit_is_told_with_what_was_before_and_without_the_path() {
    let asker = Asker::new(WORLD);
    let edit = json!({
        "action": "edit", "userid": 3, "username": "Ada L.", "email": "al@example.org", "oupath": "field/north",
    });
    let answered = asker.ask("manage_user", edit).await;
    let log = &answered.body["log"];
    assert_eq!(log["action"], "update_user");
    assert_eq!(log["time"], "2030-05-05T00:00:00Z");
    assert_eq!(log["userName"], "trueup@example.org");
    let data: Value = serde_json::from_str(log["data"].as_str().unwrap()).unwrap();
    let expected = json!({
        "old_email": "ada@example.org", "email": "al@example.org",
        "old_username": "Ada", "username": "Ada L.",
    });
    assert_eq!(data, expected);
    assert_eq!(asker.user("al@example.org").await["ou"], 13);
}

#[tokio::test]
async fn an_edit_keeps_the_registration_token() {
    let asker = Asker::new(WORLD);
    let edit = async |name: &str| {
        let edit = json!({ "action": "edit", "userid": 3, "username": name });
        asker.get("manage_user", edit).await["token"].clone()
    };
    let token = edit("x").await;
    assert_eq!(token.as_str().unwrap().len(), 45);
    assert_eq!(edit("y").await, token);
}

#[tokio::test]
async fn an_edit_that_is_refused_changes_nothing() {
    let asker = Asker::new(WORLD);
    let before = asker.get("find_users", json!({})).await;
    let cases = [
        (json!({ "userid": 3 }), "Missing parameter: action"),
        (json!({ "action": "edit" }), "Missing parameter: userid"),
        (
            json!({ "action": "edit", "userid": "x" }),
            "userid must be an integer",
        ),
        (
            json!({ "action": "edit", "userid": 99 }),
            "Unknown user id: 99",
        ),
        (
            json!({ "action": "edit", "userid": 3, "username": " " }),
            "user name is empty",
        ),
        (
            json!({ "action": "edit", "userid": 3, "username": 7 }),
            "username must be a string",
        ),
        (
            json!({ "action": "edit", "userid": 3, "email": "ada" }),
            "Invalid email",
        ),
        (
            json!({ "action": "edit", "userid": 3, "email": "Bea@Example.org" }),
            "already in use",
        ),
        (
            json!({ "action": "edit", "userid": 3, "oupath": "feild" }),
            "Unknown path: feild",
        ),
    ];
    for (data, named) in cases {
        let said = asker.failure("manage_user", data.clone()).await;
        assert!(said.contains(named), "{data}: {said}");
    }
    assert_eq!(asker.get("find_users", json!({})).await, before);
}

#[tokio::test]
async fn display_names_may_repeat() {
    let asker = Asker::new(WORLD);
    let edit = json!({ "action": "edit", "userid": 3, "username": "Bea" });
    asker.get("manage_user", edit).await;
    assert_eq!(asker.user("ada@example.org").await["cn"], "Bea");
}

#[tokio::test]
async fn a_user_is_added_with_name_and_address_and_was_never_seen() {
    let asker = Asker::new(WORLD);
    for missing in ["username", "email"] {
        let mut add = json!({ "action": "add", "username": "Dan", "email": "dan@example.org" });
        add[missing] = Value::Null;
        let said = asker.failure("manage_user", add).await;
        assert_eq!(said, format!("Missing parameter: {missing}"));
    }
    let add = json!({ "action": "add", "username": "Dan", "email": "dan@example.org" });
    assert_eq!(asker.get("manage_user", add.clone()).await["userid"], 6);
    let user = asker.user("dan").await;
    assert_eq!(
        (&user["ou"], &user["isUpdated"]),
        (&json!(1), &json!(false))
    );
    for key in ["last_login", "last_ip", "geolocation"] {
        assert!(user.get(key).is_none(), "{key}");
    }
    assert!(
        asker
            .failure("manage_user", add)
            .await
            .contains("already in use")
    );
}

#[tokio::test]
async fn a_user_is_deleted_unless_a_drive_is_alive_and_the_id_is_not_given_again() {
    let asker = Asker::new(WORLD);
    asker.command(
        "register",
        json!({ "serial": "S9", "user": "ada@example.org" }),
    );
    let said = asker
        .failure("manage_user", json!({ "action": "delete", "userid": 3 }))
        .await;
    assert!(said.contains("S9"), "{said}");
    let gone = json!({ "action": "delete", "userid": 5 });
    assert_eq!(asker.get("manage_user", gone.clone()).await, json!({}));
    assert!(
        asker
            .failure("manage_user", gone)
            .await
            .contains("Unknown user id")
    );
    let add = json!({ "action": "add", "username": "Dan", "email": "cem@example.org" });
    assert_eq!(asker.get("manage_user", add).await["userid"], 6);
}
