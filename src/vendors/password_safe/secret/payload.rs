//! What secrets of one type have and those of another have not: a user name, a text, what a file holds.

use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value as Json, json};

use super::{CONTENT, FILE_NAME, PASSWORD, PASSWORD_RULE, TEXT, USERNAME};
use crate::load::reader::{Decode, Mapping, Reader};
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::field::{Field, Fields, SecretField};
use crate::model::reference::Ref;
use crate::model::secret::{Secret, SecretBytes};
use crate::vendors::password_safe::observed::PasswordRule;
use crate::yaml::Node;

const TWO_PASSWORDS: Code = Code("two-passwords");

/// What only secrets of one type have.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(tag = "type", rename_all = "snake_case", transform = side_by_side)]
pub(super) enum Payload {
    /// A user name and a password. So it is if nothing is said.
    Credential {
        /// Of a credential: the name of the account that the password belongs to. Needed to create one.
        #[schemars(example = &"orders", length(max = 256))]
        username: Option<String>,
        /// Of a credential: the password, as a reference to where its value is. Needed to create one, if no
        /// `password_rule` is.
        password: Option<SecretField>,
        /// Of a credential: the rule by which the vendor makes its password when it is created, in the place of
        /// `password`: `password_rule.NAME`, or `{ live: NAME }` for one that is not declared. Of one that exists it
        /// says nothing, and the vendor does not tell by which rule it was made.
        password_rule: Option<Ref<PasswordRule>>,
    },
    /// A text of up to 4096 characters.
    Text {
        /// Of a text: the text, as a reference to where its value is. Needed to create one.
        text: Option<SecretField>,
    },
    /// A file of up to 5 MB.
    File {
        /// Of a file: the name under which it is downloaded. Needed to create one.
        #[schemars(example = &"tls.pem", length(min = 1, max = 256))]
        file_name: Option<String>,
        /// Of a file: what it holds, as a reference to where its value is: text or not, byte for byte. Needed to create
        /// one.
        content: Option<SecretField<SecretBytes>>,
    },
}

/// A secret value that is at hand, as it is sent.
#[derive(Clone, Copy)]
pub(super) enum Known<'a> {
    Password(&'a Secret),
    Text(&'a Secret),
    Content(&'a SecretBytes),
}

/// What kind of secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Credential,
    Text,
    File,
}

pub(super) const TYPES: [(&str, Type); 3] = [
    ("credential", Type::Credential),
    ("text", Type::Text),
    ("file", Type::File),
];

impl Type {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Text => "text",
            Self::File => "file",
        }
    }

    /// The field that holds its secret value.
    pub(super) fn value(self) -> Field {
        match self {
            Self::Credential => PASSWORD,
            Self::Text => TEXT,
            Self::File => CONTENT,
        }
    }

    /// The end of the path of what only this type has.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Credential => "",
            Self::Text => "/text",
            Self::File => "/file",
        }
    }
}

impl Decode for Type {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        reader.word(node, "a type of secret", &TYPES)
    }
}

