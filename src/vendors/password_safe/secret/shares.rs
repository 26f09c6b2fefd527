//! Shares: the other places in which a secret is seen too (vendor page, section 4.5).

use std::collections::BTreeSet;

use serde::Deserialize;

use super::super::client::{Client, accepted};
use super::super::folder::{Container, container};
use super::super::list::unpaged;
use super::path;
use crate::http::{Repeat, Write, segment};
use crate::model::address::RemoteId;
use crate::model::applying::Applying;
use crate::model::error::VendorError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Share {
    folder_id: String,
    folder_path: Option<String>,
}

async fn list(client: &Client, id: &RemoteId) -> Result<Vec<Share>, VendorError> {
    unpaged(client, &path(id, "/shares"), &[]).await
}

/// Where a secret is seen beside the folder that it lies in.
pub(super) async fn read(
    client: &Client,
    id: &RemoteId,
) -> Result<BTreeSet<Container>, VendorError> {
    let shares = list(client, id).await?.into_iter();
    let place = |share: Share| {
        // A safe has a path of one name (assumed).
        let has_path_of_safe = share.folder_path.is_some_and(|it| !it.contains('/'));
        let folder = RemoteId(share.folder_id);
        let is_safe = has_path_of_safe || client.safes.get(&folder).is_some();
        container(&folder.0, is_safe)
    };
    Ok(shares.map(place).collect())
}

/// Brings the shares to those wanted, one request for each that comes or goes.
pub(super) async fn write(
    client: &Client,
    id: &RemoteId,
    wanted: &BTreeSet<Container>,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let wanted = wanted.iter().map(|it| it.id(applying));
    let wanted = wanted.collect::<Result<BTreeSet<_>, VendorError>>()?;
    let present = list(client, id).await?.into_iter();
    let present = present
        .map(|it| RemoteId(it.folder_id))
        .collect::<BTreeSet<_>>();
    let path = |folder: &RemoteId| path(id, &format!("/shares/{}", segment(&folder.0)));
    let permit = applying.permit;
    for folder in wanted.difference(&present) {
        let response = client
            .send(
                Write::Post,
                &path(folder),
                None::<&()>,
                Repeat::Safe,
                permit,
            )
            .await?;
        // What is shared already has been, by somebody else or by a request whose answer was lost (assumed).
        if response.status != 409 {
            accepted(&response)?;
        }
    }
    for folder in present.difference(&wanted) {
        client.delete(&path(folder), None::<&()>, permit).await?;
    }
    Ok(())
}
