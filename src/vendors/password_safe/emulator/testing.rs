//! Asks an emulator as a client would, without a network.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;

use super::PasswordSafe;
use super::session::Sessions;
use crate::emulate::Emulator;
use crate::emulate::store::Store;

/// Where the API begins.
pub(crate) const BASE: &str = "/BeyondTrust/api/public/v3/";

/// A client that is signed in by the built-in key, unless the seed forbids it.
pub(crate) struct Asker {
    pub emulator: Arc<PasswordSafe>,
    service: TowerToHyperService<Router>,
    pub cookie: String,
}

/// What was answered.
pub(crate) struct Answered {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answered {
    /// The body's JSON, or `null`.
    pub(crate) fn body(&self) -> Value {
        if self.bytes.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.bytes).unwrap()
    }
}

impl Asker {
    pub(crate) async fn new(seed: &str) -> Self {
        Self::kept(seed, None).await
    }

    /// With a world that is kept in a folder.
    pub(crate) async fn kept(seed: &str, dir: Option<&Path>) -> Self {
        let store = Store::open("password_safe", Some(seed), dir).unwrap();
        let emulator = Arc::new(PasswordSafe {
            store: Mutex::new(store),
            sessions: Sessions::default(),
        });
        let service = TowerToHyperService::new(Arc::clone(&emulator).router());
        let mut asker = Self {
            emulator,
            service,
            cookie: String::new(),
        };
        asker.sign_in(&asker.key("trueup")).await;
        asker
    }

    /// The header of the built-in key for a user.
    pub(crate) fn key(&self, user: &str) -> String {
        format!("PS-Auth key={}; runas={user};", "emulator".repeat(16))
    }

    /// Signs in, and keeps the cookie if there is one.
    pub(crate) async fn sign_in(&mut self, authorization: &str) -> Answered {
        let request = Request::post(format!("{BASE}Auth/SignAppin"))
            .header(header::AUTHORIZATION, authorization)
            .header(header::COOKIE, &self.cookie);
        let answered = self.send(request.body(Body::empty()).unwrap()).await;
        if let Some(cookie) = answered.headers.get(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            cookie.clone_into(&mut self.cookie);
        }
        answered
    }

    /// Sends exactly this.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answered {
        let response = self.service.call(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answered {
            status: parts.status.as_u16(),
            headers: parts.headers,
            bytes: to_bytes(body, usize::MAX).await.unwrap().into(),
        }
    }

    /// Sends a body of some content type, in the session.
    pub(crate) async fn typed(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> Answered {
        let request = Request::builder()
            .method(method)
            .uri(format!("{BASE}{path}"))
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, kind);
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Sends JSON, or nothing for `null`, in the session.
    pub(crate) async fn json(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answered = self
            .typed(method, path, "application/json", body.into())
            .await;
        (answered.status, answered.body())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.json("GET", path, Value::Null).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (u16, Value) {
        self.json("DELETE", path, Value::Null).await
    }

    /// Sends the two parts of a file.
    pub(crate) async fn file(
        &self,
        method: &str,
        path: &str,
        metadata: &Value,
        bytes: &[u8],
    ) -> Answered {
        let mut body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"secretmetadata\"\r\n\r\n{metadata}\r\n\
             --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"part.bin\"\r\n\r\n"
        )
        .into_bytes();
        body.extend(bytes);
        body.extend(b"\r\n--b--\r\n");
        let kind = "multipart/form-data; boundary=b";
        self.typed(method, path, kind, body).await
    }

    /// The world as it is.
    pub(crate) fn world(&self) -> String {
        self.emulator.world_yaml()
    }
}
