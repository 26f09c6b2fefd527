//! Turns what `trueup.yaml` says of systems into clients, and starts the emulators that they name.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use url::Url;

use super::Streams;
use super::stream::tell;
use crate::emulate::{self, Mounted, Running};
use crate::forecast::Bounds;
use crate::host::Host;
use crate::http::{self, Traffic};
use crate::load::system::{Endpoint, System};
use crate::model::error::{Cause, VendorError};
use crate::model::secret::Secret;
use crate::plan::Incomplete;
use crate::report::events;
use crate::vendors::erased::{AnyClosing, AnyConnected, AnySystem};
use crate::vendors::{Connecting, VENDORS};

/// Where emulators keep their worlds, relative to the workspace.
pub(super) const WORLDS: &str = ".trueup/emulator";

/// How long sessions may take to be closed.
const CLOSING: Duration = Duration::from_secs(5);

/// A system that can be read, with what bounds its requests.
pub(super) struct Ready {
    pub system: Box<dyn AnyConnected>,
    pub vendor: &'static str,
    pub bounds: Bounds,
    /// What it was asked so far.
    pub traffic: Arc<Traffic>,
}

/// The systems of a workspace, ready to be read, with the emulators that serve some of them.
pub(super) struct Connected {
    pub systems: Vec<Ready>,
    /// How often a request that failed is sent again, by vendor.
    pub repeats: BTreeMap<&'static str, u32>,
    /// Systems that could not even be connected to.
    pub incomplete: Vec<Incomplete>,
    emulators: Option<Running>,
}

impl Connected {
    /// What must be closed at the end of the run, whatever becomes of the systems until then.
    pub(super) fn open(&mut self) -> Open {
        Open {
            clients: self.systems.iter().map(|it| it.system.closing()).collect(),
            emulators: self.emulators.take(),
        }
    }
}

/// What a run holds open until its end: sessions at vendors, and emulators.
pub(super) struct Open {
    clients: Vec<Box<dyn AnyClosing>>,
    emulators: Option<Running>,
}

impl Open {
    /// Of a run that asks nobody.
    pub(super) fn nothing() -> Self {
        Self {
            clients: Vec::new(),
            emulators: None,
        }
    }

