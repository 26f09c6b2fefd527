//! Foreign text in Markdown. Nothing that a vendor, a file or a person wrote means anything there: it stands in code, in
//! which no host looks for mark-up, mentions or references. Plain words stay plain, so that sentences read well.

use crate::report::style::clean;

/// Text as a code span.
pub(super) fn code(text: &str) -> String {
    let text = clean(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let touches = text.starts_with('`') || text.ends_with('`');
    let is_stripped = text.starts_with(' ') && text.ends_with(' ');
    let pad = if touches || is_stripped || text.is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Lines, each with its end, as a block in which signs in the first column have colours.
pub(super) fn fenced(lines: &str) -> String {
    let fence = "`".repeat(longest_run(lines).max(2) + 1);
    format!("{fence}diff\n{lines}{fence}\n")
}

/// A sentence: its words of letters and its small numbers as they are, all else as code. What it has in backticks itself
/// is code already.
pub(super) fn prose(text: &str) -> String {
    let mut sentence = Sentence::default();
    let is_paired = text.matches('`').count().is_multiple_of(2);
    let parts = text.split(|it| is_paired && it == '`');
    for (at, part) in parts.enumerate() {
        if at % 2 == 1 {
            sentence.end_code();
            sentence.code.push(part);
            sentence.end_code();
            continue;
        }
        for (first, word) in part.split_whitespace().enumerate() {
            let is_joined = first == 0 && at > 0 && part.starts_with(word);
            sentence.add(word, is_joined);
        }
    }
    sentence.end_code();
    sentence.text
}

/// A sentence in the making, with the words that are to be one piece of code.
#[derive(Default)]
struct Sentence<'t> {
    text: String,
    code: Vec<&'t str>,
}

impl<'t> Sentence<'t> {
    fn add(&mut self, word: &'t str, is_joined: bool) {
        let bare = word.trim_end_matches(['.', ',', ';', ':', '!', '?']);
        let end = &word[bare.len()..];
        if bare.is_empty() && is_joined {
            self.text.push_str(end);
        } else if is_plain(bare) {
            self.end_code();
            self.begin_word();
            self.text.push_str(word);
        } else {
            self.code.push(bare);
            if !end.is_empty() {
                self.end_code();
                self.text.push_str(end);
            }
        }
    }

    fn end_code(&mut self) {
        if !self.code.is_empty() {
            let words = std::mem::take(&mut self.code).join(" ");
            self.begin_word();
            self.text.push_str(&code(&words));
        }
    }

    fn begin_word(&mut self) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
    }
}

/// Whether a word means nothing but itself: letters, or a number too short to be taken for a commit.
fn is_plain(word: &str) -> bool {
    let parts = word.split(['-', '\'']);
    let is_word = parts
        .into_iter()
        .all(|part| !part.is_empty() && part.chars().all(char::is_alphabetic));
    let is_number = word.len() < 7 && word.bytes().all(|it| it.is_ascii_digit());
    !word.is_empty() && (is_word || is_number)
}

fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for byte in text.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::{code, fenced, prose};

    #[test]
    fn words_stay_plain_and_all_else_is_code() {
        let said = [
            "the plan deletes 11 of senhasegura.user; the limit is 10",
            "if all of them are meant, pass `--max-deletes 11`, or `--allow x`",
            "say it to @maria, see #12, GH-34 or ![x](https://evil.example/y.png)",
            "<img src=x onerror=alert(1)> | **bold** \u{1b}[31m\nnext",
            "one ` alone and a.b.",
            "it's well-known: \"Ana Reis\" (of Lisbon)",
        ];
        insta::assert_snapshot!(said.map(prose).join("\n"), @r#"
        the plan deletes 11 of `senhasegura.user`; the limit is 10
        if all of them are meant, pass `--max-deletes 11`, or `--allow x`
        say it to `@maria`, see `#12`, `GH-34` or `![x](https://evil.example/y.png)`
        `<img src=x onerror=alert(1)> | **bold** �[31m` next
        one `` ` `` alone and `a.b`.
        it's well-known: `"Ana Reis" (of Lisbon)`
        "#);
    }

    #[test]
    fn backticks_never_end_the_code_that_they_stand_in() {
        let spans = ["a", "`", "a``b", " a ", ""].map(code);
        insta::assert_snapshot!(spans.join("\n"), @r"
        `a`
        `` ` ``
        ```a``b```
        `  a  `
        `  `
        ");
        assert_eq!(fenced("+ ```\n"), "````diff\n+ ```\n````\n");
    }
}
