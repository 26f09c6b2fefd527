//! From a workspace to a plan: what `plan` and `apply` share.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::watch;

use super::Streams;
use super::connect::{Open, complain};
use super::door::Door;
use super::gather::{Gathered, Gathering, gather, recall};
use super::program::Programs;
use super::progress::Line;
use super::stream;
use super::time::Time;
use crate::cli::{Allow, Planning};
use crate::exit::Exit;
use crate::forecast::{Forecast, forecast};
use crate::guard::{self, Limits};
use crate::host::Host;
use crate::ledger::Ledger;
use crate::load::Workspace;
use crate::load::workspace::Settings;
use crate::model::address::{Address, KindId};
use crate::model::diagnostic::Diagnostics;
use crate::model::error::Cause;
use crate::model::place::Sources;
use crate::plan::{Incomplete, Plan};
use crate::report::picture::Warning;
use crate::resolve::Head;
use crate::select::Selection;
use crate::snapshot::Snapshot;
use crate::vendors::erased::AnySystem;

/// A plan with what belongs to it.
pub(super) struct Planned {
    pub workspace: String,
    pub plan: Plan,
    /// Whether it is about everything that is declared and remembered.
    pub is_whole: bool,
    pub sources: Sources,
    pub limits: Limits,
    /// Where secrets go that vendors show once.
    pub door: Arc<Door>,
    /// What was warned of on the way.
    pub warnings: Vec<Warning>,
    /// What applying it asks of each vendor.
    pub forecasts: Vec<Forecast>,
    /// What the clock says to that.
    pub times: Vec<Time>,
    /// How often a request that failed is sent again, by vendor.
    pub repeats: BTreeMap<&'static str, u32>,
    /// The sessions and the emulators that the plan was read from; they must outlive its application.
    pub open: Open,
}

impl Planned {
    /// The exit code that reading alone asks for.
    pub(super) fn read_exit(&self) -> Exit {
        if self
            .plan
            .incomplete
            .iter()
            .any(|it| it.cause == Cause::Login)
        {
            Exit::Login
        } else if self.plan.is_complete() {
            Exit::Fine
        } else {
            Exit::Error
        }
    }
}

/// What a plan is made from beside the workspace.
pub(super) struct Observing<'a> {
    pub args: &'a Planning,
    pub ledger: Arc<Ledger>,
    /// Whether what is as declared is to be remembered.
    pub is_recorded: bool,
    /// Nothing else is looked at closely, if anything is said.
    pub only: Option<Arc<BTreeSet<Address>>>,
    /// Takes out of the plan what is not to be done.
    pub narrow: &'a dyn Fn(&mut Plan, &Sources),
    pub line: &'a Line,
    /// What is there is taken from it, if it is given, and nobody is asked.
    pub against: Option<&'a Snapshot>,
}

/// Reads and compares; prints what is wrong on the way.
pub(super) async fn observe(
    workspace: Workspace,
    observing: Observing<'_>,
    host: &mut Host,
    streams: Streams,
) -> Result<Planned, Exit> {
    let Observing {
        args,
        ledger,
        is_recorded,
        only,
        narrow: narrow_further,
        line,
        against,
    } = observing;
    let declared = workspace.addresses();
    let Workspace {
        directory,
        settings,
        heads,
        sources,
        warnings,
        asked: _,
    } = workspace;
    let warnings = warnings.iter().map(|it| Warning::of(it, &sources));
    let mut warnings = warnings.collect::<Vec<_>>();
    let Settings {
        workspace,
        include: _,
        vars: _,
        secrets: policy,
        guards,
        store: _,
        systems,
    } = settings;
    let mut kinds = kinds_to_read(&heads, &systems, &ledger);
    if let Some(only) = &only {
        // Others are needed where the vendor speaks of them by id.
        let named = only.iter().map(|it| it.kind).chain(by_id(&heads));
        kinds = Arc::new(named.collect());
    }
    let assuming = systems.iter().filter(|it| it.system().assumed_actions);
    let assumed_actions = assuming.map(|it| it.vendor()).collect();

    let gathering = Gathering {
        directory: &directory,
        parallelism: args.parallelism as usize,
        ledger: &ledger,
        is_recorded,
        only: only.clone(),
        kinds,
        line,
    };
    let gathered = match against {
        None => gather(systems, &gathering, host, streams).await?,
        Some(snapshot) => {
            let recalled = recall(systems, snapshot, &gathering, host).await;
            recalled.map_err(|problem| {
                complain(host, streams, &format!("the snapshot {problem}"));
                Exit::Error
            })?
        }
    };
    let Gathered {
        mut kinds,
        links,
        mut incomplete,
        warnings: cautions,
        traffics,
        repeats,
        open,
    } = gathered;
    warnings.extend(cautions);
    let mut found = Diagnostics::default();
    for kind in &mut kinds {
        let (unread, problems) = kind.take_problems();
        incomplete.extend(unread);
        found.extend(problems);
    }
    let unclear = unclear(&heads, &incomplete);
    incomplete.extend(unclear);
    incomplete.sort_by(|a, b| a.what.cmp(&b.what));
    if found.has_errors() {
        let found = found.sorted();
        stream::mistakes(host, streams, &found, &sources);
        return Err(close(open, Exit::Invalid, host, streams).await);
    }
    let compared = kinds.into_iter().map(|kind| kind.compare(&links)).collect();
    let mut plan = match Plan::new(compared, incomplete, links) {
        Ok(plan) => plan,
        Err(cycle) => {
            complain(host, streams, &cycle.to_string());
            return Err(close(open, Exit::Error, host, streams).await);
        }
    };
    plan.leave_out_unread();
    let is_narrowed = narrow(&mut plan, args, &declared, host, streams);
    narrow_further(&mut plan, &sources);
    ask_prices(&mut plan).await;
    let door = Arc::new(Door::new(Programs::new(
        directory,
        policy.command_timeout,
        host,
    )));
    // What cannot be applied here delivers nothing here.
    if against.is_none() {
        plan.check_outputs(&*door);
    }
    let (mut forecasts, mut times) = (Vec::new(), Vec::new());
    for ((vendor, bounds), traffic) in traffics {
        let forecast = forecast(plan.writes(), vendor, bounds, traffic.reads());
        times.extend(Time::of(&forecast, traffic.mean_answer()));
        forecasts.push(forecast);
    }
    let limits = Limits {
        max_deletes: args.max_deletes.unwrap_or(guards.max_deletes),
        max_delete_percent: args
            .max_delete_percent
            .map_or(guards.max_delete_percent, |percent| percent as usize),
        protect: guards.protect,
        assumed_actions,
        allow_spend: args.allow_spend,
        allow: args.allow.iter().map(|code| let_pass(*code)).collect(),
    };
    Ok(Planned {
        workspace,
        is_whole: !is_narrowed && only.is_none() && plan.is_complete(),
        plan,
        sources,
        limits,
        door,
        warnings,
        forecasts,
        times,
        repeats,
        open,
    })
}

