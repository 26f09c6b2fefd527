//! What a list said of a vendor's objects, kept for the requests that must know it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::address::RemoteId;

/// What the last list of a kind said of each object.
pub(crate) struct Listed<T>(Mutex<HashMap<RemoteId, T>>);

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Listed<T> {
    /// Remembers a list in place of the one before: what is not in it any more may be gone.
    pub(crate) fn remember(&self, list: impl Iterator<Item = (RemoteId, T)>) {
        let list = list.collect();
        *self.rows() = list;
    }

    /// Puts what is known of one by now in the place of what a list said.
    pub(crate) fn put(&self, id: RemoteId, known: Option<T>) {
        match known {
            Some(known) => self.rows().insert(id, known),
            None => self.rows().remove(&id),
        };
    }

    pub(crate) fn get(&self, id: &RemoteId) -> Option<T> {
        self.rows().get(id).cloned()
    }

    /// One of which this is true.
    pub(crate) fn find(&self, is_it: impl Fn(&T) -> bool) -> Option<T> {
        self.rows().values().find(|it| is_it(it)).cloned()
    }

    fn rows(&self) -> MutexGuard<'_, HashMap<RemoteId, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
