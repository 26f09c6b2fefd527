//! Shows people and machines what was found.

pub(crate) mod diagnostics;
