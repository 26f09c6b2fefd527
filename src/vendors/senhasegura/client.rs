//! The client: three logins over one connection pool, and the requests of MySafe, SCIM and A2A.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

use tokio::sync::Mutex;

use super::answer::{self, Refusal};
use super::pam::{ListRow, Listed, Places};
use super::session::{Credentials, Session};
use crate::apply::Permit;
use crate::http::{self, Repeat, Response, Write};
use crate::model::address::RemoteId;
use crate::model::error::VendorError;

/// What a client is made of.
pub(super) struct Parts {
    pub http: http::Options,
    pub parallelism: usize,
    pub tenant: Option<String>,
    pub mysafe: Credentials,
    pub scim: Credentials,
    pub a2a: Credentials,
    pub prefix: &'static str,
    pub encrypted_replies: bool,
}

/// A connection to one senhasegura system.
pub(crate) struct Client {
    mysafe: Session,
    scim: Session,
    a2a: Session,
    /// The last list of credentials, until the other kind that is in it was given it or something is written.
    pub(super) listed: Mutex<Option<Listed>>,
    /// What writes go by: the list of credentials as it was when the run wrote first, with what it wrote since.
    pub(super) known: Mutex<Option<Vec<ListRow>>>,
    /// What a plan was told of each credential by the list, for those of which the value is read besides.
    pub(super) told: Mutex<HashMap<RemoteId, ListRow>>,
    /// Where the devices are that something was written on.
    pub(super) places: Places,
    prefix: &'static str,
    /// How many pages of a list are fetched at once.
    pub(super) parallelism: usize,
    /// Whether secrets come back encrypted with a key that only the web interface gives out.
    pub(super) encrypted_replies: bool,
}

impl Client {
    pub(super) fn new(parts: Parts) -> Result<Self, VendorError> {
        let Parts {
            http,
            parallelism,
            tenant,
            mysafe,
            scim,
            a2a,
            prefix,
            encrypted_replies,
        } = parts;
        let http = http::Client::new(http).map_err(answer::unreachable)?;
        let token = format!("{prefix}/oauth2/token");
        let scim_token = "iso/oauth2/token".to_owned();
        Ok(Self {
            mysafe: Session::new(http.clone(), token.clone(), mysafe, tenant.clone()),
            scim: Session::new(http.clone(), scim_token, scim, tenant.clone()),
            a2a: Session::new(http, token, a2a, tenant),
            listed: Mutex::new(None),
            known: Mutex::new(None),
            told: Mutex::default(),
            places: Places::default(),
            prefix,
            parallelism,
            encrypted_replies,
        })
    }

    /// Reads from MySafe. The answer may be a refusal.
    pub(super) async fn mysafe_get(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Response, VendorError> {
        let path = format!("{}/mysafe/{path}", self.prefix);
        self.mysafe
            .send(|http| {
                query
                    .iter()
                    .fold(http.get(&path), |request, (name, value)| {
                        request.query(name, value)
                    })
            })
            .await
    }

    /// Writes to MySafe and reads the payload of the answer.
    pub(super) async fn mysafe_write<T: DeserializeOwned>(
        &self,
        method: Write,
        path: &str,
        body: &impl Serialize,
        repeat: Repeat,
        permit: &Permit,
    ) -> Result<T, VendorError> {
        let path = format!("{}/mysafe/{path}", self.prefix);
        let response = self
            .mysafe
            .send(|http| http.write(method, &path, repeat, permit).json(body))
            .await?;
        if !response.is_success() {
            return Err(Refusal::of(&response).mysafe(&response));
        }
        // Some refusals come with HTTP 200, and what disabling and enabling answer has no payload to miss.
        match Refusal::claimed(&response) {
            Some(refusal) => Err(refusal.mysafe(&response)),
            None => payload(&response, |refusal| refusal.mysafe(&response)),
        }
    }

    /// Reads from PAM Core or another module that A2A leads to. The answer may be a refusal.
    pub(super) async fn a2a_get(&self, path: &str) -> Result<Response, VendorError> {
        let path = format!("{}/{path}", self.prefix);
        self.a2a.send(|http| http.get(&path)).await
    }

    /// Gives back what reading took there. The answer may be a refusal.
    pub(super) async fn a2a_give_back(&self, path: &str) -> Result<Response, VendorError> {
        let path = format!("{}/{path}", self.prefix);
        self.a2a.send(|http| http.give_back(&path)).await
    }

    /// Writes to PAM Core or another module that A2A leads to. The answer may be a refusal.
    pub(super) async fn a2a_write(
        &self,
        method: Write,
        path: &str,
        body: Option<&impl Serialize>,
        repeat: Repeat,
        permit: &Permit,
    ) -> Result<Response, VendorError> {
        let path = format!("{}/{path}", self.prefix);
        self.listed.lock().await.take();
        let response = self
            .a2a
            .send(|http| {
                let request = http.write(method, &path, repeat, permit);
                match body {
                    Some(body) => request.json(body),
                    None => request,
                }
            })
            .await;
        self.listed.lock().await.take();
        response
    }

    /// Reads one resource of SCIM. The answer may be a refusal.
    pub(super) async fn scim_read(&self, path: &str) -> Result<Response, VendorError> {
        let path = format!("iso/scim/v2/{path}");
        self.scim.send(|http| http.get(&path)).await
    }

    /// Reads from SCIM.
    pub(super) async fn scim_get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, VendorError> {
        let path = format!("iso/scim/v2/{path}");
        let response = self
            .scim
            .send(|http| {
                query
                    .iter()
                    .fold(http.get(&path), |request, (name, value)| {
                        request.query(name, value)
                    })
            })
            .await?;
        if !response.is_success() {
            return Err(Refusal::of(&response).scim(&response));
        }
        payload(&response, |refusal| refusal.scim(&response))
    }

    /// Writes to SCIM. The answer may be a refusal.
    pub(super) async fn scim_write(
        &self,
        method: Write,
        path: &str,
        body: Option<&impl Serialize>,
        repeat: Repeat,
        permit: &Permit,
    ) -> Result<Response, VendorError> {
        let path = format!("iso/scim/v2/{path}");
        self.scim
            .send(|http| {
                let request = http.write(method, &path, repeat, permit);
                match body {
                    Some(body) => request.json(body),
                    None => request,
                }
            })
            .await
    }
}

/// The payload of an answer that claims success. Some refusals come with HTTP 200 and no payload.
pub(super) fn payload<T: DeserializeOwned>(
    response: &Response,
    refused: impl FnOnce(Refusal) -> VendorError,
) -> Result<T, VendorError> {
    response.json().map_err(|error| {
        let refusal = Refusal::of(response);
        if refusal.number.is_some() {
            refused(refusal)
        } else {
            answer::unreachable(error)
        }
    })
}
