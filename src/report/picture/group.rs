//! Steps that are the same but for whom they are about, so that they can be shown once.

use std::collections::HashMap;

use super::{Field, Origin, Step};
use crate::plan::Action;

/// So many equal steps are shown as one.
pub(in crate::report) const MANY: usize = 5;

/// All of a step but whom it is about.
#[derive(PartialEq, Eq, Hash)]
struct Likeness<'s> {
    kind: &'s str,
    action: Action,
    enable: bool,
    prevent_delete: bool,
    assumed: bool,
    fields: &'s [Field],
    remarks: &'s [String],
    waits_for: &'s [String],
    raises: bool,
    origin: Option<&'s Origin>,
}

/// The steps in order, and where there are many equal ones, those together at the place of the first of them.
pub(in crate::report) fn groups<'s>(steps: &[&'s Step]) -> Vec<Vec<&'s Step>> {
    let mut alike = HashMap::<Likeness<'_>, Vec<&Step>>::new();
    for step in steps {
        if let Some(likeness) = likeness(step) {
            alike.entry(likeness).or_default().push(step);
        }
    }
    let mut groups = Vec::new();
    for step in steps {
        let group = likeness(step).and_then(|it| alike.get_mut(&it));
        match group {
            // The first of many speaks for all of them.
            Some(group) if group.len() >= MANY => groups.push(std::mem::take(group)),
            Some(group) if group.is_empty() => {}
            Some(_) | None => groups.push(vec![*step]),
        }
    }
    groups
}

/// What a step may be alike with others in. What removes, deserves a second look, costs money or cannot be done stands
/// alone, however many there are of it.
fn likeness(step: &Step) -> Option<Likeness<'_>> {
    let stands_alone = step.action == Action::Delete
        || !step.risks.is_empty()
        || !step.obstacles.is_empty()
        || step.spends.is_some();
    (!stands_alone).then(|| Likeness {
        kind: &step.kind,
        action: step.action,
        enable: step.enable,
        prevent_delete: step.prevent_delete,
        assumed: step.assumed,
        fields: &step.fields,
        remarks: &step.remarks,
        waits_for: &step.waits_for,
        raises: step.raises,
        origin: step.origin.as_ref(),
    })
}
