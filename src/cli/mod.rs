//! The command line: flags and their words. No logic.

mod records;
mod reports;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::SignedDuration;
use jiff::civil::Date;

pub(crate) use records::{Journal, JournalShow, JournalVerify, Key, KeyRotate};
pub(crate) use reports::{
    Budget, Drift, DriftFormat, FailOn, Graph, GraphFormat, PlanFormat, Show, Snapshot,
};

const EXIT_CODES: &str = "\
Exit codes:
  0    fine, or nothing to do
  1    error
  2    there are changes (plan --detailed-exitcode, drift, fmt --check)
  3    refused by a guard
  4    partly applied
  5    the plan is stale
  6    the workspace is held by another run
  7    authentication failed
  8    configuration invalid
  130  interrupted";

/// Makes access and secrets systems agree with a Git repository.
#[derive(Debug, Parser)]
#[command(name = "trueup", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

/// What every command takes.
#[derive(Args, Debug)]
pub(crate) struct Global {
    /// Log this much to the error stream
    #[arg(
        long,
        global = true,
        value_name = "LEVEL",
        env = "TRUEUP_LOG",
        default_value = "off"
    )]
    pub log: Level,
    /// Print without colours; NO_COLOR does the same
    #[arg(long, global = true, env = "TRUEUP_NO_COLOR", value_parser = switch)]
    pub no_color: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a new workspace
    Init(Init),
    /// Check the configuration; reads no vendor
    #[command(visible_alias = "check")]
    Validate(Validate),
    /// Rewrite the workspace's files in their normal form, which says the same
    ///
    /// The keys of a resource come into the order of its kind, words get quotes where some reader of YAML would take
    /// them for something else and lose them elsewhere, and lines end where their words do. Comments stay with their
    /// keys. The names of the files that changed are printed.
    Fmt(Fmt),
    /// Show what would change
    #[command(visible_alias = "diff")]
    Plan(Plan),
    /// Write down what is there, without its secrets, to plan against with `plan --against`
    ///
    /// A job that may ask the vendors makes the file, and whoever may not plans against it. It holds names, settings, who
    /// may do what and whose each object is; no secret, no fingerprint of one, and no text that no plan would show.
    Snapshot(Snapshot),
    /// Show a plan that `plan --out` saved; asks no vendor
    Show(Show),
    /// Print what of the plan waits for what, as a graph to be drawn
    Graph(Graph),
    /// Make the changes
    #[command(visible_alias = "sync")]
    Apply(Apply),
    /// Report what is not as declared, whose doing it is and since when
    Drift(Drift),
    /// Take live objects as ours that are as declared; changes nothing at any vendor
    Adopt(Adopt),
    /// Show or verify what applies did
    #[command(subcommand)]
    Journal(Journal),
    /// Take the lease of a workspace from a run that is gone
    Unlock(Unlock),
    /// Change the key under which secrets are fingerprinted
    #[command(subcommand)]
    Key(Key),
    /// Serve the emulators of the workspace's vendors until interrupted
    ///
    /// An emulator holds a world of its own and answers as the vendor documents it. It shows how trueup behaves, not
    /// what your vendor's release does where its pages are silent.
    Emulate(Emulate),
    /// Print what can be done with each kind and each of its fields
    Capabilities(Capabilities),
    /// Print or write the JSON Schemas
    Schema(Schema),
    /// Print a completion script
    Completion(Completion),
    /// Print the version
    Version,
}

/// Which workspace, and what its variables are.
#[derive(Args, Clone, Debug)]
pub(crate) struct Place {
    /// The workspace's folder
    #[arg(value_name = "WORKSPACE", default_value = ".")]
    pub directory: PathBuf,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct Variables {
    /// Set a variable, as `${var.NAME}` puts it in; may be given several times
    #[arg(
        long = "var",
        value_name = "NAME=VALUE",
        env = "TRUEUP_VAR",
        value_delimiter = '\n'
    )]
    pub vars: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Init {
    #[command(flatten)]
    pub place: Place,
}

#[derive(Args, Debug)]
pub(crate) struct Validate {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub variables: Variables,
    /// How to print what is wrong
    #[arg(
        long,
        value_name = "FORMAT",
        env = "TRUEUP_VALIDATE_FORMAT",
        default_value = "text"
    )]
    pub format: DiagnosticFormat,
}

