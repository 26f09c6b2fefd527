//! The plan and the report for people, in the words that Terraform's users and tools know.

mod applied;
mod line;
mod notes;
mod stale;
mod step;
#[cfg(test)]
mod tests;

pub(crate) use applied::report;
pub(super) use notes::{by_reason, names as unverified_names};
pub(crate) use stale::stale;
pub(super) use step::step;

use super::picture::{Picture, groups};
use super::style::Sheet;
use super::words;
use super::{access, forecast};
pub(super) use line::fill;

/// A plan with its file positions, its counts, what it will ask of the vendors and what a guard would say of it.
pub(crate) fn plan(picture: &Picture, sheet: Sheet) -> String {
    let mut sections = Vec::new();
    if !picture.steps.is_empty() {
        sections.push("trueup will perform the following actions:\n".to_owned());
    }
    let steps = picture.steps.iter().collect::<Vec<_>>();
    sections.extend(groups(&steps).iter().map(|group| {
        let mut out = String::new();
        for line in step(group, sheet) {
            line.draw(sheet.palette, &mut out);
        }
        out
    }));
    sections.extend(access::text(&picture.access, sheet));
    let incomplete = picture.incomplete.iter();
    sections.extend(incomplete.map(|it| notes::incomplete(it, sheet)));
    sections.extend(notes::notes(&picture.notes, sheet));
    sections.extend(notes::unverified(&picture.unverified, sheet));
    sections.push(summary(picture, sheet));
    let refusals = picture.refusals.iter();
    sections.extend(refusals.map(|it| notes::refusal(it, sheet)));
    sections.join("\n")
}

/// The line that other tools look for, the counts of what is not touched, and what the steps will ask of the vendors.
fn summary(picture: &Picture, sheet: Sheet) -> String {
    let palette = sheet.palette;
    let headline = palette.bold(words::headline(picture));
    let asked = picture.forecasts.iter().filter(|it| it.writes > 0);
    let said = std::iter::once(words::untouched(picture)).chain(asked.map(forecast::text));
    let dim = |text: String| palette.dim(fill(&text, 2, sheet).join("\n  "));
    let lines = std::iter::once(headline).chain(said.map(dim));
    lines.map(|line| line + "\n").collect()
}
