//! Takes a request apart: the action in its query, and the parameters, which are one JSON object in the form field
//! `data`. Assumed: the object may also be the raw body, and a request without either has no parameters \[4\].

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// The name of the action that a query asks for; empty if it asks for none.
pub(crate) fn action(query: Option<&str>) -> String {
    let query = query.unwrap_or_default().as_bytes();
    let mut pairs = url::form_urlencoded::parse(query);
    let action = pairs.find(|(name, _)| name == "action");
    action.map_or_else(String::new, |(_, value)| value.into_owned())
}

/// The parameters of a request.
#[derive(Debug)]
pub(crate) struct Parameters(Map<String, Value>);

impl Parameters {
    /// Reads a form or a raw object, told apart by the content type or, without one, by their look.
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        let is_form = kind.starts_with("application/x-www-form-urlencoded");
        let is_object = body.trim_ascii_start().starts_with(b"{");
        let json = if !is_form && (kind.contains("json") || is_object) {
            body.to_owned()
        } else {
            let mut fields = url::form_urlencoded::parse(body);
            let data = fields.find(|(name, _)| name == "data");
            data.map_or_else(Vec::new, |(_, value)| value.into_owned().into_bytes())
        };
        if json.trim_ascii().is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(&json) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) | Err(_) => Err(Refusal::mistyped("data", "a JSON object")),
        }
    }

    /// A parameter that says something: `null` is as good as none.
    pub(crate) fn given(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Whether a parameter is there and `null`.
    pub(crate) fn is_null(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(Value::is_null)
    }

    /// A text, if it is given.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        self.given(name)
            .map(|value| {
                value
                    .as_str()
                    .ok_or_else(|| Refusal::mistyped(name, "a string"))
            })
            .transpose()
    }

    /// A text that must be given.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)?.ok_or_else(|| Refusal::missing(name))
    }

    /// An id that must be given, as a number or as the text of one.
    pub(crate) fn id(&self, name: &str) -> Result<u64, Refusal> {
        let value = self.given(name).ok_or_else(|| Refusal::missing(name))?;
        let text = value.as_str().and_then(|text| text.trim().parse().ok());
        text.or_else(|| value.as_u64())
            .ok_or_else(|| Refusal::mistyped(name, "an integer"))
    }

    /// A whole number, if it is given.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.given(name)
            .map(|value| {
                value
                    .as_i64()
                    .ok_or_else(|| Refusal::mistyped(name, "an integer"))
            })
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{Parameters, action};

    const FORM: &str = "application/x-www-form-urlencoded";

    fn read(kind: &'static str, body: &str) -> Option<Parameters> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        Parameters::read(&headers, body.as_bytes()).ok()
    }

    #[test]
    fn parameters_are_read_from_the_form_and_from_a_raw_object() {
        let name = |read: Option<Parameters>| read.unwrap().required("a").unwrap().to_owned();
        assert_eq!(
            name(read(FORM, "x=1&data=%7B%22a%22%3A%22b+c%22%7D")),
            "b c"
        );
        assert_eq!(name(read("application/json", r#"{"a":"b"}"#)), "b");
        assert_eq!(name(read("", r#" {"a":"b"}"#)), "b");
        for nothing in ["", "x=1", "data=", "data={}"] {
            assert!(read(FORM, nothing).unwrap().given("a").is_none());
        }
    }

    #[test]
    fn what_is_no_object_is_not_read() {
        for (kind, body) in [
            (FORM, "data=[]"),
            (FORM, "data=%7B"),
            (FORM, "data=1"),
            ("application/json", "data={}"),
        ] {
            assert!(read(kind, body).is_none(), "{kind}: {body}");
        }
    }

    #[test]
    fn an_id_may_be_the_text_of_a_number() {
        let id = |json: &str| read("application/json", json).unwrap().id("id").ok();
        assert_eq!(id(r#"{"id":7}"#), Some(7));
        assert_eq!(id(r#"{"id":"7"}"#), Some(7));
        for wrong in [r#"{"id":-7}"#, r#"{"id":"x"}"#, r#"{"id":7.5}"#, "{}"] {
            assert_eq!(id(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_action_is_in_the_query() {
        assert_eq!(action(Some("x=1&action=find_users")), "find_users");
        assert_eq!(action(Some("action")), "");
        assert_eq!(action(None), "");
    }
}
