//! Moves folders and secrets to other folders, which may already have something of the same name.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::contents::DEEPEST;
use super::desk::{Answer, Desk, Outcome};
use super::folder::{find_folder, too_deep};
use super::guid::Guid;
use super::members::Members;
use super::refusal::Refusal;
use super::route::Route;
use super::row::Flag;
use super::site::Change;

/// The rules of moves.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("PUT", "secrets-safe/folders/{}/move", folder),
    Route::new("PUT", "secrets-safe/secrets/move", secrets),
];

/// What to do about a name that is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Duplicate {
    Stop,
    Rename,
    Skip,
}

fn destination(desk: &Desk<'_>, members: &Members) -> Result<(Guid, Duplicate), Refusal> {
    let id = members.guid("DestinationFolderId")?;
    let id = id.ok_or_else(|| Refusal::missing("DestinationFolderId"))?;
    let action = members.required("DuplicateNameAction", 16)?;
    let action = match action.to_lowercase().as_str() {
        "stop" => Duplicate::Stop,
        "rename" => Duplicate::Rename,
        "skip" => Duplicate::Skip,
        _ => return Err(Refusal::bad("Invalid DuplicateNameAction")),
    };
    if desk.site().tree.get(id).is_none() {
        return Err(Refusal::unknown("Destination folder"));
    }
    desk.demand(id, Flag::Create)?;
    Ok((id, action))
}

/// The name with the first number behind it that is free.
fn renamed(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut number = 1_usize;
    loop {
        let suffix = format!(" ({number})");
        let stem: String = name.chars().take(256 - suffix.len()).collect();
        let name = stem + &suffix;
        if !is_taken(&name) {
            return name;
        }
        number += 1;
    }
}

/// Moves a folder with all that is in it.
fn folder(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut folder = find_folder(desk, path[0])?.clone();
    desk.demand(folder.id, Flag::Edit)?;
    let (to, action) = destination(desk, &desk.call.members()?)?;
    let site = desk.site();
    let tree = &site.tree;
    let old_parent = folder.parent;
    // Assumed: 400 for a folder that would be in itself.
    if tree.upwards(to).any(|node| node.id == folder.id) {
        return Err(Refusal::bad("A folder cannot be moved into itself"));
    }
    if tree.upwards(to).count() + tree.height(folder.id) > DEEPEST {
        return Err(too_deep());
    }
    let is_taken = |name: &str| {
        let taken = tree.named(Some(to), name);
        taken.is_some_and(|node| node.id != folder.id)
    };
    let old_name = folder.name.clone();
    let mut new_name = old_name.clone();
    let mut is_skipped = false;
    if is_taken(&old_name) {
        match action {
            Duplicate::Stop => return Err(Refusal::conflict("Folder name already exists")),
            Duplicate::Skip => is_skipped = true,
            Duplicate::Rename => new_name = renamed(&old_name, is_taken),
        }
    }
    let below = tree.subtree(folder.id);
    let secrets = |of: Guid| site.secrets.of_folder(of).count();
    let shares = |of: Guid| site.secrets.shared_into(of).count();
    let mut counts = (
        below.len(),
        below.iter().map(|node| secrets(node.id)).sum::<usize>(),
        below.iter().map(|node| shares(node.id)).sum::<usize>(),
    );
    if is_skipped {
        counts = (0, 0, 0);
    } else {
        folder.parent = Some(to);
        folder.name = new_name;
    }
    let result = json!({
        "FolderId": folder.id,
        "ParentId": folder.parent,
        "OldParentId": old_parent,
        "FolderCount": counts.0,
        "SecretCount": counts.1,
        "ShareCount": counts.2,
        "NewFolderName": folder.name,
        "OldFolderName": old_name,
    });
    if !is_skipped {
        desk.commit(Change::Node(folder))?;
    }
    Answer::ok(result)
}

fn ids(members: &Members, name: &str) -> Result<Vec<Guid>, Refusal> {
    let entries = members.list(name)?;
    if entries.len() > 200 {
        return Err(Refusal::bad(format!("{name} has more than 200 entries")));
    }
    let id = |entry: &Value| entry.as_str().and_then(Guid::parse);
    let ids = entries.iter().map(|entry| {
        id(entry).ok_or_else(|| Refusal::bad(format!("{name} has an entry that is no GUID")))
    });
    ids.collect()
}

/// Moves secrets. Assumed: the members of the result that are no counts list ids; a name that is taken stops the
/// whole move; shares have no ids that a client could know, so none is found.
fn secrets(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let members = desk.call.members()?;
    let (to, action) = destination(desk, &members)?;
    let mut wanted = ids(&members, "SecretIds")?;
    let mut seen = std::collections::BTreeSet::new();
    wanted.retain(|id| seen.insert(*id));
    let shares = ids(&members, "ShareIds")?;
    let mut moved: Vec<super::row::Secret> = Vec::new();
    let (mut gone, mut renames, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    for id in &wanted {
        let site = desk.site();
        let Some(secret) = site.secrets.get(*id) else {
            gone.push(*id);
            continue;
        };
        desk.demand(secret.folder, Flag::Edit)?;
        let is_taken = |title: &str| {
            let there = site.secrets.titled(to, title);
            let folded = title.to_lowercase();
            there.is_some_and(|it| it.id != *id)
                || moved.iter().any(|it| it.title.to_lowercase() == folded)
        };
        let mut secret = secret.clone();
        if is_taken(&secret.title) {
            match action {
                Duplicate::Stop => return Err(Refusal::conflict("Title name already exists")),
                Duplicate::Skip => {
                    skipped.push(*id);
                    continue;
                }
                Duplicate::Rename => {
                    renames.push(*id);
                    secret.title = renamed(&secret.title, is_taken);
                }
            }
        }
        secret.folder = to;
        secret.shares.remove(&to);
        moved.push(secret);
    }
    let result = json!({
        "Errors": [],
        "DestinationFolderId": to,
        "SecretsCount": wanted.len(),
        "SharesCount": shares.len(),
        "SecretsMovedCount": moved.len(),
        "SharesMovedCount": 0,
        "SecretsRenamed": renames,
        "SecretsSkipped": skipped,
        "SecretsFailedValidation": [],
        "SecretsNotFound": gone,
        "SharesFailedValidation": [],
        "SharesNotFound": shares,
        "SharesNotMovedToDifferentSafe": [],
        "SharesRemoved": [],
    });
    desk.commit(Change::Secrets(moved))?;
    Ok(Answer::Json(StatusCode::OK, result))
}
