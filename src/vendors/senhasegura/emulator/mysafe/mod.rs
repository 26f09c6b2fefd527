//! MySafe: passwords, notes and API secrets. Each is listed, read, created, updated, disabled and enabled by the same
//! rules, which are in [`rules`]; what sets them apart is in a file each. There is no deletion.

mod api_secret;
mod item;
mod note;
mod password;
mod rules;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;

use super::Senhasegura;
use super::call::Call;
use super::desk::{self, Route};
use super::envelope::Refusal;
use super::seed::{AccessKey, ApiSecret, Note, Password};
pub(crate) use item::{Item, Sharing};

const PASSWORDS: &[Route<AccessKey>] = &[
    Route::new("GET", "password", rules::list::<Password>),
    Route::new("POST", "password", rules::create::<Password>),
    Route::new("GET", "password/{}", rules::read::<Password>),
    Route::new("PUT", "password/update/{}", rules::update::<Password>),
    Route::new("POST", "password/inactive/{}", rules::disable::<Password>),
    Route::new("POST", "password/active/{}", rules::enable::<Password>),
];

const NOTES: &[Route<AccessKey>] = &[
    Route::new("GET", "note", rules::list::<Note>),
    Route::new("POST", "note", rules::create::<Note>),
    Route::new("GET", "note/{}", rules::read::<Note>),
    Route::new("PUT", "note/update/{}", rules::update::<Note>),
    Route::new("POST", "note/inactive/{}", rules::disable::<Note>),
    Route::new("POST", "note/active/{}", rules::enable::<Note>),
];

const API_SECRETS: &[Route<AccessKey>] = &[
    Route::new("GET", "secretapi", rules::list::<ApiSecret>),
    Route::new("POST", "secretapi", rules::create::<ApiSecret>),
    Route::new("GET", "secretapi/{}", rules::read::<ApiSecret>),
    Route::new("PUT", "secretapi/update/{}", rules::update::<ApiSecret>),
    Route::new("POST", "secretapi/inactive/{}", rules::disable::<ApiSecret>),
    Route::new("POST", "secretapi/active/{}", rules::enable::<ApiSecret>),
];

/// Serves MySafe to bearers of its own tokens. Assumed: a token of another family is no better than none.
pub(crate) fn router() -> Router<Arc<Senhasegura>> {
    Router::new().fallback(serve)
}

async fn serve(
    State(vault): State<Arc<Senhasegura>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::new(method, &uri, headers, body);
    let tables = [PASSWORDS, NOTES, API_SECRETS];
    desk::answer(
        &vault,
        call,
        |world, client| {
            let key = world.clients.access_key(client);
            key.cloned().ok_or(Refusal::NoToken)
        },
        &tables,
    )
}
