//! User groups: created, read and deleted, but never changed.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::builtin::ADMINISTRATORS;
use super::catalog::{self, LEVELS, PERMISSIONS, READ, SECRETS_SAFE, WRITE};
use super::desk::{Answer, Desk, Outcome, number};
use super::members::Members;
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Access, Group, Kind, Principal};
use super::site::Change;
use super::user::PERMISSION;

/// The rules of groups.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "usergroups", list),
    Route::new("POST", "usergroups", create),
    Route::new("DELETE", "usergroups", delete_named),
    Route::new("GET", "usergroups/{}", read),
    Route::new("DELETE", "usergroups/{}", delete),
];

/// Shows a group, without permissions and access, which have lists of their own.
pub(crate) fn show(group: &Group) -> Value {
    json!({
        "GroupID": group.id,
        "Name": group.name,
        "DistinguishedName": group.distinguished_name,
        "Description": group.description,
        "GroupType": group.kind.name(),
        "AccountAttribute": null,
        "ApplicationRegistrationIDs": group.registrations,
        "MembershipAttribute": null,
        "IsActive": group.active,
    })
}

/// Finds a group.
pub(crate) fn find<'a>(desk: &'a Desk<'_>, id: &str) -> Result<&'a Group, Refusal> {
    let group = desk.site().groups.get(number(id)?);
    group.ok_or_else(|| Refusal::unknown("User group"))
}

fn find_named<'a>(desk: &'a Desk<'_>, name: &str) -> Result<&'a Group, Refusal> {
    let group = desk.site().groups.named(name);
    group.ok_or_else(|| Refusal::unknown("User group"))
}

fn list(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require(PERMISSION, READ)?;
    if let Some(name) = desk.call.query("name") {
        return Answer::ok(show(find_named(desk, name)?));
    }
    Answer::ok(desk.site().groups.iter().map(show).collect())
}

fn read(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, READ)?;
    Answer::ok(show(find(desk, path[0])?))
}

/// Reads pairs of a permission and a level. Assumed: an unknown one of either is 400.
pub(crate) fn permissions(entries: &[Value]) -> Result<BTreeMap<u64, u64>, Refusal> {
    let mut pairs = BTreeMap::new();
    for entry in entries {
        let entry = Members::read(entry)?;
        let permission = entry.required_number("PermissionID")?;
        if catalog::name_of(PERMISSIONS, permission).is_none() {
            return Err(Refusal::bad("Invalid PermissionID"));
        }
        pairs.insert(permission, level(&entry)?);
    }
    Ok(pairs)
}

/// Reads an access level.
pub(crate) fn level(members: &Members) -> Result<u64, Refusal> {
    let level = members.required_number("AccessLevelID")?;
    if catalog::name_of(LEVELS, level).is_none() {
        return Err(Refusal::bad("Invalid AccessLevelID"));
    }
    Ok(level)
}

fn rules(desk: &Desk<'_>, members: &Members) -> Result<BTreeMap<u64, Access>, Refusal> {
    let mut rules = BTreeMap::new();
    for entry in members.list("SmartRuleAccess")? {
        let entry = Members::read(entry)?;
        let rule = entry.required_number("SmartRuleID")?;
        if desk.site().catalog.smart_rule(rule).is_none() {
            return Err(Refusal::bad("Invalid SmartRuleID"));
        }
        let level = level(&entry)?;
        if level > 0 {
            let access = Access {
                level,
                ..Access::default()
            };
            rules.insert(rule, access);
        }
    }
    Ok(rules)
}

/// Only administrators create and delete groups that have to do with Secrets Safe.
fn guard(desk: &Desk<'_>, permissions: &BTreeMap<u64, u64>) -> Result<(), Refusal> {
    let secrets_safe = catalog::id_of(PERMISSIONS, SECRETS_SAFE);
    let is_guarded = secrets_safe.is_some_and(|id| permissions.contains_key(&id));
    if is_guarded && !desk.site().is_admin(desk.me) {
        return Err(Refusal::forbidden("Administrator"));
    }
    Ok(())
}

/// Creates a group. Assumed: nothing is in the emulator's directories, so no group can be taken from them; a taken
/// name is 400.
fn create(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require(PERMISSION, WRITE)?;
    let members = desk.call.members()?;
    let kind = members.required("groupType", 64)?;
    match Kind::read(&kind) {
        Some(Kind::BeyondInsight) => {}
        Some(Kind::ActiveDirectory | Kind::LdapDirectory | Kind::EntraID) => {
            return Err(Refusal::bad("The directory cannot be reached"));
        }
        Some(Kind::Application) | None => return Err(Refusal::bad("Invalid groupType")),
    }
    let name = members.required("groupName", 256)?;
    let description = members.text("description", 256)?;
    let mut permissions = permissions(members.list("Permissions")?)?;
    permissions.retain(|_, level| *level > 0);
    guard(desk, &permissions)?;
    let site = desk.site();
    let registration = |entry: &Value| {
        let id = entry.as_u64();
        id.filter(|id| site.registrations.contains_key(id))
            .ok_or_else(|| Refusal::bad("Invalid ApplicationRegistrationIDs"))
    };
    let registrations = members.list("ApplicationRegistrationIDs")?;
    let registrations = registrations.iter().map(registration);
    let group = Group {
        id: site.groups.next(),
        description,
        active: members.flag("isActive")?.unwrap_or(true),
        registrations: registrations.collect::<Result<_, _>>()?,
        permissions,
        rules: rules(desk, &members)?,
        name,
        ..Group::default()
    };
    if site.groups.named(&group.name).is_some() {
        let name = group.name;
        return Err(Refusal::bad(format!("User group already exists: {name}")));
    }
    let shown = show(&group);
    desk.commit(Change::Group(Box::new(group)))?;
    Answer::created(shown)
}

fn delete(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, WRITE)?;
    let id = find(desk, path[0])?.id;
    remove(desk, id)
}

fn delete_named(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require(PERMISSION, WRITE)?;
    let name = desk.call.query("name");
    let name = name.ok_or_else(|| Refusal::missing("name"))?;
    let id = find_named(desk, name)?.id;
    remove(desk, id)
}

/// Assumed: the status that refuses to delete the built-in group, or a group that owns secrets.
fn remove(desk: &mut Desk<'_>, id: u64) -> Outcome {
    let site = desk.site();
    if id == ADMINISTRATORS {
        return Err(Refusal::bad("The built-in group cannot be deleted"));
    }
    if let Some(group) = site.groups.get(id) {
        guard(desk, &group.permissions)?;
    }
    let owner = Principal::Group(id);
    if site.secrets.iter().any(|it| it.owners.contains(&owner)) {
        return Err(Refusal::bad("The user group has secrets attached"));
    }
    desk.commit(Change::GroupGone(id))?;
    Answer::empty(StatusCode::OK)
}
