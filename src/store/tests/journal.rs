//! What the journal keeps, and in which order.

use super::super::{Event, Outcome, Settled, Store};
use super::world::{
    World, acquire, done, entry, intent, lease_id, put, run_id, time, write_journal,
};

pub(super) async fn each_line_holds_the_hash_of_the_one_before(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    let lines = write_journal(&store, &lease, 3).await;
    let numbers = lines.iter().map(|line| line.seq).collect::<Vec<_>>();
    assert_eq!(numbers, [1, 2, 3, 4]);
    for pair in lines.windows(2) {
        assert_eq!(pair[1].previous, pair[0].hash);
    }
    assert_eq!(lines[0].previous, "0".repeat(64));
}

pub(super) async fn a_line_is_read_as_it_was_written(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    world.set_clock("2026-11-25T09:00:00.123456789Z");
    let written = store
        .intend(&lease, run_id(1), intent("forge.team.t\u{1f511}\""))
        .await;
    let written = written.unwrap();
    assert_eq!(written.at, time("2026-11-25T09:00:00.123456789Z"));
    assert_eq!(store.lines(0).await.unwrap(), [written]);
}

pub(super) async fn long_journals_are_read_and_verified_page_by_page(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    let written = write_journal(&store, &lease, 501).await;
    let first = store.lines(0).await.unwrap();
    let second = store.lines(first[first.len() - 1].seq).await.unwrap();
    let third = store.lines(second[second.len() - 1].seq).await.unwrap();
    assert_eq!((first.len(), second.len(), third.len()), (500, 2, 0));
    assert_eq!([first, second].concat(), written);
    let verdict = store.verify().await.unwrap();
    assert!(verdict.is_sound(), "{verdict:?}");
    assert_eq!(verdict.lines, 502);
}

pub(super) async fn the_lines_of_one_run_are_told_apart(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    write_journal(&store, &lease, 2).await;
    let ours = store
        .intend(&lease, run_id(2), intent("forge.team.x"))
        .await;
    let ours = ours.unwrap();
    let unlocked = store.unlock(lease.holder().id, None).await.unwrap();
    assert_eq!(unlocked.unwrap().run, None);
    assert_eq!(store.lines_of(run_id(2), ours.seq).await.unwrap(), []);
    assert_eq!(store.lines_of(run_id(2), 0).await.unwrap(), [ours]);
    assert_eq!(store.lines_of(run_id(3), 0).await.unwrap(), []);
}

pub(super) async fn an_intent_without_a_result_is_unsettled(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    let lines = write_journal(&store, &lease, 3).await;
    // Another run may say what became of it.
    let settled = store.settle(&lease, run_id(2), done(&lines[2]), &[]).await;
    settled.unwrap();
    let left = [lines[1].clone(), lines[3].clone()];
    assert_eq!(store.unsettled().await.unwrap(), left);
}

pub(super) async fn an_intent_is_settled_once(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    let lines = write_journal(&store, &lease, 1).await;
    let settled = Settled {
        outcome: Outcome::Unknown,
        ..done(&lines[1])
    };
    let first = store.settle(&lease, run_id(1), settled.clone(), &[]).await;
    assert_eq!(first.unwrap().event, Event::Result(settled));
    let second = store.settle(&lease, run_id(1), done(&lines[1]), &[]).await;
    assert!(second.is_err());
    assert_eq!(store.lines(0).await.unwrap().len(), 3);
    assert!(store.verify().await.unwrap().is_sound());
}

pub(super) async fn a_result_and_its_changes_of_the_ledger_are_written_together(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    let lines = write_journal(&store, &lease, 1).await;
    let change = put("forge.team.t1");
    let settled = store.settle(&lease, run_id(1), done(&lines[1]), &change);
    settled.await.unwrap();
    assert_eq!(store.entries().await.unwrap(), [entry("forge.team.t1")]);
    let change = put("forge.team.t2");
    let again = store.settle(&lease, run_id(1), done(&lines[1]), &change);
    assert!(again.await.is_err());
    assert_eq!(store.entries().await.unwrap(), [entry("forge.team.t1")]);
}

pub(super) async fn two_stores_keep_one_chain(world: &World) {
    let (one, two) = (world.open().await, world.open().await);
    let lease = acquire(&one).await;
    let write = async |store: &Store, run: u8| {
        for number in 0..20 {
            let intent = intent(&format!("forge.team.t{number}"));
            store.intend(&lease, run_id(run), intent).await.unwrap();
        }
    };
    tokio::join!(write(&one, 1), write(&two, 2), write(&one, 3));
    let verdict = two.verify().await.unwrap();
    assert!(verdict.is_sound(), "{verdict:?}");
    assert_eq!(verdict.lines, 60);
    assert_eq!(one.lines_of(run_id(2), 0).await.unwrap().len(), 20);
}

pub(super) async fn the_head_is_the_last_line(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    let before = store.head().await.unwrap().unwrap();
    assert_eq!((before.seq, before.hash), (0, "0".repeat(64)));
    let lines = write_journal(&store, &lease, 1).await;
    let head = store.head().await.unwrap().unwrap();
    assert_eq!((head.seq, &head.hash), (2, &lines[1].hash));
    let unlocked = store.unlock(lease_id(9), None).await.unwrap();
    assert_eq!(unlocked, None);
    assert_eq!(store.head().await.unwrap(), Some(head));
}
