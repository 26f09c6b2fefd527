//! A snapshot: a picture of what was there, in a file, against which plans are made where no vendor may be asked.
//!
//! It holds no secret and no fingerprint of one. It comes out of a file, whoever wrote that: what is made of it is shown,
//! and never applied.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::ledger::{Ledger, Remembered};
use crate::model::address::{KindId, RemoteId};
use crate::model::pictured::KindPicture;
use crate::model::resource::Hold;

/// The version of the format. Another one is refused, since meanings differ.
const FORMAT: u64 = 1;

/// What was there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    /// The version of the format; what tells a snapshot from other files.
    trueup_snapshot: u64,
    pub workspace: String,
    /// When it was made.
    pub taken: Timestamp,
    /// What is remembered of whose the objects are.
    ownership: Vec<Owned>,
    /// By vendor, why it could not be asked; null of those that could.
    pub systems: BTreeMap<String, Option<String>>,
    kinds: BTreeMap<String, KindPicture>,
}

/// What is remembered of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Owned {
    kind: String,
    name: String,
    id: Option<String>,
    hold: Hold,
}

impl Snapshot {
    pub(crate) fn new(
        workspace: String,
        taken: Timestamp,
        ledger: &Ledger,
        systems: BTreeMap<String, Option<String>>,
        kinds: impl IntoIterator<Item = (KindId, KindPicture)>,
    ) -> Self {
        let ownership = ledger.iter().map(|(address, remembered)| Owned {
            kind: address.kind.to_string(),
            name: address.name.to_string(),
            id: remembered.id.as_ref().map(RemoteId::to_string),
            hold: remembered.hold,
        });
        let kinds = kinds.into_iter();
        Self {
            trueup_snapshot: FORMAT,
            workspace,
            taken,
            ownership: ownership.collect(),
            systems,
            kinds: kinds
                .map(|(kind, picture)| (kind.to_string(), picture))
                .collect(),
        }
    }

    /// As it stands in a file.
    pub(crate) fn to_file(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Out of a file; otherwise what is wrong with it, to be read after its name.
    pub(crate) fn of_file(text: &[u8], workspace: &str) -> Result<Self, String> {
        let json = serde_json::from_slice::<Json>(text)
            .map_err(|error| format!("is no snapshot: {error}"))?;
        let Some(format) = json.get("trueup_snapshot") else {
            return Err("is no snapshot; `trueup snapshot --out FILE` makes one".to_owned());
        };
        if format.as_u64() != Some(FORMAT) {
            return Err(format!(
                "is a snapshot of format {format}, and this trueup reads format {FORMAT}: make it with the trueup that \
                 plans against it"
            ));
        }
        let snapshot = serde_json::from_value::<Self>(json)
            .map_err(|error| format!("is a broken snapshot: {error}"))?;
        if snapshot.workspace != workspace {
            return Err(format!(
                "is a snapshot of the workspace `{}`, and this is `{workspace}`",
                snapshot.workspace
            ));
        }
        Ok(snapshot)
    }

    /// What it tells of whose the objects are.
    pub(crate) fn ledger(&self, kinds: &[KindId]) -> Result<Ledger, String> {
        let mut ledger = Ledger::default();
        for owned in &self.ownership {
            let kind = known(&owned.kind, kinds)?;
            let remembered = Remembered {
                id: owned.id.clone().map(RemoteId),
                hold: owned.hold,
                at: self.taken,
                fields: BTreeMap::new(),
            };
            ledger.add(kind.address(&owned.name), remembered);
        }
        Ok(ledger)
    }

    /// What it tells of the kinds that there are.
    pub(crate) fn pictures(
        &self,
        kinds: &[KindId],
    ) -> Result<BTreeMap<KindId, Arc<KindPicture>>, String> {
        let pictures = self.kinds.iter();
        let pictures =
            pictures.map(|(name, picture)| Ok((known(name, kinds)?, Arc::new(picture.clone()))));
        pictures.collect()
    }
}

fn known(name: &str, kinds: &[KindId]) -> Result<KindId, String> {
    let found = kinds.iter().find(|kind| kind.to_string() == name);
    found.copied().ok_or_else(|| {
        format!("is a snapshot with the kind `{name}`, which this trueup does not know")
    })
}
