//! Logging in: OAuth 2.0 client credentials, one token shared by all requests, renewed once when it is refused.

use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::Mutex;

use super::answer::{self, Refusal};
use crate::http::{self, FormValue, Request, Response};
use crate::model::error::VendorError;
use crate::model::field::SecretField;
use crate::model::secret::Secret;

/// Who we are in one family of the API.
pub(super) struct Credentials {
    family: &'static str,
    known: Result<(String, Secret), String>,
}

impl Credentials {
    /// Those that `trueup.yaml` names.
    pub(super) fn new(
        family: &'static str,
        client_id: &SecretField,
        client_secret: &SecretField,
    ) -> Self {
        let secret = |id: &Secret| Ok((id.plain(), client_secret.value()?.clone()));
        let known = client_id.value().and_then(secret);
        Self { family, known }
    }

    /// Those of an emulator.
    pub(super) fn given(
        family: &'static str,
        client_id: Option<Secret>,
        client_secret: Option<Secret>,
    ) -> Self {
        let known = match (client_id, client_secret) {
            (Some(id), Some(secret)) => Ok((id.plain(), secret)),
            _ => Err(format!("`auth: {{ {family}: … }}` is not written")),
        };
        Self { family, known }
    }
}

/// A login in one family of the API: MySafe, SCIM, or A2A.
pub(super) struct Session {
    http: http::Client,
    /// MySafe and A2A take tokens from `/api/oauth2/token`, SCIM from `/iso/oauth2/token` (pages 10, 39 and 64).
    token_path: String,
    credentials: Credentials,
    tenant: Option<String>,
    token: Mutex<Option<Arc<Secret>>>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: Option<Secret>,
}

impl Session {
    pub(super) fn new(
        http: http::Client,
        token_path: String,
        credentials: Credentials,
        tenant: Option<String>,
    ) -> Self {
        Self {
            http,
            token_path,
            credentials,
            tenant,
            token: Mutex::new(None),
        }
    }

    /// Sends a request under this login. `make` is called again if the token has run out meanwhile.
    pub(super) async fn send<'a>(
        &'a self,
        make: impl Fn(&'a http::Client) -> Request<'a>,
    ) -> Result<Response, VendorError> {
        let token = self.token(None).await?;
        let response = make(&self.http)
            .bearer(&token)
            .send()
            .await
            .map_err(answer::unreachable)?;
        if !is_login_refused(&response) {
            return Ok(response);
        }
        let token = self.token(Some(&token)).await?;
        let response = make(&self.http)
            .bearer(&token)
            .send()
            .await
            .map_err(answer::unreachable)?;
        if is_login_refused(&response) {
            return Err(VendorError::login(format!(
                "senhasegura does not accept its own new token for {}",
                self.credentials.family
            ))
            .help(
                "it answers the same for a wrong address: check `endpoint`, `api_prefix`, the tenant, and that \
                 the authorisation covers this API and this machine's address",
            ));
        }
        Ok(response)
    }

    /// The present token, or a new one if there is none or the one that was `refused` is still the present one.
    async fn token(&self, refused: Option<&Arc<Secret>>) -> Result<Arc<Secret>, VendorError> {
        let mut token = self.token.lock().await;
        match (&*token, refused) {
            (Some(present), None) => return Ok(Arc::clone(present)),
            (Some(present), Some(refused)) if !Arc::ptr_eq(present, refused) => {
                return Ok(Arc::clone(present));
            }
            _ => {}
        }
        let fresh = Arc::new(self.log_in().await?);
        *token = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// POST with a form is what every public client does, though some pages print GET (pages 70 to 73).
    async fn log_in(&self) -> Result<Secret, VendorError> {
        let family = self.credentials.family;
        let (id, secret) = self.credentials.known.as_ref().map_err(|why| {
            VendorError::login(format!(
                "there are no credentials for senhasegura's {family}: {why}"
            ))
            .help(format!(
                "set `auth: {{ {family}: {{ client_id, client_secret }} }}` in trueup.yaml"
            ))
        })?;
        let mut form = vec![
            ("grant_type", FormValue::Plain("client_credentials")),
            ("client_id", FormValue::Plain(id)),
            ("client_secret", FormValue::Secret(secret)),
        ];
        if let Some(tenant) = &self.tenant {
            form.push(("tenant", FormValue::Plain(tenant)));
        }
        let response = self
            .http
            .login(&self.token_path)
            .form(&form)
            .send()
            .await
            .map_err(answer::unreachable)?;
        if !response.is_success() {
            let Refusal { text, .. } = Refusal::of(&response);
            if response.status == 429 || response.status >= 500 {
                return Err(answer::by_status(&response, &text));
            }
            return Err(VendorError::login(format!("senhasegura refuses the login of {family}: {text}")).help(
                "check client id and secret, the expiry of the authorisation, the addresses it allows, and the \
                 tenant",
            ));
        }
        let TokenAnswer { access_token } = response.json().map_err(answer::unreachable)?;
        access_token
            .ok_or_else(|| VendorError::unreachable("senhasegura's login answer holds no token"))
    }
}

/// 401, or the gateway's reply for an unmatched route, which is also what it says to a token it does not know (page 12).
fn is_login_refused(response: &Response) -> bool {
    response.status == 401
        || (response.status == 404 && Refusal::of(response).text.contains("no Route matched"))
}
