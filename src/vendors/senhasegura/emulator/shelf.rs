//! Rows by id. Ids are given in ascending order and never again.

use std::collections::BTreeMap;

/// Rows of one kind, by id.
pub(crate) struct Shelf<T> {
    rows: BTreeMap<u64, T>,
    next: u64,
}

/// A row of a [`Shelf`].
pub(crate) trait Numbered {
    /// What people call such a row in messages.
    const NOUN: &'static str;

    /// The id.
    fn id(&self) -> u64;
}

impl<T: Numbered> Shelf<T> {
    /// An empty shelf, whose ids begin at a number.
    pub(crate) fn new(next: Option<u64>) -> Result<Self, String> {
        let next = check_id(T::NOUN, next.unwrap_or(1).max(1))?;
        let rows = BTreeMap::new();
        Ok(Self { rows, next })
    }

    /// Reads rows; the error says which of them contradict each other.
    pub(crate) fn read(rows: Vec<T>, next: Option<u64>) -> Result<Self, String> {
        let mut shelf = Self::new(next)?;
        for row in rows {
            shelf.admit(row)?;
        }
        Ok(shelf)
    }

    /// Adds a row of a seed, unless its id is taken or too large to count on from.
    pub(crate) fn admit(&mut self, row: T) -> Result<(), String> {
        let id = check_id(T::NOUN, row.id())?;
        if self.rows.contains_key(&id) {
            return Err(format!("there are two {}s with id {id}", T::NOUN));
        }
        self.put(row);
        Ok(())
    }

    /// The rows in the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.values()
    }

    /// The rows in the order of their ids, to be changed in all but their ids.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.rows.values_mut()
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The row with an id.
    pub(crate) fn get(&self, id: u64) -> Option<&T> {
        self.rows.get(&id)
    }

    /// The id that the next row will get.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Adds a row or replaces the one with its id, and returns that one.
    pub(crate) fn put(&mut self, row: T) -> Option<T> {
        self.next = self.next.max(row.id() + 1);
        self.rows.insert(row.id(), row)
    }

    /// Removes a row.
    pub(crate) fn remove(&mut self, id: u64) -> Option<T> {
        self.rows.remove(&id)
    }

    /// Removes the rows that are not to be kept.
    pub(crate) fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        self.rows.retain(|_, row| keep(row));
    }

    /// The next id, if it is not simply one more than the highest.
    pub(crate) fn surplus(&self) -> Option<u64> {
        let highest = self.rows.last_key_value().map_or(0, |(id, _)| *id);
        (self.next > highest + 1).then_some(self.next)
    }
}

/// Refuses ids so large that counting on from them might come to an end.
fn check_id(noun: &str, id: u64) -> Result<u64, String> {
    if id > u64::MAX / 2 {
        return Err(format!("the {noun} id {id} is too large"));
    }
    Ok(id)
}
