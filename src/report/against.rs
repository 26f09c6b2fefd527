//! What is said of a plan that was made against a snapshot.

use jiff::Timestamp;

/// What its reader must know, as a sentence without a full stop.
pub(crate) fn caution(taken: Timestamp) -> String {
    format!(
        "this plan was made against a snapshot of `{taken}`, and can never be applied: it tells nothing of what has \
         happened since, of secrets, of prices, of names that only a vendor could check, nor of risks of updates and of \
         who gains or loses what by them"
    )
}
