//! Finds and reads the files of a workspace.

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path};

use ignore::WalkBuilder;

use super::workspace::Settings;
use super::{SETTINGS_FILE, waivers};
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::place::{FileId, Sources};
use crate::yaml::{MAX_BYTES, decode_text};

const NO_WORKSPACE: Code = Code("no-workspace");
const NOT_YAML: Code = Code("not-yaml");
const UNREADABLE: Code = Code("unreadable");

/// A workspace's folder, and how the user named it.
pub(super) struct Folder<'a> {
    pub directory: &'a Path,
    pub shown: &'a Path,
}

impl Folder<'_> {
    /// A file's path as people should see it: it leads there from where they are.
    fn shown(&self, path: &str) -> String {
        let parts = self.shown.join(path);
        let parts = parts.components().filter(|part| *part != Component::CurDir);
        parts
            .collect::<std::path::PathBuf>()
            .to_string_lossy()
            .replace('\\', "/")
    }
}

/// Reads `trueup.yaml`.
pub(super) fn read_settings_file(
    folder: &Folder<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<FileId> {
    if !folder.directory.join(SETTINGS_FILE).is_file() {
        let message = if folder.directory.is_dir() {
            format!("there is no {SETTINGS_FILE} in {}", folder.shown.display())
        } else {
            format!("there is no folder {}", folder.shown.display())
        };
        diagnostics.push(
            Diagnostic::error(NO_WORKSPACE, None, message)
                .help("name the workspace's folder, or make one with `trueup init FOLDER`"),
        );
        return None;
    }
    read_file(folder, SETTINGS_FILE, sources, diagnostics)
}

/// Reads the files that the workspace includes, in the order of their paths.
pub(super) fn read_included(
    folder: &Folder<'_>,
    settings: &Settings,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<FileId> {
    let seeds = settings
        .systems
        .iter()
        .filter_map(|system| system.system().seed.as_deref());
    let seeds = seeds
        .map(|seed| seed.trim_start_matches("./"))
        .collect::<Vec<_>>();
    let mut paths = Vec::new();
    // Hidden files and folders are left out; what version control ignores is not our concern.
    let files = WalkBuilder::new(folder.directory)
        .standard_filters(false)
        .hidden(true)
        .filter_entry(|entry| entry.depth() == 0 || !is_workspace(entry.path()))
        .build();
    for entry in files {
        match entry {
            Ok(entry) => {
                let path = entry
                    .path()
                    .strip_prefix(folder.directory)
                    .unwrap_or(entry.path());
                let parts = path
                    .iter()
                    .map(|part| part.to_string_lossy())
                    .collect::<Vec<_>>();
                let path = parts.join("/");
                let is_file = entry.file_type().is_some_and(|kind| !kind.is_dir());
                let is_ours = path == SETTINGS_FILE
                    || path == waivers::FILE
                    || seeds.contains(&path.as_str());
                if is_file && !is_ours && settings.include.matches(&path) {
                    paths.push(path);
                }
            }
            Err(error) => diagnostics.push(Diagnostic::error(
                UNREADABLE,
                None,
                format!("a part of the workspace cannot be read: {error}"),
            )),
        }
    }
    paths.sort();
    paths
        .iter()
        .filter_map(|path| read_file(folder, path, sources, diagnostics))
        .collect()
}

/// A workspace within a workspace is not a part of it.
fn is_workspace(path: &Path) -> bool {
    path.join(SETTINGS_FILE).is_file()
}

/// Whether a path leads to a file that is called YAML. A link to another kind of file would show its content in messages.
fn leads_to_yaml(path: &Path) -> bool {
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    is_yaml(&real)
}

/// Whether a file is called YAML. No other is ever read as declarations.
pub(super) fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "yaml" || extension == "yml")
}

fn read_file(
    folder: &Folder<'_>,
    path: &str,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<FileId> {
    let shown = folder.shown(path);
    if !leads_to_yaml(&folder.directory.join(path)) {
        let message = format!("{shown} is not, or does not lead to, a file named *.yaml");
        diagnostics.push(
            Diagnostic::error(NOT_YAML, None, message)
                .help("rename it, or narrow `include:` in trueup.yaml"),
        );
        return None;
    }
    match read_bounded(&folder.directory.join(path)) {
        Ok(bytes) => match decode_text(&shown, bytes) {
            Ok(text) => Some(sources.add(shown, text)),
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                None
            }
        },
        Err(error) => {
            diagnostics.push(Diagnostic::error(
                UNREADABLE,
                None,
                format!("{shown} cannot be read: {error}"),
            ));
            None
        }
    }
}

/// Reads at most one byte more than a file may have, so that a huge one is refused and not read.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
