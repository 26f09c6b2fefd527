//! The last look before anything is written: refuses plans that delete too much or rest on an incomplete read.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;

use crate::model::address::{Address, KindId};
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
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_deletes: 10,
            max_delete_percent: 50,
            protect: Vec::new(),
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
            Self::Incomplete { what, why } => write!(f, "{what} was not read whole: {why}"),
        }
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
