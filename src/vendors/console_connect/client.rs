//! The client: one login, the requests under it, and what the vendor says once for all requests.

use std::collections::HashMap;
use std::time::Duration;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use super::answer;
use super::session::{Credentials, Session};
use super::{connection, member, role};
use crate::apply::Permit;
use crate::http::{self, Repeat, Response, Write, segment};
use crate::model::address::RemoteId;
use crate::model::error::VendorError;
use crate::vendors::listed::Listed;

/// What a client is made of.
pub(super) struct Parts {
    pub http: http::Options,
    pub credentials: Credentials,
    /// The username of the company to work in; none if there is but one.
    pub company: Option<String>,
    /// How long is waited for what the vendor does by itself.
    pub wait: Duration,
}

/// A connection to Console Connect, in one company.
pub(crate) struct Client {
    session: Session,
    company: Option<String>,
    pub(super) wait: Duration,
    me: OnceCell<Me>,
    pub(super) members: Listed<member::Held>,
    pub(super) connections: Listed<connection::Live>,
    /// In which data centre each port is.
    pub(super) ports: Listed<RemoteId>,
    /// The usernames of data centres.
    pub(super) facilities: Listed<String>,
    /// The ports that are ordered and not made yet: their orders.
    pub(super) orders: Listed<()>,
    roles: OnceCell<Vec<role::Entity>>,
}

/// Who we are, and where.
pub(super) struct Me {
    pub username: String,
    pub companies: Vec<Company>,
    pub company: Company,
}

/// A company as the vendor tells it to its members.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Company {
    pub id: String,
    pub username: String,
    pub name: Option<String>,
    pub verified: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    username: String,
    #[serde(default)]
    companies: Vec<Company>,
    /// By the id of the company.
    #[serde(default)]
    link_user_company: HashMap<String, Membership>,
}

#[derive(Deserialize)]
struct Membership {
    state: String,
    #[serde(default)]
    deleted: bool,
}

impl Client {
    pub(super) fn new(parts: Parts) -> Result<Self, VendorError> {
        let Parts {
            http,
            credentials,
            company,
            wait,
        } = parts;
        let http = http::Client::new(http).map_err(answer::unreachable)?;
        Ok(Self {
            session: Session::new(http, credentials),
            company,
            wait,
            me: OnceCell::new(),
            members: Listed::default(),
            connections: Listed::default(),
            ports: Listed::default(),
            facilities: Listed::default(),
            orders: Listed::default(),
            roles: OnceCell::new(),
        })
    }

    /// Who we are at the vendor, asked once.
    pub(super) async fn me(&self) -> Result<&Me, VendorError> {
        self.me
            .get_or_try_init(async || {
                let User {
                    username,
                    mut companies,
                    link_user_company,
                } = self.get("api/auth/token", &[]).await?;
                // A company that was only asked is not one's own; where memberships are not told, all count.
                companies.retain(|it| {
                    let link = link_user_company.get(&it.id);
                    link.map_or(link_user_company.is_empty(), |it| {
                        it.state == "ACTIVE" && !it.deleted
                    })
                });
                let company = choose(&companies, self.company.as_deref())?.clone();
                Ok(Me {
                    username,
                    companies,
                    company,
                })
            })
            .await
    }

    /// Whether this is the username of the user that we are, as far as we have asked.
    pub(super) fn is_me(&self, id: &RemoteId) -> bool {
        self.me.get().is_some_and(|me| me.username == id.0)
    }

    /// The roles that there are, asked once.
    pub(super) async fn roles(&self) -> Result<&[role::Entity], VendorError> {
        let roles = self
            .roles
            .get_or_try_init(|| self.get("v2/admin/roles", &[]));
        roles.await.map(Vec::as_slice)
    }

    /// A path beneath our company.
    pub(super) async fn path(&self, rest: &str) -> Result<String, VendorError> {
        let company = &self.me().await?.company;
        Ok(format!("api/company/{}/{rest}", segment(&company.username)))
    }

    /// A path beneath our company, of the second version.
    pub(super) async fn path_v2(&self, rest: &str) -> Result<String, VendorError> {
        let company = &self.me().await?.company;
        Ok(format!(
            "api/v2/company/{}/{rest}",
            segment(&company.username)
        ))
    }

