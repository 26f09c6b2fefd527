//! Drift: what a plan would make good, told as what differs, whose doing it is, since when, and how grave it is.

pub(crate) mod waive;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ledger::Ledger;
use crate::ledger::origin::{Origin, Origins};
use crate::model::answer::Answer;
use crate::model::field::Value;
use crate::model::place::Place;
use crate::model::power::Power;
use crate::model::waiver::Waiver;
use crate::plan::{Action, FieldView, Note, Plan, StepView, Stranger, Unverified};

/// One thing that is not as declared, or of which nobody knows whether it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finding {
    /// As `vendor.kind.name`; of what nothing declares, the vendor's id in the place of the name.
    pub address: String,
    /// None of the object as a whole.
    pub field: Option<&'static str>,
    pub sort: Sort,
    pub severity: Severity,
    pub what: What,
    /// Where it is declared.
    pub place: Option<Place>,
    /// Since when it is known; none where nothing is remembered.
    pub since: Option<Timestamp>,
    /// What lets it pass.
    pub waiver: Option<Waiver>,
}

/// Whose doing a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    /// The declaration was changed and not applied yet.
    Edited,
    /// Somebody changed it at the vendor.
    Drifted,
    /// Both.
    Both,
    /// It differs, and nothing is remembered that would tell why.
    Unexplained,
    /// Nobody can tell whether it differs.
    Unverifiable,
    /// It is there, and nothing declares it.
    Unmanaged,
}

impl Sort {
    pub(crate) const ALL: [Self; 6] = [
        Self::Edited,
        Self::Drifted,
        Self::Both,
        Self::Unexplained,
        Self::Unverifiable,
        Self::Unmanaged,
    ];

    /// The word by which programs know it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Drifted => "drifted",
            Self::Both => "both",
            Self::Unexplained => "unexplained",
            Self::Unverifiable => "unverifiable",
            Self::Unmanaged => "unmanaged",
        }
    }
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Low,
    Medium,
    High,
}

impl Severity {
    pub(crate) const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What differs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// A field.
    Field(Box<Values>),
    /// A clause that follows the address.
    Said(String),
}

/// What is there, and what should be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Values {
    pub there: Option<Value>,
    pub declared: Option<Value>,
}

/// Everything that differs, in the order of gravity, then of addresses.
pub(crate) fn findings(plan: &Plan, origins: &Origins, ledger: &Ledger) -> Vec<Finding> {
    let steps = plan.views().flat_map(|view| of_step(view, origins, ledger));
    let notes = plan.notes.iter().filter(|note| note.differs).map(of_note);
    let places = plan.views().map(|view| (&view.address, view.place));
    let places = places.collect::<BTreeMap<_, _>>();
    let unverified = plan.unverified.iter().map(|it| {
        let Unverified {
            address,
            field,
            why,
        } = it;
        Finding {
            field: Some(field),
            what: What::Said(format!("cannot be verified: {why}")),
            place: places.get(address).copied().flatten(),
            ..whole(address.to_string(), Sort::Unverifiable, Severity::Low)
        }
    });
    let strangers = plan.strangers.iter().map(of_stranger);
    let all = steps.chain(notes).chain(unverified).chain(strangers);
    let mut all = all.collect::<Vec<_>>();
    all.sort_by(|a, b| {
        let key = |it: &Finding| (std::cmp::Reverse(it.severity), it.address.clone(), it.field);
        key(a).cmp(&key(b))
    });
    all
}

fn whole(address: String, sort: Sort, severity: Severity) -> Finding {
    Finding {
        address,
        field: None,
        sort,
        severity,
        what: What::Said(String::new()),
        place: None,
        since: None,
        waiver: None,
    }
}

fn of_note(note: &Note) -> Finding {
    let Note {
        address,
        place,
        differs: _,
        message,
    } = note;
    Finding {
        what: What::Said(message.clone()),
        place: *place,
        ..whole(address.to_string(), Sort::Unexplained, Severity::Medium)
    }
}

fn of_stranger(stranger: &Stranger) -> Finding {
    let Stranger {
        kind,
        label,
        id,
        is_administrator,
    } = stranger;
    let (severity, also) = match is_administrator {
        true => (Severity::High, ", and is an administrator"),
        false => (Severity::Low, ""),
    };
    Finding {
        what: What::Said(format!(
            "is there as `{label}`, and nothing declares it{also}"
        )),
        ..whole(format!("{kind}.{}", id.0), Sort::Unmanaged, severity)
    }
}

