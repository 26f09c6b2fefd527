//! Where the vendor's own sources contradict each other, a world says which of them is right.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

/// What differs between the sources; nothing means what the strictest known client takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Quirks {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_safe: Option<Success>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_folder: Option<Success>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_secret: Option<Success>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub put_credential: Option<Success>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub put_text: Option<Success>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub put_file: Option<Success>,
    /// Whether a created secret is answered as a list of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_secret_as_list: Option<bool>,
    /// Whether lists show values to a request that does not say `decrypt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decrypt: Option<bool>,
    /// What SignAppIn answers instead: 403 for a licence that is not valid, 410 for a version that is switched off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<Closed>,
}

/// A status of success: 200 has the object as its body where there is one, 204 has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub(crate) enum Success {
    Ok,
    NoContent,
}

/// A status by which every sign-in is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub(crate) enum Closed {
    Forbidden,
    Gone,
}

impl Success {
    /// The status.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Ok => StatusCode::OK,
            Self::NoContent => StatusCode::NO_CONTENT,
        }
    }
}

impl Closed {
    /// The status.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Gone => StatusCode::GONE,
        }
    }
}

impl From<Success> for u16 {
    fn from(success: Success) -> Self {
        success.status().as_u16()
    }
}

impl TryFrom<u16> for Success {
    type Error = String;

    fn try_from(status: u16) -> Result<Self, String> {
        match status {
            200 => Ok(Self::Ok),
            204 => Ok(Self::NoContent),
            _ => Err(format!("{status} is neither 200 nor 204")),
        }
    }
}

impl From<Closed> for u16 {
    fn from(closed: Closed) -> Self {
        closed.status().as_u16()
    }
}

impl TryFrom<u16> for Closed {
    type Error = String;

    fn try_from(status: u16) -> Result<Self, String> {
        match status {
            403 => Ok(Self::Forbidden),
            410 => Ok(Self::Gone),
            _ => Err(format!("{status} is neither 403 nor 410")),
        }
    }
}
