//! The README is true: its files load, its plan is what `plan` prints, and its exit codes are those of `--help`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use tokio::sync::watch;
use trueup::{Exit, Host, Stderr, Terminal};

const README: &str = include_str!("../../README.md");

/// The fenced blocks of one language, in order.
fn blocks(language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let inside = README.split(&fence).skip(1);
    let blocks = inside.filter_map(|rest| Some(rest.split_once("```")?.0.to_owned()));
    blocks.collect()
}

/// A workspace of the files that the README shows, each named by its first line.
fn workspace() -> TempDir {
    let directory = TempDir::new().expect("a folder for the test");
    for block in blocks("yaml") {
        let first = block
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# "));
        let name = first.unwrap_or_else(|| panic!("a block does not name its file:\n{block}"));
        let file = directory.path().join(name);
        let folder = file.parent().expect("the file is in a folder");
        fs::create_dir_all(folder).expect("a folder can be made");
        fs::write(&file, block).expect("a file can be written");
    }
    directory
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs a command line in a folder and gives what it printed, with the error stream behind the output.
fn run(directory: &Path, line: &str) -> (Exit, String) {
    let (out, err) = (Shared::default(), Shared::default());
    let variables = ["VAULT_OFFICE_ROUTER", "VAULT_VISITOR_WIFI"];
    let variables = variables.map(|name| (name.to_owned(), "Blue-Kettle-71".to_owned()));
    let mut host = Host {
        stdin: Box::new(io::empty()),
        stdout: Box::new(out.clone()),
        stderr: Stderr::new(Box::new(err.clone())),
        environment: BTreeMap::from(variables),
        directory: directory.to_owned(),
        terminal: Terminal::default(),
        now: "2026-06-15T12:00:00Z".parse().expect("a moment"),
        clock: std::sync::Arc::new(|| "2026-06-15T12:00:00Z".parse().expect("a moment")),
        stop: watch::channel(false).1,
    };
    let exit = trueup::run(line.split(' ').map(OsString::from), &mut host);
    (exit, out.text() + &err.text())
}

#[test]
fn the_files_of_the_readme_are_valid() {
    let workspace = workspace();
    for folder in [".", "production"] {
        let (exit, said) = run(workspace.path(), &format!("trueup validate {folder}"));
        assert_eq!(exit, Exit::Fine, "{said}");
        assert!(said.starts_with("Success!"), "{said}");
    }
}

#[test]
fn the_plan_of_the_readme_is_what_plan_prints() {
    let workspace = workspace();
    let (exit, plan) = run(workspace.path(), "trueup plan");
    assert_eq!(exit, Exit::Fine, "{plan}");
    let excerpts = blocks("text");
    let pieces = excerpts.iter().flat_map(|block| block.split("...\n"));
    let mut rest = plan.as_str();
    for piece in pieces {
        let (_, after) = rest
            .split_once(piece)
            .unwrap_or_else(|| panic!("the README's\n{piece}\nis not in\n{plan}"));
        rest = after;
    }
    assert!(excerpts.len() == 1 && !plan.contains("Blue-Kettle-71"));
}

#[test]
fn what_the_readme_shows_applies_and_leaves_nothing_to_do() {
    let workspace = workspace();
    let (exit, said) = run(workspace.path(), "trueup apply --yes");
    assert_eq!(exit, Exit::Fine, "{said}");
    let (exit, said) = run(workspace.path(), "trueup plan --detailed-exitcode");
    assert_eq!(exit, Exit::Fine, "{said}");
}

#[test]
fn the_exit_codes_of_the_readme_are_those_of_the_help() {
    let (_, help) = run(Path::new("."), "trueup --help");
    let (_, codes) = help
        .split_once("Exit codes:\n")
        .expect("the help lists them");
    let of_help = codes.lines().filter_map(|line| {
        let (code, meaning) = line.trim().split_once(' ')?;
        Some((code.to_owned(), meaning.trim().replace('`', "")))
    });
    let of_readme = README.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
        let (code, meaning) = (cells.next()?, cells.next()?);
        code.parse::<u8>().ok()?;
        Some((code.to_owned(), meaning.replace('`', "")))
    });
    assert_eq!(of_readme.collect::<Vec<_>>(), of_help.collect::<Vec<_>>());
}
