//! Writes what of a group can be changed: who is in it, and what it may use.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;

use super::super::client::{Client, accepted};
use super::super::list::unpaged;
use super::super::number;
use super::super::user::User;
use super::access::Reach;
use super::permissions::{Granted, Level, Permissions};
use super::{Pair, not_found, pairs, path};
use crate::http::{Repeat, Write, segment};
use crate::model::address::RemoteId;
use crate::model::applying::Applying;
use crate::model::diagnostic::Diagnostic;
use crate::model::error::VendorError;
use crate::model::reference::Ref;
use crate::suggest::suggest;

/// What the installation calls its features and its levels of access, and by which numbers.
pub(in super::super) struct Vocabulary {
    features: BTreeMap<String, i64>,
    read: i64,
    full: i64,
    none: i64,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(rename = "PermissionID")]
    id: i64,
    #[serde(rename = "Name")]
    name: String,
}

#[derive(Deserialize)]
struct AccessLevel {
    #[serde(rename = "AccessLevelID")]
    id: i64,
    #[serde(rename = "Name")]
    name: String,
}

impl Client {
    /// What the installation calls its features and levels, asked once.
    pub(super) async fn vocabulary(&self) -> Result<&Vocabulary, VendorError> {
        self.vocabulary.get_or_try_init(|| ask(self)).await
    }
}

async fn ask(client: &Client) -> Result<Vocabulary, VendorError> {
    let features = unpaged::<Feature>(client, "Permissions", &[]);
    let levels = unpaged::<AccessLevel>(client, "AccessLevels", &[]);
    let (features, levels) = futures_util::future::try_join(features, levels).await?;
    let level = |names: &[&str]| {
        let mut levels = levels.iter();
        let found = levels.find(|it| names.iter().any(|name| it.name.eq_ignore_ascii_case(name)));
        found.map(|it| it.id)
    };
    // The numbers are those that the vendor's page of a group's smart rules lists.
    Ok(Vocabulary {
        features: features.into_iter().map(|it| (it.name, it.id)).collect(),
        read: level(&["Read"]).unwrap_or(1),
        full: level(&["Read/Write", "ReadWrite", "Full control", "FullControl"]).unwrap_or(3),
        none: level(&["None"]).unwrap_or(0),
    })
}

impl Vocabulary {
    /// The number of a level of access to a smart rule.
    pub(super) fn level(&self, reach: Reach) -> i64 {
        match reach {
            Reach::None => self.none,
            Reach::Read => self.read,
            Reach::Full => self.full,
        }
    }

    /// What is declared, in the vendor's numbers.
    pub(super) fn pairs(&self, permissions: &Permissions) -> Result<Vec<Pair>, VendorError> {
        let pair = |(name, granted): (&String, &Granted)| {
            Ok(Pair {
                permission: self.feature(name)?,
                level: match granted.level {
                    Level::Read => self.read,
                    Level::Full => self.full,
                },
            })
        };
        permissions.0.iter().map(pair).collect()
    }

    /// The number of a feature.
    fn feature(&self, name: &str) -> Result<i64, VendorError> {
        self.features.get(name).copied().ok_or_else(|| {
            let names = self.features.keys().map(String::as_str);
            VendorError::refused(format!("Password Safe has no feature `{name}`")).help(
                match suggest(name, names.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it has: {}", names.collect::<Vec<_>>().join(", ")),
                },
            )
        })
    }

    /// What the vendor numbers, in words. A level that is neither of the two is the lower one of them.
    pub(super) fn named(&self, pairs: &HashMap<i64, i64>) -> Permissions {
        let named = pairs.iter().filter(|(_, level)| **level != self.none);
        let named = named.map(|(permission, level)| {
            let mut features = self.features.iter();
            let name = features.find(|(_, id)| *id == permission);
            let name = name.map_or_else(|| format!("feature {permission}"), |(it, _)| it.clone());
            let is_full = *level == self.full;
            let level = if is_full { Level::Full } else { Level::Read };
            (name, Granted { level, place: None })
        });
        Permissions(named.collect())
    }
}

/// Tells which features the installation does not have.
pub(super) async fn check(
    client: &Client,
    wanted: &Permissions,
) -> Result<Vec<Diagnostic>, VendorError> {
    if wanted.0.is_empty() {
        return Ok(Vec::new());
    }
    let vocabulary = client.vocabulary().await?;
    let found = wanted.0.iter().map(|(name, granted)| {
        let error = vocabulary.feature(name).err()?;
        Some(not_found(error, granted.place))
    });
    Ok(found.flatten().collect())
}

/// Brings the members to those wanted, one request for each who joins or leaves.
pub(super) async fn members(
    client: &Client,
    group: &RemoteId,
    wanted: &BTreeSet<Ref<User>>,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let wanted = wanted.iter().map(|it| number(&applying.id(it)?));
    let wanted = wanted.collect::<Result<BTreeSet<_>, VendorError>>()?;
    let present = super::members(client, group).await?;
    let path = |user: &i64| format!("Users/{user}/UserGroups/{}", segment(&group.0));
    for user in wanted.difference(&present) {
        let permit = applying.permit;
        let response = client
            .send(Write::Post, &path(user), None::<&()>, Repeat::Safe, permit)
            .await?;
        // Who is in it already has been added, by somebody else or by a request whose answer was lost (assumed).
        if response.status != 409 {
            accepted(&response)?;
        }
    }
    for user in present.difference(&wanted) {
        client
            .delete(&path(user), None::<&()>, applying.permit)
            .await?;
    }
    Ok(())
}

/// Brings the permissions to those wanted, in one request: pairs that are not named stay as they are, and the level for
/// none takes one away (both assumed). Deleting all and setting anew would leave the group without any in between.
pub(super) async fn permissions(
    client: &Client,
    group: &RemoteId,
    wanted: &Permissions,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let vocabulary = client.vocabulary().await?;
    let mut body = vocabulary.pairs(wanted)?;
    let present = pairs(client, group).await?;
    let kept = body.iter().map(|it| it.permission).collect::<BTreeSet<_>>();
    let mut surplus = present
        .keys()
        .filter(|it| !kept.contains(it))
        .collect::<Vec<_>>();
    surplus.sort();
    body.retain(|it| present.get(&it.permission) != Some(&it.level));
    body.extend(surplus.into_iter().map(|permission| Pair {
        permission: *permission,
        level: vocabulary.none,
    }));
    let path = format!("{}/Permissions", path(group));
    let permit = applying.permit;
    let response = client
        .send(Write::Post, &path, Some(&body), Repeat::Safe, permit)
        .await?;
    accepted(&response)
}
