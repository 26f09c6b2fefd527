//! The world of the emulator in memory: indexed by id, consistent, and changed by steps that can be replayed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::seed::{Clients, Group, NextId, Owner, Password, Seed, User};
use super::table::{Table, check_id, surplus};
use super::totp;
use crate::emulate::store::World;

/// Users, groups and passwords of one customer's vault.
pub(crate) struct Vault {
    pub owner: String,
    pub clients: Clients,
    pub private_groups: BTreeSet<String>,
    pub users: Table<User>,
    pub groups: Table<Group>,
    pub passwords: BTreeMap<u64, Password>,
    next_password: u64,
}

/// One step from a world to the next.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// A password was created, or is now this.
    Password(Password),
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
    /// The id that the next password will get.
    pub(crate) fn next_password(&self) -> u64 {
        self.next_password
    }

    /// Tells whether passwords can be shared with a group of this name.
    pub(crate) fn knows_group(&self, name: &str) -> bool {
        self.private_groups.contains(name) || self.groups.named(name).is_some()
    }

    /// The user who owns a password.
    pub(crate) fn owner_of<'a>(&'a self, password: &'a Password) -> &'a str {
        password.owner.as_deref().unwrap_or(&self.owner)
    }

    /// Says what is wrong with a seed's password, taken by itself and in its world.
    fn check(&self, password: &Password) -> Result<(), String> {
        let id = password.id;
        let required = [
            ("name", &password.name),
            ("username", &password.username),
            ("password", &password.password),
        ];
        if let Some((member, _)) = required.iter().find(|(_, value)| value.is_empty()) {
            return Err(format!("the password with id {id} has an empty `{member}`"));
        }
        if let Some(key) = &password.secret_key
            && totp::decode(key).is_none()
        {
            return Err(format!("the `secret_key` of password {id} is not base32"));
        }
        let mut users = password.users_allowed.keys();
        if let Some(name) = users.find(|name| !self.is_user(name)) {
            return Err(format!(
                "password {id} is shared with `{name}`, who is not a user"
            ));
        }
        let mut groups = password.groups_allowed.keys();
        if let Some(name) = groups.find(|name| !self.knows_group(name)) {
            return Err(format!(
                "password {id} is shared with `{name}`, which is not a group"
            ));
        }
        Ok(())
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
        for password in self.passwords.values_mut() {
            if let Some(level) = password.users_allowed.remove(from) {
                password.users_allowed.insert(to.to_owned(), level);
            }
            if password.owner.as_deref() == Some(from) {
                password.owner = Some(to.to_owned());
            }
        }
    }
}

impl World for Vault {
    type Change = Change;

    fn read(yaml: &str) -> Result<Self, String> {
        let seed: Seed = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
        let Owner(owner) = seed.owner;
        let mut vault = Self {
            owner,
            clients: seed.clients,
            private_groups: seed.private_groups,
            users: Table::read(seed.users, seed.next_id.user)?,
            groups: Table::read(seed.groups, seed.next_id.group)?,
            passwords: BTreeMap::new(),
            next_password: check_id("password", seed.next_id.password.unwrap_or(1).max(1))?,
        };
        if vault.clients.mysafe.id == vault.clients.scim.id {
            return Err("the clients `mysafe` and `scim` must have different ids".to_owned());
        }
        for group in vault.groups.iter() {
            let mut members = group.members.iter();
            if let Some(member) = members.find(|id| vault.users.get(**id).is_none()) {
                let name = &group.display_name;
                return Err(format!(
                    "group `{name}` has the member {member}, who is not a user"
                ));
            }
        }
        for mut password in seed.passwords {
            vault.check(&password)?;
            let id = check_id("password", password.id)?;
            vault.next_password = vault.next_password.max(id + 1);
            password.owner = password.owner.filter(|owner| *owner != vault.owner);
            if vault.passwords.insert(id, password).is_some() {
                return Err(format!("there are two passwords with id {id}"));
            }
        }
        Ok(vault)
    }

