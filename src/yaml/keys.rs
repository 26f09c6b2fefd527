//! The keys of one mapping while it is put together: finds those written twice and resolves merges.

use std::collections::HashMap;
use std::sync::Arc;

use super::tree::{Entry, Kind, Node};

/// How many keys are compared one by one before they are hashed.
const FEW: usize = 16;

/// Keys seen so far, each with its number. Most mappings have few keys and never touch the hash map.
struct Seen<'a> {
    few: [&'a str; FEW],
    count: usize,
    many: HashMap<&'a str, usize>,
}

impl<'a> Seen<'a> {
    fn new() -> Self {
        Self {
            few: [""; FEW],
            count: 0,
            many: HashMap::new(),
        }
    }

    /// Remembers a key. Answers with the number of the first one if it was seen before; that one is kept.
    fn first(&mut self, key: &'a str) -> Option<usize> {
        let count = self.count;
        if count < FEW {
            let found = self.few[..count].iter().position(|it| *it == key);
            if found.is_none() {
                self.few[count] = key;
                self.count += 1;
            }
            return found;
        }
        if self.many.is_empty() {
            self.many
                .extend(self.few.iter().enumerate().map(|(at, key)| (*key, at)));
        }
        match self.many.entry(key) {
            std::collections::hash_map::Entry::Occupied(entry) => Some(*entry.get()),
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(count);
                self.count += 1;
                None
            }
        }
    }
}

/// Takes out every entry whose key was written before in the same mapping, and gives it to `twice` after the first.
pub(super) fn remove_duplicates(entries: &mut Vec<Entry>, mut twice: impl FnMut(&Entry, &Entry)) {
    let mut seen = Seen::new();
    // What `Seen` counts are the kept entries; this finds them among all.
    let mut kept: Vec<usize> = Vec::new();
    let mut dropped: Vec<usize> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        match seen.first(&entry.key.text) {
            None if dropped.is_empty() => {}
            None => kept.push(at),
            Some(number) => {
                let clean = dropped.first().copied().unwrap_or(at);
                let first = if number < clean {
                    number
                } else {
                    kept[number - clean]
                };
                twice(&entries[first], entry);
                dropped.push(at);
            }
        }
    }
    if dropped.is_empty() {
        return;
    }
    let mut dropped = dropped.into_iter().peekable();
    let mut at = 0;
    entries.retain(|_| {
        let drop = dropped.next_if_eq(&at).is_some();
        at += 1;
        !drop
    });
}

/// Appends what `sources` have and `entries` lack. An earlier source wins over a later one.
pub(super) fn merge(entries: &mut Vec<Entry>, sources: &[Arc<Node>]) {
    let mut seen = Seen::new();
    for entry in entries.iter() {
        seen.first(&entry.key.text);
    }
    let mut added = Vec::new();
    for source in sources {
        let Kind::Map(theirs) = source.kind() else {
            continue;
        };
        for (at, entry) in theirs.iter().enumerate() {
            if seen.first(&entry.key.text).is_none() {
                added.push(Entry {
                    key: entry.key.clone(),
                    value: Node::merged(source, at, &entry.value),
                });
            }
        }
    }
    entries.append(&mut added);
}
