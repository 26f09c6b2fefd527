//! What the normal form is, and that it never says anything else.

use std::path::{Path, PathBuf};

use insta::assert_snapshot;

use super::{comments, format};
use crate::model::kind::Capabilities;
use crate::vendors::VENDORS;

fn kinds() -> Vec<Capabilities> {
    let kinds = VENDORS.iter().flat_map(|vendor| vendor.kinds());
    kinds.collect()
}

/// The normal form, which is its own normal form.
#[track_caller]
fn check(text: &str) -> String {
    let formed = format(text, &kinds()).unwrap_or_else(|defect| {
        let formed = super::formed(text, &kinds());
        panic!(
            "{defect}:\n{text}\n---\n{formed}\n{:?}\n{:?}",
            comments(text),
            comments(&formed)
        )
    });
    assert_eq!(format(&formed, &kinds()).as_ref(), Ok(&formed), "{text:?}");
    assert_eq!(comments(text), comments(&formed), "{text:?}");
    formed
}

/// What becomes of the value of a key, in a block and in brackets.
#[track_caller]
fn words(written: &str) -> (String, String) {
    let cut = |text: String, before: &str, after: &str| {
        let text = text
            .strip_prefix(before)
            .and_then(|it| it.strip_suffix(after));
        text.expect("what stands around the word stays").to_owned()
    };
    let block = cut(check(&format!("a: {written}\n")), "a: ", "\n");
    let flow = cut(check(&format!("a: [{written}, b]\n")), "a: [", ", b]\n");
    (block, flow)
}

#[track_caller]
fn both(written: &str, formed: &str) {
    assert_eq!(words(written), (formed.to_owned(), formed.to_owned()));
}

#[test]
fn words_that_are_something_else_to_some_readers_get_quotes() {
    for word in [
        "no", "yes", "On", "OFF", "y", "N", "True", "12:30", "1_000", "0x1F", "0o17", "-.inf",
        ".NaN", "=",
    ] {
        both(word, &format!("\"{word}\""));
        both(&format!("'{word}'"), &format!("\"{word}\""));
    }
}

#[test]
fn words_that_are_the_same_to_all_lose_their_quotes() {
    for word in [
        "Office",
        "Office router 7",
        "10.0.0.1",
        "a-b",
        "~/x",
        "x#y",
        "it's",
        "São Paulo",
        "ÇaB",
        "12:99",
        "nothing",
        "1.2.3",
        "maria@acme.example",
        "10/s",
    ] {
        let formed = if word.contains(':') {
            format!("\"{word}\"")
        } else {
            word.to_owned()
        };
        assert_eq!(
            words(&format!("\"{word}\"")),
            (word.to_owned(), formed),
            "{word}"
        );
    }
}

#[test]
fn quotes_stay_where_they_mean_something() {
    for word in [
        "\"true\"",
        "\"17\"",
        "\"010\"",
        "\"1e3\"",
        "\"null\"",
        "\"~\"",
        "\"\"",
        "\" a\"",
        "\"a \"",
        "\"a: b\"",
        "\"a #b\"",
        "\"- a\"",
        "\"-a\"",
        "\"#a\"",
        "\"&a\"",
        "\"*a\"",
        "\"@a\"",
        "\"%a\"",
        "\"{a\"",
        "\"a:\"",
        "\"\\ta\"",
        "\"a\\u00e9\"",
        "\"2026-12-31\"",
        "'a\\b: c'",
    ] {
        both(word, word);
    }
    both("'a: b'", "\"a: b\"");
    assert_eq!(
        words("\"a, b\""),
        ("a, b".to_owned(), "\"a, b\"".to_owned())
    );
    assert_eq!(
        words("\"${var.x}\""),
        ("${var.x}".to_owned(), "\"${var.x}\"".to_owned())
    );
}

#[test]
fn values_that_are_meant_stay_without_quotes() {
    for word in [
        "true",
        "false",
        "17",
        "010",
        "-3",
        "1.5",
        "null",
        "~",
        "2026-12-31",
    ] {
        both(word, word);
    }
}

