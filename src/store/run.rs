//! Runs: which command of whom wrote, from when to when, and how it ended. Also the saved plans that were applied.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::backend::Access;
use super::chain::json;
use super::journal::{Beside, Event, Line};
use super::{Lease, RunId, Store, StoreError, lease};

/// What is known of a run when it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Begun {
    /// The command, as the user wrote it but for secrets.
    pub command: String,
    /// The commit of the declarations.
    pub commit: Option<String>,
    /// Who started it.
    pub actor: Option<String>,
    /// Where it can be watched.
    pub run_url: Option<String>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunOutcome {
    /// Everything was done.
    Done,
    /// Something failed or was skipped, and something else was done.
    Partial,
    /// Nothing was done.
    Failed,
    /// It was told to stop.
    Interrupted,
}

/// A run of a command that may write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Run {
    pub id: RunId,
    #[serde(flatten)]
    pub begun: Begun,
    pub at: Timestamp,
    /// When and how it ended; nothing while it runs, and when it was killed.
    pub ended: Option<(Timestamp, RunOutcome)>,
}

impl Store {
    /// Writes that a run began.
    pub(crate) async fn begin_run(
        &self,
        lease: &Lease,
        id: RunId,
        begun: Begun,
    ) -> Result<Line, StoreError> {
        const BEGIN: &str =
            "INSERT INTO run (workspace, id, command, source_commit, actor, run_url, begun)
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let Begun {
            command,
            commit,
            actor,
            run_url,
        } = begun.clone();
        let cells = vec![
            self.name(),
            id.to_string().into(),
            command.into(),
            commit.into(),
            actor.into(),
            run_url.into(),
            (self.clock)().into(),
        ];
        let event = Event::RunBegun(begun);
        self.append(lease, id, event, Beside::Run(BEGIN, cells))
            .await
    }

    /// Writes that a run ended by itself.
    pub(crate) async fn end_run(
        &self,
        lease: &Lease,
        id: RunId,
        outcome: RunOutcome,
    ) -> Result<Line, StoreError> {
        const END: &str =
            "UPDATE run SET ended = $1, outcome = $2 WHERE workspace = $3 AND id = $4";
        let cells = vec![
            (self.clock)().into(),
            json(&outcome).into(),
            self.name(),
            id.to_string().into(),
        ];
        let event = Event::RunEnded { outcome };
        self.append(lease, id, event, Beside::Run(END, cells)).await
    }

    /// The latest runs, the last one first.
    pub(crate) async fn runs(&self, at_most: u32) -> Result<Vec<Run>, StoreError> {
        const RUNS: &str =
            "SELECT id, command, source_commit, actor, run_url, begun, ended, outcome FROM run
            WHERE workspace = $1 ORDER BY id DESC LIMIT $2";
        let mut transaction = self.begin(Access::Read).await?;
        let cells = vec![self.name(), i64::from(at_most).into()];
        let rows = transaction.query(RUNS, cells).await?;
        transaction.commit().await?;
        let mut runs = Vec::with_capacity(rows.len());
        for row in rows {
            let ended = match row.maybe_text(6)? {
                Some(_) => Some((row.time(6)?, row.json(7)?)),
                None => None,
            };
            runs.push(Run {
                id: row.parsed(0, "the id of a run")?,
                begun: Begun {
                    command: row.text(1)?,
                    commit: row.maybe_text(2)?,
                    actor: row.maybe_text(3)?,
                    run_url: row.maybe_text(4)?,
                },
                at: row.time(5)?,
                ended,
            });
        }
        Ok(runs)
    }

    /// Notes that a saved plan is being applied, and tells whether it never was before.
    pub(crate) async fn claim_plan(&self, lease: &Lease, plan: &str) -> Result<bool, StoreError> {
        const CLAIM: &str = "INSERT INTO applied_plan (workspace, id, at) VALUES ($1, $2, $3)
            ON CONFLICT (workspace, id) DO NOTHING";
        let mut transaction = self.begin(Access::Write).await?;
        lease::lock(&mut transaction, self)
            .await?
            .check(lease, &transaction)?;
        let cells = vec![self.name(), plan.into(), (self.clock)().into()];
        let claimed = transaction.execute(CLAIM, cells).await?;
        transaction.commit().await?;
        Ok(claimed > 0)
    }
}
