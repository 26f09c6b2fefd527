//! Members of the company: people with their roles (vendor page, section 4.3). Nobody can be invited by a request.

mod write;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::MEMBER;
use super::client::Client;
use super::role;
use crate::http::segment;
use crate::load::reader::{Decode, Mapping, Reader};
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Level, Seen, Sort, What};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::error::{Cause, VendorError};
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{Kind, Listing, Live, Look, NaturalKey, Removal, Row, Spec, Update};
use crate::model::place::Place;
use crate::model::power::Power;
use crate::model::reference::{Link, Links};
use crate::model::verb::{Verb, Verbs};
use crate::suggest::suggest;
use crate::yaml::Node;

const UNKNOWN_ROLE: Code = Code("unknown-role");
const FIXED_ROLE: Code = Code("fixed-role");

/// A member of the company. Its remote id is its username, which no request changes.
#[derive(Clone, Debug)]
pub(crate) enum Member {}

const EMAIL: Field = Field::fixed("email");
const ROLES: Field = Field::new("roles").form(Form::Set);
const MEMBERSHIP: Field = Field::new("membership");

/// The roles whose holders say who has which. `ADMIN` is assumed to be User Admin: it is the vendor's sample where
/// memberships are changed, and has the flag for it. `KEYHOLDER` is Account Admin.
const ADMINISTRATORS: [&str; 2] = ["ADMIN", "KEYHOLDER"];

/// A member of the company. What is left out is not ours: it stays as it is. People join by themselves, in the web
/// application; a request to join is settled by declaring it with `id`, the person's username, and `membership`.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct MemberSpec {
    /// The person's e-mail address, by which members are known. Upper and lower case are one.
    #[schemars(example = &"vera@example.org")]
    email: String,
    /// The member's roles in the company, all of them, by the names that requests use. Those that nobody can give or take
    /// (`USER`, `KEYHOLDER`) may be left out. An empty list takes every other role away.
    #[schemars(with = "Option<BTreeSet<String>>", example = &["NETWORKVIEW"])]
    roles: Option<BTreeSet<RoleName>>,
    /// Whether the person belongs to the company: accepts or denies a request to join, or takes it back.
    membership: Option<Membership>,
    /// What the member has of roles that nobody can give or take. Known of live ones only.
    #[schemars(skip)]
    immovable: BTreeSet<RoleName>,
    /// Whether the vendor does not show the address, so that it stands here as it is wanted.
    #[schemars(skip)]
    is_email_untold: bool,
}

/// A role by its name, with the place where the YAML says it.
#[derive(Clone, Debug)]
struct RoleName {
    name: String,
    place: Option<Place>,
}

impl PartialEq for RoleName {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for RoleName {}

impl PartialOrd for RoleName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RoleName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name.cmp(&other.name)
    }
}

impl Decode for RoleName {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let name = reader.text(node, "a role's name")?;
        let place = Some(node.place());
        Some(Self { name, place })
    }
}

/// Whether a person belongs to the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
enum Membership {
    /// The person asked to join, or was asked to.
    #[schemars(skip)]
    Requested,
    /// Accepted.
    Active,
    /// Turned down by us.
    Denied,
    /// Taken back.
    Cancelled,
    /// A state that no page knows.
    #[schemars(skip)]
    Unknown,
}

impl Membership {
    fn of(state: &str) -> Self {
        match state {
            "INACTIVE" => Self::Requested,
            "ACTIVE" => Self::Active,
            "DENIED" => Self::Denied,
            "CANCELLED" => Self::Cancelled,
            _ => Self::Unknown,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Active => "active",
            Self::Denied => "denied",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }
}

impl DecodeSpec for MemberSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let reader = map.reader();
        let email = map.required("email");
        let roles = map.optional("roles");
        let words = [
            Membership::Active,
            Membership::Denied,
            Membership::Cancelled,
        ];
        let words = words.map(|it| (it.as_str(), it));
        let membership = map
            .node("membership")
            .map(|node| reader.word(node, "a membership", &words));
        Some(Self {
            email: email?,
            roles,
            membership: membership.flatten(),
            immovable: BTreeSet::new(),
            is_email_untold: false,
        })
    }
}

