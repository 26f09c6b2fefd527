//! The YAML shape of a world: what a seed says, and what is written back. Members that equal their default are left
//! out, so that worlds stay small and their differences readable.
//!
//! Without `bare`, the world also has what [`super::builtin`] lists; a seed's user or group of the same name or id
//! stands in for the built-in one. Users, groups and folders are referred to by name, or by id if they are gone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::catalog::{AccessPolicy, Organization, PasswordRule, Platform, SmartRule, Workgroup};
use super::guid::Guid;
use super::quirks::Quirks;
use super::row::{Flag, Kind};

/// A whole world.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Seed {
    /// The moment at which everything happens; only what is changed again is changed a second later each time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// Whether nothing exists but what is listed.
    #[serde(skip_serializing_if = "is_default")]
    pub bare: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub quirks: Quirks,
    /// The next ids to be given, where they are not simply one more than the highest.
    #[serde(skip_serializing_if = "is_default")]
    pub next_id: NextId,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub registrations: Vec<Registration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizations: Option<Vec<Organization>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workgroups: Option<Vec<Workgroup>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platforms: Option<Vec<Platform>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_rules: Option<Vec<PasswordRule>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_policies: Option<Vec<AccessPolicy>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smart_rules: Option<Vec<SmartRule>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<User>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub safes: Vec<Folder>,
}

/// The next ids to be given; nothing means one more than the highest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NextId {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<u64>,
    /// The number of the next counted GUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guid: Option<u64>,
}

/// A registration of API clients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    pub id: u64,
    pub name: String,
    /// With a key it is for API keys, without one for application users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub active: bool,
    /// Whether the users of the key must send their passwords.
    #[serde(default, skip_serializing_if = "is_default")]
    pub password_required: bool,
    /// The life of a token in minutes.
    #[serde(default = "an_hour", skip_serializing_if = "is_an_hour")]
    pub token_minutes: u64,
}

/// A user. Without an id it gets the next one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    #[serde(default, skip_serializing_if = "is_default")]
    pub id: u64,
    pub name: String,
    #[serde(default, rename = "type", skip_serializing_if = "is_default")]
    pub kind: Kind,
    /// Of a directory user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinguished_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub active: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub quarantined: bool,
    /// Of an application user, as is the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<Guid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// The id of the registration that an application user belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<u64>,
    /// What this user is asked for after the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<SecondFactor>,
}

/// A question and its only answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondFactor {
    pub prompt: String,
    pub code: String,
}

/// A group. Without an id it gets the next one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    #[serde(default, skip_serializing_if = "is_default")]
    pub id: u64,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, rename = "type", skip_serializing_if = "is_default")]
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinguished_name: Option<String>,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub active: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Ref>,
    /// Ids of registrations; nothing means none or, of the built-in group, both built-in ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registrations: Option<Vec<u64>>,
    /// Levels by the names of permissions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub permissions: BTreeMap<String, Level>,
    /// Access by the titles of smart rules.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, Access>,
}

/// An access level other than none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    Read,
    Write,
}

/// What a group may do with what a smart rule finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Access {
    pub level: Level,
    /// The names of roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The id of the access policy of requestors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<u64>,
}

/// Somebody by name (`domain\name` of directory users) or by id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Ref {
    Id(u64),
    Name(String),
}

/// A safe or a folder, with what is in it. Only a safe has grants.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Folder {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Guid>,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
    /// The users whose favourite it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub favorites: Vec<Ref>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<Self>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
}

/// What a user or a group may do in a safe; without flags, everything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Ref>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Ref>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flags: Option<Vec<Flag>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A secret: a credential with `username` and `password`, a text with `text`, or a file with `file` (its name) and
/// `content` or `base64`. Without owners its creator owns it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Secret {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Guid>,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<Url>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Owner>,
    /// Nothing means the world's `now`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_on: Option<String>,
    /// Nothing means the user with id 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// Nothing means as created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_on: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_by: Option<String>,
    /// Nothing means as modified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_modified_on: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub favorites: Vec<Ref>,
    /// Paths of the other folders in which it is seen, such as `safe/folder`, or their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<String>,
}

/// An address of a secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Url {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Guid>,
    pub url: String,
}

/// An owner of a secret: one of the two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Owner {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Ref>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Ref>,
}

fn yes() -> bool {
    true
}

fn is_true(value: &bool) -> bool {
    *value
}

fn an_hour() -> u64 {
    60
}

fn is_an_hour(minutes: &u64) -> bool {
    *minutes == 60
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
