//! Secret fields in the YAML: a reference to a value, never the value.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Component, Path};

use globset::GlobSet;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::workspace::Policy;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::field::SecretField;
use crate::model::place::Place;
use crate::model::secret::{Secret, SecretBytes};
use crate::yaml::{Node, View};

use super::reader::{Decode, Reader};

const PLAINTEXT_SECRET: Code = Code("plaintext-secret");
const MASKED_SECRET: Code = Code("masked-secret");
const BAD_SECRET: Code = Code("bad-secret");
pub(super) const SECRET_NOT_ALLOWED: Code = Code("secret-not-allowed");

/// Where the values behind references come from. `load` knows no environment of its own.
pub(crate) trait SecretSources {
    /// Whether a declaration may name this variable.
    fn allows_env(&self, name: &str) -> bool;
    /// Whether secrets may stand in the YAML in plain text.
    fn allows_plaintext(&self) -> bool;
    /// Whether a declaration may have this program take a secret.
    fn allows_command(&self, program: &str) -> bool;
    /// The value of a variable, or why there is none. Never asked for what is not allowed.
    fn env(&self, name: &str) -> Result<Secret, String>;
    /// The content of a file named relative to the workspace, or why there is none.
    fn file(&self, path: &str) -> Result<SecretBytes, String>;
}

/// What a secret field can hold.
pub(crate) trait SecretValue: Sized {
    /// The name of its schema.
    const SCHEMA: &'static str;
    /// What its schema says of a reference to a file.
    const FILE: &'static str;

    fn of_text(text: Secret) -> Self;

    /// None if a file of these bytes cannot be it.
    fn of_file(bytes: SecretBytes) -> Option<Self>;

    fn bytes(&self) -> &[u8];
}

impl SecretValue for Secret {
    const SCHEMA: &'static str = "Secret";
    const FILE: &'static str =
        "The file that holds the value, inside the workspace; line ends at its end do not count.";

    fn of_text(text: Secret) -> Self {
        text
    }

    fn of_file(bytes: SecretBytes) -> Option<Self> {
        let text = std::str::from_utf8(bytes.reveal()).ok()?;
        Some(Self::new(text.trim_end_matches(['\n', '\r']).to_owned()))
    }

    fn bytes(&self) -> &[u8] {
        self.reveal().as_bytes()
    }
}

impl SecretValue for SecretBytes {
    const SCHEMA: &'static str = "SecretBytes";
    const FILE: &'static str =
        "The file that holds the value, inside the workspace, of any kind; every byte counts.";

    fn of_text(text: Secret) -> Self {
        Self::from(&text)
    }

    fn of_file(bytes: SecretBytes) -> Option<Self> {
        Some(bytes)
    }

    fn bytes(&self) -> &[u8] {
        self.reveal()
    }
}

/// The environment and the files of one workspace.
pub(crate) struct Secrets<'a> {
    directory: &'a Path,
    environment: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Secrets<'a> {
    pub(crate) fn new(
        directory: &'a Path,
        environment: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        Self {
            directory,
            environment,
        }
    }

    /// What `trueup.yaml` itself may refer to: any variable.
    pub(crate) fn trusted(&self, allow_plaintext: bool) -> Allowed<'_> {
        Allowed {
            secrets: self,
            env_allow: None,
            command_allow: GlobSet::empty(),
            allow_plaintext,
        }
    }

    /// What declarations may refer to.
    pub(crate) fn declared(&self, policy: &Policy) -> Allowed<'_> {
        let Policy {
            env_allow,
            command_allow,
            allow_plaintext,
        } = policy.clone();
        Allowed {
            secrets: self,
            env_allow: Some(env_allow),
            command_allow,
            allow_plaintext,
        }
    }
}

/// The part of the environment and the files that a reader may use.
pub(crate) struct Allowed<'a> {
    secrets: &'a Secrets<'a>,
    /// None allows every variable.
    env_allow: Option<GlobSet>,
    command_allow: GlobSet,
    allow_plaintext: bool,
}

impl SecretSources for Allowed<'_> {
    fn allows_env(&self, name: &str) -> bool {
        self.env_allow
            .as_ref()
            .is_none_or(|allowed| allowed.is_match(name))
    }

    fn allows_plaintext(&self) -> bool {
        self.allow_plaintext
    }

    fn allows_command(&self, program: &str) -> bool {
        // A way up would lead from a folder that is allowed to any other.
        let leads_up = Path::new(program)
            .components()
            .any(|part| part == Component::ParentDir);
        !leads_up && self.command_allow.is_match(program)
    }

    fn env(&self, name: &str) -> Result<Secret, String> {
        let value = (self.secrets.environment)(name);
        value
            .map(Secret::new)
            .ok_or_else(|| format!("the variable {name} is not set"))
    }

    fn file(&self, path: &str) -> Result<SecretBytes, String> {
        let unreadable = |error: io::Error| format!("the file {path} cannot be read: {error}");
        let directory = self.secrets.directory.canonicalize().map_err(unreadable)?;
        let real = directory.join(path).canonicalize().map_err(unreadable)?;
        // Anybody who can propose a file can propose a link, to what only the runner may read.
        if !real.starts_with(&directory) {
            return Err(format!(
                "the file {path} is a link that leads out of the workspace"
            ));
        }
        fs::read(real).map(SecretBytes::new).map_err(unreadable)
    }
}

