//! Shows people and machines what was found, planned and done. Returns text; prints nothing.
//!
//! A plan is first made into a [`picture`]; [`text`], [`markdown`] and [`html`] are drawn from it. [`words`] are the
//! words that they share, and [`change`] is how a field goes from one value to another.

mod access;
pub(crate) mod adopted;
pub(crate) mod against;
pub(crate) mod capabilities;
mod change;
pub(crate) mod diagnostics;
pub(crate) mod drift;
pub(crate) mod events;
mod forecast;
pub(crate) mod graph;
pub(crate) mod html;
pub(crate) mod journal;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod picture;
pub(crate) mod rekeyed;
mod secret_state;
pub(crate) mod style;
pub(crate) mod text;
mod words;

use jiff::Timestamp;

use crate::forecast::Forecast;
use crate::guard::Refusal;
use crate::ledger::origin::Origins;
use crate::model::fingerprint::WorkspaceKey;
use crate::model::place::Sources;
use crate::plan::Plan;

/// What a plan is shown with.
pub(crate) struct Shown<'a> {
    pub workspace: &'a str,
    pub plan: &'a Plan,
    pub forecasts: &'a [Forecast],
    pub sources: &'a Sources,
    pub origins: &'a Origins,
    pub refusals: &'a [Refusal],
    pub warnings: &'a [picture::Warning],
    /// Fingerprints are shown with it, and none without it.
    pub key: Option<&'a WorkspaceKey>,
    /// When the snapshot was made that it was planned against, if it was.
    pub against: Option<Timestamp>,
}
