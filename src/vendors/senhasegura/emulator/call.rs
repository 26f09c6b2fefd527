//! One request as the rules see it: the path taken apart, the query and the body.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};

use super::body;
use super::members::Members;

/// A request below the path of a family.
pub(crate) struct Call {
    pub method: Method,
    pub path: Vec<String>,
    query: HashMap<String, String>,
    pub headers: HeaderMap,
    body: Bytes,
}

impl Call {
    /// Takes a request apart.
    pub(crate) fn new(method: Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Self {
        let path = uri.path().trim_matches('/').split('/').map(decode);
        let query = uri.query().unwrap_or_default().as_bytes();
        let query = url::form_urlencoded::parse(query).into_owned().collect();
        Self {
            method,
            path: path.collect(),
            query,
            headers,
            body,
        }
    }

    /// A parameter of the query that says something.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let value = self.query.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty())
    }

    /// The members of the body; nothing if it cannot be read. Assumed: such a body is short of its first field.
    pub(crate) fn members(&self) -> Option<Members> {
        body::members(&self.headers, &self.body).map(Members)
    }

    /// Puts a path and a method that only some pages print into the form that the others print.
    pub(crate) fn tighten(&mut self) {
        if let [_, rest] = self.path.as_slice() {
            let word = ["update", "inactive", "active"].into_iter().find(|word| {
                let identifier = rest.strip_prefix(word);
                identifier.is_some_and(|it| it.bytes().next().is_some_and(|b| b.is_ascii_digit()))
            });
            if let Some(word) = word {
                let identifier = self.path[1].split_off(word.len());
                self.path.push(identifier);
            }
        }
        let is_update = self.path.get(1).is_some_and(|word| word == "update");
        if self.method == Method::POST && is_update {
            self.method = Method::PUT;
        }
    }
}

/// Decodes a segment of a path; what cannot be decoded stays as it is.
fn decode(segment: &str) -> String {
    // In a form `+` is a space, which it is not in a path.
    let form = format!("={}", segment.replace('+', "%2b").replace('&', "%26"));
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    let value = pairs.next().map(|(_, value)| value.into_owned());
    value.unwrap_or_else(|| segment.to_owned())
}
