//! The bilingual envelope around every reply of MySafe and A2A, and the bare replies of the gateway in front of them.
//!
//! Assumed: the fullest and most recent form of the envelope is sent unless a world says otherwise, with `code`, all
//! members in both languages, and `exception` for business errors. The Portuguese text is the English one, as in the
//! samples.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Map, Value, json};

use super::quirks::{Gateway, Quirks};
use crate::emulate::store;

/// What a rule comes to.
pub(crate) type Outcome = Result<Answer, Refusal>;

/// An answer that is no refusal.
pub(crate) struct Answer {
    /// The status in the line of the answer, if it is not that of the body.
    line: Option<StatusCode>,
    status: StatusCode,
    message: Cow<'static, str>,
    payload: Option<(&'static str, Value)>,
}

impl Answer {
    /// 200 with a message alone.
    pub(crate) fn done(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            line: None,
            status: StatusCode::OK,
            message: message.into(),
            payload: None,
        }
    }

    /// 200 with a payload beside the envelope.
    pub(crate) fn show(
        message: impl Into<Cow<'static, str>>,
        name: &'static str,
        payload: Value,
    ) -> Self {
        Self {
            payload: Some((name, payload)),
            ..Self::done(message)
        }
    }

    /// 201 with a payload beside the envelope.
    pub(crate) fn created(message: &'static str, name: &'static str, payload: Value) -> Self {
        Self {
            status: StatusCode::CREATED,
            ..Self::show(message, name, payload)
        }
    }

    /// The same with another status in its line alone.
    pub(crate) fn under(self, line: StatusCode) -> Self {
        let line = Some(line);
        Self { line, ..self }
    }

    /// The answer as the sources show it whom a world believes.
    pub(crate) fn render(self, quirks: Quirks) -> Response {
        let beside = self.payload.map(|(name, payload)| {
            let name = if quirks.plural_payloads {
                plural(name)
            } else {
                name
            };
            (name.to_owned(), payload)
        });
        let body = envelope(
            self.status,
            &self.message,
            0,
            beside.into_iter().collect(),
            quirks,
        );
        (self.line.unwrap_or(self.status), Json(body)).into_response()
    }
}

fn plural(name: &'static str) -> &'static str {
    match name {
        "password_on_list" => "passwords_on_list",
        "password_entity" => "passwords_entity",
        "note_on_list" => "notes_on_list",
        "note_entity" => "notes_entity",
        other => other,
    }
}

/// Why a request is not fulfilled.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// A business error, by its number and text. It is HTTP 400, whatever it says.
    Business(u16, Cow<'static, str>),
    /// The server's fault, or what it takes for its own.
    Unexpected,
    /// The authorization does not open this part of A2A.
    Closed,
    /// There is nothing at a path below a family that exists.
    UnknownPath,
    /// The gateway knows no such path.
    NoRoute,
    /// The gateway knows no such token.
    NoToken,
    /// The gateway does not get an answer.
    Gateway(Gateway),
}

impl Refusal {
    /// A business error.
    pub(crate) fn new(code: u16, text: impl Into<Cow<'static, str>>) -> Self {
        Self::Business(code, text.into())
    }

    /// 1001: a parameter is missing.
    pub(crate) fn missing(name: &str) -> Self {
        Self::new(1001, format!("Parameter '{name}' was not informed!"))
    }

    /// 1001: a parameter has a value that it cannot have. Assumed: the text, and that PAM, which has no number for it,
    /// says the same as MySafe.
    pub(crate) fn invalid(name: &str) -> Self {
        Self::new(1001, format!("Parameter '{name}' is invalid!"))
    }

    /// The refusal as the sources show it whom a world believes.
    pub(crate) fn render(self, quirks: Quirks) -> Response {
        let told = |status: StatusCode, message: &str, error_code| {
            let body = envelope(status, message, error_code, Map::new(), quirks);
            (status, Json(body)).into_response()
        };
        match self {
            Self::Business(code, text) => {
                let status = StatusCode::BAD_REQUEST;
                let message = format!("{code}: {text}");
                let mut beside = Map::new();
                if !quirks.bare_envelope {
                    let exception = json!({ "code": code, "message": message, "detail": null });
                    beside.insert("exception".to_owned(), exception);
                }
                let body = envelope(status, &message, 1, beside, quirks);
                (status, Json(body)).into_response()
            }
            Self::Unexpected => told(StatusCode::INTERNAL_SERVER_ERROR, "Unexpected error.", 1),
            Self::Closed => {
                let status = if quirks.closed_resource_403 {
                    StatusCode::FORBIDDEN
                } else {
                    StatusCode::INTERNAL_SERVER_ERROR
                };
                told(status, "You are not authorized to access this resource.", 1)
            }
            Self::UnknownPath => told(StatusCode::NOT_FOUND, "Resource sub not found", 4),
            // Assumed: 404, as the well-known gateway has it whose words these are; and that the same goes for a
            // token, because that is the only failed authentication which the pages describe.
            Self::NoRoute => bare(StatusCode::NOT_FOUND, NO_ROUTE),
            Self::NoToken if quirks.no_token_401 => bare(StatusCode::UNAUTHORIZED, NO_ROUTE),
            Self::NoToken => bare(StatusCode::NOT_FOUND, NO_ROUTE),
            // Assumed: these statuses, for the same reason.
            Self::Gateway(Gateway::BadUpstream) => bare(
                StatusCode::BAD_GATEWAY,
                "An invalid response was received from the upstream server",
            ),
            Self::Gateway(Gateway::SlowUpstream) => bare(
                StatusCode::GATEWAY_TIMEOUT,
                "The upstream server is timing out",
            ),
            Self::Gateway(Gateway::TimedOut) => {
                bare(StatusCode::GATEWAY_TIMEOUT, "Request timed out")
            }
        }
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        tracing::error!("a change was not kept: {error}");
        Self::Unexpected
    }
}

const NO_ROUTE: &str = "no Route matched with those values";

/// What the gateway says, outside the envelope.
fn bare(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message }))).into_response()
}

/// A client that is refused a token, as the envelope tells it.
pub(crate) fn unauthenticated(message: &str, quirks: Quirks) -> Response {
    let status = StatusCode::UNAUTHORIZED;
    let body = envelope(status, message, 1, Map::new(), quirks);
    (status, Json(body)).into_response()
}

fn envelope(
    status: StatusCode,
    message: &str,
    error_code: u8,
    beside: Map<String, Value>,
    quirks: Quirks,
) -> Value {
    let error = error_code != 0;
    let mut body = Map::new();
    if !quirks.bare_envelope {
        body.insert("code".to_owned(), status.as_u16().into());
    }
    let response = json!({
        "status": status.as_u16(),
        "message": message,
        "error": error,
        "error_code": error_code,
        "detail": "",
        "mensagem": message,
        "erro": error,
        "cod_erro": error_code,
    });
    body.insert("response".to_owned(), response);
    body.extend(beside);
    Value::Object(body)
}
