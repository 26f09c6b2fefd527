//! The list of credentials, which holds the SSH keys as well (page 44). It takes custody of nothing.

use serde::Deserialize;

use super::super::answer::{Loose, Refusal};
use super::super::client::{Client, payload};
use super::refused;
use crate::model::address::KindId;
use crate::model::error::VendorError;

/// A credential or a key, as the list says it.
#[derive(Clone, Debug, Deserialize)]
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
        self.credential_type.0.eq_ignore_ascii_case("SSH Key")
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

/// The list as it is now.
pub(super) async fn fetch(client: &Client) -> Result<Vec<ListRow>, VendorError> {
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
