//! The companies that trueup's user belongs to (vendor page, section 4.2). No request that is documented changes one.

use schemars::JsonSchema;

use super::COMPANY;
use super::client::{self, Client};
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec};
use crate::model::reference::{Link, Links};
use crate::model::verb::Verbs;

/// A company.
#[derive(Clone, Debug)]
pub(crate) enum Company {}

const USERNAME: Field = Field::new("username");
const NAME: Field = Field::new("name");
const VERIFIED: Field = Field::new("verified").form(Form::Flag);

/// A company as it should be. Nobody can change one: what differs is told.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct CompanySpec {
    /// The company's name in addresses.
    #[schemars(example = &"exampleco")]
    username: String,
    /// The company's name for people.
    name: Option<String>,
    /// Whether the vendor has verified it, without which it orders nothing.
    verified: Option<bool>,
}

impl DecodeSpec for CompanySpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let username = map.required("username");
        let name = map.optional("name");
        let verified = map.optional("verified");
        Some(Self {
            username: username?,
            name,
            verified,
        })
    }
}

impl Spec for CompanySpec {
    const FIELDS: &'static [Field] = &[USERNAME, NAME, VERIFIED];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.username)
    }

    fn label(&self) -> &str {
        &self.username
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            username,
            name,
            verified,
        } = self;
        fields.text(USERNAME, Some(username));
        fields.text(NAME, name.as_ref());
        fields.flag(VERIFIED, *verified);
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

fn key(username: &str) -> NaturalKey {
    NaturalKey(vec![("username", username.to_owned())])
}

impl Kind for Company {
    const ID: KindId = COMPANY;
    const TABLE: &'static str = "companies";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs::observed("no request changes a company, and trueup founds none");
    type Spec = CompanySpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let companies = client.me().await?.companies.iter().cloned();
        let row = |it: client::Company| {
            let client::Company {
                id,
                username,
                name,
                verified,
            } = it;
            Row {
                id: RemoteId(id),
                key: key(&username),
                label: username.clone(),
                spec: Some(CompanySpec {
                    username,
                    name,
                    verified,
                }),
                writable: true,
            }
        };
        Ok(Listing {
            rows: companies.map(row).collect(),
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
