//! Saved plans: what was approved is what is applied, to the very objects it was approved for, and once.

use std::fs;

use serde_json::Value;
use trueup::Exit;

use crate::world::{Ran, World};

const SETTINGS: &str = "\
workspace: case
secrets: { allow_plaintext: true, env_allow: [WIFI] }
systems: { senhasegura: { endpoint: emulator, seed: live.yaml, retries: 0 } }
";

const LIVE: &str = "\
users:
  - { id: '1', userName: ana, displayName: Ana Reis, externalId: hr-1, active: true, email: ana@example.org }
  - { id: '2', userName: rui, displayName: Rui Paz, externalId: hr-2, active: true, email: rui@example.org }
";

/// Changes both users, and puts one of them into a new group.
const DESIRED: &str = "\
senhasegura:
  users:
    ana: { user_name: ana, full_name: Ana M. Reis, external_id: hr-1, email: ana@example.org }
    rui: { user_name: rui, full_name: Rui L. Paz, external_id: hr-2, email: rui@example.org }
  groups:
    crew: { display_name: Crew, members: [user.rui] }
";

fn world() -> World {
    World::of(&[
        ("trueup.yaml", SETTINGS),
        ("live.yaml", LIVE),
        ("desired.yaml", DESIRED),
    ])
}

/// A world with a plan that was saved to `plan.json`.
fn saved() -> World {
    let world = world();
    let plan = world.run("plan --out plan.json");
    assert_eq!(plan.exit, Exit::Fine, "{plan:#?}");
    let hint = "Saved the plan to plan.json; `trueup apply plan.json` applies it.\n";
    assert!(plan.err.contains(hint), "{plan:#?}");
    world
}

/// The world after somebody renamed Ana at the vendor.
fn drifted() -> World {
    let world = saved();
    world.set_live(&world.live().replace("Ana Reis", "Anna Reis"));
    world
}

#[track_caller]
fn ends(ran: &Ran, exit: Exit, says: &str) {
    assert_eq!(ran.exit, exit, "{ran:#?}");
    assert!(format!("{}{}", ran.out, ran.err).contains(says), "{ran:#?}");
}

#[test]
fn a_saved_plan_is_applied_without_asking() {
    let world = saved();
    ends(
        &world.run("apply plan.json"),
        Exit::Fine,
        "Resources: 1 added, 2 changed, 0 destroyed.",
    );
    ends(
        &world.run("plan --detailed-exitcode"),
        Exit::Fine,
        "No changes.",
    );
}

#[test]
fn a_plan_is_applied_once() {
    let world = saved();
    ends(&world.run("apply plan.json"), Exit::Fine, "Apply complete!");
    world.set_live(LIVE);
    world.clear_journal();
    let again = world.run("apply plan.json");
    ends(
        &again,
        Exit::Stale,
        "this plan was applied already, and a plan is applied once",
    );
    assert_eq!(world.writes(), Vec::<Value>::new());
}

#[test]
fn a_step_whose_object_changed_is_refused_and_the_others_are_done() {
    let world = drifted();
    let ran = world.run("apply plan.json");
    ends(
        &ran,
        Exit::Partial,
        "Stale: senhasegura.user.ana has changed since the plan was made\n",
    );
    assert!(
        ran.out
            .contains("      full_name: \"Ana Reis\" -> \"Anna Reis\"\n"),
        "{ran:#?}"
    );
    let live = world.live();
    assert!(
        live.contains("Anna Reis") && live.contains("Rui L. Paz") && live.contains("Crew"),
        "{live}"
    );
}

#[test]
fn what_waits_for_a_refused_step_is_refused() {
    let world = saved();
    world.set_live(&world.live().replace("Rui Paz", "Rui P."));
    let ran = world.run("apply plan.json --json");
    assert_eq!(ran.exit, Exit::Partial, "{ran:#?}");
    let stale = &ran.json()["stale"];
    assert_eq!(stale[0]["address"], "senhasegura.group.crew", "{stale:#}");
    assert_eq!(stale[0]["for"], "senhasegura.user.rui", "{stale:#}");
    assert!(!world.live().contains("Crew"));
}

#[test]
fn nothing_is_done_of_a_plan_with_a_stale_step_if_it_is_to_be_strict() {
    let world = drifted();
    ends(
        &world.run("apply plan.json --strict"),
        Exit::Stale,
        "1 step is refused",
    );
    assert_eq!(world.writes(), Vec::<Value>::new());
}

