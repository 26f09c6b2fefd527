//! The nouns every stage speaks in. Knows nobody but itself.

pub(crate) mod diagnostic;
pub(crate) mod place;
pub(crate) mod secret;
