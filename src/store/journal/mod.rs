//! The journal: an intent before each write, a result after it, chained by their hashes so that a line that was edited,
//! moved or taken out is found. Lines are only ever added.

mod verify;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::backend::{Access, Cell};
use super::chain::{Stored, json};
use super::transaction::{Row, Transaction};
use super::{Begun, Change, Lease, LeaseId, RunId, RunOutcome, Store, StoreError, lease};
#[cfg(test)]
pub(crate) use verify::Fault;
pub(crate) use verify::Verdict;

/// How many lines a page has at most.
pub(super) const PAGE: i64 = 500;

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// Its number, from 1 and without gaps.
    pub seq: i64,
    pub at: Timestamp,
    /// The run that wrote it; none for what belongs to no run.
    pub run: Option<RunId>,
    #[serde(flatten)]
    pub event: Event,
    /// The hash of the line before.
    pub previous: String,
    pub hash: String,
}

/// What a line tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Event {
    /// A run began that may write.
    RunBegun(Begun),
    /// A write is about to be sent.
    Intent(Intent),
    /// What became of a write.
    Result(Settled),
    /// A run ended by itself.
    RunEnded { outcome: RunOutcome },
    /// The lease was taken from somebody.
    Unlock {
        lease: LeaseId,
        /// From whom it was taken.
        owner: String,
        /// Who took it.
        by: Option<String>,
    },
}

/// A write that is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Intent {
    /// As `vendor.kind.name`.
    pub address: String,
    /// The word for what is done to it.
    pub action: String,
    /// The vendor's id of it, as far as it has one.
    pub remote_id: Option<String>,
    /// The digest of the live object, as far as there is one.
    pub before: Option<String>,
    /// The digest of what it is to be; none when it is to be gone.
    pub after: Option<String>,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settled {
    /// The number of the intent. An intent is settled once.
    pub intent: i64,
    pub outcome: Outcome,
    /// The vendor's id of the object afterwards.
    pub remote_id: Option<String>,
}

/// How a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Done,
    Failed,
    /// Whether it was done nobody knows.
    Unknown,
}

/// Where the journal ends, which is kept apart from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Head {
    /// The number of the last line; 0 when there is none.
    pub seq: i64,
    pub hash: String,
}

impl Event {
    fn kind(&self) -> &'static str {
        match self {
            Self::RunBegun(_) => "run_begun",
            Self::Intent(_) => "intent",
            Self::Result(_) => "result",
            Self::RunEnded { .. } => "run_ended",
            Self::Unlock { .. } => "unlock",
        }
    }

    fn settles(&self) -> Option<i64> {
        match self {
            Self::Result(settled) => Some(settled.intent),
            Self::RunBegun(_) | Self::Intent(_) | Self::RunEnded { .. } | Self::Unlock { .. } => {
                None
            }
        }
    }
}

