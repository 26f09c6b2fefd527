//! The rules of the house that no compiler checks: who may know whom, how long a file may be, what must be written
//! down. A rule that is broken names the file, the line and what is wrong with it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::source::{Path as CratePath, Source, is_word, sources};

/// No file is longer. One that comes near it is two things.
const LONGEST: usize = 500;

/// Who may use what of the crate, beside itself: the first line that fits a module is its own. `*` stands for any
/// name. The whole crate is read in this order: from those who know nobody to those who join everybody.
const LAYERS: &[(&str, &[&str])] = &[
    // Nouns. They know nobody but the leave to write, which they hand on.
    ("model", &["apply::Permit"]),
    ("suggest", &[]),
    ("yaml", &["model", "suggest"]),
    // Held against the kinds there are, which is how it is given them.
    ("format::tests", &["format", "model", "vendors::VENDORS"]),
    ("format", &["model", "yaml"]),
    // Stages: values in, values out. They know no network, no terminal and no vendor by name.
    (
        "load",
        &[
            "guard::Limits",
            "model",
            "resolve",
            "schema",
            "store::Location",
            "store::LocationError",
            "suggest",
            "vendors::VENDORS",
            "vendors::erased",
            "yaml",
        ],
    ),
    ("resolve", &["model", "suggest"]),
    ("pair", &["ledger", "model"]),
    ("read", &["ledger", "model", "pair", "plan"]),
    ("compare", &["ledger", "model", "plan", "read"]),
    ("plan", &["model", "order"]),
    ("order", &["model", "plan"]),
    ("select", &["model", "plan"]),
    ("forecast", &["model", "plan"]),
    ("guard", &["model", "plan"]),
    ("drift", &["ledger", "model", "plan", "select"]),
    ("ledger", &["model", "plan", "store"]),
    ("saved", &["model", "plan"]),
    ("snapshot", &["ledger", "model"]),
    ("apply", &["guard", "model", "plan"]),
    // What is remembered between runs. It keeps what it is told, and knows no stage.
    ("store", &["model"]),
    // The network, and who is on both of its ends.
    ("http", &["apply::Permit", "model::rate", "model::secret"]),
    ("emulate", &[]),
    (
        "vendors::erased",
        &[
            "compare",
            "emulate::Emulator",
            "load",
            "model",
            "plan",
            "read",
            "resolve",
            "schema",
            "vendors::Connecting",
            "vendors::Vendor",
            "yaml",
        ],
    ),
    // An emulator shares no type with the client, or one misreading of the vendor would be made twice and pass.
    ("vendors::*::emulator", &["emulate"]),
    (
        "vendors::*",
        &[
            "apply::Permit",
            "emulate::Emulator",
            "http",
            "load",
            "model",
            "suggest",
            "vendors::Connecting",
            "vendors::Vendor",
            "vendors::erased",
            "vendors::listed",
            "yaml",
        ],
    ),
    (
        "vendors",
        &["emulate::Emulator", "http", "load", "model", "vendors"],
    ),
    // What people see. Reports are text and do not print.
    (
        "report",
        &[
            "apply", "drift", "forecast", "guard", "ledger", "model", "plan", "saved", "store",
            "suggest",
        ],
    ),
    (
        "schema",
        &[
            "load::workspace",
            "model",
            "report::drift",
            "report::events",
            "report::json",
            "vendors::VENDORS",
            "vendors::erased",
        ],
    ),
    ("cli", &[]),
    ("exit", &[]),
    ("host", &["Exit"]),
    ("commands", &["*"]),
];

/// Where anything may wait for anything else.
const ASYNC: &[&str] = &[
    "apply", "commands", "emulate", "host", "http", "plan", "read", "store", "vendors",
];

