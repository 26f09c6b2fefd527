//! One request as the rules see it: the path in segments, the query, and the body read when it is asked for.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri, header};
use serde_json::{Map, Value};

use super::id::Id;
use super::refusal::Refusal;
use crate::emulate::path::decoded;

/// A request.
pub(crate) struct Call {
    pub method: Method,
    /// As it was sent.
    pub path: String,
    pub segments: Vec<String>,
    query: Vec<(String, String)>,
    pub headers: HeaderMap,
    body: Bytes,
}

impl Call {
    /// Takes a request apart.
    pub(crate) fn new(method: Method, uri: &Uri, headers: HeaderMap, body: Bytes) -> Self {
        let path = uri.path().to_owned();
        let segments = path.trim_matches('/').split('/').map(decoded).collect();
        let query = uri.query().unwrap_or_default().as_bytes();
        let query = url::form_urlencoded::parse(query).into_owned().collect();
        Self {
            method,
            path,
            segments,
            query,
            headers,
            body,
        }
    }

    /// A parameter, which may be empty.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A parameter that is a number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.query(name) else {
            return Ok(None);
        };
        let number = text.parse();
        number
            .map(Some)
            .map_err(|_| Refusal::bad(format!("The parameter {name} must be a number")))
    }

    /// The part of a list that `page`, which counts from 1, and `count` ask for, both of which must be there.
    pub(crate) fn page<T>(&self, rows: Vec<T>) -> Result<Vec<T>, Refusal> {
        let required = |name: &str| match self.number(name)? {
            Some(number) if number > 0 => Ok(number),
            _ => Err(Refusal::bad(format!(
                "The parameter {name} is required and counts from 1"
            ))),
        };
        let (page, count) = (required("page")?, required("count")?);
        let skipped = (page - 1).saturating_mul(count);
        Ok(rows.into_iter().skip(skipped).take(count).collect())
    }

    /// The members of the body, which is JSON, or a form, which the log-in has been seen to accept \[27\]. Nothing at all
    /// is no member.
    pub(crate) fn members(&self) -> Result<Members, Refusal> {
        let text = self.body.trim_ascii();
        if text.is_empty() {
            return Ok(Members(Map::new()));
        }
        let kind = self.headers.get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("application/x-www-form-urlencoded") {
            let pairs = url::form_urlencoded::parse(text).into_owned();
            let pairs = pairs.map(|(name, value)| (name, Value::String(value)));
            return Ok(Members(pairs.collect()));
        }
        match serde_json::from_slice(text) {
            Ok(Value::Object(members)) => Ok(Members(members)),
            Ok(_) => Err(Refusal::bad("The request body must be a JSON object")),
            Err(error) => Err(Refusal::bad(format!(
                "The request body is not JSON: {error}"
            ))),
        }
    }
}

/// The members of a body. `null` says as much as nothing, and members that nobody asks for are ignored.
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// A member, which may be `null`.
    pub(crate) fn given(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A member that says something.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.given(name).filter(|value| !value.is_null())
    }

    /// All members.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let text = value.as_str();
        text.map(Some)
            .ok_or_else(|| Refusal::bad(format!("{name} must be a string")))
    }

    /// A text that must be there and say something.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        let text = self.text(name)?;
        text.filter(|text| !text.trim().is_empty())
            .ok_or_else(|| Refusal::bad(format!("{name} is required")))
    }

    /// A whole number, which may be written as a text.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = whole(value);
        number
            .map(Some)
            .ok_or_else(|| Refusal::bad(format!("{name} must be a whole number")))
    }

    /// A truth value.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let flag = value.as_bool();
        flag.map(Some)
            .ok_or_else(|| Refusal::bad(format!("{name} must be true or false")))
    }

    /// An id.
    pub(crate) fn id(&self, name: &str) -> Result<Option<Id>, Refusal> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let id = Id::parse(text);
        id.map(Some)
            .ok_or_else(|| Refusal::bad(format!("{name} must be an id")))
    }
}

/// A whole number, or a text that is one.
pub(crate) fn whole(value: &Value) -> Option<u64> {
    let of_text = || value.as_str().and_then(|text| text.trim().parse().ok());
    value.as_u64().or_else(of_text)
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::{HeaderMap, Method};

    use super::Call;

    fn call(uri: &str, body: &'static str) -> Call {
        let (uri, body) = (uri.parse().unwrap(), Bytes::from_static(body.as_bytes()));
        Call::new(Method::GET, &uri, HeaderMap::new(), body)
    }

    #[test]
    fn a_page_counts_from_one_and_both_its_numbers_must_be_there() {
        let rows = || vec!['a', 'b', 'c'];
        let page = |query: &str| call(query, "").page(rows());
        assert_eq!(page("/?page=2&count=2").unwrap(), ['c']);
        assert!(page("/?page=9&count=2").unwrap().is_empty());
        for query in [
            "/?page=1",
            "/?count=1",
            "/?page=0&count=1",
            "/?page=a&count=1",
        ] {
            assert!(page(query).is_err(), "{query}");
        }
    }

    #[test]
    fn null_is_nothing_and_a_number_may_be_a_text() {
        let members = call("/", r#"{"a": null, "speed": "100", "half": 1.5}"#).members();
        let members = members.unwrap();
        assert!(members.get("a").is_none() && members.given("a").is_some());
        assert_eq!(members.number("speed").unwrap(), Some(100));
        assert!(members.number("half").is_err());
        assert!(call("/", "[1]").members().is_err());
        assert!(call("/", "{").members().is_err());
    }
}
