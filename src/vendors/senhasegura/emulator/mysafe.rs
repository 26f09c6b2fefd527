//! The calls of MySafe passwords: list, read, create, update, disable, enable. There is no deletion.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post, put};
use serde_json::{Map, Value};

use super::Senhasegura;
use super::body;
use super::envelope::{self, Refusal};
use super::oauth::Family;
use super::password::{self, Draft};
use super::seed::{Level, Password};
use super::vault::{Change, Vault};

/// Serves MySafe to bearers of its own tokens. Assumed: a token of SCIM is no better than none.
pub(crate) fn router(vault: Arc<Senhasegura>) -> Router<Arc<Senhasegura>> {
    Router::new()
        .route("/password", get(list).post(create))
        .route("/password/{identifier}", get(read))
        .route("/password/update/{identifier}", put(update))
        .route("/password/inactive/{identifier}", post(disable))
        .route("/password/active/{identifier}", post(enable))
        .fallback(async || envelope::unknown_path())
        .method_not_allowed_fallback(async || envelope::unknown_path())
        .layer(from_fn_with_state(vault, admit))
}

async fn admit(State(vault): State<Arc<Senhasegura>>, request: Request, next: Next) -> Response {
    match vault.sessions.bearer(request.headers()) {
        Some(Family::Mysafe) => next.run(request).await,
        Some(Family::Scim) | None => envelope::no_route(),
    }
}

/// Lists what the caller owns or shares, in the order of identifiers. Assumed: disabled passwords are left out, for
/// rows carry no status; filters compare for equality and combine with "and"; an empty filter is none.
async fn list(
    State(vault): State<Arc<Senhasegura>>,
    Query(filters): Query<HashMap<String, String>>,
) -> Response {
    let store = vault.store();
    let world = store.world();
    let wanted = |name: &str| filters.get(name).filter(|value| !value.is_empty());
    let equal = |name, value: &String| wanted(name).is_none_or(|wanted| wanted == value);
    let rows = world
        .passwords
        .values()
        .filter(|password| !password.disabled)
        .filter(|password| equal("name", &password.name))
        .filter(|password| equal("username", &password.username))
        .filter(|password| equal("url", &password.url))
        .filter(|password| wanted("tag").is_none_or(|tag| has_tag(password, tag)))
        .filter_map(|password| {
            let level = password::access(world, password)?;
            Some(password::row(password, level))
        })
        .collect();
    envelope::show(StatusCode::OK, "", "password_on_list", rows)
}

fn has_tag(password: &Password, tag: &str) -> bool {
    password.tags.split(',').any(|one| one.trim() == tag.trim())
}

async fn read(
    State(vault): State<Arc<Senhasegura>>,
    Path(identifier): Path<String>,
) -> Result<Response, Refusal> {
    if !is_number(&identifier) {
        return Err(Refusal::BadIdentifier);
    }
    let store = vault.store();
    let (password, _) = find(store.world(), &identifier)?;
    if password.disabled {
        return Err(Refusal::Inactive);
    }
    let whole = password::whole(password, seconds());
    Ok(envelope::show(
        StatusCode::OK,
        "Success",
        "password_entity",
        whole,
    ))
}

async fn create(
    State(vault): State<Arc<Senhasegura>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let draft = Draft::read(&members(&headers, &body)?)?;
    let mut store = vault.store();
    let (password, shared_error) = draft.create(store.world())?;
    let written = password::written(&password, &shared_error);
    store.commit(Change::Password(password))?;
    let message = "Password successfully registered";
    Ok(envelope::show(
        StatusCode::CREATED,
        message,
        "password_entity",
        written,
    ))
}

async fn update(
    State(vault): State<Arc<Senhasegura>>,
    Path(identifier): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut store = vault.store();
    let world = store.world();
    let password = find_writable(world, &identifier)?;
    // Assumed: a disabled password must be enabled before it is changed, as in the web interface.
    if password.disabled {
        return Err(Refusal::Inactive);
    }
    let draft = Draft::read(&members(&headers, &body)?)?;
    let (password, shared_error) = draft.update(password.clone(), world)?;
    let written = password::written(&password, &shared_error);
    store.commit(Change::Password(password))?;
    let message = "Password successfully updated";
    Ok(envelope::show(
        StatusCode::OK,
        message,
        "password_entity",
        written,
    ))
}

async fn disable(
    State(vault): State<Arc<Senhasegura>>,
    Path(identifier): Path<String>,
) -> Result<Response, Refusal> {
    switch(&vault, &identifier, true)
}

async fn enable(
    State(vault): State<Arc<Senhasegura>>,
    Path(identifier): Path<String>,
) -> Result<Response, Refusal> {
    switch(&vault, &identifier, false)
}

/// Disables or enables; to repeat it is no error. Assumed: the sharing is kept meanwhile.
fn switch(vault: &Senhasegura, identifier: &str, disabled: bool) -> Result<Response, Refusal> {
    let mut store = vault.store();
    let password = find_writable(store.world(), identifier)?;
    let word = if disabled { "deactivated" } else { "activated" };
    if password.disabled == disabled {
        return Ok(envelope::done(&format!("Password has already been {word}")));
    }
    let password = Password {
        disabled,
        ..password.clone()
    };
    store.commit(Change::Password(password))?;
    Ok(envelope::done(&format!("Password successfully {word}")))
}

/// Assumed: a body that cannot be read is short of its first field.
fn members(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    body::members(headers, body).ok_or(Refusal::Missing("name"))
}

/// Finds a password that the caller may see. Assumed: outside of reads an identifier that is not a number is simply
/// not found, for the other calls list no error of its own.
fn find<'a>(world: &'a Vault, identifier: &str) -> Result<(&'a Password, Level), Refusal> {
    if !is_number(identifier) {
        return Err(Refusal::NotFound);
    }
    let id: u64 = identifier.parse().map_err(|_| Refusal::NotFound)?;
    let password = world.passwords.get(&id).ok_or(Refusal::NotFound)?;
    let level = password::access(world, password).ok_or(Refusal::NoAccess)?;
    Ok((password, level))
}

fn is_number(identifier: &str) -> bool {
    !identifier.is_empty() && identifier.bytes().all(|byte| byte.is_ascii_digit())
}

fn find_writable<'a>(world: &'a Vault, identifier: &str) -> Result<&'a Password, Refusal> {
    match find(world, identifier)? {
        (password, Level::Edit) => Ok(password),
        (_, Level::View) => Err(Refusal::NoAccess),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the vendor's one-time codes follow its own clock, not the program's"
)]
fn seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
