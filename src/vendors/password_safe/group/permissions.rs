//! The features of the product that a group may use.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::load::reader::{Decode, Reader};
use crate::model::place::Place;
use crate::yaml::Node;

/// What of the product a group may use, and whether it may change it.
#[derive(Clone, Debug)]
pub(super) struct Permissions(pub BTreeMap<String, Granted>);

/// The levels, of which each allows what those before it do.
pub(super) const LADDER: [&str; 2] = ["read", "full"];

impl Permissions {
    /// What may be used, and how far.
    pub(super) fn entries(&self) -> impl Iterator<Item = (String, &'static str)> {
        let entries = self.0.iter();
        entries.map(|(name, granted)| (name.clone(), granted.level.as_str()))
    }
}

/// How far a permission goes, and where the YAML says so; nowhere for what the vendor reports.
#[derive(Clone, Copy, Debug)]
pub(super) struct Granted {
    pub level: Level,
    pub place: Option<Place>,
}

/// How far a permission goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
pub(super) enum Level {
    /// May look at it.
    Read,
    /// May change it; the vendor says "Read/Write" or "Full control".
    Full,
}

impl Level {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Full => "full",
        }
    }
}

impl Decode for Permissions {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let words = [("read", Level::Read), ("full", Level::Full)];
        let entries = reader.entries(node, "features, such as `{ Secrets Safe: full }`")?;
        let read = entries.iter().map(|entry| {
            let granted = Granted {
                level: reader.word(&entry.value, "a level of access", &words)?,
                place: Some(entry.key.place),
            };
            Some((entry.key.text.to_string(), granted))
        });
        // All of them are read before the first mistake counts.
        let read = read.collect::<Vec<_>>().into_iter();
        read.collect::<Option<_>>().map(Self)
    }
}

impl JsonSchema for Permissions {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Permissions of a group".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<BTreeMap<String, Level>>()
    }
}
