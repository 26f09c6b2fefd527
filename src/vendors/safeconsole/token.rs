//! The API token: opaque to us, but for the day on which it says that it runs out (vendor page, section 2.4).

use data_encoding::BASE64URL_NOPAD;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::model::error::VendorError;
use crate::model::field::SecretField;
use crate::model::secret::Secret;

/// How long before its end a token is spoken of.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// An API token, or why there is none.
pub(super) struct Token(Result<Secret, String>);

/// The one claim that is looked at. Nothing is decided by it, so it need not be verified.
#[derive(Deserialize)]
struct Claims {
    exp: i64,
}

impl Token {
    /// The one that `trueup.yaml` names.
    pub(super) fn of(field: &SecretField) -> Self {
        Self(field.value().cloned())
    }

    /// The one of an emulator.
    pub(super) fn given(token: Option<Secret>) -> Self {
        Self(token.ok_or_else(|| "`auth: { token: … }` is not written".to_owned()))
    }

    pub(super) fn secret(&self) -> Result<&Secret, VendorError> {
        self.0.as_ref().map_err(|why| {
            VendorError::login(format!("there is no API token for SafeConsole: {why}"))
                .help("set `auth: { token: { env: NAME } }` in trueup.yaml")
        })
    }

    /// What to say of a token that has run out or soon will.
    pub(super) fn caution(&self, now: Timestamp) -> Option<String> {
        let end = self.end()?;
        let day = end.to_zoned(TimeZone::UTC).date();
        if end <= now {
            Some(format!(
                "the API token of SafeConsole ran out on {day}: generate a new one in Profile Settings, tab API Tokens"
            ))
        } else if end.duration_since(now) <= SOON {
            Some(format!(
                "the API token of SafeConsole runs out on {day}: generate a new one in Profile Settings, tab API Tokens"
            ))
        } else {
            None
        }
    }

    fn end(&self) -> Option<Timestamp> {
        let token = self.0.as_ref().ok()?;
        let claims = token.reveal().split('.').nth(1)?;
        let claims = BASE64URL_NOPAD
            .decode(claims.trim_end_matches('=').as_bytes())
            .ok()?;
        let Claims { exp } = serde_json::from_slice(&claims).ok()?;
        Timestamp::from_second(exp).ok()
    }
}
