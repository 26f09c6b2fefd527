//! The records of an apply: what is about to be done is kept before it is, and what became of it after.

use crate::model::error::VendorError;
use crate::plan::{BoxFuture, Done, StepView};

/// Who keeps the records. Whoever stands behind it has the lease of the workspace, and says so when it is lost.
pub(crate) trait Record: Send + Sync {
    /// Keeps that a step is about to begin.
    fn intent<'a>(&'a self, step: &'a StepView) -> BoxFuture<'a, Result<(), Halt>>;

    /// Keeps what became of it.
    fn result<'a>(
        &'a self,
        step: &'a StepView,
        done: Result<&'a Done, &'a VendorError>,
    ) -> BoxFuture<'a, Result<(), Halt>>;
}

/// Why nothing more is begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Halt {
    /// A sentence without a full stop.
    pub why: String,
    pub help: Option<String>,
    /// Whether it is the lease that was lost, and somebody else may be writing.
    pub is_lease: bool,
}

/// Keeps nothing.
#[cfg(test)]
pub(crate) struct Unrecorded;

#[cfg(test)]
impl Record for Unrecorded {
    fn intent<'a>(&'a self, _: &'a StepView) -> BoxFuture<'a, Result<(), Halt>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn result<'a>(
        &'a self,
        _: &'a StepView,
        _: Result<&'a Done, &'a VendorError>,
    ) -> BoxFuture<'a, Result<(), Halt>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
