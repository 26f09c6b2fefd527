//! The members of a request's JSON body. Their names are compared without regard to case, `null` says as much as
//! nothing, and members that nobody asks for are ignored.

use std::collections::BTreeMap;

use serde_json::Value;

use super::guid::Guid;
use super::refusal::Refusal;

/// A JSON object.
pub(crate) struct Members(BTreeMap<String, Value>);

impl Members {
    /// Reads an object; nothing at all is an empty one.
    pub(crate) fn read(value: &Value) -> Result<Self, Refusal> {
        let object = match value {
            Value::Null => return Ok(Self(BTreeMap::new())),
            Value::Object(object) => object,
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return Err(Refusal::bad("The request body must be a JSON object"));
            }
        };
        let given = object.iter().filter(|(_, value)| !value.is_null());
        let named = given.map(|(name, value)| (name.to_lowercase(), value.clone()));
        Ok(Self(named.collect()))
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(&name.to_lowercase())
    }

    /// A text of at most so many characters.
    pub(crate) fn text(&self, name: &str, longest: usize) -> Result<Option<String>, Refusal> {
        let text = match self.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                return Err(Refusal::bad(format!("The field {name} must be a string.")));
            }
        };
        // Assumed: the text is the one of the framework that the vendor's server is built with.
        if text.chars().count() > longest {
            return Err(Refusal::bad(format!(
                "The field {name} must be a string with a maximum length of {longest}."
            )));
        }
        Ok(Some(text))
    }

    /// A text that must be there and say something.
    pub(crate) fn required(&self, name: &str, longest: usize) -> Result<String, Refusal> {
        let text = self.text(name, longest)?;
        text.filter(|text| !text.trim().is_empty())
            .ok_or_else(|| Refusal::missing(name))
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let number = match self.get(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) => None,
        };
        number
            .map(Some)
            .ok_or_else(|| Refusal::bad(format!("The field {name} must be a number.")))
    }

    /// A number that must be there.
    pub(crate) fn required_number(&self, name: &str) -> Result<u64, Refusal> {
        self.number(name)?.ok_or_else(|| Refusal::missing(name))
    }

    /// A truth value, which may be written as a text.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let flag = match self.get(name) {
            None => return Ok(None),
            Some(Value::Bool(flag)) => Some(*flag),
            Some(Value::String(text)) => text.to_lowercase().parse().ok(),
            Some(Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_)) => None,
        };
        flag.map(Some)
            .ok_or_else(|| Refusal::bad(format!("The field {name} must be true or false.")))
    }

    /// A GUID, where the all-zero one is none.
    pub(crate) fn guid(&self, name: &str) -> Result<Option<Guid>, Refusal> {
        let Some(text) = self.text(name, usize::MAX)? else {
            return Ok(None);
        };
        let guid = Guid::parse(text.trim())
            .ok_or_else(|| Refusal::bad(format!("The field {name} must be a GUID.")))?;
        Ok((!guid.is_none()).then_some(guid))
    }

    /// A list; nothing is an empty one.
    pub(crate) fn list(&self, name: &str) -> Result<&[Value], Refusal> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Value::Array(entries)) => Ok(entries),
            Some(
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Object(_),
            ) => Err(Refusal::bad(format!("The field {name} must be a list."))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Members;

    #[test]
    fn names_are_compared_without_regard_to_case_and_null_is_nothing() {
        let members = Members::read(&json!({ "groupNAME": "a", "Other": null })).unwrap();
        assert_eq!(members.required("GroupName", 9).unwrap(), "a");
        assert!(members.text("other", 9).unwrap().is_none());
    }

    #[test]
    fn the_zero_guid_is_none() {
        let zero = "00000000-0000-0000-0000-000000000000";
        let members = Members::read(&json!({ "ParentId": zero })).unwrap();
        assert_eq!(members.guid("ParentId").unwrap(), None);
    }

    #[test]
    fn what_is_too_long_or_of_another_type_is_refused_by_name() {
        let members = Members::read(&json!({ "Title": "äöü", "Flag": 3 })).unwrap();
        assert!(members.text("Title", 3).is_ok());
        assert!(members.text("Title", 2).unwrap_err().text.contains("Title"));
        assert!(members.flag("Flag").unwrap_err().text.contains("Flag"));
        assert!(Members::read(&json!([1])).is_err());
    }
}
