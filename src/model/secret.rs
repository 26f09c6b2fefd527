//! The types that may hold a secret value: text, and bytes of any kind.

use std::fmt;

use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::{Deserialize, Deserializer};

/// A secret value that is text: a password, a TOTP seed, a token.
///
/// It is wiped from memory when dropped, prints as `(secret)` and cannot be serialized, so that no report, log or
/// error can show it by accident. Only [`Secret::reveal`] and [`Secret::plain`] give the value away; their
/// callers are the places to review.
#[derive(Clone)]
pub(crate) struct Secret(SecretString);

impl Secret {
    /// Takes a value under protection.
    pub(crate) fn new(value: String) -> Self {
        Self(SecretString::from(value))
    }

    /// Gives the value away, for a request body, a comparison of shape, or a delivery to where a declaration says. Never
    /// for output.
    pub(crate) fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is not a secret by itself, though it was kept beside one: the id of a client, the name of a user.
    pub(crate) fn plain(&self) -> String {
        self.reveal().to_owned()
    }
}

/// A secret value of any bytes, such as a file. It is protected as a [`Secret`] is.
#[derive(Clone)]
pub(crate) struct SecretBytes(SecretSlice<u8>);

impl SecretBytes {
    /// Takes a value under protection.
    pub(crate) fn new(value: Vec<u8>) -> Self {
        Self(SecretSlice::from(value))
    }

    /// Gives the value away, for a request body or a comparison of shape. Never for output.
    pub(crate) fn reveal(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

impl From<&Self> for SecretBytes {
    fn from(bytes: &Self) -> Self {
        bytes.clone()
    }
}

impl From<&Secret> for SecretBytes {
    fn from(text: &Secret) -> Self {
        Self::new(text.reveal().as_bytes().to_vec())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        same(self.reveal().as_bytes(), other.reveal().as_bytes())
    }
}

impl Eq for Secret {}

impl PartialEq for SecretBytes {
    fn eq(&self, other: &Self) -> bool {
        same(self.reveal(), other.reveal())
    }
}

impl Eq for SecretBytes {}

/// Compares in a time that depends on the lengths alone.
fn same(ours: &[u8], theirs: &[u8]) -> bool {
    let pairs = ours.iter().zip(theirs);
    ours.len() == theirs.len() && pairs.fold(0, |seen, (a, b)| seen | (a ^ b)) == 0
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, SecretBytes};

    #[test]
    fn a_secret_prints_as_a_word_and_never_as_its_value() {
        let secret = Secret::new("Blue-Kettle-71".to_owned());
        assert_eq!(format!("{secret:?}"), "(secret)");
        assert_eq!(format!("{:?}", SecretBytes::from(&secret)), "(secret)");
    }

    #[test]
    fn secrets_are_equal_when_their_values_are() {
        assert_eq!(Secret::new("a".to_owned()), Secret::new("a".to_owned()));
        assert_ne!(Secret::new("a".to_owned()), Secret::new("b".to_owned()));
        assert_ne!(Secret::new("a".to_owned()), Secret::new("ab".to_owned()));
        assert_eq!(
            SecretBytes::new(vec![0, 255]),
            SecretBytes::new(vec![0, 255])
        );
        assert_ne!(
            SecretBytes::new(vec![0, 255]),
            SecretBytes::new(vec![0, 254])
        );
    }
}
