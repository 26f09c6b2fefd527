//! Waivers: differences that somebody answers for, for a while.

use jiff::civil::Date;

use super::place::Place;

/// What is let pass, by whom, why and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Waiver {
    /// A vendor, a kind or an address.
    pub pattern: String,
    /// Only this field, if it says one.
    pub field: Option<String>,
    pub owner: String,
    pub reason: String,
    /// The last day on which it counts.
    pub until: Date,
    pub place: Place,
}
