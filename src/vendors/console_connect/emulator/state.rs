//! The words of the vendor for the states of things, spelled as on the wire.

use serde::{Deserialize, Serialize};

/// Of a membership.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Membership {
    /// Asked for, by either side.
    Inactive,
    #[default]
    Active,
    Denied,
    Cancelled,
}

/// Of an order of a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// Waits for the vendor's approval.
    #[default]
    Created,
    Allocated,
    LoaSent,
    Activating,
    Progressing,
    Done,
    Error,
    Cancelled,
}

impl Order {
    /// Whether nothing more comes of it.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Error | Self::Cancelled)
    }
}

/// Of a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Port {
    Activating,
    /// Waits for the physical link.
    Ready,
    #[default]
    Active,
    Disabling,
    Disabled,
    Deleting,
    Deleted,
    Onboarding,
    Unknown,
}

/// Of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Connection {
    /// Waits for the other company.
    Pending,
    Cancelled,
    PendingAcceptance,
    Denied,
    /// The other company has agreed, and a port is not up yet.
    Accepted,
    Creating,
    Activating,
    #[default]
    Active,
    Disabling,
    Disabled,
    Deleting,
    Deleted,
    /// Staff are at work.
    Manual,
    Error,
}

impl Connection {
    /// Whether it takes bandwidth of its ports no more.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Cancelled | Self::Denied | Self::Deleted)
    }

    /// Whether it rests until somebody asks for something.
    pub(crate) fn is_settled(self) -> bool {
        match self {
            Self::Active | Self::Disabled | Self::Error => true,
            Self::Pending
            | Self::Cancelled
            | Self::PendingAcceptance
            | Self::Denied
            | Self::Accepted
            | Self::Creating
            | Self::Activating
            | Self::Disabling
            | Self::Deleting
            | Self::Deleted
            | Self::Manual => false,
        }
    }
}

/// Of a request to change a connection, or to have one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Request {
    #[default]
    Pending,
    Withdrawn,
    Rejected,
}

/// Of an ASN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Asn {
    /// Waits for the vendor's verification.
    Unverified,
    #[default]
    Verified,
    Rejected,
    Private,
}
