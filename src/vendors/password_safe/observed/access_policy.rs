//! Access policies: what a request for access must say, and who must approve it.

use std::collections::BTreeSet;

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

/// An access policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AccessPolicy {}

const NAME: Field = Field::new("name");
const DESCRIPTION: Field = Field::new("description");
const ACCESS_TYPES: Field = Field::new("access_types").form(Form::Set);
const MIN_APPROVERS: Field = Field::new("min_approvers");
const REQUIRE_REASON: Field = Field::new("require_reason").form(Form::Flag);
const REQUIRE_TICKET: Field = Field::new("require_ticket").form(Form::Flag);

/// An access policy. Declaring one asserts that the vendor has it, and what the fields say. It may have several schedules:
/// the fields tell what is true whichever of them is gone by.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct AccessPolicySpec {
    /// The vendor's name for it.
    #[schemars(example = &"Business hours")]
    name: String,
    /// What it is for.
    description: Option<String>,
    /// Every type of access that may be asked for under it, in the vendor's words.
    #[schemars(example = &["View", "RDP"])]
    access_types: Option<BTreeSet<String>>,
    /// How many must approve a request at least: the fewest that any of its schedules asks for.
    min_approvers: Option<u32>,
    /// Whether each request must give a reason, in every schedule.
    require_reason: Option<bool>,
    /// Whether each request must name a ticket, in every schedule.
    require_ticket: Option<bool>,
}

impl DecodeSpec for AccessPolicySpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required(NAME.name);
        let description = map.optional(DESCRIPTION.name);
        let access_types = map.optional(ACCESS_TYPES.name);
        let min_approvers = map.optional(MIN_APPROVERS.name);
        let require_reason = map.optional(REQUIRE_REASON.name);
        let require_ticket = map.optional(REQUIRE_TICKET.name);
        Some(Self {
            name: name?,
            description,
            access_types,
            min_approvers,
            require_reason,
            require_ticket,
        })
    }
}

impl Spec for AccessPolicySpec {
    const FIELDS: &'static [Field] = &[
        NAME,
        DESCRIPTION,
        ACCESS_TYPES,
        MIN_APPROVERS,
        REQUIRE_REASON,
        REQUIRE_TICKET,
    ];

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
            access_types,
            min_approvers,
            require_reason,
            require_ticket,
        } = self;
        fields.text(NAME, Some(name));
        fields.text(DESCRIPTION, description.as_ref());
        let types = access_types.as_ref();
        fields.set(ACCESS_TYPES, types.map(|it| it.iter().cloned()));
        let approvers = min_approvers.map(|it| it.to_string());
        fields.text(MIN_APPROVERS, approvers.as_ref());
        fields.flag(REQUIRE_REASON, *require_reason);
        fields.flag(REQUIRE_TICKET, *require_ticket);
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

/// A policy as it is listed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Entity {
    #[serde(rename = "AccessPolicyID", alias = "AccessPolicyId")]
    id: i64,
    name: String,
    description: Option<String>,
    schedules: Option<Vec<Schedule>>,
}

/// When it applies, and what it demands then.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Schedule {
    require_reason: Option<bool>,
    require_ticket_system: Option<bool>,
    access_types: Option<Vec<AccessType>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AccessType {
    access_type: String,
    min_approvers: Option<u32>,
}

impl Shown for Entity {
    const WHAT: &'static str = "access policy";

    fn id(&self) -> i64 {
        self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Entity {
    fn spec(&self) -> AccessPolicySpec {
        let Self {
            id: _,
            name,
            description,
            schedules,
        } = self;
        let schedules = schedules.as_deref().unwrap_or_default();
        let types = schedules.iter().flat_map(|it| &it.access_types).flatten();
        let approvers = types.clone().map(|it| it.min_approvers.unwrap_or_default());
        let every = |demands: fn(&Schedule) -> Option<bool>| {
            !schedules.is_empty() && schedules.iter().all(|it| demands(it) == Some(true))
        };
        AccessPolicySpec {
            name: name.clone(),
            description: Some(description.clone().unwrap_or_default()),
            access_types: Some(types.map(|it| it.access_type.clone()).collect()),
            min_approvers: Some(approvers.min().unwrap_or_default()),
            require_reason: Some(every(|it| it.require_reason)),
            require_ticket: Some(every(|it| it.require_ticket_system)),
        }
    }
}

impl Client {
    /// All access policies, asked for once.
    pub(in super::super) async fn access_policies(&self) -> Result<&Vec<Entity>, VendorError> {
        self.access_policies
            .get_or_try_init(|| unpaged(self, "AccessPolicies", &[]))
            .await
    }
}

impl Kind for AccessPolicy {
    const ID: KindId = kind("access_policy");
    const TABLE: &'static str = "access_policies";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs::observed(NO_REQUEST);
    type Spec = AccessPolicySpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        Ok(listing(
            client.access_policies().await?,
            NAME.name,
            Entity::spec,
        ))
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(one(client.access_policies().await?, id, Entity::spec))
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}
