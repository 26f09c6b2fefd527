//! The session: signed in once by API key or OAuth, carried as a cookie that all requests share, renewed once when it
//! has run out, and signed out at the end.

use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::Mutex;

use super::answer::{self, clean, said};
use crate::http::{self, FormValue, Request, Response};
use crate::model::error::{Cause, VendorError};
use crate::model::field::SecretField;
use crate::model::secret::Secret;

/// Who we are.
pub(super) enum Credentials {
    ApiKey {
        key: Secret,
        runas: String,
        password: Option<Secret>,
    },
    Client {
        id: String,
        secret: Secret,
    },
    /// Why there are none.
    Unknown(String),
}

/// The value of a secret field, or why there is none.
pub(super) fn known(field: &SecretField) -> Result<Secret, String> {
    match field {
        SecretField::Known(secret) => Ok(secret.clone()),
        SecretField::Unknown { why, .. } => Err(why.clone()),
    }
}

/// A session at one Password Safe. Signing out ends all sessions of the user, so there is one for all requests.
pub(super) struct Session {
    http: http::Client,
    credentials: Credentials,
    state: Mutex<State>,
}

/// How far signing in has come.
#[derive(Default)]
enum State {
    #[default]
    SignedOut,
    SignedIn(SignedIn),
    /// Who was refused is not tried again in this run: vendors lock users out whose logins fail often.
    Refused {
        message: String,
        help: Option<String>,
    },
}

/// What signing in gave.
#[derive(Clone)]
pub(super) struct SignedIn {
    cookie: Arc<Secret>,
    /// The id of the user that we are, where the vendor says it.
    pub user_id: Option<i64>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: Option<Secret>,
}

/// `UserId` here, though `UserID` everywhere else.
#[derive(Default, Deserialize)]
#[serde(default)]
struct UserAnswer {
    #[serde(rename = "UserId", alias = "UserID")]
    user_id: Option<i64>,
}

impl Session {
    pub(super) fn new(http: http::Client, credentials: Credentials) -> Self {
        Self {
            http,
            credentials,
            state: Mutex::default(),
        }
    }

    /// Sends a request in the session. `make` is called again if the session has run out meanwhile: a request that is
    /// refused for that was not carried out.
    pub(super) async fn send<'a>(
        &'a self,
        make: impl Fn(&'a http::Client) -> Request<'a>,
    ) -> Result<Response, VendorError> {
        let signed_in = self.signed_in(None).await?;
        let response = self.once(&make, &signed_in).await?;
        if response.status != 401 {
            return Ok(response);
        }
        let signed_in = self.signed_in(Some(&signed_in)).await?;
        let response = self.once(&make, &signed_in).await?;
        if response.status == 401 {
            return Err(
                VendorError::login("Password Safe does not accept its own new session").help(
                    "another run that uses the same user may be signing it out: give each its own user; also check \
                     that no proxy in between drops cookies",
                ),
            );
        }
        Ok(response)
    }

    async fn once<'a>(
        &'a self,
        make: impl Fn(&'a http::Client) -> Request<'a>,
        signed_in: &SignedIn,
    ) -> Result<Response, VendorError> {
        let request = make(&self.http).secret_header("Cookie", &signed_in.cookie);
        request.send().await.map_err(answer::unreachable)
    }

    /// Who we are at the vendor.
    pub(super) async fn user_id(&self) -> Result<Option<i64>, VendorError> {
        Ok(self.signed_in(None).await?.user_id)
    }

    /// Ends the session, if there is one. The vendor lets it run out after 20 minutes anyway, so nothing hangs on it.
    pub(super) async fn sign_out(&self) {
        let state = std::mem::take(&mut *self.state.lock().await);
        let State::SignedIn(SignedIn { cookie, .. }) = state else {
            return;
        };
        let request = self.http.login("Auth/Signout");
        let request = request.secret_header("Cookie", &cookie);
        if let Err(error) = request.send().await {
            tracing::debug!(%error, "signing out failed");
        }
    }

    /// The present session, or a new one if there is none or the one that was `refused` is still the present one.
    async fn signed_in(&self, refused: Option<&SignedIn>) -> Result<SignedIn, VendorError> {
        let mut state = self.state.lock().await;
        match &*state {
            State::SignedIn(present) => {
                if refused.is_none_or(|it| !Arc::ptr_eq(&present.cookie, &it.cookie)) {
                    return Ok(present.clone());
                }
            }
            State::Refused { message, help } => {
                let error = VendorError::login(message.clone());
                return Err(match help {
                    Some(help) => error.help(help.clone()),
                    None => error,
                });
            }
            State::SignedOut => {}
        }
        let signed_in = self.sign_in().await;
        match &signed_in {
            Ok(fresh) => *state = State::SignedIn(fresh.clone()),
            Err(error) if error.cause == Cause::Login => {
                *state = State::Refused {
                    message: error.message.clone(),
                    help: error.help.clone(),
                };
            }
            Err(_) => *state = State::SignedOut,
        }
        signed_in
    }

