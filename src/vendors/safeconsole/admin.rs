//! Admins of the console: compared with what is said of them, never changed (vendor page, section 4.10).

use schemars::JsonSchema;
use serde::Deserialize;

use super::ADMIN;
use super::client::{Action, Client};
use super::list::{self, All, Identified};
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec};
use crate::model::reference::{Link, Links};
use crate::model::verb::{Evidence, Verbs};

/// An admin of the console.
#[derive(Clone, Debug)]
pub(crate) enum Admin {}

const EMAIL: Field = Field::new("email").assumed();
const NAME: Field = Field::new("name").assumed();
const ROLE: Field = Field::new("role").assumed();
const PATH: Field = Field::new("path").assumed();

/// What is said of an admin of the console. It is compared and told, and nothing is changed.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct AdminSpec {
    /// The e-mail address, upper and lower case being one.
    #[schemars(example = &"root@example.org")]
    email: String,
    /// The name as people read it.
    name: Option<String>,
    /// The role, as the console shows it.
    #[schemars(example = &"Manager")]
    role: Option<String>,
    /// The path that the admin is confined to, by its name. Empty for one who is not.
    path: Option<String>,
}

impl DecodeSpec for AdminSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let email = map.required("email");
        let name = map.optional("name");
        let role = map.optional("role");
        let path = map.optional("path");
        Some(Self {
            email: email?,
            name,
            role,
            path,
        })
    }
}

impl Spec for AdminSpec {
    const FIELDS: &'static [Field] = &[EMAIL, NAME, ROLE, PATH];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.email)
    }

    fn label(&self) -> &str {
        &self.email
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            email,
            name,
            role,
            path,
        } = self;
        fields.text(EMAIL, Some(email));
        fields.text(NAME, name.as_ref());
        fields.text(ROLE, role.as_ref());
        fields.text(PATH, path.as_ref());
    }

    /// An address in other letters is the same.
    fn as_told(&self, want: &Self) -> Self {
        let is_same = Admin::fold(&self.email) == Admin::fold(&want.email);
        Self {
            email: if is_same { &want.email } else { &self.email }.clone(),
            ..self.clone()
        }
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

fn key(email: &str) -> NaturalKey {
    NaturalKey(vec![("email", Admin::fold(email))])
}

#[derive(Deserialize)]
struct Record {
    id: i64,
    email: String,
    name: Option<String>,
    role: Option<String>,
    path: Option<String>,
}

impl Identified for Record {
    fn id(&self) -> i64 {
        self.id
    }
}

impl Kind for Admin {
    const ID: KindId = ADMIN;
    const TABLE: &'static str = "admins";
    const REMOVAL: Removal = Removal::Delete;
    const READ: Evidence = Evidence::Assumed;
    const VERBS: Verbs = Verbs::observed("admins are made and changed in the web interface");
    type Spec = AdminSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let All { items, incomplete } =
            list::all::<Record>(client, Action::FIND_ADMINS, "admins").await?;
        let rows = items.into_iter().map(|record| {
            let Record {
                id,
                email,
                name,
                role,
                path,
            } = record;
            Row {
                id: RemoteId(id.to_string()),
                key: key(&email),
                label: email.clone(),
                spec: Some(AdminSpec {
                    email,
                    name: Some(name.unwrap_or_default()),
                    role: Some(role.unwrap_or_default()),
                    path: Some(path.unwrap_or_default()),
                }),
                writable: true,
            }
        });
        Ok(Listing {
            rows: rows.collect(),
            incomplete,
        })
    }

    /// The list shows every admin, so one that it does not show is gone.
    async fn read(_: &Client, _: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(Live::Gone)
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}
