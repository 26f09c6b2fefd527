//! No file can make the reading expensive, and a large one is read whole.

use std::fmt::Write;

use super::codes;
use crate::model::diagnostic::Diagnostics;
use crate::yaml::{Node, View, parse};

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
    assert!(diagnostics.sorted().is_empty());
    assert_eq!(count(&documents[0]), 2 + 100_000 * 7);
}
