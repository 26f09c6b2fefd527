//! What the reader of a plan should know of a resource and no step says.

use super::Comparing;
use crate::model::address::Address;
use crate::model::field::Field;
use crate::model::kind::{Kind, Spec};
use crate::model::place::Place;
use crate::model::resource::Content;
use crate::plan::Note;

impl<K: Kind> Comparing<'_, K> {
    /// `message` is read after the address.
    pub(super) fn note(
        &mut self,
        address: &Address,
        place: impl Into<Option<Place>>,
        message: impl Into<String>,
    ) {
        self.compared.notes.push(Note {
            address: address.clone(),
            place: place.into(),
            differs: false,
            message: message.into(),
        });
    }

    /// As [`Self::note`], of a difference that no step makes good.
    pub(super) fn note_difference(
        &mut self,
        address: &Address,
        place: impl Into<Option<Place>>,
        message: impl Into<String>,
    ) {
        self.compared.notes.push(Note {
            address: address.clone(),
            place: place.into(),
            differs: true,
            message: message.into(),
        });
    }

    /// Whoever a reference names that the vendor shows us nobody of is likely a mistake, and found out only by applying.
    pub(super) fn note_nobody(
        &mut self,
        address: &Address,
        place: Place,
        want: &K::Spec,
        counts: impl Fn(Field) -> bool,
    ) {
        for (field, link) in want.links().iter().filter(|(field, _)| counts(*field)) {
            if let Some(label) = self.links.nobody(link) {
                let (name, kind) = (field.name, link.kind.name);
                let message = format!(
                    "names the {kind} `{label}` in {name}, but the vendor lists no such {kind}"
                );
                self.note(address, link.place.unwrap_or(place), message);
            }
        }
    }

    /// What goes on at the vendor without us is no difference.
    pub(super) fn note_under_way(&mut self, address: &Address, place: Place, have: &Content<K>) {
        let what = match have {
            Content::Read(have) => have.under_way(),
            Content::Pictured(known) => known.under_way.clone(),
            Content::NotRead | Content::Disabled => None,
        };
        if let Some(what) = what {
            self.note(address, place, what);
        }
    }

    pub(super) fn note_read_only(&mut self, address: &Address, place: Option<Place>, what: &str) {
        let message = format!("{what}, but the vendor says that we may not change it");
        self.note_difference(address, place, message);
    }

    /// What is shown once and goes nowhere is lost for good.
    pub(super) fn note_unkept(&mut self, address: &Address, place: Place, want: &K::Spec) {
        if let Some((what, field)) = want.unkept() {
            let message = format!(
                "has its {what} shown by the vendor once, when it is created, and trueup shows it to nobody; to keep \
                 it, say with `{}` where it goes",
                field.name
            );
            self.note(address, place, message);
        }
    }
}
