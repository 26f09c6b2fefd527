//! The world around a run: streams, environment, clock, folder, stop signal. Nothing else touches these.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
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
    /// Tells the time as it goes on, for what lasts longer than a moment.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Turns true when the run should stop; never, if its sender is gone.
    pub stop: watch::Receiver<bool>,
}

/// Which of the streams are terminals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
    /// How many columns it has, if that is known.
    pub width: Option<usize>,
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
        self.write_all(text.as_bytes())
            .and_then(|()| self.flush())
            .ok();
    }
}

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .flush()
    }
}

impl Host {
    /// The process's own streams, environment, clock and signals.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where everybody else asks"
    )]
    pub fn of_process() -> Self {
        let text = |(name, value): (OsString, OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            stdin: Box::new(BufReader::new(io::stdin())),
            stdout: Box::new(io::stdout()),
            stderr: Stderr::new(Box::new(io::stderr())),
            environment: std::env::vars_os().filter_map(text).collect(),
            directory: std::env::current_dir().unwrap_or_default(),
            terminal: Terminal {
                stdin: io::stdin().is_terminal(),
                stdout: io::stdout().is_terminal(),
                stderr: io::stderr().is_terminal(),
                width: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)),
            },
            now: Timestamp::now(),
            clock: Arc::new(Timestamp::now),
            stop: stop_on_signals(),
        }
    }

    /// The variable's text, if it is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.environment
            .get(name)
            .filter(|value| !value.is_empty())
            .cloned()
    }

    /// The day it is, in UTC, so that one plan made at two places is the same.
    pub(crate) fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }

    /// Writes a result. A reader that went away (`| head`) ends the output, not the run.
    pub(crate) fn print(&mut self, text: &str) {
        self.stdout
            .write_all(text.as_bytes())
            .and_then(|()| self.stdout.flush())
            .ok();
    }

    pub(crate) fn warn(&mut self, text: &str) {
        self.stderr.print(text);
    }
}

/// Keeps what this process has in its memory out of files that a crash leaves behind, where the platform allows that. For
/// the whole process, and so for its `main` alone. A platform that refuses is no reason to fail.
pub fn forbid_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        setrlimit(Resource::Core, none).ok();
    }
    // Neither does a program to which the kernel hands the dump get it, nor does a debugger of the same user look in.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
    }
}

/// Turns true at the first SIGINT or SIGTERM, so that writes under way can end. A second one ends the process at once.
fn stop_on_signals() -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    // A thread of its own: commands without a network need no runtime, and start in no time.
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        else {
            return;
        };
        runtime.block_on(async {
            if signal().await.is_ok() {
                stop.send(true).ok();
                if signal().await.is_ok() {
                    #[expect(clippy::exit, reason = "whoever asks twice wants no more waiting")]
                    std::process::exit(i32::from(crate::Exit::Interrupted.code()));
                }
            }
            std::future::pending::<()>().await;
        });
    });
    stopped
}

#[cfg(unix)]
async fn signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
