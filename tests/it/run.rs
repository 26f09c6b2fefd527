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
    let (stdout, stderr) = (Shared::default(), Shared::default());
    let (_never, stop) = watch::channel(false);
    let mut host = Host {
        stdin: Box::new(io::empty()),
        stdout: Box::new(stdout.clone()),
        stderr: Stderr::new(Box::new(stderr.clone())),
        environment: BTreeMap::new(),
        directory: directory.to_owned(),
        terminal: Terminal::default(),
        now: "2026-11-23T09:00:00Z".parse().unwrap(),
        stop,
    };
    let args = ["trueup"].iter().chain(args).map(OsString::from);
    let exit = trueup::run(args, &mut host);
    Ran {
        exit,
        stdout: stdout.text(),
        stderr: stderr.text(),
    }
}

/// The project's folder.
pub(crate) fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A stream that is kept.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
