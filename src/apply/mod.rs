//! Runs an approved plan. The only place that can make a [`Permit`], and so the only writer.

pub(crate) mod record;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tracing::instrument::WithSubscriber;

use crate::guard::Approved;
use crate::model::address::Address;
use crate::model::applying::{Applying, Created};
use crate::model::delivery::Deliver;
use crate::model::error::{Cause, VendorError};
use crate::model::progress::{Ended, Progress, Watch};
use crate::model::reference::Links;
use crate::plan::{Action, Done, Step, StepView};
use record::{Halt, Record};

/// Leave to write. Only this module can make one, so nothing before `apply` can write.
#[derive(Debug)]
pub(crate) struct Permit {
    _private: (),
}

impl Permit {
    /// Leave to write to a server that a test made.
    #[cfg(test)]
    pub(crate) fn for_test() -> Self {
        Self { _private: () }
    }
}

/// What became of one step.
#[derive(Debug)]
pub(crate) enum Outcome {
    Done,
    /// The vendor took it and has not finished. Why it is not, as a clause.
    UnderWay(String),
    Failed(VendorError),
    /// Not begun, since a step that it waits for did not succeed.
    Skipped {
        because: Address,
    },
    /// Not begun, since the run was told to stop.
    NotAttempted,
}

/// What became of every step, in the order of the plan.
#[derive(Debug)]
pub(crate) struct Report {
    pub outcomes: Vec<(StepView, Outcome)>,
    /// Why no further step was begun, if the records of the run could not be kept.
    pub halt: Option<Halt>,
}

impl Report {
    /// How many steps of this action were done.
    pub(crate) fn done(&self, action: Action) -> usize {
        let done = |(view, outcome): &&(StepView, Outcome)| {
            view.action == action && matches!(outcome, Outcome::Done)
        };
        self.outcomes.iter().filter(done).count()
    }

    /// How many steps the vendor took and has not finished.
    pub(crate) fn under_way(&self) -> usize {
        let is_under_way = |(_, it): &&(StepView, Outcome)| matches!(it, Outcome::UnderWay(_));
        self.outcomes.iter().filter(is_under_way).count()
    }

    /// Whether everything was done, or is at least under way.
    pub(crate) fn is_whole(&self) -> bool {
        self.outcomes
            .iter()
            .all(|(_, outcome)| matches!(outcome, Outcome::Done | Outcome::UnderWay(_)))
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.halt.is_none()
            && self
                .outcomes
                .iter()
                .any(|(_, outcome)| matches!(outcome, Outcome::NotAttempted))
    }
}

/// What applying is bounded by, whom it tells, and what stops it.
pub(crate) struct Limits {
    /// Steps under way at once, by vendor; one for a vendor that is not named.
    pub parallelism: BTreeMap<&'static str, usize>,
    /// How often a write that may have been lost is sent again, by vendor; never for one that is not named.
    pub repeats: BTreeMap<&'static str, u32>,
    pub watch: Watch,
    /// Who keeps what is about to be done, and what became of it.
    pub record: Arc<dyn Record>,
    /// Turns true when no further step may begin.
    pub stop: watch::Receiver<bool>,
}

/// Runs the steps, side by side where none waits for the other. A failure stops what waits for it, and nothing else.
/// Through `door` goes what vendors show once.
pub(crate) async fn apply(approved: Approved, door: Arc<dyn Deliver>, limits: Limits) -> Report {
    let (steps, links) = approved.into_plan().into_steps();
    (limits.watch)(Progress::ToApply(steps.len()));
    let slots = limits
        .parallelism
        .iter()
        .map(|(vendor, slots)| (*vendor, Arc::new(Semaphore::new((*slots).max(1)))))
        .collect::<HashMap<_, _>>();
    let shared = Arc::new(Shared {
        steps,
        links,
        created: Created::default(),
        permit: Permit { _private: () },
        door,
        slots,
        limits,
        halt: OnceLock::new(),
    });
    run(shared).await
}

/// What the steps under way share.
struct Shared {
    steps: Vec<Step>,
    links: Links,
    created: Created,
    permit: Permit,
    door: Arc<dyn Deliver>,
    slots: HashMap<&'static str, Arc<Semaphore>>,
    limits: Limits,
    /// The first failure of the records. No step begins after it.
    halt: OnceLock<Halt>,
}

