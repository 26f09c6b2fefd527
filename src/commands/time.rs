//! How long an apply will take, as far as the answers tell that were read until then.
//!
//! This goes to the error stream and never into a plan, which depends on nothing but its input.

use std::time::Duration;

use crate::forecast::Forecast;
use crate::host::Host;

/// What is over sooner is not worth a word.
const NOTICEABLE: Duration = Duration::from_secs(2);

/// About how long one vendor will be written to.
pub(super) struct Time {
    vendor: &'static str,
    takes: Duration,
}

impl Time {
    /// None if that is hardly noticed, or if the vendor has not answered yet.
    pub(super) fn of(forecast: &Forecast, answer: Option<Duration>) -> Option<Self> {
        let takes = forecast.time(answer?);
        (takes >= NOTICEABLE).then_some(Self {
            vendor: forecast.vendor,
            takes,
        })
    }
}

/// Tells whoever waits.
pub(super) fn tell(times: &[Time], host: &mut Host) {
    for Time { vendor, takes } in times {
        let takes = rounded(*takes);
        host.warn(&format!("Applying to {vendor} takes about {takes}.\n"));
    }
}

/// In whole seconds, and in whole minutes from ten on.
fn rounded(takes: Duration) -> String {
    let seconds = takes.as_secs_f64();
    if seconds < 600.0 {
        format!("{seconds:.0} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Time;
    use crate::forecast::{Bounds, Forecast};

    /// How long so many writes take, ten at once, where an answer takes so many milliseconds.
    fn time(writes: usize, answer: Option<u64>) -> Option<String> {
        let forecast = Forecast {
            vendor: "forge",
            bounds: Bounds {
                parallelism: 10,
                rate: None,
            },
            reads: 0,
            writes,
            in_turn: 1,
        };
        let time = Time::of(&forecast, answer.map(Duration::from_millis))?;
        Some(super::rounded(time.takes))
    }

    #[test]
    fn only_a_time_that_is_noticed_is_told() {
        assert_eq!(time(2_000, Some(20)).as_deref(), Some("4 s"));
        assert_eq!(time(2_000, Some(9)), None);
        assert_eq!(time(2_000, None), None);
        assert_eq!(time(50_000, Some(500)).as_deref(), Some("42 min"));
    }
}
