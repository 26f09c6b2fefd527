//! Groups of users: their members, the features of the product that they may use, and what they may do with what smart
//! rules find (vendor page, sections 4.7 to 4.9).

mod access;
mod permissions;
mod rules;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use super::answer::partly;
use super::client::Client;
use super::list::unpaged;
use super::user::{self, User};
use crate::http::segment;
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::access::{self as grants, Seen, Sort, What};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{self, Kind, Listing, Live, Look, NaturalKey, Removal, Spec, Update};
use crate::model::place::Place;
use crate::model::reference::{Link, Links, Ref, Target};
use access::SmartRules;
use permissions::Permissions;
pub(super) use write::Vocabulary;

/// A group of users.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {}

const NAME_NOT_FOUND: Code = Code("name-not-found");

const NAME: Field = Field::fixed("name");
const DESCRIPTION: Field = Field::fixed("description");
const API_REGISTRATIONS: Field = Field::fixed("api_registrations").form(Form::Set);
const MEMBERS: Field = Field::new("members").form(Form::References);
const PERMISSIONS: Field = Field::new("permissions").form(Form::Access);
const SMART_RULES: Field = Field::new("smart_rules").form(Form::Access).assumed();

/// A group of users with BeyondInsight's own members. What is left out is not ours: it stays as it is. The API knows no
/// way to change a group itself: what cannot be changed later takes deleting it, by which its members, permissions and
/// roles are lost.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct GroupSpec {
    /// The group's name. Upper and lower case are one. It cannot be changed later.
    #[schemars(example = &"db-operators")]
    name: String,
    /// What the group is for. It cannot be changed later.
    description: Option<String>,
    /// The ids of the API registrations whose keys its members may use. They cannot be changed later.
    api_registrations: Option<BTreeSet<u32>>,
    /// Everybody who belongs to it: `user.NAME` for a user that the workspace declares, `{ live: NAME }` for one that
    /// exists only at the vendor. An empty list leaves nobody in it.
    members: Option<BTreeSet<Ref<User>>>,
    /// Every feature of the product that its members may use, by the vendor's name for it: `{ Secrets Safe: full }`.
    /// What is not listed is taken away.
    permissions: Option<Permissions>,
    /// What its members may do with what smart rules find, by the titles of those as the vendor shows them:
    /// `{ All Assets: { level: read, roles: [Requestor], access_policy: Business hours } }`. Smart rules that are not
    /// named are left alone, so that an empty mapping changes nothing; `level: none` takes access away.
    smart_rules: Option<SmartRules>,
}

impl DecodeSpec for GroupSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required("name");
        let description = map.optional("description");
        let api_registrations = map.optional("api_registrations");
        let members = map.optional("members");
        let permissions = map.optional("permissions");
        let smart_rules = map.optional("smart_rules");
        Some(Self {
            name: name?,
            description,
            api_registrations,
            members,
            permissions,
            smart_rules,
        })
    }
}

impl Spec for GroupSpec {
    const FIELDS: &'static [Field] = &[
        NAME,
        DESCRIPTION,
        API_REGISTRATIONS,
        MEMBERS,
        PERMISSIONS,
        SMART_RULES,
    ];
    const BESIDE_WANT: &'static [&'static str] = &[SMART_RULES.name];
    const GIVES: bool = true;

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.name)
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            name,
            description,
            api_registrations,
            members,
            permissions,
            smart_rules,
        } = self;
        fields.text(NAME, Some(name));
        fields.text(DESCRIPTION, description.as_ref());
        let registrations = api_registrations.as_ref();
        fields.set(
            API_REGISTRATIONS,
            registrations.map(|ids| ids.iter().map(ToString::to_string)),
        );
        fields.refs(MEMBERS, members.as_ref());
        let permissions = permissions.as_ref();
        fields.levels(PERMISSIONS, permissions.map(Permissions::entries));
        let smart_rules = smart_rules.as_ref();
        fields.levels(SMART_RULES, smart_rules.map(SmartRules::entries));
    }

    fn as_told(&self, want: &Self) -> Self {
        let mut told = self.clone();
        if let (Some(have), Some(want)) = (&self.smart_rules, &want.smart_rules) {
            told.smart_rules = Some(have.told_as(want));
        }
        told
    }

    fn untold(&self, want: &Self) -> Vec<(Field, String)> {
        let (Some(have), Some(want)) = (&self.smart_rules, &want.smart_rules) else {
            return Vec::new();
        };
        let why = have.untold(want);
        let told = (!why.is_empty()).then(|| (SMART_RULES, why.join("; ")));
        told.into_iter().collect()
    }

    fn access(&self, was: Option<&Self>, seen: &Seen<'_>) -> grants::Access {
        let Self {
            name: _,
            description: _,
            api_registrations,
            members,
            permissions,
            smart_rules,
        } = self;
        let itself = seen.itself(Sort::Group);
        let mut access = grants::Access::default();
        let had = was.and_then(|was| was.members.as_ref());
        for member in members.as_ref().or(had).into_iter().flatten() {
            let member = seen.who(Sort::Person, member);
            access.belongs.push((member.clone(), itself.clone()));
            let level = grants::Level::held();
            access.give(member, What::Itself, level, &[MEMBERS.name]);
        }
        for id in api_registrations.iter().flatten() {
            let what = What::Named(format!("API registration {id}"));
            let level = grants::Level::held();
            access.give(itself.clone(), what, level, &[API_REGISTRATIONS.name]);
        }
        for (feature, level) in permissions.iter().flat_map(Permissions::entries) {
            let what = What::Named(format!("feature {feature}"));
            let level = grants::Level::rung(&permissions::LADDER, level);
            access.give(itself.clone(), what, level, &[PERMISSIONS.name]);
        }
        for (rule, level) in smart_rules.iter().flat_map(SmartRules::levels) {
            let what = What::Named(format!("smart rule {rule}"));
            access.give(itself.clone(), what, level, &[SMART_RULES.name]);
        }
        access
    }

    fn links(&self) -> Vec<(Field, Link)> {
        let members = self.members.iter().flatten();
        members.map(|it| (MEMBERS, it.link().by_id())).collect()
    }
}

