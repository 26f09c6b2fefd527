//! Compares a declaration with what a snapshot tells of its object. Where only a spec of what is there could tell,
//! nothing is said.

use std::collections::BTreeSet;

use super::fields::{Diff, Subject};
use super::{Comparing, written};
use crate::model::address::Address;
use crate::model::answer::Answer;
use crate::model::field::{Fields, differ};
use crate::model::kind::{Kind, Spec};
use crate::model::pictured::Object;
use crate::plan::FieldView;

impl<K: Kind> Comparing<'_, K> {
    /// Compares the declared fields one by one.
    pub(super) fn diff_pictured(
        &mut self,
        subject: &Subject<'_>,
        known: &Object,
        want: &K::Spec,
    ) -> Diff {
        let mut wanted = Fields::new(self.links);
        want.list(&mut wanted);
        let mut fields = Vec::new();
        for (field, after) in wanted.into_list() {
            if after.is_for_creation() || subject.ignores(field) {
                continue;
            }
            let before = known.before(field, &after, K::Spec::BESIDE_WANT, self.links);
            if field.fixed
                && let Ok(Some(before)) = &before
                && *before != after
            {
                self.note_fixed(subject, field);
                continue;
            }
            let answer = match &before {
                Ok(before) => differ(before.as_ref(), &after),
                Err(why) => Err(why.clone()),
            };
            let answer = match answer {
                Ok(true) => written(&after),
                Ok(false) => Answer::InSync,
                Err(why) => self.cannot_verify(subject, field, why),
            };
            fields.push(FieldView {
                name: field.name,
                before: before.ok().flatten(),
                after: Some(after),
                answer,
            });
        }
        let mut aged = Vec::new();
        self.rotate(subject, want, &mut fields, &mut aged);
        Diff { fields, aged }
    }

    /// The addresses of what a pictured object speaks of in some of its fields.
    pub(super) fn pictured(&self, known: &Object, counts: impl Fn(&str) -> bool) -> Vec<Address> {
        let links = known.links(counts, self.links).into_iter();
        let addresses = links.filter_map(|link| self.links.address(&link));
        addresses.collect::<BTreeSet<_>>().into_iter().collect()
    }
}
