//! Paths, which the wire calls OUs: `get_ous`, of which public code shows name and two fields \[4\], and `manage_ou`.
//! Assumed: the rest of a record, and all of `manage_ou`.

use serde_json::{Value, json};

use super::answer::{Outcome, object, written};
use super::console::{Change, Console, is_path, is_within, parent};
use super::desk::Desk;
use super::refusal::Refusal;
use super::seed::Ou;

/// Lists all paths that the token's admin sees. Assumed: there are no pages.
pub(crate) fn list(desk: &mut Desk<'_>) -> Outcome {
    let console = desk.console();
    let ous = console.ous.values();
    let mut rows: Vec<_> = ous.filter(|ou| desk.token.sees(&ou.path)).collect();
    rows.sort_by_key(|ou| ou.id);
    Ok(object(
        rows.into_iter().map(|ou| show(console, ou)).collect(),
    ))
}

fn show(console: &Console, ou: &Ou) -> Value {
    let parent = parent(&ou.path).and_then(|parent| console.ous.get(parent));
    let policy = console.governing(&ou.path).policy.as_ref();
    json!({
        "id": ou.id,
        "path": ou.path,
        "parent": parent.map(|parent| parent.id),
        "policyId": policy.map(|policy| policy.id),
        "hasPolicy": ou.policy.is_some(),
    })
}

/// Adds, renames, moves or deletes a path.
pub(crate) fn manage(desk: &mut Desk<'_>) -> Outcome {
    let verb = desk.verb()?;
    match verb.as_str() {
        "add" => add(desk),
        "edit" => edit(desk),
        "delete" => delete(desk),
        _ => Err(Refusal::unknown_action(&verb)),
    }
}

fn add(desk: &mut Desk<'_>) -> Outcome {
    let path = free_path(desk)?;
    let id = desk.console().next.path;
    let data = json!({ "path": path });
    let policy = None;
    desk.commit(Change::Path(Ou { id, path, policy }))?;
    Ok(written(json!({ "ouid": id }), desk.log("update_ou", &data)))
}

fn edit(desk: &mut Desk<'_>) -> Outcome {
    let from = own_path(desk)?;
    let wanted = desk.parameters.required("path")?;
    if wanted != from {
        let to = free_path(desk)?;
        if is_within(&to, &from) {
            return Err(Refusal::failed("A path cannot be moved below itself"));
        }
        let moved = Change::PathMoved {
            from: from.clone(),
            to,
        };
        desk.commit(moved)?;
    }
    let data = json!({ "old_path": from, "path": desk.parameters.required("path")? });
    Ok(written(json!({}), desk.log("update_ou", &data)))
}

fn delete(desk: &mut Desk<'_>) -> Outcome {
    let path = own_path(desk)?;
    let console = desk.console();
    let mut others = console.ous.keys().filter(|other| **other != path);
    if others.any(|other| is_within(other, &path)) {
        return Err(Refusal::failed(format!("The path has children: {path}")));
    }
    let mut users = console.users.values();
    if users.any(|user| console.path_of(user) == path) {
        return Err(Refusal::failed(format!("The path has users: {path}")));
    }
    let data = json!({ "path": path });
    desk.commit(Change::PathGone(path))?;
    Ok(written(json!({}), desk.log("update_ou", &data)))
}

/// The path whose id is given, which is not the default one.
fn own_path(desk: &Desk<'_>) -> Result<String, Refusal> {
    let id = desk.parameters.id("ouid")?;
    let console = desk.console();
    let ou = console.ous.values().find(|ou| ou.id == id);
    let ou = ou.ok_or_else(|| Refusal::failed(format!("Unknown path id: {id}")))?;
    desk.demand(&ou.path)?;
    if ou.path == console.server.default_path {
        return Err(Refusal::failed("The default path cannot be changed"));
    }
    Ok(ou.path.clone())
}

/// A name that no path has, below a path that is there.
fn free_path(desk: &Desk<'_>) -> Result<String, Refusal> {
    let path = desk.parameters.required("path")?;
    let console = desk.console();
    if !is_path(path) {
        return Err(Refusal::failed(format!("Invalid path: {path}")));
    }
    desk.demand(path)?;
    if console.ous.contains_key(path) {
        return Err(Refusal::failed(format!("The path already exists: {path}")));
    }
    match parent(path) {
        Some(parent) if !console.ous.contains_key(parent) => {
            Err(Refusal::failed(format!("Unknown path: {parent}")))
        }
        _ => Ok(path.to_owned()),
    }
}
