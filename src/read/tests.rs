//! Reading a vendor of chests and drawers: who is who where things lie in one another.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Semaphore;

use super::{Keys, Pairs, Reading, Source, read};
use crate::ledger::{Ledger, Remembered};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec, Update};
use crate::model::one_of::OneOf;
use crate::model::place::{FileId, Place};
use crate::model::reference::{Link, Links, Ref, Refers, Target};
use crate::model::resource::{Desired, Hold, Meta, Ownership};

/// Chests at depth 0; drawers, each in a chest or in a drawer, at depth 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Box<const DEPTH: u8> {}

type Chest = Box<0>;
type Drawer = Box<1>;

const fn kind(name: &'static str) -> KindId {
    let vendor = "toy";
    KindId { vendor, name }
}

/// The id of a box of which the list says no more than the name, and that nobody can open.
const LOCKED: &str = "locked";

#[derive(Clone, Debug)]
struct BoxSpec {
    name: String,
    within: Option<OneOf<Chest, Drawer>>,
}

/// What there is: kind, id, name, and the id of what it lies in.
struct Toy(Vec<(KindId, &'static str, &'static str, &'static str)>);

impl Spec for BoxSpec {
    const FIELDS: &'static [Field] = &[];

    fn key(&self, links: &Links) -> NaturalKey {
        let within = self.within.as_ref();
        let within = within
            .map(|it| links.identity(&it.link()))
            .unwrap_or_default();
        NaturalKey(vec![("name", self.name.clone()), ("within", within)])
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn list<'a>(&'a self, _: &mut Fields<'a>) {}

    fn links(&self) -> Vec<(Field, Link)> {
        let within = self.within.iter();
        within.map(|it| (Field::new("within"), it.link())).collect()
    }
}

impl<const DEPTH: u8> Kind for Box<DEPTH> {
    const ID: KindId = kind(if DEPTH == 0 { "chest" } else { "drawer" });
    const TABLE: &'static str = "boxes";
    const REMOVAL: Removal = Removal::Delete;
    const KEYED_BY: &'static [KindId] = match DEPTH {
        0 => &[],
        _ => &[kind("chest"), kind("drawer")],
    };
    type Spec = BoxSpec;
    type Client = Toy;

    async fn list(toy: &Toy) -> Result<Listing<Self>, VendorError> {
        let rows = toy.0.iter().filter(|(kind, ..)| *kind == Self::ID);
        let rows = rows.map(|(_, id, name, within)| Row {
            id: RemoteId((*id).to_owned()),
            key: NaturalKey(vec![
                ("name", (*name).to_owned()),
                ("within", (*within).to_owned()),
            ]),
            label: format!("path of {id}"),
            spec: (*id != LOCKED).then(|| BoxSpec {
                name: (*name).to_owned(),
                within: None,
            }),
            writable: true,
        });
        let rows = rows.collect::<Vec<_>>();
        let incomplete = rows.is_empty().then(|| "cut short".to_owned());
        Ok(Listing { rows, incomplete })
    }

    async fn read(_: &Toy, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        if id.0 == LOCKED {
            return Err(VendorError::refused("locked"));
        }
        Ok(Live::Gone)
    }

    async fn create(_: &Toy, _: &BoxSpec, _: &Applying<'_>) -> Result<RemoteId, VendorError> {
        Err(VendorError::refused("no"))
    }

    async fn update(
        _: &Toy,
        _: &RemoteId,
        _: Update<'_, Self>,
        _: &Applying<'_>,
    ) -> Result<(), VendorError> {
        Ok(())
    }

    async fn delete(_: &Toy, _: &RemoteId, _: &Applying<'_>) -> Result<(), VendorError> {
        Ok(())
    }
}

fn declared<K: Kind<Spec = BoxSpec>>(
    name: &str,
    label: &str,
    id: Option<&str>,
    within: Option<OneOf<Chest, Drawer>>,
) -> Desired<K> {
    let (start, end) = (0, 0);
    let place = Place {
        file: FileId(0),
        start,
        end,
    };
    Desired {
        address: K::ID.address(name),
        place,
        meta: Meta {
            id: id.map(|id| (RemoteId(id.to_owned()), place)),
            ..Meta::default()
        },
        spec: BoxSpec {
            name: label.to_owned(),
            within,
        },
    }
}

fn chest(name: &str) -> Option<OneOf<Chest, Drawer>> {
    Some(OneOf::First(Ref::new(
        Target::Declared(name.to_owned()),
        None,
    )))
}

fn drawer(target: Target) -> Option<OneOf<Chest, Drawer>> {
    Some(OneOf::Second(Ref::new(target, None)))
}

/// Which declared drawer is which live one; the chest `core` has been renamed.
async fn paired(toy: Toy, drawers: Vec<Desired<Drawer>>) -> Pairs<Drawer> {
    remembering(&[], toy, drawers).await
}

/// The same, where these drawers are remembered by their names and ids, with how they are held.
async fn remembering(
    remembered: &[(&str, &str, Hold)],
    toy: Toy,
    drawers: Vec<Desired<Drawer>>,
) -> Pairs<Drawer> {
    let mut ledger = Ledger::default();
    for (name, id, hold) in remembered {
        let remembered = Remembered {
            id: Some(RemoteId((*id).to_owned())),
            hold: *hold,
            at: jiff::Timestamp::UNIX_EPOCH,
            fields: BTreeMap::new(),
        };
        ledger.add(Drawer::ID.address(name), remembered);
    }
    let reading = Reading {
        today: jiff::civil::date(2026, 1, 1),
        parallelism: 1,
        slots: Semaphore::new(1),
        watch: Arc::new(|_| {}),
        ledger: Arc::new(ledger),
        is_recorded: false,
        only: None,
        kinds: Arc::new([Chest::ID, Drawer::ID].into()),
    };
    let keys = Keys::of(Drawer::KEYED_BY.iter().copied());
    let chests = vec![declared::<Chest>("core", "New", Some("c1"), None)];
    let toy = Arc::new(toy);
    let drawers = read(
        Source::Vendor(Arc::clone(&toy)),
        drawers,
        Ownership::Marked,
        &reading,
        &keys,
    );
    let chests = read(
        Source::Vendor(toy),
        chests,
        Ownership::Marked,
        &reading,
        &keys,
    );
    let (drawers, _) = futures_util::future::join(drawers, chests).await;
    drawers
}

fn world() -> Toy {
    let (chest, drawer) = (Chest::ID, Drawer::ID);
    Toy(vec![
        (chest, "c1", "Old", ""),
        (chest, "c2", "New", ""),
        (drawer, "d1", "left", "c1"),
        (drawer, "d2", "left", "d1"),
        (drawer, "d3", "left", "c2"),
    ])
}

#[tokio::test]
async fn what_lies_in_something_is_known_by_the_id_of_that() {
    let inner = |name: &str| drawer(Target::Declared(name.to_owned()));
    let live = drawer(Target::Live("path of d1".to_owned()));
    let pairs = paired(
        world(),
        vec![
            declared("innermost", "left", None, inner("inner")),
            declared("inner", "left", None, inner("outer")),
            declared("outer", "left", None, chest("core")),
            declared("elsewhere", "right", None, live),
        ],
    )
    .await;
    let matched = pairs
        .matched
        .iter()
        .map(|(it, live)| (&*it.address.name, live.id.0.as_str()));
    let mut matched = matched.collect::<Vec<_>>();
    matched.sort_unstable();
    assert_eq!(matched, [("inner", "d2"), ("outer", "d1")]);
    let missing = pairs
        .missing
        .iter()
        .map(|it| &*it.address.name)
        .collect::<Vec<_>>();
    assert_eq!(missing, ["elsewhere", "innermost"]);
}

#[tokio::test]
async fn a_live_container_is_known_by_its_label() {
    let live = drawer(Target::Live("path of d1".to_owned()));
    let pairs = paired(world(), vec![declared("inner", "left", None, live)]).await;
    assert_eq!(pairs.matched[0].1.id.0, "d2");
}

#[tokio::test]
async fn nothing_is_paired_while_nobody_knows_what_it_lies_in() {
    let drawers = vec![declared("outer", "left", None, chest("core"))];
    let chestless = Toy(vec![(Drawer::ID, "d1", "left", "c1")]);
    let pairs = paired(chestless, drawers).await;
    assert!(pairs.missing.is_empty() && pairs.strangers.is_empty());
    assert_eq!(
        pairs.incomplete[0].why,
        "what lies in which chest is not known, since that could not be read"
    );
}

/// The names and ids of what was matched, in order.
fn matched(pairs: &Pairs<Drawer>) -> Vec<(&str, &str)> {
    let matched = pairs.matched.iter();
    let mut matched = matched
        .map(|(it, live)| (&*it.address.name, live.id.0.as_str()))
        .collect::<Vec<_>>();
    matched.sort_unstable();
    matched
}

#[tokio::test]
async fn what_is_remembered_is_found_by_its_id_whatever_it_is_called() {
    let drawers = vec![declared("mine", "renamed", None, chest("core"))];
    let pairs = remembering(&[("mine", "d1", Hold::Owned)], world(), drawers).await;
    assert_eq!(matched(&pairs), [("mine", "d1")]);
}

#[tokio::test]
async fn what_was_remembered_under_a_former_name_is_the_same() {
    let mut drawer = declared("present", "renamed", None, chest("core"));
    drawer.meta.was = vec![("former".to_owned(), drawer.place)];
    let pairs = remembering(&[("former", "d1", Hold::Owned)], world(), vec![drawer]).await;
    assert_eq!(matched(&pairs), [("present", "d1")]);
    assert!(pairs.orphans.is_empty());
}

#[tokio::test]
async fn what_is_remembered_and_gone_is_found_by_its_key_again() {
    let drawers = vec![declared("mine", "left", None, chest("core"))];
    let pairs = remembering(&[("mine", "d9", Hold::Owned)], world(), drawers).await;
    assert_eq!(matched(&pairs), [("mine", "d1")]);
}

#[tokio::test]
async fn what_is_remembered_and_nowhere_to_be_found_is_missing() {
    let drawers = vec![declared("mine", "nowhere", None, chest("core"))];
    let pairs = remembering(&[("mine", "d9", Hold::Owned)], world(), drawers).await;
    assert_eq!(&*pairs.missing[0].address.name, "mine");
    assert!(!pairs.diagnostics.has_errors());
}

#[tokio::test]
async fn two_that_are_remembered_may_change_their_names_with_each_other() {
    let drawers = vec![
        declared("a", "b", None, chest("core")),
        declared("b", "a", None, chest("core")),
    ];
    let toy = Toy(vec![
        (Chest::ID, "c1", "Old", ""),
        (Drawer::ID, "d1", "a", "c1"),
        (Drawer::ID, "d2", "b", "c1"),
    ]);
    let remembered = [("a", "d1", Hold::Owned), ("b", "d2", Hold::Owned)];
    let pairs = remembering(&remembered, toy, drawers).await;
    assert_eq!(matched(&pairs), [("a", "d1"), ("b", "d2")]);
}

#[tokio::test]
async fn only_what_is_ours_is_an_orphan_once_nothing_declares_it() {
    let remembered = [
        ("ours", "d1", Hold::Owned),
        ("theirs", "d2", Hold::Found),
        ("gone", "d9", Hold::Owned),
    ];
    let pairs = remembering(&remembered, world(), Vec::new()).await;
    let orphans = pairs.orphans.iter();
    let orphans = orphans.map(|(address, hold, live)| (&*address.name, *hold, live.id.0.as_str()));
    assert_eq!(Vec::from_iter(orphans), [("ours", Hold::Owned, "d1")]);
    let strangers = pairs.strangers.iter().map(|it| it.id.0.as_str());
    assert_eq!(Vec::from_iter(strangers), ["d2", "d3"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_still_known_by_its_id() {
    let toy = Toy(vec![
        (Chest::ID, "c2", "New", ""),
        (Drawer::ID, LOCKED, "left", "c2"),
    ]);
    let drawers = vec![declared("outer", "left", None, drawer_in_new())];
    let pairs = paired(toy, drawers).await;
    assert_eq!(pairs.incomplete[0].why, "locked");
    let mut links = Links::default();
    pairs.add_links(&mut links);
    let said = Ref::<Drawer>::new(Target::Id(RemoteId(LOCKED.to_owned())), None);
    assert_eq!(
        links.address(&said.link()),
        Some(Drawer::ID.address("outer"))
    );
}

fn drawer_in_new() -> Option<OneOf<Chest, Drawer>> {
    Some(OneOf::First(Ref::live("path of c2")))
}
