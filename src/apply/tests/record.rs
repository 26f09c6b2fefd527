//! What is kept of an apply, and what follows when nothing more can be kept.

use std::sync::{Arc, Mutex};

use super::{Shelf, check_recorded};
use crate::apply::record::{Halt, Record};
use crate::model::error::VendorError;
use crate::plan::{BoxFuture, Done, StepView};

/// Keeps lines, and no more than so many of them.
struct Book {
    lines: Mutex<Vec<String>>,
    room: usize,
}

impl Book {
    fn with_room(room: usize) -> Arc<Self> {
        let lines = Mutex::default();
        Arc::new(Self { lines, room })
    }

    fn keep(&self, line: String) -> BoxFuture<'_, Result<(), Halt>> {
        let mut lines = self.lines.lock().unwrap();
        let kept = if lines.len() < self.room {
            lines.push(line);
            Ok(())
        } else {
            Err(Halt {
                why: "the book is full".to_owned(),
                help: None,
                is_lease: false,
            })
        };
        Box::pin(std::future::ready(kept))
    }

    fn lines(&self) -> String {
        self.lines.lock().unwrap().join(", ")
    }
}

impl Record for Book {
    fn intent<'a>(&'a self, step: &'a StepView) -> BoxFuture<'a, Result<(), Halt>> {
        self.keep(format!("to do {}", step.address.name))
    }

    fn result<'a>(
        &'a self,
        step: &'a StepView,
        done: Result<&'a Done, &'a VendorError>,
    ) -> BoxFuture<'a, Result<(), Halt>> {
        let word = if done.is_ok() { "done" } else { "failed" };
        self.keep(format!("{word} {}", step.address.name))
    }
}

/// Runs steps that are kept in a book with so much room: what is kept, what was told and became of each, and the halt.
fn check(room: usize, text: &str, refuses: &[&str]) -> (String, String, Option<String>) {
    let book = Book::with_room(room);
    let record = Arc::<Book>::clone(&book);
    let (became, halt) = check_recorded(record, Shelf::default(), text, refuses, None);
    (book.lines(), became, halt.map(|it| it.why))
}

#[test]
fn every_step_is_kept_before_and_after_it_is_done() {
    let (kept, _, halt) = check(9, "+ a\n+ b needs a", &[]);
    assert_eq!(kept, "to do a, done a, to do b, done b");
    assert_eq!(halt, None);
}

#[test]
fn a_failure_is_kept_and_what_is_skipped_is_not() {
    let (kept, ..) = check(9, "+ a\n+ b needs a", &["a"]);
    assert_eq!(kept, "to do a, failed a");
}

#[test]
fn nothing_is_sent_whose_intent_cannot_be_kept() {
    let (_, became, halt) = check(2, "+ a\n+ b", &[]);
    assert_eq!(became, "told +a\na done\nb not attempted");
    assert_eq!(halt.as_deref(), Some("the book is full"));
}

#[test]
fn what_was_done_is_told_though_it_could_not_be_kept_and_nothing_follows_it() {
    let (_, became, halt) = check(1, "+ a\n+ b needs a", &[]);
    assert_eq!(became, "told +a\na done\nb not attempted");
    assert_eq!(halt.as_deref(), Some("the book is full"));
}
