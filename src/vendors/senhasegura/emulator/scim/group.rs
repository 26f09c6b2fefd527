//! SCIM groups. They can be made, filled and deleted; nothing says that they can be renamed.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::super::Senhasegura;
use super::super::seed::Group;
use super::super::vault::{Change, Vault};
use super::list::Wanted;
use super::patch::{self, Op, Operation};
use super::{Refusal, id, members, text, values};

/// Lists groups, all or those with a name, an external id or an id.
pub(crate) async fn list(
    State(vault): State<Arc<Senhasegura>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let wanted = Wanted::read(&query)?;
    let store = vault.store();
    let groups = &store.world().groups;
    let rows: Vec<&Group> = match &wanted.filter {
        None => groups.iter().collect(),
        Some(filter) => {
            let value = filter.value.as_str();
            let found = match filter.attribute.as_str() {
                "displayName" => groups.named(value),
                "externalId" => groups.with_external_id(value),
                "id" => id(value).ok().and_then(|id| groups.get(id)),
                _ => return Err(filter.refuse()),
            };
            found.into_iter().collect()
        }
    };
    Ok(wanted.page(&rows, show))
}

/// Shows a group.
pub(crate) async fn read(
    State(vault): State<Arc<Senhasegura>>,
    Path(text): Path<String>,
) -> Result<Response, Refusal> {
    let store = vault.store();
    Ok(Json(show(find(store.world(), &text)?)).into_response())
}

/// Makes a group whose name and external id are free.
pub(crate) async fn create(
    State(vault): State<Arc<Senhasegura>>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body = members(&body)?;
    let attribute = |name: &str| body.get(name).map_or(Ok(String::new()), |v| text(name, v));
    let mut store = vault.store();
    let world = store.world();
    let group = Group {
        id: world.groups.next(),
        display_name: attribute("displayName")?,
        external_id: attribute("externalId")?,
        description: attribute("description")?,
        members: match body.get("members") {
            Some(value) => users(world, value)?,
            None => BTreeSet::new(),
        },
    };
    if group.display_name.is_empty() {
        return Err(Refusal::bad("invalidValue", "displayName is required"));
    }
    if world.groups.named(&group.display_name).is_some() {
        return Err(Refusal::taken("displayName", &group.display_name));
    }
    if world.groups.with_external_id(&group.external_id).is_some() {
        return Err(Refusal::taken("externalId", &group.external_id));
    }
    let shown = show(&group);
    store.commit(Change::Group(group))?;
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

/// Changes the members of a group. Assumed: of the two documented answers it is 200 with the group, and whatever is
/// not a member is refused.
pub(crate) async fn patch(
    State(vault): State<Arc<Senhasegura>>,
    Path(text): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let operations = patch::read(&members(&body)?)?;
    let mut store = vault.store();
    let world = store.world();
    let mut group = find(world, &text)?.clone();
    for operation in operations {
        alter(world, &mut group.members, &operation)?;
    }
    let shown = show(&group);
    store.commit(Change::Group(group))?;
    Ok(Json(shown).into_response())
}

/// Deletes a group. Assumed: with the status of the standard, and with what was shared with it.
pub(crate) async fn delete(
    State(vault): State<Arc<Senhasegura>>,
    Path(text): Path<String>,
) -> Result<StatusCode, Refusal> {
    let mut store = vault.store();
    let id = find(store.world(), &text)?.id;
    store.commit(Change::GroupGone(id))?;
    Ok(StatusCode::NO_CONTENT)
}

fn find<'a>(world: &'a Vault, text: &str) -> Result<&'a Group, Refusal> {
    let group = world.groups.get(id(text)?);
    group.ok_or_else(|| Refusal::not_found(text))
}

fn alter(world: &Vault, members: &mut BTreeSet<u64>, operation: &Operation) -> Result<(), Refusal> {
    let Operation { op, path, value } = operation;
    if path.attribute != "members" {
        return Err(path.refuse());
    }
    match (op, &path.entry) {
        (Op::Remove, Some(entry)) => {
            members.remove(&id(entry)?);
        }
        (Op::Remove, None) if value.is_null() => members.clear(),
        (Op::Remove, None) => {
            for member in values("members", value)? {
                members.remove(&id(&member)?);
            }
        }
        (Op::Add, None) => members.extend(users(world, value)?),
        (Op::Replace, None) => *members = users(world, value)?,
        (Op::Add | Op::Replace, Some(_)) => return Err(path.refuse()),
    }
    Ok(())
}

/// Assumed: a member must be a user that exists.
fn users(world: &Vault, value: &Value) -> Result<BTreeSet<u64>, Refusal> {
    let members = values("members", value)?;
    members
        .iter()
        .map(|member| {
            let known = member
                .parse()
                .ok()
                .filter(|id| world.users.get(*id).is_some());
            known
                .ok_or_else(|| Refusal::bad("invalidValue", format!("no user has the id {member}")))
        })
        .collect()
}

fn show(group: &Group) -> Value {
    let members: Value = group
        .members
        .iter()
        .map(|id| json!({ "value": id.to_string(), "type": "User", "primary": true }))
        .collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": group.id.to_string(),
        "displayName": group.display_name,
        "externalId": group.external_id,
        "description": group.description,
        "members": members,
    })
}
