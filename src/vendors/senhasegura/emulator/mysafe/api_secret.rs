//! A MySafe API secret: how a service is called, and the code by which its owner knows it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::envelope::Refusal;
use super::super::members::Members;
use super::super::quirks::Quirks;
use super::super::seed::{AccessKey, ApiSecret};
use super::super::shelf::{Numbered, Shelf};
use super::super::vault::{Change, Vault};
use super::item::{Common, CommonMut, Item, Texts, Written};

impl Numbered for ApiSecret {
    const NOUN: &'static str = "API secret";

    fn id(&self) -> u64 {
        self.id
    }
}

impl ApiSecret {
    fn show(&self) -> Value {
        json!({
            "identifier": self.id.to_string(),
            "name": self.name,
            "url": self.url,
            "client_secret": self.client_secret,
            "client_id": self.client_id,
            "identifier_code": self.identifier_code,
            "method": self.method,
            "tags": self.tags,
            "notes": self.notes,
        })
    }
}

impl Item for ApiSecret {
    const TEXTS: Texts = Texts {
        list: "api_secret_on_list",
        entity: "api_secret_entity",
        written: "api_entity",
        not_found: "Api secret not found",
        inactive: "Inactive api secret",
        created: "Api secret successfully registered",
        updated: "Api secret updated successfully",
        disabled: "Api secret successfully deactivated",
        enabled: "Api secret activated successfully",
        already_disabled: "Api secret has already been deactivated",
        // Assumed: like the text of a disabling that is repeated.
        already_enabled: "Api secret has already been activated",
    };

    fn shelf(world: &Vault) -> &Shelf<Self> {
        &world.api_secrets
    }

    fn chosen(key: &AccessKey) -> Option<&BTreeSet<u64>> {
        key.only.as_ref().map(|only| &only.api_secrets)
    }

    fn with_id(self, id: u64) -> Self {
        Self { id, ..self }
    }

    fn change(self) -> Change {
        Change::ApiSecret(self)
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

    fn required(&self, quirks: &Quirks) -> Vec<(&'static str, &str)> {
        let mut required = vec![
            ("name", self.name.as_str()),
            ("url", &self.url),
            ("client_id", &self.client_id),
        ];
        if quirks.client_secret_required {
            required.push(("client_secret", &self.client_secret));
        }
        required
    }

    fn filters(&self) -> Vec<(&'static str, &str)> {
        vec![("identifier_code", &self.identifier_code)]
    }

    fn alter(&mut self, sent: &Members) -> Result<(), Refusal> {
        sent.put("name", &mut self.name)?;
        sent.put("url", &mut self.url)?;
        sent.put("client_id", &mut self.client_id)?;
        sent.put("client_secret", &mut self.client_secret)?;
        sent.put("identifier_code", &mut self.identifier_code)?;
        sent.put("method", &mut self.method)?;
        sent.put("notes", &mut self.notes)?;
        sent.put("tags", &mut self.tags)
    }

    /// Assumed: the code is unique among those of one owner, and those of disabled items count.
    fn clash(&self, world: &Vault, owner: &str) -> Result<(), Refusal> {
        let code = &self.identifier_code;
        let is_taken = !code.is_empty()
            && world.api_secrets.iter().any(|other| {
                other.id != self.id
                    && other.identifier_code == *code
                    && world.owner_of(other) == owner
            });
        if is_taken {
            let text = "'Identifier' already found in another API key of this user";
            return Err(Refusal::new(1001, text));
        }
        Ok(())
    }

    /// Without the code and the tags, by which it can be found all the same.
    fn row(&self) -> Value {
        json!({ "identifier": self.id.to_string(), "name": self.name })
    }

    fn whole(&self) -> Result<Value, Refusal> {
        Ok(self.show())
    }

    /// With the secret, unlike passwords and notes.
    fn written(&self, _: Quirks) -> Value {
        self.show()
    }

    fn updated(quirks: Quirks) -> Written {
        if quirks.api_secret_update_registers {
            Written::Created
        } else {
            Written::Updated
        }
    }
}
