//! What a setting of a policy is: how it is written, how it is sent, and which change of it takes protection away.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::model::field::{Field, Form, Value};

/// One setting. Its name is the way to it, sections and key, in the YAML as on the wire.
#[derive(Debug)]
pub(super) struct Setting {
    pub field: Field,
    /// What its schema says of it.
    pub says: &'static str,
    pub sort: Sort,
    pub weaker: Weaker,
}

/// What kind of value a setting has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sort {
    Flag,
    /// A whole number of these, within bounds (assumed: the vendor's public pages tell none).
    Number {
        unit: &'static str,
        least: u32,
        most: u32,
    },
    /// One of these. On the wire they stand in capitals (assumed).
    Word(&'static [&'static str]),
    /// Entries in which order means nothing.
    Entries(Entry),
    Text {
        most: Option<usize>,
    },
}

/// What the entries of a list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// The extension of a file's name, without the dot.
    Extension,
    /// An address, one with `*` for whole octets at its end, or a network in CIDR.
    Address,
    Text,
}

/// Which change takes protection away.
#[derive(Clone, Copy, Debug)]
pub(super) enum Weaker {
    Never,
    /// What protects goes off.
    Off,
    /// What opens a door goes on.
    On,
    Less,
    /// More, or none: 0 stands for without end.
    MoreOrNone,
    More,
    /// A word that stands later; the strictest stands first.
    Later,
    /// Entries are let through or kept out by the word of this setting, `allow` being the one that lets through. `opens`
    /// tells whether a list without entries lets everything through.
    By {
        mode: &'static str,
        opens: bool,
    },
    /// Entries are let through; without any, everything is.
    Through,
    /// Whatever is done, somebody should look.
    Any,
}

/// What is said of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Flag(bool),
    Number(u32),
    Word(Cow<'static, str>),
    Entries(BTreeSet<String>),
    Text(String),
}

/// What is said of a policy's settings, by their names. What is left out is not ours.
pub(super) type Settings = BTreeMap<&'static str, Said>;

const fn setting(
    name: &'static str,
    form: Form,
    sort: Sort,
    weaker: Weaker,
    says: &'static str,
) -> Setting {
    Setting {
        field: Field::new(name).form(form).assumed(),
        says,
        sort,
        weaker,
    }
}

pub(super) const fn flag(name: &'static str, weaker: Weaker, says: &'static str) -> Setting {
    setting(name, Form::Flag, Sort::Flag, weaker, says)
}

pub(super) const fn number(
    name: &'static str,
    unit: &'static str,
    (least, most): (u32, u32),
    weaker: Weaker,
    says: &'static str,
) -> Setting {
    let sort = Sort::Number { unit, least, most };
    setting(name, Form::Number(unit), sort, weaker, says)
}

/// `words` begin with the strictest.
pub(super) const fn word(
    name: &'static str,
    words: &'static [&'static str],
    says: &'static str,
) -> Setting {
    setting(name, Form::Word, Sort::Word(words), Weaker::Later, says)
}

pub(super) const fn entries(
    name: &'static str,
    entry: Entry,
    weaker: Weaker,
    says: &'static str,
) -> Setting {
    setting(name, Form::Set, Sort::Entries(entry), weaker, says)
}

pub(super) const fn text(
    name: &'static str,
    most: Option<usize>,
    weaker: Weaker,
    says: &'static str,
) -> Setting {
    setting(name, Form::Text, Sort::Text { most }, weaker, says)
}

