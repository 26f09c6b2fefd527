//! What a database must do to keep a store: run a statement, in a transaction. Statements are written in the words that
//! SQLite and PostgreSQL share, with `$1`, `$2`, … first used in that order.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::error::Problem;

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Sees the store as it is when the first statement runs, until the end.
    Read,
    /// Waits for whoever writes.
    Write,
}

/// A value in a row or for a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing. Where a statement takes it, it always takes text otherwise.
    Null,
    Integer(i64),
    Text(String),
}

/// A database that is open.
pub(super) trait Backend: Send + Sync {
    /// Where it is, as messages name it; never with a password.
    fn place(&self) -> &Arc<str>;

    /// Begins a transaction. One that is dropped before its commit is undone.
    fn begin(
        &self,
        access: Access,
    ) -> BoxFuture<'_, Result<Box<dyn Statements + Send + '_>, Problem>>;
}

/// Where the statements of one transaction run.
pub(super) trait Statements {
    /// Runs a statement that changes something, and counts the rows that it changed.
    fn execute(
        &mut self,
        sql: &'static str,
        cells: Vec<Cell>,
    ) -> BoxFuture<'_, Result<u64, Problem>>;

    /// Runs a statement that gives rows.
    fn query(
        &mut self,
        sql: &'static str,
        cells: Vec<Cell>,
    ) -> BoxFuture<'_, Result<Vec<Vec<Cell>>, Problem>>;

    /// The time that leases go by, which is the same for all who use the store.
    fn now(&mut self) -> BoxFuture<'_, Result<Timestamp, Problem>>;

    /// Makes everything last. Nothing may run after it.
    fn commit(&mut self) -> BoxFuture<'_, Result<(), Problem>>;
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Timestamp> for Cell {
    fn from(time: Timestamp) -> Self {
        Self::Text(time.to_string())
    }
}

impl<T> From<Option<T>> for Cell
where
    Self: From<T>,
{
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Null, Self::from)
    }
}
