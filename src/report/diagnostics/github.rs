//! Diagnostics as workflow commands of GitHub Actions, which shows them beside the changed lines.

use std::fmt::Write;

use super::{Locator, harmless, severity};
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
    let text = text
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    harmless(&text).into_owned()
}

/// Escapes a value within the command, where `:` and `,` mean something too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::github;
    use crate::report::diagnostics::tests::{FILES, check, some};

    #[test]
    fn github_sees_one_line_for_each() {
        assert_snapshot!(check(github, &FILES, some), @r"
        ::error file=vault/shared.yaml,line=3,col=23,endLine=3,endColumn=28,title=unknown-reference::no group is named `infar`%0Adid you mean `infra`?%0Agroups are written under `groups:`
        ::error file=vault/shared.yaml,line=4,col=13,endLine=4,endColumn=17,title=duplicate-name::`dono` is taken%0Aagain
        ::warning file=a%2Cb%3A100%25/x.yaml,line=9,col=1,endLine=9,endColumn=8,title=far::100%25 odd,%0Areally
        ::error title=not-utf8::`b.yaml` is not UTF-8: line 1%0Asave the file as UTF-8
        ");
    }
}
