//! Markdown that holds what it promises, of any plan: within its bounds, with nothing lost that must not be, and with
//! nothing of a vendor's outside code.

use std::collections::HashSet;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{DELETES, plan};
use crate::plan::Action;
use crate::report::picture::fixture::{NASTY, field, rich, step, text};
use crate::report::picture::{Picture, Refusal, Step, Unverified};
use crate::report::words::headline;

const SHOW: &str = "trueup show plan.json";

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (limit as u64)).unwrap()
    }
}

/// A plan of so many steps, of which about one in `rare` deletes and one in `rare` has a risk.
fn made(steps: usize, rare: usize, dice: &mut Dice) -> Picture {
    let rich = rich();
    let risk = rich.steps.iter().find_map(|it| it.risks.first()).unwrap();
    let kinds = [
        "senhasegura.user",
        "password_safe.secret",
        "safeconsole.policy",
    ];
    let steps = (0..steps).map(|number| {
        let kind = kinds[dice.below(kinds.len())];
        let action = match dice.below(rare) {
            0 => Action::Delete,
            it if it % 2 == 0 => Action::Create,
            _ => Action::Update,
        };
        let name = match dice.below(9) {
            0 => format!("[{number} {NASTY}]"),
            _ => format!("日本-{number}"),
        };
        let long = NASTY.repeat(dice.below(4));
        Step {
            label: long.clone(),
            fields: vec![match action {
                Action::Create => field("email", None, Some(text(&long))),
                Action::Update => field("email", Some(text("")), Some(text(&long))),
                Action::Delete => field("email", Some(text(&long)), None),
            }],
            risks: Vec::from_iter((dice.below(rare) == 0).then(|| risk.clone())),
            ..step(action, kind, &name)
        }
    });
    Picture {
        steps: steps.collect(),
        ..rich
    }
}

/// Fails unless everything foreign stands in code, every fold is closed, and nothing is loaded or linked.
#[track_caller]
fn check_harmless(markdown: &str) {
    let mut folds = 0_usize;
    let mut in_block = false;
    for event in Parser::new(markdown) {
        let is_link = matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. }));
        assert!(!is_link, "{markdown}");
        follow(&event, &mut in_block);
        if let Event::Html(html) | Event::InlineHtml(html) = event {
            folds += html.matches("<details>").count();
            folds -= html.matches("</details>").count();
            let rest = html.trim().replace("<details><summary>", "");
            let rest = rest.replace("</summary>", "").replace("</details>", "");
            assert!(!rest.contains('<'), "{html}");
        } else if let (Event::Text(text), false) = (&event, in_block) {
            let foreign = ['@', '#', '<', '|', '`', '_', '/'];
            assert!(!text.contains(foreign), "{text}");
        }
    }
    assert_eq!(folds, 0, "{markdown}");
}

/// Keeps track of whether what follows an event is in a block of code.
fn follow(event: &Event<'_>, in_block: &mut bool) {
    if matches!(event, Event::Start(Tag::CodeBlock(_))) {
        *in_block = true;
    } else if matches!(event, Event::End(TagEnd::CodeBlock)) {
        *in_block = false;
    }
}

/// The lines of all blocks, in which addresses stand.
fn lines(markdown: &str) -> HashSet<String> {
    let mut in_block = false;
    let mut lines = HashSet::new();
    for event in Parser::new(markdown) {
        follow(&event, &mut in_block);
        if let (Event::Text(text), true) = (&event, in_block) {
            lines.extend(text.lines().map(str::to_owned));
        }
    }
    lines
}

/// How many of these steps have their address in a line of the report.
fn found<'s>(steps: impl Iterator<Item = &'s Step>, markdown: &str) -> usize {
    let lines = lines(markdown);
    let words = lines.iter().flat_map(|line| {
        let bare = line.trim_start_matches(['-', '+', '!', ' ', '#']);
        let ends = bare
            .match_indices(' ')
            .map(|(at, _)| at)
            .chain([bare.len()]);
        ends.map(move |end| &bare[..end])
    });
    let words = words.collect::<HashSet<_>>();
    let address = |it: &&Step| words.contains(crate::report::style::clean(&it.address).as_str());
    steps.filter(address).count()
}

/// Fails unless all that must be there is there, or is told to be missing.
#[track_caller]
fn check_whole(picture: &Picture, markdown: &str) {
    assert!(markdown.starts_with(&format!("### {}\n", headline(picture))));
    let deletes = picture
        .steps
        .iter()
        .filter(|it| it.action == Action::Delete);
    let risky = picture.steps.iter();
    let risky = risky.filter(|it| it.action != Action::Delete && !it.risks.is_empty());
    for (steps, title) in [
        (deletes.collect::<Vec<_>>(), "to destroy"),
        (risky.collect(), "with a risk"),
    ] {
        if steps.is_empty() {
            continue;
        }
        let count = steps.len();
        assert!(
            markdown.contains(&format!("#### {count} {title}\n")),
            "{title}"
        );
        let missing = count - found(steps.into_iter(), markdown);
        let loud = format!("**THIS LIST IS CUT: {missing} of {count} are missing here.**");
        assert!(
            missing == 0 || markdown.contains(&loud),
            "{missing} of {count} {title}"
        );
    }
}

#[test]
fn a_rich_plan_reads_like_this() {
    let markdown = plan(&rich(), 65_536, SHOW);
    check_harmless(&markdown);
    insta::assert_snapshot!(markdown);
}

