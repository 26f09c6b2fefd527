//! How much a run asks of a vendor: what a plan foretells, and where it may tell how long.

use std::fmt::Write;

use serde_json::json;
use trueup::Exit;

use crate::world::World;

/// A workspace that declares so many passwords, none of which is there.
fn creates(count: usize, settings: &str) -> World {
    let settings = format!(
        "workspace: case\nsecrets: {{ allow_plaintext: true }}\nsystems: {{ senhasegura: {{ endpoint: emulator, {settings} }} }}\n"
    );
    let mut vault = "senhasegura:\n  passwords:\n".to_owned();
    for at in 1..=count {
        let fields = format!("name: Item {at}, username: admin, password: Blue-Kettle-{at}");
        writeln!(vault, "    item-{at}: {{ {fields} }}").unwrap();
    }
    World::of(&[("trueup.yaml", &settings), ("vault.yaml", &vault)])
}

#[test]
fn a_plan_foretells_what_the_rate_makes_of_it() {
    let world = creates(41, "rate: 20/h");
    let plan = world.run("plan");
    let last = plan.out.lines().last().unwrap();
    let wanted = "senhasegura: 1 read so far, at least 41 writes to come, 7200 s or more at 20/h.";
    assert_eq!(last, wanted);
    assert_eq!(
        world.run("plan --json --parallelism 3").json()["forecast"],
        json!({ "senhasegura": {
            "reads": 1,
            "least_writes": 41,
            "longest_chain": 1,
            "parallelism": 3,
            "rate": "20/h",
            "least_seconds": 7200,
        } })
    );
}

#[test]
fn what_a_clock_says_of_a_plan_goes_to_the_error_stream_alone() {
    let world = creates(20, "parallelism: 1");
    let quick = world.run("plan");
    world.set_faults(&json!([{ "on": "any", "do": { "delay": { "ms": 200 } } }]).to_string());
    let slow = world.run("plan");
    assert_eq!(slow.out, quick.out);
    let begins = "Applying to senhasegura takes about ";
    assert!(slow.err.starts_with(begins), "{slow:#?}");
}

#[test]
fn a_pause_that_one_of_many_steps_is_told_keeps_none_from_being_done() {
    let world = creates(12, "parallelism: 6, rate: 100/s");
    let limit = json!([{ "on": "write", "nth": 2, "do": { "limit": { "retry_after": 1 } } }]);
    world.set_faults(&limit.to_string());
    assert_eq!(world.run("apply --yes").exit, Exit::Fine);
    world.clear_faults();
    assert_eq!(world.run("plan --detailed-exitcode").exit, Exit::Fine);
}
