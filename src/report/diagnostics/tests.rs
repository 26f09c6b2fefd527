//! The same mistakes in every form.

use insta::assert_snapshot;

use super::{Locator, Point, github, json, sarif, text};
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::place::{FileId, Place, Sources};

pub(super) const CODE: Code = Code("unknown-reference");

pub(super) type Render = fn(&[Diagnostic], &Sources) -> String;

/// What a form makes of mistakes in files; `at` finds the place of a word in a file by their numbers.
#[track_caller]
pub(super) fn check(
    render: Render,
    files: &[(&str, &str)],
    make: impl Fn(&dyn Fn(u32, &str) -> Place) -> Vec<Diagnostic>,
) -> String {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add((*path).to_owned(), (*text).to_owned());
    }
    let at = |file: u32, word: &str| {
        let start = files[file as usize]
            .1
            .find(word)
            .expect("the word is in the file");
        let end = start + word.len();
        Place {
            file: FileId(file),
            start: u32::try_from(start).unwrap(),
            end: u32::try_from(end).unwrap(),
        }
    };
    render(&make(&at), &sources)
}

fn plain(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    text(diagnostics, sources, false)
}

pub(super) const FILES: [(&str, &str); 2] = [
    (
        "vault/shared.yaml",
        "forge:\n  repos:\n    website: { owner: infar, private: false }\n    ação: { dono: infar }\n",
    ),
    (
        "a,b:100%/x.yaml",
        "# one\n# two\n# three\n# four\n# five\n# six\n# seven\nvars: { infra: 1 }\r\nlast: 1",
    ),
];

pub(super) fn some(at: &dyn Fn(u32, &str) -> Place) -> Vec<Diagnostic> {
    vec![
        Diagnostic::error(CODE, at(0, "infar"), "no group is named `infar`")
            .label("did you mean `infra`?")
            .help("groups are written under `groups:`"),
        Diagnostic::error(Code("duplicate-name"), at(0, "dono"), "`dono` is taken")
            .label("again")
            .related(at(0, "owner"), "near it")
            .related(at(1, "infra"), "in another file"),
        Diagnostic::warning(Code("far"), at(1, "last: 1"), "100% odd,\nreally")
            .related(at(1, "one"), "far from it"),
        Diagnostic::error(Code("not-utf8"), None, "`b.yaml` is not UTF-8: line 1")
            .help("save the file as UTF-8"),
    ]
}

