//! The last look before anything is written: refuses plans that delete too much, lock somebody out, or rest on an
//! incomplete read.

mod refusal;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;

use crate::model::address::KindId;
use crate::model::verb::Terms;
use crate::plan::{Action, Plan, Tally};
pub(crate) use refusal::Refusal;

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
    /// What is refused unless it is let pass by its name. Said on the command line only.
    #[schemars(skip)]
    pub allow: BTreeSet<Allow>,
}

/// What a command line lets pass that is refused otherwise, each by the code of its refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Allow {
    OwnAccount,
    LastAdministrator,
    EmptiedKind,
    ShrunkenKind,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_deletes: 10,
            max_delete_percent: 50,
            protect: Vec::new(),
            assumed_actions: BTreeSet::new(),
            allow_spend: false,
            allow: BTreeSet::new(),
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
    refusals.extend(lockouts(plan, limits));
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
        if deletes == live && live > 1 && !limits.allow.contains(&Allow::EmptiedKind) {
            refusals.push(Refusal::EmptiedKind { kind, live });
        }
    }
    refusals.extend(shrunken(plan, limits));
    refusals
}

/// Kinds of which far less is live than is remembered: a list that was cut short looks just so, and everything that is
/// missing in it would be made a second time.
fn shrunken(plan: &Plan, limits: &Limits) -> Vec<Refusal> {
    if limits.allow.contains(&Allow::ShrunkenKind) {
        return Vec::new();
    }
    let creates = plan.views().filter(|step| step.action == Action::Create);
    let created = creates.map(|step| step.address.kind);
    let created = created.collect::<BTreeSet<_>>().into_iter();
    let shrunken = created.filter_map(|kind| {
        let Tally {
            remembered, lost, ..
        } = *plan.tallies.get(&kind)?;
        (lost > 1 && lost * 2 > remembered).then_some(Refusal::ShrunkenKind {
            kind,
            remembered,
            lost,
        })
    });
    shrunken.collect()
}

/// What would lock out ourselves, or everybody.
fn lockouts(plan: &Plan, limits: &Limits) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let mut abdications = BTreeMap::<KindId, usize>::new();
    for step in plan.views() {
        let account = step.account;
        if account.is_own && account.falls() && !limits.allow.contains(&Allow::OwnAccount) {
            refusals.push(Refusal::OwnAccount {
                address: step.address.clone(),
                account,
            });
        }
        if account.abdicates() {
            *abdications.entry(step.address.kind).or_default() += 1;
        }
    }
    if limits.allow.contains(&Allow::LastAdministrator) {
        return refusals;
    }
    for (kind, abdications) in abdications {
        // One whom the same plan makes an administrator does not count: making it may fail, or come too late.
        let tally = plan.tallies.get(&kind);
        let administrators = tally.map_or(0, |tally| tally.administrators);
        if abdications >= administrators {
            refusals.push(Refusal::LastAdministrator {
                kind,
                administrators: administrators.max(abdications),
            });
        }
    }
    refusals
}
