//! The bilingual envelope around every MySafe reply, and the bare replies of the gateway in front of it.
//!
//! Assumed: the fullest and most recent form of the envelope is always sent, with `code`, all members in both
//! languages, and `exception` for business errors. The Portuguese text is the English one, as in the samples.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Map, Value, json};

use crate::emulate::store;

/// Why MySafe does not do what it was asked. Business errors are HTTP 400, whatever they say.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// 1001: a parameter is missing.
    Missing(&'static str),
    /// 1001: a parameter has a value that it cannot have.
    Invalid(&'static str),
    /// 1005: there is no such password.
    NotFound,
    /// 1006: it is not shared with the caller, or not for what the caller wants.
    NoAccess,
    /// 1009: it is disabled.
    Inactive,
    /// 1010: the identifier is not a number.
    BadIdentifier,
    /// 500: the emulator could not keep the change.
    Unkept(store::Error),
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        Self::Unkept(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (code, text) = match self {
            Self::Missing(name) => (1001, format!("Parameter '{name}' was not informed!")),
            // Assumed: the pages have no text for a value that cannot be.
            Self::Invalid(name) => (1001, format!("Parameter '{name}' is invalid!")),
            Self::NotFound => (1005, "Password not found".to_owned()),
            Self::NoAccess => (1006, "User does not have access".to_owned()),
            Self::Inactive => (1009, "Inactive password".to_owned()),
            Self::BadIdentifier => (1010, "Unexpected identifier type".to_owned()),
            Self::Unkept(error) => {
                tracing::error!("a change was not kept: {error}");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                return reply(status, "Unexpected error.", 1, Map::new());
            }
        };
        let message = format!("{code}: {text}");
        let exception = json!({ "code": code, "message": message, "detail": null });
        let exception = Map::from_iter([("exception".to_owned(), exception)]);
        reply(StatusCode::BAD_REQUEST, &message, 1, exception)
    }
}

/// Answers with a message alone.
pub(crate) fn done(message: &str) -> Response {
    reply(StatusCode::OK, message, 0, Map::new())
}

/// Answers with a message and a payload beside the envelope.
pub(crate) fn show(status: StatusCode, message: &str, name: &str, payload: Value) -> Response {
    let payload = Map::from_iter([(name.to_owned(), payload)]);
    reply(status, message, 0, payload)
}

/// Answers that there is nothing at a path below a family that exists.
pub(crate) fn unknown_path() -> Response {
    reply(
        StatusCode::NOT_FOUND,
        "Resource sub not found",
        4,
        Map::new(),
    )
}

/// The gateway's answer to a path it does not know. Assumed: also to a missing, unknown or expired token, because that
/// is the only failed authentication which the MySafe pages describe; and that its status is 404.
pub(crate) fn no_route() -> Response {
    let body = json!({ "message": "no Route matched with those values" });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

fn reply(
    status: StatusCode,
    message: &str,
    error_code: u8,
    beside: Map<String, Value>,
) -> Response {
    let error = error_code != 0;
    let mut body = json!({
        "code": status.as_u16(),
        "response": {
            "status": status.as_u16(),
            "message": message,
            "error": error,
            "error_code": error_code,
            "detail": "",
            "mensagem": message,
            "erro": error,
            "cod_erro": error_code,
        },
    });
    if let Value::Object(members) = &mut body {
        members.extend(beside);
    }
    (status, Json(body)).into_response()
}
