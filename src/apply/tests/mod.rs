//! The executor against a vendor that is a list of words.

mod doubt;
mod record;
mod shelf;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::record::{Halt, Record, Unrecorded};
use super::{Limits, Outcome, Report, apply};
use crate::guard::{self, approve};
use crate::model::access::Touched;
use crate::model::address::{Address, KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::delivery::{Destination, SecretOutput, Shelf};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Value};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Spec, Update};
use crate::model::place::{FileId, Place};
use crate::model::power::Account;
use crate::model::reference::{Link, Links};
use crate::model::resource::Hold;
use crate::model::verb::Terms;
use crate::plan::{Action, Change, Compared, FieldView, Plan, Step, StepView};

const THING: KindId = KindId {
    vendor: "toy",
    name: "thing",
};

/// A thing that is no more than its name.
#[derive(Clone, Debug)]
struct Thing(String);

/// A vendor that writes down what it is told, refuses some names, takes its time with others, and can pull the plug
/// after one.
struct Toy {
    done: Mutex<Vec<String>>,
    refuses: BTreeSet<String>,
    stops_after: Option<String>,
    stop: watch::Sender<bool>,
}

impl Toy {
    fn told(&self, what: &str, name: &str) -> Result<(), VendorError> {
        if self.refuses.contains(name) {
            return Err(VendorError::refused("no"));
        }
        if name.starts_with("slow") {
            self.done.lock().unwrap().push(format!("{what}{name}"));
            return Err(VendorError::under_way("waits for somebody"));
        }
        self.done.lock().unwrap().push(format!("{what}{name}"));
        if self.stops_after.as_deref() == Some(name) {
            self.stop.send(true).ok();
        }
        Ok(())
    }
}

impl Spec for Thing {
    const FIELDS: &'static [Field] = &[];

    fn key(&self, _: &Links) -> NaturalKey {
        NaturalKey(vec![("name", self.0.clone())])
    }

    fn label(&self) -> &str {
        &self.0
    }

    fn list<'a>(&'a self, _: &mut Fields<'a>) {}

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

impl Kind for Thing {
    const ID: KindId = THING;
    const TABLE: &'static str = "things";
    const REMOVAL: Removal = Removal::Delete;
    type Spec = Self;
    type Client = Toy;

    async fn list(_: &Toy) -> Result<Listing<Self>, VendorError> {
        Ok(Listing {
            rows: Vec::new(),
            incomplete: None,
        })
    }

    async fn read(_: &Toy, _: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(Live::Gone)
    }

    async fn create(toy: &Toy, want: &Self, _: &Applying<'_>) -> Result<RemoteId, VendorError> {
        toy.told("+", &want.0)?;
        Ok(RemoteId(want.0.clone()))
    }

    async fn update(
        toy: &Toy,
        _: &RemoteId,
        update: Update<'_, Self>,
        _: &Applying<'_>,
    ) -> Result<(), VendorError> {
        toy.told("~", &update.want.0)
    }

