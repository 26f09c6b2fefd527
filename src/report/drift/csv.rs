//! Drift as a table for spreadsheets.

use super::{Shown, clause, days};

const HEAD: [&str; 13] = [
    "severity",
    "sort",
    "address",
    "field",
    "what",
    "file",
    "line",
    "first_seen",
    "days",
    "waived_by",
    "waived_until",
    "waiver_reason",
    "workspace",
];

/// A row for each finding, below the names of the columns.
pub(crate) fn csv(shown: &Shown<'_>) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    // Written to memory, which takes everything.
    writer.write_record(HEAD).ok();
    for finding in shown.findings {
        let place = finding.place.map(|it| shown.sources.position(it));
        let waiver = finding.waiver.as_ref();
        let or_nothing = |text: Option<String>| text.unwrap_or_default();
        let cells = [
            finding.severity.word().to_owned(),
            finding.sort.word().to_owned(),
            finding.address.clone(),
            finding.field.unwrap_or_default().to_owned(),
            clause(finding),
            or_nothing(place.as_ref().map(|it| it.file.clone())),
            or_nothing(place.as_ref().map(|it| it.line.to_string())),
            or_nothing(finding.since.map(|it| it.to_string())),
            or_nothing(days(finding, shown.now).map(|it| it.to_string())),
            or_nothing(waiver.map(|it| it.owner.clone())),
            or_nothing(waiver.map(|it| it.until.to_string())),
            or_nothing(waiver.map(|it| it.reason.clone())),
            shown.workspace.to_owned(),
        ];
        writer.write_record(cells.map(|cell| harmless(&cell))).ok();
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}
