//! SafeConsole over several runs: what a ledger knows, and pages that only a full world has.

use std::fmt::Write;

use trueup::Exit;

use crate::world::World;

const SETTINGS: &str = "workspace: case\ninclude: [drives.yaml]\nsystems:\n  safeconsole: { endpoint: emulator, seed: live.yaml, assumed_actions: true }\n";

fn world(live: &str, drives: &str) -> World {
    World::of(&[
        ("trueup.yaml", SETTINGS),
        ("live.yaml", live),
        ("drives.yaml", drives),
    ])
}

#[test]
fn another_e_mail_is_an_update_of_the_user_that_is_remembered() {
    let ada = |email: &str| {
        format!("safeconsole: {{ users: {{ ada: {{ email: {email}, name: Ada Example }} }} }}")
    };
    let world = world("assumed_actions: true\n", &ada("ada@example.org"));
    assert_eq!(world.run("apply --yes").exit, Exit::Fine);
    world.write_file("drives.yaml", &ada("ada.lovelace@example.org"));
    let plan = world.run("plan").out;
    assert!(
        plan.contains("# safeconsole.user.ada will be updated in-place"),
        "{plan}"
    );
    assert_eq!(world.run("apply --yes").exit, Exit::Fine);
    assert_eq!(world.live().matches("email: ada").count(), 1);
    let again = world.run("plan --detailed-exitcode");
    assert_eq!(again.exit, Exit::Fine, "{again:#?}");
}

#[test]
fn a_user_that_nothing_declares_any_more_goes_if_it_is_ours_and_stays_if_it_was_found() {
    let live = "assumed_actions: true\nusers: [{ name: Bo Example, email: bo@example.org }, { name: Cy, email: cy@example.org }]\n";
    let both = "safeconsole: { users: { ada: { email: ada@example.org, name: Ada }, bo: { email: bo@example.org } } }";
    let world = world(live, both);
    assert_eq!(world.run("apply --yes").exit, Exit::Fine);
    world.write_file("drives.yaml", "safeconsole: { users: {} }");
    let plan = world.run("plan").out;
    assert!(
        plan.contains("# safeconsole.user.ada will be destroyed"),
        "{plan}"
    );
    assert!(
        plan.contains("0 to add, 0 to change, 1 to destroy"),
        "{plan}"
    );
}

#[test]
fn a_list_of_several_pages_is_read_whole() {
    let mut live = "assumed_actions: true\nusers:\n".to_owned();
    let mut drives = "safeconsole:\n  users:\n".to_owned();
    for at in 0..230 {
        writeln!(live, "- {{ name: User {at}, email: u{at}@example.org }}").unwrap();
        writeln!(
            drives,
            "    u{at}: {{ email: u{at}@example.org, name: User {at} }}"
        )
        .unwrap();
    }
    let world = world(&live, &drives);
    let plan = world.run("plan --detailed-exitcode");
    assert_eq!(plan.exit, Exit::Fine, "{plan:#?}");
    assert!(
        plan.out.contains("230 unchanged, 0 live and not declared."),
        "{plan:#?}"
    );
    assert_eq!(world.requests().len(), 3);
}

#[test]
fn the_json_of_a_plan_tells_risks_and_from_where_is_inherited() {
    let live = "assumed_actions: true\npaths:\n- { path: default }\n- { path: finance, policy: { settings: { password_policy: { min_length: 16 } } } }\n- { path: finance/emea }\n";
    let drives = "safeconsole: { policies: { emea: { path: { live: finance/emea }, password_policy: { min_length: 12 } } } }";
    let world = world(live, drives);
    let plan = world.run("plan --json").json();
    let change = &plan["resource_changes"][0];
    assert_eq!(
        change["risk"],
        serde_json::json!([{
            "id": "policy-weakened",
            "field": "password_policy.min_length",
            "why": "less is asked for",
        }])
    );
    let remark = "the path inherits from finance so far, from where what is left out is copied";
    assert_eq!(change["remarks"], serde_json::json!([remark]));
    assert_eq!(change["change"]["after"]["password_policy.min_length"], 12);
}
