//! How clients sign in, stay and leave.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use super::super::testing::{Asker, BASE};
use crate::emulate::Emulator;
use crate::emulate::faults::Sort;

const TOKEN: &str = "Auth/connect/token";

async fn token(asker: &Asker, form: &str) -> (u16, Value) {
    let kind = "application/x-www-form-urlencoded";
    let answered = asker.typed("POST", TOKEN, kind, form.into()).await;
    (answered.status, answered.body())
}

const CLIENT: &str = "grant_type=client_credentials&client_id=00000000-0000-4000-9000-000000000002\
    &client_secret=emulator-client-secret-for-trueup-app";

#[tokio::test]
async fn a_key_opens_a_session_whose_cookie_is_enough() {
    let mut asker = Asker::new("{}").await;
    let answered = asker.sign_in(&asker.key("TRUEUP")).await;
    assert_eq!(answered.status, 200);
    assert_eq!(
        answered.body(),
        json!({ "UserId": 1, "SID": null, "EmailAddress": "trueup@example.org", "UserName": "trueup", "Name": "True Up" })
    );
    let cookie = answered.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("ASP.NET_SessionId="), "{cookie}");
    assert!(cookie.ends_with("; path=/; HttpOnly"), "{cookie}");
    assert_eq!(asker.get("Users").await.0, 200);
}

#[tokio::test]
async fn without_a_session_nothing_is_told() {
    let mut asker = Asker::new("{}").await;
    asker.cookie.clear();
    for path in ["Users", "Secrets-Safe/Safes", "nothing"] {
        assert_eq!(asker.get(path).await, (401, Value::Null), "{path}");
    }
    let request = Request::get(format!("{BASE}Users"));
    let request = request.header(header::AUTHORIZATION, asker.key("trueup"));
    let answered = asker.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answered.status, 401);
}

#[tokio::test]
async fn a_refused_key_does_not_tell_what_is_wrong_with_it() {
    let seed = "users: [{ name: idle, active: false }, { name: lonely }, { name: held, quarantined: true }]
groups: [{ name: Administrators, members: [trueup, idle, held] }, { name: keyless, members: [lonely] }]";
    let mut asker = Asker::new(seed).await;
    let mut keys: Vec<_> = ["idle", "lonely", "held", "nobody"]
        .map(|user| asker.key(user))
        .into();
    keys.push("PS-Auth key=wrong; runas=trueup;".to_owned());
    keys.push("Basic abc".to_owned());
    for key in keys {
        let answered = asker.sign_in(&key).await;
        let said = json!("One or more authentication rules failed.");
        assert_eq!((answered.status, answered.body()), (401, said), "{key}");
        assert!(!answered.headers.contains_key(header::SET_COOKIE), "{key}");
    }
}

#[tokio::test]
async fn a_registration_may_demand_the_password() {
    let seed = "registrations: [{ id: 1, name: k, key: k, password_required: true }]
users: [{ name: trueup, password: 'a;b' }]";
    let mut asker = Asker::new(seed).await;
    assert_eq!(
        asker.sign_in("PS-Auth key=k; runas=trueup;").await.status,
        401
    );
    let with = "PS-Auth key=k; runas=trueup; pwd=[a;b];";
    assert_eq!(asker.sign_in(with).await.status, 200);
}

#[tokio::test]
async fn a_token_opens_the_session_of_an_application_user() {
    let mut asker = Asker::new("{}").await;
    let (status, body) = token(&asker, CLIENT).await;
    assert_eq!(status, 200);
    assert_eq!(body["expires_in"], 3600);
    let bearer = format!("Bearer {}", body["access_token"].as_str().unwrap());
    assert_eq!(
        asker.sign_in(&bearer).await.body()["UserName"],
        "trueup-app"
    );
    assert_eq!(asker.get("Users").await.0, 200);
    let wrong = CLIENT.replace("-for-", "-of-");
    let invalid = json!({ "error": "invalid_client" });
    assert_eq!(token(&asker, &wrong).await, (400, invalid));
    assert_eq!(token(&asker, "grant_type=password").await.0, 400);
}

