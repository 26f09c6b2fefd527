//! A plan in a file: what somebody approved, bound to the configuration and to the live objects it was made from.
//!
//! The file holds no work to be done. Applying it makes the plan anew and carries out of it what is still the same.

pub(crate) mod check;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::model::canonical;
use crate::model::fingerprint::{Fingerprint, WorkspaceKey};
use crate::model::place::Sources;
use crate::plan::{Plan, StepView};

const FORMAT_VERSION: &str = "1.1";

/// What a plan was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    /// The workspace's folder, as the command line named it.
    pub directory: String,
    pub vars: Vec<String>,
    pub targets: Vec<String>,
    pub excludes: Vec<String>,
}

/// A plan as it is saved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Saved {
    format_version: String,
    /// What tells it from every other plan, so that it is applied once.
    pub id: String,
    pub made: Timestamp,
    pub workspace: String,
    pub request: Request,
    /// The fingerprint of all files that it was made from.
    configuration: String,
    steps: BTreeMap<String, SavedStep>,
    /// The plan as `plan --json` prints it.
    pub plan: serde_json::Value,
    /// What reports are drawn from; null in a file that was written before there was one.
    #[serde(default)]
    pub picture: serde_json::Value,
}

/// One step of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SavedStep {
    action: String,
    /// The fingerprint of the live object, with all that was read of it.
    live: String,
    /// The fingerprint of what the step makes of it.
    change: String,
}

/// The file: the plan, and a signature over its very bytes.
#[derive(Serialize, Deserialize)]
struct File<'f> {
    #[serde(borrow)]
    trueup_plan: &'f RawValue,
    /// The id of the key that signed it.
    key: String,
    signature: String,
}

/// What a plan is, and what it was made from.
pub(crate) struct Making<'a> {
    pub workspace: &'a str,
    pub sources: &'a Sources,
    pub plan: &'a Plan,
    /// The plan as `plan --json` prints it.
    pub json: serde_json::Value,
    /// What reports are drawn from.
    pub picture: serde_json::Value,
}

/// Why a file is no plan to apply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadPlan {
    #[error("it is not a saved plan: {0}")]
    NotAPlan(serde_json::Error),
    #[error("it was signed with the key {theirs}, and this workspace has the key {ours}")]
    OtherKey { ours: String, theirs: String },
    #[error("its signature does not fit: it was edited since it was made, or cut short")]
    Edited,
    #[error("its format is {0}, and this trueup knows {FORMAT_VERSION}")]
    OtherFormat(String),
}

impl Saved {
    /// Keeps of a plan what tells later whether it is still the same.
    pub(crate) fn new(
        id: String,
        made: Timestamp,
        request: Request,
        making: &Making<'_>,
        key: &WorkspaceKey,
    ) -> Self {
        let Making {
            workspace,
            sources,
            plan,
            json,
            picture,
        } = making;
        let steps = plan.views().map(|view| {
            let step = SavedStep::of(view, key);
            (view.address.to_string(), step)
        });
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            id,
            made,
            workspace: (*workspace).to_owned(),
            request,
            configuration: configuration(sources, key),
            steps: steps.collect(),
            plan: json.clone(),
            picture: picture.clone(),
        }
    }

    /// The file's text.
    pub(crate) fn to_file(&self, key: &WorkspaceKey) -> String {
        let plan = serde_json::to_string_pretty(self).expect("a plan can be written as JSON");
        let plan = RawValue::from_string(plan).expect("what was just written is JSON");
        let file = File {
            trueup_plan: &plan,
            key: key.id().to_owned(),
            signature: key.sign(plan.get().as_bytes()),
        };
        let mut text = serde_json::to_string_pretty(&file).expect("a file can be written as JSON");
        text.push('\n');
        text
    }

    /// Reads a file, whoever wrote it, to find its workspace. Nothing in it can be trusted yet.
    pub(crate) fn peek(text: &str) -> Result<Self, BadPlan> {
        let file = serde_json::from_str::<File<'_>>(text).map_err(BadPlan::NotAPlan)?;
        let saved = file.trueup_plan.get();
        let saved = serde_json::from_str::<Self>(saved).map_err(BadPlan::NotAPlan)?;
        match saved.format_version.split_once('.') {
            Some(("1", _)) => Ok(saved),
            Some(_) | None => Err(BadPlan::OtherFormat(saved.format_version)),
        }
    }

    /// Reads a file that this workspace's key signed.
    pub(crate) fn from_file(text: &str, key: &WorkspaceKey) -> Result<Self, BadPlan> {
        let saved = Self::peek(text)?;
        let file = serde_json::from_str::<File<'_>>(text).map_err(BadPlan::NotAPlan)?;
        if file.key != key.id() {
            return Err(BadPlan::OtherKey {
                ours: key.id().to_owned(),
                theirs: file.key,
            });
        }
        let plan = file.trueup_plan.get().as_bytes();
        if key.is_signed(plan, &file.signature) {
            Ok(saved)
        } else {
            Err(BadPlan::Edited)
        }
    }

    /// Whether it has a step on this address.
    pub(crate) fn plans(&self, address: &str) -> bool {
        self.steps.contains_key(address)
    }

    /// Whether the configuration is the one that the plan was made from.
    pub(crate) fn fits(&self, sources: &Sources, key: &WorkspaceKey) -> bool {
        self.configuration == configuration(sources, key)
    }
}

impl SavedStep {
    fn of(view: &StepView, key: &WorkspaceKey) -> Self {
        let live = live_fingerprint(view, key);
        let change = key.fingerprint_of(|sink| {
            let fields = view.fields.iter().filter(|field| field.changed());
            canonical::fields(fields.map(|it| (it.name, it.after.as_ref())), sink);
        });
        Self {
            action: view.action.word().to_owned(),
            live: live.to_string(),
            change: change.to_string(),
        }
    }
}

/// The fingerprint of the live object of a step, with all that was read of it.
pub(crate) fn live_fingerprint(view: &StepView, key: &WorkspaceKey) -> Fingerprint {
    key.fingerprint_of(|sink| {
        let id = view.id.as_ref().map_or("", |id| &id.0);
        sink(id.as_bytes());
        sink(if view.enable { b"-" } else { b"+" });
        let live = view.live.iter().map(|(name, value)| (*name, Some(value)));
        canonical::fields(live, sink);
    })
}

/// The fingerprint of all files, by their paths.
fn configuration(sources: &Sources, key: &WorkspaceKey) -> String {
    let fingerprint = key.fingerprint_of(|sink| {
        for source in sources.iter() {
            let (path, text) = (&source.path, &source.text);
            sink(&(path.len() as u64).to_be_bytes());
            sink(path.as_bytes());
            sink(&(text.len() as u64).to_be_bytes());
            sink(text.as_bytes());
        }
    });
    fingerprint.to_string()
}
