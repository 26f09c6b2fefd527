//! The ledger: what trueup remembers of what it applied. It says which object a declaration is about, whose the object
//! is, and who changed it since. It is advice, never the truth: without it less is known and less is deleted.

pub(crate) mod keep;
pub(crate) mod origin;
pub(crate) mod rekey;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::model::address::{Address, KindId, RemoteId};
use crate::model::fingerprint::WorkspaceKey;
use crate::model::place::Place;
use crate::model::resource::Hold;
pub(crate) use crate::store::FieldRecord;

/// What is remembered of every resource of a workspace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    /// What fingerprints are compared under; none before anything was applied.
    key: Option<WorkspaceKey>,
    entries: BTreeMap<Address, Remembered>,
    /// Who bears the remote id today.
    by_id: HashMap<(KindId, RemoteId), Address>,
}

/// What is remembered of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remembered {
    /// None of what was to be created, and may have been.
    pub id: Option<RemoteId>,
    pub hold: Hold,
    /// When it was last applied or seen to be as declared.
    pub at: Timestamp,
    /// By name, what each of its fields was last.
    pub fields: BTreeMap<String, FieldRecord>,
}

impl Ledger {
    /// The key under which what it holds was fingerprinted.
    pub(crate) fn key(&self) -> Option<&WorkspaceKey> {
        self.key.as_ref()
    }

    /// Remembers one more resource.
    pub(crate) fn add(&mut self, address: Address, remembered: Remembered) {
        if let Some(id) = &remembered.id {
            let key = (address.kind, id.clone());
            self.by_id.insert(key, address.clone());
        }
        self.entries.insert(address, remembered);
    }

    pub(crate) fn get(&self, address: &Address) -> Option<&Remembered> {
        self.entries.get(address)
    }

    /// What is remembered of a declaration, by its name or else by one that it had.
    pub(crate) fn find(&self, address: &Address, was: &[(String, Place)]) -> Option<&Remembered> {
        let former = || {
            let former = was.iter().map(|(name, _)| address.kind.address(name));
            former.filter_map(|it| self.entries.get(&it)).next_back()
        };
        self.entries.get(address).or_else(former)
    }

    /// What is remembered of a declaration by its names, or else of the object that it is about.
    pub(crate) fn recall(
        &self,
        address: &Address,
        was: &[(String, Place)],
        id: Option<&RemoteId>,
    ) -> Option<&Remembered> {
        let by_id = || self.owner(address.kind, id?).map(|(_, it)| it);
        self.find(address, was).or_else(by_id)
    }

    /// The resource that an object was last, if it was one.
    pub(crate) fn owner(&self, kind: KindId, id: &RemoteId) -> Option<(&Address, &Remembered)> {
        let address = self.by_id.get(&(kind, id.clone()))?;
        self.entries.get_key_value(address)
    }

    /// Everything that is remembered, in the order of addresses.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Address, &Remembered)> {
        self.entries.iter()
    }

    /// The ids of what is remembered of a kind and was there when it was.
    pub(crate) fn ids(&self, kind: KindId) -> impl Iterator<Item = &RemoteId> {
        let begin = kind.address("");
        let of_kind = self.entries.range(begin..);
        let of_kind = of_kind.take_while(move |(address, _)| address.kind == kind);
        let present = of_kind.filter(|(_, it)| it.hold != Hold::Retired);
        present.filter_map(|(_, it)| it.id.as_ref())
    }
}
