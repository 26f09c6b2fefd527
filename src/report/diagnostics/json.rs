//! Diagnostics as JSON, in the spirit of `terraform validate -json`.

use serde::Serialize;

use super::{Locator, Point, counts, severity};
use crate::model::diagnostic::Diagnostic;
use crate::model::place::{Place, Sources};

/// Grows its second number with additions, its first with anything that could break a reader.
const FORMAT_VERSION: &str = "1.0";

#[derive(Serialize)]
struct Report<'a> {
    format_version: &'static str,
    valid: bool,
    error_count: usize,
    warning_count: usize,
    diagnostics: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
    #[serde(flatten)]
    spot: Option<Spot<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    #[serde(flatten)]
    spot: Spot<'a>,
}

#[derive(Serialize)]
struct Spot<'a> {
    file: &'a str,
    range: Extent,
}

#[derive(Serialize)]
struct Extent {
    start: Point,
    end: Point,
}

/// Renders diagnostics as one JSON object on several lines. Lines and columns count from 1, columns in characters;
/// bytes count from 0.
pub(crate) fn json(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut locator = Locator::new(sources);
    let mut spot = |place: Place| Spot {
        file: locator.path(place),
        range: Extent {
            start: locator.start(place),
            end: locator.end(place),
        },
    };
    let items = diagnostics.iter().map(|it| Item {
        severity: severity(it),
        code: it.code.0,
        message: &it.message,
        label: &it.label,
        spot: it.place.map(&mut spot),
        help: it.help.as_deref(),
        related: it
            .related
            .iter()
            .map(|(place, word)| Related {
                message: word,
                spot: spot(*place),
            })
            .collect(),
    });
    let items = items.collect();
    let (error_count, warning_count) = counts(diagnostics);
    let report = Report {
        format_version: FORMAT_VERSION,
        valid: error_count == 0,
        error_count,
        warning_count,
        diagnostics: items,
    };
    serde_json::to_string_pretty(&report).expect("texts and numbers can always be written as JSON")
        + "\n"
}
