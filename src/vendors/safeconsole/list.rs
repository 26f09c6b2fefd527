//! Lists in pages, read to their proven end (vendor page, section 3.3).

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::Envelope;
use super::client::{Action, Client};
use crate::model::error::VendorError;

/// How many a page is asked for. The largest allowed is not documented; the vendor's sample asks for 25.
const PAGE: usize = 100;

/// A page. Sorting by what never changes keeps pages from shifting (that `id` is accepted is assumed, so that what comes
/// twice is dropped in any case).
#[derive(Serialize)]
struct Page {
    start: usize,
    limit: usize,
    sort_by: &'static str,
    sort_order: &'static str,
    keyword: &'static str,
}

/// Something of a list that has an id.
pub(super) trait Identified {
    fn id(&self) -> i64;
}

/// All of a list, or why it cannot be all.
pub(super) struct All<T> {
    pub items: Vec<T>,
    pub incomplete: Option<String>,
}

/// Reads all of a list; the pages behind the first side by side once their number is known. A server that says no total
/// is asked until a page is empty, and one may send fewer than it is asked for.
pub(super) async fn all<T: DeserializeOwned + Identified>(
    client: &Client,
    action: Action,
    what: &str,
) -> Result<All<T>, VendorError> {
    let page = async |start: usize| {
        let page = Page {
            start,
            limit: PAGE,
            sort_by: "id",
            sort_order: "ASC",
            keyword: "search_all",
        };
        client.read::<Vec<T>>(action, &page).await
    };
    let mut found = BTreeMap::new();
    let mut incomplete = None;
    let Envelope { total, response } = page(0).await?;
    let mut start = response.len();
    match total {
        Some(mut total) => {
            let starts = (start..total).step_by(start.max(1));
            // An empty first page of many would be asked for again and again.
            let starts = starts.take(if start == 0 { 0 } else { total });
            add(&mut found, response);
            let mut rest = futures_util::stream::iter(starts)
                .map(page)
                .buffered(client.parallelism);
            while let Some(Envelope {
                total: said,
                response,
            }) = rest.try_next().await?
            {
                // It may have grown meanwhile.
                total = total.max(said.unwrap_or(0));
                add(&mut found, response);
            }
            let sent = found.len();
            incomplete = (sent < total)
                .then(|| format!("SafeConsole announced {total} {what} and sent {sent}"));
        }
        None => {
            let mut last = response;
            while !last.is_empty() {
                if !add(&mut found, last) {
                    incomplete = Some(format!(
                        "SafeConsole sends the same {what} again when it is asked for more"
                    ));
                    break;
                }
                last = page(start).await?.response;
                start += last.len();
            }
        }
    }
    Ok(All {
        items: found.into_values().collect(),
        incomplete,
    })
}

/// Adds items by their ids; whether any was new.
fn add<T: Identified>(found: &mut BTreeMap<i64, T>, items: Vec<T>) -> bool {
    let before = found.len();
    found.extend(items.into_iter().map(|item| (item.id(), item)));
    found.len() > before
}
