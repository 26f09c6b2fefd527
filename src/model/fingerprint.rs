//! Keyed fingerprints: what can be kept of a value without keeping it. Equal values have equal ones under one key, and
//! nobody without the key can try values out.

use std::fmt;

use data_encoding::HEXLOWER;
use ring::{digest, hmac};

use super::canonical::Sink;
use super::field::{SecretField, Value};
use super::secret::Secret;

/// The workspace's key for fingerprints.
#[derive(Clone)]
pub(crate) struct Key {
    id: String,
    key: hmac::Key,
}

/// A fingerprint, as plans and records show it: `hmac:1f0c:5d8b…`, with the key's id and twelve digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fingerprint(String);

impl Key {
    /// The key that a text stands for.
    pub(crate) fn new(text: &Secret) -> Self {
        let text = text.reveal().trim().as_bytes();
        // Hashed twice, so that the id tells nothing of what the key is made of.
        let once = digest::digest(&digest::SHA256, text);
        let twice = digest::digest(&digest::SHA256, once.as_ref());
        Self {
            id: HEXLOWER.encode(&twice.as_ref()[..4]),
            key: hmac::Key::new(hmac::HMAC_SHA256, text),
        }
    }

    /// Tells keys apart, and nothing of what they are.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The fingerprint of what is written.
    pub(crate) fn fingerprint(&self, write: impl FnOnce(&mut Sink<'_>)) -> Fingerprint {
        let mut context = hmac::Context::with_key(&self.key);
        write(&mut |part| context.update(part));
        let tag = context.sign();
        Fingerprint(format!(
            "hmac:{}:{}",
            self.id,
            HEXLOWER.encode(&tag.as_ref()[..6])
        ))
    }

    /// The fingerprint of a value; none of a secret that is not known, which equals nothing.
    pub(crate) fn of(&self, value: &Value) -> Option<Fingerprint> {
        let is_known = !matches!(value, Value::Secret(SecretField::Unknown { .. }));
        is_known.then(|| self.fingerprint(|sink| super::canonical::value(value, sink)))
    }

    /// Whether a fingerprint was made with this key.
    pub(crate) fn made(&self, fingerprint: &str) -> bool {
        let parts = fingerprint.strip_prefix("hmac:");
        let parts = parts.and_then(|it| it.split_once(':'));
        parts.is_some_and(|(id, _)| id == self.id)
    }

    /// A whole signature of a text, for what must not be forged.
    pub(crate) fn sign(&self, text: &[u8]) -> String {
        HEXLOWER.encode(hmac::sign(&self.key, text).as_ref())
    }

    /// Whether a signature is this key's, of this text.
    pub(crate) fn is_signed(&self, text: &[u8], signature: &str) -> bool {
        let signature = HEXLOWER.decode(signature.as_bytes());
        signature.is_ok_and(|it| hmac::verify(&self.key, text, &it).is_ok())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id)
    }
}

impl Fingerprint {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Key;
    use crate::model::field::Value;
    use crate::model::secret::Secret;

    fn key(text: &str) -> Key {
        Key::new(&Secret::new(text.to_owned()))
    }

    fn value(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn equal_values_have_one_fingerprint_under_one_key_alone() {
        let (ours, theirs) = (key("ours"), key("theirs"));
        assert_eq!(ours.of(&value("a")), ours.of(&value("a")));
        assert_ne!(ours.of(&value("a")), ours.of(&value("b")));
        assert_ne!(ours.of(&value("a")), theirs.of(&value("a")));
        assert_ne!(ours.id(), theirs.id());
    }

    #[test]
    fn a_fingerprint_shows_the_id_of_its_key_and_twelve_digits() {
        let fingerprint = key("ours").of(&value("a")).unwrap().to_string();
        let parts = fingerprint.split(':').collect::<Vec<_>>();
        assert_eq!(
            (parts[0], parts[1], parts[2].len()),
            ("hmac", key("ours").id(), 12)
        );
    }

    #[test]
    fn a_signature_holds_for_its_text_and_its_key() {
        let signature = key("ours").sign(b"a plan");
        assert!(key("ours").is_signed(b"a plan", &signature));
        assert!(!key("ours").is_signed(b"another plan", &signature));
        assert!(!key("theirs").is_signed(b"a plan", &signature));
        assert!(!key("ours").is_signed(b"a plan", "no signature"));
    }

    #[test]
    fn a_line_end_is_no_part_of_a_key() {
        assert_eq!(key("ours\n").id(), key("ours").id());
    }
}