#[derive(Args, Debug)]
pub(crate) struct Fmt {
    #[command(flatten)]
    pub place: Place,
    /// Write nothing, and exit with 2 if a file is not in its normal form
    #[arg(long, env = "TRUEUP_CHECK", value_parser = switch)]
    pub check: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiagnosticFormat {
    Text,
    Json,
    Sarif,
    Github,
}

/// What plan and apply share.
#[derive(Args, Clone, Debug)]
pub(crate) struct Planning {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub variables: Variables,
    /// Only this vendor, kind or address, with what it needs; may be given several times
    #[arg(
        long = "target",
        value_name = "ADDRESS",
        env = "TRUEUP_TARGET",
        value_delimiter = ','
    )]
    pub targets: Vec<String>,
    /// Not this vendor, kind or address, nor what needs it; may be given several times
    #[arg(
        long = "exclude",
        value_name = "ADDRESS",
        env = "TRUEUP_EXCLUDE",
        value_delimiter = ','
    )]
    pub excludes: Vec<String>,
    /// Requests under way at once at one vendor
    #[arg(
        long,
        value_name = "N",
        env = "TRUEUP_PARALLELISM",
        default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(1..=64)
    )]
    pub parallelism: u32,
    /// Let a plan delete up to N of one kind
    #[arg(long, value_name = "N", env = "TRUEUP_MAX_DELETES")]
    pub max_deletes: Option<usize>,
    /// Let a plan delete up to P percent of one kind
    #[arg(
        long,
        value_name = "P",
        env = "TRUEUP_MAX_DELETE_PERCENT",
        value_parser = clap::value_parser!(u32).range(0..=100)
    )]
    pub max_delete_percent: Option<u32>,
    /// Let a plan do what costs money, where the declarations say `allow_spend: true`
    #[arg(long, env = "TRUEUP_ALLOW_SPEND", value_parser = switch)]
    pub allow_spend: bool,
    /// Let pass what is refused with this code; may be given several times
    #[arg(long, value_name = "CODE", env = "TRUEUP_ALLOW", value_delimiter = ',')]
    pub allow: Vec<Allow>,
}

/// What is refused unless the command line lets it pass, by the code of the refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Allow {
    /// Removing, shutting out or demoting the account that trueup acts as
    OwnAccount,
    /// Leaving nobody an administrator who is one
    LastAdministrator,
    /// Deleting all there is of a kind
    EmptiedKind,
    /// Making anew most of what is remembered of a kind and is not there any more
    ShrunkenKind,
}

#[derive(Args, Debug)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub planning: Planning,
    /// How to print the plan
    #[arg(
        long,
        value_name = "FORMAT",
        env = "TRUEUP_PLAN_FORMAT",
        default_value = "text"
    )]
    pub format: PlanFormat,
    /// Print the plan as JSON, whatever the format is
    #[arg(long, env = "TRUEUP_JSON", value_parser = switch)]
    pub json: bool,
    #[command(flatten)]
    pub budget: Budget,
    /// Print what happens while it happens, an object of JSON a line, and nothing else
    #[arg(long, env = "TRUEUP_JSON_STREAM", value_parser = switch)]
    pub json_stream: bool,
    /// Also write the plan as JSON into a file
    #[arg(long, value_name = "FILE", env = "TRUEUP_JSON_INTO")]
    pub json_into: Option<PathBuf>,
    /// Save the plan, to be applied with `apply FILE`
    #[arg(long, value_name = "FILE", env = "TRUEUP_OUT")]
    pub out: Option<PathBuf>,
    /// Plan against what `snapshot` wrote into a file: no vendor is asked, and nothing but the file and the
    /// workspace's files is needed. Such a plan is never applied
    #[arg(
        long,
        value_name = "FILE",
        env = "TRUEUP_AGAINST",
        conflicts_with = "out"
    )]
    pub against: Option<PathBuf>,
    /// Plan as if it were this day, to see ahead what expires or is made anew
    #[arg(
        long,
        value_name = "DATE",
        env = "TRUEUP_AS_OF",
        conflicts_with = "out"
    )]
    pub as_of: Option<Date>,
    /// Exit with 2 if there are changes
    #[arg(long, env = "TRUEUP_DETAILED_EXITCODE", value_parser = switch)]
    pub detailed_exitcode: bool,
}

