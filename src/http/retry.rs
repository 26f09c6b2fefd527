//! Decides whether a request is sent again, and when. Waiting and sending are done elsewhere.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use jiff::fmt::rfc2822;

/// The longest pause that a system may ask for.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(60);

const FIRST_BACKOFF: Duration = Duration::from_millis(200);
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);

/// What a request does, as far as repeating it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    Read,
    /// Opens or closes a login; a second one does no harm.
    Login,
    /// Changes something, and twice is once.
    SafeWrite,
    /// Changes something again each time.
    OnceWrite,
}

impl Nature {
    /// Whether doubt about its effect matters.
    pub(super) fn writes(self) -> bool {
        matches!(self, Self::SafeWrite | Self::OnceWrite)
    }
}

/// What became of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Answer {
        status: u16,
        /// The pause that the system asks for.
        retry_after: Option<Duration>,
    },
    /// It did not leave.
    NotSent,
    /// It may have been processed.
    InDoubt,
    /// Another attempt would end the same way.
    Hopeless,
}

impl Seen {
    /// Whether the system may have done what it was asked.
    pub(super) fn maybe_done(self) -> bool {
        match self {
            Self::Answer { status, .. } => status != 429,
            Self::InDoubt => true,
            Self::NotSent | Self::Hopeless => false,
        }
    }

    /// The pause that the system asks all to make, with the status of that answer: of what it says with another status,
    /// it speaks of that one request.
    pub(super) fn pause(self) -> Option<(u16, Duration)> {
        match self {
            Self::Answer {
                status: status @ (429 | 503),
                retry_after: Some(asked),
            } => Some((status, asked)),
            Self::Answer { .. } | Self::NotSent | Self::InDoubt | Self::Hopeless => None,
        }
    }
}

/// What follows an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: its result is the result.
    Stop,
    /// Another attempt after the usual pause.
    Backoff,
    /// Another attempt after the pause that the system asked for.
    After(Duration),
    /// Nothing, since the system asks for a pause that is too long.
    TooLong(Duration),
}

/// Decides what follows an attempt when so many repeats are left.
pub(super) fn decide(nature: Nature, seen: Seen, left: u32) -> Next {
    let repeatable = nature != Nature::OnceWrite;
    let (again, asked) = match seen {
        Seen::Answer {
            status: 429,
            retry_after,
        } => (true, retry_after),
        Seen::Answer {
            status: 502..=504,
            retry_after,
        } => (repeatable, retry_after),
        Seen::Answer {
            status: 500,
            retry_after,
        } => (nature == Nature::Read, retry_after),
        Seen::Answer { .. } | Seen::Hopeless => (false, None),
        Seen::NotSent => (true, None),
        Seen::InDoubt => (repeatable, None),
    };
    match asked {
        _ if !again => Next::Stop,
        Some(wait) if wait > LONGEST_WAIT => Next::TooLong(wait),
        _ if left == 0 => Next::Stop,
        Some(wait) => Next::After(wait),
        None => Next::Backoff,
    }
}

/// The usual pauses: growing, and scattered so that parallel requests do not come back all at once.
pub(super) fn backoff() -> impl Iterator<Item = Duration> + Send {
    ExponentialBuilder::new()
        .with_min_delay(FIRST_BACKOFF)
        .with_factor(2.0)
        .with_max_delay(LONGEST_BACKOFF)
        .without_max_times()
        .with_jitter()
        .build()
        .map(|wait| wait.min(LONGEST_BACKOFF))
}

