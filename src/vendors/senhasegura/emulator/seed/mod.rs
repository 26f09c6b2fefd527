//! The YAML shape of a world: what a seed says, and what is written back. Members that equal their default are left
//! out, so that worlds stay small and their differences readable.

mod clients;
mod mysafe;
mod pam;
mod people;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::quirks::Quirks;
pub(crate) use clients::{AccessKey, Authorization, Clients, Resource, Tokens};
pub(crate) use mysafe::{ApiSecret, Level, Note, Password};
pub(crate) use pam::{Credential, Device, Entry, RelatedUser, Settings, SshKey};
pub(crate) use people::{Group, User};

/// A whole world.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Seed {
    /// The user to whom the MySafe access key belongs. MySafe acts as this user.
    #[serde(skip_serializing_if = "is_default")]
    pub owner: Owner,
    #[serde(skip_serializing_if = "is_default")]
    pub clients: Clients,
    /// The tenant whose vault this is, by its subdomain. Without one, any word for a tenant is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub tokens: Tokens,
    #[serde(skip_serializing_if = "is_default")]
    pub quirks: Quirks,
    /// The moment at which everything happens; only what is changed again is changed a second later each time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// Groups that exist but are not listed by SCIM.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub private_groups: BTreeSet<String>,
    /// Domains that are registered. No call lists them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub domains: BTreeSet<String>,
    /// The next ids to be given, where they are not simply one more than the highest.
    #[serde(skip_serializing_if = "is_default")]
    pub next_id: NextId,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<User>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passwords: Vec<Password>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub api_secrets: Vec<ApiSecret>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credentials: Vec<Credential>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ssh_keys: Vec<SshKey>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_users: Vec<RelatedUser>,
}

/// A user name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Owner(pub String);

impl Default for Owner {
    fn default() -> Self {
        Self("trueup".to_owned())
    }
}

/// The next ids to be given; nothing means one more than the highest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NextId {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_secret: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<u64>,
    /// Of credentials and SSH keys alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related_user: Option<u64>,
}

fn yes() -> bool {
    true
}

fn is_true(value: &bool) -> bool {
    *value
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
