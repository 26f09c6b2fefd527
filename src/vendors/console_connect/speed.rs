//! Speeds and terms: numbers of Mbps on the way in, objects on the way out (vendor page, section 3.3), and for how long
//! something is bought.

use std::fmt;

use serde::{Deserialize, Deserializer};

use crate::load::reader::{Decode, Reader};
use crate::model::diagnostic::{Code, Diagnostic};
use crate::yaml::Node;

const BAD_SPEED: Code = Code("bad-speed");
const BAD_TERM: Code = Code("bad-term");

/// A bandwidth in Mbps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Speed(pub u32);

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Mbps", self.0)
    }
}

impl Decode for Speed {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        match u32::decode(node, reader)? {
            0 => {
                let message = "a speed is at least 1 Mbps";
                reader.push(Diagnostic::error(BAD_SPEED, node.place(), message));
                None
            }
            speed => Some(Self(speed)),
        }
    }
}

impl<'de> Deserialize<'de> for Speed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            Whole { value: u32 },
            Bare(u32),
        }
        Ok(match Wire::deserialize(deserializer)? {
            Wire::Whole { value } | Wire::Bare(value) => Self(value),
        })
    }
}

/// For how long something is bought: a number and a unit, such as `12m`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub number: u32,
    pub unit: String,
}

/// The units, each with its name and the most of it that can be bought (vendor page, section 6).
const UNITS: [(&str, &str, u32); 4] = [
    ("d", "days", 6),
    ("w", "weeks", 3),
    ("m", "months", 36),
    ("y", "years", 3),
];

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.unit)
    }
}

impl Decode for Term {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let text = reader.text(node, "a term such as 12m")?;
        let split = text.find(|c: char| !c.is_ascii_digit());
        let (number, unit) = text.split_at(split.unwrap_or(text.len()));
        let most = UNITS.iter().find(|(name, _, _)| *name == unit);
        match (number.parse(), most) {
            (Ok(number), Some((_, _, most))) if (1..=*most).contains(&number) => Some(Self {
                number,
                unit: unit.to_owned(),
            }),
            _ => {
                let units = UNITS.map(|(unit, name, most)| format!("`{most}{unit}` ({name})"));
                let message = format!("`{text}` is not a term");
                reader.push(
                    Diagnostic::error(BAD_TERM, node.place(), message).help(format!(
                        "write a number and a unit, at most {}",
                        units.join(", ")
                    )),
                );
                None
            }
        }
    }
}
