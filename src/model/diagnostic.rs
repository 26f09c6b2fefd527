//! Diagnostics: what is wrong with what the user wrote, as values that are gathered, sorted, shown and tested.

use super::place::Place;

/// How much a diagnostic weighs: an error stops the run, a warning does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Error,
    Warning,
}

/// The stable word for a kind of mistake, such as `unknown-key`. Users search for it and tests assert it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Code(pub &'static str);

/// One mistake: what it is, where it is, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    pub severity: Severity,
    pub code: Code,
    /// One sentence without a full stop, lower case, naming the thing in backticks.
    pub message: String,
    /// Where the caret goes, and a short word beside it (may be empty). None for a file that could not be read.
    pub place: Option<Place>,
    pub label: String,
    /// Further places that explain it, each with a word.
    pub related: Vec<(Place, String)>,
    /// What to do, as a sentence.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn error(
        code: Code,
        place: impl Into<Option<Place>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            place: place.into(),
            label: String::new(),
            related: Vec::new(),
            help: None,
        }
    }

    pub(crate) fn warning(
        code: Code,
        place: impl Into<Option<Place>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, place, message)
        }
    }

    pub(crate) fn label(self, label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..self
        }
    }

    pub(crate) fn related(mut self, place: Place, word: impl Into<String>) -> Self {
        self.related.push((place, word.into()));
        self
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }
}

/// All mistakes found so far. Loading and resolving push here and go on; nothing stops at the first.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.0.iter().any(|it| it.severity == Severity::Error)
    }

    pub(crate) fn has(&self, code: Code) -> bool {
        self.0.iter().any(|it| it.code == code)
    }

    /// All of them in the order of the text they point at, each once. The order depends on nothing else.
    pub(crate) fn sorted(mut self) -> Vec<Diagnostic> {
        self.0.sort_by(|a, b| {
            (a.place, a.severity, a.code, &a.message)
                .cmp(&(b.place, b.severity, b.code, &b.message))
        });
        self.0.dedup();
        self.0
    }
}
