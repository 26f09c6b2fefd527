//! The plan and the report for people, in the words that Terraform's users and tools know.

use std::fmt::Write;

use similar::TextDiff;

use super::style::{Palette, clean, quoted};
use crate::apply::{Outcome, Report};
use crate::guard::Refusal;
use crate::model::field::{SecretField, Value};
use crate::model::kind::Removal;
use crate::model::place::Sources;
use crate::plan::{Action, FieldView, Plan, StepView, Tally};

/// A plan with its file positions, its counts and what a guard would say of it.
pub(crate) fn plan(
    plan: &Plan,
    sources: &Sources,
    refusals: &[Refusal],
    palette: Palette,
) -> String {
    let mut out = String::new();
    if !plan.is_empty() {
        out.push_str("trueup will perform the following actions:\n");
    }
    for view in plan.views() {
        step(&mut out, view, sources, palette);
    }
    remarks(&mut out, plan, sources, palette);
    let mut out = out.trim_start_matches('\n').to_owned();
    if !out.is_empty() {
        out.push('\n');
    }
    summary(&mut out, plan, palette);
    for refusal in refusals {
        let mark = palette.red("Refused:");
        writeln!(
            out,
            "{mark} {refusal} [{}].\n  {}.",
            refusal.code(),
            refusal.help()
        )
        .ok();
    }
    out
}

fn step(out: &mut String, view: &StepView, sources: &Sources, palette: Palette) {
    let StepView {
        address,
        action,
        place,
        id,
        label,
        removal,
        enable,
        prevent_delete,
        fields,
        missing,
        needs: _,
        releases: _,
        waits_for,
    } = view;
    let (verb, sign) = match action {
        Action::Create => ("will be created", palette.green("+")),
        Action::Update => ("will be updated in-place", palette.yellow("~")),
        Action::Delete => ("will be destroyed", palette.red("-")),
    };
    writeln!(out, "\n  {}", palette.bold(format!("# {address} {verb}"))).ok();
    let place = place.map(|place| sources.position(place).to_string());
    let id = id.as_ref().map(|id| format!("id {}", clean(&id.0)));
    let origin = [place, id]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ");
    writeln!(out, "  {}", palette.dim(format!("# ({origin})"))).ok();
    let mut remark = |text: String| writeln!(out, "  {}", palette.dim(format!("# {text}"))).ok();
    if *action == Action::Delete && *removal == Removal::Disable {
        remark(
            "(this vendor deletes nothing: it is disabled, and can be enabled again)".to_owned(),
        );
    }
    if *enable {
        remark("(it is disabled; what it holds can be read only once it is enabled)".to_owned());
    }
    if *prevent_delete {
        remark("(its lifecycle says `prevent_delete`)".to_owned());
    }
    if !waits_for.is_empty() {
        let names = waits_for
            .iter()
            .map(|it| it.short())
            .collect::<Vec<_>>()
            .join(", ");
        remark(format!("(after {names})"));
    }
    for (field, why, _) in missing {
        remark(format!(
            "({field} is needed and has no value: {})",
            clean(why)
        ));
    }
    writeln!(out, "  {sign} {} {}", address.kind, quoted(label)).ok();
    let shown = fields
        .iter()
        .filter(|field| field.changed)
        .collect::<Vec<_>>();
    let width = shown
        .iter()
        .map(|field| field.name.len())
        .chain(enable.then_some(5))
        .max()
        .unwrap_or(0);
    if *enable {
        writeln!(
            out,
            "      {} {:width$} = disabled -> enabled",
            palette.yellow("~"),
            "state"
        )
        .ok();
    }
    for field in shown {
        let sign = match (&field.before, &field.after) {
            (None, _) => palette.green("+"),
            (Some(_), Some(_)) => palette.yellow("~"),
            (Some(_), None) => palette.red("-"),
        };
        writeln!(
            out,
            "      {sign} {:width$} = {}",
            field.name,
            change(field, palette, width)
        )
        .ok();
    }
}

