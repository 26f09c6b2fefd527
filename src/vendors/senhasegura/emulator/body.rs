//! Reads request bodies: JSON or a form, told apart by the content type or, without one, by their look.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

/// The members of a body; nothing if it is neither a JSON object nor a form. Of a form every value is a string.
pub(crate) fn members(headers: &HeaderMap, body: &[u8]) -> Option<Map<String, Value>> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        return form(body);
    }
    if kind.contains("json") || body.trim_ascii_start().starts_with(b"{") {
        return serde_json::from_slice(body).ok();
    }
    form(body)
}

fn form(body: &[u8]) -> Option<Map<String, Value>> {
    let body = std::str::from_utf8(body).ok()?;
    if !body.is_empty() && !body.contains('=') {
        return None;
    }
    let pairs = url::form_urlencoded::parse(body.as_bytes());
    Some(
        pairs
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::members;

    fn read(kind: Option<&'static str>, body: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        if let Some(kind) = kind {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        members(&headers, body.as_bytes()).map(|members| members["a"].to_string())
    }

    #[test]
    fn json_and_forms_are_told_apart() {
        let form = Some("application/x-www-form-urlencoded");
        assert_eq!(read(form, "a=b+c").unwrap(), r#""b c""#);
        assert_eq!(
            read(Some("application/json"), r#"{"a":[1]}"#).unwrap(),
            "[1]"
        );
        assert_eq!(read(None, r#" {"a":1}"#).unwrap(), "1");
        assert_eq!(read(None, "a=1").unwrap(), r#""1""#);
    }

    #[test]
    fn what_is_neither_is_not_read() {
        assert_eq!(read(Some("application/json"), "a=1"), None);
        assert_eq!(read(Some("application/json"), "[1]"), None);
        assert_eq!(read(None, "garbage"), None);
    }
}
