//! Smart rules: what finds assets, systems and accounts, and so decides what a group's access reaches.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{KindId, Shown, key, kind, listing, one, spelled};
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

/// A smart rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SmartRule {}

const TITLE: Field = Field::new("title");
const DESCRIPTION: Field = Field::new("description");
const CATEGORY: Field = Field::new("category");
const TYPE: Field = Field::new("type");
const READ_ONLY: Field = Field::new("read_only").form(Form::Flag);

/// A smart rule. Declaring one asserts that the vendor has it, and what the fields say. What groups may do with what it
/// finds is said at the groups.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct SmartRuleSpec {
    /// The vendor's name for it.
    #[schemars(example = &"All Assets")]
    title: String,
    /// What it is for.
    description: Option<String>,
    /// What the product sorts it under.
    #[schemars(example = &"Assets")]
    category: Option<String>,
    /// What it finds, in the vendor's words.
    #[schemars(rename = "type", example = &"Asset")]
    kind: Option<String>,
    /// Whether the product lets nobody change it.
    read_only: Option<bool>,
}

impl DecodeSpec for SmartRuleSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let title = map.required(TITLE.name);
        let description = map.optional(DESCRIPTION.name);
        let category = map.optional(CATEGORY.name);
        let kind = map.optional(TYPE.name);
        let read_only = map.optional(READ_ONLY.name);
        Some(Self {
            title: title?,
            description,
            category,
            kind,
            read_only,
        })
    }
}

impl Spec for SmartRuleSpec {
    const FIELDS: &'static [Field] = &[TITLE, DESCRIPTION, CATEGORY, TYPE, READ_ONLY];

    fn key(&self, _: &Links) -> NaturalKey {
        key(TITLE.name, &self.title)
    }

    fn label(&self) -> &str {
        &self.title
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            title,
            description,
            category,
            kind,
            read_only,
        } = self;
        fields.text(TITLE, Some(title));
        fields.text(DESCRIPTION, description.as_ref());
        fields.text(CATEGORY, category.as_ref());
        fields.text(TYPE, kind.as_ref());
        fields.flag(READ_ONLY, *read_only);
    }

    fn as_told(&self, want: &Self) -> Self {
        Self {
            title: spelled(&self.title, &want.title),
            ..self.clone()
        }
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

/// A smart rule as it is listed, also of a group. Some lists say no more than its id and title.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Entity {
    #[serde(rename = "SmartRuleID", alias = "SmartRuleId")]
    pub id: i64,
    title: String,
    description: Option<String>,
    category: Option<String>,
    rule_type: Option<String>,
    is_read_only: Option<bool>,
}

impl Shown for Entity {
    const WHAT: &'static str = "smart rule";

    fn id(&self) -> i64 {
        self.id
    }

    fn name(&self) -> &str {
        &self.title
    }
}

impl Entity {
    fn spec(&self) -> SmartRuleSpec {
        let Self {
            id: _,
            title,
            description,
            category,
            rule_type,
            is_read_only,
        } = self.clone();
        SmartRuleSpec {
            title,
            description: Some(description.unwrap_or_default()),
            category: Some(category.unwrap_or_default()),
            kind: Some(rule_type.unwrap_or_default()),
            read_only: is_read_only,
        }
    }
}

impl Client {
    /// All smart rules that we see, asked for once.
    pub(in super::super) async fn smart_rules(&self) -> Result<&Vec<Entity>, VendorError> {
        self.smart_rules
            .get_or_try_init(|| unpaged(self, "SmartRules", &[]))
            .await
    }
}

impl Kind for SmartRule {
    const ID: KindId = kind("smart_rule");
    const TABLE: &'static str = "smart_rules";
    const REMOVAL: Removal = Removal::Delete;
    /// The API would make those that go by attributes, and remove any; changed they can only be by hand.
    const VERBS: Verbs = Verbs::observed("trueup only looks at smart rules");
    type Spec = SmartRuleSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        Ok(listing(
            client.smart_rules().await?,
            TITLE.name,
            Entity::spec,
        ))
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(one(client.smart_rules().await?, id, Entity::spec))
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}
