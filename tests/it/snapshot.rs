//! Snapshots: what is there without its secrets, and plans against that in a world without any vendor.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trueup::Exit;

use crate::case::{Case, for_every};
use crate::secrets;
use crate::world::{Ran, World, run_in};

/// A plan against the snapshot in `live.json`, by somebody who has no variable and can ask nobody.
fn against(world: &World, line: &str) -> Ran {
    let line = format!("{line} --against live.json");
    run_in(world.directory.path(), &line, |_| {})
}

/// The steps of a plan: address and action, each with the fields that it changes.
fn steps(plan: &Value) -> BTreeMap<(String, String), BTreeSet<String>> {
    let unknown = unverified(plan);
    let steps = plan["resource_changes"].as_array().unwrap().iter();
    let steps = steps.map(|step| {
        let change = &step["change"];
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let fields = |side: &str| change[side].as_object().cloned().unwrap_or_default();
        let (before, after) = (fields("before"), fields("after"));
        let withheld = fields("after_sensitive");
        let names = before.keys().chain(after.keys());
        let unknown = unknown.get(step["address"].as_str().unwrap());
        let names = names.filter(|name| unknown.is_none_or(|it| !it.contains(*name)));
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

/// The fields of each kind whose values nobody may see.
fn withheld() -> BTreeSet<(String, String)> {
    let world = tempfile::tempdir().unwrap();
    let told = run_in(world.path(), "capabilities --json", |_| {}).json();
    let mut fields = BTreeSet::new();
    for kind in told["kinds"].as_array().unwrap() {
        for field in kind["fields"].as_array().unwrap() {
            if field["secret"] == true || field["form"] == "sensitive" {
                let text = |it: &Value| it.as_str().unwrap().to_owned();
                let kind = format!("{}.{}", text(&kind["vendor"]), text(&kind["kind"]));
                fields.insert((kind, text(&field["name"])));
            }
        }
    }
    assert!(fields.len() > 5, "{told:#}");
    fields
}

/// The vendor and kind of an address.
fn kind_of(address: &str) -> String {
    let parts = address.splitn(3, '.').take(2).collect::<Vec<_>>();
    parts.join(".")
}

#[test]
fn a_plan_against_a_snapshot_says_the_same_but_for_secrets() {
    let withheld = withheld();
    for_every(
        "a plan against a snapshot says the same but for secrets",
        |case| {
            let world = case.open();
            world.run("snapshot --out live.json");
            let there = world.run(&case.line("plan --json"));
            if there.exit == Exit::Invalid {
                return;
            }
            let (here, there) = (
                against(&world, &case.line("plan --json")).json(),
                there.json(),
            );
            let is_withheld = |address: &str, field: &String| {
                withheld.contains(&(kind_of(address), field.clone()))
            };
            let (known, unknown) = (unverified(&there), unverified(&here));
            for (address, fields) in &unknown {
                let known = known.get(address).cloned().unwrap_or_default();
                let more = fields.difference(&known);
                let more = more.filter(|field| !is_withheld(address, field));
                assert_eq!(more.collect::<Vec<_>>(), Vec::<&String>::new(), "{address}");
            }
            let told = |plan: &Value| {
                let steps = steps(plan).into_iter().map(|((address, action), fields)| {
                    let fields = fields.into_iter();
                    let fields = fields.filter(|field| !is_withheld(&address, field));
                    ((address.clone(), action), fields.collect::<BTreeSet<_>>())
                });
                // An update of nothing but secrets cannot be seen.
                let seen =
                    steps.filter(|((_, action), fields)| action != "update" || !fields.is_empty());
                seen.collect::<BTreeMap<_, _>>()
            };
            assert_eq!(told(&here), told(&there));
            assert_eq!(incomplete(&here), incomplete(&there));
            for kind in there["summary"]["kinds"].as_object().unwrap().keys() {
                for what in ["live", "unmanaged"] {
                    let count = |plan: &Value| plan["summary"]["kinds"][kind][what].clone();
                    assert_eq!(count(&here), count(&there), "{what} {kind}");
                }
            }
        },
    );
}

/// No step is in a plan against a snapshot that is not in the plan of what is there, nor does one change more.
#[track_caller]
fn assert_nothing_invented(world: &World, case: &Case) {
    let here = against(world, &case.line("plan --json"));
    let there = world.run(&case.line("plan --json"));
    if there.exit == Exit::Invalid {
        return;
    }
    let (here, there) = (steps(&here.json()), steps(&there.json()));
    for (step, fields) in here {
        let known = there.get(&step);
        let known = known.unwrap_or_else(|| panic!("{step:?} is in no plan: {fields:?}"));
        assert!(fields.is_subset(known), "{step:?}: {fields:?} {known:?}");
    }
}

#[test]
fn what_was_not_declared_when_the_snapshot_was_made_is_never_told_wrongly() {
    let law = "what was not declared when the snapshot was made is never told wrongly";
    for_every(law, |case| {
        let world = case.open();
        world.write_file("desired.yaml", "{}\n");
        let taken = world.run("snapshot --out live.json");
        assert_eq!(taken.exit, Exit::Fine, "{taken:#?}");
        world.write_file("desired.yaml", &case.file("desired.yaml").unwrap());
        assert_nothing_invented(&world, case);
    });
}

#[test]
fn what_was_declared_otherwise_when_the_snapshot_was_made_is_never_told_wrongly() {
    let law = "what was declared otherwise when the snapshot was made is never told wrongly";
    for_every(law, |case| {
        let world = case.open();
        for at in 0..2 {
            let mut desired = case.desired();
            shorten(&mut desired, at);
            world.write_file("desired.yaml", &serde_yaml::to_string(&desired).unwrap());
            let taken = world.run("snapshot --out live.json");
            // Some cannot be declared without a field.
            if taken.exit == Exit::Invalid {
                continue;
            }
            world.write_file("desired.yaml", &case.file("desired.yaml").unwrap());
            assert_nothing_invented(&world, case);
        }
    });
}

/// Takes from each resource the field that stands so far from its end.
fn shorten(desired: &mut serde_yaml::Value, at: usize) {
    for tables in desired.as_mapping_mut().unwrap().values_mut() {
        for resources in tables.as_mapping_mut().unwrap().values_mut() {
            for resource in resources.as_mapping_mut().unwrap().values_mut() {
                let Some(fields) = resource.as_mapping_mut() else {
                    continue;
                };
                let last = fields.keys().collect::<Vec<_>>();
                let last = last.into_iter().rev().nth(at).cloned();
                if let Some(last) = last {
                    fields.remove(&last);
                }
            }
        }
    }
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

const SETTINGS: &str = "\
workspace: case
secrets: { env_allow: [VAULT_*], command_allow: [touch] }
systems:
  senhasegura:
    endpoint: emulator
    seed: live.yaml
    retries: 0
    auth: { scim: { client_id: trueup, client_secret: { env: VAULT_CLIENT } } }
";

const LIVE: &str = "\
users:
  - { id: 2, user_name: ana, formatted: Ana Reis, external_id: hr-1, email: ana@example.org }
  - { id: 3, user_name: rui, formatted: Rui Paz, external_id: hr-2, email: rui@example.org }
passwords:
  - { id: 41, name: Router, username: admin, password: Coral-Saddle-58 }
";

const VAULT: &str = "\
senhasegura:
  users:
    ana: { user_name: ana, full_name: Ana Reis, external_id: hr-1, email: ana@example.org }
    ines: { user_name: ines, full_name: Ines Prado, external_id: hr-9, email: ines@example.org }
  passwords:
    router: { name: Router, username: admin, password: { env: VAULT_ROUTER }, users_allowed: { user.ana: view } }
";

/// A world in which the vault has been applied and a snapshot was made.
fn world() -> World {
    let settings = SETTINGS.lines().filter(|line| !line.contains("auth:"));
    let settings = settings.map(|line| format!("{line}\n")).collect::<String>();
    let mut world = World::of(&[
        ("trueup.yaml", &settings),
        ("live.yaml", LIVE),
        ("vault.yaml", VAULT),
    ]);
    let secret = ("VAULT_ROUTER".to_owned(), "Coral-Saddle-58".to_owned());
    world.environment.extend([secret]);
    fine(&world.run("apply --yes"));
    fine(&world.run("snapshot --out live.json"));
    world
}

#[track_caller]
fn fine(ran: &Ran) {
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
}

/// The steps of the plan against the snapshot: address and action, each with the fields that it changes.
#[track_caller]
fn planned(world: &World) -> Vec<String> {
    let here = against(world, "plan --json --max-delete-percent 100");
    fine(&here);
    let steps = steps(&here.json()).into_iter();
    let steps = steps.map(|((address, action), fields)| {
        let address = address.trim_start_matches("senhasegura.").to_owned();
        let fields = fields.into_iter().collect::<Vec<_>>().join(", ");
        format!("{action} {address}: {fields}")
    });
    steps.collect()
}

#[test]
fn a_change_is_planned_without_credentials_key_and_store() {
    let world = world();
    assert_eq!(planned(&world), Vec::<String>::new());
    std::fs::remove_dir_all(world.directory.path().join(".trueup")).unwrap();
    world.write_file("trueup.yaml", SETTINGS);
    world.write_file("vault.yaml", &VAULT.replace("Ana Reis", "Ana Reis Paz"));
    assert_eq!(planned(&world), ["update user.ana: full_name"]);
}

#[test]
fn a_removed_declaration_shows_a_deletion_of_what_is_ours() {
    let world = world();
    let kept = VAULT.lines().filter(|line| !line.contains("ines:"));
    let kept = kept.map(|line| format!("{line}\n")).collect::<String>();
    world.write_file("vault.yaml", &kept);
    let steps = planned(&world);
    assert_eq!(steps.len(), 1, "{steps:?}");
    assert!(steps[0].starts_with("delete user.ines: "), "{steps:?}");
}

#[test]
fn whom_an_object_speaks_of_is_found_again_under_another_name() {
    let world = world();
    let renamed = VAULT.replace("    ana: {", "    anna: { was: ana,");
    world.write_file("vault.yaml", &renamed.replace("user.ana", "user.anna"));
    assert_eq!(planned(&world), Vec::<String>::new());
    world.write_file(
        "vault.yaml",
        &VAULT.replace("user.ana: view", "user.ana: edit"),
    );
    assert_eq!(planned(&world), ["update password.router: users_allowed"]);
}

#[test]
fn secrets_cannot_be_verified_and_are_no_difference() {
    let world = world();
    let here = against(&world, "plan --json").json();
    let router = &unverified(&here)["senhasegura.password.router"];
    assert!(router.contains("password"), "{here:#}");
    assert_eq!(here["resource_changes"], serde_json::json!([]));
}

#[test]
fn what_could_not_be_read_stays_unread() {
    let world = world();
    world.set_faults(r#"[{"on":"read","do":{"fail":{"status":503}}}]"#);
    let taken = world.run("snapshot --out live.json");
    world.clear_faults();
    assert_eq!(taken.exit, Exit::Error, "{taken:#?}");
    assert!(
        taken.err.contains("senhasegura.user could not be read"),
        "{taken:#?}"
    );
    let here = against(&world, "plan --json");
    assert_eq!(here.exit, Exit::Error, "{here:#?}");
    let unread = incomplete(&here.json());
    assert!(unread.contains("senhasegura.user"), "{here:#?}");
}

#[test]
fn a_system_that_the_snapshot_does_not_tell_of_is_not_planned() {
    let world = world();
    let more = "  safeconsole: { endpoint: emulator }\n";
    let settings = SETTINGS.replace("systems:\n", &format!("systems:\n{more}"));
    world.write_file("trueup.yaml", &settings);
    let here = against(&world, "plan");
    assert_eq!(here.exit, Exit::Error, "{here:#?}");
    assert!(
        here.out.contains("the snapshot does not tell of it"),
        "{here:#?}"
    );
}

#[test]
fn no_program_runs_for_a_plan_against_a_snapshot() {
    let world = world();
    let program = "{ command: [touch, made] }";
    world.write_file(
        "vault.yaml",
        &VAULT.replace("{ env: VAULT_ROUTER }", program),
    );
    assert_eq!(planned(&world), Vec::<String>::new());
    assert!(!world.directory.path().join("made").exists());
}

#[test]
fn a_plan_against_a_snapshot_says_so_and_is_never_saved() {
    let world = world();
    let text = against(&world, "plan").out;
    let said =
        "this plan was made against a snapshot of `2026-06-15T12:00:00Z`, and can never be applied";
    assert!(text.starts_with(&format!("Warning: {said}")), "{text}");
    let markdown = against(&world, "plan --format markdown").out;
    assert!(
        markdown.contains(&format!("**Warning:** {said}")),
        "{markdown}"
    );
    let html = against(&world, "plan --format html").out;
    assert!(
        html.contains("this plan was made against a snapshot"),
        "{html}"
    );
    let json = against(&world, "plan --json").json();
    assert_eq!(json["against"]["taken"], "2026-06-15T12:00:00Z");
    assert_eq!(json["applyable"], false);
    let stream = against(&world, "plan --json-stream").out;
    assert!(stream.contains(said), "{stream}");
    let saved = against(&world, "plan --out plan.trueup");
    assert_eq!(saved.exit, Exit::Error, "{saved:#?}");
    assert!(saved.err.contains("cannot be used with"), "{saved:#?}");
    assert!(!world.directory.path().join("plan.trueup").exists());
}

#[test]
fn a_snapshot_is_the_same_twice_and_for_nobody_else() {
    let world = world();
    let path = world.directory.path().join("live.json");
    let first = std::fs::read_to_string(&path).unwrap();
    #[cfg(unix)]
    crate::world::set_mode(&path, 0o644);
    fine(&world.run("snapshot --out live.json"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn what_is_no_snapshot_of_this_workspace_is_refused() {
    let world = world();
    let path = world.directory.path().join("live.json");
    let good = std::fs::read_to_string(&path).unwrap();
    let refused = |text: &str, why: &str| {
        world.write_file("live.json", text);
        let here = against(&world, "plan");
        assert_eq!(here.exit, Exit::Error, "{here:#?}");
        assert!(here.err.contains(&format!("live.json {why}")), "{here:#?}");
    };
    refused("", "is no snapshot");
    refused("[]", "is no snapshot");
    refused(r#"{ "format_version": "1.0" }"#, "is no snapshot");
    refused(&good[..good.len() / 2], "is no snapshot");
    let newer = good.replace("\"trueup_snapshot\": 1", "\"trueup_snapshot\": 2");
    refused(&newer, "is a snapshot of format 2");
    let foreign = good.replace("\"workspace\": \"case\"", "\"workspace\": \"other\"");
    refused(&foreign, "is a snapshot of the workspace `other`");
    let broken = good.replace("\"objects\": [", "\"objects\": 7, \"others\": [");
    refused(&broken, "is a broken snapshot");
    let unknown = good.replace("senhasegura.password\": {", "senhasegura.pasword\": {");
    refused(
        &unknown,
        "is a snapshot with the kind `senhasegura.pasword`",
    );
    std::fs::remove_file(&path).unwrap();
    let none = against(&world, "plan");
    assert!(none.err.contains("live.json cannot be read"), "{none:#?}");
}

#[test]
fn what_somebody_made_up_of_fields_is_not_believed() {
    let world = world();
    let path = world.directory.path().join("live.json");
    let mut json = serde_json::from_str::<Value>(&std::fs::read_to_string(path).unwrap()).unwrap();
    let users = &mut json["kinds"]["senhasegura.user"]["objects"];
    for user in users.as_array_mut().unwrap() {
        user["fields"] = serde_json::json!([["full_name", { "flag": true }], ["none", "withheld"]]);
        user["told"] = serde_json::json!({});
    }
    world.write_file("live.json", &json.to_string());
    let here = against(&world, "plan --json");
    let unknown = &unverified(&here.json())["senhasegura.user.ana"];
    assert!(unknown.contains("full_name"), "{here:#?}");
    assert_eq!(planned(&world), Vec::<String>::new());
}

#[test]
fn acme_is_planned_alike_with_and_without_its_vendors() {
    let world = World::open(crate::acme::copy(), BTreeMap::new());
    fine(&world.run("snapshot --out live.json"));
    let there = world.run("plan --json").json();
    let here = against(&world, "plan --json").json();
    let withheld = withheld();
    let seen = |plan: &Value| {
        let seen = steps(plan)
            .into_iter()
            .filter(|((address, action), fields)| {
                let mut fields = fields.iter();
                let is_told =
                    |field: &String| !withheld.contains(&(kind_of(address), field.clone()));
                // An update of nothing but secrets cannot be seen.
                action != "update" || fields.any(is_told)
            });
        seen.map(|(step, _)| step).collect::<Vec<_>>()
    };
    assert!(!seen(&there).is_empty());
    assert_eq!(seen(&here), seen(&there));
}
