//! Holds a plan that was made anew against the saved one: what is still the same may be done, and nothing else.

use std::collections::{BTreeMap, HashSet};

use super::{Saved, SavedStep};
use crate::model::address::Address;
use crate::model::fingerprint::Key;
use crate::plan::{Plan, StepView};

/// What of a saved plan cannot be done any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    /// By address, why a step is refused.
    pub stale: BTreeMap<String, Stale>,
    /// What has come to be as planned by itself.
    pub settled: Vec<String>,
}

/// Why a step of a saved plan is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stale {
    /// The live object is not the one that the plan was made from: by field, what it was then and what it is today, as
    /// far as the plan shows them.
    Live(Vec<(String, serde_json::Value, serde_json::Value)>),
    /// Today something else would have to be done to it.
    Action { planned: String, today: String },
    /// Today something else would be made of it, such as a secret that has changed since.
    Wanted,
    /// It waits for a step that is refused.
    Waits(Address),
}

impl Saved {
    /// Takes out of the plan of today all that was not planned, or is not as it was when it was planned. `today` is its
    /// steps as JSON, for what to show.
    pub(crate) fn narrow(&self, plan: &mut Plan, today: &serde_json::Value, key: &Key) -> Checked {
        let mut checked = Checked::default();
        let mut refused = HashSet::<Address>::new();
        for view in plan.views() {
            let Some(saved) = self.steps.get(&view.address.to_string()) else {
                continue;
            };
            let waits = view.waits_for.iter().find(|it| refused.contains(*it));
            let stale = waits.map(|it| Stale::Waits(it.clone()));
            let stale = stale.or_else(|| self.stale(view, saved, today, key));
            if let Some(stale) = stale {
                refused.insert(view.address.clone());
                checked.stale.insert(view.address.to_string(), stale);
            }
        }
        let is_there = plan.views().map(|view| view.address.to_string());
        let is_there = is_there.collect::<HashSet<_>>();
        let gone = self.steps.keys().filter(|it| !is_there.contains(*it));
        checked.settled = gone.cloned().collect();
        plan.retain(
            |view| {
                let address = view.address.to_string();
                self.steps.contains_key(&address) && !checked.stale.contains_key(&address)
            },
            |_| true,
        );
        checked
    }

    fn stale(
        &self,
        view: &StepView,
        saved: &SavedStep,
        today: &serde_json::Value,
        key: &Key,
    ) -> Option<Stale> {
        let present = SavedStep::of(view, key);
        if present.action != saved.action {
            return Some(Stale::Action {
                planned: saved.action.clone(),
                today: present.action,
            });
        }
        if present.live != saved.live {
            let address = view.address.to_string();
            return Some(Stale::Live(differences(
                before(&self.plan["resource_changes"], &address),
                before(today, &address),
            )));
        }
        (present.change != saved.change).then_some(Stale::Wanted)
    }
}

/// What the steps of a plan in JSON show of an object before its step.
fn before<'p>(steps: &'p serde_json::Value, address: &str) -> Option<&'p serde_json::Value> {
    let steps = steps.as_array()?;
    let step = steps.iter().find(|it| it["address"] == address)?;
    Some(&step["change"]["before"])
}

fn differences(
    then: Option<&serde_json::Value>,
    today: Option<&serde_json::Value>,
) -> Vec<(String, serde_json::Value, serde_json::Value)> {
    let fields = |value: Option<&serde_json::Value>| {
        let fields = value.and_then(serde_json::Value::as_object);
        fields.cloned().unwrap_or_default()
    };
    let (then, today) = (fields(then), fields(today));
    let names = then.keys().chain(today.keys());
    let names = names.collect::<std::collections::BTreeSet<_>>();
    let pairs = names.into_iter().map(|name| {
        let value = |of: &serde_json::Map<_, _>| of.get(name).cloned().unwrap_or_default();
        (name.clone(), value(&then), value(&today))
    });
    pairs.filter(|(_, then, today)| then != today).collect()
}
