//! Keys, tokens, and what is said to those who have none.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::super::testing::{Asker, WORLD};
use crate::emulate::Emulator;

/// Asks who one is, with a header.
async fn who(asker: &Asker, name: &str, value: &str) -> (u16, Value) {
    let request = Request::get("/api/auth/token").header(name, value);
    asker.send(request.body(Body::empty()).unwrap()).await
}

/// Logs in, with a body of some content type.
async fn log_in(asker: &Asker, kind: &str, body: &str) -> (u16, Value) {
    let request = Request::put("/api/auth/token").header("content-type", kind);
    asker
        .send(request.body(body.to_owned().into()).unwrap())
        .await
}

fn credentials() -> String {
    json!({ "email": "OPS@example.org", "password": "not-a-real-one" }).to_string()
}

fn unauthorized(message: &str) -> (u16, Value) {
    let error = json!({ "message": message, "status": 401, "statusCode": 401 });
    (401, json!({ "error": error }))
}

#[tokio::test]
async fn a_key_is_compared_byte_for_byte() {
    let asker = Asker::new();
    let (status, me) = who(&asker, "authorization", "Bearer key-of-ops").await;
    assert_eq!((status, &me["username"]), (200, &json!("ops")));
    assert_eq!(me["token"], Value::Null);
    for key in ["Bearer KEY-of-ops", "key-of-ops", "Basic key-of-ops"] {
        let refused = who(&asker, "authorization", key).await;
        assert_eq!(refused, unauthorized("The user is not logged in"), "{key}");
    }
}

#[tokio::test]
async fn a_token_is_64_digits_and_ends_at_log_out() {
    let asker = Asker::new();
    let (status, me) = log_in(&asker, "application/json", &credentials()).await;
    assert_eq!(status, 200);
    let token = me["token"].as_str().unwrap();
    assert!(token.len() == 64 && token.bytes().all(|it| it.is_ascii_hexdigit()));
    let (_, seen) = who(&asker, "portal-token", token).await;
    assert_eq!(seen, me);
    let request = Request::delete("/api/auth/token").header("portal-token", token);
    let ended = asker.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(ended, (200, json!({})));
    let refused = who(&asker, "portal-token", token).await;
    assert_eq!(refused, unauthorized("The session token been deleted"));
}

#[tokio::test]
async fn a_key_outlives_a_log_out() {
    let asker = Asker::new();
    assert_eq!(asker.delete("/api/auth/token").await, (200, json!({})));
    assert_eq!(asker.get("/api/auth/token").await.0, 200);
}

#[tokio::test]
async fn one_can_log_in_by_a_form() {
    let form = "email=ops%40example.org&password=not-a-real-one";
    let kind = "application/x-www-form-urlencoded";
    assert_eq!(log_in(&Asker::new(), kind, form).await.0, 200);
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_a_missing_one_is_told() {
    let asker = Asker::new();
    let wrong = json!({ "email": "ops@example.org", "password": "other" }).to_string();
    let refused = log_in(&asker, "application/json", &wrong).await;
    assert_eq!(refused, unauthorized("Unauthorized"));
    // Of a user without a password there is no token.
    let none = json!({ "email": "vera@example.org", "password": "" }).to_string();
    assert_eq!(log_in(&asker, "application/json", &none).await.0, 400);
}

#[tokio::test]
async fn expired_tokens_are_unknown() {
    let asker = Asker::new();
    let (_, me) = log_in(&asker, "application/json", &credentials()).await;
    asker.emulator.expire_sessions();
    let refused = who(&asker, "portal-token", me["token"].as_str().unwrap()).await;
    assert_eq!(refused, unauthorized("The user is not logged in"));
}

#[tokio::test]
async fn the_shape_of_a_refused_log_in_depends_on_whom_one_believes() {
    let flat = format!("{WORLD}quirks: {{ flat_login_errors: true }}");
    let (status, body) = who(&Asker::on(&flat), "portal-token", "none").await;
    let expected =
        json!({ "message": "The user is not logged in", "status": 401, "statusCode": 401 });
    assert_eq!((status, body), (401, expected));
}

#[tokio::test]
async fn each_family_of_paths_refuses_in_its_own_shape() {
    let asker = Asker::new();
    let refused = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let (status, body) = asker.send(request).await;
        assert_eq!(status, 401, "{path}");
        body
    };
    let text = "The user is not logged in";
    let plain = json!({ "message": text, "status": 401, "statusCode": 401 });
    let named = json!({ "statusCode": 401, "name": "Error", "message": text });
    assert_eq!(refused("/v2/companies").await, plain);
    let members = "/v2/companies/64a000000000000000000001/members";
    assert_eq!(refused(members).await, json!({ "error": plain }));
    let asns = "/api/company/exampleco/asns";
    assert_eq!(refused(asns).await, json!({ "error": plain }));
    let roles = "/v2/admin/roles";
    assert_eq!(refused(roles).await, json!({ "error": named }));
}

