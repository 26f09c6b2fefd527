//! Tells programs what happens while it happens, if `--json-stream` asks for that.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::Streams;
use crate::apply::Report;
use crate::host::Host;
use crate::model::diagnostic::Diagnostic;
use crate::model::place::Sources;
use crate::model::progress::{Progress, Watch};
use crate::report::diagnostics;
use crate::report::events::{self, Applying};

/// Prints events, if events are asked for. They say when they are printed.
pub(super) fn tell(host: &mut Host, streams: Streams, events: impl FnOnce(Timestamp) -> String) {
    if streams.events {
        let at = (host.clock)();
        host.print(&events(at));
    }
}

/// Tells people and programs what is wrong with the files.
pub(super) fn mistakes(host: &mut Host, streams: Streams, found: &[Diagnostic], sources: &Sources) {
    host.warn(&diagnostics::text(found, sources, streams.err.color));
    tell(host, streams, |at| events::mistakes(found, sources, at));
}

/// Tells people and programs what may be wrong.
pub(super) fn caution(host: &mut Host, streams: Streams, text: &str) {
    let mark = streams.err.yellow("Warning:");
    host.warn(&format!("{mark} {text}\n"));
    tell(host, streams, |at| events::caution(text, at));
}

/// Tells of the steps of an apply while they are done.
pub(super) struct Follower {
    applying: Applying,
    sender: UnboundedSender<Progress>,
    receiver: UnboundedReceiver<Progress>,
}

impl Follower {
    pub(super) fn new(applying: Applying) -> Self {
        let (sender, receiver) = unbounded_channel();
        Self {
            applying,
            sender,
            receiver,
        }
    }

    /// What the stages call as they go, beside another who listens.
    pub(super) fn watch(&self, other: Watch) -> Watch {
        let sender = self.sender.clone();
        Arc::new(move |progress| {
            sender.send(progress.clone()).ok();
            other(progress);
        })
    }

    /// Waits for the report, and meanwhile prints what is told.
    pub(super) async fn follow(
        mut self,
        applying: impl Future<Output = Report>,
        host: &mut Host,
        streams: Streams,
    ) -> Report {
        let mut applying = pin!(applying);
        let report = loop {
            tokio::select! {
                progress = self.receiver.recv() => {
                    progress.iter().for_each(|it| tell_of(&mut self.applying, it, host, streams));
                }
                report = &mut applying => break report,
            }
        };
        while let Ok(progress) = self.receiver.try_recv() {
            tell_of(&mut self.applying, &progress, host, streams);
        }
        tell(host, streams, |at| self.applying.left(&report, at));
        report
    }
}

fn tell_of(applying: &mut Applying, progress: &Progress, host: &mut Host, streams: Streams) {
    tell(host, streams, |at| match progress {
        Progress::Begun(address) => applying.begun(address, at),
        Progress::Ended(address, how) => applying.ended(address, how, at),
        Progress::ToRead(_) | Progress::Read | Progress::ToApply(_) => String::new(),
    });
}
