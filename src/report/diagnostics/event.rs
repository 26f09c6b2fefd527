//! Diagnostics as programs are told them while a run goes on, in Terraform's shape.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Locator, Point, severity};
use crate::model::diagnostic::Diagnostic;
use crate::model::place::{Place, Sources};

/// Something that is wrong, or may be.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DiagnosticJson {
    /// `error` or `warning`.
    #[schemars(extend("enum" = ["error", "warning"]))]
    pub severity: &'static str,
    /// What it is, in one line.
    pub summary: String,
    /// What else is to be said of it, and what helps. Empty if there is nothing.
    pub detail: String,
    /// A stable word for what it is, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// The resource, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Where it is, if it is in a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
}

/// A part of a file.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Range {
    /// The file's path.
    filename: String,
    /// Where it begins.
    start: Point,
    /// Where it ends.
    end: Point,
}

/// Diagnostics, one by one.
pub(crate) fn events(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<DiagnosticJson> {
    let mut locator = Locator::new(sources);
    let mut range = |place: Place| Range {
        filename: locator.path(place).to_owned(),
        start: locator.start(place),
        end: locator.end(place),
    };
    let event = |it: &Diagnostic| {
        let more = [Some(it.label.as_str()), it.help.as_deref()];
        let more = more.into_iter().flatten().filter(|it| !it.is_empty());
        DiagnosticJson {
            severity: severity(it),
            summary: it.message.clone(),
            detail: more.collect::<Vec<_>>().join("\n"),
            code: Some(it.code.0),
            address: None,
            range: it.place.map(&mut range),
        }
    };
    diagnostics.iter().map(event).collect()
}
