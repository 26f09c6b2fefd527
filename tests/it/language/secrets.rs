//! Mistakes with secrets, none of which is ever shown.

use super::{SETTINGS, check_passwords};
use crate::world::{folder, run_in};

#[test]
fn a_secret_in_plain_text_is_refused_and_not_shown() {
    let text = check_passwords(
        "    a: { name: A, username: a, password: Blue-Kettle-71 }\n    b:\n      name: B\n      username: b\n      password: |\n        Green-Ladder-20\n        second line\n",
    );
    assert!(!text.contains("Blue-Kettle"), "{text}");
    assert!(!text.contains("Green-Ladder"), "{text}");
    insta::assert_snapshot!(text, @r"
    --- stderr
    error[plaintext-secret]: a secret is written in plain text
     --> vault.yaml:3:42
      |
    3 |     a: { name: A, username: a, password: (secret) }
      |                                          ^^^^^^^^
      |
      = help: refer to it: `{ env: NAME }` or `{ file: PATH }`; demos may set `secrets: { allow_plaintext: true }` in trueup.yaml

    error[plaintext-secret]: a secret is written in plain text
     --> vault.yaml:8:9
      |
    8 |         (secret)
      |         ^^^^^^^^
      |
      = help: refer to it: `{ env: NAME }` or `{ file: PATH }`; demos may set `secrets: { allow_plaintext: true }` in trueup.yaml

    error: 2 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn a_secret_beside_another_mistake_is_not_shown() {
    let passwords = "    a: { name: A, username: a, password: Blue-Kettle-71, totp_seed: short-seed-8, tagz: [] }\n    b: { name: B, username: b, password: [Green-Ladder-20] }\n    c: { name: C, username: c, pasword: Amber-Wagon-33 }\n    a: { name: A, username: a, password: Rusty-Bicycle-12 }\n";
    for allow in ["true", "false"] {
        let settings = SETTINGS.replace(
            "secrets: {",
            &format!("secrets: {{ allow_plaintext: {allow},"),
        );
        let text = format!("senhasegura:\n  passwords:\n{passwords}");
        for format in ["text", "json", "sarif", "github"] {
            let folder = folder(&[("trueup.yaml", &settings), ("vault.yaml", &text)]);
            let said = run_in(
                folder.path(),
                &format!("validate --format {format}"),
                |_| {},
            );
            let said = said.transcript();
            for secret in [
                "Blue-Kettle",
                "short-seed",
                "Green-Ladder",
                "Amber-Wagon",
                "Rusty-Bicycle",
            ] {
                assert!(!said.contains(secret), "{format}, {allow}: {said}");
            }
        }
    }
}

#[test]
fn a_mask_is_no_secret() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, username: a, password: \"********\" }\n    b: { name: B, username: b, password: <redacted> }\n    c: { name: C, username: c, password: \"\" }\n"), @r"
    --- stderr
    error[masked-secret]: this looks like a mask or a placeholder, not like a secret
     --> vault.yaml:3:42
      |
    3 |     a: { name: A, username: a, password: (secret) }
      |                                          ^^^^^^^^
      |
      = help: leave the field out if the value is not yours to manage

    error[masked-secret]: this looks like a mask or a placeholder, not like a secret
     --> vault.yaml:4:42
      |
    4 |     b: { name: B, username: b, password: (secret) }
      |                                          ^^^^^^^^
      |
      = help: leave the field out if the value is not yours to manage

    error[masked-secret]: this secret is empty
     --> vault.yaml:5:42
      |
    5 |     c: { name: C, username: c, password: (secret) }
      |                                          ^^^^^^^^
      |
      = help: leave the field out if the value is not yours to manage

    error: 3 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn a_secret_names_one_source() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, username: a, password: { env: CASE_A, file: a.txt } }\n    b: { name: B, username: b, password: {} }\n    c: { name: C, username: c, password: { evn: CASE_C } }\n    d: { name: D, username: d, password: [CASE_D] }\n"), @r"
    --- stderr
    error[bad-secret]: a reference to a secret names exactly one source
     --> vault.yaml:3:42
      |
    3 |     a: { name: A, username: a, password: { env: CASE_A, file: a.txt } }
      |                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write `{ env: NAME }`, `{ file: PATH }`, `{ age: TEXT }`, `{ command: [PROGRAM, ARGUMENT] }` or `{ generate: {} }`

    error[bad-secret]: a reference to a secret names exactly one source
     --> vault.yaml:4:42
      |
    4 |     b: { name: B, username: b, password: {} }
      |                                          ^^
      |
      = help: write `{ env: NAME }`, `{ file: PATH }`, `{ age: TEXT }`, `{ command: [PROGRAM, ARGUMENT] }` or `{ generate: {} }`

    error[bad-secret]: a reference to a secret names exactly one source
     --> vault.yaml:5:42
      |
    5 |     c: { name: C, username: c, password: { evn: CASE_C } }
      |                                          ^^^^^^^^^^^^^^^
      |
      = help: write `{ env: NAME }`, `{ file: PATH }`, `{ age: TEXT }`, `{ command: [PROGRAM, ARGUMENT] }` or `{ generate: {} }`

    error[unknown-key]: a reference to a secret has no key `evn`
     --> vault.yaml:5:44
      |
    5 |     c: { name: C, username: c, password: { evn: CASE_C } }
      |                                            ^^^ did you mean `env`?

    error[wrong-type]: expected a reference to a secret, such as `{ env: NAME }`, found a list
     --> vault.yaml:6:42
      |
    6 |     d: { name: D, username: d, password: (secret) }
      |                                          ^^^^^^^^

    error: 5 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn a_variable_of_the_environment_must_be_allowed() {
    insta::assert_snapshot!(check_passwords("    a: { name: A, username: a, password: { env: HOME } }\n    b: { name: B, username: b, password: { env: CASE_B } }\n"), @r#"
    --- stderr
    error[secret-not-allowed]: declarations may not name the variable `HOME`
     --> vault.yaml:3:42
      |
    3 |     a: { name: A, username: a, password: { env: HOME } }
      |                                          ^^^^^^^^^^^^^
      |
      = help: allow it in trueup.yaml: `secrets: { env_allow: ["PREFIX_*"] }`

    error: 1 mistake in 1 file
    --- exit 8
    "#);
}

/// Validates a workspace that allows one program, with application users that put their secrets there.
fn check_outputs(outputs: &[&str]) -> String {
    let settings = "workspace: case\nsystems: { password_safe: { endpoint: emulator } }\nsecrets: { command_allow: [bin/*] }\n";
    let users = outputs.iter().enumerate().map(|(at, output)| {
        format!("    u{at}: {{ user_name: u{at}, type: application, secret_output: {output} }}\n")
    });
    let users = users.collect::<String>();
    let text = format!("password_safe:\n  users:\n{users}");
    super::check_all(&[("trueup.yaml", settings), ("people.yaml", &text)])
}

#[test]
fn a_secret_goes_nowhere_but_into_the_workspace() {
    insta::assert_snapshot!(check_outputs(&["{ file: ../u.json }", "{ file: /tmp/u.json }", "{ file: out/u.yaml }", "{ file: out/u.json }"]), @r"
    --- stderr
    error[secret-not-allowed]: declarations may not have the file `../u.json` made
     --> people.yaml:3:60
      |
    3 |     u0: { user_name: u0, type: application, secret_output: { file: ../u.json } }
      |                                                            ^^^^^^^^^^^^^^^^^^^
      |
      = help: name a file inside the workspace, by its path relative to it

    error[secret-not-allowed]: declarations may not have the file `/tmp/u.json` made
     --> people.yaml:4:60
      |
    4 |     u1: { user_name: u1, type: application, secret_output: { file: /tmp/u.json } }
      |                                                            ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: name a file inside the workspace, by its path relative to it

    error[secret-not-allowed]: the file `out/u.yaml` would be read as declarations
     --> people.yaml:5:60
      |
    5 |     u2: { user_name: u2, type: application, secret_output: { file: out/u.yaml } }
      |                                                            ^^^^^^^^^^^^^^^^^^^^
      |
      = help: what is written is JSON: call it `*.json`

    error: 3 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn a_secret_goes_to_no_program_that_is_not_allowed() {
    insta::assert_snapshot!(check_outputs(&["{ command: [curl, example.org] }", "{ command: [bin/../curl] }", "{ command: [bin/in/put] }", "{ command: [bin/put, u] }"]), @r#"
    --- stderr
    error[secret-not-allowed]: declarations may not run the program `curl`
     --> people.yaml:3:60
      |
    3 |     u0: { user_name: u0, type: application, secret_output: { command: [curl, example.org] } }
      |                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: allow it in trueup.yaml: `secrets: { command_allow: ["PROGRAM"] }`

    error[secret-not-allowed]: declarations may not run the program `bin/../curl`
     --> people.yaml:4:60
      |
    4 |     u1: { user_name: u1, type: application, secret_output: { command: [bin/../curl] } }
      |                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: allow it in trueup.yaml: `secrets: { command_allow: ["PROGRAM"] }`

    error[secret-not-allowed]: declarations may not run the program `bin/in/put`
     --> people.yaml:5:60
      |
    5 |     u2: { user_name: u2, type: application, secret_output: { command: [bin/in/put] } }
      |                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: allow it in trueup.yaml: `secrets: { command_allow: ["PROGRAM"] }`

    error: 3 mistakes in 1 file
    --- exit 8
    "#);
}

#[test]
fn a_secret_goes_to_one_place() {
    insta::assert_snapshot!(check_outputs(&["{}", "{ file: u.json, command: [bin/put] }", "{ command: [] }"]), @r"
    --- stderr
    error[bad-secret-output]: a secret goes to exactly one place
     --> people.yaml:3:60
      |
    3 |     u0: { user_name: u0, type: application, secret_output: {} }
      |                                                            ^^
      |
      = help: write `{ file: PATH }` or `{ command: [PROGRAM, ARGUMENT] }`

    error[bad-secret-output]: a secret goes to exactly one place
     --> people.yaml:4:60
      |
    4 |     u1: { user_name: u1, type: application, secret_output: { file: u.json, command: [bin/put] } }
      |                                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write `{ file: PATH }` or `{ command: [PROGRAM, ARGUMENT] }`

    error[bad-secret-output]: a command begins with a program
     --> people.yaml:5:60
      |
    5 |     u2: { user_name: u2, type: application, secret_output: { command: [] } }
      |                                                            ^^^^^^^^^^^^^^^
      |
      = help: write `{ command: [PROGRAM, ARGUMENT] }`; no shell takes it apart

    error: 3 mistakes in 1 file
    --- exit 8
    ");
}
