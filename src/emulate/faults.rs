//! Which requests go wrong, and how, above all emulators. `GET`, `PUT` and `DELETE` of `/_faults` show, set and clear
//! a JSON array of faults `{"on": .., "nth": 3, "from": 3, "vendor": "..", "do": ..}`:
//! - `on`: `login` (a request for a token), `write`, `read` (neither of these) or `any`;
//! - `nth` strikes exactly the n-th matching request since the faults were set, `from` that one and all after it;
//!   without either, every matching request; `vendor` narrows the match to one vendor;
//! - `do`: `{"fail":{"status":500}}`, `"drop_answer"` (the work is done, the connection closed without an answer),
//!   `"drop_request"` (closed without the work), `{"delay":{"ms":50}}`, `{"limit":{"retry_after":1}}` (429, no work),
//!   `"expire_session"` (all tokens die just before the request), `{"cut":{"bytes":100}}` (the work is done, the body
//!   ends early), `"garbage"` (200 with a page of HTML, no work).
//!
//! Delays and expiries add up; of the others the first that strikes is the one that happens.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

/// A rule by which requests go wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    on: On,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nth: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    #[serde(rename = "do")]
    effect: Effect,
}

/// What a fault is looking for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum On {
    Write,
    Read,
    Any,
    Login,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Effect {
    /// Answers with this status, without doing the work.
    Fail { status: u16 },
    /// Does the work and closes the connection without answering.
    DropAnswer,
    /// Closes the connection without doing the work.
    DropRequest,
    /// Waits before doing the work.
    Delay { ms: u64 },
    /// Answers 429 with `Retry-After` in seconds, without doing the work.
    Limit { retry_after: u64 },
    /// Makes all tokens invalid before the work.
    ExpireSession,
    /// Does the work and sends at most this much of the answer's body.
    Cut { bytes: usize },
    /// Answers 200 with a page of HTML, without doing the work.
    Garbage,
}

impl Effect {
    /// The word for it in faults and in the journal.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fail { .. } => "fail",
            Self::DropAnswer => "drop_answer",
            Self::DropRequest => "drop_request",
            Self::Delay { .. } => "delay",
            Self::Limit { .. } => "limit",
            Self::ExpireSession => "expire_session",
            Self::Cut { .. } => "cut",
            Self::Garbage => "garbage",
        }
    }
}

/// What a request is, as far as faults tell requests apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Login,
    Write,
    Read,
}

/// All that happens to one request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Strike {
    pub delay: Option<Duration>,
    pub expire: bool,
    /// Never a delay or an expiry.
    pub effect: Option<Effect>,
}

impl Strike {
    /// The word for the gravest part, for the journal.
    pub(crate) fn name(&self) -> Option<&'static str> {
        let lesser = match (self.expire, self.delay) {
            (true, _) => Some(Effect::ExpireSession.name()),
            (false, Some(_)) => Some(Effect::Delay { ms: 0 }.name()),
            (false, None) => None,
        };
        self.effect.map(Effect::name).or(lesser)
    }
}

/// The faults of one server, and how many requests each has seen.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Armed>>);

struct Armed {
    fault: Fault,
    seen: u64,
}

impl Faults {
    /// Reads and sets faults, with all counting begun anew; the error says which member is wrong.
    pub(crate) fn set(&self, json: &[u8], vendors: &[&str]) -> Result<(), String> {
        let faults: Vec<Fault> = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        for fault in &faults {
            fault.check(vendors)?;
        }
        *self.armed() = faults
            .into_iter()
            .map(|fault| Armed { fault, seen: 0 })
            .collect();
        Ok(())
    }

    /// Copies the faults, in the shape in which they are set.
    pub(crate) fn list(&self) -> Vec<Fault> {
        self.armed()
            .iter()
            .map(|armed| armed.fault.clone())
            .collect()
    }

    /// Removes all faults.
    pub(crate) fn clear(&self) {
        self.armed().clear();
    }

    /// Counts a request and tells what happens to it.
    pub(crate) fn strike(&self, vendor: &str, sort: Sort) -> Strike {
        let mut strike = Strike::default();
        for armed in self.armed().iter_mut() {
            if !armed.fault.matches(vendor, sort) {
                continue;
            }
            armed.seen += 1;
            if !armed.fault.fires(armed.seen) {
                continue;
            }
            match armed.fault.effect {
                Effect::Delay { ms } => {
                    let so_far = strike.delay.unwrap_or_default();
                    strike.delay = Some(so_far.saturating_add(Duration::from_millis(ms)));
                }
                Effect::ExpireSession => strike.expire = true,
                effect @ (Effect::Fail { .. }
                | Effect::DropAnswer
                | Effect::DropRequest
                | Effect::Limit { .. }
                | Effect::Cut { .. }
                | Effect::Garbage) => {
                    strike.effect.get_or_insert(effect);
                }
            }
        }
        strike
    }

