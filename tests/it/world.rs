//! A world to test in: a workspace in a temporary folder, an emulator that serves it, and commands run against both in
//! this process. Ports and paths are replaced in what commands print; the clock stands still.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::watch;
use trueup::{Exit, Host};

use crate::run::{Buffer, host};

/// The moment at which every run takes place.
pub(crate) const NOW: &str = "2026-06-15T12:00:00Z";

/// A workspace, its emulator, and the variables that lead to it.
pub(crate) struct World {
    pub directory: TempDir,
    /// Variables beside those that the emulator exports.
    pub environment: BTreeMap<String, String>,
    /// Whose world is looked at and replaced; of several vendors, the first.
    pub vendor: String,
    /// The files that it began with.
    files: BTreeSet<String>,
    emulator: Emulator,
}

/// What a command printed, and how it ended.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    pub exit: Exit,
    /// With ports and paths replaced.
    pub out: String,
    pub err: String,
}

impl Ran {
    /// All of it as one text: the output, then the error stream and the exit code where there is something to say.
    pub(crate) fn transcript(&self) -> String {
        let mut text = self.out.clone();
        if !self.err.is_empty() {
            text.push_str("--- stderr\n");
            text.push_str(&self.err);
        }
        if self.exit != Exit::Fine {
            text.push_str(&format!("--- exit {}\n", self.exit.code()));
        }
        text
    }

    /// The output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl World {
    /// Serves the emulators of a workspace that lies in a folder already.
    pub(crate) fn open(directory: TempDir, environment: BTreeMap<String, String>) -> Self {
        let emulator = Emulator::start(directory.path(), &[]);
        Self::with(directory, environment, emulator)
    }

    /// Makes a workspace of files and serves its emulators.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self::open(folder(files), BTreeMap::new())
    }

    /// Like [`World::of`], over TLS.
    pub(crate) fn over_tls(files: &[(&str, &str)]) -> Self {
        let directory = folder(files);
        let emulator = Emulator::start(directory.path(), &["--tls"]);
        Self::with(directory, BTreeMap::new(), emulator)
    }

    fn with(directory: TempDir, environment: BTreeMap<String, String>, emulator: Emulator) -> Self {
        let vendor = emulator.exports.keys().find_map(|name| vendor_of(name));
        let files = texts(directory.path()).into_keys().collect();
        Self {
            files,
            directory,
            environment,
            vendor: vendor.unwrap(),
            emulator,
        }
    }

    /// Runs a command line, words separated by spaces.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_with(line, |_| {})
    }

    /// Runs a command line in a host that was changed first.
    pub(crate) fn run_with(&self, line: &str, change: impl FnOnce(&mut Host)) -> Ran {
        let exports = self.emulator.exports.clone();
        let environment = self.environment.clone().into_iter().chain(exports);
        let ran = run_in(self.directory.path(), line, |host| {
            host.environment = environment.collect();
            change(host);
        });
        let tidy = |text: String| text.replace(&self.emulator.address, "EMULATOR");
        Ran {
            exit: ran.exit,
            out: tidy(ran.out),
            err: tidy(ran.err),
        }
    }

    /// Host and port of the emulators.
    pub(crate) fn address(&self) -> &str {
        &self.emulator.address
    }

    /// The emulator's variables and our own, for a process of its own.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        let exports = self.emulator.exports.clone();
        self.environment
            .clone()
            .into_iter()
            .chain(exports)
            .collect()
    }

    /// The emulated world, in the shape of a seed.
    pub(crate) fn live(&self) -> String {
        self.live_at(&self.vendor)
    }

    /// The world of one vendor of several.
    pub(crate) fn live_at(&self, vendor: &str) -> String {
        self.emulator.ask("GET", &format!("/_world/{vendor}"), "")
    }

    /// Puts another world in its place.
    pub(crate) fn set_live(&self, yaml: &str) {
        self.set_live_at(&self.vendor, yaml);
    }

    /// Puts another world in the place of that of one vendor of several.
    pub(crate) fn set_live_at(&self, vendor: &str, yaml: &str) {
        let path = format!("/_world/{vendor}");
        self.emulator.ask("PUT", &path, yaml);
    }

    /// Arms faults, in the JSON of `/_faults`.
    pub(crate) fn set_faults(&self, json: &str) {
        self.emulator.ask("PUT", "/_faults", json);
    }

    pub(crate) fn clear_faults(&self) {
        self.emulator.ask("DELETE", "/_faults", "");
    }

    /// What the emulator was asked to change since the last clearing.
    pub(crate) fn writes(&self) -> Vec<Value> {
        self.entries("/_journal?writes=true")
    }

    /// All that the emulator was asked since the last clearing.
    pub(crate) fn requests(&self) -> Vec<Value> {
        self.entries("/_journal")
    }

    pub(crate) fn clear_journal(&self) {
        self.emulator.ask("DELETE", "/_journal", "");
    }

    fn entries(&self, path: &str) -> Vec<Value> {
        serde_json::from_str(&self.emulator.ask("GET", path, "")).unwrap()
    }

    /// The files of the workspace that runs have made, by their paths.
    pub(crate) fn made(&self) -> BTreeMap<String, String> {
        let mut made = texts(self.directory.path());
        made.retain(|path, _| !self.files.contains(path));
        made
    }

    /// Takes away the files that runs have made, and forgets what they remembered.
    pub(crate) fn clear_made(&self) {
        self.forget();
        for path in self.made().into_keys() {
            fs::remove_file(self.directory.path().join(path)).unwrap();
        }
    }

    /// Loses the store.
    pub(crate) fn forget(&self) {
        for name in ["trueup.db", "trueup.db-wal", "trueup.db-shm"] {
            fs::remove_file(self.directory.path().join(".trueup").join(name)).ok();
        }
    }

    pub(crate) fn write_file(&self, path: &str, text: &str) {
        write(self.directory.path(), path, text.as_bytes());
    }
}

