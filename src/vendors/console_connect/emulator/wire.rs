//! Holds the emulator to the recorded examples in `wire/`, each asked of a fresh world. The examples have what the
//! vendor's sources tell; an answer may say more than its example and nothing else.

use std::fs;

use axum::http::Request;
use serde_json::Value;

use super::testing::{Asker, WORLD};

/// What the examples need beside the usual world.
const MORE: &str = "  - { id: 64ef00000000000000000005, company: exampleco, facility: example-dc1, name: edge-5, speed: 1000, status: DISABLED, times: { created: 2019-03-02T10:00:00Z } }
  - { id: 64ef00000000000000000006, company: exampleco, facility: example-dc1, name: edge-6, speed: 1000, status: DELETED }
orders:
  - { id: 64e1000000000000000000aa, company: exampleco, facility: example-dc1, port_name: edge-7, speed: 10000 }
  - { id: 64e1000000000000000000ab, company: exampleco, facility: example-dc2, port_name: edge-2, speed: 1000, status: done, created_port: 64ef00000000000000000002 }
connections:
  - { id: 6501000000000000000000aa, company: exampleco, name: hq-to-dc, speed: 100, port: 64ef00000000000000000001, other_port: 64ef00000000000000000002 }
  - { id: 6501000000000000000000ab, company: exampleco, name: old, speed: 500, port: 64ef00000000000000000001, other_port: 64ef00000000000000000002, status: DELETED }
  - { id: 6501000000000000000000ac, company: exampleco, other_company: otherco, name: to-other, speed: 10, port: 64ef00000000000000000002, status: PENDING, request: { speed: 10, approval: true } }
";

fn world() -> String {
    // One of the ports has an ASN.
    let edge = "name: edge-2, speed: 1000";
    WORLD.replace(edge, &format!("{edge}, asn: 64501")) + MORE
}

fn examples() -> Vec<(String, Value)> {
    let dir = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/vendors/console_connect/wire"
    );
    let mut examples: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let example = serde_json::from_str(&text).unwrap();
            (path.display().to_string(), example)
        })
        .collect();
    examples.sort_by(|a, b| a.0.cmp(&b.0));
    examples
}

/// What of a record an answer does not say, each with its place. A token is as good as any of its length.
fn missing(place: &str, seen: Option<&Value>, recorded: &Value) -> Vec<String> {
    match (seen, recorded) {
        (Some(Value::Object(seen)), Value::Object(recorded)) => recorded
            .iter()
            .flat_map(|(name, it)| missing(&format!("{place}.{name}"), seen.get(name), it))
            .collect(),
        (Some(Value::Array(seen)), Value::Array(recorded)) if seen.len() == recorded.len() => seen
            .iter()
            .zip(recorded)
            .flat_map(|(seen, it)| missing(&format!("{place}[]"), Some(seen), it))
            .collect(),
        (Some(Value::String(seen)), Value::String(recorded))
            if place == ".token" && seen.len() == recorded.len() =>
        {
            Vec::new()
        }
        (Some(seen), recorded) if seen == recorded => Vec::new(),
        (seen, recorded) => vec![format!("{place}: {seen:?} in the place of {recorded}")],
    }
}

/// Sends the request of an example, with its headers or, without any, by the user who may do most.
async fn ask(request: &Value) -> (u16, Value) {
    let asker = Asker::on(&world());
    let mut sent = Request::builder()
        .method(request["method"].as_str().unwrap())
        .uri(request["path"].as_str().unwrap())
        .header("content-type", "application/json");
    match request["headers"].as_object() {
        None => sent = sent.header("authorization", "Bearer key-of-ops"),
        Some(headers) => {
            for (name, value) in headers {
                sent = sent.header(name, value.as_str().unwrap());
            }
        }
    }
    let body = &request["body"];
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    asker.send(sent.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn the_emulator_answers_as_recorded() {
    let examples = examples();
    assert!(examples.len() >= 75, "only {} examples", examples.len());
    let mut wrong = Vec::new();
    for (file, example) in examples {
        let (status, body) = ask(&example["request"]).await;
        let recorded = &example["response"];
        if recorded["status"] != status {
            wrong.push(format!("{file}: {status} {body}"));
        }
        let missing = missing("", Some(&body), &recorded["body"]);
        wrong.extend(missing.into_iter().map(|it| format!("{file}: {it}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_an_answer_lacks_is_noticed() {
    let recorded = serde_json::json!({ "a": [{ "b": 1 }], "c": null });
    let lacks = |seen: Value| missing("", Some(&seen), &recorded);
    assert!(lacks(serde_json::json!({ "a": [{ "b": 1, "x": 2 }], "c": null })).is_empty());
    assert_eq!(lacks(serde_json::json!({ "a": [{ "b": 2 }] })).len(), 2);
    assert_eq!(lacks(serde_json::json!({ "a": [], "c": null })).len(), 1);
}
