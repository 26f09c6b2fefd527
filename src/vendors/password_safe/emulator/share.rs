//! Shares: a secret that is seen in another folder too.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::desk::{Answer, Desk, Outcome};
use super::folder;
use super::guid::Guid;
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Flag, Secret};
use super::secret::find;
use super::site::{Change, Site};

/// The rules of shares.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "secrets-safe/secrets/{}/shares", list),
    Route::new("DELETE", "secrets-safe/secrets/{}/shares", clear),
    Route::new("POST", "secrets-safe/secrets/{}/shares/{}", create),
    Route::new("DELETE", "secrets-safe/secrets/{}/shares/{}", delete),
];

fn show(site: &Site, secret: &Secret, folder: Guid) -> Value {
    json!({
        "SecretId": secret.id,
        "FolderId": folder,
        "FolderPath": site.tree.path(folder),
        "SecretName": secret.title,
    })
}

fn list(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let secret = find(desk, path[0], Flag::Read)?;
    let folders = secret.shares.iter();
    let shares = folders.map(|folder| show(desk.site(), secret, *folder));
    Answer::ok(shares.collect())
}

/// Shares a secret. Assumed: twice is a conflict, and into its own folder a bad request.
fn create(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut secret = find(desk, path[0], Flag::Share)?.clone();
    let folder = folder::find(desk, path[1])?.id;
    desk.demand(folder, Flag::Create)?;
    if folder == secret.folder {
        return Err(Refusal::bad("The secret is in this folder"));
    }
    if !secret.shares.insert(folder) {
        return Err(Refusal::conflict("Share already exists"));
    }
    let shown = show(desk.site(), &secret, folder);
    desk.commit(Change::Secret(Box::new(secret)))?;
    Answer::created(shown)
}

fn delete(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut secret = find(desk, path[0], Flag::Share)?.clone();
    let folder = folder::find(desk, path[1])?.id;
    if !secret.shares.remove(&folder) {
        return Err(Refusal::unknown("Share"));
    }
    desk.commit(Change::Secret(Box::new(secret)))?;
    Answer::empty(StatusCode::NO_CONTENT)
}

fn clear(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut secret = find(desk, path[0], Flag::Share)?.clone();
    secret.shares.clear();
    desk.commit(Change::Secret(Box::new(secret)))?;
    Answer::empty(StatusCode::NO_CONTENT)
}