/// How the lease of a workspace is taken.
#[derive(Args, Debug)]
pub(crate) struct Lease {
    /// How long to wait while another run holds the workspace, such as 5m
    #[arg(
        long,
        value_name = "DURATION",
        env = "TRUEUP_LOCK_TIMEOUT",
        default_value = "0s",
        value_parser = duration
    )]
    pub lock_timeout: Duration,
    /// How long a run that shows no sign of life keeps the workspace to itself
    #[arg(
        long,
        value_name = "DURATION",
        env = "TRUEUP_LEASE_TIME",
        default_value = "1m",
        value_parser = lease_time
    )]
    pub lease_time: Duration,
}

#[derive(Args, Debug)]
pub(crate) struct Adopt {
    #[command(flatten)]
    pub planning: Planning,
    #[command(flatten)]
    pub lease: Lease,
    /// Print the result as JSON
    #[arg(long, env = "TRUEUP_JSON", value_parser = switch)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Unlock {
    /// The id of the lease, which whoever is kept waiting is told
    #[arg(value_name = "ID")]
    pub id: String,
    #[command(flatten)]
    pub place: Place,
}

#[derive(Args, Debug)]
pub(crate) struct Apply {
    /// With a file in the place of the folder, what is applied is the plan that `plan --out` saved there
    #[command(flatten)]
    pub planning: Planning,
    #[command(flatten)]
    pub lease: Lease,
    /// Go on with a run that was killed
    #[arg(long, env = "TRUEUP_RESUME", value_parser = switch)]
    pub resume: bool,
    /// Apply nothing of a saved plan if any of its steps is stale
    #[arg(long, env = "TRUEUP_STRICT", value_parser = switch)]
    pub strict: bool,
    /// Do not ask
    #[arg(long, visible_alias = "auto-approve", short = 'y', env = "TRUEUP_YES", value_parser = switch)]
    pub yes: bool,
    /// Print the result as JSON
    #[arg(long, env = "TRUEUP_JSON", value_parser = switch)]
    pub json: bool,
    /// Print what happens while it happens, an object of JSON a line, and nothing else
    #[arg(long, env = "TRUEUP_JSON_STREAM", value_parser = switch)]
    pub json_stream: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Emulate {
    #[command(flatten)]
    pub place: Place,
    /// The address to listen on; port 0 takes a free one
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "TRUEUP_LISTEN",
        default_value = "127.0.0.1:4100"
    )]
    pub listen: SocketAddr,
    /// Serve HTTPS with a certificate made for this run
    #[arg(long, env = "TRUEUP_TLS", value_parser = switch)]
    pub tls: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Capabilities {
    /// Print it as JSON
    #[arg(long, env = "TRUEUP_JSON", value_parser = switch)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Schema {
    /// Which schema to print
    #[arg(value_name = "SCHEMA", required_unless_present = "into")]
    pub schema: Option<SchemaName>,
    /// Write all schemas into this folder instead
    #[arg(
        long,
        value_name = "FOLDER",
        env = "TRUEUP_INTO",
        conflicts_with = "schema"
    )]
    pub into: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaName {
    /// trueup.yaml
    Workspace,
    /// The files that declare resources
    Resources,
    /// The plan that `plan --json` prints
    Plan,
    /// The report that `drift --format json` prints
    Drift,
    /// A line of what `plan --json-stream` and `apply --json-stream` print
    Events,
}

/// A time such as `30s` or `5m`.
fn duration(text: &str) -> Result<Duration, String> {
    let parsed = text.parse::<SignedDuration>().ok();
    let parsed = parsed.and_then(|it| Duration::try_from(it).ok());
    parsed.ok_or_else(|| "write a time such as `30s` or `5m`".to_owned())
}

/// A time in which a sign of life can be given.
fn lease_time(text: &str) -> Result<Duration, String> {
    let time = duration(text)?;
    if time < Duration::from_secs(1) {
        return Err("it is at least a second".to_owned());
    }
    Ok(time)
}

/// Whether a flag's variable turns it on. Anything unclear is refused, since one of the flags is `--yes`.
fn switch(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "" | "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("write `true` or `false`".to_owned()),
    }
}

#[derive(Args, Debug)]
pub(crate) struct Completion {
    pub shell: Shell,
}
