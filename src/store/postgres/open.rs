//! Opens the database of a store: connects, recognises the schema, brings it up to date, and tells why that cannot be.

use std::io::ErrorKind;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::Postgres;
use crate::store::backend::Backend;
use crate::store::error::{Problem, StoreError};
use crate::store::location::{Server, Tls};
use crate::store::{Opening, migrations_after, newest_schema};

/// How many transactions of one process may run at once. Those that write wait for one another anyway.
const CONNECTIONS: u32 = 4;

/// Under this number those who bring a schema up to date wait for one another: `trueup` in ASCII.
const MIGRATING: i64 = 0x7472_7565_7570;

/// Begins a transaction that sees one moment of the store.
const READ: &str =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = trueup";

/// Opens a store to read it, if it is there.
pub(in crate::store) async fn find(
    server: &Server,
    opening: &Opening,
) -> Result<Option<Box<dyn Backend>>, StoreError> {
    let at = |problem: Problem| problem.at(&server.place);
    let options = options(server).map_err(at)?;
    let mut connection = connect(&options, opening.patience).await.map_err(at)?;
    if version(&mut connection).await.map_err(at)? == 0 {
        return Ok(None);
    }
    let backend = finish(server, options, connection, opening, "BEGIN READ ONLY").await;
    backend.map(Some).map_err(at)
}

/// Opens a store, and makes it where there is none.
pub(in crate::store) async fn open(
    server: &Server,
    opening: &Opening,
) -> Result<Box<dyn Backend>, StoreError> {
    let at = |problem: Problem| problem.at(&server.place);
    let options = options(server).map_err(at)?;
    let connection = connect(&options, opening.patience).await.map_err(at)?;
    let backend = finish(server, options, connection, opening, "BEGIN").await;
    backend.map_err(at)
}

/// What the URL leaves out, the variables and the password file of libpq may say.
fn options(server: &Server) -> Result<PgConnectOptions, Problem> {
    let options = PgConnectOptions::from_str(server.url.reveal());
    let mut options = options.map_err(|error| problem(&error))?;
    options = options.ssl_mode(match server.tls {
        Tls::Off => PgSslMode::Disable,
        Tls::Local => PgSslMode::Prefer,
        Tls::Authority => PgSslMode::VerifyCa,
        Tls::Name => PgSslMode::VerifyFull,
    });
    if let Some(file) = &server.root_certificate {
        options = options.ssl_root_cert(file);
    }
    if let Some(file) = &server.client_certificate {
        options = options.ssl_client_cert(file);
    }
    if let Some(file) = &server.client_key {
        options = options.ssl_client_key(file);
    }
    Ok(options.disable_statement_logging())
}

/// Connects once, outside of any pool, which would hide why it cannot.
async fn connect(options: &PgConnectOptions, patience: Duration) -> Result<PgConnection, Problem> {
    let connecting = PgConnection::connect_with(options);
    match tokio::time::timeout(patience, connecting).await {
        Ok(connected) => connected.map_err(|error| problem(&error)),
        Err(_) => Err(silent(patience)),
    }
}

fn silent(patience: Duration) -> Problem {
    let seconds = patience.as_secs_f64();
    Problem::Unreachable(format!("there was no answer within {seconds} s"))
}

/// The version of the schema; 0 where there is none.
async fn version(connection: &mut PgConnection) -> Result<i64, Problem> {
    // Asked of the tables themselves: what a connection remembers of names may be older than what it has waited for.
    const EXISTS: &str = "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_tables
        WHERE schemaname = 'trueup' AND tablename = 'schema_version')";
    const VERSION: &str = "SELECT coalesce(max(version), 0) FROM trueup.schema_version";
    let said = |error: sqlx::Error| problem(&error);
    let exists = sqlx::query_scalar(EXISTS).fetch_one(&mut *connection);
    match exists.await.map_err(said)? {
        true => sqlx::query_scalar(VERSION)
            .fetch_one(connection)
            .await
            .map_err(said),
        false => Ok(0),
    }
}

