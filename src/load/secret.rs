//! Secret fields in the YAML: a reference to a value, never the value.

use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::field::SecretField;
use crate::model::place::Place;
use crate::model::secret::Secret;
use crate::yaml::{Node, View};

use super::reader::{Decode, Reader};

const PLAINTEXT_SECRET: Code = Code("plaintext-secret");
const MASKED_SECRET: Code = Code("masked-secret");
const BAD_SECRET: Code = Code("bad-secret");
const SECRET_NOT_ALLOWED: Code = Code("secret-not-allowed");

/// Where the values behind references come from. `load` knows no environment of its own.
pub(crate) trait SecretSources {
    /// Whether a declaration may name this variable.
    fn allows_env(&self, name: &str) -> bool;
    /// Whether secrets may stand in the YAML in plain text.
    fn allows_plaintext(&self) -> bool;
    /// The value of a variable, or why there is none. Never asked for what is not allowed.
    fn env(&self, name: &str) -> Result<Secret, String>;
    /// The content of a file named relative to the workspace, or why there is none.
    fn file(&self, path: &str) -> Result<Secret, String>;
}

impl Decode for SecretField {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let place = node.place();
        let value = match node.view() {
            View::Scalar(_) => plaintext(node, reader)?,
            View::Map(_) => referred(node, reader)?,
            View::Null | View::List(_) => {
                reader.wrong_type(node, "a reference to a secret, such as `{ env: NAME }`");
                return None;
            }
        };
        Some(match value {
            Ok(secret) => {
                refuse_masks(&secret, place, reader)?;
                Self::Known(secret)
            }
            Err(why) => Self::Unknown { why, place: Some(place) },
        })
    }
}

fn plaintext(node: &Node, reader: &Reader<'_>) -> Option<Result<Secret, String>> {
    let text = reader.text(node, "a secret")?;
    if !reader.secrets.allows_plaintext() {
        // A mask is the likelier mistake: somebody pasted what a report or a web page showed.
        let secret = Secret::new(text);
        refuse_masks(&secret, node.place(), reader)?;
        reader.push(
            Diagnostic::error(PLAINTEXT_SECRET, node.place(), "a secret is written in plain text")
                .help(
                    "refer to it: `{ env: NAME }` or `{ file: PATH }`; demos may set \
                     `secrets: { allow_plaintext: true }` in trueup.yaml",
                ),
        );
        return None;
    }
    Some(Ok(Secret::new(text)))
}

fn referred(node: &Node, reader: &Reader<'_>) -> Option<Result<Secret, String>> {
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
            Some(reader.secrets.env(&name))
        }
        (None, Some(path)) if written == [false, true] => Some(reader.secrets.file(&path)),
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

/// Refuses what looks like the picture of a secret: writing it would replace the real one by asterisks.
fn refuse_masks(secret: &Secret, place: Place, reader: &Reader<'_>) -> Option<()> {
    let problem = if secret.is_empty() {
        "this secret is empty"
    } else if looks_like_a_mask(secret.reveal()) {
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
    use super::looks_like_a_mask;

    #[test]
    fn masks_and_placeholders_are_recognised() {
        for mask in ["********", "•••", "<redacted>", "##DB_ROOT##", "{{ password }}", "REDACTED"] {
            assert!(looks_like_a_mask(mask), "{mask}");
        }
    }

    #[test]
    fn real_secrets_are_not_taken_for_masks() {
        for secret in ["Blue-Kettle-71", "a*b", "<3hunter2", "xy", "MFRGGZDFMZTWQ2LK"] {
            assert!(!looks_like_a_mask(secret), "{secret}");
        }
    }
}