impl Setting {
    pub(super) fn name(&self) -> &'static str {
        self.field.name
    }

    /// The name of the setting that switches its section on and off, if there is one by that name.
    fn switch(&self) -> String {
        let (section, _) = self.name().split_once('.').unwrap_or((self.name(), ""));
        format!("{section}.enabled")
    }

    /// The value in the form in which two of them compare.
    pub(super) fn value(&self, said: &Said) -> Value {
        match (said, self.sort) {
            (Said::Flag(flag), _) => Value::Flag(*flag),
            (Said::Number(number), Sort::Number { unit, .. }) => Value::Number {
                number: *number,
                unit,
            },
            (Said::Number(number), _) => Value::Number {
                number: *number,
                unit: "",
            },
            (Said::Word(word), _) => Value::Word(word.clone()),
            (Said::Entries(entries), _) => Value::Set(entries.clone()),
            (Said::Text(text), _) => Value::Text(text.clone()),
        }
    }

    /// What the vendor says, if it has the form that is looked for. A word that nobody here knows is carried through.
    pub(super) fn of_wire(&self, json: &Json) -> Option<Said> {
        match self.sort {
            Sort::Flag => json.as_bool().map(Said::Flag),
            Sort::Number { .. } => {
                let number = json.as_u64().and_then(|it| u32::try_from(it).ok());
                number.map(Said::Number)
            }
            Sort::Word(words) => {
                let word = json.as_str()?.to_lowercase();
                let known = words.iter().find(|it| **it == word);
                Some(Said::Word(
                    known.map_or(word.into(), |it| Cow::Borrowed(*it)),
                ))
            }
            Sort::Entries(_) => {
                let entries = json.as_array()?.iter();
                let entries = entries.map(|it| it.as_str().map(str::to_owned));
                entries.collect::<Option<_>>().map(Said::Entries)
            }
            Sort::Text { .. } => json.as_str().map(|it| Said::Text(it.to_owned())),
        }
    }

    /// Whether what is said of it in `want` protects less than what `have` says, and how.
    pub(super) fn weakened(&self, have: &Settings, want: &Settings) -> Option<&'static str> {
        let (before, after) = (have.get(self.name())?, want.get(self.name())?);
        // What is off protects nothing, so that nothing can be taken from it; a door that was locked may be opened.
        let was_off = matches!(have.get(self.switch().as_str()), Some(Said::Flag(false)));
        let opens = matches!(self.weaker, Weaker::On | Weaker::Any);
        if before == after || (was_off && !opens) {
            return None;
        }
        match (self.weaker, before, after) {
            (Weaker::Off, Said::Flag(true), Said::Flag(false)) => Some("it is switched off"),
            (Weaker::On, Said::Flag(false), Said::Flag(true)) => Some("it is switched on"),
            (Weaker::Less, Said::Number(before), Said::Number(after)) => {
                (after < before).then_some("less is asked for")
            }
            (Weaker::More, Said::Number(before), Said::Number(after)) => {
                (after > before).then_some("more is let pass")
            }
            (Weaker::MoreOrNone, Said::Number(before), Said::Number(after)) => {
                let is_weaker = *after == 0 || (*before != 0 && after > before);
                is_weaker.then_some("more is let pass")
            }
            (Weaker::Later, Said::Word(before), Said::Word(after)) => {
                let Sort::Word(words) = self.sort else {
                    return None;
                };
                let place = |word: &str| words.iter().position(|it| *it == word);
                // A word that nobody knows may have been the strictest.
                let is_weaker = place(before).is_none_or(|before| place(after) > Some(before));
                is_weaker.then_some("it is less strict")
            }
            (Weaker::By { mode, opens }, Said::Entries(before), Said::Entries(after)) => {
                let mode = want.get(mode).or_else(|| have.get(mode));
                match mode {
                    Some(Said::Word(mode)) if mode == "allow" => through(before, after, opens),
                    Some(_) | None => (!before.is_subset(after)).then_some("less is kept out"),
                }
            }
            (Weaker::Through, Said::Entries(before), Said::Entries(after)) => {
                through(before, after, true)
            }
            (Weaker::Any, _, Said::Text(text)) => {
                (!text.is_empty()).then_some("other commands are run")
            }
            _ => None,
        }
    }
}

/// Whether more is let through by a list of what is let through.
fn through(
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
    opens: bool,
) -> Option<&'static str> {
    let let_all = |entries: &BTreeSet<String>| opens && entries.is_empty();
    let is_weaker = !let_all(before) && (let_all(after) || !after.is_subset(before));
    is_weaker.then_some("more is let through")
}

impl Said {
    pub(super) fn to_wire(&self) -> Json {
        match self {
            Self::Flag(flag) => json!(flag),
            Self::Number(number) => json!(number),
            Self::Word(word) => json!(word.to_uppercase()),
            Self::Entries(entries) => json!(entries),
            Self::Text(text) => json!(text),
        }
    }
}
