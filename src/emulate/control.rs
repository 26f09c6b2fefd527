//! The server's own pages: `/_world/<vendor>`, `/_journal`, `/_faults`, and the answer to any path that is no
//! vendor's. They are neither counted in the journal nor struck by faults. `POST /_world/<vendor>/<command>` with a
//! JSON object (or nothing) has a vendor's emulator do what no client can ask for.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Mounted;
use super::faults::Faults;
use super::journal::Journal;

/// What the pages show and set.
pub(crate) struct Control {
    pub mounted: Vec<Mounted>,
    pub journal: Journal,
    pub faults: Faults,
}

impl Control {
    /// The names of the mounted vendors, in their order.
    pub(crate) fn vendors(&self) -> Vec<&'static str> {
        self.mounted.iter().map(|mounted| mounted.name).collect()
    }

    fn find(&self, name: &str) -> Option<&Mounted> {
        self.mounted.iter().find(|mounted| mounted.name == name)
    }

    /// Says which vendors there are, for a path that is none of them.
    fn not_found(&self) -> Response {
        let vendors = self.vendors();
        let message = format!(
            "no such path: the mounted vendors are /{}",
            vendors.join(", /")
        );
        let body = Json(json!({ "message": message, "vendors": vendors }));
        (StatusCode::NOT_FOUND, body).into_response()
    }
}

/// Serves the pages; the vendors are nested into this router.
pub(crate) fn router(control: Arc<Control>) -> Router {
    Router::new()
        .route("/_journal", get(show_journal).delete(clear_journal))
        .route("/_journal/count", get(count_journal))
        .route(
            "/_faults",
            get(show_faults).put(set_faults).delete(clear_faults),
        )
        .route("/_world/{vendor}", get(show_world).put(replace_world))
        .route("/_world/{vendor}/{command}", post(command))
        // A world may be far larger than any request of a vendor.
        .layer(DefaultBodyLimit::disable())
        .fallback(async |State(control): State<Arc<Control>>| control.not_found())
        .with_state(control)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    #[serde(default)]
    writes: bool,
}

async fn show_journal(State(control): State<Arc<Control>>, Query(shown): Query<Shown>) -> Response {
    Json(control.journal.entries(shown.writes)).into_response()
}

async fn clear_journal(State(control): State<Arc<Control>>) -> StatusCode {
    control.journal.clear();
    StatusCode::NO_CONTENT
}

async fn count_journal(State(control): State<Arc<Control>>) -> Response {
    Json(control.journal.count()).into_response()
}

async fn show_faults(State(control): State<Arc<Control>>) -> Response {
    Json(control.faults.list()).into_response()
}

async fn set_faults(State(control): State<Arc<Control>>, body: Bytes) -> Response {
    match control.faults.set(&body, &control.vendors()) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(why) => refuse(&why),
    }
}

async fn clear_faults(State(control): State<Arc<Control>>) -> StatusCode {
    control.faults.clear();
    StatusCode::NO_CONTENT
}

async fn show_world(State(control): State<Arc<Control>>, Path(vendor): Path<String>) -> Response {
    let Some(mounted) = control.find(&vendor) else {
        return control.not_found();
    };
    let yaml = mounted.emulator.world_yaml();
    ([(header::CONTENT_TYPE, "application/yaml")], yaml).into_response()
}

async fn replace_world(
    State(control): State<Arc<Control>>,
    Path(vendor): Path<String>,
    body: String,
) -> Response {
    let Some(mounted) = control.find(&vendor) else {
        return control.not_found();
    };
    match mounted.emulator.replace_world(&body) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(why) => refuse(&why),
    }
}

async fn command(
    State(control): State<Arc<Control>>,
    Path((vendor, name)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(mounted) = control.find(&vendor) else {
        return control.not_found();
    };
    let body = match body.trim_ascii() {
        [] => Ok(json!({})),
        text => serde_json::from_slice::<Value>(text),
    };
    let done = body
        .map_err(|error| format!("the body is not JSON: {error}"))
        .and_then(|body| mounted.emulator.command(&name, body));
    match done {
        Ok(said) => Json(said).into_response(),
        Err(why) => refuse(&why),
    }
}

fn refuse(why: &str) -> Response {
    let body = Json(json!({ "message": why }));
    (StatusCode::BAD_REQUEST, body).into_response()
}
