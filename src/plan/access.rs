//! Who gains and who loses what, over all steps of a plan: a section for each person, and for each group, place and policy
//! whose change concerns no single person.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{FieldView, Plan, StepView};
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
        tell(thing, Direction::Fall, what);
    }
    if let Some(governed) = governs {
        for risk in &step.risks {
            let field = risk.field.map(|field| format!("{field}: "));
            let what = format!("weaker: {}{}", field.unwrap_or_default(), risk.why);
            tell(governed, Direction::Rise, what);
        }
        let told = |name: &str| step.risks.iter().any(|it| it.field == Some(name));
        // What rules hang on is no rule.
        let is_rule = |it: &&FieldView| it.changed && !matches!(it.after, Some(Value::Name(_)));
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
