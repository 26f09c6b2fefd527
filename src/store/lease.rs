//! The lease: one writer at a time, on whichever machine. It runs out unless it is renewed, so that a run that was
//! killed holds nothing for long; each lease has a higher epoch than the one before, so that a run that was merely
//! frozen finds itself shut out when it wakes.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::backend::{Access, Cell};
use super::error::Problem;
use super::journal::{Event, Head, Line};
use super::transaction::{Row, Transaction};
use super::{LeaseId, Store, StoreError};

/// A request for the lease.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub id: LeaseId,
    /// Who asks, as others are told: a user and a machine.
    pub owner: String,
    /// Where the run can be watched.
    pub run_url: Option<String>,
    /// When it runs out, unless it is renewed.
    pub lasts: Duration,
}

/// Who holds the lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Holder {
    pub id: LeaseId,
    pub owner: String,
    pub run_url: Option<String>,
    pub acquired: Timestamp,
    pub expires: Timestamp,
    /// Higher than that of every lease before.
    pub epoch: i64,
}

/// Leave to write. Only [`Store::acquire`] gives it, and it is good for as long as nobody else was given it.
#[derive(Debug)]
pub(crate) struct Lease {
    holder: Holder,
}

impl Lease {
    /// Who we are to others, as of when the lease was acquired.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests ask who they are"))]
    pub(crate) fn holder(&self) -> &Holder {
        &self.holder
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.owner)?;
        match &self.run_url {
            Some(url) => write!(f, " ({url})"),
            None => Ok(()),
        }
    }
}

/// The workspace's own row, locked until the transaction ends.
pub(super) struct Desk {
    /// The epoch of the lease that was given last.
    epoch: i64,
    holder: Option<Holder>,
    pub(super) head: Head,
}

impl Desk {
    /// Refuses a lease that is not the one that is held.
    pub(super) fn check(
        &self,
        lease: &Lease,
        transaction: &Transaction<'_>,
    ) -> Result<(), StoreError> {
        let held = self.holder.as_ref().map(|holder| (holder.id, holder.epoch));
        match held == Some((lease.holder.id, lease.holder.epoch)) {
            true => Ok(()),
            false => Err(transaction.fail(Problem::LeaseLost)),
        }
    }

    /// Whose lease it is, unless it ran out.
    fn live(self, now: Timestamp) -> Option<Holder> {
        self.holder.filter(|holder| holder.expires > now)
    }
}

const LOOK: &str = "SELECT epoch, lease, owner, run_url, acquired, expires, head_seq, head_hash
    FROM workspace WHERE name = $1";

/// Changes nothing, and so takes the row's lock; the two databases have no other word for it in common.
const LOCK: &str = "UPDATE workspace SET epoch = epoch WHERE name = $1
    RETURNING epoch, lease, owner, run_url, acquired, expires, head_seq, head_hash";

const HOLD: &str = "UPDATE workspace SET epoch = $1, lease = $2, owner = $3, run_url = $4, acquired = $5, expires = $6
    WHERE name = $7";

const FREE: &str = "UPDATE workspace
    SET lease = NULL, owner = NULL, run_url = NULL, acquired = NULL, expires = NULL WHERE name = $1";

/// Reads the workspace's row; a workspace that never was opened to be written has none.
pub(super) async fn look(
    transaction: &mut Transaction<'_>,
    store: &Store,
) -> Result<Option<Desk>, StoreError> {
    let rows = transaction.query(LOOK, vec![store.name()]).await?;
    rows.first().map(desk).transpose()
}

/// Reads the workspace's row and keeps all others who write from doing so until the end of the transaction.
pub(super) async fn lock(
    transaction: &mut Transaction<'_>,
    store: &Store,
) -> Result<Desk, StoreError> {
    let rows = transaction.query(LOCK, vec![store.name()]).await?;
    let gone = || {
        let name = &store.workspace;
        transaction.fail(Problem::Damaged(format!("the workspace `{name}` is gone")))
    };
    desk(rows.first().ok_or_else(gone)?)
}

