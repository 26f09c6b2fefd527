//! Why a store cannot be opened, read or written.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::lease::Holder;

/// Why a store cannot be opened, read or written. Nothing was changed by what failed.
#[derive(Clone, Debug)]
pub(crate) struct StoreError {
    /// Where the store is: its file, or its server without a password.
    pub place: Arc<str>,
    pub problem: Problem,
}

/// What is wrong with a store, as far as anything is decided by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// What is there was a store, and can no longer be read.
    Damaged(String),
    /// What is there is something else.
    NotAStore(String),
    /// Another process is writing, and went on for longer than we waited.
    Busy,
    ReadOnly,
    Full,
    NoPermission(String),
    /// A newer trueup made it.
    NewerSchema {
        found: i64,
        known: i64,
    },
    Unreachable(String),
    /// The server is not the one it should be, or cannot prove it.
    Untrusted(String),
    LoginRefused(String),
    /// Another may write.
    LeaseHeld(Box<Holder>),
    /// We may no longer write: the lease ran out and was taken over, or was taken from us.
    LeaseLost,
    /// Anything else.
    Failed(String),
}

impl Problem {
    /// Says where it happened.
    pub(super) fn at(self, place: &Arc<str>) -> StoreError {
        StoreError {
            place: Arc::clone(place),
            problem: self,
        }
    }
}

impl StoreError {
    /// Whether it is that another may write, or that we may no longer.
    pub(crate) fn is_lease(&self) -> bool {
        matches!(self.problem, Problem::LeaseHeld(_) | Problem::LeaseLost)
    }

    /// What can be done about it.
    pub(crate) fn help(&self) -> Option<String> {
        let help = match &self.problem {
            Problem::Damaged(_) => {
                "put back a copy from before the damage; or move it away and begin with an empty store, without \
                 which nothing is deleted that the declarations do not name"
            }
            Problem::NotAStore(_) => "let `store:` in trueup.yaml name a file of trueup's own",
            Problem::Busy => "wait until it is done and try again",
            Problem::ReadOnly => "make it writable; a plan needs no more than to read it",
            Problem::Full => "make room and try again; everything written so far is safe",
            Problem::NoPermission(_) => "let the user that runs trueup read and write it",
            Problem::NewerSchema { .. } => {
                "use the version of trueup that wrote it, or a newer one"
            }
            Problem::Unreachable(_) => {
                "check `store:` in trueup.yaml, and whether the server runs and lets this machine in"
            }
            Problem::Untrusted(_) => {
                "give the certificate of the server's authority as `sslrootcert=FILE` in the URL of the store"
            }
            Problem::LoginRefused(_) => {
                "check user and password in the URL of the store, or in PGPASSWORD or the password file of PostgreSQL"
            }
            Problem::LeaseHeld(holder) => {
                return Some(format!(
                    "wait for it (`--lock-timeout`); if that run is gone for good: `trueup unlock {}`",
                    holder.id
                ));
            }
            Problem::LeaseLost => {
                "see who holds the lease now; apply again when they are done, which finishes what was begun"
            }
            Problem::Failed(_) => return None,
        };
        Some(help.to_owned())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, problem } = self;
        match problem {
            Problem::Damaged(why) => write!(f, "the store {place} is damaged: {why}"),
            Problem::NotAStore(why) => write!(f, "{place} is not a store of trueup: {why}"),
            Problem::Busy => write!(f, "the store {place} is locked by another process"),
            Problem::ReadOnly => write!(f, "the store {place} cannot be written: it is read-only"),
            Problem::Full => write!(
                f,
                "the store {place} cannot be written: there is no room left"
            ),
            Problem::NoPermission(why) => write!(f, "the store {place} may not be used: {why}"),
            Problem::NewerSchema { found, known } => write!(
                f,
                "the store {place} was written by a newer trueup: its schema is {found}, and this one knows {known}"
            ),
            Problem::Unreachable(why) => write!(f, "the store {place} cannot be reached: {why}"),
            Problem::Untrusted(why) => write!(f, "the store {place} cannot be trusted: {why}"),
            Problem::LoginRefused(why) => write!(f, "the store {place} refused the login: {why}"),
            Problem::LeaseHeld(holder) => {
                write!(f, "{holder} holds the lease until {}", holder.expires)
            }
            Problem::LeaseLost => write!(
                f,
                "the lease on the workspace was lost: it ran out and another run took over, or it was unlocked"
            ),
            Problem::Failed(why) => write!(f, "the store {place} failed: {why}"),
        }
    }
}

impl Error for StoreError {}
