//! The YAML shape of a world, which is also its shape in memory: what a seed says, and what is written back. Members
//! that equal their default are left out, so that worlds stay small and their differences readable.
//!
//! Paths are referred to by their names. Ids that are not given are counted on from the highest.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::clock::START;
use super::place::Place;
use super::settings::{Settings, write_differences};
use super::status::Status;

/// A whole world.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Seed {
    /// Whether the actions work whose names and shapes no public page states.
    #[serde(skip_serializing_if = "is_default")]
    pub assumed_actions: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub server: Server,
    #[serde(skip_serializing_if = "is_default")]
    pub licence: Licence,
    #[serde(skip_serializing_if = "is_default")]
    pub quirks: Quirks,
    /// The next ids to be given, where they are not simply one more than the highest.
    #[serde(skip_serializing_if = "is_default")]
    pub next_id: NextId,
    /// Where requests come from.
    #[serde(skip_serializing_if = "is_default")]
    pub caller: Caller,
    /// Nothing means one token that may do everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Vec<Token>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub admins: Vec<Admin>,
    /// The default path, `default`, need not be listed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<Ou>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<User>,
}

/// The server and its settings, which only the web interface can change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Server {
    #[serde(skip_serializing_if = "is_host")]
    pub host: String,
    /// The moment at which everything happens.
    #[serde(skip_serializing_if = "is_start")]
    pub now: String,
    /// Whether the API is switched on.
    #[serde(skip_serializing_if = "is_true")]
    pub api: bool,
    /// Whether it is the customer's own server and not the vendor's cloud.
    #[serde(skip_serializing_if = "is_default")]
    pub on_premises: bool,
    /// Whether registrations wait for approval.
    #[serde(skip_serializing_if = "is_default")]
    pub approval: bool,
    /// Whether every registration needs the token of a user.
    #[serde(skip_serializing_if = "is_default")]
    pub unique_token: bool,
    #[serde(skip_serializing_if = "is_default_path")]
    pub default_path: String,
}

const HOST: &str = "safeconsole.example.org";
const DEFAULT_PATH: &str = "default";

impl Default for Server {
    fn default() -> Self {
        Self {
            host: HOST.to_owned(),
            now: START.to_owned(),
            api: true,
            on_premises: false,
            approval: false,
            unique_token: false,
            default_path: DEFAULT_PATH.to_owned(),
        }
    }
}

/// What was bought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Licence {
    pub owner: String,
    pub expires: String,
    pub seats: u64,
}

impl Default for Licence {
    fn default() -> Self {
        Self {
            owner: "owner@example.org".to_owned(),
            expires: "2038-01-01T00:00:00Z".to_owned(),
            seats: 100,
        }
    }
}

/// Where the pages leave open what a server does, a world may say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Quirks {
    /// The largest page; nothing means 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_limit: Option<u64>,
    /// Whether users are always sorted by their last login, whatever is asked.
    #[serde(skip_serializing_if = "is_default")]
    pub fixed_order: bool,
    /// Whether the last of all users logs in after each page of users, which moves pages by one user in the order of
    /// logins, the latest first: the next page begins with a user who was seen, and the last is never seen.
    #[serde(skip_serializing_if = "is_default")]
    pub restless: bool,
}

/// The next ids to be given; nothing means one more than the highest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NextId {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<u64>,
}

/// Where the server sees requests come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Caller {
    pub ip: Ipv4Addr,
    #[serde(skip_serializing_if = "is_default")]
    pub place: Place,
}

impl Default for Caller {
    fn default() -> Self {
        Self {
            ip: Ipv4Addr::LOCALHOST,
            place: Place::default(),
        }
    }
}

/// An API token, made in the web interface by an admin, for whom it acts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    pub name: String,
    /// The e-mail address of the admin.
    pub admin: String,
    #[serde(default = "owner_role", skip_serializing_if = "is_owner_role")]
    pub roles: Vec<String>,
    #[serde(default = "late", skip_serializing_if = "is_late")]
    pub expires: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub revoked: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The paths that the admin sees, with those below them; nothing means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<Vec<String>>,
}

/// Somebody who may use the web interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Admin {
    pub id: u64,
    pub name: String,
    pub email: String,
    pub role: String,
    /// Of a group admin, the path from which it was promoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_login: Option<String>,
}

/// A path, which the wire calls an OU: its name begins with that of its parent, as in `Plant/Line 1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ou {
    #[serde(default, skip_serializing_if = "is_default")]
    pub id: u64,
    pub path: String,
    /// Nothing means that the parent's policy is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
}

/// A policy of a path's, or of a user's, own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    #[serde(default, skip_serializing_if = "is_default")]
    pub id: u64,
    #[serde(
        default,
        skip_serializing_if = "is_default",
        serialize_with = "write_differences"
    )]
    pub settings: Settings,
}

/// Somebody who carries drives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    #[serde(default, skip_serializing_if = "is_default")]
    pub id: u64,
    /// What the wire calls `cn`.
    pub name: String,
    pub email: String,
    /// Nothing means the default path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// With which a drive is registered for this user; nothing means one that is made of the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    #[serde(default = "start", skip_serializing_if = "is_start")]
    pub acquired: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_login: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_ip: Option<Ipv4Addr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Whether the policy in force has been received.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub updated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drives: Vec<Drive>,
}

/// A drive, which the wire calls a safestick. It belongs to the user under whom it is listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Drive {
    pub serial: String,
    /// Nothing means as the serial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcode: Option<String>,
    pub hardware_id: String,
    #[serde(default = "in_use", skip_serializing_if = "is_in_use")]
    pub status: Status,
    /// Such as `DL4`; only some models can detonate, and it is not shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub model: String,
    #[serde(default = "version", skip_serializing_if = "is_version")]
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_ip: Option<Ipv4Addr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub online: bool,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub updated: bool,
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub recovery_code: bool,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_data: BTreeMap<String, String>,
    /// What the user is shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Whether a geofence denied the access, and not an admin.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fenced: bool,
}

fn yes() -> bool {
    true
}

fn is_true(value: &bool) -> bool {
    *value
}

fn start() -> String {
    START.to_owned()
}

fn is_start(moment: &String) -> bool {
    moment == START
}

fn is_host(host: &String) -> bool {
    host == HOST
}

fn is_default_path(path: &String) -> bool {
    path == DEFAULT_PATH
}

fn owner_role() -> Vec<String> {
    vec!["system_owner".to_owned()]
}

fn is_owner_role(roles: &[String]) -> bool {
    roles == ["system_owner"]
}

/// The last second that 32 bits can count: the vendor's sample token expires in that month [1, derived].
fn late() -> String {
    "2038-01-19T03:14:07Z".to_owned()
}

fn is_late(moment: &String) -> bool {
    *moment == late()
}

fn in_use() -> Status {
    Status::InUse
}

fn is_in_use(status: &Status) -> bool {
    *status == Status::InUse
}

fn version() -> String {
    "6.4.0".to_owned()
}

fn is_version(version: &String) -> bool {
    version == "6.4.0"
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
