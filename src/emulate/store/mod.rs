//! Keeps an emulator's world, in memory or in a folder, so that a kill at any moment loses no acknowledged write.
//!
//! On disk a world is a snapshot `<name>.yaml`, in the shape of a seed, and `<name>.changes`, one JSON line for each
//! change since. The changes are folded into the snapshot when they outgrow the world and on a clean stop. Nothing is
//! written before the first change; from then on `<name>.lock` is held, so that a folder has one process at a time.

mod disk;

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use disk::{Disk, Line};

/// What an emulator keeps: a value with a YAML shape, altered by small changes that can be replayed.
pub(crate) trait World: Sized {
    /// One change, made by rules that were checked before. Applying it cannot fail.
    type Change: Serialize + DeserializeOwned;

    /// Reads a world; the error says what is wrong and where.
    fn read(yaml: &str) -> Result<Self, String>;

    /// Writes the world in the shape that [`World::read`] takes.
    fn write(&self) -> String;

    /// Makes a change.
    fn apply(&mut self, change: Self::Change);

    /// Counts what the world holds, to tell when the changes have outgrown it.
    fn size(&self) -> usize;
}

/// Why a world cannot be opened or changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the seed cannot be used: {0}")]
    Seed(String),
    #[error("the world in {} is in use by another process", .0.display())]
    InUse(PathBuf),
    #[error(
        "the world in {} was written by another process since it was opened: start again",
        .0.display()
    )]
    Overtaken(PathBuf),
    #[error(
        "{} cannot be used: {why}; delete it, and {} beside it, to start from the seed",
        .file.display(),
        .other.display()
    )]
    Corrupt {
        file: PathBuf,
        other: PathBuf,
        why: String,
    },
    #[error("{}: {source}", .file.display())]
    Io { file: PathBuf, source: io::Error },
}

/// A world and the place where it is kept.
pub(crate) struct Store<W> {
    world: W,
    disk: Option<Disk>,
}

impl<W: World> Store<W> {
    /// Opens the world kept in a folder; where there is none, or no folder, the world begins as the seed.
    pub(crate) fn open(
        name: &'static str,
        seed: Option<&str>,
        dir: Option<&Path>,
    ) -> Result<Self, Error> {
        let mut disk = dir.map(|dir| Disk::new(dir, name));
        let world = match &mut disk {
            Some(disk) if disk.is_used() => disk.load()?,
            _ => W::read(seed.unwrap_or("{}")).map_err(Error::Seed)?,
        };
        Ok(Self { world, disk })
    }

    /// The world as it is.
    pub(crate) fn world(&self) -> &W {
        &self.world
    }

    /// Makes a change, which is safe on disk when this returns.
    pub(crate) fn commit(&mut self, change: W::Change) -> Result<(), Error> {
        let Some(disk) = &mut self.disk else {
            self.world.apply(change);
            return Ok(());
        };
        let line = Line::Change(change);
        disk.append(&self.world, &line)?;
        if let Line::Change(change) = line {
            self.world.apply(change);
        }
        if disk.is_due(&self.world)
            && let Err(error) = disk.fold(&self.world)
        {
            // The change itself is safe in the log, which merely stays longer than it should be.
            tracing::warn!("the emulator's world was not folded: {error}");
        }
        Ok(())
    }

    /// Puts another world in the place of this one.
    pub(crate) fn replace(&mut self, yaml: &str) -> Result<(), Error> {
        let world = W::read(yaml).map_err(Error::Seed)?;
        if let Some(disk) = &mut self.disk {
            disk.append(&self.world, &Line::<W::Change>::World(yaml.to_owned()))?;
        }
        self.world = world;
        self.close()
    }

    /// Folds the changes into the snapshot. The store can still be used afterwards.
    pub(crate) fn close(&mut self) -> Result<(), Error> {
        match &mut self.disk {
            Some(disk) => disk.fold(&self.world),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Error, Store, World};

    /// A list to which words are appended, so that a change that is replayed twice is seen.
    struct Words(Vec<String>);

    impl World for Words {
        type Change = String;

        fn read(yaml: &str) -> Result<Self, String> {
            let yaml = if yaml == "{}" { "[]" } else { yaml };
            serde_yaml::from_str(yaml)
                .map(Self)
                .map_err(|error| error.to_string())
        }

        fn write(&self) -> String {
            serde_yaml::to_string(&self.0).unwrap()
        }

        fn apply(&mut self, change: String) {
            self.0.push(change);
        }

        fn size(&self) -> usize {
            self.0.len()
        }
    }

    fn open(dir: &Path) -> Result<Store<Words>, Error> {
        Store::open("words", Some("[seed]"), Some(dir))
    }

    fn words(dir: &Path) -> Vec<String> {
        open(dir).unwrap().world().0.clone()
    }

    fn add(store: &mut Store<Words>, word: &str) {
        store.commit(word.to_owned()).unwrap();
    }

    #[test]
    fn nothing_is_written_before_the_first_change() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("inner");
        let mut store = open(&inner).unwrap();
        store.close().unwrap();
        assert!(!inner.exists());
    }

