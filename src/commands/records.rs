//! The records of a workspace: its store, with the ledger that is read from it, and the lease under which it is written.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};
use tokio::task::JoinHandle;

use super::ci::Started;
use super::connect::complain;
use super::observe::stopped;
use super::{Streams, key, load};
use crate::cli::Planning;
use crate::exit::Exit;
use crate::host::Host;
use crate::ledger::Ledger;
use crate::ledger::keep::Pen;
use crate::load::Workspace;
use crate::load::workspace::Settings;
use crate::model::address::KindId;
use crate::model::fingerprint::WorkspaceKey;
use crate::plan::Plan;
use crate::store::{
    Begun, Change, Claim, Entry, Event, Lease, LeaseId, Line, Location, Opening, Outcome, Problem,
    Run, RunId, RunOutcome, Settled, Store, StoreError,
};
use crate::vendors::VENDORS;

/// How long to wait for a server, or for another process that is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often somebody who waits for the lease looks again.
const LOOKS: Duration = Duration::from_millis(500);

/// What a run that writes nothing knows.
#[derive(Default)]
pub(super) struct Known {
    pub ledger: Ledger,
    /// None before anything was applied.
    pub key: Option<WorkspaceKey>,
}

/// What a run that may write holds.
pub(super) struct Records {
    pub store: Arc<Store>,
    pub lease: Arc<Lease>,
    pub ledger: Arc<Ledger>,
    pub pen: Pen,
    /// The last run, if it broke off.
    pub killed: Option<Run>,
    /// The intents that runs which were killed have left.
    pub unsettled: Vec<Line>,
    heart: JoinHandle<()>,
}

/// How the lease is taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holding {
    /// How long to wait for another run.
    pub timeout: Duration,
    /// How long the lease is good for without a sign of life.
    pub lasts: Duration,
}

/// Reads what is remembered; nothing where nothing was applied yet.
pub(super) async fn look(
    directory: &Path,
    settings: &Settings,
    host: &mut Host,
    streams: Streams,
) -> Result<Known, Exit> {
    let key = key::find(directory, host).map_err(|why| refuse(host, streams, &why))?;
    let Some(store) = find(settings, host, streams).await? else {
        return Ok(Known {
            ledger: Ledger::of(Vec::new(), &[], key.clone()),
            key,
        });
    };
    let entries = store.entries().await;
    let entries = entries.map_err(|error| fail(host, streams, &error))?;
    Ok(Known {
        ledger: Ledger::of(entries, &kinds(), key.clone()),
        key,
    })
}

/// Opens the store to read it; none where there is none yet.
pub(super) async fn find(
    settings: &Settings,
    host: &mut Host,
    streams: Streams,
) -> Result<Option<Store>, Exit> {
    let location = location(settings, host, streams)?;
    let store = Store::find(&location, opening(settings, host)).await;
    store.map_err(|error| fail(host, streams, &error))
}

/// Opens the store to read and write it; none where there is none yet.
pub(super) async fn open(
    settings: &Settings,
    host: &mut Host,
    streams: Streams,
) -> Result<Option<Store>, Exit> {
    if find(settings, host, streams).await?.is_none() {
        return Ok(None);
    }
    let location = location(settings, host, streams)?;
    let store = Store::open(&location, opening(settings, host)).await;
    store.map(Some).map_err(|error| fail(host, streams, &error))
}

fn location(settings: &Settings, host: &mut Host, streams: Streams) -> Result<Location, Exit> {
    let location = settings.store.clone();
    location.map_err(|why| refuse(host, streams, &format!("the store is not known: {why}")))
}

fn opening(settings: &Settings, host: &Host) -> Opening {
    Opening {
        workspace: settings.workspace.clone(),
        clock: Arc::clone(&host.clock),
        patience: PATIENCE,
    }
}

/// Loads a workspace and holds its records.
pub(super) async fn load_and_hold(
    planning: &Planning,
    lease: &crate::cli::Lease,
    command: &str,
    host: &mut Host,
    streams: Streams,
) -> Result<(Workspace, Records), Exit> {
    let Planning {
        place, variables, ..
    } = planning;
    let workspace = load(&place.directory, &variables.vars, host, streams).await?;
    let (directory, settings) = (&workspace.directory, &workspace.settings);
    let held = hold(
        directory,
        settings,
        command,
        Holding::of(lease),
        host,
        streams,
    );
    let records = held.await?;
    Ok((workspace, records))
}

