//! The door through which secrets leave a run: files of the workspace, and programs that it allows.

use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use super::program::Programs;
use crate::model::delivery::{Deliver, Delivering, Destination};
use crate::model::secret::Secret;

/// The files and the programs of one workspace.
pub(super) struct Door {
    /// The workspace's folder.
    directory: PathBuf,
    programs: Programs,
}

impl Door {
    pub(super) fn new(programs: Programs) -> Self {
        Self {
            directory: programs.directory.clone(),
            programs,
        }
    }

    /// The place of a file that is not there yet, and the innermost folder above it that is.
    fn place(&self, path: &str) -> Result<(PathBuf, PathBuf), String> {
        let unreadable = |error: io::Error| format!("the file {path} cannot be made: {error}");
        let file = self.directory.join(path);
        match fs::symlink_metadata(&file) {
            Ok(_) => return Err(is_there(path)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(unreadable(error)),
        }
        let workspace = self.directory.canonicalize().map_err(unreadable)?;
        let mut folders = file.ancestors().skip(1);
        let folder = folders
            .find(|it| fs::symlink_metadata(it).is_ok())
            .unwrap_or(&self.directory);
        let folder = folder.canonicalize().map_err(unreadable)?;
        // Anybody who can propose a declaration can propose a link, to where only the runner may write.
        if !folder.starts_with(&workspace) {
            return Err(format!(
                "the file {path} is behind a link that leads out of the workspace"
            ));
        }
        Ok((file, folder))
    }

    /// Makes a file of its own that only its owner reads, whole or not at all.
    fn write(&self, path: &str, text: &Secret) -> Result<(), String> {
        let (file, folder) = self.place(path)?;
        let make = || {
            let folder = file.parent().unwrap_or(&folder);
            private_folders().create(folder)?;
            let mut beside = tempfile::Builder::new()
                .prefix(".trueup-")
                .tempfile_in(folder)?;
            beside.write_all(text.reveal().as_bytes())?;
            beside.as_file().sync_all()?;
            beside.persist_noclobber(&file)?;
            Ok(())
        };
        make().map_err(|error: io::Error| {
            if error.kind() == ErrorKind::AlreadyExists {
                is_there(path)
            } else {
                format!("the file {path} cannot be written: {error}")
            }
        })
    }
}

impl Deliver for Door {
    fn check(&self, to: &Destination) -> Result<(), String> {
        match to {
            Destination::File(path) => {
                let (_, folder) = self.place(path)?;
                // Without a name, so that nobody sees it: whether we may write shows only in writing.
                let tried = tempfile::tempfile_in(folder);
                tried
                    .map(|_| ())
                    .map_err(|error| format!("the file {path} cannot be made: {error}"))
            }
            Destination::Command { program, args: _ } => self.programs.find(program).map(|_| ()),
        }
    }

    fn deliver<'a>(&'a self, to: &'a Destination, text: Secret) -> Delivering<'a> {
        Box::pin(async move {
            match to {
                Destination::File(path) => self.write(path, &text),
                Destination::Command { program, args } => {
                    self.programs.give(program, args, &text).await
                }
            }
        })
    }
}

fn is_there(path: &str) -> String {
    format!("the file {path} is there already, and is never written over")
}

/// Makes folders, with those above them, that only their owner may enter.
pub(super) fn private_folders() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;
    use std::time::Duration;

    use tempfile::TempDir;

    use super::super::program::Programs;
    use super::Door;
    use crate::model::delivery::{Deliver, Destination};
    use crate::model::secret::Secret;

    /// A door of an empty workspace within a folder of its own.
    fn door(folder: &TempDir) -> Door {
        let directory = folder.path().join("workspace");
        fs::create_dir(&directory).unwrap();
        Door::new(Programs {
            directory,
            environment: BTreeMap::from([("PATH".to_owned(), "bin:/usr/bin:/bin".to_owned())]),
            patience: Duration::from_secs(30),
        })
    }

    fn file(path: &str) -> Destination {
        Destination::File(path.to_owned())
    }

    fn shell(script: &str) -> Destination {
        Destination::Command {
            program: "sh".to_owned(),
            args: vec!["-c".to_owned(), script.to_owned()],
        }
    }

