//! The workspace's key: where it may be, whom it must be hidden from, and what is shown with it.

use serde_json::{Value, json};
use trueup::Exit;

use crate::run::project;
use crate::world::{Ran, World, folder, run_in};

const SETTINGS: &str = "\
workspace: case
systems: { senhasegura: { endpoint: emulator, seed: live.yaml, retries: 0 } }
include: [vault.yaml]
secrets: { allow_plaintext: true }
";

const LIVE: &str = "\
passwords:
- { id: 41, name: A, username: a, password: Blue-Kettle-71, secret_key: MFRGGZDFMZTWQ2LK }
";

/// One password differs, a seed does not, and one password has a value that is not at hand.
const VAULT: &str = "\
senhasegura:
  passwords:
    a: { name: A, username: a, password: Green-Ladder-20, totp_seed: MFRGGZDFMZTWQ2LK }
    b: { name: B, username: b, password: Blue-Kettle-71 }
    c: { name: C, username: c, password: { generate: {} } }
";

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// The fingerprint of `Blue-Kettle-71`, as `openssl` reckons it.
const BLUE_KETTLE: &str = "hmac:6d269ad9:822818d6619e";

fn world() -> World {
    World::of(&[
        ("trueup.yaml", SETTINGS),
        ("live.yaml", LIVE),
        ("vault.yaml", VAULT),
    ])
}

fn plan_with(world: &World, variables: &[(&str, &str)]) -> Ran {
    world.run_with("plan --json", |host| {
        let variables = variables.iter();
        let variables = variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        host.environment.extend(variables);
    })
}

fn states(plan: &Value) -> Vec<&Value> {
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    changes.map(|change| &change["secret_state"]).collect()
}

#[test]
fn a_plan_shows_fingerprints_where_there_is_a_key() {
    let world = world();
    let plan = plan_with(&world, &[("TRUEUP_KEY", KEY)]).json();
    let [a, b, c] = states(&plan)[..] else {
        panic!("{plan:#}");
    };
    assert_eq!(a["password"]["state"], "wanted_changed");
    assert_eq!(a["password"]["before"], BLUE_KETTLE);
    let after = a["password"]["after"].as_str().unwrap();
    assert!(after.starts_with("hmac:6d269ad9:") && after != BLUE_KETTLE);
    assert_eq!(a["totp_seed"]["state"], "in_sync");
    assert_eq!(a["totp_seed"]["before"], a["totp_seed"]["after"]);
    assert_eq!(
        *b,
        json!({ "password": { "state": "wanted_changed", "after": BLUE_KETTLE } })
    );
    assert_eq!(*c, json!({ "password": { "state": "generated" } }));
    let schema = std::fs::read_to_string(project().join("schemas/plan.schema.json")).unwrap();
    let schema = serde_json::from_str::<Value>(&schema).unwrap();
    assert!(jsonschema::is_valid(&schema, &plan));
    let text = world.run("plan").out;
    assert!(!text.contains("hmac:"), "{text}");
}

#[test]
fn a_plan_without_a_key_shows_no_fingerprint_and_makes_no_key() {
    let world = world();
    let plan = plan_with(&world, &[]);
    assert_eq!(plan.exit, Exit::Fine, "{plan:#?}");
    assert!(!plan.out.contains("hmac:"), "{plan:#?}");
    assert!(!world.directory.path().join(".trueup/key").exists());
}

#[test]
fn a_variable_comes_before_a_file_and_a_file_before_that_of_the_workspace() {
    let world = world();
    let after = |variables: &[(&str, &str)]| {
        let plan = plan_with(&world, variables).json();
        states(&plan)[1]["password"]["after"].clone()
    };
    world.write_file(".trueup/key", "another-key-of-at-least-32-characters\n");
    let workspace = after(&[]);
    world.write_file("elsewhere", &format!("{KEY}\n"));
    assert_eq!(after(&[("TRUEUP_KEY_FILE", "elsewhere")]), BLUE_KETTLE);
    assert_ne!(workspace, BLUE_KETTLE);
    let both = [("TRUEUP_KEY_FILE", "nowhere"), ("TRUEUP_KEY", KEY)];
    assert_eq!(after(&both), BLUE_KETTLE);
}

