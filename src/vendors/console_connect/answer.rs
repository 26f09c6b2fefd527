//! What Console Connect answers when it says no: half a dozen shapes, and what each status means.

use serde_json::Value;

use crate::http::{self, Response};
use crate::model::error::{Cause, VendorError};

/// Why Console Connect said no, out of whichever shape the answer has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The vendor's own words, cleaned of control characters; never empty.
    pub text: String,
    /// What of permissions was missing, as `ACTION on RESOURCE`, if that is why.
    pub missing: Vec<String>,
}

impl Refusal {
    /// Reads what the vendor says. What it says of the status is not trusted: its own samples contradict theirs (vendor
    /// page, section 3.5). A text that is no JSON is not repeated, since nobody knows what it holds.
    pub(super) fn of(response: &Response) -> Self {
        let said = response.json::<Value>().unwrap_or_default();
        let inner = said.get("error").filter(|it| it.is_object());
        let body = inner.unwrap_or(&said);
        let shown = |text: &str| clean(response.shown(text));
        let text = |member: &str| body.get(member).and_then(Value::as_str).map(shown);
        let texts = [text("message"), text("error"), text("name")];
        let text = texts.into_iter().flatten().find(|it| !it.is_empty());
        let missing = body.get("accessRequests").and_then(Value::as_array);
        let missing = missing.into_iter().flatten().map(|it| {
            let word = |member: &str| {
                let text = it.get(member).and_then(Value::as_str);
                text.map_or_else(|| "something".to_owned(), shown)
            };
            format!("{} on {}", word("action"), word("resource"))
        });
        Self {
            missing: missing.collect(),
            text: text.unwrap_or_else(|| format!("HTTP {}", response.status)),
        }
    }

    /// Whether a permission is missing. The vendor says so with 401, as it does when nobody is logged in.
    pub(super) fn is_denied(&self) -> bool {
        !self.missing.is_empty() || self.text == "Access denied"
    }
}

/// Whether an answer says that nobody is logged in, so that a new login may help.
pub(super) fn is_logged_out(response: &Response) -> bool {
    response.status == 401 && !Refusal::of(response).is_denied()
}

/// The error of a request that was refused.
pub(super) fn refused(response: &Response) -> VendorError {
    let refusal = Refusal::of(response);
    let is_denied = refusal.is_denied();
    let Refusal { text, missing } = refusal;
    let passing = |message: String| VendorError::new(cause(response.maybe_done()), message);
    match response.status {
        401 if is_denied => denied(&missing),
        401 => VendorError::login(format!("Console Connect refuses the login: {text}"))
            .help("check the API key, or e-mail and password; Support issues and revokes keys"),
        400 | 422 => VendorError::refused(format!(
            "Console Connect finds a value missing or wrong: {text}"
        )),
        403 => VendorError::refused(format!("Console Connect does not permit this: {text}")),
        404 => VendorError::refused(format!(
            "it does not exist at Console Connect, or not for us: {text}"
        )),
        409 => VendorError::refused(format!(
            "Console Connect does not do this in the state that it is in: {text}"
        ))
        .help("plan again to see what is there now"),
        429 => passing(format!("Console Connect asks us to slow down: {text}")),
        status @ 500.. => passing(format!(
            "Console Connect is in trouble (HTTP {status}): {text}"
        )),
        status => VendorError::refused(format!(
            "Console Connect refuses this (HTTP {status}): {text}"
        )),
    }
}

/// A missing permission: logging in again would not help.
fn denied(missing: &[String]) -> VendorError {
    let what = match missing {
        [] => String::new(),
        some => format!(": it lacks {}", some.join(", ")),
    };
    VendorError::refused(format!("trueup's user may not do this{what}")).help(
        "give the user a role for it in the company: Network Admin for ports, connections and ASNs, User Admin for \
         members",
    )
}

/// An answer that a write may have outlived: whether it was carried out is not known.
pub(super) fn unreachable(error: http::Error) -> VendorError {
    VendorError::new(cause(error.maybe_done()), error.to_string()).source(error)
}

/// Says of an error that it struck after the object itself was made. What may pass leaves the rest to be looked at.
pub(super) fn partly(done: &str, error: VendorError) -> VendorError {
    if error.cause == Cause::UnderWay {
        return error;
    }
    let cause = if error.cause.may_pass() {
        Cause::Begun
    } else {
        Cause::Partial
    };
    let help = error.help.clone();
    let partial = VendorError::new(cause, format!("{done}, but {error}")).source(error);
    partial.help(help.unwrap_or_else(|| "apply again to do the rest".to_owned()))
}

/// Says of an error that it struck when we looked at what the vendor had taken, so that nobody knows what became of it.
pub(super) fn unseen(error: VendorError) -> VendorError {
    if error.cause.may_pass() {
        let message = format!("taken by the vendor, but {error}");
        VendorError::new(Cause::Unknown, message).source(error)
    } else {
        error
    }
}

/// The cause of a failure that may pass, by whether a write may have been carried out all the same.
fn cause(maybe_done: bool) -> Cause {
    if maybe_done {
        Cause::Unknown
    } else {
        Cause::Unreachable
    }
}

/// Shortens a text of the vendor to one line that is safe to print.
pub(super) fn clean(text: &str) -> String {
    let spaced = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(300)
        .collect::<String>();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
