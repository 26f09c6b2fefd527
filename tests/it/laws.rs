//! What holds of every case, so that each new case is tested a dozen ways.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use serde_yaml::Value as Yaml;
use trueup::Exit;

use crate::case::{Case, for_every};
use crate::live::{Declared, Live};
use crate::secrets;
use crate::shape::Probe;
use crate::world::World;

#[test]
fn planning_writes_nothing() {
    for_every("planning writes nothing", |case| {
        let world = case.open();
        let before = world.live();
        world.run(&case.line("plan"));
        world.run(&case.line("plan --json"));
        world.run("validate");
        assert_eq!(world.writes(), Vec::<Value>::new());
        assert_eq!(world.live(), before);
    });
}

#[test]
fn a_plan_is_the_same_twice() {
    for_every("a plan is the same twice", |case| {
        let world = case.open();
        for command in ["plan", "plan --json"] {
            let [first, second] = [(), ()].map(|()| world.run(&case.line(command)));
            assert_eq!(first.transcript(), second.transcript(), "{command}");
        }
    });
}

#[test]
fn an_apply_that_is_repeated_writes_nothing() {
    for_every("an apply that is repeated writes nothing", |case| {
        let world = case.open();
        if world.run(&case.line("apply --yes")).exit != Exit::Fine {
            return;
        }
        let plan = world.run(&case.line("plan --json")).json();
        assert_eq!(plan["resource_changes"], serde_json::json!([]));
        let before = world.live();
        world.clear_journal();
        let again = world.run(&case.line("apply --yes"));
        assert_eq!(again.exit, Exit::Fine, "{again:#?}");
        assert_eq!(world.writes(), Vec::<Value>::new());
        assert_eq!(world.live(), before);
    });
}

#[test]
fn an_apply_that_is_refused_writes_nothing() {
    for_every("an apply that is refused writes nothing", |case| {
        let world = case.open();
        let apply = world.run(&case.line("apply --yes"));
        if matches!(apply.exit, Exit::Refused | Exit::Invalid) {
            assert_eq!(world.writes(), Vec::<Value>::new(), "{apply:#?}");
        }
    });
}

/// A deleted user or group leaves the lists of others by the vendor's own rules; that much may change about strangers.
#[test]
fn what_is_not_declared_survives() {
    for_every("what is not declared survives", |case| {
        if case.is_exclusive() {
            return;
        }
        let world = case.open();
        let before = Live::of(&world);
        world.run(&case.line("apply --yes"));
        let after = Live::of(&world);
        let mut declared = Declared::default();
        before.declared(case, &mut declared);
        after.declared(case, &mut declared);
        assert_eq!(after.without(&declared), before.without(&declared));
    });
}

#[test]
fn a_plan_does_not_depend_on_files_or_their_order() {
    for_every("a plan does not depend on files or their order", |case| {
        let world = case.open();
        let whole = world.run(&case.line("plan --json"));
        let desired = case.desired();
        fs::remove_file(world.directory.path().join("desired.yaml")).unwrap();
        for (at, part) in one_by_one(&desired).iter().rev().enumerate() {
            world.write_file(&format!("desired/{at:02}.yaml"), part);
        }
        let split = world.run(&case.line("plan --json"));
        assert_eq!(split.exit, whole.exit);
        if whole.exit == Exit::Invalid {
            return;
        }
        assert_eq!(
            without_positions(split.json()),
            without_positions(whole.json())
        );
    });
}

/// Every declared resource as a file of its own.
fn one_by_one(desired: &Yaml) -> Vec<String> {
    let mut files = Vec::new();
    for (vendor, tables) in desired.as_mapping().unwrap() {
        for (table, resources) in tables.as_mapping().unwrap() {
            for (name, resource) in resources.as_mapping().unwrap() {
                let nest = |key: &Yaml, value: Yaml| {
                    Yaml::Mapping([(key.clone(), value)].into_iter().collect())
                };
                let file = nest(vendor, nest(table, nest(name, resource.clone())));
                files.push(serde_yaml::to_string(&file).unwrap());
            }
        }
    }
    files
}

fn without_positions(mut plan: Value) -> Value {
    for list in ["resource_changes", "notes"] {
        for entry in plan[list].as_array_mut().unwrap() {
            entry.as_object_mut().unwrap().remove("declared_at");
        }
    }
    plan
}

#[test]
fn what_changes_behind_our_back_shows_and_nothing_else() {
    let law = "what changes behind our back shows and nothing else";
    for_every(law, |case| {
        let world = case.open();
        if world.run(&case.line("apply --yes")).exit != Exit::Fine {
            return;
        }
        let settled = Live::of(&world);
        for probe in case.vendor.probes {
            behind_our_back(case, &world, &settled, probe);
        }
    });
}

fn behind_our_back(case: &Case, world: &World, settled: &Live, probe: &Probe) {
    let watched = settled.watched(case, probe);
    for (id, changed) in settled.with(probe) {
        world.set_live(&changed);
        let plan = world.run(&case.line("plan --json")).json();
        let notes = plan["notes"].as_array().unwrap().iter();
        if notes
            .map(|it| it["message"].as_str().unwrap())
            .any(|it| it.contains("may not change"))
        {
            continue;
        }
        let changes = plan["resource_changes"].as_array().unwrap();
        let shown = changes
            .iter()
            .map(|it| it["id"].as_str().unwrap().to_owned());
        let wanted = watched.contains(&id).then_some(id);
        assert_eq!(Vec::from_iter(shown), Vec::from_iter(wanted), "{plan:#}");
        for change in changes {
            let (before, after) = (&change["change"]["before"], &change["change"]["after"]);
            for (field, value) in after.as_object().unwrap() {
                assert_eq!(field != probe.declared, *value == before[field], "{plan:#}");
            }
        }
    }
}

