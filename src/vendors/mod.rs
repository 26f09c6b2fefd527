//! The vendors, one folder each.

pub(crate) mod senhasegura;
