//! The picture of a plan: all that a plan shows, as plain data that is its own owner. Texts, Markdown and HTML are drawn
//! from it, and a saved plan carries it, so that any of them can be drawn later and elsewhere.
//!
//! It comes out of files too, whoever wrote them: whoever draws it cleans every text in it and trusts no number.

#[cfg(test)]
pub(super) mod fixture;
mod group;
mod make;
#[cfg(test)]
mod tests;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::kind::Removal;
use crate::plan::Action;
use crate::report::access::AccessSection;

pub(super) use group::{MANY, groups};
#[cfg(test)]
pub(super) use value::Grant;
pub(super) use value::{Name, Output, Value};

/// A plan as it is shown. Keys that are missing stand for nothing, and keys that are not known are left out, so that it
/// can grow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Picture {
    pub workspace: String,
    /// In the order in which they would be done.
    pub steps: Vec<Step>,
    /// Who gains and who loses what.
    pub access: Vec<AccessSection>,
    /// By kind, such as `senhasegura.password`.
    pub kinds: BTreeMap<String, Counts>,
    pub unverified: Vec<Unverified>,
    pub incomplete: Vec<Incomplete>,
    pub notes: Vec<Note>,
    pub refusals: Vec<Refusal>,
    pub forecasts: Vec<Forecast>,
    /// What was told on the error stream while the plan was made.
    pub warnings: Vec<Warning>,
    /// What whoever draws it warns of, whatever it says of itself. It is in no file.
    #[serde(skip)]
    pub caution: Option<String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// Vendor, kind and name: `senhasegura.password.office-router`.
    pub address: String,
    pub vendor: String,
    /// Vendor and kind: `senhasegura.password`.
    pub kind: String,
    pub name: String,
    pub action: Action,
    /// The name that people know it by at the vendor.
    pub label: String,
    pub id: Option<String>,
    /// Missing for a live object that nothing declares.
    pub declared_at: Option<Position>,
    /// What removing means for its kind.
    pub removal: Removal,
    /// Whether it is disabled at the vendor and would be enabled.
    pub enable: bool,
    /// Whether its declaration forbids deleting it.
    pub prevent_delete: bool,
    /// Those that the step changes.
    pub fields: Vec<Field>,
    pub risks: Vec<Risk>,
    pub remarks: Vec<String>,
    pub obstacles: Vec<Obstacle>,
    /// The steps that come before it, as references within its vendor are written: `group.dba`.
    pub waits_for: Vec<String>,
    /// Whether somebody can do more than before by it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub raises: bool,
    /// Who changed what, as far as anything is remembered.
    pub origin: Option<Origin>,
    /// Whether no public page of the vendor states how it is done.
    pub assumed: bool,
    /// What of it costs money.
    pub spends: Option<String>,
    /// What the vendor says that it costs.
    pub price: Option<String>,
}

/// A place in a file, lines and columns from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    pub file: String,
    pub line: usize,
    pub column: usize,
}

/// A field that a step changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Field {
    pub name: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// A reason to look twice at a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Risk {
    /// A stable word, such as `policy-weakened`.
    pub code: String,
    /// The field whose change it is; missing for the step as a whole.
    pub field: Option<String>,
    pub why: String,
}

/// What stands in the way of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Obstacle {
    pub field: String,
    /// To be read after the name of the field.
    pub message: String,
}

/// The fields of an update, by who changed them since it was last as declared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Origin {
    pub applied: Timestamp,
    /// In the declaration.
    pub edited: BTreeSet<String>,
    /// At the vendor.
    pub drifted: BTreeSet<String>,
    pub both: BTreeSet<String>,
}

/// How many objects of a kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub live: usize,
    /// Declared and already as declared.
    pub unchanged: usize,
    /// Declared, with nothing to change that could be seen, and with fields that nobody can verify.
    pub unverified: usize,
    /// Live, not declared, and left alone.
    pub strangers: usize,
}

/// A field of which nobody can say whether it is in sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unverified {
    pub address: String,
    pub field: String,
    pub why: String,
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Incomplete {
    pub what: String,
    pub why: String,
    pub help: Option<String>,
}

/// A remark on a resource, to be read after its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub address: String,
    pub message: String,
    pub declared_at: Option<Position>,
}

/// What a guard objects to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refusal {
    pub code: String,
    pub message: String,
    pub help: String,
}

/// What applying the plan asks of one vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Forecast {
    pub vendor: String,
    pub reads: usize,
    pub writes: usize,
    /// How many writes must wait for one another.
    pub in_turn: usize,
    /// How many requests may leave in a span of time, such as `10/s`.
    pub rate: Option<String>,
    /// How many seconds the writes take for the rate alone.
    pub least_seconds: u64,
}

/// What was told on the error stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Warning {
    pub code: Option<String>,
    pub message: String,
    pub help: Option<String>,
    pub declared_at: Option<Position>,
}

impl Picture {
    pub(super) fn count(&self, action: Action) -> usize {
        self.steps.iter().filter(|it| it.action == action).count()
    }

    /// The counts of all kinds together.
    pub(super) fn total(&self) -> Counts {
        let add = |sum: Counts, it: &Counts| Counts {
            live: sum.live.saturating_add(it.live),
            unchanged: sum.unchanged.saturating_add(it.unchanged),
            unverified: sum.unverified.saturating_add(it.unverified),
            strangers: sum.strangers.saturating_add(it.strangers),
        };
        self.kinds.values().fold(Counts::default(), add)
    }
}

impl Warning {
    /// A warning in words alone.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            code: None,
            message: message.into(),
            help: None,
            declared_at: None,
        }
    }
}