/// Asks vendors what the steps cost that cost money.
async fn ask_prices(plan: &mut Plan) {
    let asked = plan
        .prices()
        .map(async |(address, price)| (address, price.await));
    let asked = join_all(asked).await.into_iter();
    let prices = asked.filter_map(|(address, price)| Some((address, price?)));
    let prices = prices.collect::<BTreeMap<_, _>>();
    plan.set_prices(&prices);
}

/// What a code on the command line stands for.
fn let_pass(code: Allow) -> guard::Allow {
    match code {
        Allow::OwnAccount => guard::Allow::OwnAccount,
        Allow::LastAdministrator => guard::Allow::LastAdministrator,
        Allow::EmptiedKind => guard::Allow::EmptiedKind,
        Allow::ShrunkenKind => guard::Allow::ShrunkenKind,
    }
}

/// Tells what could not be read.
pub(super) fn tell_unread(plan: &Plan, host: &mut Host, streams: Streams) {
    for it in &plan.incomplete {
        complain(
            host,
            streams,
            &format!("{} was not read: {}", it.what, it.why),
        );
    }
}

/// Closes what the run held open and gives the exit code, which a world that cannot be kept makes an error.
pub(super) async fn close(open: Open, exit: Exit, host: &mut Host, streams: Streams) -> Exit {
    match open.close().await {
        Ok(()) => exit,
        Err(problem) => {
            complain(host, streams, &problem);
            if matches!(exit, Exit::Fine | Exit::Changes) {
                Exit::Error
            } else {
                exit
            }
        }
    }
}

/// Ends when the run is told to stop. A sender that is gone can never say so.
pub(super) async fn stopped(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Takes out what is not asked for, and tells whether anything was asked for.
fn narrow(
    plan: &mut Plan,
    args: &Planning,
    declared: &[Address],
    host: &mut Host,
    streams: Streams,
) -> bool {
    let selection = Selection {
        targets: args.targets.clone(),
        excludes: args.excludes.clone(),
    };
    if selection.is_everything() {
        return false;
    }
    for pattern in selection.narrow(plan, declared) {
        let text = format!("nothing declared is `{pattern}` or belongs to it");
        stream::caution(host, streams, &text);
    }
    true
}

/// Declared resources of which the vendor speaks in ids of a kind that was not read: nobody can tell whether they differ.
fn unclear(heads: &[Head], incomplete: &[Incomplete]) -> Vec<Incomplete> {
    let unclear = heads.iter().filter_map(|head| {
        let mut kinds = head.links.iter().filter(|link| link.by_id);
        let kind = kinds.find_map(|link| {
            let kind = link.kind.to_string();
            incomplete.iter().find(|it| it.what == kind)
        })?;
        Some(Incomplete {
            what: head.address.to_string(),
            why: format!("it speaks of {}, which was not read", kind.what),
            help: None,
            cause: kind.cause,
        })
    });
    unclear.collect()
}

/// Declared kinds, kinds whose strangers are deleted, kinds of which something is remembered that is no longer declared,
/// and kinds whose ids other answers speak of.
pub(super) fn kinds_to_read(
    heads: &[Head],
    systems: &[Box<dyn AnySystem>],
    ledger: &Ledger,
) -> Arc<BTreeSet<KindId>> {
    let names = heads.iter().map(|head| &head.address);
    let names = names.collect::<HashSet<_>>();
    let ours = ledger.iter().filter(|(_, it)| it.hold.is_ours());
    let orphans = ours.map(|(address, _)| address);
    let orphans = orphans.filter(|it| !names.contains(it)).map(|it| it.kind);
    let declared = heads.iter().map(|head| head.address.kind);
    let exclusive = systems.iter().flat_map(|system| system.exclusive_kinds());
    let kinds = declared.chain(exclusive).chain(by_id(heads));
    Arc::new(kinds.chain(orphans).collect())
}

/// The kinds whose ids other answers speak of.
fn by_id(heads: &[Head]) -> impl Iterator<Item = KindId> {
    let links = heads.iter().flat_map(|head| &head.links);
    links.filter(|link| link.by_id).map(|link| link.kind)
}
