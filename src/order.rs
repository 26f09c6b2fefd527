//! Puts steps into the one safe order: two rules and a topological sort.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use crate::model::address::Address;
use crate::plan::{Action, Step, StepView};

/// Steps that wait for each other, in the order of their addresses.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cycle(pub Vec<Address>);

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self
            .0
            .iter()
            .map(Address::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        write!(
            f,
            "these changes wait for each other, so none can be first: {names}"
        )
    }
}

/// Something that has the view of a step.
pub(crate) trait Orderable {
    fn view(&self) -> &StepView;
    fn view_mut(&mut self) -> &mut StepView;
}

impl Orderable for Step {
    fn view(&self) -> &StepView {
        &self.view
    }

    fn view_mut(&mut self) -> &mut StepView {
        &mut self.view
    }
}

/// Orders steps by two rules, ties by address, so that a plan always prints the same:
/// a step waits for what it needs; a deletion waits for whoever releases the thing.
pub(crate) fn order<S: Orderable>(mut steps: Vec<S>) -> Result<Vec<S>, Cycle> {
    steps.sort_by(|a, b| a.view().address.cmp(&b.view().address));
    let at = steps
        .iter()
        .enumerate()
        .map(|(at, step)| (step.view().address.clone(), at))
        .collect::<HashMap<_, _>>();

    let mut waits_for = vec![BTreeSet::new(); steps.len()];
    for (this, step) in steps.iter().enumerate() {
        let view = step.view();
        let needs = view.needs.iter().filter_map(|needed| at.get(needed));
        waits_for[this].extend(needs.filter(|needed| **needed != this));
        for released in view.releases.iter().filter_map(|released| at.get(released)) {
            if steps[*released].view().action == Action::Delete && *released != this {
                waits_for[*released].insert(this);
            }
        }
    }

    let mut waited_for_by = vec![Vec::new(); steps.len()];
    for (this, waits) in waits_for.iter().enumerate() {
        for other in waits {
            waited_for_by[*other].push(this);
        }
    }
    let mut open = waits_for.iter().map(BTreeSet::len).collect::<Vec<_>>();
    let mut ready = open
        .iter()
        .enumerate()
        .filter(|(_, open)| **open == 0)
        .map(|(at, _)| at)
        .collect::<BTreeSet<_>>();
    let mut position = vec![None; steps.len()];
    let mut placed = 0;
    while let Some(this) = ready.pop_first() {
        position[this] = Some(placed);
        placed += 1;
        for other in &waited_for_by[this] {
            open[*other] -= 1;
            if open[*other] == 0 {
                ready.insert(*other);
            }
        }
    }

    let stuck = (0..steps.len()).filter(|this| position[*this].is_none());
    let stuck = stuck
        .map(|this| steps[this].view().address.clone())
        .collect::<Vec<_>>();
    if !stuck.is_empty() {
        return Err(Cycle(stuck));
    }
    let addresses = steps
        .iter()
        .map(|step| step.view().address.clone())
        .collect::<Vec<_>>();
    for (step, waits) in steps.iter_mut().zip(&waits_for) {
        step.view_mut().waits_for = waits
            .iter()
            .map(|other| addresses[*other].clone())
            .collect();
    }
    let mut placed = steps.into_iter().zip(position).collect::<Vec<_>>();
    placed.sort_by_key(|(_, position)| *position);
    Ok(placed.into_iter().map(|(step, _)| step).collect())
}

#[cfg(test)]
mod tests {
    use super::{Orderable, order};
    use crate::model::access::Touched;
    use crate::model::address::{Address, KindId};
    use crate::model::kind::Removal;
    use crate::model::power::Account;
    use crate::model::resource::Hold;
    use crate::model::verb::Terms;
    use crate::plan::{Action, StepView};

    impl Orderable for StepView {
        fn view(&self) -> &StepView {
            self
        }

        fn view_mut(&mut self) -> &mut StepView {
            self
        }
    }

    fn address(text: &str) -> Address {
        let (kind, name) = text.split_once('.').unwrap();
        let kind = if kind == "team" { "team" } else { "repo" };
        KindId {
            vendor: "forge",
            name: kind,
        }
        .address(name)
    }

    /// A step a line: `+ repo.docs needs team.infra releases team.old`.
    fn check(text: &str) -> String {
        let steps = text.lines().map(|line| {
            let words = line.split_whitespace().collect::<Vec<_>>();
            let after = |word: &str| {
                let found = words.windows(2).filter(move |pair| pair[0] == word);
                found.map(|pair| address(pair[1])).collect::<Vec<_>>()
            };
            StepView {
                address: address(words[1]),
                action: match words[0] {
                    "+" => Action::Create,
                    "~" => Action::Update,
                    _ => Action::Delete,
                },
                place: None,
                id: None,
                label: String::new(),
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
                access: Touched::default(),
                obstacles: Vec::new(),
                needs: after("needs"),
                releases: after("releases"),
                waits_for: Vec::new(),
            }
        });
        match order(steps.collect()) {
            Err(cycle) => cycle.to_string(),
            Ok(steps) => {
                let lines = steps.iter().map(|step| {
                    let sign = match step.action {
                        Action::Create => "+",
                        Action::Update => "~",
                        Action::Delete => "-",
                    };
                    let waits = step
                        .waits_for
                        .iter()
                        .map(Address::short)
                        .collect::<Vec<_>>();
                    let after = if waits.is_empty() {
                        String::new()
                    } else {
                        format!(" after {}", waits.join(", "))
                    };
                    format!("{sign} {}{after}", step.address.short())
                });
                lines.collect::<Vec<_>>().join("\n")
            }
        }
    }

    #[test]
    fn an_owner_moves_before_the_old_one_goes() {
        insta::assert_snapshot!(
            check("~ repo.docs needs team.infra releases team.old\n- team.old\n+ team.infra"),
            @r"
        + team.infra
        ~ repo.docs after team.infra
        - team.old after repo.docs
        "
        );
    }

    #[test]
    fn independent_steps_stand_in_the_order_of_their_addresses() {
        insta::assert_snapshot!(check("+ team.b\n- repo.z\n~ repo.a"), @r"
        ~ repo.a
        - repo.z
        + team.b
        ");
    }

    #[test]
    fn the_order_does_not_depend_on_the_order_of_the_input() {
        let steps = [
            "+ repo.a needs team.x",
            "+ repo.b needs team.x",
            "+ team.x",
            "- team.y",
            "- repo.c releases team.y",
        ];
        let turned = steps.iter().rev().copied().collect::<Vec<_>>();
        assert_eq!(check(&steps.join("\n")), check(&turned.join("\n")));
    }

    #[test]
    fn a_deletion_does_not_wait_for_what_only_keeps_it() {
        insta::assert_snapshot!(check("~ repo.docs needs team.infra\n- team.old"), @r"
        ~ repo.docs
        - team.old
        ");
    }

    #[test]
    fn steps_that_wait_for_each_other_are_named() {
        insta::assert_snapshot!(
            check("+ repo.a needs team.b\n+ team.b needs repo.a\n+ team.c"),
            @"these changes wait for each other, so none can be first: forge.repo.a, forge.team.b"
        );
    }
}
