//! The ways into a session: an API key with the user it runs as, or a token of an application user. A refusal does
//! not tell which of the rules failed.

use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::call::Call;
use super::refusal::Refusal;
use super::row::Kind;
use super::seed::User;
use super::session::{Sessions, set_cookie};
use super::site::Site;

/// Assumed: the words, of which only the sense is documented.
const REFUSED: &str = "One or more authentication rules failed.";

const SECOND_FACTOR: HeaderName = HeaderName::from_static("www-authenticate-2fa");

/// What `PS-Auth` says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Key {
    key: String,
    runas: String,
    pwd: Option<String>,
    challenge: Option<String>,
}

/// Answers `Auth/SignAppIn`.
pub(crate) fn sign_in(site: &Site, sessions: &Sessions, call: &Call) -> Response {
    if let Some(closed) = site.quirks.sign_in {
        return Refusal::bare(closed.status()).answer(false);
    }
    let now = Instant::now();
    let header = call.headers.get(header::AUTHORIZATION);
    let header = header.and_then(|header| header.to_str().ok());
    let (scheme, rest) = header
        .and_then(|it| it.trim().split_once(' '))
        .unwrap_or_default();
    let mut challenge = None;
    let user = if scheme.eq_ignore_ascii_case("ps-auth") {
        let key = Key::read(rest);
        let user = by_key(site, &key);
        challenge = key.challenge;
        user
    } else if scheme.eq_ignore_ascii_case("bearer") {
        let user = sessions.bearer(rest.trim(), now);
        user.and_then(|id| site.users.get(id))
            .filter(|user| is_welcome(site, user))
            .filter(|user| has_access_policy(site, user))
    } else {
        None
    };
    let Some(user) = user else {
        return refused();
    };
    if let Some(factor) = &user.second_factor {
        let is_asked = sessions.is_pending(&call.headers, user.id, now);
        match challenge {
            Some(code) if is_asked && code == factor.code => {}
            // Assumed: a wrong code is refused as everything else is, and the question stands.
            Some(_) if is_asked => return refused(),
            _ => return ask(sessions, user.id, &factor.prompt, now),
        }
    }
    let body = json!({
        "UserId": user.id,
        "SID": null,
        "EmailAddress": user.email,
        "UserName": user.name,
        "Name": user.display_name(),
    });
    let mut response = Json(body).into_response();
    let kept = match user.second_factor {
        Some(_) => sessions.confirm(&call.headers, user.id, now),
        None => None,
    };
    let cookie = kept.or_else(|| sessions.begin(user.id, false, now));
    enter(&mut response, cookie);
    response
}

