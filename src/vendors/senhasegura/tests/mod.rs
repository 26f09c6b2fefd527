//! The client against recorded answers: the same files that the emulator must reproduce, and older forms of them.

mod answers;
mod items;
mod pam;
mod requests;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::client::{Client, Parts};
use super::session::Credentials;
use crate::http;
use crate::model::secret::Secret;

/// A server that gives the same answer to every request but logins, and remembers what it was asked.
struct Recorded {
    client: Client,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Recorded {
    /// Answers with what a file under `wire/` recorded.
    async fn of(file: &str) -> Self {
        let path = format!(
            "{}/src/vendors/senhasegura/wire/{file}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let example: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let answer = &example["response"];
        Self::answering(answer["status"].as_u64().unwrap(), answer["body"].clone()).await
    }

    async fn answering(status: u64, body: Value) -> Self {
        let asked = Arc::<Mutex<Vec<(String, Value)>>>::default();
        let log = Arc::clone(&asked);
        let answer = move |request: Request| {
            let (log, body) = (Arc::clone(&log), body.clone());
            async move { respond(request, &log, u16::try_from(status).unwrap(), &body).await }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        let options = http::Options {
            retries: 0,
            ..http::Options::new(base.parse().unwrap())
        };
        let credentials = |family| {
            let known = |text: &str| Some(Secret::new(text.to_owned()));
            Credentials::given(family, known("id"), known("client-secret"))
        };
        let client = Client::new(Parts {
            http: options,
            parallelism: 4,
            tenant: None,
            mysafe: credentials("mysafe"),
            scim: credentials("scim"),
            a2a: credentials("a2a"),
            prefix: "api",
            encrypted_replies: false,
        });
        Self {
            client: client.unwrap(),
            asked,
        }
    }

    /// What was asked but for logins: method and path, and the body.
    fn asked(&self) -> Vec<(String, Value)> {
        self.asked.lock().unwrap().clone()
    }
}

async fn respond(
    request: Request,
    log: &Mutex<Vec<(String, Value)>>,
    status: u16,
    body: &Value,
) -> Response {
    let line = format!("{} {}", request.method(), request.uri());
    if request.uri().path().ends_with("/oauth2/token") {
        let token = json!({ "token_type": "Bearer", "expires_in": 3600, "access_token": "t" });
        return axum::Json(token).into_response();
    }
    let sent: Bytes = axum::body::to_bytes(request.into_body(), 1 << 20)
        .await
        .unwrap();
    let sent = serde_json::from_slice(&sent).unwrap_or(Value::Null);
    log.lock().unwrap().push((line, sent));
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    if body.is_null() {
        status.into_response()
    } else {
        (status, axum::Json(body)).into_response()
    }
}

/// What a recorded request sent.
fn recorded_request(file: &str) -> (String, Value) {
    let path = format!(
        "{}/src/vendors/senhasegura/wire/{file}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let example: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let request = &example["request"];
    let line = format!(
        "{} {}",
        request["method"].as_str().unwrap(),
        request["path"].as_str().unwrap()
    );
    (line, request["body"].clone())
}
