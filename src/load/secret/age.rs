//! Secrets that lie in the repository, encrypted in the format of the `age` program to keys that only runs have.

use std::io::Read;

use age::armor::ArmoredReader;
use age::{DecryptError, Decryptor, Identity, IdentityFile};
use zeroize::Zeroizing;

use crate::model::secret::{Secret, SecretBytes};

/// The keys that can open what is encrypted to us.
pub(super) struct Identities(Vec<Box<dyn Identity + Send + Sync>>);

/// Why something encrypted was not opened.
#[derive(Debug)]
pub(crate) enum Unopened {
    /// Nobody can open it: it is none of `age`'s, or damaged.
    Broken(String),
    /// Not with what is at hand here.
    Locked(String),
}

impl Identities {
    /// Reads them as `age-keygen` writes them, a line each.
    pub(super) fn read(text: &Secret) -> Result<Self, String> {
        // The crate's own error tells the line and nothing of what stands in it.
        let file = IdentityFile::from_buffer(text.reveal().as_bytes())
            .map_err(|error| error.to_string())?;
        let identities = file.into_identities().map_err(|error| error.to_string())?;
        if identities.is_empty() {
            return Err("it holds no identity (`AGE-SECRET-KEY-1…`)".to_owned());
        }
        Ok(Self(identities))
    }
}

/// Opens what is encrypted, armored or not. Asks for the identities only if that is worth while.
pub(super) fn open<'i>(
    encrypted: &[u8],
    identities: impl FnOnce() -> Result<&'i Identities, String>,
) -> Result<SecretBytes, Unopened> {
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(encrypted)).map_err(told)?;
    if decryptor.is_scrypt() {
        let why = "it is encrypted to a passphrase, which nobody is there to type; encrypt it to a key (`age -r`)";
        return Err(Unopened::Broken(why.to_owned()));
    }
    let Identities(identities) = identities().map_err(Unopened::Locked)?;
    let identities = identities.iter().map(|it| &**it as &dyn Identity);
    let mut reader = decryptor.decrypt(identities).map_err(told)?;
    // What is in it is never longer than itself, so that no copy is left behind by growing.
    let mut text = Zeroizing::new(Vec::with_capacity(encrypted.len()));
    reader
        .read_to_end(&mut text)
        .map_err(|_| Unopened::Broken("it is damaged".to_owned()))?;
    Ok(SecretBytes::new(text.to_vec()))
}

fn told(error: DecryptError) -> Unopened {
    match error {
        DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed => {
            Unopened::Locked("it is encrypted to none of the age identities at hand".to_owned())
        }
        DecryptError::InvalidMac | DecryptError::DecryptionFailed => {
            Unopened::Broken("it is damaged".to_owned())
        }
        DecryptError::InvalidHeader | DecryptError::UnknownFormat | DecryptError::Io(_) => {
            Unopened::Broken("it is not what `age` writes".to_owned())
        }
        // Of passphrases, and of what later versions of the crate may find wrong.
        DecryptError::ExcessiveWork { .. } | _ => {
            Unopened::Broken("it cannot be opened by a program".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use age::secrecy::ExposeSecret;
    use age::x25519::Identity;

    use super::{Identities, Unopened, open};
    use crate::model::secret::Secret;

    fn identities(of: &Identity) -> Identities {
        let text = format!("# made for a test\n{}\n", of.to_string().expose_secret());
        Identities::read(&Secret::new(text)).unwrap()
    }

    #[test]
    fn what_is_encrypted_to_us_is_opened_armored_or_not() {
        let ours = Identity::generate();
        let identities = identities(&ours);
        let text = b"Blue-Kettle-71\n\x00\xff";
        let bare = age::encrypt(&ours.to_public(), text).unwrap();
        let armored = age::encrypt_and_armor(&ours.to_public(), text).unwrap();
        for encrypted in [bare.as_slice(), armored.as_bytes()] {
            let opened = open(encrypted, || Ok(&identities)).unwrap();
            assert_eq!(opened.reveal(), text);
        }
    }

    #[test]
    fn what_is_encrypted_to_others_stays_locked() {
        let encrypted = age::encrypt(&Identity::generate().to_public(), b"Blue-Kettle-71").unwrap();
        let identities = identities(&Identity::generate());
        let unopened = open(&encrypted, || Ok(&identities)).unwrap_err();
        assert!(matches!(unopened, Unopened::Locked(_)), "{unopened:?}");
        let unopened = open(&encrypted, || Err("no identity".to_owned())).unwrap_err();
        assert!(matches!(unopened, Unopened::Locked(why) if why == "no identity"));
    }

    #[test]
    fn what_nobody_can_open_is_broken_whoever_asks() {
        let ours = Identity::generate();
        let identities = identities(&ours);
        let mut changed = age::encrypt(&ours.to_public(), b"Blue-Kettle-71").unwrap();
        *changed.last_mut().unwrap() ^= 1;
        let cut = &changed[..changed.len() / 2];
        for encrypted in [changed.as_slice(), cut, b"Blue-Kettle-71", b""] {
            let unopened = open(encrypted, || Ok(&identities)).unwrap_err();
            assert!(matches!(unopened, Unopened::Broken(_)), "{unopened:?}");
        }
    }

    #[test]
    fn an_identity_that_is_none_is_not_shown() {
        let why = |text: &str| {
            Identities::read(&Secret::new(text.to_owned()))
                .err()
                .unwrap()
        };
        assert!(!why("AGE-SECRET-KEY-1BLUEKETTLE").contains("BLUE"));
        assert!(why("# nothing\n").contains("no identity"));
    }
}
