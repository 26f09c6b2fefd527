//! What comes of differences of a kind by what can be done with it: a step and its terms, or a note.

mod matrix;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::compare;
use crate::model::address::RemoteId;
use crate::model::diagnostic::Diagnostics;
use crate::model::kind::{Kind, Spec};
use crate::model::place::{FileId, Place};
use crate::model::power::{Account, Power};
use crate::model::reference::Links;
use crate::model::resource::{Content, Desired, Meta, Observed, Ownership, Presence};
use crate::model::testing::{ASSERTED, ASSUMED, COSTLY, OBSERVED, OWN, SHOWN, Thing};
use crate::model::verb::Terms;
use crate::plan::{Compared, StepView};
use crate::read::{Pairs, Source};

fn thing<const VERBS: u8>(words: &str) -> Thing<VERBS> {
    let mut words = words.split(' ').map(str::to_owned);
    Thing {
        name: words.next().unwrap(),
        size: words.next(),
        lock: words.next(),
    }
}

/// What is wanted and what is there in its place, `NAME SIZE LOCK`. Then the steps with their terms, and the notes.
fn check<const VERBS: u8>(want: &str, have: Option<&str>, meta: Meta) -> String {
    let compared = compared::<VERBS>("7", want, have, meta);
    let steps = compared.steps.iter().map(|step| shown(&step.view));
    let notes = compared.notes.iter().map(|note| note.message.clone());
    steps.chain(notes).collect::<Vec<_>>().join("\n")
}

/// Compares what is wanted with what is there under this id.
fn compared<const VERBS: u8>(id: &str, want: &str, have: Option<&str>, meta: Meta) -> Compared {
    let spec = thing::<VERBS>(want);
    let desired = Desired::<Thing<VERBS>> {
        address: Thing::<VERBS>::ID.address(&spec.name),
        place: Place {
            file: FileId(0),
            start: 0,
            end: 0,
        },
        meta,
        spec,
    };
    let mut pairs = Pairs {
        ledger: Arc::default(),
        source: Source::Vendor(Arc::new(())),
        ownership: Ownership::Marked,
        today: Date::constant(2026, 1, 1),
        matched: Vec::new(),
        missing: Vec::new(),
        orphans: Vec::new(),
        is_recorded: false,
        strangers: Vec::new(),
        origins: BTreeMap::new(),
        unread: Vec::new(),
        unopened: Vec::new(),
        unlisted: BTreeSet::new(),
        gone: BTreeSet::new(),
        is_listed: true,
        live: 9,
        remembered: 0,
        lost: 0,
        incomplete: Vec::new(),
        diagnostics: Diagnostics::default(),
    };
    match have.map(thing::<VERBS>) {
        Some(have) => {
            let observed = Observed {
                id: RemoteId(id.to_owned()),
                key: have.key(&Links::default()),
                label: have.name.clone(),
                writable: true,
                content: Content::Read(have),
            };
            pairs.matched.push((desired, observed));
        }
        None => pairs.missing.push(desired),
    }
    compare(pairs, &Links::default())
}

fn shown(view: &StepView) -> String {
    let Terms { assumed, spends } = view.terms;
    let assumed = if assumed { ", assumed" } else { "" };
    let spends = spends.map(|it| format!(", {} (allowed: {})", it.what, it.is_allowed));
    format!("{:?}{assumed}{}", view.action, spends.unwrap_or_default())
}

fn plain<const VERBS: u8>(want: &str, have: Option<&str>) -> String {
    check::<VERBS>(want, have, Meta::default())
}

#[test]
fn what_can_be_done_is_a_step() {
    assert_eq!(plain::<SHOWN>("a S", Some("a M")), "Update");
    assert_eq!(plain::<SHOWN>("a S", None), "Create");
}