impl Spec for MemberSpec {
    const FIELDS: &'static [Field] = &[EMAIL, ROLES, MEMBERSHIP];
    const BESIDE_WANT: &'static [&'static str] = &[ROLES.name];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.email)
    }

    fn label(&self) -> &str {
        &self.email
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            email,
            roles,
            membership,
            immovable: _,
            is_email_untold: _,
        } = self;
        fields.text(EMAIL, Some(email));
        let names = |roles: &'a BTreeSet<RoleName>| roles.iter().map(|it| it.name.clone());
        fields.set(ROLES, roles.as_ref().map(names));
        let membership = membership.map(|it| it.as_str().to_owned());
        fields.text(MEMBERSHIP, membership.as_ref());
    }

    /// The vendor keeps addresses in the letters of who signed up, and gives roles that nobody need declare.
    fn as_told(&self, want: &Self) -> Self {
        let mut told = self.clone();
        if key(&self.email) == key(&want.email) {
            told.email.clone_from(&want.email);
        }
        if let (Some(roles), Some(wanted)) = (&mut told.roles, &want.roles) {
            roles.retain(|role| !self.immovable.contains(role) || wanted.contains(role));
        }
        told
    }

    fn untold(&self, _: &Self) -> Vec<(Field, String)> {
        let why = "the vendor shows no address of people who are not members yet";
        let is_untold = self.is_email_untold;
        is_untold
            .then(|| (EMAIL, why.to_owned()))
            .into_iter()
            .collect()
    }

    fn access(&self, was: Option<&Self>, seen: &Seen<'_>) -> Access {
        let itself = seen.itself(Sort::Person);
        let mut access = Access {
            account: Some((itself.clone(), self.email.clone())),
            ..Access::default()
        };
        let membership = self.membership.or(was.and_then(|was| was.membership));
        if matches!(membership, Some(Membership::Active) | None) {
            let held = Level::held();
            access.give(itself.clone(), What::Account, held, &[MEMBERSHIP.name]);
        }
        for role in self.roles.iter().flatten() {
            let role = What::Named(format!("role {}", role.name));
            access.give(itself.clone(), role, Level::held(), &[ROLES.name]);
        }
        access
    }

    fn power(&self, was: Option<&Self>) -> Power {
        let membership = self.membership.or(was.and_then(|was| was.membership));
        let immovable = &was.unwrap_or(self).immovable;
        let roles = self
            .roles
            .as_ref()
            .or(was.and_then(|was| was.roles.as_ref()));
        let mut roles = roles.into_iter().flatten().chain(immovable);
        match membership {
            Some(Membership::Active) | None => {
                if roles.any(|role| ADMINISTRATORS.contains(&role.name.as_str())) {
                    Power::Administrator
                } else {
                    Power::Plain
                }
            }
            Some(_) => Power::Shut,
        }
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

/// The vendor's own software compares addresses of people so.
fn key(email: &str) -> NaturalKey {
    NaturalKey(vec![("email", Member::fold(email))])
}

/// An entry of the list of members, which holds active ones only (assumed).
#[derive(Deserialize)]
struct Entry {
    username: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    roles: Vec<role::Entity>,
}

/// A user as anybody sees one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    email: Option<String>,
    #[serde(default)]
    link_user_company: BTreeMap<String, Belonging>,
}

/// A membership, without its roles.
#[derive(Deserialize)]
struct Belonging {
    state: String,
    #[serde(default)]
    deleted: bool,
}

/// What a member has, for writes.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    email: String,
    roles: BTreeSet<String>,
    immovable: BTreeSet<String>,
}

fn named(names: impl IntoIterator<Item = String>) -> BTreeSet<RoleName> {
    let name = |name| RoleName { name, place: None };
    names.into_iter().map(name).collect()
}

impl Entry {
    fn held(&self) -> Held {
        let names = |counts: fn(&role::Entity) -> bool| {
            let roles = self.roles.iter().filter(move |it| counts(it));
            roles.map(|it| it.name.clone()).collect()
        };
        Held {
            email: self.email.clone().unwrap_or_default(),
            roles: names(|_| true),
            immovable: names(|it| it.read_only),
        }
    }

    fn into_row(self) -> Row<Member> {
        let Held {
            email,
            roles,
            immovable,
        } = self.held();
        Row {
            id: RemoteId(self.username),
            key: key(&email),
            label: email.clone(),
            spec: Some(MemberSpec {
                email,
                roles: Some(named(roles)),
                membership: Some(Membership::Active),
                immovable: named(immovable),
                is_email_untold: false,
            }),
            writable: true,
        }
    }
}

