//! The rules of a MySafe password: what may be sent, who may see it, and how it is shown.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::envelope::Refusal;
use super::seed::{Level, Password};
use super::totp;
use super::vault::Vault;

/// What a request says of a password. Nothing means that it is left as it was.
pub(crate) struct Draft {
    name: Option<String>,
    username: Option<String>,
    password: Option<String>,
    url: Option<String>,
    secret_key: Option<String>,
    notes: Option<String>,
    tags: Option<String>,
    users_allowed: Option<BTreeMap<String, Level>>,
    groups_allowed: Option<BTreeMap<String, Level>>,
}

impl Draft {
    /// Reads the members of a body; those that are unknown are ignored.
    pub(crate) fn read(members: &Map<String, Value>) -> Result<Self, Refusal> {
        let secret_key = text(members, "secret_key")?;
        // Assumed: 1001, the error of parameters, for the page insists on the encoding.
        if let Some(key) = &secret_key
            && !key.is_empty()
            && totp::decode(key).is_none()
        {
            return Err(Refusal::Invalid("secret_key"));
        }
        Ok(Self {
            name: text(members, "name")?,
            username: text(members, "username")?,
            password: text(members, "password")?,
            url: text(members, "url")?,
            secret_key,
            notes: text(members, "notes")?,
            tags: text(members, "tags")?,
            users_allowed: sharing(members, "users_allowed", "username")?,
            groups_allowed: sharing(members, "groups_allowed", "name")?,
        })
    }

    /// Makes a password of a draft. Assumed: one error at a time, in the order name, username, password.
    pub(crate) fn create(self, vault: &Vault) -> Result<(Password, Vec<Value>), Refusal> {
        let required = [
            ("name", &self.name),
            ("username", &self.username),
            ("password", &self.password),
        ];
        for (name, value) in required {
            if value.as_deref().unwrap_or_default().is_empty() {
                return Err(Refusal::Missing(name));
            }
        }
        let password = Password {
            id: vault.next_password(),
            ..Password::default()
        };
        self.update(password, vault)
    }

    /// Alters a password by a draft, and tells with whom it could not be shared.
    pub(crate) fn update(
        self,
        mut password: Password,
        vault: &Vault,
    ) -> Result<(Password, Vec<Value>), Refusal> {
        require("name", &mut password.name, self.name)?;
        require("username", &mut password.username, self.username)?;
        require("password", &mut password.password, self.password)?;
        put(&mut password.url, self.url);
        put(&mut password.notes, self.notes);
        put(&mut password.tags, self.tags);
        if let Some(key) = self.secret_key {
            password.secret_key = Some(key).filter(|key| !key.is_empty());
        }
        // Assumed: a list that is sent replaces the one that is kept, since an empty list empties it; the two lists
        // are independent. Assumed: whom it cannot be shared with is told, and the rest is stored.
        let owner = vault.owner_of(&password);
        let mut shared_error = Vec::new();
        let users = self.users_allowed.map(|users| {
            let (kept, refused) = part(users, |name| name != owner && vault.is_user(name));
            shared_error.extend(refused.iter().map(|name| json!({ "username": name })));
            kept
        });
        let groups = self.groups_allowed.map(|groups| {
            let (kept, refused) = part(groups, |name| vault.knows_group(name));
            shared_error.extend(refused.iter().map(|name| json!({ "name": name })));
            kept
        });
        put(&mut password.users_allowed, users);
        put(&mut password.groups_allowed, groups);
        Ok((password, shared_error))
    }
}

fn put<T>(kept: &mut T, sent: Option<T>) {
    if let Some(sent) = sent {
        *kept = sent;
    }
}

/// Assumed: a field that is required at creation cannot be emptied later.
fn require(name: &'static str, kept: &mut String, sent: Option<String>) -> Result<(), Refusal> {
    match sent {
        Some(sent) if sent.is_empty() => return Err(Refusal::Missing(name)),
        sent => put(kept, sent),
    }
    Ok(())
}

