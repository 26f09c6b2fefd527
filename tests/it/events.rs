//! `--json-stream`: what happens is told while it happens, an event a line, and each is as its schema says.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use trueup::Exit;

use crate::schema::{problems, validator};
use crate::world::{Ran, World, folder, run_in};

const SETTINGS: &str = "\
workspace: case
systems: { senhasegura: { endpoint: emulator, seed: live.yaml, retries: 0 } }
include: [vault.yaml]
secrets: { allow_plaintext: true }
";

const VAULT: &str = "\
senhasegura:
  users:
    tom: { user_name: tom, full_name: Tom, external_id: e-3, email: tom@acme.example }
  groups:
    network: { display_name: Network, members: [user.tom] }
  passwords:
    router: { name: Router, username: admin, password: Blue-Kettle-71 }
";

fn world() -> World {
    World::of(&[
        ("trueup.yaml", SETTINGS),
        ("live.yaml", "users: []\n"),
        ("vault.yaml", VAULT),
    ])
}

/// The events of a run, each as its schema says and without a secret.
#[track_caller]
fn events(ran: &Ran) -> Vec<Value> {
    let schema = validator("events.schema.json");
    let event = |line: &str| {
        let event = serde_json::from_str::<Value>(line);
        let event = event.unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(problems(&schema, &event), "", "{line}");
        event
    };
    assert!(!ran.out.contains("Blue-Kettle-71"), "{}", ran.out);
    let events = ran.out.lines().map(event).collect::<Vec<_>>();
    assert_eq!(events[0]["type"], "version", "{}", ran.out);
    events
}

/// What of events a reader would look at first, a line each.
fn outline(events: &[Value]) -> String {
    let line = |event: &Value| {
        let word = |name: &str| event[name].as_str().unwrap().to_owned();
        format!(
            "{} {}: {}\n",
            word("@level"),
            word("type"),
            word("@message")
        )
    };
    events.iter().map(line).collect()
}

