//! What became of the fingerprints when the key changed.

use std::fmt::Write;

use crate::ledger::rekey::Rekeyed;
use crate::report::style::Palette;

/// What was made anew, and what is forgotten.
pub(crate) fn text(rekeyed: &Rekeyed, palette: Palette) -> String {
    let Rekeyed {
        entries,
        fields,
        lost,
    } = rekeyed;
    let mut text = String::new();
    for (address, names) in lost {
        let mark = palette.yellow("forgotten");
        writeln!(text, "{mark} {address}: {}", names.join(", ")).ok();
    }
    if !lost.is_empty() {
        text.push('\n');
    }
    let count = format!(
        "{fields} fingerprints of {} resources are under the new key.",
        entries.len()
    );
    writeln!(text, "{}", palette.bold(count)).ok();
    let lost = lost.values().map(Vec::len).sum::<usize>();
    if lost > 0 {
        writeln!(
            text,
            "{lost} {} forgotten, since the value that was applied last is neither declared nor known to be there.",
            if lost == 1 { "is" } else { "are" }
        )
        .ok();
    }
    text
}
