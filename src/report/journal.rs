//! The journal for people and programs: one line of it as one line of text or JSON.

use serde::Serialize;

use crate::report::diagnostics::written;
use crate::report::style::{Palette, clean};
use crate::store::{Begun, Event, Intent, Line, Outcome, RunOutcome, Settled, Verdict};

/// A line as JSON, with a line end.
pub(crate) fn json(line: &Line) -> String {
    one_line(line)
}

/// What checking the whole journal found, as JSON.
pub(crate) fn verdict_json(verdict: &Verdict) -> String {
    written(verdict)
}

fn one_line(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).expect("the journal can be written as JSON");
    text.push('\n');
    text
}

/// A line as text: its number, its time, and what it tells.
pub(crate) fn text(line: &Line, palette: Palette) -> String {
    let Line {
        seq,
        at,
        run,
        event,
        previous: _,
        hash,
    } = line;
    let what = match event {
        Event::RunBegun(Begun {
            command,
            commit,
            actor,
            run_url,
        }) => {
            let by = actor.as_ref().map(|it| format!(" by {it}"));
            let commit = commit.as_ref().map(|it| format!(" at {it}"));
            let url = run_url.as_ref().map(|it| format!(" ({it})"));
            let id = run.map(|it| format!(" {it}"));
            let parts = [id, by, commit, url].into_iter().flatten();
            format!("run{} begun: {command}", parts.collect::<String>())
        }
        Event::Intent(Intent {
            address,
            action,
            remote_id,
            before: _,
            after: _,
        }) => {
            let id = remote_id.as_ref().map(|it| format!(" (id {it})"));
            format!("about to {action} {address}{}", id.unwrap_or_default())
        }
        Event::Result(Settled {
            intent,
            outcome,
            remote_id,
        }) => {
            let outcome = match outcome {
                Outcome::Done => palette.green("done"),
                Outcome::Failed => palette.red("not done"),
                Outcome::Unknown => palette.yellow("done or not, nobody knows"),
            };
            let id = remote_id.as_ref().map(|it| format!(" (id {it})"));
            format!("line {intent}: {outcome}{}", id.unwrap_or_default())
        }
        Event::RunEnded { outcome } => {
            let outcome = match outcome {
                RunOutcome::Done => "done",
                RunOutcome::Partial => "done in part",
                RunOutcome::Failed => "nothing done",
                RunOutcome::Interrupted => "interrupted",
            };
            format!("run ended: {outcome}")
        }
        Event::Unlock { lease, owner, by } => {
            let by = by.as_deref().unwrap_or("somebody");
            format!("lease {lease} of {owner} taken back by {by}")
        }
    };
    let short = hash.get(..12).unwrap_or(hash);
    format!("{seq} {at} {} {}\n", palette.dim(short), clean(&what))
}

/// What checking the whole journal found, as text.
pub(crate) fn verdict_text(verdict: &Verdict, palette: Palette) -> String {
    let Verdict {
        lines,
        head,
        faults,
    } = verdict;
    let mut text = faults
        .iter()
        .map(|fault| format!("{} {fault}\n", palette.red("Fault:")))
        .collect::<String>();
    let plural = if *lines == 1 { "line" } else { "lines" };
    if faults.is_empty() {
        text.push_str(&format!("{lines} {plural}, all as they were written.\n"));
        if let Some(head) = head {
            text.push_str(&format!(
                "It ends with line {} and the hash {}: noted elsewhere, it proves this later.\n",
                head.seq, head.hash
            ));
        }
    } else {
        text.push_str(&format!(
            "{lines} {plural}, and not all as they were written.\n"
        ));
    }
    text
}
