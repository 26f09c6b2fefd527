//! Resources: what the YAML declares and what the vendor reported.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::address::{Address, RemoteId};
use super::kind::{Kind, NaturalKey};
use super::pictured::Object;
use super::place::Place;

/// A resource as the YAML wants it.
#[derive(Debug)]
pub(crate) struct Desired<K: Kind> {
    pub address: Address,
    /// Where its name is written.
    pub place: Place,
    pub meta: Meta,
    pub spec: K::Spec,
}

/// What can be said of any resource, beside its own fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meta {
    /// Names it had before, with the place of each.
    pub was: Vec<(String, Place)>,
    /// The vendor's id, where the natural key is not enough.
    pub id: Option<(RemoteId, Place)>,
    pub presence: Presence,
    /// Whether what costs money may be done with it. The command line must allow it, too.
    pub allow_spend: bool,
    pub lifecycle: Lifecycle,
    /// Whether secrets of it are read from the vendor that can be read only with a trail left behind.
    pub reads_values: bool,
}

/// Whether the resource should be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Presence {
    #[default]
    Present,
    /// `state: absent`.
    Absent,
    /// Present until the end of this day, absent from the next.
    Until(Date),
}

impl Presence {
    pub(crate) fn is_absent_on(self, today: Date) -> bool {
        match self {
            Self::Present => false,
            Self::Absent => true,
            Self::Until(last) => today > last,
        }
    }
}

/// What the user reserved about how a resource is managed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lifecycle {
    pub prevent_delete: bool,
    /// Fields whose differences are left alone, with the place of each.
    pub ignore: Vec<(String, Place)>,
    pub manage: Manage,
}

/// What trueup may do to a resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
pub(crate) enum Manage {
    /// Created, updated and removed. What is declared is, unless it says otherwise.
    #[default]
    Full,
    /// Created and updated, never removed.
    NoDelete,
    /// Created if it is not there, and left alone from then on.
    CreateOnly,
    /// Compared and reported, never written.
    Observe,
}

/// Whose an object is that a declaration is or was about, and so what becomes of it once nothing declares it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hold {
    /// It was there before us: it stays.
    Found,
    /// Ours, by creating or adopting it: it is removed.
    Owned,
    /// Ours, and its lifecycle said `prevent_delete`: removing it is refused.
    Protected,
    /// Ours, and its lifecycle said that it is not to be removed: it stays.
    Kept,
    /// It was ours until we disabled it, and can be enabled again.
    Retired,
}

impl Hold {
    /// Whether an object that is held so is ours today.
    pub(crate) fn is_ours(self) -> bool {
        match self {
            Self::Owned | Self::Protected | Self::Kept => true,
            Self::Found | Self::Retired => false,
        }
    }

    /// Whether what is held so should be there.
    pub(crate) fn is_there(self) -> bool {
        match self {
            Self::Found | Self::Owned | Self::Protected | Self::Kept => true,
            Self::Retired => false,
        }
    }

    /// How what is ours is held, by what its lifecycle says.
    pub(crate) fn of(lifecycle: &Lifecycle) -> Self {
        match lifecycle.manage {
            Manage::NoDelete | Manage::CreateOnly | Manage::Observe => Self::Kept,
            Manage::Full if lifecycle.prevent_delete => Self::Protected,
            Manage::Full => Self::Owned,
        }
    }
}

/// Whose the objects of a kind are that nothing declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
pub(crate) enum Ownership {
    /// Not ours: only what is declared absent, or has expired, is removed. So it is if nothing is said.
    #[default]
    Marked,
    /// Ours: what nothing declares is removed.
    Exclusive,
    /// Not ours, and nothing of this kind is ever removed.
    Additive,
}

/// A live object as the vendor reported it.
#[derive(Debug)]
pub(crate) struct Observed<K: Kind> {
    pub id: RemoteId,
    pub key: NaturalKey,
    pub label: String,
    pub writable: bool,
    pub content: Content<K>,
}

/// What is known of a live object.
#[derive(Debug)]
pub(crate) enum Content<K: Kind> {
    Read(K::Spec),
    /// Nothing asked for more than the listing said.
    NotRead,
    Disabled,
    /// What a snapshot tells of it, which is no spec.
    Pictured(Box<Object>),
}
