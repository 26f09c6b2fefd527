//! Drift as Markdown, for issues and job summaries.

use std::fmt::Write;

use super::{Shown, clause, since, subject};
use crate::drift::{Counts, Finding};

/// A table of what differs, the gravest first, and another of what is waived.
pub(crate) fn markdown(shown: &Shown<'_>) -> String {
    let (waived, open): (Vec<_>, Vec<_>) =
        shown.findings.iter().partition(|it| it.waiver.is_some());
    let counts = Counts::of(shown.findings);
    let mut out = format!("## Drift of {}\n\n", escaped(shown.workspace));
    let severities = ["high", "medium", "low"].map(|word| {
        let count = counts.by_severity.get(word).copied().unwrap_or_default();
        format!("{count} {word}")
    });
    writeln!(
        out,
        "**{} open** ({}), {} waived, {} resources as declared.\n",
        open.len(),
        severities.join(", "),
        waived.len(),
        shown.in_sync
    )
    .ok();
    for it in shown.incomplete {
        writeln!(
            out,
            "> **Not read:** {}: {}\n",
            escaped(&it.what),
            escaped(&it.why)
        )
        .ok();
    }
    if !open.is_empty() {
        out.push_str("| severity | sort | what | difference | declared at | first seen |\n|---|---|---|---|---|---|\n");
        open.iter().for_each(|it| out.push_str(&row(it, shown)));
    }
    if !waived.is_empty() {
        out.push_str("\n<details><summary>Waived</summary>\n\n| what | difference | by | until | why |\n|---|---|---|---|---|\n");
        for finding in waived {
            let Some(waiver) = &finding.waiver else {
                continue;
            };
            writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                code(&subject(finding)),
                escaped(&clause(finding)),
                escaped(&waiver.owner),
                waiver.until,
                escaped(&waiver.reason)
            )
            .ok();
        }
        out.push_str("\n</details>\n");
    }
    out
}

fn row(finding: &Finding, shown: &Shown<'_>) -> String {
    let place = finding
        .place
        .map(|it| shown.sources.position(it).to_string());
    format!(
        "| {} | {} | {} | {} | {} | {} |\n",
        finding.severity.word(),
        finding.sort.word(),
        code(&subject(finding)),
        escaped(&clause(finding)),
        place.map(|it| code(&it)).unwrap_or_default(),
        since(finding, shown.now).unwrap_or_default()
    )
}

/// Text in a cell that means nothing but itself.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // No mention, no reference to an issue.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '|' | '!' | '~' | ':' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}
