//! Permissions on a safe: what a user or a group may do with what lies in it, and until when (vendor page, section 4.2).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::client::Client;
use super::group::Group;
use super::number;
use super::user::User;
use crate::http::segment;
use crate::load::reader::{Decode, Reader};
use crate::load::reference::declared_name;
use crate::model::access::Level;
use crate::model::address::RemoteId;
use crate::model::applying::Applying;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::error::VendorError;
use crate::model::kind::Kind;
use crate::model::reference::{Link, Ref, Target};
use crate::yaml::{Node, View};

const BAD_DATE: Code = Code("bad-date");

/// What may be permitted, as the YAML and as the vendor spell it.
const FLAGS: [(&str, &str); 6] = [
    ("read", "Read"),
    ("create", "Create"),
    ("edit", "Edit"),
    ("delete", "Delete"),
    ("share", "Share"),
    ("manage", "Manage"),
];

/// What one user or group may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    flags: BTreeSet<String>,
    /// As `2031-01-31T00:00:00`; none if it does not end.
    expires_on: Option<String>,
}

impl Grant {
    fn shown(&self) -> String {
        // In the vendor's order; what it may add one day comes last.
        let known = FLAGS.iter().map(|(word, _)| *word);
        let known = known.filter(|word| self.flags.contains(*word));
        let is_new = |it: &&str| FLAGS.iter().all(|(word, _)| word != it);
        let new = self.flags.iter().map(String::as_str).filter(is_new);
        let flags = known.chain(new).collect::<Vec<_>>();
        let flags = flags.join(" ");
        match &self.expires_on {
            Some(end) => format!("{flags} until {end}"),
            None => flags,
        }
    }
}

/// What all users, or all groups, may do with a safe. Empty means none of them may do anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grants<K>(BTreeMap<Ref<K>, Grant>);

impl<K: Kind> Grants<K> {
    pub(super) fn entries(&self) -> impl Iterator<Item = (&Ref<K>, String)> {
        self.0.iter().map(|(who, grant)| (who, grant.shown()))
    }

    /// Everybody who may do anything, and how much.
    pub(super) fn levels(&self) -> impl Iterator<Item = (&Ref<K>, Level)> {
        let given = self.0.iter().filter(|(_, grant)| !grant.flags.is_empty());
        given.map(|(who, grant)| {
            let level = Level::of(grant.shown(), grant.flags.iter().cloned());
            (who, level.until(grant.expires_on.clone()))
        })
    }

    /// How many of them may do anything.
    pub(super) fn given(&self) -> usize {
        let given = self.0.values().filter(|grant| !grant.flags.is_empty());
        given.count()
    }

    pub(super) fn links(&self) -> impl Iterator<Item = Link> {
        self.0.keys().map(|who| who.link().by_id())
    }
}

/// `{ group.dba: [read, edit], Auditors: [read] }`. A key that is not `group.NAME` is the vendor's own name: a key cannot
/// be `{ live: … }`.
impl<K: Kind> Decode for Grants<K> {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let mut grants = BTreeMap::new();
        let mut sound = true;
        let what = format!(
            "who may do what, such as `{{ {}.NAME: [read] }}`",
            K::ID.name
        );
        for entry in reader.entries(node, &what)? {
            let target = match declared_name::<K>(&entry.key.text) {
                Some(name) => Target::Declared(name.to_owned()),
                None => Target::Live(entry.key.text.to_string()),
            };
            match Grant::decode(&entry.value, reader) {
                Some(grant) => {
                    grants.insert(Ref::new(target, entry.key.place), grant);
                }
                None => sound = false,
            }
        }
        sound.then_some(Self(grants))
    }
}

