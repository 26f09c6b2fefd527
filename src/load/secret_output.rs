//! Where a declaration says that a secret goes which the vendor shows once: a file that is made for it, or a program.

use std::borrow::Cow;
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::reader::{Decode, Reader};
use super::secret::{SECRET_NOT_ALLOWED, inside};
use super::source::is_yaml;
use crate::model::delivery::{Destination, SecretOutput};
use crate::model::diagnostic::{Code, Diagnostic};
use crate::yaml::Node;

const BAD_SECRET_OUTPUT: Code = Code("bad-secret-output");

impl Decode for SecretOutput {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let mut map = reader.mapping(node, "a secret's output")?;
        let (file, command) = (map.node("file"), map.node("command"));
        map.finish();
        let to = match (file, command) {
            (Some(path), None) => to_file(&String::decode(path, reader)?, node, reader)?,
            (None, Some(words)) => to_command(Vec::decode(words, reader)?, node, reader)?,
            (Some(_), Some(_)) | (None, None) => {
                let message = "a secret goes to exactly one place";
                reader.push(
                    Diagnostic::error(BAD_SECRET_OUTPUT, node.place(), message)
                        .help("write `{ file: PATH }` or `{ command: [PROGRAM, ARGUMENT] }`"),
                );
                return None;
            }
        };
        Some(Self {
            to,
            place: node.place(),
        })
    }
}

fn to_file(path: &str, node: &Node, reader: &Reader<'_>) -> Option<Destination> {
    let refuse = |message: String, help: &str| {
        reader.push(Diagnostic::error(SECRET_NOT_ALLOWED, node.place(), message).help(help));
    };
    let Some(inside) = inside(path).filter(|path| !path.is_empty()) else {
        refuse(
            format!("declarations may not have the file `{path}` made"),
            "name a file inside the workspace, by its path relative to it",
        );
        return None;
    };
    // A secret that is read as a declaration would stand in the mistakes that are shown of it.
    if is_yaml(Path::new(path)) {
        refuse(
            format!("the file `{path}` would be read as declarations"),
            "what is written is JSON: call it `*.json`",
        );
        return None;
    }
    Some(Destination::File(inside))
}

fn to_command(words: Vec<String>, node: &Node, reader: &Reader<'_>) -> Option<Destination> {
    let mut words = words.into_iter();
    let Some(program) = words.next().filter(|program| !program.is_empty()) else {
        let message = "a command begins with a program";
        reader.push(
            Diagnostic::error(BAD_SECRET_OUTPUT, node.place(), message)
                .help("write `{ command: [PROGRAM, ARGUMENT] }`; no shell takes it apart"),
        );
        return None;
    };
    if !reader.secrets.allows_command(&program) {
        let message = format!("declarations may not run the program `{program}`");
        reader.push(
            Diagnostic::error(SECRET_NOT_ALLOWED, node.place(), message)
                .help("allow it in trueup.yaml: `secrets: { command_allow: [\"PROGRAM\"] }`"),
        );
        return None;
    }
    Some(Destination::Command {
        program,
        args: words.collect(),
    })
}

impl JsonSchema for SecretOutput {
    fn schema_name() -> Cow<'static, str> {
        "SecretOutput".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut file = generator.subschema_for::<String>();
        file.insert(
            "description".to_owned(),
            "A file that is made for it, inside the workspace, readable by its owner alone. One that is there already \
             is never written over."
                .into(),
        );
        file.insert("examples".to_owned(), vec!["out/ci-bot.json"].into());
        let mut command = generator.subschema_for::<Vec<String>>();
        command.insert(
            "description".to_owned(),
            "A program with its arguments, which no shell takes apart; it reads the JSON from its standard input. \
             trueup.yaml must allow the program: `secrets: { command_allow: [PROGRAM] }`."
                .into(),
        );
        command.insert("minItems".to_owned(), 1.into());
        json_schema!({
            "description": "Where the vendor's answer goes, as one JSON object; nothing of it is shown.",
            "type": "object",
            "properties": { "file": file, "command": command },
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1,
            "examples": [
                { "file": "out/ci-bot.json" },
                { "command": ["vault-put", "ci/bot"] },
            ],
        })
    }
}
