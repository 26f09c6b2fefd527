//! What cannot be asked of kinds that are only looked at, and what can be said in one way only.

use insta::assert_snapshot;

use super::check_all;

fn check(text: &str) -> String {
    let settings = "workspace: case\nsystems: { password_safe: { endpoint: emulator } }\nsecrets: { env_allow: [\"CASE_*\"] }\n";
    check_all(&[("trueup.yaml", settings), ("vault.yaml", text)])
}

#[test]
fn what_is_only_observed_cannot_go() {
    let text = "password_safe:\n  roles:\n    requestor: { name: Requestor, state: absent }\n  smart_rules:\n    production: { title: Production, expires: 2026-12-31 }\n  users:\n    ana: { user_name: 'plant\\ana', type: active_directory, state: absent }\n";
    assert_snapshot!(check(text), @r"
    --- stderr
    error[never-removed]: this role cannot be removed, since no request of the API makes, changes or removes one
     --> vault.yaml:3:42
      |
    3 |     requestor: { name: Requestor, state: absent }
      |                                          ^^^^^^
      |
      = help: take this out: it can be compared with what is there, and no more

    error[never-removed]: this smart_rule cannot be removed, since trueup only looks at smart rules
     --> vault.yaml:5:47
      |
    5 |     production: { title: Production, expires: 2026-12-31 }
      |                                               ^^^^^^^^^^
      |
      = help: take this out: it can be compared with what is there, and no more

    error[never-removed]: this user cannot be removed, since users of directories come from there
     --> vault.yaml:7:67
      |
    7 |     ana: { user_name: 'plant\ana', type: active_directory, state: absent }
      |                                                                   ^^^^^^
      |
      = help: take this out: it can be compared with what is there, and no more

    error: 3 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn a_list_that_is_only_observed_is_not_ours() {
    let settings = "workspace: case\nsystems:\n  password_safe:\n    endpoint: emulator\n    manage: { role: exclusive, platform: marked }\n";
    assert_snapshot!(check_all(&[("trueup.yaml", settings)]), @r"
    --- stderr
    error[never-removed]: no role can be removed, since no request of the API makes, changes or removes one
     --> trueup.yaml:5:21
      |
    5 |     manage: { role: exclusive, platform: marked }
      |                     ^^^^^^^^^
      |
      = help: take this out: what nothing declares of the kind stays

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn a_user_of_a_directory_has_no_password_here() {
    let text = "password_safe:\n  users:\n    ana: { user_name: 'plant\\ana', type: active_directory, password: { env: CASE_A } }\n";
    assert_snapshot!(check(text), @r"
    --- stderr
    error[unknown-key]: user has no key `password`
     --> vault.yaml:3:60
      |
    3 |     ana: { user_name: 'plant\ana', type: active_directory, password: { env: CASE_A } }
      |                                                            ^^^^^^^^
      |
      = help: its keys are: active, email, expires, first_name, id, last_name, lifecycle, quarantined, state, type, user_name, was

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn a_password_is_given_or_made_by_a_rule() {
    let text = "password_safe:\n  secrets:\n    reports:\n      title: reports-db\n      folder: { live: Core, kind: safe }\n      username: reports\n      password: { env: CASE_A }\n      password_rule: { live: Long }\n    ca: { type: text, title: ca, folder: { live: Core, kind: safe }, password_rule: password_rule.long }\n";
    assert_snapshot!(check(text), @r"
    --- stderr
    error[two-passwords]: a password is either given or made by a rule
     --> vault.yaml:8:22
      |
    7 |       password: { env: CASE_A }
      |                 --------------- given here
    8 |       password_rule: { live: Long }
      |                      ^^^^^^^^^^^^^^
      |
      = help: keep one of `password` and `password_rule`

    error[unknown-key]: secret has no key `password_rule`
     --> vault.yaml:9:70
      |
    9 |     ca: { type: text, title: ca, folder: { live: Core, kind: safe }, password_rule: (secret) }
      |                                                                      ^^^^^^^^^^^^^
      |
      = help: its keys are: description, expires, folder, id, lifecycle, notes, owners, shared_into, state, text, title, type, urls, was

    error: 2 mistakes in 1 file
    --- exit 8
    ");
}
