//! Whole-process figures of an apply of independent creates, one after another and side by side.
//!
//! `cargo bench --bench apply` declares 2,000 passwords that are not there, serves an empty world by `trueup emulate` on
//! loopback with 20 ms added to every answer, and applies: each time to a new world. It prints the median of three runs
//! for each number of requests under way at once, how much that is of what the added delays alone would take, and how many
//! times faster it is than one at once. Quote the ratios: times depend on the machine.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod emulator;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use emulator::{Emulator, Failure, median};

const SIZE: usize = 2_000;
/// Milliseconds that the emulator adds to every answer.
const DELAY: u64 = 20;
const PARALLELISM: [usize; 2] = [1, 16];
const RUNS: usize = 3;

fn main() -> Result<(), Failure> {
    println!(
        "{:>8} {:>8} {:>12} {:>9} {:>8} {:>9} {:>8} {:>9}",
        "creates",
        "delay ms",
        "parallelism",
        "requests",
        "apply s",
        "delays s",
        "of that",
        "speed-up"
    );
    let mut one_by_one = None;
    for parallelism in PARALLELISM {
        let (mut times, mut requests) = (Vec::new(), 0);
        for _ in 0..RUNS {
            let (took, asked) = run(parallelism)?;
            times.push(took);
            requests = asked;
        }
        let apply = median(times).as_secs_f64();
        let delays = requests as f64 * DELAY as f64 / 1000.0 / parallelism as f64;
        let of_that = apply / delays;
        let speed_up = *one_by_one.get_or_insert(apply) / apply;
        println!(
            "{SIZE:>8} {DELAY:>8} {parallelism:>12} {requests:>9} {apply:>8.2} {delays:>9.2} {of_that:>8.2} {speed_up:>9.2}"
        );
    }
    Ok(())
}

/// Applies to a new world: how long it took, and how many requests.
fn run(parallelism: usize) -> Result<(Duration, u64), Failure> {
    let folder = tempfile::tempdir()?;
    write_workspace(folder.path())?;
    let mut emulator = Emulator::start(folder.path())?;
    emulator.delay(DELAY)?;
    let took = apply(folder.path(), &emulator, parallelism);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let requests = emulator.requests(&runtime);
    emulator.process.kill()?;
    emulator.process.wait()?;
    Ok((took?, requests?))
}

fn write_workspace(folder: &Path) -> Result<(), Failure> {
    let settings = "workspace: bench\nsystems:\n  senhasegura: { endpoint: emulator }\n\
                    secrets: { allow_plaintext: true }\n";
    fs::write(folder.join("trueup.yaml"), settings)?;
    let mut desired = "senhasegura:\n  passwords:\n".to_owned();
    for at in 1..=SIZE {
        writeln!(
            desired,
            "    item-{at}: {{ name: Item {at}, username: u{at}, password: Blue-Kettle-{at} }}"
        )?;
    }
    fs::write(folder.join("passwords.yaml"), desired)?;
    Ok(())
}

fn apply(folder: &Path, emulator: &Emulator, parallelism: usize) -> Result<Duration, Failure> {
    let began = Instant::now();
    let ended = Command::new(env!("CARGO_BIN_EXE_trueup"))
        .args(["apply", "--yes", "--parallelism", &parallelism.to_string()])
        .arg(folder)
        .envs(emulator.exports.iter().cloned())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if !ended.success() {
        return Err(format!("the apply ended with {ended}").into());
    }
    Ok(began.elapsed())
}
