//! The text of a plan, on paper and on a terminal.

use unicode_width::UnicodeWidthStr;

use super::plan;
use crate::report::picture::fixture::{NASTY, rich};
use crate::report::picture::{MANY, Picture};
use crate::report::style::{Palette, Sheet};

fn on_terminal(picture: &Picture, width: usize) -> String {
    let sheet = Sheet {
        width: Some(width),
        ..Sheet::PLAIN
    };
    plan(picture, sheet)
}

#[test]
fn a_rich_plan_reads_like_this() {
    insta::assert_snapshot!(plan(&rich(), Sheet::PLAIN));
}

#[test]
fn long_lists_go_on_in_further_lines_where_the_terminal_ends() {
    let picture = rich();
    let text = on_terminal(&picture, 72);
    let too_wide = text.lines().filter(|it| it.width() > 72);
    // A value in quotes and a word longer than the line are left to the terminal, and nothing else.
    let too_wide = too_wide.filter(|it| !it.contains('"')).collect::<Vec<_>>();
    assert!(too_wide.is_empty(), "{too_wide:#?}");
    let squeezed = |text: &str| text.split_whitespace().collect::<String>().replace('#', "");
    let whole = plan(&picture, Sheet::PLAIN);
    assert_eq!(squeezed(&text), squeezed(&whole));
    insta::assert_snapshot!(text);
}

#[test]
fn colours_change_no_line() {
    let picture = rich();
    let palette = Palette { color: true };
    for width in [None, Some(72)] {
        let plain = Sheet {
            width,
            ..Sheet::PLAIN
        };
        let coloured = plan(&picture, Sheet { palette, ..plain });
        let mut bare = String::new();
        let mut parts = coloured.split('\u{1b}');
        bare.extend(parts.next());
        bare.extend(parts.filter_map(|it| Some(it.split_once('m')?.1)));
        assert_eq!(bare, plan(&picture, plain));
    }
}

#[test]
fn many_equal_steps_are_one_and_a_few_are_not() {
    let mut picture = rich();
    picture.steps.retain(|it| it.kind == "password_safe.user");
    assert!(plan(&picture, Sheet::PLAIN).contains("# 7 of password_safe.user will be updated"));
    picture.steps.truncate(MANY - 1);
    let text = plan(&picture, Sheet::PLAIN);
    assert_eq!(text.matches("will be updated in-place").count(), MANY - 1);
}

#[test]
fn what_removes_or_is_risky_or_costs_or_is_blocked_is_in_no_group() {
    for mark in ["delete", "risk", "spends", "obstacle"] {
        let rich = rich();
        let mut picture = rich.clone();
        picture.steps.retain(|it| it.kind == "password_safe.user");
        let risk = rich.steps.iter().find_map(|it| it.risks.first());
        let obstacle = rich.steps.iter().find_map(|it| it.obstacles.first());
        for step in &mut picture.steps {
            match mark {
                "delete" => step.action = crate::plan::Action::Delete,
                "risk" => step.risks = risk.cloned().into_iter().collect(),
                "spends" => step.spends = Some("money".to_owned()),
                _ => step.obstacles = obstacle.cloned().into_iter().collect(),
            }
        }
        let text = plan(&picture, Sheet::PLAIN);
        for step in &picture.steps {
            assert!(
                text.contains(&format!("# {} will be", step.address)),
                "{mark}"
            );
        }
    }
}

#[test]
fn nothing_that_a_file_says_writes_to_the_terminal() {
    let json = serde_json::to_string(&rich()).unwrap();
    // Every text of the picture is another one, but for the words that mean something.
    let nasty = serde_json::to_string(NASTY).unwrap();
    let texts = [
        "acme",
        "office-router",
        "password_safe.user",
        "10/s",
        "vault/people.yaml",
    ];
    let hostile = texts.iter().fold(json, |json, text| {
        json.replace(&format!("\"{text}\""), &nasty)
    });
    let picture = serde_json::from_str::<Picture>(&hostile).unwrap();
    let text = plan(&picture, Sheet::PLAIN);
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']), "{text:?}");
}
