//! The examples for CI: their scripts run against an emulator, and their workflows hold to what keeps them safe.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;
use serde_yaml::Value;
use tempfile::TempDir;

use crate::run::project;
use crate::world::{World, folder};

const SETTINGS: &str = "\
workspace: case
systems: { senhasegura: { endpoint: emulator, seed: live.yaml, retries: 0 } }
include: [vault.yaml]
secrets: { env_allow: [VAULT_*] }
";

const VAULT: &str = "\
senhasegura:
  passwords:
    router: { name: Router, username: admin, password: { env: VAULT_ROUTER } }
";

const SECRET: &str = "canary-Ci-Umber-2290";

fn world(vault: &str) -> World {
    let mut world = World::of(&[
        ("trueup.yaml", SETTINGS),
        ("live.yaml", "passwords: []\n"),
        ("vault.yaml", vault),
    ]);
    let secret = ("VAULT_ROUTER".to_owned(), SECRET.to_owned());
    world.environment.extend([secret]);
    world
}

fn scripts() -> PathBuf {
    project().join("examples/ci")
}

/// A folder of programs: trueup, and others that a test makes.
fn programs(others: &[(&str, &str)]) -> TempDir {
    let bin = folder(others);
    for (name, _) in others {
        let mode = fs::Permissions::from_mode(0o700);
        fs::set_permissions(bin.path().join(name), mode).unwrap();
    }
    let trueup = env!("CARGO_BIN_EXE_trueup");
    symlink(trueup, bin.path().join("trueup")).unwrap();
    bin
}

/// Runs one of the scripts as a step of a job does.
fn step(
    script: &str,
    directory: &Path,
    bin: &TempDir,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Output {
    let path = format!("{}:/usr/bin:/bin", bin.path().display());
    Command::new(scripts().join(script))
        .current_dir(directory)
        .env_clear()
        .env("PATH", path)
        .envs(variables)
        .output()
        .unwrap()
}

/// A script in a workspace that an emulator serves; what it printed, and its exit code.
#[track_caller]
fn run(world: &World, script: &str, variables: &[(&str, &str)]) -> (String, Option<i32>) {
    let own = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let variables = world.variables().into_iter().chain(own);
    let ended = step(script, world.directory.path(), &programs(&[]), variables);
    let text = [ended.stdout, ended.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains(SECRET), "{text}");
    (text, ended.status.code())
}

fn read(world: &World, file: &str) -> String {
    fs::read_to_string(world.directory.path().join(file)).unwrap()
}

#[test]
fn mistakes_are_marked_at_their_lines() {
    let world = world(VAULT);
    let github = [("GITHUB_ACTIONS", "true")];
    assert_eq!(
        run(&world, "validate.sh", &github),
        (String::new(), Some(0))
    );
    world.write_file(
        "vault.yaml",
        "senhasegura: { passwords: { router: { usrname: a } } }\n",
    );
    let (said, code) = run(&world, "validate.sh", &github);
    assert_eq!(code, Some(8), "{said}");
    assert!(said.contains("::error file=vault.yaml,line=1,"), "{said}");
}

#[test]
fn another_form_is_told_and_stops_nobody() {
    let world = world(&VAULT.replace(
        "name: Router, username: admin",
        "username: admin, name: Router",
    ));
    let (said, code) = run(&world, "validate.sh", &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("\nvault.yaml\nThese files are not in their normal form"),
        "{said}"
    );
}

#[test]
fn what_was_planned_is_applied_and_no_more() {
    let world = world(VAULT);
    let (said, code) = run(&world, "plan.sh", &[]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(read(&world, "trueup-plan/output"), "exitcode=2\n");
    let plan = serde_json::from_str::<Json>(&read(&world, "trueup-plan/plan.json")).unwrap();
    assert_eq!(plan["summary"]["create"], 1);

    let (said, code) = run(&world, "apply.sh", &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(world.live().contains("Router"));
    let events = read(&world, "trueup-apply/events.ndjson");
    assert!(events.contains("\"type\":\"apply_complete\""), "{events}");
    assert!(!events.contains(SECRET), "{events}");

    let (said, code) = run(&world, "apply.sh", &[]);
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains("make a new plan"), "{said}");
    let output = [("GITHUB_OUTPUT", "github-output")];
    assert_eq!(run(&world, "plan.sh", &output).1, Some(0));
    assert_eq!(read(&world, "github-output"), "exitcode=0\n");
}

#[test]
fn a_fork_is_planned_against_a_snapshot_without_any_variable() {
    let world = world(VAULT);
    let (said, code) = run(&world, "snapshot.sh", &[]);
    assert_eq!(code, Some(0), "{said}");
    let snapshot = "trueup-snapshot/snapshot.json";
    assert!(!read(&world, snapshot).contains(SECRET));
    for script in ["plan.sh", "render.sh"] {
        let variables = [("AGAINST".to_owned(), snapshot.to_owned())];
        let ended = step(script, world.directory.path(), &programs(&[]), variables);
        assert_eq!(ended.status.code(), Some(0), "{script}: {ended:?}");
    }
    assert_eq!(read(&world, "trueup-plan/output"), "exitcode=2\n");
    let plan = serde_json::from_str::<Json>(&read(&world, "trueup-plan/plan.json")).unwrap();
    assert_eq!(plan["summary"]["create"], 1);
    let comment = read(&world, "trueup-plan/comment.md");
    assert!(comment.contains("made against a snapshot of"), "{comment}");
    assert!(
        !world
            .directory
            .path()
            .join("trueup-plan/plan.trueup")
            .exists()
    );
}

#[test]
fn without_a_plan_the_job_fails_and_an_older_plan_is_gone() {
    let world = world(VAULT);
    run(&world, "plan.sh", &[]);
    world.write_file("vault.yaml", "senhasegura: [\n");
    let (said, code) = run(&world, "plan.sh", &[]);
    assert_eq!(code, Some(8), "{said}");
    assert!(
        !world
            .directory
            .path()
            .join("trueup-plan/plan.trueup")
            .exists()
    );
}

#[test]
fn the_verdict_lets_pass_what_could_be_applied() {
    let nowhere = folder(&[]);
    for (exitcode, verdict) in [("0", 0), ("2", 0), ("3", 3), ("7", 7), ("x; true", 1)] {
        let variables = [("EXITCODE".to_owned(), exitcode.to_owned())];
        let ended = step("verdict.sh", nowhere.path(), &programs(&[]), variables);
        assert_eq!(ended.status.code(), Some(verdict), "{exitcode}");
    }
}

/// A program in the place of GitHub's own: it answers from files and writes down what it was asked.
const GH: &str = r#"#!/bin/bash
printf '%s\n' "$*" | sed 's/body=@.*tmp[^ ]*/body/' >>asked
for word in "$@"; do
  case "$word" in
    body=@*) cp "${word#body=@}" body ;;
  esac
done
case "$*" in
  *pulls/7*) cat head ;;
  *issues/7/comments*--jq*) cat comments ;;
