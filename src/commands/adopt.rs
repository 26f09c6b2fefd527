//! `adopt`: takes live objects as ours that are as declared. Nothing changes at any vendor.

use std::sync::Arc;

use super::Streams;
use super::observe::{Observing, Planned, close, observe, tell_unread};
use super::progress::Line;
use super::records::{self, Records};
use crate::cli::Adopt;
use crate::exit::Exit;
use crate::host::Host;
use crate::load::Workspace;
use crate::report::adopted::{self, Adopted};

pub(super) async fn run(args: &Adopt, host: &mut Host, streams: Streams) -> Exit {
    let held = records::load_and_hold(&args.planning, &args.lease, "adopt", host, streams).await;
    let (workspace, records) = match held {
        Ok(held) => held,
        Err(exit) => return exit,
    };
    let exit = adopt(args, workspace, &records, host, streams).await;
    records.close(exit, host, streams).await
}

async fn adopt(
    args: &Adopt,
    workspace: Workspace,
    records: &Records,
    host: &mut Host,
    streams: Streams,
) -> Exit {
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
    let Planned { plan, open, .. } = planned;
    let mut changes = Vec::new();
    let mut adopted = Adopted::default();
    for settled in &plan.settled {
        match records.ledger.adopt(settled, &records.pen) {
            Some(change) => {
                changes.push(change);
                adopted.adopted.push(settled.address.clone());
            }
            None => adopted.known += 1,
        }
    }
    adopted.left = plan.views().map(|view| view.address.clone()).collect();
    if let Err(exit) = records.remember(&changes, host, streams).await {
        return close(open, exit, host, streams).await;
    }
    tell_unread(&plan, host, streams);
    host.print(&if args.json {
        adopted::json(&adopted)
    } else {
        adopted::text(&adopted, streams.out)
    });
    close(open, read_exit, host, streams).await
}
