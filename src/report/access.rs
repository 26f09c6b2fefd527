//! Who gains and who loses what, for people and for programs.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::Serialize;

use super::style::{Palette, clean};
use crate::model::access::{Direction, Principal, Sort};
use crate::plan::access::{Change, Impact, Section};

/// One section of the text of a plan; none if nobody's access changes.
pub(crate) fn text(impact: &Impact, palette: Palette) -> Option<String> {
    let Impact { sections } = impact;
    if sections.is_empty() {
        return None;
    }
    let mut out = format!("{}\n", palette.bold("Who gains and who loses what:"));
    for section in sections {
        writeln!(out, "  {}", clean(&title(section))).ok();
        for change in &section.changes {
            let sign = match change.direction {
                Direction::Rise => palette.yellow("+"),
                Direction::Sideways => palette.dim("~"),
                Direction::Fall => palette.dim("-"),
            };
            let line = clean(&told(change));
            writeln!(out, "    {sign} {line} ({})", change.address).ok();
        }
    }
    Some(out)
}

/// Whose section it is, and who is known to be meant by that.
fn title(section: &Section) -> String {
    let Section {
        sort,
        name,
        principals,
        members,
        changes: _,
    } = section;
    let list = |principals: &mut dyn Iterator<Item = &Principal>| {
        let names = principals.map(ToString::to_string);
        names.collect::<Vec<_>>().join(", ")
    };
    let accounts = || list(&mut principals.iter());
    let whom = match sort {
        Sort::Person if accounts() != *name => format!("{name} ({})", accounts()),
        Sort::Person | Sort::Group | Sort::Thing => name.clone(),
        Sort::Place => format!("whoever may use {name}"),
        Sort::Policy => format!("whoever is under the policy of {name}"),
    };
    if members.is_empty() {
        whom
    } else {
        format!("{whom}, among them {}", list(&mut members.iter()))
    }
}

fn told(change: &Change) -> String {
    let Change {
        direction: _,
        address: _,
        what,
        before,
        after,
    } = change;
    match (before, after) {
        (Some(before), Some(after)) => format!("{what}: {before} -> {after}"),
        (Some(word), None) | (None, Some(word)) => format!("{what}: {word}"),
        (None, None) => what.clone(),
    }
}

/// What a plan does to who may do what. Each change is in one section.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AccessJson {
    /// Whose access changes: a person by e-mail address or account, a group, what things lie in, the path of a policy.
    who: String,
    /// `person`, also for accounts of programs; `group`; `place` for what things lie in; `policy`; or `thing` for what
    /// goes or comes back and of which was not read who may use it.
    #[schemars(extend("enum" = ["person", "group", "place", "policy", "thing"]))]
    sort: &'static str,
    /// The accounts of a person, as `VENDOR.KIND.NAME` if they are declared. Accounts with one e-mail address are one
    /// person's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accounts: Vec<String>,
    /// Who is known to belong to a group, to be able to use a place, or to be under a policy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<String>,
    /// What changes, rises first.
    changes: Vec<AccessChangeJson>,
}

/// One thing that somebody gains, loses or has otherwise than before.
#[derive(Debug, Serialize, JsonSchema)]
struct AccessChangeJson {
    /// Whether it allows more than before: `rise`, `fall`, or `sideways` for more of one and less of another.
    #[schemars(extend("enum" = ["rise", "sideways", "fall"]))]
    direction: &'static str,
    /// The vendor.
    vendor: &'static str,
    /// What access is to.
    what: String,
    /// How far it went, in a word of the vendor's kind; missing if there was none, or if there is no more to it than
    /// having it.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// How far it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// The step that does it.
    address: String,
}

