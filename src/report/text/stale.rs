//! What of a saved plan is refused, and how the world differs from the one that it was made from.

use std::fmt::Write;

use crate::report::style::{Palette, clean};
use crate::saved::check::{Checked, Stale};

/// The steps that are refused, each with its reason, and those that have come to be as planned.
pub(crate) fn stale(checked: &Checked, palette: Palette) -> String {
    let Checked { stale, settled } = checked;
    let mut out = String::new();
    for address in settled {
        writeln!(
            out,
            "{} {address} is as planned already",
            palette.dim("Nothing to do:")
        )
        .ok();
    }
    for (address, why) in stale {
        let mark = palette.red("Stale:");
        match why {
            Stale::Live(differences) => {
                writeln!(out, "{mark} {address} has changed since the plan was made").ok();
                for (field, then, today) in differences {
                    let [then, today] = [then, today].map(|it| clean(&it.to_string()));
                    writeln!(out, "      {field}: {then} -> {today}").ok();
                }
                if differences.is_empty() {
                    writeln!(out, "      in what the plan does not show").ok();
                }
            }
            Stale::Action { planned, today } => {
                let text = format!("{address} was to be {planned}d; today it would be {today}d");
                writeln!(out, "{mark} {text}").ok();
            }
            Stale::Wanted => {
                let text = format!("{address} would be made into something else than was planned");
                writeln!(out, "{mark} {text}").ok();
            }
            Stale::Waits(other) => {
                writeln!(out, "{mark} {address} waits for {other}").ok();
            }
        }
    }
    if !stale.is_empty() {
        let plural = if stale.len() == 1 {
            "step is"
        } else {
            "steps are"
        };
        let line = format!(
            "{} {plural} refused; make a new plan for them.",
            stale.len()
        );
        writeln!(out, "{line}").ok();
    }
    out
}
