//! Safes, which hold folders and secrets.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::catalog::{READ, SECRETS_SAFE, WRITE};
use super::desk::{Answer, Desk, Outcome, guid};
use super::guid::Guid;
use super::members::Members;
use super::quirks::Success;
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Flag, Grant, Node, Principal};
use super::site::Change;

/// The rules of safes.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "secrets-safe/safes", list),
    Route::new("POST", "secrets-safe/safes", create),
    Route::new("GET", "secrets-safe/safes/{}", read),
    Route::new("PUT", "secrets-safe/safes/{}", update),
    Route::new("DELETE", "secrets-safe/safes/{}", delete),
];

fn show(safe: &Node) -> Value {
    json!({ "Id": safe.id, "Name": safe.name, "Description": safe.description })
}

/// Finds a safe. One that cannot be read is not told apart from one that may not be.
pub(crate) fn find<'a>(desk: &'a Desk<'_>, id: &str) -> Result<&'a Node, Refusal> {
    let id = guid(id)?;
    let safe = desk.site().tree.safe(id);
    safe.ok_or_else(|| Refusal::unknown("Safe"))
}

/// A name that no other child of the parent has, in any case.
pub(crate) fn free_name(
    desk: &Desk<'_>,
    parent: Option<Guid>,
    name: &str,
    own: Option<Guid>,
) -> Result<(), Refusal> {
    let taken = desk.site().tree.named(parent, name);
    if taken.is_some_and(|node| Some(node.id) != own) {
        let what = if parent.is_some() { "Folder" } else { "Safe" };
        return Err(Refusal::conflict(format!("{what} name already exists")));
    }
    Ok(())
}

/// Whether nothing is in a safe or folder.
pub(crate) fn is_empty(desk: &Desk<'_>, id: Guid) -> bool {
    let site = desk.site();
    let mut children = site.tree.children(Some(id));
    children.next().is_none() && site.secrets.of_folder(id).next().is_none()
}

/// Lists the safes that the user may read, in the order of names.
fn list(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require(SECRETS_SAFE, READ)?;
    let site = desk.site();
    let safes = site.tree.children(None);
    let safes = safes.filter(|safe| site.may(desk.me, safe.id, Flag::Read));
    Answer::ok(safes.map(show).collect())
}

fn read(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let safe = find(desk, path[0])?;
    desk.demand(safe.id, Flag::Read)?;
    Answer::ok(show(safe))
}

fn description(members: &Members) -> Result<Option<String>, Refusal> {
    members.text("Description", 256)
}

/// Creates a safe. Assumed: the creator gets every permission on it, or nobody could manage it.
fn create(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require(SECRETS_SAFE, WRITE)?;
    let members = desk.call.members()?;
    let name = members.required("Name", 256)?;
    free_name(desk, None, &name, None)?;
    let safe = Node {
        id: Guid::counted(desk.site().next_guid),
        parent: None,
        name,
        description: description(&members)?,
        grants: vec![Grant {
            principal: Principal::User(desk.me),
            flags: Flag::ALL.into(),
            until: None,
        }],
        favorites: [].into(),
    };
    let shown = show(&safe);
    desk.commit(Change::Node(safe))?;
    Answer::created(shown)
}

/// Changes name and description. Assumed: a description that is left out is cleared, as it is of folders.
fn update(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut safe = find(desk, path[0])?.clone();
    desk.demand(safe.id, Flag::Manage)?;
    let members = desk.call.members()?;
    safe.name = members.required("Name", 256)?;
    safe.description = description(&members)?;
    free_name(desk, None, &safe.name, Some(safe.id))?;
    desk.commit(Change::Node(safe))?;
    Answer::empty(StatusCode::NO_CONTENT)
}

/// Deletes a safe. Assumed: the status that refuses one that is not empty.
fn delete(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let id = find(desk, path[0])?.id;
    desk.require(SECRETS_SAFE, WRITE)?;
    if !is_empty(desk, id) {
        return Err(Refusal::conflict("Safe is not empty"));
    }
    let quirk = desk.site().quirks.delete_safe;
    desk.commit(Change::NodeGone(id))?;
    Answer::empty(quirk.unwrap_or(Success::NoContent).status())
}
