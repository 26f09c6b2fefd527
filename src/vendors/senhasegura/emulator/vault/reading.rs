//! Makes a world of a seed, unless the seed contradicts itself, and a seed of a world.

use std::collections::BTreeSet;

use super::super::clock;
use super::super::mysafe::Item;
use super::super::quirks::Quirks;
use super::super::seed::{
    ApiSecret, Clients, Credential, Entry, NextId, Owner, RelatedUser, Seed, SshKey,
};
use super::super::shelf::Shelf;
use super::super::table::Table;
use super::Vault;

/// Reads a world; the error says what in the seed cannot be.
pub(super) fn read(seed: Seed) -> Result<Vault, String> {
    let Owner(owner) = seed.owner;
    let now = seed.now.unwrap_or_else(|| clock::START.to_owned());
    if !clock::is_moment(&now) {
        return Err(format!("`now` must be written like {}", clock::START));
    }
    let credentials = seed.credentials.into_iter().map(Entry::Credential);
    let keys = seed.ssh_keys.into_iter().map(Entry::Key);
    let mut vault = Vault {
        owner,
        clients: seed.clients,
        tenant: seed.tenant,
        tokens: seed.tokens,
        quirks: seed.quirks,
        now,
        private_groups: seed.private_groups,
        domains: seed.domains,
        users: Table::read(seed.users, seed.next_id.user)?,
        groups: Table::read(seed.groups, seed.next_id.group)?,
        passwords: Shelf::new(seed.next_id.password)?,
        notes: Shelf::new(seed.next_id.note)?,
        api_secrets: Shelf::new(seed.next_id.api_secret)?,
        devices: Table::read(seed.devices, seed.next_id.device)?,
        entries: Table::read(credentials.chain(keys), seed.next_id.credential)?,
        related_users: Shelf::read(seed.related_users, seed.next_id.related_user)?,
    };
    vault.check_clients()?;
    vault.check_members()?;
    vault.passwords = vault.items(seed.passwords, vault.passwords.next())?;
    vault.notes = vault.items(seed.notes, vault.notes.next())?;
    vault.api_secrets = vault.items(seed.api_secrets, vault.api_secrets.next())?;
    vault.check_codes()?;
    vault.check_devices()?;
    for entry in vault.entries.iter() {
        match entry {
            Entry::Credential(credential) => vault.check_credential(credential)?,
            Entry::Key(key) => vault.check_key(key)?,
        }
    }
    for RelatedUser { id, username, .. } in vault.related_users.iter() {
        if !vault.is_user(username) {
            return Err(format!(
                "related user {id} belongs to `{username}`, who is not a user"
            ));
        }
    }
    Ok(vault)
}

impl Vault {
    fn check_clients(&self) -> Result<(), String> {
        let mut ids = BTreeSet::new();
        if let Some((id, _)) = self
            .clients
            .credentials()
            .find(|(id, _)| !ids.insert(id.to_owned()))
        {
            return Err(format!("there are two clients with the id `{id}`"));
        }
        let Clients {
            mysafe,
            access_keys,
            scim: _,
            a2a: _,
            authorizations: _,
        } = &self.clients;
        let mut keys = std::iter::once(mysafe).chain(access_keys);
        match keys.find(|key| !self.is_user(self.user_of(key))) {
            Some(key) => Err(format!(
                "the access key `{}` belongs to `{}`, who is not a user",
                key.id,
                self.user_of(key)
            )),
            None => Ok(()),
        }
    }

    fn check_members(&self) -> Result<(), String> {
        for group in self.groups.iter() {
            let mut members = group.members.iter();
            if let Some(member) = members.find(|id| self.users.get(**id).is_none()) {
                let name = &group.display_name;
                return Err(format!(
                    "group `{name}` has the member {member}, who is not a user"
                ));
            }
        }
        Ok(())
    }

