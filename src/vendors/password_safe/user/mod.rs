//! Users of BeyondInsight: people with a local account, applications, and, only looked at, those of directories (vendor
//! page, section 4.6).

mod account;
mod write;

use schemars::JsonSchema;
use serde::Deserialize;

use super::USER;
use super::client::Client;
use super::list::unpaged;
use crate::http::segment;
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Level, Seen, Sort, What};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::kind::{self, Kind, Listing, Live, NaturalKey, Removal, Spec, Update};
use crate::model::reference::{Link, Links};
use crate::model::verb::Verbs;
use account::{Account, Application, Directory, InDirectory, Person, Type};

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum User {}

const USER_NAME: Field = Field::new("user_name");
const TYPE: Field = Field::fixed("type");
const FIRST_NAME: Field = Field::new("first_name");
const LAST_NAME: Field = Field::new("last_name");
const EMAIL: Field = Field::new("email");
const PASSWORD: Field = Field::new("password").form(Form::Secret).untold();
const ACCESS_POLICY: Field = Field::new("access_policy");
const SECRET_OUTPUT: Field = Field::output("secret_output");
const ACTIVE: Field = Field::new("active").form(Form::Flag);
const QUARANTINED: Field = Field::new("quarantined").form(Form::Flag);

/// A user. What is left out is not ours: it stays as it is. Users of directories come from there: declaring one asserts
/// that it is there, and what the fields say. One that is not declared is referred to as `{ live: 'domain\name' }`.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct UserSpec {
    /// The name that the user signs in with, `domain\name` of one of a directory. Upper and lower case are one.
    #[schemars(example = &"maria.s", length(min = 1))]
    user_name: String,
    #[schemars(flatten)]
    account: Account,
    /// Whether the user may sign in.
    active: Option<bool>,
    /// Whether the user is shut out for now.
    quarantined: Option<bool>,
}

impl DecodeSpec for UserSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let user_name = map.required(USER_NAME.name);
        let active = map.optional(ACTIVE.name);
        let quarantined = map.optional(QUARANTINED.name);
        let account = Account::decode(map);
        Some(Self {
            user_name: user_name?,
            account: account?,
            active,
            quarantined,
        })
    }
}

impl Spec for UserSpec {
    const FIELDS: &'static [Field] = &[
        USER_NAME,
        TYPE,
        FIRST_NAME,
        LAST_NAME,
        EMAIL,
        PASSWORD,
        ACCESS_POLICY,
        SECRET_OUTPUT,
        ACTIVE,
        QUARANTINED,
    ];
    const KEY_ONLY: &'static [&'static str] = &["domain"];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.user_name)
    }

    fn label(&self) -> &str {
        &self.user_name
    }

    fn lacks(&self) -> Vec<Field> {
        self.account.lacks()
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            user_name,
            account,
            active,
            quarantined,
        } = self;
        fields.text(USER_NAME, Some(user_name));
        fields.text(TYPE, Some(&account.kind().as_str().to_owned()));
        account.list(fields);
        fields.flag(ACTIVE, *active);
        fields.flag(QUARANTINED, *quarantined);
    }

    /// The letters of a name that comes from a directory are that one's.
    fn as_told(&self, want: &Self) -> Self {
        let is_same = User::fold(&self.user_name) == User::fold(&want.user_name);
        let user_name = match self.account {
            Account::InDirectory(_) if is_same => &want.user_name,
            Account::InDirectory(_) | Account::Person(_) | Account::Application(_) => {
                &self.user_name
            }
        };
        Self {
            user_name: user_name.clone(),
            ..self.clone()
        }
    }

    fn access(&self, was: Option<&Self>, seen: &Seen<'_>) -> Access {
        let itself = seen.itself(Sort::Person);
        let mut access = Access::default();
        let email = self
            .account
            .email()
            .or(was.and_then(|was| was.account.email()));
        access.account = email.map(|email| (itself.clone(), email.to_owned()));
        let active = self.active.or(was.and_then(|was| was.active));
        let quarantined = self.quarantined.or(was.and_then(|was| was.quarantined));
        if active != Some(false) && quarantined != Some(true) {
            let by = &[ACTIVE.name, QUARANTINED.name];
            access.give(itself.clone(), What::Account, Level::held(), by);
        }
        if let Account::Application(Application {
            access_policy: Some(policy),
            secret_output: _,
        }) = &self.account
        {
            let what = What::Named(format!("API registration {policy}"));
            access.give(itself, what, Level::held(), &[ACCESS_POLICY.name]);
        }
        access
    }

    fn unkept(&self) -> Option<(&'static str, Field)> {
        match &self.account {
            Account::Application(Application {
                access_policy: _,
                secret_output: None,
            }) => Some(("client secret", SECRET_OUTPUT)),
            Account::Application(_) | Account::Person(_) | Account::InDirectory(_) => None,
        }
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

/// User names are unique whatever their case (assumed), in a domain those of each.
fn key(full_name: &str) -> NaturalKey {
    let folded = User::fold(full_name);
    NaturalKey(match folded.split_once('\\') {
        Some((domain, user_name)) => vec![
            ("user_name", user_name.to_owned()),
            ("domain", domain.to_owned()),
        ],
        None => vec![("user_name", folded)],
    })
}

/// A user as it is listed and read. Members that we do not manage are left unread.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entity {
    #[serde(rename = "UserID", alias = "UserId")]
    pub user_id: i64,
    user_name: String,
    domain_name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    email_address: Option<String>,
    is_quarantined: Option<bool>,
    is_active: Option<bool>,
    #[serde(rename = "AccessPolicyID", alias = "AccessPolicyId")]
    access_policy_id: Option<u32>,
    user_type: Option<String>,
}

