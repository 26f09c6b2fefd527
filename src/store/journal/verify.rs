//! Reads the whole chain, page by page, and says which lines are not as they were written.

use std::fmt;

use serde::Serialize;

use super::{Head, PAGE, stored};
use crate::store::backend::Access;
use crate::store::chain::{GENESIS, Stored};
use crate::store::{Store, StoreError, lease};

/// How many faults are told; more tell nothing more.
const FAULTS: usize = 100;

/// What reading the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Verdict {
    /// How many lines there are.
    pub lines: u64,
    /// Where the journal should end; nothing for a workspace that never was written to.
    pub head: Option<Head>,
    /// What is wrong, in the order of lines: the first hundred.
    pub faults: Vec<Fault>,
}

impl Verdict {
    /// Whether every line is as it was written.
    pub(crate) fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

/// A line that is not as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub(crate) enum Fault {
    /// What the line says, its number included, is not what its hash was made of.
    Edited { seq: i64 },
    /// The line is sound by itself and does not follow the one before it: one of the two was put there by somebody.
    Unlinked { seq: i64 },
    /// Lines are gone.
    Missing { first: i64, last: i64 },
    /// A line stands before the first or after the last.
    Extra { seq: i64 },
    /// The last line is sound by itself and not the one that was written last.
    NotTheHead { seq: i64 },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited { seq } => {
                write!(f, "line {seq} was edited or moved: its hash does not fit")
            }
            Self::Unlinked { seq } => write!(
                f,
                "line {seq} does not follow the one before it: one of the two was replaced"
            ),
            Self::Missing { first, last } if first == last => write!(f, "line {first} is missing"),
            Self::Missing { first, last } => write!(f, "lines {first} to {last} are missing"),
            Self::Extra { seq } => write!(f, "line {seq} is one that the journal never had"),
            Self::NotTheHead { seq } => {
                write!(f, "line {seq} is not the one that was written last")
            }
        }
    }
}

/// The reading of a chain, as far as it has come.
struct Reading {
    head: Head,
    /// The line before, as it stands there.
    last: Head,
    lines: u64,
    faults: Vec<Fault>,
}

impl Reading {
    fn new(head: Head) -> Self {
        let last = Head {
            seq: 0,
            hash: GENESIS.to_owned(),
        };
        Self {
            head,
            last,
            lines: 0,
            faults: Vec::new(),
        }
    }

    fn push(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS {
            self.faults.push(fault);
        }
    }

    fn line(&mut self, workspace: &str, line: &Stored, hash: String) {
        self.lines += 1;
        let seq = line.seq;
        if seq < 1 || seq > self.head.seq {
            self.push(Fault::Extra { seq });
            return;
        }
        let follows = self.last.seq + 1;
        if line.hash(workspace) != hash {
            self.push(Fault::Edited { seq });
        } else if seq == follows && line.previous != self.last.hash {
            self.push(Fault::Unlinked { seq });
        }
        if seq > follows {
            self.push(Fault::Missing {
                first: follows,
                last: seq - 1,
            });
        }
        self.last = Head { seq, hash };
    }

    fn end(mut self) -> Verdict {
        let Head { seq, .. } = self.last;
        if seq < self.head.seq {
            self.push(Fault::Missing {
                first: seq + 1,
                last: self.head.seq,
            });
        } else if self.last.hash != self.head.hash && !self.faults.contains(&Fault::Edited { seq })
        {
            self.push(Fault::NotTheHead { seq });
        }
        Verdict {
            lines: self.lines,
            head: Some(self.head),
            faults: self.faults,
        }
    }
}

impl Store {
    /// Reads the whole journal and says which lines are not as they were written. What somebody rewrote to its end,
    /// head included, only a head that was noted elsewhere can tell.
    pub(crate) async fn verify(&self) -> Result<Verdict, StoreError> {
        const LINES: &str = "SELECT seq, at, run, kind, settles, event, previous, hash FROM journal
            WHERE workspace = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let mut transaction = self.begin(Access::Read).await?;
        let desk = lease::look(&mut transaction, self).await?;
        let head = desk.map(|desk| desk.head);
        let begin = Head {
            seq: 0,
            hash: GENESIS.to_owned(),
        };
        let mut reading = Reading::new(head.clone().unwrap_or(begin));
        let mut after = i64::MIN;
        loop {
            let cells = vec![self.name(), after.into(), PAGE.into()];
            let rows = transaction.query(LINES, cells).await?;
            let Some(last) = rows.last() else {
                break;
            };
            after = last.integer(0)?;
            for row in &rows {
                let (line, hash) = stored(row)?;
                reading.line(&self.workspace, &line, hash);
            }
        }
        transaction.commit().await?;
        Ok(Verdict {
            head,
            ..reading.end()
        })
    }
}
