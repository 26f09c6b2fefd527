//! Moments as PAM shows them, in no zone: `2031-03-02 08:15:00`. They compare as they are written.

use jiff::ToSpan;
use jiff::civil::DateTime;

/// The moment at which a world stands that does not say otherwise.
pub(crate) const START: &str = "2030-01-01 00:00:00";

/// Whether a text is a moment in the form in which PAM shows it.
pub(crate) fn is_moment(text: &str) -> bool {
    let read = text.parse::<DateTime>();
    read.is_ok_and(|moment| write(moment) == text)
}

/// A moment for a change that must come after the one before: now or, if that is not later, a second after it.
pub(crate) fn later(now: &str, before: Option<&str>) -> String {
    let Some(before) = before.filter(|before| *before >= now) else {
        return now.to_owned();
    };
    let after = before
        .parse::<DateTime>()
        .ok()
        .and_then(|moment| moment.checked_add(1.second()).ok());
    after.map_or_else(|| before.to_owned(), write)
}

fn write(moment: DateTime) -> String {
    moment.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::{is_moment, later};

    #[test]
    fn a_moment_has_one_form() {
        assert!(is_moment("2031-03-02 08:15:00"));
        for text in ["2031-03-02T08:15:00", "2031-03-02", "soon"] {
            assert!(!is_moment(text), "{text}");
        }
    }

    #[test]
    fn what_changes_again_changes_a_second_later() {
        let now = "2030-01-01 00:00:00";
        assert_eq!(later(now, None), now);
        assert_eq!(later(now, Some("2029-12-31 23:59:59")), now);
        assert_eq!(later(now, Some(now)), "2030-01-01 00:00:01");
        assert_eq!(
            later(now, Some("2031-12-31 23:59:59")),
            "2032-01-01 00:00:00"
        );
    }
}
