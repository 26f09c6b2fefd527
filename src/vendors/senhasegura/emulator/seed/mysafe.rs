//! What MySafe keeps: passwords, notes and API secrets.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::is_default;

/// A MySafe password.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Password {
    pub id: u64,
    pub name: String,
    pub username: String,
    pub password: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The seed of one-time codes, in base32.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tags: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub users_allowed: BTreeMap<String, Level>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups_allowed: BTreeMap<String, Level>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub disabled: bool,
    /// The user who owns it; nothing means the owner of the access key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// What somebody with whom a password is shared may do, the lesser first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    View,
    Edit,
}

/// A MySafe note.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    pub id: u64,
    pub name: String,
    /// The text. One that was stored before there was a limit may be too long to be read.
    pub note: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tags: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub users_allowed: BTreeMap<String, Level>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups_allowed: BTreeMap<String, Level>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub disabled: bool,
    /// As of a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// A MySafe API secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiSecret {
    pub id: u64,
    pub name: String,
    pub url: String,
    pub client_id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub client_secret: String,
    /// Chosen by the user, and unique among those of one owner unless it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub identifier_code: String,
    /// A verb of HTTP, in any words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub method: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tags: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub users_allowed: BTreeMap<String, Level>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups_allowed: BTreeMap<String, Level>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub disabled: bool,
    /// As of a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}
