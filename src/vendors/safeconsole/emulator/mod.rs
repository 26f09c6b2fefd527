//! An emulator of SafeConsole: users, paths, drives, policies and what can be looked at beside them, all behind one
//! path.
//!
//! It is written after the vendor's pages and shares nothing with the client: what one of them gets wrong, the other
//! contradicts. Little of this API is public. What is not is `Assumed`, and whole actions that are assumed work only in
//! a world that says `assumed_actions`; every change of the world is kept before it is answered.

mod action;
mod answer;
mod call;
mod clock;
mod console;
mod control;
mod desk;
mod drive;
mod fence;
mod list;
mod office;
mod ou;
mod place;
mod policy;
mod reading;
mod refusal;
mod section;
mod seed;
mod settings;
mod status;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod token;
mod user;
#[cfg(test)]
mod wire;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::{Value, json};

use crate::emulate::Emulator;
use crate::emulate::faults::Sort;
use crate::emulate::store::{self, Store, World};
use console::Console;

/// The name under which the vendor is mounted, and of the files that keep its world.
pub(crate) const NAME: &str = "safeconsole";

/// The only path of the API.
const PATH: &str = "/safeconsole/admin";

/// The emulated server.
pub(crate) struct SafeConsole(Mutex<State>);

/// What a request can see and change.
pub(crate) struct State {
    pub store: Store<Console>,
    /// The audit records of what the API has changed, the oldest first.
    pub log: Vec<Value>,
}

/// Opens the world kept in a folder, or begins with the seed; without a folder the world lives in memory.
pub(crate) fn open(
    seed: Option<&str>,
    dir: Option<&Path>,
) -> Result<Arc<dyn Emulator>, store::Error> {
    Ok(Arc::new(SafeConsole::new(Store::open(NAME, seed, dir)?)))
}

impl SafeConsole {
    fn new(store: Store<Console>) -> Self {
        let log = Vec::new();
        Self(Mutex::new(State { store, log }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer(
    Shared(emulator): Shared<Arc<SafeConsole>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut state = emulator.state();
    match action::answer(&mut state, &method, uri.query(), &headers, &body) {
        Ok(body) => answer::json_answer(StatusCode::OK, &body),
        Err(refusal) => refusal.into_response(),
    }
}

impl Emulator for SafeConsole {
    fn router(self: Arc<Self>) -> Router {
        Router::new().route(PATH, any(answer)).with_state(self)
    }

    fn credentials(&self) -> Vec<(String, String)> {
        let state = self.state();
        let console = state.store.world();
        let mut tokens = console.tokens.iter();
        let good = tokens.find(|token| token::is_good(console, token));
        let good = good.map(|good| token::jwt(&console.server.host, good));
        good.map(|good| ("TOKEN".to_owned(), good))
            .into_iter()
            .collect()
    }

    fn world_yaml(&self) -> String {
        self.state().store.world().write()
    }

    fn replace_world(&self, yaml: &str) -> Result<(), String> {
        let replaced = self.state().store.replace(yaml);
        replaced.map_err(|error| error.to_string())
    }

    /// There are no sessions: a token is made by people, and lasts until it expires or is revoked.
    fn expire_sessions(&self) {}

    fn is_login(&self, _: &Method, _: &str) -> bool {
        false
    }

    fn command(&self, name: &str, body: Value) -> Result<Value, String> {
        let mut state = self.state();
        for change in control::changes(state.store.world(), name, body)? {
            let kept = state.store.commit(change);
            kept.map_err(|error| error.to_string())?;
        }
        Ok(json!({}))
    }

    fn sort(&self, _: &Method, path: &str, query: Option<&str>) -> Sort {
        if path == PATH && action::writes(query) {
            Sort::Write
        } else {
            Sort::Read
        }
    }

    fn close(&self) -> Result<(), store::Error> {
        self.state().store.close()
    }
}
