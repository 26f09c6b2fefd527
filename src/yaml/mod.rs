//! Reads what people write. This is the one module that knows a YAML parser: everybody else sees trees whose nodes
//! know their places. A file is read to its end whatever is wrong in it, and no file can make the reading expensive.

mod control;
mod keys;
mod read;
mod same;
mod source;
mod syntax;
mod tree;
mod written;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub(crate) use {
    same::{is_number, same},
    source::{MAX_BYTES, decode_text},
    tree::{Entry, Node, View},
    written::{Role, Shape, Style, Written, written},
};

use crate::model::diagnostic::{Code, Diagnostics};
use crate::model::place::FileId;

const ALIAS_BOMB: Code = Code("alias-bomb");
const ALIAS_CYCLE: Code = Code("alias-cycle");
const BAD_KEY: Code = Code("bad-key");
const BAD_MERGE: Code = Code("bad-merge");
const CONTROL_CHARACTER: Code = Code("control-character");
const DUPLICATE_KEY: Code = Code("duplicate-key");
const SYNTAX: Code = Code("syntax");
const TAB: Code = Code("tab");
const TOO_DEEP: Code = Code("too-deep");
const UNKNOWN_ANCHOR: Code = Code("unknown-anchor");
const UNKNOWN_TAG: Code = Code("unknown-tag");

/// Parses all documents of one file. Mistakes go to `diagnostics`; what could be read is returned. A document with a
/// syntax error is left out as a whole, since half of it would make references to the other half look wrong.
pub(crate) fn parse(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Vec<Node> {
    let text = control::blank(file, text, diagnostics);
    read::Reader::new(file, &text, diagnostics).read()
}

/// Whether any text could not be read, so that what it declares is not known.
pub(crate) fn lost_text(diagnostics: &Diagnostics) -> bool {
    [SYNTAX, TAB, TOO_DEEP, source::NOT_UTF8, source::TOO_LARGE]
        .into_iter()
        .any(|code| diagnostics.has(code))
}

/// A text short and harmless enough to be named in a message.
fn brief(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 60;
    if text.len() <= LONGEST && !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let cut = text
        .char_indices()
        .nth(LONGEST)
        .map_or(text.len(), |(at, _)| at);
    let mut brief: String = text[..cut].chars().flat_map(char::escape_debug).collect();
    if cut < text.len() {
        brief.push('…');
    }
    Cow::Owned(brief)
}
