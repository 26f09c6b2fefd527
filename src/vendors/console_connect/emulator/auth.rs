//! Who asks: API keys, the deprecated session tokens, logging in and out, and the current user.

use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::call::Call;
use super::desk::Desk;
use super::refusal::Refusal;
use super::route::Route;
use super::row::User;
use super::session::{Sessions, Worth};
use super::site::Site;
use super::{company, member, state, user};

/// The rules for those who are logged in.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "api/auth/token", current),
    Route::new("DELETE", "api/auth/token", log_out),
];

/// The header of session tokens.
const TOKEN: &str = "portal-token";

/// Whether a request is the log-in, which nobody needs to be logged in for.
pub(crate) fn is_login(method: &str, path: &str) -> bool {
    method == "PUT" && path == "/api/auth/token"
}

/// The session token of a request.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    headers.get(TOKEN)?.to_str().ok()
}

/// Finds out who asks. Assumed: with both an API key and a token, the key counts; a key or token that is not known is
/// answered as if there were none.
pub(crate) fn caller(site: &Site, sessions: &Sessions, call: &Call) -> Result<User, Refusal> {
    let authorization = call.headers.get(header::AUTHORIZATION);
    if let Some(authorization) = authorization {
        let key = authorization.to_str().ok();
        let key = key.and_then(|text| text.strip_prefix("Bearer "));
        let owner = key.and_then(|key| site.owner(key));
        return owner.cloned().ok_or_else(Refusal::stranger);
    }
    let token = token(&call.headers).ok_or_else(Refusal::stranger)?;
    match sessions.worth(token, life(site), Instant::now()) {
        Worth::User(name) => {
            let user = site.users.get(&name);
            user.cloned().ok_or_else(Refusal::stranger)
        }
        Worth::LoggedOut => Err(Refusal::logged_out()),
        Worth::Nothing => Err(Refusal::stranger()),
    }
}

fn life(site: &Site) -> Duration {
    Duration::from_secs(site.sessions.idle_minutes.saturating_mul(60))
}

/// Logs in by e-mail and password.
pub(crate) fn log_in(site: &Site, sessions: &Sessions, call: &Call) -> Outcome {
    let members = call.members()?;
    let (email, password) = (members.required("email")?, members.required("password")?);
    // Assumed: e-mail addresses are compared without regard to case.
    let user = site.users.values().find(|user| {
        user.email.eq_ignore_ascii_case(email) && user.password.as_deref() == Some(password)
    });
    let user = user.ok_or_else(Refusal::wrong_password)?;
    let token = sessions.begin(&user.username, life(site), Instant::now());
    let token = token.ok_or_else(Refusal::wrong_password)?;
    Answer::ok(show(site, user, Some(&token)))
}

/// Shows the current user, with the memberships and what their roles allow.
fn show(site: &Site, user: &User, token: Option<&str>) -> Value {
    let memberships: Vec<_> = site.memberships_of(&user.username).collect();
    let companies = memberships
        .iter()
        .filter(|it| it.state == state::Membership::Active)
        .filter_map(|it| site.companies.get(&it.company))
        .map(|it| company::show(site, it))
        .collect::<Vec<_>>();
    let links = memberships.iter().filter_map(|membership| {
        let company = site.companies.get(&membership.company)?;
        Some((company.id.to_string(), member::show(site, membership)))
    });
    let mut shown = user::profile(site, user);
    shown.insert("email".to_owned(), json!(user.email));
    shown.insert("companies".to_owned(), json!(companies));
    shown.insert(
        "linkUserCompany".to_owned(),
        Value::Object(links.collect::<Map<_, _>>()),
    );
    shown.insert("token".to_owned(), json!(token));
    Value::Object(shown)
}

fn current(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    Answer::ok(show(desk.site(), &desk.me, desk.token))
}

/// Logs out. Assumed: an API key, which is no session, is not harmed by it.
fn log_out(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    if let Some(token) = desk.token {
        desk.sessions.end(token);
    }
    Answer::ok(json!({}))
}
