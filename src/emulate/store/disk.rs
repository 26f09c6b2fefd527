//! The files of a world: its lock, its snapshot and its change log.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Error, World};

/// The files of a world. Without a change log, nothing has been written yet.
pub(super) struct Disk {
    dir: PathBuf,
    name: &'static str,
    pub(super) changes: Option<Changes>,
}

/// The open change log, and the lock that is held as long as it is open.
pub(super) struct Changes {
    log: File,
    length: u64,
    /// Half a line was written and could not be cut off.
    torn: bool,
    pub(super) lines: usize,
    fold_at: usize,
    _lock: File,
}

/// One line of the change log.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line<C> {
    /// A change.
    Change(C),
    /// The whole world was replaced by this one.
    World(String),
    /// All lines up to here are part of the snapshot with this digest, if that is the one that lies beside the log.
    Folded(String),
}

/// Changes are not folded before there are this many.
pub(super) const FEWEST_TO_FOLD: usize = 1_000;

/// Changes are folded when there are this many times more of them than the world has parts.
const FOLD_FACTOR: usize = 4;

impl Disk {
    /// A folder, of which nothing is read or written yet.
    pub(super) fn new(dir: &Path, name: &'static str) -> Self {
        Self {
            dir: dir.to_owned(),
            name,
            changes: None,
        }
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.dir.join(format!("{}.{extension}", self.name))
    }

    /// Tells whether a world is kept here.
    pub(super) fn is_used(&self) -> bool {
        self.file("yaml").exists() || self.file("changes").exists()
    }

    fn io(&self, extension: &str) -> impl Fn(io::Error) -> Error + use<> {
        let file = self.file(extension);
        move |source| Error::Io {
            file: file.clone(),
            source,
        }
    }

    fn corrupt(&self, extension: &str, why: String) -> Error {
        let other = if extension == "yaml" {
            "changes"
        } else {
            "yaml"
        };
        Error::Corrupt {
            file: self.file(extension),
            other: self.file(other),
            why,
        }
    }

