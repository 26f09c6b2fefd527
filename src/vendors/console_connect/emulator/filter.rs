//! The `filter` of lists in `/v2`: URL-encoded JSON with `where`, `skip` and `limit`, as LoopBack has it.

use serde_json::{Map, Value};

use super::call::{Call, whole};
use super::refusal::Refusal;

/// What a list is narrowed to.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    conditions: Map<String, Value>,
    skip: usize,
    limit: Option<usize>,
}

impl Filter {
    /// Reads the filter of a request; without one, the list is whole.
    pub(crate) fn read(call: &Call) -> Result<Self, Refusal> {
        let Some(text) = call.query("filter") else {
            return Ok(Self::default());
        };
        let value: Value = serde_json::from_str(text)
            .map_err(|error| Refusal::bad(format!("The filter is not JSON: {error}")))?;
        let number = |name: &str| match value.get(name) {
            None => Ok(None),
            Some(given) => whole(given)
                .and_then(|number| usize::try_from(number).ok())
                .map(Some)
                .ok_or_else(|| Refusal::bad(format!("{name} of the filter must be a number"))),
        };
        let conditions = match value.get("where") {
            None => Map::new(),
            Some(Value::Object(conditions)) => conditions.clone(),
            Some(_) => return Err(Refusal::bad("where of the filter must be an object")),
        };
        Ok(Self {
            conditions,
            skip: number("skip")?.unwrap_or(0),
            limit: number("limit")?,
        })
    }

    /// The rows that are asked for.
    pub(crate) fn apply(&self, rows: impl Iterator<Item = Value>) -> Value {
        let those = rows.filter(|row| {
            self.conditions
                .iter()
                .all(|(path, it)| meets(row, path, it))
        });
        let those = those.skip(self.skip);
        those.take(self.limit.unwrap_or(usize::MAX)).collect()
    }
}

/// Whether a row meets a condition on a dotted path.
fn meets(row: &Value, path: &str, condition: &Value) -> bool {
    let place = format!("/{}", path.replace('.', "/"));
    let value = row.pointer(&place).unwrap_or(&Value::Null);
    let Some(operators) = condition.as_object() else {
        return value == condition;
    };
    operators
        .iter()
        .all(|(operator, operand)| match operator.as_str() {
            "like" => {
                let is_lax = operators.get("options") == Some(&Value::from("i"));
                contains(value, operand, is_lax)
            }
            "in" => operand.as_array().is_some_and(|all| all.contains(value)),
            // Of the one beside it.
            "options" => true,
            _ => false,
        })
}

fn contains(value: &Value, part: &Value, is_lax: bool) -> bool {
    let (Some(value), Some(part)) = (value.as_str(), part.as_str()) else {
        return false;
    };
    let part = part.trim_matches('%');
    if is_lax {
        value.to_lowercase().contains(&part.to_lowercase())
    } else {
        value.contains(part)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::{HeaderMap, Method};
    use serde_json::{Value, json};

    use super::Filter;
    use crate::vendors::console_connect::emulator::call::Call;

    fn filtered(filter: &Value) -> Value {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("filter", &filter.to_string())
            .finish();
        let uri = format!("/?{query}").parse().unwrap();
        let call = Call::new(Method::GET, &uri, HeaderMap::new(), Bytes::new());
        let rows = [
            json!({ "n": 1, "name": "North", "at": { "ready": true } }),
            json!({ "n": 2, "name": "South", "at": { "ready": false } }),
            json!({ "n": 3, "name": "northern", "at": { "ready": true } }),
        ];
        let shown = Filter::read(&call).unwrap().apply(rows.into_iter());
        let shown = shown.as_array().unwrap().iter();
        shown.map(|row| row["n"].clone()).collect()
    }

    #[test]
    fn rows_are_found_by_paths_likeness_and_lists() {
        let found = |condition: Value| filtered(&json!({ "where": condition }));
        assert_eq!(found(json!({ "at.ready": true })), json!([1, 3]));
        let like = json!({ "name": { "like": "north", "options": "i" } });
        assert_eq!(found(like), json!([1, 3]));
        assert_eq!(found(json!({ "name": { "like": "north" } })), json!([3]));
        assert_eq!(found(json!({ "n": { "in": [2, 3] } })), json!([2, 3]));
        assert_eq!(found(json!({ "n": { "near": 2 } })), json!([]));
    }

    #[test]
    fn a_part_is_cut_out() {
        assert_eq!(filtered(&json!({ "skip": 1, "limit": 1 })), json!([2]));
    }
}
