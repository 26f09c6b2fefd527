//! The calls of SCIM, the same for users and groups: listed, made, read, patched and deleted. There is no PUT.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Map, Value};

use super::super::Senhasegura;
use super::super::quirks::Quirks;
use super::super::table::{Row, Table};
use super::super::vault::{Change, Vault};
use super::list::{Filter, Wanted};
use super::{Refusal, id, members};

/// A user or a group.
pub(crate) trait Resource: Row + Clone {
    /// The attribute that is the unique name.
    const NAME: &'static str;

    /// Where a world keeps such resources.
    fn table(world: &Vault) -> &Table<Self>;

    /// Whether an attribute that is neither the id nor the name has a value; nothing if lists cannot be filtered by it.
    fn has(&self, attribute: &str, value: &str) -> Option<bool>;

    /// Makes a resource of the attributes that were sent.
    fn create(world: &Vault, id: u64, sent: Map<String, Value>) -> Result<Self, Refusal>;

    /// Changes the resource by the body of a PATCH.
    fn patch(&mut self, world: &Vault, sent: Map<String, Value>) -> Result<(), Refusal>;

    /// Whether a PATCH is answered without a body.
    fn is_patched_silently(_quirks: Quirks) -> bool {
        false
    }

    /// The resource as it is shown.
    fn show(&self) -> Value;

    /// The step to a world that has the resource.
    fn change(self) -> Change;

    /// The step to a world that has it no more.
    fn gone(id: u64) -> Change;
}

/// Lists all, or those that a filter finds.
pub(super) async fn list<R: Resource>(
    State(vault): State<Arc<Senhasegura>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let wanted = Wanted::read(&query)?;
    let store = vault.store();
    let table = R::table(store.world());
    let rows = match &wanted.filter {
        None => table.iter().collect(),
        Some(filter) => filtered(table, filter)?,
    };
    Ok(wanted.page(&rows, R::show))
}

fn filtered<'a, R: Resource>(table: &'a Table<R>, filter: &Filter) -> Result<Vec<&'a R>, Refusal> {
    let (attribute, value) = (filter.attribute.as_str(), filter.value.as_str());
    if attribute == R::NAME {
        return Ok(table.named(value).into_iter().collect());
    }
    if attribute == "id" {
        let found = id(value).ok().and_then(|id| table.get(id));
        return Ok(found.into_iter().collect());
    }
    let mut found = Vec::new();
    for row in table.iter() {
        if row.has(attribute, value).ok_or_else(|| filter.refuse())? {
            found.push(row);
        }
    }
    Ok(found)
}

/// Shows one.
pub(super) async fn read<R: Resource>(
    State(vault): State<Arc<Senhasegura>>,
    Path(text): Path<String>,
) -> Result<Response, Refusal> {
    let store = vault.store();
    Ok(Json(find::<R>(store.world(), &text)?.show()).into_response())
}

/// Makes one whose name and, where it is unique, external id are free.
pub(super) async fn create<R: Resource>(
    State(vault): State<Arc<Senhasegura>>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let sent = members(&body)?;
    let mut store = vault.store();
    let world = store.world();
    let made = R::create(world, R::table(world).next(), sent)?;
    check_unique(world, &made)?;
    let shown = made.show();
    store.commit(made.change())?;
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

/// Changes one.
pub(super) async fn patch<R: Resource>(
    State(vault): State<Arc<Senhasegura>>,
    Path(text): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let sent = members(&body)?;
    let mut store = vault.store();
    let world = store.world();
    let mut changed = find::<R>(world, &text)?.clone();
    changed.patch(world, sent)?;
    check_unique(world, &changed)?;
    let is_silent = R::is_patched_silently(world.quirks);
    let shown = changed.show();
    store.commit(changed.change())?;
    Ok(if is_silent {
        StatusCode::NO_CONTENT.into_response()
    } else {
        Json(shown).into_response()
    })
}

/// Deletes one. Assumed: a group with the status that is documented for users.
pub(super) async fn delete<R: Resource>(
    State(vault): State<Arc<Senhasegura>>,
    Path(text): Path<String>,
) -> Result<StatusCode, Refusal> {
    let mut store = vault.store();
    let id = find::<R>(store.world(), &text)?.id();
    store.commit(R::gone(id))?;
    Ok(StatusCode::NO_CONTENT)
}

fn find<'a, R: Resource>(world: &'a Vault, text: &str) -> Result<&'a R, Refusal> {
    let found = R::table(world).get(id(text)?);
    found.ok_or_else(|| Refusal::not_found(text))
}

/// Assumed: a user name that is taken is 409, as documented for groups.
fn check_unique<R: Resource>(world: &Vault, row: &R) -> Result<(), Refusal> {
    let table = R::table(world);
    let is_other = |other: &R| other.id() != row.id();
    if table.named(row.name()).is_some_and(is_other) {
        return Err(Refusal::taken(R::NAME, row.name()));
    }
    let external = row.external_id();
    match external.filter(|it| table.with_external_id(it).is_some_and(is_other)) {
        Some(external) => Err(Refusal::taken("externalId", external)),
        None => Ok(()),
    }
}
