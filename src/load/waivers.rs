//! `waivers.yaml`: the differences that somebody answers for. Apart from declarations, since whoever reviews the one need
//! not be who reviews the other.

use super::reader::{Decode, Mapping, Reader};
use super::secret::Denied;
use super::section::read_date;
use super::vars::Vars;
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::place::Sources;
use crate::model::waiver::Waiver;
use crate::yaml::{self, Node, View};

const BAD_WAIVER: Code = Code("bad-waiver");

/// The file's name, in the workspace's folder.
pub(crate) const FILE: &str = "waivers.yaml";

/// What a file of waivers says.
#[derive(Default)]
pub(crate) struct Waivers {
    /// Those without a mistake.
    pub waivers: Vec<Waiver>,
    pub diagnostics: Diagnostics,
    /// The file, for the places in the diagnostics.
    pub sources: Sources,
}

/// Reads a file of waivers. A mistake in one of them takes that one out and leaves the others.
pub(crate) fn read(path: &str, text: &str) -> Waivers {
    let mut sources = Sources::default();
    let file = sources.add(path.to_owned(), text.to_owned());
    let mut diagnostics = Diagnostics::default();
    let documents = yaml::parse(file, text, &mut diagnostics);
    let (vars, denied) = (Vars::default(), Denied);
    let reader = Reader::new(&vars, &denied);
    let is_nothing = |node: &&Node| matches!(node.view(), View::Null);
    let documents = documents.iter().filter(|node| !is_nothing(node));
    let waivers = documents.flat_map(|root| read_file(root, &reader));
    let waivers = waivers.collect();
    diagnostics.extend(reader.into_diagnostics());
    Waivers {
        waivers,
        diagnostics,
        sources,
    }
}

fn read_file(root: &Node, reader: &Reader<'_>) -> Vec<Waiver> {
    let Some(mut map) = reader.mapping(root, FILE) else {
        return Vec::new();
    };
    let list = map.required_node("waivers");
    map.finish();
    let items = list.and_then(|list| reader.list(list, "waivers"));
    let items = items.into_iter().flatten();
    items.filter_map(|item| read_one(item, reader)).collect()
}

fn read_one(node: &Node, reader: &Reader<'_>) -> Option<Waiver> {
    let mut map = reader.mapping(node, "a waiver")?;
    let pattern = text(&mut map, "address");
    let field = map.optional::<String>("field");
    let owner = text(&mut map, "owner");
    let reason = text(&mut map, "reason");
    let until = map.required_node("until");
    let until = until.and_then(|node| read_date(node, reader));
    map.finish();
    Some(Waiver {
        pattern: pattern?,
        field,
        owner: owner?,
        reason: reason?,
        until: until?,
        place: node.place(),
    })
}

/// A text that says something: an empty reason is none.
fn text(map: &mut Mapping<'_, '_>, key: &'static str) -> Option<String> {
    let node = map.required_node(key)?;
    let text = String::decode(node, map.reader())?;
    if text.trim().is_empty() {
        let message = format!("a waiver says its {key}");
        map.reader()
            .push(Diagnostic::error(BAD_WAIVER, node.place(), message));
        return None;
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::read;

    /// The patterns of the waivers that count, and what is said of the others.
    fn check(text: &str) -> (Vec<String>, Vec<String>) {
        let read = read("waivers.yaml", text);
        let patterns = read.waivers.iter().map(|it| it.pattern.clone());
        let said = read.diagnostics.sorted().into_iter();
        let said = said.map(|it| format!("{}: {}", it.code.0, it.message));
        (patterns.collect(), said.collect())
    }

    #[test]
    fn a_waiver_says_what_it_lets_pass_by_whom_why_and_until_when() {
        let (patterns, said) = check(
            "waivers:\n- { address: forge.team.web, field: name, owner: ana, reason: moving, until: 2026-12-31 }\n",
        );
        assert_eq!(patterns, ["forge.team.web"]);
        assert!(said.is_empty(), "{said:?}");
    }

    #[test]
    fn one_that_leaves_something_out_is_told_and_does_not_count() {
        let (patterns, said) = check(
            "waivers:\n- { address: forge, owner: ana, reason: '  ', until: 2026-12-31 }\n- { address: forge.team, \
             owner: ana, reason: moving, until: soon }\n- { address: forge.user, owner: ana, reason: x, until: \
             2026-12-31 }\n",
        );
        assert_eq!(patterns, ["forge.user"]);
        assert_eq!(
            said,
            [
                "bad-waiver: a waiver says its reason",
                "bad-date: `soon` is not a date like 2026-12-31"
            ]
        );
    }

    #[test]
    fn an_empty_file_waives_nothing() {
        assert_eq!(check("# nothing yet\n"), (Vec::new(), Vec::new()));
    }
}
