//! What a run tells programs while it goes on: an object a line, in the shape of Terraform's messages where the meaning
//! is the same. No event holds the value of a field.
//!
//! What this module serializes is a promise: `ui` of the first event tells when it grows (minor) or breaks (major).

use std::collections::HashMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::diagnostics::{self, DiagnosticJson};
use crate::apply::{Outcome, Report};
use crate::guard::Refusal;
use crate::ledger::origin::{Origin, Origins};
use crate::model::address::{Address, RemoteId};
use crate::model::diagnostic::Diagnostic;
use crate::model::place::Sources;
use crate::model::progress::Ended;
use crate::plan::{Action, Incomplete, Plan, StepView};

const UI_VERSION: &str = "1.0";

/// One line of what `--json-stream` prints. New keys and new types may come without a new major version; readers must
/// pass over those that they do not know.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "trueup event")]
pub(crate) struct EventJson {
    /// How much it matters.
    #[serde(rename = "@level")]
    #[schemars(extend("enum" = ["info", "warn", "error"]))]
    level: &'static str,
    /// What happened, for people.
    #[serde(rename = "@message")]
    message: String,
    /// Always `trueup.ui`.
    #[serde(rename = "@module")]
    #[schemars(extend("enum" = ["trueup.ui"]))]
    module: &'static str,
    /// When it happened, in UTC.
    #[serde(rename = "@timestamp")]
    timestamp: String,
    #[serde(flatten)]
    what: What,
}

/// What happened.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum What {
    /// The first event.
    Version {
        /// The version of the program.
        trueup: &'static str,
        /// The version of these events: a new minor adds keys and types, a new major changes meanings.
        ui: &'static str,
    },
    /// A declared resource was changed at the vendor since it was applied last.
    ResourceDrift {
        /// The resource, and what was done to it.
        change: Step,
    },
    /// A step of the plan.
    PlannedChange {
        /// What it changes.
        change: Step,
    },
    /// How many steps there are, or how many were done.
    ChangeSummary {
        /// The counts.
        changes: Changes,
    },
    /// Something is wrong, or may be.
    Diagnostic {
        /// What it is.
        diagnostic: DiagnosticJson,
    },
    /// A step began.
    ApplyStart {
        /// The step.
        hook: Hook,
    },
    /// A step was done.
    ApplyComplete {
        /// The step.
        hook: Hook,
    },
    /// The vendor took a step and has not finished.
    ApplyUnderWay {
        /// The step.
        hook: Hook,
    },
    /// A step failed. What went wrong is told in the diagnostic that follows.
    ApplyErrored {
        /// The step.
        hook: Hook,
    },
    /// A step was not begun.
    ApplySkipped {
        /// The step.
        hook: Hook,
        /// The step that it waits for and that did not succeed; missing if the run was stopped.
        #[serde(skip_serializing_if = "Option::is_none")]
        because: Option<String>,
    },
}

/// A resource, and what is done to it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Step {
    /// The resource.
    resource: Resource,
    /// What is done to it.
    #[schemars(extend("enum" = ["create", "update", "delete"]))]
    action: &'static str,
}

/// A step that is being done.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Hook {
    #[serde(flatten)]
    step: Step,
    /// `id`, if the vendor's id is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_key: Option<&'static str>,
    /// The vendor's id, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_value: Option<String>,
    /// How long it took, once it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_seconds: Option<u64>,
}

/// A resource by its names.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Resource {
    /// Vendor, kind and name: `senhasegura.password.office-router`.
    addr: String,
    /// Always empty.
    module: &'static str,
    /// The same as `addr`.
    resource: String,
    /// The vendor.
    implied_provider: &'static str,
    /// Vendor and kind with an underscore: `senhasegura_password`.
    resource_type: String,
    /// The name in the YAML.
    resource_name: String,
    /// Always null.
    resource_key: Option<String>,
}

/// How many of what.
#[derive(Debug, Serialize, JsonSchema)]
struct Changes {
    /// Resources that are created.
    add: usize,
    /// Resources that are updated.
    change: usize,
    /// Always 0.
    import: usize,
    /// Resources that are deleted, or disabled where the vendor deletes nothing.
    remove: usize,
    /// Whether they are planned or were done.
    #[schemars(extend("enum" = ["plan", "apply"]))]
    operation: &'static str,
}

