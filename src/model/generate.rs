//! Secrets that are made up when an object is created: how they look, and the one that was made.

use std::fmt;
use std::num::NonZeroU16;
use std::sync::{Arc, OnceLock};

use ring::error::Unspecified;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use super::delivery::SecretOutput;
use super::place::Place;
use super::secret::{Secret, SecretBytes};

/// A sort of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    Lower,
    Upper,
    Digits,
    Symbols,
}

impl Class {
    pub(crate) const ALL: [Self; 4] = [Self::Lower, Self::Upper, Self::Digits, Self::Symbols];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Digits => "digits",
            Self::Symbols => "symbols",
        }
    }

    fn characters(self) -> &'static str {
        match self {
            Self::Lower => "abcdefghijklmnopqrstuvwxyz",
            Self::Upper => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            Self::Digits => "0123456789",
            // None that quotes, escapes or separates in the places where passwords are pasted.
            Self::Symbols => "!@#%&*()-_=+[]{}<>:?",
        }
    }
}

/// How long a secret is, and of which characters.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Recipe {
    length: usize,
    /// What may be taken of each class; one of each at least is.
    classes: Vec<Vec<u8>>,
}

impl Recipe {
    /// How long a secret may be. A shorter one can be guessed.
    pub(crate) const LENGTHS: std::ops::RangeInclusive<u32> = 8..=1024;

    /// Takes `length` as one of [`Recipe::LENGTHS`], or gives a class of which `exclude` leaves nothing.
    pub(crate) fn new(
        length: u32,
        classes: impl IntoIterator<Item = Class>,
        exclude: &str,
    ) -> Result<Self, Class> {
        let left = |class: Class| {
            let characters = class.characters().chars();
            let left = characters.filter(|it| !exclude.contains(*it));
            let left = left.collect::<String>().into_bytes();
            if left.is_empty() {
                Err(class)
            } else {
                Ok(left)
            }
        };
        Ok(Self {
            length: length as usize,
            classes: classes.into_iter().map(left).collect::<Result<_, _>>()?,
        })
    }

    /// Draws a secret out of all that have a character of each class, each as likely as any other.
    fn draw(
        &self,
        mut fill: impl FnMut(&mut [u8]) -> Result<(), Unspecified>,
    ) -> Result<Secret, Unspecified> {
        let alphabet = self.classes.concat();
        // What is above the last multiple of the alphabet's length would come up more often at its beginning.
        let fair = 256 - 256 % alphabet.len();
        let mut drawn = Zeroizing::new(String::with_capacity(self.length));
        let mut random = Zeroizing::new([0; 64]);
        loop {
            drawn.clear();
            while drawn.len() < self.length {
                fill(&mut *random)?;
                let left = self.length - drawn.len();
                let fair = random
                    .iter()
                    .map(|it| usize::from(*it))
                    .filter(|it| *it < fair);
                drawn.extend(
                    fair.take(left)
                        .map(|it| char::from(alphabet[it % alphabet.len()])),
                );
            }
            let has_one = |class: &Vec<u8>| drawn.bytes().any(|it| class.contains(&it));
            if self.classes.iter().all(has_one) {
                return Ok(Secret::new(drawn.as_str().to_owned()));
            }
        }
    }
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} characters", self.length)
    }
}

/// A secret that is made up when its object is created. Its clones share the one that is made.
#[derive(Clone, Debug)]
pub(crate) struct Generated {
    recipe: Recipe,
    /// Where it goes beside the vendor.
    pub output: Option<SecretOutput>,
    /// After how many days another is made up; never, if it does not say.
    pub rotate: Option<NonZeroU16>,
    /// Where the YAML says it.
    pub place: Place,
    made: Arc<OnceLock<Secret>>,
}

impl PartialEq for Generated {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            recipe,
            output,
            rotate,
            place,
            made: _,
        } = self;
        (recipe, output, rotate, place)
            == (&other.recipe, &other.output, &other.rotate, &other.place)
    }
}

impl Eq for Generated {}

impl Generated {
    pub(crate) fn new(recipe: Recipe, output: Option<SecretOutput>, place: Place) -> Self {
        Self {
            recipe,
            output,
            rotate: None,
            place,
            made: Arc::default(),
        }
    }

