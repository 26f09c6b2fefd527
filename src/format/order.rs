//! In what order the keys of a resource stand: first what every resource may say, then the fields of its kind. Vendors,
//! tables and resources stay where they are.

use std::ops::Range;

use super::{Edit, comment_spans};
use crate::model::field::Field;
use crate::model::kind::Capabilities;
use crate::yaml::{Shape, Written};

/// What every resource may say, in its order; what is merged in comes before all.
const GENERAL: [&str; 7] = [
    "<<",
    "was",
    "id",
    "lifecycle",
    "expires",
    "state",
    "allow_spend",
];

pub(super) fn edits(text: &str, documents: &[Written], kinds: &[Capabilities]) -> Vec<Edit> {
    let comments = comment_spans(text, documents);
    let mut edits = Vec::new();
    for (vendor, tables) in documents.iter().flat_map(entries) {
        for (table, resources) in entries(tables) {
            let kind = kinds
                .iter()
                .find(|kind| key(vendor) == Some(kind.id.vendor) && key(table) == Some(kind.table));
            let Some(kind) = kind else { continue };
            for (_, resource) in entries(resources) {
                edits.extend(reordered(text, resource, kind, &comments));
            }
        }
    }
    edits
}

fn entries(node: &Written) -> impl Iterator<Item = &(Written, Written)> {
    let entries = match &node.shape {
        Shape::Map { entries, .. } => entries.as_slice(),
        Shape::Alias | Shape::Scalar { .. } | Shape::List { .. } => &[],
    };
    entries.iter()
}

fn key(node: &Written) -> Option<&str> {
    match &node.shape {
        Shape::Scalar { text, .. } => Some(text),
        Shape::Alias | Shape::List { .. } | Shape::Map { .. } => None,
    }
}

/// A resource with its keys in order, if they are not and can be put so. An anchor must stay above its aliases.
fn reordered(
    text: &str,
    resource: &Written,
    kind: &Capabilities,
    comments: &[Range<usize>],
) -> Option<Edit> {
    let Shape::Map { is_flow, entries } = &resource.shape else {
        return None;
    };
    let rank = |at: &usize| {
        let name = key(&entries[*at].0).unwrap_or_default();
        let general = GENERAL.iter().position(|it| *it == name);
        // A field that lies in sections is named by the way to it.
        let is_it = |field: &Field| field.name.split('.').next() == Some(name);
        let field = || kind.fields.iter().position(is_it);
        let field = || field().map(|at| GENERAL.len() + at);
        general.or_else(field).unwrap_or(usize::MAX)
    };
    let mut order = (0..entries.len()).collect::<Vec<_>>();
    order.sort_by_key(rank);
    let is_bound = |(key, _): &(Written, Written)| key.is_tagged || key.is_empty();
    if order.is_sorted() || resource.has_anchor || entries.iter().any(is_bound) {
        return None;
    }
    if *is_flow {
        in_braces(text, resource, entries, &order, comments)
    } else {
        in_lines(text, entries, &order)
    }
}

/// Puts each entry where another was; what stands between them stays. A comment would come to stand at another entry.
fn in_braces(
    text: &str,
    resource: &Written,
    entries: &[(Written, Written)],
    order: &[usize],
    comments: &[Range<usize>],
) -> Option<Edit> {
    let span = &resource.span;
    let first = comments.partition_point(|it| it.start < span.start);
    let has_comment = comments.get(first).is_some_and(|it| it.start < span.end);
    if has_comment || entries.iter().any(|(_, value)| value.is_empty()) {
        return None;
    }
    let bytes = |at: usize| entries[at].0.span.start..entries[at].1.span.end;
    let mut instead = String::with_capacity(span.len());
    let mut at = span.start;
    for (here, other) in order.iter().enumerate() {
        instead.push_str(&text[at..bytes(here).start]);
        instead.push_str(&text[bytes(*other)]);
        at = bytes(here).end;
    }
    instead.push_str(&text[at..span.end]);
    Some((span.clone(), instead))
}

/// Moves whole lines: each entry with the comments above it and with those below that are indented deeper.
fn in_lines(text: &str, entries: &[(Written, Written)], order: &[usize]) -> Option<Edit> {
    let line = |at: usize| text[..at].rfind('\n').map_or(0, |end| end + 1);
    let starts = entries.iter().map(|(key, _)| line(key.span.start));
    let starts = starts.collect::<Vec<_>>();
    let columns = entries.iter().zip(&starts).map(|((key, _), start)| {
        let indentation = &text[*start..key.span.start];
        let is_alone = indentation.bytes().all(|it| it == b' ');
        is_alone.then_some(indentation.len())
    });
    let columns = columns.collect::<Option<Vec<_>>>()?;
    let column = *columns.first()?;
    if columns.iter().any(|it| *it != column) {
        return None;
    }
    let ends = entries.iter().map(|(key, value)| {
        let end = if value.is_empty() {
            key.span.end
        } else {
            value.span.end
        };
        with_deeper_comments(text, line_after(text, end), column)
    });
    let ends = ends.collect::<Vec<_>>();
    let region = with_comments_above(text, *starts.first()?)..*ends.last()?;
    if !text[region.clone()].ends_with('\n') {
        return None;
    }
    let lines = |at: usize| match at.checked_sub(1) {
        Some(before) => ends[before]..ends[at],
        None => region.start..ends[0],
    };
    let mut instead = String::with_capacity(region.len());
    for at in order {
        let mut lines = &text[lines(*at)];
        // The blank lines above it separated it from what was before it.
        while instead.is_empty()
            && let Some((first, rest)) = lines.split_once('\n')
            && first.trim().is_empty()
        {
            lines = rest;
        }
        instead.push_str(lines);
    }
    Some((region, instead))
}

/// Where the line after this place begins. A block of text ends where a line begins.
fn line_after(text: &str, at: usize) -> usize {
    if text[..at].ends_with('\n') {
        return at;
    }
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// The end of the comments from here on that are indented deeper than `column`, with the blank lines between them.
fn with_deeper_comments(text: &str, from: usize, column: usize) -> usize {
    let (mut end, mut at) = (from, from);
    for line in text[from..].split_inclusive('\n') {
        at += line.len();
        let words = line.trim_start_matches(' ');
        if words.starts_with('#') && line.len() - words.len() > column {
            end = at;
        } else if !words.trim().is_empty() {
            break;
        }
    }
    end
}

/// The beginning of the comments that stand right above a line.
fn with_comments_above(text: &str, line: usize) -> usize {
    let mut start = line;
    for line in text[..line].split_inclusive('\n').rev() {
        if !line.trim_start().starts_with('#') {
            break;
        }
        start -= line.len();
    }
    start
}
