//! Drives, which the wire calls safesticks: as users show them, and two actions whose names and parameters are assumed.
//! What can be done to a drive is what the web interface offers \[26\].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Outcome, written};
use super::console::Change;
use super::desk::Desk;
use super::list::{Key, Place};
use super::refusal::Refusal;
use super::seed::{Drive, User};
use super::status::{Command, Status};

const COLUMNS: &[&str] = &[
    "lastUsed",
    "serial",
    "owner",
    "safeStickStatus",
    "version",
    "lastIP",
];

/// Which models can be made to destroy themselves \[7\].
const DETONATING: &[&str] = &["S1000", "H300", "H350", "DL4"];

/// A drive as its owner's record shows it.
pub(crate) fn show(owner: &User, drive: &Drive) -> Value {
    let mut shown = json!({
        "serial": drive.serial,
        "serialBarcode": drive.barcode.as_ref().unwrap_or(&drive.serial),
        "hardwareID": drive.hardware_id,
        "owner": owner.name,
        "safeStickStatus": drive.status,
        "version": drive.version,
        "isOnline": drive.online,
        "isUpdated": drive.updated,
        "hasRecoveryCode": drive.recovery_code,
    });
    if let Some(last_used) = &drive.last_used {
        shown["lastUsed"] = json!(last_used);
        if let (Some(ip), Some(place)) = (drive.last_ip, &drive.place) {
            shown["geolocation"] = place.show(ip, last_used);
        }
    }
    if let Some(ip) = drive.last_ip {
        shown["lastIP"] = json!(ip.to_string());
    }
    shown
}

/// Lists the drives of all users.
pub(crate) fn find(desk: &mut Desk<'_>) -> Outcome {
    let page = desk.page(COLUMNS)?;
    let console = desk.console();
    let seen = console
        .users
        .values()
        .filter(|user| desk.token.sees(console.path_of(user)));
    let all = seen.flat_map(|user| user.drives.iter().map(move |drive| (user, drive)));
    let mut rows: Vec<_> = all
        .filter(|(user, drive)| {
            page.finds(
                [&drive.serial, &user.name, &user.email]
                    .into_iter()
                    .map(String::as_str),
            )
        })
        .collect();
    page.sort(&mut rows, |(owner, drive), column| {
        key(owner, drive, column)
    });
    Ok(page.show(&rows, |(owner, drive)| {
        let mut shown = show(owner, drive);
        shown["userId"] = json!(owner.id);
        shown["customData"] = json!(drive.custom_data);
        shown
    }))
}

fn key(owner: &User, drive: &Drive, column: &str) -> Key {
    match column {
        "serial" => Place::text(&drive.serial),
        "owner" => Place::text(&owner.name),
        "safeStickStatus" => Place::text(&json!(drive.status).to_string()),
        "version" => Place::text(&drive.version),
        "lastIP" => drive.last_ip.map(|ip| Place::Text(ip.to_string())),
        _ => Place::maybe(drive.last_used.as_ref()),
    }
}

/// Does something to a drive, or orders it to be done when the drive reports in.
pub(crate) fn manage(desk: &mut Desk<'_>) -> Outcome {
    let verb = desk.verb()?;
    let serial = desk.parameters.required("serial")?.to_owned();
    let console = desk.console();
    let Some((owner, drive)) = console.drive(&serial) else {
        return Err(Refusal::failed(format!("Unknown device: {serial}")));
    };
    desk.demand(console.path_of(owner))?;
    desk.demand_licence()?;
    let (owner, drive) = (owner.clone(), drive.clone());
    let change = match verb.as_str() {
        "restore" => order(desk, owner, drive, Command::Restore)?,
        "approve" => order(desk, owner, drive, Command::Approve)?,
        "audit" => order(desk, owner, drive, Command::Audit)?,
        "lost" => order(desk, owner, drive, Command::Lost)?,
        "disable" => order(desk, owner, drive, Command::Disable)?,
        "deny" => order(desk, owner, drive, Command::Deny)?,
        "factory_reset" => order(desk, owner, drive, Command::FactoryReset)?,
        "detonate" => order(desk, owner, drive, Command::Detonate)?,
        "reassign" => reassign(desk, owner, drive)?,
        "edit" => edit(desk, owner, &drive)?,
        "delete" => without(owner, &serial),
        "disapprove" => {
            if !matches!(drive.status, Status::WaitingForApproval | Status::Approved) {
                return Err(not_allowed(&verb, &drive));
            }
            without(owner, &serial)
        }
        _ => return Err(Refusal::unknown_action(&verb)),
    };
    desk.commit(change)?;
    let log = desk.log(
        "update_safestick",
        &json!({ "serial": serial, "action": verb }),
    );
    Ok(written(json!({}), log))
}

fn not_allowed(what: &str, drive: &Drive) -> Refusal {
    let status = json!(drive.status);
    let status = status.as_str().unwrap_or_default();
    Refusal::failed(format!("Not allowed while the device is {status}: {what}"))
}

fn order(
    desk: &Desk<'_>,
    mut owner: User,
    drive: Drive,
    command: Command,
) -> Result<Change, Refusal> {
    // Assumed: how versions are compared, and that it is the server who refuses [8].
    if command == Command::Audit && (drive.model == "K300" || !is_at_least_6_3(&drive.version)) {
        return Err(Refusal::failed("The device does not support audit mode"));
    }
    if command == Command::Detonate && !DETONATING.contains(&drive.model.as_str()) {
        return Err(Refusal::failed("The device does not support detonation"));
    }
    let verb = desk.verb()?;
    let Some(next) = drive.status.after(command) else {
        return Err(not_allowed(&verb, &drive));
    };
    let message = match command {
        Command::Lost | Command::Deny => desk.parameters.text("message")?.unwrap_or_default(),
        Command::Restore
        | Command::Approve
        | Command::Audit
        | Command::Disable
        | Command::FactoryReset
        | Command::Detonate => "",
    };
    if let Some(it) = owner.drive_mut(&drive.serial) {
        it.status = next;
        message.clone_into(&mut it.message);
        it.fenced = false;
    }
    Ok(Change::User(Box::new(owner)))
}

fn is_at_least_6_3(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0_u32);
    (next(), next()) >= (6, 3)
}

fn reassign(desk: &Desk<'_>, mut owner: User, mut drive: Drive) -> Result<Change, Refusal> {
    if drive.status.is_final() {
        return Err(not_allowed("reassign", &drive));
    }
    let mut heir = desk.user("userid")?;
    if heir.id == owner.id {
        return Ok(Change::User(Box::new(owner)));
    }
    owner.drives.retain(|it| it.serial != drive.serial);
    let console = desk.console();
    if console.settings_of(&owner) != console.settings_of(&heir) {
        drive.updated = false;
    }
    heir.drives.push(drive);
    Ok(Change::Users(vec![owner, heir]))
}

fn edit(desk: &Desk<'_>, mut owner: User, drive: &Drive) -> Result<Change, Refusal> {
    if drive.status.is_final() {
        return Err(not_allowed("edit", drive));
    }
    let data = desk.parameters.given("customData");
    let data = data.ok_or_else(|| Refusal::missing("customData"))?;
    let data: BTreeMap<String, String> = serde_json::from_value(data.clone())
        .map_err(|_| Refusal::mistyped("customData", "an object of strings"))?;
    if let Some(it) = owner.drive_mut(&drive.serial) {
        it.custom_data = data;
    }
    Ok(Change::User(Box::new(owner)))
}

fn without(mut owner: User, serial: &str) -> Change {
    owner.drives.retain(|drive| drive.serial != serial);
    Change::User(Box::new(owner))
}
