//! How much an account may do at its vendor, as far as somebody could be locked out by losing it.

use serde::{Deserialize, Serialize};

/// How much an account may do, from nothing on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Power {
    /// It does not get in.
    Shut,
    /// It gets in and gives nobody anything. So is all that is no account.
    #[default]
    Plain,
    /// It gives others what they may do.
    Administrator,
}

/// What a step does to the power of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// Whether it is the one that the run itself acts as.
    pub is_own: bool,
    pub before: Power,
    pub after: Power,
}

impl Account {
    /// Whether it can do less afterwards.
    pub(crate) fn falls(self) -> bool {
        self.after < self.before
    }

    /// Whether it ceases to be an administrator.
    pub(crate) fn abdicates(self) -> bool {
        self.falls() && self.before == Power::Administrator
    }
}
