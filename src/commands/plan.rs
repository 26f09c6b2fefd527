//! `plan`: what would change.

use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::observe::{Observing, Planned, close, observe};
use super::progress::Line;
use super::records::{self, Known};
use super::stream::tell;
use super::{Streams, complain, key, load, load_unasked, stream, time};
use crate::cli::{Plan, PlanFormat, Planning};
use crate::exit::Exit;
use crate::guard::refusals;
use crate::host::Host;
use crate::load::Workspace;
use crate::model::fingerprint::WorkspaceKey;
use crate::report::picture::Picture;
use crate::report::{Shown, against, events, html, json, markdown, text};
use crate::saved::{Making, Request, Saved};
use crate::snapshot::Snapshot;
use crate::store::RunId;

pub(super) async fn run(args: &Plan, host: &mut Host, streams: Streams) -> Exit {
    if let Some(day) = args.as_of
        && let Ok(day) = day.to_zoned(TimeZone::UTC)
    {
        host.now = day.timestamp();
    }
    let streams = Streams {
        events: args.json_stream,
        ..streams
    };
    tell(host, streams, events::version);
    let (workspace, known, against) = match begin(args, host, streams).await {
        Ok(begun) => begun,
        Err(exit) => return exit,
    };
    let directory = workspace.directory.clone();
    let Known { ledger, key } = known;
    let ledger = Arc::new(ledger);
    let line = Line::new(streams);
    let observing = Observing {
        args: &args.planning,
        ledger: Arc::clone(&ledger),
        is_recorded: false,
        only: None,
        narrow: &|_, _| {},
        line: &line,
        against: against.as_ref(),
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
        is_whole: _,
        sources,
        limits,
        door: _,
        warnings,
        forecasts,
        times,
        repeats: _,
        open,
    } = planned;
    let refusals = refusals(&plan, &limits);
    let explain = |key: &WorkspaceKey| ledger.explain(plan.views(), key);
    let origins = key.as_ref().map(explain).unwrap_or_default();
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
    let shown = Shown {
        workspace: &workspace,
        plan: &plan,
        forecasts: &forecasts,
        sources: &sources,
        origins: &origins,
        refusals: &refusals,
        warnings: &warnings,
        key: key.as_ref(),
        against: against.as_ref().map(|it| it.taken),
    };
    let as_json = || json::plan(&shown);
    let picture = Picture::new(&shown);
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
    if let Some(file) = &args.out {
        let request = Request {
            directory: args.planning.place.directory.display().to_string(),
            vars: args.planning.variables.vars.clone(),
            targets: args.planning.targets.clone(),
            excludes: args.planning.excludes.clone(),
        };
        let json = serde_json::from_str(&as_json()).unwrap_or_default();
        let saved = save(file, &directory, host, |key, id| {
            let made = host.now;
            let making = Making {
                workspace: &workspace,
                sources: &sources,
                plan: &plan,
                json,
                picture: serde_json::to_value(&picture).unwrap_or_default(),
            };
            Saved::new(id, made, request, &making, key)
        });
        match saved {
            Ok(()) => host.warn(&format!(
                "Saved the plan to {}; `trueup apply {0}` applies it.\n",
                file.display()
            )),
            Err(problem) => {
                complain(host, streams, &problem);
                exit = Exit::Error;
            }
        }
    }
    if args.json_stream {
        tell(host, streams, |at| {
            events::plan(&plan, &origins, &refusals, at)
        });
    } else {
        host.print(&draw(args, &shown, &picture, streams));
    }
    time::tell(&times, host);
    close(open, exit, host, streams).await
}

/// The workspace, with what is remembered of it: in the store, or else in the snapshot that is planned against.
async fn begin(
    args: &Plan,
    host: &mut Host,
    streams: Streams,
) -> Result<(Workspace, Known, Option<Snapshot>), Exit> {
    let Planning {
        place, variables, ..
    } = &args.planning;
    let Some(file) = &args.against else {
        let workspace = load(&place.directory, &variables.vars, host, streams).await?;
        let directory = workspace.directory.clone();
        let known = records::look(&directory, &workspace.settings, host, streams).await?;
        return Ok((workspace, known, None));
    };
    // Whoever proposes a change may declare any program: none is run for a plan that shows no secret anyway.
    let workspace = load_unasked(&place.directory, &variables.vars, host, streams)?;
    let read = std::fs::read(super::in_directory(host, file));
    let read = read.map_err(|error| format!("cannot be read: {error}"));
    let read = read.and_then(|text| {
        let snapshot = Snapshot::of_file(&text, &workspace.settings.workspace)?;
        let ledger = snapshot.ledger(&records::kinds())?;
        snapshot.pictures(&records::kinds())?;
        Ok((snapshot, ledger))
    });
    match read {
        Ok((snapshot, ledger)) => {
            // All other forms say it themselves.
            if args.json_stream {
                stream::caution(host, streams, &against::caution(snapshot.taken));
            }
            let known = Known { ledger, key: None };
            Ok((workspace, known, Some(snapshot)))
        }
        Err(why) => {
            complain(host, streams, &format!("{} {why}", file.display()));
            Err(Exit::Error)
        }
    }
}

/// The plan in the form that was asked for.
fn draw(args: &Plan, shown: &Shown<'_>, picture: &Picture, streams: Streams) -> String {
    // Where a reader finds what a shortened report leaves out.
    let whole = match &args.out {
        Some(file) => format!("trueup show {}", file.display()),
        None => "trueup plan".to_owned(),
    };
    match args.format {
        _ if args.json => json::plan(shown),
        PlanFormat::Json => json::plan(shown),
        PlanFormat::Text => {
            let caution = picture.caution.iter();
            let caution = caution.map(|it| format!("{} {it}.\n\n", streams.out.yellow("Warning:")));
            caution.collect::<String>() + &text::plan(picture, streams.sheet())
        }
        PlanFormat::Markdown => markdown::plan(picture, args.budget.max_bytes as usize, &whole),
        PlanFormat::Html => html::plan(picture),
    }
}

/// Saves a plan, signed with the workspace's key.
fn save(
    file: &Path,
    directory: &Path,
    host: &Host,
    plan: impl FnOnce(&WorkspaceKey, String) -> Saved,
) -> Result<(), String> {
    let key = key::find_or_make(directory, host)?;
    let id = RunId::new((host.clock)(), &records::random()).to_string();
    let text = plan(&key, id).to_file(&key);
    let path = super::in_directory(host, file);
    let written = std::fs::write(path, text);
    written.map_err(|error| format!("{} cannot be written: {error}", file.display()))
}
