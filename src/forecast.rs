//! What applying a plan will ask of each vendor at least, and how long that takes.

use std::collections::HashMap;
use std::time::Duration;

use crate::model::rate::Rate;
use crate::plan::StepView;

/// What bounds the requests to one system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// How many may be under way at once.
    pub parallelism: usize,
    /// How many may leave in a span of time.
    pub rate: Option<Rate>,
}

/// What applying a plan asks of one vendor. It follows from the plan alone, and so is the same each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Forecast {
    pub vendor: &'static str,
    pub bounds: Bounds,
    /// How many reads the plan took.
    pub reads: usize,
    /// How many writes the steps need at least.
    pub writes: usize,
    /// How many of them must wait for one another, along the longest chain.
    pub in_turn: usize,
}

impl Forecast {
    /// How long the writes take for the rate alone.
    pub(crate) fn least(&self) -> Duration {
        let rate = self.bounds.rate;
        rate.map_or(Duration::ZERO, |rate| rate.least(self.writes))
    }

    /// About how long the writes take where one answer takes so long.
    pub(crate) fn time(&self, answer: Duration) -> Duration {
        let rounds = self.writes.div_ceil(self.bounds.parallelism.max(1));
        let rounds = u32::try_from(rounds.max(self.in_turn)).unwrap_or(u32::MAX);
        answer.saturating_mul(rounds).max(self.least())
    }
}

/// Foretells what steps ask of a vendor that was read with so many requests. Each comes with the writes that it needs at
/// least, in the order of the plan.
pub(crate) fn forecast<'a>(
    steps: impl Iterator<Item = (&'a StepView, usize)>,
    vendor: &'static str,
    bounds: Bounds,
    reads: usize,
) -> Forecast {
    let mut forecast = Forecast {
        vendor,
        bounds,
        reads,
        writes: 0,
        in_turn: 0,
    };
    // A step stands behind all that it waits for, which may lie at other vendors.
    let mut chains = HashMap::new();
    for (view, writes) in steps {
        let before = view.waits_for.iter().filter_map(|it| chains.get(it)).max();
        let own = if view.address.kind.vendor == vendor {
            writes
        } else {
            0
        };
        let chain = before.copied().unwrap_or(0) + own;
        chains.insert(&view.address, chain);
        forecast.writes += own;
        forecast.in_turn = forecast.in_turn.max(chain);
    }
    forecast
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Bounds, Forecast, forecast};
    use crate::model::access::Touched;
    use crate::model::address::{Address, KindId};
    use crate::model::kind::Removal;
    use crate::model::power::Account;
    use crate::model::resource::Hold;
    use crate::model::verb::Terms;
    use crate::plan::{Action, StepView};

    fn address(text: &str) -> Address {
        let (vendor, name) = text.split_once('.').unwrap();
        let vendor = if vendor == "forge" { "forge" } else { "vault" };
        let kind = KindId {
            vendor,
            name: "thing",
        };
        kind.address(name)
    }

    /// A step a line, `forge.b 2 after forge.a`: its address, its writes, and what it waits for.
    fn check(text: &str) -> Forecast {
        let steps = text.lines().map(|line| {
            let mut words = line.split_whitespace();
            let (name, writes) = (words.next().unwrap(), words.next().unwrap());
            let view = StepView {
                address: address(name),
                action: Action::Create,
                place: None,
                id: None,
                label: String::new(),
                removal: Removal::Delete,
                enable: false,
                prevent_delete: false,
                hold: Hold::Owned,
                live: Vec::new(),
                terms: Terms::default(),
                price: None,
                account: Account::default(),
                fields: Vec::new(),
                risks: Vec::new(),
                laxer: Vec::new(),
                remarks: Vec::new(),
                access: Touched::default(),
                obstacles: Vec::new(),
                needs: Vec::new(),
                releases: Vec::new(),
                waits_for: words.skip(1).map(address).collect(),
            };
            (view, writes.parse().unwrap())
        });
        let steps = steps.collect::<Vec<_>>();
        let bounds = Bounds {
            parallelism: 2,
            rate: Some("4/s".parse().unwrap()),
        };
        let steps = steps.iter().map(|(view, writes)| (view, *writes));
        forecast(steps, "forge", bounds, 5)
    }

    #[test]
    fn the_longest_chain_counts_writes_and_not_steps() {
        let found =
            check("forge.a 1\nforge.b 4\nforge.c 1 after forge.a\nforge.d 1 after forge.a forge.c");
        assert_eq!((found.writes, found.in_turn), (7, 4));
        let found = check("forge.a 1\nforge.b 1\nforge.c 3 after forge.a forge.b");
        assert_eq!((found.writes, found.in_turn), (5, 4));
    }

    #[test]
    fn a_chain_goes_through_other_vendors_and_only_own_writes_are_counted() {
        let found = check("forge.a 1\nvault.b 7 after forge.a\nforge.c 1 after vault.b");
        assert_eq!((found.writes, found.in_turn), (2, 2));
    }

    #[test]
    fn steps_of_others_ask_nothing() {
        let found = check("vault.a 3");
        assert_eq!((found.reads, found.writes, found.in_turn), (5, 0, 0));
        assert_eq!(found.time(Duration::from_secs(1)), Duration::ZERO);
    }

    #[test]
    fn time_is_bounded_by_parallelism_by_the_longest_chain_and_by_the_rate() {
        let time = |steps: &str, answer| check(steps).time(Duration::from_millis(answer));
        // Two at once.
        assert_eq!(
            time("forge.a 1\nforge.b 1\nforge.c 1", 500).as_millis(),
            1000
        );
        // One after the other.
        assert_eq!(
            time("forge.a 1\nforge.b 2 after forge.a", 500).as_millis(),
            1500
        );
        // Four in a second.
        assert_eq!(time("forge.a 9", 1).as_millis(), 2000);
    }
}
