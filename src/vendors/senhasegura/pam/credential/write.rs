//! Writing a credential: it is created, changed and taken back by one and the same request, which finds it by its identifier
//! or else by where it is.

use serde::Deserialize;

use super::super::super::answer::{Loose, Refusal};
use super::super::super::client::{Client, payload};
use super::super::listed::{self, ListRow};
use super::super::place::{Place, place};
use super::super::{self as pam, Already};
use super::body::Body;
use super::members::Sending;
use super::{Credential, CredentialSpec, IDENTIFIER, USERNAME};
use crate::model::address::RemoteId;
use crate::model::applying::Applying;
use crate::model::error::{Cause, VendorError};
use crate::model::kind::Update;

#[derive(Deserialize)]
struct Answer {
    credential: Written,
}

#[derive(Deserialize)]
struct Written {
    id: Loose,
}

const ALREADY: Already = Already {
    enabled: &[1043],
    disabled: &[1017],
    gone: &[1007],
};

/// Sends one, and gives its id and whether it may have been there.
async fn upsert(
    client: &Client,
    body: &Body<'_>,
    applying: &Applying<'_>,
) -> Result<(RemoteId, bool), VendorError> {
    let response = pam::upsert(client, "credential", body, applying.permit).await?;
    let Answer { credential } = payload(&response, |it: Refusal| it.pam(&response))?;
    Ok((RemoteId(credential.id.0), pam::may_have_found(&response)))
}

/// Sends one that no list shows: it is new, or disabled, and then `id` if that is known. An upsert would change what is at
/// the same place under another identifier (page 46), so that is looked for.
///
/// What is disabled is written first and enabled then. The other way round, whoever is stopped between the two would leave
/// what nobody can compare as it was.
pub(super) async fn put(
    client: &Client,
    want: &CredentialSpec,
    id: Option<&RemoteId>,
    applying: &Applying<'_>,
) -> Result<RemoteId, VendorError> {
    let place = place(client, &want.device, applying).await?;
    let body = listed::known(client, |rows| {
        let mut others = rows
            .iter()
            .filter(|row| id.is_none_or(|id| id.0 != row.id.0));
        let is_it = |row: &&ListRow| row.identifier.0 == want.identifier;
        let is_there = |row: &&ListRow| {
            !row.is_key() && row.hostname.0 == place.hostname && row.username.0 == want.username
        };
        if let Some(row) = others.clone().find(is_it) {
            return Err(taken(row, "this identifier"));
        }
        if let Some(row) = others.find(is_there) {
            return Err(taken(row, "this user name on the device"));
        }
        let sending = Sending {
            applying,
            sends: &|_| true,
            rows,
        };
        let body = Body::bare(&want.identifier, &want.username, &place).with(want, &sending)?;
        keep(rows, want, &place, id);
        Ok(body)
    });
    let body = body.await??;
    let (written, may_have_found) = upsert(client, &body, applying).await?;
    listed::note(client, |rows| keep(rows, want, &place, Some(&written))).await;
    if let Some(id) = id.filter(|id| **id != written) {
        return Err(VendorError::new(
            Cause::Partial,
            format!("the credential with id {id} is another one: {written} was written instead"),
        )
        .help(format!("say which one is meant: `id: \"{written}\"`")));
    }
    if may_have_found {
        pam::enable(client, "credential", &written, &ALREADY, applying).await?;
    }
    Ok(written)
}

/// Notes in a list what is written. What is being created has no id yet.
fn keep(rows: &mut Vec<ListRow>, want: &CredentialSpec, place: &Place, id: Option<&RemoteId>) {
    rows.retain(|row| row.identifier.0 != want.identifier);
    rows.push(ListRow {
        id: Loose(id.map_or_else(String::new, |id| id.0.clone())),
        identifier: Loose(want.identifier.clone()),
        username: Loose(want.username.clone()),
        hostname: Loose(place.hostname.clone()),
        ip: Loose(place.ip.clone()),
        credential_type: Loose(want.credential_type.clone().unwrap_or_default()),
        automatic_change: Loose::default(),
    });
}

/// The error of what would change a credential that is not the one that is meant.
fn taken(row: &ListRow, what: &str) -> VendorError {
    let id = &row.id.0;
    if id.is_empty() {
        return VendorError::refused(format!(
            "another credential that this run creates has {what}, and would be changed instead"
        ))
        .help("declare one of the two");
    }
    VendorError::refused(format!(
        "the credential with id {id} has {what} already, and would be changed instead"
    ))
    .help(format!(
        "plan again; if that one is meant, say so: `id: \"{id}\"`"
    ))
}

/// Changes one. An upsert finds it by its identifier, or by its place. Both cannot change in one request, or another would
/// be made.
pub(super) async fn change(
    client: &Client,
    id: &RemoteId,
    update: &Update<'_, Credential>,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let want = update.want;
    let (had, identifier, username) = listed::known(client, |rows| {
        let Some(at) = rows.iter().position(|row| row.id.0 == id.0) else {
            return Err(VendorError::refused("no list shows it by now").help("plan again"));
        };
        let pick = |field, want: &'_ String, have: &Loose| {
            if update.changes(field) {
                want.clone()
            } else {
                have.0.clone()
            }
        };
        let had = rows[at].clone();
        let identifier = pick(IDENTIFIER, &want.identifier, &had.identifier);
        let username = pick(USERNAME, &want.username, &had.username);
        let mut others = rows.iter().filter(|row| row.id.0 != id.0);
        if let Some(other) = others.find(|row| row.identifier.0 == identifier) {
            return Err(taken(other, "this identifier"));
        }
        rows[at].identifier = Loose(identifier.clone());
        rows[at].username = Loose(username.clone());
        Ok((had, identifier, username))
    })
    .await??;
    let place = Place {
        hostname: had.hostname.0,
        ip: had.ip.0,
    };
    if identifier != had.identifier.0 && username != had.username.0 {
        let renamed = Body::bare(&identifier, &had.username.0, &place);
        upsert(client, &renamed, applying).await?;
    }
    let body = listed::known(client, |rows| {
        let sending = Sending {
            applying,
            sends: &|field| update.changes(field),
            rows,
        };
        Body::bare(&identifier, &username, &place).with(want, &sending)
    });
    let body = body.await??;
    upsert(client, &body, applying).await.map(|_| ())
}

/// Disables one.
pub(super) async fn disable(
    client: &Client,
    id: &RemoteId,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    pam::disable(client, "credential", id, &ALREADY, applying).await?;
    listed::note(client, |rows| rows.retain(|row| row.id.0 != id.0)).await;
    Ok(())
}
