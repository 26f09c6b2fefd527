//! Shows sorted diagnostics, to people and to machines. Every form takes time in proportion to the files and the
//! number of diagnostics, and only the one for people may hold colors.

mod conceal;
mod event;
mod github;
mod json;
mod sarif;
mod text;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

pub(crate) use event::{DiagnosticJson, events};
pub(super) use sarif::{fingerprint, uri};
pub(crate) use {github::github, json::json, sarif::sarif, text::text};

use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::place::{FileId, Place, Sources};

/// A point of a file as people say it, both from 1, the column in characters; and its offset from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
struct Point {
    /// The line, from 1.
    line: usize,
    /// The character in the line, from 1.
    column: usize,
    /// The byte in the file, from 0.
    byte: usize,
}

/// Finds lines and columns in files. Unlike [`Sources::position`] it does not count a long line from its beginning
/// each time, which would make a file of one line and many mistakes take forever.
struct Locator<'a> {
    sources: &'a Sources,
    files: HashMap<FileId, Index>,
    secrets: HashMap<FileId, Vec<Range<usize>>>,
}

/// What is shown in the place of a secret.
const SECRET: &str = "(secret)";

/// Where the lines of a file begin, and how many characters come before each of its blocks.
struct Index {
    lines: Vec<usize>,
    characters: Vec<usize>,
}

const BLOCK: usize = 1024;

impl<'a> Locator<'a> {
    fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            files: HashMap::new(),
            secrets: HashMap::new(),
        }
    }

    fn path(&self, place: Place) -> &'a str {
        &self.sources.get(place.file).path
    }

    fn text(&self, place: Place) -> &'a str {
        &self.sources.get(place.file).text
    }

    fn start(&mut self, place: Place) -> Point {
        self.point(place.file, place.start as usize)
    }

    fn end(&mut self, place: Place) -> Point {
        self.point(place.file, place.end as usize)
    }

    fn point(&mut self, file: FileId, byte: usize) -> Point {
        let text = self.sources.get(file).text.as_bytes();
        let index = self.index(file);
        let line = index.lines.partition_point(|start| *start <= byte);
        let column = index.characters_before(text, byte)
            - index.characters_before(text, index.lines[line - 1])
            + 1;
        Point { line, column, byte }
    }

    /// The bytes of a line, without its line end.
    fn line(&mut self, file: FileId, line: usize) -> Range<usize> {
        let text = &self.sources.get(file).text;
        let index = self.index(file);
        let start = index.lines[line - 1];
        let end = index.lines.get(line).map_or(text.len(), |next| next - 1);
        let end = if text[start..end].ends_with('\r') {
            end - 1
        } else {
            end
        };
        start..end
    }

    /// A part of a file's text as it may be shown, and whether a secret was left out of it.
    fn visible(&mut self, file: FileId, part: Range<usize>) -> (String, bool) {
        let text = self.sources.get(file).text.as_str();
        let secrets = self.secrets.entry(file);
        let secrets = secrets.or_insert_with(|| conceal::spans(text));
        let first = secrets.partition_point(|secret| secret.end <= part.start);
        let (mut out, mut at) = (String::new(), part.start);
        let mut concealed = false;
        for secret in secrets[first..].iter().take_while(|it| it.start < part.end) {
            if secret.start >= part.start {
                out.push_str(&harmless(&text[at..secret.start]));
                out.push_str(SECRET);
            }
            at = secret.end.min(part.end);
            concealed = true;
        }
        out.push_str(&harmless(&text[at..part.end]));
        (out, concealed)
    }

    fn index(&mut self, file: FileId) -> &Index {
        let sources = self.sources;
        self.files
            .entry(file)
            .or_insert_with(|| Index::new(&sources.get(file).text))
    }
}

impl Index {
    fn new(text: &str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let mut characters = vec![0];
        let mut count = 0;
        for block in text.as_bytes().chunks(BLOCK) {
            count += begun_in(block);
            characters.push(count);
        }
        Self {
            lines: std::iter::once(0).chain(breaks).collect(),
            characters,
        }
    }

    fn characters_before(&self, text: &[u8], byte: usize) -> usize {
        let block = byte / BLOCK;
        self.characters[block] + begun_in(&text[block * BLOCK..byte])
    }
}

/// How many characters begin in these bytes of UTF-8.
fn begun_in(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// How many errors and how many warnings there are.
fn counts(diagnostics: &[Diagnostic]) -> (usize, usize) {
    let errors = diagnostics
        .iter()
        .filter(|it| it.severity == Severity::Error)
        .count();
    (errors, diagnostics.len() - errors)
}

fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn is_harmful(it: char) -> bool {
    let reorders =
        matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
    it != '\t' && (it.is_control() || reorders)
}

/// The text with something to be seen in place of what a terminal would obey, or what would hide in it.
fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let shown = |it: char| match it {
        '\0'..='\u{1f}' if is_harmful(it) => {
            char::from_u32(0x2400 + u32::from(it)).unwrap_or('\u{fffd}')
        }
        '\u{7f}' => '\u{2421}',
        _ if is_harmful(it) => '\u{fffd}',
        _ => it,
    };
    Cow::Owned(text.chars().map(shown).collect())
}

/// Writes a value as JSON that a terminal can show too: control characters that JSON lets through are escaped.
pub(super) fn written(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_string_pretty(value)
        .expect("texts and numbers can always be written as JSON");
    let mut out = String::with_capacity(json.len() + 1);
    for character in json.chars() {
        if character != '\n' && is_harmful(character) {
            out.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests;
