//! The schema of a reference to a secret.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, json};

use super::{SecretValue, generate};
use crate::load::verify::{self, Verify};
use crate::model::delivery::SecretOutput;
use crate::model::field::SecretField;
use crate::schema::described;

impl<V: SecretValue> JsonSchema for SecretField<V> {
    fn schema_name() -> Cow<'static, str> {
        V::SCHEMA.into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let text = |generator: &mut SchemaGenerator, says: &str, example: &str| {
            let mut text = described(generator.subschema_for::<String>(), says);
            text.insert("examples".to_owned(), json!([example]));
            text
        };
        let env = text(
            generator,
            "The variable of the environment that holds the value.",
            "VAULT_ROUTER",
        );
        let file = text(generator, V::FILE, "secrets/router");
        let sealed = text(
            generator,
            "A file that `age` wrote, armored or not. It may be read by everybody.",
            "secrets/router.age",
        );
        let age = json_schema!({
            "description": "The value as `age` encrypts it to a key: armored text, or the file that holds it. \
                            TRUEUP_AGE_IDENTITY or TRUEUP_AGE_IDENTITY_FILE has the key that opens it.",
            "type": ["string", "object"],
            "properties": { "file": sealed },
            "additionalProperties": false,
            "required": ["file"],
            "examples": [{ "file": "secrets/router.age" }],
        });
        let mut command = described(
            generator.subschema_for::<Vec<String>>(),
            "A program with its arguments, which no shell takes apart, that prints the value; line ends at its end do not \
             count where the value is text. It is run by `plan` and `apply`, once for all who name it. trueup.yaml must \
             allow the program: `secrets: { command_allow: [PROGRAM] }`.",
        );
        command.insert("minItems".to_owned(), 1.into());
        command.insert(
            "examples".to_owned(),
            json!([["op", "read", "op://vault/router/password"]]),
        );
        let mut properties = Map::new();
        let mut put =
            |key: &str, schema: Schema| properties.insert(key.to_owned(), schema.to_value());
        put("env", env);
        put("file", file);
        put("age", age);
        put("command", command);
        put(verify::KEY, Verify::json_schema(generator));
        if V::GENERATED {
            put("generate", generate::schema(generator));
            let output = described(
                generator.subschema_for::<SecretOutput>(),
                "Where a value that is made up goes beside the vendor, as a JSON object with the field's name. Only \
                 beside `generate`.",
            );
            put("output", output);
            put("rotate", generate::rotate_schema());
        }
        let mut schema = json_schema!({
            "description": "A secret: a reference to its value, such as `{ env: NAME }` or `{ file: PATH }`. The value \
                            itself is taken only where trueup.yaml says `secrets: { allow_plaintext: true }`.",
            "type": ["object", "string", "number", "boolean"],
            "properties": properties,
            "additionalProperties": false,
            "minProperties": 1,
            "minLength": 1,
            "examples": [{ "env": "VAULT_ROUTER" }, { "file": "secrets/router" }],
        });
        let one = one_source();
        if V::GENERATED {
            // What is made up may have more beside it.
            schema.insert("if".to_owned(), json!({ "required": ["generate"] }));
            let names = ["generate", "output", "rotate", verify::KEY];
            let both = json!({ "propertyNames": { "enum": names } });
            schema.insert("then".to_owned(), both);
            schema.insert("else".to_owned(), one);
            let generated = json!({ "output": ["generate"], "rotate": ["generate"] });
            schema.insert("dependencies".to_owned(), generated);
        } else {
            schema.insert("allOf".to_owned(), json!([one]));
        }
        schema
    }
}

/// One source, with or without what is said of how it is compared.
fn one_source() -> serde_json::Value {
    let alone = json!({ "maxProperties": 1, "not": { "required": [verify::KEY] } });
    let verified = json!({ "minProperties": 2, "maxProperties": 2, "required": [verify::KEY] });
    let text = json!({ "not": { "type": "object" } });
    json!({ "anyOf": [text, alone, verified] })
}