impl Entity {
    fn into_row(self) -> kind::Row<User> {
        let Self {
            user_id,
            user_name,
            domain_name,
            first_name,
            last_name,
            email_address,
            is_quarantined,
            is_active,
            access_policy_id,
            user_type,
        } = self;
        let said = Type::said(&user_type.unwrap_or_default());
        let [first_name, last_name, email] =
            [first_name, last_name, email_address].map(|it| Some(it.unwrap_or_default()));
        let in_directory = |directory| {
            Account::InDirectory(InDirectory {
                directory,
                first_name: first_name.clone(),
                last_name: last_name.clone(),
                email: email.clone(),
            })
        };
        let account = match said {
            Some(Type::Application) => Account::Application(Application {
                access_policy: access_policy_id,
                secret_output: None,
            }),
            Some(Type::ActiveDirectory) => in_directory(Directory::Active),
            Some(Type::LdapDirectory) => in_directory(Directory::Ldap),
            Some(Type::EntraId) => in_directory(Directory::EntraId),
            Some(Type::Beyondinsight) | None => Account::Person(Person {
                first_name,
                last_name,
                email,
                password: Some(SecretField::Unknown {
                    why: "the vendor never shows the password of a user".to_owned(),
                    place: None,
                }),
            }),
        };
        let is_written = said.is_some() && !matches!(account, Account::InDirectory(_));
        let user_name = match domain_name.filter(|it| !it.is_empty()) {
            Some(domain) => format!("{domain}\\{user_name}"),
            None => user_name,
        };
        kind::Row {
            id: RemoteId(user_id.to_string()),
            key: key(&user_name),
            label: user_name.clone(),
            // A directory's users cannot be changed here.
            writable: is_written,
            spec: Some(UserSpec {
                user_name,
                account,
                active: is_active,
                quarantined: is_quarantined,
            }),
        }
    }
}

impl Kind for User {
    const ID: KindId = USER;
    const TABLE: &'static str = "users";
    const REMOVAL: Removal = Removal::Delete;
    const ASSUMED: &'static [&'static str] = &[
        "users of directories (`active_directory`, `ldap_directory`, `entra_id`) are told by the name of their domain",
    ];
    type Spec = UserSpec;
    type Client = Client;

    fn verbs(spec: &UserSpec) -> Verbs {
        match spec.account {
            Account::Person(_) | Account::Application(_) => Self::VERBS,
            Account::InDirectory(_) => Verbs::observed("users of directories come from there"),
        }
    }

    /// One answer holds all, whole; there is no paging. Inactive users are users, too.
    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let users = unpaged::<Entity>(client, "Users", &[("includeInactive", "true")]).await?;
        Ok(Listing {
            rows: users.into_iter().map(Entity::into_row).collect(),
            incomplete: None,
        })
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let user = client.find::<Entity>(&path(id), &[]).await?;
        let spec = user.and_then(|user| user.into_row().spec);
        Ok(spec.map_or(Live::Gone, Live::Active))
    }

    async fn create(
        client: &Client,
        want: &UserSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        write::create(client, want, applying).await
    }

    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        write::update(client, id, update.want, |it| update.changes(it), applying).await
    }

    fn create_writes(want: &UserSpec) -> usize {
        1 + usize::from(write::is_shut_out(want))
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        client.delete(&path(id), None::<&()>, applying.permit).await
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}

fn path(id: &RemoteId) -> String {
    format!("Users/{}", segment(&id.0))
}
