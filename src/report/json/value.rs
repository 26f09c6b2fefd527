//! The values of fields in the JSON of a plan.

use serde_json::{Value as Json, json};

use crate::model::delivery::{Destination, SecretOutput};
use crate::model::field::Value;

/// Whether a value is not shown.
pub(super) fn is_withheld(value: &Value) -> bool {
    matches!(
        value,
        Value::Secret(_) | Value::Generated(_) | Value::Sensitive(_)
    )
}

/// A value as the plan has it; null where it is withheld.
pub(super) fn json(value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::from(text.clone()),
        Value::Flag(flag) => Json::from(*flag),
        Value::Number { number, unit: _ } => Json::from(*number),
        Value::Word(word) => Json::from(word.as_ref()),
        Value::Set(set) => set.iter().cloned().collect(),
        Value::Name(name) => Json::from(name.to_string()),
        Value::Names(names) => names.iter().map(ToString::to_string).collect(),
        Value::Access(access) => {
            let entries = access
                .iter()
                .map(|(who, what)| (who.to_string(), Json::from(what.as_ref())));
            Json::Object(entries.collect())
        }
        Value::Output(SecretOutput { to, place: _ }) => match to {
            Destination::File(path) => json!({ "file": path }),
            Destination::Command { program, args } => {
                let words = std::iter::once(program).chain(args);
                json!({ "command": words.collect::<Vec<_>>() })
            }
        },
        Value::Sensitive(_) | Value::Secret(_) | Value::Generated(_) => Json::Null,
    }
}
