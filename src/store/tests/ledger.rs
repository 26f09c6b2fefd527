//! What the ledger keeps.

use super::super::backend::Access;
use super::super::{Change, Entry, Problem};
use super::world::{LONG, World, acquire, begun, claim, entry, put, run_id, tamper, time};

fn addresses(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|it| it.address.as_str()).collect()
}

pub(super) async fn a_store_is_not_there_before_it_is_opened_to_be_written(world: &World) {
    assert!(world.find().await.is_none());
    drop(world.open().await);
    assert!(world.find().await.is_some());
}

pub(super) async fn a_store_that_was_just_made_is_empty(world: &World) {
    let store = world.open().await;
    assert_eq!(store.entries().await.unwrap(), []);
    assert_eq!(store.lines(0).await.unwrap(), []);
    assert_eq!(store.runs(10).await.unwrap(), []);
    assert_eq!(store.holder().await.unwrap(), None);
    assert!(store.verify().await.unwrap().is_sound());
}

pub(super) async fn an_entry_is_read_as_it_was_put(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    store
        .record(&lease, &put("forge.team.infra"))
        .await
        .unwrap();
    drop(store);
    let store = world.find().await.unwrap();
    assert_eq!(store.entries().await.unwrap(), [entry("forge.team.infra")]);
}

pub(super) async fn entries_come_in_the_order_of_their_addresses(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    for address in ["b.x.1", "a.x.Z", "a.x-y.1", "a.x.a", "ä.x.1"] {
        store.record(&lease, &put(address)).await.unwrap();
    }
    assert_eq!(
        addresses(&store.entries().await.unwrap()),
        ["a.x-y.1", "a.x.Z", "a.x.a", "b.x.1", "ä.x.1"]
    );
}

pub(super) async fn an_entry_that_is_put_again_is_replaced(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    store
        .record(&lease, &put("forge.team.infra"))
        .await
        .unwrap();
    let other = Entry {
        id: Some("18".to_owned()),
        digest: "d2".to_owned(),
        fields: [].into(),
        run: run_id(2),
        at: time("2026-11-26T09:00:00Z"),
        ..entry("forge.team.infra")
    };
    let change = [Change::Put(other.clone())];
    store.record(&lease, &change).await.unwrap();
    assert_eq!(store.entries().await.unwrap(), [other]);
}

pub(super) async fn a_renamed_entry_keeps_all_but_its_address(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    store.record(&lease, &put("forge.team.old")).await.unwrap();
    let rename = Change::Rename {
        from: "forge.team.old".to_owned(),
        to: "forge.team.new".to_owned(),
    };
    store.record(&lease, &[rename]).await.unwrap();
    assert_eq!(store.entries().await.unwrap(), [entry("forge.team.new")]);
}

pub(super) async fn a_renamed_entry_takes_the_place_of_another(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    let moved = Entry {
        id: Some("99".to_owned()),
        ..entry("forge.team.a")
    };
    let rename = Change::Rename {
        from: "forge.team.a".to_owned(),
        to: "forge.team.b".to_owned(),
    };
    let changes = [
        Change::Put(moved),
        Change::Put(entry("forge.team.b")),
        rename,
    ];
    store.record(&lease, &changes).await.unwrap();
    let entries = store.entries().await.unwrap();
    assert_eq!(addresses(&entries), ["forge.team.b"]);
    assert_eq!(entries[0].id.as_deref(), Some("99"));
}

pub(super) async fn renaming_and_removing_nothing_does_nothing(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    let rename = |from: &str, to: &str| Change::Rename {
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let changes = [
        Change::Put(entry("forge.team.b")),
        rename("forge.team.a", "forge.team.b"),
        rename("forge.team.b", "forge.team.b"),
        Change::Remove("forge.team.c".to_owned()),
    ];
    store.record(&lease, &changes).await.unwrap();
    assert_eq!(store.entries().await.unwrap(), [entry("forge.team.b")]);
}

pub(super) async fn a_removed_entry_is_gone(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    let changes = [
        Change::Put(entry("forge.team.a")),
        Change::Put(entry("forge.team.b")),
    ];
    store.record(&lease, &changes).await.unwrap();
    let remove = [Change::Remove("forge.team.a".to_owned())];
    store.record(&lease, &remove).await.unwrap();
    assert_eq!(addresses(&store.entries().await.unwrap()), ["forge.team.b"]);
}

pub(super) async fn all_entries_are_replaced_at_once(world: &World) {
    let store = world.open().await;
    let lease = acquire(&store).await;
    let before = [
        Change::Put(entry("forge.team.a")),
        Change::Put(entry("forge.team.b")),
    ];
    store.record(&lease, &before).await.unwrap();
    let mut rotated = store.entries().await.unwrap();
    rotated.truncate(1);
    rotated[0].digest = "another key".to_owned();
    store.replace_entries(&lease, &rotated).await.unwrap();
    assert_eq!(store.entries().await.unwrap(), rotated);

    // A table that takes one row only, so that the second of two fails.
    let trap = "CREATE UNIQUE INDEX trap ON ledger ((1)) WHERE address <> ''";
    tamper(&store, trap).await;
    let two = [entry("forge.team.a"), entry("forge.team.b")];
    assert!(store.replace_entries(&lease, &two).await.is_err());
    assert_eq!(store.entries().await.unwrap(), rotated);
}

pub(super) async fn workspaces_of_one_store_do_not_see_each_other(world: &World) {
    let (one, two) = (world.open().await, world.open_as("beta").await);
    let (first, second) = (acquire(&one).await, acquire(&two).await);
    one.record(&first, &put("forge.team.infra")).await.unwrap();
    one.begin_run(&first, run_id(1), begun()).await.unwrap();
    assert!(one.claim_plan(&first, "p1").await.unwrap());
    assert_eq!(two.entries().await.unwrap(), []);
    assert_eq!(two.lines(0).await.unwrap(), []);
    assert_eq!(two.runs(10).await.unwrap(), []);
    assert!(two.claim_plan(&second, "p1").await.unwrap());
}

pub(super) async fn a_store_that_was_opened_to_be_read_cannot_be_written(world: &World) {
    drop(world.open().await);
    let store = world.find().await.unwrap();
    let refused = store.acquire(claim(1, LONG)).await;
    assert_eq!(refused.err().unwrap().problem, Problem::ReadOnly);
}

pub(super) async fn what_was_begun_and_not_committed_never_was(world: &World) {
    const REMOVE: &str = "DELETE FROM ledger";
    let store = world.open().await;
    let lease = acquire(&store).await;
    store
        .record(&lease, &put("forge.team.infra"))
        .await
        .unwrap();
    let mut transaction = store.begin(Access::Write).await.unwrap();
    assert_eq!(transaction.execute(REMOVE, Vec::new()).await.unwrap(), 1);
    drop(transaction);
    assert_eq!(store.entries().await.unwrap().len(), 1);
    store.record(&lease, &put("forge.team.web")).await.unwrap();
    assert_eq!(store.entries().await.unwrap().len(), 2);
}
