//! What users of only one type have: the names and the password of a person, how a program signs in, what a directory
//! says.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value as Json;

use super::{ACCESS_POLICY, EMAIL, FIRST_NAME, LAST_NAME, PASSWORD, SECRET_OUTPUT, TYPE};
use crate::load::reader::{Decode, Mapping, Reader};
use crate::model::delivery::SecretOutput;
use crate::model::field::{Field, Fields, SecretField};
use crate::yaml::Node;

/// The type of a user, with what only users of that type have.
#[derive(Clone, Debug)]
pub(super) enum Account {
    Person(Person),
    Application(Application),
    InDirectory(InDirectory),
}

/// A person with an account of BeyondInsight's own.
#[derive(Clone, Debug, JsonSchema)]
pub(super) struct Person {
    /// The given name. Needed to create a person.
    #[schemars(length(max = 64))]
    pub first_name: Option<String>,
    /// The family name, or whatever follows the first one.
    #[schemars(length(max = 64))]
    pub last_name: Option<String>,
    /// The address that the product writes to. Needed to create a person.
    #[schemars(example = &"maria.s@example.org", length(max = 255))]
    pub email: Option<String>,
    /// The password that the account begins with; it must satisfy the default password policy. The vendor never shows
    /// it again, so it is not compared, and changing it here changes nothing for a user that exists.
    pub password: Option<SecretField>,
}

/// A program, which signs in by OAuth.
#[derive(Clone, Debug, JsonSchema)]
pub(super) struct Application {
    /// Of an application: the id of the API registration of type "access policy" that it signs in under.
    pub access_policy: Option<u32>,
    /// Of an application: where its client id and client secret go, which the vendor makes and shows when it creates
    /// the user. Nobody is shown that secret again: without this, recycle it at the vendor to get another. Of a user
    /// that exists it says nothing.
    pub secret_output: Option<SecretOutput>,
}

/// Somebody of a directory, who is what that says.
#[derive(Clone, Debug)]
pub(super) struct InDirectory {
    pub directory: Directory,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
}

/// What kind of directory somebody comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Directory {
    Active,
    Ldap,
    EntraId,
}

/// What kind of user it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
pub(super) enum Type {
    /// A person with an account of BeyondInsight's own. So it is if nothing is said.
    Beyondinsight,
    /// A program, which signs in by OAuth.
    Application,
    /// Somebody of an Active Directory. Users of directories are compared, and never made, changed or removed.
    ActiveDirectory,
    /// Somebody of an LDAP directory.
    LdapDirectory,
    /// Somebody of Entra ID.
    EntraId,
}

const TYPES: [(&str, Type); 5] = [
    ("beyondinsight", Type::Beyondinsight),
    ("application", Type::Application),
    ("active_directory", Type::ActiveDirectory),
    ("ldap_directory", Type::LdapDirectory),
    ("entra_id", Type::EntraId),
];

impl Type {
    /// As the YAML spells it. The vendor spells it with capitals, which it does not tell apart.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Beyondinsight => "beyondinsight",
            Self::Application => "application",
            Self::ActiveDirectory => "active_directory",
            Self::LdapDirectory => "ldap_directory",
            Self::EntraId => "entra_id",
        }
    }

    pub(super) fn at_vendor(self) -> &'static str {
        match self {
            Self::Beyondinsight => "BeyondInsight",
            Self::Application => "Application",
            Self::ActiveDirectory => "ActiveDirectory",
            Self::LdapDirectory => "LdapDirectory",
            Self::EntraId => "EntraID",
        }
    }

    /// The type that the vendor means; none for one that we know nothing of.
    pub(super) fn said(said: &str) -> Option<Self> {
        let is_said = |it: &&(&str, Self)| it.1.at_vendor().eq_ignore_ascii_case(said);
        TYPES.iter().find(is_said).map(|(_, it)| *it)
    }
}

impl Decode for Type {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        reader.word(node, "a type of user", &TYPES)
    }
}

impl Account {
    /// The address by which a person is known elsewhere, too.
    pub(super) fn email(&self) -> Option<&str> {
        let email = match self {
            Self::Person(person) => person.email.as_deref(),
            Self::InDirectory(person) => person.email.as_deref(),
            Self::Application(_) => None,
        };
        email.filter(|it| !it.is_empty())
    }

