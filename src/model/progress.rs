//! What the stages tell of how far they are.

use std::sync::Arc;

/// How far reading or applying is.
#[derive(Clone, Debug)]
pub(crate) enum Progress {
    /// So many more objects are to be read one by one.
    ToRead(usize),
    /// One of them was read.
    Read,
    /// So many steps are to be done.
    ToApply(usize),
    /// A step began, named by its address.
    Begun(String),
    /// A step ended, well or not.
    Ended,
}

/// Who is told. It may be called from several threads at once.
pub(crate) type Watch = Arc<dyn Fn(Progress) + Send + Sync>;
