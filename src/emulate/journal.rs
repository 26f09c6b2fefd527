//! What the emulators were asked, in order. `GET /_journal` shows it, `?writes=true` its writes alone,
//! `GET /_journal/count` its length, `DELETE /_journal` clears it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// How many entries are kept; the counts go on without bound.
const KEPT: usize = 100_000;

/// One request. It is noted on arrival and completed when it was answered.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    /// The place in the order of arrival, from 1. It goes on after a clearing.
    pub seq: u64,
    pub vendor: &'static str,
    pub method: String,
    /// Path and query as sent, without the vendor. Of a login the query is left out, for it may hold a secret.
    pub path: String,
    /// What the vendor or a fault answered, delivered or not; nothing while or when there was no answer.
    pub status: Option<u16>,
    pub write: bool,
    /// The fault that struck.
    pub fault: Option<&'static str>,
}

/// How much was asked since the last clearing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Count {
    pub requests: u64,
    pub writes: u64,
}

/// The requests of all emulators of one server.
#[derive(Default)]
pub(crate) struct Journal(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    entries: VecDeque<Entry>,
    last: u64,
    count: Count,
}

impl Journal {
    /// Notes a request that arrived, and returns its number.
    pub(crate) fn arrive(
        &self,
        vendor: &'static str,
        method: String,
        path: String,
        write: bool,
    ) -> u64 {
        let mut pages = self.pages();
        pages.last += 1;
        pages.count.requests += 1;
        pages.count.writes += u64::from(write);
        if pages.entries.len() == KEPT {
            pages.entries.pop_front();
        }
        let seq = pages.last;
        pages.entries.push_back(Entry {
            seq,
            vendor,
            method,
            path,
            status: None,
            write,
            fault: None,
        });
        seq
    }

    /// Notes the fault that strikes a request.
    pub(crate) fn strike(&self, seq: u64, fault: &'static str) {
        self.amend(seq, |entry| entry.fault = Some(fault));
    }

    /// Notes what a request was answered.
    pub(crate) fn answer(&self, seq: u64, status: u16) {
        self.amend(seq, |entry| entry.status = Some(status));
    }

    /// Copies the entries, or those of writes alone.
    pub(crate) fn entries(&self, only_writes: bool) -> Vec<Entry> {
        let pages = self.pages();
        let shown = pages.entries.iter();
        shown
            .filter(|entry| entry.write || !only_writes)
            .cloned()
            .collect()
    }

    /// Counts what was asked, entries that are no longer kept included.
    pub(crate) fn count(&self) -> Count {
        self.pages().count
    }

    /// Forgets everything but the numbering.
    pub(crate) fn clear(&self) {
        let mut pages = self.pages();
        pages.entries.clear();
        pages.count = Count::default();
    }

    fn amend(&self, seq: u64, amend: impl FnOnce(&mut Entry)) {
        let mut pages = self.pages();
        // The entry may be gone: pushed out by later ones, or cleared while the request was under way.
        if let Ok(at) = pages.entries.binary_search_by_key(&seq, |entry| entry.seq)
            && let Some(entry) = pages.entries.get_mut(at)
        {
            amend(entry);
        }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, Journal, KEPT};

    fn arrive(journal: &Journal, write: bool) -> u64 {
        journal.arrive("acme", "GET".to_owned(), "/x".to_owned(), write)
    }

    #[test]
    fn entries_keep_their_order_and_learn_their_answer() {
        let journal = Journal::default();
        let first = arrive(&journal, false);
        let second = arrive(&journal, true);
        journal.answer(second, 201);
        journal.strike(second, "delay");
        journal.answer(first, 200);
        let seen: Vec<_> = journal
            .entries(false)
            .iter()
            .map(|e| (e.seq, e.status, e.fault))
            .collect();
        assert_eq!(seen, [(1, Some(200), None), (2, Some(201), Some("delay"))]);
        assert_eq!(journal.entries(true).len(), 1);
    }

    #[test]
    fn the_entries_are_bounded_and_the_count_is_not() {
        let journal = Journal::default();
        for _ in 0..KEPT + 5 {
            arrive(&journal, true);
        }
        journal.answer(1, 200);
        let entries = journal.entries(false);
        assert_eq!((entries.len(), entries[0].seq), (KEPT, 6));
        assert_eq!(journal.count().requests, KEPT as u64 + 5);
    }

    #[test]
    fn clearing_forgets_all_but_the_numbering() {
        let journal = Journal::default();
        let early = arrive(&journal, true);
        journal.clear();
        assert_eq!(journal.count(), Count::default());
        assert_eq!(arrive(&journal, false), 2);
        journal.answer(early, 500);
        assert_eq!(journal.entries(false)[0].status, None);
    }
}
