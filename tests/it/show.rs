//! `show`: a saved plan in every form, from the file alone, and what becomes of files that are not what they should be.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use trueup::Exit;

use crate::acme::copy;
use crate::run::{Ran, project, trueup};
use crate::world::{World, folder, run_in};

const FORMATS: [&str; 4] = ["text", "json", "markdown", "html"];

/// The picture of a plan with everything in it, as the unit tests keep it.
pub(crate) fn rich() -> Value {
    let kept = "src/report/picture/snapshots/trueup__report__picture__tests__a_picture_is_this_in_a_file.snap";
    let text = fs::read_to_string(project().join(kept)).unwrap();
    let (_, json) = text.split_once("---\n{").unwrap();
    serde_json::from_str(&format!("{{{json}")).unwrap()
}

/// A saved plan that nobody signed, with this picture.
pub(crate) fn forged(picture: &Value) -> String {
    let plan = json!({
        "format_version": "1.1", "id": "x", "made": "2026-06-15T12:00:00Z", "workspace": "acme",
        "request": { "directory": "nowhere", "vars": [], "targets": [], "excludes": [] },
        "configuration": "", "steps": {}, "plan": { "resource_changes": [] }, "picture": picture,
    });
    json!({ "trueup_plan": plan, "key": "00000000", "signature": "" }).to_string()
}

/// The example workspace with a plan saved to `plan.json`, and what `plan` printed in each format.
fn saved() -> (TempDir, Vec<Ran>) {
    let acme = copy();
    let flags = ["--out", "plan.json"];
    let plans = FORMATS.map(|it| {
        trueup(
            acme.path(),
            &[&["plan", "--format", it], &flags[..]].concat(),
        )
    });
    (acme, plans.into())
}

fn show(directory: &Path, format: &str) -> Ran {
    trueup(directory, &["show", "plan.json", "--format", format])
}

#[test]
fn a_saved_plan_is_shown_as_plan_printed_it() {
    let (acme, plans) = saved();
    // Whoever shows it has the key and nothing else of the workspace.
    let elsewhere = folder(&[]);
    fs::create_dir(elsewhere.path().join(".trueup")).unwrap();
    for file in ["plan.json", ".trueup/key"] {
        fs::copy(acme.path().join(file), elsewhere.path().join(file)).unwrap();
    }
    for (format, plan) in FORMATS.into_iter().zip(plans) {
        let shown = show(elsewhere.path(), format);
        assert_eq!((shown.exit, shown.stderr.as_str()), (Exit::Fine, ""));
        assert_eq!(shown.stdout, plan.stdout, "{format}");
    }
}

#[test]
fn the_headline_is_the_same_in_every_format_for_people() {
    let (_acme, plans) = saved();
    for (format, plan) in FORMATS.into_iter().zip(plans) {
        let line = "Plan: 15 to add, 34 to change, 4 to destroy.";
        assert!(plan.stdout.contains(line) || format == "json", "{plan:?}");
    }
}

#[test]
fn without_a_key_it_is_shown_and_every_reader_is_told() {
    let (acme, _) = saved();
    fs::remove_file(acme.path().join(".trueup/key")).unwrap();
    let words = "its signature was not checked, since there is no key of its workspace here: it may say anything";
    for format in FORMATS {
        let shown = show(acme.path(), format);
        assert_eq!(shown.exit, Exit::Fine, "{shown:?}");
        assert!(shown.stderr.contains(words), "{shown:?}");
        let is_in_report = matches!(format, "markdown" | "html");
        assert_eq!(shown.stdout.contains(words), is_in_report, "{format}");
    }
}

