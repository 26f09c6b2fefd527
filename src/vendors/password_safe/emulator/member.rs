//! Who belongs to which group.

use axum::http::StatusCode;
use serde_json::Value;

use super::catalog::{READ, WRITE};
use super::desk::{Answer, Desk, Outcome};
use super::refusal::Refusal;
use super::route::Route;
use super::row::Group;
use super::site::Change;
use super::user::PERMISSION;
use super::{group, user};

/// The rules of membership.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "usergroups/{}/users", members),
    Route::new("POST", "usergroups/{}/users", recruit),
    Route::new("GET", "users/{}/usergroups", groups),
    Route::new("POST", "users/{}/usergroups/{}", join),
    Route::new("DELETE", "users/{}/usergroups/{}", leave),
];

fn members(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, READ)?;
    let ids = group::find(desk, path[0])?.members.iter();
    let users = ids.filter_map(|id| desk.site().users.get(*id));
    Answer::ok(users.map(|it| user::show(it, None)).collect())
}

fn show(group: &Group) -> Value {
    let mut shown = group::show(group);
    shown["ExcludedFromGlobalSync"] = false.into();
    shown["OverrideGlobalSyncSettings"] = false.into();
    shown["BaseDistinguishedName"] = Value::Null;
    shown
}

fn groups(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, READ)?;
    let user = user::find(desk, path[0])?.id;
    Answer::ok(desk.site().groups_of(user).map(group::show).collect())
}

/// Finds a group whose members are kept here. Assumed: those of a directory group come from there, and writes of them
/// are refused.
fn own_group<'a>(desk: &'a Desk<'_>, id: &str) -> Result<&'a Group, Refusal> {
    let group = group::find(desk, id)?;
    if group.kind.is_of_directory() {
        return Err(Refusal::bad(
            "The members of directory groups come from the directory",
        ));
    }
    Ok(group)
}

/// Creates a user of BeyondInsight as a member.
fn recruit(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, WRITE)?;
    let group = own_group(desk, path[0])?.id;
    let user = user::of_beyond_insight(desk, &desk.call.members()?)?;
    let shown = user::show(&user, None);
    let user = Box::new(user);
    desk.commit(Change::Recruit { user, group })?;
    Answer::created(shown)
}

/// Assumed: the status of somebody who is a member already.
fn join(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, WRITE)?;
    let user = user::find(desk, path[0])?.id;
    let row = own_group(desk, path[1])?;
    if row.members.contains(&user) {
        return Err(Refusal::conflict("The user is a member already"));
    }
    let shown = show(row);
    let group = row.id;
    desk.commit(Change::Member { user, group })?;
    Answer::created(shown)
}

/// Assumed: the status of somebody who is no member.
fn leave(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, WRITE)?;
    let user = user::find(desk, path[0])?.id;
    let row = own_group(desk, path[1])?;
    if !row.members.contains(&user) {
        return Err(Refusal::unknown("Member"));
    }
    let group = row.id;
    desk.commit(Change::MemberGone { user, group })?;
    Answer::empty(StatusCode::OK)
}
