//! Finds what looks like a secret value in the text of a file, so that no snippet shows it. It goes by the names of keys
//! alone and so works in files that could not be read; it rather hides too much than too little.

use std::ops::Range;

use crate::suggest::suggest;

/// Parts of keys that hold secrets.
const PARTS: [&str; 6] = ["pass", "pwd", "secret", "totp", "token", "credential"];

/// Keys that hold secrets, for what is nearly one of them.
const KEYS: [&str; 4] = ["password", "totp_seed", "secret_key", "client_secret"];

/// What a reference to a secret may begin with.
const REFERENCES: [&str; 5] = ["env", "file", "age", "command", "generate"];

/// The values behind keys that are named like a secret, in order and apart. References such as `{ env: NAME }` are none.
pub(super) fn spans(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut line = Line::default();
    let mut at = 0;
    while let Some(found) = text[at..].find(':') {
        let colon = at + found;
        line.advance(text, colon);
        at = colon + 1;
        let key = key_before(&text[..colon]);
        if is_secret(key)
            && text[at..].chars().next().is_none_or(char::is_whitespace)
            && let Some(span) = value_at(text, at, &line, key)
        {
            at = span.end;
            spans.push(span);
        }
    }
    spans
}

/// The line that is looked at. It is followed along, since a file may be one line of any length.
#[derive(Default)]
struct Line {
    start: usize,
    end: usize,
    /// Up to where braces were counted.
    at: usize,
    /// How many braces of the line are open there.
    open: usize,
}

impl Line {
    fn advance(&mut self, text: &str, to: usize) {
        if to >= self.end {
            self.start = text[..to].rfind('\n').map_or(0, |at| at + 1);
            self.end = text[to..].find('\n').map_or(text.len(), |at| to + at);
            (self.at, self.open) = (self.start, 0);
        }
        for byte in text[self.at..to].bytes() {
            match byte {
                b'{' => self.open += 1,
                b'}' => self.open = self.open.saturating_sub(1),
                _ => {}
            }
        }
        self.at = to;
    }
}

fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    // Somebody may write in plain text what should have been encrypted, and a password into the URL of a store.
    ["age", "store"].contains(&&*key)
        || PARTS.iter().any(|part| key.contains(part))
        || suggest(&key, KEYS).is_some()
}

/// The key at the end of a text, with or without quotes.
fn key_before(text: &str) -> &str {
    let text = text.trim_end().trim_end_matches(['"', '\'']);
    let is_other = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'));
    let start = text
        .rfind(is_other)
        .map_or(0, |at| text.ceil_char_boundary(at + 1));
    &text[start..]
}

/// The value that begins after a colon, unless it is a mapping or an alias.
fn value_at(text: &str, after: usize, line: &Line, key: &str) -> Option<Range<usize>> {
    let line_end = line.end;
    let mut start = after;
    loop {
        start += text[start..line_end].len() - text[start..line_end].trim_start().len();
        // Anchors and tags stand before the value.
        if !text[start..line_end].starts_with(['&', '!']) {
            break;
        }
        let word = text[start..line_end].find(char::is_whitespace);
        start = word.map_or(line_end, |at| start + at);
    }
    let whole = &text[line.start..line_end];
    let indent = whole.len() - whole.trim_start_matches([' ', '-']).len();
    let value = &text[start..line_end];
    match value.chars().next() {
        // A table may have a key like `passwords`; a mapping behind `password` itself should be a reference.
        Some('{') => {
            let end = value.find('}').map_or(line_end, |at| start + at + 1);
            (KEYS.contains(&key) && !is_reference(value)).then_some(start..end)
        }
        Some('*') => None,
        None | Some('#') => {
            below(text, line_end, indent).filter(|span| !is_mapping(&text[span.clone()]))
        }
        Some('|' | '>') => below(text, line_end, indent),
        Some(quote @ ('"' | '\'')) => Some(start..end_of_quoted(text, start, quote)),
        Some(_) => {
            let in_flow = line.open > 0;
            let list = value.starts_with('[').then(|| value.find(']')).flatten();
            let flow = in_flow.then(|| value.find([',', '}'])).flatten();
            match list.map(|at| at + 1).or(flow) {
                Some(length) => Some(start..start + value[..length].trim_end().len()),
                None => {
                    let rest = below(text, line_end, indent).map(|span| span.end);
                    Some(start..rest.unwrap_or(start + value.trim_end().len()))
                }
            }
        }
    }
}

