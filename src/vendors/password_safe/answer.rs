//! What Password Safe answers when it says no, and what each status means.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::http::{self, Response};
use crate::model::error::{Cause, VendorError};

/// The vendor's own words for a refusal. BeyondInsight and Password Safe answer with a JSON string, Secrets Safe with
/// `{"error": "…"}` (both assumed from samples of vendor clients); other .NET services with `{"Message": "…"}`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Worded {
    error: Option<String>,
    #[serde(alias = "Message")]
    message: Option<String>,
    error_description: Option<String>,
}

/// What the vendor says, cleaned of control characters; never empty. A text that is no JSON is not repeated, since
/// nobody knows what it holds.
pub(super) fn said(response: &Response) -> String {
    let text = match response.json::<Json>() {
        Ok(Json::String(text)) => text,
        Ok(other) => {
            let worded = serde_json::from_value::<Worded>(other).unwrap_or_default();
            let Worded {
                error,
                message,
                error_description,
            } = worded;
            let texts = [error_description, message, error].into_iter().flatten();
            texts
                .into_iter()
                .find(|it| !it.is_empty())
                .unwrap_or_default()
        }
        Err(_) => String::new(),
    };
    let text = clean(response.shown(&text));
    if text.is_empty() {
        format!("HTTP {}", response.status)
    } else {
        text
    }
}

/// The error of a request that was refused (vendor page, section 3.4).
pub(super) fn refused(response: &Response) -> VendorError {
    let text = said(response);
    let passing = |message: String| VendorError::new(cause(response.maybe_done()), message);
    match response.status {
        400 => VendorError::refused(format!("Password Safe finds a value missing or wrong: {text}")),
        401 => VendorError::login(format!("Password Safe refuses the login: {text}")),
        403 => VendorError::refused(format!("Password Safe does not permit this: {text}")).help(
            "give the groups of trueup's user the feature for this with full control, and the permissions on the safe; \
             a licence that has run out is refused alike",
        ),
        404 => VendorError::refused(format!("it does not exist at Password Safe, or not for us: {text}")),
        409 => VendorError::refused(format!("Password Safe has a conflict with what is there: {text}"))
            .help("a name is taken already, or something still lies in it; plan again to see what is there now"),
        410 => switched_off(&text),
        429 => passing(format!("Password Safe asks us to slow down: {text}")),
        status @ 500.. => passing(format!("Password Safe is in trouble (HTTP {status}): {text}")),
        status => VendorError::refused(format!("Password Safe refuses this (HTTP {status}): {text}")),
    }
}

/// 410: this version of the API is switched off on the server.
pub(super) fn switched_off(text: &str) -> VendorError {
    VendorError::login(format!(
        "this version of the API is switched off on the server: {text}"
    ))
    .help("have the administrator enable version 3 of the public API")
}

/// An answer that a write may have outlived: whether it was carried out is not known.
pub(super) fn unreachable(error: http::Error) -> VendorError {
    VendorError::new(cause(error.maybe_done()), error.to_string()).source(error)
}

/// The cause of a failure that may pass, by whether a write may have been carried out all the same.
fn cause(maybe_done: bool) -> Cause {
    if maybe_done {
        Cause::Unknown
    } else {
        Cause::Unreachable
    }
}

/// Says of an error that it struck after the object itself was made. What may pass leaves the rest to be looked at.
pub(super) fn partly(done: &str, error: VendorError) -> VendorError {
    let cause = if error.cause.may_pass() {
        Cause::Begun
    } else {
        Cause::Partial
    };
    let help = error.help.clone();
    let partial = VendorError::new(cause, format!("{done}, but {error}")).source(error);
    match help {
        Some(help) => partial.help(help),
        None => partial.help("apply again to do the rest"),
    }
}

/// Shortens a text of the vendor to one line that is safe to print.
pub(super) fn clean(text: &str) -> String {
    let spaced = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(300)
        .collect::<String>();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    // Some answers hold a JSON string within a JSON string.
    let bare = line.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    bare.unwrap_or(&line).to_owned()
}
