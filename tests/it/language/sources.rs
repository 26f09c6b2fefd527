//! Where the values of secrets may come from, and what is told of those that may not.

use trueup::Exit;

use super::{SETTINGS, check_passwords};
use crate::world::{World, folder, run_in, set_mode, write};

#[test]
fn a_secret_file_lies_inside_the_workspace() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, username: a, password: { file: ../secret } }\n    b: { name: B, username: b, password: { file: /etc/hostname } }\n"), @r"
    --- stderr
    error[secret-not-allowed]: declarations may not read the file `../secret`
     --> vault.yaml:3:42
      |
    3 |     a: { name: A, username: a, password: { file: ../secret } }
      |                                          ^^^^^^^^^^^^^^^^^^^
      |
      = help: name a file inside the workspace, by its path relative to it, or one of a folder that trueup.yaml allows: `secrets: { file_allow: [/run/secrets] }`

    error[secret-not-allowed]: declarations may not read the file `/etc/hostname`
     --> vault.yaml:4:42
      |
    4 |     b: { name: B, username: b, password: { file: /etc/hostname } }
      |                                          ^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name a file inside the workspace, by its path relative to it, or one of a folder that trueup.yaml allows: `secrets: { file_allow: [/run/secrets] }`

    error: 2 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn a_secret_file_must_hold_text() {
    let text =
        "senhasegura:\n  passwords:\n    a: { name: A, username: a, password: { file: a.p12 } }\n";
    let directory = folder(&[("trueup.yaml", SETTINGS), ("vault.yaml", text)]);
    write(directory.path(), "a.p12", b"0\x82\x04\x9f\xff");
    insta::assert_snapshot!(run_in(directory.path(), "validate", |_| {}).transcript(), @r"
    --- stderr
    error[bad-secret]: the file `a.p12` holds no text, as this secret must be
     --> vault.yaml:3:42
      |
    3 |     a: { name: A, username: a, password: { file: a.p12 } }
      |                                          ^^^^^^^^^^^^^^^
      |
      = help: refer to text in UTF-8

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_a_secret_file_out_of_the_workspace() {
    let outside = folder(&[("secret", "Blue-Kettle-71")]);
    let text = "senhasegura: { passwords: { a: { name: A, username: a, password: { file: link/secret } } } }";
    let world = World::of(&[("trueup.yaml", SETTINGS), ("vault.yaml", text)]);
    std::os::unix::fs::symlink(outside.path(), world.directory.path().join("link")).unwrap();
    let ran = world.run("apply --yes");
    assert_eq!(ran.exit, Exit::Invalid, "{ran:#?}");
    let why = "the file link/secret is a link that leads out of the workspace";
    assert!(ran.err.contains(why), "{ran:#?}");
    assert!(world.writes().is_empty());
}

#[cfg(unix)]
#[test]
fn a_secret_file_that_everybody_can_read_is_refused() {
    let text = "senhasegura:\n  passwords:\n    a: { name: A, username: a, password: { file: vault/a } }\n";
    let directory = folder(&[("trueup.yaml", SETTINGS), ("vault.yaml", text)]);
    write(directory.path(), "vault/a", b"Blue-Kettle-71");
    let sound = run_in(directory.path(), "validate", |_| {});
    assert_eq!(sound.exit, Exit::Fine, "{sound:#?}");
    // As Git leaves what it checks out.
    set_mode(&directory.path().join("vault/a"), 0o644);
    insta::assert_snapshot!(run_in(directory.path(), "validate", |_| {}).transcript(), @r"
    --- stderr
    error[exposed-secret]: everybody on this machine can read the file `vault/a`
     --> vault.yaml:3:42
      |
    3 |     a: { name: A, username: a, password: { file: vault/a } }
      |                                          ^^^^^^^^^^^^^^^^^
      |
      = help: take that away (`chmod o-r vault/a`); a file that Git checked out belongs to everybody who has the repository: keep the secret elsewhere, or encrypted, as `{ age: { file: PATH } }`

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[cfg(unix)]
#[test]
fn a_folder_outside_must_be_allowed() {
    let outside = folder(&[("a", "Blue-Kettle-71")]);
    let (path, shown) = (
        outside.path().join("a"),
        outside.path().display().to_string(),
    );
    let text = format!(
        "senhasegura: {{ passwords: {{ a: {{ name: A, username: a, password: {{ file: {} }} }} }} }}",
        path.display()
    );
    let allowed = SETTINGS.replace("secrets: {", &format!("secrets: {{ file_allow: [{shown}],"));
    let world = World::of(&[("trueup.yaml", &allowed), ("vault.yaml", &text)]);
    let ran = world.run("apply --yes");
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
    assert!(world.live().contains("password: Blue-Kettle-71"));
    world.write_file("trueup.yaml", SETTINGS);
    let refused = world.run("validate").transcript();
    insta::assert_snapshot!(refused.replace(&shown, "/OUTSIDE"), @r"
    --- stderr
    error[secret-not-allowed]: declarations may not read the file `/OUTSIDE/a`
     --> vault.yaml:1:66
      |
    1 | senhasegura: { passwords: { a: { name: A, username: a, password: { file: /OUTSIDE/a } } } }
      |                                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name a file inside the workspace, by its path relative to it, or one of a folder that trueup.yaml allows: `secrets: { file_allow: [/run/secrets] }`

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn a_folder_that_is_allowed_is_an_absolute_path() {
    let settings = SETTINGS.replace(
        "secrets: {",
        "secrets: { file_allow: [run, /run/../etc], command_timeout: 5,",
    );
    insta::assert_snapshot!(super::check_all(&[("trueup.yaml", &settings)]), @r#"
    --- stderr
    error[bad-folder]: `run` is not the absolute path of a folder
     --> trueup.yaml:3:25
      |
    3 | secrets: { file_allow: [run, /run/../etc], command_timeout: 5, env_allow: ["CASE_*"] }
      |                         ^^^
      |
      = help: files inside the workspace need no leave; name others like `/run/secrets`

    error[bad-folder]: `/run/../etc` is not the absolute path of a folder
     --> trueup.yaml:3:30
      |
    3 | secrets: { file_allow: [run, /run/../etc], command_timeout: 5, env_allow: ["CASE_*"] }
      |                              ^^^^^^^^^^^
      |
      = help: files inside the workspace need no leave; name others like `/run/secrets`

    error[bad-duration]: `5` is not a duration like 30s or 2m
     --> trueup.yaml:3:61
      |
    3 | secrets: { file_allow: [run, /run/../etc], command_timeout: 5, env_allow: ["CASE_*"] }
      |                                                             ^

    error: 3 mistakes in 1 file
    --- exit 8
    "#);
}

#[test]
fn what_is_no_age_text_is_told() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, username: a, password: { age: Blue-Kettle-71 } }\n    b: { name: B, username: b, password: { age: { file: ../b.age } } }\n    c: { name: C, username: c, password: { age: [] } }\n    d: { name: D, username: d, password: { age: {} } }\n"), @r"
    --- stderr
    error[bad-secret]: this cannot be opened: it is not what `age` writes
     --> vault.yaml:3:42
      |
    3 |     a: { name: A, username: a, password: { age: (secret) } }
      |                                          ^^^^^^^^^^^^^^^^^
      |
      = help: write what `age --armor -r RECIPIENT` printed, line by line under `age: |`, or `{ age: { file: PATH } }`

    error[secret-not-allowed]: declarations may not read the file `../b.age`
     --> vault.yaml:4:42
      |
    4 |     b: { name: B, username: b, password: { age: { file: ../b.age } } }
      |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name a file inside the workspace, by its path relative to it, or one of a folder that trueup.yaml allows: `secrets: { file_allow: [/run/secrets] }`

    error[wrong-type]: expected text that `age --armor` wrote, or `{ file: PATH }`, found a list
     --> vault.yaml:5:49
      |
    5 |     c: { name: C, username: c, password: { age: (secret) } }
      |                                                 ^^^^^^^^

    error[missing-key]: an encrypted file needs `file`
     --> vault.yaml:6:49
      |
    6 |     d: { name: D, username: d, password: { age: {} } }
      |                                                 ^^

    error: 4 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn no_declaration_names_a_key_of_our_own() {
    let settings = SETTINGS.replace("[\"CASE_*\"]", "[\"*\"]");
    let text = "senhasegura: { passwords: { a: { name: A, username: a, password: { env: TRUEUP_KEY } } } }";
    insta::assert_snapshot!(super::check_all(&[("trueup.yaml", &settings), ("vault.yaml", text)]), @r"
    --- stderr
    error[secret-not-allowed]: declarations may not name the variable `TRUEUP_KEY`
     --> vault.yaml:1:66
      |
    1 | senhasegura: { passwords: { a: { name: A, username: a, password: { env: TRUEUP_KEY } } } }
      |                                                                  ^^^^^^^^^^^^^^^^^^^
      |
      = help: it is for trueup itself, whatever trueup.yaml allows

    error: 1 mistake in 1 file
    --- exit 8
    ");
}

#[test]
fn a_secret_comes_from_no_program_that_is_not_allowed() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, username: a, password: { command: [op, read, a] } }\n    b: { name: B, username: b, password: { command: [] } }\n    c: { name: C, username: c, password: { command: op } }\n"), @r#"
    --- stderr
    error[secret-not-allowed]: declarations may not run the program `op`
     --> vault.yaml:3:42
      |
    3 |     a: { name: A, username: a, password: { command: [op, read, a] } }
      |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: allow it in trueup.yaml: `secrets: { command_allow: ["PROGRAM"] }`

    error[bad-secret]: a command begins with a program
     --> vault.yaml:4:42
      |
    4 |     b: { name: B, username: b, password: { command: [] } }
      |                                          ^^^^^^^^^^^^^^^
      |
      = help: write `{ command: [PROGRAM, ARGUMENT] }`; no shell takes it apart

    error[wrong-type]: expected values (a list), found text
     --> vault.yaml:5:53
      |
    5 |     c: { name: C, username: c, password: { command: op } }
      |                                                     ^^

    error: 3 mistakes in 1 file
    --- exit 8
    "#);
}

#[cfg(unix)]
#[test]
fn programs_run_for_plans_alone_and_once_for_all_who_name_them() {
    let settings = SETTINGS.replace("secrets: {", "secrets: { command_allow: [sh],");
    let secret = "{ command: [sh, -c, \"echo run >> runs.txt; echo Blue-Kettle-71\"] }";
    let passwords = ["a", "b", "c"]
        .map(|name| format!("{name}: {{ name: {name}, username: {name}, password: {secret} }}"));
    let text = format!(
        "senhasegura: {{ passwords: {{ {} }} }}",
        passwords.join(", ")
    );
    let world = World::of(&[("trueup.yaml", &settings), ("vault.yaml", &text)]);
    let run = |line: &str| {
        world.run_with(line, |host| {
            host.environment
                .insert("PATH".to_owned(), "/usr/bin:/bin".to_owned());
        })
    };
    assert_eq!(run("validate").exit, Exit::Fine);
    assert_eq!(world.made().get("runs.txt"), None);
    let plan = run("plan");
    assert!(plan.out.contains("Plan: 3 to add"), "{plan:#?}");
    assert_eq!(world.made()["runs.txt"], "run\n");
    // A workspace with mistakes runs nothing.
    world.write_file("more.yaml", "senhasegura: { passwords: { d: { nam: D } } }");
    assert_eq!(run("plan").exit, Exit::Invalid);
    assert_eq!(world.made()["runs.txt"], "run\n");
}

#[cfg(unix)]
#[test]
fn programs_do_not_see_the_keys_of_trueup() {
    let settings = SETTINGS.replace("secrets: {", "secrets: { command_allow: [sh],");
    let text = "senhasegura: { passwords: { a: { name: A, username: a, password: { command: [sh, -c, \"env > seen.txt; echo Blue-Kettle-71\"] } } } }";
    let world = World::of(&[("trueup.yaml", &settings), ("vault.yaml", text)]);
    world.run_with("plan", |host| {
        for (name, value) in [
            ("PATH", "/usr/bin:/bin"),
            ("TRUEUP_AGE_IDENTITY", "Amber-Wagon-33"),
            ("VAULT_TOKEN", "x"),
        ] {
            host.environment.insert(name.to_owned(), value.to_owned());
        }
    });
    let seen = &world.made()["seen.txt"];
    assert!(
        seen.contains("VAULT_TOKEN=x") && !seen.contains("Amber-Wagon"),
        "{seen}"
    );
}

#[test]
fn what_cannot_be_generated_is_told() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, username: a, password: { generate: { length: 4, classes: [lower, uper], exclude: [] } } }\n    b: { name: B, username: b, password: { generate: { classes: [] } } }\n    c:\n      name: C\n      username: c\n      password: { generate: { exclude: \"0123456789\" } }\n      totp_seed: { generate: {} }\n    d: { name: D, username: d, password: { env: CASE_D, output: { file: d.json } } }\n"), @r#"
    --- stderr
    error[bad-generate]: 4 is no length from 8 to 1024
     --> vault.yaml:3:64
      |
    3 |     a: { name: A, username: a, password: { generate: { length: 4, classes: [lower, uper], exclude: [] } } }
      |                                                                ^

    error[unknown-word]: `uper` is not a class of characters: `lower`, `upper`, `digits`, `symbols`
     --> vault.yaml:3:84
      |
    3 |     a: { name: A, username: a, password: { generate: { length: 4, classes: [lower, uper], exclude: [] } } }
      |                                                                                    ^^^^ did you mean `upper`?

    error[wrong-type]: expected characters to leave out, found a list
     --> vault.yaml:3:100
      |
    3 |     a: { name: A, username: a, password: { generate: { length: 4, classes: [lower, uper], exclude: [] } } }
      |                                                                                                    ^^

    error[bad-generate]: a secret of no characters is none
     --> vault.yaml:4:65
      |
    4 |     b: { name: B, username: b, password: { generate: { classes: [] } } }
      |                                                                 ^^
      |
      = help: leave `classes` out to take characters of all of them

    error[bad-generate]: this leaves none of the digits
     --> vault.yaml:8:40
      |
    8 |       password: { generate: { exclude: "0123456789" } }
      |                                        ^^^^^^^^^^^^
      |
      = help: take the class out of `classes`, or exclude less

    error[bad-generate]: this cannot be generated
     --> vault.yaml:9:18
      |
    9 |       totp_seed: { generate: {} }
      |                  ^^^^^^^^^^^^^^^^
      |
      = help: refer to its value; passwords and texts that a vendor keeps can be generated

    error[unknown-key]: a reference to a secret has no key `output`
      --> vault.yaml:10:57
       |
    10 |     d: { name: D, username: d, password: { env: CASE_D, output: { file: d.json } } }
       |                                                         ^^^^^^
       |
       = help: its keys are: age, command, env, file, generate, verify

    error: 7 mistakes in 1 file
    --- exit 8
    "#);
    let file = "password_safe: { secrets: { s: { title: S, folder: { live: Core, kind: safe }, type: file, file_name: s, content: { generate: {} } } } }";
    let settings = "workspace: case\nsystems: { password_safe: { endpoint: emulator, auth: { client_id: a, client_secret: { generate: {} } } } }\n";
    insta::assert_snapshot!(super::check_all(&[("trueup.yaml", settings), ("vault.yaml", file)]), @r"
    --- stderr
    error[bad-generate]: this cannot be generated
     --> trueup.yaml:2:86
      |
    2 | systems: { password_safe: { endpoint: emulator, auth: { client_id: a, client_secret: { generate: {} } } } }
      |                                                                                      ^^^^^^^^^^^^^^^^
      |
      = help: refer to its value; passwords and texts that a vendor keeps can be generated

    error[bad-generate]: this cannot be generated
     --> vault.yaml:1:115
      |
    1 | password_safe: { secrets: { s: { title: S, folder: { live: Core, kind: safe }, type: file, file_name: s, content: { generate: {} } } } }
      |                                                                                                                   ^^^^^^^^^^^^^^^^
      |
      = help: refer to its value; passwords and texts that a vendor keeps can be generated

    error: 2 mistakes in 2 files
    --- exit 8
    ");
}
