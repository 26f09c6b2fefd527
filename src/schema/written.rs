//! From what Rust holds to what the YAML may say: nothing is null, text needs no quotes, and a variable may stand
//! for any scalar.

use schemars::Schema;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value as Json, json};

use super::{MERGE_KEY, VARIABLE};

/// Rewrites a derived schema, from the inside out.
#[derive(Clone)]
pub(super) struct Written;

impl Transform for Written {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        plain(schema);
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        remove_null(object);
        widen(object);
        if is_mapping(object) {
            let patterns = object
                .entry("patternProperties")
                .or_insert_with(|| json!({}));
            if let Some(patterns) = patterns.as_object_mut() {
                patterns.insert(MERGE_KEY.to_owned(), json!({}));
            }
        }
    }
}

fn is_mapping(object: &Map<String, Json>) -> bool {
    match object.get("type") {
        Some(Json::Array(types)) => types.iter().any(|it| it == "object"),
        Some(only) => only == "object",
        None => false,
    }
}

/// Takes out what only Rust knows of: the widths of its numbers, the line ends of its comments.
pub(super) fn plain(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let format = object.get("format").and_then(Json::as_str);
    if format.is_some_and(|format| format.starts_with("uint")) {
        object.remove("format");
    }
    if let Some(Json::String(description)) = object.get_mut("description") {
        let paragraphs = description.split("\n\n").map(|it| it.replace('\n', " "));
        *description = paragraphs.collect::<Vec<_>>().join("\n\n");
    }
}

/// A key that is left out is not ours; one with nothing behind it is a mistake.
fn remove_null(object: &mut Map<String, Json>) {
    if let Some(Json::Array(types)) = object.get_mut("type") {
        types.retain(|it| it != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Json::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|it| *it != json!({ "type": "null" }));
        if let [only] = choices.as_mut_slice() {
            let only = only.take();
            object.remove("anyOf");
            for (key, value) in only.as_object().cloned().unwrap_or_default() {
                object.entry(key).or_insert(value);
            }
        }
    }
}

/// Lets scalars be what the reader takes.
fn widen(object: &mut Map<String, Json>) {
    let variable = json!({ "type": "string", "pattern": VARIABLE });
    if let Some(Json::Array(words)) = object.get_mut("oneOf") {
        if words.iter().all(|word| word.get("const").is_some()) {
            words.push(variable);
        }
        return;
    }
    if object.contains_key("const") {
        return;
    }
    if object.contains_key("enum") {
        let words = Map::from_iter(["type", "enum"].iter().filter_map(|key| {
            let value = object.remove(*key)?;
            Some(((*key).to_owned(), value))
        }));
        object.insert("anyOf".to_owned(), json!([words, variable]));
        return;
    }
    let typed = object.get("type").and_then(Json::as_str);
    match typed {
        Some("string") => match object.get("pattern").and_then(Json::as_str) {
            Some(pattern) if !pattern.contains(VARIABLE) => {
                let pattern = format!("{pattern}|{VARIABLE}");
                object.insert("pattern".to_owned(), Json::from(pattern));
            }
            Some(_) => {}
            None => {
                object.insert("type".to_owned(), json!(["string", "number", "boolean"]));
            }
        },
        Some(typed @ ("boolean" | "integer")) => {
            let typed = json!([typed, "string"]);
            object.insert("type".to_owned(), typed);
            object.insert("pattern".to_owned(), Json::from(VARIABLE));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use schemars::Schema;
    use schemars::transform::Transform;
    use serde_json::{Value as Json, json};

    use super::Written;

    fn check(derived: Json) -> Json {
        let mut schema = Schema::try_from(derived).unwrap();
        Written.transform(&mut schema);
        schema.to_value()
    }

    #[test]
    fn text_needs_no_quotes_and_is_never_null() {
        assert_eq!(
            check(json!({ "type": ["string", "null"] })),
            json!({ "type": ["string", "number", "boolean"] })
        );
    }

    #[test]
    fn a_variable_may_stand_for_what_is_no_text() {
        assert_eq!(
            check(json!({ "type": "integer", "format": "uint32", "minimum": 0 })),
            json!({ "type": ["integer", "string"], "minimum": 0, "pattern": r"\$\{var\." })
        );
        assert_eq!(
            check(json!({ "type": "string", "enum": ["api"] })),
            json!({ "anyOf": [
                { "type": "string", "enum": ["api"] },
                { "type": "string", "pattern": r"\$\{var\." },
            ] })
        );
    }

    #[test]
    fn a_choice_of_one_is_no_choice() {
        assert_eq!(
            check(json!({ "description": "x", "anyOf": [{ "$ref": "#/y" }, { "type": "null" }] })),
            json!({ "description": "x", "$ref": "#/y" })
        );
    }
}
