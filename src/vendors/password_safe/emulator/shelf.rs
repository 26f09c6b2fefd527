//! Secrets, found by id, by folder and title, and in the order of titles.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::guid::Guid;
use super::row::Secret;

/// All secrets.
#[derive(Default)]
pub(crate) struct Shelf {
    secrets: HashMap<Guid, Secret>,
    /// The order of a list of all: folded titles, then ids.
    order: BTreeSet<(String, Guid)>,
    /// By folder, the ids by folded title.
    titles: HashMap<Guid, BTreeMap<String, Guid>>,
    /// By folder, the secrets that are shared into it.
    shared: HashMap<Guid, BTreeSet<Guid>>,
}

impl Shelf {
    /// How many secrets there are.
    pub(crate) fn len(&self) -> usize {
        self.secrets.len()
    }

    /// The secret with an id.
    pub(crate) fn get(&self, id: Guid) -> Option<&Secret> {
        self.secrets.get(&id)
    }

    /// Every secret in the order of titles.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.order.iter().filter_map(|(_, id)| self.get(*id))
    }

    /// The secrets of a folder in the order of titles.
    pub(crate) fn of_folder(&self, folder: Guid) -> impl Iterator<Item = &Secret> {
        let titles = self.titles.get(&folder);
        titles
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter_map(|id| self.get(*id))
    }

    /// The secret of a folder with a title in any case.
    pub(crate) fn titled(&self, folder: Guid, title: &str) -> Option<&Secret> {
        self.get(*self.titles.get(&folder)?.get(&title.to_lowercase())?)
    }

    /// The secrets that are shared into a folder.
    pub(crate) fn shared_into(&self, folder: Guid) -> impl Iterator<Item = Guid> {
        self.shared.get(&folder).into_iter().flatten().copied()
    }

    /// Adds a secret or replaces the one with its id.
    pub(crate) fn put(&mut self, secret: Secret) {
        self.remove(secret.id);
        let title = secret.title.to_lowercase();
        let titles = self.titles.entry(secret.folder).or_default();
        titles.insert(title.clone(), secret.id);
        self.order.insert((title, secret.id));
        for folder in &secret.shares {
            self.shared.entry(*folder).or_default().insert(secret.id);
        }
        self.secrets.insert(secret.id, secret);
    }

    /// Removes a secret.
    pub(crate) fn remove(&mut self, id: Guid) -> Option<Secret> {
        let secret = self.secrets.remove(&id)?;
        let title = secret.title.to_lowercase();
        if let Some(titles) = self.titles.get_mut(&secret.folder) {
            titles.remove(&title);
        }
        self.order.remove(&(title, id));
        for folder in &secret.shares {
            if let Some(shared) = self.shared.get_mut(folder) {
                shared.remove(&id);
            }
        }
        Some(secret)
    }

    /// Ends the shares into a folder that is gone.
    pub(crate) fn unshare(&mut self, folder: Guid) {
        for id in self.shared.remove(&folder).into_iter().flatten() {
            if let Some(secret) = self.secrets.get_mut(&id) {
                secret.shares.remove(&folder);
            }
        }
    }
}