/// The text of every file of a folder, by its path in it. Hidden ones are left out, and what is no text.
pub(crate) fn texts(folder: &Path) -> BTreeMap<String, String> {
    let contents = contents(folder).into_iter();
    let texts = contents.filter_map(|(path, bytes)| Some((path, String::from_utf8(bytes).ok()?)));
    texts.collect()
}

/// The bytes of every file of a folder, by its path in it. Hidden ones are left out.
pub(crate) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut contents = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            let inner = self::contents(&path).into_iter();
            contents.extend(inner.map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            contents.insert(name, fs::read(&path).unwrap());
        }
    }
    contents
}

/// Writes files into a new folder.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(directory.path(), path, text.as_bytes());
    }
    directory
}

/// Writes a file, and the folders above it.
pub(crate) fn write(directory: &Path, path: &str, bytes: &[u8]) {
    let file = directory.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

/// Runs a command line in a folder, without any emulator.
pub(crate) fn run_in(directory: &Path, line: &str, change: impl FnOnce(&mut Host)) -> Ran {
    let (out, err) = (Buffer::default(), Buffer::default());
    let mut host = host(directory, NOW, &out, err.clone());
    change(&mut host);
    let exit = trueup::run(words(line), &mut host);
    let path = directory.display().to_string();
    Ran {
        exit,
        out: out.text().replace(&path, "WORKSPACE"),
        err: err.text().replace(&path, "WORKSPACE"),
    }
}

fn words(line: &str) -> Vec<OsString> {
    let program = OsString::from("trueup");
    let words = line.split_whitespace().map(OsString::from);
    std::iter::once(program).chain(words).collect()
}

/// A stream that somebody waits for.
struct Pipe(Sender<Vec<u8>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes.to_vec()).ok();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// `trueup emulate` in a thread of its own, until it is dropped.
struct Emulator {
    exports: BTreeMap<String, String>,
    /// Host and port.
    address: String,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<Exit>>,
}

impl Emulator {
    fn start(directory: &Path, flags: &[&str]) -> Self {
        let out = Buffer::default();
        let (sender, said) = mpsc::channel();
        let (stop, stopped) = watch::channel(false);
        let mut host = host(directory, NOW, &out, Pipe(sender));
        host.stop = stopped;
        let line = format!("emulate --listen 127.0.0.1:0 {}", flags.join(" "));
        let thread = std::thread::spawn(move || trueup::run(words(&line), &mut host));
        // The exports stand in the output before the error stream says that it serves.
        wait_for(&said, "Serving at");
        let exports = out.text();
        let exports = exports.lines().map(|line| {
            let line = line.strip_prefix("export ").unwrap();
            let (name, value) = line.split_once('=').unwrap();
            (name.to_owned(), value.trim_matches('\'').to_owned())
        });
        let exports = exports.collect::<BTreeMap<_, _>>();
        let mut endpoints = exports.iter().filter(|(name, _)| vendor_of(name).is_some());
        let (_, endpoint) = endpoints.next().unwrap();
        let address = endpoint.split('/').nth(2).unwrap().to_owned();
        Self {
            exports,
            address,
            stop,
            thread: Some(thread),
        }
    }

    /// One request to the emulator's own pages; the answer's body.
    fn ask(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: emulator\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
        body.to_owned()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop.send(true).ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// The vendor whose endpoint a variable tells.
fn vendor_of(variable: &str) -> Option<String> {
    let name = variable
        .strip_prefix("TRUEUP_")?
        .strip_suffix("_ENDPOINT")?;
    Some(name.to_lowercase())
}

fn wait_for(said: &Receiver<Vec<u8>>, words: &str) {
    let mut text = Vec::new();
    while !String::from_utf8_lossy(&text).contains(words) {
        match said.recv() {
            Ok(more) => text.extend(more),
            Err(_) => panic!(
                "the emulator did not start: {}",
                String::from_utf8_lossy(&text)
            ),
        }
    }
}
