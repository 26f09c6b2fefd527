//! Drift for programs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Shown, clause, days};
use crate::drift::{Counts, Finding};
use crate::model::place::Sources;
use crate::report::diagnostics::written;
use crate::report::json::{DeclaredAt, declared_at};

const FORMAT_VERSION: &str = "1.0";

/// What differs from the declarations. New keys may be added without a new major version; readers must ignore keys they do
/// not know.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "trueup drift")]
pub(crate) struct DriftJson {
    /// Version of this format: a new minor adds keys, a new major changes meanings.
    format_version: &'static str,
    /// The name of the workspace.
    workspace: String,
    /// When it was looked, in UTC.
    at: String,
    /// Whether everything that was asked for could be read.
    complete: bool,
    /// How many there are of what, without those that are waived.
    summary: Summary,
    /// The gravest first, then by address.
    findings: Vec<FindingJson>,
}

/// How many there are of what.
#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    /// Declared resources that are as declared.
    in_sync: usize,
    /// By whose doing it is: `edited`, `drifted`, `both`, `unexplained`, `unverifiable`, `unmanaged`.
    sorts: BTreeMap<&'static str, usize>,
    /// By gravity: `low`, `medium`, `high`.
    severities: BTreeMap<&'static str, usize>,
    /// What a waiver lets pass.
    waived: usize,
}

/// One thing that is not as declared, or of which nobody knows whether it is.
#[derive(Debug, Serialize, JsonSchema)]
struct FindingJson {
    /// Vendor, kind and name; of what nothing declares, the vendor's id in the place of the name.
    address: String,
    /// The field; missing of the object as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    /// Whose doing it is: `edited` in the declaration, `drifted` at the vendor, `both`, `unexplained` where nothing is
    /// remembered, `unverifiable`, or `unmanaged` of what nothing declares.
    #[schemars(extend("enum" = ["edited", "drifted", "both", "unexplained", "unverifiable", "unmanaged"]))]
    sort: &'static str,
    /// How grave it is, by what differs.
    #[schemars(extend("enum" = ["low", "medium", "high"]))]
    severity: &'static str,
    /// What differs, for people. Holds no secret.
    what: String,
    /// Where it is declared, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    declared_at: Option<DeclaredAt>,
    /// Since when it is known, in UTC; missing where nothing is remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_seen: Option<String>,
    /// For how many whole days it has been known.
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<i64>,
    /// What lets it pass, if anything does.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiver: Option<WaiverJson>,
}

/// What somebody answers for.
#[derive(Debug, Serialize, JsonSchema)]
struct WaiverJson {
    /// Who answers for it.
    owner: String,
    /// Why it is let pass for now.
    reason: String,
    /// Until when, that day included.
    until: String,
}

/// All of it as one object, with a line end.
pub(crate) fn json(shown: &Shown<'_>) -> String {
    let Shown {
        workspace,
        findings,
        in_sync,
        incomplete,
        sources,
        now,
    } = *shown;
    let Counts {
        by_sort,
        by_severity,
        waived,
    } = Counts::of(findings);
    written(&DriftJson {
        format_version: FORMAT_VERSION,
        workspace: workspace.to_owned(),
        at: now.to_string(),
        complete: incomplete.is_empty(),
        summary: Summary {
            in_sync,
            sorts: by_sort,
            severities: by_severity,
            waived,
        },
        findings: findings
            .iter()
            .map(|it| finding(it, sources, now))
            .collect(),
    })
}

fn finding(finding: &Finding, sources: &Sources, now: jiff::Timestamp) -> FindingJson {
    FindingJson {
        address: finding.address.clone(),
        field: finding.field,
        sort: finding.sort.word(),
        severity: finding.severity.word(),
        what: clause(finding),
        declared_at: finding.place.map(|place| declared_at(place, sources)),
        first_seen: finding.since.map(|it| it.to_string()),
        days: days(finding, now),
        waiver: finding.waiver.as_ref().map(|it| WaiverJson {
            owner: it.owner.clone(),
            reason: it.reason.clone(),
            until: it.until.to_string(),
        }),
    }
}
