//! What an authorization opens, and what was chosen for it.

use serde_json::{Value, json};

use super::super::super::testing::{Asker, column, refusal};
use super::{CREDENTIALS, DEVICES, KEYS, WORLD, credential};

const RELATED: &str = "/api/user/related";
const OTHER: (&str, &str) = ("other", "secret-of-other");

#[tokio::test]
async fn a_resource_that_is_not_opened_is_closed() {
    let opened = [
        ("[pam_core]", DEVICES, RELATED),
        ("[users]", RELATED, DEVICES),
    ];
    for (resources, open, closed) in opened {
        let clients = format!("clients: {{ a2a: {{ resources: {resources} }} }}");
        let asker = Asker::new(&clients);
        assert_eq!(asker.get(open).await.0, 200, "{open}");
        let (status, body) = asker.get(closed).await;
        assert_eq!(status, 500, "{closed}");
        let text = "You are not authorized to access this resource.";
        assert_eq!(body["response"]["message"], text);
        let asker = Asker::new(&format!(
            "{clients}\nquirks: {{ closed_resource_403: true }}"
        ));
        assert_eq!(asker.get(closed).await.0, 403);
    }
}

#[tokio::test]
async fn an_authorization_to_read_may_read_and_give_back() {
    let asker = Asker::new(&format!(
        "{WORLD}\nclients: {{ a2a: {{ read_only: true }} }}"
    ));
    let none = Value::Null;
    let refused = [
        ("POST", DEVICES.to_owned(), json!({ "hostname": "x" })),
        ("DELETE", format!("{DEVICES}/1"), none.clone()),
        ("PUT", format!("{DEVICES}/2"), none.clone()),
        ("POST", CREDENTIALS.to_owned(), credential(json!({}))),
        ("DELETE", format!("{CREDENTIALS}/5"), none.clone()),
        ("PUT", format!("{CREDENTIALS}/7"), none.clone()),
        ("POST", KEYS.to_owned(), json!({ "identifier": "db-key" })),
        ("DELETE", format!("{KEYS}/8"), none.clone()),
        ("PUT", format!("{KEYS}/8"), none.clone()),
    ];
    for (method, path, body) in refused {
        let answer = asker.json(method, &path, &body).await;
        assert_eq!(refusal(&answer), (400, Some(1039)), "{method} {path}");
    }
    assert_eq!(asker.get(&format!("{CREDENTIALS}/5")).await.0, 200);
    let custody = format!("{CREDENTIALS}/custody/5");
    assert_eq!(asker.json("DELETE", &custody, &none).await.0, 200);
}

#[tokio::test]
async fn what_was_not_chosen_is_not_listed_and_refused() {
    let clients = "clients: { a2a: { devices: [2], credentials: [6] } }";
    let asker = Asker::new(&format!("{WORLD}\n{clients}"));
    let (_, devices) = asker.get(DEVICES).await;
    assert_eq!(devices["devices"], json!([]));
    let (_, credentials) = asker.get(CREDENTIALS).await;
    assert_eq!(column(&credentials["credentials"], "id"), ["6"]);
    let reads = [
        (format!("{DEVICES}/1"), 1011),
        (format!("{CREDENTIALS}/5"), 1009),
        (format!("{CREDENTIALS}/root@db"), 1009),
        (format!("{KEYS}/8"), 1009),
    ];
    for (path, number) in reads {
        let answer = asker.get(&path).await;
        assert_eq!(refusal(&answer), (400, Some(number)), "{path}");
    }
    let write = asker
        .json("POST", CREDENTIALS, &credential(json!({})))
        .await;
    assert_eq!(refusal(&write), (400, Some(1011)));
}

#[tokio::test]
async fn the_custody_of_one_is_not_that_of_another() {
    let clients = "clients: { authorizations: [{ id: other, secret: secret-of-other }] }";
    let asker = Asker::new(&format!("{WORLD}\n{clients}"));
    asker.get(&format!("{CREDENTIALS}/5")).await;
    let custody = format!("{CREDENTIALS}/custody/5");
    let other = asker.json_as(OTHER, "DELETE", &custody, &Value::Null).await;
    assert_eq!(refusal(&other), (400, Some(1018)));
    let own = asker.json("DELETE", &custody, &Value::Null).await;
    assert_eq!(refusal(&own), (200, None));
}

#[tokio::test]
async fn tokens_of_other_families_open_nothing() {
    let asker = Asker::new("{}");
    let clients = [
        ("mysafe-emulator", "emulator-mysafe-secret"),
        ("scim-emulator", "emulator-scim-secret"),
        ("nobody", "x"),
    ];
    let gateway = json!({ "message": "no Route matched with those values" });
    for client in clients {
        for path in [DEVICES, RELATED] {
            let answer = asker.json_as(client, "GET", path, &Value::Null).await;
            assert_eq!(answer, (404, gateway.clone()), "{client:?} {path}");
        }
    }
    let unknown = asker.get("/api/pam/nothing").await;
    assert_eq!(unknown.1["response"]["message"], "Resource sub not found");
}
