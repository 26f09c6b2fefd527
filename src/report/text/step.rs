//! A step of a plan, or many equal ones, with fields before and after.

use super::line::{Line, members, paint, remark};
use crate::plan::Action;
use crate::report::change::{Change, Sign, change, sign};
use crate::report::picture::{Field, Step};
use crate::report::style::{Sheet, clean, quoted};
use crate::report::words;

/// One step: what happens to which object, where it is declared, what is special about it, and its fields. Of several
/// equal ones the fields are said once, and the names and places of all.
pub(in crate::report) fn step(group: &[&Step], sheet: Sheet) -> Vec<Line> {
    let Some(first) = group.first() else {
        return Vec::new();
    };
    let verb = words::verb(first.action);
    let (title, whereabouts, object) = if group.len() == 1 {
        (
            format!("# {} {verb}", clean(&first.address)),
            vec![words::whereabouts(first)],
            format!("{} {}", clean(&first.kind), quoted(&first.label)),
        )
    } else {
        let (count, kind) = (group.len(), clean(&first.kind));
        (
            format!("# {count} of {kind} {verb}"),
            names(group),
            format!("{kind}, each of the {count}"),
        )
    };
    let mut lines = vec![Line::new(2, sheet.palette.bold(title))];
    let remarks = words::remarks(first).into_iter().map(|it| it.text);
    for text in whereabouts.into_iter().chain(remarks) {
        lines.extend(remark(&text, 2, sheet));
    }
    let action = match first.action {
        Action::Create => Sign::Comes,
        Action::Update => Sign::Changes,
        Action::Delete => Sign::Goes,
    };
    lines.push(Line::signed(2, action, object));
    lines.extend(fields(first, sheet));
    lines
}

/// The names of equal steps with their places, file by file.
fn names(group: &[&Step]) -> Vec<String> {
    let mut files = Vec::<(Option<&str>, Vec<String>)>::new();
    for step in group {
        let place = step.declared_at.as_ref();
        let file = place.map(|it| it.file.as_str());
        let name = match place {
            Some(place) => format!("{} {}:{}", clean(&step.name), place.line, place.column),
            None => clean(&step.name),
        };
        match files.last_mut() {
            Some((last, names)) if *last == file => names.push(name),
            Some(_) | None => files.push((file, vec![name])),
        }
    }
    let listed = files.into_iter().map(|(file, names)| {
        let names = names.join(", ");
        match file {
            Some(file) => format!("{}: {names}", clean(file)),
            None => names,
        }
    });
    listed.collect()
}

fn fields(step: &Step, sheet: Sheet) -> Vec<Line> {
    let state = step.enable.then_some("state");
    let shown = step.fields.iter().map(|field| clean(&field.name));
    let shown = shown.collect::<Vec<_>>();
    let names = shown.iter().map(String::as_str).chain(state);
    let width = names.map(|it| it.chars().count()).max().unwrap_or(0);
    let mut lines = Vec::new();
    lines.extend(state.map(|state| {
        let text = format!("{state:width$} = disabled -> enabled");
        Line::signed(6, Sign::Changes, text)
    }));
    for (field, name) in step.fields.iter().zip(shown) {
        let head = format!("{name:width$} = ");
        lines.extend(field_lines(field, step.enable, head, sheet));
    }
    lines
}

fn field_lines(field: &Field, enable: bool, head: String, sheet: Sheet) -> Vec<Line> {
    let sign = sign(field, enable);
    match change(field, enable) {
        Change::One(value) => vec![Line::signed(6, sign, format!("{head}{value}"))],
        Change::Two(before, after) => {
            vec![Line::signed(6, sign, format!("{head}{before} -> {after}"))]
        }
        Change::Members(brackets, pieces) => members((6, sign, head), brackets, &pieces, sheet),
        Change::Lines(pieces) => {
            let indent = 5 + head.chars().count();
            let first = Line::signed(6, sign, head);
            let pieces = pieces.into_iter().map(|piece| {
                let text = paint(piece.sign, piece.text, sheet.palette);
                Line::signed(indent, piece.sign, text)
            });
            std::iter::once(first).chain(pieces).collect()
        }
    }
}
