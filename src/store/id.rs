//! The ids of runs and leases. They begin with their time, so that they sort by it.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub(crate) struct $name(Uuid);

        impl $name {
            /// Makes an id of the time and of random bytes.
            pub(crate) fn new(at: Timestamp, random: &[u8; 10]) -> Self {
                Self(made(at, random))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(
    /// A run of a command.
    RunId
);
id!(
    /// A lease, as `unlock` takes it.
    LeaseId
);

fn made(at: Timestamp, random: &[u8; 10]) -> Uuid {
    // A clock before 1970 is wrong anyway; the random bytes tell its ids apart.
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, random).into_uuid()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{LeaseId, RunId};

    #[test]
    fn an_id_sorts_by_its_time_and_survives_text() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let early = RunId::new(at(1_800_000_000), &[255; 10]);
        let late = RunId::new(at(1_800_000_001), &[0; 10]);
        assert!(early < late);
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!(early.to_string().get(14..15), Some("7"));
    }

    #[test]
    fn a_clock_before_1970_makes_an_id_too() {
        let id = LeaseId::new(Timestamp::MIN, &[1; 10]);
        assert_eq!(id.to_string().parse(), Ok(id));
    }
}
