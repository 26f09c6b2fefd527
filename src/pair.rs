//! Pairs what is declared with what a vendor listed: explicit id first, then the ledger's id, then the natural key.
//!
//! A natural key may speak of another object, as that of a folder does of what it lies in. What it speaks of is paired
//! before it, so that its remote id is known by then: listings speak by ids, and an object that is renamed or moved in
//! the same plan is still the same.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::ledger::Ledger;
use crate::model::address::{Address, RemoteId};
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::kind::{Kind, NaturalKey, Row, Spec};
use crate::model::reference::{Linked, Links};
use crate::model::resource::{Desired, Hold};

const AMBIGUOUS: Code = Code("ambiguous");
const ID_CLAIMED_TWICE: Code = Code("id-claimed-twice");

/// Who is who among the declared and the listed.
pub(crate) struct Pairing<K: Kind> {
    pub matched: Vec<(Desired<K>, Row<K>)>,
    /// Declared or remembered with an id that the list does not show: disabled, hidden or gone. Only reading it can tell.
    pub unlisted: Vec<(Desired<K>, RemoteId)>,
    /// Declared, and nothing at the vendor is it.
    pub missing: Vec<Desired<K>>,
    /// Listed and ours, under the address that declared it before nothing did any more.
    pub orphans: Vec<(Address, Hold, Row<K>)>,
    /// Listed, and nothing declares it.
    pub strangers: Vec<Row<K>>,
}

/// Pairs them. Two live objects with one key are never guessed between. `links` knows whom the natural keys speak of, and
/// learns of the objects of this kind if keys speak of those.
pub(crate) fn pair<K: Kind>(
    desired: Vec<Desired<K>>,
    rows: Vec<Row<K>>,
    ledger: &Ledger,
    links: &mut Links,
    spoken_of: bool,
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
        orphans: Vec::new(),
        strangers: Vec::new(),
    };

    let declared = desired
        .iter()
        .map(|it| it.address.clone())
        .collect::<HashSet<_>>();
    let mut claimed = HashMap::new();
    let mut without_id = Vec::new();
    for desired in desired {
        let Some((id, place)) = desired.meta.id.clone() else {
            without_id.push(desired);
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
        if spoken_of {
            learn::<K>(links, &desired, &id);
        }
        match rows.remove(&id) {
            Some(row) => pairing.matched.push((desired, row)),
            None => pairing.unlisted.push((desired, id)),
        }
    }

    let mut by_key = Vec::new();
    for desired in without_id {
        let remembered = ledger.find(&desired.address, &desired.meta.was);
        let id = remembered.and_then(|it| it.id.as_ref());
        match id.and_then(|id| rows.remove(id)) {
            Some(row) => {
                if spoken_of {
                    learn::<K>(links, &desired, &row.id);
                }
                pairing.matched.push((desired, row));
            }
            None => by_key.push(desired),
        }
    }

    let mut candidates = HashMap::<NaturalKey, Vec<RemoteId>>::new();
    for row in rows.values() {
        candidates
            .entry(row.key.clone())
            .or_default()
            .push(row.id.clone());
    }
    if spoken_of {
        for row in rows.values() {
            let (folded, id) = (K::fold(&row.label), Some(row.id.clone()));
            let (kind, label) = (K::ID, row.label.clone());
            let linked = Linked {
                kind,
                address: None,
                label,
                id,
            };
            links.add(linked, folded.clone(), Some(folded));
        }
    }
    for desired in outermost_first(by_key) {
        let key = desired.spec.key(links);
        match candidates.get(&key).map(Vec::as_slice) {
            None | Some([]) => {
                let remembered = ledger.find(&desired.address, &desired.meta.was);
                match remembered.and_then(|it| it.id.clone()) {
                    Some(id) if !claimed.contains_key(&id) => {
                        pairing.unlisted.push((desired, id));
                    }
                    Some(_) | None => pairing.missing.push(desired),
                }
            }
            Some([id]) => match rows.remove(id) {
                Some(row) => {
                    if spoken_of {
                        learn::<K>(links, &desired, &row.id);
                    }
                    pairing.matched.push((desired, row));
                }
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
    for row in rows.into_values() {
        match ledger.owner(K::ID, &row.id) {
            Some((address, remembered))
                if remembered.hold.is_ours() && !declared.contains(address) =>
            {
                let (address, hold) = (address.clone(), remembered.hold);
                pairing.orphans.push((address, hold, row));
            }
            Some(_) | None => pairing.strangers.push(row),
        }
    }
    pairing
}

fn learn<K: Kind>(links: &mut Links, desired: &Desired<K>, id: &RemoteId) {
    let label = desired.spec.label().to_owned();
    let folded = K::fold(&label);
    let linked = Linked {
        kind: K::ID,
        address: Some(desired.address.clone()),
        label,
        id: Some(id.clone()),
    };
    links.add(linked, folded, None);
}

/// Puts what others of the kind refer to before them. Declarations do not refer to each other in a circle, which is
/// checked before anything is read; if they did, they would come last.
fn outermost_first<K: Kind>(desired: Vec<Desired<K>>) -> Vec<Desired<K>> {
    if !K::KEYED_BY.contains(&K::ID) {
        return desired;
    }
    let mut waiting = desired
        .iter()
        .map(|it| it.address.clone())
        .collect::<HashSet<_>>();
    let mut held_by = BTreeMap::<Address, Vec<Desired<K>>>::new();
    let mut ordered = Vec::with_capacity(desired.len());
    let mut ready = desired;
    while let Some(desired) = ready.pop() {
        let links = desired.spec.links().into_iter();
        let mut outer = links.filter_map(|(_, link)| link.declared());
        match outer.find(|it| waiting.contains(it)) {
            Some(outer) => held_by.entry(outer).or_default().push(desired),
            None => {
                waiting.remove(&desired.address);
                ready.extend(held_by.remove(&desired.address).unwrap_or_default());
                ordered.push(desired);
            }
        }
    }
    ordered.extend(held_by.into_values().flatten());
    ordered
}
