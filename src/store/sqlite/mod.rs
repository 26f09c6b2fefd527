//! A store in one file. SQLite waits while it works, so it does that on a thread of its own, which ends with the store.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, ToSql, params_from_iter};
use tokio::sync::{Mutex, MutexGuard, oneshot};

use super::backend::{Access, Backend, Cell, Statements};
use super::error::{Problem, StoreError};
use super::{Clock, Opening};

mod file;

use file::{Wanted, connect, problem};

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// A file that is open.
struct Sqlite {
    place: Arc<str>,
    clock: Clock,
    /// Whose turn it is to have a transaction.
    turn: Mutex<()>,
    thread: Thread,
}

/// The thread that has the connection.
struct Thread {
    /// None once the store is being closed.
    jobs: Option<mpsc::Sender<Job>>,
    handle: Option<JoinHandle<()>>,
}

/// Opens a store to read it, if it is there.
pub(super) async fn find(
    file: &Path,
    opening: &Opening,
) -> Result<Option<Box<dyn Backend>>, StoreError> {
    begin(file, opening, Wanted::Existing).await
}

/// Opens a store, and makes it where there is none.
pub(super) async fn open(file: &Path, opening: &Opening) -> Result<Box<dyn Backend>, StoreError> {
    let store = begin(file, opening, Wanted::Any).await?;
    let place = file.display().to_string().into();
    store.ok_or_else(|| Problem::Failed("it was not made".to_owned()).at(&place))
}

async fn begin(
    file: &Path,
    opening: &Opening,
    wanted: Wanted,
) -> Result<Option<Box<dyn Backend>>, StoreError> {
    let place: Arc<str> = file.display().to_string().into();
    let (file, patience) = (file.to_owned(), opening.patience);
    let connection = tokio::task::spawn_blocking(move || connect(&file, wanted, patience)).await;
    let connection = connection.unwrap_or_else(|error| Err(Problem::Failed(error.to_string())));
    let Some(connection) = connection.map_err(|problem| problem.at(&place))? else {
        return Ok(None);
    };
    let thread = Thread::new(connection).map_err(|problem| problem.at(&place))?;
    Ok(Some(Box::new(Sqlite {
        place,
        clock: Arc::clone(&opening.clock),
        turn: Mutex::new(()),
        thread,
    })))
}

impl Thread {
    fn new(connection: Connection) -> Result<Self, Problem> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let work = move || {
            for job in queue {
                job(&connection);
            }
        };
        let handle = thread::Builder::new().name("store".to_owned()).spawn(work);
        let handle = handle.map_err(|error| Problem::Failed(error.to_string()))?;
        Ok(Self {
            jobs: Some(jobs),
            handle: Some(handle),
        })
    }

    /// Hands in some work, and does not wait for it.
    fn send(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // A thread that is gone is told to whoever waits for an answer.
            jobs.send(job).ok();
        }
    }

    /// Has some work done.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let (answer, answered) = oneshot::channel();
        self.send(Box::new(move |connection| {
            answer.send(work(connection)).ok();
        }));
        match answered.await {
            Ok(done) => done.map_err(|error| problem(&error)),
            Err(_) => Err(Problem::Failed("its thread has ended".to_owned())),
        }
    }
}

impl Drop for Thread {
    /// Waits until the file is closed, so that whoever dropped the store may move or remove it.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(handle) = self.handle.take() {
            handle.join().ok();
        }
    }
}

impl Backend for Sqlite {
    fn place(&self) -> &Arc<str> {
        &self.place
    }

    fn begin(
        &self,
        access: Access,
    ) -> BoxFuture<'_, Result<Box<dyn Statements + Send + '_>, Problem>> {
        Box::pin(async move {
            let turn = self.turn.lock().await;
            // Made first: when this future is dropped on its way, what it began is undone.
            let transaction = Transaction {
                store: self,
                ended: false,
                _turn: turn,
            };
            let begin = match access {
                Access::Read => "BEGIN",
                Access::Write => "BEGIN IMMEDIATE",
            };
            self.thread
                .run(move |connection| connection.execute_batch(begin))
                .await?;
            Ok(Box::new(transaction) as Box<dyn Statements + Send>)
        })
    }
}

/// A transaction of the one connection.
struct Transaction<'s> {
    store: &'s Sqlite,
    ended: bool,
    _turn: MutexGuard<'s, ()>,
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.ended {
            // Done before the next one begins, for the thread works in order. Without a transaction there is nothing to
            // undo, and no error to speak of.
            self.store.thread.send(Box::new(|connection| {
                connection.execute_batch("ROLLBACK").ok();
            }));
        }
    }
}

impl Statements for Transaction<'_> {
    fn execute(
        &mut self,
        sql: &'static str,
        cells: Vec<Cell>,
    ) -> BoxFuture<'_, Result<u64, Problem>> {
        Box::pin(self.store.thread.run(move |connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let changed = statement.execute(params_from_iter(cells))?;
            Ok(u64::try_from(changed).unwrap_or(u64::MAX))
        }))
    }

    fn query(
        &mut self,
        sql: &'static str,
        cells: Vec<Cell>,
    ) -> BoxFuture<'_, Result<Vec<Vec<Cell>>, Problem>> {
        Box::pin(self.store.thread.run(move |connection| {
            let mut statement = connection.prepare_cached(sql)?;
            let columns = statement.column_count();
            let rows = statement.query_map(params_from_iter(cells), |row| {
                (0..columns).map(|at| row.get(at).map(cell)).collect()
            });
            rows?.collect()
        }))
    }

    fn now(&mut self) -> BoxFuture<'_, Result<Timestamp, Problem>> {
        Box::pin(std::future::ready(Ok((self.store.clock)())))
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<(), Problem>> {
        Box::pin(async {
            let done = self.store.thread.run(|it| it.execute_batch("COMMIT"));
            done.await?;
            self.ended = true;
            Ok(())
        })
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Null => Ok(ToSqlOutput::Owned(Value::Null)),
            Self::Integer(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
        }
    }
}

/// What this program writes is a number or text; what somebody else put there in another form is read as text, and found
/// not to be what was expected.
fn cell(value: Value) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::Integer(number) => Cell::Integer(number),
        Value::Real(number) => Cell::Text(number.to_string()),
        Value::Text(text) => Cell::Text(text),
        Value::Blob(bytes) => Cell::Text(String::from_utf8_lossy(&bytes).into_owned()),
    }
}
