//! `init`: writes a workspace to begin with. Never writes over a file.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};

use super::Streams;
use super::connect::complain;
use super::key::{self, KEY_FILE};
use crate::cli::Init;
use crate::exit::Exit;
use crate::host::Host;
use crate::load::SETTINGS_FILE;

/// The files of a new workspace.
const FILES: [(&str, &str); 4] = [
    (SETTINGS_FILE, include_str!("init/trueup.yaml")),
    ("vault/passwords.yaml", include_str!("init/passwords.yaml")),
    (".gitignore", include_str!("init/gitignore")),
    (
        ".github/workflows/trueup.yml",
        include_str!("init/workflow.yml"),
    ),
];

pub(super) fn run(args: &Init, host: &mut Host, streams: Streams) -> Exit {
    let directory = super::in_directory(host, &args.place.directory);
    if directory.join(SETTINGS_FILE).exists() {
        complain(
            host,
            streams,
            &format!("{} is a workspace already", directory.display()),
        );
        return Exit::Error;
    }
    for (path, text) in FILES {
        let file = directory.join(path);
        let made = file
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| {
                OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .open(&file)?
                    .write_all(text.as_bytes())
            });
        match made {
            Ok(()) => host.print(&format!("wrote {path}\n")),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                host.print(&format!("left {path} as it is\n"));
            }
            Err(error) => {
                complain(
                    host,
                    streams,
                    &format!("{} cannot be written: {error}", file.display()),
                );
                return Exit::Error;
            }
        }
    }
    let made = match key::given_by(host) {
        Some(_) => Ok(false),
        None => key::make(&directory),
    };
    match made {
        Ok(true) => host.print(&format!("wrote {KEY_FILE}\n")),
        Ok(false) => {}
        Err(error) => {
            let file = directory.join(KEY_FILE);
            let problem = format!("{} cannot be written: {error}", file.display());
            complain(host, streams, &problem);
            return Exit::Error;
        }
    }
    let directory = args.place.directory.display();
    host.print(&format!(
        "\nNext: `trueup plan {directory}` shows a plan against the built-in emulator.\n"
    ));
    Exit::Fine
}
