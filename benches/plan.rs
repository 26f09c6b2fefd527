//! Whole-process figures of a plan without changes, beside a bare loop that only fetches the same pages.
//!
//! `cargo bench --bench plan` makes workspaces of 1,000 and 10,000 passwords, serves them by `trueup emulate` on
//! loopback and plans them, once as fast as the emulator answers and once with a millisecond added to every answer, which
//! is still less than a network takes. It prints the median of five runs of each, their ratio, the requests of one plan and
//! the greatest memory of the process (Linux only). Quote the ratios: times depend on the machine.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod emulator;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use serde_json::Value;

use emulator::{Emulator, Failure, client, median};

const SIZES: [usize; 2] = [1_000, 10_000];
/// Milliseconds that the emulator adds to every answer.
const DELAYS: [u64; 2] = [0, 1];
const RUNS: usize = 5;
/// What `trueup plan` has in flight by default.
const IN_FLIGHT: usize = 10;

fn main() -> Result<(), Failure> {
    println!(
        "{:>8} {:>8} {:>10} {:>10} {:>6} {:>9} {:>9}",
        "items", "delay ms", "plan ms", "loop ms", "ratio", "requests", "peak MiB"
    );
    for size in SIZES {
        let folder = tempfile::tempdir()?;
        write_workspace(folder.path(), size)?;
        let mut emulator = Emulator::start(folder.path())?;
        for delay in DELAYS {
            emulator.delay(delay)?;
            let figures = measure(folder.path(), &emulator)?;
            println!("{size:>8} {delay:>8} {figures}");
        }
        emulator.process.kill()?;
        emulator.process.wait()?;
    }
    Ok(())
}

fn measure(folder: &Path, emulator: &Emulator) -> Result<String, Failure> {
    let (mut plans, mut loops, mut peak) = (Vec::new(), Vec::new(), 0);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let before = emulator.requests(&runtime)?;
    for run in 0..=RUNS {
        let (plan, memory) = plan(folder, emulator)?;
        let bare = runtime.block_on(bare_loop(emulator))?;
        // The first of each warms up.
        if run > 0 {
            plans.push(plan);
            loops.push(bare);
            peak = peak.max(memory);
        }
    }
    // A bare loop asks for a token, the list and each item, as a plan does.
    let requests = (emulator.requests(&runtime)? - before) / (2 * (RUNS as u64 + 1));
    let (plan, bare) = (median(plans), median(loops));
    let ratio = plan.as_secs_f64() / bare.as_secs_f64();
    let milliseconds = |it: Duration| it.as_secs_f64() * 1000.0;
    Ok(format!(
        "{:>10.0} {:>10.0} {ratio:>6.2} {requests:>9} {:>9.1}",
        milliseconds(plan),
        milliseconds(bare),
        peak as f64 / 1024.0
    ))
}

fn write_workspace(folder: &Path, size: usize) -> Result<(), Failure> {
    let settings = "workspace: bench\nsystems:\n  senhasegura: { endpoint: emulator, seed: live.yaml }\n\
                    secrets: { allow_plaintext: true }\n";
    fs::write(folder.join("trueup.yaml"), settings)?;
    let mut live = "passwords:\n".to_owned();
    let mut desired = "senhasegura:\n  passwords:\n".to_owned();
    for at in 1..=size {
        let fields = format!(
            "name: Item {at}, username: u{at}, password: Blue-Kettle-{at}, url: h{at}.example.org"
        );
        writeln!(live, "  - {{ id: {at}, {fields}, tags: 'a, b' }}")?;
        writeln!(desired, "    item-{at}: {{ {fields}, tags: [a, b] }}")?;
    }
    fs::write(folder.join("live.yaml"), live)?;
    fs::write(folder.join("passwords.yaml"), desired)?;
    Ok(())
}

/// Plans once: how long it took and the most memory it held, in KiB.
fn plan(folder: &Path, emulator: &Emulator) -> Result<(Duration, u64), Failure> {
    let began = Instant::now();
    let mut process = Command::new(env!("CARGO_BIN_EXE_trueup"))
        .args(["plan", "--detailed-exitcode"])
        .arg(folder)
        .envs(emulator.exports.iter().cloned())
        .stdout(Stdio::null())
        .spawn()?;
    let status = format!("/proc/{}/status", process.id());
    let mut peak = 0;
    let ended = loop {
        if let Some(ended) = process.try_wait()? {
            break ended;
        }
        let memory = fs::read_to_string(&status).unwrap_or_default();
        let line = memory.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = kib.unwrap_or(peak);
        thread::sleep(Duration::from_millis(1));
    };
    if !ended.success() {
        return Err(format!("the plan ended with {ended}").into());
    }
    Ok((began.elapsed(), peak))
}

/// Fetches what a plan must: a token, the list, and each item.
async fn bare_loop(emulator: &Emulator) -> Result<Duration, Failure> {
    let began = Instant::now();
    let client = client()?;
    let base = emulator.told("ENDPOINT")?;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", emulator.told("MYSAFE_CLIENT_ID")?),
        ("client_secret", emulator.told("MYSAFE_CLIENT_SECRET")?),
    ];
    let token: Value = client
        .post(format!("{base}/api/oauth2/token"))
        .form(&form)
        .send()
        .await?
        .json()
        .await?;
    let token = token["access_token"].as_str().ok_or("no token")?;
    let get = async |path: String| {
        let request = client
            .get(format!("{base}/api/mysafe/{path}"))
            .bearer_auth(token);
        request.send().await?.bytes().await
    };
    let list: Value = serde_json::from_slice(&get("password".to_owned()).await?)?;
    let rows = list["password_on_list"].as_array().ok_or("no list")?;
    let paths = rows
        .iter()
        .map(|row| format!("password/{}", row["identifier"].as_str().unwrap_or("")));
    let fetched = futures_util::stream::iter(paths)
        .map(get)
        .buffer_unordered(IN_FLIGHT);
    let lengths = fetched.collect::<Vec<_>>().await;
    for length in lengths {
        length?;
    }
    Ok(began.elapsed())
}
