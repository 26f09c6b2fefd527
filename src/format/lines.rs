//! Where lines end: no blanks at their ends, and one line end at the end of the file.

use std::ops::Range;

use super::Edit;
use crate::yaml::{Shape, Style, Written};

pub(super) fn edits(text: &str, documents: &[Written]) -> Vec<Edit> {
    let values = values_over_lines(text, documents);
    let mut edits = Vec::new();
    let mut start = 0;
    let mut values_left = values.iter().peekable();
    let end = end_of_file(text, values.last());
    for line in text[..end].split_inclusive('\n') {
        let words = line.trim_end_matches(['\n', '\r']);
        let blanks = words.len() - words.trim_end_matches([' ', '\t']).len();
        let at = start + words.len();
        while values_left.next_if(|value| value.end < at).is_some() {}
        let is_within = values_left
            .peek()
            .is_some_and(|value| value.start <= at && at <= value.end);
        if blanks > 0 && !is_within {
            edits.push((at - blanks..at, String::new()));
        }
        start += line.len();
    }
    let rest = &text[end..];
    if end < text.len() {
        edits.push((end..text.len(), String::new()));
    }
    let is_open = end > 0 && !text[..end].ends_with('\n');
    // After a text with `|`, a line end would be one of its own.
    let ends_in_block = values.last().is_some_and(|value| value.end >= end);
    if is_open && rest.is_empty() && !ends_in_block {
        edits.push((end..end, "\n".to_owned()));
    }
    edits
}

/// Where the last line ends that holds anything.
fn end_of_file(text: &str, last_value: Option<&Range<usize>>) -> usize {
    let words = text.trim_end_matches([' ', '\t', '\r', '\n']).len();
    if words == 0 {
        return 0;
    }
    let words = words.max(last_value.map_or(0, |value| value.end));
    if text[..words].ends_with('\n') {
        return words;
    }
    text[words..]
        .find('\n')
        .map_or(text.len(), |end| words + end + 1)
}

/// The texts that go over several lines, in which blanks and line ends may be meant; of those after `|` and `>` what
/// comes after that line.
fn values_over_lines(text: &str, documents: &[Written]) -> Vec<Range<usize>> {
    let mut values = Vec::new();
    for document in documents {
        document.walk(&mut |node, _| {
            let Shape::Scalar { style, .. } = node.shape else {
                return;
            };
            let span = &node.span;
            let Some(first) = text[span.clone()].find('\n') else {
                return;
            };
            values.push(match style {
                Style::Block => span.start + first + 1..span.end,
                Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => span.clone(),
            });
        });
    }
    values
}