/// The right side of a field's line.
fn change(field: &FieldView, palette: Palette, width: usize) -> String {
    let FieldView {
        name: _,
        before,
        after,
        changed: _,
    } = field;
    match (before, after) {
        (None, Some(value)) | (Some(value), None) => one(value),
        (Some(Value::Text(before)), Some(Value::Text(after)))
            if before.contains('\n') || after.contains('\n') =>
        {
            lines(before, after, palette, width)
        }
        (Some(Value::Set(before)), Some(Value::Set(after))) => set(
            before.difference(after).map(|it| quoted(it)),
            after.difference(before).map(|it| quoted(it)),
            palette,
        ),
        (Some(Value::Names(before)), Some(Value::Names(after))) => set(
            before.difference(after).map(|it| clean(&it.to_string())),
            after.difference(before).map(|it| clean(&it.to_string())),
            palette,
        ),
        (Some(Value::Access(before)), Some(Value::Access(after))) => {
            let gone = before.iter().filter(|(who, _)| !after.contains_key(who));
            let moved = after.iter().filter_map(|(who, what)| {
                let had = before.get(who).filter(|had| *had != what)?;
                Some(format!("~ {}: {had} -> {what}", clean(&who.to_string())))
            });
            let new = after.iter().filter(|(who, _)| !before.contains_key(who));
            let gone = gone.map(|(who, what)| format!("- {}: {what}", clean(&who.to_string())));
            let new = new.map(|(who, what)| format!("+ {}: {what}", clean(&who.to_string())));
            gone.chain(moved).chain(new).collect::<Vec<_>>().join(", ")
        }
        (Some(Value::Secret(_)), Some(Value::Secret(_))) => {
            "(secret value) -> (another secret value)".to_owned()
        }
        (Some(Value::Sensitive(_)), Some(Value::Sensitive(_))) => {
            "(sensitive value) -> (another sensitive value)".to_owned()
        }
        (Some(before), Some(after)) => format!("{} -> {}", one(before), one(after)),
        (None, None) => String::new(),
    }
}

fn one(value: &Value) -> String {
    let listed = |items: Vec<String>| format!("[{}]", items.join(", "));
    match value {
        Value::Text(text) => quoted(text),
        Value::Flag(flag) => flag.to_string(),
        Value::Sensitive(_) => "(sensitive value)".to_owned(),
        Value::Set(set) => listed(set.iter().map(|it| quoted(it)).collect()),
        Value::Names(names) => listed(names.iter().map(|it| clean(&it.to_string())).collect()),
        Value::Access(access) => {
            let entry = |(who, what): (_, &&str)| format!("{}: {what}", clean(&format!("{who}")));
            format!(
                "{{{}}}",
                access.iter().map(entry).collect::<Vec<_>>().join(", ")
            )
        }
        Value::Secret(SecretField::Known(_)) => "(secret value)".to_owned(),
        Value::Secret(SecretField::Unknown { .. }) => "(secret value, not at hand)".to_owned(),
    }
}

fn set(
    gone: impl Iterator<Item = String>,
    new: impl Iterator<Item = String>,
    palette: Palette,
) -> String {
    let gone = gone.map(|it| palette.red(format!("- {it}")));
    let new = new.map(|it| palette.green(format!("+ {it}")));
    gone.chain(new).collect::<Vec<_>>().join(", ")
}

/// A text of several lines, as the lines that differ.
fn lines(before: &str, after: &str, palette: Palette, width: usize) -> String {
    let mut out = String::new();
    let indent = " ".repeat(8 + width);
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        let line = clean(change.value().trim_end_matches('\n'));
        let line = match change.tag() {
            similar::ChangeTag::Equal => format!("  {line}"),
            similar::ChangeTag::Delete => palette.red(format!("- {line}")),
            similar::ChangeTag::Insert => palette.green(format!("+ {line}")),
        };
        write!(out, "\n{indent}{line}").ok();
    }
    out
}