    fn write(&self) -> String {
        let highest = self.passwords.last_key_value().map(|(id, _)| *id);
        let seed = Seed {
            owner: Owner(self.owner.clone()),
            clients: self.clients.clone(),
            private_groups: self.private_groups.clone(),
            next_id: NextId {
                user: self.users.surplus(),
                group: self.groups.surplus(),
                password: surplus(highest, self.next_password),
            },
            users: self.users.iter().cloned().collect(),
            groups: self.groups.iter().cloned().collect(),
            passwords: self.passwords.values().cloned().collect(),
        };
        serde_yaml::to_string(&seed).expect("a seed is made of strings, numbers, lists and maps")
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Password(password) => {
                self.next_password = self.next_password.max(password.id + 1);
                self.passwords.insert(password.id, password);
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
                // Assumed: what was shared with a user ends with the user.
                for password in self.passwords.values_mut() {
                    password.users_allowed.remove(&user.user_name);
                }
            }
            Change::GroupGone(id) => {
                let Some(group) = self.groups.remove(id) else {
                    return;
                };
                if !self.private_groups.contains(&group.display_name) {
                    for password in self.passwords.values_mut() {
                        password.groups_allowed.remove(&group.display_name);
                    }
                }
            }
        }
    }

    fn size(&self) -> usize {
        self.users.len() + self.groups.len() + self.passwords.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Vault};
    use crate::emulate::store::World;

    const SEED: &str = "\
private_groups:
- Night shift
users:
- id: 2
  user_name: maria.s
  formatted: Maria Souza
  email: maria@example.org
- id: 3
  user_name: joao.p
  active: false
groups:
- id: 6
  display_name: Network
  members:
  - 2
  - 3
passwords:
- id: 41
  name: Office router
  username: admin
  password: x
  users_allowed:
    maria.s: view
  groups_allowed:
    Network: edit
    Night shift: view
  disabled: true
";

    fn refusal(yaml: &str) -> String {
        Vault::read(yaml).err().unwrap_or_default()
    }

    #[test]
    fn a_world_is_written_as_it_was_read_without_what_is_default() {
        assert_eq!(Vault::read(SEED).unwrap().write(), SEED);
        assert_eq!(Vault::read("{}").unwrap().write(), "{}\n");
        let explicit = "{owner: trueup, clients: {mysafe: {id: mysafe-emulator, secret: emulator-mysafe-secret}}}";
        assert_eq!(Vault::read(explicit).unwrap().write(), "{}\n");
    }

    #[test]
    fn an_unknown_member_is_refused_by_name_and_line() {
        let said = refusal("users:\n- id: 2\n  user_name: a\n  pasword: x\n");
        assert!(
            said.contains("pasword") && said.contains("line 4"),
            "{said}"
        );
        assert!(refusal("uesrs: []").contains("uesrs"));
    }

    #[test]
    fn a_seed_that_contradicts_itself_is_refused() {
        let cases = [
            (
                "users: [{id: 2, user_name: a}, {id: 2, user_name: b}]",
                "id 2",
            ),
            (
                "users: [{id: 2, user_name: a}, {id: 3, user_name: A}]",
                "named `A`",
            ),
            (
                "groups: [{id: 1, display_name: x, members: [9]}]",
                "member 9",
            ),
            (
                "passwords: [{id: 1, name: a, username: a, password: a, users_allowed: {x: view}}]",
                "`x`",
            ),
            (
                "passwords: [{id: 1, name: a, username: a, password: a, groups_allowed: {x: view}}]",
                "`x`",
            ),
            (
                "passwords: [{id: 1, name: a, username: a, password: a, secret_key: '1'}]",
                "base32",
            ),
            (
                "passwords: [{id: 1, name: a, username: a, password: ''}]",
                "`password`",
            ),
            ("next_id: {group: 18446744073709551615}", "too large"),
            (
                "passwords: [{id: 18446744073709551615, name: a, username: a, password: a}]",
                "too large",
            ),
        ];
        for (yaml, named) in cases {
            let said = refusal(yaml);
            assert!(said.contains(named), "{yaml}: {said}");
        }
    }

    #[test]
    fn an_id_is_not_given_again_after_a_deletion_and_a_restart() {
        let mut vault = Vault::read(SEED).unwrap();
        vault.apply(Change::UserGone(3));
        vault.apply(Change::GroupGone(6));
        let vault = Vault::read(&vault.write()).unwrap();
        assert_eq!((vault.users.next(), vault.groups.next()), (4, 7));
        assert_eq!(vault.next_password(), 42);
    }

    #[test]
    fn a_deleted_user_leaves_groups_and_sharing() {
        let mut vault = Vault::read(SEED).unwrap();
        vault.apply(Change::UserGone(2));
        let group = vault.groups.get(6).unwrap();
        assert!(group.members.iter().eq([&3]));
        assert!(vault.passwords[&41].users_allowed.is_empty());
    }

    #[test]
    fn a_renamed_user_keeps_what_was_shared() {
        let mut vault = Vault::read(SEED).unwrap();
        let mut user = vault.users.get(2).unwrap().clone();
        user.user_name = "maria.souza".to_owned();
        vault.apply(Change::User(user));
        assert!(vault.users.named("maria.s").is_none());
        assert!(
            vault.passwords[&41]
                .users_allowed
                .contains_key("maria.souza")
        );
    }
}