#[test]
fn what_nobody_can_do_is_told() {
    assert_eq!(
        plain::<OBSERVED>("a S", Some("a M")),
        "differs and is only observed, since no request makes or removes a thing: size"
    );
    assert_eq!(
        plain::<OBSERVED>("a S", None),
        "does not exist, and no request makes or removes a thing"
    );
    assert_eq!(plain::<OBSERVED>("a S", Some("a S")), "");
}

#[test]
fn what_is_assumed_is_marked() {
    assert_eq!(plain::<ASSUMED>("a S", None), "Create, assumed");
    assert_eq!(plain::<ASSERTED>("a S", Some("a M")), "Update, assumed");
    assert_eq!(
        plain::<ASSERTED>("a S", None),
        "does not exist, and things are made by hand"
    );
}

#[test]
fn a_field_may_be_assumed_where_its_kind_is_not() {
    assert_eq!(plain::<SHOWN>("a S on", Some("a M on")), "Update");
    assert_eq!(plain::<SHOWN>("a S on", Some("a S off")), "Update, assumed");
    assert_eq!(plain::<SHOWN>("a S on", None), "Create, assumed");
}

#[test]
fn what_costs_money_is_marked_with_whether_the_declaration_allows_it() {
    let costly = |allow_spend, presence| {
        let meta = Meta {
            allow_spend,
            presence,
            ..Meta::default()
        };
        let have = (presence == Presence::Absent).then_some("a S");
        check::<COSTLY>("a S", have, meta)
    };
    assert_eq!(
        costly(false, Presence::Present),
        "Create, a thing is billed by the month (allowed: false)"
    );
    assert_eq!(
        costly(true, Presence::Present),
        "Create, a thing is billed by the month (allowed: true)"
    );
    assert_eq!(costly(false, Presence::Absent), "Delete");
}

#[test]
fn an_update_costs_only_if_its_kind_says_so() {
    // By their letters, `M` is smaller than `S`.
    assert_eq!(plain::<COSTLY>("a M", Some("a S")), "Update");
    assert_eq!(
        plain::<COSTLY>("a S", Some("a M")),
        "Update, a larger thing costs more (allowed: false)"
    );
}

#[test]
fn what_goes_on_at_the_vendor_is_told_and_is_no_difference() {
    assert_eq!(
        plain::<SHOWN>("a", Some("a GROWING")),
        "is growing by itself"
    );
    let absent = Meta {
        presence: Presence::Absent,
        ..Meta::default()
    };
    assert_eq!(
        check::<SHOWN>("a", Some("a GROWING"), absent),
        "Delete\nis growing by itself"
    );
}

/// The account that a step makes of one that has this size and this id.
fn account(id: &str, have: &str, want: &str, presence: Presence) -> Account {
    let meta = Meta {
        presence,
        ..Meta::default()
    };
    let compared = compared::<SHOWN>(id, want, Some(have), meta);
    compared.steps[0].view.account
}

#[test]
fn an_update_tells_what_the_account_may_do_before_and_after() {
    assert_eq!(
        account("7", "a ROOT", "a S", Presence::Present),
        Account {
            is_own: false,
            before: Power::Administrator,
            after: Power::Plain,
        }
    );
}

#[test]
fn a_removal_leaves_the_account_nothing() {
    assert_eq!(
        account("7", "a ROOT", "a", Presence::Absent),
        Account {
            is_own: false,
            before: Power::Administrator,
            after: Power::Shut,
        }
    );
}

#[test]
fn what_a_declaration_leaves_out_keeps_its_power() {
    let kept = account("7", "b ROOT", "a", Presence::Present);
    assert_eq!(kept.after, Power::Administrator);
}

#[test]
fn our_own_account_is_known() {
    assert!(account(OWN, "a S", "a M", Presence::Present).is_own);
    assert!(account(OWN, "a S", "a", Presence::Absent).is_own);
}

#[test]
fn live_administrators_are_counted() {
    let count = |have| {
        let compared = compared::<SHOWN>("7", "a", Some(have), Meta::default());
        compared.tally.administrators
    };
    assert_eq!(count("a ROOT"), 1);
    assert_eq!(count("a S"), 0);
}
