//! Shows people and machines what was found, planned and done. Returns text; prints nothing.

pub(crate) mod adopted;
pub(crate) mod capabilities;
pub(crate) mod diagnostics;
pub(crate) mod drift;
mod forecast;
pub(crate) mod journal;
pub(crate) mod json;
pub(crate) mod rekeyed;
mod secret_state;
pub(crate) mod style;
pub(crate) mod text;
