//! What steps do to accounts: whose they are, and what those may do before and after.

use super::Comparing;
use crate::model::address::RemoteId;
use crate::model::kind::{Kind, Spec};
use crate::model::power::{Account, Power};
use crate::model::resource::{Content, Observed};
use crate::read::Pairs;

/// How many live objects are administrators, as far as they were read.
pub(super) fn administrators<K: Kind>(pairs: &Pairs<K>) -> usize {
    let matched = pairs.matched.iter().map(|(_, observed)| observed);
    let orphans = pairs.orphans.iter().map(|(_, _, observed)| observed);
    let all = matched.chain(orphans).chain(&pairs.strangers);
    all.filter(|it| is_administrator(it)).count()
}

pub(super) fn is_administrator<K: Kind>(observed: &Observed<K>) -> bool {
    match &observed.content {
        Content::Read(have) => have.power(None) == Power::Administrator,
        Content::Pictured(known) => known.power == Power::Administrator,
        Content::NotRead | Content::Disabled => false,
    }
}

impl<K: Kind> Comparing<'_, K> {
    /// The account that an update makes of one. What is not known of it is taken for the same as what is wanted, and of
    /// what is only pictured nobody knows what it becomes.
    pub(super) fn updated(&self, id: &RemoteId, content: &Content<K>, want: &K::Spec) -> Account {
        let (before, after) = match content {
            Content::Read(have) => (have.power(None), want.power(Some(have))),
            Content::NotRead | Content::Disabled => (want.power(None), want.power(None)),
            Content::Pictured(known) => (known.power, known.power),
        };
        Account {
            is_own: self.source.is_own(id),
            before,
            after,
        }
    }

    /// The account that a removal makes of one.
    pub(super) fn removed(&self, id: &RemoteId, content: &Content<K>) -> Account {
        let before = match content {
            Content::Read(have) => have.power(None),
            Content::NotRead => Power::Plain,
            Content::Disabled => Power::Shut,
            Content::Pictured(known) => known.power,
        };
        Account {
            is_own: self.source.is_own(id),
            before,
            after: Power::Shut,
        }
    }
}
