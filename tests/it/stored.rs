//! Every file that trueup writes stands in the README, which tells reviewers what is stored where.

use std::collections::BTreeSet;

use globset::Glob;
use trueup::Exit;

use crate::canary::everything;
use crate::run::project;
use crate::world::{Ran, folder, run_in, write};

/// The rows of the README's table, each with the files that it speaks of as the run below names them. A new kind of file
/// is a row there and a line here.
const ROWS: &[(&str, &str)] = &[
    (
        "`trueup.yaml`, `vault/passwords.yaml`, `.gitignore`, `.github/workflows/trueup.yml`",
        "{trueup.yaml,vault/passwords.yaml,.gitignore,.github/workflows/trueup.yml}",
    ),
    ("`.trueup/key`", ".trueup/key"),
    ("`.trueup/trueup.db`", ".trueup/trueup.db"),
    ("the file of `plan --out`", "saved.json"),
    ("`.trueup/.gitignore`", ".trueup/.gitignore"),
    ("`.trueup/emulator/`", ".trueup/emulator/**"),
    ("the file of `snapshot --out`", "snapshot.json"),
    ("the file of `plan --json-into`", "plan.json"),
    ("the files of `secret_output` and `output`", "out/*.json"),
    ("the files of `schema --into`", "schemas/*.schema.json"),
];

/// The first cells of the table under the heading.
fn rows() -> Vec<String> {
    let readme = std::fs::read_to_string(project().join("README.md")).unwrap();
    let (_, section) = readme.split_once("\n## What is stored where\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = cells.map(|line| line.split(" | ").next().unwrap().to_owned());
    cells.skip(1).collect()
}

#[test]
fn the_readme_lists_every_file_that_is_written_and_no_other() {
    let directory = folder(&[]);
    let run = |line: &str| -> Ran {
        let ran = run_in(directory.path(), line, |_| {});
        assert_eq!(ran.exit, Exit::Fine, "{line}: {ran:#?}");
        ran
    };
    run("init");
    let more = "senhasegura: { passwords: { more: { name: More, username: more, password: { generate: {}, output: { file: out/more.json } } } } }";
    write(directory.path(), "more.yaml", more.as_bytes());
    let vault = directory.path().join("vault/passwords.yaml");
    let passwords = std::fs::read_to_string(&vault).unwrap();
    let passwords = passwords.replace("{ env: VAULT_OFFICE_ROUTER }", "{ generate: {} }");
    std::fs::write(vault, passwords).unwrap();
    std::fs::create_dir(directory.path().join("schemas")).unwrap();
    for line in [
        "validate",
        "plan --json-into plan.json --out saved.json",
        "apply --yes",
        "plan --detailed-exitcode",
        "snapshot --out snapshot.json",
        "schema --into schemas",
        "capabilities",
        "completion bash",
        "version",
    ] {
        run(line);
    }
    let mut written = everything(directory.path());
    written.remove("more.yaml");
    let mut used = BTreeSet::new();
    for path in written.keys() {
        let fits =
            |(_, glob): &&(&str, &str)| Glob::new(glob).unwrap().compile_matcher().is_match(path);
        let fitting = ROWS.iter().filter(fits).collect::<Vec<_>>();
        assert_eq!(
            fitting.len(),
            1,
            "{path} is written, and speaks of it: {fitting:?}"
        );
        used.extend(fitting.iter().map(|(row, _)| *row));
    }
    let listed = ROWS.iter().map(|(row, _)| *row).collect::<BTreeSet<_>>();
    assert_eq!(used, listed, "a row speaks of no file that was written");
    let rows = rows();
    let rows = rows.iter().map(String::as_str).collect::<BTreeSet<_>>();
    assert_eq!(rows, listed, "the README's table");
}
