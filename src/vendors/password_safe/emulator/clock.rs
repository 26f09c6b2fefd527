//! Moments, as texts without a zone: `2030-05-02T09:30:00`. They compare as they are written.

use jiff::ToSpan;
use jiff::civil::DateTime;

/// The moment at which a world stands that does not say otherwise.
pub(crate) const START: &str = "2030-01-01T00:00:00";

/// Reads a moment, with or without a zone `Z` and with a fraction or without, down to the second.
pub(crate) fn read(text: &str) -> Option<String> {
    let text = text.trim();
    let moment: DateTime = text.strip_suffix('Z').unwrap_or(text).parse().ok()?;
    moment.with().subsec_nanosecond(0).build().ok().map(write)
}

/// The second after a moment.
pub(crate) fn after(moment: &str) -> String {
    let later = moment
        .parse::<DateTime>()
        .ok()
        .and_then(|moment| moment.checked_add(1.second()).ok());
    later.map_or_else(|| moment.to_owned(), write)
}

fn write(moment: DateTime) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::{after, read};

    #[test]
    fn a_moment_is_read_in_each_form_that_clients_send() {
        for text in [
            "2031-01-31T00:00:00",
            "2031-01-31T00:00:00Z",
            "2031-01-31T00:00:00.123",
            "2031-01-31",
        ] {
            assert_eq!(read(text).as_deref(), Some("2031-01-31T00:00:00"), "{text}");
        }
        assert_eq!(read("tomorrow"), None);
    }

    #[test]
    fn a_second_later_may_be_another_year() {
        assert_eq!(after("2030-12-31T23:59:59"), "2031-01-01T00:00:00");
    }
}
