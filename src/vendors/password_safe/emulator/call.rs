//! One request as the rules see it: path and query without regard to case, the body read when it is asked for.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use serde_json::Value;

use super::guid::Guid;
use super::members::Members;
use super::refusal::Refusal;
use crate::emulate::path::decoded;

/// A request.
pub(crate) struct Call {
    pub method: Method,
    /// Below the API's base, in lower case; nothing if it is not below it.
    pub path: Option<Vec<String>>,
    query: HashMap<String, String>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Where the API begins, in lower case: today's base and the one it had before.
const BASES: [&str; 2] = [
    "/beyondtrust/api/public/v3",
    "/eeye.retinacs.server/api/public/v3",
];

/// How many rows a list has that is not asked for fewer.
const LIMIT: usize = 1_000;

/// Which fields of a secret's model a request speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    V30,
    V31,
    V32,
}

/// The path below the API's base, in lower case and without slashes at its ends.
pub(crate) fn below_base(path: &str) -> Option<String> {
    let path = path.to_lowercase();
    let rest = BASES.iter().find_map(|base| path.strip_prefix(base))?;
    let is_whole = rest.is_empty() || rest.starts_with('/');
    is_whole.then(|| rest.trim_matches('/').to_owned())
}

impl Call {
    /// Takes a request apart.
    pub(crate) fn new(method: Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Self {
        let path = below_base(uri.path());
        let path = path.map(|path| path.split('/').map(decoded).collect());
        let query = uri.query().unwrap_or_default().as_bytes();
        let query = url::form_urlencoded::parse(query)
            .map(|(name, value)| (name.to_lowercase(), value.into_owned()))
            .collect();
        Self {
            method,
            path,
            query,
            headers,
            body,
        }
    }

    /// The body's JSON; `null` if there is no body.
    pub(crate) fn json(&self) -> Result<Value, Refusal> {
        if self.body.trim_ascii().is_empty() {
            return Ok(Value::Null);
        }
        let kind = self.content_type();
        if !kind.is_empty() && !kind.to_lowercase().contains("json") {
            return Err(Refusal::bare(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let value = serde_json::from_slice(&self.body);
        value.map_err(|error| Refusal::bad(format!("The request body is not JSON: {error}")))
    }

    /// The members of the body.
    pub(crate) fn members(&self) -> Result<Members, Refusal> {
        Members::read(&self.json()?)
    }

    /// The content type, or nothing.
    pub(crate) fn content_type(&self) -> &str {
        let kind = self.headers.get(header::CONTENT_TYPE);
        kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default()
    }

    /// A parameter that says something.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let value = self.query.get(&name.to_lowercase()).map(String::as_str);
        value.filter(|value| !value.is_empty())
    }

    /// A parameter of at most so many characters.
    pub(crate) fn short(&self, name: &str, longest: usize) -> Result<Option<&str>, Refusal> {
        match self.query(name) {
            Some(value) if value.chars().count() > longest => Err(Refusal::bad(format!(
                "The parameter {name} has a maximum length of {longest}."
            ))),
            value => Ok(value),
        }
    }

    /// A parameter that is true or false in any case.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let Some(value) = self.query(name) else {
            return Ok(None);
        };
        let flag = value.to_lowercase().parse();
        flag.map(Some)
            .map_err(|_| Refusal::bad(format!("The parameter {name} must be true or false.")))
    }

    /// A parameter that is a GUID.
    pub(crate) fn guid(&self, name: &str) -> Result<Option<Guid>, Refusal> {
        let Some(value) = self.query(name) else {
            return Ok(None);
        };
        let guid = Guid::parse(value);
        guid.map(Some)
            .ok_or_else(|| Refusal::bad(format!("The parameter {name} must be a GUID.")))
    }

    /// How many rows to skip and how many to show. Assumed: fewer than one, or to skip fewer than none, is refused.
    pub(crate) fn page(&self) -> Result<(usize, usize), Refusal> {
        let number = |name: &str, usual: usize, least: usize| match self.query(name) {
            None => Ok(usual),
            Some(text) => match text.parse() {
                Ok(number) if number >= least => Ok(number),
                _ => Err(Refusal::bad(format!(
                    "The parameter {name} must be a number of at least {least}."
                ))),
            },
        };
        Ok((number("offset", 0, 0)?, number("limit", LIMIT, 1)?))
    }

    /// The model's version. Assumed: a version that is not known is the highest known one below it, and one that
    /// cannot be read is 3.0.
    pub(crate) fn version(&self) -> Version {
        let asked = self.query("version").unwrap_or("3.0");
        let minor = asked.trim().strip_prefix("3.");
        match minor.and_then(|minor| minor.parse::<u64>().ok()) {
            None | Some(0) => Version::V30,
            Some(1) => Version::V31,
            Some(_) => Version::V32,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::{HeaderMap, Method};

    use super::{Call, Version, below_base};

    fn call(uri: &str) -> Call {
        let uri = uri.parse().unwrap();
        Call::new(Method::GET, &uri, HeaderMap::new(), Bytes::new())
    }

    #[test]
    fn a_path_is_read_in_any_case_and_with_a_slash_at_its_end() {
        let below = |path| below_base(path);
        for path in [
            "/BeyondTrust/api/public/v3/Secrets-Safe/Folders",
            "/beyondtrust/API/public/v3/secrets-safe/folders/",
            "/eEye.RetinaCS.Server/api/public/v3/secrets-safe/folders",
        ] {
            assert_eq!(below(path).as_deref(), Some("secrets-safe/folders"));
        }
        assert_eq!(below("/BeyondTrust/api/public/v31/Users"), None);
        assert_eq!(below("/other"), None);
    }

    #[test]
    fn a_version_that_is_not_known_is_the_highest_below_it() {
        let version = |text: &str| call(&format!("/?VERSION={text}")).version();
        assert_eq!(version("3.5"), Version::V32);
        assert_eq!(version("3.1"), Version::V31);
        assert_eq!(version("new"), Version::V30);
        assert_eq!(call("/").version(), Version::V30);
    }

    #[test]
    fn a_page_has_a_row_at_least() {
        assert_eq!(call("/?Limit=5&offset=2").page().unwrap(), (2, 5));
        assert_eq!(call("/").page().unwrap(), (0, 1000));
        assert!(call("/?limit=0").page().is_err());
        assert!(call("/?offset=-1").page().is_err());
    }
}