/// Names are unique whatever their case (assumed).
fn key(name: &str) -> NaturalKey {
    NaturalKey(vec![("name", Group::fold(name))])
}

/// A group as it is listed.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Row {
    #[serde(rename = "GroupID", alias = "GroupId")]
    group_id: i64,
    name: String,
    description: Option<String>,
    group_type: Option<String>,
    #[serde(rename = "ApplicationRegistrationIDs")]
    registrations: Option<Vec<u32>>,
}

impl Row {
    fn id(&self) -> RemoteId {
        RemoteId(self.group_id.to_string())
    }

    /// Whether its members are BeyondInsight's to change. Those of a directory come from there.
    fn is_local(&self) -> bool {
        let said = self.group_type.as_deref();
        said.is_none_or(|it| it.eq_ignore_ascii_case("BeyondInsight"))
    }
}

/// A feature and a level, as the vendor numbers both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Pair {
    #[serde(rename = "PermissionID")]
    permission: i64,
    #[serde(rename = "AccessLevelID")]
    level: i64,
}

/// A smart rule and a level, as the vendor numbers both.
#[derive(Clone, Copy, Debug, Serialize)]
struct RuleLevel {
    #[serde(rename = "SmartRuleID")]
    rule: i64,
    #[serde(rename = "AccessLevelID")]
    level: i64,
}

/// What creating sends. Members are added one by one; permissions are named at once.
#[derive(Serialize)]
struct CreateBody<'a> {
    #[serde(rename = "groupType")]
    group_type: &'static str,
    #[serde(rename = "groupName")]
    name: &'a str,
    description: &'a str,
    #[serde(rename = "isActive")]
    is_active: bool,
    #[serde(rename = "Permissions")]
    permissions: Vec<Pair>,
    #[serde(rename = "SmartRuleAccess")]
    smart_rules: Vec<RuleLevel>,
    #[serde(rename = "ApplicationRegistrationIDs")]
    registrations: Vec<u32>,
}

#[derive(Deserialize)]
struct Created {
    #[serde(rename = "GroupID", alias = "GroupId")]
    group_id: i64,
}

