//! Makes a world of a seed, or says what in the seed contradicts itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::builtin;
use super::catalog::{self, Catalog, PERMISSIONS, ROLES};
use super::clock;
use super::guid::HIGHEST_COUNTED;
use super::row::{self, Kind};
use super::seed::{Access, Folder, Group, Level, Ref, Registration, Seed, User};
use super::shelf::Shelf;
use super::site::Site;
use super::table::{Row, Table};
use super::tree::Tree;
use super::{contents, seed, table};

/// Reads a seed.
pub(super) fn read(seed: Seed) -> Result<Site, String> {
    let now = match &seed.now {
        None => clock::START.to_owned(),
        Some(now) => moment(now)?,
    };
    let next = &seed.next_id;
    let rows = next.user.max(next.group).unwrap_or(0);
    if rows > table::HIGHEST || next.guid.unwrap_or(0) > HIGHEST_COUNTED {
        return Err("`next_id` has a number that is too high".to_owned());
    }
    let mut site = Site {
        now,
        quirks: seed.quirks,
        catalog: Catalog::default(),
        registrations: registrations(seed.registrations, seed.bare)?,
        users: Table::new(seed.next_id.user.unwrap_or(1).max(1)),
        groups: Table::new(seed.next_id.group.unwrap_or(1).max(1)),
        tree: Tree::default(),
        secrets: Shelf::default(),
        next_guid: seed.next_id.guid.unwrap_or(1).max(1),
        memberships: HashMap::new(),
    };
    let catalog = &mut site.catalog;
    replace(&mut catalog.organizations, seed.organizations);
    replace(&mut catalog.workgroups, seed.workgroups);
    replace(&mut catalog.platforms, seed.platforms);
    replace(&mut catalog.password_rules, seed.password_rules);
    replace(&mut catalog.access_policies, seed.access_policies);
    replace(&mut catalog.smart_rules, seed.smart_rules);
    users(&mut site, seed.users, seed.bare)?;
    groups(&mut site, seed.groups, seed.bare)?;
    contents::read(&mut site, seed.safes)?;
    Ok(site)
}

/// Reads a moment of a seed.
pub(super) fn moment(text: &str) -> Result<String, String> {
    clock::read(text).ok_or_else(|| format!("`{text}` is not a moment"))
}

fn replace<T>(kept: &mut Vec<T>, given: Option<Vec<T>>) {
    if let Some(given) = given {
        *kept = given;
    }
}

fn registrations(
    given: Vec<Registration>,
    is_bare: bool,
) -> Result<BTreeMap<u64, Registration>, String> {
    let mut rows = BTreeMap::new();
    for registration in given {
        let id = registration.id;
        if rows.insert(id, registration).is_some() {
            return Err(format!("there are two registrations with id {id}"));
        }
    }
    if !is_bare {
        for registration in builtin::registrations() {
            rows.entry(registration.id).or_insert(registration);
        }
    }
    Ok(rows)
}

/// Gives ids to the rows that have none, all higher than those that are given.
fn number<T>(rows: &mut [T], table_next: u64, id: impl Fn(&mut T) -> &mut u64) {
    let highest = rows.iter_mut().map(|row| *id(row)).max().unwrap_or(0);
    let mut next = table_next.max(highest.saturating_add(1));
    for row in rows {
        let id = id(row);
        if *id == 0 {
            *id = next;
            next = next.saturating_add(1);
        }
    }
}

fn users(site: &mut Site, mut given: Vec<User>, is_bare: bool) -> Result<(), String> {
    if !is_bare {
        for builtin in builtin::users() {
            let is = |user: &&mut User| {
                user.id == builtin.id || (user.id == 0 && user.full_name() == builtin.name)
            };
            match given.iter_mut().find(is) {
                Some(user) if user.name == builtin.name => builtin::inherit(user, builtin),
                Some(_) => {}
                None => given.push(builtin),
            }
        }
    }
    number(&mut given, site.users.next(), |user| &mut user.id);
    for user in given {
        if let Some(id) = user.registration
            && !site.registrations.contains_key(&id)
        {
            let name = &user.name;
            return Err(format!("user `{name}` has the unknown registration {id}"));
        }
        site.count(user.client_id);
        site.users.admit(user)?;
    }
    Ok(())
}

