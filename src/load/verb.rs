//! What a declaration asks for that its kind cannot do, or may not without leave.

use super::reader::Reader;
use crate::model::address::KindId;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::kind::Capabilities;
use crate::model::place::Place;
use crate::model::resource::{Manage, Meta, Presence};
use crate::model::verb::{Evidence, Verb, Verbs};

const NEVER_REMOVED: Code = Code("never-removed");
const ASSUMED_ACTION: Code = Code("assumed-action");

/// What can be done with a kind at a system.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub kind: KindId,
    pub read: Evidence,
    pub verbs: Verbs,
    /// Whether may be done what no public page of the vendor states how to do.
    pub assumed_actions: bool,
}

impl Rules {
    /// Says what is wrong with saying here that one should go, now or one day.
    pub(super) fn check_removal(&self, place: Place, reader: &Reader<'_>) {
        let name = self.kind.name;
        match self.verbs.delete {
            Verb::Never(why) => {
                let message = format!("this {name} cannot be removed, since {why}");
                reader.push(
                    Diagnostic::error(NEVER_REMOVED, place, message)
                        .help("take this out: it can be compared with what is there, and no more"),
                );
            }
            verb if verb.is_assumed() => self.assumed(place, "removed", reader),
            Verb::Can { .. } => {}
        }
    }

    /// Says that a kind cannot be declared which can only be brought about as no public page states. Where one that is
    /// there may stay as it is, the plan tells what it comes to. What can be read only so cannot even be looked at.
    pub(super) fn check_declared(&self, meta: &Meta, place: Place, reader: &Reader<'_>) {
        if self.read == Evidence::Assumed {
            return self.unread(place, reader);
        }
        let Verbs {
            create,
            update,
            delete: _,
        } = self.verbs;
        let is_wanted = meta.presence != Presence::Absent;
        let is_written = meta.lifecycle.manage != Manage::Observe;
        let is_assumed = update.is_assumed() || update.never().is_some();
        if is_wanted && is_written && create.is_assumed() && is_assumed {
            self.assumed(place, "created or changed", reader);
        }
    }

    fn unread(&self, place: Place, reader: &Reader<'_>) {
        if self.assumed_actions {
            return;
        }
        let vendor = self.kind.vendor;
        let message = self.unstated("read");
        reader.push(Diagnostic::error(ASSUMED_ACTION, place, message).help(format!(
            "to have it read all the same, say `assumed_actions: true` for the system of {vendor}"
        )));
    }

    fn unstated(&self, done: &str) -> String {
        let KindId { vendor, name } = self.kind;
        let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) && name != "user" {
            "an"
        } else {
            "a"
        };
        format!("no public page of {vendor} states how {article} {name} is {done}")
    }

    fn assumed(&self, place: Place, done: &str, reader: &Reader<'_>) {
        if self.assumed_actions || self.read == Evidence::Assumed {
            return;
        }
        let vendor = self.kind.vendor;
        let message = self.unstated(done);
        reader.push(Diagnostic::error(ASSUMED_ACTION, place, message).help(format!(
            "to be told of differences only, say `lifecycle: {{ manage: observe }}`; to have it done all the same, say \
             `assumed_actions: true` for the system of {vendor}"
        )));
    }
}

/// Says what is wrong with taking a kind for ours, so that strangers would go of which none can be removed.
pub(super) fn check_exclusive(kind: &Capabilities, place: Place, reader: &Reader<'_>) {
    if let Verb::Never(why) = kind.verbs.delete {
        let message = format!("no {} can be removed, since {why}", kind.id.name);
        reader.push(
            Diagnostic::error(NEVER_REMOVED, place, message)
                .help("take this out: what nothing declares of the kind stays"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::load::reader::{Mapping, Reader};
    use crate::load::secret::Denied;
    use crate::load::section::{DecodeSpec, Table};
    use crate::load::vars::Vars;
    use crate::load::verify::Verify;
    use crate::model::diagnostic::Diagnostics;
    use crate::model::place::Sources;
    use crate::model::testing::{ASSERTED, ASSUMED, COSTLY, OBSERVED, SHOWN, Thing};
    use crate::yaml;

    impl<const VERBS: u8> DecodeSpec for Thing<VERBS> {
        fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
            Some(Self {
                name: map.optional("name").unwrap_or_default(),
                size: map.optional("size"),
                lock: map.optional("lock"),
            })
        }
    }

    /// What is wrong with declarations of a kind, each with what it stands at.
    fn check<const VERBS: u8>(text: &str, assumed_actions: bool) -> String {
        let mut sources = Sources::default();
        let file = sources.add("things.yaml".to_owned(), text.to_owned());
        let mut diagnostics = Diagnostics::default();
        let documents = yaml::parse(file, text, &mut diagnostics);
        let vars = Vars::default();
        let reader = Reader::new(&vars, &Denied);
        let mut table = Table::<Thing<VERBS>>::new(assumed_actions, Verify::Ledger);
        for root in &documents {
            table.add(root, &reader);
        }
        diagnostics.extend(reader.into_diagnostics());
        let shown = diagnostics.sorted().into_iter().map(|it| {
            let place = it.place.unwrap();
            let text = &text[place.start as usize..place.end as usize];
            format!("{text}: {}: {}", it.code.0, it.message)
        });
        shown.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_nobody_removes_cannot_be_declared_absent() {
        let said = "never-removed: this thing cannot be removed, since no request makes or removes a thing";
        let absent = check::<OBSERVED>("a: { size: S, state: absent }", true);
        assert_eq!(absent, format!("absent: {said}"));
        let expired = check::<OBSERVED>("a: { size: S, expires: 2026-12-31 }", true);
        assert_eq!(expired, format!("2026-12-31: {said}"));
        assert_eq!(
            check::<OBSERVED>("a: { size: S, state: present }", true),
            ""
        );
    }

    #[test]
    fn what_is_only_assumed_needs_leave() {
        let text =
            "a: { size: S }\nb: { size: S, state: absent }\nc: { lifecycle: { manage: observe } }";
        insta::assert_snapshot!(check::<ASSUMED>(text, false), @r"
        a: assumed-action: no public page of toy states how a thing is created or changed
        absent: assumed-action: no public page of toy states how a thing is removed
        ");
        assert_eq!(check::<ASSUMED>(text, true), "");
    }

    #[test]
    fn what_can_be_asserted_needs_no_leave_to_be_declared() {
        assert_eq!(check::<ASSERTED>("a: { size: S }", false), "");
    }

    #[test]
    fn leave_to_spend_is_a_key_of_what_can_cost() {
        assert_eq!(check::<COSTLY>("a: { allow_spend: true }", false), "");
        insta::assert_snapshot!(check::<SHOWN>("a: { allow_spend: true }", false), @"allow_spend: unknown-key: thing has no key `allow_spend`");
    }
}
