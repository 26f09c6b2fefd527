//! Secret fields in the YAML: a reference to a value, never the value.

mod age;
mod file;
mod generate;
mod mask;
mod schema;
mod sources;

use super::reader::{Decode, Reader};
use super::verify;
use crate::model::delivery::SecretOutput;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::field::SecretField;
use crate::model::generate::Generated;
use crate::model::secret::{Secret, SecretBytes};
use crate::yaml::{Node, View};
pub(crate) use age::Unopened;
pub(super) use file::inside;
pub(crate) use file::read_own;
pub(super) use generate::never_generated;
use mask::refuse_masks;
use sources::OWN_VARIABLES;
pub(crate) use sources::{Brought, Denied, Secrets, Words};

const PLAINTEXT_SECRET: Code = Code("plaintext-secret");
const BAD_SECRET: Code = Code("bad-secret");
const EXPOSED_SECRET: Code = Code("exposed-secret");
pub(super) const SECRET_NOT_ALLOWED: Code = Code("secret-not-allowed");

/// Where the values behind references come from. `load` knows no environment of its own.
pub(crate) trait SecretSources {
    /// Whether a declaration may name this variable.
    fn allows_env(&self, name: &str) -> bool;
    /// Whether a declaration may read this file.
    fn allows_file(&self, path: &str) -> bool {
        inside(path).is_some()
    }
    /// Whether secrets may stand in the YAML in plain text.
    fn allows_plaintext(&self) -> bool;
    /// Whether a declaration may have this program take a secret, or bring one.
    fn allows_command(&self, program: &str) -> bool;
    /// The value of a variable, or why there is none. Never asked for what is not allowed.
    fn env(&self, name: &str) -> Result<Secret, String>;
    /// What a file holds, or why there is nothing. Never asked for what is not allowed.
    fn file(&self, path: &str) -> Result<SecretBytes, String>;
    /// Whether everybody on the machine can read a file.
    fn is_exposed(&self, _path: &str) -> bool {
        false
    }
    /// Whether what is read is of objects that trueup creates, so that a secret of theirs may be made up.
    fn creates(&self) -> bool {
        true
    }
    /// What was encrypted for us.
    fn open(&self, _encrypted: &[u8]) -> Result<SecretBytes, Unopened> {
        Err(Unopened::Locked("nothing is opened here".to_owned()))
    }
    /// What a program prints, or why there is nothing. Never asked for what is not allowed.
    fn command(&self, _words: &[String]) -> Result<SecretBytes, String> {
        Err("no program is run here".to_owned())
    }
}

/// What a secret field can hold.
pub(crate) trait SecretValue: Sized {
    /// The name of its schema.
    const SCHEMA: &'static str;
    /// What its schema says of a reference to a file.
    const FILE: &'static str;
    /// Whether it can be made up.
    const GENERATED: bool;

    fn of_text(text: Secret) -> Self;

    /// None if these bytes, of a file or of what a program prints, cannot be it.
    fn of_bytes(bytes: SecretBytes) -> Option<Self>;

    fn bytes(&self) -> &[u8];
}

impl SecretValue for Secret {
    const SCHEMA: &'static str = "Secret";
    const FILE: &'static str = "The file that holds the value, which not everybody may read: inside the workspace, or in a \
                                folder that `secrets: { file_allow: […] }` of trueup.yaml allows. Line ends at its end do \
                                not count.";
    const GENERATED: bool = true;

    fn of_text(text: Secret) -> Self {
        text
    }

    fn of_bytes(bytes: SecretBytes) -> Option<Self> {
        let text = std::str::from_utf8(bytes.reveal()).ok()?;
        Some(Self::new(text.trim_end_matches(['\n', '\r']).to_owned()))
    }

    fn bytes(&self) -> &[u8] {
        self.reveal().as_bytes()
    }
}

impl SecretValue for SecretBytes {
    const SCHEMA: &'static str = "SecretBytes";
    const FILE: &'static str = "The file that holds the value, of any kind, which not everybody may read: inside the \
                                workspace, or in a folder that `secrets: { file_allow: […] }` of trueup.yaml allows. Every \
                                byte counts.";
    const GENERATED: bool = false;

    fn of_text(text: Secret) -> Self {
        Self::from(&text)
    }

    fn of_bytes(bytes: SecretBytes) -> Option<Self> {
        Some(bytes)
    }

    fn bytes(&self) -> &[u8] {
        self.reveal()
    }
}

