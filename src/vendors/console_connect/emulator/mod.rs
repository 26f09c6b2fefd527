//! An emulator of Console Connect: users and members, orders, ports, ASNs, layer 2 connections and what they refer to.
//!
//! It is written after the vendor's pages and shares nothing with the client: what one of them gets wrong, the other
//! contradicts. Where no source states a fact, the code says `Assumed`; where sources contradict each other, the
//! world's [`seed::Quirks`] decide. Every change of the world is kept before it is answered. Nothing happens by itself:
//! what is under way moves when it is read, or by a [`command`].

mod answer;
mod asn;
mod auth;
mod call;
mod catalog;
mod clock;
mod command;
mod company;
mod connection;
mod desk;
mod facility;
mod filter;
mod id;
mod member;
mod order;
mod port;
mod price;
mod reading;
mod refusal;
mod role;
mod route;
mod row;
mod search;
mod seed;
mod session;
mod site;
mod state;
mod step;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod user;
#[cfg(test)]
mod wire;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::emulate::Emulator;
use crate::emulate::faults::Sort;
use crate::emulate::store::{self, Store, World};
use answer::{Answer, Outcome};
use call::Call;
use command::Command;
use desk::Desk;
use refusal::Refusal;
use session::Sessions;
use site::Site;
use step::Polls;

/// The name under which the vendor is mounted, and of the files that keep its world.
pub(crate) const NAME: &str = "console_connect";

/// The emulated platform and the sessions in it.
pub(crate) struct ConsoleConnect {
    store: Mutex<Store<Site>>,
    sessions: Sessions,
    polls: Polls,
}

/// Opens the world kept in a folder, or begins with the seed; without a folder the world lives in memory.
pub(crate) fn open(
    seed: Option<&str>,
    dir: Option<&Path>,
) -> Result<Arc<dyn Emulator>, store::Error> {
    Ok(Arc::new(ConsoleConnect::new(seed, dir)?))
}

impl ConsoleConnect {
    fn new(seed: Option<&str>, dir: Option<&Path>) -> Result<Self, store::Error> {
        Ok(Self {
            store: Mutex::new(Store::open(NAME, seed, dir)?),
            sessions: Sessions::default(),
            polls: Polls::default(),
        })
    }

    fn store(&self) -> MutexGuard<'_, Store<Site>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn outcome(&self, store: &mut Store<Site>, call: &Call) -> Outcome {
        let site = store.world();
        if call.path == "/heartbeat" && call.method == Method::GET {
            return Answer::ok(heartbeat(site));
        }
        if auth::is_login(call.method.as_str(), &call.path) {
            return auth::log_in(site, &self.sessions, call);
        }
        let Some((rule, given)) = route::find(call) else {
            return Err(Refusal::no_route(call.method.as_str(), &call.path));
        };
        let me = auth::caller(site, &self.sessions, call)?;
        let mut desk = Desk {
            store,
            sessions: &self.sessions,
            polls: &self.polls,
            call,
            me,
            token: auth::token(&call.headers),
        };
        rule(&mut desk, &given)
    }

    fn answer(&self, call: &Call) -> Response {
        let mut store = self.store();
        let outcome = self.outcome(&mut store, call);
        match outcome {
            Ok(answer) => answer.into_response(),
            Err(refusal) => refusal.answer(&call.path, store.world().quirks),
        }
    }
}

/// The one thing that is told to everybody.
fn heartbeat(site: &Site) -> Value {
    json!({
        "name": "cc-api",
        "now": site.now.millis(),
        "uptime": 0,
        "uptimeSeconds": 0,
        "humanUptime": "a few seconds",
        "version": "emulator",
    })
}

async fn answer(
    State(emulator): State<Arc<ConsoleConnect>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    emulator.answer(&Call::new(method, &uri, headers, body))
}

impl Emulator for ConsoleConnect {
    fn router(self: Arc<Self>) -> Router {
        // What no router can do alone: an unknown method is answered like an unknown path.
        Router::new().fallback(answer).with_state(self)
    }

    fn credentials(&self) -> Vec<(String, String)> {
        let store = self.store();
        let Some(user) = store.world().mightiest() else {
            return Vec::new();
        };
        let mut credentials = Vec::new();
        credentials.extend(user.keys.first().map(|key| ("API_KEY", key)));
        if let Some(password) = &user.password {
            credentials.extend([("EMAIL", &user.email), ("PASSWORD", password)]);
        }
        let owned = credentials.into_iter();
        owned
            .map(|(suffix, value)| (suffix.to_owned(), value.clone()))
            .collect()
    }

    fn world_yaml(&self) -> String {
        self.store().world().write()
    }

    fn replace_world(&self, yaml: &str) -> Result<(), String> {
        let replaced = self.store().replace(yaml);
        replaced.map_err(|error| error.to_string())
    }

    fn expire_sessions(&self) {
        self.sessions.expire();
    }

    fn is_login(&self, method: &Method, path: &str) -> bool {
        auth::is_login(method.as_str(), path)
    }

    fn sort(&self, method: &Method, path: &str, _: Option<&str>) -> Sort {
        let is_log_out = *method == Method::DELETE && path == "/api/auth/token";
        let is_question = path.trim_start_matches('/') == price::PATH;
        if self.is_login(method, path) {
            Sort::Login
        } else if is_log_out || is_question || *method == Method::GET || *method == Method::HEAD {
            Sort::Read
        } else {
            Sort::Write
        }
    }

    fn command(&self, name: &str, body: Value) -> Result<Value, String> {
        let command = Command::read(name, body)?;
        let mut store = self.store();
        let mut changes = 0;
        while let Some(change) = command.next(store.world(), changes)? {
            store.commit(change).map_err(|error| error.to_string())?;
            changes += 1;
        }
        Ok(json!({ "changes": changes }))
    }

    fn close(&self) -> Result<(), store::Error> {
        self.store().close()
    }
}
