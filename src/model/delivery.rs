//! What a vendor shows once, where a declaration says that it goes, and the door through which it gets there.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use indexmap::IndexMap;

use super::place::Place;
use super::secret::Secret;

/// Where a secret goes that the vendor makes when it creates an object and shows that one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretOutput {
    pub to: Destination,
    /// Where the YAML says it.
    pub place: Place,
}

/// Who takes a secret. Only `load` makes one, so that each is one that the workspace allows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Destination {
    /// A file that is made for it: a path relative to the workspace, inside it, without `.` and `..`.
    File(String),
    /// A program, run without a shell, that reads it from its standard input.
    Command { program: String, args: Vec<String> },
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {path}"),
            Self::Command { program, args: _ } => write!(f, "the program {program}"),
        }
    }
}

/// The door through which secrets leave a run. Whoever stands behind it never says what it was given.
pub(crate) trait Deliver: Send + Sync {
    /// Why nothing could be delivered there, as far as that shows before anything is.
    fn check(&self, to: &Destination) -> Result<(), String>;

    /// Delivers a text, or says why it could not.
    fn deliver<'a>(&'a self, to: &'a Destination, text: Secret) -> Delivering<'a>;
}

/// A delivery under way.
pub(crate) type Delivering<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// What is delivered: one line of JSON, an object with these members.
pub(crate) fn object(members: &[(&str, &Secret)]) -> Secret {
    // A text that grows would leave copies of itself behind; no character takes more than six.
    let length = |(name, value): &(&str, &Secret)| 6 * (name.len() + value.reveal().len() + 1);
    let mut text = Vec::with_capacity(2 + members.iter().map(length).sum::<usize>());
    let members = members.iter().map(|(name, value)| (*name, value.reveal()));
    let members = members.collect::<IndexMap<_, _>>();
    serde_json::to_writer(&mut text, &members).expect("text can be written as JSON");
    text.push(b'\n');
    Secret::new(String::from_utf8(text).expect("JSON is text"))
}

/// A door for tests, with nobody behind it but a list of what came through.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct Shelf {
    pub taken: std::sync::Mutex<Vec<String>>,
    /// Why it takes nothing, once asked to.
    pub refuses: Option<String>,
    /// Why nothing is asked of it.
    pub is_closed: Option<String>,
}

#[cfg(test)]
impl Deliver for Shelf {
    fn check(&self, _: &Destination) -> Result<(), String> {
        self.is_closed.clone().map_or(Ok(()), Err)
    }

    fn deliver<'a>(&'a self, to: &'a Destination, text: Secret) -> Delivering<'a> {
        let taken = format!("{to}: {}", text.reveal());
        Box::pin(std::future::ready(match &self.refuses {
            Some(why) => Err(why.clone()),
            None => {
                self.taken.lock().expect("nobody panics").push(taken);
                Ok(())
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::object;
    use crate::model::secret::Secret;

    #[test]
    fn what_is_delivered_is_one_line_of_json() {
        let [id, secret] = ["5d8b", "a \"b\"\n\u{1}"].map(|it| Secret::new(it.to_owned()));
        let text = object(&[("client_id", &id), ("client_secret", &secret)]);
        assert_eq!(
            text.reveal(),
            "{\"client_id\":\"5d8b\",\"client_secret\":\"a \\\"b\\\"\\n\\u0001\"}\n"
        );
    }
}