impl Kind for Group {
    const ID: KindId = GROUP;
    const TABLE: &'static str = "groups";
    const REMOVAL: Removal = Removal::Delete;
    const ASSUMED: &'static [&'static str] = &[
        "the query that lists a group's smart rules of one level of access is called `accessLevels`",
        "a group without access to a smart rule has no roles on it",
        "a change of the level of access leaves the roles as they are",
    ];
    type Spec = GroupSpec;
    type Client = Client;

    /// One answer holds all; there is no paging.
    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let groups = unpaged::<Row>(client, "UserGroups", &[]).await?;
        let by_id = groups.iter().map(|it| (it.id(), it.clone()));
        client.groups.remember(by_id);
        let row = |group: Row| kind::Row {
            id: group.id(),
            key: key(&group.name),
            writable: group.is_local(),
            label: group.name,
            spec: None,
        };
        Ok(Listing {
            rows: groups.into_iter().map(row).collect(),
            incomplete: None,
        })
    }

    /// The list says neither the members nor the permissions, and each has an address of its own. Asking a directory's
    /// group for its members would bring them up to date first, so nobody asks.
    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let row = match client.groups.get(id) {
            Some(row) => Some(row),
            None => client.find(&path(id), &[]).await?,
        };
        let Some(row) = row else {
            return Ok(Live::Gone);
        };
        let members = async {
            if row.is_local() {
                members(client, id).await.map(Some)
            } else {
                Ok(None)
            }
        };
        let (members, permissions) =
            futures_util::future::try_join(members, permissions(client, id)).await?;
        let by_id = |id: i64| Ref::new(Target::Id(RemoteId(id.to_string())), None);
        Ok(Live::Active(GroupSpec {
            name: row.name,
            description: Some(row.description.unwrap_or_default()),
            api_registrations: row.registrations.map(|ids| ids.into_iter().collect()),
            members: members.map(|ids| ids.into_iter().map(by_id).collect()),
            permissions: Some(permissions),
            smart_rules: None,
        }))
    }

    /// Smart rules cost requests of their own, so that only what is declared of them is read.
    async fn read_for(
        client: &Client,
        id: &RemoteId,
        look: Look<'_, Self>,
    ) -> Result<Live<Self>, VendorError> {
        let mut live = Self::read(client, id).await?;
        if let (Live::Active(spec), Some(want)) = (&mut live, &look.want.smart_rules) {
            spec.smart_rules = Some(rules::read(client, id, want).await?);
        }
        Ok(live)
    }

    async fn check(client: &Client, want: &GroupSpec) -> Result<Vec<Diagnostic>, VendorError> {
        let mut mistakes = Vec::new();
        if let Some(permissions) = &want.permissions {
            mistakes.extend(write::check(client, permissions).await?);
        }
        if let Some(smart_rules) = &want.smart_rules {
            mistakes.extend(rules::check(client, smart_rules).await?);
        }
        Ok(mistakes)
    }

    async fn create(
        client: &Client,
        want: &GroupSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let permissions = match &want.permissions {
            Some(permissions) => client.vocabulary().await?.pairs(permissions)?,
            None => Vec::new(),
        };
        let smart_rules = match &want.smart_rules {
            Some(smart_rules) => rules::levels(client, smart_rules).await?,
            None => Vec::new(),
        };
        let registrations = want.api_registrations.iter().flatten().copied();
        let body = CreateBody {
            group_type: "BeyondInsight",
            name: &want.name,
            description: want.description.as_deref().unwrap_or_default(),
            is_active: true,
            permissions,
            smart_rules,
            registrations: registrations.collect(),
        };
        let Created { group_id } = client.create("UserGroups", &body, applying.permit).await?;
        let id = RemoteId(group_id.to_string());
        if let Some(members) = want.members.as_ref().filter(|it| !it.is_empty()) {
            write::members(client, &id, members, applying)
                .await
                .map_err(|error| partly("the group is there", error))?;
        }
        if let Some(smart_rules) = &want.smart_rules {
            rules::give_roles(client, &id, smart_rules, applying)
                .await
                .map_err(|error| partly("the group is there", error))?;
        }
        Ok(id)
    }

    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let GroupSpec {
            members,
            permissions,
            smart_rules,
            ..
        } = update.want;
        if let Some(members) = members.as_ref().filter(|_| update.changes(MEMBERS)) {
            write::members(client, id, members, applying).await?;
        }
        if let Some(permissions) = permissions.as_ref().filter(|_| update.changes(PERMISSIONS)) {
            write::permissions(client, id, permissions, applying).await?;
        }
        if let Some(smart_rules) = smart_rules.as_ref().filter(|_| update.changes(SMART_RULES)) {
            rules::write(client, id, smart_rules, applying).await?;
        }
        Ok(())
    }

    /// Each member is a request of its own, and so are the roles on each smart rule.
    fn create_writes(want: &GroupSpec) -> usize {
        let members = want.members.as_ref().map_or(0, BTreeSet::len);
        1 + members + want.smart_rules.as_ref().map_or(0, SmartRules::with_roles)
    }

    fn update_writes(update: &Update<'_, Self>) -> usize {
        update.changed.len()
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        client.delete(&path(id), None::<&()>, applying.permit).await
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}

/// What the vendor has not, as a mistake of whoever declared it.
fn not_found(error: VendorError, place: Option<Place>) -> Diagnostic {
    let mistake = Diagnostic::error(NAME_NOT_FOUND, place, error.to_string());
    match error.help {
        Some(help) => mistake.help(help),
        None => mistake,
    }
}

/// The ids of a group's members.
async fn members(client: &Client, id: &RemoteId) -> Result<BTreeSet<i64>, VendorError> {
    let path = format!("{}/Users", path(id));
    let users = unpaged::<user::Entity>(client, &path, &[]).await?;
    Ok(users.into_iter().map(|user| user.user_id).collect())
}

/// What a group may use, in the vendor's own numbers.
async fn pairs(client: &Client, id: &RemoteId) -> Result<HashMap<i64, i64>, VendorError> {
    let path = format!("{}/Permissions", path(id));
    let pairs = unpaged::<Pair>(client, &path, &[]).await?;
    Ok(pairs
        .into_iter()
        .map(|it| (it.permission, it.level))
        .collect())
}

/// What a group may use.
async fn permissions(client: &Client, id: &RemoteId) -> Result<Permissions, VendorError> {
    let pairs = pairs(client, id).await?;
    if pairs.is_empty() {
        return Ok(Permissions(BTreeMap::new()));
    }
    Ok(client.vocabulary().await?.named(&pairs))
}

fn path(id: &RemoteId) -> String {
    format!("UserGroups/{}", segment(&id.0))
}
