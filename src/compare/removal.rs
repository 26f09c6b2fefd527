//! What goes: what is declared absent, what is ours and no longer declared, and strangers where the list is ours.

use std::collections::BTreeSet;

use super::account::is_administrator;
use super::{Comparing, terms};
use crate::model::address::{Address, RemoteId};
use crate::model::answer::Answer;
use crate::model::field::Value;
use crate::model::kind::{Kind, NaturalKey, Spec};
use crate::model::place::Place;
use crate::model::reference::{Link, Target};
use crate::model::resource::{
    Content, Desired, Hold, Lifecycle, Manage, Meta, Observed, Ownership,
};
use crate::plan::{Action, Change, FieldView, StepView, Stranger};

impl<K: Kind> Comparing<'_, K> {
    /// What is declared absent goes, unless something says that it stays.
    pub(super) fn absent(&mut self, desired: Desired<K>, observed: Observed<K>) {
        let Desired {
            address,
            place,
            meta,
            spec: _,
        } = desired;
        if matches!(observed.content, Content::Disabled) {
            self.compared.tally.unchanged += 1;
            return;
        }
        self.note_under_way(&address, place, &observed.content);
        let why = match (meta.lifecycle.manage, self.ownership) {
            (Manage::Full, Ownership::Marked | Ownership::Exclusive) => {
                if !observed.writable {
                    return self.note_read_only(&address, Some(place), "is declared absent");
                }
                return self.delete(address, Some(place), observed, &meta);
            }
            (Manage::Full, Ownership::Additive) => "`manage: additive` deletes nothing of its kind",
            (Manage::NoDelete, _) => "its lifecycle says `manage: no_delete`",
            (Manage::CreateOnly, _) => "its lifecycle says `manage: create_only`",
            (Manage::Observe, _) => "it is only observed",
        };
        let message = format!("is declared absent and still there: {why}");
        self.note(&address, place, message);
    }

    /// What others share with us to look at is theirs, even where the list is ours.
    pub(super) fn stranger(&mut self, observed: Observed<K>) {
        let address = K::ID.stranger(&observed.id);
        if observed.writable {
            self.compared.tally.strangers -= 1;
            self.delete(address, None, observed, &Meta::default());
        } else {
            self.note_read_only(&address, None, "is not declared");
        }
    }

    /// What is ours and no longer declared goes under the address that declared it, unless something says that it stays.
    pub(super) fn orphan(&mut self, address: Address, hold: Hold, observed: Observed<K>) {
        if let Some(why) = K::VERBS.delete.never() {
            let message = format!("is no longer declared and stays, since {why}");
            return self.stays(&address, message);
        }
        let why = match (hold, self.ownership) {
            (Hold::Owned | Hold::Protected, Ownership::Marked | Ownership::Exclusive) => {
                if !observed.writable {
                    return self.note_read_only(&address, None, "is no longer declared");
                }
                let lifecycle = Lifecycle {
                    prevent_delete: hold == Hold::Protected,
                    ..Lifecycle::default()
                };
                let meta = Meta {
                    lifecycle,
                    ..Meta::default()
                };
                return self.delete(address, None, observed, &meta);
            }
            (Hold::Owned | Hold::Protected, Ownership::Additive) => {
                "`manage: additive` deletes nothing of its kind"
            }
            (Hold::Kept | Hold::Found | Hold::Retired, _) => {
                "its lifecycle said that it is not to be removed"
            }
        };
        self.stays(&address, format!("is no longer declared and stays: {why}"));
    }

    /// What is not ours stays.
    pub(super) fn leave(&mut self, observed: Observed<K>) {
        let is_administrator = is_administrator(&observed);
        let Observed { id, label, .. } = observed;
        self.compared.strangers.push(Stranger {
            kind: K::ID,
            label,
            id,
            is_administrator,
        });
    }

    fn stays(&mut self, address: &Address, message: String) {
        self.compared.tally.strangers += 1;
        self.note(address, None, message);
    }

    fn delete(
        &mut self,
        address: Address,
        place: Option<Place>,
        observed: Observed<K>,
        meta: &Meta,
    ) {
        let Observed {
            id,
            key,
            label,
            writable: _,
            content,
        } = observed;
        let (live, releases) = match &content {
            Content::Read(have) => (self.listed(have), self.addresses(have, |_| true)),
            Content::Pictured(known) => (
                known.listed_fields(K::Spec::FIELDS, self.links),
                self.pictured(known, |_| true),
            ),
            Content::NotRead | Content::Disabled => {
                let releases = self.keyed(&key);
                (parts(key), releases)
            }
        };
        let gone = |(name, value): &(&'static str, Value)| FieldView {
            name,
            before: Some(value.clone()),
            after: None,
            answer: Answer::Differs,
        };
        let fields = live.iter().map(gone).collect();
        let account = self.removed(&id, &content);
        let have = match &content {
            Content::Read(have) => Some(have),
            Content::NotRead | Content::Disabled | Content::Pictured(_) => None,
        };
        let access = self.taken(&address, &label, &content);
        let view = StepView {
            address,
            action: Action::Delete,
            place,
            id: Some(id.clone()),
            label,
            removal: K::REMOVAL,
            enable: false,
            hold: Hold::Owned,
            live,
            prevent_delete: meta.lifecycle.prevent_delete,
            terms: terms::<K>(K::VERBS.delete, &[], meta),
            price: None,
            account,
            fields,
            risks: K::Spec::risks(have, None),
            laxer: Vec::new(),
            remarks: K::Spec::remarks(have, None),
            access,
            obstacles: Vec::new(),
            needs: Vec::new(),
            releases,
            waits_for: Vec::new(),
        };
        self.step(view, Change::Delete { id });
    }

    /// The addresses of what the key of a listed object speaks of, such as what it lies in. References stand in it as
    /// remote ids.
    fn keyed(&self, key: &NaturalKey) -> Vec<Address> {
        let NaturalKey(parts) = key;
        let ids = parts.iter().map(|(_, id)| RemoteId(id.clone()));
        let links = ids.flat_map(|id| {
            K::KEYED_BY.iter().map(move |kind| Link {
                kind: *kind,
                target: Target::Id(id.clone()),
                place: None,
                by_id: true,
            })
        });
        let addresses = links.filter_map(|link| self.links.address(&link));
        addresses.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// What little is known of an object that was only listed.
fn parts(key: NaturalKey) -> Vec<(&'static str, Value)> {
    let NaturalKey(parts) = key;
    let parts = parts.into_iter();
    parts
        .map(|(name, text)| (name, Value::Text(text)))
        .collect()
}
