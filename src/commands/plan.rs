//! `plan`: what would change.

use std::path::Path;

use super::Streams;
use super::connect::complain;
use super::observe::{Planned, close, observe};
use super::progress::Line;
use super::time;
use crate::cli::{Plan, PlanFormat};
use crate::exit::Exit;
use crate::guard::refusals;
use crate::host::Host;
use crate::report::{json, text};

pub(super) async fn run(args: &Plan, host: &mut Host, streams: Streams) -> Exit {
    let line = Line::new(streams);
    let planned = match observe(&args.planning, &line, host, streams).await {
        Ok(planned) => planned,
        Err(exit) => return exit,
    };
    drop(line);
    let read_exit = planned.read_exit();
    let Planned {
        workspace,
        plan,
        sources,
        limits,
        key,
        door: _,
        forecasts,
        times,
        repeats: _,
        open,
    } = planned;
    let refusals = refusals(&plan, &limits);
    // A check of a pull request must not be green over a plan that will be refused.
    let mut exit = if read_exit != Exit::Fine {
        read_exit
    } else if !refusals.is_empty() {
        Exit::Refused
    } else if args.detailed_exitcode && !plan.is_empty() {
        Exit::Changes
    } else {
        Exit::Fine
    };
    let shown = json::Shown {
        workspace: &workspace,
        plan: &plan,
        forecasts: &forecasts,
        sources: &sources,
        refusals: &refusals,
        key: key.as_ref(),
    };
    let as_json = || json::plan(&shown);
    if let Some(file) = &args.json_into
        && let Err(error) = std::fs::write(super::in_directory(host, Path::new(file)), as_json())
    {
        complain(
            host,
            streams,
            &format!("{} cannot be written: {error}", file.display()),
        );
        exit = Exit::Error;
    }
    if args.json || args.format == PlanFormat::Json {
        host.print(&as_json());
    } else {
        host.print(&text::plan(
            &plan,
            &forecasts,
            &sources,
            &refusals,
            streams.out,
        ));
    }
    time::tell(&times, host);
    close(open, exit, host, streams).await
}
