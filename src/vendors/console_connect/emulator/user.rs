//! Persons: what everybody may know of them, and what they say of themselves.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::catalog::Flag;
use super::company;
use super::desk::Desk;
use super::refusal::Refusal;
use super::route::Route;
use super::row::User;
use super::site::{Row, Site};

/// The rules of users.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "api/user/{}", read),
    Route::new("POST", "api/user/{}", update),
];

/// What a person may say of themselves beside the name \[3\].
const PROFILE: [&str; 10] = [
    "headline",
    "summary",
    "location",
    "phone",
    "background",
    "role",
    "avatar",
    "tags",
    "optIntoMarketingEmail",
    "settings",
];

/// What everybody who is logged in may know of a person. There is no e-mail address among it \[23\].
pub(crate) fn profile(site: &Site, user: &User) -> Map<String, Value> {
    let said = |name: &str| user.profile.get(name).cloned().unwrap_or_default();
    let tags = match said("tags") {
        Value::String(tags) => json!([tags]),
        Value::Array(tags) => Value::Array(tags),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => json!([]),
    };
    let shown = json!({
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "type": "PERSON",
        "status": "ACTIVE",
        "headline": said("headline"),
        "summary": said("summary"),
        "location": said("location"),
        "background": said("background"),
        "phone": said("phone"),
        "avatarId": null,
        "tags": tags,
        "settings": user.profile.get("settings").cloned().unwrap_or_else(|| json!({})),
        "optIntoMarketingEmail": user.profile.get("optIntoMarketingEmail") == Some(&json!(true)),
        "verified": true,
        "isCloudProvider": false,
        "isFollowing": false,
        "isFollowee": false,
        "online": false,
        "groups": [],
        "following": [],
        "categories": [],
        "createdAt": user.times.created(site.now),
        "updatedAt": user.times.updated(site.now),
        "deleted": false,
        "deletedAt": user.times.shown_deletion(site.now),
    });
    match shown {
        Value::Object(shown) => shown,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

/// Shows a person: with the e-mail address only to themselves, and memberships without their roles \[23\].
fn show(site: &Site, user: &User, is_me: bool) -> Value {
    let mut shown = profile(site, user);
    if is_me {
        shown.insert("email".to_owned(), json!(user.email));
    }
    let links = site.memberships_of(&user.username).filter_map(|it| {
        let company = site.companies.get(&it.company)?;
        let link = json!({
            "id": it.id,
            "userId": user.id,
            "companyId": company.id,
            "state": it.state,
            "createdAt": it.times.created(site.now),
            "updatedAt": it.times.updated(site.now),
            "deleted": false,
        });
        Some((company.id.to_string(), link))
    });
    let links = links.collect::<Map<_, _>>();
    shown.insert("linkUserCompany".to_owned(), Value::Object(links));
    Value::Object(shown)
}

/// Shows a person or, as both are records of one sort, a company.
fn read(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let site = desk.site();
    if let Some(company) = site.companies.get(path[0]) {
        return Answer::ok(company::show(site, company));
    }
    let user = site.users.get(path[0]);
    let user = user.ok_or_else(|| Refusal::unknown("user"))?;
    Answer::ok(show(site, user, user.username == desk.me.username))
}

/// Changes what a person says of themselves, or a company's details by keys such as `company.city`. Assumed: nobody
/// changes another person, and the keys of companies are for companies.
fn update(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    if desk.site().companies.contains_key(path[0]) {
        return update_company(desk, path[0]);
    }
    let mut user = desk.site().users.get(path[0]).cloned();
    let user = user.as_mut().ok_or_else(|| Refusal::unknown("user"))?;
    if user.username != desk.me.username {
        // The refusal speaks of the user's own record, which no company has.
        return Err(Refusal::denied(Flag::CompanyUpdate, user.id, desk.me.id));
    }
    let members = desk.call.members()?;
    if members.get("name").is_some() {
        members.required("name")?.clone_into(&mut user.name);
    }
    for name in PROFILE {
        if let Some(value) = members.given(name) {
            user.profile.insert(name.to_owned(), value.clone());
        }
    }
    user.times.touch(desk.site().now);
    desk.put(Row::User(user.clone()))?;
    Answer::ok(show(desk.site(), user, true))
}

fn update_company(desk: &mut Desk<'_>, username: &str) -> Outcome {
    let mut company = desk.enter(username, Flag::CompanyUpdate)?.clone();
    let members = desk.call.members()?;
    if members.get("name").is_some() {
        members.required("name")?.clone_into(&mut company.name);
    }
    for (name, value) in members.iter() {
        if let Some(name) = name.strip_prefix("company.") {
            company.details.insert(name.to_owned(), value.clone());
        }
    }
    company.times.touch(desk.site().now);
    desk.put(Row::Company(company.clone()))?;
    Answer::ok(company::show(desk.site(), &company))
}
