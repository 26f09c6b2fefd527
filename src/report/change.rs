//! How a field goes from one value to another, in pieces that every drawing shows in its own way.

use std::collections::{BTreeMap, BTreeSet};

use similar::{ChangeTag, TextDiff};

use super::picture::{Field, Name, Output, Value};
use super::style::{clean, quoted};
use super::words::counted;

/// So many lines that stay are shown around lines that differ.
const CONTEXT: usize = 2;

/// What becomes of a field.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// One side alone has a value.
    One(String),
    /// From this to that.
    Two(String, String),
    /// The members of a collection between its brackets.
    Members([&'static str; 2], Vec<Piece>),
    /// A text of several lines, line by line.
    Lines(Vec<Piece>),
}

/// A member, or a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub sign: Sign,
    pub text: String,
}

/// What becomes of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Stays,
    Goes,
    Comes,
    Changes,
    /// Stands for pieces that stay, and says how many.
    Count,
}

impl Sign {
    /// The character for it; none for what is as it was.
    pub(super) fn character(self) -> Option<char> {
        match self {
            Self::Stays | Self::Count => None,
            Self::Goes => Some('-'),
            Self::Comes => Some('+'),
            Self::Changes => Some('~'),
        }
    }

    fn piece(self, text: impl Into<String>) -> Piece {
        let text = text.into();
        Piece { sign: self, text }
    }
}

/// What becomes of a field as a whole. What is disabled cannot be read, so that no value is no sign of there being none.
pub(super) fn sign(field: &Field, enable: bool) -> Sign {
    match (&field.before, &field.after) {
        (None, _) if enable => Sign::Changes,
        (None, _) => Sign::Comes,
        (Some(_), Some(_)) => Sign::Changes,
        (Some(_), None) => Sign::Goes,
    }
}

/// How a field changes, of an object that is enabled by the same step or not.
pub(super) fn change(field: &Field, enable: bool) -> Change {
    let (before, after) = (field.before.as_ref(), field.after.as_ref());
    match (before, after) {
        (None, Some(after)) if enable => Change::Two("(unknown)".to_owned(), text(after)),
        (None, Some(value)) | (Some(value), None) => one(value),
        (Some(Value::Text(before)), Some(Value::Text(after)))
            if before.contains('\n') || after.contains('\n') =>
        {
            Change::Lines(lines(before, after))
        }
        (Some(Value::Set(before)), Some(Value::Set(after))) => {
            Change::Members(["[", "]"], members(before, after, |it| quoted(it)))
        }
        (Some(Value::Names(before)), Some(Value::Names(after))) => {
            Change::Members(["[", "]"], members(before, after, name))
        }
        (Some(Value::Access(_)), Some(Value::Access(_))) => {
            let [before, after] = [before, after].map(grants);
            Change::Members(["{", "}"], access(&before, &after))
        }
        (Some(Value::Secret { .. }), Some(Value::Secret { .. })) => two("secret value"),
        (Some(Value::Secret { .. }), Some(Value::Generated(_))) => Change::Two(
            "(secret value)".to_owned(),
            "(another secret value, made when it is applied)".to_owned(),
        ),
        (Some(Value::Sensitive), Some(Value::Sensitive)) => two("sensitive value"),
        (Some(before), Some(after)) => Change::Two(text(before), text(after)),
        (None, None) => Change::One(String::new()),
    }
}

/// How a field changes, in one line without colours.
pub(super) fn in_one_line(field: &Field) -> String {
    let joined = |[open, close]: [&str; 2], pieces: &[Piece]| {
        let pieces = pieces.iter().map(|piece| match piece.sign.character() {
            Some(sign) => format!("{sign} {}", piece.text),
            None => piece.text.clone(),
        });
        format!("{open}{}{close}", pieces.collect::<Vec<_>>().join(", "))
    };
    match (change(field, false), &field.before, &field.after) {
        (Change::One(value), _, _) => value,
        (Change::Two(before, after), _, _) => format!("{before} -> {after}"),
        (Change::Members(brackets, pieces), _, _) => joined(brackets, &pieces),
        (Change::Lines(_), Some(before), Some(after)) => {
            format!("{} -> {}", text(before), text(after))
        }
        (Change::Lines(pieces), _, _) => joined(["", ""], &pieces),
    }
}

