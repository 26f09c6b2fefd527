//! `drift`: what is not as declared, whose doing it is and since when.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use super::observe::{Observing, Planned, close, observe};
use super::progress::Line;
use super::records::{self, Known};
use super::{Streams, complain, load};
use crate::cli::{Drift, DriftFormat, FailOn, Planning};
use crate::drift::waive::{Idle, waive};
use crate::drift::{Finding, Severity, Sort, findings, is_grave};
use crate::exit::Exit;
use crate::host::Host;
use crate::load::waivers::{self, Waivers};
use crate::model::place::Sources;
use crate::report::{diagnostics, drift};
use crate::store::{Difference, Store, StoreError};

pub(super) async fn run(args: &Drift, host: &mut Host, streams: Streams) -> Exit {
    let Planning {
        place, variables, ..
    } = &args.planning;
    let workspace = match load(&place.directory, &variables.vars, host, streams).await {
        Ok(workspace) => workspace,
        Err(exit) => return exit,
    };
    let directory = workspace.directory.clone();
    let waivers = match read_waivers(args, &directory, host, streams) {
        Ok(waivers) => waivers,
        Err(exit) => return exit,
    };
    let known = records::look(&directory, &workspace.settings, host, streams).await;
    let Known { ledger, key } = match known {
        Ok(known) => known,
        Err(exit) => return exit,
    };
    let history = match records::open(&workspace.settings, host, streams).await {
        Ok(history) => history,
        Err(exit) => return exit,
    };
    let ledger = Arc::new(ledger);
    let line = Line::new(streams);
    let observing = Observing {
        args: &args.planning,
        ledger: Arc::clone(&ledger),
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
    let read_exit = planned.read_exit();
    let Planned {
        workspace,
        plan,
        is_whole,
        sources,
        open,
        ..
    } = planned;
    let origins = key.map(|key| ledger.explain(plan.views(), &key));
    let mut found = findings(&plan, &origins.unwrap_or_default(), &ledger);
    if let Some(history) = &history
        && let Err(error) = date(&mut found, history, is_whole).await
    {
        let exit = records::fail(host, streams, &error);
        return close(open, exit, host, streams).await;
    }
    if !args.unmanaged {
        found.retain(|it| it.sort != Sort::Unmanaged || it.severity == Severity::High);
    }
    let idle = waive(&mut found, waivers.waivers, host.today());
    tell_idle(&idle, &waivers.sources, host, streams);
    let shown = drift::Shown {
        workspace: &workspace,
        findings: &found,
        in_sync: plan.tallies.values().map(|tally| tally.unchanged).sum(),
        incomplete: &plan.incomplete,
        sources: &sources,
        now: host.now,
    };
    let report = match args.format {
        DriftFormat::Text => drift::text(&shown, streams.out),
        DriftFormat::Json => drift::json(&shown),
        DriftFormat::Markdown => drift::markdown(&shown),
        DriftFormat::Html => drift::html(&shown),
        DriftFormat::Sarif => drift::sarif(&shown),
        DriftFormat::Junit => drift::junit(&shown),
        DriftFormat::Csv => drift::csv(&shown),
    };
    host.print(&report);
    let exit = match (read_exit, args.fail_on.least()) {
        (Exit::Fine, Some(least)) if is_grave(&found, least) => Exit::Changes,
        (other, _) => other,
    };
    close(open, exit, host, streams).await
}

impl FailOn {
    /// The least gravity at which the run ends with another exit code; none for never.
    fn least(self) -> Option<Severity> {
        match self {
            Self::Low => Some(Severity::Low),
            Self::Medium => Some(Severity::Medium),
            Self::High => Some(Severity::High),
            Self::Never => None,
        }
    }
}

/// Reads the waivers: the file that is named, or that of the workspace if it is there. What is wrong in it is told, and
/// lets nothing pass.
fn read_waivers(
    args: &Drift,
    directory: &Path,
    host: &mut Host,
    streams: Streams,
) -> Result<Waivers, Exit> {
    let (path, shown) = match &args.waivers {
        Some(path) => (super::in_directory(host, path), path.display().to_string()),
        None => (directory.join(waivers::FILE), waivers::FILE.to_owned()),
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound && args.waivers.is_none() => {
            return Ok(Waivers::default());
        }
        Err(error) => {
            complain(host, streams, &format!("{shown} cannot be read: {error}"));
            return Err(Exit::Error);
        }
    };
    let mut read = waivers::read(&shown, &text);
    let found = std::mem::take(&mut read.diagnostics).sorted();
    if !found.is_empty() {
        host.warn(&diagnostics::text(&found, &read.sources, streams.err.color));
        let mark = streams.err.yellow("Warning:");
        host.warn(&format!(
            "{mark} a waiver with a mistake lets nothing pass\n"
        ));
    }
    Ok(read)
}

/// Tells of waivers that do not count any more, or that nothing needs.
fn tell_idle(idle: &Idle, sources: &Sources, host: &mut Host, streams: Streams) {
    let mark = streams.err.yellow("Warning:");
    let Idle { expired, unused } = idle;
    for waiver in expired {
        let place = sources.position(waiver.place);
        host.warn(&format!(
            "{mark} the waiver of {} for {} ended on {} and lets nothing pass ({place})\n",
            waiver.owner, waiver.pattern, waiver.until
        ));
    }
    for waiver in unused {
        let place = sources.position(waiver.place);
        host.warn(&format!(
            "{mark} nothing that differs needs the waiver of {} for {} ({place})\n",
            waiver.owner, waiver.pattern
        ));
    }
}

/// Says at each finding since when it is known. What was not looked at keeps its history.
async fn date(found: &mut [Finding], history: &Store, is_whole: bool) -> Result<(), StoreError> {
    let difference = |it: &Finding| Difference {
        address: it.address.clone(),
        field: it.field.unwrap_or_default().to_owned(),
    };
    let differences = found.iter().map(difference).collect::<BTreeSet<_>>();
    let since = history.differing_since(&differences, is_whole).await?;
    for finding in found {
        finding.since = since.get(&difference(finding)).copied();
    }
    Ok(())
}