esac
"#;

/// Has a plan shown under a pull request; the exit code, what GitHub was asked, and the comment.
fn comment(number: &str, head: &str, comments: &str) -> (Option<i32>, String, String) {
    let files = [
        ("number", number),
        ("head", head),
        ("comments", comments),
        ("comment.md", "Plan: 1 to add\n"),
    ];
    let place = folder(&files);
    let variables = [
        ("GH_TOKEN", "token"),
        ("REPOSITORY", "acme/access"),
        ("HEAD_SHA", "c0ffee"),
        ("FOLDER", "."),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let ended = step(
        "comment-github.sh",
        place.path(),
        &programs(&[("gh", GH)]),
        variables,
    );
    let text = |file| fs::read_to_string(place.path().join(file)).unwrap_or_default();
    (ended.status.code(), text("asked"), text("body"))
}

#[test]
fn one_comment_is_written_and_then_replaced() {
    let (code, asked, body) = comment("7", "c0ffee\n", "");
    assert_eq!(code, Some(0), "{asked}");
    assert_eq!(body, "<!-- trueup plan -->\nPlan: 1 to add\n");
    assert!(
        asked.contains("--method POST repos/acme/access/issues/7/comments --field body"),
        "{asked}"
    );
    let (code, asked, body) = comment("7", "c0ffee\n", "41\n42\n");
    assert_eq!(code, Some(0), "{asked}");
    assert_eq!(body, "<!-- trueup plan -->\nPlan: 1 to add\n");
    assert!(
        asked.contains("--method PATCH repos/acme/access/issues/comments/41 --field body"),
        "{asked}"
    );
}

#[test]
fn nothing_is_said_where_the_proposal_made_the_number_up() {
    for number in ["7/../../8", "", "7 8", "-1", "77777777777"] {
        let (code, asked, _) = comment(number, "c0ffee\n", "");
        assert_eq!((code, asked.as_str()), (Some(1), ""), "{number}");
    }
    let (code, asked, body) = comment("7", "another\n", "");
    assert_eq!((code, body.as_str()), (Some(0), ""), "{asked}");
    assert!(!asked.contains("--method"), "{asked}");
}

/// The files that CI reads, by their paths in the project.
fn definitions() -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for place in [
        ".github/workflows",
        ".github/actions/plan",
        ".github/actions/setup",
        "examples/ci/github",
        "examples/ci/gitlab",
    ] {
        for entry in fs::read_dir(project().join(place)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let text = fs::read_to_string(&path).unwrap();
            let value = serde_yaml::from_str::<Value>(&text);
            let value = value.unwrap_or_else(|error| panic!("{place}/{name}: {error}"));
            found.insert(format!("{place}/{name}"), value);
        }
    }
    assert!(found.len() >= 9, "{:?}", found.keys());
    found
}

