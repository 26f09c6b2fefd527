//! An answer, read whole but for its limit.

use std::fmt;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;
use std::time::Duration;
use zeroize::Zeroizing;

use super::error::{Error, Problem, Subject};
use super::request::segment;
use super::{json, retry};
use crate::model::secret::Secret;

/// How much of a text is shown in an error.
const EXCERPT: usize = 80;

/// What a system answered. It prints as its status alone, since anything else may be a secret.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Zeroizing<Vec<u8>>,
    pub(super) subject: Subject,
    /// Whether a text that is no JSON may be shown: only an error's, and only if nothing secret can be echoed in it.
    pub(super) quotable: bool,
    /// The secrets of the request, which its words may give back.
    pub(super) secrets: Vec<Secret>,
    pub(super) maybe_done: bool,
}

impl Response {
    /// The first header of this name, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All headers of this name, such as `Set-Cookie`, as far as they are text.
    pub(crate) fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
    }

    /// Whether the system did as it was asked.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether a write that it refuses may have been done all the same, so that only a look at the system can tell: the
    /// system, or something before it, failed on the way, or an earlier attempt was lost.
    pub(crate) fn maybe_done(&self) -> bool {
        self.maybe_done
    }

    /// Carries the doubt of an earlier attempt over to the last one.
    pub(super) fn or_done_before(self, maybe: bool) -> Self {
        let failed = self.subject.writes && self.status >= 500;
        Self {
            maybe_done: maybe || failed,
            ..self
        }
    }

    /// Reads the body as JSON. An error tells the place and never a value.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let body = self
            .body
            .strip_prefix("\u{feff}".as_bytes())
            .unwrap_or(&self.body);
        serde_json::from_slice(body).map_err(|error| {
            self.subject.sent(if error.is_data() {
                Problem::WrongShape {
                    status: self.status,
                    at: json::place(&error, body),
                }
            } else {
                Problem::NotJson {
                    status: self.status,
                    found: self.found(body, &error),
                }
            })
        })
    }

    /// Words of the answer as they may be shown: others in their place if they give a secret of the request back.
    pub(crate) fn shown<'a>(&self, words: &'a str) -> &'a str {
        let gives_back = |secret: &Secret| {
            let value = secret.reveal();
            let json = Zeroizing::new(serde_json::Value::from(value).to_string());
            let form = Zeroizing::new(segment(value));
            let forms = [value, json.trim_matches('"'), &form];
            !value.is_empty() && forms.iter().any(|form| has(words, form))
        };
        if self.secrets.iter().any(gives_back) {
            "(words that hold a secret of the request)"
        } else {
            words
        }
    }

    /// The body as it came.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as text, unchanged.
    pub(crate) fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.body).map_err(|_| {
            self.subject.sent(Problem::NotText {
                status: self.status,
            })
        })
    }

    /// The pause that the system asks for.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        retry::retry_after(
            self.header(RETRY_AFTER.as_str())?,
            self.header(DATE.as_str()),
        )
    }

    /// Says what the body is, since it is not JSON.
    fn found(&self, body: &[u8], error: &serde_json::Error) -> String {
        let start = body.trim_ascii_start();
        let kind = clean(
            self.header(CONTENT_TYPE.as_str())
                .unwrap_or("no content type")
                .as_bytes(),
        );
        let begins = |with: &[u8]| {
            start
                .get(..with.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(with))
        };
        if start.is_empty() {
            "an empty body".to_owned()
        } else if kind.contains("html") || begins(b"<!doctype html") || begins(b"<html") {
            "an HTML page".to_owned()
        } else if matches!(start.first(), Some(b'{' | b'[' | b'"')) {
            format!(
                "broken JSON ({kind}), line {}, column {}",
                error.line(),
                error.column()
            )
        } else if self.quotable {
            format!("{kind}: {}", clean(start))
        } else {
            format!("{kind}, {} bytes", body.len())
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Whether words hold a text. A short one counts as a word of its own alone, since it stands within many others.
fn has(words: &str, text: &str) -> bool {
    const SHORT: usize = 4;
    let is_other = |neighbour: Option<char>| !neighbour.is_some_and(char::is_alphanumeric);
    words.match_indices(text).any(|(at, _)| {
        let (before, after) = (&words[..at], &words[at + text.len()..]);
        let stands_alone = is_other(before.chars().next_back()) && is_other(after.chars().next());
        text.len() >= SHORT || stands_alone
    })
}

/// Shortens a text of others to one line that is safe to print.
fn clean(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text.get(..EXCERPT * 4).unwrap_or(text));
    let printable = |char: char| {
        if char.is_control() || is_invisible(char) {
            ' '
        } else {
            char
        }
    };
    text.chars()
        .take(EXCERPT)
        .map(printable)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

/// Whether a character changes the order or the look of those around it.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
