//! `apply`: shows the plan, asks, and carries it out, under the lease of the workspace and with a record of every write.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use super::approved::{Approval, Source};
use super::confirm::{Answer, confirm};
use super::judge::judge;
use super::observe::{Observing, Planned, close, observe};
use super::progress::Line;
use super::recorder::Recorder;
use super::records::{self, Records};
use super::stream::{Follower, tell};
use super::{Streams, complain, time};
use crate::apply::{self, Outcome, Report};
use crate::cli::Apply;
use crate::exit::Exit;
use crate::host::Host;
use crate::load::Workspace;
use crate::model::error::Cause;
use crate::report::events::{self, Applying};
use crate::report::picture::Picture;
use crate::report::{Shown, json, text};
use crate::saved::check::Checked;

pub(super) async fn run(args: &Apply, host: &mut Host, streams: Streams) -> Exit {
    let streams = Streams {
        events: args.json_stream,
        ..streams
    };
    tell(host, streams, events::version);
    let source = match Source::of(args, host, streams) {
        Ok(source) => source,
        Err(exit) => return exit,
    };
    let asks = !args.yes && source.saved().is_none();
    if asks && !host.terminal.stdin {
        let hint = "there is nobody to ask; pass --yes to apply without asking";
        complain(host, streams, hint);
        return Exit::Error;
    }
    let (planning, command) = (source.planning(), source.command());
    let held = records::load_and_hold(planning, &args.lease, command, host, streams).await;
    let (workspace, records) = match held {
        Ok(held) => held,
        Err(exit) => return exit,
    };
    let exit = match records.may_resume(args.resume, host, streams) {
        Ok(()) => held_apply(args, &source, asks, workspace, &records, host, streams).await,
        Err(exit) => exit,
    };
    records.close(exit, host, streams).await
}

/// Applies, with the lease in hand.
async fn held_apply(
    args: &Apply,
    source: &Source,
    asks: bool,
    workspace: Workspace,
    records: &Records,
    host: &mut Host,
    streams: Streams,
) -> Exit {
    let approval = match source.approval(&workspace, records, host, streams) {
        Ok(approval) => approval,
        Err(exit) => return exit,
    };
    let line = Line::new(streams);
    let checked = RefCell::new(Checked::default());
    let observing = Observing {
        args: source.planning(),
        ledger: Arc::clone(&records.ledger),
        is_recorded: true,
        only: approval.as_ref().map(Approval::addresses),
        narrow: &|plan, sources| {
            if let Some(approval) = &approval {
                checked.replace(approval.narrow(plan, sources, &records.pen.key));
            }
        },
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
        workspace,
        plan,
        is_whole,
        sources,
        limits,
        door,
        warnings,
        forecasts,
        times,
        repeats,
        open,
    } = planned;
    let checked = checked.into_inner();
    let origins = records.ledger.explain(plan.views(), &records.pen.key);
    let picture = Picture::new(&Shown {
        against: None,
        workspace: &workspace,
        plan: &plan,
        forecasts: &forecasts,
        sources: &sources,
        origins: &origins,
        refusals: &[],
        warnings: &warnings,
        key: Some(&records.pen.key),
    });
    let mut shown = text::plan(&picture, streams.sheet());
    shown.push_str(&text::stale(&checked, streams.out));
    // With JSON the plan goes where people read, so that the result alone is the output.
    if args.json || args.json_stream {
        host.warn(&shown)
    } else {
        host.print(&shown)
    }
    tell(host, streams, |at| events::plan(&plan, &origins, &[], at));
    for address in checked.stale.keys() {
        let problem = format!("{address} is left out: it is not what was approved any more");
        tell(host, streams, |at| events::problem(&problem, at));
    }
    let follower = Follower::new(Applying::new(plan.views()));
    let is_stale = !checked.stale.is_empty();
    if is_stale && (args.strict || plan.is_empty()) {
        return close(open, Exit::Stale, host, streams).await;
    }
    if let Err(exit) = records.settle(&plan, is_whole, host, streams).await {
        return close(open, exit, host, streams).await;
    }
    let looked = is_whole.then(|| records.ledger.looked(&plan, &records.pen));

    let approved = match judge(plan, &limits, &sources, host, streams) {
        Ok(approved) => approved,
        Err(exit) => {
            let exit = if read_exit == Exit::Login {
                read_exit
            } else {
                exit
            };
            return close(open, exit, host, streams).await;
        }
    };
    time::tell(&times, host);
    if !approved.is_empty() && asks {
        match confirm(host).await {
            Answer::Yes => {}
            Answer::No => {
                host.warn("Apply cancelled.\n");
                return close(open, Exit::Error, host, streams).await;
            }
            Answer::Stopped => {
                host.warn("\nInterrupted; nothing was changed.\n");
                return close(open, Exit::Interrupted, host, streams).await;
            }
        }
    }
    if let Some(approval) = &approval
        && let Err(exit) = records
            .claim(&approval.id, args.resume, host, streams)
            .await
    {
        return close(open, exit, host, streams).await;
    }
    let looked = looked.unwrap_or_default();
    if let Err(exit) = records.remember(&looked, host, streams).await {
        return close(open, exit, host, streams).await;
    }
    let line = Line::new(streams);
    let limits = apply::Limits {
        parallelism: forecasts
            .iter()
            .map(|it| (it.vendor, it.bounds.parallelism))
            .collect(),
        repeats,
        watch: follower.watch(line.watch()),
        record: Arc::new(Recorder {
            store: Arc::clone(&records.store),
            lease: Arc::clone(&records.lease),
            ledger: Arc::clone(&records.ledger),
            pen: records.pen.clone(),
            open: Mutex::default(),
        }),
        stop: host.stop.clone(),
    };
    let applying = apply::apply(approved, door, limits);
    let report = follower.follow(applying, host, streams).await;
    drop(line);
    if args.json_stream {
        let told = text::report(&report, &sources, streams.err);
        host.warn(&format!("\n{told}"));
    } else if args.json {
        host.print(&json::report(&workspace, &report, &checked));
    } else {
        host.print(&format!(
            "\n{}",
            text::report(&report, &sources, streams.out)
        ));
    }
    let mut exit = exit(&report);
    if exit == Exit::Fine && is_stale {
        exit = Exit::Partial;
    }
    close(open, exit, host, streams).await
}

fn exit(report: &Report) -> Exit {
    let login = report.outcomes.iter().any(
        |(_, outcome)| matches!(outcome, Outcome::Failed(error) if error.cause == Cause::Login),
    );
    let done = report.outcomes.iter().any(|(_, outcome)| match outcome {
        Outcome::Done | Outcome::UnderWay(_) => true,
        Outcome::Failed(error) => error.cause.is_partial(),
        Outcome::Skipped { .. } | Outcome::NotAttempted => false,
    });
    if report.is_interrupted() {
        Exit::Interrupted
    } else if report.halt.as_ref().is_some_and(|halt| halt.is_lease) {
        Exit::Held
    } else if report.is_whole() && report.halt.is_none() {
        Exit::Fine
    } else if done {
        Exit::Partial
    } else if login {
        Exit::Login
    } else {
        Exit::Error
    }
}