/// No secret at all: for the parts of `trueup.yaml` that have none.
pub(crate) struct Denied;

impl SecretSources for Denied {
    fn allows_env(&self, _: &str) -> bool {
        false
    }

    fn allows_plaintext(&self) -> bool {
        false
    }

    fn allows_command(&self, _: &str) -> bool {
        false
    }

    fn env(&self, name: &str) -> Result<Secret, String> {
        Err(format!("the variable {name} is not for this place"))
    }

    fn file(&self, path: &str) -> Result<SecretBytes, String> {
        Err(format!("the file {path} is not for this place"))
    }
}

impl<V: SecretValue> Decode for SecretField<V> {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let place = node.place();
        let value = match node.view() {
            View::Scalar(_) => plaintext(node, reader)?.map(V::of_text),
            View::Map(_) => referred::<V>(node, reader)?,
            View::Null | View::List(_) => {
                reader.wrong_type(node, "a reference to a secret, such as `{ env: NAME }`");
                return None;
            }
        };
        Some(match value {
            Ok(secret) => {
                refuse_masks(secret.bytes(), place, reader)?;
                Self::Known(secret)
            }
            Err(why) => Self::Unknown {
                why,
                place: Some(place),
            },
        })
    }
}

/// A text that is no secret by itself, though often kept beside one: written as it is, or referred to like a secret.
#[derive(Clone, Debug)]
pub(crate) struct Written(pub SecretField);

impl Decode for Written {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        match node.view() {
            View::Scalar(_) => {
                let text = reader.text(node, "text, or a reference to it")?;
                Some(Self(SecretField::Known(Secret::new(text))))
            }
            View::Null | View::List(_) | View::Map(_) => {
                SecretField::decode(node, reader).map(Self)
            }
        }
    }
}

impl<V: SecretValue> JsonSchema for SecretField<V> {
    fn schema_name() -> Cow<'static, str> {
        V::SCHEMA.into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut env = generator.subschema_for::<String>();
        env.insert(
            "description".to_owned(),
            "The variable of the environment that holds the value.".into(),
        );
        env.insert("examples".to_owned(), vec!["VAULT_ROUTER"].into());
        let mut file = generator.subschema_for::<String>();
        file.insert("description".to_owned(), V::FILE.into());
        file.insert("examples".to_owned(), vec!["secrets/router"].into());
        json_schema!({
            "description": "A secret: a reference to its value, `{ env: NAME }` or `{ file: PATH }`. The value itself is \
                            taken only where trueup.yaml says `secrets: { allow_plaintext: true }`.",
            "type": ["object", "string", "number", "boolean"],
            "properties": { "env": env, "file": file },
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1,
            "minLength": 1,
            "examples": [{ "env": "VAULT_ROUTER" }, { "file": "secrets/router" }],
        })
    }
}

fn plaintext(node: &Node, reader: &Reader<'_>) -> Option<Result<Secret, String>> {
    let secret = reader.secret_text(node)?;
    if !reader.secrets.allows_plaintext() {
        // A mask is the likelier mistake: somebody pasted what a report or a web page showed.
        refuse_masks(secret.bytes(), node.place(), reader)?;
        reader.push(
            Diagnostic::error(
                PLAINTEXT_SECRET,
                node.place(),
                "a secret is written in plain text",
            )
            .help(
                "refer to it: `{ env: NAME }` or `{ file: PATH }`; demos may set \
                     `secrets: { allow_plaintext: true }` in trueup.yaml",
            ),
        );
        return None;
    }
    Some(Ok(secret))
}

