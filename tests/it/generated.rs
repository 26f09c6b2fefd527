//! Secrets that are made up when an object is created: where they go, and where they are never seen again.

use std::collections::BTreeSet;

use trueup::Exit;

use crate::secrets::assert_hidden;
use crate::world::{World, folder, run_in};

const SETTINGS: &str = "\
workspace: case
systems:
  senhasegura: { endpoint: emulator, retries: 1 }
secrets: { command_allow: [sh] }
";

/// A workspace with one password that is made up.
fn world(password: &str) -> World {
    let text = format!(
        "senhasegura:\n  passwords:\n    a: {{ name: A, username: a, password: {password} }}\n"
    );
    World::of(&[("trueup.yaml", SETTINGS), ("vault.yaml", &text)])
}

/// The password that the vendor has.
fn at_vendor(world: &World) -> String {
    let live = serde_yaml::from_str::<serde_yaml::Value>(&world.live()).unwrap();
    live["passwords"][0]["password"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn what_is_made_up_goes_to_the_vendor_and_is_never_seen() {
    let world = world("{ generate: { length: 40, classes: [lower, digits], exclude: o0l1 } }");
    let plan = world.run("plan");
    let line = "+ password = (secret value, made when it is created)";
    assert!(plan.out.contains(line), "{plan:#?}");
    let json = world.run("plan --json").json();
    let change = &json["resource_changes"][0];
    assert_eq!(
        change["change"]["after"]["password"],
        serde_json::Value::Null
    );
    assert_eq!(change["change"]["after_sensitive"]["password"], true);
    assert_eq!(json["applyable"], true);
    let apply = world.run("apply --yes --log trace");
    assert_eq!(apply.exit, Exit::Fine, "{apply:#?}");
    let made = at_vendor(&world);
    let is_allowed =
        |c: char| (c.is_ascii_lowercase() || c.is_ascii_digit()) && !"o0l1".contains(c);
    assert!(made.len() == 40 && made.chars().all(is_allowed), "{made}");
    assert!(made.contains(|c: char| c.is_ascii_digit()), "{made}");
    assert_hidden(&BTreeSet::from([made]), &apply.transcript(), "apply");
    assert!(world.made().is_empty());
}

#[test]
fn what_exists_is_neither_compared_nor_changed() {
    let world = world("{ generate: {} }");
    world.run("apply --yes");
    let made = at_vendor(&world);
    assert_eq!(made.len(), 24);
    let plan = world.run("plan --detailed-exitcode");
    assert_eq!(plan.exit, Exit::Fine, "{plan:#?}");
    assert!(!plan.out.contains("verified"), "{plan:#?}");
    // Somebody sets another, and something else about it changes here: nothing is said or sent of the password.
    world.set_live(&world.live().replace(&made, "Blue-Kettle-71"));
    let other = "senhasegura: { passwords: { a: { name: A, username: a, url: example.org, password: { generate: {} } } } }";
    world.write_file("vault.yaml", other);
    let apply = world.run("apply --yes");
    assert!(apply.out.contains("1 changed"), "{apply:#?}");
    assert!(!apply.out.contains("secret value"), "{apply:#?}");
    assert_eq!(at_vendor(&world), "Blue-Kettle-71");
}

#[test]
fn what_is_made_up_goes_also_where_the_output_says() {
    let world = world("{ generate: {}, output: { file: out/a.json } }");
    let plan = world.run("plan");
    let line = "(secret value, made when it is created, also for {file: \"out/a.json\"})";
    assert!(plan.out.contains(line), "{plan:#?}");
    assert_eq!(world.run("apply --yes").exit, Exit::Fine);
    let made = serde_json::from_str::<serde_json::Value>(&world.made()["out/a.json"]).unwrap();
    assert_eq!(made, serde_json::json!({ "password": at_vendor(&world) }));
    let again = world.run("plan --detailed-exitcode");
    assert_eq!(again.exit, Exit::Fine, "{again:#?}");
}

#[test]
fn nothing_is_created_whose_output_could_not_be_kept() {
    let world = world("{ generate: {}, output: { file: vault.json } }");
    world.write_file("vault.json", "older");
    let apply = world.run("apply --yes");
    assert_eq!(apply.exit, Exit::Invalid, "{apply:#?}");
    let why = "the file vault.json is there already, and is never written over";
    assert!(apply.err.contains(why), "{apply:#?}");
    assert!(world.writes().is_empty());
}

#[cfg(unix)]
#[test]
fn what_was_not_delivered_is_told() {
    let world = world("{ generate: {}, output: { command: [sh, -c, \"cat >&2; exit 3\"] } }");
    let apply = world.run_with("apply --yes", |host| {
        let path = ("PATH".to_owned(), "/usr/bin:/bin".to_owned());
        host.environment.extend([path]);
    });
    assert_eq!(apply.exit, Exit::Partial, "{apply:#?}");
    let why =
        "it is there, but its password was not delivered: the program sh ended with exit status: 3";
    assert!(apply.out.contains(why), "{apply:#?}");
    let made = BTreeSet::from([at_vendor(&world)]);
    assert_hidden(&made, &apply.transcript(), "apply");
}

#[test]
fn what_is_sent_again_is_the_same() {
    let world = world("{ generate: {}, output: { file: out/a.json } }");
    // The vendor does not do it the first time, and does it the second time without an answer that arrives.
    world.set_faults(
        r#"[{"on":"write","nth":1,"do":{"fail":{"status":503}}},{"on":"write","nth":2,"do":"drop_answer"}]"#,
    );
    let apply = world.run("apply --yes");
    world.clear_faults();
    assert_eq!(world.writes().len(), 2, "{apply:#?}");
    let made = world.made();
    let kept = serde_json::from_str::<serde_json::Value>(&made["out/a.json"]).unwrap();
    assert_eq!(kept["password"], at_vendor(&world), "{apply:#?}");
}

#[test]
fn what_is_due_is_made_anew() {
    let world = world("{ generate: {}, rotate: 90d }");
    world.run("apply --yes");
    let first = at_vendor(&world);
    let early = world.run("plan --detailed-exitcode");
    assert_eq!(early.exit, Exit::Fine, "{early:#?}");
    let later = "2026-09-14T12:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let apply = world.run_with("apply --yes", |host| {
        host.now = later;
        host.clock = std::sync::Arc::new(move || later);
    });
    assert_eq!(apply.exit, Exit::Fine, "{apply:#?}");
    let line = "~ password = (secret value) -> (another secret value, made when it is applied)";
    assert!(apply.out.contains(line), "{apply:#?}");
    let second = at_vendor(&world);
    assert_ne!(first, second);
    // Its age counts from then on.
    let again = world.run_with("plan --detailed-exitcode", |host| host.now = later);
    assert_eq!(again.exit, Exit::Fine, "{again:#?}");
    assert_hidden(
        &BTreeSet::from([first, second]),
        &apply.transcript(),
        "apply",
    );
}

