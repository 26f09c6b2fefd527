//! A `trueup emulate` to measure against, which every benchmark starts for itself.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

pub(crate) type Failure = Box<dyn Error>;

/// A running `trueup emulate`, and the variables it told.
pub(crate) struct Emulator {
    pub(crate) process: Child,
    pub(crate) exports: Vec<(String, String)>,
}

impl Emulator {
    pub(crate) fn start(folder: &Path) -> Result<Self, Failure> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_trueup"))
            .args(["emulate", "--listen", "127.0.0.1:0"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let told = BufReader::new(process.stdout.take().ok_or("no output")?);
        let mut exports = Vec::new();
        for line in told.lines().take(5) {
            let line = line?;
            let (name, value) = line
                .trim_start_matches("export ")
                .split_once('=')
                .ok_or("no export")?;
            exports.push((name.to_owned(), value.to_owned()));
        }
        Ok(Self { process, exports })
    }

    pub(crate) fn told(&self, what: &str) -> Result<&str, Failure> {
        let name = format!("TRUEUP_SENHASEGURA_{what}");
        let found = self.exports.iter().find(|(export, _)| *export == name);
        Ok(&found.ok_or(name)?.1)
    }

    /// Has it answer this much later from here on.
    pub(crate) fn delay(&self, milliseconds: u64) -> Result<(), Failure> {
        let base = self.told("ENDPOINT")?.trim_end_matches("/senhasegura");
        let faults = match milliseconds {
            0 => json!([]),
            some => json!([{ "on": "any", "do": { "delay": { "ms": some } } }]),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let answer = runtime.block_on(async {
            client()?
                .put(format!("{base}/_faults"))
                .json(&faults)
                .send()
                .await
        })?;
        answer.error_for_status()?;
        Ok(())
    }

    /// How many requests it has answered so far.
    pub(crate) fn requests(&self, runtime: &tokio::runtime::Runtime) -> Result<u64, Failure> {
        let base = self.told("ENDPOINT")?.trim_end_matches("/senhasegura");
        let count: Value = runtime.block_on(async {
            client()?
                .get(format!("{base}/_journal/count"))
                .send()
                .await?
                .json()
                .await
        })?;
        Ok(count["requests"].as_u64().ok_or("no count")?)
    }
}

/// Requests that go past our own client.
pub(crate) fn client() -> reqwest::Result<reqwest::Client> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    reqwest::Client::builder().no_proxy().build()
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
