//! Lists of SCIM: one filter and one page. Assumed: `attribute eq "value"` is the only filter, a page has 25 rows
//! unless `count` says otherwise, and never more than 100.

use std::collections::HashMap;

use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::Refusal;

const PAGE: usize = 25;
const LARGEST_PAGE: usize = 100;

/// What a list is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub filter: Option<Filter>,
    start: usize,
    count: usize,
}

/// A comparison of one attribute for equality.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    pub attribute: String,
    pub value: String,
}

impl Wanted {
    /// Reads the parameters of a list; those that are unknown are ignored.
    pub(crate) fn read(query: &HashMap<String, String>) -> Result<Self, Refusal> {
        let number = |name: &str, default: i64| match query.get(name) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| {
                Refusal::bad("invalidValue", format!("{name} must be a whole number"))
            }),
        };
        let start = number("startIndex", 1)?.max(1);
        let count = number("count", PAGE as i64)?.clamp(0, LARGEST_PAGE as i64);
        Ok(Self {
            filter: query
                .get("filter")
                .map(|text| Filter::read(text))
                .transpose()?,
            start: usize::try_from(start).unwrap_or(usize::MAX),
            count: usize::try_from(count).unwrap_or(LARGEST_PAGE),
        })
    }

    /// Answers with one page of the rows.
    pub(crate) fn page<T>(&self, rows: &[&T], show: impl Fn(&T) -> Value) -> Response {
        let page: Vec<Value> = rows
            .iter()
            .skip(self.start - 1)
            .take(self.count)
            .map(|row| show(row))
            .collect();
        Json(json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": rows.len(),
            "startIndex": self.start,
            "itemsPerPage": page.len(),
            "Resources": page,
        }))
        .into_response()
    }
}

impl Filter {
    fn read(text: &str) -> Result<Self, Refusal> {
        let refusal = || Refusal::bad("invalidFilter", format!("cannot filter by: {text}"));
        let (attribute, rest) = text.trim().split_once(' ').ok_or_else(refusal)?;
        let (operator, value) = rest.trim_start().split_once(' ').ok_or_else(refusal)?;
        if !operator.eq_ignore_ascii_case("eq") {
            return Err(refusal());
        }
        Ok(Self {
            attribute: attribute.to_owned(),
            // In SCIM a compared value is written as JSON.
            value: serde_json::from_str(value.trim()).map_err(|_| refusal())?,
        })
    }

    /// The refusal of an attribute by which lists cannot be filtered.
    pub(crate) fn refuse(&self) -> Refusal {
        Refusal::bad(
            "invalidFilter",
            format!("cannot filter by {}", self.attribute),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::Wanted;

    fn read(name: &str, value: &str) -> Option<Wanted> {
        Wanted::read(&HashMap::from([(name.to_owned(), value.to_owned())])).ok()
    }

    #[test]
    fn a_filter_compares_one_attribute() {
        let filter = |text| read("filter", text)?.filter;
        let seen = filter(r#"userName eq "a \"b\" c""#).unwrap();
        assert_eq!(
            (seen.attribute.as_str(), seen.value.as_str()),
            ("userName", r#"a "b" c"#)
        );
        assert!(filter(r#"userName EQ "a""#).is_some());
        for bad in [
            "",
            "userName",
            "userName eq a",
            r#"userName co "a""#,
            r#"userName eq "a" or id eq "b""#,
        ] {
            assert!(filter(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn paging_keeps_to_its_bounds() {
        assert_eq!(read("count", "500").unwrap().count, 100);
        assert_eq!(read("count", "-1").unwrap().count, 0);
        assert_eq!(read("other", "").unwrap().count, 25);
        assert_eq!(read("startIndex", "0").unwrap().start, 1);
        assert_eq!(read("startIndex", "x"), None);
    }
}
