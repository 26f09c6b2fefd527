//! What is made of what people write. The ways to show it are shared with the tests below this one.

mod limits;
mod mistakes;

use std::fmt::Write;

use insta::assert_snapshot;

use super::{Entry, Node, View, parse};
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
            let entry = |it: &Entry| format!("{}: {}", it.key.text, outline(&it.value));
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
    let text = "ção: &x\n  é: 'ü'\n  l:\n    - 1\n\nuse: *x\nf: {a: [b, c]}  # d\nt: |\n  text\n\n";
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
fn a_merge_gives_what_is_not_written() {
    assert_snapshot!(check("base: &b {x: 1, y: [2]}\nother: &o {y: 3, z: 4}\nafter: {x: 0, <<: *b}\nbefore: {<<: *b, x: 0}\nlist: {<<: [*b, *o, {w: 5, x: 6}]}\ninline: {<<: {v: 1}}\nquoted: {'<<': 1}\n"), @"{base: {x: 1, y: [2]}, other: {y: 3, z: 4}, after: {x: 0, y: [2]}, before: {x: 0, y: [2]}, list: {x: 1, y: [2], z: 4, w: 5}, inline: {v: 1}, quoted: {<<: 1}}");
    assert_snapshot!(check("a: &a {x: 1}\nb: &b {<<: *a, y: {z: 2}}\nc: &c {<<: *b, y: 3}\nd: {<<: [*c, *b]}\n"), @"{a: {x: 1}, b: {y: {z: 2}, x: 1}, c: {y: 3, x: 1}, d: {y: 3, x: 1}}");
}

#[test]
fn an_alias_means_the_nearest_anchor_above() {
    assert_snapshot!(check("a: &x 1\nb: *x\nc: &x [2]\nd: *x\n? *x\n: 1\n"), @r#"
    {a: 1, b: 1, c: [2], d: [2]}
    5:3 "*x" bad-key: a key must be a text, not a list [write the key as a text; put it in quotes if it is `null` or `~`]
    "#);
}
