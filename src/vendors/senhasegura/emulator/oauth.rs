//! Tokens: the endpoint that gives them out for client credentials, and the sessions they open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use data_encoding::{BASE64, HEXLOWER};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Value, json};

use super::seed::{Client, Clients};
use super::{Senhasegura, body};

const LIFETIME: Duration = Duration::from_secs(3600);

/// A part of the API with clients and tokens of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Mysafe,
    Scim,
}

/// The tokens that were given out and have not expired.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Session>>);

#[derive(Clone, Copy)]
struct Session {
    family: Family,
    until: Instant,
}

impl Sessions {
    fn begin(&self, family: Family, now: Instant) -> Option<String> {
        let mut random = [0; 48];
        SystemRandom::new().fill(&mut random).ok()?;
        let (claims, signature) = random.split_at(24);
        // It looks like the vendor's token, and says nothing.
        let token = format!(
            "eyJhbGciOiJSUzI1NiJ9.{}.{}",
            HEXLOWER.encode(claims),
            HEXLOWER.encode(signature)
        );
        let mut sessions = self.sessions();
        sessions.retain(|_, session| session.until > now);
        let until = now + LIFETIME;
        sessions.insert(token.clone(), Session { family, until });
        Some(token)
    }

    fn family(&self, token: &str, now: Instant) -> Option<Family> {
        let session = self.sessions().get(token).copied()?;
        (session.until > now).then_some(session.family)
    }

    /// The family whose token a request bears, if the token is still good.
    pub(crate) fn bearer(&self, headers: &HeaderMap) -> Option<Family> {
        let (scheme, token) = authorization(headers)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        self.family(token, Instant::now())
    }

    /// Forgets every token.
    pub(crate) fn expire(&self) {
        self.sessions().clear();
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn authorization(headers: &HeaderMap) -> Option<(&str, &str)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    Some((scheme, rest.trim()))
}

/// Answers a request for a token. Assumed: `POST` with a form, JSON or HTTP Basic and `GET` with a query are all
/// accepted, since the sources show each; `tenant` and `ttl` are accepted and change nothing.
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
    let family = family(&vault.store().world().clients, id, secret);
    let Some(family) = family else {
        let text = "Client authentication failed";
        return failure(StatusCode::UNAUTHORIZED, "invalid_client", text);
    };
    match vault.sessions.begin(family, Instant::now()) {
        Some(token) => Json(json!({
            "token_type": "Bearer",
            "expires_in": LIFETIME.as_secs(),
            "access_token": token,
        }))
        .into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
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

fn family(clients: &Clients, id: &str, secret: &str) -> Option<Family> {
    let is = |client: &Client| client.id == id && client.secret == secret;
    if is(&clients.mysafe) {
        Some(Family::Mysafe)
    } else if is(&clients.scim) {
        Some(Family::Scim)
    } else {
        None
    }
}

fn failure(status: StatusCode, error: &str, text: &str) -> Response {
    let body = json!({ "error": error, "error_description": text, "message": text });
    (status, Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::json;

    use super::super::testing::Asker;
    use super::{Family, Sessions};

    #[test]
    fn a_token_is_good_for_an_hour() {
        let sessions = Sessions::default();
        let now = Instant::now();
        let token = sessions.begin(Family::Scim, now).unwrap();
        let after = |seconds| sessions.family(&token, now + Duration::from_secs(seconds));
        assert_eq!(after(3599), Some(Family::Scim));
        assert_eq!(after(3600), None);
    }

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
}
