//! What the guards refuse, and what lifts it.

use std::sync::Arc;

use super::{Allow, Limits, refusals};
use crate::model::access::Touched;
use crate::model::kind::{Kind, Removal};
use crate::model::power::{Account, Power};
use crate::model::reference::Links;
use crate::model::resource::Hold;
use crate::model::testing::{SHOWN, Thing};
use crate::model::verb::{Spending, Terms};
use crate::plan::{Action, Change, Compared, Plan, Step, StepView, Tally};

/// Something done to the account `a` on these terms.
fn step(action: Action, terms: Terms, account: Account) -> Step {
    let view = StepView {
        address: Thing::<SHOWN>::ID.address("a"),
        action,
        place: None,
        id: None,
        label: "a".to_owned(),
        removal: Removal::Delete,
        enable: false,
        prevent_delete: false,
        hold: Hold::Owned,
        live: Vec::new(),
        terms,
        price: None,
        account,
        fields: Vec::new(),
        risks: Vec::new(),
        laxer: Vec::new(),
        remarks: Vec::new(),
        access: Touched::default(),
        obstacles: Vec::new(),
        needs: Vec::new(),
        releases: Vec::new(),
        waits_for: Vec::new(),
    };
    let want = Thing::<SHOWN> {
        name: "a".to_owned(),
        size: None,
        lock: None,
    };
    let change = Change::<Thing<SHOWN>>::Create { want };
    Step::new(view, Some(Arc::new(())), change)
}

/// What a guard says of steps, where so many administrators are live.
fn said(steps: Vec<Step>, administrators: usize, limits: &Limits) -> String {
    let compared = Compared {
        steps,
        tally: Tally {
            live: 9,
            administrators,
            ..Tally::default()
        },
        ..Compared::default()
    };
    let kinds = vec![(Thing::<SHOWN>::ID, compared)];
    let plan = Plan::new(kinds, Vec::new(), Links::default()).unwrap();
    let refusals = refusals(&plan, limits);
    let said = refusals
        .iter()
        .map(|it| format!("{it} [{}]\n{}", it.code(), it.help()));
    said.collect::<Vec<_>>().join("\n")
}

/// What a guard says of a step that has these terms.
fn check(terms: Terms, limits: &Limits) -> String {
    let step = step(Action::Create, terms, Account::default());
    said(vec![step], 0, limits)
}

/// What a guard says of a step that takes an account from one power to another.
fn account(is_own: bool, before: Power, after: Power, administrators: usize) -> String {
    account_allowing(is_own, before, after, administrators, &[])
}

fn account_allowing(
    is_own: bool,
    before: Power,
    after: Power,
    administrators: usize,
    allow: &[Allow],
) -> String {
    let action = if after == Power::Shut {
        Action::Delete
    } else {
        Action::Update
    };
    let account = Account {
        is_own,
        before,
        after,
    };
    let limits = Limits {
        allow: allow.iter().copied().collect(),
        ..Limits::default()
    };
    let step = step(action, Terms::default(), account);
    said(vec![step], administrators, &limits)
}

