//! The permissions that users and groups have on a safe.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::catalog::{READ, SECRETS_SAFE};
use super::clock;
use super::desk::{Answer, Desk, Outcome};
use super::guid::Guid;
use super::members::Members;
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Flag, Grant, Principal};
use super::safe;
use super::site::Change;

/// The rules of safe permissions.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "secrets-safe/safes/safe-permissions", flags),
    Route::new("GET", "secrets-safe/safes/{}/safe-permissions", list),
    Route::new("PUT", "secrets-safe/safes/{}/safe-permissions", grant),
    Route::new("DELETE", "secrets-safe/safes/{}/safe-permissions", revoke),
];

const NONE: &str = "None";

/// Lists the names of all flags.
fn flags(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require(SECRETS_SAFE, READ)?;
    let names = [NONE].into_iter().chain(Flag::ALL.map(Flag::name));
    Answer::ok(names.collect())
}

/// Shows a grant. Assumed: with the members of both shapes that clients know, and a number made of the principal.
fn show(safe: Guid, grant: &Grant) -> Value {
    let (kind, id) = match grant.principal {
        Principal::User(id) => (0, id),
        Principal::Group(id) => (1, id),
    };
    let flags: Vec<_> = grant.flags.iter().map(|flag| flag.name()).collect();
    json!({
        "Id": 2 * id + kind,
        "FolderId": safe,
        "GroupId": (kind == 1).then_some(id),
        "UserId": (kind == 0).then_some(id),
        "PrincipalType": kind,
        "PrincipalID": id,
        "PermissionFlags": flags,
        "ExpiresOn": grant.until,
    })
}

fn list(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let safe = safe::find(desk, path[0])?;
    desk.demand(safe.id, Flag::Read)?;
    let grants = safe.grants.iter().map(|grant| show(safe.id, grant));
    Answer::ok(grants.collect())
}

fn principal(members: &Members) -> Result<Principal, Refusal> {
    let kind = members.required_number("PrincipalType")?;
    let id = members.required_number("PrincipalID")?;
    if id == 0 {
        return Err(Refusal::bad("PrincipalID must be at least 1"));
    }
    match kind {
        0 => Ok(Principal::User(id)),
        1 => Ok(Principal::Group(id)),
        _ => Err(Refusal::bad("PrincipalType must be 0 or 1")),
    }
}

/// Reads flags. Assumed: `None` grants nothing, and an unknown flag is refused.
fn wanted(members: &Members) -> Result<BTreeSet<Flag>, Refusal> {
    let mut flags = BTreeSet::new();
    for entry in members.list("PermissionFlags")? {
        let name = entry.as_str().unwrap_or_default();
        let flag = Flag::ALL
            .into_iter()
            .find(|flag| flag.name().eq_ignore_ascii_case(name));
        match flag {
            Some(flag) => {
                flags.insert(flag);
            }
            None if name.eq_ignore_ascii_case(NONE) => {}
            None => return Err(Refusal::bad(format!("Invalid permission flag {entry}"))),
        }
    }
    Ok(flags)
}

/// Sets what one user or group may do. Assumed: to grant nothing is to revoke, and an unknown principal is 404.
fn grant(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut safe = safe::find(desk, path[0])?.clone();
    desk.demand(safe.id, Flag::Manage)?;
    let members = desk.call.members()?;
    let principal = principal(&members)?;
    let flags = wanted(&members)?;
    let until = members.text("ExpiresOn", 64)?;
    let until = until.map(|text| {
        let moment = clock::read(&text);
        moment.ok_or_else(|| Refusal::bad("The field ExpiresOn must be a date."))
    });
    let until = until.transpose()?;
    let site = desk.site();
    match principal {
        Principal::User(id) if site.users.get(id).is_none() => {
            return Err(Refusal::unknown("User"));
        }
        Principal::Group(id) if site.groups.get(id).is_none() => {
            return Err(Refusal::unknown("Group"));
        }
        Principal::User(_) | Principal::Group(_) => {}
    }
    safe.grants.retain(|grant| grant.principal != principal);
    if !flags.is_empty() {
        safe.grants.push(Grant {
            principal,
            flags,
            until,
        });
        safe.grants.sort_by_key(|grant| grant.principal);
    }
    desk.commit(Change::Node(safe))?;
    Answer::empty(StatusCode::NO_CONTENT)
}

/// Takes everything from one user or group. Assumed: where there is nothing to take, that is no mistake.
fn revoke(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut safe = safe::find(desk, path[0])?.clone();
    desk.demand(safe.id, Flag::Manage)?;
    let principal = principal(&desk.call.members()?)?;
    let before = safe.grants.len();
    safe.grants.retain(|grant| grant.principal != principal);
    if safe.grants.len() < before {
        desk.commit(Change::Node(safe))?;
    }
    Answer::empty(StatusCode::NO_CONTENT)
}
