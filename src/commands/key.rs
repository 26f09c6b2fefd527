//! The workspace's key for fingerprints and signatures: where it is found, and how it is made.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use ring::rand::{SecureRandom, SystemRandom};

use crate::host::Host;
use crate::model::fingerprint::Key;
use crate::model::secret::Secret;

/// Where the key is kept when no variable says otherwise, from the workspace on.
const FILE: &str = ".trueup/key";

/// Shorter ones could be tried out.
const SHORTEST: usize = 16;

/// The key, if there is one: that of `TRUEUP_KEY`, of the file that `TRUEUP_KEY_FILE` names, or of the workspace.
pub(super) fn find(directory: &Path, host: &Host) -> Result<Option<Key>, String> {
    if let Some(text) = host.variable("TRUEUP_KEY") {
        return parse(&Secret::new(text), "TRUEUP_KEY").map(Some);
    }
    let named = host.variable("TRUEUP_KEY_FILE");
    let file = match &named {
        Some(file) => host.directory.join(file),
        None => directory.join(FILE),
    };
    match read(&file) {
        Ok(text) => parse(&text, &file.display().to_string()).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => Ok(None),
        Err(error) => Err(format!(
            "the key {} cannot be read: {error}",
            file.display()
        )),
    }
}

/// The key; a new one, in the workspace, if there is none.
pub(super) fn find_or_make(directory: &Path, host: &Host) -> Result<Key, String> {
    if let Some(key) = find(directory, host)? {
        return Ok(key);
    }
    let file = directory.join(FILE);
    let cannot = |error| format!("the key {} cannot be made: {error}", file.display());
    let mut bytes = [0; 32];
    let random = SystemRandom::new().fill(&mut bytes);
    random.map_err(|_| "this machine gives no random numbers".to_owned())?;
    let text = Secret::new(HEXLOWER.encode(&bytes));
    make(&file, &text).map_err(cannot)?;
    Ok(Key::new(&text))
}

fn make(file: &PathBuf, text: &Secret) -> std::io::Result<()> {
    file.parent().map_or(Ok(()), fs::create_dir_all)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut made = options.open(file)?;
    made.write_all(text.reveal().as_bytes())?;
    made.write_all(b"\n")?;
    made.sync_all()
}

/// Reads a key file that is nobody else's to read.
fn read(file: &Path) -> std::io::Result<Secret> {
    let text = fs::read_to_string(file)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(file)?.permissions().mode();
        if mode & 0o077 != 0 {
            let why = format!("others may read it; `chmod 600 {}`", file.display());
            return Err(std::io::Error::new(ErrorKind::PermissionDenied, why));
        }
    }
    Ok(Secret::new(text))
}

fn parse(text: &Secret, from: &str) -> Result<Key, String> {
    if text.reveal().trim().len() < SHORTEST {
        return Err(format!(
            "the key of {from} is too short: at least {SHORTEST} characters, such as `openssl rand -hex 32` prints"
        ));
    }
    Ok(Key::new(text))
}