fn desk(row: &Row<'_>) -> Result<Desk, StoreError> {
    let epoch = row.integer(0)?;
    let holder = match row.maybe_text(1)? {
        Some(_) => Some(Holder {
            id: row.parsed(1, "the id of a lease")?,
            owner: row.text(2)?,
            run_url: row.maybe_text(3)?,
            acquired: row.time(4)?,
            expires: row.time(5)?,
            epoch,
        }),
        None => None,
    };
    let head = Head {
        seq: row.integer(6)?,
        hash: row.text(7)?,
    };
    Ok(Desk {
        epoch,
        holder,
        head,
    })
}

/// When a lease ends that begins now.
fn end(now: Timestamp, lasts: Duration) -> Timestamp {
    let lasts = SignedDuration::try_from(lasts).unwrap_or(SignedDuration::MAX);
    now.saturating_add(lasts).unwrap_or(Timestamp::MAX)
}

impl Store {
    /// Takes the lease, if nobody holds it or it ran out; otherwise the error says who does and until when.
    pub(crate) async fn acquire(&self, claim: Claim) -> Result<Lease, StoreError> {
        let mut transaction = self.begin(Access::Write).await?;
        let desk = lock(&mut transaction, self).await?;
        let now = transaction.now().await?;
        let epoch = desk.epoch + 1;
        if let Some(holder) = desk.live(now) {
            return Err(transaction.fail(Problem::LeaseHeld(Box::new(holder))));
        }
        let Claim {
            id,
            owner,
            run_url,
            lasts,
        } = claim;
        let holder = Holder {
            id,
            owner,
            run_url,
            acquired: now,
            expires: end(now, lasts),
            epoch,
        };
        self.hold(&mut transaction, &holder).await?;
        transaction.commit().await?;
        Ok(Lease { holder })
    }

    /// Puts off the end of the lease, and says when it is. Also one that ran out, if nobody has taken over.
    pub(crate) async fn renew(
        &self,
        lease: &Lease,
        lasts: Duration,
    ) -> Result<Timestamp, StoreError> {
        let mut transaction = self.begin(Access::Write).await?;
        let desk = lock(&mut transaction, self).await?;
        desk.check(lease, &transaction)?;
        let expires = end(transaction.now().await?, lasts);
        let holder = Holder {
            expires,
            ..lease.holder.clone()
        };
        self.hold(&mut transaction, &holder).await?;
        transaction.commit().await?;
        Ok(expires)
    }

    /// Gives the lease back. Nothing can be written under it any more.
    pub(crate) async fn release(&self, lease: &Lease) -> Result<(), StoreError> {
        let mut transaction = self.begin(Access::Write).await?;
        let desk = lock(&mut transaction, self).await?;
        desk.check(lease, &transaction)?;
        transaction.execute(FREE, vec![self.name()]).await?;
        transaction.commit().await
    }

    /// Takes the lease from whoever holds it, if it is this one, and writes a line about it; nothing if it is not.
    pub(crate) async fn unlock(
        &self,
        id: LeaseId,
        by: Option<String>,
    ) -> Result<Option<Line>, StoreError> {
        let mut transaction = self.begin(Access::Write).await?;
        let mut desk = lock(&mut transaction, self).await?;
        let Some(holder) = desk.holder.take().filter(|holder| holder.id == id) else {
            return Ok(None);
        };
        transaction.execute(FREE, vec![self.name()]).await?;
        let event = Event::Unlock {
            lease: id,
            owner: holder.owner,
            by,
        };
        let line = self.write_line(&mut transaction, desk.head, None, event);
        let line = line.await?;
        transaction.commit().await?;
        Ok(Some(line))
    }

    /// Who holds the lease now.
    pub(crate) async fn holder(&self) -> Result<Option<Holder>, StoreError> {
        let mut transaction = self.begin(Access::Read).await?;
        let desk = look(&mut transaction, self).await?;
        let now = transaction.now().await?;
        transaction.commit().await?;
        Ok(desk.and_then(|desk| desk.live(now)))
    }

    async fn hold(
        &self,
        transaction: &mut Transaction<'_>,
        holder: &Holder,
    ) -> Result<(), StoreError> {
        let Holder {
            id,
            owner,
            run_url,
            acquired,
            expires,
            epoch,
        } = holder;
        let cells: Vec<Cell> = vec![
            (*epoch).into(),
            id.to_string().into(),
            owner.as_str().into(),
            run_url.clone().into(),
            (*acquired).into(),
            (*expires).into(),
            self.name(),
        ];
        transaction.execute(HOLD, cells).await.map(drop)
    }
}
