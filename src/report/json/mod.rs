//! The plan and the report for programs: Terraform's shape where the meaning is the same, new keys where it is ours.
//!
//! What this module serializes is a promise: `format_version` tells when it grows (minor) or breaks (major).

mod applied;
mod value;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use crate::ledger::origin::{Explained, Origin, Origins};
use crate::model::fingerprint::{Fingerprint, WorkspaceKey};
use crate::model::kind::Removal;
use crate::model::place::{Place, Sources};
use crate::model::risk::Risk;
use crate::plan::access::impact;
use crate::plan::{Action, Plan, StepView, Tally};
use crate::report::Shown;
use crate::report::access::{self, AccessSection};
use crate::report::diagnostics::written;
use crate::report::forecast::{self, ForecastJson};
use crate::report::secret_state::{SecretState, secret_state as state_of};
use crate::saved::live_fingerprint;

pub(crate) use applied::report;
use value::{is_withheld, json};

const FORMAT_VERSION: &str = "1.0";

/// A plan of trueup. New keys may be added without a new major version; readers must ignore keys they do not know.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "trueup plan")]
pub(crate) struct PlanJson {
    /// Version of this format: a new minor adds keys, a new major changes meanings.
    format_version: &'static str,
    /// The program that made the plan.
    tool: Tool,
    /// The name of the workspace.
    workspace: String,
    /// The snapshot that it was planned against, if no vendor was asked. Such a plan is never applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Against>,
    /// Whether `apply` would carry this plan out.
    applyable: bool,
    /// Whether everything that was asked for could be read.
    complete: bool,
    /// Whether reading met an error.
    errored: bool,
    /// How many of what.
    summary: Summary,
    /// What the guards object to. Empty means that nothing stands against the plan.
    guards: Vec<Guard>,
    /// The steps, in the order in which they would be done.
    resource_changes: Vec<ResourceChange>,
    /// Who gains and who loses what. Those come first who can do more than before.
    access: Vec<AccessSection>,
    /// Fields of which nobody can say whether they are in sync.
    unverified: Vec<UnverifiedField>,
    /// What could not be read. Nothing of it is created or deleted.
    incomplete: Vec<IncompleteRead>,
    /// Remarks on declared resources that no step touches, or that a reader should know of.
    notes: Vec<Remark>,
    /// What the plan took and what applying it asks, by vendor. It follows from the plan and the settings; no clock is
    /// read.
    forecast: BTreeMap<&'static str, ForecastJson>,
}

/// A snapshot.
#[derive(Debug, Serialize, JsonSchema)]
struct Against {
    /// When it was made.
    #[schemars(with = "String", extend("format" = "date-time"))]
    taken: Timestamp,
}

/// The program that made the plan.
#[derive(Debug, Serialize, JsonSchema)]
struct Tool {
    /// Always `trueup`.
    name: &'static str,
    /// The version of the program, not of the format.
    version: &'static str,
}

const TOOL: Tool = Tool {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
};

/// How many of what.
#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    /// Steps that create.
    create: usize,
    /// Steps that update.
    update: usize,
    /// Steps that delete, or disable where the vendor deletes nothing.
    delete: usize,
    /// Declared and already as declared.
    no_op: usize,
    /// Live and not declared.
    unmanaged: usize,
    /// Fields of which nobody can say whether they are in sync.
    cannot_verify: usize,
    /// Counts by kind, such as `senhasegura.password`.
    kinds: BTreeMap<String, KindCounts>,
}

/// What there is of one kind.
#[derive(Debug, Serialize, JsonSchema)]
struct KindCounts {
    /// What the vendor listed.
    live: usize,
    /// Declared and already as declared.
    no_op: usize,
    /// Declared, with nothing to change that could be seen, and with fields that nobody can verify.
    not_verifiable: usize,
    /// Live and not declared.
    unmanaged: usize,
}

/// An objection of a guard.
#[derive(Debug, Serialize, JsonSchema)]
struct Guard {
    /// A stable word, such as `max-deletes`.
    id: &'static str,
    /// Always `refuse`; guards that pass are not listed.
    #[schemars(extend("enum" = ["refuse"]))]
    result: &'static str,
    /// What it objects to, with number and limit.
    message: String,
    /// What lifts it.
    help: String,
}

