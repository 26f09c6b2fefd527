//! `journal`: prints what applies did, and checks that nobody changed it since.

use super::{Streams, complain, load, records};
use crate::cli::{Journal, JournalShow, JournalVerify};
use crate::exit::Exit;
use crate::host::Host;
use crate::report::journal;
use crate::store::{RunId, Store};

pub(super) async fn run(args: &Journal, host: &mut Host, streams: Streams) -> Exit {
    match args {
        Journal::Show(args) => show(args, host, streams).await,
        Journal::Verify(args) => verify(args, host, streams).await,
    }
}

async fn show(args: &JournalShow, host: &mut Host, streams: Streams) -> Exit {
    let run = match args.run.as_deref().map(str::parse::<RunId>).transpose() {
        Ok(run) => run,
        Err(_) => {
            let help = "`--run` takes the id of a run, as `journal show` prints it";
            complain(host, streams, help);
            return Exit::Error;
        }
    };
    let store = match open(&args.place.directory, host, streams).await {
        Ok(Some(store)) => store,
        Ok(None) => return nothing(args.json, host),
        Err(exit) => return exit,
    };
    let (mut after, mut is_empty) = (0, true);
    loop {
        let page = match run {
            Some(run) => store.lines_of(run, after).await,
            None => store.lines(after).await,
        };
        let page = match page {
            Ok(page) => page,
            Err(error) => return records::fail(host, streams, &error),
        };
        let Some(last) = page.last() else {
            break;
        };
        after = last.seq;
        is_empty = false;
        for line in &page {
            host.print(&if args.json {
                journal::json(line)
            } else {
                journal::text(line, streams.out)
            });
        }
    }
    if is_empty && run.is_some() {
        complain(host, streams, "the journal has no line of this run");
        return Exit::Error;
    }
    Exit::Fine
}

async fn verify(args: &JournalVerify, host: &mut Host, streams: Streams) -> Exit {
    let store = match open(&args.place.directory, host, streams).await {
        Ok(Some(store)) => store,
        Ok(None) => return nothing(args.json, host),
        Err(exit) => return exit,
    };
    let verdict = match store.verify().await {
        Ok(verdict) => verdict,
        Err(error) => return records::fail(host, streams, &error),
    };
    host.print(&if args.json {
        journal::verdict_json(&verdict)
    } else {
        journal::verdict_text(&verdict, streams.out)
    });
    if verdict.is_sound() {
        Exit::Fine
    } else {
        Exit::Error
    }
}

async fn open(
    directory: &std::path::Path,
    host: &mut Host,
    streams: Streams,
) -> Result<Option<Store>, Exit> {
    let workspace = load(directory, &[], host, streams)?;
    records::find(&workspace.settings, host, streams).await
}

fn nothing(is_json: bool, host: &mut Host) -> Exit {
    if !is_json {
        host.print("The journal is empty: nothing was applied here yet.\n");
    }
    Exit::Fine
}