    /// Takes the items of a seed, each checked by itself and in its world.
    fn items<I: Item>(&self, items: Vec<I>, next: u64) -> Result<Shelf<I>, String> {
        let mut shelf = Shelf::new(Some(next))?;
        for mut item in items {
            let (noun, id) = (I::NOUN, item.id());
            let mut required = item.required(&Quirks::default()).into_iter();
            if let Some((member, _)) = required.find(|(_, value)| value.is_empty()) {
                return Err(format!("the {noun} with id {id} has an empty `{member}`"));
            }
            item.check()?;
            let common = item.common_mut();
            let mut users = common.users_allowed.keys();
            if let Some(name) = users.find(|name| !self.is_user(name)) {
                return Err(format!(
                    "{noun} {id} is shared with `{name}`, who is not a user"
                ));
            }
            let mut groups = common.groups_allowed.keys();
            if let Some(name) = groups.find(|name| !self.knows_group(name)) {
                return Err(format!(
                    "{noun} {id} is shared with `{name}`, which is not a group"
                ));
            }
            if common.owner.as_deref() == Some(&self.owner) {
                *common.owner = None;
            }
            shelf.admit(item)?;
        }
        Ok(shelf)
    }

    fn check_codes(&self) -> Result<(), String> {
        let mut codes = BTreeSet::new();
        for secret in self.api_secrets.iter() {
            let ApiSecret {
                id,
                identifier_code: code,
                ..
            } = secret;
            if !code.is_empty() && !codes.insert((self.owner_of(secret), code)) {
                return Err(format!(
                    "the identifier code `{code}` of API secret {id} is taken"
                ));
            }
        }
        Ok(())
    }

    fn check_devices(&self) -> Result<(), String> {
        for device in self.devices.iter() {
            if let Some(domain) = self.unknown_domain(&device.domain) {
                return Err(format!(
                    "device {} is in the domain `{domain}`, which is not registered",
                    device.id
                ));
            }
        }
        Ok(())
    }

    fn check_credential(&self, credential: &Credential) -> Result<(), String> {
        let id = credential.id;
        self.check_device(id, &credential.device)?;
        if let Some(domain) = self.unknown_domain(&credential.domain) {
            return Err(format!(
                "credential {id} is in the domain `{domain}`, which is not registered"
            ));
        }
        match credential.parent {
            Some(parent) if !matches!(self.entries.get(parent), Some(Entry::Credential(_))) => Err(
                format!("credential {id} has the parent {parent}, which is not a credential"),
            ),
            Some(_) | None => Ok(()),
        }
    }

    fn check_key(&self, key: &SshKey) -> Result<(), String> {
        let mut hostnames = std::iter::once(&key.device).chain(&key.devices);
        hostnames.try_for_each(|hostname| self.check_device(key.id, hostname))
    }

    fn check_device(&self, id: u64, hostname: &str) -> Result<(), String> {
        match self.devices.named(hostname) {
            Some(_) => Ok(()),
            None => Err(format!(
                "credential {id} is on `{hostname}`, which is not a device"
            )),
        }
    }

    /// The first of some domains, with commas between them, that is not registered.
    pub(crate) fn unknown_domain<'a>(&self, domains: &'a str) -> Option<&'a str> {
        let mut names = domains.split(',').filter(|name| !name.is_empty());
        names.find(|name| !self.domains.contains(*name))
    }
}

/// Writes a world.
pub(super) fn write(vault: &Vault) -> Seed {
    let mut credentials = Vec::new();
    let mut ssh_keys = Vec::new();
    for entry in vault.entries.iter() {
        match entry {
            Entry::Credential(credential) => credentials.push(credential.clone()),
            Entry::Key(key) => ssh_keys.push(key.clone()),
        }
    }
    Seed {
        owner: Owner(vault.owner.clone()),
        clients: vault.clients.clone(),
        tenant: vault.tenant.clone(),
        tokens: vault.tokens.clone(),
        quirks: vault.quirks,
        now: (vault.now != clock::START).then(|| vault.now.clone()),
        private_groups: vault.private_groups.clone(),
        domains: vault.domains.clone(),
        next_id: NextId {
            user: vault.users.surplus(),
            group: vault.groups.surplus(),
            password: vault.passwords.surplus(),
            note: vault.notes.surplus(),
            api_secret: vault.api_secrets.surplus(),
            device: vault.devices.surplus(),
            credential: vault.entries.surplus(),
            related_user: vault.related_users.surplus(),
        },
        users: vault.users.iter().cloned().collect(),
        groups: vault.groups.iter().cloned().collect(),
        passwords: vault.passwords.iter().cloned().collect(),
        notes: vault.notes.iter().cloned().collect(),
        api_secrets: vault.api_secrets.iter().cloned().collect(),
        devices: vault.devices.iter().cloned().collect(),
        credentials,
        ssh_keys,
        related_users: vault.related_users.iter().cloned().collect(),
    }
}