#[tokio::test]
async fn a_missing_permission_is_a_401_that_names_it() {
    let asker = Asker::new();
    let path = "/api/company/exampleco/memberships/newcomer";
    let (status, body) = asker.by("vera", "DELETE", path, Value::Null).await;
    assert_eq!(status, 401);
    let expected = json!({ "error": {
        "accessRequests": [{
            "action": "account:ModerateUser",
            "resource": "cc-api:account::64a000000000000000000001:Membership/*",
        }],
        "message": "Access denied",
        "principalId": { "id": "64b000000000000000000002" },
        "status": 401,
        "statusCode": 401,
    } });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_told_to_strangers_too() {
    let asker = Asker::new();
    for (method, path) in [("PATCH", "/api/auth/token"), ("GET", "/v2/nothing")] {
        let request = Request::builder().method(method).uri(path);
        let (status, body) = asker.send(request.body(Body::empty()).unwrap()).await;
        let message = format!("There is no method to handle {method} {path}");
        let error = json!({ "statusCode": 404, "name": "Error", "message": message });
        assert_eq!((status, body), (404, json!({ "error": error })));
    }
}

#[tokio::test]
async fn the_heart_beats_for_everybody() {
    let request = Request::get("/heartbeat").body(Body::empty()).unwrap();
    let (status, body) = Asker::new().send(request).await;
    assert_eq!((status, &body["now"]), (200, &json!(1_903_944_600_000_u64)));
}

#[tokio::test]
async fn answers_are_indented_by_four() {
    let request = Request::get("/heartbeat").body(Body::empty()).unwrap();
    let (_, bytes) = Asker::new().bytes(request).await;
    assert!(bytes.starts_with(b"{\n    \"name\""));
}

#[tokio::test]
async fn codes_in_bodies_may_be_odd() {
    let asker = Asker::with("quirks: { odd_codes: true }");
    let (status, body) = asker.get("/api/metro/64f100000000000000000009").await;
    assert_eq!(
        (status, &body["error"]["statusCode"]),
        (404, &json!("404,"))
    );
}

#[tokio::test]
async fn keys_are_issued_and_revoked_by_command() {
    let asker = Asker::new();
    let revoke = json!({ "key": "key-of-ops" });
    asker.command("revoke_key", revoke.clone()).unwrap();
    assert_eq!(asker.get("/api/auth/token").await.0, 401);
    assert!(asker.command("revoke_key", revoke).is_err());
    let issue = json!({ "user": "ops", "key": "key-of-ops" });
    asker.command("issue_key", issue.clone()).unwrap();
    assert_eq!(asker.get("/api/auth/token").await.0, 200);
    assert!(asker.command("issue_key", issue).is_err());
}

#[tokio::test]
async fn the_current_user_learns_of_roles_and_what_they_allow() {
    let (_, me) = Asker::new().get("/api/auth/token").await;
    assert_eq!(me["companies"][0]["username"], "exampleco");
    let mine = &me["linkUserCompany"]["64a000000000000000000001"];
    assert_eq!(mine["roles"], json!(["ADMIN", "NETWORKCONTROL", "USER"]));
    let groups = &mine["permissions"]["groups"];
    assert_eq!(groups["ADMIN"]["user-moderation"], true);
    assert_eq!(groups["NETWORKCONTROL"]["user-moderation"], false);
    assert_eq!(groups["NETWORKCONTROL"]["ports-edit"], true);
}
