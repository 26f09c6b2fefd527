//! The members of a request's body, each read as what it should be. Assumed: members that are unknown are ignored, and
//! `null` says as much as nothing.

use serde_json::{Map, Value};

use super::envelope::Refusal;

/// The members of a body. Of a form every value is a text.
#[derive(Default)]
pub(crate) struct Members(pub Map<String, Value>);

impl Members {
    /// What was sent under a name, if it says something.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text. Assumed: a number is taken for its digits.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(Refusal::invalid(name)),
        }
    }

    /// A text that says something.
    pub(crate) fn filled(&self, name: &'static str) -> Result<Option<String>, Refusal> {
        Ok(self.text(name)?.filter(|text| !text.is_empty()))
    }

    /// Puts a text in its place, if it was sent.
    pub(crate) fn put(&self, name: &'static str, place: &mut String) -> Result<(), Refusal> {
        if let Some(text) = self.text(name)? {
            *place = text;
        }
        Ok(())
    }

    /// Puts a text in a place that is empty without one, if it was sent.
    pub(crate) fn put_or_clear(
        &self,
        name: &'static str,
        place: &mut Option<String>,
    ) -> Result<(), Refusal> {
        if let Some(text) = self.text(name)? {
            *place = Some(text).filter(|text| !text.is_empty());
        }
        Ok(())
    }

    /// True or false. Assumed: also as a word, for a form has nothing else.
    pub(crate) fn flag(&self, name: &'static str) -> Result<Option<bool>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(value) => {
                let word = value.as_str().and_then(|word| word.parse().ok());
                word.map(Some).ok_or_else(|| Refusal::invalid(name))
            }
        }
    }

    /// An object.
    pub(crate) fn object(
        &self,
        name: &'static str,
    ) -> Result<Option<&Map<String, Value>>, Refusal> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let object = value.as_object();
        object.map(Some).ok_or_else(|| Refusal::invalid(name))
    }

    /// A list.
    pub(crate) fn list(&self, name: &'static str) -> Result<Option<&[Value]>, Refusal> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let list = value.as_array().map(Vec::as_slice);
        list.map(Some).ok_or_else(|| Refusal::invalid(name))
    }
}
