//! SCIM 2.0 with a client of its own: users, groups and what the service says of itself. Errors have the SCIM schema,
//! not the bilingual envelope of MySafe.

mod discovery;
mod group;
mod list;
mod patch;
mod resource;
#[cfg(test)]
mod tests;
mod user;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{MethodRouter, get};
use serde_json::{Map, Value, json};

use super::Senhasegura;
use super::seed::{Group, User};
use crate::emulate::store;
use resource::Resource;

/// Why SCIM does not do what it was asked.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    scim_type: Option<&'static str>,
    detail: String,
}

impl Refusal {
    /// A request that cannot be fulfilled; the word is one of the schema's.
    pub(crate) fn bad(scim_type: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            scim_type: Some(scim_type),
            detail: detail.into(),
        }
    }

    /// A name or external id that is taken.
    pub(crate) fn taken(attribute: &str, value: &str) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            scim_type: Some("uniqueness"),
            detail: format!("{attribute} '{value}' already exists"),
        }
    }

    /// An id that is nobody's.
    pub(crate) fn not_found(id: &str) -> Self {
        Self::plain(StatusCode::NOT_FOUND, format!("Resource {id} not found"))
    }

    fn plain(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            scim_type: None,
            detail: detail.into(),
        }
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        tracing::error!("a change was not kept: {error}");
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR, "Unexpected error")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.status.as_str(),
        });
        if let Some(scim_type) = self.scim_type {
            body["scimType"] = scim_type.into();
        }
        body["detail"] = self.detail.into();
        (self.status, Json(body)).into_response()
    }
}

/// Serves SCIM to bearers of its own tokens.
pub(crate) fn router(vault: Arc<Senhasegura>) -> Router<Arc<Senhasegura>> {
    Router::new()
        .route(
            "/Users",
            get(resource::list::<User>).post(resource::create::<User>),
        )
        .route("/Users/{id}", one::<User>())
        .route(
            "/Groups",
            get(resource::list::<Group>).post(resource::create::<Group>),
        )
        .route("/Groups/{id}", one::<Group>())
        .route("/ServiceProviderConfig", get(discovery::config))
        .route("/ResourceTypes", get(discovery::types))
        .route("/ResourceTypes/{name}", get(discovery::one_type))
        .route("/Schemas", get(discovery::schemas))
        .route("/Schemas/{urn}", get(discovery::one_schema))
        .fallback(async || Refusal::plain(StatusCode::NOT_FOUND, "no such path"))
        .method_not_allowed_fallback(async || {
            Refusal::plain(StatusCode::METHOD_NOT_ALLOWED, "no such method")
        })
        .layer(from_fn_with_state(vault, admit))
}

fn one<R: Resource + 'static>() -> MethodRouter<Arc<Senhasegura>> {
    get(resource::read::<R>)
        .patch(resource::patch::<R>)
        .delete(resource::delete::<R>)
}

/// Assumed: no good token is 401, and a good token of the wrong family 403, the two statuses that the pages list.
async fn admit(State(vault): State<Arc<Senhasegura>>, request: Request, next: Next) -> Response {
    let client = vault.bearer(request.headers());
    let is_ours = client.map(|client| client == vault.store().world().clients.scim.id);
    let refusal = match is_ours {
        Some(true) => return next.run(request).await,
        Some(false) => Refusal::plain(StatusCode::FORBIDDEN, "not authorized"),
        None => Refusal::plain(StatusCode::UNAUTHORIZED, "the token is missing or expired"),
    };
    refusal.into_response()
}

/// Reads a body, which must be a JSON object whatever its content type says.
fn members(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::bad("invalidSyntax", error.to_string()))
}

/// Reads an id as a path has it.
fn id(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| Refusal::not_found(text))
}

/// Reads a text, where `null` is the empty one.
fn text(attribute: &str, value: &Value) -> Result<String, Refusal> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Null => Ok(String::new()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Err(
            Refusal::bad("invalidValue", format!("{attribute} must be a string")),
        ),
    }
}

/// Reads the `value` of each entry of a multi-valued attribute; an entry may also be the bare value.
fn values(attribute: &str, value: &Value) -> Result<Vec<String>, Refusal> {
    let entries = match value {
        Value::Null => &[],
        Value::Array(entries) => entries.as_slice(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            std::slice::from_ref(value)
        }
    };
    entries
        .iter()
        .map(|entry| match entry.get("value").unwrap_or(entry) {
            Value::String(text) if !text.is_empty() => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Null
            | Value::Bool(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => Err(Refusal::bad(
                "invalidValue",
                format!("{attribute} needs a value in each entry"),
            )),
        })
        .collect()
}
