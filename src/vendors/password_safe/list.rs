//! Lists: bare arrays and pages with a total, read to their proven end (vendor page, section 3.2).

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::client::{Client, payload};
use crate::http::Response;
use crate::model::error::VendorError;

/// How many a page is asked for: the vendor's own default for folders and secrets.
const PAGE: usize = 1000;

/// A page that says how many there are.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wrapped<T> {
    total_count: usize,
    data: Vec<T>,
}

/// Something of a list that has an id.
pub(super) trait Identified {
    fn id(&self) -> &str;
}

/// All of a list, or why it cannot be all.
pub(super) struct All<T> {
    pub items: Vec<T>,
    pub incomplete: Option<String>,
}

/// Reads a list that has no pages: one bare array.
pub(super) async fn unpaged<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Vec<T>, VendorError> {
    let (_, items) = items(&client.read(path, query).await?)?;
    Ok(items)
}

/// Reads a list that has pages. With a total, the other pages are fetched side by side once it is known. A bare array
/// says nothing of its end, and a server may send fewer than it is asked for: so the end is an empty page.
pub(super) async fn all<T: DeserializeOwned + Identified>(
    client: &Client,
    path: &str,
    query: &[(&str, &str)],
) -> Result<All<T>, VendorError> {
    let page = async |offset: usize| {
        let (limit, offset) = (PAGE.to_string(), offset.to_string());
        let paging = [("limit", limit.as_str()), ("offset", offset.as_str())];
        let query = query.iter().copied().chain(paging).collect::<Vec<_>>();
        items::<T>(&client.read(path, &query).await?)
    };
    let mut found = BTreeMap::new();
    let mut incomplete = None;
    let (total, mut last) = page(0).await?;
    let mut offset = last.len();
    match total {
        Some(total) => {
            let starts = (offset..total).step_by(offset.max(1));
            // An empty first page of many would be asked for again and again.
            let starts = starts.take(if offset == 0 { 0 } else { total });
            let mut rest = futures_util::stream::iter(starts)
                .map(page)
                .buffered(client.parallelism);
            add(&mut found, last);
            while let Some((_, items)) = rest.try_next().await? {
                add(&mut found, items);
            }
            let sent = found.len();
            incomplete = (sent < total)
                .then(|| format!("Password Safe announced {total} of {path} and sent {sent}"));
        }
        None => {
            while !last.is_empty() {
                if !add(&mut found, last) {
                    incomplete = Some(format!(
                        "Password Safe sends the same of {path} again when it is asked for more"
                    ));
                    break;
                }
                (_, last) = page(offset).await?;
                offset += last.len();
            }
        }
    }
    Ok(All {
        items: found.into_values().collect(),
        incomplete,
    })
}

/// Adds items by their ids; whether any was new.
fn add<T: Identified>(found: &mut BTreeMap<String, T>, items: Vec<T>) -> bool {
    let before = found.len();
    found.extend(items.into_iter().map(|item| (item.id().to_owned(), item)));
    found.len() > before
}

/// The items of an answer, and the total if it says one. Which form comes depends on the endpoint and on the version
/// of its model.
fn items<T: DeserializeOwned>(response: &Response) -> Result<(Option<usize>, Vec<T>), VendorError> {
    let is_bare = response.text().is_ok_and(|text| {
        text.trim_start_matches(['\u{feff}', ' ', '\r', '\n'])
            .starts_with('[')
    });
    if is_bare {
        return Ok((None, payload(response)?));
    }
    let Wrapped { total_count, data } = payload(response)?;
    Ok((Some(total_count), data))
}
