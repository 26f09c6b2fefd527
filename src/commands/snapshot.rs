//! `snapshot`: what is there, without its secrets, in a file against which others plan.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use super::gather::{Gathered, Gathering, gather};
use super::observe::{close, kinds_to_read};
use super::progress::Line;
use super::records::{self, Known};
use super::{Streams, complain, load, stream};
use crate::cli::Snapshot as Args;
use crate::exit::Exit;
use crate::host::Host;
use crate::load::Workspace;
use crate::load::workspace::Settings;
use crate::model::diagnostic::Diagnostics;
use crate::model::error::Cause;
use crate::snapshot::Snapshot;

pub(super) async fn run(args: &Args, host: &mut Host, streams: Streams) -> Exit {
    let vars = &args.variables.vars;
    let workspace = match load(&args.place.directory, vars, host, streams).await {
        Ok(workspace) => workspace,
        Err(exit) => return exit,
    };
    let known = records::look(&workspace.directory, &workspace.settings, host, streams).await;
    let Known { ledger, key: _ } = match known {
        Ok(known) => known,
        Err(exit) => return exit,
    };
    let ledger = Arc::new(ledger);
    let Workspace {
        directory,
        settings: Settings {
            workspace, systems, ..
        },
        heads,
        sources,
        ..
    } = workspace;
    // What a plan of today needs must be there; what only another may need is pictured as far as it goes.
    let needed = kinds_to_read(&heads, &systems, &ledger);
    let listable = systems.iter().flat_map(|it| it.listable_kinds());
    let kinds = listable.chain(needed.iter().copied());
    let kinds = Arc::new(kinds.collect::<BTreeSet<_>>());
    let vendors = systems.iter().map(|it| it.vendor()).collect::<Vec<_>>();
    let line = Line::new(streams);
    let gathering = Gathering {
        directory: &directory,
        parallelism: args.parallelism as usize,
        ledger: &ledger,
        is_recorded: false,
        only: None,
        kinds,
        line: &line,
    };
    let gathered = match gather(systems, &gathering, host, streams).await {
        Ok(gathered) => gathered,
        Err(exit) => return exit,
    };
    drop(line);
    let Gathered {
        mut kinds,
        links,
        mut incomplete,
        open,
        ..
    } = gathered;
    let pictures = kinds.iter().map(|kind| kind.picture(&links));
    let pictures = pictures.collect::<Vec<_>>();
    let unasked = incomplete
        .iter()
        .map(|it| (it.what.clone(), it.why.clone()));
    let unasked = unasked.collect::<BTreeMap<_, _>>();
    let systems = vendors.into_iter().map(|vendor| {
        let why = unasked.get(vendor).cloned();
        (vendor.to_owned(), why)
    });
    let mut found = Diagnostics::default();
    for kind in &mut kinds {
        let (unread, problems) = kind.take_problems();
        incomplete.extend(unread);
        found.extend(problems);
    }
    if found.has_errors() {
        stream::mistakes(host, streams, &found.sorted(), &sources);
        return close(open, Exit::Invalid, host, streams).await;
    }
    let snapshot = Snapshot::new(workspace, host.now, &ledger, systems.collect(), pictures);
    let path = super::in_directory(host, &args.out);
    if let Err(error) = write(&path, &snapshot.to_file()) {
        let problem = format!("{} cannot be written: {error}", args.out.display());
        complain(host, streams, &problem);
        return close(open, Exit::Error, host, streams).await;
    }
    incomplete.sort_by(|a, b| a.what.cmp(&b.what));
    let mut exit = Exit::Fine;
    for it in &incomplete {
        let text = format!("{} could not be read: {}", it.what, it.why);
        stream::caution(host, streams, &text);
        let mut listed = pictured(&it.what);
        let is_needed =
            listed.next().is_none() || needed.iter().any(|kind| kind.to_string() == it.what);
        if is_needed && exit != Exit::Login {
            exit = match it.cause {
                Cause::Login => Exit::Login,
                Cause::Refused
                | Cause::Partial
                | Cause::Begun
                | Cause::UnderWay
                | Cause::Unknown
                | Cause::Unreachable => Exit::Error,
            };
        }
    }
    host.warn(&format!(
        "Wrote what is there to {}; `trueup plan --against {0}` plans against it.\n",
        args.out.display()
    ));
    close(open, exit, host, streams).await
}

/// The kinds of this name.
fn pictured(what: &str) -> impl Iterator<Item = String> {
    let kinds = records::kinds().into_iter().map(|kind| kind.to_string());
    kinds.filter(move |kind| kind == what)
}

/// Writes a file that nobody else may read.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // One that was there keeps its mode until it is told otherwise.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(text.as_bytes())
}
