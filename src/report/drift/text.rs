//! Drift for people at a terminal: the gravest first, and one line for how much there is of what.

use std::fmt::Write;

use super::{Shown, clause, since, subject};
use crate::drift::{Counts, Finding, Severity};
use crate::report::style::{Palette, clean};

/// All findings, with those that a waiver lets pass apart.
pub(crate) fn text(shown: &Shown<'_>, palette: Palette) -> String {
    let Shown {
        workspace: _,
        findings,
        in_sync,
        incomplete,
        sources: _,
        now: _,
    } = shown;
    let mut out = String::new();
    for severity in Severity::ALL.into_iter().rev() {
        let of_severity = findings.iter().filter(|it| it.severity == severity);
        let open = of_severity.filter(|it| it.waiver.is_none());
        let lines = open.map(|it| line(it, shown, palette)).collect::<String>();
        if !lines.is_empty() {
            writeln!(out, "{}\n{lines}", heading(severity, palette)).ok();
        }
    }
    let waived = findings.iter().filter(|it| it.waiver.is_some());
    let lines = waived
        .map(|it| line(it, shown, palette))
        .collect::<String>();
    if !lines.is_empty() {
        writeln!(out, "{}\n{lines}", palette.dim("Waived:")).ok();
    }
    for it in *incomplete {
        let mark = palette.red("Not read:");
        writeln!(out, "{mark} {}: {}", it.what, clean(&it.why)).ok();
    }
    if !incomplete.is_empty() {
        out.push('\n');
    }
    out.push_str(&summary(findings, *in_sync, palette));
    out
}

fn heading(severity: Severity, palette: Palette) -> String {
    match severity {
        Severity::High => palette.red("High:"),
        Severity::Medium => palette.yellow("Medium:"),
        Severity::Low => palette.bold("Low:"),
    }
}

fn line(finding: &Finding, shown: &Shown<'_>, palette: Palette) -> String {
    let mut more = vec![finding.sort.word().to_owned()];
    let place = finding
        .place
        .map(|it| shown.sources.position(it).to_string());
    more.extend(place);
    more.extend(since(finding, shown.now));
    if let Some(waiver) = &finding.waiver {
        let (owner, reason) = (clean(&waiver.owner), clean(&waiver.reason));
        more.push(format!(
            "waived by {owner} until {}: {reason}",
            waiver.until
        ));
    }
    let more = palette.dim(format!("({})", more.join("; ")));
    let colon = if finding.field.is_some() { ":" } else { "" };
    format!("  {}{colon} {} {more}\n", subject(finding), clause(finding))
}

fn summary(findings: &[Finding], in_sync: usize, palette: Palette) -> String {
    let counts = Counts::of(findings);
    let some = counts.by_sort.iter().filter(|(_, count)| **count > 0);
    let mut parts = some
        .map(|(sort, count)| format!("{count} {sort}"))
        .collect::<Vec<_>>();
    if counts.waived > 0 {
        parts.push(format!("{} waived", counts.waived));
    }
    if parts.is_empty() {
        let line = format!("No drift. {in_sync} resources are as declared.");
        return format!("{}\n", palette.bold(line));
    }
    let line = format!(
        "Drift: {}. {in_sync} resources are as declared.",
        parts.join(", ")
    );
    format!("{}\n", palette.bold(line))
}
