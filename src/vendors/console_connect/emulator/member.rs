//! Who belongs to a company and what they may do there. Nobody can be invited by the API: somebody has asked to join,
//! which is a membership that is `INACTIVE`, or there is nothing to be accepted.
//!
//! Assumed throughout: which refusals there are, but for the 409 to a role that is held already \[24\].

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::catalog::{self, Flag, Role};
use super::desk::Desk;
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Company, Membership};
use super::site::{Row, Site};
use super::{role, state};

/// The rules of memberships.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "v2/companies/{}/members", list),
    Route::new("PUT", "api/company/{}/memberships/{}/roles/{}", give),
    Route::new("DELETE", "api/company/{}/memberships/{}/roles/{}", take),
    Route::new("POST", "api/company/{}/memberships/{}", set_state),
    Route::new("DELETE", "api/company/{}/memberships/{}", remove),
    Route::new("DELETE", "api/company/{}/memberships", leave),
];

/// How many members a list has that is not asked for more. Assumed: the number; that there is one follows from the 0
/// that the vendor's client sends to get everybody \[23\].
const USUAL: usize = 20;

/// Shows a membership, with its roles and what they allow.
pub(crate) fn show(site: &Site, membership: &Membership) -> Value {
    let roles: Vec<&Role> = roles(site, membership);
    let groups = roles
        .iter()
        .map(|role| (role.name.clone(), role::permissions(role)));
    json!({
        "id": membership.id,
        "userId": site.users.get(&membership.user).map(|user| user.id),
        "companyId": site.companies.get(&membership.company).map(|company| company.id),
        "state": membership.state,
        "roleIds": roles.iter().map(|role| role.id).collect::<Vec<_>>(),
        "roles": membership.roles,
        "permissions": {
            "roles": roles.iter().map(|it| role::show(site, it)).collect::<Vec<_>>(),
            "groups": groups.collect::<Map<_, _>>(),
        },
        "createdAt": membership.times.created(site.now),
        "updatedAt": membership.times.updated(site.now),
        "deleted": membership.times.deleted.is_some(),
        "deletedAt": membership.times.shown_deletion(site.now),
    })
}

fn roles<'a>(site: &'a Site, membership: &Membership) -> Vec<&'a Role> {
    let roles = membership.roles.iter();
    roles.filter_map(|name| site.role(name)).collect()
}

/// An entry of the list of members, which does not tell the state.
fn show_entry(site: &Site, membership: &Membership) -> Option<Value> {
    let user = site.users.get(&membership.user)?;
    let profile = super::user::profile(site, user);
    let said = |name: &str| profile.get(name).cloned().unwrap_or_default();
    let roles = roles(site, membership).into_iter();
    Some(json!({
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "createdAt": user.times.created(site.now),
        "joinedDate": membership.times.created(site.now),
        "tags": said("tags"),
        "headline": said("headline"),
        "summary": said("summary"),
        "location": said("location"),
        "background": said("background"),
        "avatar": user.profile.get("avatar"),
        "avatarId": said("avatarId"),
        "isFollowing": false,
        "roles": roles.map(|it| role::show(site, it)).collect::<Vec<_>>(),
    }))
}

/// Lists the members who are active. Assumed: any of them may see it, and nobody else.
fn list(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.company_with(path[0])?;
    let site = desk.site();
    let mine = site.membership(&company.username, &desk.me.username);
    if !mine.is_some_and(is_active) {
        return Err(desk.denied(company, Flag::UserModeration));
    }
    let size = match desk.call.number("pageSize")? {
        None => USUAL,
        Some(0) => usize::MAX,
        Some(size) => size,
    };
    let members = site.members(&company.username).filter(|it| is_active(it));
    let members = members.filter_map(|it| show_entry(site, it));
    Answer::ok(members.take(size).collect())
}

fn is_active(membership: &Membership) -> bool {
    membership.state == state::Membership::Active
}