#[test]
fn a_key_that_cannot_be_used_is_told_and_not_shown() {
    let world = world();
    let said = |variables: &[(&str, &str)]| {
        let ran = plan_with(&world, variables);
        assert_eq!(ran.exit, Exit::Error, "{ran:#?}");
        assert!(!ran.err.contains("hunter2"), "{ran:#?}");
        ran.err
    };
    let short = said(&[("TRUEUP_KEY", "hunter2")]);
    assert!(short.contains("TRUEUP_KEY is too short"), "{short}");
    assert!(short.contains("`openssl rand -hex 32`"), "{short}");
    let lost = said(&[("TRUEUP_KEY_FILE", "nowhere")]);
    assert!(lost.contains("TRUEUP_KEY_FILE: "), "{lost}");
    #[cfg(unix)]
    {
        world.write_file(".trueup/key", KEY);
        crate::world::set_mode(&world.directory.path().join(".trueup/key"), 0o644);
        let exposed = said(&[]);
        assert!(
            exposed.contains("everybody on this machine can read"),
            "{exposed}"
        );
        assert!(exposed.contains("chmod 600 "), "{exposed}");
    }
}

#[test]
fn init_makes_a_key_that_is_its_owners_and_that_git_ignores() {
    let directory = folder(&[]);
    let init = run_in(directory.path(), "init", |_| {});
    assert!(init.out.contains("wrote .trueup/key\n"), "{init:#?}");
    let key = directory.path().join(".trueup/key");
    let text = std::fs::read_to_string(&key).unwrap();
    assert_eq!(text.trim().len(), 64);
    assert!(!init.transcript().contains(text.trim()));
    let ignored = std::fs::read_to_string(directory.path().join(".trueup/.gitignore"));
    assert_eq!(ignored.unwrap(), "*\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let plan = run_in(directory.path(), "plan", |_| {});
    assert_eq!(plan.exit, Exit::Fine, "{plan:#?}");
}

#[test]
fn init_makes_no_key_where_a_variable_gives_one_and_none_anew() {
    let directory = folder(&[]);
    run_in(directory.path(), "init", |host| {
        host.environment
            .insert("TRUEUP_KEY".to_owned(), KEY.to_owned());
    });
    assert!(!directory.path().join(".trueup/key").exists());
    let other = folder(&[(".trueup/key", KEY)]);
    assert_eq!(run_in(other.path(), "init", |_| {}).exit, Exit::Fine);
    let kept = std::fs::read_to_string(other.path().join(".trueup/key"));
    assert_eq!(kept.unwrap(), KEY);
}

/// A world in which three passwords have been applied.
fn applied() -> World {
    let world = world();
    let apply = world.run("apply --yes");
    assert_eq!(apply.exit, Exit::Fine, "{apply:#?}");
    world
}

fn key_of(world: &World) -> String {
    std::fs::read_to_string(world.directory.path().join(".trueup/key")).unwrap()
}

/// Who is told to have changed the password `a` since it was applied.
fn origin(world: &World) -> Value {
    world.run("plan --json").json()["resource_changes"][0]["origin"]["password"].clone()
}

#[test]
fn what_is_remembered_outlives_the_key() {
    let world = applied();
    let before = key_of(&world);
    let rotated = world.run("key rotate");
    assert_eq!(rotated.exit, Exit::Fine, "{rotated:#?}");
    insta::assert_snapshot!(rotated.out, @r"
    forgotten senhasegura.password.c: password

    9 fingerprints of 3 resources are under the new key.
    1 is forgotten, since the value that was applied last is neither declared nor known to be there.
    ");
    assert_ne!(before, key_of(&world));
    // Somebody changes the password: that it was another is still known.
    world.set_live(&world.live().replace("Green-Ladder-20", "Amber-Wagon-33"));
    assert_eq!(origin(&world), "drifted");
}

#[test]
fn what_changed_before_the_key_did_is_forgotten_and_told() {
    let world = applied();
    world.set_live(&world.live().replace("Green-Ladder-20", "Amber-Wagon-33"));
    world.write_file(
        "vault.yaml",
        &VAULT.replace("Green-Ladder-20", "Silver-Bridge-40"),
    );
    let rotated = world.run("key rotate");
    let line = "forgotten senhasegura.password.a: password\n";
    assert!(rotated.out.contains(line), "{rotated:#?}");
    assert_eq!(origin(&world), Value::Null);
}

#[test]
fn a_key_that_somebody_made_is_taken() {
    let world = applied();
    world.write_file("other.key", KEY);
    crate::world::set_mode(&world.directory.path().join("other.key"), 0o600);
    let rotated = world.run("key rotate --to other.key");
    assert_eq!(rotated.exit, Exit::Fine, "{rotated:#?}");
    assert_eq!(key_of(&world).trim(), KEY);
}

#[test]
fn a_key_that_a_variable_gives_is_changed_by_whoever_set_it() {
    let world = world();
    let with = |line: &str, key: &str| {
        let key = key.to_owned();
        world.run_with(line, |host| {
            host.environment.insert("TRUEUP_KEY".to_owned(), key);
        })
    };
    let other = "f123456789abcdef0123456789abcdef";
    assert_eq!(with("apply --yes", KEY).exit, Exit::Fine);
    let refused = with("key rotate", KEY);
    assert_eq!(refused.exit, Exit::Error, "{refused:#?}");
    assert!(refused.err.contains("`--to FILE`"), "{refused:#?}");
    world.write_file("other.key", other);
    crate::world::set_mode(&world.directory.path().join("other.key"), 0o600);
    let rotated = with("key rotate --to other.key", KEY);
    assert_eq!(rotated.exit, Exit::Fine, "{rotated:#?}");
    assert!(
        rotated.err.contains("Set TRUEUP_KEY to the new key"),
        "{rotated:#?}"
    );
    world.set_live(&world.live().replace("Green-Ladder-20", "Amber-Wagon-33"));
    let plan = with("plan --json", other).json();
    assert_eq!(plan["resource_changes"][0]["origin"]["password"], "drifted");
}

#[test]
fn a_key_stays_where_not_everything_can_be_read() {
    let world = applied();
    let before = key_of(&world);
    world.set_faults(r#"[{"on":"read","nth":1,"do":{"fail":{"status":503}}}]"#);
    let rotated = world.run("key rotate");
    world.clear_faults();
    assert_eq!(rotated.exit, Exit::Error, "{rotated:#?}");
    assert!(rotated.err.contains("the key stays"), "{rotated:#?}");
    assert_eq!(before, key_of(&world));
}

#[test]
fn a_change_of_the_key_that_broke_off_is_brought_to_its_end() {
    let world = applied();
    let folder = world.directory.path().join(".trueup");
    // The ledger is under the new key, and the new key is not yet in its place.
    let old = key_of(&world);
    assert_eq!(world.run("key rotate").exit, Exit::Fine);
    std::fs::rename(folder.join("key"), folder.join("key.next")).unwrap();
    world.write_file(".trueup/key", &old);
    crate::world::set_mode(&folder.join("key"), 0o600);
    let rotated = world.run("key rotate");
    assert_eq!(rotated.exit, Exit::Fine, "{rotated:#?}");
    assert!(!folder.join("key.next").exists());
    world.set_live(&world.live().replace("Green-Ladder-20", "Amber-Wagon-33"));
    assert_eq!(origin(&world), "drifted");
}

#[test]
fn a_live_object_has_a_fingerprint_that_changes_with_it() {
    let world = world();
    let of = || {
        let plan = plan_with(&world, &[("TRUEUP_KEY", KEY)]).json();
        let changes = plan["resource_changes"].as_array().unwrap().clone();
        changes.into_iter().map(|it| it["live_fingerprint"].clone())
    };
    let before = of().collect::<Vec<_>>();
    assert!(
        before[0].as_str().unwrap().starts_with("hmac:6d269ad9:"),
        "{before:?}"
    );
    assert_eq!(
        before[1],
        Value::Null,
        "what is yet to be created is not there"
    );
    assert_eq!(before, of().collect::<Vec<_>>());
    world.set_live(&LIVE.replace("name: A", "name: A, url: elsewhere.example.org"));
    assert_ne!(before[0], of().next().unwrap());
}
