//! The example workspace does what its comments and the README say.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use trueup::Exit;

use crate::run::{project, trueup};

/// The example's files that hold YAML, relative to the project.
pub(crate) fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    walk(&project().join("examples/acme"), &mut files);
    files.sort();
    files
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            walk(&path, files);
        } else if path.extension().is_some_and(|it| it == "yaml") {
            files.push(path);
        }
    }
}

/// A copy of the example whose vault is as the seed says.
pub(crate) fn copy() -> TempDir {
    let copy = TempDir::new().unwrap();
    let example = project().join("examples/acme");
    for file in files() {
        let target = copy.path().join(file.strip_prefix(&example).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, target).unwrap();
    }
    copy
}

/// The same, in which nothing is made up, so that two of them come to the same end.
pub(crate) fn copy_without_chance() -> TempDir {
    const MADE_UP: &str = "{ generate: { length: 32, exclude: O0l1 } }";
    let copy = copy();
    let file = copy.path().join("vault/servers.yaml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(MADE_UP), "{text}");
    fs::write(file, text.replace(MADE_UP, "demo-Status-Page-17")).unwrap();
    copy
}

/// Every secret that any of its files holds: those of the demo begin all alike.
fn secrets() -> Vec<String> {
    let texts = files()
        .into_iter()
        .map(|it| fs::read_to_string(it).unwrap());
    let words = |text: String| {
        text.split([' ', '\n', ','])
            .filter(|word| {
                word.starts_with("demo-") || word.starts_with("ACME") && !word.contains('_')
            })
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    texts.flat_map(words).collect()
}

#[test]
fn it_is_planned_and_applied_without_any_setting_and_then_nothing_is_left_to_do() {
    let acme = copy();
    let plan = trueup(acme.path(), &["plan"]);
    assert_eq!(plan.exit, Exit::Fine, "{plan:?}");
    assert!(
        plan.stdout
            .contains("Plan: 15 to add, 34 to change, 4 to destroy."),
        "{}",
        plan.stdout
    );
    assert!(plan.stdout.contains("6 fields cannot be verified"));
    assert!(!plan.stdout.contains("Refused:"), "{}", plan.stdout);

    let apply = trueup(acme.path(), &["apply", "--yes"]);
    assert_eq!(apply.exit, Exit::Fine, "{apply:?}");
    assert!(
        apply
            .stdout
            .contains("Apply complete! Resources: 15 added, 34 changed, 4 destroyed.")
    );

    let kept = fs::read_to_string(acme.path().join("out/nightly.json")).unwrap();
    assert!(kept.starts_with("{\"client_id\":\""), "{kept}");

    let again = trueup(acme.path(), &["plan", "--detailed-exitcode"]);
    assert_eq!(again.exit, Exit::Fine, "{again:?}");
    assert!(again.stdout.contains("No changes."), "{}", again.stdout);
}

#[test]
fn what_needs_something_comes_after_it() {
    let acme = copy();
    let plan = trueup(acme.path(), &["plan"]).stdout;
    let at = |text: &str| plan.find(text).unwrap_or_else(|| panic!("{text}: {plan}"));
    assert!(at("user.nadia will be created") < at("group.on-call will be created"));
    assert!(at("group.on-call will be created") < at("password.status-page will be created"));
    assert!(at("group.network will be updated") < at("user.felix will be destroyed"));
    assert!(at("device.reports-db will be created") < at("ssh_key.deploy will be updated"));
    assert!(at("group.network will be updated") < at("note.data-centre-access will be updated"));
    assert!(at("folder.signing will be created") < at("secret.release-key will be created"));
    assert!(at("user.tom will be created") < at("password_safe.group.plant will be updated"));
}

#[test]
fn none_of_its_secrets_is_ever_shown() {
    let acme = copy();
    let secrets = secrets();
    assert!(secrets.len() > 50, "{secrets:?}");
    for args in [
        &["plan"][..],
        &["plan", "--json", "--log", "trace"],
        &["validate", "--format", "json"],
        &["apply", "--yes", "--log", "trace"],
        &["plan"],
    ] {
        let ran = trueup(acme.path(), args);
        for secret in &secrets {
            assert!(!ran.stdout.contains(secret), "{args:?} shows {secret}");
            assert!(!ran.stderr.contains(secret), "{args:?} shows {secret}");
        }
    }
}
