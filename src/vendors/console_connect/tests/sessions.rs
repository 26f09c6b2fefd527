//! Who we are, and in which company.

use serde_json::{Value, json};

use super::{OTHERS, Recorded, US, company_of, secret};
use crate::model::address::RemoteId;
use crate::model::error::Cause;
use crate::vendors::console_connect::session::Credentials;

fn password() -> Credentials {
    Credentials::Password {
        email: "ops@example.org".to_owned(),
        password: secret("p4ss"),
    }
}

fn not_logged_in() -> Value {
    json!({ "message": "The session token been deleted", "statusCode": 401 })
}

#[tokio::test]
async fn an_api_key_goes_with_every_request() {
    let recorded = Recorded::of(&[("GET /it", 200, json!(1))]).await;
    recorded.client.get::<Value>("it", &[]).await.unwrap();
    let all = recorded.all();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].header("authorization"), "Bearer k3y");
    assert_eq!(all[0].header("portal-token"), "");
    recorded.client.log_out().await;
    assert_eq!(recorded.all().len(), 1, "there is nothing to log out of");
}

#[tokio::test]
async fn a_session_token_is_made_once_and_given_back() {
    let answers = [
        ("PUT /api/auth/token", 200, json!({ "token": "t0" })),
        ("GET /it", 200, json!(1)),
        ("DELETE /api/auth/token", 200, json!({})),
    ];
    let recorded = Recorded::with(&answers, password(), None).await;
    recorded.client.get::<Value>("it", &[]).await.unwrap();
    recorded.client.get::<Value>("it", &[]).await.unwrap();
    recorded.client.log_out().await;
    recorded.client.log_out().await;
    let all = recorded.all();
    let lines = all.iter().map(|it| it.line.as_str()).collect::<Vec<_>>();
    let wanted = [
        "PUT /api/auth/token",
        "GET /it",
        "GET /it",
        "DELETE /api/auth/token",
    ];
    assert_eq!(lines, wanted);
    assert_eq!(
        all[0].json(),
        json!({ "email": "ops@example.org", "password": "p4ss" })
    );
    for asked in &all[1..] {
        assert_eq!(asked.header("portal-token"), "t0");
        assert_eq!(asked.header("authorization"), "");
    }
}

#[tokio::test]
async fn a_session_that_has_run_out_is_renewed_once() {
    let answers = [
        ("PUT /api/auth/token", 200, json!({ "token": "t0" })),
        ("PUT /api/auth/token", 200, json!({ "token": "t1" })),
        ("GET /it", 401, not_logged_in()),
        ("GET /it", 200, json!(1)),
    ];
    let recorded = Recorded::with(&answers, password(), None).await;
    recorded.client.get::<Value>("it", &[]).await.unwrap();
    assert_eq!(recorded.all()[3].header("portal-token"), "t1");
    assert_eq!(recorded.all().len(), 4);

    let never = [
        ("PUT /api/auth/token", 200, json!({ "token": "t0" })),
        ("GET /it", 401, not_logged_in()),
    ];
    let recorded = Recorded::with(&never, password(), None).await;
    let error = recorded.client.get::<Value>("it", &[]).await.unwrap_err();
    assert_eq!(error.cause, Cause::Login);
    assert_eq!(recorded.all().len(), 4);
}

#[tokio::test]
async fn a_missing_permission_makes_no_new_login() {
    let denied = json!({ "error": { "message": "Access denied", "accessRequests": [] } });
    let answers = [
        ("PUT /api/auth/token", 200, json!({ "token": "t0" })),
        ("GET /it", 401, denied),
    ];
    let recorded = Recorded::with(&answers, password(), None).await;
    let error = recorded.client.get::<Value>("it", &[]).await.unwrap_err();
    assert_eq!(error.cause, Cause::Refused);
    assert_eq!(recorded.all().len(), 2);
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let refused = json!({ "message": "Unauthorized", "status": 401, "statusCode": 401 });
    let answers = [("PUT /api/auth/token", 401, refused)];
    let recorded = Recorded::with(&answers, password(), None).await;
    let error = recorded.client.get::<Value>("it", &[]).await.unwrap_err();
    assert_eq!(error.cause, Cause::Login);
    assert_eq!(
        error.message,
        "Console Connect refuses the login of ops@example.org: Unauthorized"
    );
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let recorded = Recorded::with(&[], Credentials::Unknown("no".to_owned()), None).await;
    let error = recorded.client.get::<Value>("it", &[]).await.unwrap_err();
    assert_eq!(error.cause, Cause::Login);
    assert!(recorded.all().is_empty());
}

/// The company that is worked in by who we are, or why there is none.
async fn company(links: Value, named: Option<&str>) -> String {
    let me = json!({
        "username": "ops",
        "companies": [company_of(US, "exampleco"), company_of(OTHERS, "otherco")],
        "linkUserCompany": links,
    });
    let answers = [("GET /api/auth/token", 200, me)];
    let key = Credentials::ApiKey(secret("k3y"));
    let recorded = Recorded::with(&answers, key, named).await;
    match recorded.client.me().await {
        Ok(me) => me.company.username.clone(),
        Err(error) => error.message,
    }
}

#[tokio::test]
async fn the_company_is_the_one_that_is_named_or_the_only_one() {
    let both = json!({ US: { "state": "ACTIVE" }, OTHERS: { "state": "ACTIVE" } });
    let one = json!({ US: { "state": "ACTIVE" }, OTHERS: { "state": "INACTIVE" } });
    assert_eq!(company(one.clone(), None).await, "exampleco");
    assert_eq!(company(both.clone(), Some("otherco")).await, "otherco");
    assert_eq!(
        company(both.clone(), None).await,
        "trueup's user belongs to several companies at Console Connect"
    );
    assert_eq!(
        company(one, Some("otherco")).await,
        "trueup's user does not belong to the company `otherco`"
    );
    let left = json!({ US: { "state": "ACTIVE", "deleted": true } });
    assert_eq!(
        company(left, None).await,
        "trueup's user belongs to no company at Console Connect"
    );
}

#[tokio::test]
async fn our_own_user_is_known_once_we_have_asked() {
    let recorded = Recorded::of(&[]).await;
    let id = RemoteId("ops".to_owned());
    assert!(!recorded.client.is_me(&id));
    recorded.client.me().await.unwrap();
    assert!(recorded.client.is_me(&id));
    assert!(!recorded.client.is_me(&RemoteId("vera".to_owned())));
}
