//! The last look before anything is written: refuses plans that delete too much or rest on an incomplete read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;

use crate::model::address::{Address, KindId};
use crate::model::verb::{Spending, Terms};
use crate::plan::{Action, Plan};

/// How much a plan may delete.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, default, deny_unknown_fields)]
pub(crate) struct Limits {
    /// A plan may remove at most so many of one kind.
    pub max_deletes: usize,
    /// A plan may remove at most so many of a hundred live objects of one kind, small kinds too.
    #[schemars(range(max = 100))]
    pub max_delete_percent: usize,
    /// Addresses that no plan may remove: vendor, kind and name. Each of them must be declared.
    pub protect: Vec<String>,
    /// The vendors at whose systems may be done what no public page states how to do.
    #[schemars(skip)]
    pub assumed_actions: BTreeSet<&'static str>,
    /// Whether what costs money may be done where the declarations allow it, too. Said on the command line only.
    #[schemars(skip)]
    pub allow_spend: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_deletes: 10,
            max_delete_percent: 50,
            protect: Vec::new(),
            assumed_actions: BTreeSet::new(),
            allow_spend: false,
        }
    }
}

/// A plan that passed the guard: the only thing that `apply` accepts.
pub(crate) struct Approved(Plan);

impl Approved {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_plan(self) -> Plan {
        self.0
    }
}

/// Why a plan is not applied: a number, its limit, and what lifts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    TooManyDeletes {
        kind: KindId,
        deletes: usize,
        limit: usize,
    },
    TooLargeAShare {
        kind: KindId,
        deletes: usize,
        live: usize,
        limit: usize,
    },
    Protected {
        address: Address,
    },
    /// No public page states how it is done, and nobody said that it may be done all the same.
    Assumed {
        address: Address,
        action: Action,
    },
    /// It costs money, and not both of those who must allow that have.
    Spends {
        address: Address,
        action: Action,
        spending: Spending,
        by_command: bool,
    },
    /// A vendor, or a part of it, could not be read whole.
    Incomplete {
        what: String,
        why: String,
    },
}

impl Refusal {
    /// The stable word for this refusal.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::TooManyDeletes { .. } => "max-deletes",
            Self::TooLargeAShare { .. } => "max-delete-percent",
            Self::Protected { .. } => "protected",
            Self::Assumed { .. } => "assumed-action",
            Self::Spends { .. } => "spends",
            Self::Incomplete { .. } => "incomplete-read",
        }
    }

    /// What the user can do about it.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::TooManyDeletes { deletes, .. } => {
                format!("if all of them are meant, pass `--max-deletes {deletes}`")
            }
            Self::TooLargeAShare { deletes, live, .. } => {
                let share = (deletes * 100).div_ceil(*live);
                format!("if all of them are meant, pass `--max-delete-percent {share}`")
            }
            Self::Protected { address } => {
                format!(
                    "if it may go, take `{address}` out of `guards: {{ protect: … }}`, or `prevent_delete` out of \
                     its lifecycle"
                )
            }
            Self::Assumed { address, .. } => format!(
                "to have it done all the same, say `assumed_actions: true` for the system of {}; to be told of \
                 differences only, say `lifecycle: {{ manage: observe }}`",
                address.kind.vendor
            ),
            Self::Spends {
                spending,
                by_command,
                ..
            } => {
                let words = match (spending.is_allowed, by_command) {
                    (false, false) => "say `allow_spend: true` there and pass `--allow-spend`",
                    (false, true) => "say `allow_spend: true` there",
                    (true, _) => "pass `--allow-spend`",
                };
                format!("if that is meant, {words}")
            }
            Self::Incomplete { what, .. } => {
                format!("mend the reading, or leave it out on purpose with `--exclude {what}`")
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyDeletes {
                kind,
                deletes,
                limit,
            } => {
                write!(
                    f,
                    "the plan deletes {deletes} of {kind}; the limit is {limit}"
                )
            }
            Self::TooLargeAShare {
                kind,
                deletes,
                live,
                limit,
            } => write!(
                f,
                "the plan deletes {deletes} of {live} live {kind}; the limit is {limit} percent"
            ),
            Self::Protected { address } => {
                write!(f, "the plan deletes {address}, which is protected")
            }
            Self::Assumed { address, action } => write!(
                f,
                "the plan {} {address}, and no public page of {} states how",
                verb(*action),
                address.kind.vendor
            ),
            Self::Spends {
                address,
                action,
                spending,
                by_command: _,
            } => write!(
                f,
                "the plan {} {address}, which costs money: {}",
                verb(*action),
                spending.what
            ),
            Self::Incomplete { what, why } => write!(f, "{what} was not read whole: {why}"),
        }
    }
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Create => "creates",
        Action::Update => "updates",
        Action::Delete => "deletes",
    }
}

/// Approves a plan, or gives every reason against it.
pub(crate) fn approve(plan: Plan, limits: &Limits) -> Result<Approved, Vec<Refusal>> {
    let refusals = refusals(&plan, limits);
    if refusals.is_empty() {
        Ok(Approved(plan))
    } else {
        Err(refusals)
    }
}

