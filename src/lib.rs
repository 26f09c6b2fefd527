//! trueup makes access and secrets systems agree with a Git repository.

mod apply;
mod cli;
mod commands;
mod compare;
mod emulate;
mod exit;
mod guard;
mod host;
mod http;
mod load;
mod model;
mod order;
mod pair;
mod plan;
mod read;
mod report;
mod resolve;
mod schema;
mod select;
mod suggest;
mod vendors;
mod yaml;

use std::ffi::OsString;

pub use exit::Exit;
pub use host::{Host, Stderr, Terminal};

/// Runs a command line in a given world. `args` begins with the program's name, as the process has it.
pub fn run(args: impl IntoIterator<Item = OsString>, host: &mut Host) -> Exit {
    commands::run(args.into_iter().collect(), host)
}
