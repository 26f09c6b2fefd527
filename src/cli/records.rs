//! The flags of what deals with the records of a workspace: its key and its journal.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Lease, Place, Planning, switch};

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Put another key in the place of the workspace's, and all that is remembered under it
    ///
    /// A fingerprint is made anew from the value that is declared or live today. Where neither is the one that was applied
    /// last, that is forgotten, and told. Changes nothing at any vendor; saved plans of the old key are no longer taken.
    Rotate(KeyRotate),
}

#[derive(Args, Debug)]
pub(crate) struct KeyRotate {
    #[command(flatten)]
    pub planning: Planning,
    #[command(flatten)]
    pub lease: Lease,
    /// The file with the new key, if none is to be made up
    #[arg(long, value_name = "FILE", env = "TRUEUP_KEY_TO")]
    pub to: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    /// Print the lines
    Show(JournalShow),
    /// Check that no line was edited, moved or taken out
    Verify(JournalVerify),
}

#[derive(Args, Debug)]
pub(crate) struct JournalShow {
    #[command(flatten)]
    pub place: Place,
    /// Only the lines of this run
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// Print each line as JSON
    #[arg(long, env = "TRUEUP_JSON", value_parser = switch)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct JournalVerify {
    #[command(flatten)]
    pub place: Place,
    /// Print the result as JSON
    #[arg(long, env = "TRUEUP_JSON", value_parser = switch)]
    pub json: bool,
}