#[test]
fn what_is_assumed_is_refused_until_the_system_allows_it() {
    let terms = Terms {
        assumed: true,
        spends: None,
    };
    insta::assert_snapshot!(check(terms, &Limits::default()), @r"
    the plan creates toy.thing.a, and no public page of toy states how [assumed-action]
    to have it done all the same, say `assumed_actions: true` for the system of toy; to be told of differences only, say `lifecycle: { manage: observe }`
    ");
    let allowed = Limits {
        assumed_actions: ["toy"].into(),
        ..Limits::default()
    };
    assert_eq!(check(terms, &allowed), "");
}

#[test]
fn what_costs_money_is_refused_until_the_declaration_and_the_command_allow_it() {
    let check = |is_allowed, allow_spend| {
        let spends = Some(Spending {
            what: "a thing is billed by the month",
            is_allowed,
        });
        let limits = Limits {
            allow_spend,
            ..Limits::default()
        };
        check(
            Terms {
                assumed: false,
                spends,
            },
            &limits,
        )
    };
    insta::assert_snapshot!(check(false, false), @r"
    the plan creates toy.thing.a, which costs money: a thing is billed by the month [spends]
    if that is meant, say `allow_spend: true` there and pass `--allow-spend`
    ");
    insta::assert_snapshot!(check(true, false), @r"
    the plan creates toy.thing.a, which costs money: a thing is billed by the month [spends]
    if that is meant, pass `--allow-spend`
    ");
    insta::assert_snapshot!(check(false, true), @r"
    the plan creates toy.thing.a, which costs money: a thing is billed by the month [spends]
    if that is meant, say `allow_spend: true` there
    ");
    assert_eq!(check(true, true), "");
}

#[test]
fn making_our_own_account_less_is_refused_until_the_command_lets_it_pass() {
    use Power::{Administrator, Plain, Shut};
    insta::assert_snapshot!(account(true, Administrator, Plain, 2), @r"
    the plan changes toy.thing.a, which is our own account: it would no longer be an administrator [own-account]
    let somebody else's account do it; if trueup is to lock itself out, pass `--allow own-account`
    ");
    insta::assert_snapshot!(account(true, Plain, Shut, 2), @r"
    the plan changes toy.thing.a, which is our own account: it could not get in any more [own-account]
    let somebody else's account do it; if trueup is to lock itself out, pass `--allow own-account`
    ");
    let allow = [Allow::OwnAccount];
    assert_eq!(account_allowing(true, Plain, Shut, 2, &allow), "");
    assert_eq!(account(true, Administrator, Administrator, 2), "");
    assert_eq!(account(true, Plain, Administrator, 2), "");
    assert_eq!(account(false, Administrator, Plain, 2), "");
}

#[test]
fn the_last_administrator_stays_one_until_the_command_lets_it_pass() {
    use Power::{Administrator, Plain, Shut};
    insta::assert_snapshot!(account(false, Administrator, Plain, 1), @r"
    the plan takes away 1 of 1 administrators among the live toy.thing; at least 1 must stay [last-administrator]
    make another one an administrator first, in an apply of its own; if there is to be none, pass `--allow last-administrator`
    ");
    let same = account(false, Administrator, Plain, 1);
    assert_eq!(account(false, Administrator, Shut, 1), same);
    let allow = [Allow::LastAdministrator];
    assert_eq!(account_allowing(false, Administrator, Shut, 1, &allow), "");
    assert_eq!(account(false, Administrator, Shut, 2), "");
    assert_eq!(account(false, Plain, Shut, 1), "");
}

#[test]
fn who_is_to_be_an_administrator_does_not_stand_in_for_the_last_one() {
    let becomes = |before, after| {
        let account = Account {
            is_own: false,
            before,
            after,
        };
        step(Action::Update, Terms::default(), account)
    };
    let steps = vec![
        becomes(Power::Plain, Power::Administrator),
        becomes(Power::Administrator, Power::Plain),
    ];
    let said = said(steps, 1, &Limits::default());
    assert!(said.contains("[last-administrator]"), "{said}");
}

#[test]
fn a_kind_is_not_emptied_unless_that_is_allowed() {
    let steps = || {
        let delete = |_| step(Action::Delete, Terms::default(), Account::default());
        (0..9).map(delete).collect::<Vec<_>>()
    };
    let limits = |allow: &[Allow]| Limits {
        max_delete_percent: 100,
        allow: allow.iter().copied().collect(),
        ..Limits::default()
    };
    let said_without = said(steps(), 0, &limits(&[]));
    assert!(
        said_without
            .contains("the plan deletes all 9 live toy.thing; at least 1 must stay [emptied-kind]"),
        "{said_without}"
    );
    assert_eq!(said(steps(), 0, &limits(&[Allow::EmptiedKind])), "");
}

/// What a guard says of one more that is created, where so many of those remembered are gone.
fn said_of_shrunken(remembered: usize, lost: usize, allow: &[Allow]) -> Vec<&'static str> {
    let compared = Compared {
        steps: vec![step(Action::Create, Terms::default(), Account::default())],
        tally: Tally {
            live: 9,
            remembered,
            lost,
            ..Tally::default()
        },
        ..Compared::default()
    };
    let kinds = vec![(Thing::<SHOWN>::ID, compared)];
    let plan = Plan::new(kinds, Vec::new(), Links::default()).unwrap();
    let limits = Limits {
        allow: allow.iter().copied().collect(),
        ..Limits::default()
    };
    let refusals = refusals(&plan, &limits).into_iter();
    refusals.map(|it| it.code()).collect()
}

#[test]
fn nothing_is_made_anew_of_a_kind_of_which_most_is_gone() {
    assert_eq!(said_of_shrunken(10, 6, &[]), ["shrunken-kind"]);
    assert!(said_of_shrunken(10, 5, &[]).is_empty());
    assert!(said_of_shrunken(10, 6, &[Allow::ShrunkenKind]).is_empty());
}

#[test]
fn one_that_is_gone_is_made_anew() {
    assert!(said_of_shrunken(1, 1, &[]).is_empty());
}