/// Opens the store, takes the lease of the workspace, and writes that a run has begun.
pub(super) async fn hold(
    directory: &Path,
    settings: &Settings,
    command: &str,
    holding: Holding,
    host: &mut Host,
    streams: Streams,
) -> Result<Records, Exit> {
    let location = location(settings, host, streams)?;
    let store = Store::open(&location, opening(settings, host)).await;
    let store = Arc::new(store.map_err(|error| fail(host, streams, &error))?);
    let key = key::find_or_make(directory, host).map_err(|why| refuse(host, streams, &why))?;
    let started = Started::of(host);
    let lease = acquire(&store, &started, holding, host, streams).await?;
    let lease = Arc::new(lease);
    let heart = tokio::spawn(beat(Arc::clone(&store), Arc::clone(&lease), holding.lasts));
    let (run, at) = (RunId::new((host.clock)(), &random()), (host.clock)());
    let begun = begin(&store, &lease, run, command, started).await;
    let Before {
        killed,
        entries,
        unsettled,
    } = begun.map_err(|error| fail(host, streams, &error))?;
    let mut ledger = Ledger::of(entries, &kinds(), Some(key.clone()));
    for line in &unsettled {
        if let Event::Intent(intent) = &line.event
            && intent.action == "create"
        {
            ledger.expect(&intent.address, line.at, &kinds());
        }
    }
    Ok(Records {
        store,
        lease,
        ledger: Arc::new(ledger),
        pen: Pen { key, run, at },
        killed,
        unsettled,
        heart,
    })
}

/// What earlier runs left.
struct Before {
    killed: Option<Run>,
    entries: Vec<Entry>,
    unsettled: Vec<Line>,
}

async fn begin(
    store: &Store,
    lease: &Lease,
    run: RunId,
    command: &str,
    started: Started,
) -> Result<Before, StoreError> {
    let Started {
        commit,
        actor,
        run_url,
    } = started;
    let begun = Begun {
        command: command.to_owned(),
        commit,
        actor,
        run_url,
    };
    let last = store.runs(1).await?.pop();
    store.begin_run(lease, run, begun).await?;
    Ok(Before {
        killed: last.filter(|run| run.ended.is_none()),
        entries: store.entries().await?,
        unsettled: store.unsettled().await?,
    })
}

/// Takes the lease, and waits for whoever has it as long as the user said.
async fn acquire(
    store: &Store,
    started: &Started,
    holding: Holding,
    host: &mut Host,
    streams: Streams,
) -> Result<Lease, Exit> {
    let Holding { timeout, lasts } = holding;
    let id = LeaseId::new((host.clock)(), &random());
    let begin = tokio::time::Instant::now();
    let mut is_told = false;
    loop {
        let claim = Claim {
            id,
            owner: started.owner(),
            run_url: started.run_url.clone(),
            lasts,
        };
        let error = match store.acquire(claim).await {
            Ok(lease) => return Ok(lease),
            Err(error) => error,
        };
        let is_held = matches!(error.problem, Problem::LeaseHeld(_));
        if !is_held || begin.elapsed() >= timeout {
            return Err(fail(host, streams, &error));
        }
        if !std::mem::replace(&mut is_told, true) {
            host.warn(&format!("Waiting: {error}\n"));
        }
        tokio::select! {
            () = tokio::time::sleep(LOOKS.min(timeout)) => {}
            () = stopped(host.stop.clone()) => {
                host.warn("Interrupted while waiting; nothing was changed.\n");
                return Err(Exit::Interrupted);
            }
        }
    }
}

/// Keeps the lease alive. If that fails, what is written next fails and tells why.
async fn beat(store: Arc<Store>, lease: Arc<Lease>, lasts: Duration) {
    loop {
        tokio::time::sleep(lasts / 3).await;
        if let Err(error) = store.renew(&lease, lasts).await {
            tracing::warn!("the lease was not renewed: {error}");
        }
    }
}

impl Holding {
    pub(super) fn of(lease: &crate::cli::Lease) -> Self {
        let crate::cli::Lease {
            lock_timeout,
            lease_time,
        } = lease;
        Self {
            timeout: *lock_timeout,
            lasts: *lease_time,
        }
    }
}

impl Records {
    /// Tells of a run that was killed, and refuses to go on with one that was not.
    pub(super) fn may_resume(
        &self,
        is_asked: bool,
        host: &mut Host,
        streams: Streams,
    ) -> Result<(), Exit> {
        let left = self.unsettled.len();
        match &self.killed {
            None if is_asked => Err(refuse(
                host,
                streams,
                "there is nothing to resume: no run of this workspace broke off",
            )),
            None => Ok(()),
            Some(run) => {
                let who = run.begun.actor.as_deref().unwrap_or("somebody");
                let writes = if left == 1 { "write" } else { "writes" };
                host.warn(&format!(
                    "The run {} of {who}, begun {}, broke off; {left} {writes} may or may not have been done, which is \
                     looked at first.\n",
                    run.id, run.at
                ));
                Ok(())
            }
        }
    }

