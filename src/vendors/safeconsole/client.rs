//! The client: one address, one form field, one token; and lists that several kinds read from.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::answer::{self, Envelope};
use super::list::{self, All};
use super::path::Ou;
use super::token::Token;
use super::user::Record;
use crate::apply::Permit;
use crate::http::{self, FormValue, Repeat, Request, Response, Write};
use crate::model::address::KindId;
use crate::model::error::VendorError;
use crate::model::verb::Evidence;

/// Every operation has this address. The context path is fixed (vendor page, section 1).
const ADDRESS: &str = "safeconsole/admin";

/// Something that SafeConsole can be asked for, by the name in the query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Action {
    name: &'static str,
    evidence: Evidence,
}

impl Action {
    pub(super) const FIND_USERS: Self = Self::shown("find_users");
    pub(super) const EDIT_USER: Self = Self::shown("manage_user");
    pub(super) const GET_OUS: Self = Self::shown("get_ous");
    /// The other verbs of the action that edits users.
    pub(super) const MANAGE_USER: Self = Self::assumed("manage_user");
    pub(super) const MANAGE_OU: Self = Self::assumed("manage_ou");
    pub(super) const GET_POLICY: Self = Self::assumed("get_policy");
    pub(super) const SET_POLICY: Self = Self::assumed("set_policy");
    pub(super) const FIND_ADMINS: Self = Self::assumed("find_admins");
    pub(super) const GET_LICENSE: Self = Self::assumed("get_license");

    /// One that the vendor documents, or public code shows.
    const fn shown(name: &'static str) -> Self {
        Self {
            name,
            evidence: Evidence::Shown,
        }
    }

    /// One whose name is a guess.
    const fn assumed(name: &'static str) -> Self {
        Self {
            name,
            evidence: Evidence::Assumed,
        }
    }
}

/// What a client is made of.
pub(super) struct Parts {
    pub http: http::Options,
    pub parallelism: usize,
    pub token: Token,
    pub assumed_actions: bool,
}

/// A connection to one SafeConsole.
pub(crate) struct Client {
    http: http::Client,
    pub(super) token: Token,
    assumed_actions: bool,
    /// How many pages of a list are fetched at once.
    pub(super) parallelism: usize,
    users: Shared<All<Record>>,
    ous: Shared<Vec<Ou>>,
}

impl Client {
    pub(super) fn new(parts: Parts) -> Result<Self, VendorError> {
        let Parts {
            http,
            parallelism,
            token,
            assumed_actions,
        } = parts;
        Ok(Self {
            http: http::Client::new(http).map_err(answer::unreachable)?,
            token,
            assumed_actions,
            parallelism,
            users: Shared::default(),
            ous: Shared::default(),
        })
    }

    /// Reads. Sent again after a failure that may pass.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        action: Action,
        data: &impl Serialize,
    ) -> Result<Envelope<T>, VendorError> {
        let request = self.http.ask(ADDRESS);
        answer::opened(&self.send(request, action, data).await?)
    }

    /// Writes. The vendor knows no keys by which a repeat is told, so that nothing is sent twice without a look.
    pub(super) async fn write(
        &self,
        action: Action,
        data: &impl Serialize,
        permit: &Permit,
    ) -> Result<Response, VendorError> {
        let request = self.http.write(Write::Post, ADDRESS, Repeat::Never, permit);
        let response = self.send(request, action, data).await?;
        answer::done(&response)?;
        Ok(response)
    }

    async fn send(
        &self,
        request: Request<'_>,
        action: Action,
        data: &impl Serialize,
    ) -> Result<Response, VendorError> {
        let Action { name, evidence } = action;
        if evidence == Evidence::Assumed && !self.assumed_actions {
            return Err(VendorError::refused(format!(
                "no public page of safeconsole states the action `{name}`, so it is not asked for"
            ))
            .help("to have it asked for all the same, say `assumed_actions: true` for the system of safeconsole"));
        }
        let data = serde_json::to_string(data)
            .map_err(|_| VendorError::refused("what is to be sent cannot be written as JSON"))?;
        let request = request
            .query("action", name)
            .bearer(self.token.secret()?)
            .form(&[("data", FormValue::Plain(&data))]);
        request.send().await.map_err(answer::unreachable)
    }

    /// All users with their drives, as they are now if `asker` has seen the last list already.
    pub(super) async fn users(&self, asker: KindId) -> Result<Arc<All<Record>>, VendorError> {
        let fetch = async || list::all(self, Action::FIND_USERS, "users").await;
        self.users.get(asker, fetch).await
    }

    /// All paths, as they are now if `asker` has seen the last list already.
    pub(super) async fn ous(&self, asker: KindId) -> Result<Arc<Vec<Ou>>, VendorError> {
        self.ous.get(asker, async || self.ous_now().await).await
    }

    /// All paths as the last list has them.
    pub(super) async fn ous_seen(&self) -> Result<Arc<Vec<Ou>>, VendorError> {
        match self.ous.kept().await {
            Some(ous) => Ok(ous),
            None => self.ous_now().await.map(Arc::new),
        }
    }

    /// All paths as they are now.
    pub(super) async fn ous_now(&self) -> Result<Vec<Ou>, VendorError> {
        let nothing = serde_json::json!({});
        let Envelope { total, response } = self.read::<Vec<Ou>>(Action::GET_OUS, &nothing).await?;
        // Whether it says a total is not known; where it does, it must be all.
        match total {
            Some(total) if total > response.len() => Err(VendorError::unreachable(format!(
                "SafeConsole announced {total} paths and sent {}",
                response.len()
            ))),
            Some(_) | None => Ok(response),
        }
    }
}

/// A list that several kinds are read from: fetched once for all, and anew for whoever asks again, since that one wants to
/// see what is there by now.
struct Shared<T>(Mutex<Option<(Arc<T>, Vec<KindId>)>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Shared<T> {
    /// The list as it was last fetched, if it was.
    async fn kept(&self) -> Option<Arc<T>> {
        let kept = self.0.lock().await;
        kept.as_ref().map(|(list, _)| Arc::clone(list))
    }

    async fn get(
        &self,
        asker: KindId,
        fetch: impl AsyncFnOnce() -> Result<T, VendorError>,
    ) -> Result<Arc<T>, VendorError> {
        let mut kept = self.0.lock().await;
        if let Some((list, seen)) = &mut *kept
            && !seen.contains(&asker)
        {
            seen.push(asker);
            return Ok(Arc::clone(list));
        }
        let list = Arc::new(fetch().await?);
        *kept = Some((Arc::clone(&list), vec![asker]));
        Ok(list)
    }
}
