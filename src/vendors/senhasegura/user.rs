//! SCIM users (vendor page, section 4.10).

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::USER;
use super::answer::Loose;
use super::client::Client;
use super::scim;
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Level, Seen, Sort, What};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::{Link, Links};

/// A user of the suite.
#[derive(Clone, Debug)]
pub(crate) enum User {}

const USER_NAME: Field = Field::new("user_name");
const FULL_NAME: Field = Field::new("full_name");
const EXTERNAL_ID: Field = Field::new("external_id");
const EMAIL: Field = Field::new("email");
const ROLES: Field = Field::new("roles").form(Form::Set);
const ACTIVE: Field = Field::new("active").form(Form::Flag);

/// A user of the suite. What is left out is not ours: it stays as it is.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct UserSpec {
    /// The name that the user logs in with. Upper and lower case are one.
    #[schemars(example = &"maria.s")]
    user_name: String,
    /// First and last name, as people read it.
    #[schemars(example = &"Maria Souza")]
    full_name: String,
    /// The user's id at the identity provider.
    #[schemars(example = &"hr-10234")]
    external_id: String,
    /// The address that the vault writes to.
    #[schemars(example = &"maria.s@example.org")]
    email: String,
    /// Roles in the suite, all of them; SCIM calls them entitlements. An empty list takes every role away.
    roles: Option<BTreeSet<String>>,
    /// Whether the user may log in.
    active: Option<bool>,
}

impl DecodeSpec for UserSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let user_name = map.required("user_name");
        let full_name = map.required("full_name");
        let external_id = map.required("external_id");
        let email = map.required("email");
        let roles = map.optional("roles");
        let active = map.optional("active");
        Some(Self {
            user_name: user_name?,
            full_name: full_name?,
            external_id: external_id?,
            email: email?,
            roles,
            active,
        })
    }
}

impl Spec for UserSpec {
    const FIELDS: &'static [Field] = &[USER_NAME, FULL_NAME, EXTERNAL_ID, EMAIL, ROLES, ACTIVE];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.user_name)
    }

    fn label(&self) -> &str {
        &self.user_name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            user_name,
            full_name,
            external_id,
            email,
            roles,
            active,
        } = self;
        fields.text(USER_NAME, Some(user_name));
        fields.text(FULL_NAME, Some(full_name));
        fields.text(EXTERNAL_ID, Some(external_id));
        fields.text(EMAIL, Some(email));
        fields.set(ROLES, roles.as_ref().map(|roles| roles.iter().cloned()));
        fields.flag(ACTIVE, *active);
    }

    fn access(&self, was: Option<&Self>, seen: &Seen<'_>) -> Access {
        let itself = seen.itself(Sort::Person);
        let mut access = Access {
            account: Some((itself.clone(), self.email.clone())),
            ..Access::default()
        };
        let active = self.active.or(was.and_then(|was| was.active));
        if active != Some(false) {
            let held = Level::held();
            access.give(itself.clone(), What::Account, held, &[ACTIVE.name]);
        }
        for role in self.roles.iter().flatten() {
            let role = What::Named(format!("role {role}"));
            access.give(itself.clone(), role, Level::held(), &[ROLES.name]);
        }
        access
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

/// User names are unique whatever their case (page 62).
fn key(user_name: &str) -> NaturalKey {
    NaturalKey(vec![("user_name", User::fold(user_name))])
}

/// A user as SCIM reads it. Members that we do not manage are left unread.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resource {
    id: Loose,
    user_name: String,
    #[serde(default)]
    external_id: Loose,
    #[serde(default)]
    name: FullName,
    #[serde(default)]
    emails: Vec<Valued>,
    #[serde(default)]
    entitlements: Vec<Valued>,
    active: Option<bool>,
}

#[derive(Default, Deserialize)]
struct FullName {
    #[serde(default)]
    formatted: Loose,
}

#[derive(Deserialize)]
struct Valued {
    #[serde(default)]
    value: Loose,
    #[serde(default)]
    primary: bool,
}

impl scim::Resource for Resource {
    type Kind = User;
    const COLLECTION: &'static str = "Users";

    fn id(&self) -> &Loose {
        &self.id
    }

    fn into_row(self) -> Row<User> {
        let Self {
            id,
            user_name,
            external_id,
            name,
            emails,
            entitlements,
            active,
        } = self;
        let primary = emails.iter().position(|email| email.primary).unwrap_or(0);
        let email = emails
            .into_iter()
            .nth(primary)
            .map(|email| email.value.0)
            .unwrap_or_default();
        let spec = UserSpec {
            full_name: name.formatted.0,
            external_id: external_id.0,
            email,
            roles: Some(entitlements.into_iter().map(|role| role.value.0).collect()),
            active: Some(active.unwrap_or(true)),
            user_name: user_name.clone(),
        };
        Row {
            id: RemoteId(id.0),
            key: key(&user_name),
            label: user_name,
            spec: Some(spec),
            writable: true,
        }
    }
}

/// What creating and changing send. The page prints plain attributes for both, the required ones always (page 62).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    schemas: [&'static str; 1],
    user_name: &'a str,
    external_id: &'a str,
    name: NameBody<'a>,
    emails: [EmailBody<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    entitlements: Option<Vec<ValueBody<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
}

#[derive(Serialize)]
struct NameBody<'a> {
    formatted: &'a str,
}

#[derive(Serialize)]
struct EmailBody<'a> {
    value: &'a str,
    primary: bool,
}

#[derive(Serialize)]
struct ValueBody<'a> {
    value: &'a str,
}

impl<'a> Body<'a> {
    fn of(spec: &'a UserSpec) -> Self {
        let UserSpec {
            user_name,
            full_name,
            external_id,
            email,
            roles,
            active,
        } = spec;
        let roles = roles.as_ref();
        Self {
            schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
            user_name,
            external_id,
            name: NameBody {
                formatted: full_name,
            },
            emails: [EmailBody {
                value: email,
                primary: true,
            }],
            entitlements: roles
                .map(|roles| roles.iter().map(|value| ValueBody { value }).collect()),
            active: *active,
        }
    }
}

impl Kind for User {
    const ID: KindId = USER;
    const TABLE: &'static str = "users";
    const REMOVAL: Removal = Removal::Delete;
    const ASSUMED: &'static [&'static str] = &["`active` can be set, as SCIM has it"];
    type Spec = UserSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        scim::list::<Resource>(client).await
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        scim::read::<Resource>(client, id).await
    }

    async fn create(
        client: &Client,
        want: &UserSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        scim::create::<Resource>(client, &Body::of(want), applying.permit).await
    }

    /// PATCH with plain attributes sets each to what is sent, so that twice is once.
    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let body = Body::of(update.want);
        scim::patch::<Resource>(client, id, &body, applying.permit).await
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        scim::delete::<Resource>(client, id, applying.permit).await
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}