/// Reads `Retry-After`: seconds, or a date, which is held against the `Date` of the same answer and so needs no clock
/// that agrees with the system's.
pub(super) fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let until = rfc2822::parse(value).ok()?.timestamp();
    let from = rfc2822::parse(date?).ok()?.timestamp();
    Some(Duration::try_from(until.duration_since(from)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FIRST_BACKOFF, LONGEST_BACKOFF, Nature, Next, Seen, backoff, decide, retry_after};

    fn answer(status: u16) -> Seen {
        Seen::Answer {
            status,
            retry_after: None,
        }
    }

    fn answer_after(status: u16, seconds: u64) -> Seen {
        Seen::Answer {
            status,
            retry_after: Some(Duration::from_secs(seconds)),
        }
    }

    #[test]
    fn only_what_cannot_harm_is_sent_again() {
        use Nature::{Login, OnceWrite, Read, SafeWrite};
        use Next::{Backoff, Stop};
        let natures = [Read, Login, SafeWrite, OnceWrite];
        let table = [
            (answer(200), [Stop, Stop, Stop, Stop]),
            (answer(401), [Stop, Stop, Stop, Stop]),
            (answer(404), [Stop, Stop, Stop, Stop]),
            (answer(409), [Stop, Stop, Stop, Stop]),
            (answer(429), [Backoff, Backoff, Backoff, Backoff]),
            (answer(500), [Backoff, Stop, Stop, Stop]),
            (answer(501), [Stop, Stop, Stop, Stop]),
            (answer(502), [Backoff, Backoff, Backoff, Stop]),
            (answer(503), [Backoff, Backoff, Backoff, Stop]),
            (answer(504), [Backoff, Backoff, Backoff, Stop]),
            (Seen::NotSent, [Backoff, Backoff, Backoff, Backoff]),
            (Seen::InDoubt, [Backoff, Backoff, Backoff, Stop]),
            (Seen::Hopeless, [Stop, Stop, Stop, Stop]),
        ];
        for (seen, wanted) in table {
            assert_eq!(
                natures.map(|nature| decide(nature, seen, 1)),
                wanted,
                "{seen:?}"
            );
            assert_eq!(
                natures.map(|nature| decide(nature, seen, 0)),
                [Stop; 4],
                "{seen:?}, none left"
            );
        }
    }

    #[test]
    fn the_wait_that_a_system_asks_for_is_kept_up_to_a_minute() {
        let table = [
            (
                Nature::Read,
                answer_after(503, 7),
                1,
                Next::After(Duration::from_secs(7)),
            ),
            (
                Nature::Read,
                answer_after(503, 60),
                1,
                Next::After(Duration::from_secs(60)),
            ),
            (
                Nature::Read,
                answer_after(503, 61),
                1,
                Next::TooLong(Duration::from_secs(61)),
            ),
            (Nature::Read, answer_after(503, 7), 0, Next::Stop),
            (
                Nature::Read,
                answer_after(503, 61),
                0,
                Next::TooLong(Duration::from_secs(61)),
            ),
            (
                Nature::OnceWrite,
                answer_after(429, 0),
                1,
                Next::After(Duration::ZERO),
            ),
            (
                Nature::OnceWrite,
                answer_after(429, 3600),
                1,
                Next::TooLong(Duration::from_secs(3600)),
            ),
            (Nature::OnceWrite, answer_after(503, 1), 1, Next::Stop),
            (Nature::OnceWrite, answer_after(503, 3600), 1, Next::Stop),
            (Nature::Read, answer_after(200, 7), 1, Next::Stop),
        ];
        for (nature, seen, left, wanted) in table {
            assert_eq!(
                decide(nature, seen, left),
                wanted,
                "{nature:?} {seen:?} {left}"
            );
        }
    }

    #[test]
    fn backoff_doubles_from_a_fifth_of_a_second_and_stays_below_five_seconds() {
        let waits: Vec<_> = backoff().take(20).collect();
        for (wait, power) in waits.iter().zip(0..) {
            let least = FIRST_BACKOFF
                .saturating_mul(2_u32.saturating_pow(power))
                .min(LONGEST_BACKOFF);
            assert!(
                *wait >= least && *wait <= LONGEST_BACKOFF.min(least * 2),
                "{waits:?}"
            );
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_measured_from_the_answers_own() {
        let date = Some("Wed, 21 Oct 2015 07:28:00 GMT");
        let table = [
            ("120", None, Some(120)),
            (" 0 ", None, Some(0)),
            ("99999999999999999999999", None, Some(u64::MAX)),
            ("Wed, 21 Oct 2015 07:28:30 GMT", date, Some(30)),
            ("Wed, 21 Oct 2015 07:27:00 GMT", date, Some(0)),
            ("Wed, 21 Oct 2015 07:28:30 GMT", None, None),
            ("Wed, 21 Oct 2015 07:28:30 GMT", Some("today"), None),
            ("soon", date, None),
            ("-5", date, None),
            ("", date, None),
        ];
        for (value, date, wanted) in table {
            assert_eq!(
                retry_after(value, date),
                wanted.map(Duration::from_secs),
                "{value:?} {date:?}"
            );
        }
    }
}
