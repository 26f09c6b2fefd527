//! Why the API does not do what it was asked. Assumed, all of it: no page tells of statuses or of error bodies, but
//! clients treat 200 with `success: false` as an ordinary failure \[6\].

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::answer::json_answer;
use crate::emulate::store;

/// A status and the reason in words.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    error: String,
}

impl Refusal {
    fn new(status: StatusCode, error: impl Into<String>) -> Self {
        let error = error.into();
        Self { status, error }
    }

    /// 200: the request was understood and cannot be fulfilled.
    pub(crate) fn failed(error: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, error)
    }

    /// 200: a parameter is missing.
    pub(crate) fn missing(name: &str) -> Self {
        Self::failed(format!("Missing parameter: {name}"))
    }

    /// 200: a parameter is not of its type.
    pub(crate) fn mistyped(name: &str, wanted: &str) -> Self {
        Self::failed(format!("Invalid parameter: {name} must be {wanted}"))
    }

    /// 200: there is no such action, or none of this name is switched on.
    pub(crate) fn unknown_action(name: &str) -> Self {
        Self::failed(format!("Unknown action: {name}"))
    }

    /// 401: there is no token that is good. Which rule failed is not told.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Invalid or expired API token")
    }

    /// 403: the token may not do this, or not to this.
    pub(crate) fn forbidden(error: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, error)
    }

    /// 405: the method does not suit the action.
    pub(crate) fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        tracing::error!("a change was not kept: {error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "success": false, "error": self.error });
        let mut response = json_answer(self.status, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            let bearer = header::HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}