    async fn read(&self, path: &str, query: &[(&str, &str)]) -> Result<Response, VendorError> {
        let response = self.session.send(|http| {
            let request = http.get(path);
            let pairs = query.iter();
            pairs.fold(request, |request, (name, value)| request.query(name, value))
        });
        response.await
    }

    /// Reads what must be there.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, VendorError> {
        payload(&self.read(path, query).await?)
    }

    /// Reads what may be gone.
    pub(super) async fn find<T: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<Option<T>, VendorError> {
        let response = self.read(path, &[]).await?;
        if response.status == 404 {
            return Ok(None);
        }
        payload(&response).map(Some)
    }

    /// Asks by POST for what changes nothing. The answer may be a refusal, or that there is nothing to tell.
    pub(super) async fn ask(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Response, VendorError> {
        self.session.send(|http| http.ask(path).json(body)).await
    }

    /// Writes. The answer may be a refusal.
    pub(super) async fn send(
        &self,
        method: Write,
        path: &str,
        body: Option<&impl Serialize>,
        repeat: Repeat,
        permit: &Permit,
    ) -> Result<Response, VendorError> {
        let response = self.session.send(|http| {
            let request = http.write(method, path, repeat, permit);
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        });
        response.await
    }

    /// Writes what makes something, and reads what was made.
    pub(super) async fn create<T: DeserializeOwned>(
        &self,
        path: &str,
        body: Option<&impl Serialize>,
        permit: &Permit,
    ) -> Result<T, VendorError> {
        let response = self
            .send(Write::Put, path, body, Repeat::Never, permit)
            .await?;
        payload(&response)
    }

    /// Writes what is the same when written twice.
    pub(super) async fn set(
        &self,
        method: Write,
        path: &str,
        body: Option<&impl Serialize>,
        permit: &Permit,
    ) -> Result<(), VendorError> {
        let response = self.send(method, path, body, Repeat::Safe, permit).await?;
        accepted(&response)
    }

    /// Deletes. What is not there is done.
    pub(super) async fn delete(&self, path: &str, permit: &Permit) -> Result<(), VendorError> {
        let response = self
            .send(Write::Delete, path, None::<&()>, Repeat::Safe, permit)
            .await?;
        if response.status == 404 {
            return Ok(());
        }
        accepted(&response)
    }

    /// Ends the login.
    pub(super) async fn log_out(&self) {
        self.session.log_out().await;
    }
}

/// The company to work in: the one that is named, or the only one.
fn choose<'a>(companies: &'a [Company], named: Option<&str>) -> Result<&'a Company, VendorError> {
    let ours = companies.iter().map(|it| format!("`{}`", it.username));
    let ours = ours.collect::<Vec<_>>().join(", ");
    match (companies, named) {
        ([], _) => Err(VendorError::refused(
            "trueup's user belongs to no company at Console Connect",
        )),
        (_, Some(name)) => companies
            .iter()
            .find(|it| it.username == name)
            .ok_or_else(|| {
                VendorError::refused(format!(
                    "trueup's user does not belong to the company `{name}`"
                ))
                .help(format!("say with `company:` in trueup.yaml one of {ours}"))
            }),
        ([one], None) => Ok(one),
        (_, None) => Err(VendorError::refused(
            "trueup's user belongs to several companies at Console Connect",
        )
        .help(format!(
            "say with `company:` in trueup.yaml which one is meant: {ours}"
        ))),
    }
}

/// The payload of an answer.
pub(super) fn payload<T: DeserializeOwned>(response: &Response) -> Result<T, VendorError> {
    if !response.is_success() {
        return Err(answer::refused(response));
    }
    response.json().map_err(answer::unreachable)
}

/// Whether a write was done whose answer holds nothing that we need. Several operations document no body at all; a page
/// of something in between proves nothing.
pub(super) fn accepted(response: &Response) -> Result<(), VendorError> {
    if !response.is_success() {
        return Err(answer::refused(response));
    }
    if response.text().is_ok_and(|text| text.trim().is_empty()) {
        return Ok(());
    }
    let shown = response.json::<IgnoredAny>();
    shown.map(|_| ()).map_err(answer::unreachable)
}

/// A list that the vendor wraps.
#[derive(Deserialize)]
pub(super) struct Results<T> {
    pub results: Vec<T>,
}
