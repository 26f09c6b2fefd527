//! How many requests a system may be sent in a span of time.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

/// `10/s`: at most so many requests in any span of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub requests: NonZeroU32,
    pub per: Span,
}

/// What a rate is counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Second,
    Minute,
    Hour,
}

impl Rate {
    /// As the schema promises it: a million in a second is no limit.
    pub(crate) const PATTERN: &'static str = "^[1-9][0-9]{0,5}/[smh]$";

    /// How long so many requests take at least: the first ones leave at once, the next a span later.
    pub(crate) fn least(self, requests: usize) -> Duration {
        let spans = requests.saturating_sub(1) / self.requests.get() as usize;
        let spans = u32::try_from(spans).unwrap_or(u32::MAX);
        self.per.length().saturating_mul(spans)
    }
}

impl Span {
    pub(crate) fn length(self) -> Duration {
        match self {
            Self::Second => Duration::from_secs(1),
            Self::Minute => Duration::from_secs(60),
            Self::Hour => Duration::from_secs(60 * 60),
        }
    }
}

/// Tells that a text is not a rate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotARate;

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let (requests, per) = text.split_once('/').ok_or(NotARate)?;
        let per = match per {
            "s" => Span::Second,
            "m" => Span::Minute,
            "h" => Span::Hour,
            _ => return Err(NotARate),
        };
        let is_plain = (1..=6).contains(&requests.len())
            && requests.bytes().all(|byte| byte.is_ascii_digit())
            && !requests.starts_with('0');
        let requests = requests.parse().ok().filter(|_| is_plain);
        Ok(Self {
            requests: requests.ok_or(NotARate)?,
            per,
        })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, per } = self;
        let per = match per {
            Span::Second => "s",
            Span::Minute => "m",
            Span::Hour => "h",
        };
        write!(f, "{requests}/{per}")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{NotARate, Rate};

    #[test]
    fn a_rate_is_read_and_written_alike_and_nothing_else_is_one() {
        for text in ["10/s", "300/m", "1/h", "999999/s"] {
            let rate = text.parse::<Rate>().map(|rate| rate.to_string());
            assert_eq!(rate.as_deref(), Ok(text));
        }
        for text in [
            "",
            "10",
            "/s",
            "10/",
            "0/s",
            "010/s",
            "+1/s",
            "-1/s",
            "1.5/s",
            "10 / s",
            "10/sec",
            "10/d",
            "1000000/s",
            "ten/s",
        ] {
            assert_eq!(text.parse::<Rate>(), Err(NotARate), "{text}");
        }
    }

    #[test]
    fn as_many_as_the_rate_allows_take_no_time_and_one_more_takes_a_span() {
        let least = |rate: &str, requests| rate.parse::<Rate>().unwrap().least(requests).as_secs();
        let table = [
            ("10/s", 0, 0),
            ("10/s", 10, 0),
            ("10/s", 11, 1),
            ("10/s", 300, 29),
            ("300/m", 601, 120),
            ("1/h", 2, 3600),
        ];
        for (rate, requests, wanted) in table {
            assert_eq!(least(rate, requests), wanted, "{requests} at {rate}");
        }
    }

    #[test]
    fn no_count_is_too_large() {
        let rate = "1/h".parse::<Rate>().unwrap();
        assert!(rate.least(usize::MAX) > Duration::from_secs(u64::from(u32::MAX)));
    }
}
