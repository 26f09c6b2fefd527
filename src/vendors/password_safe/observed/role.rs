//! Roles: what somebody may be on a smart rule.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{KindId, NO_REQUEST, Shown, key, kind, listing, one, spelled};
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::address::RemoteId;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Spec};
use crate::model::reference::{Link, Links};
use crate::model::verb::Verbs;
use crate::vendors::password_safe::client::Client;
use crate::vendors::password_safe::list::unpaged;

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {}

const NAME: Field = Field::new("name");

/// A role that groups may have on smart rules. Declaring one asserts that the vendor has it.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct RoleSpec {
    /// The vendor's name for it.
    #[schemars(example = &"Requestor")]
    name: String,
}

impl DecodeSpec for RoleSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        Some(Self {
            name: map.required(NAME.name)?,
        })
    }
}

impl Spec for RoleSpec {
    const FIELDS: &'static [Field] = &[NAME];

    fn key(&self, _: &Links) -> NaturalKey {
        key(NAME.name, &self.name)
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self { name } = self;
        fields.text(NAME, Some(name));
    }

    fn as_told(&self, want: &Self) -> Self {
        Self {
            name: spelled(&self.name, &want.name),
        }
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

/// A role as it is listed.
#[derive(Clone, Debug, Deserialize)]
pub(in super::super) struct Entity {
    #[serde(rename = "RoleID", alias = "RoleId")]
    id: i64,
    #[serde(rename = "Name")]
    pub name: String,
}

impl Shown for Entity {
    const WHAT: &'static str = "role";

    fn id(&self) -> i64 {
        self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Entity {
    fn spec(&self) -> RoleSpec {
        let Self { id: _, name } = self;
        RoleSpec { name: name.clone() }
    }
}

impl Client {
    /// All roles, asked for once.
    pub(in super::super) async fn roles(&self) -> Result<&Vec<Entity>, VendorError> {
        self.roles
            .get_or_try_init(|| unpaged(self, "Roles", &[]))
            .await
    }
}

impl Kind for Role {
    const ID: KindId = kind("role");
    const TABLE: &'static str = "roles";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs::observed(NO_REQUEST);
    type Spec = RoleSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        Ok(listing(client.roles().await?, NAME.name, Entity::spec))
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(one(client.roles().await?, id, Entity::spec))
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}
