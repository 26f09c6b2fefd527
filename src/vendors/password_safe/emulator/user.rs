//! Users: those of BeyondInsight and applications are managed, those of directories are only seen.

use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::catalog::{READ, WRITE};
use super::desk::{Answer, Desk, Outcome, number};
use super::guid::Guid;
use super::members::Members;
use super::refusal::Refusal;
use super::route::Route;
use super::row::Kind;
use super::seed::User;
use super::site::Change;

/// The rules of users.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "users", list),
    Route::new("POST", "users", create),
    Route::new("GET", "users/{}", read),
    Route::new("PUT", "users/{}", update),
    Route::new("DELETE", "users/{}", delete),
    Route::new("POST", "users/{}/quarantine", quarantine),
    Route::new("POST", "users/{}/recycleclientsecret", recycle),
];

/// The permission that users and groups need.
pub(crate) const PERMISSION: &str = "User Accounts Management";

/// Shows a user. The client secret is shown only by what has just made it.
pub(crate) fn show(user: &User, client_secret: Option<&str>) -> Value {
    json!({
        "UserID": user.id,
        "UserName": user.name,
        "DomainName": user.domain,
        "DistinguishedName": user.distinguished_name,
        "FirstName": user.first_name,
        "LastName": user.last_name,
        "EmailAddress": user.email,
        "LastLoginDate": null,
        "LastLoginAuthenticationType": null,
        "LastLoginConfigurationName": null,
        "LastLoginSAMLIDPURL": null,
        "LastLoginSSOURL": null,
        "IsQuarantined": user.quarantined,
        "IsActive": user.active,
        "ClientID": user.client_id,
        "ClientSecret": client_secret,
        "AccessPolicyID": user.registration,
        "UserType": user.kind.name(),
    })
}

/// Finds a user.
pub(crate) fn find<'a>(desk: &'a Desk<'_>, id: &str) -> Result<&'a User, Refusal> {
    let user = desk.site().users.get(number(id)?);
    user.ok_or_else(|| Refusal::unknown("User"))
}

/// Lists users, or shows the one with a name. Assumed: a look-up by name does not find inactive users either, unless
/// they are asked for.
fn list(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require(PERMISSION, READ)?;
    let with_inactive = desk.call.flag("includeInactive")?.unwrap_or(false);
    let site = desk.site();
    let is_listed = |user: &&User| with_inactive || user.active;
    if let Some(name) = desk.call.query("username") {
        let user = site.users.named(name).filter(is_listed);
        let user = user.ok_or_else(|| Refusal::unknown("User"))?;
        return Answer::ok(show(user, None));
    }
    let users = site.users.iter().filter(is_listed);
    Answer::ok(users.map(|user| show(user, None)).collect())
}

fn read(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, READ)?;
    Answer::ok(show(find(desk, path[0])?, None))
}

/// Assumed: an address is valid with something on both sides of one `@`.
fn address(members: &Members) -> Result<String, Refusal> {
    let address = members.required("EmailAddress", 255)?;
    match address.split_once('@') {
        Some((name, host)) if !name.is_empty() && !host.is_empty() && !host.contains('@') => {
            Ok(address)
        }
        _ => Err(Refusal::bad("EmailAddress is not valid")),
    }
}

/// Assumed: of the default policy, which passwords of users must satisfy, only the shortest length is looked at.
fn password(desk: &Desk<'_>, password: String) -> Result<String, Refusal> {
    let rule = desk.site().catalog.password_rule(0);
    let shortest = rule.map_or(0, |rule| rule.shortest);
    if (password.chars().count() as u64) < shortest {
        return Err(Refusal::bad(
            "The password does not satisfy the default password policy",
        ));
    }
    Ok(password)
}

/// A name that nobody else has. Assumed: names are compared without regard to case, and a taken one is 400.
fn free_name(desk: &Desk<'_>, name: &str, own: Option<u64>) -> Result<(), Refusal> {
    let taken = desk.site().users.named(name);
    if taken.is_some_and(|user| Some(user.id) != own) {
        return Err(Refusal::bad(format!("User already exists: {name}")));
    }
    Ok(())
}

/// Reads a new user of BeyondInsight.
pub(crate) fn of_beyond_insight(desk: &Desk<'_>, members: &Members) -> Result<User, Refusal> {
    let name = members.required("UserName", 64)?;
    let user = User {
        id: desk.site().users.next(),
        first_name: Some(members.required("FirstName", 64)?),
        last_name: members.text("LastName", 64)?,
        email: Some(address(members)?),
        password: Some(password(desk, members.required("Password", usize::MAX)?)?),
        active: true,
        name,
        ..User::default()
    };
    free_name(desk, &user.name, None)?;
    Ok(user)
}