/// One step.
#[derive(Debug, Serialize, JsonSchema)]
struct ResourceChange {
    /// Vendor, kind and name: `senhasegura.password.office-router`.
    address: String,
    /// Always `managed`.
    #[schemars(extend("enum" = ["managed"]))]
    mode: &'static str,
    /// Vendor and kind with an underscore, for rules that were written for Terraform: `senhasegura_password`.
    #[serde(rename = "type")]
    kind: String,
    /// The name in the YAML.
    name: String,
    /// The vendor.
    provider_name: &'static str,
    /// The vendor's id, unless it is to be created.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The fingerprint of the live object with all that was read of it, to tell later whether it changed; missing for what
    /// is to be created, and without a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        with = "Option<String>",
        regex(pattern = "^hmac:[0-9a-f]{8}:[0-9a-f]{12}$")
    )]
    live_fingerprint: Option<Fingerprint>,
    /// Where it is declared; missing for a live object that nothing declares.
    #[serde(skip_serializing_if = "Option::is_none")]
    declared_at: Option<DeclaredAt>,
    /// What it changes.
    change: Change,
    /// What is known of every secret that the declaration names, by field.
    secret_state: IndexMap<&'static str, SecretState>,
    /// By field, who changed it since it was applied last: `edited` in the declaration, `drifted` at the vendor, or `both`.
    /// Fields of which nothing is remembered are not in it.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(extend("additionalProperties" = { "type": "string", "enum": ["edited", "drifted", "both"] }))]
    origin: IndexMap<&'static str, &'static str>,
    /// What removing means: `delete`, or `disable` where the vendor deletes nothing. Only with a delete.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["delete", "disable"]))]
    removal: Option<&'static str>,
    /// Present and true if no public page of the vendor states how the step is done.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    assumed: bool,
    /// What of the step costs money, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    spends: Option<&'static str>,
    /// What the vendor says that it costs, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<String>,
    /// What of the step deserves a second look, if anything does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    risk: Vec<RiskJson>,
    /// What else its reader should know, a clause each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
    /// The addresses of the steps that come before it.
    waits_for: Vec<String>,
}

/// A reason to look twice at a step.
#[derive(Debug, Serialize, JsonSchema)]
struct RiskJson {
    /// A stable word: `policy-weakened`.
    id: &'static str,
    /// The field whose change it is; missing for the step as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    /// What it comes to.
    why: String,
}

/// A place in a file, lines and columns from 1.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DeclaredAt {
    /// The file's path, relative to the workspace.
    file: String,
    /// The line, from 1.
    line: usize,
    /// The character in the line, from 1.
    column: usize,
}

/// What a step changes. Fields that the declaration leaves out are not in it.
#[derive(Debug, Serialize, JsonSchema)]
struct Change {
    /// One of `create`, `update` and `delete`, as a list for rules that were written for Terraform.
    #[schemars(length(equal = 1))]
    #[schemars(extend("items" = { "type": "string", "enum": ["create", "update", "delete"] }))]
    actions: Vec<&'static str>,
    /// The fields before; null for a create. Secrets are null.
    before: Option<IndexMap<&'static str, Json>>,
    /// The fields after; null for a delete. Secrets are null.
    after: Option<IndexMap<&'static str, Json>>,
    /// Always empty: what the vendor makes up itself is not managed.
    after_unknown: IndexMap<&'static str, bool>,
    /// True for each field whose value is withheld.
    before_sensitive: IndexMap<&'static str, bool>,
    /// True for each field whose value is withheld.
    after_sensitive: IndexMap<&'static str, bool>,
}

/// A field of which nobody can say whether it is in sync.
#[derive(Debug, Serialize, JsonSchema)]
struct UnverifiedField {
    /// The resource.
    address: String,
    /// The field.
    field: &'static str,
    /// What stands in the way.
    why: String,
}