    async fn sign_in(&self) -> Result<SignedIn, VendorError> {
        let request = self.http.login("Auth/SignAppin");
        let request = match &self.credentials {
            Credentials::ApiKey {
                key,
                runas,
                password,
            } => request.secret_header("Authorization", &ps_auth(key, runas, password.as_ref())?),
            Credentials::Client { id, secret } => request.bearer(&self.token(id, secret).await?),
            Credentials::Unknown(why) => {
                return Err(VendorError::login(format!(
                    "there are no credentials for Password Safe: {why}"
                ))
                .help(
                    "set `auth: { client_id, client_secret }` or `auth: { api_key, runas }` in trueup.yaml",
                ));
            }
        };
        let response = request.send().await.map_err(answer::unreachable)?;
        if !response.is_success() {
            return Err(not_signed_in(&response));
        }
        let cookies = response.headers("set-cookie").filter_map(|it| {
            let pair = it.split(';').next()?.trim();
            pair.contains('=').then_some(pair)
        });
        let cookie = cookies.collect::<Vec<_>>().join("; ");
        if cookie.is_empty() {
            return Err(VendorError::unreachable(
                "Password Safe accepts the login but gives no session cookie",
            )
            .help("check that no proxy in between drops cookies"));
        }
        let UserAnswer { user_id } = response.json().unwrap_or_default();
        Ok(SignedIn {
            cookie: Arc::new(Secret::new(cookie)),
            user_id,
        })
    }

    async fn token(&self, id: &str, secret: &Secret) -> Result<Secret, VendorError> {
        let form = [
            ("grant_type", FormValue::Plain("client_credentials")),
            ("client_id", FormValue::Plain(id)),
            ("client_secret", FormValue::Secret(secret)),
        ];
        let request = self.http.login("Auth/Connect/Token").form(&form);
        let response = request.send().await.map_err(answer::unreachable)?;
        // What holds of the server as a whole is told alike wherever it is met.
        if matches!(response.status, 403 | 404 | 410 | 429 | 500..) {
            return Err(not_signed_in(&response));
        }
        if !response.is_success() {
            return Err(VendorError::login(format!(
                "Password Safe refuses the OAuth client: {}",
                said(&response)
            ))
            .help(
                "check client id and secret, whether the secret was recycled, and that the application user belongs to \
                 a group and to an API access policy that allows this machine's address",
            ));
        }
        let TokenAnswer { access_token } = response.json().map_err(answer::unreachable)?;
        access_token
            .ok_or_else(|| VendorError::unreachable("Password Safe's login answer holds no token"))
    }
}

/// `PS-Auth key=KEY; runas=USER; pwd=[PASSWORD];` (the square brackets are part of it).
fn ps_auth(key: &Secret, runas: &str, password: Option<&Secret>) -> Result<Secret, VendorError> {
    if runas.contains(';') || key.reveal().contains(';') {
        return Err(VendorError::login(
            "`api_key` and `runas` cannot hold a semicolon, since it ends them",
        ));
    }
    let mut header = format!("PS-Auth key={}; runas={runas};", key.reveal());
    if let Some(password) = password {
        header.push_str(&format!(" pwd=[{}];", password.reveal()));
    }
    Ok(Secret::new(header))
}

/// Why signing in came to nothing (vendor page, sections 2.1 and 2.4).
fn not_signed_in(response: &Response) -> VendorError {
    let text = said(response);
    if let Some(prompt) = response.header("WWW-Authenticate-2FA") {
        return VendorError::login(format!(
            "Password Safe asks for a second factor: {}",
            clean(prompt)
        ))
        .help(
            "nobody is there to answer in a run: use an API registration that demands no second factor, or OAuth client \
             credentials",
        );
    }
    match response.status {
        401 => VendorError::login(format!("Password Safe refuses the login: {text}")).help(
            "it does not tell which rule failed: check the key or the client, the name in `runas`, whether the \
             registration wants that user's password (`runas_password`) or a client certificate, the addresses it \
             allows, and that it is assigned to a group of the user",
        ),
        403 => VendorError::login(format!(
            "Password Safe refuses the login for its licence: {text}"
        ))
        .help("the product's licence is not valid for the API; ask its administrator"),
        410 => answer::switched_off(&text),
        404 => VendorError::unreachable(format!("there is no Password Safe at this address: {text}"))
            .help("`endpoint` in trueup.yaml ends in `/BeyondTrust/api/public/v3`"),
        _ => answer::refused(response),
    }
}