fn application(desk: &Desk<'_>, members: &Members) -> Result<User, Refusal> {
    let name = members.required("UserName", 64)?;
    free_name(desk, &name, None)?;
    let client_id = Guid::counted(desk.site().next_guid);
    Ok(User {
        id: desk.site().users.next(),
        kind: Kind::Application,
        active: true,
        client_id: Some(client_id),
        client_secret: Some(secret(&client_id.to_string())),
        registration: Some(access_policy(desk, members)?),
        name,
        ..User::default()
    })
}

/// The registration of an application user. Assumed: one that is not there, or is for keys, is 400.
fn access_policy(desk: &Desk<'_>, members: &Members) -> Result<u64, Refusal> {
    let id = members.required_number("AccessPolicyID")?;
    let registration = desk.site().registrations.get(&id);
    match registration {
        Some(registration) if registration.key.is_none() => Ok(id),
        _ => Err(Refusal::bad("Invalid AccessPolicyID")),
    }
}

/// A client secret of 64 characters. The same requests make the same secrets.
fn secret(salt: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, format!("client secret {salt}").as_bytes()).as_ref())
}

/// Creates a user. Assumed: nobody is in the emulator's directories, so no user can be taken from them.
fn create(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    desk.require(PERMISSION, WRITE)?;
    let members = desk.call.members()?;
    let kind = members.required("UserType", 64)?;
    let user = match Kind::read(&kind) {
        Some(Kind::BeyondInsight) => of_beyond_insight(desk, &members)?,
        Some(Kind::Application) => application(desk, &members)?,
        Some(Kind::ActiveDirectory | Kind::LdapDirectory | Kind::EntraID) => {
            return Err(Refusal::bad("The directory cannot be reached"));
        }
        None => return Err(Refusal::bad("Invalid UserType")),
    };
    let shown = show(&user, user.client_secret.as_deref());
    desk.commit(Change::User(Box::new(user)))?;
    Answer::created(shown)
}

/// Changes a user. Assumed: of a user of BeyondInsight, name, first name and address must be sent, and what is
/// optional and left out is cleared; a password, and the flags, are kept where they are not sent.
fn update(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, WRITE)?;
    let mut user = find(desk, path[0])?.clone();
    if user.kind.is_of_directory() {
        return Err(Refusal::bad("Directory users cannot be updated"));
    }
    let members = desk.call.members()?;
    user.name = members.required("UserName", 64)?;
    if user.kind == Kind::Application {
        user.registration = Some(access_policy(desk, &members)?);
    } else {
        user.first_name = Some(members.required("FirstName", 64)?);
        user.last_name = members.text("LastName", 64)?;
        user.email = Some(address(&members)?);
        let sent = members.text("Password", usize::MAX)?;
        if let Some(sent) = sent.filter(|sent| !sent.is_empty()) {
            user.password = Some(password(desk, sent)?);
        }
    }
    user.active = members.flag("IsActive")?.unwrap_or(user.active);
    let quarantined = members.flag("IsQuarantined")?;
    user.quarantined = quarantined.unwrap_or(user.quarantined);
    free_name(desk, &user.full_name(), Some(user.id))?;
    let shown = show(&user, None);
    desk.commit(Change::User(Box::new(user)))?;
    Answer::ok(shown)
}

/// Deletes a user, their memberships, and what was granted to them. Assumed: nobody can delete themselves.
fn delete(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, WRITE)?;
    let id = find(desk, path[0])?.id;
    if id == desk.me {
        return Err(Refusal::bad("You cannot delete yourself"));
    }
    desk.commit(Change::UserGone(id))?;
    Answer::empty(axum::http::StatusCode::OK)
}

fn quarantine(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, WRITE)?;
    let mut user = find(desk, path[0])?.clone();
    user.quarantined = true;
    let shown = show(&user, None);
    desk.commit(Change::User(Box::new(user)))?;
    Answer::ok(shown)
}

/// Gives an application user a new secret. Assumed: the answer is the user with it.
fn recycle(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.require(PERMISSION, WRITE)?;
    let mut user = find(desk, path[0])?.clone();
    if user.kind != Kind::Application {
        return Err(Refusal::bad("The user is not an application user"));
    }
    let new = secret(user.client_secret.as_deref().unwrap_or_default());
    let shown = show(&user, Some(&new));
    user.client_secret = Some(new);
    desk.commit(Change::User(Box::new(user)))?;
    Answer::created(shown)
}
