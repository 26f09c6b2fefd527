//! What SafeConsole answers, and what it says when it says no. Nothing about refusals is documented, so every form that
//! is likely is understood (vendor page, section 3.6).

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::http::{self, Response};
use crate::model::error::{Cause, VendorError};

/// An answer that says it is a success.
#[derive(Deserialize)]
pub(super) struct Envelope<T> {
    /// How many there are in all, of what has pages.
    pub total: Option<usize>,
    pub response: T,
}

/// What every answer says of itself. Failures come with HTTP 200, too.
#[derive(Deserialize)]
struct Outcome {
    success: Option<bool>,
    error: Option<Json>,
    message: Option<Json>,
    msg: Option<Json>,
    response: Option<Json>,
}

impl Outcome {
    /// The vendor's own words, cleaned of control characters; never empty.
    fn words(self, status: u16) -> String {
        let Self {
            success: _,
            error,
            message,
            msg,
            response,
        } = self;
        let texts = [error, message, msg, response].into_iter().flatten();
        let texts = texts.filter_map(|it| it.as_str().map(clean));
        let mut texts = texts.filter(|it| !it.is_empty());
        texts
            .next()
            .unwrap_or_else(|| format!("HTTP {status}, without a word"))
    }
}

/// The payload of an answer, or why there is none.
pub(super) fn opened<T: DeserializeOwned>(response: &Response) -> Result<Envelope<T>, VendorError> {
    accepted(response)?;
    response.json().map_err(unreachable)
}

/// Whether a write was done. Of one that is answered with a page nobody knows.
pub(super) fn done(response: &Response) -> Result<(), VendorError> {
    if is_login(response) {
        return Err(login_page(Cause::Unknown, "it answers with a web page"));
    }
    accepted(response)
}

/// Whether what was asked for was done: 2xx, JSON, and `success: true` in it.
pub(super) fn accepted(response: &Response) -> Result<(), VendorError> {
    if is_login(response) {
        return Err(login_page(Cause::Login, "it answers with a web page"));
    }
    let outcome = response.json::<Outcome>();
    if !response.is_success() {
        let words = outcome.map_or_else(
            |_| format!("HTTP {}", response.status),
            |it| it.words(response.status),
        );
        return Err(by_status(response, response.shown(&words)));
    }
    let outcome = outcome.map_err(unreachable)?;
    match outcome.success {
        Some(true) => Ok(()),
        Some(false) => Err(VendorError::refused(format!(
            "SafeConsole refuses this: {}",
            response.shown(&outcome.words(response.status))
        ))),
        None => Err(VendorError::new(
            cause(response.maybe_done()),
            "SafeConsole does not say whether it did this",
        )),
    }
}

fn by_status(response: &Response, words: &str) -> VendorError {
    match response.status {
        401 => VendorError::login(format!("SafeConsole does not accept the API token: {words}")).help(
            "generate a new one in Profile Settings, tab API Tokens; a token made by the owner of the licence works best",
        ),
        403 => VendorError::refused(format!("SafeConsole does not permit this: {words}")).help(
            "the token acts for the admin who made it: give that role the permission and the paths, see that the API is \
             enabled in General > Server Settings, and that the licence has not run out",
        ),
        404 => VendorError::refused(format!("SafeConsole has nothing at this address: {words}"))
            .help("`endpoint` is the address of the server alone, without `/safeconsole`"),
        429 => VendorError::new(
            cause(response.maybe_done()),
            format!("SafeConsole asks us to slow down: {words}"),
        ),
        status @ 500.. => VendorError::new(
            cause(response.maybe_done()),
            format!("SafeConsole is in trouble (HTTP {status}): {words}"),
        ),
        status => VendorError::refused(format!("SafeConsole refuses this (HTTP {status}): {words}")),
    }
}

/// Whether the body is a page of the web interface, which lives under the same addresses. What fails or is not there is
/// told by a page, too.
fn is_login(response: &Response) -> bool {
    let kind = response.header("content-type").unwrap_or_default();
    let text = response.text().unwrap_or_default();
    let is_page = kind.contains("html") || text.trim_start().starts_with('<');
    is_page && response.status < 500 && response.status != 404
}

/// Where the API should answer and the web interface does, we are most likely not logged in (assumed).
fn login_page(cause: Cause, how: &str) -> VendorError {
    let message = format!("SafeConsole most likely asks for a login: {how}");
    VendorError::new(cause, message).help(
        "check the API token, and that `endpoint` is the address of the server alone; behind a proxy, that it lets the \
         API through",
    )
}

/// The error of a request that got no answer. A write may have outlived it.
pub(super) fn unreachable(error: http::Error) -> VendorError {
    if error.leads_elsewhere() {
        let cause = if error.maybe_done() {
            Cause::Unknown
        } else {
            Cause::Login
        };
        return login_page(cause, "it redirects").source(error);
    }
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

/// Shortens a text of the vendor to one line that is safe to print.
fn clean(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let spaced = spaced.take(300).collect::<String>();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
