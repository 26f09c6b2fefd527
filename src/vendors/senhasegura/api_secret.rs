//! MySafe API secrets (vendor page, section 4.3): what a program needs to call somebody's API.

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::API_SECRET;
use super::answer::Loose;
use super::client::Client;
use super::mysafe::{
    self, Common, CommonBody, CommonEntity, GROUPS_ALLOWED, Item, Kept, ListRow, TAGS,
    USERS_ALLOWED, as_read, revealed,
};
use crate::http::Revealed;
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Seen};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::kind::{NaturalKey, Row, Spec};
use crate::model::reference::{Link, Links};
use crate::model::secret::Secret;

/// An API secret of MySafe.
pub(crate) type ApiSecret = Kept<ApiSecretItem>;

/// What is particular to it.
pub(crate) enum ApiSecretItem {}

const NAME: Field = Field::new("name");
const IDENTIFIER_CODE: Field = Field::new("identifier_code");
const URL: Field = Field::new("url");
const CLIENT_ID: Field = Field::new("client_id");
const CLIENT_SECRET: Field = Field::new("client_secret").form(Form::Secret);
const METHOD: Field = Field::new("method");
const NOTES: Field = Field::new("notes").form(Form::Sensitive);

/// An API secret of MySafe: what a program needs to call somebody's API. What is left out is not ours: it stays as it
/// is.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct ApiSecretSpec {
    /// The title that MySafe shows. Several API secrets may have the same.
    #[schemars(example = &"Payments")]
    name: String,
    /// A code of your own that tells which live one is meant, unique among those of one owner. Without it, `name` does.
    #[schemars(example = &"payments-live")]
    identifier_code: Option<String>,
    /// Where the API is.
    #[schemars(example = &"https://api.example.org")]
    url: String,
    /// Whom the API takes the program for.
    #[schemars(example = &"acme-shop")]
    client_id: String,
    /// The secret that proves it, as a reference to where its value is. Left out, the one that is there is kept.
    client_secret: Option<SecretField>,
    /// The HTTP verb to call the API with.
    #[schemars(example = &"post")]
    method: Option<String>,
    /// Remarks for whoever opens it. Compared, but never shown in a plan.
    notes: Option<String>,
    #[schemars(flatten)]
    common: Common,
}

impl DecodeSpec for ApiSecretSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required("name");
        let identifier_code = map.optional::<String>("identifier_code");
        let url = map.required("url");
        let client_id = map.required("client_id");
        let client_secret = map.optional("client_secret");
        let method = map.optional("method");
        let notes = map.optional("notes");
        let common = Common::decode(map);
        Some(Self {
            name: name?,
            identifier_code,
            url: url?,
            client_id: client_id?,
            client_secret,
            method,
            notes,
            common,
        })
    }
}

impl ApiSecretSpec {
    /// The code that tells it from others. An empty one tells nothing: many may have it (assumed).
    fn code(&self) -> Option<&str> {
        self.identifier_code.as_deref().filter(|it| !it.is_empty())
    }
}

impl Spec for ApiSecretSpec {
    const FIELDS: &'static [Field] = &[
        NAME,
        IDENTIFIER_CODE,
        URL,
        CLIENT_ID,
        CLIENT_SECRET,
        METHOD,
        NOTES,
        TAGS,
        USERS_ALLOWED,
        GROUPS_ALLOWED,
    ];
    const GIVES: bool = true;

    fn key(&self, _: &Links) -> NaturalKey {
        match self.code() {
            Some(code) => key_of_code(code),
            None => key(&self.name),
        }
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            name,
            identifier_code,
            url,
            client_id,
            client_secret,
            method,
            notes,
            common,
        } = self;
        fields.text(NAME, Some(name));
        fields.text(IDENTIFIER_CODE, identifier_code.as_ref());
        fields.text(URL, Some(url));
        fields.text(CLIENT_ID, Some(client_id));
        fields.secret(CLIENT_SECRET, client_secret.as_ref());
        fields.text(METHOD, method.as_ref());
        fields.sensitive(NOTES, notes.as_ref());
        common.list(fields);
    }

    fn access(&self, _: Option<&Self>, seen: &Seen<'_>) -> Access {
        self.common.access(seen)
    }

    fn links(&self) -> Vec<(Field, Link)> {
        self.common.links()
    }
}

