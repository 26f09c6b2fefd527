//! Who may write.

use std::sync::Arc;
use std::time::Duration;

use super::super::{Claim, Event, Lease, Problem, RunOutcome, Settled, Store, StoreError};
use super::world::{
    LONG, World, acquire, begun, claim, done, entry, intent, lease_id, put, run_id, write_journal,
};

const OVER: Duration = Duration::ZERO;

/// Everything that is written under a lease.
async fn write_all(store: &Store, lease: &Lease, settled: Settled) -> Vec<Result<(), StoreError>> {
    let run = run_id(7);
    vec![
        store.record(lease, &put("forge.team.x")).await,
        store.replace_entries(lease, &[entry("forge.team.x")]).await,
        store.begin_run(lease, run, begun()).await.map(drop),
        store
            .intend(lease, run, intent("forge.team.x"))
            .await
            .map(drop),
        store.settle(lease, run, settled, &[]).await.map(drop),
        store.end_run(lease, run, RunOutcome::Done).await.map(drop),
        store.claim_plan(lease, "p7").await.map(drop),
        store.renew(lease, LONG).await.map(drop),
        store.release(lease).await,
    ]
}

/// Takes a lease away and looks whether anything can still be written under it.
async fn is_good_for_nothing(world: &World, take_away: impl AsyncFnOnce(&Store, &Lease)) {
    let store = world.open().await;
    let lease = store.acquire(claim(1, OVER)).await.unwrap();
    let lines = write_journal(&store, &lease, 1).await;
    take_away(&store, &lease).await;
    let head = store.head().await.unwrap();
    for refused in write_all(&store, &lease, done(&lines[1])).await {
        assert_eq!(refused.unwrap_err().problem, Problem::LeaseLost);
    }
    assert_eq!(store.head().await.unwrap(), head);
    assert_eq!(store.entries().await.unwrap(), []);
}

pub(super) async fn the_lease_is_held_by_one(world: &World) {
    let (one, two) = (world.open().await, world.open().await);
    let with_url = Claim {
        run_url: Some("https://ci.example.org/7".to_owned()),
        ..claim(1, LONG)
    };
    let lease = one.acquire(with_url).await.unwrap();
    let refused = two.acquire(claim(2, LONG)).await.unwrap_err();
    let holder = lease.holder();
    assert_eq!(
        refused.problem,
        Problem::LeaseHeld(Box::new(holder.clone()))
    );
    let (said, help) = (refused.to_string(), refused.help().unwrap());
    let who = "maria1@laptop (https://ci.example.org/7) holds the lease until 2";
    assert!(said.starts_with(who), "{said}");
    assert!(
        help.contains(&format!("trueup unlock {}", lease_id(1))),
        "{help}"
    );
    assert_eq!(two.holder().await.unwrap().as_ref(), Some(holder));
}

pub(super) async fn of_sixteen_who_ask_at_once_one_gets_it(world: &World) {
    let stores = [Arc::new(world.open().await), Arc::new(world.open().await)];
    let tasks = (0..16_u8).map(|number| {
        let store = Arc::clone(&stores[usize::from(number % 2)]);
        tokio::spawn(async move { store.acquire(claim(number, LONG)).await })
    });
    let mut held = 0;
    for task in tasks.collect::<Vec<_>>() {
        match task.await.unwrap() {
            Ok(_) => held += 1,
            Err(error) => assert!(matches!(error.problem, Problem::LeaseHeld(_)), "{error}"),
        }
    }
    assert_eq!(held, 1);
}

pub(super) async fn a_lease_that_ran_out_is_taken_over(world: &World) {
    let store = world.open().await;
    store.acquire(claim(1, OVER)).await.unwrap();
    assert_eq!(store.holder().await.unwrap(), None);
    let lease = store.acquire(claim(2, LONG)).await.unwrap();
    assert_eq!(store.holder().await.unwrap().as_ref(), Some(lease.holder()));
    assert_eq!(lease.holder().id, lease_id(2));
}

pub(super) async fn a_lease_that_was_taken_over_is_good_for_nothing(world: &World) {
    is_good_for_nothing(world, async |store, _| {
        store.acquire(claim(2, LONG)).await.unwrap();
    })
    .await;
}

pub(super) async fn a_renewed_lease_lasts_longer(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    let expires = store.renew(&lease, 2 * LONG).await.unwrap();
    assert!(expires > lease.holder().expires);
    let holder = store.holder().await.unwrap().unwrap();
    assert_eq!(holder.expires, expires);
    assert_eq!(holder.acquired, lease.holder().acquired);
}

pub(super) async fn a_lease_that_ran_out_can_be_renewed_while_nobody_took_over(world: &World) {
    let store = world.open().await;
    let lease = store.acquire(claim(1, OVER)).await.unwrap();
    store.renew(&lease, LONG).await.unwrap();
    let refused = store.acquire(claim(2, LONG)).await.unwrap_err();
    assert!(
        matches!(refused.problem, Problem::LeaseHeld(_)),
        "{refused}"
    );
    store.record(&lease, &put("forge.team.x")).await.unwrap();
}

pub(super) async fn a_released_lease_is_free_and_good_for_nothing(world: &World) {
    is_good_for_nothing(world, async |store, lease| {
        store.release(lease).await.unwrap();
    })
    .await;
    let store = world.open().await;
    let lease = acquire(&store).await;
    store.release(&lease).await.unwrap();
    assert_eq!(store.holder().await.unwrap(), None);
    store.acquire(claim(2, LONG)).await.unwrap();
}

pub(super) async fn each_lease_has_a_higher_epoch(world: &World) {
    let store = world.open().await;
    let mut epochs = Vec::new();
    for number in 1..=3 {
        let lease = store.acquire(claim(number, LONG)).await.unwrap();
        epochs.push(lease.holder().epoch);
        store.release(&lease).await.unwrap();
    }
    assert_eq!(epochs, [1, 2, 3]);
}

pub(super) async fn only_the_lease_that_is_named_is_unlocked(world: &World) {
    let store = world.open().await;
    assert_eq!(store.unlock(lease_id(1), None).await.unwrap(), None);
    let lease = acquire(&store).await;
    assert_eq!(store.unlock(lease_id(2), None).await.unwrap(), None);
    assert_eq!(store.holder().await.unwrap().as_ref(), Some(lease.holder()));
    assert!(store.unlock(lease_id(1), None).await.unwrap().is_some());
    assert_eq!(store.holder().await.unwrap(), None);
}

pub(super) async fn an_unlocked_lease_is_good_for_nothing(world: &World) {
    is_good_for_nothing(world, async |store, _| {
        assert!(store.unlock(lease_id(1), None).await.unwrap().is_some());
    })
    .await;
}

pub(super) async fn unlocking_writes_a_line(world: &World) {
    let store = world.open().await;
    acquire(&store).await;
    let by = Some("jo".to_owned());
    let line = store.unlock(lease_id(1), by.clone()).await.unwrap();
    let line = line.unwrap();
    let unlock = Event::Unlock {
        lease: lease_id(1),
        owner: "maria1@laptop".to_owned(),
        by,
    };
    assert_eq!((&line.event, line.run), (&unlock, None));
    assert_eq!(store.lines(0).await.unwrap(), [line]);
    assert!(store.verify().await.unwrap().is_sound());
}
