//! The ledger as the store keeps it: entries read from it, and the changes that steps and looks make to it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Ledger, Remembered};
use crate::model::address::{Address, KindId, RemoteId};
use crate::model::answer::{Answer, Marker};
use crate::model::canonical;
use crate::model::fingerprint::WorkspaceKey;
use crate::model::kind::Removal;
use crate::model::resource::Hold;
use crate::plan::{Action, Done, FieldView, Plan, Settled, StepView};
use crate::store::{Change, Entry, FieldRecord, RunId};

/// What writes the ledger: under which key, in which run, and when.
#[derive(Clone)]
pub(crate) struct Pen {
    pub key: WorkspaceKey,
    pub run: RunId,
    pub at: Timestamp,
}

impl Ledger {
    /// What a store keeps. Of kinds that this program does not know nothing is said, and nothing is forgotten.
    pub(crate) fn of(entries: Vec<Entry>, kinds: &[KindId], key: Option<WorkspaceKey>) -> Self {
        let mut ledger = Self {
            key,
            ..Self::default()
        };
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
            let remembered = Remembered {
                id: id.map(RemoteId),
                hold,
                at,
                fields,
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

    /// What a step that was done means for the ledger: what is gone may be disabled only.
    pub(crate) fn done(&self, step: &StepView, done: &Done, pen: &Pen) -> Change {
        let Done::Exists { id, markers } = done else {
            return match (step.removal, &step.id) {
                (Removal::Disable, Some(id)) if step.place.is_some() => {
                    let known = (Some(id), Hold::Retired);
                    Change::Put(self.entry(&step.address, known, (&[], &[]), pen))
                }
                (Removal::Disable | Removal::Delete, _) => Change::Remove(step.address.to_string()),
            };
        };
        let hold = match (step.action, self.hold(step)) {
            (Action::Create, _) => step.hold,
            (_, Some(Hold::Found) | None) => Hold::Found,
            (_, Some(_)) => step.hold,
        };
        let fields = (&*step.fields, &**markers);
        Change::Put(self.entry(&step.address, (Some(id), hold), fields, pen))
    }

    /// What a create that may or may not have been done means: if it is there, it is ours.
    pub(crate) fn in_doubt(&self, step: &StepView, pen: &Pen) -> Option<Change> {
        let is_new = step.action == Action::Create && self.get(&step.address).is_none();
        let known = (None, step.hold);
        is_new.then(|| Change::Put(self.entry(&step.address, known, (&[], &[]), pen)))
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
            markers,
        } = settled;
        let entry = self.entry(address, (Some(id), hold), (fields, markers), pen);
        let is_known = self.get(address).is_some_and(|it| {
            let known = it.fields.iter();
            let known = known.map(|(name, field)| (name, &field.digest, &field.marker));
            let fresh = entry.fields.iter();
            let fresh = fresh.map(|(name, field)| (name, &field.digest, &field.marker));
            it.id.as_ref() == Some(id) && it.hold == hold && known.eq(fresh)
        });
        (!is_known).then_some(Change::Put(entry))
    }

    fn hold(&self, step: &StepView) -> Option<Hold> {
        let known = self.recall(&step.address, &[], step.id.as_ref());
        known.map(|it| it.hold)
    }

    /// What is to be remembered of a resource: who it is and whose, and its fields as they are now, each with what its
    /// vendor says of when it was changed. Of a field that nobody could verify it stays what was remembered.
    fn entry(
        &self,
        address: &Address,
        (id, hold): (Option<&RemoteId>, Hold),
        (fields, markers): (&[FieldView], &[Marker]),
        pen: &Pen,
    ) -> Entry {
        let known = self.recall(address, &[], id);
        let known = known.filter(|it| it.id.as_ref() == id);
        let mut records = known.map_or_else(BTreeMap::new, |it| it.fields.clone());
        for field in fields {
            let marker = markers.iter().find(|it| it.field == field.name);
            let digest = match (field.answer, &field.after) {
                (Answer::CannotVerify, _) | (_, None) => None,
                (_, Some(value)) => pen.key.of(value),
            };
            let Some(digest) = digest else {
                continue;
            };
            let digest = digest.to_string();
            let before = records.get(field.name).filter(|it| it.digest == digest);
            let remembered = FieldRecord {
                marker: marker.map(|it| it.text.clone()),
                since: before.map_or(pen.at, |it| it.since),
                digest,
            };
            records.insert(field.name.to_owned(), remembered);
        }
        let digest = pen.key.fingerprint_of(|sink| {
            let values = fields.iter();
            let values = values.filter_map(|field| Some((field.name, field.after.as_ref()?)));
            canonical::fields(values.map(|(name, value)| (name, Some(value))), sink);
        });
        Entry {
            address: address.to_string(),
            id: id.map(|id| id.0.clone()),
            hold,
            digest: digest.to_string(),
            fields: records,
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
