//! Rows with an id and a unique name, found by either. Names are compared without regard to case.

use std::collections::{BTreeMap, HashMap};

use super::row::Group;
use super::seed::User;

/// Users or groups.
pub(crate) struct Table<T> {
    rows: BTreeMap<u64, T>,
    ids: HashMap<String, u64>,
    next: u64,
}

/// A row of a [`Table`].
pub(crate) trait Row {
    /// What people call such a row in messages.
    const NOUN: &'static str;

    /// The id.
    fn id(&self) -> u64;

    /// The name, which is unique.
    fn name(&self) -> String;
}

impl Row for User {
    const NOUN: &'static str = "user";

    fn id(&self) -> u64 {
        self.id
    }

    fn name(&self) -> String {
        self.full_name()
    }
}

impl User {
    /// The name with its domain, as `domain\name`.
    pub(crate) fn full_name(&self) -> String {
        match &self.domain {
            Some(domain) => format!("{domain}\\{}", self.name),
            None => self.name.clone(),
        }
    }

    /// What people call the user.
    pub(crate) fn display_name(&self) -> String {
        let names = [&self.first_name, &self.last_name];
        let names: Vec<_> = names.into_iter().flatten().map(String::as_str).collect();
        if names.is_empty() {
            self.name.clone()
        } else {
            names.join(" ")
        }
    }
}

impl Row for Group {
    const NOUN: &'static str = "group";

    fn id(&self) -> u64 {
        self.id
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

/// Ids are 32-bit numbers that are not zero.
pub(crate) const HIGHEST: u64 = 2_147_483_647;

impl<T: Row> Table<T> {
    /// An empty table.
    pub(crate) fn new(next: u64) -> Self {
        Self {
            rows: BTreeMap::new(),
            ids: HashMap::new(),
            next,
        }
    }

    /// Adds a row of a seed, unless it contradicts the others.
    pub(crate) fn admit(&mut self, row: T) -> Result<(), String> {
        let (noun, id, name) = (T::NOUN, row.id(), row.name());
        if name.is_empty() {
            return Err(format!("the {noun} with id {id} has no name"));
        }
        if id == 0 || id > HIGHEST {
            return Err(format!("the {noun} `{name}` has the id {id}"));
        }
        if self.rows.contains_key(&id) {
            return Err(format!("there are two {noun}s with id {id}"));
        }
        if self.named(&name).is_some() {
            return Err(format!("there are two {noun}s named `{name}`"));
        }
        self.put(row);
        Ok(())
    }

    /// The rows in the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.values()
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The row with an id.
    pub(crate) fn get(&self, id: u64) -> Option<&T> {
        self.rows.get(&id)
    }

    /// The row with an id, to be changed in all but id and name.
    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut T> {
        self.rows.get_mut(&id)
    }

    /// The row with a name.
    pub(crate) fn named(&self, name: &str) -> Option<&T> {
        self.rows.get(self.ids.get(&name.to_lowercase())?)
    }

    /// The id that the next row will get.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Adds a row or replaces the one with its id.
    pub(crate) fn put(&mut self, row: T) {
        self.next = self.next.max(row.id() + 1);
        self.remove(row.id());
        self.ids.insert(row.name().to_lowercase(), row.id());
        self.rows.insert(row.id(), row);
    }

    /// Removes a row.
    pub(crate) fn remove(&mut self, id: u64) -> Option<T> {
        let row = self.rows.remove(&id)?;
        self.ids.remove(&row.name().to_lowercase());
        Some(row)
    }

    /// The next id, if it is not simply one more than the highest.
    pub(crate) fn surplus(&self) -> Option<u64> {
        let highest = self.rows.last_key_value().map_or(0, |(id, _)| *id);
        (self.next > highest + 1).then_some(self.next)
    }
}
