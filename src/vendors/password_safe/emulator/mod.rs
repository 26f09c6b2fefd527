//! An emulator of Password Safe and BeyondInsight: Secrets Safe, users and groups, and the lists they refer to.
//!
//! It is written after the vendor's pages and shares nothing with the client: what one of them gets wrong, the other
//! contradicts. Where no source states a fact, the code says `Assumed`; where sources contradict each other, the
//! world's [`quirks`] decide. Every change of the world is kept before it is answered.

mod builtin;
mod call;
mod catalog;
mod clock;
mod contents;
mod desk;
mod folder;
mod grant;
mod group;
mod guid;
mod lists;
mod member;
mod members;
mod mover;
mod multipart;
mod policy;
mod quirks;
mod reading;
mod refusal;
mod route;
mod row;
mod safe;
mod secret;
mod seed;
mod session;
mod share;
mod shelf;
mod sign_in;
mod site;
mod table;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod tree;
mod user;
#[cfg(test)]
mod wire;
mod writing;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::emulate::Emulator;
use crate::emulate::faults::Sort;
use crate::emulate::store::{self, Store, World};
use call::{Call, below_base};
use desk::Desk;
use refusal::Refusal;
use row::Kind;
use session::Sessions;
use site::Site;

/// The name under which the vendor is mounted, and of the files that keep its world.
pub(crate) const NAME: &str = "password_safe";

/// The largest request body: a file of 5 MB with its metadata.
const LARGEST: usize = 6_000_000;

/// The emulated installation and the sessions in it.
pub(crate) struct PasswordSafe {
    store: Mutex<Store<Site>>,
    sessions: Sessions,
}

/// Opens the world kept in a folder, or begins with the seed; without a folder the world lives in memory.
pub(crate) fn open(
    seed: Option<&str>,
    dir: Option<&Path>,
) -> Result<Arc<dyn Emulator>, store::Error> {
    Ok(Arc::new(PasswordSafe {
        store: Mutex::new(Store::open(NAME, seed, dir)?),
        sessions: Sessions::default(),
    }))
}

impl PasswordSafe {
    fn store(&self) -> MutexGuard<'_, Store<Site>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, call: &Call) -> Response {
        let mut store = self.store();
        let path = call.path.as_deref().map(|path| path.join("/"));
        let path = path.unwrap_or_default();
        match (&call.method, path.trim_matches('/')) {
            (&Method::POST, "auth/signappin") => {
                return sign_in::sign_in(store.world(), &self.sessions, call);
            }
            (&Method::POST, "auth/connect/token") => {
                return sign_in::token(store.world(), &self.sessions, call);
            }
            // Assumed: to leave without being there is no mistake.
            (&Method::POST, "auth/signout") => {
                self.sessions.end(&call.headers);
                return StatusCode::OK.into_response();
            }
            _ => {}
        }
        let me = self.sessions.user(&call.headers, Instant::now());
        let me = me.filter(|id| store.world().users.get(*id).is_some());
        // Assumed: without a session nothing is said, not even whether there is something at the path.
        let Some(me) = me else {
            return Refusal::bare(StatusCode::UNAUTHORIZED).answer(false);
        };
        let store = &mut *store;
        match route::answer(&mut Desk { store, call, me }) {
            Ok(answer) => answer.into_response(),
            Err(refusal) => refusal.answer(path.starts_with("secrets-safe")),
        }
    }
}

async fn answer(
    State(emulator): State<Arc<PasswordSafe>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    emulator.answer(&Call::new(method, &uri, headers, body))
}

impl Emulator for PasswordSafe {
    fn router(self: Arc<Self>) -> Router {
        // Paths are compared without regard to case, which no router does.
        Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::max(LARGEST))
            .with_state(self)
    }

    fn credentials(&self) -> Vec<(String, String)> {
        let store = self.store();
        let site = store.world();
        let mut credentials = Vec::new();
        let mut export = |suffix: &str, value: Option<&String>| {
            if let Some(value) = value {
                credentials.push((suffix.to_owned(), value.clone()));
            }
        };
        let is_known = |user: &&seed::User| user.active && !user.quarantined;
        let key = site.registrations.values().find_map(|registration| {
            let key = registration.key.as_ref()?;
            let runs = |user: &&seed::User| {
                let mut groups = site.groups_of(user.id);
                is_known(user) && groups.any(|it| it.registrations.contains(&registration.id))
            };
            Some((key, site.users.iter().find(runs)?))
        });
        if let Some((key, user)) = key {
            export("API_KEY", Some(key));
            export("RUNAS", Some(&user.full_name()));
            export("RUNAS_PASSWORD", user.password.as_ref());
        }
        let mut users = site.users.iter().filter(is_known);
        let app = users.find(|user| user.kind == Kind::Application && user.client_secret.is_some());
        if let Some(user) = app {
            export(
                "CLIENT_ID",
                user.client_id.map(|id| id.to_string()).as_ref(),
            );
            export("CLIENT_SECRET", user.client_secret.as_ref());
        }
        credentials
    }

    fn base_path(&self) -> &'static str {
        "/BeyondTrust/api/public/v3"
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

    fn is_login(&self, _: &Method, path: &str) -> bool {
        let path = below_base(path);
        path.is_some_and(|path| matches!(path.as_str(), "auth/signappin" | "auth/connect/token"))
    }

    fn sort(&self, method: &Method, path: &str, _: Option<&str>) -> Sort {
        let is_signout = below_base(path).is_some_and(|path| path == "auth/signout");
        if self.is_login(method, path) {
            Sort::Login
        } else if !is_signout && *method != Method::GET && *method != Method::HEAD {
            Sort::Write
        } else {
            Sort::Read
        }
    }

    fn close(&self) -> Result<(), store::Error> {
        self.store().close()
    }
}
