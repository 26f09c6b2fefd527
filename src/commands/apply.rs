//! `apply`: shows the plan, asks, and carries it out.

use std::io;
use std::sync::Arc;

use super::Streams;
use super::connect::complain;
use super::observe::{Planned, close, observe, stopped};
use super::progress::Line;
use super::time;
use crate::apply::{self, Outcome, Report};
use crate::cli::Apply;
use crate::exit::Exit;
use crate::guard::{Approved, approve};
use crate::host::Host;
use crate::model::address::Address;
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::error::Cause;
use crate::model::place::Sources;
use crate::plan::{Obstacle, Plan, Problem};
use crate::report::{diagnostics, json, text};

const SECRET_MISSING: Code = Code("secret-missing");
const SECRET_LOST: Code = Code("secret-lost");

pub(super) async fn run(args: &Apply, host: &mut Host, streams: Streams) -> Exit {
    if !args.yes && !host.terminal.stdin {
        let hint = "there is nobody to ask; pass --yes to apply without asking";
        complain(host, streams, hint);
        return Exit::Error;
    }
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
        door,
        forecasts,
        times,
        repeats,
        open,
    } = planned;
    let shown = text::plan(&plan, &forecasts, &sources, &[], streams.out);
    // With JSON the plan goes where people read, so that the result alone is the output.
    if args.json {
        host.warn(&shown)
    } else {
        host.print(&shown)
    }

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
    if !approved.is_empty() && !args.yes {
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
    let line = Line::new(streams);
    let limits = apply::Limits {
        parallelism: forecasts
            .iter()
            .map(|it| (it.vendor, it.bounds.parallelism))
            .collect(),
        repeats,
        watch: Arc::clone(&line.watch()),
        stop: host.stop.clone(),
    };
    let report = apply::apply(approved, door, limits).await;
    drop(line);
    if args.json {
        host.print(&json::report(&workspace, &report));
    } else {
        host.print(&format!(
            "\n{}",
            text::report(&report, &sources, streams.out)
        ));
    }
    close(open, exit(&report), host, streams).await
}

/// Approves the plan, or says what stands against it.
fn judge(
    plan: Plan,
    limits: &crate::guard::Limits,
    sources: &Sources,
    host: &mut Host,
    streams: Streams,
) -> Result<Approved, Exit> {
    let mut obstacles = Diagnostics::default();
    for view in plan.views() {
        for it in &view.obstacles {
            obstacles.push(obstacle(&view.address, it));
        }
    }
    if obstacles.has_errors() {
        host.warn(&diagnostics::text(
            &obstacles.sorted(),
            sources,
            streams.err.color,
        ));
        return Err(Exit::Invalid);
    }
    approve(plan, limits).map_err(|refusals| {
        for refusal in refusals {
            let text = format!("{refusal} [{}]\n  {}", refusal.code(), refusal.help());
            complain(host, streams, &text);
        }
        Exit::Refused
    })
}

/// An obstacle as a mistake in the declaration.
fn obstacle(address: &Address, obstacle: &Obstacle) -> Diagnostic {
    let Obstacle {
        field,
        problem,
        why,
        place,
    } = obstacle;
    match problem {
        Problem::NoValue => {
            let message = format!("{address} cannot be created without its {field}: {why}");
            Diagnostic::error(SECRET_MISSING, *place, message)
        }
        Problem::NoDelivery => {
            let message = format!("the secret of {address} would be lost: {why}");
            let help = format!(
                "it is shown once, when {address} is created: say with `{field}` where it can go"
            );
            Diagnostic::error(SECRET_LOST, *place, message).help(help)
        }
    }
}

enum Answer {
    Yes,
    No,
    Stopped,
}

async fn confirm(host: &mut Host) -> Answer {
    host.warn("\nDo you want to perform these actions? Only `yes` is accepted: ");
    // Waiting for an answer must not keep a signal waiting.
    let mut stdin = std::mem::replace(&mut host.stdin, Box::new(io::empty()));
    let asked = tokio::task::spawn_blocking(move || {
        let mut answer = String::new();
        stdin.read_line(&mut answer).map(|_| answer)
    });
    tokio::select! {
        answer = asked => match answer {
            Ok(Ok(answer)) if answer.trim() == "yes" => Answer::Yes,
            Ok(_) | Err(_) => Answer::No,
        },
        () = stopped(host.stop.clone()) => Answer::Stopped,
    }
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
    } else if report.is_whole() {
        Exit::Fine
    } else if done {
        Exit::Partial
    } else if login {
        Exit::Login
    } else {
        Exit::Error
    }
}
