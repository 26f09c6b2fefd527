//! Drift as JUnit XML, which CI systems show as tests.

use std::fmt::Write;

use super::{Shown, clause, since};
use crate::drift::Finding;

/// A suite of the workspace: a failure for each finding, what a waiver lets pass as skipped, and one test for all that is as
/// declared.
pub(crate) fn junit(shown: &Shown<'_>) -> String {
    let findings = shown.findings;
    let waived = findings.iter().filter(|it| it.waiver.is_some()).count();
    let (tests, failures) = (findings.len() + 1, findings.len() - waived);
    let errors = shown.incomplete.len();
    let counts = format!(
        "tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{waived}\"",
        tests + errors
    );
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    writeln!(out, "<testsuites name=\"trueup drift\" {counts}>").ok();
    writeln!(
        out,
        "  <testsuite name=\"{}\" {counts}>",
        escaped(shown.workspace)
    )
    .ok();
    writeln!(
        out,
        "    <testcase classname=\"trueup\" name=\"{} resources are as declared\"/>",
        shown.in_sync
    )
    .ok();
    for finding in findings {
        out.push_str(&case(finding, shown));
    }
    for it in shown.incomplete {
        let (what, why) = (escaped(&it.what), escaped(&it.why));
        writeln!(
            out,
            "    <testcase classname=\"{what}\" name=\"is read\"><error message=\"{why}\"/></testcase>"
        )
        .ok();
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(finding: &Finding, shown: &Shown<'_>) -> String {
    let place = finding.place.map(|it| shown.sources.position(it));
    let at = place.map(|it| format!(" file=\"{}\" line=\"{}\"", escaped(&it.file), it.line));
    let what = match since(finding, shown.now) {
        Some(since) => format!("{} ({since})", clause(finding)),
        None => clause(finding),
    };
    let result = match &finding.waiver {
        Some(waiver) => {
            let why = format!(
                "waived by {} until {}: {}",
                waiver.owner, waiver.until, waiver.reason
            );
            format!("<skipped message=\"{}\"/>", escaped(&why))
        }
        None => format!(
            "<failure type=\"{}\" message=\"{}\"/>",
            finding.sort.word(),
            escaped(&format!("{}: {what}", finding.severity.word()))
        ),
    };
    format!(
        "    <testcase classname=\"{}\" name=\"{}\"{}>{result}</testcase>\n",
        escaped(&finding.address),
        finding.field.unwrap_or("is as declared"),
        at.unwrap_or_default()
    )
}

/// Text as an attribute holds it. Characters that XML cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