/// The list of members. Its size is not said; `pageSize=0` is what the vendor's own software asks to get everybody.
async fn entries(client: &Client) -> Result<Vec<Entry>, VendorError> {
    let company = &client.me().await?.company;
    let path = format!("v2/companies/{}/members", segment(&company.id));
    let entries = client
        .get::<Vec<Entry>>(&path, &[("pageSize", "0")])
        .await?;
    let held = entries
        .iter()
        .map(|it| (RemoteId(it.username.clone()), it.held()));
    client.members.remember(held);
    Ok(entries)
}

impl Kind for Member {
    const ID: KindId = MEMBER;
    const TABLE: &'static str = "members";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs {
        create: Verb::Never("people join the company by themselves, in the web application"),
        ..Verbs::SHOWN
    };
    const ASSUMED: &'static [&'static str] = &[
        "the list of members, which the vendor's own software reads, holds every active member and nobody else",
        "whoever has `ADMIN` or `KEYHOLDER` is an administrator, who says what others may do",
    ];
    type Spec = MemberSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let entries = entries(client).await?;
        Ok(Listing {
            rows: entries.into_iter().map(Entry::into_row).collect(),
            incomplete: None,
        })
    }

    /// For somebody who is to go: a request that was turned down or taken back is gone already.
    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(match find(client, id, &id.0).await? {
            Some(spec) => match spec.membership {
                Some(Membership::Denied | Membership::Cancelled) => Live::Gone,
                Some(_) | None => Live::Active(spec),
            },
            None => Live::Gone,
        })
    }

    async fn read_for(
        client: &Client,
        id: &RemoteId,
        look: Look<'_, Self>,
    ) -> Result<Live<Self>, VendorError> {
        let found = find(client, id, &look.want.email).await?;
        Ok(found.map_or(Live::Gone, Live::Active))
    }

    /// Where trueup's user may not see the roles, mistakes in them show when they are given.
    async fn check(client: &Client, want: &MemberSpec) -> Result<Vec<Diagnostic>, VendorError> {
        let wanted = want.roles.iter().flatten().collect::<Vec<_>>();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let known = match client.roles().await {
            Ok(known) => known,
            Err(error) if error.cause == Cause::Refused => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let member = client.members.find(|it| key(&it.email) == key(&want.email));
        let names = known.iter().map(|it| it.name.as_str()).collect::<Vec<_>>();
        let mistake = |role: &RoleName| {
            let RoleName { name, place } = role;
            let Some(known) = known.iter().find(|it| it.name == *name) else {
                let message = format!("Console Connect has no role `{name}`");
                let mistake = Diagnostic::error(UNKNOWN_ROLE, *place, message);
                return Some(match suggest(name, names.iter().copied()) {
                    Some(near) => mistake.help(format!("did you mean `{near}`?")),
                    None => mistake.help(format!("it has {}", names.join(", "))),
                });
            };
            let lacks_it = member.as_ref().is_some_and(|it| !it.roles.contains(name));
            (known.read_only && lacks_it).then(|| {
                let message = format!("nobody can be given the role `{name}` by a request");
                Diagnostic::error(FIXED_ROLE, *place, message).help("leave it out")
            })
        };
        Ok(wanted.into_iter().filter_map(mistake).collect())
    }

    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        write::update(client, id, &update, applying.permit).await
    }

    fn update_writes(update: &Update<'_, Self>) -> usize {
        usize::from(update.changes(MEMBERSHIP)) + usize::from(update.changes(ROLES))
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let path = write::path(client, id).await?;
        client.delete(&path, applying.permit).await
    }

    fn is_own(client: &Client, id: &RemoteId) -> bool {
        client.is_me(id)
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}

/// Somebody whom the list of members does not show: whoever asked to join, or was turned down. Where the vendor shows no
/// address, another text stands in its place.
async fn find(
    client: &Client,
    id: &RemoteId,
    address: &str,
) -> Result<Option<MemberSpec>, VendorError> {
    let path = format!("api/user/{}", segment(&id.0));
    let Some(User {
        email,
        link_user_company,
    }) = client.find(&path).await?
    else {
        return Ok(None);
    };
    let company = &client.me().await?.company;
    let mut links = link_user_company;
    let link = links.remove(&company.id).filter(|link| !link.deleted);
    Ok(link.map(|link| MemberSpec {
        is_email_untold: email.is_none(),
        email: email.unwrap_or_else(|| address.to_owned()),
        roles: Some(BTreeSet::new()),
        membership: Some(Membership::of(&link.state)),
        immovable: BTreeSet::new(),
    }))
}
