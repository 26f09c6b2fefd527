//! `graph`: what of a plan waits for what.

use std::sync::Arc;

use super::observe::{Observing, close, observe, tell_unread};
use super::progress::Line;
use super::records::{self, Known};
use super::{Streams, load};
use crate::cli::{Graph, GraphFormat, Planning};
use crate::exit::Exit;
use crate::host::Host;
use crate::report::graph;

pub(super) async fn run(args: &Graph, host: &mut Host, streams: Streams) -> Exit {
    let Planning {
        place, variables, ..
    } = &args.planning;
    let workspace = match load(&place.directory, &variables.vars, host, streams).await {
        Ok(workspace) => workspace,
        Err(exit) => return exit,
    };
    let known = records::look(&workspace.directory, &workspace.settings, host, streams).await;
    let ledger = match known {
        Ok(Known { ledger, key: _ }) => Arc::new(ledger),
        Err(exit) => return exit,
    };
    let line = Line::new(streams);
    let observing = Observing {
        args: &args.planning,
        ledger,
        is_recorded: false,
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
    tell_unread(&planned.plan, host, streams);
    host.print(&match args.format {
        GraphFormat::Dot => graph::dot(&planned.plan),
        GraphFormat::Mermaid => graph::mermaid(&planned.plan),
    });
    let exit = planned.read_exit();
    close(planned.open, exit, host, streams).await
}