/// An event as a line.
fn line(at: Timestamp, level: &'static str, message: String, what: What) -> String {
    let event = EventJson {
        level,
        message,
        module: "trueup.ui",
        timestamp: at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
        what,
    };
    let mut line = serde_json::to_string(&event).expect("an event is JSON");
    line.push('\n');
    line
}

/// The first event.
pub(crate) fn version(at: Timestamp) -> String {
    let trueup = env!("CARGO_PKG_VERSION");
    let what = What::Version {
        trueup,
        ui: UI_VERSION,
    };
    line(at, "info", format!("trueup {trueup}"), what)
}

/// What was changed at vendors, the steps of a plan, what of it is not as it should be, and the counts.
pub(crate) fn plan(plan: &Plan, origins: &Origins, refusals: &[Refusal], at: Timestamp) -> String {
    let mut out = String::new();
    let is_drifted = |view: &&StepView| {
        let explained = origins.get(&view.address);
        let mut fields = explained.iter().flat_map(|it| &it.fields);
        fields.any(|(_, origin)| matches!(origin, Origin::Drifted | Origin::Both))
    };
    for view in plan.views().filter(is_drifted) {
        let change = Step {
            action: Action::Update.word(),
            ..Step::of(view)
        };
        let message = format!("{}: Drift detected (update)", view.address);
        out += &line(at, "info", message, What::ResourceDrift { change });
    }
    for view in plan.views() {
        let step = Step::of(view);
        let message = format!("{}: Plan to {}", step.resource.addr, step.action);
        out += &line(at, "info", message, What::PlannedChange { change: step });
    }
    for Incomplete {
        what, why, help, ..
    } in &plan.incomplete
    {
        let summary = format!("{what} was not read: {why}");
        out += &told(at, error(summary, help.clone().unwrap_or_default()));
    }
    for refusal in refusals {
        let mut refused = error(refusal.to_string(), refusal.help());
        refused.code = Some(refusal.code());
        out += &told(at, refused);
    }
    let changes = Changes {
        add: plan.count(Action::Create),
        change: plan.count(Action::Update),
        import: 0,
        remove: plan.count(Action::Delete),
        operation: "plan",
    };
    let Changes {
        add,
        change,
        remove,
        ..
    } = &changes;
    let message = format!("Plan: {add} to add, {change} to change, {remove} to destroy.");
    out + &line(at, "info", message, What::ChangeSummary { changes })
}

/// What is wrong with the files, or may be.
pub(crate) fn mistakes(found: &[Diagnostic], sources: &Sources, at: Timestamp) -> String {
    let events = diagnostics::events(found, sources).into_iter();
    events.map(|it| told(at, it)).collect()
}

/// Something that went wrong, as it is told people: a line, and then what else there is to say.
pub(crate) fn problem(text: &str, at: Timestamp) -> String {
    let (summary, detail) = text.split_once('\n').unwrap_or((text, ""));
    let detail = detail.lines().map(str::trim).collect::<Vec<_>>();
    told(at, error(summary.to_owned(), detail.join("\n")))
}

/// Something that may be wrong.
pub(crate) fn caution(text: &str, at: Timestamp) -> String {
    let warning = DiagnosticJson {
        severity: "warning",
        ..error(text.to_owned(), String::new())
    };
    told(at, warning)
}

fn error(summary: String, detail: String) -> DiagnosticJson {
    DiagnosticJson {
        severity: "error",
        summary,
        detail,
        code: None,
        address: None,
        range: None,
    }
}

fn told(at: Timestamp, diagnostic: DiagnosticJson) -> String {
    let (level, word) = match diagnostic.severity {
        "error" => ("error", "Error"),
        _ => ("warn", "Warning"),
    };
    let message = format!("{word}: {}", diagnostic.summary);
    line(at, level, message, What::Diagnostic { diagnostic })
}

impl Step {
    fn of(view: &StepView) -> Self {
        let Address { kind, name } = &view.address;
        Self {
            resource: Resource {
                addr: view.address.to_string(),
                module: "",
                resource: view.address.to_string(),
                implied_provider: kind.vendor,
                resource_type: format!("{}_{}", kind.vendor, kind.name),
                resource_name: name.to_string(),
                resource_key: None,
            },
            action: view.action.word(),
        }
    }
}

/// Tells of the steps of one plan as they are done.
pub(crate) struct Applying {
    steps: HashMap<Address, (Hook, Action)>,
    begun: HashMap<Address, Timestamp>,
}

