//! Diagnostics for people, in the manner of rustc: the line of each mistake, the mistake underlined, and what to do.

use std::collections::HashSet;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Locator, counts, harmless};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::place::{Place, Sources};

/// How many diagnostics are shown in full.
const SHOWN: usize = 100;

/// How many lines may lie between two places that are shown in one piece.
const TOGETHER: usize = 4;

/// Lines up to this many bytes are left to the renderer, which shows of them what fits.
const LONG: usize = 4096;

/// How many bytes are shown of a longer line, and how many of them before the place.
const WIDTH: usize = 240;
const BEFORE: usize = 80;

/// Renders diagnostics for a terminal. Empty if there are none; else it ends with a line that counts them.
pub(crate) fn text(diagnostics: &[Diagnostic], sources: &Sources, color: bool) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut locator = Locator::new(sources);
    let mut out = String::new();
    // Warnings never crowd out the errors, which are what stops the run.
    let (errors, warnings) = counts(diagnostics);
    let mut errors_left = errors.min(SHOWN);
    let mut warnings_left = warnings.min(SHOWN - errors_left);
    for diagnostic in diagnostics {
        let left = match diagnostic.severity {
            Severity::Error => &mut errors_left,
            Severity::Warning => &mut warnings_left,
        };
        if *left > 0 {
            *left -= 1;
            out.push_str(&renderer.render(&[group(diagnostic, &mut locator)]));
            out.push_str("\n\n");
        }
    }
    if diagnostics.len() > SHOWN {
        out.push_str(&format!("and {} more\n\n", diagnostics.len() - SHOWN));
    }
    let level = if errors > 0 {
        Level::ERROR
    } else {
        Level::WARNING
    };
    let summary = level.primary_title(summary(diagnostics));
    out.push_str(&renderer.render(&[Group::with_title(summary)]));
    out.push('\n');
    out
}

fn summary(diagnostics: &[Diagnostic]) -> String {
    let (errors, warnings) = counts(diagnostics);
    let some = |count: usize, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {one}s")),
    };
    let files: HashSet<_> = diagnostics
        .iter()
        .filter_map(|it| it.place)
        .map(|it| it.file)
        .collect();
    let what = [some(errors, "mistake"), some(warnings, "warning")];
    let what = what.into_iter().flatten().collect::<Vec<_>>().join(" and ");
    match some(files.len(), "file") {
        Some(files) => format!("{what} in {files}"),
        None => what,
    }
}

/// A place to be underlined, on one line.
struct Mark<'a> {
    place: Place,
    line: usize,
    kind: AnnotationKind,
    word: &'a str,
}

fn group<'a>(diagnostic: &'a Diagnostic, locator: &mut Locator<'a>) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(harmless(&diagnostic.message))
        .id(diagnostic.code.0);
    let mut group = Group::with_title(title);
    let primary = diagnostic
        .place
        .map(|place| (place, AnnotationKind::Primary, diagnostic.label.as_str()));
    let related = diagnostic
        .related
        .iter()
        .map(|(place, word)| (*place, AnnotationKind::Context, word.as_str()));
    let mut marks: Vec<Mark<'_>> = primary
        .into_iter()
        .chain(related)
        .map(|(place, kind, word)| Mark {
            place,
            line: locator.start(place).line,
            kind,
            word,
        })
        .collect();
    marks.sort_by_key(|it| (it.place.file, it.line));
    let mut pieces: Vec<Vec<Mark<'_>>> = Vec::new();
    for mark in marks {
        match pieces.last_mut() {
            Some(piece) if piece.last().is_some_and(|last| is_near(last, &mark)) => {
                piece.push(mark)
            }
            Some(_) | None => pieces.push(vec![mark]),
        }
    }
    // The piece with the mistake itself comes first, whichever place the others have.
    pieces.sort_by_key(|piece| !piece.iter().any(|it| it.kind == AnnotationKind::Primary));
    for piece in pieces {
        group = shown(group, &piece, locator);
    }
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(harmless(help))),
        None => group,
    }
}

fn is_near(last: &Mark<'_>, next: &Mark<'_>) -> bool {
    last.place.file == next.place.file && next.line - last.line <= TOGETHER
}

/// Adds the lines of some places that lie close together, and nothing else of their file.
fn shown<'a>(group: Group<'a>, piece: &[Mark<'a>], locator: &mut Locator<'a>) -> Group<'a> {
    let (first, last) = (&piece[0], &piece[piece.len() - 1]);
    let text = locator.text(first.place);
    let mut source = String::new();
    let mut annotations = Vec::new();
    let mut moved = false;
    for line in first.line..=last.line {
        let whole = locator.line(first.place.file, line);
        let marks = || piece.iter().filter(|it| it.line == line);
        let from = marks().map(|it| it.place.start as usize).min();
        let shown = cut(text, whole.clone(), from.unwrap_or(whole.start));
        let begin = source.len()
            + if shown.start > whole.start {
                '…'.len_utf8()
            } else {
                0
            };
        for mark in marks() {
            let mut offset = |at: u32| {
                let at = (at as usize).clamp(shown.start, shown.end);
                let (before, concealed) = locator.visible(mark.place.file, shown.start..at);
                (begin + before.len(), concealed)
            };
            let (start, concealed) = offset(mark.place.start);
            moved |= concealed;
            let span = start..offset(mark.place.end).0;
            let annotation = mark.kind.span(span);
            annotations
                .push(annotation.label(Some(harmless(mark.word)).filter(|it| !it.is_empty())));
        }
        if shown.start > whole.start {
            source.push('…');
            moved = true;
        }
        let (visible, _) = locator.visible(first.place.file, shown.clone());
        source.push_str(&visible);
        if shown.end < whole.end {
            source.push('…');
        }
        source.push('\n');
    }
    let path = harmless(locator.path(first.place));
    let snippet = Snippet::source(source)
        .line_start(first.line)
        .annotations(annotations);
    if !moved {
        return group.element(snippet.path(path));
    }
    // The renderer would count the column in what is left of the line.
    let head = piece
        .iter()
        .find(|it| it.kind == AnnotationKind::Primary)
        .unwrap_or(first);
    let point = locator.start(head.place);
    let origin = Origin::path(path)
        .line(point.line)
        .char_column(point.column);
    group.element(snippet).element(origin)
}

/// The part of a line that is shown: all of it, or what is around the place.
fn cut(text: &str, line: Range<usize>, from: usize) -> Range<usize> {
    if line.len() <= LONG {
        return line;
    }
    let start = text.floor_char_boundary(from.saturating_sub(BEFORE).max(line.start));
    let end = text.ceil_char_boundary((start + WIDTH).min(line.end));
    start..end
}