fn enter(response: &mut Response, cookie: Option<String>) {
    match cookie.as_deref().and_then(set_cookie) {
        Some(cookie) => {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        None => *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn refused() -> Response {
    (StatusCode::UNAUTHORIZED, Json(REFUSED)).into_response()
}

/// Asks for the second factor, in a session that is good for nothing else yet.
fn ask(sessions: &Sessions, user: u64, prompt: &str, now: Instant) -> Response {
    let mut response = refused();
    if let Ok(prompt) = HeaderValue::from_str(prompt) {
        response.headers_mut().insert(SECOND_FACTOR, prompt);
    }
    enter(&mut response, sessions.begin(user, true, now));
    response
}

/// Whether a user may sign in at all. Assumed: whoever is inactive or in quarantine may not.
fn is_welcome(site: &Site, user: &User) -> bool {
    user.active && !user.quarantined && site.groups_of(user.id).any(|group| group.active)
}

fn has_access_policy(site: &Site, user: &User) -> bool {
    let registration = user.registration.and_then(|id| site.registrations.get(&id));
    user.kind == Kind::Application && registration.is_some_and(|it| it.active && it.key.is_none())
}

fn by_key<'a>(site: &'a Site, key: &Key) -> Option<&'a User> {
    let registration = site
        .registrations
        .values()
        .find(|registration| registration.key.as_ref() == Some(&key.key))
        .filter(|registration| registration.active)?;
    let user = site.users.named(&key.runas)?;
    let mut groups = site.groups_of(user.id).filter(|group| group.active);
    let is_assigned = groups.any(|group| group.registrations.contains(&registration.id));
    // Assumed: a password that nobody asks for is not looked at.
    let is_proven =
        !registration.password_required || user.password.is_some() && user.password == key.pwd;
    (is_welcome(site, user) && is_assigned && is_proven).then_some(user)
}

impl Key {
    /// Reads `key=..; runas=..; pwd=[..]; challenge=..;` in any order, with or without spaces and a semicolon at the
    /// end. The brackets are part of the syntax, so a password may have semicolons.
    fn read(text: &str) -> Self {
        let mut key = Self::default();
        let mut rest = text.trim();
        while let Some((name, after)) = rest.split_once('=') {
            let (value, after) = match after.trim_start().strip_prefix('[') {
                Some(inner) => inner
                    .split_once("];")
                    .or_else(|| inner.split_once(']'))
                    .unwrap_or((inner, "")),
                None => after.split_once(';').unwrap_or((after, "")),
            };
            match name.trim().to_lowercase().as_str() {
                "key" => value.trim().clone_into(&mut key.key),
                "runas" => value.trim().clone_into(&mut key.runas),
                "pwd" => key.pwd = Some(value.to_owned()),
                "challenge" => key.challenge = Some(value.trim().to_owned()),
                _ => {}
            }
            rest = after.trim_start_matches([';', ' ']);
        }
        key
    }
}

/// Answers `Auth/Connect/Token`. Assumed: failures are those of RFC 6749, all with status 400.
pub(crate) fn token(site: &Site, sessions: &Sessions, call: &Call) -> Response {
    let form: Vec<_> = url::form_urlencoded::parse(&call.body).collect();
    let field = |name: &str| {
        let pair = form.iter().find(|(field, _)| field == name);
        pair.map(|(_, value)| value.as_ref()).unwrap_or_default()
    };
    let fail = |error: &str| {
        let body = Json(json!({ "error": error }));
        (StatusCode::BAD_REQUEST, body).into_response()
    };
    if field("grant_type") != "client_credentials" {
        return fail("unsupported_grant_type");
    }
    let (id, secret) = (field("client_id"), field("client_secret"));
    let is_client = |user: &&User| {
        user.active
            && user
                .client_id
                .is_some_and(|it| it.to_string() == id.to_lowercase())
            && user.client_secret.as_deref() == Some(secret)
    };
    let Some(user) = site.users.iter().find(is_client) else {
        return fail("invalid_client");
    };
    let registration = user.registration.and_then(|id| site.registrations.get(&id));
    let minutes = registration.map_or(60, |registration| registration.token_minutes);
    let life = Duration::from_secs(minutes.saturating_mul(60));
    match sessions.token(user.id, life, Instant::now()) {
        Some(token) => Json::<Value>(json!({
            "access_token": token,
            "expires_in": life.as_secs(),
            "token_type": "Bearer",
            "scope": "publicapi",
        }))
        .into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn a_key_is_read_however_it_is_spaced() {
        let whole = Key {
            key: "k".to_owned(),
            runas: "d\\u".to_owned(),
            pwd: Some("a;b]=c ".to_owned()),
            challenge: Some("1".to_owned()),
        };
        for text in [
            "key=k; runas=d\\u; pwd=[a;b]=c ]; challenge=1;",
            "key=k;runas=d\\u;pwd=[a;b]=c ];challenge=1",
            "challenge=1; runas=d\\u; KEY = k ; pwd=[a;b]=c ];",
        ] {
            assert_eq!(Key::read(text), whole, "{text}");
        }
        assert_eq!(Key::read("nonsense"), Key::default());
        assert_eq!(Key::read("key=k;pwd=[p]").pwd.as_deref(), Some("p"));
    }
}
