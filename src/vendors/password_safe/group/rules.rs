//! Reads and writes what a group may do with what smart rules find: lists once a run, then only what is declared.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::client::{Client, accepted};
use super::super::list::unpaged;
use super::super::observed::{RoleEntity, Shown, SmartRuleEntity, find};
use super::access::{Access, Level, Reach, SmartRules};
use super::{RuleLevel, not_found, path};
use crate::http::{Repeat, Write};
use crate::model::address::RemoteId;
use crate::model::applying::Applying;
use crate::model::diagnostic::Diagnostic;
use crate::model::error::VendorError;

/// What is declared of one smart rule, in the vendor's numbers.
struct Meant<'a> {
    title: &'a String,
    want: &'a Access,
    rule: i64,
    roles: BTreeMap<i64, &'a String>,
    policy: Option<i64>,
}

/// Everything that is declared, in the vendor's numbers; so that what does not exist is told before anything is written.
async fn meant<'a>(client: &Client, want: &'a SmartRules) -> Result<Vec<Meant<'a>>, VendorError> {
    let mut all = Vec::new();
    let mut rules = BTreeMap::new();
    for (title, want) in &want.0 {
        let rule = find(client.smart_rules().await?, title)?;
        if let Some(other) = rules.insert(rule, title) {
            return Err(VendorError::refused(format!(
                "`{other}` and `{title}` are one smart rule"
            ))
            .help("declare it once, by its title"));
        }
        let mut roles = BTreeMap::new();
        for role in want.roles.iter().flatten() {
            roles.insert(find(client.roles().await?, role)?, role);
        }
        let policy = match &want.access_policy {
            Some(policy) => Some(find(client.access_policies().await?, policy)?),
            None => None,
        };
        all.push(Meant {
            title,
            want,
            rule,
            roles,
            policy,
        });
    }
    Ok(all)
}

/// Tells which smart rules, roles and access policies the vendor does not have.
pub(super) async fn check(
    client: &Client,
    want: &SmartRules,
) -> Result<Vec<Diagnostic>, VendorError> {
    let mut mistakes = Vec::new();
    for (title, access) in &want.0 {
        let mut found = vec![find(client.smart_rules().await?, title)];
        for role in access.roles.iter().flatten() {
            found.push(find(client.roles().await?, role));
        }
        if let Some(policy) = &access.access_policy {
            let policies = client.access_policies().await?;
            found.push(find(policies, policy));
        }
        let errors = found.into_iter().filter_map(Result::err);
        mistakes.extend(errors.map(|error| not_found(error, access.place)));
    }
    Ok(mistakes)
}

/// The ids of the smart rules that a group has a level of access to.
async fn reached(
    client: &Client,
    group: &RemoteId,
    level: i64,
) -> Result<BTreeSet<i64>, VendorError> {
    let path = format!("{}/SmartRules", path(group));
    let level = level.to_string();
    let rules = unpaged::<SmartRuleEntity>(client, &path, &[("accessLevels", &level)]).await?;
    Ok(rules.into_iter().map(|it| it.id).collect())
}

/// What a group may do with the smart rules that are declared. No answer says a level, but one may ask for those of a
/// level; a server that answers both questions with the same smart rule does not know the question.
pub(super) async fn read(
    client: &Client,
    group: &RemoteId,
    want: &SmartRules,
) -> Result<SmartRules, VendorError> {
    if want.0.is_empty() {
        return Ok(SmartRules::default());
    }
    let meant = meant(client, want).await?;
    let present = present(client, group, &meant).await?;
    let titles = meant.iter().map(|it| it.title.clone());
    Ok(SmartRules(titles.zip(present).collect()))
}

