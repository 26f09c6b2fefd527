//! The lines of a plan, and how long ones go on in further lines where the sheet ends.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use crate::report::change::{Piece, Sign};
use crate::report::style::{Palette, Sheet};

/// A sheet is never taken for narrower.
const NARROWEST: usize = 40;

/// A line of a step: a text, coloured already, that may have a sign before it.
pub(in crate::report) struct Line {
    /// The column in which it begins.
    indent: usize,
    sign: Option<Sign>,
    text: String,
}

impl Line {
    /// A text without a sign.
    pub(super) fn new(indent: usize, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            indent,
            sign: None,
            text,
        }
    }

    pub(super) fn signed(indent: usize, sign: Sign, text: impl Into<String>) -> Self {
        Self {
            sign: Some(sign),
            ..Self::new(indent, text)
        }
    }

    /// The line with its sign before its text.
    pub(super) fn draw(&self, palette: Palette, out: &mut String) {
        let Self { indent, sign, text } = self;
        let sign = sign.map(|sign| {
            let mark = sign.character().unwrap_or(' ');
            paint(sign, format!("{mark}"), palette) + " "
        });
        let sign = sign.unwrap_or_default();
        writeln!(out, "{:indent$}{sign}{text}", "").ok();
    }

    /// The line with its sign in the first column, where what shows differences looks for it.
    pub(in crate::report) fn draw_as_difference(&self, out: &mut String) {
        let Self { indent, sign, text } = self;
        let sign = match sign {
            Some(Sign::Changes) => '!',
            Some(sign) => sign.character().unwrap_or(' '),
            None => ' ',
        };
        writeln!(out, "{sign}{:indent$}{text}", "", indent = indent - 1).ok();
    }
}

/// A text in the colour of what becomes of it.
pub(super) fn paint(sign: Sign, text: String, palette: Palette) -> String {
    match sign {
        Sign::Stays | Sign::Count => text,
        Sign::Goes => palette.red(text),
        Sign::Comes => palette.green(text),
        Sign::Changes => palette.yellow(text),
    }
}

/// A remark beside a step, in as many lines as it takes.
pub(super) fn remark(text: &str, indent: usize, sheet: Sheet) -> impl Iterator<Item = Line> {
    let text = format!("({text})");
    let lines = fill(&text, indent + 3, sheet).into_iter().enumerate();
    lines.map(move |(at, text)| {
        let mark = if at == 0 { "# " } else { "#  " };
        Line::new(indent, sheet.palette.dim(format!("{mark}{text}")))
    })
}

/// A paragraph that begins with a mark. Its further lines are set in.
pub(super) fn paragraph(mark: &str, painted: &str, text: &str, sheet: Sheet) -> String {
    let lines = fill(&format!("{mark} {text}"), 2, sheet).join("\n  ");
    format!("{}\n", lines.replacen(mark, painted, 1))
}

/// Breaks a text between words where the sheet ends; `before` columns are taken already. Nothing is left out.
pub(in crate::report) fn fill(text: &str, before: usize, sheet: Sheet) -> Vec<String> {
    let Some(width) = sheet.width else {
        return vec![text.to_owned()];
    };
    let room = width.max(NARROWEST).saturating_sub(before);
    let mut lines = vec![String::new()];
    let mut column = 0;
    for word in text.split(' ') {
        let wide = word.width();
        let blank = usize::from(column > 0);
        match lines.last_mut() {
            Some(line) if column == 0 || column + blank + wide <= room => {
                line.push_str(&" ".repeat(blank));
                line.push_str(word);
                column += blank + wide;
            }
            Some(_) | None => {
                lines.push(word.to_owned());
                column = wide;
            }
        }
    }
    lines
}

/// The members of a collection behind what begins its line, in as many lines as they take.
pub(super) fn members(
    first: (usize, Sign, String),
    [open, close]: [&str; 2],
    pieces: &[Piece],
    sheet: Sheet,
) -> Vec<Line> {
    let (indent, sign, head) = first;
    let begin = indent + 2 + head.width() + open.width();
    let room = sheet.width.map_or(usize::MAX, |it| it.max(NARROWEST));
    let set_in = begin.min(room / 2);
    let mut lines = Vec::new();
    let (mut text, mut column) = (format!("{head}{open}"), begin);
    for (at, piece) in pieces.iter().enumerate() {
        let plain = match piece.sign.character() {
            Some(mark) => format!("{mark} {}", piece.text),
            None => piece.text.clone(),
        };
        let end = if at + 1 < pieces.len() { "," } else { close };
        let wide = plain.width() + end.width();
        let blank = usize::from(at > 0);
        if at > 0 && column.saturating_add(blank + wide) > room {
            lines.push(std::mem::take(&mut text));
            column = set_in + wide;
        } else {
            text.push_str(&" ".repeat(blank));
            column += blank + wide;
        }
        text.push_str(&paint(piece.sign, plain, sheet.palette));
        text.push_str(end);
    }
    if pieces.is_empty() {
        text.push_str(close);
    }
    lines.push(text);
    let mut lines = lines.into_iter();
    let first = lines.next().map(|text| Line::signed(indent, sign, text));
    let others = lines.map(|text| Line::new(set_in, text));
    first.into_iter().chain(others).collect()
}
