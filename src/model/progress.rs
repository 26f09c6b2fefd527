//! What the stages tell of how far they are.

use std::sync::Arc;

use super::address::{Address, RemoteId};

/// How far reading or applying is.
#[derive(Clone, Debug)]
pub(crate) enum Progress {
    /// So many more objects are to be read one by one.
    ToRead(usize),
    /// One of them was read.
    Read,
    /// So many steps are to be done.
    ToApply(usize),
    /// A step began.
    Begun(Address),
    /// A step ended, well or not.
    Ended(Address, Ended),
}

/// How a step ended.
#[derive(Clone, Debug)]
pub(crate) enum Ended {
    /// It was done, to the object with this id if it is there now.
    Done(Option<RemoteId>),
    /// The vendor took it and has not finished.
    UnderWay(String),
    /// It failed, with what went wrong and what helps.
    Failed(String, Option<String>),
    /// Nothing was done, since the records of the run could not be kept.
    NotAttempted,
}

/// Who is told. It may be called from several threads at once.
pub(crate) type Watch = Arc<dyn Fn(Progress) + Send + Sync>;
