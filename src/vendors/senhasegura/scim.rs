//! What SCIM users and groups share: paging and the shapes of lists (vendor page, sections 4.10 and 4.11).

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::answer::{Loose, Refusal};
use super::client::{Client, payload};
use crate::apply::Permit;
use crate::http::{Repeat, Response, Write, segment};
use crate::model::address::RemoteId;
use crate::model::error::VendorError;
use crate::model::kind::{Kind, Listing, Live, Row};

/// How many resources a page is asked for. The vendor may send fewer.
const PAGE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    total_results: usize,
    #[serde(rename = "Resources", default = "Vec::new")]
    resources: Vec<T>,
}

/// A kind of resource as SCIM reads it.
pub(super) trait Resource: DeserializeOwned {
    type Kind: Kind;
    /// The part of the path that all of them are under.
    const COLLECTION: &'static str;

    fn id(&self) -> &Loose;
    fn into_row(self) -> Row<Self::Kind>;
}

/// Reads a list to its end: the first page says how many there are, the others are fetched side by side.
pub(super) async fn list<R: Resource>(client: &Client) -> Result<Listing<R::Kind>, VendorError> {
    let page = async |start: usize| {
        let query = [
            ("startIndex", start.to_string()),
            ("count", PAGE.to_string()),
        ];
        client.scim_get::<Page<R>>(R::COLLECTION, &query).await
    };
    let Page {
        total_results,
        resources,
    } = page(1).await?;
    let step = resources.len();
    let mut by_id = BTreeMap::new();
    let mut add = |resources: Vec<R>| {
        by_id.extend(
            resources
                .into_iter()
                .map(|resource| (resource.id().0.clone(), resource)),
        );
    };
    add(resources);
    if step > 0 && step < total_results {
        let starts = (1 + step..=total_results).step_by(step);
        let mut rest = futures_util::stream::iter(starts)
            .map(page)
            .buffered(client.parallelism);
        while let Some(Page {
            total_results: _,
            resources,
        }) = rest.try_next().await?
        {
            add(resources);
        }
    }
    let found = by_id.len();
    let incomplete = (found < total_results).then(|| {
        format!(
            "senhasegura announced {total_results} {} and sent {found}",
            R::COLLECTION
        )
    });
    Ok(Listing {
        rows: by_id.into_values().map(R::into_row).collect(),
        incomplete,
    })
}

/// Reads one resource; what does not exist is gone, not an error.
pub(super) async fn read<R: Resource>(
    client: &Client,
    id: &RemoteId,
) -> Result<Live<R::Kind>, VendorError> {
    let response = client.scim_read(&path::<R>(id)).await?;
    if response.status == 404 {
        return Ok(Live::Gone);
    }
    if !response.is_success() {
        return Err(Refusal::of(&response).scim(&response));
    }
    let resource: R = payload(&response, |it| it.scim(&response))?;
    Ok(resource.into_row().spec.map_or(Live::Gone, Live::Active))
}

/// Creates one resource and gives the id that it got.
pub(super) async fn create<R: Resource>(
    client: &Client,
    body: &impl Serialize,
    permit: &Permit,
) -> Result<RemoteId, VendorError> {
    #[derive(Deserialize)]
    struct Created {
        id: Loose,
    }
    let response = client
        .scim_write(
            Write::Post,
            R::COLLECTION,
            Some(body),
            Repeat::Never,
            permit,
        )
        .await?;
    if !response.is_success() {
        return Err(Refusal::of(&response).scim(&response));
    }
    let Created { id } = payload(&response, |it| it.scim(&response))?;
    Ok(RemoteId(id.0))
}

/// Changes one resource by a body of which sending it twice equals once.
pub(super) async fn patch<R: Resource>(
    client: &Client,
    id: &RemoteId,
    body: &impl Serialize,
    permit: &Permit,
) -> Result<(), VendorError> {
    let response = client
        .scim_write(
            Write::Patch,
            &path::<R>(id),
            Some(body),
            Repeat::Safe,
            permit,
        )
        .await?;
    accepted(&response)
}

/// Deletes one resource; what is already gone counts as deleted.
pub(super) async fn delete<R: Resource>(
    client: &Client,
    id: &RemoteId,
    permit: &Permit,
) -> Result<(), VendorError> {
    let response = client
        .scim_write(
            Write::Delete,
            &path::<R>(id),
            None::<&()>,
            Repeat::Safe,
            permit,
        )
        .await?;
    if response.status == 404 {
        Ok(())
    } else {
        accepted(&response)
    }
}

fn path<R: Resource>(id: &RemoteId) -> String {
    format!("{}/{}", R::COLLECTION, segment(&id.0))
}

/// Whether a write was done whose answer holds nothing that we need. It may be the resource or empty; a page that a proxy
/// put in its place is neither.
fn accepted(response: &Response) -> Result<(), VendorError> {
    #[derive(Deserialize)]
    struct Anything {}
    if !response.is_success() {
        return Err(Refusal::of(response).scim(response));
    }
    if response.text().is_ok_and(|text| text.trim().is_empty()) {
        return Ok(());
    }
    let Anything {} = payload(response, |it| it.scim(response))?;
    Ok(())
}
