//! Which words have quotes: those that some reader would take for something else without them, and no others. Readers
//! differ: to some of YAML 1.1 `no` is a truth value, and `12:30` a number.

use super::Edit;
use crate::yaml::{Role, Shape, Style, Written, is_number};

pub(super) fn edits(text: &str, documents: &[Written]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for document in documents {
        document.walk(&mut |node, role| {
            let Shape::Scalar { text: words, style } = &node.shape else {
                return;
            };
            let raw = &text[node.span.clone()];
            if node.is_tagged || raw.is_empty() {
                return;
            }
            let instead = match style {
                Style::Plain => {
                    (raw == &**words && needs_quotes(words, role)).then(|| format!("\"{words}\""))
                }
                Style::SingleQuoted | Style::DoubleQuoted => {
                    let inner = &raw[1..raw.len() - 1];
                    let before = &text[..node.span.start];
                    let after = &text[node.span.end..];
                    if inner != &**words {
                        // An escape, or several lines: there is a reason for the quotes.
                        None
                    } else if needs_none(words, role) && has_room(before, after, role) {
                        Some(inner.to_owned())
                    } else {
                        let is_simple =
                            *style == Style::SingleQuoted && !inner.contains(['"', '\\']);
                        is_simple.then(|| format!("\"{inner}\""))
                    }
                }
                Style::Block => None,
            };
            edits.extend(instead.map(|instead| (node.span.clone(), instead)));
        });
    }
    edits
}

/// Whether a word without quotes is a text to us and something else to others. A day stays as it is written.
fn needs_quotes(words: &str, role: Role) -> bool {
    let is_ours = matches!(
        words,
        "true" | "false" | "~" | "null" | "Null" | "NULL" | "<<"
    );
    let is_meant = !role.is_key && (is_ours || is_number(words));
    let is_merge = role.is_key && matches!(words, "<<" | "~" | "null" | "Null" | "NULL");
    !is_meant && !is_merge && !is_day(words) && is_something_else(words)
}

/// Whether a text is the same text to every reader without quotes.
fn needs_none(words: &str, role: Role) -> bool {
    const INDICATORS: &str = "-?:,[]{}#&*!|>'\"%@`";
    let is_open = |c: char| match c {
        ' '..='~' => !role.in_flow || !",[]{}:".contains(c),
        '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{ff}' | '\u{2010}'..='\u{2027}' => true,
        _ => !c.is_ascii() && c.is_alphanumeric(),
    };
    words.starts_with(|c: char| !c.is_whitespace() && !INDICATORS.contains(c))
        && !words.ends_with([' ', ':'])
        && !words.contains(": ")
        && !words.contains(" #")
        && words.chars().all(is_open)
        && !is_day(words)
        && !is_something_else(words)
}

/// Whether a word can stand here without quotes: with them, `{"a":1}` needs no blank.
fn has_room(before: &str, after: &str, role: Role) -> bool {
    let starts = before.is_empty() || before.ends_with([' ', '\t', '\n', '[', '{', ',']);
    let after = after.trim_start_matches(' ');
    let ends = if role.is_key {
        after.starts_with(": ") || after.starts_with(":\n") || after.starts_with(":\r")
    } else {
        after.is_empty() || after.starts_with(['\n', '\r', ',', ']', '}', '#', '\t'])
    };
    starts && ends
}

/// Whether a reader of YAML 1.1 or of YAML 1.2 takes a word for nothing, a truth value or a number.
fn is_something_else(words: &str) -> bool {
    let lower = words.to_ascii_lowercase();
    let is_cased = words == lower
        || words == words.to_ascii_uppercase()
        || words.chars().skip(1).eq(lower.chars().skip(1));
    let unsigned = lower.strip_prefix(['+', '-']).unwrap_or(&lower);
    let digits = |radix: u32, rest: &str| {
        !rest.is_empty() && rest.chars().all(|c| c == '_' || c.is_digit(radix))
    };
    let in_radix = [("0x", 16), ("0b", 2), ("0o", 8)]
        .into_iter()
        .any(|(prefix, radix)| {
            unsigned
                .strip_prefix(prefix)
                .is_some_and(|it| digits(radix, it))
        });
    match lower.as_str() {
        "" | "~" | "=" | "<<" => true,
        "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" => is_cased,
        ".nan" | ".inf" | "+.inf" | "-.inf" => true,
        _ => in_radix || is_sixties(unsigned) || is_number(&lower.replace('_', "")),
    }
}

/// Whether it is a number to the base of sixty, such as `12:30`.
fn is_sixties(words: &str) -> bool {
    let is_digits =
        |part: &str| !part.is_empty() && part.chars().all(|c| c == '_' || c.is_ascii_digit());
    let whole = words.split_once('.').map_or(words, |(whole, rest)| {
        if rest.is_empty() || is_digits(rest) {
            whole
        } else {
            words
        }
    });
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    let mut rest = parts.peekable();
    is_digits(first)
        && rest.peek().is_some()
        && rest.all(|part| part.len() <= 2 && part.parse::<u8>().is_ok_and(|it| it < 60))
}

/// Whether it begins like a day, which to some readers is one and to others a text.
fn is_day(words: &str) -> bool {
    let mut parts = words.splitn(3, '-');
    let mut digits = |most: usize| {
        parts.next().is_some_and(|part| {
            let part = part.split(['T', 't', ' ']).next().unwrap_or_default();
            !part.is_empty() && part.len() <= most && part.bytes().all(|it| it.is_ascii_digit())
        })
    };
    digits(4) && digits(2) && digits(2)
}
