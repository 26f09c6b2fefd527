//! Who gains and who loses what, for people and for programs.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::style::{Sheet, clean};
use super::text::fill;
use crate::model::access::{Direction, Principal, Sort};
use crate::plan::access::{Change, Impact, Section};

/// What a plan does to who may do what. Each change is in one section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct AccessSection {
    /// Whose access changes: a person by e-mail address or account, a group, what things lie in, the path of a policy.
    pub who: String,
    /// `person`, also for accounts of programs; `group`; `place` for what things lie in; `policy`; or `thing` for what
    /// goes or comes back and of which was not read who may use it.
    #[schemars(extend("enum" = ["person", "group", "place", "policy", "thing"]))]
    pub sort: String,
    /// The accounts of a person, as `VENDOR.KIND.NAME` if they are declared. Accounts with one e-mail address are one
    /// person's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
    /// Who is known to belong to a group, to be able to use a place, or to be under a policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// What changes, rises first.
    pub changes: Vec<AccessChange>,
}

/// One thing that somebody gains, loses or has otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct AccessChange {
    /// Whether it allows more than before: `rise`, `fall`, or `sideways` for more of one and less of another.
    #[schemars(extend("enum" = ["rise", "sideways", "fall"]))]
    pub direction: String,
    /// The vendor.
    pub vendor: String,
    /// What access is to.
    pub what: String,
    /// How far it went, in a word of the vendor's kind; missing if there was none, or if there is no more to it than
    /// having it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// How far it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The step that does it.
    pub address: String,
}

impl AccessChange {
    /// Whether somebody can do more than before.
    pub(super) fn is_rise(&self) -> bool {
        self.direction == Direction::Rise.word()
    }

    /// The character for it.
    pub(super) fn sign(&self) -> char {
        match self.direction.as_str() {
            "rise" => '+',
            "fall" => '-',
            _ => '~',
        }
    }

    /// What changes, in one line.
    pub(super) fn told(&self) -> String {
        let what = &self.what;
        let told = match (&self.before, &self.after) {
            (Some(before), Some(after)) => format!("{what}: {before} -> {after}"),
            (Some(word), None) | (None, Some(word)) => format!("{what}: {word}"),
            (None, None) => what.clone(),
        };
        clean(&format!("{told} ({})", self.address))
    }
}

impl AccessSection {
    /// Whose section it is, and who is known to be meant by that.
    pub(super) fn title(&self) -> String {
        let Self {
            who,
            sort,
            accounts,
            members,
            changes: _,
        } = self;
        let accounts = accounts.join(", ");
        let whom = match sort.as_str() {
            "place" => format!("whoever may use {who}"),
            "policy" => format!("whoever is under the policy of {who}"),
            _ if accounts.is_empty() || accounts == *who => who.clone(),
            _ => format!("{who} ({accounts})"),
        };
        let title = if members.is_empty() {
            whom
        } else {
            format!("{whom}, among them {}", members.join(", "))
        };
        clean(&title)
    }
}

/// The heading over all sections.
pub(super) const HEADING: &str = "Who gains and who loses what";

/// One section of the text of a plan; none if nobody's access changes.
pub(super) fn text(sections: &[AccessSection], sheet: Sheet) -> Option<String> {
    if sections.is_empty() {
        return None;
    }
    let palette = sheet.palette;
    let mut out = format!("{}\n", palette.bold(format!("{HEADING}:")));
    for section in sections {
        let title = fill(&section.title(), 4, sheet).join("\n    ");
        writeln!(out, "  {title}").ok();
        for change in &section.changes {
            let sign = match change.sign() {
                '+' => palette.yellow('+'),
                sign => palette.dim(sign),
            };
            let told = fill(&change.told(), 8, sheet).join("\n        ");
            writeln!(out, "    {sign} {told}").ok();
        }
    }
    Some(out)
}

/// The sections of an impact.
pub(crate) fn sections(impact: &Impact) -> Vec<AccessSection> {
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
        AccessSection {
            who: name.clone(),
            sort: sort.to_owned(),
            accounts: accounts.map(Principal::to_string).collect(),
            members: members.iter().map(Principal::to_string).collect(),
            changes: changes.iter().map(change).collect(),
        }
    };
    impact.sections.iter().map(section).collect()
}

fn change(change: &Change) -> AccessChange {
    let Change {
        direction,
        address,
        what,
        before,
        after,
    } = change;
    AccessChange {
        direction: direction.word().to_owned(),
        vendor: address.kind.vendor.to_owned(),
        what: what.clone(),
        before: before.clone(),
        after: after.clone(),
        address: address.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{sections, text};
    use crate::model::access::{Direction, Principal, Sort};
    use crate::model::address::KindId;
    use crate::model::reference::Name;
    use crate::plan::access::{Change, Impact, Section};
    use crate::report::style::Sheet;

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
        let text = text(&sections(&impact()), Sheet::PLAIN).unwrap();
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
        assert_eq!(text(&sections(&nothing), Sheet::PLAIN), None);
        assert!(sections(&nothing).is_empty());
    }

    #[test]
    fn programs_read_who_and_what_apart() {
        let json = serde_json::to_string(&sections(&impact())).unwrap();
        insta::assert_snapshot!(json, @r#"[{"who":"ada@example.org","sort":"person","accounts":["toy.user \"ada@example.org\""],"changes":[{"direction":"rise","vendor":"toy","what":"safe","before":"read","after":"edit","address":"toy.user.x"}]},{"who":"core","sort":"place","members":["toy.user \"bo\"","toy.user \"cy\""],"changes":[{"direction":"sideways","vendor":"toy","what":"safe","before":"read","after":"share","address":"toy.user.x"}]},{"who":"plant","sort":"policy","changes":[{"direction":"fall","vendor":"toy","what":"bad\u001bname","before":"view","address":"toy.user.x"}]}]"#);
    }
}
