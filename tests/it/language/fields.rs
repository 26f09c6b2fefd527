//! Mistakes in declarations: keys, types, names, references, dates, lifecycles.

use super::{check, check_passwords};

#[test]
fn a_name_is_declared_once_in_a_file() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, username: a }\n    a: { name: B, username: b }\n"), @r"
    --- stderr
    error[duplicate-key]: the key `a` is written twice in one mapping
     --> vault.yaml:4:5
      |
    3 |     a: { name: A, username: a }
      |     - first written here
    4 |     a: { name: B, username: b }
      |     ^ written again here
      |
      = help: delete one of the two

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn a_name_is_declared_once_in_a_workspace() {
    let one = "senhasegura: { passwords: { router: { name: A, username: a } } }";
    let two = "senhasegura: { passwords: { router: { name: B, username: b } } }";
    insta::assert_snapshot!(check(&[("one.yaml", one), ("two.yaml", two)]), @r"
    --- stderr
    error[duplicate-name]: password `router` is declared twice
     --> two.yaml:1:29
      |
    1 | senhasegura: { passwords: { router: { name: B, username: b } } }
      |                             ^^^^^^
      |
     ::: one.yaml:1:29
      |
    1 | senhasegura: { passwords: { router: { name: A, username: a } } }
      |                             ------ declared here first
      |
      = help: all files of a workspace are one state: rename or remove one of them

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn a_key_that_is_unknown_is_met_with_the_nearest() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, usrname: a, userame: b }\n"), @r"
    --- stderr
    error[missing-key]: password needs `username`
     --> vault.yaml:3:8
      |
    3 |     a: { name: A, usrname: a, userame: b }
      |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error[unknown-key]: password has no key `usrname`
     --> vault.yaml:3:19
      |
    3 |     a: { name: A, usrname: a, userame: b }
      |                   ^^^^^^^ did you mean `username`?

    error[unknown-key]: password has no key `userame`
     --> vault.yaml:3:31
      |
    3 |     a: { name: A, usrname: a, userame: b }
      |                               ^^^^^^^ did you mean `username`?

    error: 3 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn a_value_of_another_type_is_named() {
    insta::assert_snapshot!(check_passwords("    a: { name: { first: A }, username: a, tags: core, users_allowed: [maria] }\n"), @r"
    --- stderr
    error[wrong-type]: expected text, found a mapping
     --> vault.yaml:3:16
      |
    3 |     a: { name: { first: A }, username: a, tags: core, users_allowed: [maria] }
      |                ^^^^^^^^^^^^

    error[wrong-type]: expected values (a list), found text
     --> vault.yaml:3:49
      |
    3 |     a: { name: { first: A }, username: a, tags: core, users_allowed: [maria] }
      |                                                 ^^^^

    error[wrong-type]: expected who may do what, such as `{ user.maria: view }` (a mapping), found a list
     --> vault.yaml:3:70
      |
    3 |     a: { name: { first: A }, username: a, tags: core, users_allowed: [maria] }
      |                                                                      ^^^^^^^

    error: 3 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn a_level_that_is_none_is_met_with_the_levels() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, username: a, users_allowed: { maria: write, joao: Edit } }\n"), @r"
    --- stderr
    error[unknown-word]: `write` is not a level of access: `view`, `edit`
     --> vault.yaml:3:56
      |
    3 |     a: { name: A, username: a, users_allowed: { maria: write, joao: Edit } }
      |                                                        ^^^^^

    error[unknown-word]: `Edit` is not a level of access: `view`, `edit`
     --> vault.yaml:3:69
      |
    3 |     a: { name: A, username: a, users_allowed: { maria: write, joao: Edit } }
      |                                                                     ^^^^ did you mean `edit`?

    error: 2 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn a_reference_to_nothing_is_met_with_the_nearest() {
    let text = "senhasegura:\n  users:\n    maria: { user_name: maria.s, full_name: M, external_id: h, email: m@example.org }\n  groups:\n    crew: { display_name: Crew, members: [user.mario, user.zoe] }\n    night: { display_name: Night, members: [maria] }\n";
    insta::assert_snapshot!(check(&[("vault.yaml", text)]), @r#"
    --- stderr
    error[unknown-reference]: no user is named `mario`
     --> vault.yaml:5:43
      |
    5 |     crew: { display_name: Crew, members: [user.mario, user.zoe] }
      |                                           ^^^^^^^^^^ did you mean `maria`?

    error[unknown-reference]: no user is named `zoe`
     --> vault.yaml:5:55
      |
    5 |     crew: { display_name: Crew, members: [user.mario, user.zoe] }
      |                                                       ^^^^^^^^
      |
      = help: declare it, or refer to one that exists only at the vendor by the vendor's own name: `{ live: "zoe" }`

    error[bad-reference]: `maria` does not refer to a user
     --> vault.yaml:6:45
      |
    6 |     night: { display_name: Night, members: [maria] }
      |                                             ^^^^^
      |
      = help: write `user.NAME` for a user that is declared, `{ live: "maria" }` for one that exists only at the vendor

    error: 3 mistakes in 1 file
    --- exit 8
    "#);
}

#[test]
fn a_reference_to_what_is_absent_shows_both_places() {
    let text = "senhasegura:\n  users:\n    maria: { user_name: maria.s, full_name: M, external_id: h, email: m@example.org, state: absent }\n  groups:\n    crew: { display_name: Crew, members: [user.maria] }\n";
    insta::assert_snapshot!(check(&[("vault.yaml", text)]), @r"
    --- stderr
    error[reference-to-absent]: `user.maria` is declared absent, and this still refers to it
     --> vault.yaml:5:43
      |
    3 |     maria: { user_name: maria.s, full_name: M, external_id: h, email: m@example.org, state: absent }
      |     ----- declared absent here
    4 |   groups:
    5 |     crew: { display_name: Crew, members: [user.maria] }
      |                                           ^^^^^^^^^^
      |
      = help: take it out here too

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn a_former_name_is_free_and_claimed_once() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, username: a, was: b }\n    b: { name: B, username: b }\n    c: { name: C, username: c, was: [x, y] }\n    d: { name: D, username: d, was: x }\n    e: { name: E, username: e, was: { x: y } }\n"), @r"
    --- stderr
    error[was-still-declared]: `password.b` is still declared, so nothing can have been it
     --> vault.yaml:3:37
      |
    3 |     a: { name: A, username: a, was: b }
      |                                     ^
    4 |     b: { name: B, username: b }
      |     - declared here

    error[was-claimed-twice]: two resources say that they were `password.x`
     --> vault.yaml:6:37
      |
    5 |     c: { name: C, username: c, was: [x, y] }
      |                                      - claimed here first
    6 |     d: { name: D, username: d, was: x }
      |                                     ^

    error[wrong-type]: expected a name it had before, found a mapping
     --> vault.yaml:7:37
      |
    7 |     e: { name: E, username: e, was: { x: y } }
      |                                     ^^^^^^^^

    error: 3 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn a_date_is_a_day() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, username: a, expires: tomorrow }\n    b: { name: B, username: b, expires: 2026-02-30 }\n    c: { name: C, username: c, expires: 2026-12-31, state: absent }\n    d: { name: D, username: d, expires: 20261231 }\n    e: { name: E, username: e, expires: 2026-12-31T10:00:00Z }\n"), @r"
    --- stderr
    error[bad-date]: `tomorrow` is not a date like 2026-12-31
     --> vault.yaml:3:41
      |
    3 |     a: { name: A, username: a, expires: tomorrow }
      |                                         ^^^^^^^^

    error[bad-date]: `2026-02-30` is not a date like 2026-12-31
     --> vault.yaml:4:41
      |
    4 |     b: { name: B, username: b, expires: 2026-02-30 }
      |                                         ^^^^^^^^^^

    error[two-states]: `expires` says nothing beside `state: absent`
     --> vault.yaml:5:41
      |
    5 |     c: { name: C, username: c, expires: 2026-12-31, state: absent }
      |                                         ^^^^^^^^^^
      |
      = help: keep one of the two

    error[bad-date]: `20261231` is not a date like 2026-12-31
     --> vault.yaml:6:41
      |
    6 |     d: { name: D, username: d, expires: 20261231 }
      |                                         ^^^^^^^^

    error[bad-date]: `2026-12-31T10:00:00Z` is not a date like 2026-12-31
     --> vault.yaml:7:41
      |
    7 |     e: { name: E, username: e, expires: 2026-12-31T10:00:00Z }
      |                                         ^^^^^^^^^^^^^^^^^^^^

    error: 5 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn a_lifecycle_is_spelt_right() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, username: a, lifecycle: { prevent_delet: true } }\n    b: { name: B, username: b, lifecycle: { manage: nodelete } }\n    c: { name: C, username: c, lifecycle: { ignore: [tag, url] } }\n    d: { name: D, username: d, lifecycle: { prevent_delete: yes } }\n    e: { name: E, username: e, state: gone }\n"), @r"
    --- stderr
    error[unknown-key]: lifecycle has no key `prevent_delet`
     --> vault.yaml:3:45
      |
    3 |     a: { name: A, username: a, lifecycle: { prevent_delet: true } }
      |                                             ^^^^^^^^^^^^^ did you mean `prevent_delete`?

    error[unknown-word]: `nodelete` is not a way to manage: `full`, `no_delete`, `create_only`, `observe`
     --> vault.yaml:4:53
      |
    4 |     b: { name: B, username: b, lifecycle: { manage: nodelete } }
      |                                                     ^^^^^^^^ did you mean `no_delete`?

    error[unknown-field]: there is no field `tag` to ignore
     --> vault.yaml:5:54
      |
    5 |     c: { name: C, username: c, lifecycle: { ignore: [tag, url] } }
      |                                                      ^^^ did you mean `tags`?

    error[unknown-word]: `yes` is not a truth value (without quotes): `true`, `false`
     --> vault.yaml:6:61
      |
    6 |     d: { name: D, username: d, lifecycle: { prevent_delete: yes } }
      |                                                             ^^^

    error[unknown-word]: `gone` is not a state: `present`, `absent`
     --> vault.yaml:7:39
      |
    7 |     e: { name: E, username: e, state: gone }
      |                                       ^^^^

    error: 5 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn two_that_describe_the_same_thing_in_something_live_are_refused() {
    let settings = "workspace: case\ninclude: [vault.yaml]\nsystems: { password_safe: { endpoint: emulator } }\n";
    let text = "password_safe:\n  folders:\n    a: { name: Lines, parent: { live: Plant, kind: safe } }\n    b: { name: lines, parent: { live: plant, kind: safe } }\n";
    insta::assert_snapshot!(super::check_all(&[("trueup.yaml", settings), ("vault.yaml", text)]), @r"
    --- stderr
    error[same-thing]: `folder.a` and `folder.b` describe the same thing: name `lines`, parent `safe plant`
     --> vault.yaml:4:5
      |
    3 |     a: { name: Lines, parent: { live: Plant, kind: safe } }
      |     - described here first
    4 |     b: { name: lines, parent: { live: plant, kind: safe } }
      |     ^
      |
      = help: remove one, or say with `id:` which live object each of them is

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn two_that_describe_the_same_thing_are_refused() {
    insta::assert_snapshot!(check_passwords("    a: { name: Router, username: admin }\n    b: { name: Router, username: admin }\n"), @r"
    --- stderr
    error[same-thing]: `password.a` and `password.b` describe the same thing: name `Router`, username `admin`
     --> vault.yaml:4:5
      |
    3 |     a: { name: Router, username: admin }
      |     - described here first
    4 |     b: { name: Router, username: admin }
      |     ^
      |
      = help: remove one, or say with `id:` which live object each of them is

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn a_name_is_a_handle() {
    insta::assert_snapshot!(check_passwords("    \"Büro router\": { name: A, username: a }\n    \"-x\": { name: B, username: b }\n"), @r#"
    --- stderr
    error[bad-name]: `Büro router` cannot be a name
     --> vault.yaml:3:5
      |
    3 |     "Büro router": { name: A, username: a }
      |     ^^^^^^^^^^^^^
      |
      = help: names are handles of your own: letters, digits and `. _ - @`, at most 128; what the vendor shows goes into the fields

    error[bad-name]: `-x` cannot be a name
     --> vault.yaml:4:5
      |
    4 |     "-x": { name: B, username: b }
      |     ^^^^
      |
      = help: names are handles of your own: letters, digits and `. _ - @`, at most 128; what the vendor shows goes into the fields

    error: 2 mistakes in 1 file
    --- exit 8
    "#);
}

#[test]
fn access_to_smart_rules_is_sound() {
    let settings = "workspace: case\ninclude: [vault.yaml]\nsystems: { password_safe: { endpoint: emulator } }\n";
    let text = "password_safe:\n  groups:\n    a:\n      name: A\n      smart_rules:\n        B: { level: none, roles: [ISA] }\n        C: { level: read, roles: [Requestor] }\n        D: { level: read, access_policy: P }\n        E: { level: write }\n";
    insta::assert_snapshot!(super::check_all(&[("trueup.yaml", settings), ("vault.yaml", text)]), @r"
    --- stderr
    error[bad-access]: roles need access to the smart rule
     --> vault.yaml:6:34
      |
    6 |         B: { level: none, roles: [ISA] }
      |                                  ^^^^^
      |
      = help: write `level: read`, or leave the roles out

    error[bad-access]: requestors need an access policy
     --> vault.yaml:7:34
      |
    7 |         C: { level: read, roles: [Requestor] }
      |                                  ^^^^^^^^^^^
      |
      = help: add `access_policy`, by the vendor's name for it

    error[bad-access]: an access policy goes with roles
     --> vault.yaml:8:42
      |
    8 |         D: { level: read, access_policy: P }
      |                                          ^
      |
      = help: add `roles`, or leave `access_policy` out

    error[unknown-word]: `write` is not a level of access: `none`, `read`, `full`
     --> vault.yaml:9:21
      |
    9 |         E: { level: write }
      |                     ^^^^^

    error: 4 mistakes in 1 file
    --- exit 8
    ");
}