/// Every reason against a plan, in a fixed order.
pub(crate) fn refusals(plan: &Plan, limits: &Limits) -> Vec<Refusal> {
    let mut refusals = plan
        .incomplete
        .iter()
        .map(|it| Refusal::Incomplete {
            what: it.what.clone(),
            why: it.why.clone(),
        })
        .collect::<Vec<_>>();
    for step in plan.views() {
        let Terms { assumed, spends } = step.terms;
        let vendor = step.address.kind.vendor;
        if assumed && !limits.assumed_actions.contains(vendor) {
            refusals.push(Refusal::Assumed {
                address: step.address.clone(),
                action: step.action,
            });
        }
        let by_command = limits.allow_spend;
        let spends = spends.filter(|it| !(it.is_allowed && by_command));
        refusals.extend(spends.map(|spending| Refusal::Spends {
            address: step.address.clone(),
            action: step.action,
            spending,
            by_command,
        }));
    }
    let mut deletes = BTreeMap::<KindId, usize>::new();
    for step in plan.views().filter(|step| step.action == Action::Delete) {
        *deletes.entry(step.address.kind).or_default() += 1;
        if step.prevent_delete
            || limits
                .protect
                .iter()
                .any(|it| *it == step.address.to_string())
        {
            refusals.push(Refusal::Protected {
                address: step.address.clone(),
            });
        }
    }
    for (kind, deletes) in deletes {
        if deletes > limits.max_deletes {
            refusals.push(Refusal::TooManyDeletes {
                kind,
                deletes,
                limit: limits.max_deletes,
            });
        }
        // An object that only its id leads to is not in the list and so not in the count.
        let live = plan
            .tallies
            .get(&kind)
            .map_or(0, |tally| tally.live)
            .max(deletes);
        if deletes * 100 > live * limits.max_delete_percent {
            let limit = limits.max_delete_percent;
            refusals.push(Refusal::TooLargeAShare {
                kind,
                deletes,
                live,
                limit,
            });
        }
    }
    refusals
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Limits, refusals};
    use crate::model::kind::{Kind, Removal};
    use crate::model::reference::Links;
    use crate::model::resource::Hold;
    use crate::model::testing::{SHOWN, Thing};
    use crate::model::verb::{Spending, Terms};
    use crate::plan::{Action, Change, Compared, Plan, Step, StepView};

    /// What a guard says of a step that has these terms.
    fn check(terms: Terms, limits: &Limits) -> String {
        let view = StepView {
            address: Thing::<SHOWN>::ID.address("a"),
            action: Action::Create,
            place: None,
            id: None,
            label: "a".to_owned(),
            removal: Removal::Delete,
            enable: false,
            prevent_delete: false,
            hold: Hold::Owned,
            live: Vec::new(),
            terms,
            fields: Vec::new(),
            risks: Vec::new(),
            remarks: Vec::new(),
            obstacles: Vec::new(),
            needs: Vec::new(),
            releases: Vec::new(),
            waits_for: Vec::new(),
        };
        let want = Thing::<SHOWN> {
            name: "a".to_owned(),
            size: None,
            lock: None,
        };
        let change = Change::<Thing<SHOWN>>::Create { want };
        let compared = Compared {
            steps: vec![Step::new(view, Arc::new(()), change)],
            ..Compared::default()
        };
        let kinds = vec![(Thing::<SHOWN>::ID, compared)];
        let plan = Plan::new(kinds, Vec::new(), Links::default()).unwrap();
        let refusals = refusals(&plan, limits);
        let said = refusals
            .iter()
            .map(|it| format!("{it} [{}]\n{}", it.code(), it.help()));
        said.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_is_assumed_is_refused_until_the_system_allows_it() {
        let terms = Terms {
            assumed: true,
            spends: None,
        };
        insta::assert_snapshot!(check(terms, &Limits::default()), @r"
        the plan creates toy.thing.a, and no public page of toy states how [assumed-action]
        to have it done all the same, say `assumed_actions: true` for the system of toy; to be told of differences only, say `lifecycle: { manage: observe }`
        ");
        let allowed = Limits {
            assumed_actions: ["toy"].into(),
            ..Limits::default()
        };
        assert_eq!(check(terms, &allowed), "");
    }

    #[test]
    fn what_costs_money_is_refused_until_the_declaration_and_the_command_allow_it() {
        let check = |is_allowed, allow_spend| {
            let spends = Some(Spending {
                what: "a thing is billed by the month",
                is_allowed,
            });
            let limits = Limits {
                allow_spend,
                ..Limits::default()
            };
            check(
                Terms {
                    assumed: false,
                    spends,
                },
                &limits,
            )
        };
        insta::assert_snapshot!(check(false, false), @r"
        the plan creates toy.thing.a, which costs money: a thing is billed by the month [spends]
        if that is meant, say `allow_spend: true` there and pass `--allow-spend`
        ");
        insta::assert_snapshot!(check(true, false), @r"
        the plan creates toy.thing.a, which costs money: a thing is billed by the month [spends]
        if that is meant, pass `--allow-spend`
        ");
        insta::assert_snapshot!(check(false, true), @r"
        the plan creates toy.thing.a, which costs money: a thing is billed by the month [spends]
        if that is meant, say `allow_spend: true` there
        ");
        assert_eq!(check(true, true), "");
    }
}
