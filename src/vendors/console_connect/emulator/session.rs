//! Session tokens: given out at log-in, deprecated by the vendor, and remembered after log-out, which is answered in
//! words of its own.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use ring::rand::{SecureRandom, SystemRandom};

/// The tokens that were given out.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Token>>);

enum Token {
    /// Of a user, and until when if nothing is asked.
    Open(String, Instant),
    LoggedOut,
}

/// What a token is worth.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Worth {
    /// It is of this user.
    User(String),
    LoggedOut,
    Nothing,
}

impl Sessions {
    /// Gives out a token: 64 digits, as in every sample.
    pub(crate) fn begin(&self, user: &str, life: Duration, now: Instant) -> Option<String> {
        let mut random = [0; 32];
        SystemRandom::new().fill(&mut random).ok()?;
        let token = HEXLOWER.encode(&random);
        let until = now.checked_add(life)?;
        self.open()
            .insert(token.clone(), Token::Open(user.to_owned(), until));
        Some(token)
    }

    /// Looks a token up, which lives on from now.
    pub(crate) fn worth(&self, token: &str, life: Duration, now: Instant) -> Worth {
        match self.open().get_mut(token) {
            Some(Token::Open(user, until)) if *until > now => {
                *until = now.checked_add(life).unwrap_or(*until);
                Worth::User(user.clone())
            }
            Some(Token::LoggedOut) => Worth::LoggedOut,
            Some(Token::Open(..)) | None => Worth::Nothing,
        }
    }

    /// Logs a token out.
    pub(crate) fn end(&self, token: &str) {
        if let Some(token) = self.open().get_mut(token) {
            *token = Token::LoggedOut;
        }
    }

    /// Forgets every token.
    pub(crate) fn expire(&self) {
        self.open().clear();
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, Token>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Sessions, Worth};

    #[test]
    fn a_token_lives_as_long_as_it_is_used() {
        let sessions = Sessions::default();
        let (begin, hour) = (Instant::now(), Duration::from_secs(3_600));
        let token = sessions.begin("ops", hour, begin).unwrap();
        assert_eq!(token.len(), 64);
        let at = |minutes: u64| {
            let now = begin + Duration::from_secs(60 * minutes);
            sessions.worth(&token, hour, now)
        };
        assert_eq!(at(59), Worth::User("ops".to_owned()));
        assert_eq!(at(118), Worth::User("ops".to_owned()));
        assert_eq!(at(178), Worth::Nothing);
    }

    #[test]
    fn a_token_that_was_logged_out_is_told_from_one_that_never_was() {
        let sessions = Sessions::default();
        let (now, hour) = (Instant::now(), Duration::from_secs(3_600));
        let token = sessions.begin("ops", hour, now).unwrap();
        sessions.end(&token);
        assert_eq!(sessions.worth(&token, hour, now), Worth::LoggedOut);
        assert_eq!(sessions.worth("other", hour, now), Worth::Nothing);
    }
}