#[tokio::test]
async fn the_second_factor_is_answered_in_the_session_that_asked() {
    let seed = "users: [{ name: trueup, second_factor: { prompt: 'Code?', code: '123' } }]";
    let mut asker = Asker::new(seed).await;
    asker.cookie.clear();
    let key = asker.key("trueup");
    let with = |code: &str| format!("{key} challenge={code};");
    // The right code is worth nothing before the question.
    assert_eq!(asker.sign_in(&with("123")).await.status, 401);
    let asked = asker.sign_in(&key).await;
    assert_eq!(asked.status, 401);
    assert_eq!(asked.headers["www-authenticate-2fa"], "Code?");
    assert_eq!(asker.get("Users").await.0, 401);
    assert_eq!(asker.sign_in(&with("124")).await.status, 401);
    let cookie = asker.cookie.clone();
    assert_eq!(asker.sign_in(&with("123")).await.status, 200);
    asker.cookie = cookie;
    assert_eq!(asker.get("Users").await.0, 200);
}

#[tokio::test]
async fn to_leave_ends_every_session_of_the_user() {
    let mut asker = Asker::new("{}").await;
    let first = asker.cookie.clone();
    asker.sign_in(&asker.key("trueup")).await;
    assert_eq!(asker.json("POST", "Auth/Signout", Value::Null).await.0, 200);
    assert_eq!(asker.get("Users").await.0, 401);
    asker.cookie = first;
    assert_eq!(asker.get("Users").await.0, 401);
    assert_eq!(asker.json("POST", "Auth/Signout", Value::Null).await.0, 200);
}

#[tokio::test]
async fn expired_sessions_and_tokens_are_worth_nothing() {
    let mut asker = Asker::new("{}").await;
    let (_, body) = token(&asker, CLIENT).await;
    asker.emulator.expire_sessions();
    assert_eq!(asker.get("Users").await.0, 401);
    let bearer = format!("Bearer {}", body["access_token"].as_str().unwrap());
    assert_eq!(asker.sign_in(&bearer).await.status, 401);
}

#[tokio::test]
async fn a_version_that_is_switched_off_is_gone() {
    for status in [403, 410] {
        let mut asker = Asker::new(&format!("quirks: {{ sign_in: {status} }}")).await;
        let key = asker.key("trueup");
        assert_eq!(asker.sign_in(&key).await.status, status);
    }
}

#[tokio::test]
async fn logins_are_told_from_writes_and_leaving_is_neither() {
    let asker = Asker::new("{}").await;
    let sort = |path: &str| {
        let path = format!("{BASE}{path}");
        asker.emulator.sort(&Method::POST, &path, None)
    };
    assert_eq!(sort("auth/SIGNAPPIN"), Sort::Login);
    assert_eq!(sort("Auth/Connect/Token/"), Sort::Login);
    assert_eq!(sort("Auth/Signout"), Sort::Read);
    assert_eq!(sort("Users"), Sort::Write);
}

#[tokio::test]
async fn a_path_has_the_methods_it_has_and_a_body_its_type() {
    let asker = Asker::new("{}").await;
    assert_eq!(asker.delete("Secrets-Safe/Safes").await.0, 405);
    assert_eq!(asker.get("Secrets-Safe/Nothing").await.0, 404);
    assert_eq!(asker.get("users/").await.0, 200);
    assert_eq!(asker.get("Users/one").await.0, 404);
    let answered = asker
        .typed("POST", "Users", "text/plain", b"a".into())
        .await;
    assert_eq!(answered.status, 415);
    let (status, said) = asker.json("POST", "Users", json!([1])).await;
    assert_eq!(status, 400);
    assert!(said.is_string(), "{said}");
    let (_, said) = asker.json("POST", "Secrets-Safe/Safes", json!({})).await;
    assert_eq!(said, json!({ "error": "Name is required" }));
}
