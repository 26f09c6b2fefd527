//! The calls of devices. A device is known by its hostname.

use serde_json::{Value, json};

use super::super::desk::Route;
use super::super::envelope::{Answer, Outcome, Refusal};
use super::super::seed::{Authorization, Device};
use super::super::vault::Change;
use super::{AppDesk, no_device};

pub(super) const ROUTES: &[Route<Authorization>] = &[
    Route::new("GET", "device", list),
    Route::new("POST", "device", put),
    Route::new("GET", "device/{}", read),
    Route::new("DELETE", "device/{}", disable),
    Route::new("PUT", "device/{}", enable),
];

/// Assumed: disabled devices are left out.
fn list(desk: &mut AppDesk<'_>, _: &str) -> Outcome {
    let devices = desk.world().devices.iter();
    let rows: Vec<Value> = devices
        .filter(|device| !device.disabled && desk.sees_device(device.id))
        .map(|device| {
            json!({
                "id": device.id.to_string(),
                "hostname": device.hostname,
                "ip": device.ip,
                "model": device.model,
                "type": device.kind,
                "vendor": device.vendor,
                "site": device.site,
                "tags": device.tags,
            })
        })
        .collect();
    let message = format!("{} devices found", rows.len());
    Ok(Answer::show(message, "devices", rows.into()))
}

/// Assumed: a disabled device is told to be so, like a disabled key.
fn read(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    let device = find(desk, text)?;
    if device.disabled {
        return Err(inactive());
    }
    let message = format!("Device {}", device.id);
    Ok(Answer::show(message, "device", show(device)))
}

/// Creates the device or, if the hostname is known, updates it. Assumed: what is required is so in both cases, and a
/// disabled device stays so; of the models, types, vendors and sites any is taken, for an unknown one is created.
fn put(desk: &mut AppDesk<'_>, _: &str) -> Outcome {
    desk.may_write()?;
    let sent = desk.call.members().unwrap_or_default();
    let (hostname, ip) = sent.place()?;
    let site = sent.informed("site", 1019, "site")?;
    let model = sent.informed("model", 1020, "model")?;
    let vendor = sent.informed("vendor", 1021, "vendor")?;
    let kind = sent.informed("type", 1022, "type")?;
    let world = desk.world();
    let known = world.devices.named(&hostname);
    if known.is_some_and(|device| !desk.sees_device(device.id)) {
        return Err(no_device());
    }
    let is_new = known.is_none();
    let mut device = Device {
        ip,
        model,
        kind,
        vendor,
        site,
        ..known.cloned().unwrap_or_else(|| Device {
            id: world.devices.next(),
            hostname,
            ..Device::default()
        })
    };
    sent.put("device_domain", &mut device.domain)?;
    sent.put("device_tags", &mut device.tags)?;
    sent.put("connectivities", &mut device.connectivities)?;
    sent.put("session_remote_config", &mut device.session_remote_config)?;
    if world.unknown_domain(&device.domain).is_some() {
        return Err(no_domain());
    }
    let quirks = world.quirks;
    let (id, shown) = (device.id, show(&device));
    desk.commit(Change::Device(device))?;
    Ok(if is_new && quirks.device_create_reads {
        Answer::show(format!("Device {id}"), "device", shown)
    } else if is_new {
        Answer::created("Device successfully registered!", "device", shown)
    } else {
        Answer::created("Device updated successfully!", "device", shown)
    })
}

/// Disables a device, and with it its credentials. Assumed: to repeat it is refused as it is of credentials.
fn disable(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    desk.may_write()?;
    let device = find(desk, text)?;
    if device.disabled {
        return Err(inactive());
    }
    let device = Device {
        disabled: true,
        ..device.clone()
    };
    desk.commit(Change::Device(device))?;
    Ok(Answer::done("Device successfully deactivated"))
}

/// Enables a device, and not its credentials.
fn enable(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    desk.may_write()?;
    let device = find(desk, text)?;
    if !device.disabled {
        return Err(Refusal::new(1044, "Device is already activated"));
    }
    let device = Device {
        disabled: false,
        ..device.clone()
    };
    desk.commit(Change::Device(device))?;
    Ok(Answer::done("Device successfully activated"))
}

/// Assumed: a hostname does as well as an id, as older pages and a client of the vendor's have it.
fn find<'a>(desk: &'a AppDesk<'_>, text: &str) -> Result<&'a Device, Refusal> {
    let devices = &desk.world().devices;
    let by_id = text.parse().ok().and_then(|id| devices.get(id));
    let device = by_id.or_else(|| devices.named(text));
    device
        .filter(|device| desk.sees_device(device.id))
        .ok_or_else(no_device)
}

fn inactive() -> Refusal {
    Refusal::new(1017, "Device inactive")
}

/// Of a domain that is not registered. Assumed: the text.
pub(super) fn no_domain() -> Refusal {
    Refusal::new(1029, "Domain not registered")
}

fn show(device: &Device) -> Value {
    json!({
        "id": device.id.to_string(),
        "hostname": device.hostname,
        "ip": device.ip,
        "model": device.model,
        "type": device.kind,
        "vendor": device.vendor,
        "site": device.site,
        "device_domain": device.domain,
        "connectivities": device.connectivities,
        "session_remote_config": device.session_remote_config,
        "device_tags": device.tags,
    })
}
