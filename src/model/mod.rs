//! The nouns every stage speaks in. Knows nobody but `apply::Permit`.

pub(crate) mod access;
pub(crate) mod address;
pub(crate) mod answer;
pub(crate) mod applying;
pub(crate) mod canonical;
pub(crate) mod delivery;
pub(crate) mod diagnostic;
pub(crate) mod error;
pub(crate) mod field;
pub(crate) mod fingerprint;
pub(crate) mod generate;
pub(crate) mod kind;
pub(crate) mod one_of;
pub(crate) mod pictured;
pub(crate) mod place;
pub(crate) mod power;
pub(crate) mod progress;
pub(crate) mod rate;
pub(crate) mod reference;
pub(crate) mod resource;
pub(crate) mod risk;
pub(crate) mod secret;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod verb;
pub(crate) mod waiver;
