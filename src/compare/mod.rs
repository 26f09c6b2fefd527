//! The diff engine: what must change so that the live state is as declared, and what is left alone.

mod access;
mod account;
mod fields;
mod notes;
mod pictured;
mod removal;
mod same_name;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::ledger::Ledger;
use crate::model::access::Touched;
use crate::model::address::{Address, RemoteId};
use crate::model::answer::{Answer, Marker};
use crate::model::field::{Field, Fields, SecretField, Value};
use crate::model::kind::{Kind, Removal, Spec, Update};
use crate::model::power::Account;
use crate::model::reference::Links;
use crate::model::resource::{Content, Desired, Hold, Manage, Meta, Observed, Ownership};
use crate::model::risk::Risk;
use crate::model::verb::{Spending, Terms, Verb};
use crate::plan::{
    Action, Change, Compared, FieldView, Obstacle, Problem, Settled, Step, StepView, Tally,
};
use crate::read::{Pairs, Source};
use fields::{Diff, Subject};
use same_name::SameName;

/// Compares one kind. Pure: values in, values out.
pub(crate) fn compare<K: Kind>(pairs: Pairs<K>, links: &Links) -> Compared {
    let administrators = account::administrators(&pairs);
    let Pairs {
        source,
        ownership,
        today,
        matched,
        missing,
        orphans,
        strangers,
        mut origins,
        unread: _,
        unopened: _,
        unlisted: _,
        gone: _,
        live,
        remembered,
        lost,
        ledger,
        is_recorded,
        is_listed,
        incomplete: _,
        diagnostics: _,
    } = pairs;
    let mut comparing = Comparing {
        source,
        ownership,
        links,
        ledger,
        today,
        is_recorded,
        compared: Compared {
            // What is disabled is in no list and all the same there.
            is_listed: is_listed && K::REMOVAL == Removal::Delete,
            tally: Tally {
                live,
                administrators,
                remembered,
                lost,
                ..Tally::default()
            },
            ..Compared::default()
        },
    };
    for (desired, observed) in matched {
        let stays = !desired.meta.presence.is_absent_on(today);
        let want = Some(&desired.spec).filter(|_| stays);
        comparing.know(&desired.address, want, &observed);
        if desired.meta.presence.is_absent_on(today) {
            comparing.absent(desired, observed);
        } else {
            comparing.present(desired, observed);
        }
    }
    for (address, hold, observed) in orphans {
        comparing.know(&address, None, &observed);
        comparing.orphan(address, hold, observed);
    }
    let same_name = SameName::of(&strangers);
    for stranger in &strangers {
        comparing.know(&K::ID.stranger(&stranger.id), None, stranger);
    }
    for desired in missing {
        if desired.meta.presence.is_absent_on(today) {
            comparing.compared.tally.unchanged += 1;
        } else {
            comparing.know_wanted(&desired);
            let origin = origins.remove(&desired.address);
            comparing.missing(desired, origin.as_ref(), &same_name);
        }
    }
    comparing.compared.tally.strangers += strangers.len();
    for stranger in strangers {
        if ownership == Ownership::Exclusive {
            comparing.stranger(stranger);
        } else {
            comparing.leave(stranger);
        }
    }
    comparing.compared
}

struct Comparing<'a, K: Kind> {
    /// Whom to ask for changes, if anybody can be asked.
    source: Source<K>,
    ownership: Ownership,
    links: &'a Links,
    ledger: Arc<Ledger>,
    /// The day on which the age of secrets is judged.
    today: Date,
    /// Whether what is as declared is to be remembered.
    is_recorded: bool,
    compared: Compared,
}

