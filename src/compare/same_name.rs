//! Strangers that have the name of something new, which may be meant.

use std::collections::HashMap;

use crate::model::kind::Kind;
use crate::model::resource::Observed;

/// Strangers by label, to tell that a create may be meant as an adoption.
pub(super) struct SameName(HashMap<String, Vec<(String, String)>>);

impl SameName {
    pub(super) fn of<K: Kind>(strangers: &[Observed<K>]) -> Self {
        let mut by_label = HashMap::<_, Vec<_>>::new();
        for stranger in strangers {
            let known = (stranger.id.to_string(), stranger.key.to_string());
            by_label
                .entry(K::fold(&stranger.label))
                .or_default()
                .push(known);
        }
        Self(by_label)
    }

    pub(super) fn note(&self, folded: &str) -> Option<String> {
        let strangers = self.0.get(folded)?;
        let listed = strangers
            .iter()
            .map(|(id, key)| format!("`id: \"{id}\"` ({key})"))
            .collect::<Vec<_>>()
            .join(", ");
        Some(format!(
            "is new, though the vendor has others of the same name; to take one over, add {listed}"
        ))
    }
}
