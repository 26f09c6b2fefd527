//! References in the YAML: `user.maria` for what the workspace declares, `{ live: maria.s }` for what exists only at the
//! vendor.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::reader::{Decode, Reader};
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::kind::Kind;
use crate::model::one_of::OneOf;
use crate::model::reference::{Ref, Target};
use crate::schema::VARIABLE;
use crate::yaml::{Node, View};

const BAD_REFERENCE: Code = Code("bad-reference");

/// `user.maria` for what the workspace declares, `{ live: maria.s }` for what exists only at the vendor.
impl<K: Kind> Decode for Ref<K> {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        if let View::Map(_) = node.view() {
            let mut map = reader.mapping(node, "a reference")?;
            let label = map.required::<String>("live");
            map.finish();
            return Some(Self::new(Target::Live(label?), node.place()));
        }
        let text = reader.text(node, &format!("a reference such as `{}.NAME`", K::ID.name))?;
        match declared_name::<K>(&text) {
            Some(name) => {
                let reference = Self::new(Target::Declared(name.to_owned()), node.place());
                reader.refer(reference.link());
                Some(reference)
            }
            None => {
                reader.push(
                    Diagnostic::error(
                        BAD_REFERENCE,
                        node.place(),
                        format!("`{text}` does not refer to a {}", K::ID.name),
                    )
                    .help(format!(
                        "write `{0}.NAME` for a {0} that is declared, `{{ live: \"{text}\" }}` for one \
                         that exists only at the vendor",
                        K::ID.name
                    )),
                );
                None
            }
        }
    }
}

impl<K: Kind> JsonSchema for Ref<K> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Reference to {}", K::ID).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (vendor, kind) = (K::ID.vendor, K::ID.name);
        let mut live = generator.subschema_for::<String>();
        live.insert(
            "description".to_owned(),
            format!("The name of a {kind} as the vendor shows it.").into(),
        );
        json_schema!({
            "description": format!(
                "`{kind}.NAME` for a {kind} that the workspace declares, `{{ live: NAME }}` for one that exists only at \
                 the vendor."
            ),
            "type": ["string", "object"],
            "pattern": format!(r"^({vendor}\.)?{kind}\..|{VARIABLE}"),
            "properties": { "live": live },
            "required": ["live"],
            "additionalProperties": false,
        })
    }
}

/// `user.maria` or `group.dba` for what the workspace declares, `{ live: DBA, kind: group }` for what exists only at the
/// vendor, which must say of which kind it is: a user and a group may have one name.
impl<A: Kind, B: Kind> Decode for OneOf<A, B> {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let (a, b) = (A::ID.name, B::ID.name);
        if let View::Map(_) = node.view() {
            let mut map = reader.mapping(node, "a reference")?;
            let label = map.required::<String>("live");
            let kind = map.required_node("kind");
            map.finish();
            let is_first = reader.word(kind?, "a kind", &[(a, true), (b, false)])?;
            let (target, place) = (Target::Live(label?), node.place());
            return Some(if is_first {
                Self::First(Ref::new(target, place))
            } else {
                Self::Second(Ref::new(target, place))
            });
        }
        let text = reader.text(
            node,
            &format!("a reference such as `{a}.NAME` or `{b}.NAME`"),
        )?;
        let declared = |name: &str| (Target::Declared(name.to_owned()), node.place());
        if let Some((target, place)) = declared_name::<A>(&text).map(declared) {
            let reference = Ref::new(target, place);
            reader.refer(reference.link());
            return Some(Self::First(reference));
        }
        if let Some((target, place)) = declared_name::<B>(&text).map(declared) {
            let reference = Ref::new(target, place);
            reader.refer(reference.link());
            return Some(Self::Second(reference));
        }
        reader.push(
            Diagnostic::error(
                BAD_REFERENCE,
                node.place(),
                format!("`{text}` refers neither to a {a} nor to a {b}"),
            )
            .help(format!(
                "write `{a}.NAME` or `{b}.NAME` for one that is declared, `{{ live: \"{text}\", kind: {b} }}` for one \
                 that exists only at the vendor"
            )),
        );
        None
    }
}

impl<A: Kind, B: Kind> JsonSchema for OneOf<A, B> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Reference to {} or {}", A::ID, B::ID).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (vendor, a, b) = (A::ID.vendor, A::ID.name, B::ID.name);
        let mut live = generator.subschema_for::<String>();
        live.insert(
            "description".to_owned(),
            format!("The name of a {a} or {b} as the vendor shows it.").into(),
        );
        json_schema!({
            "description": format!(
                "`{a}.NAME` or `{b}.NAME` for one that the workspace declares, `{{ live: NAME, kind: {b} }}` for one \
                 that exists only at the vendor."
            ),
            "type": ["string", "object"],
            "pattern": format!(r"^({vendor}\.)?({a}|{b})\..|{VARIABLE}"),
            "properties": {
                "live": live,
                "kind": { "description": "Of which kind it is.", "type": "string", "enum": [a, b] },
            },
            "required": ["live", "kind"],
            "additionalProperties": false,
        })
    }
}

/// The name in `kind.name` or `vendor.kind.name`, if the kind is `K`.
pub(crate) fn declared_name<K: Kind>(text: &str) -> Option<&str> {
    let text = text
        .strip_prefix(K::ID.vendor)
        .and_then(|it| it.strip_prefix('.'))
        .unwrap_or(text);
    text.strip_prefix(K::ID.name)?
        .strip_prefix('.')
        .filter(|name| !name.is_empty())
}
