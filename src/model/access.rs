//! Who may do what: the access that a resource gives, as values. What a plan makes of it is told per person.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use super::address::KindId;
use super::kind::Kind;
use super::reference::{Links, Name, Ref};

/// Somebody or something that access is given to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Principal {
    pub sort: Sort,
    pub kind: KindId,
    pub name: Name,
}

/// What kind of principal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    /// An account, of a person or of a program.
    Person,
    /// Its members have what it has.
    Group,
    /// What other things lie in: whoever may use it may use those.
    Place,
    /// Rules that hold for whoever is under them.
    Policy,
    /// A thing of which nobody read who may use it.
    Thing,
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Name::Declared(address) => address.fmt(f),
            Name::Live(label) => write!(f, "{} \"{label}\"", self.kind),
        }
    }
}

/// How far access goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    /// In the words of the vendor's kind; none where having it is all there is to it.
    pub word: Option<String>,
    /// Everything that it allows. More of it is more.
    may: BTreeSet<Cow<'static, str>>,
    /// When it ends, in a form in which texts sort as times do.
    until: Option<String>,
    /// Whether it is another, but not more or less.
    is_neutral: bool,
}

/// Whether somebody can do more than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Direction {
    Rise,
    Sideways,
    Fall,
}

impl Direction {
    /// The word by which programs know it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Rise => "rise",
            Self::Sideways => "sideways",
            Self::Fall => "fall",
        }
    }
}

impl Level {
    /// Having it is all there is to it.
    pub(crate) fn held() -> Self {
        Self {
            word: None,
            may: BTreeSet::new(),
            until: None,
            is_neutral: false,
        }
    }

    /// A level that allows these, in one word.
    pub(crate) fn of(
        word: impl Into<String>,
        may: impl IntoIterator<Item = impl Into<Cow<'static, str>>>,
    ) -> Self {
        Self {
            word: Some(word.into()),
            may: may.into_iter().map(Into::into).collect(),
            ..Self::held()
        }
    }

    /// One of a ladder of words, of which each allows what those before it do.
    pub(crate) fn rung(ladder: &[&'static str], word: &'static str) -> Self {
        let at = ladder.iter().position(|it| *it == word);
        Self::of(word, ladder.iter().copied().take(at.map_or(0, |at| at + 1)))
    }

    /// It ends then, if it ends.
    pub(crate) fn until(self, until: Option<String>) -> Self {
        Self { until, ..self }
    }

    /// Something else than before, of which nobody can say that it is more or less.
    pub(crate) fn neutral(word: impl Into<String>) -> Self {
        Self {
            word: Some(word.into()),
            is_neutral: true,
            ..Self::held()
        }
    }

    /// What becomes of somebody's access; nothing if it stays.
    pub(crate) fn change(before: Option<&Self>, after: Option<&Self>) -> Option<Direction> {
        let (up, down) = match (before, after) {
            (None, None) => return None,
            (None, Some(one)) | (Some(one), None) if one.is_neutral => return None,
            (None, Some(_)) => (true, false),
            (Some(_), None) => (false, true),
            (Some(before), Some(after)) if before == after => return None,
            (Some(before), Some(after)) => {
                // What does not end ends last.
                let end = |it: &Self| (it.until.is_none(), it.until.clone());
                (
                    !after.may.is_subset(&before.may) || end(after) > end(before),
                    !before.may.is_subset(&after.may) || end(after) < end(before),
                )
            }
        };
        Some(match (up, down) {
            (true, false) => Direction::Rise,
            (false, true) => Direction::Fall,
            (true, true) | (false, false) => Direction::Sideways,
        })
    }
}

/// What access is to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// The account that the resource is.
    Account,
    /// The resource itself.
    Itself,
    /// Something of the vendor's that the resource gives: `role Operator`.
    Named(String),
}

/// Somebody may do something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grant {
    pub to: Principal,
    pub what: What,
    pub level: Level,
    /// The names of the fields that say so.
    pub by: &'static [&'static str],
}

