//! Draws how far a run is, on a terminal only.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Streams;
use crate::model::progress::{Progress, Watch};

/// A line that moves while a run works and leaves nothing behind.
pub(super) struct Line(ProgressBar);

impl Line {
    pub(super) fn new(streams: Streams) -> Self {
        if !streams.progress {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{spinner} {msg} {pos}/{len}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message("reading");
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// What the stages call as they go.
    pub(super) fn watch(&self) -> Watch {
        let bar = self.0.clone();
        Arc::new(move |progress| match progress {
            Progress::ToRead(count) => bar.inc_length(count as u64),
            Progress::Read => bar.inc(1),
            Progress::ToApply(count) => {
                bar.set_position(0);
                bar.set_length(count as u64);
                bar.set_message("applying");
            }
            Progress::Begun(step) => bar.set_message(format!("applying {step}")),
            Progress::Ended(..) => bar.inc(1),
        })
    }
}

impl Line {
    /// Takes the line away, so that something else can be printed.
    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.finish();
    }
}
