//! The flags of what shows plans and drift.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Place, Planning, Variables, switch};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    Text,
    Json,
    /// For a comment on a pull request
    Markdown,
    /// A page of its own
    Html,
}

/// How large a report may get.
#[derive(Args, Debug)]
pub(crate) struct Budget {
    /// Markdown is shortened to N bytes: first fields go, then steps that add or change, never a deletion or a risk
    #[arg(
        long,
        value_name = "N",
        env = "TRUEUP_MAX_BYTES",
        default_value_t = 65_536,
        value_parser = clap::value_parser!(u32).range(8_192..)
    )]
    pub max_bytes: u32,
}

#[derive(Args, Debug)]
pub(crate) struct Snapshot {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub variables: Variables,
    /// Requests under way at once at one vendor
    #[arg(
        long,
        value_name = "N",
        env = "TRUEUP_PARALLELISM",
        default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(1..=64)
    )]
    pub parallelism: u32,
    /// The file to write
    #[arg(long, value_name = "FILE", env = "TRUEUP_OUT")]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The file that `plan --out` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How to print the plan
    #[arg(
        long,
        value_name = "FORMAT",
        env = "TRUEUP_SHOW_FORMAT",
        default_value = "text"
    )]
    pub format: PlanFormat,
    #[command(flatten)]
    pub budget: Budget,
}

#[derive(Args, Debug)]
pub(crate) struct Drift {
    #[command(flatten)]
    pub planning: Planning,
    /// How to print the report
    #[arg(
        long,
        value_name = "FORMAT",
        env = "TRUEUP_DRIFT_FORMAT",
        default_value = "text"
    )]
    pub format: DriftFormat,
    /// Exit with 2 if something at least this grave differs that no waiver lets pass
    #[arg(
        long,
        value_name = "SEVERITY",
        env = "TRUEUP_FAIL_ON",
        default_value = "medium"
    )]
    pub fail_on: FailOn,
    /// List also what is live and not declared
    #[arg(long, env = "TRUEUP_UNMANAGED", value_parser = switch)]
    pub unmanaged: bool,
    /// The file of waivers, if it is not waivers.yaml in the workspace
    #[arg(long, value_name = "FILE", env = "TRUEUP_WAIVERS")]
    pub waivers: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DriftFormat {
    Text,
    Json,
    Markdown,
    /// A page of its own
    Html,
    Sarif,
    Junit,
    Csv,
}

/// How grave something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Anything, also what nobody can verify
    Low,
    /// What somebody changed at the vendor
    Medium,
    /// Secrets changed at the vendor, weaker protection, and power that nobody declared
    High,
    /// Nothing
    Never,
}

#[derive(Args, Debug)]
pub(crate) struct Graph {
    #[command(flatten)]
    pub planning: Planning,
    /// In which language to print the graph
    #[arg(
        long,
        value_name = "FORMAT",
        env = "TRUEUP_GRAPH_FORMAT",
        default_value = "dot"
    )]
    pub format: GraphFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// Graphviz
    Dot,
    /// Mermaid, which code hosts draw in Markdown
    Mermaid,
}
