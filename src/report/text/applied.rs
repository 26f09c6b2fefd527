//! What an apply did, step by step, and in one line.

use std::fmt::Write;

use crate::apply::record::Halt;
use crate::apply::{Outcome, Report};
use crate::model::kind::Removal;
use crate::model::place::Sources;
use crate::plan::Action;
use crate::report::style::{Palette, clean, quoted};

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
            Outcome::UnderWay(why) => {
                let mark = palette.yellow("under way");
                writeln!(out, "{mark} {name}: {}", clean(why)).ok()
            }
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
    let under_way = match report.under_way() {
        0 => String::new(),
        some => format!(" {some} under way."),
    };
    let counts = format!("{added} added, {changed} changed, {destroyed} destroyed.{under_way}");
    let left = report
        .outcomes
        .iter()
        .filter(|(_, outcome)| !matches!(outcome, Outcome::Done | Outcome::UnderWay(_)))
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
    if let Some(Halt { why, help, .. }) = &report.halt {
        let help = help.as_ref().map(|help| format!("\n    {help}"));
        let mark = palette.red("halted");
        let text = format!("{mark} nothing more is begun: {}", clean(why));
        writeln!(out, "{text}{}", help.unwrap_or_default()).ok();
    }
    if !out.is_empty() {
        out.push('\n');
    }
    writeln!(out, "{line}").ok();
    out
}
