//! The envelopes of answers: lists, single objects, and writes with the audit record of what they did.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::refusal::Refusal;

/// What a rule comes to: the body of an answer with status 200, or a refusal.
pub(crate) type Outcome = Result<Value, Refusal>;

/// A page of a list, and how many rows there are in all.
pub(crate) fn page(total: usize, rows: Vec<Value>) -> Value {
    json!({ "success": true, "total": total, "response": rows })
}

/// An object, or a list that is never paged.
pub(crate) fn object(response: Value) -> Value {
    json!({ "success": true, "response": response })
}

/// What a write did.
pub(crate) fn written(response: Value, log: Value) -> Value {
    json!({ "success": true, "response": response, "log": log })
}

/// A body with the content type of the API. Assumed: the content type.
pub(crate) fn json_answer(status: StatusCode, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json;charset=UTF-8")];
    (status, kind, body.to_string()).into_response()
}
