//! The ids of nearly everything: 24 hexadecimal digits. New ones are counted, so that the same requests make the same
//! world, and begin with digits that say what they are of.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// An id, compared without regard to case; zero stands for none.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Id(u128);

/// What an id is of. The number is how counted ids of it begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u16)]
pub(crate) enum Of {
    Company = 0x64a0,
    User = 0x64b0,
    Membership = 0x64c0,
    Role = 0x64d0,
    Order = 0x64e0,
    Port = 0x64ef,
    Facility = 0x64f0,
    Metro = 0x64f1,
    Plan = 0x64f2,
    Connection = 0x6500,
}

/// How many bits of a counted id follow its beginning.
const COUNTED: u32 = 80;

/// Higher numbers are not counted on from, so that counting never comes to an end.
const HIGHEST: u128 = 1 << 40;

impl Id {
    /// Reads 24 hexadecimal digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_shaped = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let value = u128::from_str_radix(text, 16).ok()?;
        is_shaped.then_some(Self(value))
    }

    /// Whether it stands for none.
    pub(crate) fn is_none(&self) -> bool {
        self.0 == 0
    }
}

/// The numbers of the next ids of each sort.
#[derive(Default)]
pub(crate) struct Counter(BTreeMap<u128, u128>);

impl Counter {
    /// Learns of an id that is taken.
    pub(crate) fn learn(&mut self, id: Id) {
        let number = id.0 & ((1 << COUNTED) - 1);
        if number <= HIGHEST {
            let next = self.0.entry(id.0 >> COUNTED).or_insert(1);
            *next = (*next).max(number + 1);
        }
    }

    /// The id that the next such object gets.
    pub(crate) fn next(&self, of: Of) -> Id {
        let begin = u128::from(of as u16);
        let number = self.0.get(&begin).copied().unwrap_or(1);
        Id((begin << COUNTED) | number)
    }

    /// Gives an object without an id the next one, and learns of it.
    pub(crate) fn settle(&mut self, id: &mut Id, of: Of) {
        if id.is_none() {
            *id = self.next(of);
        }
        self.learn(*id);
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:024x}", self.0)
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for Id {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not an id of 24 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Counter, Id, Of};

    #[test]
    fn an_id_is_24_digits_in_any_case() {
        let id = Id::parse("64EF00000000000000000001").unwrap();
        assert_eq!(id.to_string(), "64ef00000000000000000001");
        assert_eq!(Id::parse("64ef"), None);
        assert_eq!(Id::parse("+4ef00000000000000000001"), None);
    }

    #[test]
    fn ids_are_counted_by_what_they_are_of_and_past_those_that_are_taken() {
        let mut counter = Counter::default();
        counter.learn(Id::parse("64ef00000000000000000007").unwrap());
        counter.learn(Id::parse("64efffffffffffffffffffff").unwrap());
        let next = |of| counter.next(of).to_string();
        assert_eq!(next(Of::Port), "64ef00000000000000000008");
        assert_eq!(next(Of::Order), "64e000000000000000000001");
    }
}
