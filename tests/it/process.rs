//! The real binary: what only a process of its own can show.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

use crate::case;
use crate::secrets;
use crate::world::{World, folder};

/// Three steps that wait for each other.
const CHAIN: &str = "\
senhasegura:
  users: { ines: { user_name: ines, full_name: Ines Prado, external_id: hr-9, email: ines@example.org } }
  groups: { crew: { display_name: Crew, members: [user.ines] } }
  passwords: { wifi: { name: Wifi, username: guest, password: Coral-Saddle-58, groups_allowed: { group.crew: view } } }
";

const SETTINGS: &str = "workspace: case\nsecrets: { allow_plaintext: true }\nsystems: { senhasegura: { endpoint: emulator, retries: 0 } }\n";

fn chain() -> World {
    World::of(&[("trueup.yaml", SETTINGS), ("vault.yaml", CHAIN)])
}

/// The binary with nothing in its environment.
fn trueup(line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
    command.args(line.split_whitespace()).env_clear();
    command.stdin(Stdio::null());
    command
}

/// The binary in a world.
fn in_world(world: &World, line: &str) -> Command {
    let mut command = trueup(line);
    command
        .current_dir(world.directory.path())
        .envs(world.variables());
    command
}

fn output(mut command: Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

fn interrupt(child: &Child) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn a_process_plans_and_applies_as_the_library_does() {
    let world = chain();
    let plan = output(in_world(&world, "plan"));
    assert_eq!(plan, (Some(0), world.run("plan").out, String::new()));
    let (code, out, err) = output(in_world(&world, "apply --yes"));
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.ends_with("Apply complete! Resources: 3 added, 0 changed, 0 destroyed.\n"));
    let again = output(in_world(&world, "plan --detailed-exitcode"));
    assert_eq!(again.0, Some(0));
}

#[test]
fn variables_stand_for_flags() {
    let world = chain();
    let with = |line: &str, name: &str, value: &str| {
        let mut command = in_world(&world, line);
        command.env(name, value);
        output(command)
    };
    for yes in ["1", "true", "yes"] {
        let (code, ..) = with("plan", "TRUEUP_DETAILED_EXITCODE", yes);
        assert_eq!(code, Some(2), "{yes}");
        let (_, out, _) = with("plan", "TRUEUP_JSON", yes);
        assert!(out.starts_with('{'), "{yes}: {out}");
    }
    for no in ["0", "false", "no", ""] {
        let (code, _, err) = with("plan", "TRUEUP_DETAILED_EXITCODE", no);
        assert_eq!(code, Some(0), "{no:?}: {err}");
    }
    let (_, out, _) = with(
        "plan",
        "TRUEUP_TARGET",
        "senhasegura.user,senhasegura.group",
    );
    assert!(out.contains("Plan: 2 to add"), "{out}");
    let (_, _, err) = with("plan", "TRUEUP_LOG", "debug");
    assert!(err.contains("answered method=GET"), "{err}");
    let (_, out, _) = with("validate", "TRUEUP_VALIDATE_FORMAT", "json");
    assert!(out.starts_with('{'), "{out}");
}

#[test]
fn the_log_tells_of_every_request() {
    let world = chain();
    let (code, _, err) = output(in_world(&world, "apply --yes --log debug"));
    assert_eq!(code, Some(0), "{err}");
    let told = err.matches("trueup::http::send: answered method=").count();
    assert_eq!(told, world.requests().len(), "{err}");
    let (_, _, silent) = output(in_world(&world, "plan"));
    assert_eq!(silent, "");
}

#[test]
fn the_fullest_log_holds_no_secret() {
    for case in case::all().iter().step_by(7) {
        let world = case.open();
        let ran = ["plan --log trace", "apply --yes --log trace"]
            .map(|command| output(in_world(&world, &case.line(command))));
        let secrets = secrets::of(case, &world);
        for (_, out, err) in ran {
            assert!(err.contains("TRACE"), "{}: {err}", case.name);
            secrets::assert_hidden(&secrets, &out, &case.name);
            secrets::assert_hidden(&secrets, &err, &case.name);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_secret_that_is_shown_once_is_left_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let cases = case::all();
    let case = cases
        .iter()
        .find(|it| it.name == "password_safe/a-client-secret-goes-into-a-file");
    let world = case.unwrap().open();
    let (code, _, err) = output(in_world(&world, "apply --yes"));
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let mode = |path: &str| {
        let file = std::fs::metadata(world.directory.path().join(path)).unwrap();
        file.permissions().mode() & 0o777
    };
    assert_eq!((mode("out"), mode("out/ci.json")), (0o700, 0o600));
    let made = serde_json::from_str::<serde_json::Value>(&world.made()["out/ci.json"]).unwrap();
    let secret = made["client_secret"].as_str().unwrap();
    assert!(world.live().contains(&format!("client_secret: {secret}\n")));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut command = trueup("completion bash");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut first = String::new();
    let mut reader = BufReader::with_capacity(16, child.stdout.take().unwrap());
    reader.read_line(&mut first).unwrap();
    drop(reader);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    assert_eq!(ended.status.code(), Some(0));
}

#[test]
fn an_interrupted_apply_ends_what_it_began_and_names_the_rest() {
    let world = chain();
    world.set_faults(r#"[{"on":"write","nth":1,"do":{"delay":{"ms":1500}}}]"#);
    let mut command = in_world(&world, "apply --yes");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    // The first write has arrived and is not answered yet.
    while world.writes().is_empty() {
        std::thread::yield_now();
    }
    interrupt(&child);
    let ended = child.wait_with_output().unwrap();
    let out = String::from_utf8(ended.stdout).unwrap();
    assert_eq!(ended.status.code(), Some(130), "{out}");
    assert!(out.contains("ok senhasegura.user.ines"), "{out}");
    assert!(
        out.contains("not attempted senhasegura.group.crew"),
        "{out}"
    );
    assert!(
        out.contains("not attempted senhasegura.password.wifi"),
        "{out}"
    );
    assert!(out.contains("Apply interrupted: 2 not done."), "{out}");
    assert_eq!(world.writes().len(), 1);
    let again = world.run("apply --yes");
    assert!(again.out.contains("Resources: 2 added"), "{again:#?}");
}

#[test]
fn an_interrupted_emulator_ends_well() {
    let directory = folder(&[("trueup.yaml", SETTINGS)]);
    let mut command = trueup("emulate --listen 127.0.0.1:0");
    command.current_dir(directory.path());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.starts_with("Serving at http://127.0.0.1:"), "{line}");
    interrupt(&child);
    let mut exports = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut exports)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(exports.lines().count(), 7, "{exports}");
    assert!(
        exports
            .lines()
            .all(|it| it.starts_with("export TRUEUP_SENHASEGURA_")),
        "{exports}"
    );
}