fn two(what: &str) -> Change {
    Change::Two(format!("({what})"), format!("(another {what})"))
}

/// A value that stands alone.
fn one(value: &Value) -> Change {
    let stay = |texts: Vec<String>| texts.into_iter().map(|it| Sign::Stays.piece(it)).collect();
    match value {
        Value::Set(set) => {
            let members = set.iter().map(|it| quoted(it)).collect();
            Change::Members(["[", "]"], stay(members))
        }
        Value::Names(names) => Change::Members(["[", "]"], stay(names.iter().map(name).collect())),
        Value::Access(_) => {
            let grants = grants(Some(value)).into_iter();
            let grants = grants.map(|(who, what)| format!("{}: {}", name(who), clean(what)));
            Change::Members(["{", "}"], stay(grants.collect()))
        }
        Value::Text(_)
        | Value::Flag(_)
        | Value::Number { .. }
        | Value::Word(_)
        | Value::Sensitive
        | Value::Name(_)
        | Value::Secret { .. }
        | Value::Generated(_)
        | Value::Output(_) => Change::One(text(value)),
    }
}

/// A value in words.
fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Flag(flag) => flag.to_string(),
        Value::Number { number, unit } => format!("{number} {}", clean(unit)),
        Value::Word(word) => clean(word),
        Value::Sensitive => "(sensitive value)".to_owned(),
        Value::Name(it) => name(it),
        Value::Output(output) => destination(output),
        Value::Secret {
            is_at_hand: true, ..
        } => "(secret value)".to_owned(),
        Value::Secret {
            is_at_hand: false, ..
        } => "(secret value, not at hand)".to_owned(),
        Value::Generated(None) => "(secret value, made when it is created)".to_owned(),
        Value::Generated(Some(output)) => format!(
            "(secret value, made when it is created, also for {})",
            destination(output)
        ),
        Value::Set(_) | Value::Names(_) | Value::Access(_) => match one(value) {
            Change::Members([open, close], pieces) => {
                let texts = pieces.into_iter().map(|it| it.text).collect::<Vec<_>>();
                format!("{open}{}{close}", texts.join(", "))
            }
            Change::One(_) | Change::Two(..) | Change::Lines(_) => String::new(),
        },
    }
}

fn name(name: &Name) -> String {
    clean(name.as_str())
}

fn destination(output: &Output) -> String {
    match output {
        Output::File(path) => format!("{{file: {}}}", quoted(path)),
        Output::Command(words) => {
            let words = words.iter().map(|it| quoted(it)).collect::<Vec<_>>();
            format!("{{command: [{}]}}", words.join(", "))
        }
    }
}

/// What leaves a set and what joins it; what stays is only counted.
fn members<T: Ord>(
    before: &BTreeSet<T>,
    after: &BTreeSet<T>,
    show: impl Fn(&T) -> String,
) -> Vec<Piece> {
    let gone = before.difference(after);
    let gone = gone.map(|it| Sign::Goes.piece(show(it)));
    let new = after.difference(before);
    let new = new.map(|it| Sign::Comes.piece(show(it)));
    let kept = kept(before.intersection(after).count());
    gone.chain(new).chain(kept).collect()
}

fn grants(value: Option<&Value>) -> BTreeMap<&Name, &str> {
    match value {
        Some(Value::Access(grants)) => {
            let grants = grants.iter().map(|it| (&it.who, it.what.as_str()));
            grants.collect()
        }
        Some(_) | None => BTreeMap::new(),
    }
}

