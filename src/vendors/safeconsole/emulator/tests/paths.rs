//! What can be done to paths.

use serde_json::{Value, json};

use super::super::testing::Asker;

const WORLD: &str = "
assumed_actions: true
paths:
  - { id: 12, path: field, policy: { id: 112 } }
  - { id: 13, path: field/north }
  - { id: 14, path: field-office }
  - { id: 15, path: plant, policy: { id: 115, settings: { write_protection: { mode: ALWAYS } } } }
users:
  - { id: 3, name: Ada, email: ada@example.org, path: field/north }
admins:
  - { id: 1, name: Nils, email: nils@example.org, role: Group admin, path: field/north }
";

async fn paths(asker: &Asker) -> Vec<(u64, String, Value)> {
    let ous = asker.get("get_ous", json!({})).await;
    let ous = ous.as_array().unwrap().iter();
    ous.map(|ou| {
        let path = ou["path"].as_str().unwrap().to_owned();
        (ou["id"].as_u64().unwrap(), path, ou["parent"].clone())
    })
    .collect()
}

#[tokio::test]
async fn a_path_is_added_below_one_that_is_there() {
    let asker = Asker::new(WORLD);
    let add = |path| json!({ "action": "add", "path": path });
    assert_eq!(
        asker.get("manage_ou", add("field/south")).await,
        json!({ "ouid": 16 })
    );
    let added = (16, "field/south".to_owned(), json!(12));
    assert_eq!(paths(&asker).await.last(), Some(&added));
    let cases = [
        ("field/south", "already exists"),
        ("nowhere/south", "Unknown path: nowhere"),
        ("field//south", "Invalid path"),
        ("/field", "Invalid path"),
        ("", "Invalid path"),
    ];
    for (path, named) in cases {
        let said = asker.failure("manage_ou", add(path)).await;
        assert!(said.contains(named), "{path}: {said}");
    }
}

#[tokio::test]
async fn what_is_below_a_path_moves_with_it() {
    let asker = Asker::new(WORLD);
    let edit = json!({ "action": "edit", "ouid": 12, "path": "plant/crew" });
    assert_eq!(asker.get("manage_ou", edit).await, json!({}));
    let expected = [
        (1, "default", Value::Null),
        (12, "plant/crew", json!(15)),
        (13, "plant/crew/north", json!(12)),
        (14, "field-office", Value::Null),
        (15, "plant", Value::Null),
    ];
    assert_eq!(
        paths(&asker).await,
        expected.map(|(id, path, parent)| (id, path.to_owned(), parent))
    );
    assert_eq!(asker.user("ada").await["ou"], 13);
    let admins = asker.get("find_admins", json!({})).await;
    assert_eq!(admins[0]["path"], "plant/crew/north");
}

#[tokio::test]
async fn a_path_that_comes_under_another_policy_has_not_received_it() {
    let asker = Asker::new(WORLD);
    assert_eq!(asker.user("ada").await["isUpdated"], true);
    let edit = json!({ "action": "edit", "ouid": 13, "path": "plant/north" });
    asker.get("manage_ou", edit).await;
    let user = asker.user("ada").await;
    assert_eq!(
        (&user["policyId"], &user["isUpdated"]),
        (&json!(115), &json!(false))
    );
}

#[tokio::test]
async fn a_path_is_not_moved_below_itself_and_not_onto_another() {
    let asker = Asker::new(WORLD);
    for (path, named) in [
        ("field/north/field", "below itself"),
        ("plant", "already exists"),
    ] {
        let edit = json!({ "action": "edit", "ouid": 12, "path": path });
        let said = asker.failure("manage_ou", edit).await;
        assert!(said.contains(named), "{said}");
    }
}

#[tokio::test]
async fn a_path_in_use_is_not_deleted() {
    let asker = Asker::new(WORLD);
    let delete = |id: u64| json!({ "action": "delete", "ouid": id });
    for (id, named) in [
        (12, "has children"),
        (13, "has users"),
        (1, "default path"),
        (99, "Unknown path id: 99"),
    ] {
        let said = asker.failure("manage_ou", delete(id)).await;
        assert!(said.contains(named), "{said}");
    }
    asker.get("manage_ou", delete(15)).await;
    let add = json!({ "action": "add", "path": "plant" });
    assert_eq!(asker.get("manage_ou", add).await, json!({ "ouid": 16 }));
}

#[tokio::test]
async fn the_default_path_is_not_renamed() {
    let asker = Asker::new("{ assumed_actions: true, server: { default_path: 00.default } }");
    let edit = json!({ "action": "edit", "ouid": 1, "path": "other" });
    assert!(
        asker
            .failure("manage_ou", edit)
            .await
            .contains("default path")
    );
    assert_eq!(
        paths(&asker).await,
        [(1, "00.default".to_owned(), Value::Null)]
    );
}
