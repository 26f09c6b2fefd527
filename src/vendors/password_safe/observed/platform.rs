//! Platforms: what managed systems run on.

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

/// A platform.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Platform {}

const NAME: Field = Field::new("name");
const SHORT_NAME: Field = Field::new("short_name");
const DEFAULT_PORT: Field = Field::new("default_port");
const SESSION_TYPE: Field = Field::new("session_type");

/// A platform that managed systems may run on. Declaring one asserts that the vendor has it, and what the fields say.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct PlatformSpec {
    /// The vendor's name for it.
    #[schemars(example = &"Linux")]
    name: String,
    /// The vendor's short name for it.
    short_name: Option<String>,
    /// The port that its systems are reached at unless they say otherwise.
    #[schemars(example = &22)]
    default_port: Option<u32>,
    /// The kind of session that its systems are reached by unless they say otherwise.
    #[schemars(example = &"SSH")]
    session_type: Option<String>,
}

impl DecodeSpec for PlatformSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required(NAME.name);
        let short_name = map.optional(SHORT_NAME.name);
        let default_port = map.optional(DEFAULT_PORT.name);
        let session_type = map.optional(SESSION_TYPE.name);
        Some(Self {
            name: name?,
            short_name,
            default_port,
            session_type,
        })
    }
}

impl Spec for PlatformSpec {
    const FIELDS: &'static [Field] = &[NAME, SHORT_NAME, DEFAULT_PORT, SESSION_TYPE];

    fn key(&self, _: &Links) -> NaturalKey {
        key(NAME.name, &self.name)
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            name,
            short_name,
            default_port,
            session_type,
        } = self;
        fields.text(NAME, Some(name));
        fields.text(SHORT_NAME, short_name.as_ref());
        let port = default_port.map(|it| it.to_string());
        fields.text(DEFAULT_PORT, port.as_ref());
        fields.text(SESSION_TYPE, session_type.as_ref());
    }

    fn as_told(&self, want: &Self) -> Self {
        Self {
            name: spelled(&self.name, &want.name),
            ..self.clone()
        }
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

/// A platform as it is listed. What no field tells is left unread.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Entity {
    #[serde(rename = "PlatformID", alias = "PlatformId")]
    id: i64,
    name: String,
    short_name: Option<String>,
    default_port: Option<u32>,
    default_session_type: Option<String>,
}

impl Shown for Entity {
    const WHAT: &'static str = "platform";

    fn id(&self) -> i64 {
        self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Entity {
    fn spec(&self) -> PlatformSpec {
        let Self {
            id: _,
            name,
            short_name,
            default_port,
            default_session_type,
        } = self.clone();
        PlatformSpec {
            name,
            short_name: Some(short_name.unwrap_or_default()),
            default_port,
            session_type: Some(default_session_type.unwrap_or_default()),
        }
    }
}

impl Client {
    async fn platforms(&self) -> Result<&Vec<Entity>, VendorError> {
        self.platforms
            .get_or_try_init(|| unpaged(self, "Platforms", &[]))
            .await
    }
}

impl Kind for Platform {
    const ID: KindId = kind("platform");
    const TABLE: &'static str = "platforms";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs::observed(NO_REQUEST);
    type Spec = PlatformSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        Ok(listing(client.platforms().await?, NAME.name, Entity::spec))
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(one(client.platforms().await?, id, Entity::spec))
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}
