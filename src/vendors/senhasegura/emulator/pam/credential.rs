//! The calls of credentials that change them. To read a value changes something too: it takes custody.

use serde_json::{Map, Value, json};

use super::super::clock;
use super::super::desk::Route;
use super::super::envelope::{Answer, Outcome, Refusal};
use super::super::members::Members;
use super::super::seed::{Authorization, Credential, Entry, Settings};
use super::super::vault::{Change, Vault};
use super::{AppDesk, device, entry, reading};

pub(super) const ROUTES: &[Route<Authorization>] = &[
    Route::new("GET", "credential", reading::list),
    Route::new("POST", "credential", put),
    Route::new("DELETE", "credential/custody/{}", release),
    Route::new("GET", "credential/{}", take),
    Route::new("DELETE", "credential/{}", disable),
    Route::new("PUT", "credential/{}", enable),
];

/// Shows a credential with its value, and puts it in the custody of the caller. Assumed: one that is disabled has no
/// custody to be taken; several clients may have it in theirs, which never expires.
fn take(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    let credential = entry::credential(desk, text)?;
    if credential.disabled {
        return Err(inactive(1008));
    }
    let mut credential = credential.clone();
    credential.custody.insert(desk.me.id.clone());
    let viewed = credential.viewed.as_deref();
    credential.viewed = Some(clock::later(&desk.world().now, viewed));
    let message = format!("Credential {}", credential.id);
    let shown = reading::whole(desk.world(), &credential);
    keep(desk, credential)?;
    Ok(Answer::show(message, "credential", shown))
}

/// Ends the custody of the caller. Assumed: it is no change of the configuration, which takes a permission.
fn release(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    let credential = entry::credential(desk, text)?;
    if credential.disabled {
        return Err(inactive(1008));
    }
    let mut credential = credential.clone();
    if !credential.custody.remove(&desk.me.id) {
        let text = "The credential is not in the user custody";
        return Err(Refusal::new(1018, text));
    }
    let message = format!("Credential custody {} released", credential.id);
    keep(desk, credential)?;
    Ok(Answer::done(message))
}

fn disable(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    desk.may_write()?;
    let entry = Entry::Credential(entry::credential(desk, text)?.clone());
    let done = "Credential successfully deactivated";
    entry::switch(desk, entry, true, done, inactive(1017))
}

fn enable(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    desk.may_write()?;
    let entry = Entry::Credential(entry::credential(desk, text)?.clone());
    let done = "Credential successfully activated";
    let already = Refusal::new(1043, "Credential is already activated!");
    entry::switch(desk, entry, false, done, already)
}

fn inactive(code: u16) -> Refusal {
    Refusal::new(code, "Credential inactive")
}

fn keep(desk: &mut AppDesk<'_>, credential: Credential) -> Result<(), Refusal> {
    desk.commit(Change::Entry(Box::new(Entry::Credential(credential))))
}

/// Creates a credential, or updates the one that is meant. Assumed: the properties of the device that may be sent along
/// change nothing, for the device must exist and has a call of its own; a disabled credential stays so.
fn put(desk: &mut AppDesk<'_>, _: &str) -> Outcome {
    desk.may_write()?;
    let sent = desk.call.members().unwrap_or_default();
    let (hostname, ip) = sent.place()?;
    let username = match sent.text("username")? {
        None => return Err(Refusal::new(1042, "Invalid username")),
        Some(name) if name.is_empty() => "usr".to_owned(),
        Some(name) => name,
    };
    desk.device(&hostname, Some(&ip))?;
    let identifier = identifier(&sent)?;
    let meant = meant(desk, identifier.as_deref(), &username, &hostname)?;
    let is_new = meant.is_none();
    let world = desk.world();
    let mut credential = meant.cloned().unwrap_or_else(|| Credential {
        id: world.entries.next(),
        ..Credential::default()
    });
    credential.username = username;
    credential.device = hostname;
    if let Some(identifier) = identifier {
        credential.identifier = identifier;
    } else if is_new {
        credential.identifier = entry::identifier(credential.id);
    }
    alter(&mut credential, &sent, world)?;
    let name = if world.quirks.credential_tag {
        "tag"
    } else {
        "identifier"
    };
    let shown = json!({ "id": credential.id.to_string(), name: credential.identifier });
    keep(desk, credential)?;
    let message = if is_new {
        "Credential successfully registered!"
    } else {
        "Credential updated successfully!"
    };
    Ok(Answer::created(message, "credential", shown))
}

/// The identifier that was sent. Assumed: one among the additional settings is the same as one beside them, and one
/// with other characters than letters, digits, `_`, `-` and `.` is refused.
fn identifier(sent: &Members) -> Result<Option<String>, Refusal> {
    let within = sent.object("additional_settings")?;
    let within = within.and_then(|settings| settings.get("identifier")?.as_str());
    let within = within.filter(|text| !text.is_empty()).map(str::to_owned);
    let identifier = sent.filled("identifier")?.or(within);
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    match identifier {
        Some(text) if !text.chars().all(is_allowed) => Err(Refusal::invalid("identifier")),
        identifier => Ok(identifier),
    }
}

