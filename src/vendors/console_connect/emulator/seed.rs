//! The YAML shape of a world: what a seed says, and what is written back. Members that equal their default are left
//! out, so that worlds stay small and their differences readable.
//!
//! A seed without companies and users has a company `exampleco` and a user `trueup`, who administers it by an API key.

use serde::{Deserialize, Serialize};

use super::catalog::{Facility, Metro, Plan, Prices, Role};
use super::clock::Moment;
use super::row::{Asn, Company, Connection, Membership, Order, Port, User};

/// A whole world.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Seed {
    /// The moment at which everything happens; only what is changed again is changed a second later each time.
    #[serde(skip_serializing_if = "is_default")]
    pub now: Moment,
    /// How often something under way is read before it takes its next step; nothing means that it waits for a command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settles_after: Option<u32>,
    /// Who approves orders.
    #[serde(skip_serializing_if = "is_default")]
    pub approval: Approval,
    #[serde(skip_serializing_if = "is_default")]
    pub sessions: Lives,
    #[serde(skip_serializing_if = "is_default")]
    pub quirks: Quirks,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<Prices>,
    /// Beside, or instead of, the built-in ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metros: Option<Vec<Metro>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facilities: Option<Vec<Facility>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub companies: Vec<Company>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<User>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub memberships: Vec<Membership>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<Plan>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asns: Vec<Asn>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<Order>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Port>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<Connection>,
}

/// Who approves orders of ports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Approval {
    /// Somebody at the vendor: the command `approve_order`.
    #[default]
    Manual,
    /// Nobody: it is a step like the others.
    Automatic,
}

/// How long session tokens live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lives {
    /// Without a request. Assumed: the usual length, of which no source tells.
    pub idle_minutes: u64,
}

impl Default for Lives {
    fn default() -> Self {
        Self {
            idle_minutes: 24 * 60,
        }
    }
}

/// Where the vendor's own sources contradict each other, a world says which of them is right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Quirks {
    /// Whether the 401 of `/api/auth/token` has its members at the top, as the pages show it \[3\], and not in an
    /// `error`, as the vendor's client expects it \[23\].
    #[serde(skip_serializing_if = "is_default")]
    pub flat_login_errors: bool,
    /// Whether codes in bodies are unreliable, as in some samples: the text `404,` in the place of a number \[3\].
    #[serde(skip_serializing_if = "is_default")]
    pub odd_codes: bool,
}

/// The default of what is usually so.
pub(super) fn yes() -> bool {
    true
}

/// Whether it is so as usual.
pub(super) fn is_true(value: &bool) -> bool {
    *value
}

/// Whether a value need not be written.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
