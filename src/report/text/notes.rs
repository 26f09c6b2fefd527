//! What stands beside the steps of a plan: what was not read, remarks, what nobody can verify, what guards refuse.

use std::collections::HashMap;

use super::line::{fill, paragraph};
use crate::report::picture::{Incomplete, MANY, Note, Refusal, Unverified};
use crate::report::style::{Sheet, clean};
use crate::report::words::{counted, position};

pub(super) fn incomplete(Incomplete { what, why, help }: &Incomplete, sheet: Sheet) -> String {
    let mark = "Not read:";
    let text = format!("{}: {}", clean(what), clean(why));
    let text = paragraph(mark, &sheet.palette.red(mark), &text, sheet);
    text + &help.as_ref().map(|it| below(it, sheet)).unwrap_or_default()
}

pub(super) fn notes(notes: &[Note], sheet: Sheet) -> Option<String> {
    let mark = "Note:";
    let painted = sheet.palette.yellow(mark);
    let note = |note: &Note| {
        let Note {
            address,
            message,
            declared_at,
        } = note;
        let place = declared_at
            .as_ref()
            .map(|it| format!(" ({})", position(it)));
        let place = place.unwrap_or_default();
        let text = format!("{} {}{place}", clean(address), clean(message));
        paragraph(mark, &painted, &text, sheet)
    };
    (!notes.is_empty()).then(|| notes.iter().map(note).collect())
}

/// The fields that nobody can verify, each with the reason; many with one reason together.
pub(super) fn unverified(fields: &[Unverified], sheet: Sheet) -> Option<String> {
    if fields.is_empty() {
        return None;
    }
    let mark = sheet.palette.yellow("Note:");
    let count = counted(fields.len(), "field");
    let mut out = format!("{mark} {count} cannot be verified:\n");
    for (why, fields) in by_reason(fields) {
        if fields.len() < MANY {
            let lines = fields.iter().map(|it| {
                let (address, field) = (clean(&it.address), clean(&it.field));
                below(&format!("{address} {field}: {why}"), sheet)
            });
            out.extend(lines);
        } else {
            out.push_str(&below(&format!("{} fields: {why}", fields.len()), sheet));
            let names = fill(&names(&fields).join("; "), 4, sheet).join("\n    ");
            out.push_str(&format!("    {names}\n"));
        }
    }
    Some(out)
}

/// Fields in order, those with a reason that many have together at the place of the first of them.
pub(in crate::report) fn by_reason(fields: &[Unverified]) -> Vec<(String, Vec<&Unverified>)> {
    let mut counts = HashMap::<&str, usize>::new();
    for field in fields {
        *counts.entry(&field.why).or_default() += 1;
    }
    let mut groups = Vec::<(String, Vec<&Unverified>)>::new();
    let mut places = HashMap::<&str, usize>::new();
    for field in fields {
        let is_shared = counts.get(field.why.as_str()).is_some_and(|it| *it >= MANY);
        match places.get(field.why.as_str()).filter(|_| is_shared) {
            Some(at) => groups[*at].1.push(field),
            None => {
                places.insert(&field.why, groups.len());
                groups.push((clean(&field.why), vec![field]));
            }
        }
    }
    groups
}

/// Fields by their resource, such as `forge.team.infra name, members`.
pub(in crate::report) fn names(fields: &[&Unverified]) -> Vec<String> {
    let resources = fields.chunk_by(|a, b| a.address == b.address);
    let named = resources.map(|fields| {
        let names = fields.iter().map(|it| clean(&it.field));
        let names = names.collect::<Vec<_>>().join(", ");
        let address = fields.first().map(|it| clean(&it.address));
        format!("{} {names}", address.unwrap_or_default())
    });
    named.collect()
}

pub(super) fn refusal(refusal: &Refusal, sheet: Sheet) -> String {
    let Refusal {
        code,
        message,
        help,
    } = refusal;
    let mark = "Refused:";
    let text = format!("{} [{}]", clean(message), clean(code));
    paragraph(mark, &sheet.palette.red(mark), &text, sheet) + &below(help, sheet)
}

/// A paragraph that belongs to the line above it.
fn below(text: &str, sheet: Sheet) -> String {
    let lines = fill(&clean(text), 4, sheet).join("\n    ");
    format!("  {lines}\n")
}
