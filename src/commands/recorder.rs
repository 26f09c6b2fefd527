//! Writes what an apply is about to do and what became of it into the journal, and what that means into the ledger.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::apply::record::{Halt, Record};
use crate::ledger::Ledger;
use crate::ledger::keep::Pen;
use crate::model::address::Address;
use crate::model::canonical;
use crate::model::error::{Cause, VendorError};
use crate::plan::{Action, BoxFuture, Done, StepView};
use crate::store::{Change, Intent, Lease, Outcome, Settled, Store, StoreError};

/// The journal and the ledger of a run.
pub(super) struct Recorder {
    pub store: Arc<Store>,
    pub lease: Arc<Lease>,
    pub ledger: Arc<Ledger>,
    pub pen: Pen,
    /// The line of each intent that is under way.
    pub open: Mutex<HashMap<Address, i64>>,
}

impl Record for Recorder {
    fn intent<'a>(&'a self, step: &'a StepView) -> BoxFuture<'a, Result<(), Halt>> {
        Box::pin(async move {
            let intent = intent(step, &self.pen);
            let line = self.store.intend(&self.lease, self.pen.run, intent).await;
            let line = line.map_err(|error| halt(&error))?;
            self.open().insert(step.address.clone(), line.seq);
            Ok(())
        })
    }

    fn result<'a>(
        &'a self,
        step: &'a StepView,
        done: Result<&'a Done, &'a VendorError>,
    ) -> BoxFuture<'a, Result<(), Halt>> {
        Box::pin(async move {
            let intent = self.open().remove(&step.address);
            let Some(intent) = intent else {
                return Ok(());
            };
            let id = match done {
                Ok(Done::Exists { id, markers: _ }) => Some(id),
                Ok(Done::Gone) | Err(_) => None,
            };
            let changes = match done {
                Ok(done) => Some(self.ledger.done(step, done, &self.pen)),
                // What is still to come of a create is ours when it is there.
                Err(error)
                    if error.cause.is_doubt()
                        || error.cause.is_partial()
                        || error.cause == Cause::UnderWay =>
                {
                    self.ledger.in_doubt(step, &self.pen)
                }
                Err(_) => None,
            };
            let settled = Settled {
                intent,
                outcome: outcome(done),
                remote_id: id.map(|id| id.0.clone()),
            };
            let changes = changes.into_iter().collect::<Vec<Change>>();
            let run = self.pen.run;
            let kept = self.store.settle(&self.lease, run, settled, &changes).await;
            kept.map(drop).map_err(|error| halt(&error))
        })
    }
}

impl Recorder {
    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<Address, i64>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn outcome(done: Result<&Done, &VendorError>) -> Outcome {
    match done {
        Ok(_) => Outcome::Done,
        Err(error) => match error.cause {
            Cause::Begun | Cause::UnderWay | Cause::Unknown => Outcome::Unknown,
            Cause::Login | Cause::Refused | Cause::Partial | Cause::Unreachable => Outcome::Failed,
        },
    }
}

/// What a step is about to do, with fingerprints of what is there and of what is to be.
fn intent(step: &StepView, pen: &Pen) -> Intent {
    let fields = |after: bool| {
        let fingerprint = pen.key.fingerprint_of(|sink| {
            let fields = step.fields.iter().map(|field| {
                let value = if after { &field.after } else { &field.before };
                (field.name, value.as_ref())
            });
            canonical::fields(fields, sink);
        });
        fingerprint.to_string()
    };
    Intent {
        address: step.address.to_string(),
        action: step.action.word().to_owned(),
        remote_id: step.id.as_ref().map(|id| id.0.clone()),
        before: (step.action != Action::Create).then(|| fields(false)),
        after: (step.action != Action::Delete).then(|| fields(true)),
    }
}

fn halt(error: &StoreError) -> Halt {
    Halt {
        why: error.to_string(),
        help: error.help(),
        is_lease: error.is_lease(),
    }
}
