//! The plan and the report for people, in the words that Terraform's users and tools know.

mod applied;
mod stale;
mod step;

use std::fmt::Write;

pub(crate) use applied::report;
pub(crate) use stale::stale;

use super::style::{Palette, clean};
use super::{access, forecast};
use crate::forecast::Forecast;
use crate::guard::Refusal;
use crate::ledger::origin::Origins;
use crate::model::place::Sources;
use crate::plan::access::impact;
use crate::plan::{Action, Incomplete, Note, Plan, Tally, Unverified};

/// A plan with its file positions, its counts, what it will ask of the vendors and what a guard would say of it.
pub(crate) fn plan(
    plan: &Plan,
    forecasts: &[Forecast],
    sources: &Sources,
    origins: &Origins,
    refusals: &[Refusal],
    palette: Palette,
) -> String {
    let mut sections = Vec::new();
    if !plan.is_empty() {
        sections.push("trueup will perform the following actions:\n".to_owned());
    }
    sections.extend(plan.views().map(|view| {
        let explained = origins.get(&view.address);
        step::step(view, sources, explained, palette)
    }));
    sections.extend(access::text(&impact(plan), palette));
    sections.extend(plan.incomplete.iter().map(|it| incomplete(it, palette)));
    sections.extend(notes(&plan.notes, sources, palette));
    sections.extend(unverified(&plan.unverified, palette));
    sections.push(summary(plan, forecasts, palette));
    sections.extend(refusals.iter().map(|it| refusal(it, palette)));
    sections.join("\n")
}

fn incomplete(incomplete: &Incomplete, palette: Palette) -> String {
    let Incomplete {
        what,
        why,
        help,
        cause: _,
    } = incomplete;
    let help = help
        .as_ref()
        .map(|help| format!("  {help}\n"))
        .unwrap_or_default();
    format!(
        "{} {what}: {}\n{help}",
        palette.red("Not read:"),
        clean(why)
    )
}

fn notes(notes: &[Note], sources: &Sources, palette: Palette) -> Option<String> {
    let note = |Note {
                    address,
                    place,
                    message,
                }: &Note| {
        let place = place.map(|place| format!(" ({})", sources.position(place)));
        let place = place.unwrap_or_default();
        format!(
            "{} {address} {}{place}\n",
            palette.yellow("Note:"),
            clean(message)
        )
    };
    (!notes.is_empty()).then(|| notes.iter().map(note).collect())
}

fn unverified(fields: &[Unverified], palette: Palette) -> Option<String> {
    let line = |Unverified {
                    address,
                    field,
                    why,
                }: &Unverified| { format!("  {address} {field}: {}\n", clean(why)) };
    let count = fields.len();
    let plural = if count == 1 { "" } else { "s" };
    let mark = palette.yellow("Note:");
    let head = format!("{mark} {count} field{plural} cannot be verified:\n");
    (count > 0).then(|| {
        std::iter::once(head)
            .chain(fields.iter().map(line))
            .collect()
    })
}

fn refusal(refusal: &Refusal, palette: Palette) -> String {
    let (mark, code, help) = (palette.red("Refused:"), refusal.code(), refusal.help());
    format!("{mark} {refusal} [{code}]\n  {help}\n")
}

/// The line that other tools look for, the counts of what is not touched, and what the steps will ask of the vendors.
fn summary(plan: &Plan, forecasts: &[Forecast], palette: Palette) -> String {
    let mut out = String::new();
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
            unverified: sum.unverified + tally.unverified,
            strangers: sum.strangers + tally.strangers,
            administrators: sum.administrators + tally.administrators,
            remembered: sum.remembered + tally.remembered,
            lost: sum.lost + tally.lost,
        });
    let Tally {
        live: _,
        unchanged,
        unverified,
        strangers,
        administrators: _,
        remembered: _,
        lost: _,
    } = total;
    let unverified = match unverified {
        0 => String::new(),
        some => format!("{some} not verifiable, "),
    };
    let line = format!("{unchanged} unchanged, {unverified}{strangers} live and not declared.");
    writeln!(out, "{}", palette.dim(line)).ok();
    for forecast in forecasts.iter().filter(|it| it.writes > 0) {
        writeln!(out, "{}", palette.dim(forecast::text(forecast))).ok();
    }
    out
}
