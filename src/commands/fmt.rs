//! `fmt`: puts the files of a workspace into their normal form.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Streams;
use super::connect::complain;
use crate::cli::Fmt;
use crate::exit::Exit;
use crate::format::format;
use crate::host::Host;
use crate::load::{self, Texts};
use crate::model::diagnostic::Severity;
use crate::model::place::Source;
use crate::report::diagnostics;
use crate::report::style::clean;
use crate::vendors::VENDORS;

/// The mark that some editors put before a text. It is not a part of it, and stays.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

pub(super) fn run(args: &Fmt, host: &mut Host, streams: Streams) -> Exit {
    let directory = super::in_directory(host, &args.place.directory);
    let Texts {
        sources,
        files,
        diagnostics: found,
    } = load::texts(&load::Request {
        directory: &directory,
        shown: &args.place.directory,
        vars: &BTreeMap::new(),
        environment: &|name| host.environment.get(name).cloned(),
        present: &host.directory,
        brought: None,
        today: host.today(),
    });
    host.warn(&diagnostics::text(&found, &sources, streams.err.color));
    let is_wrong = found.iter().any(|it| it.severity == Severity::Error);
    let kinds = VENDORS.iter().flat_map(|vendor| vendor.kinds());
    let kinds = kinds.collect::<Vec<_>>();
    let (mut differ, mut failed) = (false, false);
    // A link and the file that it leads to are one.
    let mut seen = HashSet::new();
    for file in files {
        let Source { path, text, .. } = sources.get(file);
        let Some(real) = inside(&directory, &super::in_directory(host, Path::new(path))) else {
            host.warn(&format!(
                "Left {path} as it is: it is a link to a file outside of the workspace.\n"
            ));
            continue;
        };
        if !seen.insert(real.clone()) {
            continue;
        }
        let done = match format(text, &kinds) {
            Ok(formed) if formed == *text => continue,
            Ok(_) if args.check => Ok(()),
            Ok(formed) => replace(&real, text, &formed).map_err(|it| it.to_string()),
            Err(defect) => Err(defect.to_string()),
        };
        match done {
            Ok(()) => {
                differ = true;
                host.print(&format!("{}\n", clean(path)));
            }
            Err(why) => {
                failed = true;
                complain(host, streams, &format!("{path} is left as it is: {why}"));
            }
        }
    }
    if is_wrong {
        Exit::Invalid
    } else if failed {
        Exit::Error
    } else if differ && args.check {
        Exit::Changes
    } else {
        Exit::Fine
    }
}

/// Where a file really is, if that is inside the workspace. A link may lead to where whoever proposes it may not write.
fn inside(directory: &Path, file: &Path) -> Option<PathBuf> {
    let real = file.canonicalize().ok()?;
    real.starts_with(directory.canonicalize().ok()?)
        .then_some(real)
}

/// Puts another text into a file, whole or not at all. Who may read it stays as it is.
fn replace(file: &Path, text: &str, formed: &str) -> io::Result<()> {
    let bytes = fs::read(file)?;
    let (mark, rest) = match bytes.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (BYTE_ORDER_MARK, rest),
        None => (&[][..], bytes.as_slice()),
    };
    if rest != text.as_bytes() {
        return Err(io::Error::other("it was changed meanwhile"));
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut beside = tempfile::Builder::new()
        .prefix(".trueup-")
        .tempfile_in(folder)?;
    beside.write_all(mark)?;
    beside.write_all(formed.as_bytes())?;
    beside
        .as_file()
        .set_permissions(fs::metadata(file)?.permissions())?;
    beside.as_file().sync_all()?;
    beside.persist(file)?;
    Ok(())
}