#[test]
fn a_long_plan_says_less_of_what_is_harmless() {
    let mut dice = Dice(7);
    let picture = made(400, 40, &mut dice);
    insta::assert_snapshot!(plan(&picture, 16_384, SHOW));
}

#[test]
fn any_plan_fits_and_loses_nothing_that_must_not_be_lost() {
    let mut dice = Dice(0x5eed);
    for (steps, rare) in [
        (0, 2),
        (1, 1),
        (20, 5),
        (300, 3),
        (300, 100),
        (3_000, 1),
        (3_000, 50),
        (20_000, 2),
        (100_000, 1_000),
        (100_000, 2),
    ] {
        let picture = made(steps, rare, &mut dice);
        for limit in [8_192, 20_001, 65_536, 262_144] {
            let markdown = plan(&picture, limit, SHOW);
            assert!(
                markdown.len() <= limit,
                "{steps} steps in {limit}: {}",
                markdown.len()
            );
            check_harmless(&markdown);
            check_whole(&picture, &markdown);
        }
    }
}

#[test]
fn each_thing_is_given_up_only_after_the_one_before_it() {
    let picture = made(400, 12, &mut Dice(3));
    let whole = plan(&picture, usize::MAX, SHOW);
    assert!(!whole.contains("Shortened"));
    let mut last = whole.len();
    let mut lengths = Vec::new();
    for limit in (8_192..whole.len()).step_by(4_096).rev() {
        let markdown = plan(&picture, limit, SHOW);
        check_whole(&picture, &markdown);
        assert!(markdown.contains(&format!("Shortened to {limit} bytes")));
        let length = markdown.len();
        assert!(
            length <= last + 8,
            "more is said in {limit} bytes than in more"
        );
        last = length;
        lengths.push(length);
    }
    lengths.dedup();
    assert!(lengths.len() > 4, "{lengths:?}");
}

#[test]
fn many_refusals_and_notes_leave_room_for_what_is_deleted() {
    let mut picture = made(100, 2, &mut Dice(9));
    let refusal = picture.refusals.first().unwrap().clone();
    picture.refusals = vec![refusal; 5_000];
    picture.refusals.push(Refusal {
        code: "spends".to_owned(),
        message: "the plan costs money".to_owned(),
        help: "say so".to_owned(),
    });
    let why = Unverified {
        address: "a.b.c".to_owned(),
        field: "d".to_owned(),
        why: NASTY.to_owned(),
    };
    picture.unverified = vec![why; 5_000];
    let markdown = plan(&picture, 65_536, SHOW);
    assert!(markdown.len() <= 65_536);
    check_harmless(&markdown);
    check_whole(&picture, &markdown);
    assert!(markdown.contains("`max-deletes`, 5000 times"), "{markdown}");
    assert!(
        markdown.contains("5000 fields that cannot be verified"),
        "{markdown}"
    );
}

#[test]
fn a_few_risks_are_not_lost_beside_many_deletions() {
    let mut picture = made(50_000, 1, &mut Dice(11));
    for step in &mut picture.steps {
        step.risks.clear();
    }
    let rich = rich();
    let risky = rich.steps.into_iter().filter(|it| !it.risks.is_empty());
    picture.steps.extend(risky);
    let markdown = plan(&picture, 8_192, SHOW);
    check_whole(&picture, &markdown);
    let cut = format!("#### 50000 {DELETES}\n\n**THIS LIST IS CUT:");
    assert!(markdown.contains(&cut), "{markdown}");
    let kept = "#### 1 with a risk\n\n```diff\n! safeconsole.policy.home (policy-weakened)\n";
    assert!(markdown.contains(kept), "{markdown}");
}

#[test]
fn a_deletion_with_a_risk_keeps_both_however_short_the_report_is() {
    let rich = rich();
    let risky = rich.steps.iter().find(|it| !it.risks.is_empty()).unwrap();
    let mut picture = made(300, 1, &mut Dice(17));
    for step in &mut picture.steps {
        step.risks.clear();
    }
    picture.steps.push(Step {
        action: Action::Delete,
        ..risky.clone()
    });
    let markdown = plan(&picture, 20_000, SHOW);
    let line = "- safeconsole.policy.home (policy-weakened)\n";
    assert!(markdown.contains(line), "{markdown}");
    assert!(
        markdown.contains("to destroy, 1 with a risk\n"),
        "{markdown}"
    );
}

#[test]
fn what_the_reader_is_cautioned_of_stays_to_the_end() {
    for steps in [1, 50_000] {
        let picture = Picture {
            caution: Some("its signature was not checked".to_owned()),
            ..made(steps, 2, &mut Dice(13))
        };
        let markdown = plan(&picture, 8_192, SHOW);
        assert!(markdown.contains("**Warning:** its signature was not checked."));
    }
}

#[test]
fn names_longer_than_all_of_the_room_leave_the_headline() {
    let mut picture = rich();
    for step in &mut picture.steps {
        step.kind = format!("{}{}", step.kind, "x".repeat(9_000));
    }
    let markdown = plan(&picture, 8_192, SHOW);
    assert!(markdown.contains("NOTHING ELSE FITS HERE"), "{markdown}");
    assert!(markdown.starts_with(&format!("### {}\n", headline(&picture))));
}
