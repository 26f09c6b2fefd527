//! Diagnostics as workflow commands of GitHub Actions, which shows them beside the changed lines.

use std::fmt::Write;

use super::{Locator, severity};
use crate::model::diagnostic::Diagnostic;
use crate::model::place::Sources;

/// Renders one workflow command a line.
pub(crate) fn github(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut locator = Locator::new(sources);
    let mut out = String::new();
    for diagnostic in diagnostics {
        let _ = write!(out, "::{} ", severity(diagnostic));
        if let Some(place) = diagnostic.place {
            let (start, end) = (locator.start(place), locator.end(place));
            let _ = write!(
                out,
                "file={},line={}",
                property(locator.path(place)),
                start.line
            );
            // Columns are only understood within one line.
            let _ = if start.line == end.line {
                write!(
                    out,
                    ",col={},endLine={},endColumn={},",
                    start.column, end.line, end.column
                )
            } else {
                write!(out, ",endLine={},", end.line)
            };
        }
        let mut message = diagnostic.message.clone();
        for more in [Some(diagnostic.label.as_str()), diagnostic.help.as_deref()]
            .into_iter()
            .flatten()
        {
            if !more.is_empty() {
                message.push('\n');
                message.push_str(more);
            }
        }
        let _ = writeln!(
            out,
            "title={}::{}",
            property(diagnostic.code.0),
            data(&message)
        );
    }
    out
}

/// Escapes the text after the command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a value within the command, where `:` and `,` mean something too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
