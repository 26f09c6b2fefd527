//! Users of BeyondInsight: people with a local account, and applications (vendor page, section 4.6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::USER;
use super::answer::partly;
use super::client::Client;
use super::list::unpaged;
use crate::http::{Revealed, segment};
use crate::load::reader::{Decode, Mapping, Reader};
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::kind::{self, Kind, Listing, Live, NaturalKey, Removal, Spec, Update};
use crate::model::reference::{Link, Links};
use crate::yaml::Node;

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum User {}

const USER_NAME: Field = Field::new("user_name");
const TYPE: Field = Field::fixed("type");
const FIRST_NAME: Field = Field::new("first_name");
const LAST_NAME: Field = Field::new("last_name");
const EMAIL: Field = Field::new("email");
const PASSWORD: Field = Field::new("password").form(Form::Secret);
const ACCESS_POLICY: Field = Field::new("access_policy");
const ACTIVE: Field = Field::new("active").form(Form::Flag);
const QUARANTINED: Field = Field::new("quarantined").form(Form::Flag);

/// A user. What is left out is not ours: it stays as it is. Users of directories are not declared: they come from there,
/// and are referred to as `{ live: 'domain\name' }`.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct UserSpec {
    /// The name that the user signs in with. Upper and lower case are one.
    #[schemars(example = &"maria.s", length(min = 1, max = 64))]
    user_name: String,
    /// What kind of user it is. It cannot be changed later.
    #[schemars(with = "Option<Type>")]
    r#type: Type,
    /// The given name. Needed to create a person.
    #[schemars(length(max = 64))]
    first_name: Option<String>,
    /// The family name, or whatever follows the first one.
    #[schemars(length(max = 64))]
    last_name: Option<String>,
    /// The address that the product writes to. Needed to create a person.
    #[schemars(example = &"maria.s@example.org", length(max = 255))]
    email: Option<String>,
    /// The password that the account begins with; it must satisfy the default password policy. The vendor never shows
    /// it again, so it is not compared, and changing it here changes nothing for a user that exists.
    password: Option<SecretField>,
    /// Of an application: the id of the API registration of type "access policy" that it signs in under. Its OAuth
    /// client's secret is shown by nobody again: recycle it at the vendor to get one.
    access_policy: Option<u32>,
    /// Whether the user may sign in.
    active: Option<bool>,
    /// Whether the user is shut out for now.
    quarantined: Option<bool>,
}

/// What kind of user it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
enum Type {
    /// A person with an account of BeyondInsight's own. So it is if nothing is said.
    Beyondinsight,
    /// A program, which signs in by OAuth.
    Application,
}

const TYPES: [(&str, Type); 2] = [
    ("beyondinsight", Type::Beyondinsight),
    ("application", Type::Application),
];

impl Type {
    /// As the YAML spells it. The vendor spells it with capitals, which it does not tell apart.
    fn as_str(self) -> &'static str {
        match self {
            Self::Beyondinsight => "beyondinsight",
            Self::Application => "application",
        }
    }

    fn at_vendor(self) -> &'static str {
        match self {
            Self::Beyondinsight => "BeyondInsight",
            Self::Application => "Application",
        }
    }
}

impl Decode for Type {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        reader.word(node, "a type of user", &TYPES)
    }
}

