//! `validate`: load and resolve, and nothing else.

use super::{Streams, load_with, parse_vars};
use crate::cli::{DiagnosticFormat, Validate};
use crate::exit::Exit;
use crate::host::Host;
use crate::load::Invalid;
use crate::report::diagnostics;

pub(super) fn run(args: &Validate, host: &mut Host, streams: Streams) -> Exit {
    let vars = match parse_vars(&args.variables.vars) {
        Ok(vars) => vars,
        Err(text) => {
            host.warn(&format!("Error: `--var {text}` is not NAME=VALUE\n"));
            return Exit::Error;
        }
    };
    let (found, sources, count) = match load_with(&args.place.directory, &vars, None, host) {
        Ok(workspace) => (
            workspace.warnings,
            workspace.sources,
            Some(workspace.heads.len()),
        ),
        Err(Invalid {
            diagnostics,
            sources,
        }) => (diagnostics, sources, None),
    };
    match args.format {
        DiagnosticFormat::Text => {
            host.warn(&diagnostics::text(&found, &sources, streams.err.color));
            if let Some(count) = count {
                let files = sources.iter().count();
                host.print(&format!(
                    "Success! {count} resources in {files} files are valid.\n"
                ));
            }
        }
        DiagnosticFormat::Json => host.print(&diagnostics::json(&found, &sources)),
        DiagnosticFormat::Sarif => host.print(&diagnostics::sarif(&found, &sources)),
        DiagnosticFormat::Github => host.print(&diagnostics::github(&found, &sources)),
    }
    if count.is_some() {
        Exit::Fine
    } else {
        Exit::Invalid
    }
}
