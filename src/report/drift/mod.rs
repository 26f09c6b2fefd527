//! Drift for people, auditors and programs.

mod csv;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
mod text;

pub(crate) use csv::csv;
pub(crate) use html::html;
pub(crate) use json::{DriftJson, json};
pub(crate) use junit::junit;
pub(crate) use markdown::markdown;
pub(crate) use sarif::sarif;
pub(crate) use text::text;

use jiff::Timestamp;

use super::change::in_one_line;
use super::picture::{Field, Value};
use super::style::clean;
use crate::drift::{Finding, What};
use crate::model::place::Sources;
use crate::plan::Incomplete;

/// What a report of drift shows.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub workspace: &'a str,
    pub findings: &'a [Finding],
    /// How many declared resources are as declared.
    pub in_sync: usize,
    pub incomplete: &'a [Incomplete],
    /// The names and texts of the workspace's files.
    pub sources: &'a Sources,
    pub now: Timestamp,
}

/// What differs, as a clause that follows the address and the field.
fn clause(finding: &Finding) -> String {
    match &finding.what {
        What::Said(what) => clean(what),
        What::Field(values) => in_one_line(&Field {
            name: String::new(),
            before: values.there.as_ref().map(|it| Value::of(it, None)),
            after: values.declared.as_ref().map(|it| Value::of(it, None)),
        }),
    }
}

/// The address with the field.
fn subject(finding: &Finding) -> String {
    match finding.field {
        Some(field) => format!("{} {field}", clean(&finding.address)),
        None => clean(&finding.address),
    }
}

/// For how many whole days it has been known.
fn days(finding: &Finding, now: Timestamp) -> Option<i64> {
    let since = finding.since?;
    Some(now.duration_since(since).as_hours() / 24)
}

/// Since when it is known, in words: `since 2026-06-01, 14 days`.
fn since(finding: &Finding, now: Timestamp) -> Option<String> {
    let day = finding.since?.strftime("%Y-%m-%d");
    Some(match days(finding, now)? {
        0 => format!("since {day}"),
        1 => format!("since {day}, 1 day"),
        days => format!("since {day}, {days} days"),
    })
}
