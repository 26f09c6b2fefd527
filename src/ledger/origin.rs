//! Who changed what: a difference explained by what was applied last.

use std::collections::HashMap;

use jiff::Timestamp;

use super::Ledger;
use crate::model::address::Address;
use crate::model::field::Value;
use crate::model::fingerprint::WorkspaceKey;
use crate::plan::{Action, FieldView, StepView};

/// Where a difference comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// The declaration says something else than what was applied; the vendor still has that.
    Edited,
    /// The vendor has something else than what was applied; the declaration still says that.
    Drifted,
    /// Both are something else.
    Both,
}

/// By address, where its differences come from, as far as anything is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origins(HashMap<Address, Explained>);

/// Where the differences of one resource come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Explained {
    /// When it was last as declared, as far as trueup saw.
    pub applied: Timestamp,
    pub fields: Vec<(&'static str, Origin)>,
}

impl Explained {
    /// Where the difference of a field comes from.
    pub(crate) fn origin(&self, field: &str) -> Option<Origin> {
        let found = self.fields.iter().find(|(name, _)| *name == field);
        found.map(|(_, origin)| *origin)
    }

    /// The names of the fields of one origin.
    pub(crate) fn of(&self, origin: Origin) -> impl Iterator<Item = &'static str> {
        let fields = self.fields.iter().filter(move |(_, it)| *it == origin);
        fields.map(|(name, _)| *name)
    }
}

impl Origins {
    pub(crate) fn get(&self, address: &Address) -> Option<&Explained> {
        self.0.get(address)
    }
}

impl Ledger {
    /// Explains what updates would change.
    pub(crate) fn explain<'v>(
        &self,
        steps: impl Iterator<Item = &'v StepView>,
        key: &WorkspaceKey,
    ) -> Origins {
        let updates = steps.filter(|step| step.action == Action::Update);
        let explained = updates.filter_map(|step| {
            let remembered = self.recall(&step.address, &[], step.id.as_ref())?;
            let fields = step.fields.iter().filter(|field| field.changed());
            let fields = fields.filter_map(|field| {
                let last = &remembered.fields.get(field.name)?.digest;
                Some((field.name, origin(field, last, key)?))
            });
            let explained = Explained {
                applied: remembered.at,
                fields: fields.collect(),
            };
            (!explained.fields.is_empty()).then(|| (step.address.clone(), explained))
        });
        Origins(explained.collect())
    }
}

/// Where one difference comes from, unless a value is not known or was fingerprinted under another key.
fn origin(field: &FieldView, last: &str, key: &WorkspaceKey) -> Option<Origin> {
    if !key.made(last) {
        return None;
    }
    let is_last = |value: &Option<Value>| {
        let fingerprint = key.of(value.as_ref()?)?;
        Some(fingerprint.as_str() == last)
    };
    match (is_last(&field.before)?, is_last(&field.after)?) {
        (true, _) => Some(Origin::Edited),
        (false, true) => Some(Origin::Drifted),
        (false, false) => Some(Origin::Both),
    }
}