/// The lines after a line that are indented more than it is.
fn below(text: &str, line_end: usize, indent: usize) -> Option<Range<usize>> {
    let mut span: Option<Range<usize>> = None;
    let mut at = line_end;
    while at < text.len() {
        let start = at + 1;
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = text[start..end].trim_end();
        let content = line.trim_start();
        if !content.is_empty() {
            let own = line.len() - content.len();
            if own <= indent {
                break;
            }
            let first = span.map_or(start + own, |span| span.start);
            span = Some(first..start + line.len());
        }
        at = end;
    }
    span
}

/// Whether a mapping begins as a reference to a secret does, or nearly.
fn is_reference(mapping: &str) -> bool {
    let word = mapping.trim_start_matches(['{', ' ']);
    let word = word.split([':', '}']).next().unwrap_or_default().trim();
    word.is_empty() || suggest(word, REFERENCES).is_some() || REFERENCES.contains(&word)
}

fn is_mapping(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.contains(": ") || first.ends_with(':') || first.starts_with(['{', '*'])
}

fn end_of_quoted(text: &str, start: usize, quote: char) -> usize {
    let mut characters = text[start + 1..].char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        if (character == '\\' && quote == '"') || (character == '\'' && next == Some('\'')) {
            characters.next();
        } else if character == quote {
            return start + 1 + at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::spans;

    /// The text with every hidden value drawn as `¤`.
    fn check(text: &str) -> String {
        let mut out = text.to_owned();
        for span in spans(text).into_iter().rev() {
            out.replace_range(span, "¤");
        }
        out
    }

    #[test]
    fn values_of_secrets_are_found_in_every_style() {
        let table = [
            ("password: Blue Kettle # x", "password: ¤"),
            (
                "a: { password: Blue-Kettle, b: c }",
                "a: { password: ¤, b: c }",
            ),
            (
                "a: { password: \"Bl,}u\\\"e\", b: c }",
                "a: { password: ¤, b: c }",
            ),
            ("'totp_seed' : 'it''s', b: c", "'totp_seed' : ¤, b: c"),
            ("client_secret: [Blue, Kettle] # x", "client_secret: ¤ # x"),
            (
                "a:\n  password: |\n    Blue\n\n    Kettle\n  b: c",
                "a:\n  password: |\n    ¤\n  b: c",
            ),
            ("password:\n  Blue\n  Kettle\nb: c", "password:\n  ¤\nb: c"),
            ("password: Blue\n  Kettle\nb: c", "password: ¤\nb: c"),
            ("password: \"Blue\n  Kettle\"\nb: c", "password: ¤\nb: c"),
            ("pasword: &a Blue\nb: c", "pasword: &a ¤\nb: c"),
            ("- password: Blue\n  b: c", "- password: ¤\n  b: c"),
            ("password: { value: Blue }", "password: ¤"),
            ("db_token: \"never closed", "db_token: ¤"),
        ];
        for (text, wanted) in table {
            assert_eq!(check(text), wanted);
        }
    }

    #[test]
    fn what_is_no_secret_value_is_left() {
        for text in [
            "password: { env: CASE_A }",
            "password: { evn: CASE_A }",
            "password: {}",
            "password: { env: CASE_A, file: a }",
            "password:\n  env: CASE_A\nb: c",
            "passwords:\n  router:\n    name: Router",
            "secrets: { env_allow: [X] }",
            "password: *shared",
            "url: https://password:8443/x",
            "name: my password",
            "tags: [token]",
        ] {
            assert_eq!(check(text), text);
        }
    }
}
