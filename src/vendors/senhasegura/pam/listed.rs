//! The list of credentials, which holds the SSH keys as well (page 44). It takes custody of nothing.
//!
//! Plans are given it as it is. What is written goes by the list as it was when the run wrote first, and by what the run
//! wrote since, so that many writes ask for one list and not for one each. A write that failed ends that: the next one
//! asks anew.

use serde::Deserialize;

use super::super::answer::{Loose, Refusal};
use super::super::client::{Client, payload};
use super::refused;
use crate::model::address::{KindId, RemoteId};
use crate::model::error::VendorError;

/// What the list calls a key.
const KEY_TYPE: &str = "SSH Key";

/// A credential or a key, as the list says it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(in super::super) struct ListRow {
    pub id: Loose,
    /// Before release 3.33 it was called a tag (page 37).
    #[serde(default, alias = "tag")]
    pub identifier: Loose,
    #[serde(default)]
    pub username: Loose,
    #[serde(default)]
    pub hostname: Loose,
    #[serde(default, rename = "management_ip", alias = "ip")]
    pub ip: Loose,
    #[serde(default, rename = "type")]
    pub credential_type: Loose,
    #[serde(default)]
    pub automatic_change: Loose,
}

impl ListRow {
    pub(super) fn is_key(&self) -> bool {
        self.credential_type.0.eq_ignore_ascii_case(KEY_TYPE)
    }

    /// A key of which no more matters than what tells it from others.
    pub(super) fn key(id: &RemoteId, identifier: &str) -> Self {
        Self {
            id: Loose(id.0.clone()),
            identifier: Loose(identifier.to_owned()),
            credential_type: Loose(KEY_TYPE.to_owned()),
            ..Self::default()
        }
    }
}

/// A list that one kind was given and the other was not yet: a plan needs it for both, and asks for it once.
pub(in super::super) struct Listed {
    given_to: KindId,
    rows: Vec<ListRow>,
}

/// The list for one of the two kinds, as it is since the last write.
pub(super) async fn list(client: &Client, kind: KindId) -> Result<Vec<ListRow>, VendorError> {
    let mut listed = client.listed.lock().await;
    if let Some(Listed { given_to, rows }) = listed.take()
        && given_to != kind
    {
        return Ok(rows);
    }
    let rows = fetch(client).await?;
    *listed = Some(Listed {
        given_to: kind,
        rows: rows.clone(),
    });
    Ok(rows)
}

/// Goes by the list as this run knows it, and notes in it what is about to be written. Whoever asks next sees that.
pub(super) async fn known<T>(
    client: &Client,
    look: impl FnOnce(&mut Vec<ListRow>) -> T,
) -> Result<T, VendorError> {
    let mut known = client.known.lock().await;
    let rows = match &mut *known {
        Some(rows) => rows,
        none => none.insert(fetch(client).await?),
    };
    Ok(look(rows))
}

/// Notes what was written in the list that is known, if one is.
pub(super) async fn note(client: &Client, change: impl FnOnce(&mut Vec<ListRow>)) {
    if let Some(rows) = &mut *client.known.lock().await {
        change(rows);
    }
}

/// Forgets what is known, since nobody can say what became of a write.
pub(super) async fn forget(client: &Client) {
    client.known.lock().await.take();
}

/// The list as it is now.
async fn fetch(client: &Client) -> Result<Vec<ListRow>, VendorError> {
    #[derive(Deserialize)]
    struct ListAnswer {
        credentials: Vec<ListRow>,
    }
    let response = super::get(client, "credential").await?;
    if let Some(refusal) = refused(&response) {
        return Err(refusal.pam(&response));
    }
    let ListAnswer { credentials } = payload(&response, |it: Refusal| it.pam(&response))?;
    Ok(credentials)
}
