//! Secrets of the three kinds: created, read, changed, deleted.

mod draft;
mod list;
pub(super) mod show;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::desk::{Answer, Desk, Outcome, guid};
use super::folder;
use super::guid::Guid;
use super::members::Members;
use super::multipart;
use super::quirks::Success;
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Content, Flag, Secret, Stamp, Url};
use super::site::Change;
use draft::Draft;
use show::{View, show};

/// The rules of secrets.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "secrets-safe/secrets", list::search),
    Route::new("GET", "secrets-safe/folders/{}/secrets", list::of_folder),
    Route::new("POST", "secrets-safe/folders/{}/secrets", |desk, path| {
        create(desk, path, Kind::Credential)
    }),
    Route::new(
        "POST",
        "secrets-safe/folders/{}/secrets/text",
        |desk, path| create(desk, path, Kind::Text),
    ),
    Route::new(
        "POST",
        "secrets-safe/folders/{}/secrets/file",
        |desk, path| create(desk, path, Kind::File),
    ),
    Route::new("GET", "secrets-safe/secrets/{}", |desk, path| {
        read(desk, path, View::Credential)
    }),
    Route::new("GET", "secrets-safe/secrets/{}/text", |desk, path| {
        read(desk, path, View::Text)
    }),
    Route::new("GET", "secrets-safe/secrets/{}/file", |desk, path| {
        read(desk, path, View::File)
    }),
    Route::new("GET", "secrets-safe/secrets/{}/file/download", download),
    Route::new("PUT", "secrets-safe/secrets/{}", |desk, path| {
        update(desk, path, Kind::Credential)
    }),
    Route::new("PUT", "secrets-safe/secrets/{}/text", |desk, path| {
        update(desk, path, Kind::Text)
    }),
    Route::new("PUT", "secrets-safe/secrets/{}/file", |desk, path| {
        update(desk, path, Kind::File)
    }),
    Route::new("DELETE", "secrets-safe/secrets/{}", delete),
    Route::new("PUT", "secrets-safe/secrets/{}/favorite", favorite),
];

/// What a path says of the kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Credential,
    Text,
    File,
}

impl Kind {
    fn of(secret: &Secret) -> Self {
        match secret.content {
            Content::Credential { .. } => Self::Credential,
            Content::Text(_) => Self::Text,
            Content::File { .. } => Self::File,
        }
    }

    fn view(self) -> View {
        match self {
            Self::Credential => View::Credential,
            Self::Text => View::Text,
            Self::File => View::File,
        }
    }
}

/// Finds a secret, in whose safe the user may do something.
pub(super) fn find<'a>(desk: &'a Desk<'_>, id: &str, flag: Flag) -> Result<&'a Secret, Refusal> {
    let secret = desk.site().secrets.get(guid(id)?);
    let secret = secret.ok_or_else(|| Refusal::unknown("Secret"))?;
    desk.demand(secret.folder, flag)?;
    Ok(secret)
}

/// The members of a request and, of a file, its name and bytes.
fn received(desk: &Desk<'_>, kind: Kind) -> Result<(Members, Option<multipart::File>), Refusal> {
    if kind == Kind::File {
        let (metadata, file) = multipart::read(desk.call)?;
        Ok((metadata, Some(file)))
    } else {
        Ok((desk.call.members()?, None))
    }
}

fn content(
    desk: &Desk<'_>,
    kind: Kind,
    members: &Members,
    file: Option<multipart::File>,
    salt: &str,
) -> Result<Content, Refusal> {
    match (kind, file) {
        (Kind::Credential, _) => draft::credential(desk.site(), members, salt),
        (Kind::Text, _) => draft::text(members),
        (Kind::File, file) => draft::file(members, file),
    }
}

/// A title that no other secret of the folder has. Assumed: in any case, and of whatever kind.
fn free_title(desk: &Desk<'_>, folder: Guid, title: &str, own: Guid) -> Result<(), Refusal> {
    let taken = desk.site().secrets.titled(folder, title);
    match taken {
        Some(secret) if secret.id != own => Err(Refusal::conflict("Title name already exists")),
        _ => Ok(()),
    }
}

/// Gives ids to URLs; one that a request repeats from an answer keeps its own.
fn urls(desk: &Desk<'_>, sent: Vec<(Option<Guid>, String)>, kept: &[Url], first: u64) -> Vec<Url> {
    let mut next = first.max(desk.site().next_guid);
    let rows = sent.into_iter().map(|(id, url)| {
        let known = |it: &&Url| Some(it.id) == id || (id.is_none() && it.url == url);
        let id = kept.iter().find(known).map(|it| it.id).unwrap_or_else(|| {
            next += 1;
            Guid::counted(next - 1)
        });
        Url { id, url }
    });
    rows.collect()
}