    fn armed(&self) -> MutexGuard<'_, Vec<Armed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fault {
    fn check(&self, vendors: &[&str]) -> Result<(), String> {
        if self.nth.is_some() && self.from.is_some() {
            return Err("`nth` and `from` exclude each other".to_owned());
        }
        if self.nth.or(self.from) == Some(0) {
            return Err("`nth` and `from` count from 1".to_owned());
        }
        if let Some(vendor) = &self.vendor
            && !vendors.contains(&vendor.as_str())
        {
            let known = vendors.join(", ");
            return Err(format!("`vendor`: `{vendor}` is not one of: {known}"));
        }
        if let Effect::Fail { status } = self.effect
            && (!(200..=599).contains(&status) || StatusCode::from_u16(status).is_err())
        {
            return Err(format!("`status`: {status} is not from 200 to 599"));
        }
        Ok(())
    }

    fn matches(&self, vendor: &str, sort: Sort) -> bool {
        let of_vendor = self.vendor.as_deref().is_none_or(|wanted| wanted == vendor);
        let of_sort = match self.on {
            On::Any => true,
            On::Login => sort == Sort::Login,
            On::Write => sort == Sort::Write,
            On::Read => sort == Sort::Read,
        };
        of_vendor && of_sort
    }

    fn fires(&self, seen: u64) -> bool {
        self.nth.is_none_or(|nth| seen == nth) && self.from.is_none_or(|from| seen >= from)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Effect, Faults, Sort};

    fn faults(json: &str) -> Faults {
        let faults = Faults::default();
        faults.set(json.as_bytes(), &["acme", "other"]).unwrap();
        faults
    }

    fn refusal(json: &str) -> String {
        Faults::default()
            .set(json.as_bytes(), &["acme"])
            .unwrap_err()
    }

    fn struck(faults: &Faults, sort: Sort, times: usize) -> Vec<bool> {
        (0..times)
            .map(|_| faults.strike("acme", sort).effect.is_some())
            .collect()
    }

    #[test]
    fn nth_strikes_once_and_from_strikes_ever_after() {
        let nth = faults(r#"[{"on":"write","nth":2,"do":"drop_answer"}]"#);
        assert_eq!(struck(&nth, Sort::Write, 4), [false, true, false, false]);
        let from = faults(r#"[{"on":"write","from":2,"do":"drop_answer"}]"#);
        assert_eq!(struck(&from, Sort::Write, 4), [false, true, true, true]);
    }

    #[test]
    fn a_fault_counts_only_what_it_is_on() {
        let faults = faults(r#"[{"on":"write","vendor":"acme","nth":2,"do":"garbage"}]"#);
        assert_eq!(struck(&faults, Sort::Read, 3), [false; 3]);
        assert_eq!(struck(&faults, Sort::Login, 3), [false; 3]);
        assert_eq!(faults.strike("other", Sort::Write).effect, None);
        assert_eq!(struck(&faults, Sort::Write, 2), [false, true]);
    }

    #[test]
    fn delays_add_up_and_the_first_other_effect_happens() {
        let faults = faults(
            r#"[{"on":"any","do":{"delay":{"ms":20}}}, {"on":"any","do":{"delay":{"ms":30}}},
                {"on":"any","do":"expire_session"},
                {"on":"any","do":{"fail":{"status":500}}}, {"on":"any","do":"garbage"}]"#,
        );
        let strike = faults.strike("acme", Sort::Read);
        assert_eq!(strike.delay, Some(Duration::from_millis(50)));
        assert!(strike.expire);
        assert_eq!(strike.effect, Some(Effect::Fail { status: 500 }));
        assert_eq!(strike.name(), Some("fail"));
    }

    #[test]
    fn an_unknown_member_is_refused_by_name() {
        let cases = [
            (r#"[{"on":"any","evry":1,"do":"garbage"}]"#, "`evry`"),
            (r#"[{"on":"any","do":{"fail":{"staus":500}}}]"#, "`staus`"),
            (r#"[{"on":"writes","do":"garbage"}]"#, "`writes`"),
            (r#"[{"on":"any"}]"#, "`do`"),
            (r#"[{"on":"any","nth":1,"from":1,"do":"garbage"}]"#, "`nth`"),
            (r#"[{"on":"any","nth":0,"do":"garbage"}]"#, "`nth`"),
            (r#"[{"on":"any","vendor":"acne","do":"garbage"}]"#, "`acne`"),
            (r#"[{"on":"any","do":{"fail":{"status":42}}}]"#, "`status`"),
        ];
        for (json, named) in cases {
            let said = refusal(json);
            assert!(said.contains(named), "{json}: {said}");
        }
    }

    #[test]
    fn a_refused_list_leaves_the_faults_as_they_were() {
        let faults = faults(r#"[{"on":"any","do":"garbage"}]"#);
        faults.set(b"[{}]", &["acme"]).unwrap_err();
        assert_eq!(faults.list().len(), 1);
    }

    #[test]
    fn a_listed_fault_has_the_shape_in_which_it_is_set() {
        let json = r#"[{"on":"write","nth":3,"vendor":"acme","do":{"limit":{"retry_after":1}}}]"#;
        assert_eq!(serde_json::to_string(&faults(json).list()).unwrap(), json);
    }
}
