//! Whether two trees say the same, however they are written and in whatever order their keys stand.

use super::tree::{Entry, Node, Scalar, View};

/// Whether two nodes say the same to whoever reads them. Places and the order of keys are nothing to that, and quotes
/// only where a word without them may be a truth value or a number.
pub(crate) fn same(a: &Node, b: &Node) -> bool {
    if a.is_broken() != b.is_broken() {
        return false;
    }
    match (a.view(), b.view()) {
        (View::Null, View::Null) => true,
        (View::Scalar(a), View::Scalar(b)) => a.text == b.text && is_value(a) == is_value(b),
        (View::List(a), View::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (View::Map(a), View::Map(b)) => {
            let (a, b) = (by_key(a), by_key(b));
            let is_same =
                |(a, b): (&&Entry, &&Entry)| a.key.text == b.key.text && same(&a.value, &b.value);
            a.len() == b.len() && a.iter().zip(&b).all(is_same)
        }
        (View::Null | View::Scalar(_) | View::List(_) | View::Map(_), _) => false,
    }
}

fn by_key(entries: &[Entry]) -> Vec<&Entry> {
    let mut entries = entries.iter().collect::<Vec<_>>();
    entries.sort_by(|a, b| a.key.text.cmp(&b.key.text));
    entries
}

/// Whether it may be meant as a truth value or a number.
fn is_value(scalar: &Scalar) -> bool {
    scalar.plain && (matches!(&*scalar.text, "true" | "false") || is_number(&scalar.text))
}

/// Whether a word is a number as everybody writes them.
pub(crate) fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && text.parse::<f64>().is_ok()
}
