//! Writes texts into YAML so that every reader, whichever version of YAML it follows, takes them for the same text.

use std::borrow::Cow;
use std::fmt::Write;

use super::control::is_control;

/// Words that some reader takes for a boolean, for nothing or for a number, in lower case.
const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// The text as a YAML scalar on one line: plain where no reader can misunderstand it, else in double quotes. Holds
/// in block and in flow style, as a key and as a value.
pub(crate) fn quoted(text: &str) -> Cow<'_, str> {
    if is_safe_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if must_be_escaped(character) => {
                let code = u32::from(character);
                let _ = match code {
                    0..=0xff => write!(quoted, "\\x{code:02x}"),
                    0x100..=0xffff => write!(quoted, "\\u{code:04x}"),
                    _ => write!(quoted, "\\U{code:08x}"),
                };
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    Cow::Owned(quoted)
}

/// Line ends that only YAML 1.1 knows, marks, noncharacters, and whatever else cannot be seen.
fn must_be_escaped(character: char) -> bool {
    is_control(character)
        || matches!(
            character,
            '\u{85}' | '\u{a0}' | '\u{ad}' | '\u{200b}'
                ..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}'
        )
        || u32::from(character) & 0xfffe == 0xfffe
}

/// Begins with a letter, so that it is no number, date or time, and has nothing that means something anywhere.
fn is_safe_plain(text: &str) -> bool {
    let begins_well = text.starts_with(|it: char| it.is_alphabetic() || matches!(it, '_' | '/'));
    let harmless = |it: char| {
        it.is_alphanumeric()
            || matches!(
                it,
                ' ' | '_' | '-' | '.' | '/' | '@' | '+' | '(' | ')' | '$'
            )
    };
    begins_well
        && !text.ends_with(' ')
        && text.chars().all(harmless)
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::quoted;
    use crate::model::diagnostic::Diagnostics;
    use crate::model::place::FileId;
    use crate::yaml::{View, parse};

    /// Writes the text in every position and reads it back, with our reader and with one that follows YAML 1.1.
    #[track_caller]
    fn check(text: &str, written: &str) {
        assert_eq!(quoted(text), written);
        let document = format!(
            "{written}: [{written}, {{ {written}: {written} }}]\n? {written}1\n: - {written}\n"
        );
        let mut diagnostics = Diagnostics::default();
        let documents = parse(
            FileId(0),
            &document.replace(&format!("? {written}1\n: "), "other:\n  "),
            &mut diagnostics,
        );
        assert_eq!(diagnostics.sorted(), []);
        let View::Map(entries) = documents[0].view() else {
            panic!("not a mapping")
        };
        assert_eq!(&*entries[0].key.text, text);
        let View::List(items) = entries[0].value.view() else {
            panic!("not a list")
        };
        let View::Scalar(scalar) = items[0].view() else {
            panic!("not a text: {}", items[0].what())
        };
        assert_eq!(&*scalar.text, text);

        let value: serde_yaml::Value =
            serde_yaml::from_str(&format!("- {written}\n- {{ {written}: {written} }}\n")).unwrap();
        assert_eq!(value[0], serde_yaml::Value::String(text.to_owned()));
        assert_eq!(value[1][text], serde_yaml::Value::String(text.to_owned()));
    }

    #[test]
    fn ordinary_text_is_left_plain() {
        for text in [
            "root",
            "db-root",
            "Office router",
            "maria.s",
            "group.dba",
            "/etc/hosts",
            "ação",
            "joao@acme.example",
            "nope",
            "_x",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn what_any_reader_takes_for_something_else_is_quoted() {
        for text in [
            "no",
            "No",
            "NO",
            "yes",
            "on",
            "Off",
            "y",
            "N",
            "true",
            "False",
            "null",
            "NULL",
            "~",
            "1_000",
            "0x1F",
            "0o17",
            "017",
            "1.10",
            "1e3",
            ".inf",
            "-.INF",
            ".NaN",
            "+1",
            "-1",
            "12:30:00",
            "190:20:30",
            "2024-01-01",
            "2024-01-01T10:00:00Z",
            "=",
            "<<",
            "",
            " lead",
            "trail ",
            "a: b",
            "a:",
            "a:b",
            "a #b",
            "#a",
            "-",
            "- a",
            "--- a",
            "...",
            "? a",
            "?",
            ":",
            "[a",
            "a]",
            "{a",
            "a}",
            "a,b",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "'a'",
            "%a",
            "@a",
            "`a",
            "https://a.b/c",
        ] {
            check(text, &format!("\"{text}\""));
        }
    }

    #[test]
    fn what_cannot_stand_on_a_line_is_escaped() {
        check("a\nb", r#""a\nb""#);
        check("a\r\n\tb", r#""a\r\n\tb""#);
        check("say \"hi\"", r#""say \"hi\"""#);
        check("a\\b", r#""a\\b""#);
        check("\0\u{7}\u{1b}[0m\u{7f}", r#""\x00\x07\x1b[0m\x7f""#);
        check(
            "\u{85}\u{2028}\u{feff}\u{202e}",
            r#""\x85\u2028\ufeff\u202e""#,
        );
        check("\u{ffff}\u{1fffe}😀", r#""\uffff\U0001fffe😀""#);
    }
}
