//! A MySafe note: a text of limited length under a name.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::envelope::Refusal;
use super::super::members::Members;
use super::super::quirks::Quirks;
use super::super::seed::{AccessKey, Note};
use super::super::shelf::{Numbered, Shelf};
use super::super::vault::{Change, Vault};
use super::item::{Common, CommonMut, Item, Texts};

/// How many characters a note may have. Assumed: characters are counted, not bytes.
const LONGEST: usize = 900;

impl Numbered for Note {
    const NOUN: &'static str = "note";

    fn id(&self) -> u64 {
        self.id
    }
}

impl Note {
    fn is_too_long(&self) -> bool {
        self.note.chars().count() > LONGEST
    }
}

impl Item for Note {
    const TEXTS: Texts = Texts {
        list: "note_on_list",
        entity: "note_entity",
        written: "note_entity",
        not_found: "Note not found",
        inactive: "Inactive note",
        created: "Note successfully registered",
        // So spelt.
        updated: "Note successfully update",
        disabled: "Note successfully deactivated",
        enabled: "Note successfully activated",
        // Assumed: like the text of an enabling that is repeated.
        already_disabled: "Note has already been deactivated",
        already_enabled: "Note has already been activated",
    };

    fn shelf(world: &Vault) -> &Shelf<Self> {
        &world.notes
    }

    fn chosen(key: &AccessKey) -> Option<&BTreeSet<u64>> {
        key.only.as_ref().map(|only| &only.notes)
    }

    fn with_id(self, id: u64) -> Self {
        Self { id, ..self }
    }

    fn change(self) -> Change {
        Change::Note(self)
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
        vec![("name", &self.name), ("note", &self.note)]
    }

    fn filters(&self) -> Vec<(&'static str, &str)> {
        vec![("name", &self.name)]
    }

    fn alter(&mut self, sent: &Members) -> Result<(), Refusal> {
        sent.put("name", &mut self.name)?;
        sent.put("tags", &mut self.tags)?;
        if let Some(note) = sent.text("note")? {
            self.note = note;
            if self.is_too_long() {
                let text = format!("Parameter note limited to {LONGEST} characters");
                return Err(Refusal::new(1001, text));
            }
        }
        Ok(())
    }

    fn row(&self) -> Value {
        json!({
            "identifier": self.id.to_string(),
            "name": self.name,
            "tags": self.tags,
        })
    }

    /// One that was stored before there was a limit may be too long to be decrypted.
    fn whole(&self) -> Result<Value, Refusal> {
        if self.is_too_long() {
            return Err(Refusal::Unexpected);
        }
        Ok(json!({
            "identifier": self.id.to_string(),
            "name": self.name,
            "note": self.note,
            "tags": self.tags,
        }))
    }

    /// Without the text.
    fn written(&self, _: Quirks) -> Value {
        self.row()
    }
}