/// Fails with every broken rule at once.
#[track_caller]
fn check(problems: impl IntoIterator<Item = String>) {
    let problems = problems.into_iter().collect::<BTreeSet<_>>();
    let listed = problems.into_iter().collect::<Vec<_>>().join("\n");
    assert!(listed.is_empty(), "\n{listed}\n");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Whether a pattern such as `vendors::*` is a path or the beginning of it.
fn covers(pattern: &str, path: &[String]) -> bool {
    let mut names = path.iter();
    pattern
        .split("::")
        .all(|part| names.next().is_some_and(|name| part == "*" || part == name))
}

/// What is wrong with a use of `used` in `module`.
fn trespass(module: &[String], used: &[String]) -> Option<String> {
    let Some((layer, may)) = LAYERS.iter().find(|(layer, _)| covers(layer, module)) else {
        return Some("has no line in LAYERS that says whom it may use".to_owned());
    };
    let own = &module[..layer.split("::").count()];
    let emulator = &["vendors", "*", "emulator"].join("::");
    // The vendor's `mod.rs` opens its emulator; its client knows nothing of it.
    let is_hidden = *layer == "vendors::*" && module.len() > own.len() && covers(emulator, used);
    let may_use = used.starts_with(own) || may.iter().any(|pattern| covers(pattern, used));
    let names_a_vendor = used.len() > 1
        && used[0] == "vendors"
        && root().join("src/vendors").join(&used[1]).is_dir()
        && !module.starts_with(&used[..2]);
    (is_hidden || !may_use || names_a_vendor).then(|| format!("may not use {}", used.join("::")))
}

#[test]
fn nobody_uses_a_module_that_is_not_theirs_to_use() {
    let mut problems = Vec::new();
    for source in sources("src") {
        for CratePath { line, module, used } in source.paths() {
            if !module.is_empty() && !used.is_empty() {
                let problem = trespass(&module, &used);
                problems.extend(problem.map(|it| format!("{}:{line}: {it}", source.path)));
            }
        }
    }
    check(problems);
}

#[test]
fn every_layer_is_a_module() {
    let exists = |layer: &&str| {
        let file = root().join("src").join(layer.replace("::", "/"));
        file.is_dir() || file.with_extension("rs").is_file()
    };
    let layers = LAYERS.iter().map(|(layer, _)| *layer);
    let gone = layers.filter(|layer| !layer.contains('*') && !exists(layer));
    check(gone.map(|layer| format!("LAYERS names {layer}, which is no module")));
}

#[test]
fn the_layers_are_told_apart() {
    let path = |text: &str| text.split("::").map(str::to_owned).collect::<Vec<_>>();
    let is_refused = |module: &str, used: &str| trespass(&path(module), &path(used)).is_some();
    assert!(is_refused("model::kind", "apply::apply"));
    assert!(is_refused(
        "load::reader",
        "vendors::senhasegura::Senhasegura"
    ));
    assert!(is_refused("order", "host::Host"));
    assert!(is_refused("vendors::senhasegura::user", "host::Host"));
    assert!(is_refused(
        "vendors::senhasegura::user",
        "vendors::senhasegura::emulator::seed"
    ));
    assert!(is_refused(
        "vendors::senhasegura::emulator::seed",
        "vendors::senhasegura::user"
    ));
    assert!(is_refused(
        "vendors::senhasegura::emulator",
        "model::secret::Secret"
    ));
    assert!(is_refused(
        "commands::plan",
        "vendors::senhasegura::Senhasegura"
    ));
    assert!(!is_refused(
        "vendors::senhasegura",
        "vendors::senhasegura::emulator"
    ));
    assert!(!is_refused(
        "vendors::senhasegura::user",
        "vendors::senhasegura::scim"
    ));
    assert!(!is_refused("commands::plan", "report::text"));
}

#[test]
fn only_those_who_wait_are_async() {
    let mut problems = Vec::new();
    for source in sources("src") {
        let module = source.module();
        let lines = source
            .words()
            .filter(|(_, word)| *word == "async")
            .map(|(line, _)| line)
            .collect::<Vec<_>>();
        let may_wait = ASYNC.iter().any(|layer| covers(layer, &module));
        // The plan holds work to be run later; here is the step that runs it, and all else is values.
        let allowed = match may_wait {
            true if source.path == "src/plan/mod.rs" => 1,
            true => usize::MAX,
            false => 0,
        };
        problems.extend(
            lines
                .get(allowed..)
                .into_iter()
                .flatten()
                .map(|line| format!("{}:{line}: `async` does not belong here", source.path)),
        );
    }
    check(problems);
}

#[test]
fn no_file_is_too_long() {
    let long = all_sources().filter(|it| it.text.lines().count() > LONGEST);
    check(long.map(|it| {
        let lines = it.text.lines().count();
        format!("{}: {lines} lines, the limit is {LONGEST}", it.path)
    }));
}

#[test]
fn every_file_says_what_lives_in_it() {
    let silent = all_sources().filter(|it| !it.text.starts_with("//! "));
    check(silent.map(|it| format!("{}: does not begin with `//! `", it.path)));
}

#[test]
fn every_file_is_a_module_of_its_parent() {
    let forgotten = all_sources().filter(|source| {
        let Some((parents, name)) = source.parents() else {
            return false;
        };
        let declared = format!("mod {name};");
        let is_declared = |path: &PathBuf| {
            fs::read_to_string(path)
                .is_ok_and(|text| text.lines().any(|line| line.trim().ends_with(&declared)))
        };
        !parents.iter().any(is_declared)
    });
    check(forgotten.map(|it| format!("{}: no `mod` line, so nobody compiles it", it.path)));
}

#[test]
fn the_architecture_page_names_every_module_and_no_other() {
    let lib = text("src/lib.rs");
    let declared = |line: &str| Some(line.strip_prefix("mod ")?.strip_suffix(';')?.to_owned());
    let modules = lib.lines().filter_map(declared).collect::<BTreeSet<_>>();
    let page = lib.lines().filter_map(|line| line.strip_prefix("//!"));
    let page = page.collect::<Vec<_>>().join("\n");
    let mentions = page.split("[`").skip(1).filter_map(|rest| {
        let name = rest.split_once("`]")?.0.split("::").next()?;
        let is_module =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        is_module.then(|| name.to_owned())
    });
    let mentions = mentions
        .filter(|name| name != "crate")
        .collect::<BTreeSet<_>>();
    let unnamed = modules.difference(&mentions);
    let unknown = mentions.difference(&modules);
    check(
        unnamed
            .map(|name| format!("src/lib.rs: its page does not speak of [`{name}`]"))
            .chain(unknown.map(|name| format!("src/lib.rs: there is no module [`{name}`]"))),
    );
}

#[test]
fn nothing_is_left_undone_or_printed_past_the_host() {
    let never = ["todo!", "unimplemented!", "println!", "eprintln!", "dbg!"];
    let notes = ["TODO", "FIXME", "XXX"];
    let mut problems = Vec::new();
    for source in sources("src") {
        for (line, text) in source.lines() {
            let found = never
                .iter()
                .filter(|it| source.code_line(line).contains(**it));
            let found = found.chain(notes.iter().filter(|it| is_word(text, it)));
            problems.extend(found.map(|it| format!("{}:{line}: {it}", source.path)));
        }
    }
    check(problems);
}

#[test]
fn no_test_is_ignored() {
    let mut problems = Vec::new();
    for source in all_sources() {
        for (line, _) in source.lines() {
            if source.code_line(line).contains("#[ignore") {
                problems.push(format!("{}:{line}: a test that nobody runs", source.path));
            }
        }
    }
    check(problems);
}

/// The lines of `Cargo.toml` that name a dependency, each with its name and the line before.
fn dependencies() -> Vec<(String, String)> {
    let manifest = text("Cargo.toml");
    let mut inside = false;
    let mut before = "";
    let mut found = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
        } else if inside && !line.starts_with('#') && line.contains('=') {
            let name = line.split_once('=').map_or(line, |(name, _)| name.trim());
            found.push((name.to_owned(), before.to_owned()));
        }
        before = line;
    }
    assert!(found.len() > 10, "Cargo.toml is no longer read rightly");
    found
}

