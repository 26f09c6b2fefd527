//! What of a step deserves a second look: protection that goes, power that is given.

/// One reason to look twice at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Risk {
    pub sort: RiskSort,
    /// The field whose change it is; none for the step as a whole.
    pub field: Option<&'static str>,
    /// What it comes to, as a clause.
    pub why: String,
}

/// What kind of risk it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RiskSort {
    /// A policy protects less than it did.
    PolicyWeakened,
}

impl RiskSort {
    /// The stable word for it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::PolicyWeakened => "policy-weakened",
        }
    }
}
