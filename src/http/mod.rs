//! HTTP as all vendor clients need it: limits, rates, deadlines, repeats, trust, and errors that give no secret away.
//!
//! A vendor's client makes one [`Client`] per system and asks with [`Client::get`], [`Client::ask`],
//! [`Client::write`], [`Client::login`] or [`Client::give_back`]. Every answer of the system, 4xx and 5xx too, comes back as a [`Response`]; an [`Error`] means that
//! there is no answer to read. Nothing here knows a vendor, writes without a [`Permit`], follows a redirect away from
//! the endpoint, or shows a body, a header or a query.

mod error;
mod json;
mod request;
mod response;
mod retry;
mod send;
#[cfg(test)]
mod tests;
mod traffic;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use url::{Host, Url};

use crate::apply::Permit;

pub(crate) use self::{
    error::Error,
    request::{FormValue, Part, Request, Revealed, segment},
    response::Response,
    traffic::Traffic,
};
use retry::Nature;

/// How long a connection may take to come about, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection is kept for the next request. Shorter than any known server keeps its side, since a write that
/// meets a connection just being closed ends in doubt.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// How many unused connections are kept: as many as `--parallelism` lets be used at once, so that none of them is made
/// anew for each request.
const IDLE_CONNECTIONS: usize = 64;

/// How often a request is sent again at most, where nothing else is said.
pub(crate) const RETRIES: u32 = 3;

/// How to reach one system.
#[derive(Clone)]
pub(crate) struct Options {
    /// The address that all paths are beneath.
    pub(crate) base: Url,
    /// Roots to trust beside those of the machine, as PEM.
    pub(crate) ca_pem: Option<Vec<u8>>,
    /// How long one attempt may take, from connecting to the last byte of the answer.
    pub(crate) timeout: Duration,
    /// How often a request is sent again at most.
    pub(crate) retries: u32,
    /// The most bytes that a body may have.
    pub(crate) max_body: usize,
    /// Whether a proxy may stand between.
    pub(crate) proxy: Proxy,
    /// What bounds and counts the requests of all clients that are made with these options.
    pub(crate) traffic: Arc<Traffic>,
}

impl Options {
    /// Suits a vendor on the internet: 30 seconds, three repeats, 64 MiB, the machine's proxy. A system on the machine
    /// itself is reached without a proxy. Requests are bounded by no rate.
    pub(crate) fn new(base: Url) -> Self {
        let proxy = if is_loopback(&base) {
            Proxy::None
        } else {
            Proxy::System
        };
        Self {
            base,
            ca_pem: None,
            timeout: Duration::from_secs(30),
            retries: RETRIES,
            max_body: 64 << 20,
            proxy,
            traffic: Arc::default(),
        }
    }
}

/// Whether requests may go through a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proxy {
    /// The one that the machine's settings name for the address, if any.
    System,
    None,
}

/// The methods that change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    Post,
    Put,
    Patch,
    Delete,
}

impl From<Write> for Method {
    fn from(method: Write) -> Self {
        match method {
            Write::Post => Self::POST,
            Write::Put => Self::PUT,
            Write::Patch => Self::PATCH,
            Write::Delete => Self::DELETE,
        }
    }
}

/// Says whether sending a write twice equals sending it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    Safe,
    Never,
}

/// Talks to one system. Clones share their connections.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    options: Arc<Options>,
}

impl Client {
    /// Prepares the connections; nothing is sent yet.
    pub(crate) fn new(options: Options) -> Result<Self, Error> {
        check_base(&options.base)?;
        // Refused when a provider is installed already, which then serves as well.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("trueup/", env!("CARGO_PKG_VERSION")))
            .timeout(options.timeout)
            // Ends first, so that a slow connect is known to have sent nothing.
            .connect_timeout(CONNECT_TIMEOUT.min(options.timeout / 2))
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false);
        if options.proxy == Proxy::None {
            builder = builder.no_proxy();
        }
        let roots = match &options.ca_pem {
            Some(pem) => roots(&options.base, pem)?,
            None => Vec::new(),
        };
        builder = if options.base.scheme() == "http" && options.proxy == Proxy::None {
            // Reading the machine's roots takes longer than a request to an emulator, and no TLS can follow.
            builder.tls_certs_only(roots)
        } else {
            builder.tls_certs_merge(roots)
        };
        let http = builder.build().map_err(|error| {
            Error::setup(&options.base, "connections cannot be prepared", Some(error))
        })?;
        Ok(Self {
            http,
            options: Arc::new(options),
        })
    }

    /// Reads. Free for everyone, and sent again after a failure that may pass.
    pub(crate) fn get(&self, path: &str) -> Request<'_> {
        Request::new(self, Method::GET, path, Nature::Read)
    }

    /// Reads by a POST, as vendors have it that take what is sought in a body: a search, a price. As free as [`Client::get`], so only for
    /// what changes nothing.
    pub(crate) fn ask(&self, path: &str) -> Request<'_> {
        Request::new(self, Method::POST, path, Nature::Read)
    }

    /// Writes, with the leave that only `apply` can give.
    pub(crate) fn write(
        &self,
        method: Write,
        path: &str,
        repeat: Repeat,
        _permit: &Permit,
    ) -> Request<'_> {
        let nature = match repeat {
            Repeat::Safe => Nature::SafeWrite,
            Repeat::Never => Nature::OnceWrite,
        };
        Request::new(self, method.into(), path, nature)
    }

    /// Gives back what a read took at the system, such as the custody of a secret. It changes nothing of what is declared,
    /// and so needs no permit.
    pub(crate) fn give_back(&self, path: &str) -> Request<'_> {
        Request::new(self, Method::DELETE, path, Nature::SafeWrite)
    }

    /// Sends a POST that only opens or closes a login, and so needs no permit.
    pub(crate) fn login(&self, path: &str) -> Request<'_> {
        self.login_by(Write::Post, path)
    }

    /// The same, by the method that the system has for it.
    pub(crate) fn login_by(&self, method: Write, path: &str) -> Request<'_> {
        Request::new(self, method.into(), path, Nature::Login)
    }
}

fn check_base(base: &Url) -> Result<(), Error> {
    let refuse = |why| Err(Error::setup(base, why, None));
    if !matches!(base.scheme(), "http" | "https") || base.host().is_none() {
        return refuse("the endpoint must begin with https:// or http://");
    }
    if !base.username().is_empty() || base.password().is_some() {
        return refuse("the endpoint must not hold a user or a password");
    }
    if base.query().is_some() || base.fragment().is_some() {
        return refuse("the endpoint must not hold a `?` or a `#`");
    }
    Ok(())
}

fn roots(base: &Url, pem: &[u8]) -> Result<Vec<reqwest::Certificate>, Error> {
    let roots = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| {
        Error::setup(
            base,
            "`ca_file` is not a file of PEM certificates",
            Some(error),
        )
    })?;
    if roots.is_empty() {
        return Err(Error::setup(base, "`ca_file` holds no certificate", None));
    }
    Ok(roots)
}

fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