    /// Has another made up after so many days.
    pub(crate) fn rotated(self, rotate: Option<NonZeroU16>) -> Self {
        Self { rotate, ..self }
    }

    /// Makes it up, once; asked again, it gives the same.
    pub(crate) fn make(&self) -> Result<&Secret, String> {
        if self.made.get().is_none() {
            let system = SystemRandom::new();
            let made = self.recipe.draw(|bytes| system.fill(bytes));
            let made = made.map_err(|_| "the system gives no random numbers".to_owned())?;
            self.made.get_or_init(|| made);
        }
        self.made().ok_or_else(|| "it was not made".to_owned())
    }

    /// The one that was made, if it was.
    pub(crate) fn made(&self) -> Option<&Secret> {
        self.made.get()
    }
}

/// What can be made up.
pub(crate) trait Generate {
    /// What was made up, if it can be this.
    fn of(made: &Secret) -> Option<&Self>;
}

impl Generate for Secret {
    fn of(made: &Secret) -> Option<&Self> {
        Some(made)
    }
}

impl Generate for SecretBytes {
    /// What a file holds is never made up: `load` refuses it.
    fn of(_: &Secret) -> Option<&Self> {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Class, Generated, Recipe};
    use crate::model::place::{FileId, Place};

    fn recipe(length: u32, classes: &[Class], exclude: &str) -> Recipe {
        Recipe::new(length, classes.iter().copied(), exclude).unwrap()
    }

    fn generated(recipe: Recipe) -> Generated {
        let place = Place {
            file: FileId(0),
            start: 0,
            end: 0,
        };
        Generated::new(recipe, None, place)
    }

    #[test]
    fn a_secret_has_its_length_one_of_each_class_and_nothing_that_is_excluded() {
        for length in [8, 9, 24, 64, 65, 1024] {
            for _ in 0..20 {
                let made = generated(recipe(length, &Class::ALL, "O0l1"));
                let text = made.make().unwrap().reveal();
                assert_eq!(text.len(), length as usize);
                assert!(!text.contains(['O', '0', 'l', '1']), "{text}");
                for class in Class::ALL {
                    let has = text.contains(|c| class.characters().contains(c));
                    assert!(has, "{text} has no {}", class.as_str());
                }
            }
        }
    }

    #[test]
    fn a_secret_is_made_once_and_each_is_another() {
        let one = generated(recipe(24, &Class::ALL, ""));
        let copy = one.clone();
        assert_eq!(one.made(), None);
        assert_eq!(one.make(), copy.make());
        assert_eq!(copy.made(), one.make().ok());
        let other = generated(recipe(24, &Class::ALL, ""));
        assert_ne!(one.make(), other.make());
    }

    #[test]
    fn a_class_of_which_nothing_is_left_is_told() {
        let left = Recipe::new(8, Class::ALL, "0123456789");
        assert_eq!(left, Err(Class::Digits));
    }

    #[test]
    fn every_character_is_as_likely_as_any_other() {
        // Every byte once, over and over: what comes of it is how likely each character is.
        let mut next = 0_u8;
        let fill = |bytes: &mut [u8]| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
            Ok(())
        };
        // Ten digits go 25 times into 256 bytes; the six bytes that are left over would favour six digits.
        let drawn = recipe(1000, &[Class::Digits], "").draw(fill).unwrap();
        let mut counts = BTreeMap::new();
        drawn
            .reveal()
            .chars()
            .for_each(|c| *counts.entry(c).or_insert(0) += 1);
        assert!(counts.values().all(|count| *count == 100), "{counts:?}");
    }

    #[test]
    fn what_lacks_a_class_is_drawn_anew_and_not_mended() {
        // First a draw of letters alone, which is thrown away as a whole.
        let mut draws = [[0_u8; 64], {
            let mut second = [1_u8; 64];
            second[5] = 26;
            second
        }]
        .into_iter();
        let fill = |bytes: &mut [u8]| {
            bytes.copy_from_slice(&draws.next().unwrap());
            Ok(())
        };
        let drawn = recipe(8, &[Class::Lower, Class::Digits], "").draw(fill);
        assert_eq!(drawn.unwrap().reveal(), "bbbbb0bb");
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let made = generated(recipe(24, &Class::ALL, ""));
        let text = made.make().unwrap().reveal().to_owned();
        assert!(!format!("{made:?}").contains(&text));
    }
}
