//! Runs the cases: plan, apply, look at the world, plan again. `UPDATE=1` writes what comes out; read it.

use std::fs;

use trueup::Exit;

use crate::case::{Case, for_every};
use crate::world::Ran;

#[test]
fn every_case_comes_out_as_written() {
    for_every("it comes out as written", |case| {
        let world = case.open();
        let before = world.live();
        let plan = world.run(&case.line("plan"));
        keep(case, "plan.txt", Some(&plan.transcript()));

        // One after another, so that the ids that vendors count come out the same.
        let apply = world.run(&case.line("apply --yes --parallelism 1"));
        keep(case, "apply.txt", Some(&without_plan(&apply, &plan)));
        let after = world.live();
        keep(case, "after.yaml", (after != before).then_some(&after));
        let made = world.made().into_iter();
        let made = made.map(|(path, text)| format!("{path}\n{text}"));
        let made = made.collect::<String>();
        keep(case, "made.txt", (!made.is_empty()).then_some(&made));

        if apply.exit == Exit::Fine {
            let again = world.run(&case.line("plan --detailed-exitcode"));
            assert_eq!(again.exit, Exit::Fine, "planning again: {again:#?}");
            assert!(again.out.contains("No changes."), "{}", again.out);
        }
    });
}

/// What apply says beside the plan, which it shows as `plan` does, but for what the guards refuse.
fn without_plan(apply: &Ran, plan: &Ran) -> String {
    let text = apply.transcript();
    let shown = match plan.out.find("\nRefused: ") {
        Some(at) => &plan.out[..=at],
        None => &plan.out,
    };
    match text.strip_prefix(shown) {
        Some(rest) if !shown.is_empty() => format!("[the plan]\n{rest}"),
        Some(_) | None => text,
    }
}

/// Compares with what the case's folder holds; no text stands for no file.
fn keep(case: &Case, name: &str, text: Option<&String>) {
    let kept = case.file(name);
    if kept.as_ref() == text {
        return;
    }
    let file = case.folder.join(name);
    if updates() {
        match text {
            Some(text) => fs::write(file, text).unwrap(),
            None => fs::remove_file(file).unwrap(),
        }
        return;
    }
    let (kept, text) = (
        kept.unwrap_or("(no file)\n".to_owned()),
        text.map_or("(no file)\n", String::as_str),
    );
    let difference = similar::TextDiff::from_lines(kept.as_str(), text)
        .unified_diff()
        .header("as written", "as it is")
        .to_string();
    panic!("{name} differs; `UPDATE=1 cargo test` writes it anew\n{difference}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "a switch for whoever runs the tests, not an input of the program"
)]
fn updates() -> bool {
    std::env::var_os("UPDATE").is_some()
}
