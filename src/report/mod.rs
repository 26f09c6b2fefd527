//! Shows people and machines what was found, planned and done. Returns text; prints nothing.

pub(crate) mod adopted;
pub(crate) mod capabilities;
pub(crate) mod diagnostics;
pub(crate) mod events;
mod forecast;
pub(crate) mod graph;
pub(crate) mod journal;
pub(crate) mod json;
mod secret_state;
pub(crate) mod style;
pub(crate) mod text;
