//! What no API call can do: `POST /_world/safeconsole/<command>` with a JSON object lets a drive register or report in,
//! and revokes a token. What is given beyond what is needed is refused.

use std::net::Ipv4Addr;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::console::{Change, Console, is_path};
use super::fence::{Whereabouts, permits};
use super::seed::{Drive, Ou, User};
use super::status::Status;

/// A drive whose software registers with the server, or registers again after a factory reset.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registration {
    serial: String,
    /// The e-mail address of the user.
    #[serde(default)]
    user: Option<String>,
    /// The user's registration token instead.
    #[serde(default)]
    token: Option<String>,
    /// The name of a user who is not known yet, and the path, which comes into being if it is not there \[10\].
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    hardware_id: Option<String>,
    #[serde(default)]
    model: String,
    #[serde(default)]
    version: Option<String>,
}

/// A drive that reports in, or all of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckIn {
    #[serde(default)]
    serial: Option<String>,
    #[serde(default)]
    ip: Option<Ipv4Addr>,
    #[serde(default)]
    country: Option<String>,
    #[serde(default)]
    isp: Option<String>,
}

/// A token by the name that the seed gives it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    token: String,
}

/// The changes that a command makes; the error says why it makes none.
pub(crate) fn changes(console: &Console, name: &str, body: Value) -> Result<Vec<Change>, String> {
    match name {
        "register" => Ok(vec![register(console, read(body)?)?]),
        "check-in" => check_in(console, &read(body)?),
        "revoke" => {
            let Revocation { token } = read(body)?;
            if !console.tokens.iter().any(|it| it.name == token) {
                return Err(format!("there is no token `{token}`"));
            }
            Ok(vec![Change::Revoked(token)])
        }
        _ => Err(format!(
            "there is no command `{name}`; there are: register, check-in, revoke"
        )),
    }
}

fn read<T: DeserializeOwned>(body: Value) -> Result<T, String> {
    serde_json::from_value(body).map_err(|error| error.to_string())
}

fn register(console: &Console, registration: Registration) -> Result<Change, String> {
    let Registration {
        serial,
        user,
        token,
        name,
        path,
        hardware_id,
        model,
        version,
    } = registration;
    if console.is_expired() {
        return Err("the licence has expired".to_owned());
    }
    let known = match (&user, &token) {
        (None, Some(token)) => {
            let mut users = console.users.values();
            let bears = |user: &&User| console.registration_token(user) == *token;
            Some(users.find(bears).ok_or("no user has this token")?)
        }
        (Some(_), None) if console.server.unique_token => {
            return Err("this server demands the token of a user".to_owned());
        }
        (Some(email), None) => console.with_email(email),
        _ => return Err("one of `user` and `token` must be given".to_owned()),
    };
    let mut paths = Vec::new();
    let mut user = match (known, user, name) {
        (Some(user), _, _) => user.clone(),
        (None, Some(email), Some(name)) => {
            let path = path.unwrap_or_else(|| console.server.default_path.clone());
            if !is_path(&path) {
                return Err(format!("`{path}` cannot be the name of a path"));
            }
            paths = missing_paths(console, &path);
            User::fresh(console, name, email, &path)
        }
        _ => return Err("a user who is not known needs a `name`".to_owned()),
    };
    match console.drive(&serial) {
        // A fresh registration begins a new life, whoever had the drive before.
        Some((owner, drive)) if drive.status == Status::FactoryReset && owner.id == user.id => {
            user.drives.retain(|it| it.serial != serial);
        }
        Some(_) => return Err(format!("the drive `{serial}` is registered already")),
        None => {}
    }
    user.drives.push(Drive {
        hardware_id: hardware_id.unwrap_or_else(|| format!("HW{serial}")),
        serial,
        barcode: None,
        status: if console.server.approval {
            Status::WaitingForApproval
        } else {
            Status::InUse
        },
        model,
        version: version.unwrap_or_else(|| "6.4.0".to_owned()),
        last_used: Some(console.server.now.clone()),
        last_ip: None,
        place: None,
        online: false,
        updated: true,
        recovery_code: true,
        custom_data: std::collections::BTreeMap::new(),
        message: String::new(),
        fenced: false,
    });
    user.last_login = Some(console.server.now.clone());
    user.updated = true;
    let user = Box::new(user);
    Ok(Change::Arrival { paths, user })
}

/// The path and those above it, as far as they are not there.
fn missing_paths(console: &Console, path: &str) -> Vec<Ou> {
    let ends = path
        .match_indices('/')
        .map(|(at, _)| at)
        .chain([path.len()]);
    let missing = ends.map(|end| &path[..end]);
    let missing = missing.filter(|path| !console.ous.contains_key(*path));
    (console.next.path..)
        .zip(missing)
        .map(|(id, path)| Ou {
            id,
            path: path.to_owned(),
            policy: None,
        })
        .collect()
}

fn check_in(console: &Console, check_in: &CheckIn) -> Result<Vec<Change>, String> {
    let serial = check_in.serial.as_deref();
    if let Some(serial) = serial
        && console.drive(serial).is_none()
    {
        return Err(format!("there is no drive `{serial}`"));
    }
    let is_meant = |drive: &&mut Drive| serial.is_none_or(|serial| drive.serial == serial);
    let at = Whereabouts {
        ip: check_in.ip,
        country: check_in.country.as_deref(),
        isp: check_in.isp.as_deref(),
    };
    let mut changes = Vec::new();
    for user in console.users.values() {
        let is_permitted = permits(&console.settings_of(user).geofence, &at);
        let mut user = user.clone();
        let mut drives = user.drives.iter_mut().filter(is_meant).peekable();
        if drives.peek().is_none() {
            continue;
        }
        for drive in drives {
            drive.status = drive.status.clone().checked_in();
            fence(drive, is_permitted);
            drive.updated = true;
            drive.last_used = Some(console.server.now.clone());
            drive.last_ip = check_in.ip.or(drive.last_ip);
        }
        user.updated = true;
        user.last_login = Some(console.server.now.clone());
        user.last_ip = check_in.ip.or(user.last_ip);
        changes.push(Change::User(Box::new(user)));
    }
    Ok(changes)
}

/// A geofence denies access to a drive in use, and gives back what it denied, and not what an admin did \[15\]\[16\].
fn fence(drive: &mut Drive, is_permitted: bool) {
    if drive.status == Status::InUse && !is_permitted {
        drive.status = Status::DeniedAccess;
        drive.fenced = true;
    } else if drive.fenced && drive.status == Status::DeniedAccess && is_permitted {
        drive.status = Status::InUse;
        drive.fenced = false;
    }
}
