//! Asks an emulator as a client would, without a network.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;

use super::Senhasegura;
use super::session::Sessions;
use crate::emulate::Emulator;
use crate::emulate::store::Store;

/// A client that has the token that each path wants.
pub(crate) struct Asker {
    pub emulator: Arc<Senhasegura>,
    service: TowerToHyperService<Router>,
}

impl Asker {
    pub(crate) fn new(seed: &str) -> Self {
        let store = Store::open("senhasegura", Some(seed), None).unwrap();
        let emulator = Arc::new(Senhasegura {
            store: Mutex::new(store),
            sessions: Sessions::default(),
        });
        let service = TowerToHyperService::new(Arc::clone(&emulator).router());
        Self { emulator, service }
    }

    /// Sends exactly this.
    pub(crate) async fn send(&self, request: Request<Body>) -> (u16, Value) {
        let response = self.service.call(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap()
        };
        (status, body)
    }

    /// A token for one of the demonstration clients, `mysafe`, `scim` or `a2a`.
    pub(crate) async fn token(&self, family: &str) -> String {
        let form = format!(
            "grant_type=client_credentials&client_id={family}-emulator&client_secret=emulator-{family}-secret"
        );
        let (_, body) = self.form("/iso/oauth2/token", &form, None).await;
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// Sends JSON, or nothing for `null`, as the client with an id and a secret.
    pub(crate) async fn json_as(
        &self,
        (id, secret): (&str, &str),
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let (_, token) = self.form("/iso/oauth2/token", &form, None).await;
        let token = token["access_token"].as_str().unwrap_or_default();
        self.bearing(token, method, path, body).await
    }

    pub(crate) async fn form(
        &self,
        path: &str,
        form: &str,
        authorization: Option<&str>,
    ) -> (u16, Value) {
        let mut request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        self.send(request.body(form.to_owned().into()).unwrap())
            .await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.json("GET", path, &Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str) -> (u16, Value) {
        self.json("POST", path, &Value::Null).await
    }

    /// Sends JSON, or nothing for `null`, with the token that the path wants.
    pub(crate) async fn json(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let token = match path.split('/').nth(2) {
            Some("oauth2") => String::new(),
            Some("scim") => self.token("scim").await,
            Some("pam" | "user") => self.token("a2a").await,
            _ => self.token("mysafe").await,
        };
        self.bearing(&token, method, path, body).await
    }

    async fn bearing(&self, token: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json");
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.send(request.body(body.into()).unwrap()).await
    }
}

/// The status of an answer, and the number of its business error.
pub(crate) fn refusal(answer: &(u16, Value)) -> (u16, Option<u64>) {
    (answer.0, answer.1["exception"]["code"].as_u64())
}

/// The values of one member of each row of a list.
pub(crate) fn column<'a>(rows: &'a Value, member: &str) -> Vec<&'a str> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row[member].as_str().unwrap()).collect()
}
