//! Mistakes that few people make.

use insta::assert_snapshot;

use super::{SETTINGS, check, check_all, check_passwords};
use crate::world::{World, folder, run_in};

#[test]
fn settings_are_one_document() {
    let settings = format!("{SETTINGS}---\nworkspace: another\n");
    assert_snapshot!(check_all(&[("trueup.yaml", &settings)]), @r"
    --- stderr
    error[several-documents]: trueup.yaml holds one document, not several
     --> trueup.yaml:5:1
      |
    5 | workspace: another
      | ^^^^^^^^^^^^^^^^^^

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn a_set_holds_nothing_twice() {
    assert_snapshot!(check_passwords("    a: { name: A, username: a, tags: [core, lab, core] }\n"), @r"
    --- stderr
    error[written-twice]: the list says this twice
     --> vault.yaml:3:50
      |
    3 |     a: { name: A, username: a, tags: [core, lab, core] }
      |                                                  ^^^^

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn what_is_too_long_for_a_note_is_told() {
    let fits = "Blue kettle. ".repeat(100)[..900].to_owned();
    let text = "senhasegura:\n  notes:\n    fits: { name: Fits, note: { file: fits } }\n    novel: { name: Novel, note: { file: novel } }\n";
    let novel = format!("{fits}.");
    let files = [
        ("vault.yaml", text),
        ("fits", fits.as_str()),
        ("novel", novel.as_str()),
    ];
    assert_snapshot!(check(&files), @r"
    --- stderr
    error[note-too-long]: the note has 901 characters, and the vendor takes 900
     --> vault.yaml:4:33
      |
    4 |     novel: { name: Novel, note: { file: novel } }
      |                                 ^^^^^^^^^^^^^^^
      |
      = help: shorten it, or make two notes of it

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn a_connectivity_without_its_port_is_told() {
    let device = "hostname: a, ip: b, model: c, type: d, vendor: e, site: f";
    let text = format!(
        "senhasegura:\n  devices:\n    a: {{ {device}, connectivities: [SSH, HTTPS:443, RDP:0] }}\n"
    );
    assert_snapshot!(check(&[("vault.yaml", &text)]), @r"
    --- stderr
    error[bad-connectivity]: `SSH` is not a protocol with its port
     --> vault.yaml:3:86
      |
    3 |     a: { hostname: a, ip: b, model: c, type: d, vendor: e, site: f, connectivities: [SSH, HTTPS:443, RDP:0] }
      |                                                                                      ^^^
      |
      = help: write one such as `SSH:22`

    error[bad-connectivity]: `RDP:0` is not a protocol with its port
     --> vault.yaml:3:102
      |
    3 |     a: { hostname: a, ip: b, model: c, type: d, vendor: e, site: f, connectivities: [SSH, HTTPS:443, RDP:0] }
      |                                                                                                      ^^^^^
      |
      = help: write one such as `SSH:22`

    error: 2 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn tags_and_seeds_are_checked() {
    let password =
        "    a: { name: A, username: a, tags: ['core, lab', ''], totp_seed: { file: seed } }\n";
    let text = format!("senhasegura:\n  passwords:\n{password}");
    assert_snapshot!(check(&[("vault.yaml", &text), ("seed", "not base32")]), @r"
    --- stderr
    error[bad-tag]: `core, lab` cannot be a tag: tags are not empty and hold no comma
     --> vault.yaml:3:39
      |
    3 |     a: { name: A, username: a, tags: ['core, lab', ''], totp_seed: { file: seed } }
      |                                       ^^^^^^^^^^^

    error[bad-tag]: `` cannot be a tag: tags are not empty and hold no comma
     --> vault.yaml:3:52
      |
    3 |     a: { name: A, username: a, tags: ['core, lab', ''], totp_seed: { file: seed } }
      |                                                    ^^

    error[bad-totp-seed]: this is not a seed of one-time codes
     --> vault.yaml:3:68
      |
    3 |     a: { name: A, username: a, tags: ['core, lab', ''], totp_seed: { file: seed } }
      |                                                                    ^^^^^^^^^^^^^^
      |
      = help: a seed has at least 10 characters out of A-Z and 2-7 (base32), without spaces

    error: 3 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn an_unencrypted_endpoint_and_a_seed_of_a_real_system_are_pointed_out() {
    let system = "endpoint: \"http://vault.example.org\", seed: live.yaml";
    let settings = format!("workspace: w\nsystems: {{ senhasegura: {{ {system} }} }}\n");
    assert_snapshot!(check_all(&[("trueup.yaml", &settings)]), @r#"
    --- stderr
    warning[plain-http]: credentials and secrets go to this endpoint unencrypted
     --> trueup.yaml:2:37
      |
    2 | systems: { senhasegura: { endpoint: "http://vault.example.org", seed: live.yaml } }
      |                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write `https://`

    error[seed-without-emulator]: only the emulator has a seed
     --> trueup.yaml:2:71
      |
    2 | systems: { senhasegura: { endpoint: "http://vault.example.org", seed: live.yaml } }
      |                                                                       ^^^^^^^^^

    error: 1 mistake and 1 warning in 1 file
    --- exit 8
    "#);
}

#[test]
fn protecting_what_is_not_declared_is_pointed_out_and_no_mistake() {
    let settings = format!("{SETTINGS}guards: {{ protect: [senhasegura.password.rooter] }}\n");
    let vault = "senhasegura: { passwords: { router: { name: A, username: a } } }";
    assert_snapshot!(check_all(&[("trueup.yaml", &settings), ("vault.yaml", vault)]), @r"
    Success! 1 resources in 2 files are valid.
    --- stderr
    warning[protects-nothing]: nothing declares `senhasegura.password.rooter`, so this protects nothing
     --> trueup.yaml:4:21
      |
    4 | guards: { protect: [senhasegura.password.rooter] }
      |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^ did you mean `senhasegura.password.router`?

    warning: 1 warning in 1 file
    ");
}

#[test]
fn a_login_to_password_safe_is_one_and_whole() {
    let login = |auth: &str| {
        let settings = format!(
            "workspace: case\nsystems:\n  password_safe: {{ endpoint: emulator, auth: {auth} }}\n"
        );
        check_all(&[("trueup.yaml", &settings)])
    };
    assert_snapshot!(login("{ client_id: 5f1c07d2 }"), @r"
    --- stderr
    error[bad-auth]: `auth` says one way to log in, whole
     --> trueup.yaml:3:46
      |
    3 |   password_safe: { endpoint: emulator, auth: { client_id: 5f1c07d2 } }
      |                                              ^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write either `client_id` and `client_secret`, or `api_key` and `runas`, with `runas_password` where the registration demands it

    error: 1 mistake in 1 file
    --- exit 8
    ");
    let both = "{ api_key: { env: K }, runas: ci, client_id: 5f1c07d2, client_secret: { env: S } }";
    assert!(login(both).contains("error[bad-auth]"));
    let key = "{ api_key: { env: K }, runas: ci, runas_password: { env: P } }";
    assert!(!login(key).contains("bad-auth"));
}

#[test]
fn somebody_owns_every_secret() {
    let settings = "workspace: case\nsystems: { password_safe: { endpoint: emulator } }\n";
    let vault = "password_safe: { secrets: { orders: { title: orders-db, folder: { live: Core, kind: safe }, owners: [] } } }";
    assert_snapshot!(check_all(&[("trueup.yaml", settings), ("vault.yaml", vault)]), @r"
    --- stderr
    error[no-owner]: somebody owns every secret
     --> vault.yaml:1:101
      |
    1 | password_safe: { secrets: { orders: { title: orders-db, folder: { live: Core, kind: safe }, owners: [] } } }
      |                                                                                                     ^^
      |
      = help: name an owner, or leave `owners` out to leave them as they are

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn one_id_is_claimed_once() {
    let vault = "senhasegura:\n  passwords:\n    a: { name: A, username: a, id: 7 }\n    b: { name: B, username: b, id: 7 }\n";
    let world = World::of(&[("trueup.yaml", SETTINGS), ("vault.yaml", vault)]);
    assert_snapshot!(world.run("plan").transcript(), @r"
    --- stderr
    error[id-not-found]: the vendor has no password with id 7, or does not show it to us
     --> vault.yaml:3:36
      |
    3 |     a: { name: A, username: a, id: 7 }
      |                                    ^
      |
      = help: correct the id, or take it out to have a new one created

    error[id-claimed-twice]: two resources claim the password with id 7
     --> vault.yaml:4:36
      |
    3 |     a: { name: A, username: a, id: 7 }
      |                                    - claimed here first
    4 |     b: { name: B, username: b, id: 7 }
      |                                    ^

    error: 2 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn somebody_is_named_in_one_way() {
    let vault = "senhasegura:
  users:
    ines: { user_name: Ines, full_name: I, external_id: e, email: i@example.org }
  passwords:
    a: { name: A, username: a, users_allowed: { user.ines: view, ines: edit } }
";
    assert_snapshot!(check(&[("vault.yaml", vault)]), @r"
    --- stderr
    error[said-twice]: this is the user `ines` a second time
     --> vault.yaml:5:66
      |
    5 |     a: { name: A, username: a, users_allowed: { user.ines: view, ines: edit } }
      |                                                 ---------        ^^^^
      |                                                 |
      |                                                 named here first

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn nesting_has_an_end() {
    let vault = format!("x-deep: {}{}\n", "[".repeat(80), "]".repeat(80));
    assert_snapshot!(check(&[("vault.yaml", &vault)]), @r"
    --- stderr
    error[too-deep]: lists and mappings are nested deeper than 64 levels
     --> vault.yaml:1:72
      |
    1 | x-deep: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]...
      |                                                                        ^

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn what_a_broken_declaration_refers_to_is_checked_all_the_same() {
    assert_snapshot!(
        check_passwords("    a: { name: A, tags: core, groups_allowed: { group.crew: view } }\n"),
        @r#"
    --- stderr
    error[missing-key]: password needs `username`
     --> vault.yaml:3:8
      |
    3 |     a: { name: A, tags: core, groups_allowed: { group.crew: view } }
      |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error[wrong-type]: expected values (a list), found text
     --> vault.yaml:3:25
      |
    3 |     a: { name: A, tags: core, groups_allowed: { group.crew: view } }
      |                         ^^^^

    error[unknown-reference]: no group is named `crew`
     --> vault.yaml:3:49
      |
    3 |     a: { name: A, tags: core, groups_allowed: { group.crew: view } }
      |                                                 ^^^^^^^^^^
      |
      = help: declare it, or refer to one that exists only at the vendor by the vendor's own name: `{ live: "crew" }`

    error: 3 mistakes in 1 file
    --- exit 8
    "#
    );
}

#[cfg(unix)]
#[test]
fn links_lead_to_yaml_or_are_refused() {
    let outside = folder(&[
        ("shared.yaml", "senhasegura: { users: {} }"),
        ("environ", "PASSWORD=Blue-Kettle-71"),
    ]);
    let inside = folder(&[("trueup.yaml", SETTINGS)]);
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(outside.path().join(target), inside.path().join(name)).unwrap();
    };
    link("shared.yaml", "shared.yaml");
    link("environ", "environ.yaml");
    link("nowhere.yaml", "nowhere.yaml");
    assert_snapshot!(run_in(inside.path(), "validate", |_| {}).transcript(), @r"
    --- stderr
    error[not-yaml]: environ.yaml is not, or does not lead to, a file named *.yaml
     |
     = help: rename it, or narrow `include:` in trueup.yaml

    error[unreadable]: nowhere.yaml cannot be read: No such file or directory (os error 2)

    error: 2 mistakes
    --- exit 8
    ");
}

#[test]
fn a_type_that_is_none_makes_no_other_key_unknown() {
    let settings = SETTINGS.replace("senhasegura", "password_safe");
    let vault = "password_safe: { users: { ines: { type: person, user_name: ines, last_name: Prado, nick: i } } }";
    assert_snapshot!(check_all(&[("trueup.yaml", &settings), ("vault.yaml", vault)]), @r"
    --- stderr
    error[unknown-word]: `person` is not a type of user: `beyondinsight`, `application`, `active_directory`, `ldap_directory`, `entra_id`
     --> vault.yaml:1:41
      |
    1 | password_safe: { users: { ines: { type: person, user_name: ines, last_name: Prado, nick: i } } }
      |                                         ^^^^^^

    error[unknown-key]: user has no key `nick`
     --> vault.yaml:1:84
      |
    1 | password_safe: { users: { ines: { type: person, user_name: ines, last_name: Prado, nick: i } } }
      |                                                                                    ^^^^
      |
      = help: its keys are: access_policy, active, email, expires, first_name, id, last_name, lifecycle, password, quarantined, secret_output, state, type, user_name, was

    error: 2 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn one_way_to_log_in_is_written_whole() {
    let system =
        "endpoint: \"https://vault.example.org\", auth: { api_key: { env: KEY }, client_id: x }";
    let settings = format!("workspace: w\nsystems: {{ password_safe: {{ {system} }} }}\n");
    assert_snapshot!(check_all(&[("trueup.yaml", &settings)]), @r#"
    --- stderr
    error[bad-auth]: `auth` says one way to log in, whole
     --> trueup.yaml:2:74
      |
    2 | systems: { password_safe: { endpoint: "https://vault.example.org", auth: { api_key: { env: KEY }, client_id: x } } }
      |                                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write either `client_id` and `client_secret`, or `api_key` and `runas`, with `runas_password` where the registration demands it

    error: 1 mistake in 1 file
    --- exit 8
    "#);
}
