//! Narrows a plan to what `--target` and `--exclude` name.

use std::collections::{HashMap, HashSet};

use crate::model::address::Address;
use crate::plan::Plan;

/// What of a plan is wanted. Each pattern is a vendor, a kind or an address: `senhasegura`, `senhasegura.password`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// Empty means everything.
    pub targets: Vec<String>,
    pub excludes: Vec<String>,
}

impl Selection {
    pub(crate) fn is_everything(&self) -> bool {
        self.targets.is_empty() && self.excludes.is_empty()
    }

    /// Keeps the targets with what they need, leaves out the excluded with what needs them.
    ///
    /// Gives the patterns that match nothing the plan knows, which are likely typing mistakes.
    pub(crate) fn narrow(&self, plan: &mut Plan, declared: &[Address]) -> Vec<String> {
        let needs = plan
            .views()
            .map(|view| (view.address.clone(), view.waits_for.clone()))
            .collect::<HashMap<_, _>>();
        let wanted = plan
            .views()
            .map(|view| &view.address)
            .filter(|address| self.targeted(address));
        let mut kept = HashSet::new();
        let mut reached = wanted.cloned().collect::<Vec<_>>();
        while let Some(address) = reached.pop() {
            if kept.insert(address.clone()) {
                reached.extend(needs.get(&address).into_iter().flatten().cloned());
            }
        }
        // The plan is in order, so whatever a step waits for was judged before it.
        let mut left_out = HashSet::new();
        plan.retain(
            |view| {
                let keep = kept.contains(&view.address)
                    && !self.excluded(&view.address)
                    && !view
                        .waits_for
                        .iter()
                        .any(|waited| left_out.contains(waited));
                if !keep {
                    left_out.insert(view.address.clone());
                }
                keep
            },
            |incomplete| {
                let matches = |pattern: &String| covers(pattern, &incomplete.what);
                !self.excludes.iter().any(matches)
                    && (self.targets.is_empty() || self.targets.iter().any(matches))
            },
        );
        let known = declared.iter().map(Address::to_string).collect::<Vec<_>>();
        let matches_nothing =
            |pattern: &&String| !known.iter().any(|address| covers(pattern, address));
        self.targets
            .iter()
            .chain(&self.excludes)
            .filter(matches_nothing)
            .cloned()
            .collect()
    }

    fn targeted(&self, address: &Address) -> bool {
        let address = address.to_string();
        self.targets.is_empty() || self.targets.iter().any(|pattern| covers(pattern, &address))
    }

    fn excluded(&self, address: &Address) -> bool {
        let address = address.to_string();
        self.excludes
            .iter()
            .any(|pattern| covers(pattern, &address))
    }
}

/// Whether a pattern names the address itself, its kind or its vendor.
pub(crate) fn covers(pattern: &str, address: &str) -> bool {
    address
        .strip_prefix(pattern)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_pattern_covers_whole_words_only() {
        assert!(covers("senhasegura", "senhasegura.password.a"));
        assert!(covers("senhasegura.password", "senhasegura.password.a"));
        assert!(covers("senhasegura.password.a", "senhasegura.password.a"));
        assert!(!covers("senhasegura.pass", "senhasegura.password.a"));
        assert!(!covers(
            "senhasegura.password.a.b",
            "senhasegura.password.a"
        ));
    }
}
