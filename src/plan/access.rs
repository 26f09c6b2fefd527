//! Who gains and who loses what, over all steps of a plan: a section for each person, and for each group, place and policy
//! whose change concerns no single person.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Action, FieldView, Plan, StepView};
use crate::model::access::{Acquaintance, Direction, Level, Principal, Sort, Touched, What};
use crate::model::address::Address;
use crate::model::field::Value;

/// How many settings of a policy are named that change without weakening it.
const SHOWN: usize = 4;

/// What a plan does to who may do what. Those come first who can do more than before.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Impact {
    pub sections: Vec<Section>,
}

/// What becomes of one principal, or of all accounts of one person.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Section {
    pub sort: Sort,
    /// What people read: an e-mail address, or the name of an account, a group, a place.
    pub name: String,
    /// Those that are meant: several accounts of one person have one e-mail address.
    pub principals: BTreeSet<Principal>,
    /// Who is known to belong to it, of a group, a place or a policy.
    pub members: BTreeSet<Principal>,
    /// Rises first.
    pub changes: Vec<Change>,
}

/// One thing that somebody gains, loses or has otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Change {
    pub direction: Direction,
    /// The step that does it.
    pub address: Address,
    pub what: String,
    /// The words for how far it goes, where there are any.
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Section {
    pub(crate) fn count(&self, direction: Direction) -> usize {
        let changes = self.changes.iter();
        changes.filter(|it| it.direction == direction).count()
    }
}

/// What a plan does.
pub(crate) fn impact(plan: &Plan) -> Impact {
    impact_of(plan.views(), &plan.known)
}

/// What steps do. Each change is in one section: a person's, or else that of the group, place or policy whose it is.
fn impact_of<'a>(steps: impl Iterator<Item = &'a StepView>, known: &Acquaintance) -> Impact {
    let persons = known.accounts.iter();
    let persons = persons
        .map(|(account, email)| (account, email.to_lowercase()))
        .collect::<BTreeMap<_, _>>();
    let mut sections = BTreeMap::<(Sort, String), Section>::new();
    for step in steps {
        for (whom, change) in changes(step) {
            let name = match persons.get(&whom) {
                Some(email) => email.clone(),
                None => whom.to_string(),
            };
            let section = sections.entry((whom.sort, name.clone()));
            let section = section.or_insert_with(|| Section {
                sort: whom.sort,
                name,
                principals: BTreeSet::new(),
                members: BTreeSet::new(),
                changes: Vec::new(),
            });
            section.principals.insert(whom);
            section.changes.push(change);
        }
    }
    let mut belongs = BTreeMap::<&Principal, Vec<&Principal>>::new();
    for (member, whole) in &known.belongs {
        belongs.entry(whole).or_default().push(member);
    }
    let mut sections = sections.into_values().collect::<Vec<_>>();
    for section in &mut sections {
        section.changes.sort();
        for principal in &section.principals {
            section.members.extend(members(principal, &belongs));
        }
    }
    sections.sort_by(|a, b| {
        let order = |it: &Section| (Reverse(it.count(Direction::Rise) > 0), it.name.clone());
        order(a).cmp(&order(b))
    });
    Impact { sections }
}

/// Who belongs to something. What a place lies in is looked through, for whoever may use that may use the place.
fn members(
    whole: &Principal,
    belongs: &BTreeMap<&Principal, Vec<&Principal>>,
) -> BTreeSet<Principal> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::from([whole]);
    let mut open = vec![whole];
    while let Some(one) = open.pop() {
        for member in belongs.get(one).into_iter().flatten().copied() {
            match member.sort {
                Sort::Place if seen.insert(member) => open.push(member),
                Sort::Place => {}
                Sort::Person | Sort::Group | Sort::Policy | Sort::Thing => {
                    found.insert(member.clone());
                }
            }
        }
    }
    found
}

