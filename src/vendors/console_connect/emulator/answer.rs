//! What a rule comes to, and how it is written: JSON in lines, four spaces deeper at each level, as the vendor has it.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::refusal::Refusal;

/// What a rule comes to.
pub(crate) type Outcome = Result<Answer, Refusal>;

/// An answer that is no refusal.
#[derive(Debug)]
pub(crate) enum Answer {
    Json(Value),
    /// 200 without a body, as some operations have it.
    Silence,
    /// 204: there is no price.
    Nothing,
}

impl Answer {
    /// 200 with a body.
    pub(crate) fn ok(body: Value) -> Outcome {
        Ok(Self::Json(body))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Json(body) => json_response(StatusCode::OK, &body),
            Self::Silence => StatusCode::OK.into_response(),
            Self::Nothing => StatusCode::NO_CONTENT.into_response(),
        }
    }
}

/// Writes a body.
pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response {
    let mut bytes = Vec::new();
    let format = PrettyFormatter::with_indent(b"    ");
    let written = body.serialize(&mut Serializer::with_formatter(&mut bytes, format));
    if let Err(error) = written {
        tracing::error!("an answer could not be written: {error}");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (status, kind, bytes).into_response()
}
