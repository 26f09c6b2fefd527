//! What credentials and SSH keys have in common: how they are found, disabled and enabled.

use super::super::envelope::{Answer, Outcome, Refusal};
use super::super::seed::{Credential, Entry, SshKey};
use super::super::vault::Change;
use super::AppDesk;

/// The identifier of an entry that was sent without one. Assumed: it is made of the id, so that a world is the same
/// each time it is made.
pub(super) fn identifier(id: u64) -> String {
    format!("00000000-0000-4000-8000-{id:012x}")
}

/// The refusal of what was not chosen for the authorization.
pub(super) fn no_access() -> Refusal {
    Refusal::new(1009, "No access to credential")
}

/// Finds a credential by its id, by `username@hostname`, which fails if the username itself has an `@`, or by its
/// identifier, which only a client of the vendor's does.
pub(super) fn credential<'a>(desk: &'a AppDesk<'_>, text: &str) -> Result<&'a Credential, Refusal> {
    let entries = &desk.world().entries;
    let by_id = text.parse().ok().and_then(|id| entries.get(id));
    let entry = by_id.or_else(|| match text.split_once('@') {
        Some((username, hostname)) => entries.iter().find(|entry| match entry {
            Entry::Credential(it) => it.username == username && it.device == hostname,
            Entry::Key(_) => false,
        }),
        None => entries.named(text),
    });
    match entry {
        None => Err(Refusal::new(1007, "Credential not found")),
        Some(Entry::Key(_)) => Err(Refusal::new(1010, "The item is not a credential")),
        Some(Entry::Credential(credential)) if desk.sees_entry(credential.id) => Ok(credential),
        Some(Entry::Credential(_)) => Err(no_access()),
    }
}

/// Finds an SSH key by its id.
pub(super) fn key<'a>(desk: &'a AppDesk<'_>, text: &str) -> Result<&'a SshKey, Refusal> {
    let id = text.parse().ok();
    match id.and_then(|id| desk.world().entries.get(id)) {
        None => Err(Refusal::new(1015, "SSH key not found")),
        Some(Entry::Credential(_)) => Err(Refusal::new(1016, "The item is not a ssh key")),
        Some(Entry::Key(key)) if desk.sees_entry(key.id) => Ok(key),
        Some(Entry::Key(_)) => Err(no_access()),
    }
}

/// Disables or enables an entry, which to repeat is refused. Assumed: nothing is enabled on a disabled device.
pub(super) fn switch(
    desk: &mut AppDesk<'_>,
    mut entry: Entry,
    disabled: bool,
    done: &'static str,
    already: Refusal,
) -> Outcome {
    if entry.is_disabled() == disabled {
        return Err(already);
    }
    if !disabled {
        desk.device(entry.device(), None)?;
    }
    entry.switch(disabled);
    desk.commit(Change::Entry(Box::new(entry)))?;
    Ok(Answer::done(done))
}