    /// Writes what became of the writes that killed runs left open, as far as the plan of today tells it.
    pub(super) async fn settle(
        &self,
        plan: &Plan,
        is_whole: bool,
        host: &mut Host,
        streams: Streams,
    ) -> Result<(), Exit> {
        for line in &self.unsettled {
            let Event::Intent(intent) = &line.event else {
                continue;
            };
            let mut left = plan.views();
            let is_left = left.any(|it| {
                it.action.word() == intent.action && it.address.to_string() == intent.address
            });
            if !is_left && !is_whole {
                continue;
            }
            let settled = Settled {
                intent: line.seq,
                outcome: if is_left {
                    Outcome::Failed
                } else {
                    Outcome::Done
                },
                remote_id: intent.remote_id.clone(),
            };
            let kept = self.store.settle(&self.lease, self.pen.run, settled, &[]);
            kept.await.map_err(|error| fail(host, streams, &error))?;
        }
        Ok(())
    }

    /// Sees to it that a saved plan is applied once.
    pub(super) async fn claim(
        &self,
        plan: &str,
        is_resumed: bool,
        host: &mut Host,
        streams: Streams,
    ) -> Result<(), Exit> {
        let claimed = self.store.claim_plan(&self.lease, plan).await;
        let is_first = claimed.map_err(|error| fail(host, streams, &error))?;
        if is_first || (is_resumed && self.killed.is_some()) {
            return Ok(());
        }
        let why = "this plan was applied already, and a plan is applied once\n  make a new one with `plan --out \
                   FILE`; after a run that was killed, `--resume` goes on with it";
        complain(host, streams, why);
        Err(Exit::Stale)
    }

    /// Changes the ledger.
    pub(super) async fn remember(
        &self,
        changes: &[Change],
        host: &mut Host,
        streams: Streams,
    ) -> Result<(), Exit> {
        if changes.is_empty() {
            return Ok(());
        }
        let kept = self.store.record(&self.lease, changes).await;
        kept.map_err(|error| fail(host, streams, &error))
    }

    /// Writes that the run has ended, and gives the lease back.
    pub(super) async fn close(self, exit: Exit, host: &mut Host, streams: Streams) -> Exit {
        let Self {
            store,
            lease,
            ledger: _,
            pen,
            killed: _,
            unsettled: _,
            heart,
        } = self;
        heart.abort();
        let ended = store.end_run(&lease, pen.run, outcome(exit)).await;
        let released = match ended {
            Ok(_) => store.release(&lease).await,
            Err(error) => Err(error),
        };
        match released {
            Ok(()) => exit,
            // Said already, by the step that could not be recorded.
            Err(StoreError {
                problem: Problem::LeaseLost,
                ..
            }) if exit == Exit::Held => exit,
            Err(error) => {
                let failed = fail(host, streams, &error);
                if exit == Exit::Fine { failed } else { exit }
            }
        }
    }
}

/// How the journal tells the end of a run.
fn outcome(exit: Exit) -> RunOutcome {
    match exit {
        Exit::Fine | Exit::Changes => RunOutcome::Done,
        Exit::Partial => RunOutcome::Partial,
        Exit::Interrupted => RunOutcome::Interrupted,
        Exit::Error | Exit::Refused | Exit::Stale | Exit::Held | Exit::Login | Exit::Invalid => {
            RunOutcome::Failed
        }
    }
}

/// Tells what is wrong with the store.
pub(super) fn fail(host: &mut Host, streams: Streams, error: &StoreError) -> Exit {
    let help = error.help().map(|help| format!("\n  {help}"));
    complain(
        host,
        streams,
        &format!("{error}{}", help.unwrap_or_default()),
    );
    if error.is_lease() {
        Exit::Held
    } else {
        Exit::Error
    }
}

fn refuse(host: &mut Host, streams: Streams, why: &str) -> Exit {
    complain(host, streams, why);
    Exit::Error
}

/// Every kind that this program knows.
pub(super) fn kinds() -> Vec<KindId> {
    let kinds = VENDORS.iter().flat_map(|vendor| vendor.kinds());
    kinds.map(|kind| kind.id).collect()
}

/// What makes an id like no other.
pub(super) fn random() -> [u8; 10] {
    let mut bytes = [0; 10];
    // Without random numbers ids still differ by their time.
    SystemRandom::new().fill(&mut bytes).ok();
    bytes
}
