//! Pictures in files: they come back as they were, and whatever else stands there, drawing it never panics.

use super::fixture::rich;
use super::{Picture, Step};
use crate::report::style::Sheet;
use crate::report::{html, markdown, text};

/// Draws it in every form.
fn draw(picture: &Picture) -> [String; 3] {
    [
        text::plan(picture, Sheet::PLAIN),
        markdown::plan(picture, 8_192, "trueup plan"),
        html::plan(picture),
    ]
}

#[test]
fn a_picture_is_this_in_a_file() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&rich()).unwrap());
}

#[test]
fn a_picture_comes_back_from_a_file_as_it_was() {
    let json = serde_json::to_value(rich()).unwrap();
    assert_eq!(serde_json::from_value::<Picture>(json).unwrap(), rich());
    let empty = serde_json::from_str::<Picture>("{}").unwrap();
    assert_eq!(empty, Picture::default());
}

#[test]
fn a_key_of_a_later_version_is_left_out() {
    let mut json = serde_json::to_value(rich()).unwrap();
    json["later"] = "more than this version knows".into();
    json["steps"][0]["more"] = true.into();
    assert_eq!(serde_json::from_value::<Picture>(json).unwrap(), rich());
}

#[test]
fn a_mutilated_picture_is_drawn_or_refused_and_never_a_panic() {
    let json = serde_json::to_string(&rich()).unwrap();
    let numbers = json.replace("300", &usize::MAX.to_string());
    let numbers = numbers.replace(":5,", ":18446744073709551615,");
    let mut drawn = 0;
    for whole in [json, numbers] {
        for at in (0..whole.len()).step_by(151) {
            for with in ["", "0", "\\u0000", "\"", "null", "}]"] {
                let mut bytes = whole.as_bytes().to_vec();
                let end = (at + 2).min(bytes.len());
                bytes.splice(at..end, with.bytes());
                if let Ok(picture) = serde_json::from_slice::<Picture>(&bytes) {
                    drop(draw(&picture));
                    drawn += 1;
                }
            }
        }
    }
    assert!(drawn > 10, "{drawn}");
}

#[test]
fn counts_that_no_plan_has_add_up_to_something() {
    let mut picture = rich();
    for counts in picture.kinds.values_mut() {
        counts.unchanged = usize::MAX;
        counts.strangers = usize::MAX;
    }
    let said = format!("{} unchanged", usize::MAX);
    assert!(draw(&picture).iter().all(|it| it.contains(&said)));
}

#[test]
fn texts_of_nothing_but_marks_are_drawn() {
    let nothing = |step: &Step| Step {
        address: "`".to_owned(),
        kind: String::new(),
        label: "\\".to_owned(),
        name: "\n".to_owned(),
        ..step.clone()
    };
    let mut picture = rich();
    picture.workspace = " ".to_owned();
    picture.steps = picture.steps.iter().map(nothing).collect();
    assert!(draw(&picture).iter().all(|it| !it.is_empty()));
}
