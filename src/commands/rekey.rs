//! `key rotate`: another key for the workspace. Nothing changes at any vendor.

use std::path::Path;
use std::sync::Arc;

use super::key;
use super::observe::{Observing, Planned, close, observe, tell_unread};
use super::progress::Line;
use super::records::{self, Records};
use super::{Streams, complain};
use crate::cli::KeyRotate;
use crate::exit::Exit;
use crate::host::Host;
use crate::ledger::rekey::{Rekeyed, rekey, values};
use crate::load::Workspace;
use crate::plan::Plan;
use crate::report::rekeyed;
use crate::store::StoreError;

pub(super) async fn run(args: &KeyRotate, host: &mut Host, streams: Streams) -> Exit {
    let given_by = key::given_by(host);
    if let (Some(variable), None) = (given_by, &args.to) {
        complain(
            host,
            streams,
            &format!(
                "the key of this workspace is given by {variable}, which trueup cannot change\n  make a new one \
                 (`openssl rand -hex 32`), name its file with `--to FILE`, and set {variable} afterwards"
            ),
        );
        return Exit::Error;
    }
    let held =
        records::load_and_hold(&args.planning, &args.lease, "key rotate", host, streams).await;
    let (workspace, records) = match held {
        Ok(held) => held,
        Err(exit) => return exit,
    };
    let exit = rotate(args, workspace, &records, host, streams).await;
    records.close(exit, host, streams).await
}

async fn rotate(
    args: &KeyRotate,
    workspace: Workspace,
    records: &Records,
    host: &mut Host,
    streams: Streams,
) -> Exit {
    let directory = workspace.directory.clone();
    let line = Line::new(streams);
    let observing = Observing {
        args: &args.planning,
        ledger: Arc::clone(&records.ledger),
        is_recorded: true,
        only: None,
        narrow: &|_, _| {},
        line: &line,
        against: None,
    };
    let planned = match observe(workspace, observing, host, streams).await {
        Ok(planned) => planned,
        Err(exit) => return exit,
    };
    drop(line);
    let read_exit = planned.read_exit();
    let Planned {
        plan,
        is_whole,
        open,
        ..
    } = planned;
    if !is_whole {
        tell_unread(&plan, host, streams);
        let why = "the key stays, since fingerprints of what is not read would be forgotten";
        complain(host, streams, why);
        let exit = if read_exit == Exit::Fine {
            Exit::Error
        } else {
            read_exit
        };
        return close(open, exit, host, streams).await;
    }
    let exit = match put(args, &directory, &plan, records, host).await {
        Ok(rekeyed) => {
            host.print(&rekeyed::text(&rekeyed, streams.out));
            follow(&directory, host, streams)
        }
        Err(Unchanged::Key(why)) => {
            complain(host, streams, &why);
            Exit::Error
        }
        Err(Unchanged::Store(error)) => records::fail(host, streams, &error),
    };
    close(open, exit, host, streams).await
}

/// Why the key stays.
enum Unchanged {
    Key(String),
    Store(StoreError),
}

/// Puts all that is remembered under the new key.
async fn put(
    args: &KeyRotate,
    directory: &Path,
    plan: &Plan,
    records: &Records,
    host: &Host,
) -> Result<Rekeyed, Unchanged> {
    let next = key::next(directory, args.to.as_deref(), host).map_err(Unchanged::Key)?;
    let entries = records.store.entries().await.map_err(Unchanged::Store)?;
    let rekeyed = rekey(entries, &values(plan), &records.pen.key, &next);
    let kept = records
        .store
        .replace_entries(&records.lease, &rekeyed.entries);
    kept.await.map_err(Unchanged::Store)?;
    Ok(rekeyed)
}

/// Lets the new key take the place of the old one, or says who must do so.
fn follow(directory: &Path, host: &mut Host, streams: Streams) -> Exit {
    if let Some(variable) = key::given_by(host) {
        host.warn(&format!(
            "Set {variable} to the new key before the next run.\n"
        ));
        return Exit::Fine;
    }
    match key::succeed(directory) {
        Ok(()) => Exit::Fine,
        Err(error) => {
            let message = format!(
                "the new key cannot be put in its place: {error}\n  run `trueup key rotate` again"
            );
            complain(host, streams, &message);
            Exit::Error
        }
    }
}