#[test]
fn a_plan_is_told_step_by_step() {
    let ran = world().run("plan --json-stream");
    assert_eq!((ran.exit, ran.err.as_str()), (Exit::Fine, ""));
    let events = events(&ran);
    insta::assert_snapshot!(outline(&events), @r"
    info version: trueup 0.1.0
    info planned_change: senhasegura.password.router: Plan to create
    info planned_change: senhasegura.user.tom: Plan to create
    info planned_change: senhasegura.group.network: Plan to create
    info change_summary: Plan: 3 to add, 0 to change, 0 to destroy.
    ");
    assert_eq!(
        events[1],
        json!({
            "@level": "info",
            "@message": "senhasegura.password.router: Plan to create",
            "@module": "trueup.ui",
            "@timestamp": "2026-06-15T12:00:00.000000Z",
            "type": "planned_change",
            "change": {
                "resource": {
                    "addr": "senhasegura.password.router",
                    "module": "",
                    "resource": "senhasegura.password.router",
                    "implied_provider": "senhasegura",
                    "resource_type": "senhasegura_password",
                    "resource_name": "router",
                    "resource_key": null,
                },
                "action": "create",
            },
        })
    );
}

#[test]
fn an_apply_tells_when_steps_begin_and_how_they_end() {
    let world = world();
    let ran = world.run("apply --yes --json-stream --target senhasegura.group");
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
    insta::assert_snapshot!(outline(&events(&ran)), @r"
    info version: trueup 0.1.0
    info planned_change: senhasegura.user.tom: Plan to create
    info planned_change: senhasegura.group.network: Plan to create
    info change_summary: Plan: 2 to add, 0 to change, 0 to destroy.
    info apply_start: senhasegura.user.tom: Creating...
    info apply_complete: senhasegura.user.tom: Creation complete after 0s [id=1]
    info apply_start: senhasegura.group.network: Creating...
    info apply_complete: senhasegura.group.network: Creation complete after 0s [id=1]
    info change_summary: Apply complete! Resources: 2 added, 0 changed, 0 destroyed.
    ");
    // People read the same where they always do.
    assert!(ran.err.contains("Apply complete!"), "{}", ran.err);
    let again = world.run("apply --yes --json-stream --target senhasegura.group");
    insta::assert_snapshot!(outline(&events(&again)), @r"
    info version: trueup 0.1.0
    info change_summary: Plan: 0 to add, 0 to change, 0 to destroy.
    info change_summary: Apply complete! Resources: 0 added, 0 changed, 0 destroyed.
    ");
}

#[test]
fn a_step_that_fails_is_told_with_why_and_what_waits_for_it_is_skipped() {
    let world = world();
    let fault = json!([{ "on": "write", "nth": 1, "do": { "fail": { "status": 400 } } }]);
    world.set_faults(&fault.to_string());
    let ran = world.run("apply --yes --json-stream --target senhasegura.group");
    assert_ne!(ran.exit, Exit::Fine, "{ran:#?}");
    insta::assert_snapshot!(outline(&events(&ran)), @r"
    info version: trueup 0.1.0
    info planned_change: senhasegura.user.tom: Plan to create
    info planned_change: senhasegura.group.network: Plan to create
    info change_summary: Plan: 2 to add, 0 to change, 0 to destroy.
    info apply_start: senhasegura.user.tom: Creating...
    error apply_errored: senhasegura.user.tom: Creation errored after 0s
    error diagnostic: Error: senhasegura refuses this (HTTP 400): failed by a fault
    warn apply_skipped: senhasegura.group.network: Skipped: waits for senhasegura.user.tom
    info change_summary: Apply incomplete: Resources: 0 added, 0 changed, 0 destroyed.
    ");
}

#[test]
fn what_was_changed_at_the_vendor_is_told_as_drift() {
    let world = world();
    world.run("apply --yes");
    let live = world
        .live()
        .replace("tom@acme.example", "other@acme.example");
    world.set_live(&live);
    let ran = world.run("plan --json-stream");
    insta::assert_snapshot!(outline(&events(&ran)), @r"
    info version: trueup 0.1.0
    info resource_drift: senhasegura.user.tom: Drift detected (update)
    info planned_change: senhasegura.user.tom: Plan to update
    info change_summary: Plan: 0 to add, 1 to change, 0 to destroy.
    ");
}

#[test]
fn mistakes_in_the_files_are_told_with_their_places() {
    let files = [
        ("trueup.yaml", SETTINGS),
        ("vault.yaml", "senhasegura: { users: { a: 1 } }\n"),
    ];
    let ran = run_in(folder(&files).path(), "plan --json-stream", |_| {});
    assert_eq!(ran.exit, Exit::Invalid);
    let events = events(&ran);
    insta::assert_snapshot!(serde_json::to_string_pretty(&events[1]).unwrap(), @r#"
    {
      "@level": "error",
      "@message": "Error: expected user (a mapping), found text",
      "@module": "trueup.ui",
      "@timestamp": "2026-06-15T12:00:00.000000Z",
      "type": "diagnostic",
      "diagnostic": {
        "severity": "error",
        "summary": "expected user (a mapping), found text",
        "detail": "",
        "code": "wrong-type",
        "range": {
          "filename": "vault.yaml",
          "start": {
            "line": 1,
            "column": 28,
            "byte": 27
          },
          "end": {
            "line": 1,
            "column": 29,
            "byte": 28
          }
        }
      }
    }
    "#);
}

#[test]
fn what_cannot_be_read_and_what_is_refused_are_told() {
    let settings = SETTINGS.replace("emulator, seed: live.yaml", "'http://127.0.0.1:9'");
    let files = [("trueup.yaml", settings.as_str()), ("vault.yaml", VAULT)];
    let ran = run_in(folder(&files).path(), "plan --json-stream", |_| {});
    assert_ne!(ran.exit, Exit::Fine);
    let diagnostics = events(&ran)
        .into_iter()
        .filter(|it| it["type"] == "diagnostic");
    assert!(diagnostics.count() > 0, "{ran:#?}");
    // The only administrator goes, and nobody said that this is meant.
    let exclusive = SETTINGS.replace("retries", "manage: { user: exclusive }, retries");
    let live = "users:\n- { id: 1, user_name: maria }\n";
    let world = World::of(&[
        ("trueup.yaml", exclusive.as_str()),
        ("live.yaml", live),
        ("vault.yaml", "senhasegura: { users: {} }\n"),
    ]);
    for command in ["plan", "apply --yes"] {
        let ran = world.run(&format!("{command} --json-stream"));
        assert_eq!(ran.exit, Exit::Refused, "{ran:#?}");
        let events = events(&ran);
        let refused = events.iter().find(|it| it["type"] == "diagnostic").unwrap();
        assert_eq!(refused["@level"], "error", "{refused}");
    }
}

#[test]
fn a_mistake_on_the_way_is_an_event_like_others() {
    let ran = run_in(folder(&[]).path(), "plan --var x --json-stream", |_| {});
    let told = events(&ran);
    assert_eq!(told[1]["type"], "diagnostic", "{ran:#?}");
    let ran = run_in(folder(&[]).path(), "apply --json-stream", |_| {});
    assert_eq!(ran.out.lines().count(), 2, "{ran:#?}");
    let ran = world().run("plan --json-stream --target senhasegura.usr");
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
    insta::assert_snapshot!(outline(&events(&ran)), @r"
    info version: trueup 0.1.0
    warn diagnostic: Warning: nothing declared is `senhasegura.usr` or belongs to it
    info change_summary: Plan: 0 to add, 0 to change, 0 to destroy.
    ");
}

/// An output that asks the vendor what it has at each event.
struct Asking {
    world: Arc<World>,
    seen: Arc<Mutex<Vec<(String, usize)>>>,
}

impl Write for Asking {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        for line in text.lines() {
            let event = serde_json::from_str::<Value>(line).unwrap();
            let kind = event["type"].as_str().unwrap().to_owned();
            let writes = self.world.writes().len();
            self.seen.lock().unwrap().push((kind, writes));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn events_come_while_the_run_goes_on() {
    let world = Arc::new(world());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let asking = Asking {
        world: Arc::clone(&world),
        seen: Arc::clone(&seen),
    };
    let ran = world.run_with(
        "apply --yes --json-stream --target senhasegura.group",
        |host| {
            host.stdout = Box::new(asking);
        },
    );
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
    let seen = seen.lock().unwrap();
    // The group's step began only after the user's had been told of.
    let done = |kind: &str| seen.iter().position(|(seen, _)| seen == kind).unwrap();
    let all = world.writes().len();
    assert!(seen[done("change_summary")].1 == 0, "{seen:?}");
    assert!(seen[done("apply_start")].1 < all, "{seen:?}");
    assert_eq!(seen.last().unwrap().1, all, "{seen:?}");
}
