//! The commands: each joins stages and prints. One call an arm.

mod adopt;
mod apply;
mod approved;
mod ci;
mod confirm;
mod connect;
mod door;
mod drift;
mod emulate;
mod fmt;
mod gather;
mod graph;
mod init;
mod journal;
mod judge;
mod key;
mod observe;
mod plan;
mod program;
mod progress;
mod recorder;
mod records;
mod rekey;
mod schema;
mod show;
mod snapshot;
mod stream;
mod time;
mod unlock;
mod validate;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{CommandFactory, Parser};
use tracing::instrument::WithSubscriber;

use observe::stopped;
use program::Programs;

use crate::cli::{Cli, Command, Global, Key, Level};
use crate::exit::Exit;
use crate::host::Host;
use crate::load::secret::Brought;
use crate::load::{self, Invalid, Workspace};
use crate::report::capabilities;
use crate::report::style::{Palette, Sheet};
use crate::vendors::VENDORS;
use connect::complain;

/// Runs a command line.
pub(crate) fn run(args: Vec<OsString>, host: &mut Host) -> Exit {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            host.warn(&error.render().to_string());
            return Exit::Error;
        }
        Err(asked_for) => {
            host.print(&asked_for.render().to_string());
            return Exit::Fine;
        }
    };
    let Cli { command, global } = cli;
    let streams = Streams::new(&global, host);
    let log = Log { level: global.log };
    match command {
        Command::Init(args) => init::run(&args, host, streams),
        Command::Validate(args) => validate::run(&args, host, streams),
        Command::Fmt(args) => fmt::run(&args, host, streams),
        Command::Plan(args) => {
            log.block_on(host, async |host| plan::run(&args, host, streams).await)
        }
        Command::Snapshot(args) => {
            log.block_on(host, async |host| snapshot::run(&args, host, streams).await)
        }
        Command::Show(args) => show::run(&args, host, streams),
        Command::Graph(args) => {
            log.block_on(host, async |host| graph::run(&args, host, streams).await)
        }
        Command::Apply(args) => {
            log.block_on(host, async |host| apply::run(&args, host, streams).await)
        }
        Command::Adopt(args) => {
            log.block_on(host, async |host| adopt::run(&args, host, streams).await)
        }
        Command::Journal(args) => {
            log.block_on(host, async |host| journal::run(&args, host, streams).await)
        }
        Command::Unlock(args) => {
            log.block_on(host, async |host| unlock::run(&args, host, streams).await)
        }
        Command::Drift(args) => {
            log.block_on(host, async |host| drift::run(&args, host, streams).await)
        }
        Command::Key(Key::Rotate(args)) => {
            log.block_on(host, async |host| rekey::run(&args, host, streams).await)
        }
        Command::Emulate(args) => {
            log.block_on(host, async |host| emulate::run(&args, host, streams).await)
        }
        Command::Capabilities(args) => {
            let kinds = VENDORS
                .iter()
                .flat_map(|vendor| vendor.kinds())
                .collect::<Vec<_>>();
            host.print(&if args.json {
                capabilities::json(&kinds)
            } else {
                capabilities::text(&kinds, streams.out)
            });
            Exit::Fine
        }
        Command::Schema(args) => schema::run(&args, host, streams),
        Command::Completion(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "trueup", &mut script);
            host.print(&String::from_utf8_lossy(&script));
            Exit::Fine
        }
        Command::Version => {
            host.print(&format!("trueup {}\n", env!("CARGO_PKG_VERSION")));
            Exit::Fine
        }
    }
}

/// How the two streams are to be coloured.
#[derive(Clone, Copy, Debug)]
struct Streams {
    out: Palette,
    err: Palette,
    /// How many columns the output has, if it ends anywhere.
    width: Option<usize>,
    /// Whether progress may be drawn on the error stream.
    progress: bool,
    /// Whether the output is events, of all that happens.
    events: bool,
}

impl Streams {
    fn new(global: &Global, host: &Host) -> Self {
        let wanted = !global.no_color && host.variable("NO_COLOR").is_none();
        let dumb = host.variable("TERM").is_some_and(|term| term == "dumb");
        let palette = |terminal| Palette {
            color: wanted && terminal && !dumb,
        };
        let watched = host.terminal.stderr && host.variable("CI").is_none() && !dumb;
        Self {
            out: palette(host.terminal.stdout),
            err: palette(host.terminal.stderr),
            width: host.terminal.width.filter(|_| host.terminal.stdout),
            // The log and a moving line would write over each other.
            progress: watched && global.log == Level::Off,
            events: false,
        }
    }

    /// What results are written on.
    fn sheet(self) -> Sheet {
        Sheet {
            palette: self.out,
            width: self.width,
        }
    }
}

