//! Turns nodes of the YAML into typed values. A mistake is pushed and reading goes on, so all of them show at once.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use super::secret::SecretSources;
use super::vars::{self, Vars};
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::place::Place;
use crate::model::reference::Link;
use crate::model::secret::Secret;
use crate::suggest::suggest;
use crate::yaml::{Entry, Node, View};

const WRONG_TYPE: Code = Code("wrong-type");
const MISSING_KEY: Code = Code("missing-key");
const UNKNOWN_KEY: Code = Code("unknown-key");
const NO_VALUE: Code = Code("no-value");
const WRITTEN_TWICE: Code = Code("written-twice");
const UNKNOWN_WORD: Code = Code("unknown-word");

/// A value that can be read from YAML.
pub(crate) trait Decode: Sized {
    /// Reads it, or pushes at least one error and gives None.
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self>;
}

/// What reading any value may need, and where mistakes go.
pub(crate) struct Reader<'a> {
    vars: &'a Vars,
    pub(super) secrets: &'a dyn SecretSources,
    diagnostics: RefCell<Diagnostics>,
    /// References read since [`Reader::take_links`] was last asked.
    links: RefCell<Vec<Link>>,
    /// Whether a secret that is to be made up was read since [`Reader::take_generated`] was last asked.
    generated: Cell<bool>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(vars: &'a Vars, secrets: &'a dyn SecretSources) -> Self {
        Self {
            vars,
            secrets,
            diagnostics: RefCell::default(),
            links: RefCell::default(),
            generated: Cell::default(),
        }
    }

    pub(crate) fn push(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// Remembers a reference, so that it can be checked even if the rest of its declaration is too broken to be kept.
    pub(crate) fn refer(&self, link: Link) {
        self.links.borrow_mut().push(link);
    }

    /// The references read since this was last asked.
    pub(crate) fn take_links(&self) -> Vec<Link> {
        self.links.take()
    }

    /// Remembers that a secret is to be made up, which not every field takes.
    pub(super) fn note_generated(&self) {
        self.generated.set(true);
    }

    /// Whether a secret that is to be made up was read since this was last asked.
    pub(super) fn take_generated(&self) -> bool {
        self.generated.take()
    }

    pub(crate) fn into_diagnostics(self) -> Diagnostics {
        self.diagnostics.into_inner()
    }

    /// The node as a mapping whose keys are fields.
    pub(crate) fn mapping<'n>(
        &self,
        node: &'n Node,
        what: &'static str,
    ) -> Option<Mapping<'_, 'n>> {
        let entries = self.entries(node, what)?;
        Some(Mapping {
            reader: self,
            what,
            place: node.place(),
            entries,
            asked: Vec::new(),
        })
    }

    /// The node as a mapping whose keys are the user's own names.
    pub(crate) fn entries<'n>(&self, node: &'n Node, what: &str) -> Option<&'n [Entry]> {
        match node.view() {
            View::Map(entries) => Some(entries),
            View::Null | View::Scalar(_) | View::List(_) => {
                self.wrong_type(node, &format!("{what} (a mapping)"));
                None
            }
        }
    }

    pub(crate) fn list<'n>(&self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match node.view() {
            View::List(items) => Some(items),
            View::Null | View::Scalar(_) | View::Map(_) => {
                self.wrong_type(node, &format!("{what} (a list)"));
                None
            }
        }
    }

    /// The node's text, with variables put in.
    pub(crate) fn text(&self, node: &Node, what: &str) -> Option<String> {
        let (text, _) = self.scalar(node, what)?;
        Some(text)
    }

    /// The text of a secret, with variables put in. A mistake in it is told without a word of the text.
    pub(super) fn secret_text(&self, node: &Node) -> Option<Secret> {
        let View::Scalar(scalar) = node.view() else {
            self.wrong_type(node, "a secret");
            return None;
        };
        let mut mistakes = Diagnostics::default();
        let text = self
            .vars
            .substitute(&scalar.text, node.place(), &mut mistakes);
        if text.is_none() {
            let message = "a `${…}` in this secret cannot be put in";
            self.push(
                Diagnostic::error(vars::BAD_SUBSTITUTION, node.place(), message)
                    .help("only `${var.NAME}` is put in; write `$${` for a literal `${`"),
            );
        }
        text.map(Secret::new)
    }

    /// The node's text, with variables put in, and whether it was written without quotes.
    fn scalar(&self, node: &Node, what: &str) -> Option<(String, bool)> {
        match node.view() {
            View::Scalar(scalar) => {
                let mut diagnostics = self.diagnostics.borrow_mut();
                let text = self
                    .vars
                    .substitute(&scalar.text, node.place(), &mut diagnostics)?;
                // A flow mapping takes `${` only in quotes, so what one variable stands for counts as unquoted.
                Some((text, scalar.plain || vars::is_one_variable(&scalar.text)))
            }
            View::Null | View::List(_) | View::Map(_) => {
                self.wrong_type(node, what);
                None
            }
        }
    }

    /// Says that something else was expected. What stands behind an alias is shown where it is written, too.
    pub(crate) fn wrong_type(&self, node: &Node, expected: &str) {
        let message = format!("expected {expected}, found {}", node.what());
        let wrong = Diagnostic::error(WRONG_TYPE, node.place(), message);
        self.push(if node.origin() == node.place() {
            wrong
        } else {
            wrong.related(node.origin(), "written here")
        });
    }

    /// One word out of a few; each with what it stands for.
    pub(crate) fn word<T: Copy>(&self, node: &Node, what: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(node, what)?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            self.unknown_word(
                node.place(),
                &text,
                what,
                words.iter().map(|(word, _)| *word),
            );
        }
        found.map(|(_, value)| *value)
    }

    fn unknown_word<'w>(
        &self,
        place: Place,
        text: &str,
        what: &str,
        words: impl Iterator<Item = &'w str> + Clone,
    ) {
        let listed = words
            .clone()
            .map(|it| format!("`{it}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let unknown = Diagnostic::error(
            UNKNOWN_WORD,
            place,
            format!("`{text}` is not {what}: {listed}"),
        );
        self.push(match suggest(text, words) {
            Some(near) => unknown.label(format!("did you mean `{near}`?")),
            None => unknown,
        });
    }
}