impl Payload {
    /// Reads the type and the fields that it has. Those of the others are then unknown keys.
    pub(super) fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let kind = match map.node("type") {
            Some(node) => Type::decode(node, map.reader())?,
            None => Type::Credential,
        };
        Some(match kind {
            Type::Credential => {
                let (password, rule) = (map.node("password"), map.node("password_rule"));
                if let (Some(first), Some(second)) = (password, rule) {
                    let message = "a password is either given or made by a rule";
                    map.reader().push(
                        Diagnostic::error(TWO_PASSWORDS, second.place(), message)
                            .related(first.place(), "given here")
                            .help("keep one of `password` and `password_rule`"),
                    );
                }
                Self::Credential {
                    username: map.optional("username"),
                    password: map.optional("password"),
                    password_rule: map.optional("password_rule"),
                }
            }
            Type::Text => Self::Text {
                text: map.optional("text"),
            },
            Type::File => Self::File {
                file_name: map.optional("file_name"),
                content: map.optional("content"),
            },
        })
    }

    pub(super) fn kind(&self) -> Type {
        match self {
            Self::Credential {
                username: _,
                password: _,
                password_rule: _,
            } => Type::Credential,
            Self::Text { text: _ } => Type::Text,
            Self::File {
                file_name: _,
                content: _,
            } => Type::File,
        }
    }

    /// The secret value, if it is said and at hand.
    pub(super) fn known(&self) -> Option<Known<'_>> {
        match self {
            Self::Credential {
                username: _,
                password,
                password_rule: _,
            } => password
                .as_ref()
                .and_then(SecretField::at_hand)
                .map(Known::Password),
            Self::Text { text } => text
                .as_ref()
                .and_then(SecretField::at_hand)
                .map(Known::Text),
            Self::File {
                file_name: _,
                content,
            } => content
                .as_ref()
                .and_then(SecretField::at_hand)
                .map(Known::Content),
        }
    }

    /// The rule that makes its password.
    pub(super) fn password_rule(&self) -> Option<&Ref<PasswordRule>> {
        match self {
            Self::Credential {
                username: _,
                password: _,
                password_rule,
            } => password_rule.as_ref(),
            Self::Text { text: _ }
            | Self::File {
                file_name: _,
                content: _,
            } => None,
        }
    }

    /// What is there, by the rule that is wanted: nobody can say by which one it was made.
    /// Says of the value that nobody asked for it.
    pub(super) fn leave_value_unread(&mut self) {
        let why = "without `verify: read` no value is read, for each reading leaves a trail at the vendor";
        let why = why.to_owned();
        match self {
            Self::Credential { password, .. } => {
                *password = Some(SecretField::Unknown { why, place: None });
            }
            Self::Text { text } => *text = Some(SecretField::Unknown { why, place: None }),
            Self::File { content, .. } => {
                *content = Some(SecretField::Unknown { why, place: None });
            }
        }
    }

    pub(super) fn as_told(&self, want: &Self) -> Self {
        let mut told = self.clone();
        if let Self::Credential { password_rule, .. } = &mut told {
            *password_rule = want.password_rule().cloned();
        }
        told
    }

    /// The fields that it leaves out and without which none can be created.
    pub(super) fn lacks(&self) -> Vec<Field> {
        let needed = match self {
            Self::Credential {
                username,
                password,
                password_rule,
            } => vec![
                (USERNAME, username.is_none()),
                (PASSWORD, password.is_none() && password_rule.is_none()),
            ],
            Self::Text { text } => vec![(TEXT, text.is_none())],
            Self::File { file_name, content } => vec![
                (FILE_NAME, file_name.is_none()),
                (CONTENT, content.is_none()),
            ],
        };
        let lacking = needed.into_iter().filter(|(_, is_lacking)| *is_lacking);
        lacking.map(|(field, _)| field).collect()
    }

    pub(super) fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        match self {
            Self::Credential {
                username,
                password,
                password_rule,
            } => {
                fields.text(USERNAME, username.as_ref());
                fields.secret(PASSWORD, password.as_ref());
                fields.reference(PASSWORD_RULE, password_rule.as_ref());
            }
            Self::Text { text } => fields.secret(TEXT, text.as_ref()),
            Self::File { file_name, content } => {
                fields.text(FILE_NAME, file_name.as_ref());
                fields.secret(CONTENT, content.as_ref());
            }
        }
    }
}

/// The YAML has the fields of all types side by side, and `type` may be left out.
fn side_by_side(schema: &mut Schema) {
    let (mut types, mut fields) = (Vec::new(), Map::new());
    let variants = schema.remove("oneOf");
    for mut variant in variants
        .as_ref()
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .cloned()
    {
        let mut own = variant["properties"].take();
        let Some(own) = own.as_object_mut() else {
            continue;
        };
        let mut word = own.shift_remove("type").unwrap_or_default();
        word["description"] = variant["description"].take();
        types.push(word);
        fields.append(own);
    }
    let kind = json!({
        "description": "What kind of secret it is. It cannot be changed later.",
        "oneOf": types,
    });
    let properties = Map::from_iter([("type".to_owned(), kind)]).into_iter();
    let properties = properties.chain(fields).collect::<Map<_, _>>();
    schema.remove("required");
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Json::Object(properties));
}