fn of_step(view: &StepView, origins: &Origins, ledger: &Ledger) -> Vec<Finding> {
    let remembered = ledger.recall(&view.address, &[], view.id.as_ref());
    let said = |sort, severity, what: &str| Finding {
        what: What::Said(what.to_owned()),
        place: view.place,
        ..whole(view.address.to_string(), sort, severity)
    };
    match view.action {
        Action::Create => {
            let was_there = remembered.is_some_and(|it| it.id.is_some() && it.hold.is_there());
            vec![if was_there {
                said(Sort::Drifted, Severity::Medium, "is gone at the vendor")
            } else {
                said(Sort::Edited, Severity::Low, "is declared and not there yet")
            }]
        }
        Action::Delete if view.place.is_none() && remembered.is_none() => {
            let severity = match view.account.before {
                Power::Administrator => Severity::High,
                Power::Shut | Power::Plain => Severity::Medium,
            };
            vec![said(
                Sort::Drifted,
                severity,
                "is there, and nothing may be that nothing declares",
            )]
        }
        Action::Delete => {
            vec![said(
                Sort::Edited,
                Severity::Low,
                "is there, and no longer declared to be",
            )]
        }
        Action::Update => {
            let explained = origins.get(&view.address);
            let mut found = Vec::new();
            if view.enable {
                let sort = match remembered {
                    Some(it) if it.hold.is_there() => Sort::Drifted,
                    Some(_) => Sort::Edited,
                    None => Sort::Unexplained,
                };
                found.push(said(sort, Severity::Medium, "is disabled at the vendor"));
                return found;
            }
            for field in view.fields.iter().filter(|field| field.changed()) {
                let origin = explained.and_then(|it| it.origin(field.name));
                let sort = sort(field, origin, remembered.is_some());
                found.push(Finding {
                    field: Some(field.name),
                    what: What::Field(Box::new(Values {
                        there: field.before.clone(),
                        declared: field.after.clone(),
                    })),
                    severity: severity(view, field, sort),
                    ..said(sort, Severity::Low, "")
                });
            }
            found
        }
    }
}

/// Whose doing it is that a field differs.
fn sort(field: &FieldView, origin: Option<Origin>, is_remembered: bool) -> Sort {
    match (origin, field.answer) {
        (Some(Origin::Edited), _) => Sort::Edited,
        (Some(Origin::Drifted), _) => Sort::Drifted,
        (Some(Origin::Both), _) => Sort::Both,
        (None, Answer::ChangedOutside) => Sort::Drifted,
        // Without its value a secret differs only from what was applied.
        (None, Answer::WantedChanged) if is_remembered => Sort::Edited,
        (None, Answer::Differs | Answer::WantedChanged | Answer::InSync | Answer::CannotVerify) => {
            Sort::Unexplained
        }
    }
}

/// A secret that somebody changed, a policy that protects less and power that nobody declared are grave; so is nothing that
/// the declaration changed by itself.
fn severity(view: &StepView, field: &FieldView, sort: Sort) -> Severity {
    match sort {
        Sort::Edited | Sort::Unverifiable | Sort::Unmanaged => return Severity::Low,
        Sort::Drifted | Sort::Both | Sort::Unexplained => {}
    }
    let is_secret = matches!(field.after, Some(Value::Secret(_)));
    let is_laxer = view
        .laxer
        .iter()
        .any(|risk| risk.field.is_none_or(|it| it == field.name));
    if (is_secret && sort != Sort::Unexplained) || is_laxer {
        return Severity::High;
    }
    let may_give_power = match field.before.as_ref().or(field.after.as_ref()) {
        Some(Value::Text(_) | Value::Sensitive(_) | Value::Number { .. }) | None => false,
        Some(
            Value::Flag(_)
            | Value::Word(_)
            | Value::Set(_)
            | Value::Name(_)
            | Value::Names(_)
            | Value::Access(_)
            | Value::Secret(_)
            | Value::Generated(_)
            | Value::Output(_),
        ) => true,
    };
    if view.account.falls() && may_give_power {
        Severity::High
    } else {
        Severity::Medium
    }
}

/// How many there are of what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub by_sort: BTreeMap<&'static str, usize>,
    pub by_severity: BTreeMap<&'static str, usize>,
    pub waived: usize,
}

impl Counts {
    /// Counts what no waiver lets pass, and apart from it what one does.
    pub(crate) fn of(findings: &[Finding]) -> Self {
        let mut counts = Self {
            by_sort: Sort::ALL.map(|it| (it.word(), 0)).into(),
            by_severity: Severity::ALL.map(|it| (it.word(), 0)).into(),
            waived: 0,
        };
        for finding in findings {
            if finding.waiver.is_some() {
                counts.waived += 1;
                continue;
            }
            *counts.by_sort.entry(finding.sort.word()).or_default() += 1;
            *counts
                .by_severity
                .entry(finding.severity.word())
                .or_default() += 1;
        }
        counts
    }
}

/// Whether anything of this gravity or a graver one is there that no waiver lets pass.
pub(crate) fn is_grave(findings: &[Finding], least: Severity) -> bool {
    let mut left = findings.iter().filter(|it| it.waiver.is_none());
    left.any(|it| it.severity >= least)
}
