//! The safes of a seed: folders and secrets as they are nested there, laid out flat.

use std::collections::BTreeSet;

use super::clock;
use super::guid::Guid;
use super::reading::{find, highest_guid, moment, principal};
use super::row::{self, Blob, Content, Flag, Node, Principal, Stamp};
use super::seed::{Folder, Grant, Ref, Secret, User};
use super::site::Site;

/// How many levels of folders there are, the safe counted.
pub(super) const DEEPEST: usize = 7;

/// Reads the safes of a seed.
pub(super) fn read(site: &mut Site, safes: Vec<Folder>) -> Result<(), String> {
    site.next_guid = site.next_guid.max(highest_guid(&safes) + 1);
    let mut shares = Vec::new();
    for safe in safes {
        folder(site, safe, None, 1, &mut shares)?;
    }
    // Only now are all folders known.
    for (id, paths) in shares {
        let Some(mut secret) = site.secrets.get(id).cloned() else {
            continue;
        };
        for path in paths {
            let by_id = Guid::parse(&path).and_then(|id| site.tree.get(id));
            let Some(folder) = by_id.or_else(|| site.tree.at(&path, '/')) else {
                let title = &secret.title;
                return Err(format!(
                    "secret `{title}` is shared into the unknown folder `{path}`"
                ));
            };
            secret.shares.insert(folder.id);
        }
        site.put_secret(secret);
    }
    Ok(())
}

type Shares = Vec<(Guid, Vec<String>)>;

fn fresh(site: &mut Site, given: Option<Guid>) -> Guid {
    given.unwrap_or_else(|| {
        site.next_guid += 1;
        Guid::counted(site.next_guid - 1)
    })
}

fn folder(
    site: &mut Site,
    folder: Folder,
    parent: Option<Guid>,
    depth: usize,
    shares: &mut Shares,
) -> Result<(), String> {
    let name = folder.name;
    if depth > DEEPEST {
        return Err(format!("folder `{name}` is nested too deeply"));
    }
    if name.is_empty() {
        return Err("there is a safe or folder without a name".to_owned());
    }
    if site.tree.named(parent, &name).is_some() {
        return Err(format!("there are two safes or folders named `{name}`"));
    }
    if parent.is_some() && !folder.grants.is_empty() {
        return Err(format!("folder `{name}` has grants, as only safes have"));
    }
    let id = fresh(site, folder.id);
    if site.tree.get(id).is_some() {
        return Err(format!("there are two safes or folders with id {id}"));
    }
    let node = Node {
        id,
        parent,
        name,
        description: folder.description,
        grants: grants(site, &folder.grants)?,
        favorites: users(site, &folder.favorites)?,
    };
    site.put_node(node);
    for one in folder.secrets {
        let paths = one.shares.clone();
        let secret = secret(site, one, id)?;
        if !paths.is_empty() {
            shares.push((secret, paths));
        }
    }
    for below in folder.folders {
        self::folder(site, below, Some(id), depth + 1, shares)?;
    }
    Ok(())
}

fn users(site: &Site, users: &[Ref]) -> Result<BTreeSet<u64>, String> {
    users.iter().map(|user| find(&site.users, user)).collect()
}

fn grants(site: &Site, grants: &[Grant]) -> Result<Vec<row::Grant>, String> {
    let read = |grant: &Grant| {
        let principal = principal(site, grant.user.as_ref(), grant.group.as_ref())?;
        let known = match principal {
            Principal::User(id) => site.users.get(id).is_some(),
            Principal::Group(id) => site.groups.get(id).is_some(),
        };
        if !known {
            return Err(format!("{principal:?} of a grant is not there"));
        }
        let until = grant.until.as_deref().map(moment).transpose()?;
        let flags = grant.flags.clone().unwrap_or_else(|| Flag::ALL.into());
        Ok(row::Grant {
            principal,
            flags: flags.into_iter().collect(),
            until,
        })
    };
    let mut rows = grants.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by_key(|grant| grant.principal);
    if rows.windows(2).any(|it| it[0].principal == it[1].principal) {
        return Err("a safe has two grants of the same user or group".to_owned());
    }
    Ok(rows)
}