async fn run(shared: Arc<Shared>) -> Report {
    let at = shared
        .steps
        .iter()
        .enumerate()
        .map(|(at, step)| (step.view.address.clone(), at))
        .collect::<HashMap<_, _>>();
    let mut open = Vec::with_capacity(shared.steps.len());
    let mut waited_for_by = vec![Vec::new(); shared.steps.len()];
    for (this, step) in shared.steps.iter().enumerate() {
        let waits = step
            .view
            .waits_for
            .iter()
            .filter_map(|address| at.get(address));
        let waits = waits.copied().collect::<Vec<_>>();
        open.push(waits.len());
        waits
            .into_iter()
            .for_each(|other| waited_for_by[other].push(this));
    }

    let mut outcomes = (0..shared.steps.len())
        .map(|_| None)
        .collect::<Vec<Option<Outcome>>>();
    let mut ready = (0..shared.steps.len())
        .filter(|this| open[*this] == 0)
        .collect::<BTreeSet<_>>();
    let mut running = JoinSet::new();
    let mut in_flight = HashMap::new();
    loop {
        while let Some(this) = ready.pop_first() {
            // A task of its own would otherwise log to nobody.
            let step = one(Arc::clone(&shared), this).with_current_subscriber();
            let task = running.spawn(step);
            in_flight.insert(task.id(), this);
        }
        let Some(ended) = running.join_next_with_id().await else {
            break;
        };
        let (this, outcome) = match ended {
            Ok((id, outcome)) => (in_flight.remove(&id), outcome),
            Err(error) => {
                let failure = VendorError::new(
                    Cause::Unknown,
                    "the step ended in a defect of trueup; look at the vendor before applying again",
                );
                (
                    in_flight.remove(&error.id()),
                    Outcome::Failed(failure.source(error)),
                )
            }
        };
        let Some(this) = this else { continue };
        let succeeded = matches!(outcome, Outcome::Done);
        outcomes[this] = Some(outcome);
        if !succeeded {
            skip(this, &shared.steps, &waited_for_by, &mut outcomes);
        }
        for other in &waited_for_by[this] {
            open[*other] -= 1;
            if open[*other] == 0 && outcomes[*other].is_none() {
                ready.insert(*other);
            }
        }
    }
    let outcomes = shared.steps.iter().zip(outcomes).map(|(step, outcome)| {
        (
            step.view.clone(),
            outcome.expect("a step runs, or is skipped with what it waits for"),
        )
    });
    Report {
        outcomes: outcomes.collect(),
        halt: shared.halt.get().cloned(),
    }
}

/// Marks all that waits for a step, directly or not, as skipped because of it.
fn skip(
    failed: usize,
    steps: &[Step],
    waited_for_by: &[Vec<usize>],
    outcomes: &mut [Option<Outcome>],
) {
    let interrupted = matches!(outcomes[failed], Some(Outcome::NotAttempted));
    let mut reached = waited_for_by[failed].clone();
    while let Some(this) = reached.pop() {
        if outcomes[this].is_some() {
            continue;
        }
        outcomes[this] = Some(if interrupted {
            Outcome::NotAttempted
        } else {
            Outcome::Skipped {
                because: steps[failed].view.address.clone(),
            }
        });
        reached.extend(&waited_for_by[this]);
    }
}

async fn one(shared: Arc<Shared>, this: usize) -> Outcome {
    let step = &shared.steps[this];
    let _slot = match shared.slots.get(step.view.address.kind.vendor) {
        Some(slots) => slots.acquire().await.ok(),
        None => None,
    };
    if *shared.limits.stop.borrow() || shared.halt.get().is_some() {
        return Outcome::NotAttempted;
    }
    let address = || step.view.address.clone();
    let ended = |how| (shared.limits.watch)(Progress::Ended(address(), how));
    (shared.limits.watch)(Progress::Begun(address()));
    let applying = Applying {
        links: &shared.links,
        created: &shared.created,
        permit: &shared.permit,
        door: &*shared.door,
    };
    let vendor = step.view.address.kind.vendor;
    let repeats = shared.limits.repeats.get(vendor).copied();
    // What was free when the plan was made may be taken by now, and what is created cannot be taken back.
    let lost = step
        .view
        .outputs()
        .find_map(|(_, output)| shared.door.check(&output.to).err());
    if let Some(why) = lost {
        let message = format!("its secret would be lost: {why}");
        ended(Ended::Failed(message.clone(), None));
        return Outcome::Failed(VendorError::refused(message));
    }
    // Nothing is sent of which nobody would know that it was about to be.
    if let Err(halt) = shared.limits.record.intent(&step.view).await {
        shared.halt.set(halt).ok();
        ended(Ended::NotAttempted);
        return Outcome::NotAttempted;
    }
    let ran = step.run(&applying, repeats.unwrap_or_default()).await;
    let recorded = shared.limits.record.result(&step.view, ran.as_ref()).await;
    if let Err(halt) = recorded {
        shared.halt.set(halt).ok();
    }
    match ran {
        Ok(Done::Exists { id, markers: _ }) => {
            shared.created.add(step.view.address.clone(), id.clone());
            ended(Ended::Done(Some(id)));
            Outcome::Done
        }
        Ok(Done::Gone) => {
            ended(Ended::Done(None));
            Outcome::Done
        }
        Err(error) if error.cause == Cause::UnderWay => {
            ended(Ended::UnderWay(error.message.clone()));
            Outcome::UnderWay(error.message)
        }
        Err(error) => {
            ended(Ended::Failed(error.message.clone(), error.help.clone()));
            Outcome::Failed(error)
        }
    }
}

#[cfg(test)]
mod tests;