    #[test]
    fn a_change_outlives_a_store_that_was_never_closed() {
        let dir = tempfile::tempdir().unwrap();
        add(&mut open(dir.path()).unwrap(), "a");
        add(&mut open(dir.path()).unwrap(), "b");
        assert_eq!(words(dir.path()), ["seed", "a", "b"]);
    }

    #[test]
    fn a_torn_last_line_is_ignored_and_cut_off() {
        let dir = tempfile::tempdir().unwrap();
        add(&mut open(dir.path()).unwrap(), "a");
        let log = dir.path().join("words.changes");
        let mut bytes = fs::read(&log).unwrap();
        bytes.extend(b"{\"change\":\"b");
        fs::write(&log, bytes).unwrap();
        add(&mut open(dir.path()).unwrap(), "c");
        assert_eq!(words(dir.path()), ["seed", "a", "c"]);
    }

    #[test]
    fn a_spoilt_line_is_an_error_that_names_file_and_line() {
        let dir = tempfile::tempdir().unwrap();
        add(&mut open(dir.path()).unwrap(), "a");
        let log = dir.path().join("words.changes");
        let spoilt = format!("nonsense\n{}", fs::read_to_string(&log).unwrap());
        fs::write(&log, spoilt).unwrap();
        let said = open(dir.path()).err().unwrap().to_string();
        assert!(said.contains("words.changes"), "{said}");
        assert!(said.contains("line 1"), "{said}");
        assert!(said.contains("delete it"), "{said}");
    }

    #[test]
    fn a_spoilt_snapshot_is_an_error_that_names_the_file() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("words.yaml"), "{").unwrap();
        let said = open(dir.path()).err().unwrap().to_string();
        assert!(said.contains("words.yaml cannot be used"), "{said}");
    }

    #[test]
    fn a_log_without_its_snapshot_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        add(&mut open(dir.path()).unwrap(), "a");
        fs::remove_file(dir.path().join("words.yaml")).unwrap();
        assert!(matches!(open(dir.path()), Err(Error::Corrupt { .. })));
    }

    #[test]
    fn closing_folds_the_changes_into_the_snapshot() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path()).unwrap();
        add(&mut store, "a");
        store.close().unwrap();
        assert_eq!(fs::read(dir.path().join("words.changes")).unwrap(), b"");
        let snapshot = fs::read_to_string(dir.path().join("words.yaml")).unwrap();
        assert_eq!(snapshot, "- seed\n- a\n");
    }

    #[test]
    fn a_kill_between_snapshot_and_emptying_replays_nothing_twice() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path()).unwrap();
        add(&mut store, "a");
        let disk = store.disk.as_mut().unwrap();
        let yaml = store.world.write();
        disk.append(
            &store.world,
            &super::disk::Line::Folded(super::disk::digest(yaml.as_bytes())),
        )
        .unwrap();
        disk.snapshot(&yaml).unwrap();
        drop(store);
        add(&mut open(dir.path()).unwrap(), "b");
        assert_eq!(words(dir.path()), ["seed", "a", "b"]);
    }

    #[test]
    fn a_kill_before_the_snapshot_loses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path()).unwrap();
        add(&mut store, "a");
        let disk = store.disk.as_mut().unwrap();
        let yaml = store.world.write();
        disk.append(
            &store.world,
            &super::disk::Line::Folded(super::disk::digest(yaml.as_bytes())),
        )
        .unwrap();
        drop(store);
        assert_eq!(words(dir.path()), ["seed", "a"]);
    }

    #[test]
    fn the_log_is_folded_when_it_outgrows_the_world() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path()).unwrap();
        // Appending makes the world grow with its log, so the fold is provoked by a lower bound.
        add(&mut store, "a");
        let disk = store.disk.as_mut().unwrap();
        disk.changes.as_mut().unwrap().lines = super::disk::FEWEST_TO_FOLD;
        add(&mut store, "b");
        assert_eq!(fs::read(dir.path().join("words.changes")).unwrap(), b"");
        drop(store);
        assert_eq!(words(dir.path()), ["seed", "a", "b"]);
    }

    #[test]
    fn a_folder_has_one_process_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let mut first = open(dir.path()).unwrap();
        let mut second = open(dir.path()).unwrap();
        add(&mut first, "a");
        let said = second.commit("b".to_owned()).err().unwrap().to_string();
        assert!(said.ends_with("is in use by another process"), "{said}");
        assert!(matches!(open(dir.path()), Err(Error::InUse(_))));
        drop(first);
        assert!(matches!(
            second.commit("b".to_owned()),
            Err(Error::Overtaken(_))
        ));
        assert_eq!(words(dir.path()), ["seed", "a"]);
    }

    #[test]
    fn a_replaced_world_is_kept_and_a_bad_one_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = open(dir.path()).unwrap();
        add(&mut store, "a");
        assert!(matches!(store.replace("{"), Err(Error::Seed(_))));
        store.replace("[other]").unwrap();
        drop(store);
        assert_eq!(words(dir.path()), ["other"]);
    }

    #[cfg(unix)]
    #[test]
    fn the_files_of_a_world_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        add(&mut open(dir.path()).unwrap(), "a");
        for file in ["words.yaml", "words.changes"] {
            let mode = fs::metadata(dir.path().join(file))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o077, 0, "{file}");
        }
    }
}
