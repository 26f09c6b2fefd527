//! The workspace's key: where it is, and how it comes to be.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::door::private_folders;
use crate::host::Host;
use crate::load::secret::read_own;
use crate::model::fingerprint::WorkspaceKey;
use crate::model::secret::Secret;

/// Where the key is, relative to the workspace, if no variable says otherwise.
pub(super) const KEY_FILE: &str = ".trueup/key";

const TEXT: &str = "TRUEUP_KEY";
const FILE: &str = "TRUEUP_KEY_FILE";

/// The key, if there is one. A variable with its text comes before one that names a file, and both before the file of
/// the workspace.
pub(super) fn find(directory: &Path, host: &Host) -> Result<Option<WorkspaceKey>, String> {
    let key = |what: &str, text: Secret| {
        WorkspaceKey::new(&text).map(Some).ok_or_else(|| {
            let least = WorkspaceKey::LEAST;
            format!(
                "{what} is too short for the workspace's key, which has at least {least} characters; `openssl rand -hex 32` \
                 makes one up"
            )
        })
    };
    let refused = |why: String| format!("the workspace's key cannot be used: {why}");
    if let Some(text) = host.variable(TEXT) {
        return key(TEXT, Secret::new(text));
    }
    if let Some(path) = host.variable(FILE) {
        let text = read_own(&super::in_directory(host, Path::new(&path)));
        return key(FILE, text.map_err(|why| refused(format!("{FILE}: {why}")))?);
    }
    let file = directory.join(KEY_FILE);
    if !file.exists() {
        return Ok(None);
    }
    key(KEY_FILE, read_own(&file).map_err(refused)?)
}

/// The key; a new one in the workspace, if there is none.
pub(super) fn find_or_make(directory: &Path, host: &Host) -> Result<WorkspaceKey, String> {
    if let Some(key) = find(directory, host)? {
        return Ok(key);
    }
    let made = make(directory);
    made.map_err(|error| format!("the workspace's key cannot be made: {error}"))?;
    find(directory, host)?.ok_or_else(|| "the workspace's key is gone".to_owned())
}

/// The variable that gives the key, if one does.
pub(super) fn given_by(host: &Host) -> Option<&'static str> {
    [TEXT, FILE]
        .into_iter()
        .find(|name| host.variable(name).is_some())
}

/// Where a new key lies until everything is under it, beside the one that it follows.
const NEXT: &str = ".trueup/key.next";

/// The key that is to follow: from a file that somebody made, or one that is made up. Unless a variable gives the key, it
/// lies from now on beside the one that it follows; one that lies there for a change that broke off is taken again, since
/// the ledger may be under it already.
pub(super) fn next(
    directory: &Path,
    given: Option<&Path>,
    host: &Host,
) -> Result<WorkspaceKey, String> {
    let refused = |why: String| format!("the new key cannot be used: {why}");
    let not_made = |error: io::Error| format!("the new key cannot be made: {error}");
    let text = match given {
        Some(path) => Some(read_own(&super::in_directory(host, path)).map_err(refused)?),
        None => None,
    };
    let text = match text {
        Some(text) if given_by(host).is_some() => text,
        given => {
            put(directory, NEXT, given).map_err(not_made)?;
            read_own(&directory.join(NEXT)).map_err(refused)?
        }
    };
    let least = WorkspaceKey::LEAST;
    let short = || refused(format!("it has fewer than {least} characters"));
    WorkspaceKey::new(&text).ok_or_else(short)
}

/// Puts the new key in the place of the old one.
pub(super) fn succeed(directory: &Path) -> io::Result<()> {
    fs::rename(directory.join(NEXT), directory.join(KEY_FILE))
}

/// Makes a key for a workspace, in a file of its owner that Git ignores. One that is there is left, which gives false.
pub(super) fn make(directory: &Path) -> io::Result<bool> {
    put(directory, KEY_FILE, None)
}

/// Puts a key into a file of its owner that Git ignores: one that is given, or one that is made up. One that is there is
/// left, which gives false.
fn put(directory: &Path, file: &str, given: Option<Secret>) -> io::Result<bool> {
    let file = directory.join(file);
    let folder = file.parent().unwrap_or(directory);
    if file.symlink_metadata().is_ok() {
        return Ok(false);
    }
    private_folders().create(folder)?;
    // Whatever the workspace's own `.gitignore` says.
    let ignored = folder.join(".gitignore");
    if !ignored.exists() {
        fs::write(ignored, "*\n")?;
    }
    let text = given.or_else(WorkspaceKey::make);
    let text = text.ok_or_else(|| io::Error::other("the system gives no random numbers"))?;
    // A temporary file is its owner's alone from the beginning.
    let mut beside = tempfile::Builder::new()
        .prefix(".key-")
        .tempfile_in(folder)?;
    beside.write_all(text.reveal().trim().as_bytes())?;
    beside.write_all(b"\n")?;
    beside.as_file().sync_all()?;
    match beside.persist_noclobber(&file) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    }
}