#[test]
fn people_see_the_lines_and_what_to_do() {
    assert_snapshot!(check(plain, &FILES, some), @r"
    error[unknown-reference]: no group is named `infar`
     --> vault/shared.yaml:3:23
      |
    3 |     website: { owner: infar, private: false }
      |                       ^^^^^ did you mean `infra`?
      |
      = help: groups are written under `groups:`

    error[duplicate-name]: `dono` is taken
     --> vault/shared.yaml:4:13
      |
    3 |     website: { owner: infar, private: false }
      |                ----- near it
    4 |     ação: { dono: infar }
      |             ^^^^ again
      |
     ::: a,b:100%/x.yaml:8:9
      |
    8 | vars: { infra: 1 }
      |         ----- in another file

    warning[far]: 100% odd,␊really
     --> a,b:100%/x.yaml:9:1
      |
    9 | last: 1
      | ^^^^^^^
      |
     ::: a,b:100%/x.yaml:1:3
      |
    1 | # one
      |   --- far from it

    error[not-utf8]: `b.yaml` is not UTF-8: line 1
     |
     = help: save the file as UTF-8

    error: 3 mistakes and 1 warning in 2 files
    ");
}

#[test]
fn no_mistakes_make_no_text() {
    assert_eq!(check(plain, &FILES, |_| Vec::new()), "");
    assert_eq!(check(github, &FILES, |_| Vec::new()), "");
}

#[test]
fn the_last_line_counts_mistakes_and_files() {
    let last = |count: usize| {
        let out = check(plain, &FILES, |at| some(at)[count - 1..].to_vec());
        out.lines().last().unwrap().to_owned()
    };
    assert_eq!(
        [last(1), last(2), last(3), last(4)],
        [
            "error: 3 mistakes and 1 warning in 2 files",
            "error: 2 mistakes and 1 warning in 2 files",
            "error: 1 mistake and 1 warning in 1 file",
            "error: 1 mistake"
        ]
    );
    let warning = check(plain, &FILES, |at| vec![some(at)[2].clone()]);
    assert!(
        warning.ends_with("\nwarning: 1 warning in 1 file\n"),
        "{warning}"
    );
}

#[test]
fn only_a_terminal_gets_colors() {
    assert!(check(|it, sources| text(it, sources, true), &FILES, some).contains("\u{1b}["));
    for render in [plain as Render, json, github, sarif] {
        let out = check(
            render,
            &[("\u{1b}[31m.yaml", "a: \u{1b}[31mred\u{9b}31m\u{7}\u{202e}")],
            |at| {
                vec![
                    Diagnostic::error(CODE, at(0, "red"), "\u{1b}[31m\u{9b}")
                        .label("\u{1b}")
                        .help("\u{1b}\n::error::x"),
                ]
            },
        );
        assert!(
            !out.contains('\u{1b}') && !out.contains('\u{9b}'),
            "{out:?}"
        );
    }
    let out = check(
        plain,
        &[("\u{1b}[31m.yaml", "a: \u{1b}[31mred\u{9b}31m\u{7}\u{202e}")],
        |at| {
            vec![
                Diagnostic::error(CODE, at(0, "red"), "x\u{1b}[31m\u{9b}")
                    .label("\u{1b}")
                    .help("\u{1b}\n::error::x"),
            ]
        },
    );
    assert_snapshot!(out, @r"
    error[unknown-reference]: x␛[31m�
     --> ␛[31m.yaml:1:9
      |
    1 | a: ␛[31mred�31m␇�
      |         ^^^ ␛
      |
      = help: ␛␊::error::x

    error: 1 mistake in 1 file
    ");
}

#[test]
fn odd_places_are_shown_too() {
    let point = |start, end| Place {
        file: FileId(0),
        start,
        end,
    };
    let at = |places: &[Place], text: &str| {
        let places = places.to_vec();
        check(plain, &[("a.yaml", text)], move |_| {
            places
                .iter()
                .map(|it| Diagnostic::error(CODE, *it, "odd"))
                .collect()
        })
    };
    assert_snapshot!(at(&[point(0, 0)], ""), @r"
    error[unknown-reference]: odd
     --> a.yaml:1:1
      |
    1 |
      | ^

    error: 1 mistake in 1 file
    ");
    assert_snapshot!(at(&[point(2, 2), point(3, 3), point(0, 3)], "a:\n"), @r"
    error[unknown-reference]: odd
     --> a.yaml:1:3
      |
    1 | a:
      |   ^

    error[unknown-reference]: odd
     --> a.yaml:2:1
      |
    2 |
      | ^

    error[unknown-reference]: odd
     --> a.yaml:1:1
      |
    1 | a:
      | ^^

    error: 3 mistakes in 1 file
    ");
    assert_snapshot!(at(&[point(1, 8)], "\ta: 1\r\nb: 2\r\n"), @r"
    error[unknown-reference]: odd
     --> a.yaml:1:2
      |
    1 |     a: 1
      |     ^^^^

    error: 1 mistake in 1 file
    ");
}

#[test]
fn a_very_long_line_is_cut() {
    let long = format!(
        "first: 1\na: [{} here, {}]\nlast: 1\n",
        "é, ".repeat(500_000),
        "x, ".repeat(500_000)
    );
    let out = check(plain, &[("a.yaml", &long)], |at| {
        vec![Diagnostic::error(CODE, at(0, "here"), "there").label("it")]
    });
    assert_snapshot!(out, @r"
    error[unknown-reference]: there
      |
    2 | …é, é, é, é, é, é, é, é, é, é, é, é, é, é, é, é, é, é, é, é,  here, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,...
      |                                                               ^^^^ it
     ::: a.yaml:2:1500006

    error: 1 mistake in 1 file
    ");
}

#[test]
fn after_a_hundred_the_rest_is_counted_and_errors_come_before_warnings() {
    let many = |warnings: usize, errors: usize| {
        check(plain, &[("a.yaml", "a: 1\n")], |at| {
            let warning = Diagnostic::warning(Code("w"), at(0, "a"), "odd");
            let error = Diagnostic::error(CODE, at(0, "a"), "wrong");
            [vec![warning; warnings], vec![error; errors]].concat()
        })
    };
    let count = |out: &str, word: &str| out.matches(word).count();
    let out = many(150, 2);
    assert_eq!(
        (count(&out, "warning[w]"), count(&out, "error[unknown")),
        (98, 2)
    );
    assert!(
        out.ends_with("\nand 52 more\n\nerror: 2 mistakes and 150 warnings in 1 file\n"),
        "{out}"
    );
    let out = many(1, 100_000);
    assert_eq!(
        (count(&out, "warning[w]"), count(&out, "error[unknown")),
        (0, 100)
    );
    assert!(!many(100, 0).contains("more"));
}

#[test]
fn many_mistakes_on_one_long_line_are_located_quickly() {
    let line = "é, ".repeat(500_000);
    let out = check(json, &[("a.yaml", &line)], |_| {
        let at = |it: u32| Place {
            file: FileId(0),
            start: it * 4,
            end: it * 4 + 2,
        };
        (0..100_000)
            .map(|it| Diagnostic::error(CODE, at(it), "wrong"))
            .collect()
    });
    assert!(out.contains("\"column\": 299998,"));
}

#[test]
fn a_point_is_the_same_as_a_position() {
    let mut sources = Sources::default();
    let text = "ção\n\n".repeat(1_000) + &"é😀x".repeat(2_000) + "\r\nend";
    let file = sources.add("a.yaml".to_owned(), text.clone());
    let mut locator = Locator::new(&sources);
    for (byte, _) in text.char_indices().step_by(7).chain([(text.len(), ' ')]) {
        let place = Place {
            file,
            start: u32::try_from(byte).unwrap(),
            end: u32::try_from(byte).unwrap(),
        };
        let position = sources.position(place);
        assert_eq!(
            locator.start(place),
            Point {
                line: position.line,
                column: position.column,
                byte
            }
        );
    }
}
