//! What an apply is asked to apply: a workspace as it stands, or a plan that was saved and approved.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use super::records::Records;
use super::{Streams, complain};
use crate::cli::{Apply, Place, Planning, Variables};
use crate::exit::Exit;
use crate::host::Host;
use crate::load::Workspace;
use crate::model::address::Address;
use crate::model::fingerprint::Key;
use crate::model::place::Sources;
use crate::plan::Plan;
use crate::report::json;
use crate::saved::check::Checked;
use crate::saved::{BadPlan, Saved};

/// What is to be applied.
pub(super) enum Source {
    Workspace(Planning),
    /// A saved plan: its file, its text, and how it was made.
    Saved {
        file: PathBuf,
        text: String,
        planning: Planning,
    },
}

/// A saved plan that this workspace signed.
pub(super) struct Approval {
    pub id: String,
    saved: Saved,
    addresses: Arc<BTreeSet<Address>>,
}

impl Source {
    /// Where a file stands in the place of the workspace's folder, it is a saved plan.
    pub(super) fn of(args: &Apply, host: &mut Host, streams: Streams) -> Result<Self, Exit> {
        let planning = args.planning.clone();
        let file = host.directory.join(&planning.place.directory);
        if !file.is_file() {
            return Ok(Self::Workspace(planning));
        }
        let name = planning.place.directory.display().to_string();
        let text = fs::read_to_string(&file).map_err(|error| error.to_string());
        let read = text.and_then(|text| {
            let saved = Saved::peek(&text).map_err(|error| error.to_string())?;
            Ok((text, saved))
        });
        let (text, saved) = read.map_err(|why| {
            complain(host, streams, &format!("{name} cannot be applied: {why}"));
            Exit::Stale
        })?;
        let request = saved.request;
        let planning = Planning {
            place: Place {
                directory: request.directory.into(),
            },
            variables: Variables { vars: request.vars },
            targets: request.targets,
            excludes: request.excludes,
            ..planning
        };
        Ok(Self::Saved {
            file,
            text,
            planning,
        })
    }

    pub(super) fn planning(&self) -> &Planning {
        match self {
            Self::Workspace(planning) | Self::Saved { planning, .. } => planning,
        }
    }

    /// The saved plan's file.
    pub(super) fn saved(&self) -> Option<&PathBuf> {
        match self {
            Self::Workspace(_) => None,
            Self::Saved { file, .. } => Some(file),
        }
    }

    /// The command, as the journal has it.
    pub(super) fn command(&self) -> &'static str {
        match self {
            Self::Workspace(_) => "apply",
            Self::Saved { .. } => "apply of a saved plan",
        }
    }

    /// The saved plan, if it is one of this workspace and of this configuration; the exit code, if it is not.
    pub(super) fn approval(
        &self,
        workspace: &Workspace,
        records: &Records,
        host: &mut Host,
        streams: Streams,
    ) -> Result<Option<Approval>, Exit> {
        let Self::Saved { file, text, .. } = self else {
            return Ok(None);
        };
        let key = &records.pen.key;
        let mut refuse = |why: &str, help: &str| {
            let name = file.display();
            let text = format!("{name} is not applied: {why}\n  {help}");
            complain(host, streams, &text);
            Exit::Stale
        };
        let saved = Saved::from_file(text, key).map_err(|error| {
            let help = match error {
                BadPlan::OtherKey { .. } => {
                    "make the plan and apply it with the same key (`TRUEUP_KEY`, `TRUEUP_KEY_FILE` or the workspace's own)"
                }
                BadPlan::NotAPlan(_) | BadPlan::Edited | BadPlan::OtherFormat(_) => {
                    "make the plan anew with `plan --out FILE`"
                }
            };
            refuse(&error.to_string(), help)
        })?;
        if saved.workspace != workspace.settings.workspace {
            let why = format!("it is a plan of the workspace `{}`", saved.workspace);
            return Err(refuse(&why, "apply it there"));
        }
        if !saved.fits(&workspace.sources, key) {
            let why = "the configuration is not the one that the plan was made from";
            return Err(refuse(
                why,
                "make the plan anew, so that what is applied is what was approved",
            ));
        }
        let is_planned = |address: &&Address| saved.plans(&address.to_string());
        let declared = workspace.addresses();
        let remembered = records.ledger.iter().map(|(address, _)| address);
        let addresses = declared.iter().chain(remembered).filter(is_planned);
        let addresses = addresses.cloned().collect();
        Ok(Some(Approval {
            id: saved.id.clone(),
            addresses: Arc::new(addresses),
            saved,
        }))
    }
}

impl Approval {
    /// The resources that it is about, as far as they are declared or were.
    pub(super) fn addresses(&self) -> Arc<BTreeSet<Address>> {
        Arc::clone(&self.addresses)
    }

    /// Takes out of the plan of today what was not approved, or is not as it was.
    pub(super) fn narrow(&self, plan: &mut Plan, sources: &Sources, key: &Key) -> Checked {
        let today = json::changes(plan, sources);
        self.saved.narrow(plan, &today, key)
    }
}
