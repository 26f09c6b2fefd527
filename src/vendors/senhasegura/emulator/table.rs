//! Rows that have a unique name besides their id: users, groups, devices, and credentials with SSH keys.

use std::collections::HashMap;

use super::seed::{Device, Entry, Group, User};
use super::shelf::{Numbered, Shelf};

/// Rows by id, by name and by external id.
pub(crate) struct Table<T> {
    rows: Shelf<T>,
    ids: HashMap<String, u64>,
    external_ids: HashMap<String, u64>,
}

/// A row of a [`Table`].
pub(crate) trait Row: Numbered {
    /// The name, which is unique.
    fn name(&self) -> &str;

    /// The id at the identity provider, where it is unique and not empty.
    fn external_id(&self) -> Option<&str> {
        None
    }

    /// The name in the form in which it is compared. Assumed: as it is written.
    fn folded(name: &str) -> String {
        name.to_owned()
    }
}

impl Numbered for User {
    const NOUN: &'static str = "user";

    fn id(&self) -> u64 {
        self.id
    }
}

/// Of a user's external id nothing says that it is unique.
impl Row for User {
    fn name(&self) -> &str {
        &self.user_name
    }

    /// User names are compared without regard to case, as the SCIM schema has it.
    fn folded(name: &str) -> String {
        name.to_lowercase()
    }
}

impl Numbered for Group {
    const NOUN: &'static str = "group";

    fn id(&self) -> u64 {
        self.id
    }
}

impl Row for Group {
    fn name(&self) -> &str {
        &self.display_name
    }

    fn external_id(&self) -> Option<&str> {
        Some(self.external_id.as_str()).filter(|id| !id.is_empty())
    }
}

impl Numbered for Device {
    const NOUN: &'static str = "device";

    fn id(&self) -> u64 {
        self.id
    }
}

impl Row for Device {
    fn name(&self) -> &str {
        &self.hostname
    }
}

impl Numbered for Entry {
    const NOUN: &'static str = "credential";

    fn id(&self) -> u64 {
        match self {
            Self::Credential(credential) => credential.id,
            Self::Key(key) => key.id,
        }
    }
}

impl Row for Entry {
    fn name(&self) -> &str {
        match self {
            Self::Credential(credential) => &credential.identifier,
            Self::Key(key) => &key.identifier,
        }
    }
}

impl<T: Row> Table<T> {
    /// Reads rows; the error says which of them contradict each other.
    pub(crate) fn read(
        rows: impl IntoIterator<Item = T>,
        next: Option<u64>,
    ) -> Result<Self, String> {
        let mut table = Self {
            rows: Shelf::new(next)?,
            ids: HashMap::new(),
            external_ids: HashMap::new(),
        };
        for row in rows {
            let (noun, id) = (T::NOUN, row.id());
            if row.name().is_empty() {
                return Err(format!("the {noun} with id {id} has no name"));
            }
            if table.named(row.name()).is_some_and(|it| it.id() != id) {
                return Err(format!("there are two {noun}s named `{}`", row.name()));
            }
            if let Some(external) = row.external_id()
                && table.with_external_id(external).is_some()
            {
                return Err(format!(
                    "there are two {noun}s with the external id `{external}`"
                ));
            }
            table.index(&row);
            table.rows.admit(row)?;
        }
        Ok(table)
    }

    /// The rows in the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.iter()
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows in the order of their ids, to be changed in all but id and names.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.rows.iter_mut()
    }

    /// The row with an id.
    pub(crate) fn get(&self, id: u64) -> Option<&T> {
        self.rows.get(id)
    }

    /// The row with a name.
    pub(crate) fn named(&self, name: &str) -> Option<&T> {
        self.rows.get(*self.ids.get(&T::folded(name))?)
    }

    /// The row with an id at the identity provider, where that is unique.
    pub(crate) fn with_external_id(&self, external_id: &str) -> Option<&T> {
        self.rows.get(*self.external_ids.get(external_id)?)
    }

    /// The id that the next row will get.
    pub(crate) fn next(&self) -> u64 {
        self.rows.next()
    }

    /// Adds a row or replaces the one with its id, and returns that one.
    pub(crate) fn put(&mut self, row: T) -> Option<T> {
        let old = self.remove(row.id());
        self.index(&row);
        self.rows.put(row);
        old
    }

    /// Removes a row.
    pub(crate) fn remove(&mut self, id: u64) -> Option<T> {
        let row = self.rows.remove(id)?;
        self.ids.remove(&T::folded(row.name()));
        if let Some(external) = row.external_id() {
            self.external_ids.remove(external);
        }
        Some(row)
    }

    /// The next id, if it is not simply one more than the highest.
    pub(crate) fn surplus(&self) -> Option<u64> {
        self.rows.surplus()
    }

    fn index(&mut self, row: &T) {
        self.ids.insert(T::folded(row.name()), row.id());
        if let Some(external) = row.external_id() {
            self.external_ids.insert(external.to_owned(), row.id());
        }
    }
}