impl<V: SecretValue> Decode for SecretField<V> {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let place = node.place();
        let value = match node.view() {
            View::Scalar(_) => Found::Value(V::of_text(plaintext(node, reader)?)),
            View::Map(_) => referred::<V>(node, reader)?,
            View::Null | View::List(_) => {
                reader.wrong_type(node, "a reference to a secret, such as `{ env: NAME }`");
                return None;
            }
        };
        match value {
            Found::Value(secret) => {
                refuse_masks(secret.bytes(), place, reader)?;
                Some(Self::Known(secret))
            }
            Found::Nothing(why) => Some(Self::Unknown {
                why,
                place: Some(place),
            }),
            Found::Recipe(generated) => {
                reader.note_generated();
                Some(Self::Generated(generated))
            }
        }
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

fn plaintext(node: &Node, reader: &Reader<'_>) -> Option<Secret> {
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
    Some(secret)
}

/// What a reference leads to.
enum Found<V> {
    Value(V),
    /// Why the value is not at hand.
    Nothing(String),
    Recipe(Generated),
}

impl<V> From<Result<V, String>> for Found<V> {
    fn from(found: Result<V, String>) -> Self {
        match found {
            Ok(value) => Self::Value(value),
            Err(why) => Self::Nothing(why),
        }
    }
}

/// The value behind a reference, or none after a mistake in it.
fn referred<V: SecretValue>(node: &Node, reader: &Reader<'_>) -> Option<Found<V>> {
    let mut map = reader.mapping(node, "a reference to a secret")?;
    let sources = Source::ALL.map(|source| (source, map.node(source.key())));
    let is_generated = sources
        .iter()
        .any(|(source, node)| node.is_some() && matches!(source, Source::Generate));
    // Only what is made up has somewhere to go: all else is somewhere already.
    let output = is_generated.then(|| map.node("output")).flatten();
    let rotate = is_generated.then(|| map.node("rotate")).flatten();
    // What `section` makes something of.
    if reader.secrets.creates() {
        map.know(verify::KEY);
    }
    map.finish();
    let mut named = sources
        .into_iter()
        .filter_map(|(source, node)| Some((source, node?)));
    let (Some((source, value)), None) = (named.next(), named.next()) else {
        reader.push(
            Diagnostic::error(
                BAD_SECRET,
                node.place(),
                "a reference to a secret names exactly one source",
            )
            .help(
                "write `{ env: NAME }`, `{ file: PATH }`, `{ age: TEXT }`, `{ command: [PROGRAM, ARGUMENT] }` or \
                 `{ generate: {} }`",
            ),
        );
        return None;
    };
    let asking = Asking { node, reader };
    match source {
        Source::Env => asking.env(value),
        Source::File => asking.file(value),
        Source::Age => asking.age(value),
        Source::Command => asking.command(value),
        Source::Generate => {
            let generated = asking.generate::<V>(value, output)?;
            let rotate = match rotate {
                Some(node) => Some(generate::read_days(node, reader)?),
                None => None,
            };
            Some(Found::Recipe(generated.rotated(rotate)))
        }
    }
}

/// What a reference can name.
#[derive(Clone, Copy, Debug)]
enum Source {
    Env,
    File,
    Age,
    Command,
    Generate,
}

impl Source {
    const ALL: [Self; 5] = [
        Self::Env,
        Self::File,
        Self::Age,
        Self::Command,
        Self::Generate,
    ];

    fn key(self) -> &'static str {
        match self {
            Self::Env => "env",
            Self::File => "file",
            Self::Age => "age",
            Self::Command => "command",
            Self::Generate => "generate",
        }
    }
}

/// A reference that is being followed.
struct Asking<'a> {
    node: &'a Node,
    reader: &'a Reader<'a>,
}

