//! The world around a run: streams, environment, clock, folder, stop signal. Nothing else touches these.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::watch;

/// What a run is given of the world, so that a test can give it another.
pub struct Host {
    /// Answers to questions come from here.
    pub stdin: Box<dyn BufRead + Send>,
    /// Results go here.
    pub stdout: Box<dyn Write + Send>,
    /// Progress, warnings, errors and logs go here.
    pub stderr: Stderr,
    /// The environment's variables that are text.
    pub environment: BTreeMap<String, String>,
    /// The folder that relative paths begin at.
    pub directory: PathBuf,
    /// Which of the streams are terminals.
    pub terminal: Terminal,
    /// The present time; fixed for the whole run.
    pub now: Timestamp,
    /// Turns true when the run should stop; never, if its sender is gone.
    pub stop: watch::Receiver<bool>,
}

/// Which of the streams are terminals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
}

/// The error stream, which progress and logs share.
#[derive(Clone)]
pub struct Stderr(Arc<Mutex<Box<dyn Write + Send>>>);

impl Stderr {
    pub fn new(stream: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(stream)))
    }

    /// Writes a text. An error stream that is closed is no reason to fail.
    pub(crate) fn print(&mut self, text: &str) {
        self.write_all(text.as_bytes()).and_then(|()| self.flush()).ok();
    }
}

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}

impl Host {
    /// The variable's text, if it is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.environment.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// The day it is, in UTC, so that one plan made at two places is the same.
    pub(crate) fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }

    /// Writes a result. A reader that went away (`| head`) ends the output, not the run.
    pub(crate) fn print(&mut self, text: &str) {
        self.stdout.write_all(text.as_bytes()).and_then(|()| self.stdout.flush()).ok();
    }

    pub(crate) fn warn(&mut self, text: &str) {
        self.stderr.print(text);
    }
}