/// Something that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
struct IncompleteRead {
    /// A vendor, kind or address, as `--exclude` takes it.
    what: String,
    /// What went wrong.
    why: String,
    /// What to do about it, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

/// A remark on a resource.
#[derive(Debug, Serialize, JsonSchema)]
struct Remark {
    /// The resource.
    address: String,
    /// The remark, to be read after the address.
    message: String,
    /// Where it is declared, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    declared_at: Option<DeclaredAt>,
}

/// A plan as JSON, with a line end. Depends on nothing but its input.
pub(crate) fn plan(shown: &Shown<'_>) -> String {
    let Shown {
        workspace,
        plan,
        forecasts,
        sources,
        origins,
        refusals,
        warnings: _,
        key,
        against,
    } = *shown;
    let unverified = plan.unverified.iter().map(|it| UnverifiedField {
        address: it.address.to_string(),
        field: it.field,
        why: it.why.clone(),
    });
    let incomplete = plan.incomplete.iter().map(|it| IncompleteRead {
        what: it.what.clone(),
        why: it.why.clone(),
        help: it.help.clone(),
    });
    let notes = plan.notes.iter().map(|it| Remark {
        address: it.address.to_string(),
        message: it.message.clone(),
        declared_at: it.place.map(|place| declared_at(place, sources)),
    });
    let guards = refusals.iter().map(|refusal| Guard {
        id: refusal.code(),
        result: "refuse",
        message: refusal.to_string(),
        help: refusal.help(),
    });
    written(&PlanJson {
        format_version: FORMAT_VERSION,
        tool: TOOL,
        workspace: workspace.to_owned(),
        against: against.map(|taken| Against { taken }),
        applyable: against.is_none()
            && refusals.is_empty()
            && plan.views().all(|view| view.obstacles.is_empty()),
        complete: plan.is_complete(),
        errored: !plan.is_complete(),
        summary: summary(plan),
        guards: guards.collect(),
        resource_changes: plan
            .views()
            .map(|view| resource_change(view, sources, origins, key))
            .collect(),
        access: access::sections(&impact(plan)),
        unverified: unverified.collect(),
        incomplete: incomplete.collect(),
        notes: notes.collect(),
        forecast: forecasts.iter().map(forecast::json).collect(),
    })
}

/// A plan that was saved as JSON, as [`plan`] printed it.
pub(crate) fn saved(plan: &Json) -> String {
    written(plan)
}

/// The steps alone, as the plan has them.
pub(crate) fn changes(plan: &Plan, sources: &Sources) -> Json {
    let changes = plan.views();
    let none = Origins::default();
    let changes = changes.map(|view| resource_change(view, sources, &none, None));
    serde_json::to_value(changes.collect::<Vec<_>>()).unwrap_or_default()
}

fn summary(plan: &Plan) -> Summary {
    let kinds = plan.tallies.iter().map(
        |(
            kind,
            Tally {
                live,
                unchanged,
                unverified,
                strangers,
                administrators: _,
                remembered: _,
                lost: _,
            },
        )| {
            let counts = KindCounts {
                live: *live,
                no_op: *unchanged,
                not_verifiable: *unverified,
                unmanaged: *strangers,
            };
            (kind.to_string(), counts)
        },
    );
    Summary {
        create: plan.count(Action::Create),
        update: plan.count(Action::Update),
        delete: plan.count(Action::Delete),
        no_op: plan.tallies.values().map(|tally| tally.unchanged).sum(),
        unmanaged: plan.tallies.values().map(|tally| tally.strangers).sum(),
        cannot_verify: plan.unverified.len(),
        kinds: kinds.collect(),
    }
}

fn resource_change(
    view: &StepView,
    sources: &Sources,
    origins: &Origins,
    key: Option<&WorkspaceKey>,
) -> ResourceChange {
    let kind = view.address.kind;
    let action = view.action.word();
    let removal = match view.removal {
        Removal::Delete => "delete",
        Removal::Disable => "disable",
    };
    let mut before = IndexMap::new();
    let mut after = IndexMap::new();
    let (mut before_sensitive, mut after_sensitive) = (IndexMap::new(), IndexMap::new());
    let mut secret_state = IndexMap::new();
    if view.enable {
        before.insert("state", Json::from("disabled"));
        after.insert("state", Json::from("enabled"));
    }
    for field in &view.fields {
        for (value, values, sensitive) in [
            (&field.before, &mut before, &mut before_sensitive),
            (&field.after, &mut after, &mut after_sensitive),
        ] {
            if let Some(value) = value {
                values.insert(field.name, json(value));
                if is_withheld(value) {
                    sensitive.insert(field.name, true);
                }
            }
        }
        if let Some(state) = state_of(field, key) {
            secret_state.insert(field.name, state);
        }
    }
    ResourceChange {
        address: view.address.to_string(),
        mode: "managed",
        kind: format!("{}_{}", kind.vendor, kind.name),
        name: view.address.name.to_string(),
        provider_name: kind.vendor,
        id: view.id.as_ref().map(|id| id.0.clone()),
        live_fingerprint: key
            .filter(|_| view.id.is_some())
            .map(|key| live_fingerprint(view, key)),
        declared_at: view.place.map(|place| declared_at(place, sources)),
        change: Change {
            actions: vec![action],
            before: (view.action != Action::Create).then_some(before),
            after: (view.action != Action::Delete).then_some(after),
            after_unknown: IndexMap::new(),
            before_sensitive,
            after_sensitive,
        },
        secret_state,
        origin: origin(origins.get(&view.address)),
        removal: (view.action == Action::Delete).then_some(removal),
        assumed: view.terms.assumed,
        spends: view.terms.spends.map(|it| it.what),
        price: view.price.clone(),
        risk: view.risks.iter().map(risk).collect(),
        remarks: view.remarks.clone(),
        waits_for: view.waits_for.iter().map(ToString::to_string).collect(),
    }
}

fn risk(risk: &Risk) -> RiskJson {
    let Risk { sort, field, why } = risk;
    RiskJson {
        id: sort.code(),
        field: *field,
        why: why.clone(),
    }
}

fn origin(explained: Option<&Explained>) -> IndexMap<&'static str, &'static str> {
    let fields = explained.into_iter().flat_map(|it| &it.fields);
    let word = |origin: Origin| match origin {
        Origin::Edited => "edited",
        Origin::Drifted => "drifted",
        Origin::Both => "both",
    };
    fields.map(|(name, it)| (*name, word(*it))).collect()
}

pub(super) fn declared_at(place: Place, sources: &Sources) -> DeclaredAt {
    let position = sources.position(place);
    DeclaredAt {
        file: position.file,
        line: position.line,
        column: position.column,
    }
}
