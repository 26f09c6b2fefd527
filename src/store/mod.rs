//! What a workspace remembers between runs: its ledger, its runs, its journal, who may write, and since when what
//! differs. All that behaves is written once, here; a [`backend`] runs its statements in SQLite or PostgreSQL.
//!
//! Whatever belongs to a run of `apply` is written under a [`Lease`], and refused once another holds it. The store is
//! never the truth about a vendor: without it, less is deleted, never more.

mod backend;
mod chain;
mod drift;
mod error;
mod id;
mod journal;
mod lease;
mod ledger;
mod location;
mod postgres;
mod run;
mod sqlite;
#[cfg(test)]
mod tests;
mod transaction;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use backend::{Access, Backend};
pub(crate) use drift::Difference;
pub(crate) use error::{Problem, StoreError};
pub(crate) use id::{LeaseId, RunId};
#[cfg(test)]
pub(crate) use journal::Fault;
pub(crate) use journal::{Event, Intent, Line, Outcome, Settled, Verdict};
pub(crate) use lease::{Claim, Lease};
pub(crate) use ledger::{Change, Entry, FieldRecord};
pub(crate) use location::{Location, LocationError};
pub(crate) use run::{Begun, Run, RunOutcome};
use transaction::Transaction;

/// Tells the time. Leases in PostgreSQL go by the server's clock instead.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How a store is opened.
#[derive(Clone)]
pub(crate) struct Opening {
    /// The workspace's name, under which it is kept apart from others in the same store.
    pub workspace: String,
    pub clock: Clock,
    /// How long to wait for a server, or for another process that is writing.
    pub patience: Duration,
}

/// The shape of the tables that this program makes and understands: one step for each version.
const MIGRATIONS: &[&str] = &[include_str!("schema/1.sql")];

/// The newest version of the tables.
fn newest_schema() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The steps from a version to the newest one.
fn migrations_after(version: i64) -> Result<&'static [&'static str], Problem> {
    let newer = Problem::NewerSchema {
        found: version,
        known: newest_schema(),
    };
    let done = usize::try_from(version).map_err(|_| newer.clone())?;
    MIGRATIONS.get(done..).ok_or(newer)
}

/// The store of one workspace.
pub(crate) struct Store {
    backend: Box<dyn Backend>,
    workspace: String,
    clock: Clock,
}

impl Store {
    /// Opens the store to read it; nothing where there is none yet, which is an empty ledger. It cannot be written, but
    /// for the step from an older schema.
    pub(crate) async fn find(
        location: &Location,
        opening: Opening,
    ) -> Result<Option<Self>, StoreError> {
        let backend: Option<Box<dyn Backend>> = match location {
            Location::File(file) => sqlite::find(file, &opening).await?,
            Location::Server(server) => postgres::find(server, &opening).await?,
        };
        Ok(backend.map(|backend| Self::new(backend, opening)))
    }

    /// Opens the store to read and write it, and makes it where there is none.
    pub(crate) async fn open(location: &Location, opening: Opening) -> Result<Self, StoreError> {
        let backend: Box<dyn Backend> = match location {
            Location::File(file) => sqlite::open(file, &opening).await?,
            Location::Server(server) => postgres::open(server, &opening).await?,
        };
        let store = Self::new(backend, opening);
        store.enrol().await?;
        Ok(store)
    }

    fn new(backend: Box<dyn Backend>, opening: Opening) -> Self {
        let Opening {
            workspace,
            clock,
            patience: _,
        } = opening;
        Self {
            backend,
            workspace,
            clock,
        }
    }

    /// Gives the workspace its row, on which its writers wait for one another.
    async fn enrol(&self) -> Result<(), StoreError> {
        const KNOWN: &str = "SELECT 1 FROM workspace WHERE name = $1";
        const ENROL: &str =
            "INSERT INTO workspace (name, head_hash) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        let mut transaction = self.begin(Access::Read).await?;
        let known = transaction.query(KNOWN, vec![self.name()]).await?;
        transaction.commit().await?;
        if known.is_empty() {
            let mut transaction = self.begin(Access::Write).await?;
            let cells = vec![self.name(), chain::GENESIS.into()];
            transaction.execute(ENROL, cells).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    async fn begin(&self, access: Access) -> Result<Transaction<'_>, StoreError> {
        Transaction::begin(&*self.backend, access).await
    }

    /// The workspace, as every statement takes it.
    fn name(&self) -> backend::Cell {
        self.workspace.as_str().into()
    }
}
