//! What is known of runs, and of the plans that they applied.

use super::super::{Event, Run, RunOutcome};
use super::world::{World, acquire, begun, run_id, time};

pub(super) async fn a_run_is_known_with_its_beginning_and_its_end(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    store.begin_run(&lease, run_id(1), begun()).await.unwrap();
    let run = |ended| Run {
        id: run_id(1),
        begun: begun(),
        at: time("2026-11-25T09:00:00Z"),
        ended,
    };
    assert_eq!(store.runs(10).await.unwrap(), [run(None)]);
    world.set_clock("2026-11-25T09:05:00Z");
    let ended = store.end_run(&lease, run_id(1), RunOutcome::Partial).await;
    ended.unwrap();
    let end = (time("2026-11-25T09:05:00Z"), RunOutcome::Partial);
    assert_eq!(store.runs(10).await.unwrap(), [run(Some(end))]);
}

pub(super) async fn the_latest_run_comes_first(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    for number in [2, 1, 3] {
        let begun = store.begin_run(&lease, run_id(number), begun()).await;
        begun.unwrap();
    }
    let runs = store.runs(2).await.unwrap();
    let ids = runs.iter().map(|run| run.id).collect::<Vec<_>>();
    assert_eq!(ids, [run_id(3), run_id(2)]);
}

pub(super) async fn the_beginning_and_the_end_of_a_run_are_lines(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    let first = store.begin_run(&lease, run_id(1), begun()).await.unwrap();
    let last = store.end_run(&lease, run_id(1), RunOutcome::Done).await;
    let lines = store.lines(0).await.unwrap();
    assert_eq!(lines, [first, last.unwrap()]);
    assert_eq!(lines[0].event, Event::RunBegun(begun()));
    let outcome = RunOutcome::Done;
    assert_eq!(lines[1].event, Event::RunEnded { outcome });
}

pub(super) async fn a_saved_plan_is_claimed_once(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    assert!(store.claim_plan(&lease, "p1").await.unwrap());
    assert!(!store.claim_plan(&lease, "p1").await.unwrap());
    assert!(store.claim_plan(&lease, "p2").await.unwrap());
}