    async fn deliver(door: &Door, to: Destination) -> Result<(), String> {
        door.deliver(&to, Secret::new("Blue-Kettle-71\n".to_owned()))
            .await
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_file_is_made_for_its_owner_alone_and_so_are_the_folders_above_it() {
        let folder = TempDir::new().unwrap();
        let door = door(&folder);
        let to = file("out/bots/ci.json");
        assert_eq!(door.check(&to), Ok(()));
        assert_eq!(fs::read_dir(&door.directory).unwrap().count(), 0);
        assert_eq!(deliver(&door, to).await, Ok(()));
        let made = door.directory.join("out/bots/ci.json");
        assert_eq!(fs::read_to_string(&made).unwrap(), "Blue-Kettle-71\n");
        assert_eq!(mode(&made), 0o600);
        assert_eq!(mode(&door.directory.join("out")), 0o700);
        assert_eq!(mode(&door.directory.join("out/bots")), 0o700);
        let beside = fs::read_dir(made.parent().unwrap()).unwrap();
        assert_eq!(beside.count(), 1);
    }

    #[tokio::test]
    async fn a_file_that_is_there_stays_as_it_is() {
        let folder = TempDir::new().unwrap();
        let door = door(&folder);
        fs::write(door.directory.join("ci.json"), "older").unwrap();
        symlink("nowhere", door.directory.join("link.json")).unwrap();
        for path in ["ci.json", "link.json"] {
            let there = format!("the file {path} is there already, and is never written over");
            assert_eq!(door.check(&file(path)), Err(there.clone()));
            assert_eq!(deliver(&door, file(path)).await, Err(there));
        }
        let kept = fs::read_to_string(door.directory.join("ci.json")).unwrap();
        assert_eq!(kept, "older");
        assert!(!door.directory.join("nowhere").exists());
    }

    #[tokio::test]
    async fn no_link_leads_a_file_out_of_the_workspace() {
        let folder = TempDir::new().unwrap();
        let door = door(&folder);
        symlink(folder.path(), door.directory.join("out")).unwrap();
        let led_out = "the file out/ci.json is behind a link that leads out of the workspace";
        assert_eq!(door.check(&file("out/ci.json")), Err(led_out.to_owned()));
        let delivered = deliver(&door, file("out/ci.json")).await;
        assert_eq!(delivered, Err(led_out.to_owned()));
        assert!(!folder.path().join("ci.json").exists());
    }

    #[tokio::test]
    async fn a_file_that_stands_where_a_folder_should_is_told() {
        let folder = TempDir::new().unwrap();
        let door = door(&folder);
        fs::write(door.directory.join("out"), "").unwrap();
        let why = door.check(&file("out/ci.json")).unwrap_err();
        assert!(
            why.starts_with("the file out/ci.json cannot be made: "),
            "{why}"
        );
    }

    #[tokio::test]
    async fn a_program_reads_the_secret_in_the_workspace_and_is_not_heard() {
        let folder = TempDir::new().unwrap();
        let door = door(&folder);
        let to = shell("cat > taken; echo said; echo more >&2");
        assert_eq!(door.check(&to), Ok(()));
        assert_eq!(deliver(&door, to).await, Ok(()));
        let taken = fs::read_to_string(door.directory.join("taken")).unwrap();
        assert_eq!(taken, "Blue-Kettle-71\n");
    }

    #[tokio::test]
    async fn of_a_program_that_fails_the_status_is_told_and_nothing_else() {
        let folder = TempDir::new().unwrap();
        let door = door(&folder);
        let failed = deliver(&door, shell("cat >&2; exit 7")).await;
        let told = "the program sh ended with exit status: 7";
        assert_eq!(failed, Err(told.to_owned()));
    }

    #[tokio::test]
    async fn a_program_that_does_not_end_is_killed() {
        let folder = TempDir::new().unwrap();
        let mut door = door(&folder);
        door.programs.patience = Duration::ZERO;
        let killed = deliver(&door, shell("exec sleep 600")).await;
        let told = "the program sh did not end within 0 s, and was killed";
        assert_eq!(killed, Err(told.to_owned()));
    }

    #[test]
    fn a_program_is_found_where_nobody_can_slip_one_in() {
        let folder = TempDir::new().unwrap();
        let door = door(&folder);
        fs::create_dir(door.directory.join("bin")).unwrap();
        let planted = door.directory.join("bin/planted");
        fs::write(&planted, "").unwrap();
        let check = |program: &str| {
            door.check(&Destination::Command {
                program: program.to_owned(),
                args: Vec::new(),
            })
        };
        assert_eq!(
            check("bin/planted"),
            Err("the program bin/planted is not there, or cannot be run".to_owned())
        );
        fs::set_permissions(&planted, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(check("bin/planted"), Ok(()));
        assert_eq!(
            check("planted"),
            Err("the program planted is in no folder of PATH".to_owned())
        );
    }
}
