//! The process around the library: its arguments and world in, its exit code out.

use std::process::ExitCode;

use trueup::Host;

fn main() -> ExitCode {
    trueup::forbid_dumps();
    ExitCode::from(trueup::run(std::env::args_os(), &mut Host::of_process()).code())
}