/// Runs what needs the network, and writes the log meanwhile.
struct Log {
    level: Level,
}

impl Log {
    fn block_on(&self, host: &mut Host, command: impl AsyncFnOnce(&mut Host) -> Exit) -> Exit {
        let runtime = match tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
        {
            Ok(runtime) => runtime,
            Err(error) => {
                host.warn(&format!("Error: the runtime cannot start: {error}\n"));
                return Exit::Error;
            }
        };
        let level = match self.level {
            Level::Off => None,
            Level::Error => Some(tracing::Level::ERROR),
            Level::Warn => Some(tracing::Level::WARN),
            Level::Info => Some(tracing::Level::INFO),
            Level::Debug => Some(tracing::Level::DEBUG),
            Level::Trace => Some(tracing::Level::TRACE),
        };
        let Some(level) = level else {
            let exit = runtime.block_on(command(host));
            // Somebody may still be waited for to answer a question.
            runtime.shutdown_background();
            return exit;
        };
        let stderr = host.stderr.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_writer(move || stderr.clone())
            .with_ansi(false)
            .finish();
        let exit = runtime.block_on(command(host).with_subscriber(subscriber));
        runtime.shutdown_background();
        exit
    }
}

/// Loads the workspace with what its programs bring, or prints what is wrong with it. No program is run for one with
/// mistakes.
async fn load(
    directory: &Path,
    vars: &[String],
    host: &mut Host,
    streams: Streams,
) -> Result<Workspace, Exit> {
    let vars = variables(vars, host, streams)?;
    let mut loaded = load_with(directory, &vars, None, host);
    if let Ok(workspace) = &mut loaded
        && !workspace.asked.is_empty()
    {
        let asked = std::mem::take(&mut workspace.asked);
        let timeout = workspace.settings.secrets.command_timeout;
        let programs = Programs::new(workspace.directory.clone(), timeout, host);
        let brought = tokio::select! {
            brought = programs.bring(asked) => brought,
            () = stopped(host.stop.clone()) => {
                host.warn("Interrupted while programs were asked for secrets; nothing was changed.\n");
                return Err(Exit::Interrupted);
            }
        };
        loaded = load_with(directory, &vars, Some(&brought), host);
    }
    sound(loaded, host, streams)
}

/// Loads the workspace for a command to which it is nothing what secrets are declared, so that no program is run.
fn load_quietly(directory: &Path, host: &mut Host, streams: Streams) -> Result<Workspace, Exit> {
    load_unasked(directory, &[], host, streams)
}

/// Loads the workspace with these variables, and runs no program for it.
fn load_unasked(
    directory: &Path,
    vars: &[String],
    host: &mut Host,
    streams: Streams,
) -> Result<Workspace, Exit> {
    let vars = variables(vars, host, streams)?;
    let loaded = load_with(directory, &vars, None, host);
    sound(loaded, host, streams)
}

/// The workspace, if it is sound; prints what is wrong with it.
fn sound(
    loaded: Result<Workspace, Invalid>,
    host: &mut Host,
    streams: Streams,
) -> Result<Workspace, Exit> {
    match loaded {
        Ok(workspace) => {
            stream::mistakes(host, streams, &workspace.warnings, &workspace.sources);
            Ok(workspace)
        }
        Err(Invalid {
            diagnostics,
            sources,
        }) => {
            stream::mistakes(host, streams, &diagnostics, &sources);
            Err(Exit::Invalid)
        }
    }
}

fn load_with(
    directory: &Path,
    vars: &BTreeMap<String, String>,
    brought: Option<&Brought>,
    host: &Host,
) -> Result<Workspace, Invalid> {
    load::load(&load::Request {
        directory: &in_directory(host, directory),
        shown: directory,
        vars,
        environment: &|name| host.environment.get(name).cloned(),
        present: &host.directory,
        brought,
        today: host.today(),
    })
}

/// The variables of the command line; says what is wrong with them.
fn variables(
    vars: &[String],
    host: &mut Host,
    streams: Streams,
) -> Result<BTreeMap<String, String>, Exit> {
    parse_vars(vars).map_err(|text| {
        let problem =
            format!("`--var {text}` is not NAME=VALUE; write for example `--var site=lisbon`");
        complain(host, streams, &problem);
        Exit::Error
    })
}

/// The variables of the command line, or the text that is none.
fn parse_vars(vars: &[String]) -> Result<BTreeMap<String, String>, String> {
    let parse = |text: &String| match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        Some(_) | None => Err(text.clone()),
    };
    vars.iter().map(parse).collect()
}

fn in_directory(host: &Host, path: &Path) -> PathBuf {
    host.directory.join(path)
}
