//! The ledger: what is ours, under which id the vendor knows it, and what was applied last.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::backend::{Access, Cell};
use super::transaction::{Row, Transaction};
use super::{Lease, RunId, Store, StoreError, lease};
use crate::model::resource::Hold;

/// What is remembered of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// As `vendor.kind.name`. It may name a kind that this program does not know.
    pub address: String,
    /// The id by which the vendor knows it; none of what may or may not have been created.
    pub id: Option<String>,
    /// Whose it is.
    pub hold: Hold,
    /// The fingerprint of the spec that was applied last.
    pub digest: String,
    /// The fields that were applied, by their names.
    pub fields: BTreeMap<String, FieldRecord>,
    /// The run that applied it last.
    pub run: RunId,
    pub at: Timestamp,
}

/// What is remembered of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FieldRecord {
    /// The keyed fingerprint of the value that was applied last.
    pub digest: String,
    /// The vendor's own mark of a change, such as a date, as it was when the value had been applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
    /// When this value was first applied.
    pub since: Timestamp,
}

/// A change of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Puts an entry in the place of the one under its address, if there is one.
    Put(Entry),
    /// Moves an entry to another address, in the place of the one that is there. Without an entry nothing happens.
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "a rename is a new entry and one that is forgotten, until plans move entries"
        )
    )]
    Rename { from: String, to: String },
    /// Forgets an entry. Without one nothing happens.
    Remove(String),
}

const REMOVE: &str = "DELETE FROM ledger WHERE workspace = $1 AND address = $2";

impl Store {
    /// The whole ledger, in the order of addresses.
    pub(crate) async fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        const ENTRIES: &str = "SELECT address, remote_id, hold, digest, fields, run, at FROM ledger WHERE workspace = $1";
        let mut transaction = self.begin(Access::Read).await?;
        let rows = transaction.query(ENTRIES, vec![self.name()]).await?;
        transaction.commit().await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            entries.push(Entry {
                address: row.text(0)?,
                id: row.maybe_text(1)?,
                hold: hold(&row, 2)?,
                digest: row.text(3)?,
                fields: row.json(4)?,
                run: row.parsed(5, "the id of a run")?,
                at: row.time(6)?,
            });
        }
        // Not by the database, whose order depends on its language.
        entries.sort_by(|a, b| a.address.cmp(&b.address));
        Ok(entries)
    }

    /// Makes changes, all of them or none.
    pub(crate) async fn record(&self, lease: &Lease, changes: &[Change]) -> Result<(), StoreError> {
        let mut transaction = self.begin(Access::Write).await?;
        lease::lock(&mut transaction, self)
            .await?
            .check(lease, &transaction)?;
        self.change(&mut transaction, changes).await?;
        transaction.commit().await
    }

    /// Puts these entries in the place of all there are, in one step: with another key every fingerprint is another.
    pub(crate) async fn replace_entries(
        &self,
        lease: &Lease,
        entries: &[Entry],
    ) -> Result<(), StoreError> {
        const CLEAR: &str = "DELETE FROM ledger WHERE workspace = $1";
        let mut transaction = self.begin(Access::Write).await?;
        lease::lock(&mut transaction, self)
            .await?
            .check(lease, &transaction)?;
        transaction.execute(CLEAR, vec![self.name()]).await?;
        for entry in entries {
            self.put(&mut transaction, entry).await?;
        }
        transaction.commit().await
    }

    /// Makes changes within a transaction that holds the lease.
    pub(super) async fn change(
        &self,
        transaction: &mut Transaction<'_>,
        changes: &[Change],
    ) -> Result<(), StoreError> {
        for change in changes {
            match change {
                Change::Put(entry) => self.put(transaction, entry).await?,
                Change::Rename { from, to } => self.rename(transaction, from, to).await?,
                Change::Remove(address) => {
                    let cells = vec![self.name(), address.as_str().into()];
                    transaction.execute(REMOVE, cells).await?;
                }
            }
        }
        Ok(())
    }

    async fn put(
        &self,
        transaction: &mut Transaction<'_>,
        entry: &Entry,
    ) -> Result<(), StoreError> {
        const PUT: &str = "INSERT INTO ledger (workspace, address, remote_id, hold, digest, fields, run, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (workspace, address) DO UPDATE SET remote_id = excluded.remote_id, hold = excluded.hold,
                digest = excluded.digest, fields = excluded.fields, run = excluded.run, at = excluded.at";
        let Entry {
            address,
            id,
            hold,
            digest,
            fields,
            run,
            at,
        } = entry;
        let cells: Vec<Cell> = vec![
            self.name(),
            address.as_str().into(),
            id.clone().into(),
            word(*hold).into(),
            digest.as_str().into(),
            super::chain::json(fields).into(),
            run.to_string().into(),
            (*at).into(),
        ];
        transaction.execute(PUT, cells).await.map(drop)
    }

    async fn rename(
        &self,
        transaction: &mut Transaction<'_>,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        const IS_THERE: &str = "SELECT 1 FROM ledger WHERE workspace = $1 AND address = $2";
        const RENAME: &str = "UPDATE ledger SET address = $1 WHERE workspace = $2 AND address = $3";
        let is_there = transaction
            .query(IS_THERE, vec![self.name(), from.into()])
            .await?;
        if from == to || is_there.is_empty() {
            return Ok(());
        }
        let cells = vec![self.name(), to.into()];
        transaction.execute(REMOVE, cells).await?;
        let cells = vec![to.into(), self.name(), from.into()];
        transaction.execute(RENAME, cells).await.map(drop)
    }
}

const HOLDS: [Hold; 5] = [
    Hold::Found,
    Hold::Owned,
    Hold::Protected,
    Hold::Kept,
    Hold::Retired,
];

fn word(hold: Hold) -> &'static str {
    match hold {
        Hold::Found => "found",
        Hold::Owned => "owned",
        Hold::Protected => "protected",
        Hold::Kept => "kept",
        Hold::Retired => "retired",
    }
}

fn hold(row: &Row<'_>, at: usize) -> Result<Hold, StoreError> {
    let text = row.text(at)?;
    let known = HOLDS.into_iter().find(|it| word(*it) == text);
    known.ok_or_else(|| row.fail(format!("`{text}` is no way to hold an object")))
}
