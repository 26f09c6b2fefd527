//! What steps do to who may do what, and what is known of who is who beside them.

use super::Comparing;
use crate::model::access::{Access, Seen, Sort, Touched};
use crate::model::address::Address;
use crate::model::kind::{Kind, Spec};
use crate::model::resource::{Content, Desired, Observed};

impl<K: Kind> Comparing<'_, K> {
    fn seen(&self, address: &Address, label: &str) -> Seen<'_> {
        Seen {
            kind: K::ID,
            itself: self.links.itself(address, label),
            links: self.links,
        }
    }

    /// What a step does that leaves its object as is wanted. What its declaration leaves out stays as it is, and so does
    /// what is not `changed`.
    pub(super) fn touched(
        &self,
        address: &Address,
        label: &str,
        have: Option<&K::Spec>,
        want: Option<&K::Spec>,
        changed: &[&'static str],
    ) -> Touched {
        let seen = self.seen(address, label);
        let told = have.zip(want).map(|(have, want)| have.as_told(want));
        let told = told.as_ref();
        let before = told.map(|it| it.access(None, &seen)).unwrap_or_default();
        let after = want.map(|it| it.access(told, &seen)).unwrap_or_default();
        let by_these = |access: Access| {
            let mut grants = access.grants;
            // What is made, or nobody could look at, gives all that it gives.
            let counts = |field| told.is_none() || changed.contains(field);
            grants.retain(|grant| grant.by.iter().any(counts));
            grants
        };
        Touched {
            governs: after.governs.clone(),
            before: by_these(before),
            after: by_these(after),
            unread: None,
        }
    }

    /// What is enabled again is there again for all that it was shared with, whom nobody can read.
    pub(super) fn comes_back(&self, access: &mut Touched, address: &Address, label: &str) {
        if K::Spec::GIVES && access.after.is_empty() {
            access.unread = Some(self.seen(address, label).itself(Sort::Thing));
        }
    }

    /// What a step does that removes its object.
    pub(super) fn taken(&self, address: &Address, label: &str, content: &Content<K>) -> Touched {
        let seen = self.seen(address, label);
        match content {
            Content::Read(have) => {
                let Access {
                    grants,
                    belongs: _,
                    account: _,
                    governs,
                } = have.access(None, &seen);
                Touched {
                    before: grants,
                    governs,
                    ..Touched::default()
                }
            }
            Content::NotRead | Content::Pictured(_) => Touched {
                unread: K::Spec::GIVES.then(|| seen.itself(Sort::Thing)),
                ..Touched::default()
            },
            Content::Disabled => Touched::default(),
        }
    }

    /// Learns who is who from what is there, as it will be.
    pub(super) fn know(
        &mut self,
        address: &Address,
        want: Option<&K::Spec>,
        observed: &Observed<K>,
    ) {
        let have = match &observed.content {
            Content::Read(have) => Some(have),
            Content::NotRead | Content::Disabled | Content::Pictured(_) => None,
        };
        let seen = self.seen(address, &observed.label);
        let access = match (want, have) {
            (Some(want), have) => want.access(have, &seen),
            (None, Some(have)) => have.access(None, &seen),
            (None, None) => return,
        };
        self.learn(access);
    }

    /// Learns who is who from what is to be created.
    pub(super) fn know_wanted(&mut self, desired: &Desired<K>) {
        let seen = self.seen(&desired.address, desired.spec.label());
        let access = desired.spec.access(None, &seen);
        self.learn(access);
    }

    fn learn(&mut self, access: Access) {
        let Access {
            grants: _,
            belongs,
            account,
            governs: _,
        } = access;
        let known = &mut self.compared.known;
        known.belongs.extend(belongs);
        known.accounts.extend(account);
    }
}
