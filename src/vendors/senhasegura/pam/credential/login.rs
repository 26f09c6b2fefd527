//! As whom the vault connects to a device to do something with a credential: as the credential itself, or as another one.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Credential;
use crate::load::reader::{Decode, Reader};
use crate::model::field::{Field, Fields, Value};
use crate::model::reference::{Link, Name, Ref};
use crate::yaml::{Node, View};

/// As whom the vault connects.
#[derive(Clone, Debug)]
pub(super) enum Login {
    /// As the credential itself.
    Own,
    With(Ref<Credential>),
}

impl Login {
    /// Lists it. It stands as a reference, of which one means nobody else.
    pub(super) fn list(login: Option<&Self>, field: Field, fields: &mut Fields<'_>) {
        match login {
            None => {}
            Some(Self::Own) => {
                fields.some(field, Some(Value::Name(Name::Live("its own".to_owned()))));
            }
            Some(Self::With(other)) => fields.reference(field, Some(other)),
        }
    }

    /// The credential that it speaks of.
    pub(super) fn link(&self) -> Option<Link> {
        match self {
            Self::Own => None,
            Self::With(other) => Some(other.link().by_id()),
        }
    }
}

/// `own`, or a reference to another credential.
impl Decode for Login {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        match node.view() {
            View::Scalar(scalar) if &*scalar.text == "own" => Some(Self::Own),
            View::Null | View::Scalar(_) | View::List(_) | View::Map(_) => {
                Ref::decode(node, reader).map(Self::With)
            }
        }
    }
}

impl JsonSchema for Login {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Login".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let other = generator.subschema_for::<Ref<Credential>>();
        json_schema!({ "anyOf": [{ "const": "own" }, other] })
    }
}
