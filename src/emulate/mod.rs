//! Serves every vendor's emulator on one port, each under `/<vendor>`.
//!
//! An emulator is state plus rules. What all of them share is here, written once: the listener, the journal of what
//! was asked, the faults that strike above all emulators, and the store that keeps a world through a kill.

pub(crate) mod control;
pub(crate) mod faults;
pub(crate) mod journal;
mod listen;
pub(crate) mod path;
pub(crate) mod store;
mod tls;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::http::Method;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use control::Control;
use faults::Sort;

/// A vendor's emulator, as the server sees it.
pub(crate) trait Emulator: Send + Sync + 'static {
    /// The vendor's API, with paths as below the vendor's own host.
    fn router(self: Arc<Self>) -> axum::Router;

    /// What a client must be told to use it, such as `("MYSAFE_CLIENT_ID", "..")`. The server adds the endpoint.
    fn credentials(&self) -> Vec<(String, String)>;

    /// Where below the mounted path the API begins, which is part of the endpoint that clients are told.
    fn base_path(&self) -> &'static str {
        ""
    }

    /// The present world, in the shape of a seed.
    fn world_yaml(&self) -> String;

    /// Puts another world in the place of the present one; the error says what is wrong with it.
    fn replace_world(&self, yaml: &str) -> Result<(), String>;

    /// Makes every token that was given out invalid.
    fn expire_sessions(&self);

    /// Tells whether a request asks for a token. The path is below the vendor's own host.
    fn is_login(&self, method: &Method, path: &str) -> bool;

    /// Tells whether a request changes the world, for the journal and the faults.
    fn sort(&self, method: &Method, path: &str, _query: Option<&str>) -> Sort {
        if self.is_login(method, path) {
            Sort::Login
        } else if [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(method) {
            Sort::Write
        } else {
            Sort::Read
        }
    }

    /// Does what a vendor's staff or the passing of time would do: what no client can ask for. The body is JSON, and
    /// so is what comes back; the error says what is wrong, or which commands there are.
    fn command(&self, name: &str, _body: Value) -> Result<Value, String> {
        Err(format!("there is no command `{name}`"))
    }

    /// Puts the world in order on disk, at a clean stop.
    fn close(&self) -> Result<(), store::Error>;
}

/// An emulator and the name of its vendor, which is its path.
#[derive(Clone)]
pub(crate) struct Mounted {
    pub name: &'static str,
    pub emulator: Arc<dyn Emulator>,
}

/// Where a server listens and how.
pub(crate) struct Options {
    pub listen: SocketAddr,
    /// With a folder the server speaks TLS, and the folder gets the `ca.pem` that clients must trust.
    pub tls: Option<PathBuf>,
}

/// Why a server cannot start or has not stopped cleanly.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot listen on {address}: {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("no certificate could be made: {0}")]
    Tls(String),
    #[error("{}: {source}", .file.display())]
    Io { file: PathBuf, source: io::Error },
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A server that was started. When it is dropped without a stop, its connections end soon after.
pub(crate) struct Running {
    address: SocketAddr,
    ca_file: Option<PathBuf>,
    control: Arc<Control>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Starts serving; from the moment this returns, connections are accepted.
pub(crate) async fn start(mounted: Vec<Mounted>, options: Options) -> Result<Running, Error> {
    let listen = |source| Error::Listen {
        address: options.listen,
        source,
    };
    let tls = match &options.tls {
        Some(dir) => Some(tls::prepare(dir, options.listen.ip())?),
        None => None,
    };
    let listener = TcpListener::bind(options.listen).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let control = Arc::new(Control {
        mounted,
        journal: journal::Journal::default(),
        faults: faults::Faults::default(),
    });
    let (acceptor, ca_file) = tls.map(|tls| (tls.acceptor, tls.ca_file)).unzip();
    let (stop, stopped) = watch::channel(false);
    let server = listen::Server::new(Arc::clone(&control));
    let task = tokio::spawn(server.run(listener, acceptor, stopped));
    Ok(Running {
        address,
        ca_file,
        control,
        stop,
        task,
    })
}

impl Running {
    /// The address of the server as clients write it, without a slash at its end.
    pub(crate) fn base_url(&self) -> String {
        let scheme = if self.ca_file.is_some() {
            "https"
        } else {
            "http"
        };
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        format!("{scheme}://{address}")
    }

    /// The variables that a client needs, such as `TRUEUP_SENHASEGURA_ENDPOINT`, in a fixed order.
    pub(crate) fn exports(&self) -> Vec<(String, String)> {
        let mut exports = Vec::new();
        let base = self.base_url();
        for Mounted { name, emulator } in &self.control.mounted {
            let vendor = name.to_uppercase().replace('-', "_");
            let below = emulator.base_path();
            exports.push((
                format!("TRUEUP_{vendor}_ENDPOINT"),
                format!("{base}/{name}{below}"),
            ));
            for (suffix, value) in emulator.credentials() {
                exports.push((format!("TRUEUP_{vendor}_{suffix}"), value));
            }
        }
        if let Some(file) = &self.ca_file {
            exports.push(("TRUEUP_CA_FILE".to_owned(), file.display().to_string()));
        }
        exports
    }

    /// Stops accepting, waits a bounded time for the requests under way, and puts the worlds in order on disk.
    pub(crate) async fn stop(self) -> Result<(), Error> {
        self.stop.send(true).ok();
        if let Err(error) = self.task.await {
            tracing::warn!("the emulators' server broke off: {error}");
        }
        let closed: Vec<_> = self
            .control
            .mounted
            .iter()
            .map(|mounted| mounted.emulator.close())
            .collect();
        closed
            .into_iter()
            .collect::<Result<(), _>>()
            .map_err(Error::from)
    }

    /// Ends the server without putting the worlds in order on disk, as a kill would.
    #[cfg(test)]
    pub(crate) async fn kill(self) {
        self.stop.send(true).ok();
        self.task.await.ok();
    }
}

#[cfg(test)]
mod tests;
