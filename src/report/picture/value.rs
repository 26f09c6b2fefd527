//! The value of a field as it may be shown: a secret is no more than its state and its fingerprint.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::delivery::{Destination, SecretOutput};
use crate::model::field::{self, SecretField};
use crate::model::fingerprint::WorkspaceKey;
use crate::model::generate::Generated;
use crate::model::reference;

/// The value of one field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Value {
    Text(String),
    Flag(bool),
    Number {
        number: u32,
        unit: String,
    },
    Word(String),
    /// Text that is compared and never shown.
    Sensitive,
    Set(BTreeSet<String>),
    Name(Name),
    Names(BTreeSet<Name>),
    /// Who may do what, each of them once.
    Access(Vec<Grant>),
    Secret {
        is_at_hand: bool,
        /// There if it is at hand and the workspace has a key.
        fingerprint: Option<String>,
    },
    /// A secret that is made up when its object is created, and where it goes beside the vendor.
    Generated(Option<Output>),
    Output(Output),
}

/// Whom a reference means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Name {
    /// A declared resource, as references within its vendor are written: `group.dba`.
    Declared(String),
    /// What exists only at the vendor, by its label.
    Live(String),
}

/// What one of them may do.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub who: Name,
    pub what: String,
}

/// Where a secret goes that the vendor shows once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Output {
    File(String),
    /// The program and its arguments.
    Command(Vec<String>),
}

impl Name {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Declared(name) | Self::Live(name) => name,
        }
    }
}

impl Value {
    /// What may be shown of a value.
    pub(in crate::report) fn of(value: &field::Value, key: Option<&WorkspaceKey>) -> Self {
        match value {
            field::Value::Text(text) => Self::Text(text.clone()),
            field::Value::Flag(flag) => Self::Flag(*flag),
            field::Value::Number { number, unit } => Self::Number {
                number: *number,
                unit: (*unit).to_owned(),
            },
            field::Value::Word(word) => Self::Word(word.clone().into_owned()),
            field::Value::Sensitive(_) => Self::Sensitive,
            field::Value::Set(set) => Self::Set(set.clone()),
            field::Value::Name(name) => Self::Name(Name::of(name)),
            field::Value::Names(names) => Self::Names(names.iter().map(Name::of).collect()),
            field::Value::Access(access) => {
                let grants = access.iter().map(|(who, what)| Grant {
                    who: Name::of(who),
                    what: what.clone().into_owned(),
                });
                Self::Access(grants.collect())
            }
            field::Value::Secret(secret) => Self::secret(secret, key),
            field::Value::Generated(generated) => {
                let Generated { output, .. } = generated;
                Self::Generated(output.as_ref().map(Output::of))
            }
            field::Value::Output(output) => Self::Output(Output::of(output)),
        }
    }

    fn secret(
        secret: &SecretField<crate::model::secret::SecretBytes>,
        key: Option<&WorkspaceKey>,
    ) -> Self {
        match secret {
            SecretField::Known(value) => Self::Secret {
                is_at_hand: true,
                fingerprint: key.map(|key| key.fingerprint(value).to_string()),
            },
            SecretField::Unknown { .. } | SecretField::Generated(_) => Self::Secret {
                is_at_hand: false,
                fingerprint: None,
            },
        }
    }

    /// Whether it says nothing, as most fields of most objects do.
    pub(super) fn is_empty(value: &field::Value) -> bool {
        match value {
            field::Value::Text(text) | field::Value::Sensitive(text) => text.is_empty(),
            field::Value::Set(set) => set.is_empty(),
            field::Value::Names(names) => names.is_empty(),
            field::Value::Access(access) => access.is_empty(),
            field::Value::Flag(_)
            | field::Value::Number { .. }
            | field::Value::Word(_)
            | field::Value::Name(_)
            | field::Value::Secret(_)
            | field::Value::Generated(_)
            | field::Value::Output(_) => false,
        }
    }
}

impl Name {
    fn of(name: &reference::Name) -> Self {
        match name {
            reference::Name::Declared(address) => Self::Declared(address.short()),
            reference::Name::Live(label) => Self::Live(label.clone()),
        }
    }
}

impl Output {
    fn of(SecretOutput { to, place: _ }: &SecretOutput) -> Self {
        match to {
            Destination::File(path) => Self::File(path.clone()),
            Destination::Command { program, args } => {
                let words = std::iter::once(program).chain(args);
                Self::Command(words.cloned().collect())
            }
        }
    }
}
