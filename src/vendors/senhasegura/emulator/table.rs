//! Users and groups by id, by name and by external id.

use std::collections::{BTreeMap, HashMap};

use super::seed::{Group, User};

/// Users or groups, by id and by name. Ids are given in ascending order and never again.
pub(crate) struct Table<T> {
    rows: BTreeMap<u64, T>,
    ids: HashMap<String, u64>,
    external_ids: HashMap<String, u64>,
    next: u64,
}

/// A row of a [`Table`].
pub(crate) trait Row {
    /// What people call such a row in messages.
    const NOUN: &'static str;

    /// The id.
    fn id(&self) -> u64;

    /// The name, which is unique.
    fn name(&self) -> &str;

    /// The id at the identity provider, where it is unique and not empty.
    fn external_id(&self) -> Option<&str>;

    /// The name in the form in which it is compared.
    fn folded(name: &str) -> String;
}

impl Row for User {
    const NOUN: &'static str = "user";

    fn id(&self) -> u64 {
        self.id
    }

    fn name(&self) -> &str {
        &self.user_name
    }

    /// Of users nothing says that it is unique.
    fn external_id(&self) -> Option<&str> {
        None
    }

    /// User names are compared without regard to case, as the SCIM schema has it.
    fn folded(name: &str) -> String {
        name.to_lowercase()
    }
}

impl Row for Group {
    const NOUN: &'static str = "group";

    fn id(&self) -> u64 {
        self.id
    }

    fn name(&self) -> &str {
        &self.display_name
    }

    fn external_id(&self) -> Option<&str> {
        Some(self.external_id.as_str()).filter(|id| !id.is_empty())
    }

    /// Assumed: group names are compared as they are written.
    fn folded(name: &str) -> String {
        name.to_owned()
    }
}

impl<T: Row> Table<T> {
    /// Reads rows; the error says which of them contradict each other.
    pub(crate) fn read(rows: Vec<T>, next: Option<u64>) -> Result<Self, String> {
        let mut table = Self {
            rows: BTreeMap::new(),
            ids: HashMap::new(),
            external_ids: HashMap::new(),
            next: check_id(T::NOUN, next.unwrap_or(1).max(1))?,
        };
        for row in rows {
            let (noun, id) = (T::NOUN, check_id(T::NOUN, row.id())?);
            if row.name().is_empty() {
                return Err(format!("the {noun} with id {id} has no name"));
            }
            if table.rows.contains_key(&id) {
                return Err(format!("there are two {noun}s with id {id}"));
            }
            if table.named(row.name()).is_some() {
                return Err(format!("there are two {noun}s named `{}`", row.name()));
            }
            if let Some(external) = row.external_id()
                && table.with_external_id(external).is_some()
            {
                return Err(format!(
                    "there are two {noun}s with the external id `{external}`"
                ));
            }
            table.put(row);
        }
        Ok(table)
    }

    /// The rows in the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.values()
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows in the order of their ids, to be changed in all but id and names.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.rows.values_mut()
    }

    /// The row with an id.
    pub(crate) fn get(&self, id: u64) -> Option<&T> {
        self.rows.get(&id)
    }

    /// The row with a name.
    pub(crate) fn named(&self, name: &str) -> Option<&T> {
        self.rows.get(self.ids.get(&T::folded(name))?)
    }

    /// The row with an id at the identity provider, where that is unique.
    pub(crate) fn with_external_id(&self, external_id: &str) -> Option<&T> {
        self.rows.get(self.external_ids.get(external_id)?)
    }

    /// The id that the next row will get.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Adds a row or replaces the one with its id, and returns that one.
    pub(crate) fn put(&mut self, row: T) -> Option<T> {
        self.next = self.next.max(row.id() + 1);
        let old = self.remove(row.id());
        self.ids.insert(T::folded(row.name()), row.id());
        if let Some(external) = row.external_id() {
            self.external_ids.insert(external.to_owned(), row.id());
        }
        self.rows.insert(row.id(), row);
        old
    }

    /// Removes a row.
    pub(crate) fn remove(&mut self, id: u64) -> Option<T> {
        let row = self.rows.remove(&id)?;
        self.ids.remove(&T::folded(row.name()));
        if let Some(external) = row.external_id() {
            self.external_ids.remove(external);
        }
        Some(row)
    }

    /// The next id, if it is not simply one more than the highest.
    pub(crate) fn surplus(&self) -> Option<u64> {
        surplus(self.rows.last_key_value().map(|(id, _)| *id), self.next)
    }
}

/// Refuses ids so large that counting on from them might come to an end.
pub(crate) fn check_id(noun: &str, id: u64) -> Result<u64, String> {
    if id > u64::MAX / 2 {
        return Err(format!("the {noun} id {id} is too large"));
    }
    Ok(id)
}

/// Of a highest and a next id, the next one if it is not simply one more.
pub(crate) fn surplus(highest: Option<u64>, next: u64) -> Option<u64> {
    (next > highest.unwrap_or(0) + 1).then_some(next)
}
