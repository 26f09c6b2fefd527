//! Who is signed in: tokens, session cookies, and the second factor that stands between the two.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::HEXLOWER;
use ring::rand::{SecureRandom, SystemRandom};

/// The name of the session's cookie.
pub(crate) const COOKIE: &str = "ASP.NET_SessionId";

/// How long a session lives without a request.
const IDLE: Duration = Duration::from_secs(20 * 60);

/// The sessions and tokens that were given out and have not expired.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<Open>);

#[derive(Default)]
struct Open {
    sessions: HashMap<String, Session>,
    tokens: HashMap<String, (u64, Instant)>,
}

struct Session {
    user: u64,
    until: Instant,
    /// Whether the second factor is still to come.
    is_pending: bool,
}

impl Sessions {
    /// Opens a session, and returns its cookie's value.
    pub(crate) fn begin(&self, user: u64, is_pending: bool, now: Instant) -> Option<String> {
        let cookie = random()?;
        let mut open = self.open();
        open.sessions.retain(|_, session| session.until > now);
        let until = now + IDLE;
        let session = Session {
            user,
            until,
            is_pending,
        };
        open.sessions.insert(cookie.clone(), session);
        Some(cookie)
    }

    /// The user of a request's session, which lives on from now.
    pub(crate) fn user(&self, headers: &HeaderMap, now: Instant) -> Option<u64> {
        let mut open = self.open();
        let session = open.sessions.get_mut(cookie(headers)?)?;
        if session.until <= now || session.is_pending {
            return None;
        }
        session.until = now + IDLE;
        Some(session.user)
    }

    /// Whether a request's session is one in which the user was asked for the second factor.
    pub(crate) fn is_pending(&self, headers: &HeaderMap, user: u64, now: Instant) -> bool {
        let open = self.open();
        let session = cookie(headers).and_then(|cookie| open.sessions.get(cookie));
        session.is_some_and(|it| it.is_pending && it.user == user && it.until > now)
    }

    /// Opens the session of a request to a user who has answered, and returns its cookie's value, which stays.
    pub(crate) fn confirm(&self, headers: &HeaderMap, user: u64, now: Instant) -> Option<String> {
        let mut open = self.open();
        let cookie = cookie(headers)?;
        let session = open.sessions.get_mut(cookie)?;
        if session.user != user || session.until <= now {
            return None;
        }
        session.is_pending = false;
        session.until = now + IDLE;
        Some(cookie.to_owned())
    }

    /// Ends all sessions of the user of a request's session.
    pub(crate) fn end(&self, headers: &HeaderMap) {
        let mut open = self.open();
        let session = cookie(headers).and_then(|cookie| open.sessions.get(cookie));
        if let Some(user) = session.map(|session| session.user) {
            open.sessions.retain(|_, session| session.user != user);
        }
    }

    /// Gives out a token.
    pub(crate) fn token(&self, user: u64, life: Duration, now: Instant) -> Option<String> {
        let token = random()?;
        let mut open = self.open();
        open.tokens.retain(|_, (_, until)| *until > now);
        let until = now.checked_add(life)?;
        open.tokens.insert(token.clone(), (user, until));
        Some(token)
    }

    /// The user of a token.
    pub(crate) fn bearer(&self, token: &str, now: Instant) -> Option<u64> {
        let (user, until) = self.open().tokens.get(token).copied()?;
        (until > now).then_some(user)
    }

    /// Forgets every session and token.
    pub(crate) fn expire(&self) {
        *self.open() = Open::default();
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn random() -> Option<String> {
    let mut random = [0; 16];
    SystemRandom::new().fill(&mut random).ok()?;
    Some(HEXLOWER.encode(&random))
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let texts = cookies.filter_map(|cookies| cookies.to_str().ok());
    texts.flat_map(|text| text.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then_some(value)
    })
}

/// The header that sets a session's cookie. Assumed: it is never `Secure`, for many clients drop such cookies where
/// the emulator is served without TLS.
pub(crate) fn set_cookie(cookie: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{COOKIE}={cookie}; path=/; HttpOnly")).ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use axum::http::{HeaderMap, header};

    use super::{COOKIE, Sessions};

    #[test]
    fn a_session_lives_as_long_as_it_is_used() {
        let sessions = Sessions::default();
        let begin = Instant::now();
        let cookie = sessions.begin(7, false, begin).unwrap();
        let mut headers = HeaderMap::new();
        let cookies = format!("other=1; {COOKIE}={cookie}");
        headers.insert(header::COOKIE, cookies.parse().unwrap());
        let at = |minutes: u64| begin + Duration::from_secs(60 * minutes);
        assert_eq!(sessions.user(&headers, at(19)), Some(7));
        assert_eq!(sessions.user(&headers, at(38)), Some(7));
        assert_eq!(sessions.user(&headers, at(58)), None);
    }

    #[test]
    fn a_token_lives_as_long_as_its_registration_says() {
        let sessions = Sessions::default();
        let begin = Instant::now();
        let life = Duration::from_secs(60);
        let token = sessions.token(7, life, begin).unwrap();
        assert_eq!(sessions.bearer(&token, begin), Some(7));
        assert_eq!(sessions.bearer(&token, begin + life), None);
    }
}
