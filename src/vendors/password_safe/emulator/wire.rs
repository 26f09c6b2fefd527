//! Holds the emulator to the recorded examples in `wire/`, each asked of a fresh world.

use std::fs;

use serde_json::Value;

use super::testing::{Answered, Asker, BASE};

/// The world of which the examples were made.
const WORLD: &str = "
now: 2030-05-02T09:30:00
next_id: { guid: 41 }
registrations:
  - { id: 7, name: ci-oauth }
organizations: [{ id: 1c7e8a10-2a35-4d55-9a7e-3f5c0b2d7a77, name: Default Organization }]
workgroups: [{ id: 3, name: Branch offices }]
smart_rules: [{ id: 120, title: Assets tagged production, category: Assets, type: Asset }]
users:
  - { id: 12, name: ci-app, first_name: CI, last_name: application, email: ci@example.org }
  - id: 41
    name: deploy-bot
    type: Application
    client_id: 5d8b0a52-1f6e-4f02-8d0c-9a3d1b7e9f66
    client_secret: emulator-client-secret-of-deploy-bot-1
    registration: 7
groups:
  - { name: Administrators, members: [trueup, trueup-app, ci-app] }
  - id: 31
    name: db-operators
    description: Operators of databases
    members: [deploy-bot]
    registrations: [7]
    permissions: { Secrets Safe: read, Workforce Passwords: write }
safes:
  - { id: 9f5d5b4e-0a3c-4c0a-8c57-5f0e2b7d6a55, name: audit }
  - id: 6f0f2c0e-6d1c-4f0e-9b35-0d5f4b8f2a11
    name: platform-team
    description: Secrets of the platform team
    grants: [{ group: db-operators, flags: [Read, Create, Edit], until: 2031-01-31T00:00:00 }]
    folders:
      - { id: 4b7c1de2-8f35-4c0b-9a5e-1c2d3e4f5a66, name: web, description: Front ends }
      - id: 2f1c7a90-31c4-4a60-8d4e-7b8a6a1f0c22
        name: databases
        secrets:
          - id: 0d3f7a6e-52f4-4b41-9c55-e1a87c0b1d33
            title: orders-db
            username: orders
            password: not-a-real-value
            urls: [{ id: 8d6a1d5f-4c55-4b1c-9e2b-0b5a6d1c7e44, url: https://db.example.org }]
            created_by: ci-app
          - { id: 1e4f8b7d-63a5-4c52-8d66-f2b98d1c2e77, title: motd, text: Welcome, created_by: ci-app }
          - id: 7a9c2e1b-94d6-4e83-b177-a3c09e2d3f88
            title: cert
            file: cert.pem
            content: Hello
            created_by: ci-app
";

fn examples() -> Vec<(String, Value)> {
    let dir = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/vendors/password_safe/wire"
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

/// Puts the recorded value where the emulator must make up its own, if the two look alike.
fn settle(seen: &mut Value, recorded: &Value) {
    for place in ["/access_token", "/ClientSecret"] {
        if let (Some(seen), Some(recorded)) = (seen.pointer_mut(place), recorded.pointer(place))
            && let (Some(made_up), Some(sample)) = (seen.as_str(), recorded.as_str())
            && made_up.len() == sample.len()
        {
            *seen = recorded.clone();
        }
    }
}

/// Sends the request of an example, by the user of whom the examples tell.
async fn ask(request: &Value) -> Answered {
    let mut asker = Asker::new(WORLD).await;
    let signed_in = asker.sign_in(&asker.key("ci-app")).await;
    assert_eq!(signed_in.status, 200);
    if request["session"] == false {
        asker.cookie.clear();
    }
    let method = request["method"].as_str().unwrap();
    let path = request["path"].as_str().unwrap();
    let path = path.strip_prefix(BASE).unwrap();
    if let Some(authorization) = request["headers"]["Authorization"].as_str() {
        return asker.sign_in(authorization).await;
    }
    if let Some(form) = request["form"].as_object() {
        let pairs = form.iter().map(|(name, it)| (name, it.as_str().unwrap()));
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        return asker.typed(method, path, kind, form.into()).await;
    }
    if let Some(parts) = request["multipart"].as_object() {
        let bytes = parts["file"].as_str().unwrap().as_bytes();
        return asker
            .file(method, path, &parts["secretmetadata"], bytes)
            .await;
    }
    let body = &request["body"];
    let body = if body.is_null() {
        Vec::new()
    } else {
        body.to_string().into()
    };
    asker.typed(method, path, "application/json", body).await
}

#[tokio::test]
async fn the_emulator_answers_as_recorded() {
    let examples = examples();
    assert!(examples.len() >= 60, "only {} examples", examples.len());
    for (file, example) in examples {
        let answered = ask(&example["request"]).await;
        let mut body = answered.body();
        let recorded = &example["response"];
        settle(&mut body, &recorded["body"]);
        assert_eq!(body, recorded["body"], "{file}");
        assert_eq!(u64::from(answered.status), recorded["status"], "{file}");
    }
}