    /// Reads the type, and the fields that it has. A person has no access policy, an application neither names nor a
    /// password, and a directory keeps passwords to itself.
    pub(super) fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let kind = match map.node(TYPE.name) {
            Some(node) => Type::decode(node, map.reader())?,
            None => Type::Beyondinsight,
        };
        let directory = match kind {
            Type::ActiveDirectory => Directory::Active,
            Type::LdapDirectory => Directory::Ldap,
            Type::EntraId => Directory::EntraId,
            Type::Beyondinsight => {
                return Some(Self::Person(Person {
                    first_name: map.optional(FIRST_NAME.name),
                    last_name: map.optional(LAST_NAME.name),
                    email: map.optional(EMAIL.name),
                    password: map.optional(PASSWORD.name),
                }));
            }
            Type::Application => {
                return Some(Self::Application(Application {
                    access_policy: map.optional(ACCESS_POLICY.name),
                    secret_output: map.optional(SECRET_OUTPUT.name),
                }));
            }
        };
        Some(Self::InDirectory(InDirectory {
            directory,
            first_name: map.optional(FIRST_NAME.name),
            last_name: map.optional(LAST_NAME.name),
            email: map.optional(EMAIL.name),
        }))
    }

    pub(super) fn kind(&self) -> Type {
        match self {
            Self::Person(_) => Type::Beyondinsight,
            Self::Application(_) => Type::Application,
            Self::InDirectory(InDirectory { directory, .. }) => match directory {
                Directory::Active => Type::ActiveDirectory,
                Directory::Ldap => Type::LdapDirectory,
                Directory::EntraId => Type::EntraId,
            },
        }
    }

    /// The fields that are left out and without which none can be created.
    pub(super) fn lacks(&self) -> Vec<Field> {
        let lacks = match self {
            Self::Person(Person {
                first_name,
                last_name: _,
                email,
                password,
            }) => vec![
                (FIRST_NAME, first_name.is_none()),
                (EMAIL, email.is_none()),
                (PASSWORD, password.is_none()),
            ],
            Self::Application(Application {
                access_policy,
                secret_output: _,
            }) => vec![(ACCESS_POLICY, access_policy.is_none())],
            // Nobody makes one.
            Self::InDirectory(_) => Vec::new(),
        };
        let lacks = lacks.into_iter().filter(|(_, is_lacking)| *is_lacking);
        lacks.map(|(field, _)| field).collect()
    }

    pub(super) fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        match self {
            Self::Person(Person {
                first_name,
                last_name,
                email,
                password,
            }) => {
                fields.text(FIRST_NAME, first_name.as_ref());
                fields.text(LAST_NAME, last_name.as_ref());
                fields.text(EMAIL, email.as_ref());
                fields.secret(PASSWORD, password.as_ref());
            }
            Self::Application(Application {
                access_policy,
                secret_output,
            }) => {
                let policy = access_policy.map(|id| id.to_string());
                fields.text(ACCESS_POLICY, policy.as_ref());
                fields.output(SECRET_OUTPUT, secret_output.as_ref());
            }
            Self::InDirectory(InDirectory {
                directory: _,
                first_name,
                last_name,
                email,
            }) => {
                fields.text(FIRST_NAME, first_name.as_ref());
                fields.text(LAST_NAME, last_name.as_ref());
                fields.text(EMAIL, email.as_ref());
            }
        }
    }
}

/// The keys of all types, since a mapping says its type among them. Those of a directory are among a person's.
impl JsonSchema for Account {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Account".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut kind = generator.subschema_for::<Type>();
        let description = "What kind of user it is. It cannot be changed later.";
        kind.insert("description".to_owned(), description.into());
        let parts = [
            Person::json_schema(generator),
            Application::json_schema(generator),
        ];
        let mut schema = json_schema!({ "type": "object", "properties": { TYPE.name: kind } });
        let properties = schema.get_mut("properties").and_then(Json::as_object_mut);
        if let Some(properties) = properties {
            let keys = parts.iter().filter_map(|part| part.get("properties"));
            for (key, value) in keys.filter_map(Json::as_object).flatten() {
                properties.insert(key.clone(), value.clone());
            }
        }
        schema
    }
}
