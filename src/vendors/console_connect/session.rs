//! Who we are: an API key with every request, or the deprecated session token, made once, renewed once when it has run
//! out, and logged out at the end.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::answer::{self, Refusal};
use crate::http::{self, Request, Response, Revealed, Write};
use crate::model::error::VendorError;
use crate::model::field::SecretField;
use crate::model::secret::Secret;

/// Where a session token is made, ended and looked at (vendor page, section 2.2).
const TOKEN: &str = "api/auth/token";

/// Who we are.
pub(super) enum Credentials {
    ApiKey(Secret),
    /// Deprecated by the vendor.
    Password {
        email: String,
        password: Secret,
    },
    /// Why there are none.
    Unknown(String),
}

/// The value of a secret field, or why there is none.
pub(super) fn known(field: &SecretField) -> Result<Secret, String> {
    field.value().cloned()
}

/// A login that all requests share.
pub(super) struct Session {
    http: http::Client,
    credentials: Credentials,
    token: Mutex<Option<Arc<Secret>>>,
}

#[derive(Serialize)]
struct LogIn<'a> {
    email: &'a str,
    password: Revealed<'a>,
}

#[derive(Deserialize)]
struct LoggedIn {
    token: Option<Secret>,
}

impl Session {
    pub(super) fn new(http: http::Client, credentials: Credentials) -> Self {
        Self {
            http,
            credentials,
            token: Mutex::new(None),
        }
    }

    /// Sends a request under this login. `make` is called again if the token has run out meanwhile: a request that is
    /// refused for that was not carried out.
    pub(super) async fn send<'a>(
        &'a self,
        make: impl Fn(&'a http::Client) -> Request<'a>,
    ) -> Result<Response, VendorError> {
        let (email, password) = match &self.credentials {
            Credentials::ApiKey(key) => {
                let request = make(&self.http).bearer(key);
                return request.send().await.map_err(answer::unreachable);
            }
            Credentials::Password { email, password } => (email, password),
            Credentials::Unknown(why) => {
                return Err(VendorError::login(format!(
                    "there are no credentials for Console Connect: {why}"
                ))
                .help("set `auth: { api_key }` in trueup.yaml"));
            }
        };
        let once = async |token: &Secret| {
            let request = make(&self.http).secret_header("portal-token", token);
            request.send().await.map_err(answer::unreachable)
        };
        let token = self.token(email, password, None).await?;
        let response = once(&token).await?;
        if !answer::is_logged_out(&response) {
            return Ok(response);
        }
        let token = self.token(email, password, Some(&token)).await?;
        once(&token).await
    }

    /// The present token, or a new one if there is none or the one that was `refused` is still the present one.
    async fn token(
        &self,
        email: &str,
        password: &Secret,
        refused: Option<&Arc<Secret>>,
    ) -> Result<Arc<Secret>, VendorError> {
        let mut token = self.token.lock().await;
        match (&*token, refused) {
            (Some(present), None) => return Ok(Arc::clone(present)),
            (Some(present), Some(refused)) if !Arc::ptr_eq(present, refused) => {
                return Ok(Arc::clone(present));
            }
            _ => {}
        }
        let fresh = Arc::new(self.log_in(email, password).await?);
        *token = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    async fn log_in(&self, email: &str, password: &Secret) -> Result<Secret, VendorError> {
        let body = LogIn {
            email,
            password: Revealed(password),
        };
        let request = self.http.login_by(Write::Put, TOKEN).json(&body);
        let response = request.send().await.map_err(answer::unreachable)?;
        if response.status == 401 {
            let Refusal { text, .. } = Refusal::of(&response);
            return Err(VendorError::login(format!(
                "Console Connect refuses the login of {email}: {text}"
            ))
            .help("check e-mail and password; the vendor is retiring this login for API keys"));
        }
        if !response.is_success() {
            return Err(answer::refused(&response));
        }
        let LoggedIn { token } = response.json().map_err(answer::unreachable)?;
        token.ok_or_else(|| {
            VendorError::unreachable("Console Connect's login answer holds no token")
                .help("the vendor is retiring this login: ask its Support for an API key")
        })
    }

    /// Ends the session, if there is one. Nothing hangs on it: the vendor lets it run out.
    pub(super) async fn log_out(&self) {
        let Some(token) = self.token.lock().await.take() else {
            return;
        };
        let request = self.http.login_by(Write::Delete, TOKEN);
        let request = request.secret_header("portal-token", &token);
        if let Err(error) = request.send().await {
            tracing::debug!(%error, "logging out failed");
        }
    }
}
