//! What can be done to drives.

use serde_json::{Value, json};

use super::super::testing::Asker;

const WORLD: &str = "
assumed_actions: true
licence: { owner: o@example.org, expires: 2035-01-01T00:00:00Z, seats: 5 }
paths: [{ id: 12, path: field, policy: { id: 112, settings: { geofence: { enabled: true } } } }]
users:
  - id: 1
    name: Ada
    email: ada@example.org
    drives:
      - { serial: S1, hardware_id: H1, model: DL4, last_used: 2029-01-01T00:00:00Z }
      - { serial: S2, hardware_id: H2, status: WAITING_FOR_APPROVAL }
      - { serial: S3, hardware_id: H3, model: K300, version: 6.10.1 }
      - { serial: S4, hardware_id: H4, version: 6.2.9 }
      - { serial: S5, hardware_id: H5, status: FACTORY_RESET }
  - { id: 2, name: Bea, email: bea@example.org, path: field }
";

async fn drive(asker: &Asker, serial: &str) -> Value {
    let drives = asker.get("find_safesticks", json!({ "limit": 100 })).await;
    let mut drives = drives.as_array().unwrap().iter();
    let found = drives.find(|drive| drive["serial"] == serial);
    found.cloned().unwrap_or_default()
}

async fn status(asker: &Asker, serial: &str) -> Value {
    drive(asker, serial).await["safeStickStatus"].clone()
}

fn order(verb: &str, serial: &str) -> Value {
    json!({ "action": verb, "serial": serial })
}

#[tokio::test]
async fn a_command_to_a_drive_is_done_when_it_reports_in() {
    let asker = Asker::new(WORLD);
    asker.get("manage_safestick", order("disable", "S1")).await;
    assert_eq!(status(&asker, "S1").await, "WAITING_FOR_DISABLE");
    asker.command("check-in", json!({ "serial": "S3" }));
    assert_eq!(status(&asker, "S1").await, "WAITING_FOR_DISABLE");
    asker.command("check-in", json!({ "serial": "S1" }));
    assert_eq!(status(&asker, "S1").await, "DISABLED");
    asker.get("manage_safestick", order("restore", "S1")).await;
    assert_eq!(status(&asker, "S1").await, "IN_USE");
}

#[tokio::test]
async fn a_command_that_does_not_suit_the_state_is_refused() {
    let asker = Asker::new(WORLD);
    let cases = [
        (
            order("approve", "S1"),
            "Not allowed while the device is IN_USE: approve",
        ),
        (
            order("disapprove", "S1"),
            "Not allowed while the device is IN_USE: disapprove",
        ),
        (order("restore", "S1"), "IN_USE: restore"),
        (order("lost", "S5"), "FACTORY_RESET: lost"),
        (order("edit", "S5"), "FACTORY_RESET: edit"),
        (order("audit", "S3"), "does not support audit mode"),
        (order("audit", "S4"), "does not support audit mode"),
        (order("detonate", "S4"), "does not support detonation"),
        (order("unlock", "S1"), "Unknown action: unlock"),
        (order("lost", "S99"), "Unknown device: S99"),
        (json!({ "action": "lost" }), "Missing parameter: serial"),
        (order("reassign", "S1"), "Missing parameter: userid"),
        (order("edit", "S1"), "Missing parameter: customData"),
        (
            json!({ "action": "edit", "serial": "S1", "customData": { "a": 1 } }),
            "object of strings",
        ),
    ];
    for (data, named) in cases {
        let said = asker.failure("manage_safestick", data.clone()).await;
        assert!(said.contains(named), "{data}: {said}");
    }
}

#[tokio::test]
async fn models_and_versions_that_can_are_audited_and_detonated() {
    let asker = Asker::new(WORLD);
    asker.get("manage_safestick", order("audit", "S1")).await;
    assert_eq!(status(&asker, "S1").await, "PENDING_AUDIT_MODE");
    asker.get("manage_safestick", order("detonate", "S1")).await;
    assert_eq!(status(&asker, "S1").await, "PENDING_DETONATE");
}

#[tokio::test]
async fn a_drive_that_is_approved_is_used_and_one_that_is_not_is_gone() {
    let asker = Asker::new(WORLD);
    asker.get("manage_safestick", order("approve", "S2")).await;
    assert_eq!(status(&asker, "S2").await, "APPROVED");
    let again = Asker::new(WORLD);
    again
        .get("manage_safestick", order("disapprove", "S2"))
        .await;
    assert_eq!(status(&again, "S2").await, Value::Null);
    asker.command("check-in", json!({}));
    assert_eq!(status(&asker, "S2").await, "IN_USE");
}

#[tokio::test]
async fn a_drive_goes_to_another_owner_and_under_the_policy_of_that_one() {
    let asker = Asker::new(WORLD);
    let reassign = json!({ "action": "reassign", "serial": "S1", "userid": 2 });
    asker.get("manage_safestick", reassign).await;
    let bea = asker.user("S1").await;
    assert_eq!(bea["id"], 2);
    let drive = &bea["safesticks"][0];
    assert_eq!(
        (&drive["owner"], &drive["isUpdated"]),
        (&json!("Bea"), &json!(false))
    );
    assert_eq!(drive["lastUsed"], "2029-01-01T00:00:00Z");
}

#[tokio::test]
async fn custom_data_are_replaced_as_a_whole() {
    let asker = Asker::new(WORLD);
    for data in [
        json!({ "asset": "A-1", "room": "4" }),
        json!({ "asset": "A-2" }),
    ] {
        let edit = json!({ "action": "edit", "serial": "S1", "customData": data });
        asker.get("manage_safestick", edit).await;
        assert_eq!(drive(&asker, "S1").await["customData"], data);
    }
}

#[tokio::test]
async fn a_seat_is_freed_by_a_reset_and_by_a_deletion() {
    let asker = Asker::new(WORLD);
    let used = async || asker.get("get_license", json!({})).await["seats_used"].clone();
    assert_eq!(used().await, 3);
    asker
        .get("manage_safestick", order("factory_reset", "S1"))
        .await;
    assert_eq!(used().await, 2);
    asker.get("manage_safestick", order("delete", "S3")).await;
    assert_eq!(used().await, 1);
}