impl<K: Kind> Comparing<'_, K> {
    fn present(&mut self, desired: Desired<K>, observed: Observed<K>) {
        let Desired {
            address,
            place,
            meta,
            spec: want,
        } = desired;
        let manage = meta.lifecycle.manage;
        let hold = Hold::of(&meta.lifecycle);
        let Observed {
            id,
            key: _,
            label,
            writable,
            content,
        } = observed;
        if manage == Manage::CreateOnly {
            self.compared.tally.unchanged += 1;
            return self.remember(address, id, hold, Vec::new(), Vec::new());
        }
        let (have, pictured, enable) = match &content {
            Content::Read(have) => (Some(have), None, false),
            Content::NotRead => (None, None, false),
            Content::Disabled => (None, None, true),
            Content::Pictured(known) => (None, Some(&**known), false),
        };
        self.note_under_way(&address, place, &content);
        let markers = self.source.markers(&id);
        let subject = Subject {
            address: &address,
            place,
            lifecycle: &meta.lifecycle,
            remembered: self.recall(&address, &meta, &id),
            markers: &markers,
        };
        let Diff { fields, aged } = match pictured {
            Some(known) => self.diff_pictured(&subject, known, &want),
            None => self.diff(&subject, have, &want),
        };
        let changed = fields
            .iter()
            .filter(|field| field.changed())
            .map(|field| field.name)
            .collect::<Vec<_>>();
        if changed.is_empty() && !enable {
            if self
                .compared
                .unverified
                .last()
                .is_some_and(|it| it.address == address)
            {
                self.compared.tally.unverified += 1;
            } else {
                self.compared.tally.unchanged += 1;
            }
            return self.remember(address, id, hold, fields, markers);
        }
        let names = || {
            if enable {
                "it is disabled".to_owned()
            } else {
                changed.join(", ")
            }
        };
        if manage == Manage::Observe {
            let message = format!("differs and is only observed: {}", names());
            return self.note_difference(&address, place, message);
        }
        let verb = K::verbs(&want).update;
        if let Some(why) = verb.never() {
            let message = format!("differs and is only observed, since {why}: {}", names());
            return self.note_difference(&address, place, message);
        }
        if !writable {
            return self.note_read_only(&address, Some(place), "differs");
        }
        // What a field that stays as it is speaks of need not be waited for.
        let is_changed = |field: Field| changed.contains(&field.name);
        let had = match pictured {
            Some(known) => Some(self.pictured(known, |name| changed.contains(&name))),
            None => have.map(|have| self.addresses(have, is_changed)),
        };
        let needs = self.addresses(&want, is_changed);
        let had = had.unwrap_or_default().into_iter();
        let releases = had.filter(|it| !needs.contains(it)).collect();
        self.note_nobody(&address, place, &want, is_changed);
        let update = Update {
            want: &want,
            changed: &changed,
            enable,
        };
        let mut terms = terms::<K>(verb, &changed, &meta);
        terms.spends = terms.spends.filter(|_| K::spends(have, &update));
        let account = self.updated(&id, &content, &want);
        let mut access = match pictured {
            Some(_) => Touched::default(),
            None => self.touched(&address, &label, have, Some(&want), &changed),
        };
        if enable {
            self.comes_back(&mut access, &address, &label);
        }
        let view = StepView {
            address,
            action: Action::Update,
            place: Some(place),
            id: Some(id.clone()),
            label,
            removal: K::REMOVAL,
            enable,
            prevent_delete: false,
            hold,
            live: match (pictured, have) {
                (Some(known), _) => known.listed_fields(K::Spec::FIELDS, self.links),
                (None, Some(have)) => self.listed(have),
                (None, None) => Vec::new(),
            },
            terms,
            price: None,
            account,
            fields,
            risks: match pictured {
                Some(_) => Vec::new(),
                None => risks::<K>(have, Some(&want), &changed),
            },
            laxer: have.map_or_else(Vec::new, |have| {
                risks::<K>(Some(&want), Some(have), &changed)
            }),
            remarks: match pictured {
                Some(_) => aged,
                None => [K::Spec::remarks(have, Some(&want)), aged].concat(),
            },
            access,
            obstacles: Vec::new(),
            needs,
            releases,
            waits_for: Vec::new(),
        };
        self.step(
            view,
            Change::Update {
                id,
                want,
                changed,
                enable,
            },
        );
    }

    /// `origin` is what it starts as if its vendor makes it of something that is there.
    fn missing(&mut self, desired: Desired<K>, origin: Option<&K::Spec>, same_name: &SameName) {
        let Desired {
            address,
            place,
            meta,
            spec: want,
        } = desired;
        if meta.lifecycle.manage == Manage::Observe {
            return self.note_difference(&address, place, "does not exist, and is only observed");
        }
        let verb = K::verbs(&want).create;
        if let Some(why) = verb.never() {
            return self.note_difference(&address, place, format!("does not exist, and {why}"));
        }
        if let Some(message) = same_name.note(&K::fold(want.label())) {
            self.note(&address, place, message);
        }
        self.note_unkept(&address, place, &want);
        let mut fields = Fields::new(self.links);
        want.list(&mut fields);
        let fields = fields.into_list();
        let no_value = |field: &Field, why: String, place| Obstacle {
            field: field.name,
            problem: Problem::NoValue,
            why,
            place,
        };
        // What whoever plans against a snapshot has not may well be at hand where it is applied.
        let is_done = self.source.client().is_some();
        let unknown = fields.iter().filter(|_| is_done);
        let unknown = unknown.filter_map(|(field, value)| {
            let Value::Secret(SecretField::Unknown { why, place }) = value else {
                return None;
            };
            Some(no_value(field, why.clone(), *place))
        });
        let lacks = want.lacks().into_iter().map(|field| {
            let why = "the declaration leaves it out".to_owned();
            no_value(&field, why, Some(place))
        });
        let obstacles = unknown.chain(lacks).collect();
        let touched = fields.iter().map(|(field, _)| field.name);
        let touched = touched.collect::<Vec<_>>();
        let terms = terms::<K>(verb, &touched, &meta);
        let fields = fields
            .into_iter()
            .map(|(field, value)| FieldView {
                name: field.name,
                before: None,
                answer: written(&value),
                after: Some(value),
            })
            .collect();
        self.note_nobody(&address, place, &want, |_| true);
        let access = self.touched(&address, want.label(), None, Some(&want), &touched);
        let view = StepView {
            address,
            action: Action::Create,
            place: Some(place),
            id: None,
            label: want.label().to_owned(),
            removal: K::REMOVAL,
            enable: false,
            prevent_delete: false,
            hold: Hold::of(&meta.lifecycle),
            live: Vec::new(),
            terms,
            price: None,
            account: Account::default(),
            fields,
            risks: risks::<K>(origin, Some(&want), &touched),
            laxer: Vec::new(),
            remarks: K::Spec::remarks(origin, Some(&want)),
            access,
            obstacles,
            needs: self.addresses(&want, |_| true),
            releases: Vec::new(),
            waits_for: Vec::new(),
        };
        self.step(view, Change::Create { want });
    }

    /// All that a spec says.
    fn listed(&self, spec: &K::Spec) -> Vec<(&'static str, Value)> {
        let mut fields = Fields::new(self.links);
        spec.list(&mut fields);
        let fields = fields.into_list().into_iter();
        fields.map(|(field, value)| (field.name, value)).collect()
    }

    /// Keeps what is as declared for those who remember it.
    fn remember(
        &mut self,
        address: Address,
        id: RemoteId,
        hold: Hold,
        fields: Vec<FieldView>,
        markers: Vec<Marker>,
    ) {
        if self.is_recorded {
            let settled = Settled {
                address,
                id,
                hold,
                fields,
                markers,
            };
            self.compared.settled.push(settled);
        }
    }

    fn step(&mut self, view: StepView, change: Change<K>) {
        self.compared
            .steps
            .push(Step::new(view, self.source.client(), change));
    }

    /// The addresses of what some fields of a spec speak of.
    fn addresses(&self, spec: &K::Spec, counts: impl Fn(Field) -> bool) -> Vec<Address> {
        let links = spec.links().into_iter().filter(|(field, _)| counts(*field));
        let addresses = links.filter_map(|(_, link)| self.links.address(&link));
        addresses.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// What is said of a field that is written for the first time.
fn written(value: &Value) -> Answer {
    match value {
        Value::Secret(_) | Value::Generated(_) => Answer::WantedChanged,
        Value::Text(_)
        | Value::Flag(_)
        | Value::Number { .. }
        | Value::Word(_)
        | Value::Sensitive(_)
        | Value::Set(_)
        | Value::Name(_)
        | Value::Names(_)
        | Value::Access(_)
        | Value::Output(_) => Answer::Differs,
    }
}

/// The terms of doing something that touches these fields.
fn terms<K: Kind>(verb: Verb, touched: &[&'static str], meta: &Meta) -> Terms {
    let mut fields = K::Spec::FIELDS.iter();
    let is_gated = fields.any(|field| field.gated && touched.contains(&field.name));
    Terms {
        assumed: verb.is_assumed() || is_gated,
        spends: verb.spends().map(|what| Spending {
            what,
            is_allowed: meta.allow_spend,
        }),
    }
}

/// What of the fields that are touched deserves a second look.
fn risks<K: Kind>(
    have: Option<&K::Spec>,
    want: Option<&K::Spec>,
    touched: &[&'static str],
) -> Vec<Risk> {
    let mut risks = K::Spec::risks(have, want);
    risks.retain(|it| it.field.is_none_or(|field| touched.contains(&field)));
    risks
}