/// `[read, edit]`, or `{ flags: [read, edit], expires_on: 2031-01-31 }`.
impl Decode for Grant {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        if let View::Map(_) = node.view() {
            let mut map = reader.mapping(node, "a permission")?;
            let flags = map.required_node("flags").map(|node| flags(node, reader));
            let expires_on = map.node("expires_on").map(|node| end(node, reader));
            map.finish();
            return Some(Self {
                flags: flags??,
                expires_on: expires_on.map_or(Some(None), |end| end.map(Some))?,
            });
        }
        Some(Self {
            flags: flags(node, reader)?,
            expires_on: None,
        })
    }
}

fn flags(node: &Node, reader: &Reader<'_>) -> Option<BTreeSet<String>> {
    let words = FLAGS.map(|(word, _)| (word, word));
    let list = reader.list(node, "permissions, such as `[read, edit]`")?;
    let read = list
        .iter()
        .map(|item| reader.word(item, "a permission", &words));
    // All of them are read before the first mistake counts.
    let read = read.collect::<Vec<_>>().into_iter();
    read.map(|word| word.map(str::to_owned)).collect()
}

fn end(node: &Node, reader: &Reader<'_>) -> Option<String> {
    let text = reader.text(node, "a date")?;
    let end = text.parse::<DateTime>().ok().map(|end| end.to_string());
    if end.is_none() {
        let message = format!("`{text}` is not a date like 2031-01-31 or 2031-01-31T18:00:00");
        reader.push(Diagnostic::error(BAD_DATE, node.place(), message));
    }
    end
}

impl<K: Kind> JsonSchema for Grants<K> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Permissions of {}", K::ID).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let flags = json_schema!({
            "description": "What is permitted. An empty list permits nothing.",
            "type": "array",
            "items": { "type": "string", "enum": FLAGS.map(|(word, _)| word) },
        });
        let ending = json_schema!({
            "type": "object",
            "properties": {
                "flags": flags,
                "expires_on": {
                    "description": "When it ends, in UTC.",
                    "type": "string",
                    "examples": ["2031-01-31"],
                },
            },
            "required": ["flags"],
            "additionalProperties": false,
        });
        json_schema!({ "type": "object", "additionalProperties": { "anyOf": [flags, ending] } })
    }
}

/// A permission as it is read. Servers and vendor clients name the members differently; either form will do.
#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "PrincipalType")]
    principal_type: Option<i64>,
    #[serde(rename = "PrincipalID", alias = "PrincipalId")]
    principal_id: Option<i64>,
    #[serde(rename = "UserId", alias = "UserID")]
    user_id: Option<i64>,
    #[serde(rename = "GroupId", alias = "GroupID")]
    group_id: Option<i64>,
    #[serde(rename = "PermissionFlags")]
    flags: Option<Vec<String>>,
    #[serde(rename = "ExpiresOn")]
    expires_on: Option<String>,
}

/// A user or a group, as the vendor numbers both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Principal {
    User(i64),
    Group(i64),
}

/// The permissions that a safe has.
pub(super) type Present = BTreeMap<Principal, Grant>;

/// Reads the permissions of a safe; none if the safe is gone.
pub(super) async fn read(client: &Client, safe: &RemoteId) -> Result<Option<Present>, VendorError> {
    let entries = client.find::<Vec<Entry>>(&path(safe), &[]).await?;
    let Some(entries) = entries else {
        return Ok(None);
    };
    let present = entries.into_iter().filter_map(|entry| {
        let Entry {
            principal_type,
            principal_id,
            user_id,
            group_id,
            flags,
            expires_on,
        } = entry;
        let some = |id: Option<i64>| id.filter(|id| *id > 0);
        let principal = match (some(user_id), some(group_id), principal_type) {
            (Some(id), _, _) => Principal::User(id),
            (None, Some(id), _) => Principal::Group(id),
            (None, None, Some(0)) => Principal::User(some(principal_id)?),
            (None, None, _) => Principal::Group(some(principal_id)?),
        };
        let flags = flags.unwrap_or_default().into_iter();
        let flags = flags.map(|it| it.to_lowercase()).filter(|it| it != "none");
        let grant = Grant {
            flags: flags.collect(),
            expires_on: expires_on.map(|end| whole_seconds(&end)),
        };
        // A permission to do nothing is none.
        (!grant.flags.is_empty()).then_some((principal, grant))
    });
    Ok(Some(present.collect()))
}

