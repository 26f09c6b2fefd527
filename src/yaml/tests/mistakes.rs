//! Every kind of mistake, where it is shown and in which words.

use insta::assert_snapshot;

use super::{check, codes};

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
