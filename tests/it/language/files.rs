//! Mistakes in files as a whole, in `trueup.yaml`, and in variables; and what is no mistake however large.

use super::{SETTINGS, check, check_all, check_passwords};
use crate::world::{folder, run_in, write};

#[test]
fn all_mistakes_of_all_files_show_at_once() {
    let one = "senhasegura:\n  passwords:\n    a: { name: A }\n    b: { name: B, username: b, tag: [x] }\n";
    let two =
        "senhasegura:\n  users:\n    c: { user_name: [c], full_name: C, external_id: 1, email: }\n";
    insta::assert_snapshot!(check(&[("one.yaml", one), ("two/two.yaml", two)]), @r#"
    --- stderr
    error[missing-key]: password needs `username`
     --> one.yaml:3:8
      |
    3 |     a: { name: A }
      |        ^^^^^^^^^^^

    error[unknown-key]: password has no key `tag`
     --> one.yaml:4:32
      |
    4 |     b: { name: B, username: b, tag: [x] }
      |                                ^^^ did you mean `tags`?

    error[wrong-type]: expected text, found a list
     --> two/two.yaml:3:21
      |
    3 |     c: { user_name: [c], full_name: C, external_id: 1, email: }
      |                     ^^^

    error[no-value]: `email` has no value
     --> two/two.yaml:3:56
      |
    3 |     c: { user_name: [c], full_name: C, external_id: 1, email: }
      |                                                        ^^^^^
      |
      = help: leave the key out if it is not yours to manage; write "" or [] to empty it

    error: 4 mistakes in 2 files
    --- exit 8
    "#);
}

#[test]
fn variables_that_refer_to_each_other_are_refused() {
    let settings = format!("{SETTINGS}vars: {{ a: \"${{var.b}}\", b: \"${{var.a}}\" }}\n");
    insta::assert_snapshot!(check_all(&[("trueup.yaml", &settings)]), @r#"
    --- stderr
    error[variable-cycle]: variables refer to each other: `a` -> `b` -> `a`
     --> trueup.yaml:4:12
      |
    4 | vars: { a: "${var.b}", b: "${var.a}" }
      |            ^^^^^^^^^^
      |
      = help: give one of them a value of its own

    error: 1 mistake in 1 file
    --- exit 8
    "#);
}

#[test]
fn a_variable_that_is_unknown_is_met_with_the_nearest() {
    let settings = format!("{SETTINGS}vars: {{ site: lisbon }}\n");
    let text = "senhasegura: { passwords: { a: { name: \"A ${var.sight} ${env.HOME}\", username: \"${var.sites}\" } } }";
    insta::assert_snapshot!(check_all(&[("trueup.yaml", &settings), ("vault.yaml", text)]), @r#"
    --- stderr
    error[bad-substitution]: `${env.HOME}` is not a substitution
     --> vault.yaml:1:40
      |
    1 | senhasegura: { passwords: { a: { name: "A ${var.sight} ${env.HOME}", username: "${var.sites}" } } }
      |                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: only `${var.NAME}` is put in; write `$${` for a literal `${`

    error[unknown-variable]: no variable is named `sight`
     --> vault.yaml:1:40
      |
    1 | senhasegura: { passwords: { a: { name: "A ${var.sight} ${env.HOME}", username: "${var.sites}" } } }
      |                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: define it under `vars:` in trueup.yaml, or pass `--var sight=VALUE`

    error[unknown-variable]: no variable is named `sites`
     --> vault.yaml:1:80
      |
    1 | senhasegura: { passwords: { a: { name: "A ${var.sight} ${env.HOME}", username: "${var.sites}" } } }
      |                                                                                ^^^^^^^^^^^^^^ did you mean `site`?

    error: 3 mistakes in 1 file
    --- exit 8
    "#);
}

#[test]
fn a_tab_is_pointed_out() {
    insta::assert_snapshot!(check(&[("vault.yaml", "senhasegura:\n\tpasswords: {}\n")]), @r"
    --- stderr
    error[tab]: a tab is used for indentation
     --> vault.yaml:2:1
      |
    2 |     passwords: {}
      | ^^^^ this is a tab
      |
      = help: use spaces: YAML does not allow tabs for indentation

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn text_that_is_not_utf_8_is_pointed_out() {
    let directory = folder(&[("trueup.yaml", SETTINGS)]);
    write(
        directory.path(),
        "vault.yaml",
        b"senhasegura: {}\n# caf\xe9\n",
    );
    insta::assert_snapshot!(run_in(directory.path(), "validate", |_| {}).transcript(), @r"
    --- stderr
    error[not-utf8]: `vault.yaml` is not UTF-8: line 2, column 6 has the byte 0xE9
     |
     = help: save the file as UTF-8

    error: 1 mistake
    --- exit 8
    ");
}

#[test]
fn an_empty_file_is_fine() {
    insta::assert_snapshot!(check(&[("vault.yaml", ""), ("other.yaml", "# nothing yet\n"), ("third.yaml", "---\n")]), @r"Success! 0 resources in 4 files are valid.");
}

#[test]
fn settings_that_are_empty_are_not_fine() {
    insta::assert_snapshot!(check_all(&[("trueup.yaml", "")]), @r"
    --- stderr
    error[empty-settings]: trueup.yaml is empty
     |
     = help: start with `workspace: NAME`, or let `trueup init` write one

    error: 1 mistake
    --- exit 8
    ");
    insta::assert_snapshot!(check_all(&[("trueup.yaml", "# soon\n")]), @r"
    --- stderr
    error[empty-settings]: trueup.yaml is empty
     |
     = help: start with `workspace: NAME`, or let `trueup init` write one

    error: 1 mistake
    --- exit 8
    ");
}

#[test]
fn settings_that_are_missing_are_asked_for() {
    insta::assert_snapshot!(check_all(&[("vault.yaml", "senhasegura: {}")]), @r"
    --- stderr
    error[no-workspace]: there is no trueup.yaml in .
     |
     = help: name the workspace's folder, or make one with `trueup init FOLDER`

    error: 1 mistake
    --- exit 8
    ");
    let ran = run_in(folder(&[]).path(), "validate nowhere", |_| {});
    insta::assert_snapshot!(ran.transcript(), @r"
    --- stderr
    error[no-workspace]: there is no folder nowhere
     |
     = help: name the workspace's folder, or make one with `trueup init FOLDER`

    error: 1 mistake
    --- exit 8
    ");
}

#[test]
fn settings_have_a_name_and_known_keys() {
    let text = "workpace: x\nsystems: { senhasegura: { endpoint: ftp://x, timeout: soon, retries: many, rate: 10/d } }\nguards: { max_delete_percent: 120, max_delets: 3 }\n";
    insta::assert_snapshot!(check_all(&[("trueup.yaml", text)]), @r"
    --- stderr
    error[unknown-key]: trueup.yaml has no key `workpace`
     --> trueup.yaml:1:1
      |
    1 | workpace: x
      | ^^^^^^^^ did you mean `workspace`?

    error[missing-key]: trueup.yaml needs `workspace`
     --> trueup.yaml:1:1
      |
    1 | workpace: x
      | ^^^^^^^^^^^

    error[bad-endpoint]: this endpoint cannot be used: its scheme is not https
     --> trueup.yaml:2:37
      |
    2 | systems: { senhasegura: { endpoint: ftp://x, timeout: soon, retries: many, rate: 10/d } }
      |                                     ^^^^^^^
      |
      = help: write `https://HOST`, or `emulator` for the built-in emulator

    error[bad-duration]: `soon` is not a duration like 30s or 2m
     --> trueup.yaml:2:55
      |
    2 | systems: { senhasegura: { endpoint: ftp://x, timeout: soon, retries: many, rate: 10/d } }
      |                                                       ^^^^

    error[wrong-type]: expected a whole number from 0 on, without quotes, found `many`
     --> trueup.yaml:2:70
      |
    2 | systems: { senhasegura: { endpoint: ftp://x, timeout: soon, retries: many, rate: 10/d } }
      |                                                                      ^^^^

    error[bad-rate]: `10/d` is not a rate like 10/s or 300/m
     --> trueup.yaml:2:82
      |
    2 | systems: { senhasegura: { endpoint: ftp://x, timeout: soon, retries: many, rate: 10/d } }
      |                                                                                  ^^^^
      |
      = help: write how many requests, from 1 to 999999, and in what: `s`, `m` or `h`

    error[bad-percent]: 120 is not a share of a hundred
     --> trueup.yaml:3:31
      |
    3 | guards: { max_delete_percent: 120, max_delets: 3 }
      |                               ^^^

    error[unknown-key]: guards has no key `max_delets`
     --> trueup.yaml:3:36
      |
    3 | guards: { max_delete_percent: 120, max_delets: 3 }
      |                                    ^^^^^^^^^^ did you mean `max_deletes`?

    error: 8 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn vendors_tables_and_kinds_are_known() {
    let settings = "workspace: x\nsystems:\n  senhasegura: { endpoint: emulator, manage: { pasword: exclusive, user: mine } }\n  vaultx: { endpoint: emulator }\n";
    let text = "senhasegura: { password: {}, secrets: {} }\nsenhasegra: { users: {} }\n";
    insta::assert_snapshot!(check_all(&[("trueup.yaml", settings), ("vault.yaml", text)]), @r"
    --- stderr
    error[unknown-kind]: this system has no kind `pasword`
     --> trueup.yaml:3:48
      |
    3 |   senhasegura: { endpoint: emulator, manage: { pasword: (secret), user: mine } }
      |                                                ^^^^^^^ did you mean `password`?

    error[unknown-word]: `mine` is not an ownership: `marked`, `exclusive`, `additive`
      |
    3 |   senhasegura: { endpoint: emulator, manage: { pasword: (secret), user: mine } }
      |                                                                         ^^^^
     ::: trueup.yaml:3:74

    error[unknown-vendor]: trueup knows no vendor `vaultx`
     --> trueup.yaml:4:3
      |
    4 |   vaultx: { endpoint: emulator }
      |   ^^^^^^
      |
      = help: its vendors are: console_connect, password_safe, safeconsole, senhasegura

    error[unknown-table]: senhasegura has no table `password`
     --> vault.yaml:1:16
      |
    1 | senhasegura: { password: {}, secrets: {} }
      |                ^^^^^^^^ did you mean `passwords`?

    error[unknown-table]: senhasegura has no table `secrets`
     --> vault.yaml:1:30
      |
    1 | senhasegura: { password: {}, secrets: {} }
      |                              ^^^^^^^
      |
      = help: its tables are: users, groups, passwords, notes, api_secrets, devices, credentials, ssh_keys, related_users

    error[unknown-vendor]: trueup knows no vendor `senhasegra`
     --> vault.yaml:2:1
      |
    2 | senhasegra: { users: {} }
      | ^^^^^^^^^^ did you mean `senhasegura`?

    error: 6 mistakes in 2 files
    --- exit 8
    ");
}

#[test]
fn a_system_that_is_not_named_is_asked_for() {
    let text = "senhasegura: { passwords: {} }";
    insta::assert_snapshot!(check_all(&[("trueup.yaml", "workspace: x"), ("vault.yaml", text)]), @r"
    --- stderr
    error[no-system]: trueup.yaml names no system of senhasegura
     --> vault.yaml:1:1
      |
    1 | senhasegura: { passwords: {} }
      | ^^^^^^^^^^^
      |
      = help: add it there: `systems: { senhasegura: { endpoint: … } }`

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn a_pattern_that_is_none_is_pointed_out() {
    let settings = format!("{SETTINGS}include: [\"vault/[a.yaml\", \"vault/*.yaml\"]\n");
    insta::assert_snapshot!(check_all(&[("trueup.yaml", &settings)]), @r#"
    --- stderr
    error[bad-glob]: `vault/[a.yaml` is not a pattern: unclosed character class; missing ']'
     --> trueup.yaml:4:11
      |
    4 | include: ["vault/[a.yaml", "vault/*.yaml"]
      |           ^^^^^^^^^^^^^^^

    error: 1 mistake in 1 file
    --- exit 8
    "#);
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = "x-a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        text += &format!("x-a{level}: &a{level} [{aliases}]\n");
    }
    insta::assert_snapshot!(check(&[("vault.yaml", &text)]), @r"
    --- stderr
    error[alias-bomb]: the aliases of this file stand for more than 1000000 values
     --> vault.yaml:7:12
      |
    7 | x-a6: &a6 [*a5, *a5, *a5, *a5, *a5, *a5, *a5, *a5, *a5]
      |            ^^^
      |
      = help: write fewer aliases to aliases

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn a_file_of_ten_megabytes_is_fine() {
    let mut text = "senhasegura:\n  passwords:\n".to_owned();
    let mut count = 0;
    while text.len() < 10_000_000 {
        text += &format!(
            "    router-{count}: {{ name: Router {count}, username: admin, url: 'https://router-{count}.example.org/login', notes: 'rack {count}, shelf 4, behind the second door of the plant room in the north wing of the old building', tags: [network, core] }}\n"
        );
        count += 1;
    }
    let said = check(&[("vault.yaml", &text)]);
    assert_eq!(
        said,
        format!("Success! {count} resources in 2 files are valid.\n")
    );
}

#[test]
fn what_is_hidden_in_a_file_does_not_reach_the_terminal() {
    let said = check_passwords(
        "    a: { name: A, username: a, \"ta\\e[31mgs\": [], \"no\\u202ete\": x }\n    b: { name: \"B\\e]0;x\\a\", username: b, state: \"go\\rne\" }\n",
    );
    assert!(
        !said.contains(['\u{1b}', '\u{7}', '\r', '\u{202e}']),
        "{said:?}"
    );
}
