//! Policies: where they hang, who inherits them, and how they change.

use serde_json::{Value, json};

use super::super::testing::Asker;

const WORLD: &str = "
assumed_actions: true
paths:
  - { id: 1, path: default, policy: { id: 30, settings: { password_policy: { min_length: 10 } } } }
  - { id: 12, path: field, policy: { id: 31, settings: { write_protection: { mode: ALWAYS } } } }
  - { id: 13, path: field/north }
  - { id: 14, path: field/north/coast }
  - { id: 15, path: plant }
users:
  - { id: 1, name: Ada, email: ada@example.org, path: field/north/coast, drives: [{ serial: S1, hardware_id: H }] }
  - { id: 2, name: Bea, email: bea@example.org, path: plant }
";

async fn policies(asker: &Asker) -> Vec<(u64, bool)> {
    let ous = asker.get("get_ous", json!({})).await;
    let ous = ous.as_array().unwrap().iter();
    ous.map(|ou| (ou["policyId"].as_u64().unwrap(), ou["hasPolicy"] == true))
        .collect()
}

async fn set(asker: &Asker, path: &str, settings: Value) -> Value {
    let data = json!({ "oupath": path, "settings": settings });
    asker.get("set_policy", data).await
}

async fn settings(asker: &Asker, id: u64) -> Value {
    let policy = asker.get("get_policy", json!({ "policyId": id })).await;
    policy["settings"].clone()
}

#[tokio::test]
async fn a_path_inherits_from_the_nearest_above_it_with_a_policy() {
    let asker = Asker::new(WORLD);
    let field = [(31, true), (31, false), (31, false)];
    let expected = [&[(30, true)], &field[..], &[(30, false)]].concat();
    assert_eq!(policies(&asker).await, expected);
}

#[tokio::test]
async fn a_policy_of_ones_own_begins_as_the_inherited_one() {
    let asker = Asker::new(WORLD);
    let lock = json!({ "inactivity_lock": { "enabled": true, "minutes": 5 } });
    let set = set(&asker, "field/north", lock).await;
    assert_eq!(set, json!({ "policyId": 101 }));
    let own = settings(&asker, 101).await;
    assert_eq!(own["write_protection"]["mode"], "ALWAYS");
    assert_eq!(own["inactivity_lock"]["minutes"], 5);
    assert_eq!(
        settings(&asker, 31).await["inactivity_lock"]["enabled"],
        false
    );
    let coast = asker.user("ada").await;
    assert_eq!(
        (&coast["policyId"], &coast["policyType"]),
        (&json!(101), &json!("OU"))
    );
}

#[tokio::test]
async fn a_child_follows_its_parent_until_it_has_a_policy_of_its_own() {
    let asker = Asker::new(WORLD);
    set(&asker, "field/north", json!({})).await;
    set(
        &asker,
        "field",
        json!({ "write_protection": { "mode": "OFF" } }),
    )
    .await;
    let own = settings(&asker, 101).await;
    assert_eq!(own["write_protection"]["mode"], "ALWAYS");
    assert_eq!(set(&asker, "field/north", Value::Null).await, json!({}));
    assert_eq!(policies(&asker).await[2], (31, false));
    let gone = asker
        .failure("get_policy", json!({ "policyId": 101 }))
        .await;
    assert_eq!(gone, "Unknown policy id: 101");
}

#[tokio::test]
async fn a_changed_policy_is_received_when_a_drive_reports_in() {
    let asker = Asker::new(WORLD);
    let updated = async |email| {
        let user = asker.user(email).await;
        (
            user["isUpdated"] == true,
            user["safesticks"][0]["isUpdated"] == true,
        )
    };
    set(
        &asker,
        "field",
        json!({ "write_protection": { "mode": "ALWAYS" } }),
    )
    .await;
    assert_eq!(updated("ada@example.org").await, (true, true));
    set(
        &asker,
        "field",
        json!({ "write_protection": { "mode": "OFF" } }),
    )
    .await;
    assert_eq!(updated("ada@example.org").await, (false, false));
    assert_eq!(asker.user("bea@example.org").await["isUpdated"], true);
    asker.command("check-in", json!({ "serial": "S1" }));
    assert_eq!(updated("ada@example.org").await, (true, true));
}

#[tokio::test]
async fn a_policy_tells_what_it_hangs_on() {
    let asker = Asker::new(WORLD);
    let get = async |id: u64| {
        let policy = asker.get("get_policy", json!({ "policyId": id })).await;
        (policy["policyType"].clone(), policy["ou"].clone())
    };
    assert_eq!(get(30).await, (json!("DEFAULT"), json!(1)));
    assert_eq!(get(31).await, (json!("OU"), json!(12)));
}

#[tokio::test]
async fn what_a_policy_cannot_be_is_refused_and_changes_nothing() {
    let asker = Asker::new(WORLD);
    let cases = [
        (json!({ "settings": {} }), "Missing parameter: oupath"),
        (json!({ "oupath": "field" }), "Missing parameter: settings"),
        (
            json!({ "oupath": "feild", "settings": {} }),
            "Unknown path: feild",
        ),
        (
            json!({ "oupath": "field", "settings": [] }),
            "settings must be an object",
        ),
        (
            json!({ "oupath": "default", "settings": null }),
            "cannot be removed",
        ),
        (
            json!({ "oupath": "field", "settings": { "inactivity_lock": { "minutes": 5 }, "write_protection": { "mode": "on" } } }),
            "Invalid settings.write_protection",
        ),
    ];
    for (data, named) in cases {
        let said = asker.failure("set_policy", data.clone()).await;
        assert!(said.contains(named), "{data}: {said}");
    }
    assert_eq!(settings(&asker, 31).await["inactivity_lock"]["minutes"], 30);
}