impl Asking<'_> {
    fn refuse<T>(&self, code: Code, message: String, help: &str) -> Option<T> {
        let refused = Diagnostic::error(code, self.node.place(), message);
        self.reader.push(refused.help(help));
        None
    }

    fn env<V: SecretValue>(&self, name: &Node) -> Option<Found<V>> {
        let name = String::decode(name, self.reader)?;
        if !self.reader.secrets.allows_env(&name) {
            let help = if OWN_VARIABLES.contains(&&*name) {
                "it is for trueup itself, whatever trueup.yaml allows"
            } else {
                "allow it in trueup.yaml: `secrets: { env_allow: [\"PREFIX_*\"] }`"
            };
            let message = format!("declarations may not name the variable `{name}`");
            return self.refuse(SECRET_NOT_ALLOWED, message, help);
        }
        Some(self.reader.secrets.env(&name).map(V::of_text).into())
    }

    fn file<V: SecretValue>(&self, path: &Node) -> Option<Found<V>> {
        let path = String::decode(path, self.reader)?;
        let bytes = match self.held(&path)? {
            Ok(bytes) => bytes,
            Err(why) => return Some(Found::Nothing(why)),
        };
        if self.reader.secrets.is_exposed(&path) {
            let message = format!("everybody on this machine can read the file `{path}`");
            let help = format!(
                "take that away (`chmod o-r {path}`); a file that Git checked out belongs to everybody who has the \
                 repository: keep the secret elsewhere, or encrypted, as `{{ age: {{ file: PATH }} }}`"
            );
            return self.refuse(EXPOSED_SECRET, message, &help);
        }
        self.value(bytes, format!("the file `{path}` holds no text"))
    }

    /// Encrypted text, or a mapping that names the file which holds it.
    fn age<V: SecretValue>(&self, sealed: &Node) -> Option<Found<V>> {
        let (encrypted, what) = match sealed.view() {
            View::Map(_) => {
                let mut map = self.reader.mapping(sealed, "an encrypted file")?;
                let path = map.required::<String>("file");
                map.finish();
                let path = path?;
                // What is encrypted may be read by everybody.
                match self.held(&path)? {
                    Ok(bytes) => (bytes, format!("the file `{path}`")),
                    Err(why) => return Some(Found::Nothing(why)),
                }
            }
            View::Null | View::Scalar(_) | View::List(_) => {
                let text = self
                    .reader
                    .text(sealed, "text that `age --armor` wrote, or `{ file: PATH }`")?;
                (SecretBytes::new(text.into_bytes()), "this".to_owned())
            }
        };
        match self.reader.secrets.open(encrypted.reveal()) {
            Ok(bytes) => self.value(bytes, format!("{what} holds no text")),
            Err(Unopened::Locked(why)) => Some(Found::Nothing(why)),
            Err(Unopened::Broken(why)) => {
                let message = format!("{what} cannot be opened: {why}");
                let help = "write what `age --armor -r RECIPIENT` printed, line by line under `age: |`, or \
                            `{ age: { file: PATH } }`";
                self.refuse(BAD_SECRET, message, help)
            }
        }
    }

    fn command<V: SecretValue>(&self, words: &Node) -> Option<Found<V>> {
        let words = Vec::<String>::decode(words, self.reader)?;
        let Some(program) = words.first().filter(|program| !program.is_empty()) else {
            let message = "a command begins with a program".to_owned();
            let help = "write `{ command: [PROGRAM, ARGUMENT] }`; no shell takes it apart";
            return self.refuse(BAD_SECRET, message, help);
        };
        if !self.reader.secrets.allows_command(program) {
            let message = format!("declarations may not run the program `{program}`");
            let help = "allow it in trueup.yaml: `secrets: { command_allow: [\"PROGRAM\"] }`";
            return self.refuse(SECRET_NOT_ALLOWED, message, help);
        }
        match self.reader.secrets.command(&words) {
            Ok(bytes) => self.value(bytes, format!("the program `{program}` prints no text")),
            Err(why) => Some(Found::Nothing(why)),
        }
    }

    fn generate<V: SecretValue>(&self, recipe: &Node, output: Option<&Node>) -> Option<Generated> {
        let place = self.node.place();
        if !self.reader.secrets.creates() || !V::GENERATED {
            self.reader.push(never_generated(place));
            return None;
        }
        let output = match output {
            Some(output) => Some(SecretOutput::decode(output, self.reader)?),
            None => None,
        };
        generate::decode(recipe, self.node, output, self.reader)
    }

    /// What a file holds, if it may be read.
    fn held(&self, path: &str) -> Option<Result<SecretBytes, String>> {
        if !self.reader.secrets.allows_file(path) {
            let message = format!("declarations may not read the file `{path}`");
            let help = "name a file inside the workspace, by its path relative to it, or one of a folder that \
                        trueup.yaml allows: `secrets: { file_allow: [/run/secrets] }`";
            return self.refuse(SECRET_NOT_ALLOWED, message, help);
        }
        Some(self.reader.secrets.file(path))
    }

    fn value<V: SecretValue>(&self, bytes: SecretBytes, no_text: String) -> Option<Found<V>> {
        match V::of_bytes(bytes) {
            Some(value) => Some(Found::Value(value)),
            None => self.refuse(
                BAD_SECRET,
                format!("{no_text}, as this secret must be"),
                "refer to text in UTF-8",
            ),
        }
    }
}
