//! Secrets that are made up when an object is created: where they go, and where they are never seen again.

use std::collections::BTreeSet;

use trueup::Exit;

use crate::secrets::assert_hidden;
use crate::world::World;

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
