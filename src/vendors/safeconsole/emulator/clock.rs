//! Moments as the API writes them: `2030-01-01T00:00:00Z`, in UTC and in whole seconds \[1\]. They compare as they are
//! written.

use jiff::{Timestamp, ToSpan};

/// The moment at which a world stands that does not say otherwise.
pub(crate) const START: &str = "2030-01-01T00:00:00Z";

/// The seconds since 1970 of a moment in the form of the API; nothing if it is in another form.
pub(crate) fn seconds(moment: &str) -> Option<i64> {
    let read: Timestamp = moment.parse().ok()?;
    (write(read) == moment).then(|| read.as_second())
}

/// The second after a moment.
pub(crate) fn after(moment: &str) -> String {
    let later = moment
        .parse::<Timestamp>()
        .ok()
        .and_then(|moment| moment.checked_add(1.second()).ok());
    later.map_or_else(|| moment.to_owned(), write)
}

fn write(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::{after, seconds};

    #[test]
    fn a_moment_has_one_form() {
        assert_eq!(seconds("2038-01-19T03:14:07Z"), Some(2_147_483_647));
        for other in [
            "2038-01-19",
            "2038-01-19T03:14:07+01:00",
            "2038-01-19T03:14:07.5Z",
            "x",
        ] {
            assert_eq!(seconds(other), None, "{other}");
        }
    }

    #[test]
    fn a_second_later_may_be_another_year() {
        assert_eq!(after("2030-12-31T23:59:59Z"), "2031-01-01T00:00:00Z");
    }
}
