//! The journal and the store from the command line: what they tell, and how they say that something is wrong with them.

use std::fs;

use rusqlite::Connection;
use serde_json::Value;
use trueup::Exit;

use crate::world::{Ran, World};

const SETTINGS: &str =
    "workspace: case\nsystems: { senhasegura: { endpoint: emulator, retries: 0 } }\n";

const DESIRED: &str = "\
senhasegura:
  users: { ines: { user_name: ines, full_name: Ines Prado, external_id: hr-9, email: ines@example.org } }
";

fn world() -> World {
    World::of(&[("trueup.yaml", SETTINGS), ("desired.yaml", DESIRED)])
}

fn applied() -> World {
    let world = world();
    let ran = world.run_with("apply --yes", |host| {
        let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        host.environment.extend([
            set("GITHUB_SHA", "4f1c2d"),
            set("GITHUB_ACTOR", "maria"),
            set("GITHUB_SERVER_URL", "https://forge.example"),
            set("GITHUB_REPOSITORY", "acme/vault"),
            set("GITHUB_RUN_ID", "17"),
        ]);
    });
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
    world
}

fn store(world: &World) -> Connection {
    Connection::open(world.directory.path().join(".trueup/trueup.db")).unwrap()
}

/// The lines of the journal as JSON.
fn lines(world: &World) -> Vec<Value> {
    let shown = world.run("journal show --json").out;
    let lines = shown.lines();
    lines.map(|it| serde_json::from_str(it).unwrap()).collect()
}

#[test]
fn the_journal_tells_who_did_what_and_what_came_of_it() {
    let world = applied();
    let lines = lines(&world);
    let kinds = lines.iter().map(|it| it["kind"].as_str().unwrap());
    assert_eq!(
        Vec::from_iter(kinds),
        ["run_begun", "intent", "result", "run_ended"]
    );
    let (begun, intent, result) = (&lines[0], &lines[1], &lines[2]);
    assert_eq!(
        (&begun["actor"], &begun["commit"]),
        (&"maria".into(), &"4f1c2d".into())
    );
    assert_eq!(
        begun["run_url"],
        "https://forge.example/acme/vault/actions/runs/17"
    );
    assert_eq!(
        (&intent["address"], &intent["action"]),
        (&"senhasegura.user.ines".into(), &"create".into())
    );
    assert!(
        intent["after"].as_str().unwrap().starts_with("hmac:"),
        "{intent:#}"
    );
    assert_eq!(
        (&result["intent"], &result["outcome"]),
        (&intent["seq"], &"done".into())
    );
    assert!(result["remote_id"].is_string());
    let text = world.run("journal show").out;
    assert!(
        text.contains("begun: apply by maria at 4f1c2d (https://forge.example/")
            || text.contains(" by maria at 4f1c2d (https://forge.example/"),
        "{text}"
    );
    assert!(
        text.contains("about to create senhasegura.user.ines"),
        "{text}"
    );
    assert!(text.contains("line 2: done"), "{text}");
}

#[test]
fn the_lines_of_one_run_can_be_shown_alone() {
    let world = applied();
    world.run("apply --yes");
    let run = lines(&world)[0]["run"].as_str().unwrap().to_owned();
    let shown = world.run(&format!("journal show --run {run}"));
    assert_eq!(shown.out.lines().count(), 4, "{shown:#?}");
    let none = world.run("journal show --run 01a213ed-068c-75e8-bb78-327398b3c3b6");
    assert_eq!(none.exit, Exit::Error);
    assert!(
        none.err.contains("the journal has no line of this run"),
        "{none:#?}"
    );
}

#[test]
fn an_untouched_journal_is_sound() {
    let world = applied();
    let verified = world.run("journal verify");
    assert_eq!(verified.exit, Exit::Fine, "{verified:#?}");
    assert!(
        verified
            .out
            .starts_with("4 lines, all as they were written."),
        "{verified:#?}"
    );
}

/// Changes the store behind our back, and verifies the journal.
fn tampered(sql: &str) -> Ran {
    let world = applied();
    assert_eq!(store(&world).execute(sql, []).unwrap(), 1);
    let verified = world.run("journal verify");
    assert_eq!(verified.exit, Exit::Error, "{verified:#?}");
    verified
}

