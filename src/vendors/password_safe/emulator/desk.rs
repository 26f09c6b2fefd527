//! What a rule works with: the request, the user who sent it, and the world, to be read and changed.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde_json::Value;

use super::call::Call;
use super::catalog::{self, PERMISSIONS, SECRETS_SAFE, WORKFORCE_PASSWORDS};
use super::guid::Guid;
use super::refusal::Refusal;
use super::row::Flag;
use super::site::{Change, Site};
use crate::emulate::store::Store;

/// A request being worked on.
pub(crate) struct Desk<'a> {
    pub store: &'a mut Store<Site>,
    pub call: &'a Call,
    /// The user who is signed in.
    pub me: u64,
}

/// What a rule comes to.
pub(crate) type Outcome = Result<Answer, Refusal>;

/// An answer that is no refusal.
pub(crate) enum Answer {
    Json(StatusCode, Value),
    Empty(StatusCode),
    Bytes(Vec<u8>),
}

impl Answer {
    /// 200 with a body.
    pub(crate) fn ok(body: Value) -> Outcome {
        Ok(Self::Json(StatusCode::OK, body))
    }

    /// 201 with what was created.
    pub(crate) fn created(body: Value) -> Outcome {
        Ok(Self::Json(StatusCode::CREATED, body))
    }

    /// A status alone.
    pub(crate) fn empty(status: StatusCode) -> Outcome {
        Ok(Self::Empty(status))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Json(status, body) => (status, Json(body)).into_response(),
            Self::Empty(status) => status.into_response(),
            Self::Bytes(bytes) => {
                let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
                (kind, Body::from(bytes)).into_response()
            }
        }
    }
}

impl Desk<'_> {
    /// The world as it is.
    pub(crate) fn site(&self) -> &Site {
        self.store.world()
    }

    /// Makes a change.
    pub(crate) fn commit(&mut self, change: Change) -> Result<(), Refusal> {
        Ok(self.store.commit(change)?)
    }

    /// The name of the user who is signed in.
    pub(crate) fn my_name(&self) -> String {
        let me = self.site().users.get(self.me);
        me.map_or_else(String::new, super::seed::User::full_name)
    }

    /// Demands an access level for a permission. Administrators have every permission.
    pub(crate) fn require(&self, permission: &str, level: u64) -> Result<(), Refusal> {
        let site = self.site();
        let id = catalog::id_of(PERMISSIONS, permission);
        let has = id.map_or(0, |id| site.level(self.me, id));
        if site.is_admin(self.me) || has >= level {
            return Ok(());
        }
        let level = catalog::name_of(catalog::LEVELS, level).unwrap_or_default();
        Err(Refusal::forbidden(&format!("{permission} ({level})")))
    }

    /// Demands one of the two permissions that open folders and secrets.
    pub(crate) fn enter(&self) -> Result<(), Refusal> {
        self.require(SECRETS_SAFE, catalog::READ)
            .or_else(|refusal| {
                let other = self.require(WORKFORCE_PASSWORDS, catalog::READ);
                other.map_err(|_| refusal)
            })
    }

    /// Demands that the user may enter, and do something in the safe of a folder. Assumed: which flag each operation
    /// takes, after its name.
    pub(crate) fn demand(&self, folder: Guid, flag: Flag) -> Result<(), Refusal> {
        self.enter()?;
        let site = self.site();
        if site.may(self.me, site.tree.root(folder), flag) {
            Ok(())
        } else {
            Err(Refusal::forbidden(&format!("{} on the safe", flag.name())))
        }
    }
}

/// Reads a GUID of a path. Assumed: there is no path with anything else in its place.
pub(crate) fn guid(text: &str) -> Result<Guid, Refusal> {
    Guid::parse(text).ok_or_else(Refusal::no_route)
}

/// Reads a number of a path. Assumed: there is no path with anything else in its place.
pub(crate) fn number(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| Refusal::no_route())
}