/// The sections for programs.
pub(crate) fn json(impact: &Impact) -> Vec<AccessJson> {
    let section = |section: &Section| {
        let Section {
            sort,
            name,
            principals,
            members,
            changes,
        } = section;
        let (sort, is_person) = match sort {
            Sort::Person => ("person", true),
            Sort::Group => ("group", false),
            Sort::Place => ("place", false),
            Sort::Policy => ("policy", false),
            Sort::Thing => ("thing", false),
        };
        let accounts = principals.iter().filter(|_| is_person);
        AccessJson {
            who: name.clone(),
            sort,
            accounts: accounts.map(ToString::to_string).collect(),
            members: members.iter().map(ToString::to_string).collect(),
            changes: changes.iter().map(change_json).collect(),
        }
    };
    impact.sections.iter().map(section).collect()
}

fn change_json(change: &Change) -> AccessChangeJson {
    let Change {
        direction,
        address,
        what,
        before,
        after,
    } = change;
    AccessChangeJson {
        direction: direction.word(),
        vendor: address.kind.vendor,
        what: what.clone(),
        before: before.clone(),
        after: after.clone(),
        address: address.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{json, text};
    use crate::model::access::{Direction, Principal, Sort};
    use crate::model::address::KindId;
    use crate::model::reference::Name;
    use crate::plan::access::{Change, Impact, Section};
    use crate::report::style::Palette;

    const KIND: KindId = KindId {
        vendor: "toy",
        name: "user",
    };

    fn principal(sort: Sort, name: &str) -> Principal {
        Principal {
            sort,
            kind: KIND,
            name: Name::Live(name.to_owned()),
        }
    }

    fn impact() -> Impact {
        let change = |direction, what: &str, before: Option<&str>, after: Option<&str>| Change {
            direction,
            address: KIND.address("x"),
            what: what.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        let section = |sort, name: &str, members: &[&str], changes| Section {
            sort,
            name: name.to_owned(),
            principals: BTreeSet::from([principal(sort, name)]),
            members: members
                .iter()
                .map(|it| principal(Sort::Person, it))
                .collect(),
            changes,
        };
        let rise = change(Direction::Rise, "safe", Some("read"), Some("edit"));
        let other = change(Direction::Sideways, "safe", Some("read"), Some("share"));
        let fall = change(Direction::Fall, "bad\u{1b}name", Some("view"), None);
        Impact {
            sections: vec![
                section(Sort::Person, "ada@example.org", &[], vec![rise]),
                section(Sort::Place, "core", &["bo", "cy"], vec![other]),
                section(Sort::Policy, "plant", &[], vec![fall]),
            ],
        }
    }

    #[test]
    fn people_read_a_line_for_each_change_and_no_control_characters() {
        let text = text(&impact(), Palette { color: false }).unwrap();
        insta::assert_snapshot!(text, @r#"
        Who gains and who loses what:
          ada@example.org (toy.user "ada@example.org")
            + safe: read -> edit (toy.user.x)
          whoever may use core, among them toy.user "bo", toy.user "cy"
            ~ safe: read -> share (toy.user.x)
          whoever is under the policy of plant
            - bad�name: view (toy.user.x)
        "#);
        assert_eq!(text.matches('\u{1b}').count(), 0);
    }

    #[test]
    fn where_nobodys_access_changes_nothing_is_said() {
        let nothing = Impact::default();
        assert_eq!(text(&nothing, Palette { color: false }), None);
        assert!(json(&nothing).is_empty());
    }

    #[test]
    fn programs_read_who_and_what_apart() {
        let json = serde_json::to_string(&json(&impact())).unwrap();
        insta::assert_snapshot!(json, @r#"[{"who":"ada@example.org","sort":"person","accounts":["toy.user \"ada@example.org\""],"changes":[{"direction":"rise","vendor":"toy","what":"safe","before":"read","after":"edit","address":"toy.user.x"}]},{"who":"core","sort":"place","members":["toy.user \"bo\"","toy.user \"cy\""],"changes":[{"direction":"sideways","vendor":"toy","what":"safe","before":"read","after":"share","address":"toy.user.x"}]},{"who":"plant","sort":"policy","changes":[{"direction":"fall","vendor":"toy","what":"bad\u001bname","before":"view","address":"toy.user.x"}]}]"#);
    }
}
