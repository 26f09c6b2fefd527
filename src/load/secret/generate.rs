//! `generate`: a secret that is made up when its object is created.

use std::collections::BTreeSet;
use std::num::NonZeroU16;

use schemars::{Schema, SchemaGenerator, json_schema};

use super::super::reader::{Decode, Reader};
use crate::model::delivery::SecretOutput;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::generate::{Class, Generated, Recipe};
use crate::yaml::Node;

const BAD_GENERATE: Code = Code("bad-generate");
const BAD_ROTATE: Code = Code("bad-rotate");

/// How long a secret is, where nothing else is said.
const LENGTH: u32 = 24;

/// Says that a field's value cannot be made up.
pub(in super::super) fn never_generated(node: crate::model::place::Place) -> Diagnostic {
    Diagnostic::error(BAD_GENERATE, node, "this cannot be generated")
        .help("refer to its value; passwords and texts that a vendor keeps can be generated")
}

/// Reads what `generate` says, with what stands beside it.
pub(super) fn decode(
    node: &Node,
    reference: &Node,
    output: Option<SecretOutput>,
    reader: &Reader<'_>,
) -> Option<Generated> {
    let mut map = reader.mapping(node, "generate")?;
    let length = map.node("length");
    let classes = map.node("classes");
    let exclude = map.node("exclude");
    map.finish();
    let length = match length {
        Some(node) => read_length(node, reader),
        None => Some(LENGTH),
    };
    let classes_read = match classes {
        Some(node) => read_classes(node, reader),
        None => Some(BTreeSet::from(Class::ALL)),
    };
    let excluded = match exclude {
        Some(node) => reader.text(node, "characters to leave out"),
        None => Some(String::new()),
    };
    let recipe = Recipe::new(length?, classes_read?, &excluded?);
    match recipe {
        Ok(recipe) => Some(Generated::new(recipe, output, reference.place())),
        Err(class) => {
            let place = exclude.map_or(node.place(), Node::place);
            let message = format!("this leaves none of the {}", class.as_str());
            reader.push(
                Diagnostic::error(BAD_GENERATE, place, message)
                    .help("take the class out of `classes`, or exclude less"),
            );
            None
        }
    }
}

fn read_length(node: &Node, reader: &Reader<'_>) -> Option<u32> {
    let length = u32::decode(node, reader)?;
    if !Recipe::LENGTHS.contains(&length) {
        let (least, most) = Recipe::LENGTHS.into_inner();
        let message = format!("{length} is no length from {least} to {most}");
        reader.push(Diagnostic::error(BAD_GENERATE, node.place(), message));
        return None;
    }
    Some(length)
}

fn read_classes(node: &Node, reader: &Reader<'_>) -> Option<BTreeSet<Class>> {
    let classes = BTreeSet::decode(node, reader)?;
    if classes.is_empty() {
        let message = "a secret of no characters is none";
        reader.push(
            Diagnostic::error(BAD_GENERATE, node.place(), message)
                .help("leave `classes` out to take characters of all of them"),
        );
        return None;
    }
    Some(classes)
}

impl Decode for Class {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        reader.word(
            node,
            "a class of characters",
            &Self::ALL.map(|class| (class.as_str(), class)),
        )
    }
}

/// Reads after how long another is made up, such as `90d`.
pub(super) fn read_days(node: &Node, reader: &Reader<'_>) -> Option<NonZeroU16> {
    let text = reader.text(node, "a number of days such as 90d")?;
    let days = text.strip_suffix('d').and_then(|it| it.parse().ok());
    if days.is_none() {
        let message = format!("`{text}` is no number of days like 90d");
        reader.push(
            Diagnostic::error(BAD_ROTATE, node.place(), message)
                .help("write how many days one may become old, from 1d to 65535d"),
        );
    }
    days
}

/// The schema of what stands under `rotate`.
pub(super) fn rotate_schema() -> Schema {
    json_schema!({
        "description": "After how many days another value is made up, by when trueup made the last one. Only beside \
                        `generate`.",
        "type": "string",
        "pattern": "^[0-9]+d$",
        "examples": ["90d"],
    })
}

/// The schema of what stands under `generate`.
pub(super) fn schema(generator: &mut SchemaGenerator) -> Schema {
    let (least, most) = Recipe::LENGTHS.into_inner();
    let exclude = crate::schema::described(
        generator.subschema_for::<String>(),
        "Characters that are not taken, such as those that look alike.",
    );
    json_schema!({
        "description": "The value is made up when the object is created, sent to the vendor and kept nowhere else. What \
                        exists is not compared, and changed only as `rotate` says.",
        "type": "object",
        "properties": {
            "length": {
                "description": "How many characters it has.",
                "type": "integer",
                "minimum": least,
                "maximum": most,
                "default": LENGTH,
            },
            "classes": {
                "description": "Of which characters it is made, at least one of each class. Without it: of all.",
                "type": "array",
                "items": { "type": "string", "enum": Class::ALL.map(Class::as_str) },
                "minItems": 1,
                "uniqueItems": true,
            },
            "exclude": exclude,
        },
        "additionalProperties": false,
        "examples": [{ "length": 24, "exclude": "O0l1" }],
    })
}
