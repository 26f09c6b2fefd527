//! Files that hold secrets: which may be read, and whom they must be hidden from.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::model::secret::{Secret, SecretBytes};

/// Reads a file that a reference names: one of the workspace, or of a folder that is allowed.
pub(super) fn read(
    directory: &Path,
    allowed: &[PathBuf],
    path: &str,
) -> Result<SecretBytes, String> {
    let unreadable = |error: io::Error| format!("the file {path} cannot be read: {error}");
    let workspace = directory.canonicalize().map_err(unreadable)?;
    let real = workspace.join(path).canonicalize().map_err(unreadable)?;
    // Anybody who can propose a file can propose a link, to what only the runner may read.
    let is_within = |folder: &PathBuf| {
        let folder = folder.canonicalize();
        folder.is_ok_and(|folder| real.starts_with(folder))
    };
    if !real.starts_with(&workspace) && !allowed.iter().any(is_within) {
        return Err(format!(
            "the file {path} is a link that leads out of the workspace"
        ));
    }
    fs::read(real).map(SecretBytes::new).map_err(unreadable)
}

/// Reads a text that is trueup's own, such as a key, from a file that nobody else may read.
pub(crate) fn read_own(path: &Path) -> Result<Secret, String> {
    let shown = path.display();
    let unreadable = |error: io::Error| format!("{shown} cannot be read: {error}");
    if is_exposed(path) {
        return Err(format!(
            "everybody on this machine can read {shown}; take that away: `chmod 600 {shown}`"
        ));
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    Ok(Secret::new(text))
}

/// A path that leads nowhere but into the workspace, with `/` between its parts and without what says nothing.
pub(crate) fn inside(path: &str) -> Option<String> {
    let parts = Path::new(path).components().map(|part| match part {
        Component::Normal(name) => name.to_str(),
        Component::CurDir => Some(""),
        Component::Prefix(_) | Component::RootDir | Component::ParentDir => None,
    });
    let parts = parts.collect::<Option<Vec<_>>>()?.into_iter();
    let parts = parts.filter(|part| !part.is_empty());
    Some(parts.collect::<Vec<_>>().join("/"))
}

/// Whether everybody on the machine can read a file.
#[cfg(unix)]
pub(super) fn is_exposed(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
pub(super) fn is_exposed(_: &Path) -> bool {
    false
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    use super::{read, read_own};

    fn write(file: &Path, text: &str, mode: u32) {
        fs::write(file, text).unwrap();
        fs::set_permissions(file, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_file_is_read_through_links_that_stay_inside_and_no_others() {
        let folder = tempfile::TempDir::new().unwrap();
        let (outside, workspace) = (folder.path().join("token"), folder.path().join("workspace"));
        fs::create_dir(&workspace).unwrap();
        write(&outside, "Rusty-Kettle-17", 0o600);
        write(&workspace.join("real"), "Blue-Kettle-71\n", 0o600);
        symlink("real", workspace.join("inside")).unwrap();
        symlink(&outside, workspace.join("out")).unwrap();
        let text = |path| read(&workspace, &[], path).unwrap();
        assert_eq!(text("real").reveal(), b"Blue-Kettle-71\n");
        assert_eq!(text("inside").reveal(), b"Blue-Kettle-71\n");
        assert_eq!(
            read(&workspace, &[], "out").unwrap_err(),
            "the file out is a link that leads out of the workspace"
        );
    }

    #[test]
    fn a_folder_that_is_allowed_is_left_by_no_link() {
        let folder = tempfile::TempDir::new().unwrap();
        let allowed = folder.path().join("run");
        let workspace = folder.path().join("workspace");
        fs::create_dir(&allowed).unwrap();
        fs::create_dir(&workspace).unwrap();
        write(&allowed.join("token"), "Blue-Kettle-71", 0o600);
        write(&folder.path().join("other"), "Rusty-Kettle-17", 0o600);
        symlink(folder.path().join("other"), allowed.join("link")).unwrap();
        let read = |name: &str| {
            let path = allowed.join(name);
            read(
                &workspace,
                std::slice::from_ref(&allowed),
                path.to_str().unwrap(),
            )
        };
        assert_eq!(read("token").unwrap().reveal(), b"Blue-Kettle-71");
        assert!(read("link").unwrap_err().contains("a link that leads out"));
    }

    #[test]
    fn a_file_that_everybody_can_read_is_told_apart() {
        let folder = tempfile::TempDir::new().unwrap();
        for (mode, is_exposed) in [(0o600, false), (0o640, false), (0o644, true), (0o604, true)] {
            write(&folder.path().join("token"), "Blue-Kettle-71", mode);
            let file = folder.path().join("token");
            assert_eq!(super::is_exposed(&file), is_exposed, "{mode:o}");
            assert_eq!(read_own(&file).is_err(), is_exposed);
        }
    }
}