/// What is written together with a line.
pub(super) enum Beside<'c> {
    Nothing,
    /// Changes of the ledger.
    Ledger(&'c [Change]),
    /// A statement about the row of the run.
    Run(&'static str, Vec<Cell>),
}

/// A line as it is kept, and the hash that stands beside it.
pub(super) fn stored(row: &Row<'_>) -> Result<(Stored, String), StoreError> {
    let stored = Stored {
        seq: row.integer(0)?,
        at: row.text(1)?,
        run: row.maybe_text(2)?,
        kind: row.text(3)?,
        settles: row.maybe_integer(4)?,
        event: row.text(5)?,
        previous: row.text(6)?,
    };
    Ok((stored, row.text(7)?))
}

fn line(row: &Row<'_>) -> Result<Line, StoreError> {
    let run = match row.maybe_text(2)? {
        Some(_) => Some(row.parsed(2, "the id of a run")?),
        None => None,
    };
    Ok(Line {
        seq: row.integer(0)?,
        at: row.time(1)?,
        run,
        event: row.json(5)?,
        previous: row.text(6)?,
        hash: row.text(7)?,
    })
}

impl Store {
    /// Writes that a write is about to be sent.
    pub(crate) async fn intend(
        &self,
        lease: &Lease,
        run: RunId,
        intent: Intent,
    ) -> Result<Line, StoreError> {
        let event = Event::Intent(intent);
        self.append(lease, run, event, Beside::Nothing).await
    }

    /// Writes what became of a write, together with what it means for the ledger.
    pub(crate) async fn settle(
        &self,
        lease: &Lease,
        run: RunId,
        settled: Settled,
        changes: &[Change],
    ) -> Result<Line, StoreError> {
        let event = Event::Result(settled);
        let beside = Beside::Ledger(changes);
        self.append(lease, run, event, beside).await
    }

    /// Adds a line of a run, and in the same step what belongs to it.
    pub(super) async fn append(
        &self,
        lease: &Lease,
        run: RunId,
        event: Event,
        beside: Beside<'_>,
    ) -> Result<Line, StoreError> {
        let mut transaction = self.begin(Access::Write).await?;
        let desk = lease::lock(&mut transaction, self).await?;
        desk.check(lease, &transaction)?;
        match beside {
            Beside::Nothing => {}
            Beside::Ledger(changes) => self.change(&mut transaction, changes).await?,
            Beside::Run(sql, cells) => drop(transaction.execute(sql, cells).await?),
        }
        let line = self.write_line(&mut transaction, desk.head, Some(run), event);
        let line = line.await?;
        transaction.commit().await?;
        Ok(line)
    }

    /// Adds a line after the head, within a transaction that holds the workspace's row.
    pub(super) async fn write_line(
        &self,
        transaction: &mut Transaction<'_>,
        head: Head,
        run: Option<RunId>,
        event: Event,
    ) -> Result<Line, StoreError> {
        // A cell that may be missing is text.
        const APPEND: &str =
            "INSERT INTO journal (workspace, seq, at, run, kind, settles, event, previous, hash)
            VALUES ($1, $2, $3, $4, $5, CAST($6 AS BIGINT), $7, $8, $9)";
        const MOVE_HEAD: &str =
            "UPDATE workspace SET head_seq = $1, head_hash = $2 WHERE name = $3";
        let at = (self.clock)();
        let stored = Stored {
            seq: head.seq + 1,
            at: at.to_string(),
            run: run.map(|run| run.to_string()),
            kind: event.kind().to_owned(),
            settles: event.settles(),
            event: json(&event),
            previous: head.hash,
        };
        let hash = stored.hash(&self.workspace);
        let line = Line {
            seq: stored.seq,
            at,
            run,
            event,
            previous: stored.previous.clone(),
            hash: hash.clone(),
        };
        let cells: Vec<Cell> = vec![
            self.name(),
            stored.seq.into(),
            stored.at.into(),
            stored.run.into(),
            stored.kind.into(),
            stored.settles.map(|seq| seq.to_string()).into(),
            stored.event.into(),
            stored.previous.into(),
            hash.as_str().into(),
        ];
        transaction.execute(APPEND, cells).await?;
        let cells = vec![line.seq.into(), hash.into(), self.name()];
        transaction.execute(MOVE_HEAD, cells).await?;
        Ok(line)
    }

    /// The lines after a number, a page of them; none when there are no more.
    pub(crate) async fn lines(&self, after: i64) -> Result<Vec<Line>, StoreError> {
        const LINES: &str = "SELECT seq, at, run, kind, settles, event, previous, hash FROM journal
            WHERE workspace = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let cells = vec![self.name(), after.into(), PAGE.into()];
        self.read_lines(LINES, cells).await
    }

    /// The lines that one run wrote after a number, a page of them; none when there are no more.
    pub(crate) async fn lines_of(&self, run: RunId, after: i64) -> Result<Vec<Line>, StoreError> {
        const LINES: &str = "SELECT seq, at, run, kind, settles, event, previous, hash FROM journal
            WHERE workspace = $1 AND run = $2 AND seq > $3 ORDER BY seq LIMIT $4";
        let cells = vec![
            self.name(),
            run.to_string().into(),
            after.into(),
            PAGE.into(),
        ];
        self.read_lines(LINES, cells).await
    }

    /// The intents that have no result: those under way, and those that a killed run left.
    pub(crate) async fn unsettled(&self) -> Result<Vec<Line>, StoreError> {
        const UNSETTLED: &str = "SELECT seq, at, run, kind, settles, event, previous, hash FROM journal AS intent
            WHERE workspace = $1 AND kind = 'intent' AND NOT EXISTS (SELECT 1 FROM journal AS result
                WHERE result.workspace = intent.workspace AND result.settles = intent.seq) ORDER BY seq";
        self.read_lines(UNSETTLED, vec![self.name()]).await
    }

    /// Where the journal ends. Noted elsewhere, it proves later that nothing before it was rewritten; nothing for a
    /// workspace that never was written to.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "`verify` tells it; the tests ask for it alone")
    )]
    pub(crate) async fn head(&self) -> Result<Option<Head>, StoreError> {
        let mut transaction = self.begin(Access::Read).await?;
        let desk = lease::look(&mut transaction, self).await?;
        transaction.commit().await?;
        Ok(desk.map(|desk| desk.head))
    }

    async fn read_lines(
        &self,
        sql: &'static str,
        cells: Vec<Cell>,
    ) -> Result<Vec<Line>, StoreError> {
        let mut transaction = self.begin(Access::Read).await?;
        let rows = transaction.query(sql, cells).await?;
        transaction.commit().await?;
        rows.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Event, Line, Outcome, RunId, Settled};

    #[test]
    fn a_line_is_one_flat_object_in_json() {
        let line = Line {
            seq: 2,
            at: Timestamp::UNIX_EPOCH,
            run: Some(RunId::new(Timestamp::UNIX_EPOCH, &[7; 10])),
            event: Event::Result(Settled {
                intent: 1,
                outcome: Outcome::Unknown,
                remote_id: None,
            }),
            previous: "a1".to_owned(),
            hash: "b2".to_owned(),
        };
        insta::assert_snapshot!(serde_json::to_string_pretty(&line).unwrap(), @r#"
        {
          "seq": 2,
          "at": "1970-01-01T00:00:00Z",
          "run": "00000000-0000-7707-8707-070707070707",
          "kind": "result",
          "intent": 1,
          "outcome": "unknown",
          "remote_id": null,
          "previous": "a1",
          "hash": "b2"
        }
        "#);
    }
}
