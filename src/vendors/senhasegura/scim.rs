//! What SCIM users and groups share: paging and the shapes of lists (vendor page, sections 4.10 and 4.11).

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::answer::{Loose, Refusal};
use super::client::{Client, payload};
use crate::apply::Permit;
use crate::http::{Repeat, Response, Write};
use crate::model::error::VendorError;
use crate::model::kind::{Kind, Live, Row};

/// How many resources a page is asked for. The vendor may send fewer.
const PAGE: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    total_results: usize,
    #[serde(rename = "Resources", default = "Vec::new")]
    resources: Vec<T>,
}

/// A resource that has an id.
pub(super) trait Identified {
    fn id(&self) -> &Loose;
}

/// All resources of a list, or why they cannot be all.
pub(super) struct All<T> {
    pub resources: Vec<T>,
    pub incomplete: Option<String>,
}

/// Reads a list to its end: the first page says how many there are, the others are fetched side by side.
pub(super) async fn all<T: DeserializeOwned + Identified>(
    client: &Client,
    path: &str,
) -> Result<All<T>, VendorError> {
    let page = async |start: usize| {
        let query = [
            ("startIndex", start.to_string()),
            ("count", PAGE.to_string()),
        ];
        client.scim_get::<Page<T>>(path, &query).await
    };
    let Page {
        total_results,
        resources,
    } = page(1).await?;
    let step = resources.len();
    let mut by_id = BTreeMap::new();
    let mut add = |resources: Vec<T>| {
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
    let incomplete = (found < total_results)
        .then(|| format!("senhasegura announced {total_results} {path} and sent {found}"));
    Ok(All {
        resources: by_id.into_values().collect(),
        incomplete,
    })
}

/// Reads one resource; what does not exist is gone, not an error.
pub(super) async fn one<T: DeserializeOwned, K: Kind>(
    client: &Client,
    path: &str,
    into_row: impl Fn(T) -> Row<K>,
) -> Result<Live<K>, VendorError> {
    let response = client.scim_read(path).await?;
    if response.status == 404 {
        return Ok(Live::Gone);
    }
    if !response.is_success() {
        return Err(Refusal::of(&response).scim(&response));
    }
    let row = into_row(payload(&response, |it| it.scim(&response))?);
    Ok(row.spec.map_or(Live::Gone, Live::Active))
}

/// Whether a write was done whose answer holds nothing that we need. It may be the resource or empty; a page that a proxy
/// put in its place is neither.
pub(super) fn accepted(response: &Response) -> Result<(), VendorError> {
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

/// Deletes one resource; what is already gone counts as deleted.
pub(super) async fn delete(
    client: &Client,
    path: &str,
    permit: &Permit,
) -> Result<(), VendorError> {
    let response = client
        .scim_write(Write::Delete, path, None::<&()>, Repeat::Safe, permit)
        .await?;
    if response.status == 404 {
        return Ok(());
    }
    accepted(&response)
}
