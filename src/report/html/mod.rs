//! X
use super::picture::Picture;
pub(crate) fn plan(_: &Picture) -> String {
    String::new()
}
