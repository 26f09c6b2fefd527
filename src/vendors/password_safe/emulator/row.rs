//! What the world is made of, one flat row for each object, as it is kept in memory and in the log of changes.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use super::guid::Guid;

/// A safe or, with a parent, a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Node {
    pub id: Guid,
    pub parent: Option<Guid>,
    pub name: String,
    pub description: Option<String>,
    /// Of a safe, at most one for each principal, in their order.
    pub grants: Vec<Grant>,
    /// The users whose favourite it is.
    pub favorites: BTreeSet<u64>,
}

/// What somebody may do in a safe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub principal: Principal,
    pub flags: BTreeSet<Flag>,
    /// The moment at which it ends.
    pub until: Option<String>,
}

/// A user or a group, by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Principal {
    User(u64),
    Group(u64),
}

/// A permission on a safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Flag {
    Read,
    Create,
    Edit,
    Delete,
    Share,
    Manage,
}

impl Flag {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Read,
        Self::Create,
        Self::Edit,
        Self::Delete,
        Self::Share,
        Self::Manage,
    ];

    /// As the API spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Create => "Create",
            Self::Edit => "Edit",
            Self::Delete => "Delete",
            Self::Share => "Share",
            Self::Manage => "Manage",
        }
    }
}

/// A secret in a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Secret {
    pub id: Guid,
    pub folder: Guid,
    pub title: String,
    pub description: Option<String>,
    pub notes: Option<String>,
    pub urls: Vec<Url>,
    /// They may be of users and groups that are gone.
    pub owners: Vec<Principal>,
    pub content: Content,
    pub created: Stamp,
    pub modified: Stamp,
    /// The moment at which the value was last changed.
    pub value_modified_on: String,
    pub favorites: BTreeSet<u64>,
    /// The other folders in which it is seen.
    pub shares: BTreeSet<Guid>,
}

/// A moment and who was at work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    pub on: String,
    /// A user's name, of whom nothing says that they are still there.
    pub by: String,
}

/// An address of a secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Url {
    pub id: Guid,
    pub url: String,
}

/// The value of a secret, which makes its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Content {
    Credential { username: String, password: String },
    Text(String),
    File { name: String, bytes: Blob },
}

/// Bytes, in base64 where they are written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Blob(pub Vec<u8>);

impl From<Blob> for String {
    fn from(Blob(bytes): Blob) -> Self {
        BASE64.encode(&bytes)
    }
}

impl TryFrom<String> for Blob {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bytes = BASE64.decode(text.as_bytes());
        bytes.map(Self).map_err(|error| error.to_string())
    }
}

/// A group of users.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub id: u64,
    pub name: String,
    pub description: Option<String>,
    pub kind: Kind,
    pub distinguished_name: Option<String>,
    pub active: bool,
    pub members: BTreeSet<u64>,
    /// The API registrations that its members may use.
    pub registrations: BTreeSet<u64>,
    /// Access levels by permission.
    pub permissions: BTreeMap<u64, u64>,
    /// Its access by smart rule.
    pub rules: BTreeMap<u64, Access>,
}

/// What a group may do with what a smart rule finds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Access {
    pub level: u64,
    pub roles: BTreeSet<u64>,
    /// The access policy of requestors.
    pub policy: Option<u64>,
}

/// Where a user or a group comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    #[default]
    BeyondInsight,
    ActiveDirectory,
    LdapDirectory,
    EntraID,
    /// Of users alone.
    Application,
}

impl Kind {
    /// As the API spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BeyondInsight => "BeyondInsight",
            Self::ActiveDirectory => "ActiveDirectory",
            Self::LdapDirectory => "LdapDirectory",
            Self::EntraID => "EntraID",
            Self::Application => "Application",
        }
    }

    /// Reads a name, without regard to case.
    pub(crate) fn read(name: &str) -> Option<Self> {
        let kinds = [
            Self::BeyondInsight,
            Self::ActiveDirectory,
            Self::LdapDirectory,
            Self::EntraID,
            Self::Application,
        ];
        kinds
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}
