//! Who may ask, and what they may do.

use axum::body::Body;
use axum::http::Request;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::super::testing::Asker;

const WORLD: &str = "
assumed_actions: true
tokens:
  - { name: owner, admin: olga@example.org, expires: 2030-06-01T00:00:00Z }
  - { name: reader, admin: olga@example.org, roles: [viewer], read_only: true }
  - { name: north, admin: nils@example.org, roles: [system_manager], paths: [field/north] }
  - { name: late, admin: olga@example.org, expires: 2029-12-31T00:00:00Z }
  - { name: lost, admin: olga@example.org, roles: [lost], revoked: true }
paths:
  - { id: 12, path: field }
  - { id: 13, path: field/north, policy: { id: 113 } }
  - { id: 14, path: field/north/coast }
  - { id: 15, path: field/north-east }
users:
  - { id: 1, name: A, email: a@example.org, path: field, drives: [{ serial: S1, hardware_id: H1 }] }
  - { id: 2, name: B, email: b@example.org, path: field/north, drives: [{ serial: S2, hardware_id: H2 }] }
  - { id: 3, name: C, email: c@example.org, path: field/north/coast }
  - { id: 4, name: D, email: d@example.org, path: field/north-east }
";

async fn bare(asker: &Asker, authorization: Option<&str>) -> (u16, bool) {
    let mut request = Request::post("/safeconsole/admin?action=find_users");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    let answered = asker.send(request.body(Body::empty()).unwrap()).await;
    let asks = answered.headers.get("www-authenticate");
    (answered.status, asks.is_some_and(|it| it == "Bearer"))
}

#[tokio::test]
async fn without_a_good_token_nothing_is_said() {
    let asker = Asker::new(WORLD);
    let good = asker.token.clone();
    let (signed, _) = good.rsplit_once('.').unwrap();
    let cases = [
        format!("Bearer {good}"),
        format!("bearer {good}"),
        format!("Basic {good}"),
        format!("Bearer {signed}.AAAA"),
        "Bearer".to_owned(),
    ];
    let mut seen = Vec::new();
    for authorization in &cases {
        seen.push(bare(&asker, Some(authorization)).await);
    }
    seen.push(bare(&asker, None).await);
    let (yes, no) = ((200, false), (401, true));
    assert_eq!(seen, [yes, yes, no, no, no, no]);
}

#[tokio::test]
async fn a_token_that_is_expired_or_revoked_is_no_good() {
    for name in ["late", "lost"] {
        let asker = Asker::new(WORLD).bearing(name);
        assert_eq!(asker.status("find_users", json!({})).await, 401, "{name}");
    }
    let asker = Asker::new(WORLD);
    asker.command("revoke", json!({ "token": "owner" }));
    assert_eq!(asker.status("find_users", json!({})).await, 401);
}

#[tokio::test]
async fn a_token_says_who_made_it_and_when_it_expires() {
    let asker = Asker::new(WORLD);
    let parts: Vec<_> = asker.token.split('.').collect();
    let [_, claims, signature] = parts[..] else {
        panic!("{}", asker.token)
    };
    let claims = BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let expected = json!({
        "roles": ["system_owner"],
        "iss": "safeconsole.example.org",
        "realm": "com.example.ssoRealm",
        "admin_name": "olga@example.org",
        "exp": 1_906_502_400,
    });
    assert_eq!((claims, signature.len()), (expected, 43));
}

#[tokio::test]
async fn a_read_only_token_reads_and_does_nothing_else() {
    let asker = Asker::new(WORLD).bearing("reader");
    let edit = json!({ "action": "edit", "userid": 1, "username": "X" });
    assert_eq!(asker.status("manage_user", edit).await, 403);
    assert_eq!(asker.status("set_policy", json!({})).await, 403);
    assert_eq!(asker.user("a@example.org").await["cn"], "A");
    assert_eq!(asker.status("get_license", json!({})).await, 200);
}

