//! A store in a PostgreSQL database, in a schema of its own.

mod open;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use sqlx::postgres::{PgArguments, PgPool, PgRow, Postgres as Dialect};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Column, Row, TypeInfo, ValueRef};

use super::backend::{Access, Backend, Cell, Statements};
use super::error::Problem;
use open::problem;
pub(super) use open::{find, open};

/// Connections to a database.
struct Postgres {
    place: Arc<str>,
    pool: PgPool,
    /// What begins a transaction that writes.
    write: String,
    /// What begins a transaction that reads.
    read: &'static str,
}

impl Backend for Postgres {
    fn place(&self) -> &Arc<str> {
        &self.place
    }

    fn begin(
        &self,
        access: Access,
    ) -> BoxFuture<'_, Result<Box<dyn Statements + Send + '_>, Problem>> {
        Box::pin(async move {
            let begun = match access {
                Access::Read => self.pool.begin_with(self.read).await,
                Access::Write => {
                    let begin = AssertSqlSafe(self.write.as_str());
                    self.pool.begin_with(begin).await
                }
            };
            let transaction = Some(begun.map_err(|error| problem(&error))?);
            Ok(Box::new(Transaction { transaction }) as Box<dyn Statements + Send>)
        })
    }
}

/// A transaction, until its commit.
struct Transaction {
    transaction: Option<sqlx::Transaction<'static, Dialect>>,
}

impl Transaction {
    fn running(&mut self) -> Result<&mut sqlx::Transaction<'static, Dialect>, Problem> {
        let over = || Problem::Failed("the transaction is over".to_owned());
        self.transaction.as_mut().ok_or_else(over)
    }
}

impl Statements for Transaction {
    fn execute(
        &mut self,
        sql: &'static str,
        cells: Vec<Cell>,
    ) -> BoxFuture<'_, Result<u64, Problem>> {
        Box::pin(async move {
            let done = query(sql, cells).execute(&mut **self.running()?).await;
            done.map(|done| done.rows_affected())
                .map_err(|error| problem(&error))
        })
    }

    fn query(
        &mut self,
        sql: &'static str,
        cells: Vec<Cell>,
    ) -> BoxFuture<'_, Result<Vec<Vec<Cell>>, Problem>> {
        Box::pin(async move {
            let rows = query(sql, cells).fetch_all(&mut **self.running()?).await;
            let rows = rows.map_err(|error| problem(&error))?;
            let rows = rows.iter().map(row).collect::<Result<_, _>>();
            rows.map_err(|error| problem(&error))
        })
    }

    fn now(&mut self) -> BoxFuture<'_, Result<Timestamp, Problem>> {
        Box::pin(async move {
            const NOW: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
            let now = sqlx::query_scalar(NOW).fetch_one(&mut **self.running()?);
            let micros = now.await.map_err(|error| problem(&error))?;
            Timestamp::from_microsecond(micros).map_err(|error| Problem::Failed(error.to_string()))
        })
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<(), Problem>> {
        Box::pin(async move {
            match self.transaction.take() {
                Some(transaction) => transaction.commit().await.map_err(|it| problem(&it)),
                None => Ok(()),
            }
        })
    }
}

fn query(sql: &'static str, cells: Vec<Cell>) -> Query<'static, Dialect, PgArguments> {
    let mut query = sqlx::query(sql);
    for cell in cells {
        query = match cell {
            Cell::Null => query.bind(None::<String>),
            Cell::Integer(number) => query.bind(number),
            Cell::Text(text) => query.bind(text),
        };
    }
    query
}

fn row(row: &PgRow) -> sqlx::Result<Vec<Cell>> {
    let columns = row.columns().iter();
    let cells = columns.map(|column| {
        let at = column.ordinal();
        let value = row.try_get_raw(at)?;
        if value.is_null() {
            return Ok(Cell::Null);
        }
        match value.type_info().name() {
            "INT8" => row.try_get(at).map(Cell::Integer),
            "INT4" => row.try_get::<i32, _>(at).map(|it| Cell::Integer(it.into())),
            _ => row.try_get(at).map(Cell::Text),
        }
    });
    cells.collect()
}
