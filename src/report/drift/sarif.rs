//! Drift as SARIF 2.1.0: code hosts show it at the line of the declaration.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Shown, clause, since, subject};
use crate::drift::{Finding, Severity, Sort};
use crate::report::diagnostics::{fingerprint, uri, written};

/// One run with a result for each finding. What a finding is about makes its fingerprint, so that it is known again when
/// the file or the values change.
pub(crate) fn sarif(shown: &Shown<'_>) -> String {
    let mut seen = BTreeMap::new();
    let results = shown.findings.iter().map(|finding| {
        let sort = finding.sort.word();
        let field = finding.field.unwrap_or_default();
        let fingerprint = fingerprint(&[sort, &finding.address, field]);
        let count = seen.entry(fingerprint).or_insert(0);
        *count += 1;
        result(finding, &format!("{fingerprint:016x}:{count}"), shown)
    });
    let results = results.collect::<Vec<_>>();
    let rules = Sort::ALL.map(|sort| {
        json!({
            "id": sort.word(),
            "shortDescription": { "text": about(sort) },
        })
    });
    written(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "trueup drift", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": shown.incomplete.is_empty() }],
            "results": results,
        }],
    }))
}

fn about(sort: Sort) -> &'static str {
    match sort {
        Sort::Edited => "The declaration was changed and not applied yet.",
        Sort::Drifted => "Somebody changed it at the vendor.",
        Sort::Both => "The declaration was changed, and somebody changed it at the vendor.",
        Sort::Unexplained => "It differs, and nothing is remembered that would tell why.",
        Sort::Unverifiable => "Nobody can tell whether it differs.",
        Sort::Unmanaged => "It is at the vendor, and nothing declares it.",
    }
}

fn result(finding: &Finding, fingerprint: &str, shown: &Shown<'_>) -> Value {
    let level = match finding.severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    };
    let text = format!("{}: {}", subject(finding), clause(finding));
    let text = match since(finding, shown.now) {
        Some(since) => format!("{text} ({since})"),
        None => text,
    };
    let mut result = json!({
        "ruleId": finding.sort.word(),
        "level": level,
        "message": { "text": text },
        "partialFingerprints": { "trueup/v1": fingerprint },
        "properties": { "severity": finding.severity.word() },
    });
    // Code hosts show only what has a place; what nothing declares is told at the settings.
    let position = finding.place.map(|it| shown.sources.position(it));
    let (file, line, column) = match &position {
        Some(it) => (it.file.as_str(), it.line, it.column),
        None => ("trueup.yaml", 1, 1),
    };
    result["locations"] = json!([{
        "physicalLocation": {
            "artifactLocation": { "uri": uri(file) },
            "region": { "startLine": line, "startColumn": column },
        },
        "logicalLocations": [{ "fullyQualifiedName": subject(finding) }],
    }]);
    if let Some(waiver) = &finding.waiver {
        let why = format!(
            "{}, until {}: {}",
            waiver.owner, waiver.until, waiver.reason
        );
        result["suppressions"] =
            json!([{ "kind": "external", "status": "accepted", "justification": why }]);
    }
    result
}