#[tokio::test]
async fn a_token_of_some_paths_sees_those_and_what_is_below_them() {
    let asker = Asker::new(WORLD).bearing("north");
    let answered = asker
        .ask(
            "find_users",
            json!({ "sort_by": "id", "sort_order": "ASC" }),
        )
        .await;
    assert_eq!(answered.body["total"], 2);
    assert_eq!(answered.body["response"][0]["id"], 2);
    assert_eq!(answered.body["response"][1]["id"], 3);
    let ous = asker.get("get_ous", json!({})).await;
    let ids: Vec<_> = ous.as_array().unwrap().iter().map(|ou| &ou["id"]).collect();
    assert_eq!(ids, [13, 14]);
    let drives = asker.get("find_safesticks", json!({})).await;
    assert_eq!(drives.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_lies_outside_the_paths_of_a_token_is_refused() {
    let asker = Asker::new(WORLD).bearing("north");
    let cases = [
        (
            "manage_user",
            json!({ "action": "edit", "userid": 1, "username": "X" }),
        ),
        (
            "manage_user",
            json!({ "action": "edit", "userid": 2, "oupath": "field" }),
        ),
        (
            "manage_user",
            json!({ "action": "add", "username": "X", "email": "x@example.org" }),
        ),
        (
            "manage_safestick",
            json!({ "action": "lost", "serial": "S1" }),
        ),
        (
            "manage_safestick",
            json!({ "action": "reassign", "serial": "S2", "userid": 1 }),
        ),
        (
            "manage_ou",
            json!({ "action": "add", "path": "field/south" }),
        ),
        ("manage_ou", json!({ "action": "delete", "ouid": 12 })),
        ("get_policy", json!({ "policyId": 101 })),
        ("set_policy", json!({ "oupath": "field", "settings": {} })),
        ("get_license", json!({})),
        ("find_admins", json!({})),
        ("find_logs", json!({})),
    ];
    for (action, data) in cases {
        assert_eq!(
            asker.status(action, data.clone()).await,
            403,
            "{action} {data}"
        );
    }
    let move_within = json!({ "action": "edit", "userid": 2, "oupath": "field/north/coast" });
    assert_eq!(asker.status("manage_user", move_within).await, 200);
}

#[tokio::test]
async fn an_api_that_is_switched_off_refuses_good_tokens() {
    let asker = Asker::new("server: { api: false }");
    assert_eq!(asker.status("find_users", json!({})).await, 403);
}

#[tokio::test]
async fn an_expired_licence_closes_the_cloud_and_ends_changes_of_drives_and_policies_elsewhere() {
    let world = "
assumed_actions: true
licence: { owner: o@example.org, expires: 2029-01-01T00:00:00Z, seats: 5 }
users: [{ id: 1, name: A, email: a@example.org, drives: [{ serial: S1, hardware_id: H1 }] }]
";
    let cloud = Asker::new(world);
    assert_eq!(cloud.status("find_users", json!({})).await, 403);
    let asker = Asker::new(&format!("{world}\nserver: {{ on_premises: true }}"));
    let lost = json!({ "action": "lost", "serial": "S1" });
    let policy = json!({ "oupath": "default", "settings": {} });
    for (action, data) in [("manage_safestick", lost), ("set_policy", policy)] {
        let said = asker.failure(action, data).await;
        assert_eq!(said, "The license has expired");
    }
    let rename = json!({ "action": "edit", "userid": 1, "username": "B" });
    assert_eq!(asker.status("manage_user", rename).await, 200);
}

#[tokio::test]
async fn an_assumed_action_is_unknown_unless_the_world_says_so() {
    let actions = [
        "find_safesticks",
        "manage_safestick",
        "manage_ou",
        "get_policy",
        "set_policy",
        "find_admins",
        "get_license",
        "find_logs",
    ];
    let asker = Asker::new("{}");
    for action in actions {
        let said = asker.failure(action, json!({})).await;
        assert_eq!(said, format!("Unknown action: {action}"));
    }
    for verb in ["add", "delete", "rename"] {
        let said = asker
            .failure("manage_user", json!({ "action": verb }))
            .await;
        assert_eq!(said, format!("Unknown action: {verb}"));
    }
    let asker = Asker::new("assumed_actions: true");
    assert_eq!(asker.status("find_safesticks", json!({})).await, 200);
}

#[tokio::test]
async fn a_get_reads_and_any_other_way_is_no_method() {
    let asker = Asker::new("{}");
    let typed = async |method, action| asker.typed(method, action, "", String::new()).await.status;
    assert_eq!(typed("GET", "get_ous").await, 200);
    assert_eq!(typed("GET", "manage_user").await, 405);
    assert_eq!(typed("PUT", "get_ous").await, 405);
    assert_eq!(asker.failure("", json!({})).await, "Unknown action: ");
}

#[tokio::test]
async fn parameters_may_also_be_the_raw_body() {
    let asker = Asker::new(WORLD);
    let data = json!({ "action": "edit", "userid": "1", "username": "Ann" }).to_string();
    let kind = "application/json;charset=UTF-8";
    let answered = asker.typed("POST", "manage_user", kind, data).await;
    assert_eq!(
        (answered.status, &answered.body["success"]),
        (200, &json!(true))
    );
    let kind = answered.headers.get("content-type").unwrap();
    assert_eq!(kind, "application/json;charset=UTF-8");
    let form = "application/x-www-form-urlencoded";
    let broken = asker
        .typed("POST", "find_users", form, "data=[1]".to_owned())
        .await;
    assert_eq!(
        (broken.status, &broken.body["success"]),
        (200, &json!(false))
    );
}
