//! The YAML shape of a world: what a seed says, and what is written back. Members that equal their default are left
//! out, so that worlds stay small and their differences readable.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A whole world.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Seed {
    /// The user to whom the MySafe access key belongs. MySafe acts as this user.
    #[serde(skip_serializing_if = "is_default")]
    pub owner: Owner,
    #[serde(skip_serializing_if = "is_default")]
    pub clients: Clients,
    /// Groups that exist but are not listed by SCIM.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub private_groups: BTreeSet<String>,
    /// The next ids to be given, where they are not simply one more than the highest.
    #[serde(skip_serializing_if = "is_default")]
    pub next_id: NextId,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<User>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passwords: Vec<Password>,
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

/// The clients that may ask for tokens, one for each family of the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Clients {
    #[serde(skip_serializing_if = "is_mysafe_default")]
    pub mysafe: Client,
    #[serde(skip_serializing_if = "is_scim_default")]
    pub scim: Client,
}

/// Credentials of a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Client {
    pub id: String,
    pub secret: String,
}

impl Default for Clients {
    fn default() -> Self {
        Self {
            mysafe: Client::demo("mysafe"),
            scim: Client::demo("scim"),
        }
    }
}

impl Client {
    /// Credentials for demonstrations: they are published here and protect nothing.
    fn demo(family: &str) -> Self {
        Self {
            id: format!("{family}-emulator"),
            secret: format!("emulator-{family}-secret"),
        }
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
}

/// A user of the suite, as SCIM shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    pub id: u64,
    pub user_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub formatted: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub given_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub family_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub external_id: String,
    /// The primary address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub email: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_emails: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phone_numbers: Vec<String>,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub active: bool,
    /// What SCIM calls entitlements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// What SCIM shows as a user's `groups`. Not the groups that list the user as a member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access_groups: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// A user group of the suite, as SCIM shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub id: u64,
    pub display_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub external_id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Ids of users.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub members: BTreeSet<u64>,
}

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

fn yes() -> bool {
    true
}

fn is_true(value: &bool) -> bool {
    *value
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn is_mysafe_default(client: &Client) -> bool {
    *client == Clients::default().mysafe
}

fn is_scim_default(client: &Client) -> bool {
    *client == Clients::default().scim
}
