//! What is ours and no longer declared: it goes, unless something says that it stays.

use super::Comparing;
use crate::model::address::Address;
use crate::model::kind::Kind;
use crate::model::resource::{Hold, Observed, Ownership};
use crate::plan::Note;

impl<K: Kind> Comparing<'_, K> {
    /// Deletes it under the address that declared it, or tells why not.
    pub(super) fn orphan(&mut self, address: Address, hold: Hold, observed: Observed<K>) {
        let why = match (hold, self.ownership) {
            (Hold::Owned | Hold::Protected, Ownership::Marked | Ownership::Exclusive) => {
                if !observed.writable {
                    return self.note_read_only(&address, None, "is no longer declared");
                }
                return self.delete(address, None, observed, hold == Hold::Protected);
            }
            (Hold::Owned | Hold::Protected, Ownership::Additive) => {
                "`manage: additive` deletes nothing of its kind"
            }
            (Hold::Kept | Hold::Found, _) => "its lifecycle said that it is not to be removed",
        };
        self.compared.tally.strangers += 1;
        self.compared.notes.push(Note {
            address,
            place: None,
            message: format!("is no longer declared and stays: {why}"),
        });
    }
}
