//! Finds characters that cannot be seen and do not belong into a text file, so that what a reviewer reads is what
//! the program reads.

use std::borrow::Cow;

use super::{CONTROL_CHARACTER, syntax};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::place::FileId;

/// How many of them are reported in one file.
const REPORTED: usize = 20;

/// The text with spaces in place of such characters; every other place stays the same. Reports each run of them.
pub(super) fn blank<'a>(
    file: FileId,
    text: &'a str,
    diagnostics: &mut Diagnostics,
) -> Cow<'a, str> {
    if !suspicious(text.as_bytes()) || !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let mut blanked = String::with_capacity(text.len());
    let mut runs = 0;
    let mut rest = text;
    while let Some(at) = rest.find(is_control) {
        let length = rest[at..]
            .find(|it| !is_control(it))
            .unwrap_or(rest.len() - at);
        let character = rest[at..]
            .chars()
            .next()
            .expect("a character was found here");
        if runs < REPORTED {
            let start = blanked.len() + at;
            diagnostics.push(report(file, start, start + length, character));
        }
        runs += 1;
        blanked.push_str(&rest[..at]);
        blanked.extend(std::iter::repeat_n(' ', length));
        rest = &rest[at + length..];
    }
    blanked.push_str(rest);
    Cow::Owned(blanked)
}

fn report(file: FileId, start: usize, end: usize, character: char) -> Diagnostic {
    let code = u32::from(character);
    let (what, help) = match code {
        0 => (
            "a zero character".to_owned(),
            "save the file as UTF-8 text".to_owned(),
        ),
        1..=0xff => (
            format!("an invisible control character, U+{code:04X}"),
            format!("delete it; where it is meant, write `\\x{code:02x}` in double quotes"),
        ),
        _ => (
            format!(
                "an invisible character, U+{code:04X}, that can make text look like other text"
            ),
            format!("delete it; where it is meant, write `\\u{code:04x}` in double quotes"),
        ),
    };
    Diagnostic::error(
        CONTROL_CHARACTER,
        syntax::place(file, start, end),
        format!("the file has {what}"),
    )
    .help(help)
}

/// Whether any byte could begin such a character: cheap, and false for nearly every file.
fn suspicious(bytes: &[u8]) -> bool {
    bytes.chunks(256).any(|chunk| {
        chunk.iter().fold(false, |found, byte| {
            let control = *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
            found | control | matches!(byte, 0x7f | 0xc2 | 0xe2 | 0xef)
        })
    })
}

/// What YAML calls not printable, and the characters that reorder the text around them.
pub(super) fn is_control(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => character.is_control(),
    }
}
