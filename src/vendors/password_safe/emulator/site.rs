//! The world of the emulator in memory: indexed, consistent, and changed by steps that can be replayed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::builtin;
use super::catalog::Catalog;
use super::guid::Guid;
use super::quirks::Quirks;
use super::row::{Content, Flag, Group, Node, Principal, Secret};
use super::seed::{Registration, User};
use super::shelf::Shelf;
use super::table::Table;
use super::tree::Tree;
use super::{reading, writing};
use crate::emulate::store::World;

/// One installation.
pub(crate) struct Site {
    pub now: String,
    pub quirks: Quirks,
    pub catalog: Catalog,
    pub registrations: BTreeMap<u64, Registration>,
    pub users: Table<User>,
    pub groups: Table<Group>,
    pub tree: Tree,
    pub secrets: Shelf,
    /// The number of the next counted GUID.
    pub next_guid: u64,
    /// The groups of each user.
    pub(super) memberships: HashMap<u64, BTreeSet<u64>>,
}

/// One step from a world to the next.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// A safe or folder was created, or is now this.
    Node(Node),
    /// A safe or folder without content was deleted.
    NodeGone(Guid),
    /// A secret was created, or is now this.
    Secret(Box<Secret>),
    /// A secret was deleted.
    SecretGone(Guid),
    /// Several secrets were created or are now these.
    Secrets(Vec<Secret>),
    /// A user was created, or is now this.
    User(Box<User>),
    /// A user was created as a member of a group.
    Recruit { user: Box<User>, group: u64 },
    /// A user was deleted.
    UserGone(u64),
    /// A group was created, or is now this.
    Group(Box<Group>),
    /// A group was deleted.
    GroupGone(u64),
    /// A user was added to a group.
    Member { user: u64, group: u64 },
    /// A user was taken from a group.
    MemberGone { user: u64, group: u64 },
}

impl Site {
    /// The groups that a user belongs to.
    pub(crate) fn groups_of(&self, user: u64) -> impl Iterator<Item = &Group> {
        let groups = self.memberships.get(&user);
        groups
            .into_iter()
            .flatten()
            .filter_map(|id| self.groups.get(*id))
    }

    /// Whether a user belongs to the built-in group.
    pub(crate) fn is_admin(&self, user: u64) -> bool {
        let admins = self.groups.get(builtin::ADMINISTRATORS);
        admins.is_some_and(|admins| admins.members.contains(&user))
    }

    /// The highest access level that a user's groups have for a permission.
    pub(crate) fn level(&self, user: u64, permission: u64) -> u64 {
        let groups = self.groups_of(user).filter(|group| group.active);
        let levels = groups.filter_map(|group| group.permissions.get(&permission));
        levels.copied().max().unwrap_or(0)
    }

    /// Whether a user may do something in a safe. Assumed: administrators may do everything in every safe.
    pub(crate) fn may(&self, user: u64, safe: Guid, flag: Flag) -> bool {
        let is_meant = |principal| match principal {
            Principal::User(id) => id == user,
            Principal::Group(id) => self
                .memberships
                .get(&user)
                .is_some_and(|groups| groups.contains(&id)),
        };
        let grants = self.tree.get(safe).map(|node| node.grants.as_slice());
        self.is_admin(user)
            || grants.unwrap_or_default().iter().any(|grant| {
                grant.flags.contains(&flag)
                    && is_meant(grant.principal)
                    && grant.until.as_ref().is_none_or(|until| *until > self.now)
            })
    }

    /// Learns of ids that were given.
    pub(super) fn count(&mut self, ids: impl IntoIterator<Item = Guid>) {
        for number in ids.into_iter().filter_map(Guid::number) {
            self.next_guid = self.next_guid.max(number + 1);
        }
    }

    /// Adds or replaces a safe or folder.
    pub(super) fn put_node(&mut self, node: Node) {
        self.count([node.id]);
        self.tree.put(node);
    }

    /// Adds or replaces a secret.
    pub(super) fn put_secret(&mut self, secret: Secret) {
        self.count(secret.urls.iter().map(|url| url.id).chain([secret.id]));
        self.secrets.put(secret);
    }

    fn put_user(&mut self, user: User) {
        self.count(user.client_id);
        self.users.put(user);
    }

    fn put_group(&mut self, group: Group) {
        for member in &group.members {
            self.memberships
                .entry(*member)
                .or_default()
                .insert(group.id);
        }
        self.groups.put(group);
    }

    fn join(&mut self, user: u64, group: u64) {
        if let Some(row) = self.groups.get_mut(group) {
            row.members.insert(user);
            self.memberships.entry(user).or_default().insert(group);
        }
    }

    fn part(&mut self, user: u64, group: u64) {
        if let Some(row) = self.groups.get_mut(group) {
            row.members.remove(&user);
        }
        if let Some(groups) = self.memberships.get_mut(&user) {
            groups.remove(&group);
        }
    }

    /// Takes away what was granted to somebody who is gone. Owners of secrets stay as they are.
    fn revoke(&mut self, gone: Principal) {
        for node in self.tree.iter_mut() {
            node.grants.retain(|grant| grant.principal != gone);
        }
    }
}

impl World for Site {
    type Change = Change;

    fn read(yaml: &str) -> Result<Self, String> {
        let seed = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
        reading::read(seed)
    }

    fn write(&self) -> String {
        serde_yaml::to_string(&writing::write(self))
            .expect("a seed is made of strings, numbers, lists and maps")
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Node(node) => self.put_node(node),
            Change::NodeGone(id) => {
                self.tree.remove(id);
                self.secrets.unshare(id);
            }
            Change::Secret(secret) => self.put_secret(*secret),
            Change::SecretGone(id) => {
                self.secrets.remove(id);
            }
            Change::Secrets(secrets) => {
                for secret in secrets {
                    self.put_secret(secret);
                }
            }
            Change::User(user) => self.put_user(*user),
            Change::Recruit { user, group } => {
                let id = user.id;
                self.put_user(*user);
                self.join(id, group);
            }
            Change::UserGone(id) => {
                self.users.remove(id);
                for group in self.memberships.remove(&id).into_iter().flatten() {
                    if let Some(group) = self.groups.get_mut(group) {
                        group.members.remove(&id);
                    }
                }
                self.revoke(Principal::User(id));
            }
            Change::Group(group) => self.put_group(*group),
            Change::GroupGone(id) => {
                for member in self.groups.remove(id).into_iter().flat_map(|it| it.members) {
                    self.part(member, id);
                }
                self.revoke(Principal::Group(id));
            }
            Change::Member { user, group } => self.join(user, group),
            Change::MemberGone { user, group } => self.part(user, group),
        }
    }

    fn size(&self) -> usize {
        self.users.len() + self.groups.len() + self.tree.len() + self.secrets.len()
    }
}

impl Secret {
    /// The kind, as lists name it.
    pub(crate) fn kind(&self) -> &'static str {
        match self.content {
            Content::Credential { .. } => "Credential",
            Content::Text(_) => "Text",
            Content::File { .. } => "File",
        }
    }
}