fn groups(site: &mut Site, mut given: Vec<Group>, is_bare: bool) -> Result<(), String> {
    let mut rows = Vec::new();
    if !is_bare {
        for builtin in builtin::groups() {
            let is = |group: &&mut Group| {
                group.id == builtin.id || (group.id == 0 && group.name == builtin.name)
            };
            match given.iter_mut().find(is) {
                Some(group) => group.id = builtin.id,
                None => rows.push(builtin),
            }
        }
    }
    number(&mut given, site.groups.next().max(2), |group| &mut group.id);
    for group in given {
        rows.push(self::group(site, group)?);
    }
    for group in rows {
        let mut members = group.members.iter();
        if let Some(id) = members.find(|id| site.users.get(**id).is_none()) {
            let name = &group.name;
            return Err(format!(
                "group `{name}` has the member {id}, who is not a user"
            ));
        }
        for member in &group.members {
            site.memberships
                .entry(*member)
                .or_default()
                .insert(group.id);
        }
        site.groups.admit(group)?;
    }
    Ok(())
}

fn group(site: &Site, group: Group) -> Result<row::Group, String> {
    let name = &group.name;
    let unknown = |what: &str, which: &str| {
        Err(format!(
            "group `{name}` has the {what} `{which}`, which there is not"
        ))
    };
    if group.kind == Kind::Application {
        return Err(format!("group `{name}` cannot be of type Application"));
    }
    let registrations: BTreeSet<u64> = match group.registrations {
        Some(ids) => ids.into_iter().collect(),
        None if group.id == builtin::ADMINISTRATORS => builtin::REGISTRATIONS.into(),
        None => BTreeSet::new(),
    };
    let mut strange = registrations.iter();
    if let Some(id) = strange.find(|id| !site.registrations.contains_key(id)) {
        return unknown("registration", &id.to_string());
    }
    let mut members = BTreeSet::new();
    for member in &group.members {
        members.insert(find(&site.users, member)?);
    }
    let mut permissions = BTreeMap::new();
    for (permission, level) in group.permissions {
        let Some(id) = catalog::id_of(PERMISSIONS, &permission) else {
            return unknown("permission", &permission);
        };
        permissions.insert(id, level.id());
    }
    let mut rules = BTreeMap::new();
    for (title, access) in group.rules {
        let Some(rule) = site.catalog.smart_rule_titled(&title) else {
            return unknown("smart rule", &title);
        };
        let Access {
            level,
            roles,
            policy,
        } = access;
        let mut ids = BTreeSet::new();
        for role in roles {
            let Some(id) = catalog::id_of(ROLES, &role) else {
                return unknown("role", &role);
            };
            ids.insert(id);
        }
        if let Some(id) = policy
            && site.catalog.access_policy(id).is_none()
        {
            return unknown("access policy", &id.to_string());
        }
        let level = level.id();
        let access = row::Access {
            level,
            roles: ids,
            policy,
        };
        rules.insert(rule.id, access);
    }
    Ok(row::Group {
        id: group.id,
        description: group.description,
        kind: group.kind,
        distinguished_name: group.distinguished_name,
        active: group.active,
        members,
        registrations,
        permissions,
        rules,
        name: group.name,
    })
}

/// The id of somebody. An id is taken as it is, for its owner may be gone.
pub(super) fn find<T: Row>(table: &Table<T>, who: &Ref) -> Result<u64, String> {
    match who {
        Ref::Id(id) => Ok(*id),
        Ref::Name(name) => match table.named(name) {
            Some(row) => Ok(row.id()),
            None => Err(format!("there is no {} named `{name}`", T::NOUN)),
        },
    }
}

/// Reads who is meant by one of two members.
pub(super) fn principal(
    site: &Site,
    user: Option<&Ref>,
    group: Option<&Ref>,
) -> Result<row::Principal, String> {
    match (user, group) {
        (Some(user), None) => find(&site.users, user).map(row::Principal::User),
        (None, Some(group)) => find(&site.groups, group).map(row::Principal::Group),
        _ => Err("an owner and a grant each have one of `user` and `group`".to_owned()),
    }
}

impl Level {
    fn id(self) -> u64 {
        match self {
            Self::Read => catalog::READ,
            Self::Write => catalog::WRITE,
        }
    }

    /// The level of an id other than that of none.
    pub(super) fn of(id: u64) -> Self {
        if id == catalog::READ {
            Self::Read
        } else {
            Self::Write
        }
    }
}

/// The highest number among the counted ids of a seed's folders.
pub(super) fn highest_guid(folders: &[Folder]) -> u64 {
    let of_secret = |secret: &seed::Secret| {
        let urls = secret.urls.iter().filter_map(|url| url.id);
        let ids = urls.chain(secret.id);
        ids.filter_map(|id| id.number()).max().unwrap_or(0)
    };
    let of_folder = |folder: &Folder| {
        let own = folder.id.and_then(|id| id.number()).unwrap_or(0);
        let secrets = folder.secrets.iter().map(of_secret).max().unwrap_or(0);
        own.max(secrets).max(highest_guid(&folder.folders))
    };
    folders.iter().map(of_folder).max().unwrap_or(0)
}
