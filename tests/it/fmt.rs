//! `fmt`: files come into their normal form, whole or not at all, and nothing of them is printed but their names.

use std::fs;
use std::path::Path;

use trueup::Exit;

use crate::acme;
use crate::run::trueup;
use crate::world::{Ran, folder, run_in};

const SETTINGS: &str = "workspace: w\nsystems: { senhasegura: { endpoint: emulator } }\n";
const ODD: &str = "senhasegura:\n  passwords:\n    a: { username: 'b', name: A }  \n";
const FORMED: &str = "senhasegura:\n  passwords:\n    a: { name: A, username: b }\n";

fn fmt(directory: &Path, flags: &str) -> Ran {
    run_in(directory, &format!("fmt {flags}"), |_| {})
}

fn text(directory: &Path, file: &str) -> String {
    fs::read_to_string(directory.join(file)).unwrap()
}

#[test]
fn files_come_into_their_normal_form_and_are_named_once() {
    let files = [
        ("trueup.yaml", SETTINGS),
        ("vault/a.yaml", ODD),
        ("notes.txt", ODD),
        (".hidden/a.yaml", ODD),
        ("inner/trueup.yaml", SETTINGS),
        ("inner/a.yaml", ODD),
    ];
    let workspace = folder(&files);
    let first = fmt(workspace.path(), "");
    assert_eq!(first.transcript(), "vault/a.yaml\n");
    assert_eq!(text(workspace.path(), "vault/a.yaml"), FORMED);
    for other in ["notes.txt", ".hidden/a.yaml", "inner/a.yaml"] {
        assert_eq!(text(workspace.path(), other), ODD, "{other}");
    }
    assert_eq!(fmt(workspace.path(), "").transcript(), "");
}

#[test]
fn a_check_names_files_and_writes_none() {
    let workspace = folder(&[("trueup.yaml", SETTINGS), ("a.yaml", ODD)]);
    let checked = fmt(workspace.path(), "--check");
    assert_eq!(checked.transcript(), "a.yaml\n--- exit 2\n");
    assert_eq!(text(workspace.path(), "a.yaml"), ODD);
    fmt(workspace.path(), "");
    assert_eq!(fmt(workspace.path(), "--check").transcript(), "");
}

#[test]
fn a_file_with_mistakes_is_told_and_left_and_the_others_are_done() {
    let broken = "senhasegura:\n  passwords:\n    a: { password: canary-Plain-Iris-3341  \n";
    let settings = format!("{SETTINGS}unknown: 1  \n");
    let files = [
        ("trueup.yaml", settings.as_str()),
        ("a.yaml", broken),
        ("b.yaml", ODD),
    ];
    let workspace = folder(&files);
    let ran = fmt(workspace.path(), "");
    assert_eq!(ran.exit, Exit::Invalid, "{ran:#?}");
    assert_eq!(ran.out, "trueup.yaml\nb.yaml\n");
    assert!(ran.err.contains("error[syntax]"), "{}", ran.err);
    assert!(!ran.transcript().contains("canary"), "{ran:#?}");
    assert_eq!(text(workspace.path(), "a.yaml"), broken);
    assert_eq!(text(workspace.path(), "b.yaml"), FORMED);
}

#[test]
fn without_sound_settings_nobody_knows_which_files_there_are() {
    let workspace = folder(&[("trueup.yaml", "workspace: [a]\n"), ("a.yaml", ODD)]);
    let ran = fmt(workspace.path(), "");
    assert_eq!(ran.exit, Exit::Invalid);
    assert!(ran.err.contains("error[wrong-type]"), "{}", ran.err);
    assert_eq!(text(workspace.path(), "a.yaml"), ODD);
    let ran = fmt(folder(&[]).path(), "");
    assert_eq!(ran.exit, Exit::Invalid);
    assert!(ran.err.contains("error[no-workspace]"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_mode_its_mark_and_its_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let marked = format!("\u{feff}{ODD}");
    let files = [
        ("trueup.yaml", SETTINGS),
        ("common/a.yaml", marked.as_str()),
    ];
    let workspace = folder(&files);
    let file = workspace.path().join("common/a.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("common/a.yaml", workspace.path().join("b.yaml")).unwrap();
    assert_eq!(fmt(workspace.path(), "").transcript(), "b.yaml\n");
    assert_eq!(
        text(workspace.path(), "common/a.yaml"),
        format!("\u{feff}{FORMED}")
    );
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert!(workspace.path().join("b.yaml").is_symlink());
    let left = fs::read_dir(workspace.path().join("common")).unwrap();
    assert_eq!(left.count(), 1);
}

#[cfg(unix)]
#[test]
fn a_file_behind_a_link_out_of_the_workspace_is_left_alone() {
    use std::os::unix::fs::symlink;
    let elsewhere = folder(&[("a.yaml", ODD)]);
    let workspace = folder(&[("trueup.yaml", SETTINGS)]);
    let link = workspace.path().join("a.yaml");
    symlink(elsewhere.path().join("a.yaml"), link).unwrap();
    let ran = fmt(workspace.path(), "");
    let said =
        "--- stderr\nLeft a.yaml as it is: it is a link to a file outside of the workspace.\n";
    assert_eq!(ran.transcript(), said);
    assert_eq!(text(elsewhere.path(), "a.yaml"), ODD);
}

#[test]
fn what_this_project_gives_people_is_in_its_normal_form() {
    let example = acme::copy();
    let ran = trueup(example.path(), &["fmt", "--check"]);
    assert_eq!((ran.exit, ran.stdout), (Exit::Fine, String::new()));
    let fresh = folder(&[]);
    trueup(fresh.path(), &["init"]);
    let ran = trueup(fresh.path(), &["fmt", "--check"]);
    assert_eq!((ran.exit, ran.stdout), (Exit::Fine, String::new()));
}
