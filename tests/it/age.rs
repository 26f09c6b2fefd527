//! Secrets encrypted by the real `age` program. Where it is not there this says so, and fails if TRUEUP_TEST_AGE is
//! `required`.

use std::io::Write;
use std::process::{Command, Stdio};

use trueup::Exit;

use crate::world::World;

const SETTINGS: &str =
    "workspace: case\nsystems: { senhasegura: { endpoint: emulator, retries: 0 } }\n";

#[test]
fn what_the_age_program_encrypts_is_opened() {
    if !is_there() {
        return;
    }
    let world = World::of(&[("trueup.yaml", SETTINGS)]);
    let folder = world.directory.path();
    let identity = String::from_utf8(age("age-keygen", &[], "")).unwrap();
    let recipient = identity.split("public key: ").nth(1).unwrap();
    let recipient = recipient.split_whitespace().next().unwrap();
    world.write_file("key", &identity);
    let armored = age("age", &["-a", "-r", recipient], "Coral-Saddle-58\n");
    let armored = String::from_utf8(armored).unwrap();
    let bare = age("age", &["-r", recipient], "Violet-Anchor-64\n");
    crate::world::write(folder, "sealed/bare.age", &bare);
    // As Git leaves what it checks out.
    crate::world::set_mode(&folder.join("sealed/bare.age"), 0o644);
    let armored = armored.lines().map(|line| format!("          {line}\n"));
    let armored = armored.collect::<String>();
    let text = format!(
        "senhasegura:\n  passwords:\n    a:\n      name: A\n      username: a\n      password:\n        age: |\n{armored}    b: {{ name: B, username: b, password: {{ age: {{ file: sealed/bare.age }} }} }}\n"
    );
    world.write_file("vault.yaml", &text);
    let with_key = |line: &str| {
        world.run_with(line, |host| {
            let name = "TRUEUP_AGE_IDENTITY_FILE".to_owned();
            host.environment.insert(name, "key".to_owned());
        })
    };
    let ran = with_key("apply --yes");
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
    let live = world.live();
    assert!(live.contains("password: Coral-Saddle-58\n"), "{live}");
    assert!(live.contains("password: Violet-Anchor-64\n"), "{live}");
    let again = with_key("plan --detailed-exitcode");
    assert_eq!(again.exit, Exit::Fine, "{again:#?}");
}

/// Runs one of the programs on a text and gives what it prints.
fn age(program: &str, args: &[&str], text: &str) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(text.as_bytes()).unwrap();
    drop(stdin);
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{program}: {ended:?}");
    ended.stdout
}

#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a switch for whoever runs the tests, who must hear of what did not run"
)]
fn is_there() -> bool {
    let version = Command::new("age").arg("--version").output();
    let is_there = version.is_ok_and(|it| it.status.success());
    if !is_there {
        let is_required = std::env::var("TRUEUP_TEST_AGE").is_ok_and(|it| it == "required");
        assert!(!is_required, "the program `age` is not there");
        eprintln!("NOT tested with the real `age` program: it is not there");
    }
    is_there
}