fn find<'a>(desk: &'a Desk<'_>, company: &str, user: &str) -> Result<&'a Membership, Refusal> {
    let membership = desk.site().membership(company, user);
    membership.ok_or_else(|| Refusal::unknown("membership"))
}

/// The company, a membership of it and a role, if the user may give and take roles. There is one custodian, who is made
/// at the company's verification \[22\].
fn assignable(desk: &Desk<'_>, path: &[&str]) -> Result<(Membership, Role), Refusal> {
    let company = desk.enter(path[0], Flag::UserModeration)?;
    let membership = find(desk, path[0], path[1])?.clone();
    let role = desk.site().role(path[2]);
    let role = role.ok_or_else(|| Refusal::unknown("role"))?.clone();
    if role.keyholder {
        return Err(desk.denied(company, Flag::UserModeration));
    }
    Ok((membership, role))
}

/// Keeps a membership and shows it.
fn keep(desk: &mut Desk<'_>, mut membership: Membership) -> Outcome {
    membership.times.touch(desk.site().now);
    desk.put(Row::Membership(membership.clone()))?;
    Answer::ok(show(desk.site(), &membership))
}

fn give(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let (mut membership, role) = assignable(desk, path)?;
    if !is_active(&membership) {
        return Err(Refusal::conflict("The membership is not active"));
    }
    if !membership.roles.insert(role.name) {
        return Err(Refusal::conflict("The user has the role already"));
    }
    keep(desk, membership)
}

fn take(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let (mut membership, role) = assignable(desk, path)?;
    if role.read_only {
        return Err(Refusal::conflict("The role cannot be taken away"));
    }
    if !membership.roles.remove(&role.name) {
        return Err(Refusal::unknown("role of the user"));
    }
    keep(desk, membership)
}

/// Settles what was asked for: accepts it, denies it, or takes it back.
fn set_state(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.company(path[0])?;
    let members = desk.call.members()?;
    let wanted = members.required("state")?;
    let wanted = serde_json::from_value::<state::Membership>(json!(wanted));
    let is_own_retreat =
        path[1] == desk.me.username && matches!(wanted, Ok(state::Membership::Cancelled));
    if !is_own_retreat {
        desk.require(company, Flag::UserModeration)?;
    }
    let mut membership = find(desk, path[0], path[1])?.clone();
    let wanted = wanted.map_err(|_| Refusal::bad("state is none of those there are"))?;
    let is_asked_for = membership.state == state::Membership::Inactive;
    if !is_asked_for || wanted == state::Membership::Inactive {
        return Err(Refusal::conflict("The membership is in another state"));
    }
    membership.state = wanted;
    if is_active(&membership) {
        membership.roles.insert(catalog::MEMBER.to_owned());
    }
    keep(desk, membership)
}

/// Whether somebody is the custodian of a company. There is one, whom it must not lose \[22\].
fn is_custodian(site: &Site, membership: &Membership) -> bool {
    roles(site, membership).iter().any(|role| role.keyholder)
}

/// Marks a membership as deleted, which cannot be undone by the API.
fn end(desk: &mut Desk<'_>, company: &Company, user: &str) -> Result<Membership, Refusal> {
    let mut membership = find(desk, &company.username, user)?.clone();
    if is_active(&membership) && is_custodian(desk.site(), &membership) {
        return Err(Refusal::conflict(
            "The only Account Admin cannot leave the company",
        ));
    }
    membership.times.delete(desk.site().now);
    desk.put(Row::Membership(membership.clone()))?;
    Ok(membership)
}

fn remove(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.company(path[0])?.clone();
    if path[1] != desk.me.username {
        desk.require(&company, Flag::UserModeration)?;
    }
    end(desk, &company, path[1])?;
    Answer::ok(json!({}))
}

/// Takes the caller out of the company.
fn leave(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.company(path[0])?.clone();
    let me = desk.me.username.clone();
    let membership = end(desk, &company, &me)?;
    Answer::ok(show(desk.site(), &membership))
}
