//! Data centres (vendor page, section 4.6), in which ports are ordered. They are the vendor's.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::DATA_CENTRE;
use super::client::Client;
use crate::http::segment;
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec};
use crate::model::reference::{Link, Links};
use crate::model::verb::Verbs;

/// A data centre.
#[derive(Clone, Debug)]
pub(crate) enum DataCentre {}

/// How many a page is asked for.
const PAGE: usize = 100;

const USERNAME: Field = Field::new("username");
const NAME: Field = Field::new("name");
const ORDERABLE: Field = Field::new("orderable").form(Form::Flag);

/// A data centre as it should be. Nobody can change one: what differs is told.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct DataCentreSpec {
    /// The data centre's name in addresses and orders.
    #[schemars(example = &"example-dc1")]
    username: String,
    /// The data centre's name for people.
    name: Option<String>,
    /// Whether physical ports can be ordered in it.
    orderable: Option<bool>,
}

impl DecodeSpec for DataCentreSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let username = map.required("username");
        let name = map.optional("name");
        let orderable = map.optional("orderable");
        Some(Self {
            username: username?,
            name,
            orderable,
        })
    }
}

impl Spec for DataCentreSpec {
    const FIELDS: &'static [Field] = &[USERNAME, NAME, ORDERABLE];

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
            orderable,
        } = self;
        fields.text(USERNAME, Some(username));
        fields.text(NAME, name.as_ref());
        fields.flag(ORDERABLE, *orderable);
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

fn key(username: &str) -> NaturalKey {
    NaturalKey(vec![("username", username.to_owned())])
}

/// A data centre as the vendor shows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entity {
    id: String,
    username: String,
    name: Option<String>,
    #[serde(default)]
    deleted: bool,
    data_center_facility: Option<Facility>,
}

#[derive(Deserialize)]
struct Facility {
    ready: Option<bool>,
}

impl Entity {
    fn into_spec(self) -> DataCentreSpec {
        let Self {
            id: _,
            username,
            name,
            deleted: _,
            data_center_facility,
        } = self;
        DataCentreSpec {
            username,
            name,
            orderable: data_center_facility.and_then(|it| it.ready),
        }
    }
}

impl Kind for DataCentre {
    const ID: KindId = DATA_CENTRE;
    const TABLE: &'static str = "data_centres";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs::observed("data centres are the vendor's");
    type Spec = DataCentreSpec;
    type Client = Client;

    /// No page says how many there are: a page that is not full is the last.
    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let mut found = BTreeMap::new();
        let mut incomplete = None;
        let mut skip = 0;
        loop {
            let filter = json!({ "where": {}, "skip": skip, "limit": PAGE }).to_string();
            let page = client
                .get::<Vec<Entity>>("v2/data-center-facility", &[("filter", &filter)])
                .await?;
            let (sent, before) = (page.len(), found.len());
            found.extend(page.into_iter().map(|it| (it.id.clone(), it)));
            if sent < PAGE {
                break;
            }
            if found.len() == before {
                let why =
                    "Console Connect sends the same data centres again when it is asked for more";
                incomplete = Some(why.to_owned());
                break;
            }
            skip += sent;
        }
        let names = found
            .values()
            .map(|it| (RemoteId(it.id.clone()), it.username.clone()));
        client.facilities.remember(names);
        let row = |it: Entity| Row {
            id: RemoteId(it.id.clone()),
            key: key(&it.username),
            label: it.username.clone(),
            spec: Some(it.into_spec()),
            writable: true,
        };
        Ok(Listing {
            rows: found
                .into_values()
                .filter(|it| !it.deleted)
                .map(row)
                .collect(),
            incomplete,
        })
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let path = format!("v2/data-center-facility/{}", segment(&id.0));
        let found = client.find::<Entity>(&path).await?;
        Ok(found.map_or(Live::Gone, |it| Live::Active(it.into_spec())))
    }
}
