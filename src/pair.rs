//! Pairs what is declared with what a vendor listed: explicit id first, then the natural key.

use std::collections::{BTreeMap, HashMap};

use crate::model::address::RemoteId;
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::kind::{Kind, NaturalKey, Row, Spec};
use crate::model::resource::Desired;

const AMBIGUOUS: Code = Code("ambiguous");
const ID_CLAIMED_TWICE: Code = Code("id-claimed-twice");

/// Who is who among the declared and the listed.
pub(crate) struct Pairing<K: Kind> {
    pub matched: Vec<(Desired<K>, Row<K>)>,
    /// Declared with an id that the list does not show: disabled, hidden or gone. Only reading it can tell.
    pub unlisted: Vec<(Desired<K>, RemoteId)>,
    /// Declared, and nothing at the vendor is it.
    pub missing: Vec<Desired<K>>,
    /// Listed, and nothing declares it.
    pub strangers: Vec<Row<K>>,
}

/// Pairs them. Two live objects with one key are never guessed between.
pub(crate) fn pair<K: Kind>(
    desired: Vec<Desired<K>>,
    rows: Vec<Row<K>>,
    diagnostics: &mut Diagnostics,
) -> Pairing<K> {
    let mut rows = rows
        .into_iter()
        .map(|row| (row.id.clone(), row))
        .collect::<BTreeMap<_, _>>();
    let mut pairing = Pairing {
        matched: Vec::new(),
        unlisted: Vec::new(),
        missing: Vec::new(),
        strangers: Vec::new(),
    };

    let mut claimed = HashMap::new();
    let mut by_key = Vec::new();
    for desired in desired {
        let Some((id, place)) = desired.meta.id.clone() else {
            by_key.push(desired);
            continue;
        };
        if let Some(first) = claimed.get(&id) {
            diagnostics.push(
                Diagnostic::error(
                    ID_CLAIMED_TWICE,
                    place,
                    format!("two resources claim the {} with id {id}", K::ID.name),
                )
                .related(*first, "claimed here first"),
            );
            continue;
        }
        claimed.insert(id.clone(), place);
        match rows.remove(&id) {
            Some(row) => pairing.matched.push((desired, row)),
            None => pairing.unlisted.push((desired, id)),
        }
    }

    let mut candidates = HashMap::<NaturalKey, Vec<RemoteId>>::new();
    for row in rows.values() {
        candidates
            .entry(row.key.clone())
            .or_default()
            .push(row.id.clone());
    }
    for desired in by_key {
        let key = desired.spec.key();
        match candidates.get(&key).map(Vec::as_slice) {
            None | Some([]) => pairing.missing.push(desired),
            Some([id]) => match rows.remove(id) {
                Some(row) => pairing.matched.push((desired, row)),
                // Declarations that share a key are refused before anything is read.
                None => pairing.missing.push(desired),
            },
            Some(several) => {
                let ids = several
                    .iter()
                    .map(|id| format!("`id: \"{id}\"`"))
                    .collect::<Vec<_>>();
                diagnostics.push(
                    Diagnostic::error(
                        AMBIGUOUS,
                        desired.place,
                        format!(
                            "{} objects at the vendor could be `{}`: each has {key}",
                            several.len(),
                            desired.address.short()
                        ),
                    )
                    .help(format!("say which one it is: {}", ids.join(" or "))),
                );
            }
        }
    }
    pairing.strangers = rows.into_values().collect();
    pairing
}
