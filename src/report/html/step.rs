//! A step on the page.

use super::{code, escape, list};
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
        let text = escape(&it.text);
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
    let state = step.enable.then(|| {
        let change = Change::Two("disabled".to_owned(), "enabled".to_owned());
        row("state", &change, Sides::Both, [None, None])
    });
    let rows = step.fields.iter().map(|field| {
        let sides = match (&field.before, &field.after) {
            (None, _) if !step.enable => Sides::After,
            (Some(_), None) => Sides::Before,
            _ => Sides::Both,
        };
        row(
            &field.name,
            &change(field, step.enable),
            sides,
            fingerprints(field),
        )
    });
    let rows = state.into_iter().chain(rows).collect::<String>();
    if rows.is_empty() {
        return rows;
    }
    let address = escape(&step.address);
    format!(
        "<table>\n<caption>Fields of {address}</caption>\n\
         <thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Before</th><th scope=\"col\">After</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table>\n"
    )
}

/// Where a value stands that has no counterpart.
enum Sides {
    Before,
    After,
    Both,
}

/// What may be shown of secrets that are at hand.
fn fingerprints(field: &Field) -> [Option<&str>; 2] {
    [&field.before, &field.after].map(|value| match value {
        Some(Value::Secret { fingerprint, .. }) => fingerprint.as_deref(),
        Some(_) | None => None,
    })
}

fn row(name: &str, change: &Change, sides: Sides, [before, after]: [Option<&str>; 2]) -> String {
    let with = |text: &str, fingerprint: Option<&str>| {
        let fingerprint = fingerprint.map(|it| format!("<br>{}", code(it)));
        format!("{}{}", escape(text), fingerprint.unwrap_or_default())
    };
    let cells = match (change, sides) {
        (Change::Two(from, to), _) => {
            let [from, to] = [with(from, before), with(to, after)];
            format!("<td><del>{from}</del></td><td><ins>{to}</ins></td>")
        }
        (Change::One(text), Sides::Before) => {
            format!("<td><del>{}</del></td><td></td>", with(text, before))
        }
        (Change::One(text), Sides::After | Sides::Both) => {
            format!("<td></td><td><ins>{}</ins></td>", with(text, after))
        }
        (Change::Members(_, pieces), Sides::Before) => {
            format!("<td>{}</td><td></td>", members(pieces))
        }
        (Change::Members(_, pieces), Sides::After) => {
            format!("<td></td><td>{}</td>", members(pieces))
        }
        (Change::Members(_, pieces), Sides::Both) => {
            format!("<td colspan=\"2\">{}</td>", members(pieces))
        }
        (Change::Lines(pieces), _) => {
            let lines = pieces.iter().map(|it| marked(it) + "\n");
            format!(
                "<td colspan=\"2\"><pre>{}</pre></td>",
                lines.collect::<String>()
            )
        }
    };
    format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escape(name))
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
        Sign::Stays => format!("  {text}"),
        Sign::Count => format!("<em>{text}</em>"),
        Sign::Goes => format!("<del>- {text}</del>"),
        Sign::Comes => format!("<ins>+ {text}</ins>"),
        Sign::Changes => format!("<mark>~ {text}</mark>"),
    }
}
