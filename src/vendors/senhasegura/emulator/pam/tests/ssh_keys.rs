//! SSH keys: updated by their identifier alone, and opening the devices that are registered.

use serde_json::{Value, json};

use super::super::super::testing::{Asker, column, refusal};
use super::{KEYS, WORLD};

#[tokio::test]
async fn a_known_identifier_updates_what_is_sent_and_nothing_else() {
    let asker = Asker::new(WORLD);
    let body = json!({ "identifier": "db-key", "tags": "a, b" });
    let (status, body) = asker.json("POST", KEYS, &body).await;
    assert_eq!(status, 201);
    assert_eq!(body["key"]["id"], "8");
    let (_, read) = asker.get(&format!("{KEYS}/8")).await;
    let key = &read["key"];
    assert_eq!(key["public_key"], "p");
    assert_eq!(key["username"], "root");
    assert_eq!(key["tags"], json!(["a", "b"]));
    assert_eq!(column(&key["devices"], "hostname"), ["db"]);
    assert_eq!(key["identifier"], Value::Null);
}

#[tokio::test]
async fn without_an_identifier_every_request_makes_a_key() {
    let asker = Asker::new(WORLD);
    let body =
        json!({ "hostname": "db", "ip": "192.0.2.1", "public_key": "p", "private_key": "q" });
    let mut identifiers = Vec::new();
    for id in ["9", "10"] {
        let (_, body) = asker.json("POST", KEYS, &body).await;
        assert_eq!(body["key"]["id"], id);
        identifiers.push(body["key"]["identifier"].clone());
    }
    assert_ne!(identifiers[0], identifiers[1]);
    let (_, read) = asker.get(&format!("{KEYS}/9")).await;
    assert_eq!(read["key"]["username"], "usr");
}

#[tokio::test]
async fn what_is_wrong_with_a_key_has_a_number() {
    let asker = Asker::new(WORLD);
    let whole =
        json!({ "hostname": "db", "ip": "192.0.2.1", "public_key": "p", "private_key": "q" });
    let cases = [
        (json!({ "hostname": "" }), 1004),
        (json!({ "ip": "" }), 1005),
        (json!({ "hostname": "web" }), 1011),
        (json!({ "public_key": "" }), 1013),
        (json!({ "private_key": null }), 1014),
        (json!({ "identifier": "db-root" }), 1016),
        (json!({ "devices": "db" }), 1001),
        (json!({ "enabled": "perhaps" }), 1001),
    ];
    for (more, number) in cases {
        let mut body = whole.clone();
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more.clone());
        let answer = asker.json("POST", KEYS, &body).await;
        assert_eq!(refusal(&answer), (400, Some(number)), "{more:?}");
    }
}

#[tokio::test]
async fn devices_are_replaced_and_those_that_are_not_registered_told() {
    let asker = Asker::new(WORLD);
    let devices = json!([{ "hostname": "off" }, { "hostname": "web" }]);
    let body = json!({ "identifier": "db-key", "devices": devices });
    let (_, body) = asker.json("POST", KEYS, &body).await;
    let opened = json!([{ "hostname": "off", "ip": "192.0.2.2" }]);
    assert_eq!(body["key"]["devices"], opened);
    assert_eq!(body["key"]["devices_error"], json!([{ "hostname": "web" }]));
}

#[tokio::test]
async fn a_key_is_disabled_and_enabled_by_its_own_calls_or_by_a_member() {
    let asker = Asker::new(WORLD);
    let path = format!("{KEYS}/8");
    let send = async |method| refusal(&asker.json(method, &path, &Value::Null).await);
    assert_eq!(send("PUT").await, (400, Some(1045)));
    assert_eq!(send("DELETE").await, (200, None));
    assert_eq!(send("DELETE").await, (400, Some(1017)));
    assert_eq!(send("GET").await, (400, Some(1017)));
    let enable = json!({ "identifier": "db-key", "enabled": true });
    asker.json("POST", KEYS, &enable).await;
    assert_eq!(send("GET").await, (200, None));
    let disable = json!({ "identifier": "db-key", "enabled": false });
    asker.json("POST", KEYS, &disable).await;
    assert_eq!(send("PUT").await, (200, None));
}
