//! Password rules: what the passwords look like that the product makes.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{KindId, NO_REQUEST, Shown, key, kind, listing, one, spelled};
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::address::RemoteId;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Spec};
use crate::model::reference::{Link, Links};
use crate::model::verb::Verbs;
use crate::vendors::password_safe::client::Client;
use crate::vendors::password_safe::list::unpaged;

/// A password rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PasswordRule {}

const NAME: Field = Field::new("name");
const DESCRIPTION: Field = Field::new("description");
const MINIMUM_LENGTH: Field = Field::new("minimum_length");
const MAXIMUM_LENGTH: Field = Field::new("maximum_length");
const PRODUCTS: Field = Field::new("products").form(Form::Set);

/// A list is of the rules of one product, of Password Safe if nothing is said.
const EVERY_PRODUCT: [&str; 3] = ["PasswordSafe", "SecretsSafe", "TeamPasswords"];

/// A rule by which the product makes passwords. Declaring one asserts that the vendor has it, and what the fields say.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct PasswordRuleSpec {
    /// The vendor's name for it.
    #[schemars(example = &"Default Password Policy")]
    name: String,
    /// What it is for.
    description: Option<String>,
    /// The fewest characters that a password has.
    minimum_length: Option<u32>,
    /// The most characters that a password has.
    maximum_length: Option<u32>,
    /// Every product in which it may be used, in the vendor's words.
    #[schemars(example = &["PasswordSafe", "SecretsSafe"])]
    products: Option<BTreeSet<String>>,
}

impl DecodeSpec for PasswordRuleSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required(NAME.name);
        let description = map.optional(DESCRIPTION.name);
        let minimum_length = map.optional(MINIMUM_LENGTH.name);
        let maximum_length = map.optional(MAXIMUM_LENGTH.name);
        let products = map.optional(PRODUCTS.name);
        Some(Self {
            name: name?,
            description,
            minimum_length,
            maximum_length,
            products,
        })
    }
}

impl Spec for PasswordRuleSpec {
    const FIELDS: &'static [Field] = &[NAME, DESCRIPTION, MINIMUM_LENGTH, MAXIMUM_LENGTH, PRODUCTS];

    fn key(&self, _: &Links) -> NaturalKey {
        key(NAME.name, &self.name)
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            name,
            description,
            minimum_length,
            maximum_length,
            products,
        } = self;
        fields.text(NAME, Some(name));
        fields.text(DESCRIPTION, description.as_ref());
        let number = |it: &u32| it.to_string();
        fields.text(MINIMUM_LENGTH, minimum_length.as_ref().map(number).as_ref());
        fields.text(MAXIMUM_LENGTH, maximum_length.as_ref().map(number).as_ref());
        fields.set(PRODUCTS, products.as_ref().map(|it| it.iter().cloned()));
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

/// A rule as it is listed. What its letters mean no public page states, so that they are left unread.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Entity {
    #[serde(rename = "PasswordRuleID", alias = "PasswordRuleId")]
    id: i64,
    name: String,
    description: Option<String>,
    minimum_length: Option<u32>,
    maximum_length: Option<u32>,
    enabled_products: Option<BTreeSet<String>>,
}

impl Shown for Entity {
    const WHAT: &'static str = "password rule";

    fn id(&self) -> i64 {
        self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Entity {
    fn spec(&self) -> PasswordRuleSpec {
        let Self {
            id: _,
            name,
            description,
            minimum_length,
            maximum_length,
            enabled_products,
        } = self.clone();
        PasswordRuleSpec {
            name,
            description: Some(description.unwrap_or_default()),
            minimum_length,
            maximum_length,
            products: enabled_products,
        }
    }
}

impl Client {
    async fn password_rules(&self) -> Result<&Vec<Entity>, VendorError> {
        let ask = async || {
            let of = |product| async move {
                let query = [("enabledproducts", product)];
                unpaged::<Entity>(self, "PasswordRules", &query).await
            };
            let lists = futures_util::future::try_join_all(EVERY_PRODUCT.map(of)).await?;
            let by_id = lists.into_iter().flatten().map(|it| (it.id, it));
            Ok(by_id.collect::<BTreeMap<_, _>>().into_values().collect())
        };
        self.password_rules.get_or_try_init(ask).await
    }
}

impl Kind for PasswordRule {
    const ID: KindId = kind("password_rule");
    const TABLE: &'static str = "password_rules";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs::observed(NO_REQUEST);
    type Spec = PasswordRuleSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        Ok(listing(
            client.password_rules().await?,
            NAME.name,
            Entity::spec,
        ))
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(one(client.password_rules().await?, id, Entity::spec))
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}