    /// Ends the sessions, and then the emulators, whose worlds are kept. A vendor that does not answer is not waited
    /// for: sessions run out by themselves.
    pub(super) async fn close(self) -> Result<(), String> {
        let Self { clients, emulators } = self;
        let sessions = join_all(clients.iter().map(|client| client.close()));
        tokio::time::timeout(CLOSING, sessions).await.ok();
        match emulators {
            Some(running) => running.stop().await.map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }
}

/// Makes a client for each system. Nothing is read yet.
pub(super) async fn connect(
    directory: &Path,
    systems: Vec<Box<dyn AnySystem>>,
    parallelism: usize,
    host: &Host,
) -> Result<Connected, String> {
    let emulated = systems
        .iter()
        .map(AsRef::as_ref)
        .filter(|it| is_built_in(*it, host));
    let emulated = emulated.collect::<Vec<_>>();
    let emulators = match emulated.as_slice() {
        [] => None,
        emulated => {
            let mounted = mount(directory, emulated)?;
            let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let options = emulate::Options { listen, tls: None };
            Some(
                emulate::start(mounted, options)
                    .await
                    .map_err(|error| error.to_string())?,
            )
        }
    };
    let exports = emulators.as_ref().map(Running::exports).unwrap_or_default();
    let lookup = |name: &str| {
        let exported = exports
            .iter()
            .find(|(export, _)| export == name)
            .map(|(_, value)| value.clone());
        exported.or_else(|| host.variable(name))
    };
    let mut connected = Connected {
        systems: Vec::new(),
        repeats: BTreeMap::new(),
        incomplete: Vec::new(),
        emulators,
    };
    for system in systems {
        let vendor = system.vendor();
        let settings = system.system();
        let repeats = settings.retries.unwrap_or(http::RETRIES);
        connected.repeats.insert(vendor, repeats);
        let bounds = Bounds {
            parallelism: settings
                .parallelism
                .map_or(parallelism, |own| own.max(1) as usize),
            rate: settings.rate,
        };
        let traffic = Arc::new(Traffic::new(bounds.rate));
        match one(
            directory,
            system,
            bounds.parallelism,
            Arc::clone(&traffic),
            &lookup,
        ) {
            Ok(system) => connected.systems.push(Ready {
                system,
                vendor,
                bounds,
                traffic,
            }),
            Err(error) => connected.incomplete.push(Incomplete {
                what: vendor.to_owned(),
                why: error.to_string(),
                help: error.help,
                cause: error.cause,
            }),
        }
    }
    Ok(connected)
}

/// Opens the emulators of these systems, each on its seed and on the world it had.
pub(super) fn mount(directory: &Path, systems: &[&dyn AnySystem]) -> Result<Vec<Mounted>, String> {
    let mut mounted = Vec::new();
    for system in systems {
        let vendor = VENDORS
            .iter()
            .find(|vendor| vendor.name() == system.vendor());
        let Some(vendor) = vendor else { continue };
        let seed = match &system.system().seed {
            Some(seed) => Some(
                fs::read_to_string(directory.join(seed))
                    .map_err(|error| format!("the seed {seed} cannot be read: {error}"))?,
            ),
            None => None,
        };
        let emulator = vendor
            .emulator(seed.as_deref(), Some(&directory.join(WORLDS)))
            .map_err(|error| format!("the emulator of {} cannot start: {error}", vendor.name()))?;
        mounted.push(Mounted {
            name: vendor.name(),
            emulator,
        });
    }
    Ok(mounted)
}

/// Whether a system is the emulator inside this process. One that runs elsewhere is named by a variable.
fn is_built_in(system: &dyn AnySystem, host: &Host) -> bool {
    system.system().endpoint == Endpoint::Emulator
        && host
            .variable(&variable(system.vendor(), "ENDPOINT"))
            .is_none()
}

fn variable(vendor: &str, what: &str) -> String {
    format!("TRUEUP_{}_{what}", vendor.to_uppercase())
}

fn one(
    directory: &Path,
    system: Box<dyn AnySystem>,
    parallelism: usize,
    traffic: Arc<Traffic>,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Box<dyn AnyConnected>, VendorError> {
    let vendor = system.vendor();
    let refused = |message: String| VendorError::new(Cause::Unreachable, message);
    let System {
        endpoint,
        ca_file,
        timeout,
        retries,
        assumed_actions,
        ..
    } = system.system();
    let assumed_actions = *assumed_actions;
    let is_emulated = *endpoint == Endpoint::Emulator;
    let base = match endpoint {
        Endpoint::Url(url) => url.clone(),
        Endpoint::Emulator => {
            let name = variable(vendor, "ENDPOINT");
            let text = lookup(&name).unwrap_or_default();
            Url::parse(&text).map_err(|_| refused(format!("{name} is not a URL: `{text}`")))?
        }
    };
    let mut http = http::Options::new(base);
    let ca_file = match ca_file {
        Some(file) => Some(directory.join(file)),
        None if is_emulated => lookup("TRUEUP_CA_FILE").map(Into::into),
        None => None,
    };
    if let Some(file) = ca_file {
        let pem = fs::read(&file).map_err(|error| {
            refused(format!(
                "the CA file {} cannot be read: {error}",
                file.display()
            ))
        })?;
        http.ca_pem = Some(pem);
    }
    http.timeout = timeout.unwrap_or(http.timeout);
    http.retries = retries.unwrap_or(http.retries);
    http.traffic = traffic;
    // A real system's credentials come from `trueup.yaml` alone, so that no variable can send them elsewhere.
    let given = |name: &str| {
        let value = is_emulated
            .then(|| lookup(&variable(vendor, name)))
            .flatten();
        value.map(Secret::new)
    };
    system.connect(&Connecting {
        http,
        given: &given,
        parallelism,
        assumed_actions,
    })
}

/// What a failure of the emulators is told as.
pub(super) fn complain(host: &mut Host, streams: Streams, problem: &str) {
    host.warn(&format!("{} {problem}\n", streams.err.red("Error:")));
    tell(host, streams, |at| events::problem(problem, at));
}
