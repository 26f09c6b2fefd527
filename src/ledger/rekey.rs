//! Fingerprints under another key. A fingerprint cannot be turned into one of another key, but where the value that it was
//! made of is still declared or still there, that value has one.

use std::collections::{BTreeMap, HashMap};

use crate::model::field::Value;
use crate::model::fingerprint::WorkspaceKey;
use crate::plan::{FieldView, Plan};
use crate::store::{Entry, FieldRecord};

/// The values of today, by the address and the name of the field: what is wanted and what is there.
pub(crate) type Values<'p> = HashMap<String, HashMap<&'static str, Vec<&'p Value>>>;

/// What is remembered, under the other key.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Rekeyed {
    pub entries: Vec<Entry>,
    /// How many fingerprints were made anew.
    pub fields: usize,
    /// The fields whose last value nobody knows any more, by address. When they were applied stays remembered.
    pub lost: BTreeMap<String, Vec<String>>,
}

/// All values that a plan knows.
pub(crate) fn values(plan: &Plan) -> Values<'_> {
    let mut values = Values::new();
    let settled = plan.settled.iter().map(|it| (&it.address, &it.fields));
    let steps = plan.views().map(|it| (&it.address, &it.fields));
    for (address, fields) in settled.chain(steps) {
        let of_address: &mut HashMap<_, Vec<_>> = values.entry(address.to_string()).or_default();
        for field in fields {
            let FieldView {
                name,
                before,
                after,
                answer: _,
            } = field;
            let known = of_address.entry(*name).or_default();
            known.extend(after.iter().chain(before));
        }
    }
    values
}

/// Makes every fingerprint anew. What is under the new key already stays as it is.
pub(crate) fn rekey(
    entries: Vec<Entry>,
    values: &Values<'_>,
    old: &WorkspaceKey,
    new: &WorkspaceKey,
) -> Rekeyed {
    let mut rekeyed = Rekeyed::default();
    for entry in entries {
        let Entry {
            address,
            id,
            hold,
            digest: _,
            fields,
            run,
            at,
        } = entry;
        let values = values.get(&address);
        let mut kept = BTreeMap::new();
        for (name, record) in fields {
            let values = values.and_then(|it| it.get(&*name));
            let values = values.into_iter().flatten().copied();
            let digest = again(&record.digest, values, old, new);
            if digest.is_some() {
                rekeyed.fields += 1;
            } else {
                let lost = rekeyed.lost.entry(address.clone()).or_default();
                lost.push(name.clone());
            }
            let record = FieldRecord {
                digest: digest.unwrap_or_default(),
                ..record
            };
            kept.insert(name, record);
        }
        // The digest of the whole follows its fields.
        let digest = new.fingerprint_of(|sink| {
            for (name, record) in &kept {
                sink(name.as_bytes());
                sink(b"\0");
                sink(record.digest.as_bytes());
            }
        });
        rekeyed.entries.push(Entry {
            address,
            id,
            hold,
            digest: digest.to_string(),
            fields: kept,
            run,
            at,
        });
    }
    rekeyed
}

/// The fingerprint under the new key of what has this one under the old.
fn again<'v>(
    last: &str,
    mut values: impl Iterator<Item = &'v Value>,
    old: &WorkspaceKey,
    new: &WorkspaceKey,
) -> Option<String> {
    if new.made(last) {
        return Some(last.to_owned());
    }
    let is_it = |value: &&Value| old.of(value).is_some_and(|it| it.as_str() == last);
    Some(new.of(values.find(is_it)?)?.to_string())
}
