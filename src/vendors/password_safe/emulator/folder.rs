//! Folders of safes. Safes are seen among them, as folders without a parent.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::contents::DEEPEST;
use super::desk::{Answer, Desk, Outcome, guid};
use super::guid::Guid;
use super::quirks::Success;
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Flag, Node};
use super::safe::{free_name, is_empty};
use super::site::Change;

/// The rules of folders.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "secrets-safe/folders", list),
    Route::new("POST", "secrets-safe/folders", create),
    Route::new("GET", "secrets-safe/folders/{}", read),
    Route::new("PUT", "secrets-safe/folders/{}", update),
    Route::new("DELETE", "secrets-safe/folders/{}", delete),
    Route::new("PUT", "secrets-safe/folders/{}/favorite", favorite),
];

/// The longest path.
pub(crate) const LONGEST_PATH: usize = 1_798;

/// Shows a folder to a user.
pub(crate) fn show(node: &Node, me: u64) -> Value {
    json!({
        "Id": node.id,
        "Name": node.name,
        "Description": node.description,
        "ParentId": node.parent,
        "UserGroupId": 0,
        "IsFavorite": node.favorites.contains(&me),
    })
}

/// Finds a safe or folder.
pub(crate) fn find<'a>(desk: &'a Desk<'_>, id: &str) -> Result<&'a Node, Refusal> {
    let id = guid(id)?;
    let node = desk.site().tree.get(id);
    node.ok_or_else(|| Refusal::unknown("Folder"))
}

/// Finds a folder that is no safe. Assumed: a safe is changed by its own path alone.
pub(crate) fn find_folder<'a>(desk: &'a Desk<'_>, id: &str) -> Result<&'a Node, Refusal> {
    let node = find(desk, id)?;
    let folder = desk.site().tree.folder(node.id);
    folder.ok_or_else(|| Refusal::unknown("Folder"))
}

/// The separator of paths in a request.
pub(crate) fn separator(desk: &Desk<'_>) -> Result<char, Refusal> {
    let text = desk.call.query("Separator").unwrap_or("/");
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(separator), None) => Ok(separator),
        _ => Err(Refusal::bad("The separator must be one character.")),
    }
}

/// Lists what the user may read. Assumed: filters combine with "and"; `IncludeSubfolders` is about the folder of
/// `FolderPath`, which is itself always listed; only safes are at the root.
fn list(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.enter()?;
    let call = desk.call;
    let name = call.short("FolderName", 256)?.map(str::to_lowercase);
    let path = call.short("FolderPath", LONGEST_PATH)?;
    let with_children = call.flag("IncludeSubfolders")?.unwrap_or(true);
    let is_root_only = call.flag("RootOnly")?.unwrap_or(false);
    let (offset, limit) = call.page()?;
    let separator = separator(desk)?;
    let site = desk.site();
    let nodes = match path {
        Some(path) => match site.tree.at(path, separator) {
            Some(node) if with_children => site.tree.subtree(node.id),
            found => found.into_iter().collect(),
        },
        None => {
            let safes = site.tree.children(None);
            safes.flat_map(|safe| site.tree.subtree(safe.id)).collect()
        }
    };
    let mut nodes: Vec<_> = nodes
        .into_iter()
        .filter(|node| !is_root_only || node.parent.is_none())
        .map(|node| (node.name.to_lowercase(), node))
        .filter(|(folded, _)| name.as_ref().is_none_or(|part| folded.contains(part)))
        .filter(|(_, node)| site.may(desk.me, site.tree.root(node.id), Flag::Read))
        .collect();
    nodes.sort_by(|(a, first), (b, second)| (a, first.id).cmp(&(b, second.id)));
    let page = nodes.into_iter().skip(offset).take(limit);
    Answer::ok(page.map(|(_, node)| show(node, desk.me)).collect())
}

fn read(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let node = find(desk, path[0])?;
    desk.demand(node.id, Flag::Read)?;
    Answer::ok(show(node, desk.me))
}

/// Creates a folder. Assumed: there is no folder without a parent, nor more levels than clients allow.
fn create(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let members = desk.call.members()?;
    let name = members.required("Name", 256)?;
    let description = members.text("Description", 256)?;
    let parent = members
        .guid("ParentId")?
        .ok_or_else(|| Refusal::missing("ParentId"))?;
    desk.enter()?;
    let tree = &desk.site().tree;
    if tree.get(parent).is_none() {
        return Err(Refusal::unknown("Parent folder"));
    }
    desk.demand(parent, Flag::Create)?;
    if tree.upwards(parent).count() >= DEEPEST {
        return Err(too_deep());
    }
    free_name(desk, Some(parent), &name, None)?;
    let folder = Node {
        id: Guid::counted(desk.site().next_guid),
        parent: Some(parent),
        name,
        description,
        grants: Vec::new(),
        favorites: [].into(),
    };
    let shown = show(&folder, desk.me);
    desk.commit(Change::Node(folder))?;
    Answer::created(shown)
}

/// Refuses more levels than there are.
pub(crate) fn too_deep() -> Refusal {
    Refusal::bad(format!("Folders can have at most {DEEPEST} levels"))
}

/// Changes name and description. A description that is left out is cleared; a parent that is sent is not looked at.
fn update(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut folder = find_folder(desk, path[0])?.clone();
    desk.demand(folder.id, Flag::Edit)?;
    let members = desk.call.members()?;
    folder.name = members.required("Name", 256)?;
    folder.description = members.text("Description", 256)?;
    free_name(desk, folder.parent, &folder.name, Some(folder.id))?;
    let shown = show(&folder, desk.me);
    desk.commit(Change::Node(folder))?;
    Answer::ok(shown)
}

/// Deletes a folder that has neither secrets nor, which is assumed, folders. Assumed: shares into it end.
fn delete(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let id = find_folder(desk, path[0])?.id;
    desk.demand(id, Flag::Delete)?;
    if !is_empty(desk, id) {
        return Err(Refusal::conflict("Folder is not empty"));
    }
    let quirk = desk.site().quirks.delete_folder;
    desk.commit(Change::NodeGone(id))?;
    Answer::empty(quirk.unwrap_or(Success::Ok).status())
}

fn favorite(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut node = find(desk, path[0])?.clone();
    desk.demand(node.id, Flag::Read)?;
    match desk.call.members()?.flag("Favorite")? {
        Some(true) => node.favorites.insert(desk.me),
        Some(false) => node.favorites.remove(&desk.me),
        None => return Err(Refusal::missing("Favorite")),
    };
    desk.commit(Change::Node(node))?;
    Answer::empty(StatusCode::NO_CONTENT)
}