/// What is there of each that is meant, in their order.
async fn present(
    client: &Client,
    group: &RemoteId,
    meant: &[Meant<'_>],
) -> Result<Vec<Access>, VendorError> {
    let vocabulary = client.vocabulary().await?;
    let (read, full) = futures_util::future::try_join(
        reached(client, group, vocabulary.level(Reach::Read)),
        reached(client, group, vocabulary.level(Reach::Full)),
    )
    .await?;
    let mut all = Vec::new();
    for Meant {
        want, rule, roles, ..
    } in meant
    {
        let level = match (read.contains(rule), full.contains(rule)) {
            (true, true) => Level::Untold,
            (true, false) => Level::Known(Reach::Read),
            (false, true) => Level::Known(Reach::Full),
            (false, false) => Level::Known(Reach::None),
        };
        let has_access = level != Level::Known(Reach::None);
        let present = match &want.roles {
            // Without access there are no roles: the vendor takes them only with it.
            Some(_) if has_access => {
                let path = format!("{}/SmartRules/{rule}/Roles", path(group));
                let present = unpaged::<RoleEntity>(client, &path, &[]).await?;
                let spelled = |role: RoleEntity| match roles.get(&role.id()) {
                    Some(declared) => (*declared).clone(),
                    None => role.name,
                };
                Some(present.into_iter().map(spelled).collect())
            }
            Some(_) => Some(BTreeSet::new()),
            None => None,
        };
        all.push(Access {
            place: None,
            level,
            roles: present,
            access_policy: None,
        });
    }
    Ok(all)
}

#[derive(Serialize)]
struct LevelBody {
    #[serde(rename = "AccessLevelID")]
    level: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RolesBody {
    roles: Vec<Role>,
    #[serde(rename = "AccessPolicyID", skip_serializing_if = "Option::is_none")]
    policy: Option<i64>,
}

#[derive(Serialize)]
struct Role {
    #[serde(rename = "RoleID")]
    id: i64,
}

/// The levels that creating a group says at once.
pub(super) async fn levels(
    client: &Client,
    want: &SmartRules,
) -> Result<Vec<RuleLevel>, VendorError> {
    let meant = meant(client, want).await?;
    let mut levels = Vec::new();
    for Meant { want, rule, .. } in &meant {
        if let Level::Known(reach @ (Reach::Read | Reach::Full)) = want.level {
            let level = client.vocabulary().await?.level(reach);
            levels.push(RuleLevel { rule: *rule, level });
        }
    }
    Ok(levels)
}

/// Gives a new group, whose levels are said already, its roles.
pub(super) async fn give_roles(
    client: &Client,
    group: &RemoteId,
    want: &SmartRules,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    for meant in meant(client, want).await? {
        if !meant.roles.is_empty() {
            set_roles(client, group, &meant, applying).await?;
        }
    }
    Ok(())
}

/// Brings each declared smart rule to what is wanted of it, and leaves the others alone. A level that the vendor does not
/// tell is written together with roles that differ, since the plan says it. The vendor takes roles only
/// where there is access, so that the level comes first; where it goes, the roles go before it.
pub(super) async fn write(
    client: &Client,
    group: &RemoteId,
    want: &SmartRules,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let meant = meant(client, want).await?;
    let present = present(client, group, &meant).await?;
    for (meant, have) in meant.iter().zip(present) {
        let Meant { want, rule, .. } = meant;
        if have.is_as(want) {
            continue;
        }
        if have.level != want.level {
            let Level::Known(reach) = want.level else {
                continue;
            };
            if reach == Reach::None {
                remove_roles(client, group, *rule, applying).await?;
            }
            let path = format!("{}/SmartRules/{rule}/AccessLevels", path(group));
            let body = LevelBody {
                level: client.vocabulary().await?.level(reach),
            };
            let permit = applying.permit;
            let response = client
                .send(Write::Post, &path, Some(&body), Repeat::Safe, permit)
                .await?;
            accepted(&response)?;
        }
        if want.level != Level::Known(Reach::None) && !have.has_roles_of(want) {
            set_roles(client, group, meant, applying).await?;
        }
    }
    Ok(())
}

async fn set_roles(
    client: &Client,
    group: &RemoteId,
    meant: &Meant<'_>,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    if meant.roles.is_empty() {
        return remove_roles(client, group, meant.rule, applying).await;
    }
    let body = RolesBody {
        roles: meant.roles.keys().map(|id| Role { id: *id }).collect(),
        policy: meant.policy,
    };
    let path = format!("{}/SmartRules/{}/Roles", path(group), meant.rule);
    let permit = applying.permit;
    let response = client
        .send(Write::Post, &path, Some(&body), Repeat::Safe, permit)
        .await?;
    accepted(&response)
}

async fn remove_roles(
    client: &Client,
    group: &RemoteId,
    rule: i64,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let path = format!("{}/SmartRules/{rule}/Roles", path(group));
    client.delete(&path, None::<&()>, applying.permit).await
}
