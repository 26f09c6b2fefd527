//! Opens the file of a store: makes it, recognises it, brings it up to date, and tells why that cannot be.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::store::error::Problem;
use crate::store::{migrations_after, newest_schema};

/// Whether a store that is not there is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// What is there, to be read.
    Existing,
    /// What is there, or else a new one, to be written.
    Any,
}

/// By this SQLite files say whose they are: `trup`.
const APPLICATION: i32 = i32::from_be_bytes(*b"trup");

/// Opens the file; nothing where there is no store and none is to be made.
pub(super) fn connect(
    file: &Path,
    wanted: Wanted,
    patience: Duration,
) -> Result<Option<Connection>, Problem> {
    match wanted {
        Wanted::Any => make(file)?,
        Wanted::Existing => match fs::metadata(file) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io_problem(&error)),
        },
    }
    if file.is_dir() {
        return Err(Problem::NotAStore("it is a folder".to_owned()));
    }
    // SQLite itself falls back to reading where the file cannot be written.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(|it| problem(&it))?;
    let opened = prepare(&connection, wanted, patience)?;
    Ok(opened.then_some(connection))
}

/// Makes an empty file that nobody else may read, with its folder. One that is there stays as it is.
fn make(file: &Path) -> Result<(), Problem> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| io_problem(&error))?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // SQLite gives the files that it puts beside it the same mode.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(io_problem(&error)),
    }
}

/// Recognises the store and brings it up to date; tells whether there is one.
fn prepare(connection: &Connection, wanted: Wanted, patience: Duration) -> Result<bool, Problem> {
    let said = |error| problem(&error);
    connection.busy_timeout(patience).map_err(said)?;
    let version = version(connection)?;
    let steps = migrations_after(version)?;
    if version == 0 && wanted == Wanted::Existing {
        return Ok(false);
    }
    // Every commit is on the disk before it is told; and nothing that the file says of itself is run.
    let rules = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;
        PRAGMA cell_size_check = ON;";
    connection.execute_batch(rules).map_err(said)?;
    if !steps.is_empty() {
        write_ahead(connection, patience)?;
        migrate(connection)?;
    }
    if wanted == Wanted::Existing {
        let rule = "PRAGMA query_only = ON";
        connection.execute_batch(rule).map_err(said)?;
    }
    Ok(true)
}

/// The version of the schema; 0 for a file without one. A file of another program is refused.
fn version(connection: &Connection) -> Result<i64, Problem> {
    // One statement, so that a store which another process makes meanwhile is seen whole or not at all.
    let sql = "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_master)
        FROM pragma_user_version, pragma_application_id";
    let read = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    let (version, application, tables): (i64, i64, i64) = read.map_err(|it| problem(&it))?;
    let is_new = version == 0 && application == 0 && tables == 0;
    match is_new || application == i64::from(APPLICATION) {
        true => Ok(version),
        false => Err(Problem::NotAStore(
            "it is a database of another program".to_owned(),
        )),
    }
}

/// Lets readers read while somebody writes. SQLite does not wait for others when it changes to that, so we do.
fn write_ahead(connection: &Connection, patience: Duration) -> Result<(), Problem> {
    let begun = Instant::now();
    loop {
        let changed = connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()));
        match changed.map_err(|error| problem(&error)) {
            Err(Problem::Busy) if begun.elapsed() < patience => {
                thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

/// Brings the schema up to date in one step, unless another process has done so meanwhile.
fn migrate(connection: &Connection) -> Result<(), Problem> {
    let run = |sql: &str| connection.execute_batch(sql).map_err(|it| problem(&it));
    run("BEGIN IMMEDIATE")?;
    let migrated = version(connection).and_then(|version| {
        for step in migrations_after(version)? {
            run(step)?;
        }
        let newest = newest_schema();
        run(&format!(
            "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {newest}; COMMIT"
        ))
    });
    if migrated.is_err() {
        run("ROLLBACK").ok();
    }
    migrated
}

/// What an error of SQLite means.
pub(super) fn problem(error: &rusqlite::Error) -> Problem {
    let why = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Problem::Busy,
        Some(ErrorCode::ReadOnly) => Problem::ReadOnly,
        Some(ErrorCode::DiskFull) => Problem::Full,
        Some(ErrorCode::DatabaseCorrupt) => Problem::Damaged(why),
        Some(ErrorCode::NotADatabase) => {
            Problem::Damaged("it is not a database, or its beginning was overwritten".to_owned())
        }
        Some(ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => Problem::NoPermission(why),
        Some(_) | None => Problem::Failed(why),
    }
}

/// What an error of the file system means.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library may add kinds, and all others mean the same here"
)]
fn io_problem(error: &io::Error) -> Problem {
    let why = error.to_string();
    match error.kind() {
        ErrorKind::PermissionDenied => Problem::NoPermission(why),
        ErrorKind::ReadOnlyFilesystem => Problem::ReadOnly,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Problem::Full,
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            Problem::NotAStore("its folder would be where a file is".to_owned())
        }
        _ => Problem::Failed(why),
    }
}
