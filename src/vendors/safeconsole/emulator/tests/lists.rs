//! Pages, orders and keywords.

use serde_json::{Value, json};

use super::super::testing::Asker;

fn world(users: u64, more: &str) -> String {
    let user = |id: u64| {
        format!(
            "{{ id: {id}, name: U{id}, email: u{id}@example.org, last_login: 2029-01-01T00:{:02}:{:02}Z }}",
            id / 60,
            id % 60
        )
    };
    let users: Vec<_> = (1..=users).map(user).collect();
    format!("users: [{}]\n{more}", users.join(", "))
}

async fn ids(asker: &Asker, data: Value) -> Vec<u64> {
    let users = asker.get("find_users", data).await;
    let users = users.as_array().unwrap().iter();
    users.map(|user| user["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_page_has_25_rows_by_default_and_1000_at_most() {
    let asker = Asker::new(&world(1_030, ""));
    let cases = [
        (json!({}), 25),
        (json!({ "limit": 0 }), 25),
        (json!({ "limit": -1 }), 25),
        (json!({ "limit": 9_999 }), 1_000),
        (json!({ "limit": 9_999, "start": 1_000 }), 30),
    ];
    for (data, rows) in &cases {
        let answered = asker.ask("find_users", data.clone()).await;
        assert_eq!(answered.body["total"], 1_030, "{data}");
        let response = answered.body["response"].as_array().unwrap();
        assert_eq!(response.len(), *rows, "{data}");
    }
    for past in [1_030, 5_000] {
        assert!(ids(&asker, json!({ "start": past })).await.is_empty());
    }
}

#[tokio::test]
async fn users_come_by_their_last_login_unless_another_order_is_asked() {
    let world = "users:
  - { id: 1, name: Bea, email: c@example.org, last_login: 2029-01-02T00:00:00Z }
  - { id: 2, name: Cem, email: a@example.org }
  - { id: 3, name: Ada, email: b@example.org, last_login: 2029-01-03T00:00:00Z }
";
    let asker = Asker::new(world);
    let cases = [
        (json!({}), [3, 1, 2]),
        (json!({ "sort_order": "asc" }), [2, 1, 3]),
        (json!({ "sort_by": "id", "sort_order": "ASC" }), [1, 2, 3]),
        (json!({ "sort_by": "id" }), [3, 2, 1]),
        (json!({ "sort_by": "cn", "sort_order": "ASC" }), [3, 1, 2]),
        (
            json!({ "sort_by": "email", "sort_order": "ASC" }),
            [2, 3, 1],
        ),
        (json!({ "sort_by": "shoe_size" }), [3, 1, 2]),
    ];
    for (data, order) in cases {
        assert_eq!(ids(&asker, data.clone()).await, order, "{data}");
    }
}

#[tokio::test]
async fn a_keyword_finds_names_addresses_and_serials() {
    let world = "users:
  - { id: 1, name: Ada, email: a@example.org, drives: [{ serial: EX77, hardware_id: H }] }
  - { id: 2, name: Bea, email: b@example.org }
";
    let asker = Asker::new(world);
    let cases: [(&str, &[u64]); 6] = [
        ("search_all", &[1, 2]),
        ("", &[1, 2]),
        ("ADA", &[1]),
        ("b@", &[2]),
        ("ex77", &[1]),
        ("nobody", &[]),
    ];
    for (keyword, found) in cases {
        let data = json!({ "keyword": keyword, "sort_by": "id", "sort_order": "ASC" });
        assert_eq!(ids(&asker, data).await, found, "{keyword}");
    }
}

#[tokio::test]
async fn a_parameter_of_a_list_must_be_of_its_type() {
    let asker = Asker::new("{}");
    for data in [
        json!({ "start": "0" }),
        json!({ "limit": 2.5 }),
        json!({ "sort_by": 1 }),
        json!({ "keyword": ["a"] }),
    ] {
        let said = asker.failure("find_users", data.clone()).await;
        assert!(said.starts_with("Invalid parameter: "), "{data}: {said}");
    }
}

#[tokio::test]
async fn pages_overlap_where_users_log_in_while_they_are_read() {
    let asker = Asker::new(&world(6, "quirks: { max_limit: 2, restless: true }"));
    let mut seen = Vec::new();
    for start in [0, 2, 4] {
        seen.push(ids(&asker, json!({ "start": start, "limit": 100 })).await);
    }
    // After the first page 1 moves to the front, after the second 2.
    assert_eq!(seen, [[6, 5], [5, 4], [4, 3]]);
}

#[tokio::test]
async fn an_order_by_id_does_not_move_unless_it_is_not_taken() {
    let by_id = |start| json!({ "start": start, "sort_by": "id", "sort_order": "ASC" });
    let still = Asker::new(&world(4, "quirks: { max_limit: 2, restless: true }"));
    assert_eq!(ids(&still, by_id(0)).await, [1, 2]);
    assert_eq!(ids(&still, by_id(2)).await, [3, 4]);
    let fixed = Asker::new(&world(4, "quirks: { max_limit: 2, fixed_order: true }"));
    assert_eq!(ids(&fixed, json!({ "sort_by": "id" })).await, [4, 3]);
}

#[tokio::test]
async fn drives_admins_and_logs_are_paged_alike() {
    let world = "
assumed_actions: true
users:
  - { id: 1, name: Ada, email: a@example.org, drives: [{ serial: S2, hardware_id: H, last_used: 2029-01-02T00:00:00Z }, { serial: S1, hardware_id: H }] }
  - { id: 2, name: Bea, email: b@example.org, drives: [{ serial: S3, hardware_id: H, last_used: 2029-01-03T00:00:00Z }] }
admins:
  - { id: 7, name: Olga, email: o@example.org, role: Admin }
  - { id: 5, name: Pia, email: p@example.org, role: Support, last_login: 2029-01-01T00:00:00Z }
";
    let asker = Asker::new(world);
    let list = async |action, data, key: &str| {
        let rows = asker.get(action, data).await;
        let rows = rows.as_array().unwrap().clone();
        rows.into_iter()
            .map(|row| row[key].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        list("find_safesticks", json!({}), "serial").await,
        ["S3", "S2", "S1"]
    );
    let by_serial = json!({ "sort_by": "serial", "sort_order": "ASC", "start": 1, "limit": 1 });
    assert_eq!(list("find_safesticks", by_serial, "serial").await, ["S2"]);
    let of_bea = json!({ "keyword": "bea" });
    assert_eq!(list("find_safesticks", of_bea, "userId").await, [2]);
    assert_eq!(list("find_admins", json!({}), "id").await, [5, 7]);
    for name in ["x", "y"] {
        let edit = json!({ "action": "edit", "userid": 1, "username": name });
        asker.get("manage_user", edit).await;
    }
    let by_id = json!({ "sort_by": "id", "limit": 1 });
    assert_eq!(list("find_logs", by_id, "id").await, [2]);
}
