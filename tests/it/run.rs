//! Runs command lines in a world of their own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tokio::sync::watch;
use trueup::{Exit, Host, Stderr, Terminal};

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub exit: Exit,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `trueup` with these arguments in a folder, without any variable, on a day in November 2026.
pub(crate) fn trueup(directory: &Path, args: &[&str]) -> Ran {
    let (stdout, stderr) = (Buffer::default(), Buffer::default());
    let mut host = host(directory, "2026-11-23T09:00:00Z", &stdout, stderr.clone());
    let args = ["trueup"].iter().chain(args).map(OsString::from);
    let exit = trueup::run(args, &mut host);
    Ran {
        exit,
        stdout: stdout.text(),
        stderr: stderr.text(),
    }
}

/// A host with nobody at a terminal, no variable and nothing that stops the run.
pub(crate) fn host(
    directory: &Path,
    now: &str,
    stdout: &Buffer,
    stderr: impl Write + Send + 'static,
) -> Host {
    let (_never, stop) = watch::channel(false);
    Host {
        stdin: Box::new(io::empty()),
        stdout: Box::new(stdout.clone()),
        stderr: Stderr::new(Box::new(stderr)),
        environment: BTreeMap::new(),
        directory: directory.to_owned(),
        terminal: Terminal::default(),
        now: now.parse().unwrap(),
        clock: Arc::new({
            let now = now.parse().unwrap();
            move || now
        }),
        stop,
    }
}

/// The project's folder.
pub(crate) fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A stream that keeps what is written to it.
#[derive(Clone, Default)]
pub(crate) struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
