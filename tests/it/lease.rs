//! One writer at a time: who is kept out, who waits, and what becomes of a run whose lease is taken away.

use std::process::{Child, Command, Stdio};

use trueup::Exit;

use crate::world::World;

const SETTINGS: &str = "workspace: case\nsecrets: { allow_plaintext: true }\nsystems: { senhasegura: { endpoint: emulator, retries: 0 } }\n";

/// Two steps, one after the other.
const DESIRED: &str = "\
senhasegura:
  users: { ines: { user_name: ines, full_name: Ines Prado, external_id: hr-9, email: ines@example.org } }
  groups: { crew: { display_name: Crew, members: [user.ines] } }
";

fn world() -> World {
    World::of(&[("trueup.yaml", SETTINGS), ("desired.yaml", DESIRED)])
}

/// Starts an apply whose first write takes a while, and waits until it is under way.
fn begin(world: &World, ms: u32) -> Child {
    let fault = format!(r#"[{{"on":"write","nth":1,"do":{{"delay":{{"ms":{ms}}}}}}}]"#);
    world.set_faults(&fault);
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
    command.args(["apply", "--yes"]).env_clear();
    command
        .current_dir(world.directory.path())
        .envs(world.variables())
        .env("USER", "maria");
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let child = command.stderr(Stdio::piped()).spawn().unwrap();
    while world.writes().is_empty() {
        std::thread::yield_now();
    }
    child
}

/// The id of the lease, out of the words of whoever is kept out.
fn lease(world: &World) -> String {
    let refused = world.run("apply --yes");
    assert_eq!(refused.exit, Exit::Held, "{refused:#?}");
    assert!(refused.err.contains("maria, process "), "{refused:#?}");
    let (_, id) = refused.err.split_once("`trueup unlock ").unwrap();
    id.split_once('`').unwrap().0.to_owned()
}

#[test]
fn a_second_run_is_kept_out_and_told_by_whom() {
    let world = world();
    let first = begin(&world, 4000);
    lease(&world);
    let ended = first.wait_with_output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
}

#[test]
fn a_plan_needs_no_lease() {
    let world = world();
    let first = begin(&world, 4000);
    let plan = world.run("plan");
    assert_eq!(plan.exit, Exit::Fine, "{plan:#?}");
    assert!(first.wait_with_output().unwrap().status.success());
}

#[test]
fn a_second_run_waits_if_it_is_told_to() {
    let world = world();
    let first = begin(&world, 1500);
    let second = world.run("apply --yes --lock-timeout 60s");
    assert_eq!(second.exit, Exit::Fine, "{second:#?}");
    assert!(
        second.err.contains("Waiting: maria, process "),
        "{second:#?}"
    );
    assert!(second.out.contains("No changes."), "{second:#?}");
    assert!(first.wait_with_output().unwrap().status.success());
}

#[test]
fn a_run_whose_lease_is_taken_back_begins_nothing_more() {
    let world = world();
    let first = begin(&world, 4000);
    let unlocked = world.run(&format!("unlock {}", lease(&world)));
    assert_eq!(unlocked.exit, Exit::Fine, "{unlocked:#?}");
    let ended = first.wait_with_output().unwrap();
    let (out, err) = (
        String::from_utf8(ended.stdout).unwrap(),
        String::from_utf8(ended.stderr).unwrap(),
    );
    assert_eq!(ended.status.code(), Some(6), "{out}{err}");
    assert!(out.contains("ok senhasegura.user.ines"), "{out}");
    assert!(
        out.contains("not attempted senhasegura.group.crew"),
        "{out}"
    );
    assert!(
        out.contains("halted nothing more is begun: the lease on the workspace was lost"),
        "{out}"
    );
    assert_eq!(world.writes().len(), 1);
}

#[test]
fn only_the_lease_that_is_held_can_be_taken_back() {
    let world = world();
    let other = "unlock 01a213ed-068c-75e8-bb78-327398b3c3b6";
    let nobody = world.run(other);
    assert_eq!(nobody.exit, Exit::Error);
    assert!(
        nobody.err.contains("nothing was applied here yet"),
        "{nobody:#?}"
    );
    let first = begin(&world, 3000);
    let wrong = world.run(other);
    assert_eq!(wrong.exit, Exit::Error);
    let held = lease(&world);
    let says =
        format!("there is no such lease: the lease that is held is {held}, by maria, process ");
    assert!(wrong.err.contains(&says), "{wrong:#?}");
    assert!(first.wait_with_output().unwrap().status.success());
    assert!(
        world
            .run(&format!("unlock {held}"))
            .err
            .contains("nobody holds the workspace")
    );
    assert_eq!(world.run("unlock x").exit, Exit::Error);
}
