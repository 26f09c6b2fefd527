//! The normal form of a file: in what order a resource's keys stand, which words have quotes, where lines end. Bytes
//! are replaced at the places of nodes and nowhere else, so that comments, blank lines and the order of resources stay
//! as people wrote them. What comes out is read again: it says the same, or it is not used.

mod lines;
mod order;
mod words;

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::model::diagnostic::Diagnostics;
use crate::model::kind::Capabilities;
use crate::model::place::FileId;
use crate::yaml::{self, Shape, Style, Written};

/// The normal form would not say what the file says: a defect of this module.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("its normal form would say something else, which is a defect of trueup")]
pub(crate) struct Defect;

/// A part of a text, and what stands there instead.
type Edit = (Range<usize>, String);

/// The normal form of a text in which [`yaml::parse`] finds nothing wrong. `kinds` are those whose tables the file may
/// hold.
pub(crate) fn format(text: &str, kinds: &[Capabilities]) -> Result<String, Defect> {
    let formed = formed(text, kinds);
    if says_the_same(text, &formed) {
        Ok(formed)
    } else {
        Err(Defect)
    }
}

fn formed(text: &str, kinds: &[Capabilities]) -> String {
    let mut formed = text.to_owned();
    for pass in [lines::edits, words::edits] {
        formed = replace(&formed, pass(&formed, &yaml::written(&formed)));
    }
    let reordered = order::edits(&formed, &yaml::written(&formed), kinds);
    formed = replace(&formed, reordered);
    // Where blank lines changed places, one may have come to the end.
    replace(&formed, lines::edits(&formed, &yaml::written(&formed)))
}

/// Puts the edits in, which may stand in any order and do not touch each other.
fn replace(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(span, _)| span.start);
    let mut replaced = String::with_capacity(text.len());
    let mut at = 0;
    for (span, instead) in edits {
        replaced.push_str(&text[at..span.start]);
        replaced.push_str(&instead);
        at = span.end;
    }
    replaced.push_str(&text[at..]);
    replaced
}

/// Whether two texts are the same to whoever reads them, and have the same comments.
fn says_the_same(before: &str, after: &str) -> bool {
    let read = |text: &str| {
        let mut diagnostics = Diagnostics::default();
        let documents = yaml::parse(FileId(0), text, &mut diagnostics);
        (!diagnostics.has_errors()).then_some(documents)
    };
    let (Some(first), Some(second)) = (read(before), read(after)) else {
        return false;
    };
    let same = |(a, b)| yaml::same(a, b);
    first.len() == second.len()
        && first.iter().zip(&second).all(same)
        && comments(before) == comments(after)
}

/// The comments of a text, in an order of their own.
fn comments(text: &str) -> Vec<&str> {
    let spans = comment_spans(text, &yaml::written(text)).into_iter();
    let comments = spans.map(|span| text[span].trim_end());
    let mut comments = comments.collect::<Vec<_>>();
    comments.sort_unstable();
    comments
}

/// Where the comments of a text stand: what begins with `#` after a blank, outside of every text that is a value.
fn comment_spans(text: &str, documents: &[Written]) -> Vec<Range<usize>> {
    let mut values = Vec::new();
    for document in documents {
        document.walk(&mut |node, _| {
            if let Shape::Scalar { style, .. } = node.shape {
                // What stands behind `|` in its line is no part of the text.
                let skipped = match style {
                    Style::Block => first_line(text, &node.span),
                    Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => 0,
                };
                values.push(node.span.start + skipped..node.span.end);
            }
        });
    }
    let mut spans = Vec::new();
    let mut at = 0;
    values.push(text.len()..text.len());
    for value in values {
        while at < value.start {
            let Some(found) = text[at..value.start].find('#') else {
                break;
            };
            let start = at + found;
            let is_comment =
                text[..start].is_empty() || text[..start].ends_with([' ', '\t', '\n', '\r']);
            if !is_comment {
                at = start + 1;
                continue;
            }
            let end = text[start..].find('\n').map_or(text.len(), |it| start + it);
            spans.push(start..end);
            at = end;
        }
        at = at.max(value.end);
    }
    spans
}

/// How many bytes of a text are in its first line, with the line end.
fn first_line(text: &str, span: &Range<usize>) -> usize {
    let text = &text[span.clone()];
    text.find('\n').map_or(text.len(), |end| end + 1)
}