#[test]
fn a_plan_shows_ahead_what_will_be_due() {
    let world = world("{ generate: {}, rotate: 90d }");
    world.run("apply --yes");
    let ahead = world.run("plan --as-of 2026-09-13");
    let line = "# (password was made 90 days ago, and is made anew every 90 days)";
    assert!(ahead.out.contains(line), "{ahead:#?}");
    let before = world.run("plan --detailed-exitcode --as-of 2026-09-12");
    assert_eq!(before.exit, Exit::Fine, "{before:#?}");
}

#[test]
fn a_plan_of_another_day_is_not_saved() {
    let world = world("{ generate: {}, rotate: 90d }");
    let plan = world.run("plan --as-of 2030-01-01 --out plan.json");
    assert_eq!(plan.exit, Exit::Error, "{plan:#?}");
    assert!(plan.err.contains("cannot be used with"), "{plan:#?}");
}

#[test]
fn nobody_knows_whether_what_others_made_is_due() {
    let world = world("{ generate: {}, rotate: 90d }");
    world.run("apply --yes");
    world.forget();
    let plan = world.run("plan --as-of 2999-01-01");
    assert!(plan.out.contains("No changes."), "{plan:#?}");
    let why = "password: nothing is remembered of when it was made, so that nobody knows whether it is due";
    assert!(plan.out.contains(why), "{plan:#?}");
}

#[test]
fn an_age_is_a_number_of_days() {
    let vault = "senhasegura: { passwords: { a: { name: A, username: a, password: { generate: {}, rotate: monthly } } } }";
    let files = [("trueup.yaml", SETTINGS), ("vault.yaml", vault)];
    let plan = run_in(folder(&files).path(), "plan", |_| {});
    assert_eq!(plan.exit, Exit::Invalid, "{plan:#?}");
    let mistake = "[bad-rotate]: `monthly` is no number of days like 90d";
    assert!(plan.err.contains(mistake), "{plan:#?}");
}
