//! Users: `find_users`, which the vendor documents, and `manage_user`, of which public code shows `edit`. Assumed: its
//! verbs `add` and `delete`.

use serde_json::{Value, json};

use super::answer::{Outcome, written};
use super::console::{Change, Console};
use super::desk::Desk;
use super::list::{Key, Place};
use super::refusal::Refusal;
use super::seed::User;
use super::{clock, drive};

/// By which users can be sorted. Assumed: all but the first.
const COLUMNS: &[&str] = &[
    "last_login",
    "id",
    "cn",
    "email",
    "acquired_date",
    "last_ip",
];

/// Lists users with their drives.
pub(crate) fn find(desk: &mut Desk<'_>) -> Outcome {
    let console = desk.console();
    let columns = if console.quirks.fixed_order {
        &COLUMNS[..1]
    } else {
        COLUMNS
    };
    let page = desk.page(columns)?;
    let is_wanted = |user: &&User| {
        let own = [user.name.as_str(), user.email.as_str()];
        let serials = user.drives.iter().map(|drive| drive.serial.as_str());
        desk.token.sees(console.path_of(user)) && page.finds(own.into_iter().chain(serials))
    };
    let mut rows: Vec<_> = console.users.values().filter(is_wanted).collect();
    page.sort(&mut rows, |user, column| key(user, column));
    let answer = page.show(&rows, |user| show(console, user));
    if let Some(last) = rows.last().filter(|_| console.quirks.restless) {
        let logins = console
            .users
            .values()
            .filter_map(|it| it.last_login.as_ref());
        let latest = logins.max().unwrap_or(&console.server.now);
        let restless = User {
            last_login: Some(clock::after(latest)),
            ..(*last).clone()
        };
        desk.commit(Change::User(Box::new(restless)))?;
    }
    Ok(answer)
}

fn key(user: &User, column: &str) -> Key {
    match column {
        "id" => Some(Place::Number(user.id)),
        "cn" => Place::text(&user.name),
        "email" => Place::text(&user.email),
        "acquired_date" => Place::text(&user.acquired),
        "last_ip" => user.last_ip.map(|ip| Place::Text(ip.to_string())),
        _ => Place::maybe(user.last_login.as_ref()),
    }
}

fn show(console: &Console, user: &User) -> Value {
    let path = console.path_of(user);
    let governing = console.governing(path);
    let (policy, kind) = match &user.policy {
        Some(own) => (Some(own), "USER"),
        None if governing.path == console.server.default_path => {
            (governing.policy.as_ref(), "DEFAULT")
        }
        None => (governing.policy.as_ref(), "OU"),
    };
    let drives = user.drives.iter().map(|it| drive::show(user, it));
    let mut shown = json!({
        "id": user.id,
        "cn": user.name,
        "email": user.email,
        "ou": console.ous.get(path).map(|ou| ou.id),
        "policyId": policy.map(|policy| policy.id),
        "policyType": kind,
        "hasPolicy": user.policy.is_some(),
        "isUpdated": user.updated,
        "acquired_date": user.acquired,
        "safesticks": drives.collect::<Vec<_>>(),
    });
    // Assumed: of somebody who was never seen, the keys are not there.
    if let Some(last_login) = &user.last_login {
        shown["last_login"] = json!(last_login);
        if let (Some(ip), Some(place)) = (user.last_ip, &user.place) {
            shown["geolocation"] = place.show(ip, last_login);
        }
    }
    if let Some(ip) = user.last_ip {
        shown["last_ip"] = json!(ip.to_string());
    }
    shown
}

/// Changes, adds or deletes a user.
pub(crate) fn manage(desk: &mut Desk<'_>) -> Outcome {
    let verb = desk.verb()?;
    match verb.as_str() {
        "edit" => edit(desk),
        "add" if desk.console().assumed_actions => add(desk),
        "delete" if desk.console().assumed_actions => delete(desk),
        _ => Err(Refusal::unknown_action(&verb)),
    }
}

/// Assumed: what is not sent stays; display names repeat and addresses do not; a path that does not exist is refused.
fn edit(desk: &mut Desk<'_>) -> Outcome {
    let old = desk.user("userid")?;
    let mut user = old.clone();
    if let Some(name) = name(desk)? {
        user.name = name;
    }
    if let Some(email) = email(desk, Some(user.id))? {
        user.email = email;
    }
    if let Some(path) = desk.path("oupath")? {
        user.path = desk.console().kept_path(&path);
    }
    let token = desk.console().registration_token(&user);
    // The record tells of names and addresses and not of the path [5, derived].
    let data = json!({
        "old_email": old.email,
        "email": user.email,
        "old_username": old.name,
        "username": user.name,
    });
    desk.commit(Change::User(Box::new(user)))?;
    Ok(written(
        json!({ "token": token }),
        desk.log("update_user", &data),
    ))
}

fn add(desk: &mut Desk<'_>) -> Outcome {
    let name = name(desk)?.ok_or_else(|| Refusal::missing("username"))?;
    let email = email(desk, None)?.ok_or_else(|| Refusal::missing("email"))?;
    let path = desk.path("oupath")?;
    let console = desk.console();
    let path = path.unwrap_or_else(|| console.server.default_path.clone());
    desk.demand(&path)?;
    let user = User::fresh(console, name, email, &path);
    let token = console.registration_token(&user);
    let response = json!({ "userid": user.id, "token": token });
    let data = json!({ "username": user.name, "email": user.email });
    desk.commit(Change::User(Box::new(user)))?;
    Ok(written(response, desk.log("add_user", &data)))
}

/// Assumed: a user whose drives are still alive is not deleted.
fn delete(desk: &mut Desk<'_>) -> Outcome {
    let user = desk.user("userid")?;
    let mut drives = user.drives.iter();
    if let Some(drive) = drives.find(|drive| !drive.status.is_final()) {
        let serial = &drive.serial;
        return Err(Refusal::failed(format!(
            "The user still owns the device {serial}"
        )));
    }
    let data = json!({ "username": user.name, "email": user.email });
    desk.commit(Change::UserGone(user.id))?;
    Ok(written(json!({}), desk.log("delete_user", &data)))
}

fn name(desk: &Desk<'_>) -> Result<Option<String>, Refusal> {
    match desk.parameters.text("username")?.map(str::trim) {
        Some("") => Err(Refusal::failed("The user name is empty")),
        name => Ok(name.map(str::to_owned)),
    }
}

/// Reads an address that is nobody else's.
fn email(desk: &Desk<'_>, own: Option<u64>) -> Result<Option<String>, Refusal> {
    let Some(email) = desk.parameters.text("email")?.map(str::trim) else {
        return Ok(None);
    };
    let (local, domain) = email.split_once('@').unwrap_or_default();
    if local.is_empty() || domain.is_empty() || email.contains(char::is_whitespace) {
        return Err(Refusal::failed(format!("Invalid email address: {email}")));
    }
    let taken = desk.console().with_email(email);
    if taken.is_some_and(|user| Some(user.id) != own) {
        return Err(Refusal::failed(format!(
            "The email address is already in use: {email}"
        )));
    }
    Ok(Some(email.to_owned()))
}

impl User {
    /// A user who has no drives and was never seen.
    pub(crate) fn fresh(console: &Console, name: String, email: String, path: &str) -> Self {
        Self {
            id: console.next.user,
            name,
            email,
            path: console.kept_path(path),
            policy: None,
            token: None,
            acquired: console.server.now.clone(),
            last_login: None,
            last_ip: None,
            place: None,
            updated: false,
            drives: Vec::new(),
        }
    }
}
