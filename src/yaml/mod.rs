//! Reads what people write. This is the one module that knows a YAML parser: everybody else sees trees whose nodes
//! know their places. A file is read to its end whatever is wrong in it, and no file can make the reading expensive.

mod control;
mod keys;
mod quote;
mod read;
mod source;
mod syntax;
mod tree;

use std::borrow::Cow;

#[allow(unused_imports, reason = "the skeleton's parts are not joined yet")]
pub(crate) use {
    quote::quoted,
    source::{MAX_BYTES, decode_text},
    tree::{Entry, Key, Node, Scalar, View},
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

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use insta::assert_snapshot;

    use super::{Node, View, parse};
    use crate::model::diagnostic::Diagnostics;
    use crate::model::place::{Place, Sources};

    /// The documents as they were understood, and the mistakes with the text they point at.
    fn check(text: &str) -> String {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml".to_owned(), text.to_owned());
        let mut diagnostics = Diagnostics::default();
        let documents = parse(file, text, &mut diagnostics);
        let mut out: String = documents.iter().map(|it| outline(it) + "\n").collect();
        let at = |place: Place| {
            let position = sources.position(place);
            let pointed = text
                .get(place.start as usize..place.end as usize)
                .expect("on borders of characters");
            format!("{}:{} {pointed:?}", position.line, position.column)
        };
        for it in diagnostics.sorted() {
            let _ = write!(
                out,
                "{} {}: {}",
                at(it.place.unwrap()),
                it.code.0,
                it.message
            );
            let _ = if it.label.is_empty() {
                Ok(())
            } else {
                write!(out, " ({})", it.label)
            };
            for (place, word) in &it.related {
                let _ = write!(out, " ({} {word})", at(*place));
            }
            let _ = it.help.map(|help| write!(out, " [{help}]"));
            out.push('\n');
        }
        out
    }

    /// Like [`check`], with the files' mistakes only.
    fn codes(text: &str) -> Vec<String> {
        check(text)
            .lines()
            .filter_map(|it| it.split("\" ").nth(1)?.split(':').next().map(str::to_owned))
            .collect()
    }

    fn outline(node: &Node) -> String {
        let list = |items: Vec<String>| items.join(", ");
        match node.view() {
            View::Null if node.is_broken() => "!".to_owned(),
            View::Null => "~".to_owned(),
            View::Scalar(scalar) if scalar.plain => scalar.text.to_string(),
            View::Scalar(scalar) => format!("{:?}", scalar.text),
            View::List(items) => format!("[{}]", list(items.iter().map(outline).collect())),
            View::Map(entries) => {
                let entry = |it: &super::Entry| format!("{}: {}", it.key.text, outline(&it.value));
                format!("{{{}}}", list(entries.iter().map(entry).collect()))
            }
        }
    }

    #[test]
    fn a_document_is_read_as_it_was_meant() {
        assert_snapshot!(check("a: 1\nb: 'x'\nc: [true, \"no\", {d: e}]\nf: |\n  two\n  lines\ng: !!str 12\nh: !!int '12'\n? i\n: - j\n"), @r#"{a: 1, b: "x", c: [true, "no", {d: e}], f: "two\nlines\n", g: "12", h: 12, i: [j]}"#);
    }

    #[test]
    fn nothing_is_written_in_many_ways() {
        assert_snapshot!(check("[~, null, Null, NULL, '', 'null', !!null x, !!str , {a: , b}]"), @r#"[~, ~, ~, ~, "", "null", x, "", {a: ~, b: ~}]"#);
    }

    #[test]
    fn several_documents_are_read_and_an_empty_file_has_none() {
        assert_snapshot!(check("a: 1\n---\nb: 2\n...\n---\n[c]\n"), @r"
        {a: 1}
        {b: 2}
        [c]
        ");
        assert_snapshot!(check(""), @"");
        assert_snapshot!(check("# only words\n"), @"");
        assert_snapshot!(check("---\n"), @"~");
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_are_fine() {
        assert_snapshot!(check("\u{feff}a: 1\r\nb:\r\n  - 'x'\r\n  - |\r\n   y\r\n"), @r#"{a: 1, b: ["x", "y\n"]}"#);
        assert_snapshot!(check("\u{feff}é: 1\r\né: 2\r\n"), @r#"
        {é: 1}
        2:1 "é" duplicate-key: the key `é` is written twice in one mapping (written again here) (1:2 "é" first written here) [delete one of the two]
        "#);
    }

    #[test]
    fn every_node_knows_its_place() {
        let text =
            "ção: &x\n  é: 'ü'\n  l:\n    - 1\n\nuse: *x\nf: {a: [b, c]}  # d\nt: |\n  text\n\n";
        let mut diagnostics = Diagnostics::default();
        let documents = parse(crate::model::place::FileId(7), text, &mut diagnostics);
        let mut out = String::new();
        fn walk(node: &Node, text: &str, out: &mut String) {
            let at = |place: Place| &text[place.start as usize..place.end as usize];
            let _ = writeln!(
                out,
                "{}: {:?} from {:?}",
                node.what(),
                at(node.place()),
                at(node.origin())
            );
            let View::Map(entries) = node.view() else {
                return;
            };
            for entry in entries {
                assert_eq!(at(entry.key.place), &*entry.key.text);
                walk(&entry.value, text, out);
            }
        }
        walk(&documents[0], text, &mut out);
        assert_snapshot!(out, @r#"
        a mapping: "ção: &x\n  é: 'ü'\n  l:\n    - 1\n\nuse: *x\nf: {a: [b, c]}  # d\nt: |\n  text" from "ção: &x\n  é: 'ü'\n  l:\n    - 1\n\nuse: *x\nf: {a: [b, c]}  # d\nt: |\n  text"
        a mapping: "é: 'ü'\n  l:\n    - 1" from "é: 'ü'\n  l:\n    - 1"
        text: "'ü'" from "'ü'"
        a list: "- 1" from "- 1"
        a mapping: "*x" from "é: 'ü'\n  l:\n    - 1"
        text: "'ü'" from "'ü'"
        a list: "- 1" from "- 1"
        a mapping: "{a: [b, c]}" from "{a: [b, c]}"
        a list: "[b, c]" from "[b, c]"
        text: "text" from "text"
        "#);
    }

    #[test]
    fn a_key_written_twice_is_refused_at_the_second_place() {
        assert_snapshot!(check("a: 1\nb: {c: 1, d: 2, c: 3}\na: 2\na: 3\n"), @r#"
        {a: 1, b: {c: 1, d: 2}}
        2:17 "c" duplicate-key: the key `c` is written twice in one mapping (written again here) (2:5 "c" first written here) [delete one of the two]
        3:1 "a" duplicate-key: the key `a` is written twice in one mapping (written again here) (1:1 "a" first written here) [delete one of the two]
        4:1 "a" duplicate-key: the key `a` is written twice in one mapping (written again here) (1:1 "a" first written here) [delete one of the two]
        "#);
    }

    #[test]
    fn keys_written_twice_are_found_in_a_large_mapping_too() {
        let mut text: String = (0..100_000).map(|it| format!("key{it}: {it}\n")).collect();
        text.push_str("key3: x\nkey99999: x\nlast: 1\nkey3: y\nlast: 2\n");
        let text = check(&text);
        let (tree, mistakes) = text.split_once('\n').unwrap();
        assert_snapshot!(mistakes, @r#"
        100001:1 "key3" duplicate-key: the key `key3` is written twice in one mapping (written again here) (4:1 "key3" first written here) [delete one of the two]
        100002:1 "key99999" duplicate-key: the key `key99999` is written twice in one mapping (written again here) (100000:1 "key99999" first written here) [delete one of the two]
        100004:1 "key3" duplicate-key: the key `key3` is written twice in one mapping (written again here) (4:1 "key3" first written here) [delete one of the two]
        100005:1 "last" duplicate-key: the key `last` is written twice in one mapping (written again here) (100003:1 "last" first written here) [delete one of the two]
        "#);
        assert_eq!(tree.matches(", ").count(), 100_000);
    }

    #[test]
    fn a_merge_gives_what_is_not_written() {
        assert_snapshot!(check("base: &b {x: 1, y: [2]}\nother: &o {y: 3, z: 4}\nafter: {x: 0, <<: *b}\nbefore: {<<: *b, x: 0}\nlist: {<<: [*b, *o, {w: 5, x: 6}]}\ninline: {<<: {v: 1}}\nquoted: {'<<': 1}\n"), @"{base: {x: 1, y: [2]}, other: {y: 3, z: 4}, after: {x: 0, y: [2]}, before: {x: 0, y: [2]}, list: {x: 1, y: [2], z: 4, w: 5}, inline: {v: 1}, quoted: {<<: 1}}");
        assert_snapshot!(check("a: &a {x: 1}\nb: &b {<<: *a, y: {z: 2}}\nc: &c {<<: *b, y: 3}\nd: {<<: [*c, *b]}\n"), @"{a: {x: 1}, b: {y: {z: 2}, x: 1}, c: {y: 3, x: 1}, d: {y: 3, x: 1}}");
    }

    #[test]
    fn only_mappings_are_merged() {
        assert_snapshot!(check("t: &t text\na: {<<: *t, x: 1}\nb: {<<: [{y: 1}, [z], ~]}\nc:\n  <<:\n  x: 1\nd: {<<: {x: 1}, <<: {y: 2}}\n"), @r#"
        {t: text, a: {x: 1}, b: {y: 1}, c: {x: 1}, d: {x: 1, y: 2}}
        2:9 "*t" bad-merge: only a mapping can be merged, this is text [`<<` takes one mapping, or a list of mappings: `<<: *base`]
        3:18 "[z]" bad-merge: only a mapping can be merged, this is a list [`<<` takes one mapping, or a list of mappings: `<<: *base`]
        3:23 "~" bad-merge: only a mapping can be merged, this is nothing [`<<` takes one mapping, or a list of mappings: `<<: *base`]
        5:5 "" bad-merge: only a mapping can be merged, this is nothing [`<<` takes one mapping, or a list of mappings: `<<: *base`]
        7:17 "<<" duplicate-key: the key `<<` is written twice in one mapping (written again here) (7:5 "<<" first written here) [merge several mappings at once: `<<: [*first, *second]`]
        "#);
    }

    #[test]
    fn an_unknown_anchor_is_named_and_reading_goes_on() {
        assert_snapshot!(check("a: &infra 1\nb: *infar\nc: {<<: *gone}\n*lost : 1\nd: 2\n---\ne: *infra\n"), @r#"
        {a: 1, b: !, c: {}, d: 2}
        {e: !}
        2:4 "*infar" unknown-anchor: no anchor is named `infar` (did you mean `*infra`?) [an anchor is written `&name`, above its first use and in the same document]
        3:9 "*gone" unknown-anchor: no anchor is named `gone` [an anchor is written `&name`, above its first use and in the same document]
        4:1 "*lost" unknown-anchor: no anchor is named `lost` [an anchor is written `&name`, above its first use and in the same document]
        7:4 "*infra" unknown-anchor: no anchor is named `infra` [an anchor is written `&name`, above its first use and in the same document]
        "#);
    }

    #[test]
    fn an_alias_means_the_nearest_anchor_above() {
        assert_snapshot!(check("a: &x 1\nb: *x\nc: &x [2]\nd: *x\n? *x\n: 1\n"), @r#"
        {a: 1, b: 1, c: [2], d: [2]}
        5:3 "*x" bad-key: a key must be a text, not a list [write the key as a text; put it in quotes if it is `null` or `~`]
        "#);
    }

    #[test]
    fn an_anchor_that_contains_itself_is_refused() {
        assert_snapshot!(check("a: &a\n  b: [*a]\n  c: 1\nd: &d {<<: *d}\n"), @r#"
        {a: {b: [!], c: 1}, d: {}}
        2:7 "*a" alias-cycle: `*a` contains itself (2:3 "" it begins here and is not finished yet)
        4:12 "*d" alias-cycle: `*d` contains itself (4:7 "" it begins here and is not finished yet)
        "#);
    }

    #[test]
    fn a_key_must_be_a_text() {
        assert_snapshot!(check("? [a]\n: 1\n? {b: c}\n: {d: 1, d: 2}\n~: 3\nnull: 4\n: 5\n'null': 6\n12: 7\n"), @r#"
        {null: 6, 12: 7}
        1:3 "[a]" bad-key: a key must be a text, not a list [write the key as a text; put it in quotes if it is `null` or `~`]
        3:3 "{b: c}" bad-key: a key must be a text, not a mapping [write the key as a text; put it in quotes if it is `null` or `~`]
        4:10 "d" duplicate-key: the key `d` is written twice in one mapping (written again here) (4:4 "d" first written here) [delete one of the two]
        5:1 "~" bad-key: a key must be a text, not nothing [write the key as a text; put it in quotes if it is `null` or `~`]
        6:1 "null" bad-key: a key must be a text, not nothing [write the key as a text; put it in quotes if it is `null` or `~`]
        7:1 "" bad-key: a key must be a text, not nothing [write the key as a text; put it in quotes if it is `null` or `~`]
        "#);
    }

    #[test]
    fn a_tag_of_its_own_is_refused() {
        assert_snapshot!(check("a: !vault |\n  x\nb: !!binary eA==\nc: !!seq [1]\nd: !!map [1]\ne: !<tag:yaml.org,2002:str> 1\nf: ! 12\n"), @r#"
        {a: "x\n", b: eA==, c: [1], d: [1], e: "1", f: "12"}
        1:4 "!vault" unknown-tag: the tag `!vault` means nothing for text [delete the tag; put a text that should begin with `!` in quotes]
        3:4 "!!binary" unknown-tag: the tag `!!binary` means nothing for text [delete the tag; put a text that should begin with `!` in quotes]
        5:4 "!!map" unknown-tag: the tag `!!map` means nothing for a list [delete the tag; put a text that should begin with `!` in quotes]
        "#);
    }

    #[test]
    fn a_tab_is_refused_as_indentation() {
        assert_snapshot!(check("a:\n\tb: 1\n"), @r#"2:1 "\t" tab: a tab is used for indentation (this is a tab) [use spaces: YAML does not allow tabs for indentation]"#);
        assert_snapshot!(check("a:\n  b: 1\n\tc: 2\n"), @r#"3:1 "\t" tab: a tab is used for indentation (this is a tab) [use spaces: YAML does not allow tabs for indentation]"#);
        assert_snapshot!(check("a:\n  - b\n \t- c\n"), @r#"3:2 "\t" tab: a tab is used for indentation (this is a tab) [use spaces: YAML does not allow tabs for indentation]"#);
        assert_snapshot!(check("a:\t1\nb: 'x\ty'\n"), @r#"{a: 1, b: "x\ty"}"#);
    }

    #[test]
    fn syntax_errors_are_told_in_plain_words() {
        let texts = [
            "a: b: c",
            "a: [1, 2\nb: 3\n",
            "a: [1, 2",
            "a: {b: 1",
            "a: [1}",
            "a: ]",
            "a: 'x\nb: 2\n",
            "a: \"x",
            "a: 'é' x",
            "a: \"\\q\"",
            "a: @x",
            "a: %x",
            "a: 1\n  b: 2",
            "a:\n    b: 1\n  c: 2\n",
            "a: 1\nb\nc: 2\n",
            "- a\nb: 1\n",
            "a: - b\n",
            "a: |x\n  y\n",
            "a: *\n",
            "a: !x!y z\n",
            "%FOO\na: 1\n",
            "a: {b: c d: e}",
            "a: \"\\ud800\"",
        ];
        let all: String = texts.iter().map(|text| check(text)).collect();
        assert_snapshot!(all, @r#"
        1:5 ":" syntax: a key with a value cannot stand here [check the indentation; put a text that holds `: ` in quotes]
        2:2 ":" syntax: `:` cannot stand here (1:4 "[" this is still open here) [close the bracket before this line, or put the text in quotes]
        1:4 "[" syntax: `[` is never closed [add the closing bracket]
        1:4 "{" syntax: `{` is never closed [add the closing bracket]
        1:4 "[" syntax: `[` is closed by `}`
        1:4 "]" syntax: this bracket closes nothing
        2:1 "b" syntax: a quote that was opened above is not closed by here [close the quote, or indent every line of the text deeper than its key]
        1:4 "\"" syntax: a quote is never closed [add the closing quote]
        1:8 "x" syntax: something follows the closing quote [write a quote inside single quotes twice: `''`]
        1:4 "\"" syntax: this text has an escape that YAML does not know [write a backslash as `\\`, or use single quotes, where it means itself]
        1:4 "@" syntax: a text cannot begin with `@` [put the text in quotes if it should begin with this character]
        1:4 "%" syntax: a text cannot begin with `%` [put the text in quotes if it should begin with this character]
        2:4 ":" syntax: a key with a value cannot stand here [check the indentation; put a text that holds `: ` in quotes]
        3:3 "c" syntax: this line is indented differently from those before it [give the keys of one mapping the same indentation]
        2:1 "b" syntax: `:` is missing after this key [write `key: value`, on one line]
        2:1 "b" syntax: `- ` should stand here [give the items of one list the same indentation]
        1:4 "-" syntax: a list item cannot begin here [begin the list on a line of its own]
        1:4 "|" syntax: `|` or `>` is followed by something that cannot stand there [begin the text on the next line]
        1:4 "*" syntax: `&` or `*` is not followed by a name [put the text in quotes if it should begin so]
        1:4 "!" syntax: this tag cannot be read [put the text in quotes if it should begin with `!`]
        2:1 "a" syntax: this is not YAML
        1:11 ":" syntax: `,` or `}` should stand here (1:4 "{" this is still open here)
        1:4 "\"" syntax: this escape names no character
        "#);
    }

    #[test]
    fn all_mistakes_of_a_file_are_found_at_once() {
        assert_snapshot!(check("a: 1\na: 2\nb: *none\nc: !tag x\nd: {<<: 1}\n---\ne: [\n---\nf: {g: 1, g: 2}\n\u{1b}h: 1\n---\ni: 'x\n---\nj: 1\n"), @r#"
        {a: 1, b: !, c: x, d: {}}
        {j: 1}
        2:1 "a" duplicate-key: the key `a` is written twice in one mapping (written again here) (1:1 "a" first written here) [delete one of the two]
        3:4 "*none" unknown-anchor: no anchor is named `none` [an anchor is written `&name`, above its first use and in the same document]
        4:4 "!tag" unknown-tag: the tag `!tag` means nothing for text [delete the tag; put a text that should begin with `!` in quotes]
        5:9 "1" bad-merge: only a mapping can be merged, this is text [`<<` takes one mapping, or a list of mappings: `<<: *base`]
        7:4 "[" syntax: `[` is never closed [add the closing bracket]
        9:11 "g" duplicate-key: the key `g` is written twice in one mapping (written again here) (9:5 "g" first written here) [delete one of the two]
        10:1 "\u{1b}" control-character: the file has an invisible control character, U+001B [delete it; where it is meant, write `\x1b` in double quotes]
        10:2 "h" syntax: this line is indented differently from those before it [give the keys of one mapping the same indentation]
        13:1 "-" syntax: a quote that was opened above is not closed by here [close the quote, or indent every line of the text deeper than its key]
        "#);
    }

    #[test]
    fn invisible_characters_are_refused() {
        assert_snapshot!(check("a: b\u{7}\u{7}c\nd: 1\0e: 2\nf: \u{202e}x # \u{85}ok ö\ng: \"\\x07\"\n"), @r#"
        1:5 "\u{7}\u{7}" control-character: the file has an invisible control character, U+0007 [delete it; where it is meant, write `\x07` in double quotes]
        2:5 "\0" control-character: the file has a zero character [save the file as UTF-8 text]
        2:7 ":" syntax: a key with a value cannot stand here [check the indentation; put a text that holds `: ` in quotes]
        3:4 "\u{202e}" control-character: the file has an invisible character, U+202E, that can make text look like other text [delete it; where it is meant, write `\u202e` in double quotes]
        "#);
        assert_eq!(codes(&"\u{1}\n".repeat(1_000)).len(), 20);
    }

    #[test]
    fn nesting_is_limited() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(codes(&nested(64)), Vec::<String>::new());
        assert_eq!(codes(&nested(65)), ["too-deep"]);
        assert_eq!(
            codes(&format!("[a, {}, &b {{c: 1, c: 2}}, *b]", nested(65))),
            ["too-deep", "duplicate-key"]
        );
        assert_eq!(codes(&nested(20_000)), ["too-deep"]);
        assert_eq!(codes(&"[".repeat(20_000)), ["too-deep"]);
        assert_eq!(codes(&"- ".repeat(20_000)), ["too-deep"]);
        assert_eq!(codes(&"{a: ".repeat(20_000)), ["too-deep"]);
    }

    #[test]
    fn nesting_through_aliases_is_limited_and_merging_is_no_nesting() {
        let chain = |link: &str| -> String {
            (1..100)
                .map(|it| {
                    format!(
                        "a{it}: &a{it} {}\n",
                        link.replace('*', &format!("*a{}", it - 1))
                    )
                })
                .collect()
        };
        let first = codes(&format!("a0: &a0 {{}}\n{}", chain("[*]")));
        assert!(
            first.iter().all(|it| it == "too-deep") && !first.is_empty(),
            "{first:?}"
        );
        assert_eq!(
            codes(&format!("a0: &a0 {{x: 1}}\n{}", chain("{<<: *}"))),
            Vec::<String>::new()
        );
        assert_eq!(
            codes(&format!("a0: &a0 {{x: 1}}\n{}", chain("{<<: [*]}"))),
            Vec::<String>::new()
        );
    }

    #[test]
    fn an_alias_bomb_is_refused_and_builds_nothing() {
        for (levels, width) in [(9, 9), (60, 9), (20, 2), (1_000, 2)] {
            let mut text = "a0: &a0 [x]\n".to_owned();
            for level in 1..=levels {
                let aliases = vec![format!("*a{}", level - 1); width];
                let _ = writeln!(text, "a{level}: &a{level} [{}]", aliases.join(", "));
            }
            let mut diagnostics = Diagnostics::default();
            assert_eq!(
                parse(crate::model::place::FileId(0), &text, &mut diagnostics).len(),
                1
            );
            let diagnostics = diagnostics.sorted();
            assert_eq!(diagnostics[0].code.0, "alias-bomb", "{levels} of {width}");
            assert_eq!(
                diagnostics
                    .iter()
                    .filter(|it| it.code.0 == "alias-bomb")
                    .count(),
                1
            );
        }
        let merges: String = (0..20_000)
            .map(|it| format!("m{it}: {{<<: *big}}\n"))
            .collect();
        let big: String = (0..1_000).map(|it| format!("k{it}: 1, ")).collect();
        assert_eq!(
            codes(&format!("big: &big {{{big}}}\n{merges}")),
            ["alias-bomb"]
        );
    }

    #[test]
    fn a_file_of_ten_megabytes_is_read_whole() {
        fn count(node: &Node) -> usize {
            1 + match node.view() {
                View::Null | View::Scalar(_) => 0,
                View::List(items) => items.iter().map(count).sum(),
                View::Map(entries) => entries.iter().map(|it| count(&it.value)).sum(),
            }
        }
        let mut text = "users:\n".to_owned();
        for it in 0..100_000 {
            let _ = writeln!(
                text,
                "  user{it}:\n    email: user{it}@acme.example\n    name: Usuário {it}\n    groups: [infra, dba{it}]\n    mfa: true\n"
            );
        }
        assert!(text.len() > 10_000_000, "{}", text.len());
        let mut diagnostics = Diagnostics::default();
        let documents = parse(crate::model::place::FileId(0), &text, &mut diagnostics);
        assert!(diagnostics.is_empty());
        assert_eq!(count(&documents[0]), 2 + 100_000 * 7);
    }
}