#[test]
fn what_the_key_did_not_sign_is_not_shown() {
    let (acme, _) = saved();
    let file = acme.path().join("plan.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("Nadia", "Nadja")).unwrap();
    for format in FORMATS {
        let shown = show(acme.path(), format);
        assert_eq!((shown.exit, shown.stdout.as_str()), (Exit::Stale, ""));
        assert!(
            shown
                .stderr
                .starts_with("Error: plan.json is not shown: its signature does not fit"),
            "{shown:?}"
        );
    }
}

#[test]
fn a_plan_under_another_key_is_not_shown() {
    let (acme, _) = saved();
    let shown = run_in(acme.path(), "show plan.json", |host| {
        let key = "0123456789abcdef0123456789abcdef".to_owned();
        host.environment.insert("TRUEUP_KEY".to_owned(), key);
    });
    assert_eq!((shown.exit, shown.out.as_str()), (Exit::Stale, ""));
    assert!(
        shown.err.contains("it was signed with the key"),
        "{shown:?}"
    );
}

#[test]
fn no_vendor_is_asked_and_no_program_is_run() {
    let world = World::of(&[
        (
            "trueup.yaml",
            "workspace: case\nsystems: { senhasegura: { endpoint: emulator, retries: 0 } }\nsecrets: { command_allow: [touch] }\n",
        ),
        (
            "a.yaml",
            "senhasegura: { passwords: { a: { name: A, username: a, password: { command: [touch, ran] } } } }\n",
        ),
    ]);
    world.run("plan --out plan.json");
    fs::remove_file(world.directory.path().join("ran")).ok();
    world.clear_journal();
    let shown = world.run("show plan.json");
    assert_eq!(shown.exit, Exit::Fine, "{shown:?}");
    assert_eq!(world.requests(), Vec::<Value>::new());
    assert!(!world.directory.path().join("ran").exists());
}

#[test]
fn a_file_that_is_no_saved_plan_says_so() {
    let no_picture = forged(&Value::Null);
    let damaged = forged(&json!({ "steps": 7 }));
    let later = forged(&json!({})).replace("\"1.1\"", "\"2.0\"");
    let files = [
        ("none.json", "it cannot be read"),
        ("empty.json", "it is not a saved plan"),
        ("old.json", "it has the plan as JSON alone"),
        ("damaged.json", "it is damaged"),
        ("later.json", "its format is 2.0"),
    ];
    let directory = folder(&[
        ("empty.json", "{}"),
        ("old.json", &no_picture),
        ("damaged.json", &damaged),
        ("later.json", &later),
    ]);
    for (file, says) in files {
        let ran = run_in(directory.path(), &format!("show {file}"), |_| {});
        assert_eq!((ran.exit, ran.out.as_str()), (Exit::Error, ""), "{file}");
        assert!(ran.err.contains(says), "{file}: {}", ran.err);
    }
}

#[test]
fn a_mutilated_file_is_never_a_panic() {
    let whole = forged(&rich());
    let directory = folder(&[]);
    for at in (0..whole.len()).step_by(97) {
        let mut bytes = whole.clone().into_bytes();
        bytes.truncate(at);
        bytes.extend(&whole.as_bytes()[(at + 3).min(whole.len())..]);
        fs::write(directory.path().join("plan.json"), &bytes).unwrap();
        let ran = run_in(directory.path(), "show plan.json --format markdown", |_| {});
        assert!(matches!(ran.exit, Exit::Fine | Exit::Error), "{ran:?}");
        assert!(
            !ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'),
            "{ran:?}"
        );
    }
}

#[test]
fn a_long_report_says_where_the_whole_plan_is() {
    let (acme, _) = saved();
    let plan = ["plan", "--format", "markdown", "--max-bytes", "8192"];
    for (args, whole) in [
        (&plan[..], "`trueup plan` shows the whole plan"),
        (
            &[&plan[..], &["--out", "p.json"]].concat(),
            "`trueup show p.json` shows the whole plan",
        ),
        (
            &[
                "show",
                "p.json",
                "--format",
                "markdown",
                "--max-bytes",
                "8192",
            ],
            "`trueup show p.json` shows the whole plan",
        ),
    ] {
        let ran = trueup(acme.path(), args);
        assert_eq!(ran.exit, Exit::Fine, "{ran:?}");
        assert!(
            ran.stdout.len() <= 8192 && ran.stdout.contains(whole),
            "{}",
            ran.stdout
        );
    }
}
