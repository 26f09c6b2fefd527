//! Moments, as the API writes them: `2030-05-02T09:30:00.000Z`. No clock runs: a world stands at one moment, and only
//! what is changed again is changed a second later each time.

use std::fmt;

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// A moment in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Moment(Timestamp);

/// The moment at which a world stands that does not say otherwise: 2030-01-01.
const START: i64 = 1_893_456_000;

/// Records from before this moment, 2021-01-01, say in the old way that they are not deleted.
const OLD: i64 = 1_609_459_200;

impl Moment {
    /// A second later.
    pub(crate) fn after(self) -> Self {
        Self(self.0.checked_add(1.second()).unwrap_or(self.0))
    }

    /// Milliseconds since 1970.
    pub(crate) fn millis(self) -> i64 {
        self.0.as_millisecond()
    }
}

impl Default for Moment {
    fn default() -> Self {
        Self(Timestamp::constant(START, 0))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let moment = text.parse();
        moment
            .map(Self)
            .map_err(|_| format!("`{text}` is not a moment such as 2030-05-02T09:30:00Z"))
    }
}

/// When a record was created, last changed and deleted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Times {
    /// Nothing means the world's `now`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Moment>,
    /// Nothing means as created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Moment>,
}

impl Times {
    /// When it was created.
    pub(crate) fn created(&self, now: Moment) -> Moment {
        self.created.unwrap_or(now)
    }

    /// When it was last changed.
    pub(crate) fn updated(&self, now: Moment) -> Moment {
        self.updated.unwrap_or(self.created(now))
    }

    /// Notes a change.
    pub(crate) fn touch(&mut self, now: Moment) {
        self.updated = Some(self.updated(now).max(now).after());
    }

    /// Notes the deletion.
    pub(crate) fn delete(&mut self, now: Moment) {
        self.touch(now);
        self.deleted = self.updated;
    }

    /// What `deletedAt` says: of old records that are not deleted, 1970 \[3\].
    pub(crate) fn shown_deletion(&self, now: Moment) -> Option<Moment> {
        let is_old = self.created(now).0 < Timestamp::constant(OLD, 0);
        self.deleted
            .or(is_old.then_some(Moment(Timestamp::UNIX_EPOCH)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, Times};

    #[test]
    fn a_moment_is_written_with_milliseconds() {
        let moment = Moment::try_from("2031-12-31T23:59:59+00:00".to_owned()).unwrap();
        assert_eq!(moment.to_string(), "2031-12-31T23:59:59.000Z");
        assert_eq!(moment.after().to_string(), "2032-01-01T00:00:00.000Z");
        assert!(Moment::try_from("tomorrow".to_owned()).is_err());
    }

    #[test]
    fn a_second_change_is_a_second_later() {
        let now = Moment::default();
        let mut times = Times::default();
        times.touch(now);
        times.touch(now);
        assert_eq!(times.updated(now), now.after().after());
    }

    #[test]
    fn an_old_record_that_is_not_deleted_says_1970() {
        let old = Moment::try_from("2019-03-01T00:00:00Z".to_owned()).unwrap();
        let times = Times {
            created: Some(old),
            updated: None,
            deleted: None,
        };
        let shown = times.shown_deletion(Moment::default()).unwrap();
        assert_eq!(shown.to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Times::default().shown_deletion(Moment::default()), None);
    }
}