/// What is not a step and still to be known.
fn remarks(out: &mut String, plan: &Plan, sources: &Sources, palette: Palette) {
    for incomplete in &plan.incomplete {
        let help = incomplete
            .help
            .as_ref()
            .map(|help| format!("\n  {help}"))
            .unwrap_or_default();
        let mark = palette.red("Not read:");
        writeln!(
            out,
            "\n{mark} {}: {}{help}",
            incomplete.what,
            clean(&incomplete.why)
        )
        .ok();
    }
    if !plan.notes.is_empty() {
        out.push('\n');
    }
    for note in &plan.notes {
        let place = note
            .place
            .map(|place| format!(" ({})", sources.position(place)));
        let place = place.unwrap_or_default();
        let mark = palette.yellow("Note:");
        writeln!(
            out,
            "{mark} {} {}{place}",
            note.address,
            clean(&note.message)
        )
        .ok();
    }
    if !plan.unverified.is_empty() {
        let count = plan.unverified.len();
        writeln!(
            out,
            "\n{} {count} field{} cannot be verified:",
            palette.yellow("Note:"),
            plural(count)
        )
        .ok();
    }
    for unverified in &plan.unverified {
        writeln!(
            out,
            "  {} {}: {}",
            unverified.address,
            unverified.field,
            clean(&unverified.why)
        )
        .ok();
    }
}

/// The line that other tools look for, and the counts of what is not touched.
fn summary(out: &mut String, plan: &Plan, palette: Palette) {
    let (create, update, delete) = (
        plan.count(Action::Create),
        plan.count(Action::Update),
        plan.count(Action::Delete),
    );
    if plan.is_empty() && plan.is_complete() {
        writeln!(out, "{}", palette.bold("No changes.")).ok();
    } else {
        let line = format!("Plan: {create} to add, {update} to change, {delete} to destroy.");
        writeln!(out, "{}", palette.bold(line)).ok();
    }
    let total = plan
        .tallies
        .values()
        .fold(Tally::default(), |sum, tally| Tally {
            live: sum.live + tally.live,
            unchanged: sum.unchanged + tally.unchanged,
            strangers: sum.strangers + tally.strangers,
        });
    let Tally {
        live: _,
        unchanged,
        strangers,
    } = total;
    writeln!(
        out,
        "{}",
        palette.dim(format!(
            "{unchanged} unchanged, {strangers} live and not declared."
        ))
    )
    .ok();
}

/// What became of every step.
pub(crate) fn report(report: &Report, sources: &Sources, palette: Palette) -> String {
    let mut out = String::new();
    for (view, outcome) in &report.outcomes {
        let name = format!("{} {}", view.address, quoted(&view.label));
        let done = match (view.action, view.removal) {
            (Action::Create, _) => "created",
            (Action::Update, _) => "updated",
            (Action::Delete, Removal::Delete) => "destroyed",
            (Action::Delete, Removal::Disable) => "disabled",
        };
        match outcome {
            Outcome::Done => writeln!(out, "{} {name}: {done}", palette.green("ok")).ok(),
            Outcome::Failed(error) => {
                let place = view
                    .place
                    .map(|place| format!(" ({})", sources.position(place)));
                let help = error.help.as_ref().map(|help| format!("\n    {help}"));
                let (place, help) = (place.unwrap_or_default(), help.unwrap_or_default());
                let mark = palette.red("failed");
                writeln!(out, "{mark} {name}{place}: {}{help}", clean(&error.message)).ok()
            }
            Outcome::Skipped { because } => writeln!(
                out,
                "{} {name}: waits for {because}",
                palette.yellow("skipped")
            )
            .ok(),
            Outcome::NotAttempted => writeln!(
                out,
                "{} {name}: the run was stopped",
                palette.yellow("not attempted")
            )
            .ok(),
        };
    }
    let (added, changed, destroyed) = (
        report.done(Action::Create),
        report.done(Action::Update),
        report.done(Action::Delete),
    );
    let counts = format!("{added} added, {changed} changed, {destroyed} destroyed.");
    let left = report
        .outcomes
        .iter()
        .filter(|(_, outcome)| !matches!(outcome, Outcome::Done))
        .count();
    let line = if left == 0 {
        palette.bold(format!("Apply complete! Resources: {counts}"))
    } else {
        let what = if report.is_interrupted() {
            "Apply interrupted"
        } else {
            "Apply incomplete"
        };
        palette.bold(format!("{what}: {left} not done. Resources: {counts}"))
    };
    if !out.is_empty() {
        out.push('\n');
    }
    writeln!(out, "{line}").ok();
    out
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