/// Brings the schema up to date, and opens the pool.
async fn finish(
    server: &Server,
    options: PgConnectOptions,
    mut connection: PgConnection,
    opening: &Opening,
    begin: &str,
) -> Result<Box<dyn Backend>, Problem> {
    if !migrations_after(version(&mut connection).await?)?.is_empty() {
        migrate(&mut connection).await?;
    }
    // What was opened is closed; that the server no longer hears it is no reason to fail.
    connection.close().await.ok();
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(opening.patience)
        .connect_lazy_with(options);
    let patience = opening.patience.as_millis().max(1);
    Ok(Box::new(Postgres {
        place: server.place.clone(),
        pool,
        read: READ,
        // Nothing is set for the connection itself, which with a proxy such as PgBouncer may be another's next.
        write: format!(
            "{begin}; SET LOCAL search_path = trueup; SET LOCAL lock_timeout = {patience}"
        ),
    }))
}

/// Brings the schema up to date in one step, unless another process has done so meanwhile.
async fn migrate(connection: &mut PgConnection) -> Result<(), Problem> {
    const LOCK: &str = "SELECT pg_advisory_xact_lock($1)";
    // Making what is there is refused to those who may not make it, so it is asked for first.
    const IS_THERE: &str =
        "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'trueup')";
    const MAKE: &str = "CREATE SCHEMA trueup";
    const NOTE: &str = "SET LOCAL search_path = trueup;
        CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL);
        DELETE FROM schema_version";
    const VERSION: &str = "INSERT INTO trueup.schema_version (version) VALUES ($1)";
    let said = |error: sqlx::Error| problem(&error);
    let mut transaction = connection.begin().await.map_err(said)?;
    let lock = sqlx::query(LOCK).bind(MIGRATING).execute(&mut *transaction);
    lock.await.map_err(said)?;
    let steps = migrations_after(version(&mut transaction).await?)?;
    let is_there = sqlx::query_scalar(IS_THERE).fetch_one(&mut *transaction);
    if !is_there.await.map_err(said)? {
        let make = sqlx::query(MAKE).execute(&mut *transaction);
        make.await.map_err(said)?;
    }
    for sql in std::iter::once(NOTE).chain(steps.iter().copied()) {
        let step = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *transaction);
        step.await.map_err(said)?;
    }
    let note = sqlx::query(VERSION).bind(newest_schema());
    note.execute(&mut *transaction).await.map_err(said)?;
    transaction.commit().await.map_err(said)
}

/// What an error of sqlx means. None of its texts holds a password.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library may add errors, and all others mean the same here"
)]
pub(super) fn problem(error: &sqlx::Error) -> Problem {
    match error {
        sqlx::Error::Database(refused) => {
            let code = refused.code().unwrap_or_default();
            refusal(&code, refused.message().to_owned())
        }
        sqlx::Error::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Problem::Unreachable("it closed the connection".to_owned())
        }
        // Where the handshake fails, the reason is inside.
        sqlx::Error::Io(error) => match error.get_ref().and_then(|it| it.downcast_ref()) {
            Some(rustls::Error::InvalidCertificate(_)) => Problem::Untrusted(error.to_string()),
            Some(_) | None => Problem::Unreachable(error.to_string()),
        },
        sqlx::Error::Tls(why) => Problem::Untrusted(why.to_string()),
        sqlx::Error::PoolTimedOut => {
            Problem::Unreachable("there was no connection to be had in time".to_owned())
        }
        other => Problem::Failed(other.to_string()),
    }
}

/// What an SQLSTATE means.
fn refusal(code: &str, why: String) -> Problem {
    match code {
        "28P01" | "28000" => Problem::LoginRefused(why),
        "42501" => Problem::NoPermission(why),
        "25006" => Problem::ReadOnly,
        "53100" => Problem::Full,
        "55P03" => Problem::Busy,
        "3D000" | "53300" | "57P01" | "57P02" | "57P03" => Problem::Unreachable(why),
        "XX001" | "XX002" => Problem::Damaged(why),
        // What the tables do not have was there when they were made.
        "42P01" | "42703" | "3F000" => Problem::Damaged(why),
        code if code.starts_with("08") => Problem::Unreachable(why),
        code => Problem::Failed(format!("{why} ({code})")),
    }
}