impl Applying {
    pub(crate) fn new<'a>(views: impl Iterator<Item = &'a StepView>) -> Self {
        let hook = |view: &StepView| Hook {
            step: Step::of(view),
            id_key: view.id.as_ref().map(|_| "id"),
            id_value: view.id.as_ref().map(|id| id.0.clone()),
            elapsed_seconds: None,
        };
        let steps = views.map(|view| (view.address.clone(), (hook(view), view.action)));
        Self {
            steps: steps.collect(),
            begun: HashMap::new(),
        }
    }

    /// A step began.
    pub(crate) fn begun(&mut self, address: &Address, at: Timestamp) -> String {
        let Some((hook, action)) = self.steps.get(address) else {
            return String::new();
        };
        self.begun.insert(address.clone(), at);
        let doing = match action {
            Action::Create => "Creating",
            Action::Update => "Modifying",
            Action::Delete => "Destroying",
        };
        let (message, hook) = (format!("{address}: {doing}..."), hook.clone());
        line(at, "info", message, What::ApplyStart { hook })
    }

    /// A step ended. One that was not attempted is told of by [`Applying::left`].
    pub(crate) fn ended(&mut self, address: &Address, how: &Ended, at: Timestamp) -> String {
        if matches!(how, Ended::NotAttempted) {
            return String::new();
        }
        let Some((mut hook, action)) = self.steps.remove(address) else {
            return String::new();
        };
        let begun = self.begun.get(address).copied().unwrap_or(at);
        let seconds = u64::try_from(at.duration_since(begun).as_secs()).unwrap_or_default();
        hook.elapsed_seconds = Some(seconds);
        let noun = match action {
            Action::Create => "Creation",
            Action::Update => "Modifications",
            Action::Delete => "Destruction",
        };
        match how {
            Ended::NotAttempted => String::new(),
            Ended::Done(id) => {
                if let Some(RemoteId(id)) = id {
                    (hook.id_key, hook.id_value) = (Some("id"), Some(id.clone()));
                }
                let id = hook.id_value.as_ref().map(|id| format!(" [id={id}]"));
                let id = id.unwrap_or_default();
                let message = format!("{address}: {noun} complete after {seconds}s{id}");
                line(at, "info", message, What::ApplyComplete { hook })
            }
            Ended::UnderWay(why) => {
                let message = format!("{address}: {noun} under way: {why}");
                line(at, "info", message, What::ApplyUnderWay { hook })
            }
            Ended::Failed(why, help) => {
                let message = format!("{address}: {noun} errored after {seconds}s");
                let mut failed = error(why.clone(), help.clone().unwrap_or_default());
                failed.address = Some(address.to_string());
                line(at, "error", message, What::ApplyErrored { hook }) + &told(at, failed)
            }
        }
    }

    /// What became of the steps that nobody told of, and the counts.
    pub(crate) fn left(mut self, report: &Report, at: Timestamp) -> String {
        let mut out = String::new();
        for (view, outcome) in &report.outcomes {
            let because = match outcome {
                Outcome::Done | Outcome::UnderWay(_) => continue,
                Outcome::Failed(failed) => {
                    // A step that ended in a defect could not say so itself.
                    let how = Ended::Failed(failed.message.clone(), failed.help.clone());
                    out += &self.ended(&view.address, &how, at);
                    continue;
                }
                Outcome::Skipped { because } => Some(because.to_string()),
                Outcome::NotAttempted => None,
            };
            let Some((hook, _)) = self.steps.remove(&view.address) else {
                continue;
            };
            let why = match &because {
                Some(because) => format!("waits for {because}"),
                None => "the run was stopped".to_owned(),
            };
            let message = format!("{}: Skipped: {why}", view.address);
            out += &line(at, "warn", message, What::ApplySkipped { hook, because });
        }
        if let Some(halt) = &report.halt {
            let help = halt.help.clone().unwrap_or_default();
            out += &told(at, error(halt.why.clone(), help));
        }
        let changes = Changes {
            add: report.done(Action::Create),
            change: report.done(Action::Update),
            import: 0,
            remove: report.done(Action::Delete),
            operation: "apply",
        };
        let Changes {
            add,
            change,
            remove,
            ..
        } = &changes;
        let how = if report.is_whole() && report.halt.is_none() {
            "complete!"
        } else {
            "incomplete:"
        };
        let message =
            format!("Apply {how} Resources: {add} added, {change} changed, {remove} destroyed.");
        out + &line(at, "info", message, What::ChangeSummary { changes })
    }
}
