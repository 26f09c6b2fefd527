//! A step on the page.

use super::{code, escape, list, prose};
use crate::plan::Action;
use crate::report::change::{Change, Piece, Sign, change};
use crate::report::picture::{Field, Step, Value};
use crate::report::style::quoted;
use crate::report::words::{self, infinitive, remarks};

/// Whether it deserves a second look: what it says of itself should not be passed over.
pub(super) fn is_watched(step: &Step) -> bool {
    remarks(step).iter().any(|it| it.is_loud)
}

/// A step, with its number in the plan from 0.
pub(super) fn step(number: usize, step: &Step) -> String {
    let (action, what) = (step.action.word(), infinitive(step.action));
    let sign = match step.action {
        Action::Create => '+',
        Action::Update => '~',
        Action::Delete => '-',
    };
    let vendor = escape(&step.vendor);
    let watched = if is_watched(step) {
        " data-watched"
    } else {
        ""
    };
    let place = words::whereabouts(step);
    let remarks = remarks(step).into_iter().map(|it| {
        let text = prose(&it.text);
        match it.is_loud {
            true => format!("<strong>{text}</strong>"),
            false => text,
        }
    });
    format!(
        "<article class=\"step\" data-action=\"{action}\" data-vendor=\"{vendor}\"{watched} aria-labelledby=\"step-{number}\">\n\
         <h3 id=\"step-{number}\"><span class=\"action\">{sign} {what}</span> {}</h3>\n\
         <p>{} <span class=\"place\">{}</span></p>\n{}{}</article>\n",
        code(&step.address),
        escape(&quoted(&step.label)),
        escape(&place),
        list(remarks),
        fields(step)
    )
}

fn fields(step: &Step) -> String {
    let address = escape(&step.address);
    // What is made or removed has one side only.
    let is_update = step.action == Action::Update;
    let heads = if is_update {
        &["Field", "Before", "After"][..]
    } else {
        &["Field", "Value"]
    };
    let heads = heads.iter();
    let heads = heads.map(|it| format!("<th scope=\"col\">{it}</th>"));
    let heads = heads.collect::<String>();
    let state = step.enable.then(|| {
        let [from, to] = ["disabled", "enabled"].map(Cell::of);
        row("state", &changed(&from, &to))
    });
    let rows = step.fields.iter().map(|field| {
        let cells = if is_update {
            both(field, step.enable)
        } else {
            one(field)
        };
        row(&field.name, &cells)
    });
    let rows = state.into_iter().chain(rows).collect::<String>();
    if rows.is_empty() {
        return rows;
    }
    format!(
        "<table>\n<caption>Fields of {address}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
    )
}

fn row(name: &str, cells: &str) -> String {
    format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escape(name))
}

/// What stands in a cell, as HTML.
struct Cell(String);

impl Cell {
    fn of(text: &str) -> Self {
        Self(escape(text))
    }

    /// A value, with the fingerprint that may be shown of a secret that is at hand.
    fn value(text: &str, value: Option<&Value>) -> Self {
        let Self(text) = Self::of(text);
        match value {
            Some(Value::Secret {
                fingerprint: Some(it),
                ..
            }) => Self(format!("{text}<br>{}", code(it))),
            Some(_) | None => Self(text),
        }
    }
}

fn changed(Cell(from): &Cell, Cell(to): &Cell) -> String {
    format!("<td><del>{from}</del></td><td><ins>{to}</ins></td>")
}

/// The cells of a field that goes from one value to another.
fn both(field: &Field, enable: bool) -> String {
    let (before, after) = (field.before.as_ref(), field.after.as_ref());
    match change(field, enable) {
        Change::Two(from, to) => changed(&Cell::value(&from, before), &Cell::value(&to, after)),
        Change::One(text) if before.is_some() => {
            let Cell(text) = Cell::value(&text, before);
            format!("<td><del>{text}</del></td><td></td>")
        }
        Change::One(text) => {
            let Cell(text) = Cell::value(&text, after);
            format!("<td></td><td><ins>{text}</ins></td>")
        }
        Change::Members(_, pieces) if after.is_none() => {
            format!("<td>{}</td><td></td>", members(&pieces))
        }
        Change::Members(_, pieces) if before.is_none() => {
            format!("<td></td><td>{}</td>", members(&pieces))
        }
        Change::Members(_, pieces) => format!("<td colspan=\"2\">{}</td>", members(&pieces)),
        Change::Lines(pieces) => format!("<td colspan=\"2\">{}</td>", lines(&pieces)),
    }
}

/// The cell of a field of what is made or removed.
fn one(field: &Field) -> String {
    let value = field.after.as_ref().or(field.before.as_ref());
    let cell = match change(field, false) {
        Change::One(text) => Cell::value(&text, value).0,
        Change::Members(_, pieces) => members(&pieces),
        Change::Lines(pieces) => lines(&pieces),
        // No plan has both sides here; a file may say so.
        Change::Two(from, to) => format!("{} -&gt; {}", escape(&from), escape(&to)),
    };
    format!("<td>{cell}</td>")
}

fn lines(pieces: &[Piece]) -> String {
    let lines = pieces.iter().map(|it| {
        let indent = match it.sign {
            Sign::Stays => "  ",
            Sign::Goes | Sign::Comes | Sign::Changes | Sign::Count => "",
        };
        format!("{indent}{}\n", marked(it))
    });
    format!("<pre>{}</pre>", lines.collect::<String>())
}

fn members(pieces: &[Piece]) -> String {
    if pieces.is_empty() {
        return "(none)".to_owned();
    }
    list(pieces.iter().map(marked))
}

/// A piece with its sign, which does not need colours to be seen.
fn marked(Piece { sign, text }: &Piece) -> String {
    let text = escape(text);
    match sign {
        Sign::Stays => text,
        Sign::Count => format!("<em>{text}</em>"),
        Sign::Goes => format!("<del>- {text}</del>"),
        Sign::Comes => format!("<ins>+ {text}</ins>"),
        Sign::Changes => format!("<mark>~ {text}</mark>"),
    }
}