/// What one step does, and to whom.
fn changes(step: &StepView) -> Vec<(Principal, Change)> {
    let Touched {
        before,
        after,
        governs,
        unread,
    } = &step.access;
    let thing = format!("{} \"{}\"", step.address.kind.name, step.label);
    let mut levels = BTreeMap::<(&Principal, &What), (Option<&Level>, Option<&Level>)>::new();
    for grant in before {
        levels.entry((&grant.to, &grant.what)).or_default().0 = Some(&grant.level);
    }
    for grant in after {
        levels.entry((&grant.to, &grant.what)).or_default().1 = Some(&grant.level);
    }
    let mut changes = Vec::new();
    for ((whom, what), (before, after)) in levels {
        let Some(direction) = Level::change(before, after) else {
            continue;
        };
        let word = |level: Option<&Level>| level.and_then(|it| it.word.clone());
        let what = match what {
            What::Account => "an account".to_owned(),
            What::Itself => thing.clone(),
            What::Named(name) => name.clone(),
        };
        changes.push((
            whom.clone(),
            Change {
                direction,
                address: step.address.clone(),
                what,
                before: word(before),
                after: word(after),
            },
        ));
    }
    let mut tell = |whom: &Principal, direction, what: String| {
        let change = Change {
            direction,
            address: step.address.clone(),
            what,
            before: None,
            after: None,
        };
        changes.push((whom.clone(), change));
    };
    if let Some(thing) = unread {
        let what = "whoever may use it, which was not read".to_owned();
        let direction = match step.action {
            Action::Delete => Direction::Fall,
            Action::Create | Action::Update => Direction::Rise,
        };
        tell(thing, direction, what);
    }
    if let Some(governed) = governs {
        for risk in &step.risks {
            let field = risk.field.map(|field| format!("{field}: "));
            let what = format!("weaker: {}{}", field.unwrap_or_default(), risk.why);
            tell(governed, Direction::Rise, what);
        }
        let told = |name: &str| step.risks.iter().any(|it| it.field == Some(name));
        // What rules hang on is no rule.
        let is_rule = |it: &&FieldView| it.changed() && !matches!(it.after, Some(Value::Name(_)));
        let fields = step.fields.iter().filter(is_rule);
        let others = fields.map(|it| it.name).filter(|name| !told(name));
        let others = others.collect::<Vec<_>>();
        if !others.is_empty() && step.risks.iter().all(|it| it.field.is_some()) {
            let (shown, more) = others.split_at(others.len().min(SHOWN));
            let more = match more.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let what = format!("changes: {}{more}", shown.join(", "));
            tell(governed, Direction::Sideways, what);
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::{Impact, impact_of};
    use crate::model::access::{Acquaintance, Grant, Level, Principal, Sort, Touched, What};
    use crate::model::address::KindId;
    use crate::model::field::Value;
    use crate::model::kind::Removal;
    use crate::model::power::Account;
    use crate::model::reference::Name;
    use crate::model::resource::Hold;
    use crate::model::risk::{Risk, RiskSort};
    use crate::model::verb::Terms;
    use crate::plan::{Action, FieldView, StepView};

    const fn kind(name: &'static str) -> KindId {
        KindId {
            vendor: "toy",
            name,
        }
    }

    fn whom(sort: Sort, name: &str) -> Principal {
        Principal {
            sort,
            kind: kind("one"),
            name: Name::Live(name.to_owned()),
        }
    }

    fn held(to: &Principal, what: &str) -> Grant {
        Grant {
            to: to.clone(),
            what: What::Named(what.to_owned()),
            level: Level::held(),
            by: &[],
        }
    }

    fn step(name: &str, access: Touched) -> StepView {
        StepView {
            label: name.to_owned(),
            address: kind("thing").address(name),
            action: Action::Update,
            place: None,
            id: None,
            removal: Removal::Delete,
            enable: false,
            prevent_delete: false,
            hold: Hold::Owned,
            live: Vec::new(),
            terms: Terms::default(),
            price: None,
            account: Account::default(),
            fields: Vec::new(),
            risks: Vec::new(),
            laxer: Vec::new(),
            remarks: Vec::new(),
            access,
            obstacles: Vec::new(),
            needs: Vec::new(),
            releases: Vec::new(),
            waits_for: Vec::new(),
        }
    }

    fn told(Impact { sections }: &Impact) -> String {
        let mut out = String::new();
        for section in sections {
            let members = section.members.iter().map(ToString::to_string);
            let members = members.collect::<Vec<_>>().join(" ");
            out.push_str(&format!("{} [{members}]\n", section.name));
            for change in &section.changes {
                let (direction, what) = (change.direction.word(), &change.what);
                out.push_str(&format!("  {direction} {what} {}\n", change.address.name));
            }
        }
        out
    }

    #[test]
    fn what_stays_is_not_told_and_who_rises_comes_first() {
        let (ada, bo) = (whom(Sort::Person, "ada"), whom(Sort::Person, "bo"));
        let access = Touched {
            before: vec![held(&ada, "a"), held(&bo, "a")],
            after: vec![held(&bo, "a"), held(&bo, "b")],
            ..Touched::default()
        };
        let impact = impact_of([&step("x", access)].into_iter(), &Acquaintance::default());
        insta::assert_snapshot!(told(&impact), @r#"
        toy.one "bo" []
          rise b x
        toy.one "ada" []
          fall a x
        "#);
    }

    #[test]
    fn accounts_with_one_address_share_a_section() {
        let (ada, other) = (whom(Sort::Person, "ada"), whom(Sort::Person, "a.lovelace"));
        let steps = [("x", &ada), ("y", &other)].map(|(name, to)| {
            let after = vec![held(to, "role r")];
            step(
                name,
                Touched {
                    after,
                    ..Touched::default()
                },
            )
        });
        let known = Acquaintance {
            accounts: vec![
                (ada.clone(), "Ada@example.org".to_owned()),
                (other.clone(), "ada@example.org".to_owned()),
            ],
            ..Acquaintance::default()
        };
        insta::assert_snapshot!(told(&impact_of(steps.iter(), &known)), @r#"
        ada@example.org []
          rise role r x
          rise role r y
        "#);
    }

    #[test]
    fn whoever_may_use_what_a_place_lies_in_is_among_those_who_may_use_it() {
        let [inner, outer] = ["inner", "outer"].map(|name| whom(Sort::Place, name));
        let (dba, ada) = (whom(Sort::Group, "dba"), whom(Sort::Person, "ada"));
        let known = Acquaintance {
            belongs: vec![
                (outer.clone(), inner.clone()),
                (inner.clone(), outer.clone()),
                (dba, outer.clone()),
                (ada, outer),
            ],
            ..Acquaintance::default()
        };
        let access = Touched {
            after: vec![held(&inner, "secret")],
            ..Touched::default()
        };
        insta::assert_snapshot!(told(&impact_of([&step("x", access)].into_iter(), &known)), @r#"
        toy.one "inner" [toy.one "ada" toy.one "dba"]
          rise secret x
        "#);
    }

    #[test]
    fn a_policy_tells_what_it_weakens_and_that_it_changes() {
        let changed = |name| FieldView {
            name,
            before: None,
            after: Some(Value::Flag(true)),
            answer: crate::model::answer::Answer::Differs,
        };
        let policy = StepView {
            fields: ["a", "b", "c", "d", "e", "f", "g"].map(changed).into(),
            risks: vec![Risk {
                sort: RiskSort::PolicyWeakened,
                field: Some("c"),
                why: "it is switched off".to_owned(),
            }],
            ..step(
                "x",
                Touched {
                    governs: Some(whom(Sort::Policy, "plant")),
                    ..Touched::default()
                },
            )
        };
        let impact = impact_of([&policy].into_iter(), &Acquaintance::default());
        insta::assert_snapshot!(told(&impact), @r#"
        toy.one "plant" []
          rise weaker: c: it is switched off x
          sideways changes: a, b, d, e and 2 more x
        "#);
    }
}
