//! The ids of safes, folders, secrets and URLs. New ones are counted, so that the same requests make the same world.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A GUID, compared without regard to case.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Guid(u128);

/// What all counted ids have in common.
const COUNTED: u128 = 0x0000_0000_0000_4000_8000_0000_0000_0000;

/// The highest number that fits into a counted id.
const HIGHEST: u128 = 0xffff_ffff_ffff;

/// Higher numbers are not counted on from, so that counting never comes to an end.
pub(crate) const HIGHEST_COUNTED: u64 = 1 << 40;

/// Where the hyphens are.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

impl Guid {
    /// Reads `8-4-4-4-12` hexadecimal digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_shaped = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| {
                if HYPHENS.contains(&at) {
                    byte == b'-'
                } else {
                    byte.is_ascii_hexdigit()
                }
            });
        let digits = text.replace('-', "");
        is_shaped
            .then(|| u128::from_str_radix(&digits, 16).ok().map(Self))
            .flatten()
    }

    /// The counted id of a number.
    pub(crate) fn counted(number: u64) -> Self {
        Self(COUNTED | (u128::from(number) & HIGHEST))
    }

    /// The number of a counted id.
    pub(crate) fn number(self) -> Option<u64> {
        let number = self.0 & HIGHEST;
        (self.0 == COUNTED | number)
            .then(|| u64::try_from(number).ok())
            .flatten()
            .filter(|number| *number <= HIGHEST_COUNTED)
    }

    /// Whether it is the all-zero id, which stands for none.
    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        let (a, b, c) = (&hex[..8], &hex[8..12], &hex[12..16]);
        write!(f, "{a}-{b}-{c}-{}-{}", &hex[16..20], &hex[20..])
    }
}

impl From<Guid> for String {
    fn from(guid: Guid) -> Self {
        guid.to_string()
    }
}

impl TryFrom<String> for Guid {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not a GUID"))
    }
}

#[cfg(test)]
mod tests {
    use super::Guid;

    #[test]
    fn a_guid_is_read_in_any_case_and_written_in_one() {
        let text = "6f0f2c0e-6d1c-4f0e-9b35-0d5f4b8f2a11";
        let guid = Guid::parse(&text.to_uppercase()).unwrap();
        assert_eq!(guid.to_string(), text);
        for bad in ["", "x", "6f0f2c0e6d1c-4f0e-9b35-0d5f4b8f2a11-", &text[1..]] {
            assert_eq!(Guid::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_counted_id_gives_its_number_back() {
        assert_eq!(Guid::counted(10).number(), Some(10));
        let other = Guid::parse("6f0f2c0e-6d1c-4f0e-9b35-0d5f4b8f2a11").unwrap();
        assert_eq!(other.number(), None);
    }
}
