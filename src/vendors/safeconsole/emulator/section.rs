//! What each section of a policy says. Assumed: every key, for no public page shows a policy on the wire, and every
//! default but that of remote password resets \[32\] and of empty lists, which forbid nothing \[15\]\[19\].

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A section that can be on or off and no more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Switch {
    pub enabled: bool,
}

/// Which types of files may be on a drive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FileRestrictions {
    pub enabled: bool,
    /// Without dots.
    pub extensions: Vec<String>,
    pub mode: FileMode,
}

/// What the list of extensions means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum FileMode {
    #[default]
    Restrict,
    Allow,
}

/// Where a drive may be unlocked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Geofence {
    pub enabled: bool,
    pub message: String,
    pub ip: AllowedFirst,
    pub country: DeniedFirst,
    pub isp: DeniedFirst,
}

/// A list that allows only what it names, unless it says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AllowedFirst {
    pub mode: FenceMode,
    pub values: Vec<String>,
}

/// A list that denies what it names, unless it says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DeniedFirst {
    pub mode: FenceMode,
    pub values: Vec<String>,
}

/// What a list of places means. Nothing in the list means no restriction, in either mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum FenceMode {
    Allow,
    Deny,
}

/// From where a connection is trusted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TrustedNetwork {
    pub enabled: bool,
    pub ips: Vec<String>,
    pub countries: Vec<String>,
    pub isps: Vec<String>,
}

/// The trusted zone of computers with certificates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Zonebuilder {
    pub enabled: bool,
    pub own_ca: bool,
    pub restrict_to_zone: bool,
    pub auto_login: bool,
}

/// When a drive can only be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WriteProtection {
    pub mode: WriteMode,
}

/// When writing is forbidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum WriteMode {
    #[default]
    Off,
    OutsideZone,
    Always,
}

/// Whether unlocking needs the server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DeviceState {
    pub require_connection: Connection,
}

/// When unlocking needs the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Connection {
    Always,
    AfterDays,
    #[default]
    Never,
}

/// A section of which only the switch is known. Assumed: its other keys are kept as they are sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Map<String, Value>")]
pub(crate) struct Open(pub Map<String, Value>);

impl From<Map<String, Value>> for Open {
    fn from(mut keys: Map<String, Value>) -> Self {
        keys.entry("enabled").or_insert(json!(false));
        Self(keys)
    }
}

impl Default for Open {
    fn default() -> Self {
        Self::from(Map::new())
    }
}

/// The rules of a drive's password. Numbers of 0 mean no limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PasswordPolicy {
    pub min_length: u32,
    pub upper: bool,
    pub lower: bool,
    pub digits: bool,
    pub special: bool,
    pub max_age_days: u32,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            min_length: 8,
            upper: false,
            lower: false,
            digits: false,
            special: false,
            max_age_days: 0,
        }
    }
}

/// When an unlocked drive that nobody uses is locked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct InactivityLock {
    pub enabled: bool,
    pub minutes: u32,
}

impl Default for InactivityLock {
    fn default() -> Self {
        Self {
            enabled: false,
            minutes: 30,
        }
    }
}

/// What runs on unlocking.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Autorun {
    pub command: String,
}

/// The first preferences of the device software. Assumed: beside the text, whatever is sent is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Map<String, Value>")]
pub(crate) struct UserDefaults(pub Map<String, Value>);

impl From<Map<String, Value>> for UserDefaults {
    fn from(mut keys: Map<String, Value>) -> Self {
        keys.entry("about_text").or_insert(json!(""));
        Self(keys)
    }
}

impl Default for UserDefaults {
    fn default() -> Self {
        Self::from(Map::new())
    }
}

/// What a workstation may do with other storage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Portblocker {
    pub access: Storage,
}

/// What may be done with storage that is not managed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Storage {
    #[default]
    Blocked,
    ReadOnly,
    FullAccess,
}

impl Default for AllowedFirst {
    fn default() -> Self {
        Self {
            mode: FenceMode::Allow,
            values: Vec::new(),
        }
    }
}

impl Default for DeniedFirst {
    fn default() -> Self {
        Self {
            mode: FenceMode::Deny,
            values: Vec::new(),
        }
    }
}
