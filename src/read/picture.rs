//! What was read of one kind, as a picture against which others plan.

use std::collections::BTreeSet;

use super::Pairs;
use crate::model::address::RemoteId;
use crate::model::kind::{Kind, Spec};
use crate::model::pictured::{KindPicture, Object, parts};
use crate::model::reference::Links;
use crate::model::resource::Observed;

impl<K: Kind> Pairs<K> {
    /// A picture of it; `links` knows who is who among all that was read.
    pub(crate) fn picture(&self, links: &Links) -> KindPicture {
        let why = |what: &str| {
            let mut incomplete = self.incomplete.iter();
            incomplete
                .find(|it| it.what == what)
                .map(|it| it.why.clone())
        };
        let kind = K::ID.to_string();
        let object = |observed: &Observed<K>, want: Option<&K::Spec>| Object {
            listed: !self.unlisted.contains(&observed.id),
            ..Object::of(observed, want, self.source.is_own(&observed.id), links)
        };
        let matched = self.matched.iter();
        let matched = matched.map(|(desired, it)| object(it, Some(&desired.spec)));
        let orphans = self.orphans.iter();
        let orphans = orphans.map(|(_, _, it)| object(it, None));
        let strangers = self.strangers.iter().map(|it| object(it, None));
        let unopened = self.unopened.iter().map(|(desired, id, label)| {
            let why = why(&desired.address.to_string());
            let why = why.unwrap_or_else(|| "it could not be read".to_owned());
            Object {
                listed: !self.unlisted.contains(id),
                own: self.source.is_own(id),
                ..Object::unread(id, &desired.spec.key(links), label, why)
            }
        });
        let objects = matched.chain(orphans).chain(strangers).chain(unopened);
        let mut objects = objects.collect::<Vec<_>>();
        objects.sort_by(|a, b| a.id.cmp(&b.id));
        let missing = self.missing.iter();
        let missing = missing.map(|desired| parts(&desired.spec.key(links)));
        let doubts = self.incomplete.iter().filter(|it| it.what != kind);
        let doubts = doubts.map(|it| (it.what.clone(), it.why.clone()));
        KindPicture {
            unread: why(&kind),
            objects,
            gone: self.gone.iter().map(RemoteId::to_string).collect(),
            missing: missing.collect::<BTreeSet<_>>(),
            doubts: doubts.collect(),
        }
    }
}