/// Every value under a key, however deep.
fn under<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a Value>) {
    for (name, value) in value.as_mapping().into_iter().flatten() {
        if name == key {
            found.push(value);
        }
        under(value, key, found);
    }
    let items = value.as_sequence().into_iter().flatten();
    items.for_each(|item| under(item, key, found));
}

#[test]
fn no_script_of_a_workflow_has_words_from_outside_in_it() {
    for (file, value) in definitions() {
        let mut runs = Vec::new();
        under(&value, "run", &mut runs);
        for run in runs.into_iter().filter_map(Value::as_str) {
            assert!(!run.contains("${{"), "{file}: {run}");
        }
    }
}

#[test]
fn actions_are_pinned_by_a_commit_or_say_why_not() {
    for file in definitions().keys() {
        let text = fs::read_to_string(project().join(file)).unwrap();
        for line in text.lines() {
            let Some((_, action)) = line.split_once("uses: ") else {
                continue;
            };
            let (action, comment) = action
                .split_once(" # ")
                .unwrap_or_else(|| panic!("{file}: {line}"));
            let (_, version) = action.split_once('@').unwrap();
            let is_commit = version.len() == 40 && version.bytes().all(|it| it.is_ascii_hexdigit());
            let is_told =
                comment.contains("where you keep trueup") || comment.contains("pin the commit");
            assert!(
                is_commit && comment.starts_with('v') || is_told,
                "{file}: {line}"
            );
        }
    }
}

#[test]
fn workflows_have_the_permissions_that_they_name_and_no_others() {
    for (file, value) in definitions() {
        if !file.contains("/github/") && !file.contains("/workflows/") {
            continue;
        }
        let mut permissions = Vec::new();
        under(&value, "permissions", &mut permissions);
        assert!(value["permissions"].is_mapping(), "{file}");
        for permissions in permissions {
            for (name, level) in permissions.as_mapping().unwrap() {
                let may_write = match name.as_str().unwrap() {
                    "pull-requests" => file.ends_with("comment.yml"),
                    "security-events" => file.ends_with("drift.yml"),
                    _ => false,
                };
                assert!(level == "read" || may_write, "{file}: {name:?}: {level:?}");
            }
        }
        assert_eq!(value.get("pull_request_target"), None, "{file}");
        // YAML 1.1 takes the key for a truth value; the reader here does not.
        assert!(value["on"].is_mapping(), "{file}");
        let mut checkouts = Vec::new();
        under(&value, "steps", &mut checkouts);
        for step in checkouts
            .into_iter()
            .filter_map(Value::as_sequence)
            .flatten()
        {
            let uses = step["uses"].as_str().unwrap_or_default();
            let keeps = uses.starts_with("actions/checkout@")
                && step["with"]["persist-credentials"] != false;
            assert!(!keeps, "{file}: {step:?}");
        }
    }
}

#[test]
fn every_script_is_sound_and_can_be_run_and_every_script_that_is_run_is_there() {
    let mut names = Vec::new();
    for entry in fs::read_dir(scripts()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "sh") {
            let checked = Command::new("bash").arg("-n").arg(&path).output().unwrap();
            assert!(checked.status.success(), "{checked:?}");
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o111, 0o111, "{}", path.display());
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains("\nset -euo pipefail\n"), "{}", path.display());
            names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    assert!(names.len() >= 9, "{names:?}");
    for file in definitions().keys() {
        let text = fs::read_to_string(project().join(file)).unwrap();
        for (at, _) in text.match_indices(".sh") {
            if text[at + 3..].starts_with(|it: char| it.is_alphanumeric()) {
                continue;
            }
            let name = text[..at + 3].rsplit(['/', ' ', '`']).next().unwrap();
            assert!(names.iter().any(|it| it == name), "{file}: {name}");
        }
    }
}

#[test]
fn from_the_proposal_to_the_night_every_step_says_what_it_found() {
    let world = world(VAULT);
    for script in ["validate.sh", "plan.sh", "render.sh"] {
        let (said, code) = run(&world, script, &[]);
        assert_eq!(code, Some(0), "{script}: {said}");
    }
    let comment = read(&world, "trueup-plan/comment.md");
    assert!(
        comment.starts_with("### Plan: 1 to add, 0 to change, 0 to destroy.\n"),
        "{comment}"
    );
    assert!(comment.contains("senhasegura.password.router"), "{comment}");
    assert!(!comment.contains(SECRET));
    let (said, code) = run(&world, "apply.sh", &[]);
    assert_eq!(code, Some(0), "{said}");
    // By night somebody has changed it at the vendor.
    world.set_live(&world.live().replace("username: admin", "username: root"));
    let (said, code) = run(&world, "drift.sh", &[]);
    assert_eq!(code, Some(0), "{said}");
    let sarif = serde_json::from_str::<Json>(&read(&world, "trueup-drift/drift.sarif")).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "drifted", "{sarif:#}");
    let at = &result["locations"][0]["physicalLocation"];
    assert_eq!(at["artifactLocation"]["uri"], "vault.yaml");
    assert_eq!(at["region"]["startLine"], 3);
}