#[test]
fn every_dependency_has_its_reason() {
    let silent = dependencies().into_iter().filter(|(_, before)| {
        before.trim_start_matches('#').trim().is_empty() || !before.starts_with("# ")
    });
    check(silent.map(|(name, _)| format!("Cargo.toml: {name} has no reason in the line above it")));
}

#[test]
fn every_dependency_is_used() {
    let sources = all_sources().collect::<Vec<_>>();
    let unused = dependencies().into_iter().filter(|(name, _)| {
        let path = format!("{}::", name.replace('-', "_"));
        !sources.iter().any(|it| it.code.contains(&path))
    });
    check(unused.map(|(name, _)| format!("Cargo.toml: nothing uses {name}")));
}

#[test]
fn the_changelog_has_a_place_for_what_is_not_released() {
    let changelog = text("CHANGELOG.md");
    let first = changelog.lines().find(|line| line.starts_with("## "));
    assert_eq!(first, Some("## [Unreleased]"));
}

#[test]
fn every_diagnostic_is_seen_in_some_expected_output() {
    let mut expected = String::new();
    for path in files(&root().join("tests")) {
        expected += &fs::read_to_string(path).unwrap_or_default();
    }
    // Unit tests print a code and then the message; what stands before them is not an output.
    for source in sources("src") {
        let tests = source
            .text
            .split_once("#[cfg(test)]")
            .map(|(_, tests)| tests);
        expected += if source.is_test() {
            &source.text
        } else {
            tests.unwrap_or_default()
        };
    }
    let mut problems = Vec::new();
    for source in sources("src") {
        for (line, text) in source.lines() {
            let Some((_, rest)) = text.split_once(": Code = Code(\"") else {
                continue;
            };
            let code = rest.split('"').next().unwrap_or_default();
            // As text prints it, as JSON does, and as unit tests do.
            let forms = [
                format!("[{code}]"),
                format!("\"code\": \"{code}\""),
                format!("{code}: "),
            ];
            if !source.is_test() && !forms.iter().any(|form| expected.contains(form)) {
                problems.push(format!(
                    "{}:{line}: nothing under tests/ shows {code}",
                    source.path
                ));
            }
        }
    }
    check(problems);
}

fn all_sources() -> impl Iterator<Item = Source> {
    sources("src").into_iter().chain(sources("tests"))
}

fn files(directory: &Path) -> Vec<PathBuf> {
    super::source::files(directory)
}
