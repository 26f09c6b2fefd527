//! The ledger as the store keeps it: entries read from it, and the changes that steps and looks make to it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Ledger, Remembered, RememberedField};
use crate::model::address::{Address, KindId, RemoteId};
use crate::model::canonical;
use crate::model::field::Value;
use crate::model::fingerprint::Key;
use crate::model::kind::Removal;
use crate::model::resource::Hold;
use crate::plan::{Action, FieldView, Plan, Settled, StepView};
use crate::store::{Change, Entry, FieldRecord, RunId};

/// What writes the ledger: under which key, in which run, and when.
#[derive(Clone)]
pub(crate) struct Pen {
    pub key: Key,
    pub run: RunId,
    pub at: Timestamp,
}

impl Ledger {
    /// What a store keeps. Of kinds that this program does not know nothing is said, and nothing is forgotten.
    pub(crate) fn of(entries: Vec<Entry>, kinds: &[KindId]) -> Self {
        let mut ledger = Self::default();
        for entry in entries {
            let Some(address) = address(&entry.address, kinds) else {
                continue;
            };
            let Entry {
                address: _,
                id,
                hold,
                digest: _,
                fields,
                run: _,
                at,
            } = entry;
            let fields = fields.into_iter().map(|(name, record)| {
                let FieldRecord {
                    digest,
                    marker,
                    since,
                } = record;
                let field = RememberedField {
                    digest,
                    marker,
                    since,
                };
                (name, field)
            });
            let remembered = Remembered {
                id: id.map(RemoteId),
                hold,
                at,
                fields: fields.collect(),
            };
            ledger.add(address, remembered);
        }
        ledger
    }

    /// Claims what a run that was killed may have created: if it is there, it is ours.
    pub(crate) fn expect(&mut self, address: &str, at: Timestamp, kinds: &[KindId]) {
        let Some(address) = self::address(address, kinds) else {
            return;
        };
        if self.get(&address).is_none() {
            let remembered = Remembered {
                id: None,
                hold: Hold::Owned,
                at,
                fields: BTreeMap::new(),
            };
            self.add(address, remembered);
        }
    }

    /// What a step that was done means for the ledger. Without an id the object is gone, or disabled.
    pub(crate) fn done(&self, step: &StepView, id: Option<&RemoteId>, pen: &Pen) -> Change {
        let Some(id) = id else {
            return match (step.removal, &step.id) {
                (Removal::Disable, Some(id)) if step.place.is_some() => {
                    Change::Put(self.entry(&step.address, Some(id), Hold::Retired, &[], pen))
                }
                (Removal::Disable | Removal::Delete, _) => Change::Remove(step.address.to_string()),
            };
        };
        let hold = match (step.action, self.hold(step)) {
            (Action::Create, _) => step.hold,
            (_, Some(Hold::Found) | None) => Hold::Found,
            (_, Some(_)) => step.hold,
        };
        Change::Put(self.entry(&step.address, Some(id), hold, &step.fields, pen))
    }

    /// What a create that may or may not have been done means: if it is there, it is ours.
    pub(crate) fn in_doubt(&self, step: &StepView, pen: &Pen) -> Option<Change> {
        let is_new = step.action == Action::Create && self.get(&step.address).is_none();
        is_new.then(|| Change::Put(self.entry(&step.address, None, step.hold, &[], pen)))
    }

    /// What a look at everything means: what is as declared is remembered as it is, and what is gone is forgotten.
    pub(crate) fn looked(&self, plan: &Plan, pen: &Pen) -> Vec<Change> {
        let settled = plan.settled.iter();
        let changes = settled.filter_map(|settled| {
            let remembered = self.get(&settled.address);
            let hold = remembered.map_or(Hold::Found, |it| it.hold);
            let hold = match hold {
                Hold::Found => Hold::Found,
                Hold::Owned | Hold::Protected | Hold::Kept | Hold::Retired => settled.hold,
            };
            self.remember(settled, hold, pen)
        });
        let mut changes = changes.collect::<Vec<_>>();
        let there = plan.settled.iter().map(|it| &it.address);
        let there = there.chain(plan.views().map(|view| &view.address));
        let there = there.collect::<std::collections::HashSet<_>>();
        let gone = self.iter().map(|(address, _)| address);
        let gone = gone.filter(|it| plan.listed.contains(&it.kind) && !there.contains(it));
        changes.extend(gone.map(|it| Change::Remove(it.to_string())));
        changes
    }

    /// Takes what is as declared as ours. None if it is already.
    pub(crate) fn adopt(&self, settled: &Settled, pen: &Pen) -> Option<Change> {
        self.remember(settled, settled.hold, pen)
    }

    /// Remembers what is as declared, unless it is remembered just so.
    fn remember(&self, settled: &Settled, hold: Hold, pen: &Pen) -> Option<Change> {
        let Settled {
            address,
            id,
            hold: _,
            fields,
        } = settled;
        let entry = self.entry(address, Some(id), hold, fields, pen);
        let is_known = self.get(address).is_some_and(|it| {
            let known = it.fields.iter().map(|(name, field)| (name, &field.digest));
            let fresh = entry.fields.iter();
            let fresh = fresh.map(|(name, field)| (name, &field.digest));
            it.id.as_ref() == Some(id) && it.hold == hold && known.eq(fresh)
        });
        (!is_known).then_some(Change::Put(entry))
    }

    fn hold(&self, step: &StepView) -> Option<Hold> {
        let by_id = || self.owner(step.address.kind, step.id.as_ref()?);
        let known = self.get(&step.address);
        known
            .or_else(|| by_id().map(|(_, it)| it))
            .map(|it| it.hold)
    }

    fn entry(
        &self,
        address: &Address,
        id: Option<&RemoteId>,
        hold: Hold,
        fields: &[FieldView],
        pen: &Pen,
    ) -> Entry {
        let known = self.get(address);
        let values = fields.iter();
        let values = values.filter_map(|field| Some((field.name, field.after.as_ref()?)));
        let values = values.collect::<Vec<(&str, &Value)>>();
        let records = values.iter().filter_map(|(name, value)| {
            let digest = pen.key.of(value)?.to_string();
            let before = known.and_then(|it| it.fields.get(*name));
            let since = before.filter(|it| it.digest == digest);
            let record = FieldRecord {
                digest,
                marker: None,
                since: since.map_or(pen.at, |it| it.since),
            };
            Some(((*name).to_owned(), record))
        });
        let digest = pen.key.fingerprint(|sink| {
            let values = values.iter().map(|(name, value)| (*name, Some(*value)));
            canonical::fields(values, sink);
        });
        Entry {
            address: address.to_string(),
            id: id.map(|id| id.0.clone()),
            hold,
            digest: digest.to_string(),
            fields: records.collect(),
            run: pen.run,
            at: pen.at,
        }
    }
}

/// The address that a text names, of a kind that this program knows.
fn address(text: &str, kinds: &[KindId]) -> Option<Address> {
    let (vendor, rest) = text.split_once('.')?;
    let (kind, name) = rest.split_once('.')?;
    let mut kinds = kinds.iter();
    let kind = kinds.find(|it| it.vendor == vendor && it.name == kind)?;
    Some(kind.address(name))
}
