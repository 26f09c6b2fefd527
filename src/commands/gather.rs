//! What is there, read from the vendors or from a snapshot, before anything is compared.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use super::Streams;
use super::connect::{Connected, Open, Ready, complain, connect};
use super::observe::{close, stopped};
use super::progress::Line;
use super::{records, stream};
use crate::exit::Exit;
use crate::forecast::Bounds;
use crate::host::Host;
use crate::http::Traffic;
use crate::ledger::Ledger;
use crate::model::address::{Address, KindId};
use crate::model::error::Cause;
use crate::model::reference::Links;
use crate::plan::Incomplete;
use crate::read::Reading;
use crate::report::picture::Warning;
use crate::snapshot::Snapshot;
use crate::vendors::erased::{AnyPairs, AnySystem};

/// What reading goes by.
pub(super) struct Gathering<'a> {
    pub directory: &'a Path,
    pub parallelism: usize,
    pub ledger: &'a Arc<Ledger>,
    /// Whether what is as declared is to be remembered.
    pub is_recorded: bool,
    /// Nothing else is looked at closely, if anything is said.
    pub only: Option<Arc<BTreeSet<Address>>>,
    pub kinds: Arc<BTreeSet<KindId>>,
    pub line: &'a Line,
}

/// What was read.
pub(super) struct Gathered {
    pub kinds: Vec<Box<dyn AnyPairs>>,
    /// Who is who.
    pub links: Links,
    /// Systems that could not be asked at all.
    pub incomplete: Vec<Incomplete>,
    /// What was warned of on the way.
    pub warnings: Vec<Warning>,
    /// What was asked of each vendor.
    pub traffics: Vec<((&'static str, Bounds), Arc<Traffic>)>,
    /// How often a request that failed is sent again, by vendor.
    pub repeats: BTreeMap<&'static str, u32>,
    pub open: Open,
}

impl Gathering<'_> {
    fn reading(&self, slots: usize, host: &Host) -> Reading {
        Reading {
            today: host.today(),
            parallelism: slots,
            slots: Semaphore::new(slots),
            watch: self.line.watch(),
            ledger: Arc::clone(self.ledger),
            is_recorded: self.is_recorded,
            only: self.only.clone(),
            kinds: Arc::clone(&self.kinds),
        }
    }
}

/// Reads from the vendors.
pub(super) async fn gather(
    systems: Vec<Box<dyn AnySystem>>,
    gathering: &Gathering<'_>,
    host: &mut Host,
    streams: Streams,
) -> Result<Gathered, Exit> {
    let connected = connect(gathering.directory, systems, gathering.parallelism, host).await;
    let mut connected = connected.map_err(|problem| {
        complain(host, streams, &problem);
        Exit::Error
    })?;
    let open = connected.open();
    let Connected {
        systems,
        repeats,
        incomplete,
        ..
    } = connected;
    let mut warnings = Vec::new();
    let cautions = systems.iter().flat_map(|it| it.system.cautions(host.now));
    for caution in cautions.collect::<Vec<_>>() {
        stream::caution(host, streams, &caution);
        warnings.push(Warning::new(caution));
    }
    let traffics = systems.iter().map(|it| Arc::clone(&it.traffic));
    let traffics = systems
        .iter()
        .map(|it| (it.vendor, it.bounds))
        .zip(traffics);
    let traffics = traffics.collect::<Vec<_>>();
    let reads = systems.into_iter().map(|ready| {
        let Ready {
            system,
            vendor: _,
            bounds:
                Bounds {
                    parallelism: slots,
                    rate: _,
                },
            traffic: _,
        } = ready;
        let reading = gathering.reading(slots, host);
        async move { system.read(&reading).await }
    });
    let kinds = tokio::select! {
        kinds = join_all(reads) => kinds,
        () = stopped(host.stop.clone()) => {
            gathering.line.finish();
            host.warn("Interrupted while reading; nothing was changed.\n");
            return Err(close(open, Exit::Interrupted, host, streams).await);
        }
    };
    gathering.line.finish();
    Ok(Gathered {
        warnings,
        traffics,
        repeats,
        open,
        ..joined(kinds, incomplete)
    })
}

/// Reads from a snapshot, and asks nobody.
pub(super) async fn recall(
    systems: Vec<Box<dyn AnySystem>>,
    snapshot: &Snapshot,
    gathering: &Gathering<'_>,
    host: &Host,
) -> Result<Gathered, String> {
    let pictures = snapshot.pictures(&records::kinds())?;
    let mut incomplete = Vec::new();
    let mut kinds = Vec::new();
    for system in systems {
        let why = match snapshot.systems.get(system.vendor()) {
            Some(None) => {
                let reading = gathering.reading(gathering.parallelism, host);
                kinds.push(system.read_pictures(&pictures, &reading).await);
                continue;
            }
            Some(Some(why)) => why.clone(),
            None => "the snapshot does not tell of it".to_owned(),
        };
        incomplete.push(Incomplete {
            what: system.vendor().to_owned(),
            why,
            help: None,
            cause: Cause::Unreachable,
        });
    }
    gathering.line.finish();
    Ok(joined(kinds, incomplete))
}

fn joined(kinds: Vec<Vec<Box<dyn AnyPairs>>>, incomplete: Vec<Incomplete>) -> Gathered {
    let kinds = kinds.into_iter().flatten().collect::<Vec<_>>();
    let mut links = Links::default();
    for kind in &kinds {
        kind.add_links(&mut links);
    }
    Gathered {
        kinds,
        links,
        incomplete,
        warnings: Vec::new(),
        traffics: Vec::new(),
        repeats: BTreeMap::new(),
        open: Open::nothing(),
    }
}
