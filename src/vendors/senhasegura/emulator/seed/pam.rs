//! What A2A opens: devices, credentials, SSH keys, and the other names of users on target systems.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::is_default;

/// A device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Device {
    pub id: u64,
    /// What the device is known by, and never changes.
    pub hostname: String,
    pub ip: String,
    pub model: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub vendor: String,
    pub site: String,
    /// Domains that are registered, with commas between them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub domain: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tags: String,
    /// Protocols and their ports, such as `SSH:22, RDP:3389`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub connectivities: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session_remote_config: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub disabled: bool,
}

/// A credential or an SSH key, which share their ids. Assumed: also their identifiers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    Credential(Credential),
    Key(SshKey),
}

impl Entry {
    /// The hostname of the device it belongs to.
    pub(crate) fn device(&self) -> &str {
        match self {
            Self::Credential(credential) => &credential.device,
            Self::Key(key) => &key.device,
        }
    }

    /// Whether it is disabled.
    pub(crate) fn is_disabled(&self) -> bool {
        match self {
            Self::Credential(credential) => credential.disabled,
            Self::Key(key) => key.disabled,
        }
    }

    /// Disables or enables it.
    pub(crate) fn switch(&mut self, disabled: bool) {
        match self {
            Self::Credential(credential) => credential.disabled = disabled,
            Self::Key(key) => key.disabled = disabled,
        }
    }
}

/// Members of one of a credential's nested objects, as they were sent.
pub(crate) type Settings = BTreeMap<String, Value>;

/// A credential on a device.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credential {
    pub id: u64,
    pub identifier: String,
    pub username: String,
    /// The hostname of its device.
    pub device: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Nothing means a local user.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub additional: String,
    /// A domain that is registered.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub domain: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tags: String,
    /// The id of another credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u64>,
    #[serde(default, skip_serializing_if = "Settings::is_empty")]
    pub execution_settings: Settings,
    #[serde(default, skip_serializing_if = "Settings::is_empty")]
    pub session_settings: Settings,
    #[serde(default, skip_serializing_if = "Settings::is_empty")]
    pub additional_settings: Settings,
    #[serde(default, skip_serializing_if = "Settings::is_empty")]
    pub jit_settings: Settings,
    /// When the content expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration: Option<String>,
    /// When the content was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<String>,
    /// When the content was last read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewed: Option<String>,
    /// Ids of the clients that have it in their custody.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub custody: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub disabled: bool,
}

/// An SSH key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SshKey {
    pub id: u64,
    pub identifier: String,
    pub username: String,
    /// The hostname of its device.
    pub device: String,
    pub public_key: String,
    pub private_key: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key_name: String,
    /// The passphrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tags: String,
    /// Hostnames of the devices that it opens.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub devices: BTreeSet<String>,
    /// When the key expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub disabled: bool,
}

/// Another name that a user of the suite has on target systems.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RelatedUser {
    pub id: u64,
    /// The user of the suite.
    pub username: String,
    /// The name elsewhere.
    pub name: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub disabled: bool,
}