/// The credential that a request is about: the one with the identifier or, if there is none, the one of the same
/// username on the same device.
fn meant<'a>(
    desk: &'a AppDesk<'_>,
    identifier: Option<&str>,
    username: &str,
    hostname: &str,
) -> Result<Option<&'a Credential>, Refusal> {
    let entries = &desk.world().entries;
    let namesake = entries.iter().find_map(|entry| match entry {
        Entry::Credential(it) if it.username == username && it.device == hostname => Some(it),
        Entry::Credential(_) | Entry::Key(_) => None,
    });
    let known = identifier.and_then(|identifier| entries.named(identifier));
    let meant = match (known, namesake) {
        (Some(Entry::Key(_)), _) => {
            return Err(Refusal::new(1010, "The item is not a credential"));
        }
        // Assumed: the text.
        (Some(Entry::Credential(known)), Some(namesake)) if known.id != namesake.id => {
            return Err(Refusal::new(
                1052,
                "Credential already exists on the device",
            ));
        }
        (Some(Entry::Credential(known)), _) => Some(known),
        (None, namesake) => namesake,
    };
    match meant {
        Some(credential) if !desk.sees_entry(credential.id) => Err(entry::no_access()),
        meant => Ok(meant),
    }
}

/// Takes over what may be left out. Assumed: what is left out stays as it was, also within a nested object.
fn alter(credential: &mut Credential, sent: &Members, world: &Vault) -> Result<(), Refusal> {
    if let Some(content) = sent.text("content")? {
        let changed = credential.changed.as_deref();
        if credential.content.as_ref() != Some(&content) {
            credential.changed = Some(clock::later(&world.now, changed));
        }
        credential.content = Some(content).filter(|content| !content.is_empty());
    }
    sent.put("additional", &mut credential.additional)?;
    sent.put("domain", &mut credential.domain)?;
    sent.put("tags", &mut credential.tags)?;
    sent.put_or_clear("credential_type", &mut credential.kind)?;
    if credential.kind.as_deref() == Some(reading::USUAL_TYPE) {
        credential.kind = None;
    }
    if world.unknown_domain(&credential.domain).is_some() {
        return Err(device::no_domain());
    }
    if let Some(parent) = sent.filled("parent_password")? {
        credential.parent = Some(self::parent(&parent, world)?);
    }
    let nested = [
        ("execution_settings", &mut credential.execution_settings),
        ("session_settings", &mut credential.session_settings),
        ("additional_settings", &mut credential.additional_settings),
        ("jit_settings", &mut credential.jit_settings),
    ];
    for (name, settings) in nested {
        if let Some(sent) = sent.object(name)? {
            merge(settings, sent);
            check(settings, world)?;
            if name == "jit_settings" {
                check_login(settings)?;
            }
        }
    }
    Ok(())
}

/// Assumed: an unknown parent is told like any unknown credential.
fn parent(text: &str, world: &Vault) -> Result<u64, Refusal> {
    let id = text.parse().ok();
    match id.and_then(|id| world.entries.get(id)) {
        Some(Entry::Credential(parent)) => Ok(parent.id),
        Some(Entry::Key(_)) | None => Err(Refusal::new(1007, "Credential not found")),
    }
}

fn merge(settings: &mut Settings, sent: &Map<String, Value>) {
    let said = sent.iter().filter(|(_, value)| !value.is_null());
    settings.extend(said.map(|(name, value)| (name.clone(), value.clone())));
    // It is the credential's own, and not kept twice.
    settings.remove("identifier");
}

/// Who connects must be said if it is not the credential itself. Assumed: the number.
fn check_login(settings: &Settings) -> Result<(), Refusal> {
    let names = [
        "authentication_credential",
        "authentication_hostname",
        "authentication_ip",
    ];
    let says = |name: &&str| {
        let text = settings.get(*name).and_then(Value::as_str);
        text.is_some_and(|text| !text.is_empty())
    };
    match settings.get("use_own_credential_to_connect") {
        Some(Value::Bool(false)) => match names.iter().find(|name| !says(name)) {
            Some(name) => Err(Refusal::invalid(name)),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn check(settings: &Settings, world: &Vault) -> Result<(), Refusal> {
    let text = |name: &str| settings.get(name).and_then(Value::as_str).unwrap_or("");
    let lacks_template = settings.keys().any(|name| {
        let plugin = name.strip_suffix("_plugin");
        plugin
            .is_some_and(|it| !text(name).is_empty() && text(&format!("{it}_template")).is_empty())
    });
    if lacks_template {
        // Assumed: the text.
        return Err(Refusal::new(1047, "The plugin needs a template"));
    }
    // An owner who is nobody is not told, but fails.
    let owner = text("user_credential_owner");
    if !owner.is_empty() && !world.is_user(owner) {
        return Err(Refusal::Unexpected);
    }
    Ok(())
}
