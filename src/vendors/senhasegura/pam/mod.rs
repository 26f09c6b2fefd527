//! What the kinds of PAM Core have in common: upserts, and disabling and enabling, which the vendor refuses to repeat.

pub(super) mod credential;
pub(super) mod device;
mod listed;
mod place;
pub(super) mod ssh_key;

use serde::{Deserialize, Serialize};

use super::answer::Refusal;
use super::client::{Client, payload};
use crate::apply::Permit;
use crate::http::{Repeat, Response, Write, segment};
use crate::model::address::RemoteId;
use crate::model::applying::Applying;
use crate::model::error::VendorError;
pub(super) use listed::{ListRow, Listed};
pub(super) use place::Places;

/// What is assumed of every kind of PAM Core.
const ASSUMED_DISABLED: &str =
    "what is disabled is not listed, so only what trueup remembers or an `id:` leads to it";
const ASSUMED_ABSENT: &str = "what an update leaves out stays as it is";

/// Reads from PAM Core. The answer may be a refusal.
async fn get(client: &Client, path: &str) -> Result<Response, VendorError> {
    client.a2a_get(&format!("pam/{path}")).await
}

/// Sends one object whole: it is created or updated, by what tells it from others. Twice is once.
async fn upsert(
    client: &Client,
    path: &str,
    body: &impl Serialize,
    permit: &Permit,
) -> Result<Response, VendorError> {
    let path = format!("pam/{path}");
    let response = client
        .a2a_write(Write::Post, &path, Some(body), Repeat::Safe, permit)
        .await;
    let answer = response.and_then(|response| match refused(&response) {
        Some(refusal) => Err(refusal.pam(&response)),
        None => Ok(response),
    });
    if answer.is_err() {
        listed::forget(client).await;
    }
    answer
}

/// Whether an upsert that was to create found something that no list showed: it is disabled, since nothing is deleted.
/// A page shows the answer to reading instead, which does not tell (page 52).
fn may_have_found(response: &Response) -> bool {
    !Refusal::of(response).text.contains("registered")
}

/// The refusal that an answer is, whatever its status.
fn refused(response: &Response) -> Option<Refusal> {
    if response.is_success() {
        Refusal::claimed(response)
    } else {
        Some(Refusal::of(response))
    }
}

/// Which numbers say that what was asked for is so already, and that there is nothing to ask it of.
struct Already {
    enabled: &'static [u32],
    disabled: &'static [u32],
    gone: &'static [u32],
}

/// Enables one. The vendor refuses to enable what is enabled (pages 49, 55 and 58).
async fn enable(
    client: &Client,
    path: &str,
    id: &RemoteId,
    already: &Already,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    switch(client, Write::Put, path, id, &[already.enabled], applying).await
}

/// Disables one. The vendor refuses to disable what is disabled (pages 48, 55 and 58); what is gone is removed as well.
async fn disable(
    client: &Client,
    path: &str,
    id: &RemoteId,
    already: &Already,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let done = [already.disabled, already.gone];
    switch(client, Write::Delete, path, id, &done, applying).await
}

async fn switch(
    client: &Client,
    method: Write,
    path: &str,
    id: &RemoteId,
    done: &[&[u32]],
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    #[derive(Deserialize)]
    struct Switched {}
    let path = format!("pam/{path}/{}", segment(&id.0));
    let response = client
        .a2a_write(method, &path, None::<&()>, Repeat::Safe, applying.permit)
        .await?;
    let is_done = |number| done.iter().any(|numbers| numbers.contains(&number));
    match refused(&response) {
        Some(refusal) if refusal.number.is_some_and(is_done) => Ok(()),
        Some(refusal) => Err(refusal.pam(&response)),
        None => {
            let Switched {} = payload(&response, |it| it.pam(&response))?;
            Ok(())
        }
    }
}