/// Dates come with and without fractions, and without a zone (assumed).
fn whole_seconds(date: &str) -> String {
    let date = date.trim_end_matches('Z');
    date.split_once('.')
        .map_or(date, |(whole, _)| whole)
        .to_owned()
}

/// The users' part and the groups' part of what a safe permits.
pub(super) fn apart(present: &Present) -> (Grants<User>, Grants<Group>) {
    let (mut users, mut groups) = (BTreeMap::new(), BTreeMap::new());
    for (principal, grant) in present {
        match principal {
            Principal::User(id) => {
                users.insert(by_id(*id), grant.clone());
            }
            Principal::Group(id) => {
                groups.insert(by_id(*id), grant.clone());
            }
        }
    }
    (Grants(users), Grants(groups))
}

fn by_id<K: Kind>(id: i64) -> Ref<K> {
    Ref::new(Target::Id(RemoteId(id.to_string())), None)
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    principal_type: u8,
    #[serde(rename = "PrincipalID")]
    principal_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    permission_flags: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_on: Option<String>,
}

impl Body {
    fn of(principal: Principal, grant: Option<&Grant>) -> Self {
        let (principal_type, principal_id) = match principal {
            Principal::User(id) => (0, id),
            Principal::Group(id) => (1, id),
        };
        let flags = |grant: &Grant| {
            let held = FLAGS.iter().filter(|(word, _)| grant.flags.contains(*word));
            held.map(|(_, flag)| *flag).collect()
        };
        Self {
            principal_type,
            principal_id,
            permission_flags: grant.map(flags),
            expires_on: grant.and_then(|grant| grant.expires_on.clone()),
        }
    }
}

/// Brings the permissions of a safe to what is wanted of users and of groups, as far as either is declared. One request
/// a principal, and none for those who have what they should: first what is given, then what is taken away.
pub(super) async fn write(
    client: &Client,
    safe: &RemoteId,
    users: Option<&Grants<User>>,
    groups: Option<&Grants<Group>>,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let mut wanted = Present::new();
    for (who, grant) in users.iter().flat_map(|it| &it.0) {
        wanted.insert(Principal::User(number(&applying.id(who)?)?), grant.clone());
    }
    for (who, grant) in groups.iter().flat_map(|it| &it.0) {
        wanted.insert(Principal::Group(number(&applying.id(who)?)?), grant.clone());
    }
    wanted.retain(|_, grant| !grant.flags.is_empty());
    let present = read(client, safe).await?.unwrap_or_default();
    let surplus = present.keys().filter(|principal| {
        let is_declared = match principal {
            Principal::User(_) => users.is_some(),
            Principal::Group(_) => groups.is_some(),
        };
        is_declared && !wanted.contains_key(principal)
    });
    let surplus = surplus.copied().collect::<Vec<_>>();
    let own = client.user_id().await?.map(Principal::User);
    if own.is_some_and(|own| surplus.contains(&own)) {
        // Whoever creates a safe may do everything with it (assumed), and nobody else could give that back.
        return Err(VendorError::refused(
            "this would take away what trueup's own user may do with the safe",
        )
        .help("list that user in `user_permissions` with all it has, or revoke it at the vendor"));
    }
    for (principal, grant) in &wanted {
        if present.get(principal) != Some(grant) {
            let body = Body::of(*principal, Some(grant));
            client.put(&path(safe), &body, applying.permit).await?;
        }
    }
    for principal in surplus {
        let body = Body::of(principal, None);
        client
            .delete(&path(safe), Some(&body), applying.permit)
            .await?;
    }
    Ok(())
}

fn path(safe: &RemoteId) -> String {
    format!("Secrets-Safe/Safes/{}/Safe-Permissions", segment(&safe.0))
}
