//! A MySafe password: what may be sent of it, and how it is shown.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::super::envelope::Refusal;
use super::super::members::Members;
use super::super::quirks::Quirks;
use super::super::seed::{AccessKey, Password};
use super::super::shelf::{Numbered, Shelf};
use super::super::totp;
use super::super::vault::{Change, Vault};
use super::item::{Common, CommonMut, Item, Texts};

impl Numbered for Password {
    const NOUN: &'static str = "password";

    fn id(&self) -> u64 {
        self.id
    }
}

impl Item for Password {
    const TEXTS: Texts = Texts {
        list: "password_on_list",
        entity: "password_entity",
        written: "password_entity",
        not_found: "Password not found",
        inactive: "Inactive password",
        created: "Password successfully registered",
        updated: "Password successfully updated",
        disabled: "Password successfully deactivated",
        enabled: "Password successfully activated",
        already_disabled: "Password has already been deactivated",
        already_enabled: "Password has already been activated",
    };

    fn shelf(world: &Vault) -> &Shelf<Self> {
        &world.passwords
    }

    fn chosen(key: &AccessKey) -> Option<&BTreeSet<u64>> {
        key.only.as_ref().map(|only| &only.passwords)
    }

    fn with_id(self, id: u64) -> Self {
        Self { id, ..self }
    }

    fn change(self) -> Change {
        Change::Password(self)
    }

    fn common(&self) -> Common<'_> {
        Common {
            owner: self.owner.as_deref(),
            users_allowed: &self.users_allowed,
            groups_allowed: &self.groups_allowed,
            tags: &self.tags,
            is_disabled: self.disabled,
        }
    }

    fn common_mut(&mut self) -> CommonMut<'_> {
        CommonMut {
            owner: &mut self.owner,
            users_allowed: &mut self.users_allowed,
            groups_allowed: &mut self.groups_allowed,
            disabled: &mut self.disabled,
        }
    }

    fn required(&self, _: &Quirks) -> Vec<(&'static str, &str)> {
        vec![
            ("name", &self.name),
            ("username", &self.username),
            ("password", &self.password),
        ]
    }

    fn filters(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("name", &self.name),
            ("username", &self.username),
            ("url", &self.url),
        ]
    }

    fn check(&self) -> Result<(), String> {
        match &self.secret_key {
            Some(key) if totp::decode(key).is_none() => Err(format!(
                "the `secret_key` of password {} is not base32",
                self.id
            )),
            Some(_) | None => Ok(()),
        }
    }

    fn alter(&mut self, sent: &Members) -> Result<(), Refusal> {
        sent.put("name", &mut self.name)?;
        sent.put("username", &mut self.username)?;
        sent.put("password", &mut self.password)?;
        sent.put("url", &mut self.url)?;
        sent.put("notes", &mut self.notes)?;
        sent.put("tags", &mut self.tags)?;
        sent.put_or_clear("secret_key", &mut self.secret_key)?;
        // Assumed: 1001, the error of parameters, for the page insists on the encoding.
        match &self.secret_key {
            Some(key) if totp::decode(key).is_none() => Err(Refusal::invalid("secret_key")),
            Some(_) | None => Ok(()),
        }
    }

    fn no_access(quirks: Quirks) -> Refusal {
        if quirks.only_not_found {
            Refusal::new(1005, Self::TEXTS.not_found)
        } else {
            Refusal::new(1006, "User does not have access")
        }
    }

    fn inactive(quirks: Quirks) -> Refusal {
        if quirks.only_not_found {
            Refusal::new(1005, Self::TEXTS.not_found)
        } else {
            Refusal::new(1009, Self::TEXTS.inactive)
        }
    }

    fn row(&self) -> Value {
        json!({
            "identifier": self.id.to_string(),
            "name": self.name,
            "url": self.url,
            "username": self.username,
            "tags": self.tags,
        })
    }

    fn whole(&self) -> Result<Value, Refusal> {
        let key = self.secret_key.as_deref();
        Ok(json!({
            "identifier": self.id.to_string(),
            "name": self.name,
            "url": self.url,
            "username": self.username,
            "password": self.password,
            "secret_key": key,
            "token": key.and_then(|key| totp::code(key, seconds())),
            // Assumed: notes and tags that were never set read as empty texts, as they do in lists.
            "notes": self.notes,
            "tags": self.tags,
        }))
    }

    /// Without secrets, and with the notes under another name.
    fn written(&self, quirks: Quirks) -> Value {
        let notes = if quirks.notes_in_replies {
            "notes"
        } else {
            "note"
        };
        json!({
            "identifier": self.id.to_string(),
            "name": self.name,
            "url": self.url,
            "username": self.username,
            notes: self.notes,
            "tags": self.tags,
        })
    }

    fn user_key(_: Quirks) -> &'static str {
        "username"
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the vendor's one-time codes follow its own clock, not the program's"
)]
fn seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