    async fn delete(toy: &Toy, id: &RemoteId, _: &Applying<'_>) -> Result<(), VendorError> {
        toy.told("-", &id.0)
    }
}

/// A step a line: `+ a needs b`. Then what the vendor was told, and what became of each step.
fn check(text: &str, refuses: &[&str], stops_after: Option<&str>) -> String {
    check_behind(Shelf::default(), text, refuses, stops_after)
}

fn check_behind(door: Shelf, text: &str, refuses: &[&str], stops_after: Option<&str>) -> String {
    check_recorded(Arc::new(Unrecorded), door, text, refuses, stops_after).0
}

fn check_recorded(
    record: Arc<dyn Record>,
    door: Shelf,
    text: &str,
    refuses: &[&str],
    stops_after: Option<&str>,
) -> (String, Option<Halt>) {
    let (stop, stopped) = watch::channel(false);
    let toy = Arc::new(Toy {
        done: Mutex::default(),
        refuses: refuses.iter().map(ToString::to_string).collect(),
        stops_after: stops_after.map(ToOwned::to_owned),
        stop,
    });
    let steps = text.lines().map(|line| step(line, &toy)).collect();
    let compared = Compared {
        steps,
        ..Compared::default()
    };
    let plan = Plan::new(vec![(THING, compared)], Vec::new(), Links::default()).unwrap();
    let generous = guard::Limits {
        max_delete_percent: 100,
        ..guard::Limits::default()
    };
    let approved = approve(plan, &generous).unwrap_or_else(|refusals| panic!("{refusals:?}"));
    let limits = Limits {
        parallelism: BTreeMap::from([("toy", 1)]),
        repeats: BTreeMap::new(),
        watch: Arc::new(|_| {}),
        record,
        stop: stopped,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let Report { outcomes, halt } = runtime.block_on(apply(approved, Arc::new(door), limits));
    let told = toy.done.lock().unwrap().join(" ");
    let became = outcomes.iter().map(|(view, outcome)| {
        let word = match outcome {
            Outcome::Done => "done".to_owned(),
            Outcome::UnderWay(why) => format!("under way: {why}"),
            Outcome::Failed(error) => format!("failed: {error}"),
            Outcome::Skipped { because } => format!("skipped because of {}", because.name),
            Outcome::NotAttempted => "not attempted".to_owned(),
        };
        format!("{} {word}", view.address.name)
    });
    let became = became.collect::<Vec<_>>().join("\n");
    (format!("told {told}\n{became}"), halt)
}

fn step(line: &str, toy: &Arc<Toy>) -> Step {
    let words = line.split_whitespace().collect::<Vec<_>>();
    let after = |word: &str| -> Vec<Address> {
        let found = words.windows(2).filter(|pair| pair[0] == word);
        found.map(|pair| THING.address(pair[1])).collect()
    };
    let name = words[1].to_owned();
    let id = RemoteId(name.clone());
    let (action, change) = match words[0] {
        "+" => (
            Action::Create,
            Change::<Thing>::Create { want: Thing(name) },
        ),
        "~" => {
            let want = Thing(name);
            (
                Action::Update,
                Change::Update {
                    id,
                    want,
                    changed: vec!["x"],
                    enable: false,
                },
            )
        }
        _ => (Action::Delete, Change::Delete { id }),
    };
    let output = |path: &Address| FieldView {
        name: "puts",
        before: None,
        after: Some(Value::Output(SecretOutput {
            to: Destination::File(path.name.to_string()),
            place: Place {
                file: FileId(0),
                start: 0,
                end: 0,
            },
        })),
        answer: crate::model::answer::Answer::Differs,
    };
    let view = StepView {
        fields: after("puts").iter().map(output).collect(),
        needs: after("needs"),
        releases: after("releases"),
        ..view(THING.address(words[1]), action)
    };
    Step::new(view, Some(Arc::clone(toy)), change)
}

/// What a step shows that waits for nothing.
fn view(address: Address, action: Action) -> StepView {
    StepView {
        label: address.name.to_string(),
        address,
        action,
        place: None,
        id: None,
        removal: Removal::Delete,
        enable: false,
        prevent_delete: false,
        hold: Hold::Owned,
        live: Vec::new(),
        terms: Terms::default(),
        price: None,
        account: Account::default(),
        fields: Vec::new(),
        risks: Vec::new(),
        laxer: Vec::new(),
        remarks: Vec::new(),
        access: Touched::default(),
        obstacles: Vec::new(),
        needs: Vec::new(),
        releases: Vec::new(),
        waits_for: Vec::new(),
    }
}

#[test]
fn what_waits_for_what_is_under_way_is_left_for_later() {
    let report = check("+ slow-a\n+ b needs slow-a\n+ c", &[], None);
    assert!(
        report.contains("slow-a under way: waits for somebody"),
        "{report}"
    );
    assert!(report.contains("b skipped because of slow-a"), "{report}");
    assert!(report.contains("c done"), "{report}");
}

#[test]
fn what_is_under_way_is_no_failure() {
    let outcome = |it| (view(THING.address("a"), Action::Create), it);
    let report = |outcomes| Report {
        outcomes,
        halt: None,
    };
    let under_way = || Outcome::UnderWay(String::new());
    let both = report(vec![outcome(Outcome::Done), outcome(under_way())]);
    assert!(both.is_whole());
    assert_eq!((both.under_way(), both.done(Action::Create)), (1, 1));
    let skipped = Outcome::Skipped {
        because: THING.address("a"),
    };
    assert!(!report(vec![outcome(under_way()), outcome(skipped)]).is_whole());
}

#[test]
fn steps_run_in_the_order_of_the_plan() {
    insta::assert_snapshot!(check("~ docs needs infra releases old\n- old\n+ infra", &[], None), @r"
        told +infra ~docs -old
        infra done
        docs done
        old done
        ");
}

#[test]
fn a_failure_skips_what_waits_for_it_and_nothing_else() {
    insta::assert_snapshot!(
        check("+ a\n+ b needs a\n+ c needs b\n+ d\n- e", &["a"], None),
        @r"
        told +d -e
        a failed: no
        b skipped because of a
        c skipped because of a
        d done
        e done
        "
    );
}

#[test]
fn a_deletion_is_skipped_when_its_release_fails() {
    insta::assert_snapshot!(check("~ docs releases old\n- old", &["docs"], None), @r"
        told 
        docs failed: no
        old skipped because of docs
        ");
}

#[test]
fn what_was_not_begun_when_the_run_was_stopped_is_said_to_be_so() {
    insta::assert_snapshot!(check("+ a\n+ b needs a\n+ c needs b", &[], Some("a")), @r"
        told +a
        a done
        b not attempted
        c not attempted
        ");
}

#[test]
fn what_could_not_be_kept_is_not_created() {
    let door = Shelf {
        is_closed: Some("no room".to_owned()),
        ..Shelf::default()
    };
    let steps = "+ a puts bot.json\n+ b needs a\n+ c";
    insta::assert_snapshot!(check_behind(door, steps, &[], None), @r"
        told +c
        a failed: its secret would be lost: no room
        b skipped because of a
        c done
        ");
}
