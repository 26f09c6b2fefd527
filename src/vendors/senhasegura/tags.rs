//! Tags. The vendor keeps them as one text with commas.

use std::borrow::Cow;
use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::answer::Loose;
use crate::load::reader::{Decode, Reader};
use crate::model::diagnostic::{Code, Diagnostic};
use crate::yaml::Node;

const BAD_TAG: Code = Code("bad-tag");

/// All tags of something, in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(inline, transparent)]
pub(super) struct Tags(BTreeSet<Tag>);

/// A tag. The vendor keeps tags as one text with commas, so a tag cannot hold one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tag(String);

impl Tags {
    /// Those of a text of the vendor's.
    pub(super) fn of(text: &str) -> Self {
        let tags = text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        Self(tags.map(|tag| Tag(tag.to_owned())).collect())
    }

    /// As the text that the vendor wants.
    pub(super) fn joined(&self, by: &str) -> String {
        let tags = self.0.iter().map(|Tag(tag)| tag.as_str());
        tags.collect::<Vec<_>>().join(by)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|Tag(tag)| tag.clone())
    }
}

impl Decode for Tags {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        BTreeSet::decode(node, reader).map(Self)
    }
}

impl Decode for Tag {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let text = reader.text(node, "a tag")?;
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.contains(',') {
            reader.push(Diagnostic::error(
                BAD_TAG,
                node.place(),
                format!("`{text}` cannot be a tag: tags are not empty and hold no comma"),
            ));
            return None;
        }
        Some(Self(trimmed.to_owned()))
    }
}

impl JsonSchema for Tag {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Tag".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A tag: not empty, and without commas.",
            "type": ["string", "number", "boolean"],
            "pattern": "^[^,]*[^, ][^,]*$",
        })
    }
}

/// Tags of an answer: a text with commas, or a list of texts, by page and release.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Tagged {
    Many(Vec<Loose>),
    One(Loose),
}

impl Default for Tagged {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl From<Tagged> for Tags {
    fn from(tagged: Tagged) -> Self {
        match tagged {
            Tagged::One(Loose(text)) => Self::of(&text),
            Tagged::Many(list) => {
                let tags = list.into_iter().flat_map(|Loose(text)| Self::of(&text).0);
                Self(tags.collect())
            }
        }
    }
}