/// A mapping whose keys are fields. Every key that is asked for is known; [`Mapping::finish`] reports the others.
pub(crate) struct Mapping<'r, 'n> {
    reader: &'r Reader<'r>,
    what: &'static str,
    place: Place,
    entries: &'n [Entry],
    asked: Vec<&'static str>,
}

impl<'r, 'n> Mapping<'r, 'n> {
    pub(crate) fn reader(&self) -> &'r Reader<'r> {
        self.reader
    }

    /// What is written under a key, which is not known for that.
    pub(crate) fn peek(&self, key: &str) -> Option<&'n Node> {
        let mut entries = self.entries.iter();
        let entry = entries.find(|entry| *entry.key.text == *key)?;
        Some(&entry.value)
    }

    /// Takes a key for known without reading it.
    pub(crate) fn know(&mut self, key: &'static str) {
        self.asked.push(key);
    }

    /// The node under a key, if it is there. A key with nothing behind it is a mistake.
    pub(crate) fn node(&mut self, key: &'static str) -> Option<&'n Node> {
        self.asked.push(key);
        let entry = self.entries.iter().find(|entry| *entry.key.text == *key)?;
        if matches!(entry.value.view(), View::Null) {
            self.reader.push(
                Diagnostic::error(NO_VALUE, entry.key.place, format!("`{key}` has no value")).help(
                    "leave the key out if it is not yours to manage; write \"\" or [] to empty it",
                ),
            );
            return None;
        }
        Some(&entry.value)
    }

    pub(crate) fn optional<T: Decode>(&mut self, key: &'static str) -> Option<T> {
        let node = self.node(key)?;
        T::decode(node, self.reader)
    }

    /// The node under a key that must be there.
    pub(crate) fn required_node(&mut self, key: &'static str) -> Option<&'n Node> {
        if !self.entries.iter().any(|entry| *entry.key.text == *key) {
            self.asked.push(key);
            self.reader.push(Diagnostic::error(
                MISSING_KEY,
                self.place,
                format!("{} needs `{key}`", self.what),
            ));
            return None;
        }
        self.node(key)
    }

    pub(crate) fn required<T: Decode>(&mut self, key: &'static str) -> Option<T> {
        let node = self.required_node(key)?;
        T::decode(node, self.reader)
    }

    /// Reports the keys that nothing asked for.
    pub(crate) fn finish(self) {
        let Self {
            reader,
            what,
            place: _,
            entries,
            asked,
        } = self;
        for Entry { key, value: _ } in entries {
            if asked.contains(&&*key.text) {
                continue;
            }
            let unknown = Diagnostic::error(
                UNKNOWN_KEY,
                key.place,
                format!("{what} has no key `{}`", key.text),
            );
            let known = asked.iter().copied().collect::<BTreeSet<_>>();
            reader.push(match suggest(&key.text, known.iter().copied()) {
                Some(near) => unknown.label(format!("did you mean `{near}`?")),
                None => {
                    let known = known.into_iter().collect::<Vec<_>>().join(", ");
                    unknown.help(format!("its keys are: {known}"))
                }
            });
        }
    }
}

impl Decode for String {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        reader.text(node, "text")
    }
}

impl Decode for bool {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        match reader.scalar(node, "`true` or `false`")? {
            (text, true) if text == "true" => Some(true),
            (text, true) if text == "false" => Some(false),
            (text, _) => {
                reader.unknown_word(
                    node.place(),
                    &text,
                    "a truth value (without quotes)",
                    ["true", "false"].into_iter(),
                );
                None
            }
        }
    }
}

impl Decode for u32 {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let (text, plain) = reader.scalar(node, "a whole number")?;
        let number = text.parse().ok().filter(|_| plain);
        if number.is_none() {
            reader.push(Diagnostic::error(
                WRONG_TYPE,
                node.place(),
                format!("expected a whole number from 0 on, without quotes, found `{text}`"),
            ));
        }
        number
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let items = reader.list(node, "values")?;
        let read = items
            .iter()
            .map(|item| T::decode(item, reader))
            .collect::<Vec<_>>();
        read.into_iter().collect()
    }
}

/// A list in which order means nothing. Saying the same twice is a mistake.
impl<T: Decode + Ord> Decode for BTreeSet<T> {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let mut set = Self::new();
        let mut sound = true;
        for item in reader.list(node, "values")? {
            match T::decode(item, reader) {
                Some(value) => {
                    if !set.insert(value) {
                        sound = false;
                        reader.push(Diagnostic::error(
                            WRITTEN_TWICE,
                            item.place(),
                            "the list says this twice",
                        ));
                    }
                }
                None => sound = false,
            }
        }
        sound.then_some(set)
    }
}
