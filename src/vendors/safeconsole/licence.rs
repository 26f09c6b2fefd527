//! The licence: one, compared with what is said of it (vendor page, sections 4.10 and 5.6).

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::LICENCE;
use super::answer::Envelope;
use super::client::{Action, Client};
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, Value};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec};
use crate::model::reference::{Link, Links};
use crate::model::verb::{Evidence, Verbs};

/// The licence.
#[derive(Clone, Debug)]
pub(crate) enum Licence {}

const OWNER: Field = Field::new("owner").assumed();
const EXPIRES_ON: Field = Field::new("expires_on").assumed();
const SEATS: Field = Field::new("seats").form(Form::Number("seats")).assumed();

/// What is said of the licence. It is compared and told.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct LicenceSpec {
    /// Who owns it, by e-mail address.
    #[schemars(example = &"owner@example.org")]
    owner: Option<String>,
    /// The day on which it runs out.
    #[schemars(example = &"2027-01-31")]
    expires_on: Option<String>,
    /// For how many drives it is.
    seats: Option<u32>,
}

impl DecodeSpec for LicenceSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        Some(Self {
            owner: map.optional("owner"),
            expires_on: map.optional("expires_on"),
            seats: map.optional("seats"),
        })
    }
}

impl Spec for LicenceSpec {
    const FIELDS: &'static [Field] = &[OWNER, EXPIRES_ON, SEATS];
    const KEY_ONLY: &'static [&'static str] = &["licence"];

    fn key(&self, _: &Links) -> NaturalKey {
        key()
    }

    fn label(&self) -> &str {
        LICENCE.name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            owner,
            expires_on,
            seats,
        } = self;
        fields.text(OWNER, owner.as_ref());
        fields.text(EXPIRES_ON, expires_on.as_ref());
        let seats = seats.map(|number| Value::Number {
            number,
            unit: "seats",
        });
        fields.some(SEATS, seats);
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

/// There is one.
fn key() -> NaturalKey {
    NaturalKey(vec![("licence", "the only one".to_owned())])
}

#[derive(Deserialize)]
struct Answer {
    owner: Option<String>,
    expires: Option<String>,
    seats_total: Option<u32>,
}

impl Kind for Licence {
    const ID: KindId = LICENCE;
    const TABLE: &'static str = "licences";
    const REMOVAL: Removal = Removal::Delete;
    const READ: Evidence = Evidence::Assumed;
    const VERBS: Verbs = Verbs::observed("a licence is bought");
    type Spec = LicenceSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let Envelope { response, .. } = client
            .read::<Answer>(Action::GET_LICENSE, &json!({}))
            .await?;
        let Answer {
            owner,
            expires,
            seats_total,
        } = response;
        let day = |time: String| time.split('T').next().unwrap_or_default().to_owned();
        let row = Row {
            id: RemoteId(LICENCE.name.to_owned()),
            key: key(),
            label: LICENCE.name.to_owned(),
            spec: Some(LicenceSpec {
                owner,
                expires_on: expires.map(day),
                seats: seats_total,
            }),
            writable: true,
        };
        Ok(Listing {
            rows: vec![row],
            incomplete: None,
        })
    }

    /// The list shows the only one.
    async fn read(_: &Client, _: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(Live::Gone)
    }
}
