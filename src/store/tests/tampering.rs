//! What `verify` finds when somebody was at the tables.

use super::super::backend::{Access, Cell};
use super::super::journal::stored;
use super::super::{Fault, Store};
use super::world::{World, acquire, tamper, tamper_with, write_journal};

/// A journal of five lines.
async fn journal(world: &World) -> Store {
    let store = world.open().await;
    let lease = acquire(&store).await;
    write_journal(&store, &lease, 4).await;
    assert!(store.verify().await.unwrap().is_sound());
    store
}

async fn faults(store: &Store) -> Vec<Fault> {
    store.verify().await.unwrap().faults
}

pub(super) async fn an_edited_line_is_found(world: &World) {
    let edits = [
        "UPDATE journal SET at = '2026-11-25T09:00:01Z' WHERE seq = 3",
        "UPDATE journal SET run = NULL WHERE seq = 3",
        "UPDATE journal SET kind = 'result' WHERE seq = 3",
        "UPDATE journal SET settles = 2 WHERE seq = 3",
        "UPDATE journal SET event = replace(event, 'update', 'delete') WHERE seq = 3",
        "UPDATE journal SET event = '' WHERE seq = 3",
        "UPDATE journal SET previous = '00' WHERE seq = 3",
    ];
    let store = journal(world).await;
    tamper(&store, "CREATE TABLE copy AS SELECT * FROM journal").await;
    for edit in edits {
        tamper(&store, edit).await;
        assert_eq!(faults(&store).await, [Fault::Edited { seq: 3 }], "{edit}");
        tamper(&store, "DELETE FROM journal").await;
        tamper(&store, "INSERT INTO journal SELECT * FROM copy").await;
    }
    assert_eq!(faults(&store).await, []);
    let edit = "UPDATE journal SET hash = '00' WHERE seq = 3";
    tamper(&store, edit).await;
    let found = [Fault::Edited { seq: 3 }, Fault::Unlinked { seq: 4 }];
    assert_eq!(faults(&store).await, found);
}

pub(super) async fn a_missing_line_is_found(world: &World) {
    let store = journal(world).await;
    tamper(&store, "DELETE FROM journal WHERE seq IN (1, 3)").await;
    let missing = |seq| Fault::Missing {
        first: seq,
        last: seq,
    };
    assert_eq!(faults(&store).await, [missing(1), missing(3)]);
    assert_eq!(missing(3).to_string(), "line 3 is missing");
}

pub(super) async fn missing_last_lines_are_found(world: &World) {
    let store = journal(world).await;
    tamper(&store, "DELETE FROM journal WHERE seq > 3").await;
    let missing = Fault::Missing { first: 4, last: 5 };
    assert_eq!(faults(&store).await, [missing]);
    assert_eq!(missing.to_string(), "lines 4 to 5 are missing");
}

pub(super) async fn a_journal_that_was_emptied_is_found(world: &World) {
    let store = journal(world).await;
    tamper(&store, "DELETE FROM journal").await;
    let missing = Fault::Missing { first: 1, last: 5 };
    assert_eq!(faults(&store).await, [missing]);
    assert_eq!(store.verify().await.unwrap().lines, 0);
}

pub(super) async fn an_extra_line_is_found(world: &World) {
    let store = journal(world).await;
    let copy = "INSERT INTO journal (workspace, seq, at, run, kind, event, previous, hash)
        SELECT workspace, $1, at, run, kind, event, previous, hash FROM journal WHERE seq = 5";
    for seq in [0, 6] {
        tamper_with(&store, copy, vec![Cell::Integer(seq)])
            .await
            .unwrap();
    }
    let found = [Fault::Extra { seq: 0 }, Fault::Extra { seq: 6 }];
    assert_eq!(faults(&store).await, found);
}

pub(super) async fn lines_that_changed_places_are_found(world: &World) {
    let store = journal(world).await;
    for step in [
        "UPDATE journal SET seq = 99 WHERE seq = 2",
        "UPDATE journal SET seq = 2 WHERE seq = 3",
        "UPDATE journal SET seq = 3 WHERE seq = 99",
    ] {
        tamper(&store, step).await;
    }
    let found = faults(&store).await;
    assert_eq!(found[..2], [2, 3].map(|seq| Fault::Edited { seq }));
}

/// Edits a line and gives it the hash that fits.
async fn rewrite(store: &Store, seq: i64) {
    const LINE: &str =
        "SELECT seq, at, run, kind, settles, event, previous, hash FROM journal WHERE seq = $1";
    const REWRITE: &str = "UPDATE journal SET event = $1, hash = $2 WHERE seq = $3";
    let mut transaction = store.begin(Access::Read).await.unwrap();
    let rows = transaction.query(LINE, vec![seq.into()]).await.unwrap();
    let (mut line, _) = stored(&rows[0]).unwrap();
    drop(transaction);
    line.event = line.event.replace("update", "delete");
    let hash = line.hash("acme");
    let cells = vec![line.event.into(), hash.into(), seq.into()];
    assert_eq!(tamper_with(store, REWRITE, cells).await.unwrap(), 1);
}

pub(super) async fn a_line_that_was_written_again_with_its_hash_is_found(world: &World) {
    let store = journal(world).await;
    rewrite(&store, 3).await;
    assert_eq!(faults(&store).await, [Fault::Unlinked { seq: 4 }]);
}

pub(super) async fn a_last_line_that_was_written_again_with_its_hash_is_found(world: &World) {
    let store = journal(world).await;
    rewrite(&store, 5).await;
    assert_eq!(faults(&store).await, [Fault::NotTheHead { seq: 5 }]);
}

pub(super) async fn only_the_first_hundred_faults_are_told(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    write_journal(&store, &lease, 120).await;
    tamper(&store, "UPDATE journal SET event = '{}'").await;
    assert_eq!(faults(&store).await.len(), 100);
}
