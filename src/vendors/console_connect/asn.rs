//! Autonomous system numbers (vendor page, section 4.9). A new one waits for the vendor's Support to verify it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::ASN;
use super::client::{Client, Results, accepted};
use crate::http::{Repeat, Write, segment};
use crate::load::reader::{Decode, Mapping, Reader};
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec};
use crate::model::reference::{Link, Links};
use crate::model::verb::{Verb, Verbs};
use crate::yaml::Node;

const BAD_ASN: Code = Code("bad-asn");

/// An autonomous system number of the company.
#[derive(Clone, Debug)]
pub(crate) enum Asn {}

const NUMBER: Field = Field::fixed("number");

/// An autonomous system number of the company.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct AsnSpec {
    /// The number. The vendor takes none from 65515 to 65520.
    #[schemars(with = "u32", range(min = 1), example = &64500)]
    number: String,
    /// How far the vendor is with it. Known of live ones only.
    #[schemars(skip)]
    status: Option<String>,
}

impl DecodeSpec for AsnSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let reader = map.reader();
        let number = map.required_node("number");
        Some(Self {
            number: read_number(number?, reader)?,
            status: None,
        })
    }
}

fn read_number(node: &Node, reader: &Reader<'_>) -> Option<String> {
    let number = u32::decode(node, reader)?;
    if number == 0 || (65515..=65520).contains(&number) {
        let message = format!("Console Connect takes no {number} for an ASN");
        reader.push(Diagnostic::error(BAD_ASN, node.place(), message));
        return None;
    }
    Some(number.to_string())
}

impl Spec for AsnSpec {
    const FIELDS: &'static [Field] = &[NUMBER];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.number)
    }

    fn label(&self) -> &str {
        &self.number
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self { number, status: _ } = self;
        fields.text(NUMBER, Some(number));
    }

    fn under_way(&self) -> Option<String> {
        match self.status.as_deref()? {
            "UNVERIFIED" => {
                Some("waits for the vendor's Support to verify it, and can be used then".to_owned())
            }
            "REJECTED" => Some("was rejected by the vendor's Support".to_owned()),
            _ => None,
        }
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

fn key(number: &str) -> NaturalKey {
    NaturalKey(vec![("number", number.to_owned())])
}

/// An ASN as the vendor shows it.
#[derive(Deserialize)]
struct Entity {
    asn: String,
    status: Option<String>,
    #[serde(default)]
    deleted: bool,
}

impl Entity {
    fn into_row(self) -> Row<Asn> {
        let Self {
            asn,
            status,
            deleted: _,
        } = self;
        Row {
            id: RemoteId(asn.clone()),
            key: key(&asn),
            label: asn.clone(),
            spec: Some(AsnSpec {
                number: asn,
                status,
            }),
            writable: true,
        }
    }
}

impl Kind for Asn {
    const ID: KindId = ASN;
    const TABLE: &'static str = "asns";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs {
        update: Verb::Never("there is nothing about an ASN that could change"),
        ..Verbs::SHOWN
    };
    type Spec = AsnSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let path = client.path("asns").await?;
        let Results { results } = client.get::<Results<Entity>>(&path, &[]).await?;
        let rows = results.into_iter().filter(|it| !it.deleted);
        Ok(Listing {
            rows: rows.map(Entity::into_row).collect(),
            incomplete: None,
        })
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let found = client.find::<Entity>(&path(client, &id.0).await?).await?;
        let row = found.filter(|it| !it.deleted).map(Entity::into_row);
        Ok(row
            .and_then(|row| row.spec)
            .map_or(Live::Gone, Live::Active))
    }

    async fn create(
        client: &Client,
        want: &AsnSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let path = path(client, &want.number).await?;
        let response = client
            .send(
                Write::Put,
                &path,
                None::<&()>,
                Repeat::Never,
                applying.permit,
            )
            .await?;
        accepted(&response)?;
        Ok(RemoteId(want.number.clone()))
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let path = path(client, &id.0).await?;
        let deleted = client.delete(&path, applying.permit).await;
        deleted.map_err(|error| match error.help {
            None => error.help("an ASN that a port uses stays: give the port another one first"),
            Some(_) => error,
        })
    }
}

async fn path(client: &Client, number: &str) -> Result<String, VendorError> {
    client.path(&format!("asns/{}", segment(number))).await
}
