//! Snapshots: what is there without its secrets, and plans against that in a world without any vendor.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trueup::Exit;

use crate::case::for_every;
use crate::secrets;
use crate::world::{Ran, World, run_in};

/// A plan against the snapshot in `live.json`, by somebody who has no variable and can ask nobody.
fn against(world: &World, line: &str) -> Ran {
    let line = format!("{line} --against live.json");
    run_in(world.directory.path(), &line, |_| {})
}

/// The steps of a plan: address and action, each with the fields that it changes.
fn steps(plan: &Value) -> BTreeMap<(String, String), BTreeSet<String>> {
    let steps = plan["resource_changes"].as_array().unwrap().iter();
    let steps = steps.map(|step| {
        let change = &step["change"];
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let fields = |side: &str| change[side].as_object().cloned().unwrap_or_default();
        let (before, after) = (fields("before"), fields("after"));
        let withheld = fields("after_sensitive");
        let names = before.keys().chain(after.keys());
        let changed = names
            .filter(|name| before.get(*name) != after.get(*name) || withheld.contains_key(*name));
        let key = (text(&step["address"]), text(&change["actions"][0]));
        (key, changed.cloned().collect())
    });
    steps.collect()
}

/// By address, the fields of which a plan says that nobody can verify them.
fn unverified(plan: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut fields = BTreeMap::<_, BTreeSet<_>>::new();
    for it in plan["unverified"].as_array().unwrap() {
        let text = |key: &str| it[key].as_str().unwrap().to_owned();
        fields
            .entry(text("address"))
            .or_default()
            .insert(text("field"));
    }
    fields
}

fn incomplete(plan: &Value) -> BTreeSet<String> {
    let incomplete = plan["incomplete"].as_array().unwrap().iter();
    let names = incomplete.map(|it| it["what"].as_str().unwrap().to_owned());
    names.collect()
}

#[test]
fn a_plan_against_a_snapshot_says_the_same_but_for_what_it_cannot_know() {
    let law = "a plan against a snapshot says the same but for what it cannot know";
    for_every(law, |case| {
        let world = case.open();
        let taken = world.run("snapshot --out live.json");
        let there = world.run(&case.line("plan --json"));
        if there.exit == Exit::Invalid {
            return;
        }
        let here = against(&world, &case.line("plan --json"));
        assert!(!here.out.is_empty(), "{taken:#?}\n{here:#?}");
        let (there, here) = (there.json(), here.json());
        let nothing = BTreeSet::new();
        let unknown = unverified(&here);
        let (wanted, found) = (steps(&there), steps(&here));
        let invented = found.keys().filter(|it| !wanted.contains_key(*it));
        assert_eq!(
            invented.collect::<Vec<_>>(),
            Vec::<&(String, String)>::new()
        );
        for ((address, action), fields) in &wanted {
            let known = found.get(&(address.clone(), action.clone()));
            let lost = fields.difference(known.unwrap_or(&nothing)).cloned();
            let lost = lost.collect::<BTreeSet<_>>();
            let unknown = unknown.get(address).cloned().unwrap_or_default();
            assert!(
                lost.is_subset(&unknown),
                "{action} {address}: {lost:?} {here:#}\n{there:#}"
            );
            assert!(known.is_some() || !unknown.is_empty(), "{action} {address}");
        }
        assert_eq!(incomplete(&here), incomplete(&there));
        for kind in there["summary"]["kinds"].as_object().unwrap().keys() {
            let counts = |plan: &Value, what: &str| plan["summary"]["kinds"][kind][what].clone();
            for what in ["live", "unmanaged"] {
                assert_eq!(counts(&here, what), counts(&there, what), "{what} {kind}");
            }
        }
    });
}

#[test]
fn a_snapshot_holds_no_secret() {
    for_every("a snapshot holds no secret", |case| {
        let world = case.open();
        let taken = world.run("snapshot --out live.json");
        if taken.exit == Exit::Invalid {
            return;
        }
        let path = world.directory.path().join("live.json");
        let text = std::fs::read_to_string(path).unwrap();
        let secrets = secrets::of(case, &world);
        secrets::assert_hidden(&secrets, &text, "the snapshot");
        secrets::assert_hidden(&secrets, &taken.transcript(), "the command");
    });
}
