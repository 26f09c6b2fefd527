//! An emulator of senhasegura: MySafe, PAM, related users and SCIM, under `/api` and `/iso` alike.
//!
//! It is written after the vendor's pages and shares nothing with the client: what one of them gets wrong, the other
//! contradicts. Where no public page states a fact, the code says `Assumed`; where pages contradict each other, the
//! world's [`quirks`] decide. A token of one family is worthless to the others; every change of the world is kept
//! before it is answered.

mod body;
mod call;
mod clock;
mod desk;
mod envelope;
mod members;
mod mysafe;
mod oauth;
mod pam;
mod quirks;
mod scim;
mod seed;
mod session;
mod shelf;
mod table;
#[cfg(test)]
mod testing;
mod totp;
mod vault;
#[cfg(test)]
mod wire;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::post;

use crate::emulate::Emulator;
use crate::emulate::store::{self, Store, World};
use envelope::Refusal;
use vault::Vault;

/// The name under which the vendor is mounted, and of the files that keep its world.
pub(crate) const NAME: &str = "senhasegura";

/// The emulated vault and the tokens it gave out.
pub(crate) struct Senhasegura {
    store: Mutex<Store<Vault>>,
    sessions: session::Sessions,
}

/// Opens the world kept in a folder, or begins with the seed; without a folder the world lives in memory.
pub(crate) fn open(
    seed: Option<&str>,
    dir: Option<&Path>,
) -> Result<Arc<dyn Emulator>, store::Error> {
    Ok(Arc::new(Senhasegura {
        store: Mutex::new(Store::open(NAME, seed, dir)?),
        sessions: session::Sessions::default(),
    }))
}

impl Senhasegura {
    fn store(&self) -> MutexGuard<'_, Store<Vault>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The id of the client whose token a request bears, if the token is good, and for the tenant it is addressed to.
    fn bearer(&self, headers: &HeaderMap) -> Option<String> {
        let client = self.sessions.client(headers, Instant::now())?;
        let store = self.store();
        let tenant = store.world().tenant.as_deref();
        let is_ours = match (tenant, session::tenant(headers)) {
            (Some(tenant), Some(host)) => tenant == host,
            (None, _) | (_, None) => true,
        };
        is_ours.then_some(client)
    }
}

async fn no_route(State(vault): State<Arc<Senhasegura>>) -> Response {
    let quirks = vault.store().world().quirks;
    Refusal::NoRoute.render(quirks)
}

impl Emulator for Senhasegura {
    fn router(self: Arc<Self>) -> Router {
        let token = post(oauth::token).get(oauth::token);
        // Assumed: the two prefixes lead to the same place, for releases and clients differ in nothing else.
        Router::new()
            .route("/api/oauth2/token", token.clone())
            .route("/iso/oauth2/token", token)
            .nest("/api/mysafe", mysafe::router())
            .nest("/iso/mysafe", mysafe::router())
            .nest("/api/pam", pam::router())
            .nest("/iso/pam", pam::router())
            .nest("/api/user", pam::user_router())
            .nest("/iso/user", pam::user_router())
            .nest("/iso/scim/v2", scim::router(Arc::clone(&self)))
            .fallback(no_route)
            .method_not_allowed_fallback(no_route)
            .with_state(self)
    }

    fn credentials(&self) -> Vec<(String, String)> {
        let store = self.store();
        let clients = &store.world().clients;
        [
            ("MYSAFE_CLIENT_ID", &clients.mysafe.id),
            ("MYSAFE_CLIENT_SECRET", &clients.mysafe.secret),
            ("SCIM_CLIENT_ID", &clients.scim.id),
            ("SCIM_CLIENT_SECRET", &clients.scim.secret),
            ("A2A_CLIENT_ID", &clients.a2a.id),
            ("A2A_CLIENT_SECRET", &clients.a2a.secret),
        ]
        .map(|(suffix, value)| (suffix.to_owned(), value.clone()))
        .into()
    }

    fn world_yaml(&self) -> String {
        self.store().world().write()
    }

    fn replace_world(&self, yaml: &str) -> Result<(), String> {
        self.store()
            .replace(yaml)
            .map_err(|error| error.to_string())
    }

    fn expire_sessions(&self) {
        self.sessions.expire();
    }

    fn is_login(&self, _: &Method, path: &str) -> bool {
        matches!(path, "/api/oauth2/token" | "/iso/oauth2/token")
    }

    fn close(&self) -> Result<(), store::Error> {
        self.store().close()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use crate::emulate::{Mounted, Options, Running, start};

    async fn serve(dir: &Path) -> Running {
        let seed = "clients: { mysafe: { id: a, secret: b } }";
        let emulator = super::open(Some(seed), Some(dir)).unwrap();
        let name = super::NAME;
        let listen = ([127, 0, 0, 1], 0).into();
        let options = Options { listen, tls: None };
        start(vec![Mounted { name, emulator }], options)
            .await
            .unwrap()
    }

    /// Creates a password with nothing but what the server exports, and returns the answer's status.
    async fn create(running: &Running) -> u16 {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let exports = running.exports();
        let export = |name: &str| {
            let name = format!("TRUEUP_SENHASEGURA_{name}");
            let found = exports.iter().find(|(exported, _)| *exported == name);
            found.unwrap().1.clone()
        };
        let endpoint = export("ENDPOINT");
        let form = [
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", export("MYSAFE_CLIENT_ID")),
            ("client_secret", export("MYSAFE_CLIENT_SECRET")),
        ];
        let token = client
            .post(format!("{endpoint}/api/oauth2/token"))
            .form(&form)
            .send()
            .await
            .unwrap();
        let token: serde_json::Value = token.json().await.unwrap();
        let create = client
            .post(format!("{endpoint}/api/mysafe/password"))
            .bearer_auth(token["access_token"].as_str().unwrap())
            .json(&json!({ "name": "n", "username": "u", "password": "p" }));
        create.send().await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn an_acknowledged_write_outlives_the_server_that_took_it() {
        let dir = tempfile::tempdir().unwrap();
        let running = serve(dir.path()).await;
        assert_eq!(create(&running).await, 201);
        // Another process is refused for as long as this one lives.
        assert!(super::open(None, Some(dir.path())).is_err());
        running.stop().await.unwrap();
        drop_server(dir.path()).await;
        let emulator = super::open(None, Some(dir.path())).unwrap();
        let world = "\
clients:
  mysafe:
    id: a
    secret: b
passwords:
- id: 1
  name: n
  username: u
  password: p
- id: 2
  name: n
  username: u
  password: p
";
        assert_eq!(emulator.world_yaml(), world);
    }

    /// Creates another password and ends the server without a clean stop.
    async fn drop_server(dir: &Path) {
        let running = serve(dir).await;
        assert_eq!(create(&running).await, 201);
        running.kill().await;
    }
}
