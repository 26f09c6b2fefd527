//! The calls of SSH keys. A key is updated by its identifier alone, and what is left out stays as it was.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::desk::Route;
use super::super::envelope::{Answer, Outcome, Refusal};
use super::super::members::Members;
use super::super::seed::{Authorization, Entry, SshKey};
use super::super::vault::{Change, Vault};
use super::{AppDesk, entry};

pub(super) const ROUTES: &[Route<Authorization>] = &[
    Route::new("POST", "key", put),
    Route::new("GET", "key/{}", read),
    Route::new("DELETE", "key/{}", disable),
    Route::new("PUT", "key/{}", enable),
];

fn read(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    let key = entry::key(desk, text)?;
    if key.disabled {
        return Err(inactive());
    }
    let message = format!("Key {}", key.id);
    Ok(Answer::show(message, "key", whole(desk.world(), key)))
}

/// Creates a key, or updates the one with the identifier. Assumed: the device on which it is must exist, as for a
/// credential.
fn put(desk: &mut AppDesk<'_>, _: &str) -> Outcome {
    desk.may_write()?;
    let sent = desk.call.members().unwrap_or_default();
    let identifier = sent.filled("identifier")?;
    let world = desk.world();
    let known = identifier.as_deref();
    let known = known.and_then(|identifier| world.entries.named(identifier));
    let known = match known {
        Some(Entry::Credential(_)) => {
            return Err(Refusal::new(1016, "The item is not a ssh key"));
        }
        Some(Entry::Key(key)) if !desk.sees_entry(key.id) => return Err(entry::no_access()),
        Some(Entry::Key(key)) => Some(key),
        None => None,
    };
    let mut key = match known {
        Some(key) => key.clone(),
        None => create(desk, &sent, identifier)?,
    };
    if let Some(hostname) = sent.filled("hostname")? {
        key.device = hostname;
    }
    desk.device(&key.device, sent.filled("ip")?.as_deref())?;
    let refused = alter(&mut key, &sent, world)?;
    let message = if known.is_some() {
        "Key updated successfully!"
    } else {
        "Key successfully registered!"
    };
    let shown = json!({
        "id": key.id.to_string(),
        "identifier": key.identifier,
        "devices": devices(world, &key),
        // Assumed: each as it was sent.
        "devices_error": refused,
    });
    desk.commit(Change::Entry(Box::new(Entry::Key(key))))?;
    Ok(Answer::created(message, "key", shown))
}

fn create(
    desk: &AppDesk<'_>,
    sent: &Members,
    identifier: Option<String>,
) -> Result<SshKey, Refusal> {
    let (device, _) = sent.place()?;
    let public_key = sent.informed("public_key", 1013, "public key")?;
    let private_key = sent.informed("private_key", 1014, "private key")?;
    let id = desk.world().entries.next();
    Ok(SshKey {
        id,
        identifier: identifier.unwrap_or_else(|| entry::identifier(id)),
        username: "usr".to_owned(),
        device,
        public_key,
        private_key,
        ..SshKey::default()
    })
}

/// Takes over what was sent, and tells which devices are not registered.
fn alter(key: &mut SshKey, sent: &Members, world: &Vault) -> Result<Vec<Value>, Refusal> {
    if let Some(username) = sent.filled("username")? {
        key.username = username;
    }
    if let Some(public_key) = sent.filled("public_key")? {
        key.public_key = public_key;
    }
    if let Some(private_key) = sent.filled("private_key")? {
        key.private_key = private_key;
    }
    sent.put("key_name", &mut key.key_name)?;
    sent.put("tags", &mut key.tags)?;
    sent.put_or_clear("password", &mut key.password)?;
    if let Some(enabled) = sent.flag("enabled")? {
        key.disabled = !enabled;
    }
    let mut refused = Vec::new();
    if let Some(sent) = sent.list("devices")? {
        let mut devices = BTreeSet::new();
        for device in sent {
            let hostname = device.get("hostname").and_then(Value::as_str);
            let hostname = hostname.ok_or_else(|| Refusal::invalid("devices"))?;
            if world.devices.named(hostname).is_some() {
                devices.insert(hostname.to_owned());
            } else {
                refused.push(json!({ "hostname": hostname }));
            }
        }
        // Assumed: a list that is sent replaces the one that is kept, as with sharing.
        key.devices = devices;
    }
    Ok(refused)
}

fn disable(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    desk.may_write()?;
    let entry = Entry::Key(entry::key(desk, text)?.clone());
    entry::switch(
        desk,
        entry,
        true,
        "Key successfully deactivated",
        inactive(),
    )
}

fn enable(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    desk.may_write()?;
    let entry = Entry::Key(entry::key(desk, text)?.clone());
    let already = Refusal::new(1045, "Ssh key is already activated");
    entry::switch(desk, entry, false, "Key successfully activated", already)
}

fn inactive() -> Refusal {
    Refusal::new(1017, "Key inactive")
}

/// Without the identifier, which only the list shows.
fn whole(world: &Vault, key: &SshKey) -> Value {
    let device = world.devices.named(&key.device);
    let tags: Value = if world.quirks.key_tags_as_text {
        key.tags.as_str().into()
    } else {
        let tags = key.tags.split(',').map(str::trim);
        tags.filter(|tag| !tag.is_empty()).collect()
    };
    json!({
        "id": key.id.to_string(),
        "hostname": key.device,
        "ip": device.map_or("", |device| &device.ip),
        "username": key.username,
        "key_name": key.key_name,
        "public_key": key.public_key,
        "private_key": key.private_key,
        "password": key.password.as_deref().unwrap_or_default(),
        "enabled": !key.disabled,
        "tags": tags,
        "devices": devices(world, key),
        "expiration_time": key.expiration,
    })
}

fn devices(world: &Vault, key: &SshKey) -> Value {
    let devices = key.devices.iter();
    let devices = devices.filter_map(|hostname| world.devices.named(hostname));
    devices
        .map(|device| json!({ "hostname": device.hostname, "ip": device.ip }))
        .collect()
}
