//! A transaction whose errors say where the store is, and the rows that it gives.

use std::sync::Arc;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::backend::{Access, Backend, Cell, Statements};
use super::error::{Problem, StoreError};

/// Statements that all take effect at the commit, or none.
pub(super) struct Transaction<'s> {
    statements: Box<dyn Statements + Send + 's>,
    place: &'s Arc<str>,
}

impl<'s> Transaction<'s> {
    pub(super) async fn begin(
        backend: &'s dyn Backend,
        access: Access,
    ) -> Result<Self, StoreError> {
        let place = backend.place();
        let statements = backend.begin(access).await;
        Ok(Self {
            statements: statements.map_err(|problem| problem.at(place))?,
            place,
        })
    }

    /// Runs a statement that changes something, and counts the rows that it changed.
    pub(super) async fn execute(
        &mut self,
        sql: &'static str,
        cells: Vec<Cell>,
    ) -> Result<u64, StoreError> {
        let changed = self.statements.execute(sql, cells).await;
        changed.map_err(|problem| self.fail(problem))
    }

    pub(super) async fn query(
        &mut self,
        sql: &'static str,
        cells: Vec<Cell>,
    ) -> Result<Vec<Row<'s>>, StoreError> {
        let rows = self.statements.query(sql, cells).await;
        let rows = rows.map_err(|problem| self.fail(problem))?;
        let place = self.place;
        Ok(rows.into_iter().map(|cells| Row { cells, place }).collect())
    }

    /// The time that leases go by.
    pub(super) async fn now(&mut self) -> Result<Timestamp, StoreError> {
        let now = self.statements.now().await;
        now.map_err(|problem| self.fail(problem))
    }

    /// Makes everything last.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        let done = self.statements.commit().await;
        done.map_err(|problem| self.fail(problem))
    }

    /// An error of this store.
    pub(super) fn fail(&self, problem: Problem) -> StoreError {
        problem.at(self.place)
    }
}

/// A row, whose cells are not what was written there only where somebody else wrote.
#[derive(Debug)]
pub(super) struct Row<'s> {
    cells: Vec<Cell>,
    place: &'s Arc<str>,
}

impl Row<'_> {
    pub(super) fn integer(&self, at: usize) -> Result<i64, StoreError> {
        match self.cells.get(at) {
            Some(Cell::Integer(number)) => Ok(*number),
            other => Err(self.damaged(at, other, "a number")),
        }
    }

    pub(super) fn text(&self, at: usize) -> Result<String, StoreError> {
        match self.cells.get(at) {
            Some(Cell::Text(text)) => Ok(text.clone()),
            other => Err(self.damaged(at, other, "text")),
        }
    }

    pub(super) fn maybe_text(&self, at: usize) -> Result<Option<String>, StoreError> {
        match self.cells.get(at) {
            Some(Cell::Null) => Ok(None),
            _ => self.text(at).map(Some),
        }
    }

    pub(super) fn maybe_integer(&self, at: usize) -> Result<Option<i64>, StoreError> {
        match self.cells.get(at) {
            Some(Cell::Null) => Ok(None),
            _ => self.integer(at).map(Some),
        }
    }

    /// A text that is written in a form of its own: a time, an id.
    pub(super) fn parsed<T: std::str::FromStr>(
        &self,
        at: usize,
        wanted: &str,
    ) -> Result<T, StoreError> {
        let text = self.text(at)?;
        let parsed = text.parse();
        parsed.map_err(|_| self.damaged(at, Some(&Cell::Text(text)), wanted))
    }

    pub(super) fn time(&self, at: usize) -> Result<Timestamp, StoreError> {
        self.parsed(at, "a time")
    }

    pub(super) fn json<T: DeserializeOwned>(&self, at: usize) -> Result<T, StoreError> {
        let text = self.text(at)?;
        let parsed = serde_json::from_str(&text);
        parsed.map_err(|error| self.fail(format!("what should be JSON is not: {error}")))
    }

    /// Says that what stands in the row cannot have been written by this program.
    pub(super) fn fail(&self, why: String) -> StoreError {
        Problem::Damaged(why).at(self.place)
    }

    fn damaged(&self, at: usize, found: Option<&Cell>, wanted: &str) -> StoreError {
        let found = match found {
            None => "no column".to_owned(),
            Some(Cell::Null) => "nothing".to_owned(),
            Some(Cell::Integer(number)) => number.to_string(),
            Some(Cell::Text(text)) => format!("{text:?}"),
        };
        self.fail(format!("column {at} of a row holds {found}, not {wanted}"))
    }
}