fn referred<V: SecretValue>(node: &Node, reader: &Reader<'_>) -> Option<Result<V, String>> {
    let mut map = reader.mapping(node, "a reference to a secret")?;
    let env = map.optional::<String>("env");
    let file = map.optional::<String>("file");
    let written = [map.node("env").is_some(), map.node("file").is_some()];
    map.finish();
    match (env, file) {
        (Some(name), None) if written == [true, false] => {
            if !reader.secrets.allows_env(&name) {
                reader.push(
                    Diagnostic::error(
                        SECRET_NOT_ALLOWED,
                        node.place(),
                        format!("declarations may not name the variable `{name}`"),
                    )
                    .help("allow it in trueup.yaml: `secrets: { env_allow: [\"PREFIX_*\"] }`"),
                );
                return None;
            }
            Some(reader.secrets.env(&name).map(V::of_text))
        }
        (None, Some(path)) if written == [false, true] => {
            if inside(&path).is_none() {
                reader.push(
                    Diagnostic::error(
                        SECRET_NOT_ALLOWED,
                        node.place(),
                        format!("declarations may not read the file `{path}`"),
                    )
                    .help("name a file inside the workspace, by its path relative to it"),
                );
                return None;
            }
            let bytes = match reader.secrets.file(&path) {
                Ok(bytes) => bytes,
                Err(why) => return Some(Err(why)),
            };
            let value = V::of_file(bytes);
            if value.is_none() {
                reader.push(
                    Diagnostic::error(
                        BAD_SECRET,
                        node.place(),
                        format!("the file `{path}` holds no text, as this secret must be"),
                    )
                    .help("refer to a file of text in UTF-8"),
                );
            }
            value.map(Ok)
        }
        _ => {
            reader.push(
                Diagnostic::error(
                    BAD_SECRET,
                    node.place(),
                    "a reference to a secret names exactly one source",
                )
                .help("write `{ env: NAME }` or `{ file: PATH }`"),
            );
            None
        }
    }
}

/// A path that leads nowhere but into the workspace, with `/` between its parts and without what says nothing.
pub(super) fn inside(path: &str) -> Option<String> {
    let parts = Path::new(path).components().map(|part| match part {
        Component::Normal(name) => name.to_str(),
        Component::CurDir => Some(""),
        Component::Prefix(_) | Component::RootDir | Component::ParentDir => None,
    });
    let parts = parts.collect::<Option<Vec<_>>>()?.into_iter();
    let parts = parts.filter(|part| !part.is_empty());
    Some(parts.collect::<Vec<_>>().join("/"))
}

/// Refuses what looks like the picture of a secret: writing it would replace the real one by asterisks.
fn refuse_masks(secret: &[u8], place: Place, reader: &Reader<'_>) -> Option<()> {
    let problem = if secret.is_empty() {
        "this secret is empty"
    } else if std::str::from_utf8(secret).is_ok_and(looks_like_a_mask) {
        "this looks like a mask or a placeholder, not like a secret"
    } else {
        return Some(());
    };
    reader.push(
        Diagnostic::error(MASKED_SECRET, place, problem)
            .help("leave the field out if the value is not yours to manage"),
    );
    None
}

fn looks_like_a_mask(value: &str) -> bool {
    let value = value.trim();
    let drawn = |c: char| matches!(c, '*' | '•' | '●' | '·' | '…' | '.' | '-' | '_' | 'x' | 'X');
    let wrapped = |open: &str, close: &str| {
        value.len() > open.len() + close.len() && value.starts_with(open) && value.ends_with(close)
    };
    const WORDS: [&str; 8] = [
        "redacted",
        "hidden",
        "masked",
        "changeme",
        "placeholder",
        "(sensitive value)",
        "(secret)",
        "(sensitive)",
    ];
    (value.chars().count() >= 3 && value.chars().all(drawn))
        || wrapped("<", ">")
        || wrapped("##", "##")
        || wrapped("{{", "}}")
        || WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
        || value.starts_with("hmac:")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{SecretSources, Secrets, looks_like_a_mask};

    #[cfg(unix)]
    #[test]
    fn a_file_is_read_through_links_that_stay_inside_and_no_others() {
        let folder = tempfile::TempDir::new().unwrap();
        let (outside, workspace) = (folder.path().join("token"), folder.path().join("workspace"));
        fs::create_dir(&workspace).unwrap();
        fs::write(&outside, "Rusty-Kettle-17").unwrap();
        fs::write(workspace.join("real"), "Blue-Kettle-71\n").unwrap();
        std::os::unix::fs::symlink("real", workspace.join("inside")).unwrap();
        std::os::unix::fs::symlink(&outside, workspace.join("out")).unwrap();
        let secrets = Secrets::new(&workspace, &|_| None);
        let read = |path| secrets.trusted(false).file(path);
        assert_eq!(read("real").unwrap().reveal(), b"Blue-Kettle-71\n");
        assert_eq!(read("inside").unwrap().reveal(), b"Blue-Kettle-71\n");
        assert_eq!(
            read("out").unwrap_err(),
            "the file out is a link that leads out of the workspace"
        );
    }

    #[test]
    fn masks_and_placeholders_are_recognised() {
        for mask in [
            "********",
            "•••",
            "<redacted>",
            "##DB_ROOT##",
            "{{ password }}",
            "REDACTED",
        ] {
            assert!(looks_like_a_mask(mask), "{mask}");
        }
    }

    #[test]
    fn real_secrets_are_not_taken_for_masks() {
        for secret in [
            "Blue-Kettle-71",
            "a*b",
            "<3hunter2",
            "xy",
            "MFRGGZDFMZTWQ2LK",
        ] {
            assert!(!looks_like_a_mask(secret), "{secret}");
        }
    }
}
