//! Asks an emulator as a client would, without a network.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};

use super::SafeConsole;
use super::token::jwt;
use crate::emulate::Emulator;
use crate::emulate::store::Store;

/// A client that bears the world's first good token.
pub(crate) struct Asker {
    pub emulator: Arc<SafeConsole>,
    service: TowerToHyperService<Router>,
    pub token: String,
}

/// What was answered.
pub(crate) struct Answered {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

/// A form with the field `data`.
pub(crate) fn form(data: &Value) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("data", &data.to_string()).finish()
}

impl Asker {
    pub(crate) fn new(seed: &str) -> Self {
        Self::kept(seed, None)
    }

    /// With a world that is kept in a folder.
    pub(crate) fn kept(seed: &str, dir: Option<&Path>) -> Self {
        let store = Store::open("safeconsole", Some(seed), dir).unwrap();
        let emulator = Arc::new(SafeConsole::new(store));
        let service = TowerToHyperService::new(Arc::clone(&emulator).router());
        let token = emulator.credentials().pop().unwrap_or_default().1;
        Self {
            emulator,
            service,
            token,
        }
    }

    /// Bears another of the world's tokens, good or not.
    pub(crate) fn bearing(mut self, name: &str) -> Self {
        self.token = {
            let state = self.emulator.state();
            let console = state.store.world();
            let mut tokens = console.tokens.iter();
            let token = tokens.find(|token| token.name == name).unwrap();
            jwt(&console.server.host, token)
        };
        self
    }

    /// Sends exactly this.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answered {
        let response = self.service.call(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answered {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    /// Asks for an action in the way that the vendor documents.
    pub(crate) async fn ask(&self, action: &str, data: Value) -> Answered {
        let kind = "application/x-www-form-urlencoded";
        self.typed("POST", action, kind, form(&data)).await
    }

    /// Sends a body of some content type with some method.
    pub(crate) async fn typed(
        &self,
        method: &str,
        action: &str,
        kind: &str,
        body: String,
    ) -> Answered {
        let request = Request::builder()
            .method(method)
            .uri(format!("/safeconsole/admin?action={action}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, kind);
        self.send(request.body(body.into()).unwrap()).await
    }

    /// The `response` of an action that succeeds.
    #[track_caller]
    pub(crate) fn done(answered: Answered) -> Value {
        assert_eq!(answered.status, 200, "{}", answered.body);
        assert_eq!(answered.body["success"], true, "{}", answered.body);
        answered.body["response"].clone()
    }

    /// Asks for an action that succeeds, and returns its `response`.
    pub(crate) async fn get(&self, action: &str, data: Value) -> Value {
        Self::done(self.ask(action, data).await)
    }

    /// Asks for an action that fails with status 200, and returns what is said.
    pub(crate) async fn failure(&self, action: &str, data: Value) -> String {
        let answered = self.ask(action, data).await;
        assert_eq!(answered.status, 200, "{}", answered.body);
        assert_eq!(answered.body["success"], false, "{}", answered.body);
        answered.body["error"].as_str().unwrap().to_owned()
    }

    /// The status by which an action is refused.
    pub(crate) async fn status(&self, action: &str, data: Value) -> u16 {
        let answered = self.ask(action, data).await;
        assert_eq!(answered.body["success"], answered.status == 200);
        answered.status
    }

    /// The only user that a keyword finds.
    pub(crate) async fn user(&self, keyword: &str) -> Value {
        let users = self.get("find_users", json!({ "keyword": keyword })).await;
        assert_eq!(users.as_array().unwrap().len(), 1, "{users}");
        users[0].clone()
    }

    /// Gives a command that no client can give.
    #[track_caller]
    pub(crate) fn command(&self, name: &str, body: Value) {
        self.emulator.command(name, body).unwrap();
    }
}
