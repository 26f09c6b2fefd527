//! What is ours and no longer declared: it goes, unless something says that it stays.

use super::Comparing;
use crate::model::address::Address;
use crate::model::kind::Kind;
use crate::model::resource::{Hold, Lifecycle, Meta, Observed, Ownership};

impl<K: Kind> Comparing<'_, K> {
    /// Deletes it under the address that declared it, or tells why not.
    pub(super) fn orphan(&mut self, address: Address, hold: Hold, observed: Observed<K>) {
        let why = match (hold, self.ownership) {
            (Hold::Owned | Hold::Protected, Ownership::Marked | Ownership::Exclusive) => {
                if !observed.writable {
                    return self.note_read_only(&address, None, "is no longer declared");
                }
                let meta = Meta {
                    lifecycle: Lifecycle {
                        prevent_delete: hold == Hold::Protected,
                        ..Lifecycle::default()
                    },
                    ..Meta::default()
                };
                return self.delete(address, None, observed, &meta);
            }
            (Hold::Owned | Hold::Protected, Ownership::Additive) => {
                "`manage: additive` deletes nothing of its kind"
            }
            (Hold::Kept | Hold::Found, _) => "its lifecycle said that it is not to be removed",
        };
        self.compared.tally.strangers += 1;
        let message = format!("is no longer declared and stays: {why}");
        self.note(&address, None, message);
    }
}
