//! Compares the fields of one resource: values where they are known, secrets by the traces of their changes where not.

use super::{Comparing, written};
use crate::ledger::{FieldRecord, Remembered};
use crate::model::address::{Address, RemoteId};
use crate::model::answer::{Answer, Marker, Traces};
use crate::model::field::{Field, Fields, SecretField, Value, differ};
use crate::model::generate::Generated;
use crate::model::kind::{Kind, Spec, side_by_side};
use crate::model::place::Place;
use crate::model::resource::{Lifecycle, Meta};
use crate::plan::{FieldView, Unverified};

/// The resource whose fields are compared, and what is known of it beside its spec.
pub(super) struct Subject<'a> {
    pub address: &'a Address,
    pub place: Place,
    pub lifecycle: &'a Lifecycle,
    pub remembered: Option<Remembered>,
    pub markers: &'a [Marker],
}

/// What comparing gave.
pub(super) struct Diff {
    pub fields: Vec<FieldView>,
    /// Of what is to be made up anew, how old it is: a clause each.
    pub aged: Vec<String>,
}

impl Subject<'_> {
    pub(super) fn ignores(&self, field: Field) -> bool {
        let mut ignored = self.lifecycle.ignore.iter();
        ignored.any(|(name, _)| name == field.name)
    }

    fn last(&self, field: Field) -> Option<&FieldRecord> {
        self.remembered.as_ref()?.fields.get(field.name)
    }
}

impl<K: Kind> Comparing<'_, K> {
    /// What is remembered of a declaration, if it was of the object that is there.
    pub(super) fn recall(
        &self,
        address: &Address,
        meta: &Meta,
        id: &RemoteId,
    ) -> Option<Remembered> {
        let remembered = self.ledger.recall(address, &meta.was, Some(id));
        remembered.filter(|it| it.id.as_ref() == Some(id)).cloned()
    }

    /// Compares the declared fields one by one. Without `have` every one of them differs.
    pub(super) fn diff(
        &mut self,
        subject: &Subject<'_>,
        have: Option<&K::Spec>,
        want: &K::Spec,
    ) -> Diff {
        let untold = have.map_or_else(Vec::new, |have| have.untold(want));
        let mut fields = Vec::new();
        for (field, before, after) in side_by_side(have, want, self.links) {
            if subject.ignores(field) {
                continue;
            }
            let untold = untold.iter().find(|(it, _)| it.name == field.name);
            if field.fixed
                && untold.is_none()
                && before.as_ref().is_some_and(|before| *before != after)
            {
                self.note_fixed(subject, field);
                continue;
            }
            // What is told only in part is put in the words of what is wanted as far as it is not told.
            let is_same = before.as_ref() == Some(&after);
            let answer = match untold {
                Some((_, why)) if is_same => self.untold(subject, field, &after, why),
                Some((_, why)) => {
                    self.cannot_verify(subject, field, why.clone());
                    Ok(written(&after))
                }
                None => self.answer(subject, field, before.as_ref(), &after),
            };
            let answer = answer.unwrap_or_else(|why| self.cannot_verify(subject, field, why));
            let is_known = untold.is_none() || !is_same || !answer.is_change();
            fields.push(FieldView {
                name: field.name,
                before: before.filter(|_| is_known),
                after: Some(after),
                answer,
            });
        }
        // What is not listed side by side is untold all the same.
        for (field, why) in untold {
            if !subject.ignores(field) && fields.iter().all(|it| it.name != field.name) {
                self.cannot_verify(subject, field, why);
            }
        }
        let mut aged = Vec::new();
        if have.is_some() {
            self.rotate(subject, want, &mut fields, &mut aged);
        }
        Diff { fields, aged }
    }

    /// Compares what is there with what is wanted.
    fn answer(
        &self,
        subject: &Subject<'_>,
        field: Field,
        before: Option<&Value>,
        after: &Value,
    ) -> Result<Answer, String> {
        let last = subject.last(field);
        let is_last = |value: &Value| {
            let key = self.ledger.key()?;
            let last = last.filter(|it| key.made(&it.digest))?;
            Some(key.of(value)?.as_str() == last.digest)
        };
        let why = match differ(before, after) {
            Ok(false) => return Ok(Answer::InSync),
            Ok(true) => {
                let is_as_applied = before.and_then(is_last) != Some(false);
                let answer = written(after);
                let is_outside = answer == Answer::WantedChanged && !is_as_applied;
                return Ok(if is_outside {
                    Answer::ChangedOutside
                } else {
                    answer
                });
            }
            Err(why) => why,
        };
        if let Value::Secret(SecretField::Unknown { .. }) = after {
            return Err(why);
        }
        let traces = Traces {
            is_last: is_last(after),
            then: last.and_then(|it| it.marker.as_deref()),
            now: subject.markers.iter().find(|it| it.field == field.name),
        };
        traces.answer(&why)
    }

    /// What the vendor never tells can still be seen to be wanted otherwise than it was applied.
    fn untold(
        &self,
        subject: &Subject<'_>,
        field: Field,
        after: &Value,
        why: &str,
    ) -> Result<Answer, String> {
        let key = self.ledger.key();
        let last = subject.last(field);
        let is_other = key.zip(last).is_some_and(|(key, last)| {
            let wanted = key.of(after);
            key.made(&last.digest) && wanted.is_some_and(|it| it.as_str() != last.digest)
        });
        if is_other && !field.fixed {
            Ok(written(after))
        } else {
            Err(why.to_owned())
        }
    }

    pub(super) fn cannot_verify(
        &mut self,
        subject: &Subject<'_>,
        field: Field,
        why: String,
    ) -> Answer {
        self.compared.unverified.push(Unverified {
            address: subject.address.clone(),
            field: field.name,
            why,
        });
        Answer::CannotVerify
    }

    pub(super) fn note_fixed(&mut self, subject: &Subject<'_>, field: Field) {
        let message = format!(
            "differs in {}, which the vendor lets nobody change; to have it all the same, remove the resource in one \
             apply (`state: absent`) and create it in the next",
            field.name
        );
        self.note_difference(subject.address, subject.place, message);
    }

    /// What was made up is made up anew when it is older than its declaration lets it become.
    pub(super) fn rotate(
        &mut self,
        subject: &Subject<'_>,
        want: &K::Spec,
        fields: &mut Vec<FieldView>,
        aged: &mut Vec<String>,
    ) {
        let mut wanted = Fields::new(self.links);
        want.list(&mut wanted);
        for (field, value) in wanted.into_list() {
            let Value::Generated(Generated {
                rotate: Some(days), ..
            }) = &value
            else {
                continue;
            };
            if subject.ignores(field) {
                continue;
            }
            let Some(last) = subject.last(field) else {
                let why = "nothing is remembered of when it was made, so that nobody knows whether it is due";
                self.cannot_verify(subject, field, why.to_owned());
                continue;
            };
            let made = last.since.to_zoned(jiff::tz::TimeZone::UTC).date();
            let age = self.today.since(made).map_or(0, |age| age.get_days());
            if i64::from(age) >= i64::from(days.get()) {
                aged.push(format!(
                    "{} was made {age} days ago, and is made anew every {days} days",
                    field.name
                ));
                fields.push(FieldView {
                    name: field.name,
                    before: Some(Value::Secret(SecretField::Unknown {
                        why: "it was made up".to_owned(),
                        place: None,
                    })),
                    after: Some(value),
                    answer: Answer::WantedChanged,
                });
            }
        }
    }
}
