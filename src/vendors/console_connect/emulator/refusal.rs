//! Why the API does not do what it was asked, and the shapes in which it says so. There is no single one: which shape
//! an answer has depends on the path, the status and, where sources contradict each other, on the world's quirks.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer::json_response;
use super::catalog::Flag;
use super::id::Id;
use super::seed::Quirks;
use crate::emulate::store;

/// A status and the reason in words.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub status: StatusCode,
    pub text: String,
    cause: Cause,
}

/// What decides the shape beside the path.
#[derive(Debug)]
enum Cause {
    Usual,
    /// The path leads nowhere.
    NoRoute,
    /// A body of an order or a question for a price is wrong.
    Order,
    /// A permission is missing.
    Access {
        action: &'static str,
        resource: String,
        principal: Id,
    },
}

impl Refusal {
    fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self {
            status,
            text: text.into(),
            cause: Cause::Usual,
        }
    }

    /// 400: a value is missing or wrong.
    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// 401: nobody is logged in.
    pub(crate) fn stranger() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "The user is not logged in")
    }

    /// 401: the token was logged out.
    pub(crate) fn logged_out() -> Self {
        // As the vendor writes it.
        Self::new(StatusCode::UNAUTHORIZED, "The session token been deleted")
    }

    /// 401: the password is wrong. Assumed: the text.
    pub(crate) fn wrong_password() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    /// 401, not 403: a permission is missing.
    pub(crate) fn denied(flag: Flag, company: Id, principal: Id) -> Self {
        let (action, kind) = flag.action();
        let family = action.split(':').next().unwrap_or_default();
        Self {
            status: StatusCode::UNAUTHORIZED,
            text: "Access denied".to_owned(),
            cause: Cause::Access {
                action,
                resource: format!("cc-api:{family}::{company}:{kind}/*"),
                principal,
            },
        }
    }

    /// 404: there is no such object, such as a `port`.
    pub(crate) fn unknown(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("The {what} was not found"))
    }

    /// 404: there is nothing at the path \[3\].
    pub(crate) fn no_route(method: &str, path: &str) -> Self {
        Self {
            cause: Cause::NoRoute,
            ..Self::new(
                StatusCode::NOT_FOUND,
                format!("There is no method to handle {method} {path}"),
            )
        }
    }

    /// 409: something is in the wrong state.
    pub(crate) fn conflict(text: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, text)
    }

    /// 403: something is still in use.
    pub(crate) fn in_use(text: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, text)
    }

    /// The same in the shape of orders and prices, if it is about a value.
    pub(crate) fn of_order(mut self) -> Self {
        if self.status == StatusCode::BAD_REQUEST {
            self.cause = Cause::Order;
        }
        self
    }

    /// The answer to a request for a path.
    pub(crate) fn answer(&self, path: &str, quirks: Quirks) -> Response {
        json_response(self.status, &self.body(path, quirks))
    }

    fn body(&self, path: &str, quirks: Quirks) -> Value {
        let (message, code) = (&self.text, self.status.as_u16());
        let named = json!({ "statusCode": code, "name": "Error", "message": message });
        // One of the samples has the text `404,`.
        let odd = quirks.odd_codes.then(|| json!(format!("{code},")));
        let code = odd.unwrap_or_else(|| json!(code));
        let plain = json!({ "message": message, "status": code, "statusCode": code });
        let is_login = self.status == StatusCode::UNAUTHORIZED;
        match &self.cause {
            Cause::Access {
                action,
                resource,
                principal,
            } => json!({ "error": {
                "accessRequests": [{ "action": action, "resource": resource }],
                "message": message,
                "principalId": { "id": principal },
                "status": 401,
                "statusCode": 401,
            } }),
            Cause::Order => json!({ "code": self.status.as_u16(), "message": message }),
            Cause::NoRoute => json!({ "error": named }),
            Cause::Usual if is_login && path == "/v2/companies" => plain,
            Cause::Usual if is_login && path == "/api/auth/token" && quirks.flat_login_errors => {
                plain
            }
            // Of the members, the vendor's client expects the shape of the other family [23].
            Cause::Usual if is_login && path.ends_with("/members") => json!({ "error": plain }),
            // Assumed: what is not told of a path in particular has the shape of its family.
            Cause::Usual if path.starts_with("/api/") => json!({ "error": plain }),
            Cause::Usual => json!({ "error": named }),
        }
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        tracing::error!("a change was not kept: {error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
    }
}
