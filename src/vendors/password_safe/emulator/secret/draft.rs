//! What a request says of a secret, checked.

use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::super::call::Version;
use super::super::desk::Desk;
use super::super::guid::Guid;
use super::super::members::Members;
use super::super::multipart::File;
use super::super::refusal::Refusal;
use super::super::row::{Blob, Content, Principal};
use super::super::site::Site;

/// The members that all kinds have in common.
pub(super) struct Draft {
    pub title: String,
    pub description: Option<String>,
    pub notes: Option<String>,
    pub urls: Vec<(Option<Guid>, String)>,
    pub owners: Vec<Principal>,
}

impl Draft {
    /// Reads the members.
    pub(super) fn read(
        desk: &Desk<'_>,
        members: &Members,
        version: Version,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            title: members.required("Title", 256)?,
            description: members.text("Description", 256)?,
            notes: members.text("Notes", 4_000)?,
            urls: urls(members)?,
            owners: owners(desk, members, version)?,
        })
    }
}

fn urls(members: &Members) -> Result<Vec<(Option<Guid>, String)>, Refusal> {
    let read = |entry: &Value| {
        let entry = Members::read(entry)?;
        let address = entry.required("Url", 2_048)?;
        if url::Url::parse(&address).is_err() {
            return Err(Refusal::bad(format!("`{address}` is not a URL")));
        }
        Ok((entry.guid("Id")?, address))
    };
    members.list("Urls")?.iter().map(read).collect()
}

fn invalid_owner() -> Refusal {
    Refusal::bad("Invalid OwnerType")
}

/// Reads the owners in the model of the version. A request with the models of several versions is read by its own.
/// Assumed: nobody in particular means the caller from 3.1 on and is refused in 3.0; owners must exist.
fn owners(desk: &Desk<'_>, members: &Members, version: Version) -> Result<Vec<Principal>, Refusal> {
    let entries = members.list("Owners")?;
    let mut owners = Vec::new();
    if version == Version::V30 {
        let kind = members.text("OwnerType", 16)?.unwrap_or_default();
        match kind.to_lowercase().as_str() {
            "group" => owners.push(Principal::Group(members.required_number("OwnerId")?)),
            "user" if entries.is_empty() => return Err(Refusal::missing("Owners")),
            "user" => {
                for entry in entries {
                    let id = Members::read(entry)?.number("OwnerId")?;
                    owners.push(Principal::User(id.ok_or_else(invalid_owner)?));
                }
            }
            _ => return Err(invalid_owner()),
        }
    } else {
        for entry in entries {
            let entry = Members::read(entry)?;
            // Assumed: with both ids, the group is the owner; zero is none, as numbers are sent by some clients.
            let id = |name| Ok::<_, Refusal>(entry.number(name)?.filter(|id| *id > 0));
            owners.push(match (id("GroupId")?, id("UserId")?) {
                (Some(group), _) => Principal::Group(group),
                (None, Some(user)) => Principal::User(user),
                (None, None) => return Err(invalid_owner()),
            });
        }
        if owners.is_empty() {
            owners.push(Principal::User(desk.me));
        }
    }
    let site = desk.site();
    for owner in &owners {
        let is_there = match owner {
            Principal::User(id) => site.users.get(*id).is_some(),
            Principal::Group(id) => site.groups.get(*id).is_some(),
        };
        if !is_there {
            return Err(Refusal::bad("Owner not found"));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    owners.retain(|owner| seen.insert(*owner));
    Ok(owners)
}

/// Reads user name and password. Where only a rule is given, the server makes the password.
pub(super) fn credential(site: &Site, members: &Members, salt: &str) -> Result<Content, Refusal> {
    // The sources disagree on the length; this is the longer one.
    let username = members.required("Username", 1_000)?;
    let password = members.text("Password", 256)?;
    let password = match password.filter(|password| !password.is_empty()) {
        Some(password) => password,
        None => {
            let id = members.number("PasswordRuleID")?;
            let id = id.ok_or_else(|| Refusal::bad("Password or PasswordRuleID is required"))?;
            let rule = site.catalog.password_rule(id);
            let rule = rule.ok_or_else(|| Refusal::bad("Invalid PasswordRuleID"))?;
            generate(rule.shortest.clamp(4, 256), salt)
        }
    };
    Ok(Content::Credential { username, password })
}

/// Makes a password with characters of four sorts. The same requests make the same passwords.
fn generate(length: u64, salt: &str) -> String {
    const SORTS: [&[u8]; 4] = [
        b"abcdefghijklmnopqrstuvwxyz",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        b"0123456789",
        b"!#%+-=@_",
    ];
    let character = |at: u64| {
        let bytes = digest(&SHA256, format!("{salt} {at}").as_bytes());
        let byte = bytes.as_ref().first().copied().unwrap_or_default();
        let sort = SORTS[usize::try_from(at % 4).unwrap_or_default()];
        char::from(sort[usize::from(byte) % sort.len()])
    };
    (0..length).map(character).collect()
}

/// Reads a text.
pub(super) fn text(members: &Members) -> Result<Content, Refusal> {
    Ok(Content::Text(members.required("Text", 4_096)?))
}

/// The largest file.
const LARGEST: usize = 5_000_000;

/// Reads a file. Assumed: a name in the metadata goes before the one of the part; one of them must be there.
pub(super) fn file(members: &Members, file: Option<File>) -> Result<Content, Refusal> {
    let file = file.unwrap_or_default();
    let name = match members.text("FileName", 256)? {
        Some(name) if !name.is_empty() => name,
        _ => file.name,
    };
    if name.is_empty() {
        return Err(Refusal::missing("FileName"));
    }
    if file.bytes.is_empty() {
        return Err(Refusal::bad("The file is empty"));
    }
    if file.bytes.len() > LARGEST {
        return Err(Refusal::bad("The file is larger than 5 MB"));
    }
    let bytes = Blob(file.bytes);
    Ok(Content::File { name, bytes })
}
