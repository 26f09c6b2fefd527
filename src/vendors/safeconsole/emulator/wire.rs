//! Holds the emulator to the recorded examples in `wire/`, each asked of a fresh world.

use std::fs;

use axum::http::{Request, header};
use serde_json::Value;

use super::testing::{Answered, Asker, form};

/// The world of which the examples were made.
const WORLD: &str = "
assumed_actions: true
server: { now: 2024-05-07T10:00:00Z }
licence: { owner: owner@example.org, expires: 2027-01-31T00:00:00Z, seats: 50 }
caller:
  ip: 192.0.2.20
  place: &here
    { country: Exampleland, region: North, city: Exampleton, postal: '00001', isp: Example Net, latitude: '10.5', longitude: '-20.25' }
tokens: [{ name: automation, admin: automation@example.org }]
admins: [{ id: 2, name: Olga Example, email: owner@example.org, role: Admin, last_login: 2024-05-01T06:00:00Z }]
paths:
  - { id: 1, path: default, policy: { id: 1 } }
  - id: 12
    path: field-staff
    policy:
      id: 12
      settings:
        geofence: { enabled: true, message: Outside the permitted area., ip: { values: [198.51.100.0/24] } }
  - { id: 13, path: field-staff/north }
users:
  - id: 4711
    name: Ada Example
    email: ada@example.org
    path: field-staff
    token: 1AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
    acquired: 2024-03-01T08:00:00Z
    last_login: 2024-05-06T07:08:09Z
    last_ip: 192.0.2.10
    drives:
      - serial: EX0000000000001
        hardware_id: EX000001
        last_used: 2024-05-06T07:08:09Z
        last_ip: 192.0.2.10
        place: *here
        custom_data: { asset: A-100 }
";

fn examples() -> Vec<(String, Value)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/src/vendors/safeconsole/wire");
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

/// Puts the recorded value where the emulator must make up its own, if the two look alike.
fn settle(seen: &mut Value, recorded: &Value) {
    let place = "/response/token";
    if let (Some(seen), Some(recorded)) = (seen.pointer_mut(place), recorded.pointer(place))
        && let (Some(made_up), Some(sample)) = (seen.as_str(), recorded.as_str())
        && made_up.len() == sample.len()
    {
        *seen = recorded.clone();
    }
}

async fn ask(asker: &Asker, request: &Value) -> Answered {
    let authorization = request["authorization"].as_str();
    let own = format!("Bearer {}", asker.token);
    let sent = Request::builder()
        .method(request["method"].as_str().unwrap())
        .uri(request["path"].as_str().unwrap())
        .header(header::AUTHORIZATION, authorization.unwrap_or(&own))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let body = form(&request["form"]["data"]);
    asker.send(sent.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn the_emulator_answers_as_recorded() {
    let examples = examples();
    assert!(examples.len() >= 23, "only {} examples", examples.len());
    for (file, example) in examples {
        let asker = Asker::new(WORLD);
        for before in example["before"].as_array().into_iter().flatten() {
            Asker::done(ask(&asker, before).await);
        }
        let mut answered = ask(&asker, &example["request"]).await;
        let recorded = &example["response"];
        settle(&mut answered.body, &recorded["body"]);
        assert_eq!(answered.body, recorded["body"], "{file}");
        assert_eq!(u64::from(answered.status), recorded["status"], "{file}");
    }
}
