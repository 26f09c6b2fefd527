//! The world of the emulator in memory: indexed by id, consistent, and changed by steps that can be replayed.

mod reading;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::mysafe::{Item, Sharing};
use super::quirks::Quirks;
use super::seed::{
    AccessKey, ApiSecret, Clients, Device, Entry, Group, Note, Password, RelatedUser, Seed, Tokens,
    User,
};
use super::shelf::Shelf;
use super::table::Table;
use crate::emulate::store::World;

/// All that one customer's vault holds.
pub(crate) struct Vault {
    pub owner: String,
    pub clients: Clients,
    pub tenant: Option<String>,
    pub tokens: Tokens,
    pub quirks: Quirks,
    pub now: String,
    pub private_groups: BTreeSet<String>,
    pub domains: BTreeSet<String>,
    pub users: Table<User>,
    pub groups: Table<Group>,
    pub passwords: Shelf<Password>,
    pub notes: Shelf<Note>,
    pub api_secrets: Shelf<ApiSecret>,
    pub devices: Table<Device>,
    pub entries: Table<Entry>,
    pub related_users: Shelf<RelatedUser>,
}

/// One step from a world to the next.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// A password was created, or is now this.
    Password(Password),
    /// A note was created, or is now this.
    Note(Note),
    /// An API secret was created, or is now this.
    ApiSecret(ApiSecret),
    /// A device was created, or is now this.
    Device(Device),
    /// A credential or an SSH key was created, or is now this.
    Entry(Box<Entry>),
    /// A related user was created, or is now this.
    RelatedUser(RelatedUser),
    /// A user was created, or is now this.
    User(User),
    /// A group was created, or is now this.
    Group(Group),
    /// A user was deleted.
    UserGone(u64),
    /// A group was deleted.
    GroupGone(u64),
}

impl Vault {
    /// Tells whether an item can be shared with a group of this name.
    pub(crate) fn knows_group(&self, name: &str) -> bool {
        self.private_groups.contains(name) || self.groups.named(name).is_some()
    }

    /// The user as whom an access key acts.
    pub(crate) fn user_of<'a>(&'a self, key: &'a AccessKey) -> &'a str {
        key.owner.as_deref().unwrap_or(&self.owner)
    }

    /// The user who owns an item.
    pub(crate) fn owner_of<'a, I: Item>(&'a self, item: &'a I) -> &'a str {
        item.common().owner.unwrap_or(&self.owner)
    }

    /// Tells whether there is a user of exactly this name. The owner of the access key need not be listed.
    pub(crate) fn is_user(&self, name: &str) -> bool {
        name == self.owner || self.users.named(name).is_some_and(|u| u.user_name == name)
    }

    /// Carries a new user name to wherever the old one is written.
    fn rename_user(&mut self, from: &str, to: &str) {
        if self.owner == from {
            self.owner = to.to_owned();
        }
        let keys = std::iter::once(&mut self.clients.mysafe).chain(&mut self.clients.access_keys);
        for key in keys {
            if key.owner.as_deref() == Some(from) {
                key.owner = Some(to.to_owned());
            }
        }
        rename(&mut self.passwords, from, to);
        rename(&mut self.notes, from, to);
        rename(&mut self.api_secrets, from, to);
        for related in self.related_users.iter_mut() {
            if related.username == from {
                related.username = to.to_owned();
            }
        }
    }

    /// Assumed: what was shared with a user ends with the user, and so do the user's other names.
    fn forget_user(&mut self, name: &str) {
        unshare(&mut self.passwords, |users, _| users.remove(name));
        unshare(&mut self.notes, |users, _| users.remove(name));
        unshare(&mut self.api_secrets, |users, _| users.remove(name));
        self.related_users
            .retain(|related| related.username != name);
    }

    fn forget_group(&mut self, name: &str) {
        unshare(&mut self.passwords, |_, groups| groups.remove(name));
        unshare(&mut self.notes, |_, groups| groups.remove(name));
        unshare(&mut self.api_secrets, |_, groups| groups.remove(name));
    }

    /// Keeps a device. One that is being disabled takes its credentials along, and does not bring them back. Assumed:
    /// its SSH keys too, for they are listed among the credentials.
    fn put_device(&mut self, device: Device) {
        let (hostname, is_disabled) = (device.hostname.clone(), device.disabled);
        let was_disabled = self.devices.put(device).is_some_and(|old| old.disabled);
        if is_disabled && !was_disabled {
            let entries = self.entries.iter_mut();
            for entry in entries.filter(|entry| entry.device() == hostname) {
                entry.switch(true);
            }
        }
    }
}

fn rename<I: Item>(items: &mut Shelf<I>, from: &str, to: &str) {
    for item in items.iter_mut() {
        let common = item.common_mut();
        if let Some(level) = common.users_allowed.remove(from) {
            common.users_allowed.insert(to.to_owned(), level);
        }
        if common.owner.as_deref() == Some(from) {
            *common.owner = Some(to.to_owned());
        }
    }
}

fn unshare<I: Item, L>(items: &mut Shelf<I>, remove: impl Fn(&mut Sharing, &mut Sharing) -> L) {
    for item in items.iter_mut() {
        let common = item.common_mut();
        remove(common.users_allowed, common.groups_allowed);
    }
}

impl World for Vault {
    type Change = Change;

    fn read(yaml: &str) -> Result<Self, String> {
        let seed: Seed = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
        reading::read(seed)
    }

    fn write(&self) -> String {
        let seed = reading::write(self);
        serde_yaml::to_string(&seed).expect("a seed is made of strings, numbers, lists and maps")
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Password(password) => {
                self.passwords.put(password);
            }
            Change::Note(note) => {
                self.notes.put(note);
            }
            Change::ApiSecret(secret) => {
                self.api_secrets.put(secret);
            }
            Change::Device(device) => self.put_device(device),
            Change::Entry(entry) => {
                self.entries.put(*entry);
            }
            Change::RelatedUser(related) => {
                self.related_users.put(related);
            }
            Change::User(user) => {
                let name = user.user_name.clone();
                if let Some(old) = self.users.put(user)
                    && old.user_name != name
                {
                    self.rename_user(&old.user_name, &name);
                }
            }
            Change::Group(group) => {
                self.groups.put(group);
            }
            Change::UserGone(id) => {
                let Some(user) = self.users.remove(id) else {
                    return;
                };
                for group in self.groups.iter_mut() {
                    group.members.remove(&id);
                }
                self.forget_user(&user.user_name);
            }
            Change::GroupGone(id) => {
                let Some(group) = self.groups.remove(id) else {
                    return;
                };
                if !self.private_groups.contains(&group.display_name) {
                    self.forget_group(&group.display_name);
                }
            }
        }
    }

    fn size(&self) -> usize {
        let people = self.users.len() + self.groups.len() + self.related_users.len();
        let items = self.passwords.len() + self.notes.len() + self.api_secrets.len();
        people + items + self.devices.len() + self.entries.len()
    }
}
