//! Makes a seed of a world, without what a seed need not say.

use data_encoding::BASE64;

use super::builtin;
use super::catalog::{self, Catalog, PERMISSIONS, ROLES};
use super::clock;
use super::guid::Guid;
use super::row::{self, Content, Flag, Kind, Node, Principal};
use super::seed::{
    Access, Folder, Grant, Group, Level, NextId, Owner, Ref, Secret, Seed, Url, User,
};
use super::site::Site;

/// Writes a world.
pub(super) fn write(site: &Site) -> Seed {
    let users = builtin::users();
    let groups = builtin::groups();
    let registrations = builtin::registrations();
    // An object that took the place of a built-in one is written; one that is gone can only be left out of all.
    let bare = users.iter().any(|user| site.users.get(user.id).is_none())
        || groups.iter().any(|it| site.groups.get(it.id).is_none());
    let is_new = |user: &&User| bare || !users.contains(user);
    let is_new_group = |group: &&row::Group| bare || !groups.contains(group);
    let standard = Catalog::default();
    let catalog = &site.catalog;
    let mut seed = Seed {
        now: (site.now != clock::START).then(|| site.now.clone()),
        bare,
        quirks: site.quirks.clone(),
        next_id: NextId::default(),
        registrations: site.registrations.values().cloned().collect(),
        organizations: unless_same(&catalog.organizations, &standard.organizations),
        workgroups: unless_same(&catalog.workgroups, &standard.workgroups),
        platforms: unless_same(&catalog.platforms, &standard.platforms),
        password_rules: unless_same(&catalog.password_rules, &standard.password_rules),
        access_policies: unless_same(&catalog.access_policies, &standard.access_policies),
        smart_rules: unless_same(&catalog.smart_rules, &standard.smart_rules),
        users: site.users.iter().filter(is_new).cloned().collect(),
        groups: site
            .groups
            .iter()
            .filter(is_new_group)
            .map(|group| self::group(site, group))
            .collect(),
        safes: folders(site, None),
    };
    if !bare {
        seed.registrations.retain(|it| !registrations.contains(it));
    }
    let highest = super::reading::highest_guid(&seed.safes);
    let clients = site.users.iter().filter_map(|user| user.client_id);
    let highest = clients.filter_map(Guid::number).fold(highest, u64::max);
    seed.next_id = NextId {
        user: site.users.surplus(),
        group: site.groups.surplus(),
        guid: (site.next_guid > highest + 1).then_some(site.next_guid),
    };
    seed
}

fn unless_same<T: Clone + PartialEq>(kept: &[T], standard: &[T]) -> Option<Vec<T>> {
    (kept != standard).then(|| kept.to_vec())
}

fn user(site: &Site, id: u64) -> Ref {
    let user = site.users.get(id);
    user.map_or(Ref::Id(id), |user| Ref::Name(user.full_name()))
}

fn who(site: &Site, principal: Principal) -> (Option<Ref>, Option<Ref>) {
    match principal {
        Principal::User(id) => (Some(user(site, id)), None),
        Principal::Group(id) => {
            let group = site.groups.get(id);
            let group = group.map_or(Ref::Id(id), |group| Ref::Name(group.name.clone()));
            (None, Some(group))
        }
    }
}

fn group(site: &Site, group: &row::Group) -> Group {
    let registrations: Vec<u64> = group.registrations.iter().copied().collect();
    let is_usual = if group.id == builtin::ADMINISTRATORS {
        registrations == builtin::REGISTRATIONS
    } else {
        registrations.is_empty()
    };
    let permissions = group.permissions.iter().filter_map(|(id, level)| {
        let name = catalog::name_of(PERMISSIONS, *id)?;
        Some((name.to_owned(), Level::of(*level)))
    });
    let rules = group.rules.iter().filter_map(|(id, access)| {
        let title = site.catalog.smart_rule(*id)?.title.clone();
        let roles = access.roles.iter();
        let roles = roles.filter_map(|id| catalog::name_of(ROLES, *id));
        let access = Access {
            level: Level::of(access.level),
            roles: roles.map(str::to_owned).collect(),
            policy: access.policy,
        };
        Some((title, access))
    });
    Group {
        id: group.id,
        name: group.name.clone(),
        description: group.description.clone(),
        kind: group.kind,
        distinguished_name: group.distinguished_name.clone(),
        active: group.active,
        members: group.members.iter().map(|id| user(site, *id)).collect(),
        registrations: (!is_usual).then_some(registrations),
        permissions: permissions.collect(),
        rules: rules.collect(),
    }
}

