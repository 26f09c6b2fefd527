//! senhasegura: MySafe and SCIM.

pub(crate) mod emulator;
