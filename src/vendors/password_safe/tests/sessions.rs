//! Signing in, staying signed in, and signing out.

use serde_json::{Value, json};

use super::{Recorded, api_key, secret};
use crate::model::error::VendorError;
use crate::vendors::password_safe::client::Version;
use crate::vendors::password_safe::session::Credentials;

const COOKIE: &[(&str, &str)] = &[("set-cookie", "ASP.NET_SessionId=s1; path=/; HttpOnly")];
const LATER_COOKIE: &[(&str, &str)] = &[("set-cookie", "ASP.NET_SessionId=s2; path=/; HttpOnly")];

async fn get(recorded: &Recorded) -> Result<Value, VendorError> {
    recorded.client.get("Organizations", &[]).await
}

#[tokio::test]
async fn a_key_signs_in_once_and_the_cookie_does_for_everything_after_that() {
    let credentials = Credentials::ApiKey {
        key: secret("k3y"),
        runas: r"corp\ci-app".to_owned(),
        password: Some(secret("Blue-Kettle-71")),
    };
    let answers = vec![("GET /Organizations", (200, json!([]), Vec::new()))];
    let recorded = Recorded::with(answers, credentials, Version::V3_2).await;
    get(&recorded).await.unwrap();
    get(&recorded).await.unwrap();
    let asked = recorded.all();
    let lines = asked.iter().map(|it| it.line.as_str()).collect::<Vec<_>>();
    assert_eq!(
        lines,
        [
            "POST /Auth/SignAppin",
            "GET /Organizations",
            "GET /Organizations"
        ]
    );
    assert_eq!(
        asked[0].header("authorization"),
        r"PS-Auth key=k3y; runas=corp\ci-app; pwd=[Blue-Kettle-71];"
    );
    assert_eq!(asked[0].header("content-length"), "0");
    assert_eq!(asked[1].header("cookie"), "ASP.NET_SessionId=s1");
    assert_eq!(asked[1].header("authorization"), "");
}

#[tokio::test]
async fn an_oauth_client_signs_in_with_the_token_that_it_gets() {
    let credentials = Credentials::Client {
        id: "5d8b0a52".to_owned(),
        secret: secret("Blue&Kettle"),
    };
    let token = json!({ "access_token": "t0ken", "expires_in": 3600, "token_type": "Bearer" });
    let answers = vec![
        ("POST /Auth/Connect/Token", (200, token, Vec::new())),
        ("GET /Organizations", (200, json!([]), Vec::new())),
    ];
    let recorded = Recorded::with(answers, credentials, Version::V3_2).await;
    get(&recorded).await.unwrap();
    let asked = recorded.all();
    assert_eq!(
        asked[0].body,
        "grant_type=client_credentials&client_id=5d8b0a52&client_secret=Blue%26Kettle"
    );
    assert_eq!(asked[1].line, "POST /Auth/SignAppin");
    assert_eq!(asked[1].header("authorization"), "Bearer t0ken");
}

#[tokio::test]
async fn requests_side_by_side_share_one_session() {
    let recorded = Recorded::of(&[("GET /Organizations", 200, json!([]))]).await;
    let all = futures_util::future::join_all((0..8).map(|_| get(&recorded))).await;
    assert!(all.iter().all(Result::is_ok));
    let asked = recorded.all().into_iter();
    assert_eq!(asked.filter(|it| it.line.contains("SignAppin")).count(), 1);
}

#[tokio::test]
async fn a_session_that_has_run_out_is_renewed_and_the_request_sent_again() {
    let user = json!({ "UserId": 12 });
    let answers = vec![
        ("POST /Auth/SignAppin", (200, user.clone(), COOKIE.to_vec())),
        ("POST /Auth/SignAppin", (200, user, LATER_COOKIE.to_vec())),
        ("GET /Organizations", (401, Value::Null, Vec::new())),
        ("GET /Organizations", (200, json!(["one"]), Vec::new())),
    ];
    let recorded = Recorded::with(answers, api_key(), Version::V3_2).await;
    assert_eq!(get(&recorded).await.unwrap(), json!(["one"]));
    let last = recorded.all().pop().unwrap();
    assert_eq!(last.header("cookie"), "ASP.NET_SessionId=s2");
}

#[tokio::test]
async fn a_session_is_renewed_once_and_no_more() {
    let recorded = Recorded::of(&[("GET /Organizations", 401, Value::Null)]).await;
    let error = get(&recorded).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Password Safe does not accept its own new session"
    );
    assert_eq!(recorded.all().len(), 4);
}