fn secret(site: &mut Site, secret: Secret, folder: Guid) -> Result<Guid, String> {
    let title = secret.title.clone();
    if title.is_empty() {
        return Err("there is a secret without a title".to_owned());
    }
    if site.secrets.titled(folder, &title).is_some() {
        return Err(format!(
            "there are two secrets titled `{title}` in one folder"
        ));
    }
    let id = fresh(site, secret.id);
    if site.secrets.get(id).is_some() {
        return Err(format!("there are two secrets with id {id}"));
    }
    let content = content(&secret).map_err(|why| format!("secret `{title}` {why}"))?;
    let urls = secret
        .urls
        .into_iter()
        .map(|url| row::Url {
            id: fresh(site, url.id),
            url: url.url,
        })
        .collect();
    let author = || site.author().unwrap_or_default();
    let created = Stamp {
        on: moment(secret.created_on.as_deref().unwrap_or(&site.now))?,
        by: secret.created_by.unwrap_or_else(author),
    };
    let modified = Stamp {
        on: moment(secret.modified_on.as_deref().unwrap_or(&created.on))?,
        by: secret.modified_by.unwrap_or_else(|| created.by.clone()),
    };
    let value_on = secret.value_modified_on.as_deref().unwrap_or(&modified.on);
    let owners = secret
        .owners
        .iter()
        .map(|owner| principal(site, owner.user.as_ref(), owner.group.as_ref()))
        .collect::<Result<Vec<_>, _>>()?;
    let row = row::Secret {
        id,
        folder,
        title,
        description: secret.description,
        notes: secret.notes,
        urls,
        owners: if owners.is_empty() {
            site.owners_by_default(&created.by)
        } else {
            owners
        },
        content,
        value_modified_on: moment(value_on)?,
        created,
        modified,
        favorites: users(site, &secret.favorites)?,
        shares: BTreeSet::new(),
    };
    site.put_secret(row);
    Ok(id)
}

fn content(secret: &Secret) -> Result<Content, &'static str> {
    let wrong = "is none or several of credential, text and file";
    let bytes = match (&secret.content, &secret.base64) {
        (None, None) => None,
        (Some(text), None) => Some(Blob(text.clone().into_bytes())),
        (None, Some(text)) => {
            Some(Blob::try_from(text.clone()).map_err(|_| "has a `base64` that is none")?)
        }
        (Some(_), Some(_)) => return Err(wrong),
    };
    match (&secret.username, &secret.text, &secret.file) {
        (Some(username), None, None) if bytes.is_none() => Ok(Content::Credential {
            username: username.clone(),
            password: secret.password.clone().ok_or("has no `password`")?,
        }),
        (None, Some(text), None) if bytes.is_none() && secret.password.is_none() => {
            Ok(Content::Text(text.clone()))
        }
        (None, None, Some(name)) if secret.password.is_none() => Ok(Content::File {
            name: name.clone(),
            bytes: bytes.ok_or("has no `content`")?,
        }),
        _ => Err(wrong),
    }
}

impl Site {
    /// Who is at work where nobody says who.
    pub(super) fn author(&self) -> Option<String> {
        self.users.get(1).map(User::full_name)
    }

    /// The owners of a secret of which nobody says who owns it.
    pub(super) fn owners_by_default(&self, creator: &str) -> Vec<Principal> {
        let creator = self.users.named(creator).map(|user| user.id);
        creator.into_iter().map(Principal::User).collect()
    }

    /// The moment of a change of what was last changed at another.
    pub(super) fn after(&self, last: &str) -> String {
        self.now.clone().max(clock::after(last))
    }
}