fn key(name: &str) -> NaturalKey {
    NaturalKey(vec![("name", name.to_owned())])
}

fn key_of_code(code: &str) -> NaturalKey {
    NaturalKey(vec![("identifier_code", code.to_owned())])
}

/// What creating and updating send.
#[derive(Serialize)]
pub(crate) struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<Revealed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
    #[serde(flatten)]
    common: CommonBody,
}

/// An API secret as it is read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entity {
    name: Loose,
    identifier_code: Loose,
    url: Loose,
    client_id: Loose,
    client_secret: Option<Secret>,
    method: Loose,
    #[serde(alias = "note")]
    notes: Loose,
    #[serde(flatten)]
    common: CommonEntity,
}

impl Item for ApiSecretItem {
    const ID: KindId = API_SECRET;
    const TABLE: &'static str = "api_secrets";
    const PATH: &'static str = "secretapi";
    type Spec = ApiSecretSpec;
    type Entity = Entity;
    type Body<'a> = Body<'a>;

    fn row_key(row: &ListRow) -> NaturalKey {
        key(&row.name.0)
    }

    fn spec(entity: Entity, encrypted: bool) -> ApiSecretSpec {
        let Entity {
            name,
            identifier_code,
            url,
            client_id,
            client_secret,
            method,
            notes,
            common,
        } = entity;
        ApiSecretSpec {
            name: name.0,
            identifier_code: Some(identifier_code.0),
            url: url.0,
            client_id: client_id.0,
            client_secret: as_read(client_secret, encrypted),
            method: Some(method.0),
            notes: Some(notes.0),
            common: common.into(),
        }
    }

    fn body<'a>(
        spec: &'a ApiSecretSpec,
        applying: &Applying<'_>,
        sends: &dyn Fn(Field) -> bool,
    ) -> Result<Body<'a>, VendorError> {
        let ApiSecretSpec {
            name,
            identifier_code,
            url,
            client_id,
            client_secret,
            method,
            notes,
            common,
        } = spec;
        Ok(Body {
            name: sends(NAME).then_some(name),
            identifier_code: identifier_code
                .as_deref()
                .filter(|_| sends(IDENTIFIER_CODE)),
            url: sends(URL).then_some(url),
            client_id: sends(CLIENT_ID).then_some(client_id),
            client_secret: revealed(client_secret.as_ref().filter(|_| sends(CLIENT_SECRET))),
            method: method.as_deref().filter(|_| sends(METHOD)),
            notes: notes.as_deref().filter(|_| sends(NOTES)),
            common: common.body(applying, sends)?,
        })
    }
    /// No list tells a code, but one can be asked for those that have it (page 22): a request for each that is declared.
    async fn tell_apart(
        client: &Client,
        wants: &[&ApiSecretSpec],
        rows: &mut Vec<Row<ApiSecret>>,
    ) -> Result<(), VendorError> {
        let codes = wants.iter().filter_map(|want| want.code());
        let codes = codes.map(str::to_owned).collect::<BTreeSet<_>>();
        let found = futures_util::stream::iter(codes)
            .map(async |code| {
                let query = [("identifier_code", code.as_str())];
                let rows = mysafe::rows(client, Self::PATH, &query).await?;
                Ok::<_, VendorError>((key_of_code(&code), rows))
            })
            .buffered(client.parallelism)
            .try_collect::<Vec<_>>()
            .await?;
        for (key, having) in found {
            let has = |id: &RemoteId| having.iter().any(|row| row.identifier.0 == id.0);
            let rows = rows.iter_mut().filter(|row| has(&row.id));
            rows.for_each(|row| row.key = key.clone());
        }
        Ok(())
    }
}