#[tokio::test]
async fn signing_out_ends_the_session_that_there_is() {
    let recorded = Recorded::of(&[
        ("GET /Organizations", 200, json!([])),
        ("POST /Auth/Signout", 200, Value::Null),
    ])
    .await;
    recorded.client.sign_out().await;
    assert!(recorded.all().is_empty());
    get(&recorded).await.unwrap();
    recorded.client.sign_out().await;
    let last = recorded.all().pop().unwrap();
    assert_eq!(last.line, "POST /Auth/Signout");
    assert_eq!(last.header("cookie"), "ASP.NET_SessionId=s1");
}

#[tokio::test]
async fn why_nobody_can_sign_in_is_told_in_words() {
    let prompt = vec![("WWW-Authenticate-2FA", "Enter the code of your token")];
    let rules = "One or more authentication rules failed";
    let mut said = Vec::new();
    for (status, body, headers) in [
        (401, json!(rules), Vec::new()),
        (401, json!(rules), prompt),
        (403, json!("License is invalid"), Vec::new()),
        (410, Value::Null, Vec::new()),
        (404, json!({ "raw": "<html>IIS</html>" }), Vec::new()),
        (503, Value::Null, Vec::new()),
        (200, json!({ "UserId": 12 }), Vec::new()),
    ] {
        let answers = vec![("POST /Auth/SignAppin", (status, body, headers))];
        let recorded = Recorded::with(answers, api_key(), Version::V3_2).await;
        let error = get(&recorded).await.unwrap_err();
        let has_help = error.help.is_some();
        said.push(format!("{:?}: {error} ({has_help})", error.cause));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    Login: Password Safe refuses the login: One or more authentication rules failed (true)
    Login: Password Safe asks for a second factor: Enter the code of your token (true)
    Login: Password Safe refuses the login for its licence: License is invalid (true)
    Login: this version of the API is switched off on the server: HTTP 410 (true)
    Unreachable: there is no Password Safe at this address: HTTP 404 (true)
    Unreachable: Password Safe is in trouble (HTTP 503): HTTP 503 (false)
    Unreachable: Password Safe accepts the login but gives no session cookie (true)
    "#);
}

#[tokio::test]
async fn who_is_refused_once_does_not_knock_again() {
    let refused = ("POST /Auth/SignAppin", (401, json!("no"), Vec::new()));
    let recorded = Recorded::with(vec![refused], api_key(), Version::V3_2).await;
    let all = futures_util::future::join_all((0..4).map(|_| get(&recorded))).await;
    for error in all.into_iter().map(Result::unwrap_err) {
        assert_eq!(error.to_string(), "Password Safe refuses the login: no");
        assert!(error.help.is_some());
    }
    assert_eq!(recorded.all().len(), 1);
}

#[tokio::test]
async fn why_there_is_no_token_is_told_in_words() {
    let mut said = Vec::new();
    for (status, body) in [
        (400, json!({ "error": "invalid_client" })),
        (403, json!("License is invalid")),
        (404, json!({ "raw": "<html>IIS</html>" })),
        (410, Value::Null),
        (503, Value::Null),
        (200, json!({ "expires_in": 3600 })),
    ] {
        let credentials = Credentials::Client {
            id: "5d8b0a52".to_owned(),
            secret: secret("Blue-Kettle"),
        };
        let answers = vec![("POST /Auth/Connect/Token", (status, body, Vec::new()))];
        let recorded = Recorded::with(answers, credentials, Version::V3_2).await;
        let error = get(&recorded).await.unwrap_err();
        said.push(format!("{:?}: {error}", error.cause));
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    Login: Password Safe refuses the OAuth client: invalid_client
    Login: Password Safe refuses the login for its licence: License is invalid
    Unreachable: there is no Password Safe at this address: HTTP 404
    Login: this version of the API is switched off on the server: HTTP 410
    Unreachable: Password Safe is in trouble (HTTP 503): HTTP 503
    Unreachable: Password Safe's login answer holds no token
    ");
}

#[tokio::test]
async fn a_user_name_cannot_break_out_of_the_header() {
    let credentials = Credentials::ApiKey {
        key: secret("k3y"),
        runas: "x; pwd=[y]".to_owned(),
        password: None,
    };
    let recorded = Recorded::with(Vec::new(), credentials, Version::V3_2).await;
    let error = get(&recorded).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`api_key` and `runas` cannot hold a semicolon, since it ends them"
    );
}