impl DecodeSpec for UserSpec {
    /// A person has no access policy, and an application neither names nor a password.
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let user_name = map.required("user_name");
        let kind = match map.node("type") {
            Some(node) => Type::decode(node, map.reader())?,
            None => Type::Beyondinsight,
        };
        let mut spec = Self {
            user_name: String::new(),
            r#type: kind,
            first_name: None,
            last_name: None,
            email: None,
            password: None,
            access_policy: None,
            active: map.optional("active"),
            quarantined: map.optional("quarantined"),
        };
        match kind {
            Type::Beyondinsight => {
                spec.first_name = map.optional("first_name");
                spec.last_name = map.optional("last_name");
                spec.email = map.optional("email");
                spec.password = map.optional("password");
            }
            Type::Application => spec.access_policy = map.optional("access_policy"),
        }
        Some(Self {
            user_name: user_name?,
            ..spec
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
        ACTIVE,
        QUARANTINED,
    ];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.user_name)
    }

    fn label(&self) -> &str {
        &self.user_name
    }

    fn lacks(&self) -> Vec<Field> {
        let lacks = match self.r#type {
            Type::Beyondinsight => vec![
                (FIRST_NAME, self.first_name.is_none()),
                (EMAIL, self.email.is_none()),
                (PASSWORD, self.password.is_none()),
            ],
            Type::Application => vec![(ACCESS_POLICY, self.access_policy.is_none())],
        };
        let lacks = lacks.into_iter().filter(|(_, is_lacking)| *is_lacking);
        lacks.map(|(field, _)| field).collect()
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            user_name,
            r#type,
            first_name,
            last_name,
            email,
            password,
            access_policy,
            active,
            quarantined,
        } = self;
        fields.text(USER_NAME, Some(user_name));
        fields.text(TYPE, Some(&r#type.as_str().to_owned()));
        fields.text(FIRST_NAME, first_name.as_ref());
        fields.text(LAST_NAME, last_name.as_ref());
        fields.text(EMAIL, email.as_ref());
        fields.secret(PASSWORD, password.as_ref());
        let policy = access_policy.map(|id| id.to_string());
        fields.text(ACCESS_POLICY, policy.as_ref());
        fields.flag(ACTIVE, *active);
        fields.flag(QUARANTINED, *quarantined);
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

/// User names are unique whatever their case (assumed).
fn key(user_name: &str) -> NaturalKey {
    NaturalKey(vec![("user_name", User::fold(user_name))])
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
        let said = user_type.unwrap_or_default();
        let local = TYPES
            .iter()
            .find(|(_, it)| it.at_vendor().eq_ignore_ascii_case(&said));
        let kind = local.map_or(Type::Beyondinsight, |(_, it)| *it);
        let has_password = kind == Type::Beyondinsight;
        let domain = domain_name.filter(|it| !it.is_empty());
        let mut key = key(&user_name);
        if let Some(domain) = &domain {
            key.0.push(("domain", domain.to_lowercase()));
        }
        let label = match &domain {
            Some(domain) => format!("{domain}\\{user_name}"),
            None => user_name.clone(),
        };
        kind::Row {
            id: RemoteId(user_id.to_string()),
            key,
            label,
            // A directory's users cannot be changed here, and no declaration is one of them.
            writable: local.is_some(),
            spec: Some(UserSpec {
                user_name,
                r#type: kind,
                first_name: Some(first_name.unwrap_or_default()),
                last_name: Some(last_name.unwrap_or_default()),
                email: Some(email_address.unwrap_or_default()),
                password: has_password.then(|| SecretField::Unknown {
                    why: "the vendor never shows the password of a user".to_owned(),
                    place: None,
                }),
                access_policy: access_policy_id,
                active: is_active,
                quarantined: is_quarantined,
            }),
        }
    }
}

/// What creating sends.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CreateBody<'a> {
    user_type: &'static str,
    user_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<Revealed<'a>>,
    #[serde(rename = "AccessPolicyID", skip_serializing_if = "Option::is_none")]
    access_policy_id: Option<u32>,
}

#[derive(Deserialize)]
struct Created {
    #[serde(rename = "UserID", alias = "UserId")]
    user_id: i64,
}

impl Kind for User {
    const ID: KindId = USER;
    const TABLE: &'static str = "users";
    const REMOVAL: Removal = Removal::Delete;
    type Spec = UserSpec;
    type Client = Client;

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

    /// Creating knows no flags, so that they are set by an update where they are not as every new user's.
    async fn create(
        client: &Client,
        want: &UserSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let password = match &want.password {
            Some(SecretField::Known(password)) => Some(Revealed(password)),
            Some(SecretField::Unknown { .. }) | None => None,
        };
        let body = CreateBody {
            user_type: want.r#type.at_vendor(),
            user_name: &want.user_name,
            first_name: want.first_name.as_deref(),
            last_name: want.last_name.as_deref(),
            email_address: want.email.as_deref(),
            password,
            access_policy_id: want.access_policy,
        };
        let Created { user_id } = client.create("Users", &body, applying.permit).await?;
        let id = RemoteId(user_id.to_string());
        if want.active == Some(false) || want.quarantined == Some(true) {
            write(client, &id, want, |_| true, applying)
                .await
                .map_err(|error| partly("the user is there", error))?;
        }
        Ok(id)
    }

    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        write(client, id, update.want, |it| update.changes(it), applying).await
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

/// Writes a user: `PUT` takes the whole model, so that what is there is read, changed and sent. A password that is not
/// sent is kept (assumed).
async fn write(
    client: &Client,
    id: &RemoteId,
    want: &UserSpec,
    writes: impl Fn(Field) -> bool,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let mut whole = client.get::<Map<String, Json>>(&path(id), &[]).await?;
    whole.retain(|name, _| !name.starts_with("LastLogin") && !name.starts_with("Client"));
    let texts = [
        (USER_NAME, "UserName", Some(&want.user_name)),
        (FIRST_NAME, "FirstName", want.first_name.as_ref()),
        (LAST_NAME, "LastName", want.last_name.as_ref()),
        (EMAIL, "EmailAddress", want.email.as_ref()),
    ];
    for (field, member, value) in texts {
        if let Some(value) = value.filter(|_| writes(field)) {
            whole.insert(member.to_owned(), Json::from(value.clone()));
        }
    }
    let flags = [
        (ACTIVE, "IsActive", want.active),
        (QUARANTINED, "IsQuarantined", want.quarantined),
    ];
    for (field, member, value) in flags {
        if let Some(value) = value.filter(|_| writes(field)) {
            whole.insert(member.to_owned(), Json::from(value));
        }
    }
    if let Some(policy) = want.access_policy.filter(|_| writes(ACCESS_POLICY)) {
        whole.insert("AccessPolicyID".to_owned(), Json::from(policy));
    }
    client.put(&path(id), &whole, applying.permit).await
}

fn path(id: &RemoteId) -> String {
    format!("Users/{}", segment(&id.0))
}
