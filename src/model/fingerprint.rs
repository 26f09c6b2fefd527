//! Fingerprints of secrets: what tells two values apart and gives neither away to whoever has not the workspace's key.

use std::fmt;

use data_encoding::HEXLOWER;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use serde::Serialize;
use zeroize::Zeroizing;

use super::canonical::{self, Sink};
use super::field::Value;
use super::secret::{Secret, SecretBytes};

/// The key of a workspace, under which all its fingerprints are made. Whoever has it can try values that he guesses.
#[derive(Clone)]
pub(crate) struct WorkspaceKey(SecretBytes);

/// How many bytes of a digest a fingerprint shows.
const SHOWN: usize = 6;

/// How many bytes of a digest tell one key from another.
const ID: usize = 4;

/// What is digested begins with a word of its own, so that no value has the digest that is a key's id.
const KEY_ID: &[u8] = b"key id\0";
const VALUE: &[u8] = b"value\0";
const PARTS: &[u8] = b"parts\0";
const SIGNED: &[u8] = b"signed\0";

impl WorkspaceKey {
    /// How many characters the text of a key has at least.
    pub(crate) const LEAST: usize = 32;

    /// Takes a text for a key, without the blanks around it; none if it is too short to be one.
    pub(crate) fn new(text: &Secret) -> Option<Self> {
        let text = text.reveal().trim();
        (text.len() >= Self::LEAST).then(|| Self(SecretBytes::new(text.as_bytes().to_vec())))
    }

    /// Makes the text of a new key up; none if the system gives no random numbers.
    pub(crate) fn make() -> Option<Secret> {
        let mut random = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(&mut *random).ok()?;
        Some(Secret::new(HEXLOWER.encode(&*random)))
    }

    /// What tells it from other keys, and nothing else of it.
    pub(crate) fn id(&self) -> String {
        HEXLOWER.encode(&self.digest(KEY_ID, b"").as_ref()[..ID])
    }

    /// The fingerprint of a value. Equal values have equal ones, wherever they stand.
    pub(crate) fn fingerprint(&self, value: &SecretBytes) -> Fingerprint {
        let digest = self.digest(VALUE, value.reveal());
        self.shown(&digest)
    }

    /// The fingerprint of what is written part by part.
    pub(crate) fn fingerprint_of(&self, write: impl FnOnce(&mut Sink<'_>)) -> Fingerprint {
        let mut digest = self.begin(PARTS);
        write(&mut |part| digest.update(part));
        self.shown(&digest.sign())
    }

    /// The fingerprint of a field's value; none of a secret that is not known, or is yet to be made up.
    pub(crate) fn of(&self, value: &Value) -> Option<Fingerprint> {
        match value {
            Value::Secret(secret) => secret.at_hand().map(|bytes| self.fingerprint(bytes)),
            Value::Generated(generated) => {
                let made = generated.made()?;
                Some(self.fingerprint(&SecretBytes::from(made)))
            }
            Value::Text(_)
            | Value::Flag(_)
            | Value::Number { .. }
            | Value::Word(_)
            | Value::Sensitive(_)
            | Value::Set(_)
            | Value::Name(_)
            | Value::Names(_)
            | Value::Access(_)
            | Value::Output(_) => Some(self.fingerprint_of(|sink| canonical::value(value, sink))),
        }
    }

    /// Whether a fingerprint was made with this key.
    pub(crate) fn made(&self, fingerprint: &str) -> bool {
        let parts = fingerprint.strip_prefix("hmac:");
        let parts = parts.and_then(|it| it.split_once(':'));
        parts.is_some_and(|(id, _)| id == self.id())
    }

    /// A whole signature of a text, for what must not be forged.
    pub(crate) fn sign(&self, text: &[u8]) -> String {
        HEXLOWER.encode(self.digest(SIGNED, text).as_ref())
    }

    /// Whether a signature is this key's, of this text.
    pub(crate) fn is_signed(&self, text: &[u8], signature: &str) -> bool {
        let signature = HEXLOWER.decode(signature.as_bytes());
        let Self(key) = self;
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.reveal());
        let whole = [SIGNED, text].concat();
        signature.is_ok_and(|it| hmac::verify(&key, &whole, &it).is_ok())
    }