#[test]
fn keys_are_words_too() {
    assert_snapshot!(check("\"a\": 1\n'b c' : 2\nno: 3\n17: 4\n'x': {\"y\":1, \"z\": 2}\n"), @r#"
    a: 1
    b c : 2
    "no": 3
    "17": 4
    x: {"y":1, z: 2}
    "#);
}

#[test]
fn a_tag_or_an_escape_is_a_reason_for_quotes() {
    let text = "a: !!str \"b\"\nb: \"caf\\u00e9\"\nc: 'it''s'\nd: \"two\n  lines\"\n";
    assert_eq!(check(text), text);
}

#[test]
fn lines_end_where_their_words_do() {
    assert_eq!(
        check("a: b  \n\n  \nc: d # e \t\n\n\n"),
        "a: b\n\n\nc: d # e\n"
    );
    assert_eq!(check("a: b"), "a: b\n");
    assert_eq!(check("a: b\r\n \r\nc: d \r\n\r\n"), "a: b\r\n\r\nc: d\r\n");
    assert_eq!(check("# only words"), "# only words\n");
    assert_eq!(check(""), "");
    assert_eq!(check("\n\n"), "");
}

#[test]
fn blanks_in_a_text_of_several_lines_are_its_own() {
    for text in [
        "a: |\n  b  \n\n  c\n",
        "a: |+\n  b\n\n\n",
        "a: |\n  b",
        "a: |\n  b\n     \n",
        "a: >-\n  b \n  c\n",
        "a: \"b \n  c\"\n",
        "a: |+\n  b\n\n\nc: d\n",
    ] {
        assert_eq!(check(text), text, "{text:?}");
    }
    assert_eq!(check("a: | \n  b\n\n\n"), "a: |\n  b\n");
    assert_eq!(check("a: |- # why \n  b\n\n"), "a: |- # why\n  b\n");
}

#[test]
fn keys_of_a_resource_come_into_order_with_their_comments() {
    assert_snapshot!(check("\
# the file
senhasegura:
  # the table
  passwords:
    # the router
    b:
      # freestanding

      # its password
      password: { env: A } # behind it
      tags:
        - x
        # the last tag

      # two lines
      # of words
      username: a
      name: B
      lifecycle:
        prevent_delete: true
      # at the end
    a: { state: absent, username: a, name: A }

    # the next
    c: { username: \"a\", name: [1], x: 2 }
  notes: {}
"), @r#"
    # the file
    senhasegura:
      # the table
      passwords:
        # the router
        b:
          # freestanding

          lifecycle:
            prevent_delete: true
          name: B

          # two lines
          # of words
          username: a
          # its password
          password: { env: A } # behind it
          tags:
            - x
            # the last tag
          # at the end
        a: { state: absent, name: A, username: a }

        # the next
        c: { name: [1], username: a, x: 2 }
      notes: {}
    "#);
}

#[test]
fn what_is_said_of_every_resource_comes_first() {
    let text = "senhasegura:\n  passwords:\n    a: { name: A, allow_spend: true, state: absent, expires: 2026-12-31, lifecycle: {}, id: 7, was: b, <<: {} }\n";
    assert_snapshot!(check(text), @"
    senhasegura:
      passwords:
        a: { <<: {}, was: b, id: 7, lifecycle: {}, expires: 2026-12-31, state: absent, allow_spend: true, name: A }
    ");
}

#[test]
fn a_text_of_several_lines_moves_as_a_whole() {
    assert_snapshot!(check("\
senhasegura:
  notes:
    a:
      text: |+
        one

        # two

      name: A
"), @r"
    senhasegura:
      notes:
        a:
          name: A
          text: |+
            one

            # two

    ");
}

#[test]
fn empty_lines_after_a_text_are_no_part_of_it() {
    assert_snapshot!(check("senhasegura:\n  notes:\n    a:\n      text: |\n        one\n      name: A\n\n    b: { text: c, name: B }\n"), @r"
    senhasegura:
      notes:
        a:
          name: A
          text: |
            one

        b: { name: B, text: c }
    ");
}

#[test]
fn what_cannot_move_safely_stays() {
    for text in [
        // An anchor must stand above what refers to it.
        "senhasegura: { passwords: { a: { username: &u x, name: *u } } }\n",
        // Somebody wrote beside which entry the comment stands.
        "senhasegura: { passwords: { a: { username: x, # who\n  name: b } } }\n",
        "senhasegura:\n  passwords:\n    a: { username: , name: b }\n",
        "senhasegura:\n  passwords:\n    a:\n      ? username\n      : x\n      name: b\n",
        // Names, tables and vendors are grouped by people.
        "senhasegura:\n  users: {}\n  passwords:\n    b: {}\n    a: {}\npassword_safe: {}\n",
        // This is no resource.
        "x-base: { username: x, name: b }\nworkspace: { username: x, name: b }\n",
    ] {
        assert_eq!(check(text), text);
    }
}

#[test]
fn an_alias_moves_if_its_anchor_is_elsewhere() {
    let text = "x-a: &a Bob\nsenhasegura: { passwords: { a: { username: *a, name: M } } }\n";
    let formed = "x-a: &a Bob\nsenhasegura: { passwords: { a: { name: M, username: *a } } }\n";
    assert_eq!(check(text), formed);
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|it| it == "yaml") {
            found.push(path);
        }
    }
}

/// Every text that is sound YAML, in its normal form, which `check` holds to be one.
#[test]
fn every_file_of_cases_and_examples_says_the_same_in_its_normal_form() {
    let mut found = Vec::new();
    for folder in ["tests/cases", "examples"] {
        files(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut found,
        );
    }
    assert!(found.len() > 100, "{}", found.len());
    for file in found {
        let text = std::fs::read_to_string(&file).expect("a file of the project");
        if super::says_the_same(&text, &text) {
            check(&text);
        }
    }
}

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("below a usize")
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// A file with a resource or two, written as oddly as people write.
fn odd_file(chance: &mut Chance) -> String {
    const FIELDS: [&str; 9] = [
        "name",
        "username",
        "password",
        "tags",
        "state",
        "lifecycle",
        "notes",
        "id",
        "unknown",
    ];
    const VALUES: [&str; 16] = [
        "a",
        "'b'",
        "\"c d\"",
        "no",
        "\"no\"",
        "17",
        "\"17\"",
        "{ env: X }",
        "[a, 'b', \"c\"]",
        "&x y",
        "''",
        "~",
        "\"e: f\"",
        "12:30",
        "2026-12-31",
        "|\n        one  \n\n        # two\n",
    ];
    let mut text = "senhasegura:\n  passwords:\n".to_owned();
    for name in ["b", "\"a\"", "no"] {
        text += chance.one(&["", "\n", "    # above\n", "\n    # apart\n\n"]);
        let mut fields = FIELDS.to_vec();
        let count = 1 + chance.below(FIELDS.len());
        for at in 0..count {
            let other = at + chance.below(FIELDS.len() - at);
            fields.swap(at, other);
        }
        fields.truncate(count);
        if chance.below(3) == 0 {
            let entries = fields.iter().map(|field| {
                let value = VALUES[chance.below(VALUES.len() - 1)];
                format!("{field}: {value}")
            });
            let entries = entries.collect::<Vec<_>>().join(chance.one(&[
                ", ",
                ",\n      ",
                ", # why\n      ",
            ]));
            text += &format!(
                "    {name}: {{ {entries} }}{}",
                chance.one(&["\n", "  \n", " # end\n"])
            );
            continue;
        }
        text += &format!("    {name}:{}\n", chance.one(&["", " ", " # head"]));
        for field in fields {
            text += chance.one(&[
                "",
                "",
                "\n",
                "      # of it\n",
                "      # apart\n\n",
                "  # low\n",
            ]);
            let value = chance.one(&VALUES);
            text += &format!("      {field}: {value}");
            text += chance.one(if value.starts_with('|') {
                &["", "\n", "       # below\n"]
            } else {
                &["\n", " \n", " # behind\n", "\n        # below\n", "\n\n"]
            });
        }
    }
    if chance.below(4) == 0 {
        text.truncate(text.trim_end().len());
    }
    text
}

/// The text with one sign of it replaced by another, or by none.
fn slip(text: &str, chance: &mut Chance) -> String {
    const SIGNS: [&str; 24] = [
        "", "'", "\"", "#", " #", ":", ": ", "|", ">", "{", "}", "[", "]", ",", "&z ", "*z", "!",
        "- ", "? ", "\t", " ", "\n", "\r\n", "é",
    ];
    let at = chance.below(text.len());
    let mut slipped = text[..at].to_owned();
    slipped += chance.one(&SIGNS);
    slipped += &text[at + chance.below(2)..];
    slipped
}

#[test]
fn what_is_written_at_random_says_the_same_in_its_normal_form() {
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    let mut sound = 0;
    for _ in 0..500 {
        let text = odd_file(&mut chance);
        let slipped = slip(&text, &mut chance);
        for text in [text, slipped] {
            if super::says_the_same(&text, &text) {
                sound += 1;
                check(&text);
            }
        }
    }
    assert!(sound > 400, "{sound}");
}
