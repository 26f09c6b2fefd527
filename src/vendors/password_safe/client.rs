//! The client: one session, the requests in it, and what the vendor says once for all requests.

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use tokio::sync::OnceCell;

use super::answer;
use super::group::Vocabulary;
use super::observed::{
    PasswordRuleEntity, PlatformEntity, PolicyEntity, RoleEntity, SmartRuleEntity,
};
use super::session::{Credentials, Session};
use crate::apply::Permit;
use crate::http::{self, Part, Repeat, Response, Write};
use crate::model::error::VendorError;
use crate::vendors::listed::Listed;

/// The version of the vendor's models that we ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    V3_0,
    V3_1,
    V3_2,
}

impl Version {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
            Self::V3_2 => "3.2",
        }
    }
}

/// What a client is made of.
pub(super) struct Parts {
    pub http: http::Options,
    pub parallelism: usize,
    pub credentials: Credentials,
    pub version: Version,
}

/// A connection to one Password Safe.
pub(crate) struct Client {
    session: Session,
    pub(super) version: Version,
    /// How many pages of a list are fetched at once.
    pub(super) parallelism: usize,
    pub(super) safes: Listed<super::safe::Row>,
    pub(super) secrets: Listed<super::secret::Row>,
    pub(super) groups: Listed<super::group::Row>,
    /// The names of features and levels of access, which only the installation knows the ids of.
    pub(super) vocabulary: OnceCell<Vocabulary>,
    /// What we only look at, each listed once.
    pub(super) smart_rules: OnceCell<Vec<SmartRuleEntity>>,
    pub(super) roles: OnceCell<Vec<RoleEntity>>,
    pub(super) access_policies: OnceCell<Vec<PolicyEntity>>,
    pub(super) password_rules: OnceCell<Vec<PasswordRuleEntity>>,
    pub(super) platforms: OnceCell<Vec<PlatformEntity>>,
}

impl Client {
    pub(super) fn new(parts: Parts) -> Result<Self, VendorError> {
        let Parts {
            http,
            parallelism,
            credentials,
            version,
        } = parts;
        let http = http::Client::new(http).map_err(answer::unreachable)?;
        Ok(Self {
            session: Session::new(http, credentials),
            version,
            parallelism,
            safes: Listed::default(),
            secrets: Listed::default(),
            groups: Listed::default(),
            vocabulary: OnceCell::new(),
            smart_rules: OnceCell::new(),
            roles: OnceCell::new(),
            access_policies: OnceCell::new(),
            password_rules: OnceCell::new(),
            platforms: OnceCell::new(),
        })
    }

    /// Reads. The answer may be a refusal.
    pub(super) async fn read(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Response, VendorError> {
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
        query: &[(&str, &str)],
    ) -> Result<Option<T>, VendorError> {
        let response = self.read(path, query).await?;
        if response.status == 404 {
            return Ok(None);
        }
        payload(&response).map(Some)
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
        let version = self.version.as_str();
        let response = self.session.send(|http| {
            let mut request = http.write(method, path, repeat, permit);
            // Vendor clients send it with every write but deletions.
            if method != Write::Delete {
                request = request.query("version", version);
            }
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        });
        response.await
    }

    /// Writes a body of several parts. The answer may be a refusal.
    pub(super) async fn upload(
        &self,
        method: Write,
        path: &str,
        parts: &[Part<'_>],
        repeat: Repeat,
        permit: &Permit,
    ) -> Result<Response, VendorError> {
        let version = self.version.as_str();
        let response = self.session.send(|http| {
            let request = http.write(method, path, repeat, permit);
            request.query("version", version).multipart(parts)
        });
        response.await
    }

    /// Writes, and reads the answer.
    pub(super) async fn create<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        permit: &Permit,
    ) -> Result<T, VendorError> {
        let response = self
            .send(Write::Post, path, Some(body), Repeat::Never, permit)
            .await?;
        payload(&response)
    }

    /// Writes what is the same when written twice. The answer may hold the object or nothing: sources differ by
    /// operation in whether it is 200 or 204.
    pub(super) async fn put(
        &self,
        path: &str,
        body: &impl Serialize,
        permit: &Permit,
    ) -> Result<(), VendorError> {
        let response = self
            .send(Write::Put, path, Some(body), Repeat::Safe, permit)
            .await?;
        accepted(&response)
    }

    /// Writes without a body, or deletes; `body` only where the vendor deletes by one. What is not there is done.
    pub(super) async fn delete(
        &self,
        path: &str,
        body: Option<&impl Serialize>,
        permit: &Permit,
    ) -> Result<(), VendorError> {
        let response = self
            .send(Write::Delete, path, body, Repeat::Safe, permit)
            .await?;
        if response.status == 404 {
            return Ok(());
        }
        accepted(&response)
    }

    /// Who we are at the vendor, where it says so.
    pub(super) async fn user_id(&self) -> Result<Option<i64>, VendorError> {
        self.session.user_id().await
    }

    /// Ends the session.
    pub(super) async fn sign_out(&self) {
        self.session.sign_out().await;
    }
}

/// The payload of an answer.
pub(super) fn payload<T: DeserializeOwned>(response: &Response) -> Result<T, VendorError> {
    if !response.is_success() {
        return Err(answer::refused(response));
    }
    response.json().map_err(answer::unreachable)
}

/// Whether a write was done whose answer holds nothing that we need. The vendor says nothing then, or shows the object;
/// a page of something in between proves nothing.
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
