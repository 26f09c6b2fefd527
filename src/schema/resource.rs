//! What can be said of any resource, whatever its kind.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json, json};

use super::{closed, described, properties};
use crate::model::kind::{Kind, Spec};
use crate::model::resource::Manage;
use crate::model::verb::Verbs;

/// What names of resources look like.
const NAME: &str = "^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$";

/// A resource of a kind: its own fields, and what any resource can say.
pub(crate) fn resource<K: Kind>(generator: &mut SchemaGenerator) -> Schema
where
    K::Spec: JsonSchema,
{
    // Not referred to by the type's name, since two vendors may have types of one name.
    let mut schema = K::Spec::json_schema(generator);
    let fields = K::Spec::FIELDS.iter().map(|field| field.name);
    properties(&mut schema).extend(common(generator, fields.collect(), K::VERBS));
    schema
        .ensure_object()
        .insert("additionalProperties".to_owned(), Json::from(false));
    schema
}

/// A table of resources, in which names are keys.
pub(crate) fn table(kind: &str, resource: Schema) -> Schema {
    let description = format!(
        "By name. The name is a handle of your own, under which other resources refer to it (`{kind}.NAME`); what the \
         vendor shows goes into the fields."
    );
    json_schema!({
        "description": description,
        "type": "object",
        "patternProperties": { NAME: resource },
        "additionalProperties": false,
    })
}

fn common(
    generator: &mut SchemaGenerator,
    fields: Vec<&'static str>,
    verbs: Verbs,
) -> Map<String, Json> {
    let mut keys = json!({
        "was": {
            "description": "The name that it had here before, or a list of them. A rename is then no removal.",
            "anyOf": [
                { "type": "string" },
                { "type": "array", "items": { "type": "string" } },
            ],
            "examples": ["old-name"],
        },
        "id": {
            "description": "The vendor's id of the live object that this is, where the vendor has several of the same \
                            name, or where it shows the object in no list, as with what is disabled.",
            "type": "string",
            "examples": ["41"],
        },
        "state": {
            "description": "Whether it should be there.",
            "oneOf": [
                { "description": "It should be there. What is declared is, unless it says otherwise.", "const": "present" },
                {
                    "description": "It should not be there: it is removed in the way of its vendor, whoever made it.",
                    "const": "absent",
                },
            ],
        },
        "expires": {
            "description": "The last day on which it should be there; from the next day on (UTC) it counts as absent.",
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "examples": ["2026-12-31"],
        },
        "lifecycle": lifecycle(generator, fields),
    });
    if verbs.delete.never().is_some() {
        keys["state"] = json!({
            "description": "It should be there. Nobody can remove one.",
            "const": "present",
        });
        keys.as_object_mut().map(|keys| keys.remove("expires"));
    }
    if verbs.may_spend() {
        keys["allow_spend"] = json!({
            "description": "Lets be done with it what costs money, if the command line allows it, too: `--allow-spend`.",
            "type": "boolean",
            "default": false,
        });
    }
    keys.as_object().cloned().unwrap_or_default()
}

fn lifecycle(generator: &mut SchemaGenerator, fields: Vec<&'static str>) -> Schema {
    let manage = described(
        generator.subschema_for::<Manage>(),
        "What trueup may do to it.",
    );
    let keys = json!({
        "prevent_delete": {
            "description": "Refuses every plan that would remove it.",
            "type": "boolean",
            "default": false,
        },
        "ignore": {
            "description": "Fields that are set when it is created and left alone from then on, whoever changes them.",
            "type": "array",
            "items": { "type": "string", "enum": fields },
        },
        "manage": manage,
    });
    described(
        closed(keys.as_object().cloned().unwrap_or_default()),
        "How trueup treats it.",
    )
}
