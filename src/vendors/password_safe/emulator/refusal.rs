//! Why the API does not do what it was asked, and how the two halves of the product say so.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;

use crate::emulate::store;

/// A status and the reason in words.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub status: StatusCode,
    /// Empty where the answer has no body.
    pub text: String,
}

impl Refusal {
    fn new(status: StatusCode, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { status, text }
    }

    /// 400: a value is missing or wrong.
    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// 400: a value is missing. Assumed: the text is made like `Workgroup Name is required`, which is documented.
    pub(crate) fn missing(name: &str) -> Self {
        Self::bad(format!("{name} is required"))
    }

    /// 404: there is no such object, such as a `Safe`.
    pub(crate) fn unknown(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} not found"))
    }

    /// 404 without a body: there is nothing at the path.
    pub(crate) fn no_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "")
    }

    /// 403: the user has not the permission.
    pub(crate) fn forbidden(permission: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            format!("The permission {permission} is required"),
        )
    }

    /// 409: a name is taken, or something is in the way.
    pub(crate) fn conflict(text: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, text)
    }

    /// Another status, without a body.
    pub(crate) fn bare(status: StatusCode) -> Self {
        Self::new(status, "")
    }

    /// The answer. Assumed: Secrets Safe says `{"error": ".."}`, everything else a JSON string.
    pub(crate) fn answer(self, is_secrets_safe: bool) -> Response {
        if self.text.is_empty() {
            self.status.into_response()
        } else if is_secrets_safe {
            (self.status, Json(json!({ "error": self.text }))).into_response()
        } else {
            (self.status, Json(self.text)).into_response()
        }
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        tracing::error!("a change was not kept: {error}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "An unexpected error occurred",
        )
    }
}
