//! A reference to a resource that may be of either of two kinds, such as what a folder lies in: a safe or a folder.

use super::address::RemoteId;
use super::applying::Applying;
use super::error::VendorError;
use super::kind::Kind;
use super::reference::{Link, Links, Name, Ref, Refers};

/// A reference to a resource of kind `A` or of kind `B`. Which of them it is, the YAML and the vendor both say, so that
/// beyond this type it is a [`Link`] like any other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum OneOf<A, B> {
    First(Ref<A>),
    Second(Ref<B>),
}

impl<A: Kind, B: Kind> Refers for OneOf<A, B> {
    fn link(&self) -> Link {
        match self {
            Self::First(one) => one.link(),
            Self::Second(one) => one.link(),
        }
    }

    fn name(&self, links: &Links) -> Name {
        match self {
            Self::First(one) => links.name(one),
            Self::Second(one) => links.name(one),
        }
    }
}

impl<A: Kind, B: Kind> OneOf<A, B> {
    /// The remote id of the target.
    pub(crate) fn id(&self, applying: &Applying<'_>) -> Result<RemoteId, VendorError> {
        match self {
            Self::First(one) => applying.id(one),
            Self::Second(one) => applying.id(one),
        }
    }
}
