//! `${var.x}`: the one substitution of the language.

use std::collections::BTreeMap;

use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::place::Place;
use crate::suggest::suggest;

const UNKNOWN_VARIABLE: Code = Code("unknown-variable");
const VARIABLE_CYCLE: Code = Code("variable-cycle");
pub(super) const BAD_SUBSTITUTION: Code = Code("bad-substitution");

/// The workspace's variables, each with its final text.
#[derive(Debug, Default)]
pub(crate) struct Vars(BTreeMap<String, String>);

/// A variable as written, before what it refers to is put in.
pub(crate) struct Written {
    pub text: String,
    pub place: Place,
}

impl Vars {
    /// Works out every variable. `given` are those of the command line; they win and are taken literally.
    pub(crate) fn resolve(
        written: &BTreeMap<String, Written>,
        given: &BTreeMap<String, String>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut done = Self(given.clone());
        for name in written.keys() {
            work_out(name, written, &mut done, &mut Vec::new(), diagnostics);
        }
        done
    }

    pub(crate) fn is_defined(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Puts the variables into a text. A mistake is pushed and gives None.
    pub(crate) fn substitute(
        &self,
        text: &str,
        place: Place,
        diagnostics: &mut Diagnostics,
    ) -> Option<String> {
        if !text.contains("${") {
            return Some(text.to_owned());
        }
        let mut out = String::with_capacity(text.len());
        let mut sound = true;
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Variable(name) => match self.0.get(name) {
                    Some(value) => out.push_str(value),
                    None => {
                        sound = false;
                        diagnostics.push(self.unknown(name, place));
                    }
                },
                Piece::Other(inner) => {
                    sound = false;
                    diagnostics.push(
                        Diagnostic::error(
                            BAD_SUBSTITUTION,
                            place,
                            format!("`${{{inner}}}` is not a substitution"),
                        )
                        .help("only `${var.NAME}` is put in; write `$${` for a literal `${`"),
                    );
                }
            }
        }
        sound.then_some(out)
    }

    fn unknown(&self, name: &str, place: Place) -> Diagnostic {
        let unknown = Diagnostic::error(
            UNKNOWN_VARIABLE,
            place,
            format!("no variable is named `{name}`"),
        );
        match suggest(name, self.0.keys().map(String::as_str)) {
            Some(near) => unknown.label(format!("did you mean `{near}`?")),
            None => unknown.help(format!(
                "define it under `vars:` in trueup.yaml, or pass `--var {name}=VALUE`"
            )),
        }
    }
}

fn work_out(
    name: &str,
    written: &BTreeMap<String, Written>,
    done: &mut Vars,
    path: &mut Vec<String>,
    diagnostics: &mut Diagnostics,
) {
    if done.is_defined(name) {
        return;
    }
    let Some(Written { text, place }) = written.get(name) else {
        return;
    };
    if let Some(at) = path.iter().position(|it| it == name) {
        let round = path[at..]
            .iter()
            .chain([&path[at]])
            .map(|it| format!("`{it}`"));
        let message = format!(
            "variables refer to each other: {}",
            round.collect::<Vec<_>>().join(" -> ")
        );
        diagnostics.push(
            Diagnostic::error(VARIABLE_CYCLE, *place, message)
                .help("give one of them a value of its own"),
        );
        done.0.insert(name.to_owned(), String::new());
        return;
    }
    path.push(name.to_owned());
    for piece in pieces(text) {
        if let Piece::Variable(other) = piece {
            work_out(other, written, done, path, diagnostics);
        }
    }
    path.pop();
    if !done.is_defined(name) {
        let value = done
            .substitute(text, *place, diagnostics)
            .unwrap_or_default();
        done.0.insert(name.to_owned(), value);
    }
}

/// Whether a text is one variable and nothing else.
pub(crate) fn is_one_variable(text: &str) -> bool {
    let inner = text
        .strip_prefix("${var.")
        .and_then(|it| it.strip_suffix('}'));
    inner.is_some_and(|name| !name.contains(['$', '{', '}']))
}

enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
    Other(&'a str),
}

/// Cuts a text at its `${…}`. `$${` stands for a literal `${`.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            out.extend([Piece::Text(&rest[..at - 1]), Piece::Text("${")]);
            rest = &rest[at + 2..];
            continue;
        }
        out.push(Piece::Text(&rest[..at]));
        let inner = &rest[at + 2..];
        let Some(end) = inner.find('}') else {
            out.push(Piece::Other(inner));
            return out;
        };
        let (inner, after) = (&inner[..end], &inner[end + 1..]);
        out.push(match inner.strip_prefix("var.") {
            Some(name) if !name.is_empty() => Piece::Variable(name),
            Some(_) | None => Piece::Other(inner),
        });
        rest = after;
    }
    out.push(Piece::Text(rest));
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Vars, Written, is_one_variable};
    use crate::model::diagnostic::Diagnostics;
    use crate::model::place::{FileId, Place};

    const HERE: Place = Place {
        file: FileId(0),
        start: 0,
        end: 0,
    };

    fn check(written: &[(&str, &str)], given: &[(&str, &str)], text: &str) -> String {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let written = written
            .iter()
            .map(|(name, text)| {
                (
                    (*name).to_owned(),
                    Written {
                        text: (*text).to_owned(),
                        place: HERE,
                    },
                )
            })
            .collect::<BTreeMap<_, _>>();
        let mut diagnostics = Diagnostics::default();
        let vars = Vars::resolve(&written, &given.iter().map(own).collect(), &mut diagnostics);
        let text = vars.substitute(text, HERE, &mut diagnostics);
        let problems = diagnostics
            .sorted()
            .into_iter()
            .map(|it| format!("{}: {}", it.code.0, it.message));
        text.into_iter()
            .chain(problems)
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn a_variable_is_put_in_wherever_it_stands() {
        assert_eq!(
            check(&[("site", "lisbon")], &[], "rack-${var.site}-1"),
            "rack-lisbon-1"
        );
    }

    #[test]
    fn a_variable_may_use_another_whatever_their_order() {
        assert_eq!(
            check(&[("a", "${var.b}!"), ("b", "x")], &[], "${var.a}"),
            "x!"
        );
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        assert_eq!(
            check(&[("env", "lab")], &[("env", "prod")], "${var.env}"),
            "prod"
        );
    }

    #[test]
    fn a_doubled_dollar_stands_for_itself() {
        assert_eq!(check(&[], &[], "pa$${var.x}"), "pa${var.x}");
    }

    #[test]
    fn variables_that_refer_to_each_other_are_refused_once_with_their_path() {
        assert_eq!(
            check(&[("a", "${var.b}"), ("b", "${var.a}")], &[], "x"),
            "x\nvariable-cycle: variables refer to each other: `a` -> `b` -> `a`"
        );
    }

    #[test]
    fn one_variable_is_told_from_a_text_with_variables() {
        assert!(is_one_variable("${var.on}"));
        assert!(!is_one_variable("${var.a}${var.b}"));
        assert!(!is_one_variable("x${var.on}"));
    }

    #[test]
    fn the_environment_is_not_reachable() {
        assert_eq!(
            check(&[], &[], "${env.HOME}"),
            "bad-substitution: `${env.HOME}` is not a substitution"
        );
    }

    #[test]
    fn an_unknown_variable_is_named() {
        assert_eq!(
            check(&[("site", "x")], &[], "${var.sites}"),
            "unknown-variable: no variable is named `sites`"
        );
    }
}