/// Who loses access, whose access changes and who gains it; who keeps it is only counted.
fn access(before: &BTreeMap<&Name, &str>, after: &BTreeMap<&Name, &str>) -> Vec<Piece> {
    let entry = |who: &Name, what: &str| format!("{}: {}", name(who), clean(what));
    let gone = before.iter().filter(|(who, _)| !after.contains_key(*who));
    let gone = gone.map(|(who, what)| Sign::Goes.piece(entry(who, what)));
    let moved = after.iter().filter_map(|(who, what)| {
        let had = before.get(who).filter(|had| *had != what)?;
        let text = format!("{} -> {}", entry(who, had), clean(what));
        Some(Sign::Changes.piece(text))
    });
    let new = after.iter().filter(|(who, _)| !before.contains_key(*who));
    let new = new.map(|(who, what)| Sign::Comes.piece(entry(who, what)));
    let same = after
        .iter()
        .filter(|(who, what)| before.get(*who) == Some(*what));
    let kept = kept(same.count());
    gone.chain(moved).chain(new).chain(kept).collect()
}

fn kept(count: usize) -> Option<Piece> {
    (count > 0).then(|| Sign::Count.piece(format!("{count} unchanged")))
}

/// The lines that differ, with a few around them; of the others, how many there are.
fn lines(before: &str, after: &str) -> Vec<Piece> {
    let diff = TextDiff::from_lines(before, after);
    let all = diff.iter_all_changes().map(|change| {
        let line = clean(change.value().trim_end_matches('\n'));
        match change.tag() {
            ChangeTag::Equal => Sign::Stays.piece(line),
            ChangeTag::Delete => Sign::Goes.piece(line),
            ChangeTag::Insert => Sign::Comes.piece(line),
        }
    });
    let all = all.collect::<Vec<_>>();
    let mut lines = Vec::new();
    let mut rest = all.into_iter().peekable();
    while let Some(piece) = rest.next() {
        if piece.sign != Sign::Stays {
            lines.push(piece);
            continue;
        }
        let is_first = lines.is_empty();
        let mut run = vec![piece];
        while let Some(next) = rest.next_if(|it| it.sign == Sign::Stays) {
            run.push(next);
        }
        let head = if is_first { 0 } else { CONTEXT };
        let tail = if rest.peek().is_none() { 0 } else { CONTEXT };
        shorten(run, head, tail, &mut lines);
    }
    lines
}

/// Leaves out the middle of a run of lines that stay, if that makes it shorter.
fn shorten(run: Vec<Piece>, head: usize, tail: usize, into: &mut Vec<Piece>) {
    let out = run.len().saturating_sub(head + tail);
    if out < 2 {
        into.extend(run);
        return;
    }
    let count = format!("({} unchanged)", counted(out, "line"));
    let mut run = run.into_iter();
    into.extend(run.by_ref().take(head));
    into.push(Sign::Count.piece(count));
    into.extend(run.skip(out));
}

#[cfg(test)]
mod tests {
    use super::{change, lines};
    use crate::report::picture::{Field, Value};

    fn shown(before: &str, after: &str) -> String {
        let lines = lines(before, after);
        let lines = lines.iter().map(|it| {
            let sign = it.sign.character().unwrap_or(' ');
            format!("{sign}{}", it.text)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn long_texts_show_what_differs_and_count_the_rest() {
        let numbers = (1..=20).map(|it| format!("line {it}\n"));
        let before = numbers.collect::<String>();
        let after = before
            .replace("line 9\n", "line nine\n")
            .replace("line 12\n", "");
        insta::assert_snapshot!(shown(&before, &after), @r"
         (6 lines unchanged)
         line 7
         line 8
        -line 9
        +line nine
         line 10
         line 11
        -line 12
         line 13
         line 14
         (6 lines unchanged)
        ");
    }

    #[test]
    fn a_single_line_that_stays_is_not_counted_but_shown() {
        assert_eq!(shown("a\nb\n", "a\nc\n"), " a\n-b\n+c");
        assert_eq!(shown("a\nb", "a\nb\nc"), " a\n-b\n+b\n+c");
    }

    #[test]
    fn a_line_of_a_text_cannot_write_to_the_terminal() {
        let field = Field {
            name: "notes".to_owned(),
            before: Some(Value::Text("a\n".to_owned())),
            after: Some(Value::Text("\u{1b}[2Ja\n".to_owned())),
        };
        assert!(!format!("{:?}", change(&field, false)).contains('\u{1b}'));
    }
}
