//! Writing to memberships: the state first, since only an active member has roles; what is given before what is taken.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Held, MEMBERSHIP, Member, Membership, ROLES, entries};
use crate::apply::Permit;
use crate::http::{Repeat, Write, segment};
use crate::model::address::RemoteId;
use crate::model::error::VendorError;
use crate::model::kind::Update;
use crate::vendors::console_connect::answer;
use crate::vendors::console_connect::client::{Client, accepted};

#[derive(Serialize)]
struct State {
    state: &'static str,
}

/// The path of one membership. Without a name it would be that of our own, which a request to it would end.
pub(super) async fn path(client: &Client, id: &RemoteId) -> Result<String, VendorError> {
    if id.0.is_empty() {
        return Err(VendorError::refused("no username is empty"));
    }
    client
        .path(&format!("memberships/{}", segment(&id.0)))
        .await
}

/// Sets the state, and gives and takes roles.
pub(super) async fn update(
    client: &Client,
    id: &RemoteId,
    update: &Update<'_, Member>,
    permit: &Permit,
) -> Result<(), VendorError> {
    let path = path(client, id).await?;
    if update.changes(MEMBERSHIP) {
        let state = match update.want.membership {
            Some(Membership::Active) => "ACTIVE",
            Some(Membership::Denied) => "DENIED",
            Some(Membership::Cancelled) => "CANCELLED",
            Some(Membership::Requested | Membership::Unknown) | None => return Ok(()),
        };
        let body = Some(&State { state });
        client.set(Write::Post, &path, body, permit).await?;
    }
    let Some(wanted) = update.want.roles.as_ref().filter(|_| update.changes(ROLES)) else {
        return Ok(());
    };
    let wanted = wanted.iter().map(|it| it.name.clone()).collect();
    set_roles(client, id, &path, &wanted, permit).await
}

/// Gives the roles that are lacking and takes those that are too many.
async fn set_roles(
    client: &Client,
    id: &RemoteId,
    path: &str,
    wanted: &BTreeSet<String>,
    permit: &Permit,
) -> Result<(), VendorError> {
    let Held {
        email: _,
        roles,
        immovable,
    } = client.members.get(id).unwrap_or_default();
    for role in wanted.difference(&roles) {
        set_role(client, id, (Write::Put, path, role), permit).await?;
    }
    let surplus = roles.difference(wanted);
    for role in surplus.filter(|role| !immovable.contains(*role)) {
        set_role(client, id, (Write::Delete, path, role), permit).await?;
    }
    Ok(())
}

/// Gives or takes one role. 409 says that a role is held already, and 404 that it is not held (assumed); both are said for
/// other reasons, too, so that only a look tells.
async fn set_role(
    client: &Client,
    id: &RemoteId,
    (method, membership, role): (Write, &str, &str),
    permit: &Permit,
) -> Result<(), VendorError> {
    let path = format!("{membership}/roles/{}", segment(role));
    let response = client
        .send(method, &path, None::<&()>, Repeat::Safe, permit)
        .await?;
    let is_given = method == Write::Put;
    if response.status != if is_given { 409 } else { 404 } {
        return accepted(&response);
    }
    entries(client).await.map_err(answer::unseen)?;
    let held = client.members.get(id);
    let is_done = held.is_some_and(|held| held.roles.contains(role) == is_given);
    if is_done {
        return Ok(());
    }
    Err(answer::refused(&response).help(
        "only an active member has roles: to accept a request to join, say `membership: active`; the role must exist, and \
         `KEYHOLDER` and `USER` can be neither given nor taken",
    ))
}