fn part(
    sent: BTreeMap<String, Level>,
    known: impl Fn(&str) -> bool,
) -> (BTreeMap<String, Level>, Vec<String>) {
    let (kept, refused): (BTreeMap<_, _>, BTreeMap<_, _>) =
        sent.into_iter().partition(|(name, _)| known(name));
    (kept, refused.into_keys().collect())
}

/// Assumed: `null` says as much as nothing, and a number is taken for its digits.
fn text(members: &Map<String, Value>, name: &'static str) -> Result<Option<String>, Refusal> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => Err(Refusal::Invalid(name)),
    }
}

fn sharing(
    members: &Map<String, Value>,
    name: &'static str,
    key: &str,
) -> Result<Option<BTreeMap<String, Level>>, Refusal> {
    let entries = match members.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.as_array().ok_or(Refusal::Invalid(name))?,
    };
    let mut sharing = BTreeMap::new();
    for entry in entries {
        let who = entry.get(key).and_then(Value::as_str);
        let level = match entry.get("can_edit") {
            None | Some(Value::Null | Value::Bool(false)) => Level::View,
            Some(Value::Bool(true)) => Level::Edit,
            Some(_) => return Err(Refusal::Invalid(name)),
        };
        sharing.insert(who.ok_or(Refusal::Invalid(name))?.to_owned(), level);
    }
    Ok(Some(sharing))
}

/// What the user of the access key may do with a password; nothing if it is not even seen.
pub(crate) fn access(vault: &Vault, password: &Password) -> Option<Level> {
    if vault.owner_of(password) == vault.owner {
        return Some(Level::Edit);
    }
    let caller = vault.users.named(&vault.owner).map(|user| user.id);
    let by_group = password.groups_allowed.iter().filter(|(name, _)| {
        let group = vault.groups.named(name);
        caller.is_some_and(|id| group.is_some_and(|group| group.members.contains(&id)))
    });
    let by_name = password.users_allowed.get(&vault.owner);
    by_name
        .into_iter()
        .chain(by_group.map(|(_, level)| level))
        .copied()
        .max()
}

/// A row of the list.
pub(crate) fn row(password: &Password, level: Level) -> Value {
    json!({
        "identifier": password.id.to_string(),
        "name": password.name,
        "url": password.url,
        "username": password.username,
        "tags": password.tags,
        // Assumed: nobody has to justify anything, for no call can ask for it.
        "need_justify": "0",
        "need_approval": "0",
        "can_view": true,
        "can_write": level == Level::Edit,
    })
}

/// The whole, with its secrets, at a time in seconds since 1970.
pub(crate) fn whole(password: &Password, seconds: u64) -> Value {
    let key = password.secret_key.as_deref();
    json!({
        "identifier": password.id.to_string(),
        "name": password.name,
        "url": password.url,
        "username": password.username,
        "password": password.password,
        "secret_key": key,
        "token": key.and_then(|key| totp::code(key, seconds)),
        // Assumed: notes and tags that were never set read as empty texts, as they do in lists.
        "notes": password.notes,
        "tags": password.tags,
        "users_allowed": shared(&password.users_allowed, "username"),
        "groups_allowed": shared(&password.groups_allowed, "name"),
    })
}

/// The reply to a creation and an update: without secrets, and with the notes under another name.
pub(crate) fn written(password: &Password, shared_error: &[Value]) -> Value {
    json!({
        "identifier": password.id.to_string(),
        "name": password.name,
        "url": password.url,
        "username": password.username,
        "note": password.notes,
        "tags": password.tags,
        "users_allowed": shared(&password.users_allowed, "username"),
        "groups_allowed": shared(&password.groups_allowed, "name"),
        "shared_error": shared_error,
    })
}

fn shared(sharing: &BTreeMap<String, Level>, key: &str) -> Value {
    sharing
        .iter()
        .map(|(name, level)| json!({ key: name, "can_edit": *level == Level::Edit }))
        .collect()
}
