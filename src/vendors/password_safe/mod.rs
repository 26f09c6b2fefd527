//! BeyondTrust Password Safe: Secrets Safe, and the users and groups that its secrets are shared with.

pub(crate) mod emulator;