/// The access that one resource gives, and what it tells of who is who.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    pub grants: Vec<Grant>,
    /// Whoever is the second has what the first has: a member and the group.
    pub belongs: Vec<(Principal, Principal)>,
    /// The account that it is, with the e-mail address by which accounts of one person at several vendors are known.
    pub account: Option<(Principal, String)>,
    /// Whom its fields concern although they give nobody anything by themselves.
    pub governs: Option<Principal>,
}

impl Access {
    pub(crate) fn give(
        &mut self,
        to: Principal,
        what: What,
        level: Level,
        by: &'static [&'static str],
    ) {
        self.grants.push(Grant {
            to,
            what,
            level,
            by,
        });
    }
}

/// From where a resource says whom it gives access: what it is called, and who is who.
pub(crate) struct Seen<'a> {
    pub kind: KindId,
    pub itself: Name,
    pub links: &'a Links,
}

impl Seen<'_> {
    /// The resource itself.
    pub(crate) fn itself(&self, sort: Sort) -> Principal {
        Principal {
            sort,
            kind: self.kind,
            name: self.itself.clone(),
        }
    }

    /// Whom a reference means.
    pub(crate) fn who<K: Kind>(&self, sort: Sort, reference: &Ref<K>) -> Principal {
        Principal {
            sort,
            kind: K::ID,
            name: self.links.name(reference),
        }
    }
}

/// What a step does to who may do what.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Touched {
    pub before: Vec<Grant>,
    pub after: Vec<Grant>,
    /// Whom its fields concern although they give nobody anything by themselves.
    pub governs: Option<Principal>,
    /// The thing that goes or comes back, of which nobody read who may use it.
    pub unread: Option<Principal>,
}

/// What is known of who is who, beside what changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Acquaintance {
    pub belongs: Vec<(Principal, Principal)>,
    pub accounts: Vec<(Principal, String)>,
}

impl Acquaintance {
    /// Adds what another says.
    pub(crate) fn extend(&mut self, other: Self) {
        let Self { belongs, accounts } = other;
        self.belongs.extend(belongs);
        self.accounts.extend(accounts);
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, Level};

    const LADDER: [&str; 2] = ["view", "edit"];

    fn change(before: Option<Level>, after: Option<Level>) -> Option<Direction> {
        Level::change(before.as_ref(), after.as_ref())
    }

    #[test]
    fn what_is_gained_rises_and_what_is_lost_falls() {
        let held = || Some(Level::held());
        assert_eq!(change(None, held()), Some(Direction::Rise));
        assert_eq!(change(held(), None), Some(Direction::Fall));
        assert_eq!(change(held(), held()), None);
    }

    #[test]
    fn what_is_neutral_tells_something_only_when_it_changes() {
        let neutral = |word: &str| Some(Level::neutral(word));
        assert_eq!(change(None, neutral("x")), None);
        assert_eq!(change(neutral("x"), None), None);
        let other = change(neutral("x"), neutral("y"));
        assert_eq!(other, Some(Direction::Sideways));
    }

    #[test]
    fn a_higher_rung_of_a_ladder_is_more() {
        let at = |word| Some(Level::rung(&LADDER, word));
        assert_eq!(change(at("view"), at("edit")), Some(Direction::Rise));
        assert_eq!(change(at("edit"), at("view")), Some(Direction::Fall));
    }

    #[test]
    fn more_of_one_and_less_of_another_is_neither() {
        let may = |flags: &[&'static str]| Some(Level::of(flags.join(" "), flags.iter().copied()));
        let (read, share) = (may(&["read", "edit"]), may(&["read", "share"]));
        assert_eq!(change(read.clone(), share), Some(Direction::Sideways));
        assert_eq!(change(read, may(&["edit"])), Some(Direction::Fall));
    }

    #[test]
    fn what_ends_later_is_more_and_what_never_ends_is_most() {
        let until =
            |end: Option<&str>| Some(Level::of("read", ["read"]).until(end.map(str::to_owned)));
        let (soon, late) = (until(Some("2030-01-01")), until(Some("2031-01-01")));
        assert_eq!(change(soon.clone(), late.clone()), Some(Direction::Rise));
        assert_eq!(change(until(None), late.clone()), Some(Direction::Fall));
        let more = Some(Level::of("read edit", ["read", "edit"]).until(Some("2030-01-01".into())));
        assert_eq!(change(late, more), Some(Direction::Sideways));
    }
}
