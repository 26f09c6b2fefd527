//! What an apply did, for programs.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{FORMAT_VERSION, TOOL, Tool};
use crate::apply::{Outcome, Report};
use crate::plan::Action;
use crate::report::diagnostics::written;
use crate::saved::check::{Checked, Stale};

/// What an apply did.
#[derive(Debug, Serialize)]
struct ReportJson {
    format_version: &'static str,
    tool: Tool,
    workspace: String,
    /// Whether every step was done.
    complete: bool,
    summary: ReportSummary,
    outcomes: Vec<OutcomeJson>,
    /// Why no further step was begun, if the records of the run could not be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    halted: Option<String>,
    /// Steps of a saved plan that were refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stale: Vec<Json>,
}

#[derive(Debug, Serialize)]
struct ReportSummary {
    created: usize,
    updated: usize,
    deleted: usize,
    under_way: usize,
    failed: usize,
    skipped: usize,
    not_attempted: usize,
}

#[derive(Debug, Serialize)]
struct OutcomeJson {
    address: String,
    action: &'static str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
}

/// A report as JSON, with a line end.
pub(crate) fn report(workspace: &str, report: &Report, checked: &Checked) -> String {
    let outcomes = report.outcomes.iter().map(|(view, outcome)| {
        let (word, message, help, because) = match outcome {
            Outcome::Done => ("done", None, None, None),
            Outcome::UnderWay(why) => ("under_way", Some(why.clone()), None, None),
            Outcome::Failed(error) => (
                "failed",
                Some(error.message.clone()),
                error.help.clone(),
                None,
            ),
            Outcome::Skipped { because } => ("skipped", None, None, Some(because.to_string())),
            Outcome::NotAttempted => ("not_attempted", None, None, None),
        };
        let (address, action) = (view.address.to_string(), view.action.word());
        OutcomeJson {
            address,
            action,
            outcome: word,
            message,
            help,
            because,
        }
    });
    let outcomes = outcomes.collect::<Vec<_>>();
    let count = |word| outcomes.iter().filter(|it| it.outcome == word).count();
    written(&ReportJson {
        format_version: FORMAT_VERSION,
        tool: TOOL,
        workspace: workspace.to_owned(),
        complete: report.is_whole(),
        summary: ReportSummary {
            created: report.done(Action::Create),
            updated: report.done(Action::Update),
            deleted: report.done(Action::Delete),
            under_way: report.under_way(),
            failed: count("failed"),
            skipped: count("skipped"),
            not_attempted: count("not_attempted"),
        },
        outcomes,
        halted: report.halt.as_ref().map(|halt| halt.why.clone()),
        stale: checked.stale.iter().map(stale).collect(),
    })
}

fn stale((address, why): (&String, &Stale)) -> Json {
    match why {
        Stale::Live(differences) => {
            let fields = differences.iter().map(
                |(field, then, today)| json!({ "field": field, "then": then, "today": today }),
            );
            json!({ "address": address, "why": "live", "differences": fields.collect::<Vec<_>>() })
        }
        Stale::Action { planned, today } => {
            json!({ "address": address, "why": "action", "planned": planned, "today": today })
        }
        Stale::Wanted => json!({ "address": address, "why": "wanted" }),
        Stale::Waits(other) => {
            json!({ "address": address, "why": "waits", "for": other.to_string() })
        }
    }
}