fn create(desk: &mut Desk<'_>, path: &[&str], kind: Kind) -> Outcome {
    let folder = folder::find(desk, path[0])?.id;
    desk.demand(folder, Flag::Create)?;
    let (members, file) = received(desk, kind)?;
    let version = desk.call.version();
    let draft = Draft::read(desk, &members, version)?;
    let number = desk.site().next_guid;
    let id = Guid::counted(number);
    let content = content(desk, kind, &members, file, &draft.title)?;
    free_title(desk, folder, &draft.title, id)?;
    let stamp = Stamp {
        on: desk.site().now.clone(),
        by: desk.my_name(),
    };
    let secret = Secret {
        id,
        folder,
        urls: urls(desk, draft.urls, &[], number + 1),
        title: draft.title,
        description: draft.description,
        notes: draft.notes,
        owners: draft.owners,
        content,
        value_modified_on: stamp.on.clone(),
        modified: stamp.clone(),
        created: stamp,
        favorites: BTreeSet::new(),
        shares: BTreeSet::new(),
    };
    desk.commit(Change::Secret(Box::new(secret)))?;
    let shown = shown(desk, id, kind.view())?;
    if desk.site().quirks.post_secret_as_list == Some(true) {
        return Answer::created(json!([shown]));
    }
    Answer::created(shown)
}

fn shown(desk: &Desk<'_>, id: Guid, view: View) -> Result<Value, Refusal> {
    let site = desk.site();
    let secret = site.secrets.get(id);
    let secret = secret.ok_or_else(|| Refusal::unknown("Secret"))?;
    let path = site.tree.path(secret.folder);
    let version = desk.call.version();
    Ok(show(site, secret, &path, view, version, desk.me))
}

/// Shows a secret. Assumed: the views of text and file are of such secrets alone, and the one of credentials is of
/// any, with the text as the password.
fn read(desk: &mut Desk<'_>, path: &[&str], view: View) -> Outcome {
    let secret = find(desk, path[0], Flag::Read)?;
    if view != View::Credential && view != Kind::of(secret).view() {
        return Err(wrong_kind());
    }
    let id = secret.id;
    Answer::ok(shown(desk, id, view)?)
}

/// Assumed: a path that is not of the secret's kind is a bad request.
fn wrong_kind() -> Refusal {
    Refusal::bad("Invalid secret type")
}

fn download(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    match &find(desk, path[0], Flag::Read)?.content {
        Content::File { bytes, .. } => Ok(Answer::Bytes(bytes.0.clone())),
        Content::Credential { .. } | Content::Text(_) => Err(wrong_kind()),
    }
}

/// Replaces the whole model. Assumed: another `FolderId` moves the secret in 3.0 and 3.1, where it must be sent, and
/// is not looked at in 3.2.
fn update(desk: &mut Desk<'_>, path: &[&str], kind: Kind) -> Outcome {
    let mut secret = find(desk, path[0], Flag::Edit)?.clone();
    if Kind::of(&secret) != kind {
        return Err(wrong_kind());
    }
    let (members, file) = received(desk, kind)?;
    let version = desk.call.version();
    let draft = Draft::read(desk, &members, version)?;
    if version < super::call::Version::V32 {
        let to = members.guid("FolderId")?;
        let to = to.ok_or_else(|| Refusal::missing("FolderId"))?;
        if to != secret.folder {
            if desk.site().tree.get(to).is_none() {
                return Err(Refusal::unknown("Folder"));
            }
            desk.demand(to, Flag::Create)?;
            secret.folder = to;
            secret.shares.remove(&to);
        }
    }
    free_title(desk, secret.folder, &draft.title, secret.id)?;
    let site = desk.site();
    let on = site.after(&secret.modified.on);
    let salt = format!("{} {on}", secret.id);
    let content = content(desk, kind, &members, file, &salt)?;
    if content != secret.content {
        secret.value_modified_on.clone_from(&on);
    }
    let by = desk.my_name();
    secret.modified = Stamp { on, by };
    secret.urls = urls(desk, draft.urls, &secret.urls, 0);
    secret.title = draft.title;
    secret.description = draft.description;
    secret.notes = draft.notes;
    secret.owners = draft.owners;
    secret.content = content;
    let id = secret.id;
    let quirks = &site.quirks;
    let status = match kind {
        Kind::Credential => quirks.put_credential.unwrap_or(Success::Ok),
        Kind::Text => quirks.put_text.unwrap_or(Success::Ok),
        Kind::File => quirks.put_file.unwrap_or(Success::NoContent),
    };
    desk.commit(Change::Secret(Box::new(secret)))?;
    match status {
        Success::Ok => Answer::ok(shown(desk, id, kind.view())?),
        Success::NoContent => Answer::empty(StatusCode::NO_CONTENT),
    }
}

/// Deletes a secret, and with it, which is assumed, its shares.
fn delete(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let id = find(desk, path[0], Flag::Delete)?.id;
    let quirk = desk.site().quirks.delete_secret;
    desk.commit(Change::SecretGone(id))?;
    Answer::empty(quirk.unwrap_or(Success::Ok).status())
}

fn favorite(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut secret = find(desk, path[0], Flag::Read)?.clone();
    match desk.call.members()?.flag("Favorite")? {
        Some(true) => secret.favorites.insert(desk.me),
        Some(false) => secret.favorites.remove(&desk.me),
        None => return Err(Refusal::missing("Favorite")),
    };
    desk.commit(Change::Secret(Box::new(secret)))?;
    Answer::empty(StatusCode::NO_CONTENT)
}
