//! What groups may do: permissions, access to smart rules, and roles on them.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::builtin::ADMINISTRATORS;
use super::catalog::{self, PERMISSIONS, READ, REQUESTORS, ROLES, WRITE};
use super::desk::{Answer, Desk, Outcome, number};
use super::group::{self, find};
use super::lists;
use super::members::Members;
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Access, Group};
use super::site::Change;
use super::user::PERMISSION;

/// The rules of what groups may do.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "usergroups/{}/permissions", permissions),
    Route::new("POST", "usergroups/{}/permissions", set_permissions),
    Route::new("DELETE", "usergroups/{}/permissions", clear_permissions),
    Route::new("GET", "usergroups/{}/smartrules", rules),
    Route::new(
        "POST",
        "usergroups/{}/smartrules/{}/accesslevels",
        set_level,
    ),
    Route::new("GET", "usergroups/{}/smartrules/{}/roles", roles),
    Route::new("POST", "usergroups/{}/smartrules/{}/roles", set_roles),
    Route::new("DELETE", "usergroups/{}/smartrules/{}/roles", clear_roles),
];

/// The permission that roles need, beside the one for users and groups.
pub(crate) const ROLE_MANAGEMENT: &str = "Password Safe Role Management";

/// Finds a group that can be changed: what the built-in one may do is fixed.
fn change(desk: &Desk<'_>, id: &str) -> Result<Group, Refusal> {
    desk.require(PERMISSION, WRITE)?;
    let group = find(desk, id)?;
    if group.id == ADMINISTRATORS {
        return Err(Refusal::bad(
            "Permissions of the built-in group cannot be changed",
        ));
    }
    Ok(group.clone())
}

/// Lists pairs. The built-in group has every permission.
fn permissions(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, READ)?;
    let group = find(desk, path[0])?;
    let show = |(id, level)| json!({ "PermissionID": id, "AccessLevelID": level });
    if group.id == ADMINISTRATORS {
        let pairs = PERMISSIONS.iter().map(|(id, _)| (*id, WRITE));
        return Answer::ok(pairs.map(show).collect());
    }
    let pairs = group.permissions.iter();
    Answer::ok(pairs.map(|(id, level)| show((*id, *level))).collect())
}

/// Sets the pairs that are sent. Assumed: the others stay, and level 0 takes a permission away.
fn set_permissions(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut group = change(desk, path[0])?;
    let body = desk.call.json()?;
    let entries = body.as_array().map(Vec::as_slice);
    let entries = entries.ok_or_else(|| Refusal::bad("The request body must be a list"))?;
    group.permissions.extend(group::permissions(entries)?);
    group.permissions.retain(|_, level| *level > 0);
    desk.commit(Change::Group(Box::new(group)))?;
    Answer::empty(StatusCode::NO_CONTENT)
}

fn clear_permissions(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut group = change(desk, path[0])?;
    group.permissions.clear();
    desk.commit(Change::Group(Box::new(group)))?;
    Answer::empty(StatusCode::OK)
}

/// Lists the smart rules that a group can reach. Assumed: each with the level of access, and the built-in group
/// reaches all of them.
fn rules(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, READ)?;
    let group = find(desk, path[0])?;
    let site = desk.site();
    let level = |id| match group.rules.get(&id) {
        Some(access) => Some(access.level),
        None => (group.id == ADMINISTRATORS).then_some(WRITE),
    };
    let rules = site.catalog.smart_rules.iter().filter_map(|rule| {
        let mut shown = lists::smart_rule(site, rule);
        shown["AccessLevelID"] = level(rule.id)?.into();
        Some(shown)
    });
    Answer::ok(rules.collect())
}

fn rule(desk: &Desk<'_>, id: &str) -> Result<u64, Refusal> {
    let rule = desk.site().catalog.smart_rule(number(id)?);
    let rule = rule.ok_or_else(|| Refusal::unknown("Smart rule"))?;
    Ok(rule.id)
}

/// Sets a group's access to a smart rule. Assumed: level 0 takes it away, and the roles with it.
fn set_level(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut group = change(desk, path[0])?;
    let rule = rule(desk, path[1])?;
    let level = group::level(&desk.call.members()?)?;
    if level == 0 {
        group.rules.remove(&rule);
    } else {
        group.rules.entry(rule).or_default().level = level;
    }
    desk.commit(Change::Group(Box::new(group)))?;
    Answer::empty(StatusCode::OK)
}

fn roles(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, READ)?;
    desk.require(ROLE_MANAGEMENT, READ)?;
    let group = find(desk, path[0])?;
    let rule = rule(desk, path[1])?;
    let roles = group.rules.get(&rule).map(|access| access.roles.iter());
    let roles = roles.into_iter().flatten();
    let show = |id: &u64| json!({ "RoleID": id, "Name": catalog::name_of(ROLES, *id) });
    Answer::ok(roles.map(show).collect())
}

fn access(group: &mut Group, rule: u64) -> Result<&mut Access, Refusal> {
    let access = group.rules.get_mut(&rule);
    access.ok_or_else(|| Refusal::bad("The access level has to be set before roles"))
}

/// Replaces a group's roles on a smart rule. Assumed: roles that request need an access policy that exists.
fn set_roles(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(ROLE_MANAGEMENT, WRITE)?;
    let mut group = change(desk, path[0])?;
    let rule = rule(desk, path[1])?;
    let access = access(&mut group, rule)?;
    let members = desk.call.members()?;
    let role = |entry: &Value| {
        let id = Members::read(entry)?.required_number("RoleID")?;
        let known = catalog::name_of(ROLES, id);
        known
            .map(|_| id)
            .ok_or_else(|| Refusal::bad("Invalid RoleID"))
    };
    let roles = members.list("Roles")?.iter().map(role);
    access.roles = roles.collect::<Result<BTreeSet<_>, _>>()?;
    access.policy = None;
    if access.roles.iter().any(|role| REQUESTORS.contains(role)) {
        let policy = members.required_number("AccessPolicyID")?;
        if desk.site().catalog.access_policy(policy).is_none() {
            return Err(Refusal::bad("Invalid AccessPolicyID"));
        }
        access.policy = Some(policy);
    }
    desk.commit(Change::Group(Box::new(group)))?;
    Answer::empty(StatusCode::NO_CONTENT)
}

fn clear_roles(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(ROLE_MANAGEMENT, WRITE)?;
    let mut group = change(desk, path[0])?;
    let rule = rule(desk, path[1])?;
    if let Some(access) = group.rules.get_mut(&rule) {
        access.roles.clear();
        access.policy = None;
    }
    desk.commit(Change::Group(Box::new(group)))?;
    Answer::empty(StatusCode::OK)
}
