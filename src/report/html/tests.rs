//! The page as text. What a browser makes of it is tested in `tests/it/chromium.rs`.

use super::plan;
use crate::report::picture::Picture;
use crate::report::picture::fixture::rich;

#[test]
fn a_rich_plan_is_this_page() {
    let page = plan(&rich());
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</style>").unwrap();
    let (body, _) = rest.split_once("<script>").unwrap();
    insta::assert_snapshot!(format!("{head}{body}"));
}

#[test]
fn nothing_foreign_is_taken_for_html() {
    let page = plan(&rich());
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(!page.contains("<b>two"), "{page}");
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("<article").count(), rich().steps.len());
}

#[test]
fn a_plan_without_steps_has_nothing_to_filter() {
    let page = plan(&Picture::default());
    assert!(page.contains("<h1>No changes.</h1>"), "{page}");
    assert!(!page.contains("<form"), "{page}");
}