    /// Takes the folder into use and reads the world that is kept here.
    pub(super) fn load<W: World>(&mut self) -> Result<W, Error> {
        let lock = self.lock()?;
        let snapshot = match fs::read_to_string(self.file("yaml")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(self.corrupt("changes", "its snapshot is missing".to_owned()));
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(self.corrupt("yaml", error.to_string()));
            }
            read => read.map_err(self.io("yaml"))?,
        };
        let mut world = W::read(&snapshot).map_err(|why| self.corrupt("yaml", why))?;
        let log = match fs::read(self.file("changes")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(self.io("changes"))?,
        };
        // What follows the last line break was being written when the process was killed: nobody was told of it.
        let whole = log
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let lines = self.lines::<W>(&log[..whole])?;
        let digest = digest(snapshot.as_bytes());
        let folded = lines
            .iter()
            .rposition(|line| matches!(line, Line::Folded(of) if *of == digest));
        let count = lines.len();
        for line in lines.into_iter().skip(folded.map_or(0, |at| at + 1)) {
            match line {
                Line::Change(change) => world.apply(change),
                Line::World(yaml) => {
                    world = W::read(&yaml).map_err(|why| self.corrupt("changes", why))?;
                }
                Line::Folded(_) => {}
            }
        }
        let mut changes = self.open_log(lock)?;
        changes
            .log
            .set_len(whole as u64)
            .map_err(self.io("changes"))?;
        changes.length = whole as u64;
        changes.lines = count;
        self.changes = Some(changes);
        Ok(world)
    }

    fn lines<W: World>(&self, log: &[u8]) -> Result<Vec<Line<W::Change>>, Error> {
        log.split_inclusive(|byte| *byte == b'\n')
            .enumerate()
            .map(|(at, line)| {
                serde_json::from_slice(line)
                    .map_err(|error| self.corrupt("changes", format!("line {}: {error}", at + 1)))
            })
            .collect()
    }

    fn lock(&self) -> Result<File, Error> {
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.file("lock"))
            .map_err(self.io("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(Error::InUse(self.dir.clone())),
            Err(TryLockError::Error(error)) => Err(self.io("lock")(error)),
        }
    }

    fn open_log(&self, lock: File) -> Result<Changes, Error> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        // A world holds the secrets it was given, so it is readable by its owner alone, as the snapshot is.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let log = options
            .open(self.file("changes"))
            .map_err(self.io("changes"))?;
        Ok(Changes {
            log,
            length: 0,
            torn: false,
            lines: 0,
            fold_at: FEWEST_TO_FOLD,
            _lock: lock,
        })
    }

    /// Takes the folder into use, if that has not been done, with the world as it was before its first change.
    fn begin<W: World>(&mut self, world: &W) -> Result<&mut Changes, Error> {
        let changes = match self.changes.take() {
            Some(changes) => changes,
            None => {
                fs::create_dir_all(&self.dir).map_err(|source| Error::Io {
                    file: self.dir.clone(),
                    source,
                })?;
                let lock = self.lock()?;
                if self.is_used() {
                    return Err(Error::Overtaken(self.dir.clone()));
                }
                self.snapshot(&world.write())?;
                self.open_log(lock)?
            }
        };
        Ok(self.changes.insert(changes))
    }

    /// Keeps a line, before the change it speaks of is made to the world.
    pub(super) fn append<W: World>(
        &mut self,
        world: &W,
        line: &Line<W::Change>,
    ) -> Result<(), Error> {
        let io = self.io("changes");
        let mut bytes = match serde_json::to_vec(line) {
            Ok(bytes) => bytes,
            Err(error) => return Err(io(error.into())),
        };
        bytes.push(b'\n');
        let changes = self.begin(world)?;
        // Half a line would spoil the next one, so nothing is written after it until it is cut off.
        if changes.torn {
            changes.log.set_len(changes.length).map_err(&io)?;
            changes.torn = false;
        }
        if let Err(error) = changes.log.write_all(&bytes) {
            changes.torn = changes.log.set_len(changes.length).is_err();
            return Err(io(error));
        }
        changes.length += bytes.len() as u64;
        changes.lines += 1;
        Ok(())
    }

    /// Tells whether the changes have outgrown the world.
    pub(super) fn is_due<W: World>(&self, world: &W) -> bool {
        self.changes.as_ref().is_some_and(|changes| {
            changes.lines > changes.fold_at && changes.lines > FOLD_FACTOR * world.size()
        })
    }

    /// Writes a snapshot and empties the log. The log names the snapshot first: after a kill between the two, the
    /// changes are known to be part of it already.
    pub(super) fn fold<W: World>(&mut self, world: &W) -> Result<(), Error> {
        match &mut self.changes {
            Some(changes) if changes.lines > 0 => changes.fold_at = 2 * changes.lines,
            _ => return Ok(()),
        }
        let yaml = world.write();
        self.append(world, &Line::Folded(digest(yaml.as_bytes())))?;
        self.snapshot(&yaml)?;
        let io = self.io("changes");
        if let Some(changes) = &mut self.changes {
            changes.log.set_len(0).map_err(io)?;
            changes.length = 0;
            changes.lines = 0;
            changes.fold_at = FEWEST_TO_FOLD;
        }
        Ok(())
    }

    /// Writes a snapshot in one step.
    pub(super) fn snapshot(&self, yaml: &str) -> Result<(), Error> {
        let mut file = tempfile::NamedTempFile::new_in(&self.dir).map_err(self.io("yaml"))?;
        file.write_all(yaml.as_bytes()).map_err(self.io("yaml"))?;
        file.persist(self.file("yaml"))
            .map_err(|error| self.io("yaml")(error.error))?;
        Ok(())
    }
}

/// What a snapshot is known by.
pub(super) fn digest(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref())
}
