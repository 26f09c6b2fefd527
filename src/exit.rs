//! How a run ended: the published exit codes.

/// How a run ended. The numbers are a promise to scripts and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Fine, or nothing to do.
    Fine = 0,
    /// An error that no other code names.
    Error = 1,
    /// There are changes, where the command was asked to tell (`plan --detailed-exitcode`, `fmt --check`).
    Changes = 2,
    /// A guard refused the plan.
    Refused = 3,
    /// The plan was applied in part.
    Partial = 4,
    /// The plan is stale: what it was made from has changed, or it has been applied already.
    Stale = 5,
    /// Somebody else holds the lease of the workspace.
    Held = 6,
    /// A vendor did not accept who we are.
    Login = 7,
    /// The configuration is invalid.
    Invalid = 8,
    /// The run was interrupted.
    Interrupted = 130,
}

impl Exit {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        self as u8
    }
}