#[test]
fn an_edited_line_is_found() {
    let ran = tampered("UPDATE journal SET event = replace(event, 'ines', 'rui') WHERE seq = 2");
    assert!(
        ran.out.contains("Fault: line 2 was edited or moved"),
        "{ran:#?}"
    );
}

#[test]
fn a_missing_line_is_found() {
    let ran = tampered("DELETE FROM journal WHERE seq = 3");
    assert!(ran.out.contains("Fault: line 3 is missing"), "{ran:#?}");
}

#[test]
fn a_missing_last_line_is_found() {
    let ran = tampered("DELETE FROM journal WHERE seq = 4");
    assert!(ran.out.contains("Fault: line 4 is missing"), "{ran:#?}");
}

#[test]
fn a_workspace_that_was_never_applied_has_an_empty_journal() {
    let world = world();
    for command in ["journal show", "journal verify"] {
        let ran = world.run(command);
        assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
        assert!(ran.out.contains("The journal is empty"), "{ran:#?}");
    }
}

#[test]
fn a_damaged_store_is_told_and_left_as_it_is() {
    let world = applied();
    world.forget();
    let file = world.directory.path().join(".trueup/trueup.db");
    let junk = "this is not a database, and it is long enough to be looked at as one".repeat(20);
    fs::write(&file, &junk).unwrap();
    for command in ["plan", "apply --yes", "journal verify", "adopt"] {
        let ran = world.run(command);
        assert_eq!(ran.exit, Exit::Error, "{ran:#?}");
        assert!(
            ran.err.contains("trueup.db is not a store of trueup")
                || ran.err.contains("trueup.db is damaged"),
            "{ran:#?}"
        );
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), junk);
    assert_eq!(world.writes().len(), 1);
}

#[test]
fn a_server_that_is_not_there_is_told_and_nothing_is_written() {
    let world = world();
    let settings = format!("{SETTINGS}store: postgres://trueup@127.0.0.1:1/trueup\n");
    world.write_file("trueup.yaml", &settings);
    let ran = world.run("apply --yes");
    assert_eq!(ran.exit, Exit::Error, "{ran:#?}");
    assert!(
        ran.err
            .contains("the store postgres://trueup@127.0.0.1:1/trueup cannot be reached"),
        "{ran:#?}"
    );
    assert_eq!(world.writes(), Vec::<Value>::new());
}

#[test]
fn a_password_in_the_url_of_the_store_is_refused_and_not_shown() {
    let world = world();
    let settings =
        format!("{SETTINGS}store: postgres://trueup:Coral-Saddle-58@db.example/trueup\n");
    world.write_file("trueup.yaml", &settings);
    let ran = world.run("validate");
    assert_eq!(ran.exit, Exit::Invalid, "{ran:#?}");
    assert!(ran.err.contains("[password-in-store]"), "{ran:#?}");
    assert!(!ran.err.contains("Coral-Saddle"), "{ran:#?}");
}

#[test]
fn a_store_of_a_kind_that_trueup_does_not_keep_is_refused() {
    let world = world();
    world.write_file(
        "trueup.yaml",
        &format!("{SETTINGS}store: mysql://db.example/trueup\n"),
    );
    let ran = world.run("validate");
    assert_eq!(ran.exit, Exit::Invalid, "{ran:#?}");
    assert!(ran.err.contains("[bad-store]"), "{ran:#?}");
}

#[test]
fn a_store_is_found_by_a_reference() {
    let world = world();
    world.write_file(
        "trueup.yaml",
        &format!("{SETTINGS}store: {{ env: STORE }}\n"),
    );
    let with = |line: &str| {
        world.run_with(line, |host| {
            let file = "elsewhere/store.db".to_owned();
            host.environment.insert("STORE".to_owned(), file);
        })
    };
    assert_eq!(with("apply --yes").exit, Exit::Fine);
    assert!(world.directory.path().join("elsewhere/store.db").is_file());
    let unknown = world.run("plan");
    assert_eq!(unknown.exit, Exit::Error, "{unknown:#?}");
    assert!(
        unknown.err.contains("the store is not known: "),
        "{unknown:#?}"
    );
}
