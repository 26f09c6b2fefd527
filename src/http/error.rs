//! What can go wrong before there is an answer to read, told without bodies, headers, queries or secrets.

use std::fmt;
use std::time::Duration;

use url::Url;

/// Tells that a request got no answer that could be read, and whether it may have had its effect all the same.
#[derive(Debug, thiserror::Error)]
#[error("{subject}: {problem}")]
pub(crate) struct Error {
    subject: String,
    problem: Problem,
    maybe_done: bool,
    source: Option<Cause>,
}

/// The ways in which a request ends without an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    /// The options are wrong; nothing was sent.
    #[error("{0}")]
    Setup(&'static str),
    /// The path does not name one thing beneath the endpoint; nothing was sent.
    #[error("the path {0}; nothing was sent")]
    BadPath(&'static str),
    /// A header or the body cannot be put into a request; nothing was sent.
    #[error("{0}; nothing was sent")]
    BadRequest(&'static str),
    /// No connection came about; nothing was sent.
    #[error("cannot connect to {host}")]
    Connect { host: String },
    /// No trusted connection came about; nothing was sent.
    #[error("no trusted connection to {host}{hint}")]
    Tls { host: String, hint: &'static str },
    /// The time was over before the answer was whole.
    #[error("no whole answer within {} s", after.as_secs_f32())]
    Timeout { after: Duration },
    /// The connection ended before the answer was whole, or what came was not HTTP.
    #[error("the connection was lost before the answer was whole")]
    Lost,
    #[error("the answer is larger than {limit} bytes")]
    TooLarge { limit: usize },
    /// The answer pointed elsewhere and was not followed.
    #[error("the answer ({status}) is a redirect {to}, which is not followed")]
    Redirect { status: u16, to: String },
    /// The system asked for a longer pause than is waited for.
    #[error("the system ({status}) asks to wait {} s, more than the {} s that are waited for", asked.as_secs(), limit.as_secs())]
    Wait {
        status: u16,
        asked: Duration,
        limit: Duration,
    },
    /// The answer should have been JSON.
    #[error("the answer ({status}) is not JSON but {found}")]
    NotJson { status: u16, found: String },
    /// The answer is JSON of another shape.
    #[error("the answer ({status}) does not have the form that was looked for{at}")]
    WrongShape { status: u16, at: String },
    #[error("the answer ({status}) is not UTF-8 text")]
    NotText { status: u16 },
}

impl Error {
    /// Whether a write may have reached the system, so that only a look at it can tell.
    pub(crate) fn maybe_done(&self) -> bool {
        self.maybe_done
    }

    /// Whether the answer pointed elsewhere, as to a page to log in at.
    pub(crate) fn leads_elsewhere(&self) -> bool {
        matches!(self.problem, Problem::Redirect { .. })
    }

    /// What went wrong, for those who treat some problems in their own way.
    pub(crate) fn problem(&self) -> &Problem {
        &self.problem
    }

    /// Tells that no client can be made for this endpoint, of which only the place is shown.
    pub(super) fn setup(base: &Url, why: &'static str, source: Option<reqwest::Error>) -> Self {
        Self {
            subject: base.origin().ascii_serialization(),
            problem: Problem::Setup(why),
            maybe_done: false,
            source: source.map(Cause::new),
        }
    }

    /// Carries the doubt of an earlier attempt over to the last one.
    pub(super) fn or_done_before(mut self, maybe: bool) -> Self {
        self.maybe_done |= maybe;
        self
    }
}

/// The request that an error speaks of.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    /// Method and path, without the query.
    pub(super) name: String,
    /// Whether the request changes something.
    pub(super) writes: bool,
}

impl Subject {
    /// Tells of a request that had no effect.
    pub(super) fn unsent(&self, problem: Problem) -> Error {
        Error {
            subject: self.name.clone(),
            problem,
            maybe_done: false,
            source: None,
        }
    }

    /// Tells of a request that reached the system or may have.
    pub(super) fn sent(&self, problem: Problem) -> Error {
        Error {
            subject: self.name.clone(),
            problem,
            maybe_done: self.writes,
            source: None,
        }
    }

    /// Tells of a failed transfer.
    pub(super) fn failed(&self, error: reqwest::Error, url: &Url, timeout: Duration) -> Error {
        let host = || {
            let host = url.host_str().unwrap_or_default();
            url.port()
                .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
        };
        let told = if error.is_builder() {
            self.unsent(Problem::BadRequest("the request cannot be formed"))
        } else if error.is_connect() {
            self.unsent(match tls_error(&error) {
                Some(tls) => Problem::Tls {
                    host: host(),
                    hint: hint(tls),
                },
                None => Problem::Connect { host: host() },
            })
        } else if error.is_timeout() {
            self.sent(Problem::Timeout { after: timeout })
        } else {
            self.sent(Problem::Lost)
        };
        Error {
            source: Some(Cause::new(error)),
            ..told
        }
    }
}

/// Finds the TLS error beneath an error. An I/O error passes over what it wraps when it is asked for its source, and
/// one may wrap another.
fn tls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    error.downcast_ref().or_else(|| {
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        match wrapped {
            Some(wrapped) => tls_error(wrapped),
            None => tls_error(error.source()?),
        }
    })
}

fn hint(error: &rustls::Error) -> &'static str {
    use rustls::CertificateError::{BadSignature, Other, UnknownIssuer};
    use rustls::Error::{InvalidCertificate, InvalidMessage};
    if matches!(
        error,
        InvalidCertificate(UnknownIssuer | BadSignature | Other(_))
    ) {
        "; if its certificate comes from an authority of your own, name that authority's file in `ca_file`"
    } else if matches!(error, InvalidMessage(_)) {
        "; does it speak https at that port?"
    } else {
        ""
    }
}

/// The deepest cause of a failed transfer. The layers above it repeat one another and may hold the query.
pub(crate) struct Cause(reqwest::Error);

impl Cause {
    fn new(error: reqwest::Error) -> Self {
        Self(error.without_url())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut deepest: &dyn std::error::Error = &self.0;
        while let Some(deeper) = deepest.source() {
            deepest = deeper;
        }
        write!(f, "{deepest}")
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cause({self})")
    }
}

impl std::error::Error for Cause {}