    fn shown(&self, digest: &hmac::Tag) -> Fingerprint {
        let shown = HEXLOWER.encode(&digest.as_ref()[..SHOWN]);
        Fingerprint(format!("hmac:{}:{shown}", self.id()))
    }

    fn digest(&self, what: &[u8], bytes: &[u8]) -> hmac::Tag {
        let mut digest = self.begin(what);
        digest.update(bytes);
        digest.sign()
    }

    fn begin(&self, what: &[u8]) -> hmac::Context {
        let Self(key) = self;
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.reveal());
        let mut digest = hmac::Context::with_key(&key);
        digest.update(what);
        digest
    }
}

impl fmt::Debug for WorkspaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(key {})", self.id())
    }
}

/// What may be shown of a secret: `hmac:`, the id of the key and a part of the digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Fingerprint(String);

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
    use super::WorkspaceKey;
    use crate::model::field::{SecretField, Value};
    use crate::model::secret::{Secret, SecretBytes};

    fn key(text: &str) -> Option<WorkspaceKey> {
        WorkspaceKey::new(&Secret::new(text.to_owned()))
    }

    fn fingerprint(key: &str, value: &str) -> String {
        let value = SecretBytes::new(value.as_bytes().to_vec());
        self::key(key).unwrap().fingerprint(&value).0
    }

    const ONE: &str = "0123456789abcdef0123456789abcdef";
    const OTHER: &str = "0123456789abcdef0123456789abcdee";

    #[test]
    fn a_fingerprint_is_as_any_hmac_sha_256_says() {
        // printf 'key id\0' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
        // printf 'value\0Blue-Kettle-71' | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
        assert_eq!(
            fingerprint(ONE, "Blue-Kettle-71"),
            "hmac:6d269ad9:822818d6619e"
        );
    }

    #[test]
    fn a_fingerprint_differs_with_the_value_and_with_the_key() {
        let one = fingerprint(ONE, "Blue-Kettle-71");
        assert_eq!(one, fingerprint(&format!(" {ONE}\n"), "Blue-Kettle-71"));
        assert_ne!(one, fingerprint(ONE, "Blue-Kettle-72"));
        let other = fingerprint(OTHER, "Blue-Kettle-71");
        assert_ne!(one[..13], other[..13]);
        assert_ne!(one[14..], other[14..]);
    }

    #[test]
    fn a_short_text_is_no_key_and_one_that_is_made_up_is() {
        assert!(key("hunter2").is_none());
        assert!(key(&format!("{}   ", &ONE[1..])).is_none());
        let made = [(); 2].map(|()| WorkspaceKey::make().unwrap());
        assert_ne!(made[0], made[1]);
        assert!(made.iter().all(|text| WorkspaceKey::new(text).is_some()));
    }

    #[test]
    fn what_is_not_known_has_no_fingerprint() {
        let key = key(ONE).unwrap();
        let unknown = Value::Secret(SecretField::Unknown {
            why: "no".to_owned(),
            place: None,
        });
        assert_eq!(key.of(&unknown), None);
        let known = key.of(&Value::Text("a".to_owned())).unwrap();
        assert!(key.made(known.as_str()));
        assert!(!self::key(OTHER).unwrap().made(known.as_str()));
    }

    #[test]
    fn a_signature_holds_for_its_text_and_its_key() {
        let [ours, theirs] = [ONE, OTHER].map(|text| key(text).unwrap());
        let signature = ours.sign(b"a plan");
        assert!(ours.is_signed(b"a plan", &signature));
        assert!(!ours.is_signed(b"another plan", &signature));
        assert!(!theirs.is_signed(b"a plan", &signature));
        assert!(!ours.is_signed(b"a plan", "no signature"));
    }

    #[test]
    fn a_key_prints_as_its_id() {
        let shown = format!("{:?}", key(ONE).unwrap());
        assert_eq!(shown, "(key 6d269ad9)");
    }
}
