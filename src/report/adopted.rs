//! What was adopted, for people and programs.

use serde_json::json;

use crate::model::address::Address;
use crate::report::diagnostics::written;
use crate::report::style::Palette;

/// What became of every declared resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Adopted {
    /// Ours from now on, or remembered anew as it is today.
    pub adopted: Vec<Address>,
    /// How many were ours already.
    pub known: usize,
    /// Not as declared, and so left.
    pub left: Vec<Address>,
}

pub(crate) fn text(adopted: &Adopted, palette: Palette) -> String {
    let Adopted {
        adopted,
        known,
        left,
    } = adopted;
    let line = |mark: &str, address: &Address| format!("{mark} {address}\n");
    let mut text = adopted
        .iter()
        .map(|it| line(&palette.green("adopted"), it))
        .chain(left.iter().map(|it| line(&palette.yellow("left"), it)))
        .collect::<String>();
    if !text.is_empty() {
        text.push('\n');
    }
    let count = format!("{} adopted, {known} ours already.", adopted.len());
    text.push_str(&format!("{}\n", palette.bold(count)));
    if !left.is_empty() {
        text.push_str(&format!(
            "{} left, since they are not as declared: `trueup plan` shows how they differ.\n",
            left.len()
        ));
    }
    text
}

pub(crate) fn json(adopted: &Adopted) -> String {
    let Adopted {
        adopted,
        known,
        left,
    } = adopted;
    let names = |list: &[Address]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    written(&json!({
        "adopted": names(adopted),
        "known": known,
        "left": names(left),
    }))
}
