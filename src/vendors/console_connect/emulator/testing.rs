//! Asks an emulator as a client would, without a network.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};

use super::ConsoleConnect;
use crate::emulate::Emulator;

/// Two companies with a user for each role, and what they have.
pub(crate) const WORLD: &str = "
now: 2030-05-02T09:30:00Z
companies:
  - { id: 64a000000000000000000001, username: exampleco, name: Example Co }
  - { id: 64a000000000000000000002, username: otherco, name: Other Co }
  - { id: 64a000000000000000000003, username: newco, name: New Co, verified: false }
  - { id: 64a000000000000000000004, username: cloudy, name: Cloudy, is_cloud_provider: true }
users:
  - { id: 64b000000000000000000001, username: ops, name: Olga Ops, email: ops@example.org, password: not-a-real-one, keys: [key-of-ops] }
  - { id: 64b000000000000000000002, username: vera, name: Vera Viewer, email: vera@example.org, keys: [key-of-vera], times: { created: 2025-02-01T08:00:00Z } }
  - { id: 64b000000000000000000003, username: kim, name: Kim Keys, email: kim@example.org, keys: [key-of-kim] }
  - { id: 64b000000000000000000004, username: newcomer, name: Nick Newcomer, email: nick@example.org, keys: [key-of-newcomer] }
  - { id: 64b000000000000000000005, username: otto, name: Otto Other, email: otto@example.net, keys: [key-of-otto] }
memberships:
  - { company: exampleco, user: ops, roles: [ADMIN, NETWORKCONTROL, USER], times: { created: 2025-01-02T03:04:05.006Z } }
  - { company: exampleco, user: vera, roles: [NETWORKVIEW, USER], times: { created: 2025-02-03T09:30:00Z } }
  - { company: exampleco, user: kim, roles: [KEYHOLDER, USER] }
  - { company: exampleco, user: newcomer, state: INACTIVE }
  - { company: otherco, user: otto, roles: [ADMIN, USER] }
  - { company: newco, user: ops, roles: [ADMIN, USER] }
plans:
  - { id: 64f200000000000000000001, company: exampleco, ports: 1 }
asns:
  - { company: exampleco, asn: 64501 }
  - { company: exampleco, asn: 64502, status: UNVERIFIED }
ports:
  - { id: 64ef00000000000000000001, company: exampleco, facility: example-dc1, name: edge-1, speed: 1000, times: { created: 2025-03-02T10:00:00Z } }
  - { id: 64ef00000000000000000002, company: exampleco, facility: example-dc2, name: edge-2, speed: 1000 }
  - { id: 64ef00000000000000000003, company: otherco, facility: example-dc2, name: other-1, speed: 1000 }
  - { id: 64ef00000000000000000004, company: cloudy, facility: example-dc1, name: cloud-1, speed: 10000 }
";

/// The first port of the world, and the others by their numbers.
pub(crate) fn port(number: u8) -> String {
    format!("64ef{number:020x}")
}

/// A client with a user's API key.
pub(crate) struct Asker {
    pub emulator: Arc<ConsoleConnect>,
    service: TowerToHyperService<Router>,
}

impl Asker {
    /// On a world of one's own.
    pub(crate) fn on(seed: &str) -> Self {
        let emulator = Arc::new(ConsoleConnect::new(Some(seed), None).unwrap());
        let service = TowerToHyperService::new(Arc::clone(&emulator).router());
        Self { emulator, service }
    }

    /// On [`WORLD`].
    pub(crate) fn new() -> Self {
        Self::on(WORLD)
    }

    /// On [`WORLD`], with more lines.
    pub(crate) fn with(more: &str) -> Self {
        Self::on(&format!("{WORLD}{more}"))
    }

    /// Sends exactly this.
    pub(crate) async fn send(&self, request: Request<Body>) -> (u16, Value) {
        let (status, bytes) = self.bytes(request).await;
        if bytes.is_empty() {
            return (status, Value::Null);
        }
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    /// Sends exactly this, and returns the body as it came.
    pub(crate) async fn bytes(&self, request: Request<Body>) -> (u16, Vec<u8>) {
        let response = self.service.call(request).await.unwrap();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, bytes.into())
    }

    /// Sends JSON, or nothing for `null`, with the key of a user.
    pub(crate) async fn by(
        &self,
        user: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer key-of-{user}"))
            .header(header::CONTENT_TYPE, "application/json");
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.send(request.body(body.into()).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.by("ops", "GET", path, Value::Null).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        self.by("ops", "PUT", path, body).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.by("ops", "POST", path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (u16, Value) {
        self.by("ops", "DELETE", path, Value::Null).await
    }

    /// Does what no client can ask for.
    pub(crate) fn command(&self, name: &str, body: Value) -> Result<Value, String> {
        self.emulator.command(name, body)
    }

    /// Lets everything under way come to its end.
    pub(crate) fn settle(&self) {
        self.command("settle", json!({})).unwrap();
    }
}
