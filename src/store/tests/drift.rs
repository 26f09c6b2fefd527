//! Since when what differs is known to.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Difference;
use super::world::{World, time};

fn differ<const N: usize>(fields: [&str; N]) -> BTreeSet<Difference> {
    fields.map(difference).into()
}

fn difference(field: &str) -> Difference {
    Difference {
        address: "forge.team.infra".to_owned(),
        field: field.to_owned(),
    }
}

pub(super) async fn a_difference_is_known_since_it_was_first_seen(world: &World) {
    let store = world.open().await;
    let early = time("2026-11-25T09:00:00Z");
    let first = store
        .differing_since(&differ(["tags"]), true)
        .await
        .unwrap();
    assert_eq!(first, BTreeMap::from([(difference("tags"), early)]));
    world.set_clock("2026-11-26T09:00:00Z");
    let second = store.differing_since(&differ(["name", "tags"]), true).await;
    let late = time("2026-11-26T09:00:00Z");
    let both = [(difference("name"), late), (difference("tags"), early)];
    assert_eq!(second.unwrap(), BTreeMap::from(both));
}

pub(super) async fn a_difference_that_went_away_counts_from_anew(world: &World) {
    let store = world.open().await;
    store
        .differing_since(&differ(["tags"]), true)
        .await
        .unwrap();
    let none = store.differing_since(&differ([]), true).await.unwrap();
    assert!(none.is_empty());
    world.set_clock("2026-11-27T09:00:00Z");
    let again = store
        .differing_since(&differ(["tags"]), true)
        .await
        .unwrap();
    assert_eq!(again[&difference("tags")], time("2026-11-27T09:00:00Z"));
}

pub(super) async fn a_look_at_a_part_forgets_nothing_of_the_rest(world: &World) {
    let store = world.open().await;
    let early = time("2026-11-25T09:00:00Z");
    store
        .differing_since(&differ(["tags"]), true)
        .await
        .unwrap();
    world.set_clock("2026-11-27T09:00:00Z");
    store
        .differing_since(&differ(["name"]), false)
        .await
        .unwrap();
    let again = store
        .differing_since(&differ(["tags"]), true)
        .await
        .unwrap();
    assert_eq!(again[&difference("tags")], early);
}