fn folders(site: &Site, parent: Option<Guid>) -> Vec<Folder> {
    let children = site.tree.children(parent);
    children.map(|node| folder(site, node)).collect()
}

fn folder(site: &Site, node: &Node) -> Folder {
    Folder {
        id: Some(node.id),
        name: node.name.clone(),
        description: node.description.clone(),
        grants: node.grants.iter().map(|it| grant(site, it)).collect(),
        favorites: node.favorites.iter().map(|id| user(site, *id)).collect(),
        folders: folders(site, Some(node.id)),
        secrets: site
            .secrets
            .of_folder(node.id)
            .map(|it| secret(site, it))
            .collect(),
    }
}

fn grant(site: &Site, grant: &row::Grant) -> Grant {
    let (user, group) = who(site, grant.principal);
    let is_all = grant.flags.len() == Flag::ALL.len();
    Grant {
        user,
        group,
        flags: (!is_all).then(|| grant.flags.iter().copied().collect()),
        until: grant.until.clone(),
    }
}

/// The path of a folder or, where a name with a slash makes the path another's, its id.
fn place(site: &Site, id: Guid) -> String {
    let path = site.tree.path(id);
    let found = site.tree.at(&path, '/').map(|node| node.id);
    if found == Some(id) {
        path
    } else {
        id.to_string()
    }
}

fn secret(site: &Site, secret: &row::Secret) -> Secret {
    let row::Secret {
        created, modified, ..
    } = secret;
    let is_usual = secret.owners == site.owners_by_default(&created.by);
    let owners = secret.owners.iter().map(|owner| {
        let (user, group) = who(site, *owner);
        Owner { user, group }
    });
    let unless = |text: &str, usual: &str| (text != usual).then(|| text.to_owned());
    let urls = secret.urls.iter().map(|url| Url {
        id: Some(url.id),
        url: url.url.clone(),
    });
    let mut seed = Secret {
        id: Some(secret.id),
        title: secret.title.clone(),
        description: secret.description.clone(),
        notes: secret.notes.clone(),
        urls: urls.collect(),
        owners: if is_usual {
            Vec::new()
        } else {
            owners.collect()
        },
        created_on: unless(&created.on, &site.now),
        created_by: unless(&created.by, &site.author().unwrap_or_default()),
        modified_on: unless(&modified.on, &created.on),
        modified_by: unless(&modified.by, &created.by),
        value_modified_on: unless(&secret.value_modified_on, &modified.on),
        favorites: secret.favorites.iter().map(|id| user(site, *id)).collect(),
        shares: secret.shares.iter().map(|id| place(site, *id)).collect(),
        ..Secret::default()
    };
    match &secret.content {
        Content::Credential { username, password } => {
            seed.username = Some(username.clone());
            seed.password = Some(password.clone());
        }
        Content::Text(text) => seed.text = Some(text.clone()),
        Content::File { name, bytes } => {
            seed.file = Some(name.clone());
            match std::str::from_utf8(&bytes.0) {
                Ok(text) => seed.content = Some(text.to_owned()),
                Err(_) => seed.base64 = Some(BASE64.encode(&bytes.0)),
            }
        }
    }
    seed
}

impl Kind {
    /// Whether it is kept in a directory, where this API changes nothing.
    pub(super) fn is_of_directory(self) -> bool {
        match self {
            Self::ActiveDirectory | Self::LdapDirectory | Self::EntraID => true,
            Self::BeyondInsight | Self::Application => false,
        }
    }
}
