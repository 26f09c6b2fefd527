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
        Content::NotRead | Content::Disabled => false,
    }
}

impl<K: Kind> Comparing<'_, K> {
    /// The account that an update makes of one. What is not known of it is taken for the same as what is wanted.
    pub(super) fn updated(&self, id: &RemoteId, have: Option<&K::Spec>, want: &K::Spec) -> Account {
        let after = want.power(have);
        Account {
            is_own: K::is_own(&self.client, id),
            before: have.map_or(after, |have| have.power(None)),
            after,
        }
    }

    /// The account that a removal makes of one.
    pub(super) fn removed(&self, id: &RemoteId, content: &Content<K>) -> Account {
        let before = match content {
            Content::Read(have) => have.power(None),
            Content::NotRead => Power::Plain,
            Content::Disabled => Power::Shut,
        };
        Account {
            is_own: K::is_own(&self.client, id),
            before,
            after: Power::Shut,
        }
    }
}