#[test]
fn what_was_not_planned_is_not_done() {
    let settled = DESIRED.replace("Ana M. Reis", "Ana Reis");
    let world = world();
    world.write_file("desired.yaml", &settled);
    world.run("plan --out plan.json");
    world.set_live(&world.live().replace("Ana Reis", "Anna Reis"));
    ends(
        &world.run("apply plan.json"),
        Exit::Fine,
        "Resources: 1 added, 1 changed, 0 destroyed.",
    );
    assert!(world.live().contains("Anna Reis"));
}

#[test]
fn what_has_come_to_be_as_planned_needs_nothing() {
    let world = saved();
    world.set_live(&world.live().replace("Ana Reis", "Ana M. Reis"));
    let ran = world.run("apply plan.json");
    ends(
        &ran,
        Exit::Fine,
        "Nothing to do: senhasegura.user.ana is as planned already",
    );
    assert!(
        ran.out
            .contains("Resources: 1 added, 1 changed, 0 destroyed."),
        "{ran:#?}"
    );
}

#[test]
fn a_plan_of_another_configuration_is_refused() {
    let world = saved();
    world.write_file("desired.yaml", &DESIRED.replace("Ana M.", "Ana N."));
    ends(
        &world.run("apply plan.json"),
        Exit::Stale,
        "the configuration is not the one that the plan was made from",
    );
    assert_eq!(world.writes(), Vec::<Value>::new());
}

#[test]
fn an_edited_plan_is_refused() {
    let world = saved();
    let file = world.directory.path().join("plan.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("Rui L. Paz", "Rui X. Paz")).unwrap();
    ends(
        &world.run("apply plan.json"),
        Exit::Stale,
        "its signature does not fit",
    );
    assert_eq!(world.writes(), Vec::<Value>::new());
}

#[test]
fn a_plan_under_another_key_is_refused() {
    let world = saved();
    let ran = world.run_with("apply plan.json", |host| {
        let key = "0123456789abcdef0123456789abcdef".to_owned();
        host.environment.insert("TRUEUP_KEY".to_owned(), key);
    });
    ends(&ran, Exit::Stale, "it was signed with the key");
}

#[test]
fn a_file_that_is_no_plan_is_refused() {
    let world = world();
    world.write_file("plan.json", "{}");
    ends(
        &world.run("apply plan.json"),
        Exit::Stale,
        "plan.json cannot be applied: it is not a saved plan",
    );
}

#[test]
fn a_secret_that_is_another_by_now_is_not_what_was_planned() {
    let world = world();
    let desired = "senhasegura: { passwords: { wifi: { name: Wifi, username: guest, password: { env: WIFI } } } }\n";
    world.write_file("desired.yaml", desired);
    let with = |line: &str, secret: &str| {
        world.run_with(line, |host| {
            host.environment
                .insert("WIFI".to_owned(), secret.to_owned());
        })
    };
    with("plan --out plan.json", "Coral-Saddle-58");
    let file = fs::read_to_string(world.directory.path().join("plan.json")).unwrap();
    assert!(!file.contains("Coral-Saddle-58"));
    ends(
        &with("apply plan.json", "Maple-Anchor-31"),
        Exit::Stale,
        "senhasegura.password.wifi would be made into something else than was planned",
    );
    ends(
        &with("apply plan.json", "Coral-Saddle-58"),
        Exit::Fine,
        "Apply complete!",
    );
}

#[test]
fn only_what_is_planned_is_read_one_by_one() {
    let desired = "senhasegura:\n  passwords:\n    wifi: { name: Wifi, username: guest, password: Coral-Saddle-58 }\n    \
                   door: { name: Door, username: desk, password: Maple-Anchor-31 }\n";
    let world = world();
    world.write_file("desired.yaml", desired);
    world.run("apply --yes");
    world.write_file("desired.yaml", &desired.replace("guest", "visitor"));
    world.run("plan --out plan.json");
    world.clear_journal();
    ends(
        &world.run("apply plan.json"),
        Exit::Fine,
        "Resources: 0 added, 1 changed, 0 destroyed.",
    );
    let reads = world.requests().into_iter().filter(|it| {
        let path = it["path"].as_str().unwrap();
        it["method"] == "GET" && path.contains("/password/")
    });
    assert_eq!(reads.count(), 1);
}
