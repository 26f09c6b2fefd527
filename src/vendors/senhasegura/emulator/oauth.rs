//! Tokens: the endpoint that gives them out for client credentials.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use data_encoding::BASE64;
use serde_json::{Value, json};

use super::session::{self, authorization};
use super::{Senhasegura, body, envelope};

/// Answers a request for a token. Assumed: `POST` with a form, JSON or HTTP Basic and `GET` with a query are all
/// accepted, since the sources show each; `ttl` is accepted and changes nothing.
pub(crate) async fn token(
    State(vault): State<Arc<Senhasegura>>,
    method: Method,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
    body: Bytes,
) -> Response {
    let given = if method == Method::POST {
        let members = body::members(&headers, &body).unwrap_or_default();
        members
            .into_iter()
            .filter_map(|(name, value)| Some((name, text(value)?)))
            .collect()
    } else {
        query
    };
    // Assumed: the codes are those of RFC 6749, and the texts of all but the wrong secret are the emulator's own.
    if given.get("grant_type").map(String::as_str) != Some("client_credentials") {
        let text = "The grant type must be client_credentials";
        return failure(StatusCode::BAD_REQUEST, "unsupported_grant_type", text);
    }
    let basic = basic(&headers);
    let id = given.get("client_id").or(basic.as_ref().map(|(id, _)| id));
    let secret = given
        .get("client_secret")
        .or(basic.as_ref().map(|(_, secret)| secret));
    let (Some(id), Some(secret)) = (id, secret) else {
        let text = "client_id and client_secret are required";
        return failure(StatusCode::BAD_REQUEST, "invalid_request", text);
    };
    let store = vault.store();
    let world = store.world();
    let is_known = world.clients.credentials().any(|it| it == (id, secret));
    let tenant = given.get("tenant").map(String::as_str);
    if !is_known || !is_of(world.tenant.as_deref(), tenant, session::tenant(&headers)) {
        let text = "Client authentication failed";
        if world.quirks.token_refusal_in_envelope {
            return envelope::unauthenticated(text, world.quirks);
        }
        return failure(StatusCode::UNAUTHORIZED, "invalid_client", text);
    }
    match vault.sessions.begin(id, &world.tokens, Instant::now()) {
        Some(token) => Json(json!({
            "token_type": "Bearer",
            "expires_in": world.tokens.seconds,
            "access_token": token,
        }))
        .into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Whether a request is one of this vault's tenant, by the word that it says or by its host. One that says nothing by
/// either is not. Assumed: one that is not is refused like a wrong secret.
fn is_of(tenant: Option<&str>, said: Option<&str>, host: Option<&str>) -> bool {
    let Some(tenant) = tenant else {
        return true;
    };
    let mut words = said.into_iter().chain(host).peekable();
    words.peek().is_some() && words.all(|word| word == tenant)
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, encoded) = authorization(headers)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(BASE64.decode(encoded.as_bytes()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

fn failure(status: StatusCode, error: &str, text: &str) -> Response {
    let body = json!({ "error": error, "error_description": text, "message": text });
    (status, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::{Request, header};
    use serde_json::json;

    use super::super::testing::Asker;

    #[tokio::test]
    async fn a_token_is_given_in_each_way_that_the_sources_show() {
        let asker = Asker::new("{}");
        let path = "/api/oauth2/token";
        let json_body = json!({
            "grant_type": "client_credentials",
            "client_id": "mysafe-emulator",
            "client_secret": "emulator-mysafe-secret",
            "tenant": "acme",
        });
        let query = "grant_type=client_credentials&client_id=mysafe-emulator&client_secret=emulator-mysafe-secret";
        let json = asker.json("POST", path, &json_body).await;
        let form = asker.form(path, query, None).await;
        let get = asker.get(&format!("{path}?{query}")).await;
        // The base64 of `mysafe-emulator:emulator-mysafe-secret`.
        let basic = "Basic bXlzYWZlLWVtdWxhdG9yOmVtdWxhdG9yLW15c2FmZS1zZWNyZXQ=";
        let basic = asker
            .form(
                "/iso/oauth2/token",
                "grant_type=client_credentials",
                Some(basic),
            )
            .await;
        for (status, body) in [json, form, get, basic] {
            assert_eq!(status, 200, "{body}");
            assert_eq!(body["token_type"], "Bearer");
            assert_eq!(body["expires_in"], 3600);
            assert!(body["access_token"].as_str().unwrap().starts_with("eyJ"));
        }
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_request_for_a_token_is_told() {
        let asker = Asker::new("{}");
        let cases = [
            ("grant_type=password", 400, "unsupported_grant_type"),
            (
                "client_id=mysafe-emulator&client_secret=x",
                400,
                "unsupported_grant_type",
            ),
            (
                "grant_type=client_credentials&client_id=x",
                400,
                "invalid_request",
            ),
            (
                "grant_type=client_credentials&client_id=mysafe-emulator&client_secret=emulator-scim-secret",
                401,
                "invalid_client",
            ),
        ];
        for (form, status, error) in cases {
            let (seen, body) = asker.form("/api/oauth2/token", form, None).await;
            assert_eq!((seen, &body["error"]), (status, &json!(error)), "{form}");
        }
    }

    const FORM: &str = "grant_type=client_credentials&client_id=mysafe-emulator&client_secret=emulator-mysafe-secret";

    #[tokio::test]
    async fn a_vault_of_a_tenant_wants_to_be_told_which() {
        let asker = Asker::new("tenant: acme");
        let ask = async |form: String, host: &str| {
            let request = Request::post("/api/oauth2/token")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::HOST, host);
            asker.send(request.body(form.into()).unwrap()).await
        };
        let cases = [
            ("", "127.0.0.1:8080", 401),
            ("&tenant=lab", "127.0.0.1:8080", 401),
            ("&tenant=acme", "127.0.0.1:8080", 200),
            ("", "acme.example.org", 200),
            ("", "lab.example.org", 401),
            ("&tenant=acme", "lab.example.org", 401),
        ];
        for (said, host, status) in cases {
            let (seen, body) = ask(format!("{FORM}{said}"), host).await;
            assert_eq!(seen, status, "{said} {host}: {body}");
        }
        let (_, body) = ask(format!("{FORM}&tenant=acme"), "127.0.0.1").await;
        let token = body["access_token"].as_str().unwrap();
        for (host, status) in [("acme.example.org", 200), ("lab.example.org", 404)] {
            let request = Request::get("/api/mysafe/password")
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .header(header::HOST, host);
            let (seen, _) = asker
                .send(request.body(String::new().into()).unwrap())
                .await;
            assert_eq!(seen, status, "{host}");
        }
    }

    #[tokio::test]
    async fn a_token_says_how_long_it_is_good_and_may_end_sooner() {
        let asker = Asker::new("tokens: { seconds: 60, requests: 1 }");
        let (_, body) = asker.form("/api/oauth2/token", FORM, None).await;
        assert_eq!(body["expires_in"], 60);
        let bearer = format!("Bearer {}", body["access_token"].as_str().unwrap());
        for status in [200, 404] {
            let request = Request::get("/api/mysafe/note").header(header::AUTHORIZATION, &bearer);
            let (seen, _) = asker
                .send(request.body(String::new().into()).unwrap())
                .await;
            assert_eq!(seen, status);
        }
    }

    #[tokio::test]
    async fn a_refusal_may_come_in_the_envelope() {
        let asker = Asker::new("quirks: { token_refusal_in_envelope: true }");
        let form = "grant_type=client_credentials&client_id=x&client_secret=y";
        let (status, body) = asker.form("/api/oauth2/token", form, None).await;
        assert_eq!(status, 401);
        assert_eq!(body["response"]["message"], "Client authentication failed");
        assert_eq!(body["error"], json!(null));
    }
}
