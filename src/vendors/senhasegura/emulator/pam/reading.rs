//! How credentials are shown: a list in which SSH keys appear too, and the read that has the value.

use serde_json::{Value, json};

use super::super::envelope::{Answer, Outcome};
use super::super::seed::{Credential, Device, Entry};
use super::super::vault::Vault;
use super::AppDesk;

/// The type of a credential that was given none.
pub(super) const USUAL_TYPE: &str = "Local User";

/// Assumed: the types that exist from the beginning, in the order of their codes.
const TYPES: [&str; 4] = [USUAL_TYPE, "Local administrator", "Domain user", "SSH Key"];

/// Assumed: the codes of connectivities are counted in the order in which a page lists their names.
const CONNECTIVITIES: [&str; 9] = [
    "SSH",
    "Telnet",
    "MySQL",
    "SQL Server",
    "HTTP",
    "HTTPS",
    "RDP",
    "X11 Forward",
    "VNC",
];

/// Assumed: what is disabled is left out.
pub(super) fn list(desk: &mut AppDesk<'_>, _: &str) -> Outcome {
    let world = desk.world();
    let entries = world.entries.iter();
    let rows: Vec<Value> = entries
        .filter(|entry| !entry.is_disabled())
        .filter_map(|entry| match entry {
            Entry::Credential(it) if desk.sees_entry(it.id) => Some(row(world, it)),
            Entry::Key(it) if desk.sees_entry(it.id) => {
                let like = Credential {
                    id: it.id,
                    identifier: it.identifier.clone(),
                    username: it.username.clone(),
                    device: it.device.clone(),
                    kind: Some("SSH Key".to_owned()),
                    expiration: it.expiration.clone(),
                    ..Credential::default()
                };
                Some(row(world, &like))
            }
            Entry::Credential(_) | Entry::Key(_) => None,
        })
        .collect();
    let message = format!("{} credentials found", rows.len());
    Ok(Answer::show(message, "credentials", rows.into()))
}

fn row(world: &Vault, credential: &Credential) -> Value {
    let device = world.devices.named(&credential.device);
    let property = |of: fn(&Device) -> &String| device.map_or("", |device| of(device).as_str());
    let kind = credential.kind.as_deref().unwrap_or(USUAL_TYPE);
    let (connectivity, _) = first_connectivity(device);
    let changes = credential.execution_settings.get("automatic_change");
    json!({
        "id": credential.id.to_string(),
        "identifier": credential.identifier,
        "username": credential.username,
        "expiration": credential.expiration,
        "change": credential.changed,
        "view": credential.viewed,
        "hostname": credential.device,
        "management_ip": property(|device| &device.ip),
        "type": kind,
        "type_code": type_code(world, kind),
        "device_model": property(|device| &device.model),
        "device_type": property(|device| &device.kind),
        "device_vendor": property(|device| &device.vendor),
        "automatic_change": changes.and_then(Value::as_bool).unwrap_or(false),
        "connectivity": connectivity,
        "connectivity_code": code(&CONNECTIVITIES, connectivity),
    })
}

/// A credential with its value. Tags and settings are not shown. Assumed: the port is that of the device's first
/// connectivity, and a parent is shown by its id and its identifier.
pub(super) fn whole(world: &Vault, credential: &Credential) -> Value {
    let device = world.devices.named(&credential.device);
    let parent = credential.parent.and_then(|id| world.entries.get(id));
    let parent = match parent {
        Some(Entry::Credential(parent)) => Some(parent),
        Some(Entry::Key(_)) | None => None,
    };
    let (_, port) = first_connectivity(device);
    json!({
        "id": credential.id.to_string(),
        "identifier": credential.identifier,
        "username": credential.username,
        "hostname": credential.device,
        "ip": device.map_or("", |device| &device.ip),
        "content": credential.content,
        "password": credential.content,
        "additional": credential.additional,
        "domain": credential.domain,
        "model": device.map_or("", |device| &device.model),
        "port": port,
        "parent_credential_cod": parent.map(|parent| parent.id.to_string()),
        "parent_credential": parent.map(|parent| &parent.identifier),
        "expiration_time": credential.expiration,
    })
}

/// The protocol and the port of a device's first connectivity.
fn first_connectivity(device: Option<&Device>) -> (&str, &str) {
    let all = device.map_or("", |device| &device.connectivities);
    let first = all.split(',').next().unwrap_or_default().trim();
    first.split_once(':').unwrap_or((first, ""))
}

/// Assumed: types that were created are counted after those from the beginning, in the order of their names.
fn type_code(world: &Vault, kind: &str) -> String {
    if TYPES.contains(&kind) {
        return code(&TYPES, kind);
    }
    let mut created: Vec<&str> = world
        .entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Credential(credential) => credential.kind.as_deref(),
            Entry::Key(_) => None,
        })
        .filter(|kind| !TYPES.contains(kind))
        .collect();
    created.sort_unstable();
    created.dedup();
    let place = created.iter().position(|name| *name == kind);
    (TYPES.len() + 1 + place.unwrap_or(0)).to_string()
}

/// The place in a list, counted from one; an empty text for what is not in it.
fn code(names: &[&str], name: &str) -> String {
    let place = names.iter().position(|known| *known == name);
    place.map_or_else(String::new, |place| (place + 1).to_string())
}
