//! Roles (vendor page, section 4.4). No request makes or changes one.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::ROLE;
use super::client::Client;
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec};
use crate::model::reference::{Link, Links};
use crate::model::verb::Verbs;

/// A role.
#[derive(Clone, Debug)]
pub(crate) enum Role {}

const NAME: Field = Field::new("name");
const DISPLAY: Field = Field::new("display");
const PERMISSIONS: Field = Field::new("permissions").form(Form::Set);

/// A role as it should be. Nobody can change one: what differs is told.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct RoleSpec {
    /// The role's name, as members have it.
    #[schemars(example = &"NETWORKCONTROL")]
    name: String,
    /// The role's name for people.
    #[schemars(example = &"Network Admin")]
    display: Option<String>,
    /// What it permits, all of it.
    #[schemars(example = &["ports-edit", "ports-read"])]
    permissions: Option<BTreeSet<String>>,
}

impl DecodeSpec for RoleSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required("name");
        let display = map.optional("display");
        let permissions = map.optional("permissions");
        Some(Self {
            name: name?,
            display,
            permissions,
        })
    }
}

impl Spec for RoleSpec {
    const FIELDS: &'static [Field] = &[NAME, DISPLAY, PERMISSIONS];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.name)
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            name,
            display,
            permissions,
        } = self;
        fields.text(NAME, Some(name));
        fields.text(DISPLAY, display.as_ref());
        fields.set(
            PERMISSIONS,
            permissions.as_ref().map(|it| it.iter().cloned()),
        );
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

fn key(name: &str) -> NaturalKey {
    NaturalKey(vec![("name", name.to_owned())])
}

/// A role as the vendor shows it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entity {
    id: String,
    pub name: String,
    #[serde(alias = "displayName")]
    display: Option<String>,
    /// Whether members can be neither given nor deprived of it.
    #[serde(default)]
    pub read_only: bool,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    permissions: BTreeMap<String, bool>,
}

impl Kind for Role {
    const ID: KindId = ROLE;
    const TABLE: &'static str = "roles";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs::observed("no request makes or changes a role");
    const ASSUMED: &'static [&'static str] = &[
        "the list of roles, which the vendor's own portal reads, is open to trueup's user and holds every role",
    ];
    type Spec = RoleSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let roles = client.roles().await?.iter().cloned();
        let row = |it: Entity| {
            let Entity {
                id,
                name,
                display,
                read_only: _,
                deleted: _,
                permissions,
            } = it;
            let permitted = permissions
                .into_iter()
                .filter(|(_, is_permitted)| *is_permitted);
            Row {
                id: RemoteId(id),
                key: key(&name),
                label: name.clone(),
                spec: Some(RoleSpec {
                    name,
                    display,
                    permissions: Some(permitted.map(|(flag, _)| flag).collect()),
                }),
                writable: true,
            }
        };
        Ok(Listing {
            rows: roles.filter(|it| !it.deleted).map(row).collect(),
            incomplete: None,
        })
    }

    /// The list says all there is.
    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let rows = Self::list(client).await?.whole()?;
        let row = rows.into_iter().find(|row| row.id == *id);
        Ok(row
            .and_then(|row| row.spec)
            .map_or(Live::Gone, Live::Active))
    }
}
