//! Reads the body of a PATCH: operations as the standard has them, or plain attributes.

use serde_json::{Map, Value};

use super::Refusal;

/// What an operation does with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Replace,
    Remove,
}

/// One operation on one attribute.
#[derive(Debug, PartialEq)]
pub(crate) struct Operation {
    pub op: Op,
    pub path: Path,
    pub value: Value,
}

/// Where an operation works: `name.formatted`, `members`, `members[value eq "2"]`, `emails[type eq "work"].value`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Path {
    /// The attribute, with what follows a filter but without the filter.
    pub attribute: String,
    /// The value that entries of the attribute are compared with, if the filter is on `value`.
    pub entry: Option<String>,
}

/// Reads the operations of a body that has no `Operations`. Assumed: the attributes it names are replaced.
pub(crate) fn plain(body: Map<String, Value>) -> Vec<Operation> {
    spread(Op::Replace, body)
}

/// Reads the operations of a body as the standard has them.
pub(crate) fn read(body: &Map<String, Value>) -> Result<Vec<Operation>, Refusal> {
    let syntax = |detail: &str| Refusal::bad("invalidSyntax", detail);
    let operations = body
        .get("Operations")
        .and_then(Value::as_array)
        .ok_or_else(|| syntax("Operations must be an array"))?;
    let mut read = Vec::new();
    for operation in operations {
        // Identity providers that the vendor supports write the operation with a capital.
        let op = operation
            .get("op")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let op = match op.to_lowercase().as_str() {
            "add" => Op::Add,
            "replace" => Op::Replace,
            "remove" => Op::Remove,
            _ => return Err(syntax("op must be add, remove or replace")),
        };
        let value = operation.get("value").cloned().unwrap_or_default();
        match (operation.get("path").and_then(Value::as_str), value) {
            (Some(path), value) => read.push(Operation {
                op,
                path: Path::read(path)?,
                value,
            }),
            (None, Value::Object(attributes)) if op != Op::Remove => {
                read.extend(spread(op, attributes));
            }
            (None, _) => return Err(Refusal::bad("noTarget", "an operation needs a path")),
        }
    }
    Ok(read)
}

fn spread(op: Op, attributes: Map<String, Value>) -> Vec<Operation> {
    attributes
        .into_iter()
        .filter(|(attribute, _)| !matches!(attribute.as_str(), "schemas" | "id" | "meta"))
        .map(|(attribute, value)| Operation::on(op, attribute, value))
        .collect()
}

impl Operation {
    /// An operation on a whole attribute.
    pub(crate) fn on(op: Op, attribute: String, value: Value) -> Self {
        let entry = None;
        Self {
            op,
            path: Path { attribute, entry },
            value,
        }
    }
}

impl Path {
    fn read(text: &str) -> Result<Self, Refusal> {
        let invalid = || Refusal::bad("invalidPath", format!("cannot patch {text}"));
        let Some((attribute, rest)) = text.split_once('[') else {
            return Ok(Self {
                attribute: text.to_owned(),
                entry: None,
            });
        };
        let (filter, rest) = rest.rsplit_once(']').ok_or_else(invalid)?;
        let mut words = filter.splitn(3, ' ');
        let (Some(on), Some("eq"), Some(value)) = (words.next(), words.next(), words.next()) else {
            return Err(invalid());
        };
        let value = serde_json::from_str(value).map_err(|_| invalid())?;
        Ok(Self {
            attribute: format!("{attribute}{rest}"),
            entry: Some(value).filter(|_| on == "value"),
        })
    }

    /// The refusal of a path that leads nowhere.
    pub(crate) fn refuse(&self) -> Refusal {
        Refusal::bad("invalidPath", format!("cannot patch {}", self.attribute))
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn a_path_is_read_with_its_filter() {
        let read = |text| {
            let path = Path::read(text).ok()?;
            Some((path.attribute, path.entry))
        };
        let is = |attribute: &str, entry: Option<&str>| {
            Some((attribute.to_owned(), entry.map(str::to_owned)))
        };
        assert_eq!(read("name.formatted"), is("name.formatted", None));
        assert_eq!(read(r#"members[value eq "2"]"#), is("members", Some("2")));
        assert_eq!(
            read(r#"emails[type eq "work"].value"#),
            is("emails.value", None)
        );
        assert_eq!(read(r#"members[value eq 2"#), None);
        assert_eq!(read(r#"members[value]"#), None);
    }
}
