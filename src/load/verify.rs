//! `verify: read`: whether secrets are read from a vendor to compare them, of which each reading leaves a trail there. It
//! can be said of a system, of a kind of it and of one field, and what is said nearest counts.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::reader::{Decode, Mapping, Reader};
use super::system::unknown_kind;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::field::{Field, Form};
use crate::model::kind::Capabilities;
use crate::schema::closed;
use crate::yaml::{Node, View};

const NOTHING_TO_READ: Code = Code("nothing-to-read");

/// The key under which it is said.
pub(crate) const KEY: &str = "verify";

/// How a secret is compared whose reading leaves a trail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Verify {
    /// By what was applied last and what the vendor says of changes.
    #[default]
    Ledger,
    /// By its value.
    Read,
}

/// What a system says of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verifying {
    all: Verify,
    kinds: BTreeMap<String, Verify>,
}

const WORDS: [(&str, Verify); 2] = [("ledger", Verify::Ledger), ("read", Verify::Read)];

impl Verifying {
    /// Reads what a system says.
    pub(super) fn decode(node: &Node, kinds: &[Capabilities], reader: &Reader<'_>) -> Option<Self> {
        let View::Map(_) = node.view() else {
            let all = Verify::decode(node, reader)?;
            return Some(Self {
                all,
                kinds: BTreeMap::new(),
            });
        };
        let mut said = BTreeMap::new();
        for entry in reader.entries(node, "kinds with how their secrets are compared")? {
            let name = &*entry.key.text;
            match kinds.iter().find(|it| it.id.name == name) {
                None => reader.push(unknown_kind(entry, kinds)),
                Some(kind) => check(name, kind.fields, &entry.value, reader),
            }
            if let Some(verify) = Verify::decode(&entry.value, reader) {
                said.insert(name.to_owned(), verify);
            }
        }
        Some(Self {
            all: Verify::default(),
            kinds: said,
        })
    }

    /// What holds for a kind.
    pub(crate) fn of(&self, kind: &str) -> Verify {
        self.kinds.get(kind).copied().unwrap_or(self.all)
    }
}

/// Whether secrets of a resource are to be read, by what its fields say and else by what holds for its kind.
pub(super) fn reads_values(
    map: &Mapping<'_, '_>,
    fields: &'static [Field],
    of_kind: Verify,
) -> bool {
    let reader = map.reader();
    let secrets = fields.iter().filter(|field| field.form == Form::Secret);
    let mut reads = false;
    for field in secrets {
        let Some(node) = map.peek(field.name) else {
            continue;
        };
        let said = match node.view() {
            View::Map(entries) => entries.iter().find(|it| &*it.key.text == KEY),
            View::Scalar(_) | View::Null | View::List(_) => None,
        };
        let verify = match said {
            Some(entry) => {
                check(
                    field.name,
                    std::slice::from_ref(field),
                    &entry.value,
                    reader,
                );
                Verify::decode(&entry.value, reader)
            }
            None => Some(of_kind),
        };
        reads |= field.traced && verify == Some(Verify::Read);
    }
    reads
}

/// Refuses to read what no reading shows.
fn check(what: &str, fields: &[Field], node: &Node, reader: &Reader<'_>) {
    if !may_be_read(fields) {
        let message = format!("the vendor shows no secret of `{what}`, so that none can be read");
        reader.push(
            Diagnostic::error(NOTHING_TO_READ, node.place(), message)
                .help("take `verify` out: it is compared by what was applied last"),
        );
    }
}

/// Whether the vendor shows any secret of these.
fn may_be_read(fields: &[Field]) -> bool {
    let mut secrets = fields.iter().filter(|field| field.form == Form::Secret);
    secrets.any(|field| field.readable || field.traced)
}

impl Decode for Verify {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        reader.word(node, "how a secret is compared", &WORDS)
    }
}

impl JsonSchema for Verify {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Verify".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How a secret is compared whose reading leaves a trail at the vendor: `ledger`, by what was \
                            applied last and what the vendor says of changes (so it is if nothing is said), or `read`, \
                            by its value.",
            "type": "string",
            "enum": WORDS.map(|(word, _)| word),
        })
    }
}

/// The schema of what a system says: of all its kinds, or of some by name.
pub(crate) fn system_schema(
    kinds: impl Iterator<Item = Capabilities>,
    generator: &mut SchemaGenerator,
) -> Schema {
    let verify = Verify::json_schema(generator);
    let kinds = kinds.filter(|kind| may_be_read(kind.fields));
    let kinds = kinds.map(|kind| (kind.id.name.to_owned(), verify.clone().to_value()));
    json_schema!({
        "description": "How secrets are compared whose reading leaves a trail at the vendor, of all kinds or by kind.",
        "anyOf": [verify, closed(kinds.collect())],
    })
}
