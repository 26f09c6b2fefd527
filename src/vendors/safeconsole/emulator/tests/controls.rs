//! What happens to the world without the API.

use serde_json::{Value, json};

use super::super::testing::Asker;
use crate::emulate::Emulator;

const WORLD: &str = "
assumed_actions: true
server: { now: 2030-05-05T00:00:00Z }
paths: [{ id: 12, path: field, policy: { id: 112, settings: { geofence: { enabled: true, ip: { values: [192.0.2.0/24] }, country: { values: [Exampleland] } } } } }]
users:
  - { id: 1, name: Ada, email: ada@example.org, path: field, drives: [{ serial: S1, hardware_id: H1 }] }
  - { id: 2, name: Bea, email: bea@example.org, drives: [{ serial: S5, hardware_id: H5, status: FACTORY_RESET }] }
";

fn refusal(asker: &Asker, name: &str, body: Value) -> String {
    let said = asker.emulator.command(name, body);
    said.err().unwrap_or_default()
}

async fn status(asker: &Asker, serial: &str) -> Value {
    let user = asker.user(serial).await;
    let mut drives = user["safesticks"].as_array().unwrap().iter();
    let drive = drives.find(|drive| drive["serial"] == serial);
    drive.unwrap()["safeStickStatus"].clone()
}

#[tokio::test]
async fn a_drive_registers_for_a_user_by_address_or_by_token() {
    let asker = Asker::new(WORLD);
    asker.command(
        "register",
        json!({ "serial": "S2", "user": "ADA@example.org", "model": "DL4" }),
    );
    let edit = json!({ "action": "edit", "userid": 2 });
    let token = asker.get("manage_user", edit).await["token"].clone();
    asker.command("register", json!({ "serial": "S3", "token": token }));
    let ada = asker.user("S2").await;
    assert_eq!(
        (&ada["id"], &ada["last_login"]),
        (&json!(1), &json!("2030-05-05T00:00:00Z"))
    );
    assert_eq!(asker.user("S3").await["id"], 2);
    assert_eq!(status(&asker, "S2").await, "IN_USE");
}

#[tokio::test]
async fn a_registration_waits_where_approval_is_required() {
    let asker = Asker::new(&WORLD.replace("server: {", "server: { approval: true,"));
    asker.command(
        "register",
        json!({ "serial": "S2", "user": "ada@example.org" }),
    );
    assert_eq!(status(&asker, "S2").await, "WAITING_FOR_APPROVAL");
}

#[tokio::test]
async fn users_and_paths_come_into_being_by_a_registration() {
    let asker = Asker::new(WORLD);
    let register =
        json!({ "serial": "S2", "user": "dan@example.org", "name": "Dan", "path": "PC-7/dan" });
    asker.command("register", register);
    let ous = asker.get("get_ous", json!({})).await;
    let paths: Vec<_> = ous
        .as_array()
        .unwrap()
        .iter()
        .map(|ou| &ou["path"])
        .collect();
    assert_eq!(paths, ["default", "field", "PC-7", "PC-7/dan"]);
    assert_eq!(asker.user("dan").await["ou"], 14);
}

#[tokio::test]
async fn a_drive_that_was_reset_begins_a_new_life() {
    let asker = Asker::new(WORLD);
    asker.command(
        "register",
        json!({ "serial": "S5", "user": "bea@example.org" }),
    );
    assert_eq!(status(&asker, "S5").await, "IN_USE");
}

#[test]
fn a_registration_that_cannot_be_is_refused() {
    let asker = Asker::new(WORLD);
    let cases = [
        (
            json!({ "serial": "S1", "user": "ada@example.org" }),
            "registered already",
        ),
        (
            json!({ "serial": "S9", "user": "dan@example.org" }),
            "needs a `name`",
        ),
        (
            json!({ "serial": "S9", "token": "1x" }),
            "no user has this token",
        ),
        (json!({ "serial": "S9" }), "one of `user` and `token`"),
        (
            json!({ "serial": "S9", "user": "d@example.org", "name": "D", "path": "a//b" }),
            "`a//b`",
        ),
        (json!({ "serial": "S9", "colour": "red" }), "colour"),
    ];
    for (body, named) in cases {
        let said = refusal(&asker, "register", body.clone());
        assert!(said.contains(named), "{body}: {said}");
    }
    let strict = Asker::new("{ server: { unique_token: true } }");
    let said = refusal(
        &strict,
        "register",
        json!({ "serial": "S9", "user": "a@example.org" }),
    );
    assert!(said.contains("demands the token"), "{said}");
}

#[tokio::test]
async fn a_geofence_denies_access_and_gives_it_back() {
    let asker = Asker::new(WORLD);
    let at = |ip: &str, country: &str| json!({ "serial": "S1", "ip": ip, "country": country });
    let steps = [
        (at("203.0.113.1", "Nowhere"), "DENIED_ACCESS"),
        (at("192.0.2.8", "exampleland"), "DENIED_ACCESS"),
        (at("192.0.2.8", "Nowhere"), "IN_USE"),
    ];
    for (body, expected) in steps {
        asker.command("check-in", body.clone());
        assert_eq!(status(&asker, "S1").await, expected, "{body}");
    }
    assert_eq!(asker.user("S1").await["last_ip"], "192.0.2.8");
}

#[tokio::test]
async fn what_an_admin_denied_no_geofence_gives_back() {
    let asker = Asker::new(WORLD);
    asker.command("check-in", json!({ "serial": "S1", "ip": "203.0.113.1" }));
    for verb in ["lost", "deny"] {
        let order = json!({ "action": verb, "serial": "S1" });
        asker.get("manage_safestick", order).await;
    }
    asker.command("check-in", json!({ "serial": "S1", "ip": "192.0.2.8" }));
    assert_eq!(status(&asker, "S1").await, "DENIED_ACCESS");
}

#[test]
fn a_command_that_is_not_known_is_told_with_those_that_are() {
    let asker = Asker::new(WORLD);
    let said = refusal(&asker, "explode", json!({}));
    assert!(said.contains("register, check-in, revoke"), "{said}");
    assert!(refusal(&asker, "check-in", json!({ "serial": "S9" })).contains("`S9`"));
    assert!(refusal(&asker, "revoke", json!({ "token": "x" })).contains("`x`"));
}
