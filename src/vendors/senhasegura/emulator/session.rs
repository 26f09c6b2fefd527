//! The tokens that were given out, and whose they are.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use data_encoding::HEXLOWER;
use ring::rand::{SecureRandom, SystemRandom};

use super::seed::Tokens;

/// The tokens that were given out and have not expired.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Session>>);

struct Session {
    /// The id of the client.
    client: String,
    until: Instant,
    /// For how many more requests it is good, if they are counted.
    requests: Option<u64>,
}

impl Sessions {
    /// Gives a client a token.
    pub(crate) fn begin(&self, client: &str, tokens: &Tokens, now: Instant) -> Option<String> {
        let mut random = [0; 48];
        SystemRandom::new().fill(&mut random).ok()?;
        let (claims, signature) = random.split_at(24);
        // It looks like the vendor's token, and says nothing.
        let token = format!(
            "eyJhbGciOiJSUzI1NiJ9.{}.{}",
            HEXLOWER.encode(claims),
            HEXLOWER.encode(signature)
        );
        let mut sessions = self.sessions();
        sessions.retain(|_, session| session.until > now);
        let session = Session {
            client: client.to_owned(),
            until: now.checked_add(Duration::from_secs(tokens.seconds))?,
            requests: tokens.requests,
        };
        sessions.insert(token.clone(), session);
        Some(token)
    }

    /// The id of the client whose token a request bears, if the token is still good.
    pub(crate) fn client(&self, headers: &HeaderMap, now: Instant) -> Option<String> {
        let (scheme, token) = authorization(headers)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let mut sessions = self.sessions();
        let session = sessions.get_mut(token)?;
        if session.until <= now {
            return None;
        }
        if let Some(requests) = &mut session.requests {
            *requests = requests.checked_sub(1)?;
        }
        Some(session.client.clone())
    }

    /// Forgets every token.
    pub(crate) fn expire(&self) {
        self.sessions().clear();
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The scheme and the rest of a request's authorization.
pub(crate) fn authorization(headers: &HeaderMap) -> Option<(&str, &str)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    Some((scheme, rest.trim()))
}

/// The tenant that a request is addressed to, which is the first label of its host; nothing if the host is an address.
pub(crate) fn tenant(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let name = host.split(':').next()?;
    let (tenant, rest) = name.split_once('.')?;
    // Of a name, the last label is not a number.
    let last = rest.rsplit('.').next()?;
    let is_name = !last.is_empty() && !last.bytes().all(|byte| byte.is_ascii_digit());
    is_name.then_some(tenant)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use axum::http::{HeaderMap, header};

    use super::super::seed::Tokens;
    use super::{Sessions, tenant};

    fn bearing(token: &str) -> HeaderMap {
        let value = format!("Bearer {token}").parse().unwrap();
        HeaderMap::from_iter([(header::AUTHORIZATION, value)])
    }

    #[test]
    fn a_token_is_good_for_as_long_as_the_world_says() {
        let sessions = Sessions::default();
        let now = Instant::now();
        for seconds in [3600, 60] {
            let tokens = Tokens {
                seconds,
                ..Tokens::default()
            };
            let headers = bearing(&sessions.begin("a", &tokens, now).unwrap());
            let after = |seconds| sessions.client(&headers, now + Duration::from_secs(seconds));
            assert_eq!(after(seconds - 1).as_deref(), Some("a"));
            assert_eq!(after(seconds), None);
        }
    }

    #[test]
    fn a_token_may_be_good_for_a_number_of_requests() {
        let sessions = Sessions::default();
        let now = Instant::now();
        let tokens = Tokens {
            requests: Some(2),
            ..Tokens::default()
        };
        let headers = bearing(&sessions.begin("a", &tokens, now).unwrap());
        let seen = [(); 3].map(|()| sessions.client(&headers, now).is_some());
        assert_eq!(seen, [true, true, false]);
    }

    #[test]
    fn a_host_that_is_a_name_says_the_tenant() {
        let of = |host: &str| {
            let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
            tenant(&headers).map(str::to_owned)
        };
        assert_eq!(of("acme.example.org:443").as_deref(), Some("acme"));
        for address in ["127.0.0.1:8080", "[::1]:8080", "localhost"] {
            assert_eq!(of(address), None, "{address}");
        }
    }
}
