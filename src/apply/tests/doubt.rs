//! Lost answers: what is sent again, and what is not. Time stands still but for pauses.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

use super::shelf::{Fate, JAR, Jar, JarSpec, Shelf, Stored};
use super::view;
use crate::apply::record::Unrecorded;
use crate::apply::{Limits, Outcome, apply};
use crate::guard::{self, approve};
use crate::model::address::RemoteId;
use crate::model::delivery;
use crate::model::field::SecretField;
use crate::model::kind::Spec;
use crate::model::reference::{Linked, Links, Ref, Target};
use crate::model::secret::Secret;
use crate::plan::{Action, Change, Compared, Plan, Step};

/// A run: what is there, what becomes of requests, how often one may be sent again.
struct Run {
    there: Vec<Stored>,
    fates: Vec<(&'static str, Fate)>,
    repeats: u32,
}

impl Run {
    /// One in which the vendor holds nothing, and requests may be sent twice more.
    fn of(fates: &[(&'static str, Fate)]) -> Self {
        Self {
            there: Vec::new(),
            fates: fates.to_vec(),
            repeats: 2,
        }
    }

    /// The same, with a jar that the plan knows.
    fn with(self, jar: Stored) -> Self {
        Self {
            there: vec![jar],
            ..self
        }
    }

    /// What was asked, what became of each step, what is there, and how many seconds were waited.
    fn check<const DISABLES: bool>(self, changes: Vec<(&str, Change<Jar<DISABLES>>)>) -> String {
        let shelf = Arc::new(Shelf::default());
        let mut links = Links::default();
        for jar in self.there {
            let label = jar.name.clone();
            let id = Some(shelf.make(jar));
            let linked = Linked {
                kind: JAR,
                address: None,
                label: label.clone(),
                id,
            };
            links.add(linked, label.clone(), Some(label));
        }
        shelf.fates.lock().unwrap().extend(self.fates);
        let mut steps = Vec::new();
        for (name, change) in changes {
            let address = JAR.address(name);
            let action = match &change {
                Change::Create { .. } => Action::Create,
                Change::Update { .. } => Action::Update,
                Change::Delete { .. } => Action::Delete,
            };
            let linked = Linked {
                kind: JAR,
                address: Some(address.clone()),
                label: name.to_owned(),
                id: None,
            };
            links.add(linked, name.to_owned(), None);
            let mut view = view(address, action);
            if let Change::Create { want } = &change {
                let links = want.links().into_iter();
                view.needs = links.filter_map(|(_, link)| link.declared()).collect();
            }
            steps.push(Step::new(view, Some(Arc::clone(&shelf)), change));
        }
        let compared = Compared {
            steps,
            ..Compared::default()
        };
        let plan = Plan::new(vec![(JAR, compared)], Vec::new(), links).unwrap();
        let generous = guard::Limits {
            max_delete_percent: 100,
            ..guard::Limits::default()
        };
        let approved = approve(plan, &generous).unwrap_or_else(|refusals| panic!("{refusals:?}"));
        let (_never, stop) = watch::channel(false);
        let limits = Limits {
            parallelism: BTreeMap::from([("shelf", 1)]),
            repeats: BTreeMap::from([("shelf", self.repeats)]),
            watch: Arc::new(|_| {}),
            record: Arc::new(Unrecorded),
            stop,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let (report, waited) = runtime.block_on(async {
            let begin = Instant::now();
            let report = apply(approved, Arc::new(delivery::Shelf::default()), limits).await;
            (report, begin.elapsed().as_secs())
        });
        let mut lines = vec![shelf.asked.lock().unwrap().join(", ")];
        for (view, outcome) in report.outcomes {
            let became = match outcome {
                Outcome::Done => "done".to_owned(),
                Outcome::UnderWay(why) => format!("under way: {why}"),
                Outcome::Failed(error) => {
                    let help = error.help.clone().unwrap_or_default();
                    format!("{:?}: {error}\n  {help}", error.cause)
                }
                Outcome::Skipped { .. } => "skipped".to_owned(),
                Outcome::NotAttempted => "not attempted".to_owned(),
            };
            lines.push(format!("{}: {became}", view.address.name));
        }
        let jars = shelf.jars.lock().unwrap();
        let jars = jars.iter().filter(|it| !it.name.is_empty());
        let jars = jars.map(|it| {
            let disabled = if it.is_disabled { " disabled" } else { "" };
            format!("{} {} `{}`{disabled}", it.id, it.name, it.note)
        });
        let jars = jars.collect::<Vec<_>>().join(", ");
        lines.push(format!("there: {jars}; waited {waited} s"));
        lines.join("\n")
    }
}

fn spec(name: &str) -> JarSpec {
    JarSpec {
        name: name.to_owned(),
        note: "sweet".to_owned(),
        shape: "round".to_owned(),
        code: Some(SecretField::Known(Secret::new("4711".to_owned()))),
        within: None,
    }
}

fn jar(name: &str, note: &str) -> Stored {
    Stored {
        name: name.to_owned(),
        note: note.to_owned(),
        shape: "round".to_owned(),
        ..Stored::default()
    }
}

fn create(name: &str) -> Vec<(&str, Change<Jar<false>>)> {
    vec![(name, Change::Create { want: spec(name) })]
}

fn update<const DISABLES: bool>(
    changed: &[&'static str],
    enable: bool,
) -> Vec<(&'static str, Change<Jar<DISABLES>>)> {
    let update = Change::Update {
        id: RemoteId("1".to_owned()),
        want: spec("jam"),
        changed: changed.to_vec(),
        enable,
    };
    vec![("jam", update)]
}

fn delete<const DISABLES: bool>() -> Vec<(&'static str, Change<Jar<DISABLES>>)> {
    let id = RemoteId("1".to_owned());
    vec![("jam", Change::Delete { id })]
}

#[test]
fn a_create_whose_answer_is_lost_is_found_and_not_sent_again() {
    let run = Run::of(&[("create", Fate::AnswerLost)]);
    insta::assert_snapshot!(run.check(create("jam")), @r"
    create jam, list, read 1
    jam: done
    there: 1 jam `sweet`; waited 0 s
    ");
}

#[test]
fn a_create_of_which_nothing_is_found_is_sent_again() {
    let run = Run::of(&[("create", Fate::RequestLost)]);
    insta::assert_snapshot!(run.check(create("jam")), @r"
    create jam, list, list, create jam
    jam: done
    there: 1 jam `sweet`; waited 1 s
    ");
}

#[test]
fn a_create_that_a_slow_vendor_does_meanwhile_is_not_sent_again() {
    let run = Run::of(&[("create", Fate::Late)]);
    insta::assert_snapshot!(run.check(create("jam")), @r"
    create jam, list, list, read 1
    jam: done
    there: 1 jam `sweet`; waited 1 s
    ");
}

#[test]
fn a_create_that_is_found_half_done_is_finished() {
    let run = Run::of(&[("create", Fate::Half)]);
    insta::assert_snapshot!(run.check(create("jam")), @r"
    create jam, list, read 1, list, read 1, update 1 note
    jam: done
    there: 1 jam `sweet`; waited 1 s
    ");
}

#[test]
fn an_object_that_is_made_and_that_no_list_shows_is_not_made_again() {
    let run = Run::of(&[("create", Fate::HalfHidden)]);
    insta::assert_snapshot!(run.check(create("jam")), @r"
    create jam, list, list, list, list, list
    jam: Begun: the jar is there, but the answer was lost; a look at the vendor did not tell more: no list shows it yet
      apply again a little later: what has been done by then is found, and is not done twice
    there: 1 jam ``; waited 5 s
    ");
}

#[test]
fn a_create_that_is_lost_time_and_again_is_given_up() {
    let lost = ("create", Fate::RequestLost);
    let run = Run::of(&[lost, lost, lost]);
    insta::assert_snapshot!(run.check(create("jam")), @r"
    create jam, list, list, create jam, list, list, create jam, list
    jam: Unknown: the answer was lost; it is not there so far
      apply again a little later: what has been done by then is found, and is not done twice
    there: ; waited 5 s
    ");
}

#[test]
fn a_create_that_is_refused_the_second_time_is_told_so() {
    let run = Run::of(&[("create", Fate::RequestLost), ("create", Fate::Refused)]);
    insta::assert_snapshot!(run.check(create("jam")), @r"
    create jam, list, list, create jam, list
    jam: Refused: no; it is not there so far
      
    there: ; waited 1 s
    ");
}

#[test]
fn what_may_not_be_repeated_is_looked_for_and_not_sent_again() {
    let run = |fate| Run {
        repeats: 0,
        ..Run::of(&[("create", fate)])
    };
    insta::assert_snapshot!(run(Fate::AnswerLost).check(create("jam")), @r"
    create jam, list, read 1
    jam: done
    there: 1 jam `sweet`; waited 0 s
    ");
    insta::assert_snapshot!(run(Fate::RequestLost).check(create("jam")), @r"
    create jam, list
    jam: Unknown: the answer was lost; it is not there so far
      apply again a little later: what has been done by then is found, and is not done twice
    there: ; waited 0 s
    ");
    insta::assert_snapshot!(run(Fate::Half).check(create("jam")), @r"
    create jam, list, read 1
    jam: Begun: the jar is there, but the answer was lost; not as declared so far: note
      apply again a little later: what has been done by then is found, and is not done twice
    there: 1 jam ``; waited 0 s
    ");
}

#[test]
fn two_that_nobody_knew_before_are_told_and_not_chosen_between() {
    let run = Run::of(&[("create", Fate::Twice)]);
    insta::assert_snapshot!(run.check(create("jam")), @r#"
    create jam, list
    jam: Unknown: the answer was lost; 2 objects that were not there before have name `jam`
      look at them, and say which one is meant: `id: "1"` or `id: "2"`
    there: 1 jam `sweet`, 2 jam `sweet`; waited 0 s
    "#);
}

#[test]
fn what_the_plan_knew_is_not_taken_for_what_was_made() {
    let run = || Run::of(&[("create", Fate::RequestLost)]).with(jar("jam", "sour"));
    insta::assert_snapshot!(run().check(create("jam")), @r"
    create jam, list, list, create jam
    jam: done
    there: 1 jam `sour`, 2 jam `sweet`; waited 1 s
    ");
}

#[test]
fn what_somebody_else_made_is_not_taken_over() {
    let run = Run::of(&[("create", Fate::Others)]);
    insta::assert_snapshot!(run.check(create("jam")), @r"
    create jam, list, read 1
    jam: Unknown: the answer was lost; one with name `jam` is there that was not there before, and its shape is another, which nobody can change
      somebody else may have made it: look at it, and plan again
    there: 1 jam `sweet`; waited 0 s
    ");
}

#[test]
fn what_lies_in_something_that_this_run_has_made_is_found_there() {
    let within = Ref::new(Target::Declared("crate".to_owned()), None);
    let jam = JarSpec {
        within: Some(within),
        ..spec("jam")
    };
    let mut changes = create("crate");
    changes.push(("jam", Change::Create { want: jam }));
    let run = Run::of(&[("create", Fate::Done), ("create", Fate::AnswerLost)]);
    insta::assert_snapshot!(run.check(changes), @r"
    create crate, create jam, list, read 2
    crate: done
    jam: done
    there: 1 crate `sweet`, 2 jam `sweet`; waited 0 s
    ");
}

#[test]
fn nothing_is_sent_again_while_nobody_can_look() {
    let unseen = ("list", Fate::RequestLost);
    let create_lost = ("create", Fate::AnswerLost);
    let run = Run::of(&[create_lost, unseen, unseen]);
    insta::assert_snapshot!(run.check(create("jam")), @r"
    create jam, list, list, list, read 1
    jam: done
    there: 1 jam `sweet`; waited 1 s
    ");
    let run = Run::of(&[create_lost, unseen, unseen, unseen, unseen, unseen]);
    insta::assert_snapshot!(run.check(create("jam")), @r"
    create jam, list, list, list, list, list
    jam: Unknown: the answer was lost; a look at the vendor did not tell more: nobody answers
      apply again a little later: what has been done by then is found, and is not done twice
    there: 1 jam `sweet`; waited 5 s
    ");
}

#[test]
fn an_update_whose_answer_is_lost_is_seen_to_be_done() {
    let run = Run::of(&[("update", Fate::AnswerLost)]).with(jar("jam", "sour"));
    insta::assert_snapshot!(run.check(update::<false>(&["note"], false)), @r"
    update 1 note, list, read 1
    jam: done
    there: 1 jam `sweet`; waited 0 s
    ");
}

#[test]
fn an_update_that_is_lost_is_sent_again_with_what_differs() {
    let run = Run::of(&[("update", Fate::RequestLost)]).with(jar("jam", "sour"));
    insta::assert_snapshot!(run.check(update::<false>(&["name", "note"], false)), @r"
    update 1 name+note, list, read 1, list, read 1, update 1 note
    jam: done
    there: 1 jam `sweet`; waited 1 s
    ");
}

#[test]
fn a_secret_that_nobody_can_compare_is_sent_again() {
    let run = Run::of(&[("update", Fate::AnswerLost)]).with(jar("jam", "sour"));
    insta::assert_snapshot!(run.check(update::<false>(&["note", "code"], false)), @r"
    update 1 note+code, list, read 1, list, read 1, update 1 code
    jam: done
    there: 1 jam `sweet`; waited 1 s
    ");
}

#[test]
fn what_is_gone_by_now_is_not_updated() {
    let run = Run::of(&[("update", Fate::RequestLost)]);
    insta::assert_snapshot!(run.check(update::<false>(&["note"], false)), @r"
    update 1 note, list, read 1
    jam: Unknown: the answer was lost; it is gone by now
      apply again a little later: what has been done by then is found, and is not done twice
    there: ; waited 0 s
    ");
}

#[test]
fn an_object_is_enabled_again_only_while_it_is_disabled() {
    let disabled = || Stored {
        is_disabled: true,
        ..jar("jam", "sweet")
    };
    let run = Run::of(&[("update", Fate::RequestLost)]).with(disabled());
    insta::assert_snapshot!(run.check(update::<true>(&["note"], true)), @r"
    update 1 note, list, read 1, list, read 1, update 1 note
    jam: done
    there: 1 jam `sweet`; waited 1 s
    ");
    let run = Run::of(&[("update", Fate::AnswerLost)]).with(disabled());
    insta::assert_snapshot!(run.check(update::<true>(&["note"], true)), @r"
    update 1 note, list, read 1
    jam: done
    there: 1 jam `sweet`; waited 0 s
    ");
}

#[test]
fn a_deletion_whose_answer_is_lost_is_seen_to_be_done() {
    let run = || Run::of(&[("delete", Fate::AnswerLost)]).with(jar("jam", "sour"));
    insta::assert_snapshot!(run().check(delete::<false>()), @r"
    delete 1, list, read 1
    jam: done
    there: ; waited 0 s
    ");
    insta::assert_snapshot!(run().check(delete::<true>()), @r"
    delete 1, list, read 1
    jam: done
    there: 1 jam `sour` disabled; waited 0 s
    ");
}

#[test]
fn a_deletion_that_is_lost_is_sent_again() {
    let run = Run::of(&[("delete", Fate::RequestLost)]).with(jar("jam", "sour"));
    insta::assert_snapshot!(run.check(delete::<false>()), @r"
    delete 1, list, read 1, list, read 1, delete 1
    jam: done
    there: ; waited 1 s
    ");
    let lost = ("delete", Fate::RequestLost);
    let run = Run::of(&[lost, lost, lost]).with(jar("jam", "sour"));
    insta::assert_snapshot!(run.check(delete::<false>()), @r"
    delete 1, list, read 1, list, read 1, delete 1, list, read 1, list, read 1, delete 1, list, read 1
    jam: Unknown: the answer was lost; it is still there
      apply again a little later: what has been done by then is found, and is not done twice
    there: 1 jam `sour`; waited 5 s
    ");
}