#[test]
fn no_output_holds_a_secret() {
    for_every("no output holds a secret", |case| {
        let world = case.open();
        let mut commands = vec!["validate --log trace".to_owned()];
        for format in ["json", "sarif", "github"] {
            commands.push(format!("validate --format {format} --log trace"));
        }
        for command in [
            "plan",
            "plan --json --json-into plan.json",
            "apply --yes",
            "apply --yes --json",
            "drift --fail-on low",
            "drift --unmanaged --format json",
            "adopt --json",
            "key rotate",
        ] {
            commands.push(case.line(&format!("{command} --log trace")));
        }
        commands.push("journal show --json --log trace".to_owned());
        let ran = commands
            .iter()
            .map(|command| (command, world.run(command).transcript()));
        let ran = ran.collect::<Vec<_>>();
        // Some of them are made by the vendor on the way.
        let secrets = secrets::of(case, &world);
        for (command, transcript) in ran {
            secrets::assert_hidden(&secrets, &transcript, command);
        }
        // Where a declaration says that a secret goes, it goes.
        let meant = case.file("made.txt").unwrap_or_default();
        for (path, text) in world.made() {
            if !meant.lines().any(|line| line == path) {
                secrets::assert_hidden(&secrets, &text, &path);
            }
        }
    });
}

#[test]
fn no_output_commands_a_terminal() {
    for_every("no output commands a terminal", |case| {
        let world = case.open();
        for command in ["plan", "plan --json", "apply --yes --json"] {
            let text = world.run(&case.line(command)).transcript();
            let commands = |c: char| {
                let reorders = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
                (c.is_control() && c != '\n') || reorders
            };
            assert!(!text.contains(commands), "{command}: {text:?}");
        }
    });
}

#[test]
fn a_plan_asks_no_more_than_it_must() {
    for_every("a plan asks no more than it must", |case| {
        let world = case.open();
        world.run(&case.line("plan"));
        let shape = case.vendor;
        let requests = world.requests();
        let asked = requests.iter().map(|it| {
            let text = |member: &str| it[member].as_str().unwrap();
            let path = match text("path").split_once('?') {
                Some((path, _)) if !shape.pages_differ_by_query => path,
                Some(_) | None => text("path"),
            };
            format!("{} {path}", text("method"))
        });
        let asked = asked.collect::<Vec<_>>();
        let is_told = |line: &&String| {
            let mut begins = shape.told_by_body.iter();
            begins.any(|it| line.starts_with(it))
        };
        let told_by_path = asked.iter().filter(|it| !is_told(it)).collect::<Vec<_>>();
        let once = told_by_path.iter().collect::<BTreeSet<_>>();
        assert_eq!(
            once.len(),
            told_by_path.len(),
            "something is asked twice: {asked:#?}"
        );
        let begin = |path: &str| {
            let begins = format!("{} {path}", shape.reads_by);
            asked.iter().filter(|it| it.starts_with(&begins)).count()
        };
        let mut others = asked.len();
        for (table, path, each) in shape.read {
            let reads = begin(path);
            assert!(reads <= each * declared(case, table), "{asked:#?}");
            others -= reads;
        }
        assert!(others <= shape.at_once, "{asked:#?}");
        for path in shape.never {
            assert!(!asked.iter().any(|it| it.contains(path)), "{asked:#?}");
        }
    });
}

#[test]
fn a_plan_counts_its_reads_and_promises_no_more_writes_than_are_made() {
    for_every(
        "a plan counts its reads and promises no more writes than are made",
        |case| {
            let world = case.open();
            let plan = world.run(&case.line("plan --json"));
            if plan.exit == Exit::Invalid {
                return;
            }
            let forecast = &plan.json()["forecast"][case.vendor.vendor];
            let requests = world.requests();
            let brought = |it: &&Value| {
                let status = it["status"].as_u64().unwrap();
                let path = it["path"].as_str().unwrap();
                let is_asked = case.vendor.asks.iter().any(|part| path.contains(part));
                (case.vendor.is_read(it) || is_asked) && (200..300).contains(&status)
            };
            assert_eq!(forecast["reads"], requests.iter().filter(brought).count());
            world.clear_journal();
            if world.run(&case.line("apply --yes")).exit == Exit::Fine {
                let writes = world.writes().len() as u64;
                let least = forecast["least_writes"].as_u64().unwrap();
                assert!(least <= writes, "{least} of {writes}");
                assert_eq!(least == 0, writes == 0);
                let chain = forecast["longest_chain"].as_u64().unwrap();
                assert!(chain <= least, "{forecast}");
            }
        },
    );
}

fn declared(case: &Case, table: &str) -> usize {
    let desired = case.desired();
    let table = desired[case.vendor.vendor][table].as_mapping();
    table.map_or(0, |table| table.len())
}

#[test]
fn json_is_all_that_stdout_holds() {
    for_every("json is all that stdout holds", |case| {
        let world = case.open();
        let check = |world: &World, command: &str| {
            let ran = world.run(&case.line(command));
            let json = serde_json::from_str::<Value>(&ran.out).is_ok();
            assert!(ran.out.is_empty() || json, "{command}: {ran:#?}");
        };
        check(&world, "plan --json");
        check(&world, "apply --yes --json");
    });
}
