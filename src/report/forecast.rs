//! What applying a plan asks of a vendor, as a line of text and as JSON. No clock is read for it: a plan is the same each
//! time.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::Serialize;

use super::picture;
use super::style::clean;
use super::words::counted;
use crate::forecast::{Bounds, Forecast};

/// What applying the plan asks of one vendor.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Forecast")]
pub(super) struct ForecastJson {
    /// How many reads the plan took.
    reads: usize,
    /// How many writes the steps need at least.
    least_writes: usize,
    /// How many of them must wait for one another, along the longest chain.
    longest_chain: usize,
    /// How many requests may be under way at once.
    parallelism: usize,
    /// How many requests may leave in a second, a minute or an hour, such as `10/s`; missing if nothing bounds them.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<String>,
    /// How many seconds the writes take for the rate alone, however fast the vendor answers.
    least_seconds: u64,
}

/// A forecast with the name of its vendor.
pub(super) fn json(forecast: &Forecast) -> (&'static str, ForecastJson) {
    let Forecast {
        vendor,
        bounds: Bounds { parallelism, rate },
        reads,
        writes,
        in_turn,
    } = forecast;
    let json = ForecastJson {
        reads: *reads,
        least_writes: *writes,
        longest_chain: *in_turn,
        parallelism: *parallelism,
        rate: rate.map(|rate| rate.to_string()),
        least_seconds: forecast.least().as_secs(),
    };
    (vendor, json)
}

/// A forecast as a line, without a line end.
pub(super) fn text(forecast: &picture::Forecast) -> String {
    let picture::Forecast {
        vendor,
        reads,
        writes,
        in_turn,
        rate,
        least_seconds,
    } = forecast;
    let mut line = format!(
        "{}: {} so far, at least {} to come",
        clean(vendor),
        counted(*reads, "read"),
        counted(*writes, "write")
    );
    if in_turn == writes && *in_turn > 1 {
        line.push_str(", one after the other");
    } else if *in_turn > 1 {
        write!(line, ", {in_turn} of them one after the other").ok();
    }
    if let Some(rate) = rate.as_ref().filter(|_| *least_seconds > 0) {
        write!(line, ", {least_seconds} s or more at {}", clean(rate)).ok();
    }
    line.push('.');
    line
}

#[cfg(test)]
mod tests {
    use super::{picture, text};
    use crate::forecast::{Bounds, Forecast};

    fn line(reads: usize, writes: usize, in_turn: usize, rate: Option<&str>) -> String {
        let rate = rate.map(|rate| rate.parse().unwrap());
        text(&picture::Forecast::of(&Forecast {
            vendor: "forge",
            bounds: Bounds {
                parallelism: 10,
                rate,
            },
            reads,
            writes,
            in_turn,
        }))
    }

    #[test]
    fn a_line_says_no_more_than_there_is_to_say() {
        let lines = [
            line(1, 1, 1, None),
            line(7, 12, 1, Some("20/s")),
            line(7, 3, 3, None),
            line(7, 300, 3, None),
            line(7, 300, 3, Some("10/s")),
        ];
        insta::assert_snapshot!(lines.join("\n"), @r"
        forge: 1 read so far, at least 1 write to come.
        forge: 7 reads so far, at least 12 writes to come.
        forge: 7 reads so far, at least 3 writes to come, one after the other.
        forge: 7 reads so far, at least 300 writes to come, 3 of them one after the other.
        forge: 7 reads so far, at least 300 writes to come, 3 of them one after the other, 29 s or more at 10/s.
        ");
    }
}
