//! A store in a place of its own, with a clock that the test sets, and the few values that tests are about.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tempfile::TempDir;

use super::super::backend::{Access, Cell};
use super::super::{
    Begun, Change, Claim, Entry, FieldRecord, Intent, Lease, LeaseId, Line, Location, Opening,
    Outcome, RunId, Settled, Store, StoreError,
};
use super::server;
use crate::model::resource::Hold;
use crate::model::secret::Secret;

/// How long a lease of a test lasts that is not about its end.
pub(super) const LONG: Duration = Duration::from_secs(3600);

/// A place for a store, where none is yet.
pub(super) struct World {
    pub(super) location: Location,
    clock: Arc<Mutex<Timestamp>>,
    _folder: TempDir,
}

/// Has a test run with a store that is a file.
pub(super) fn in_sqlite(test: impl AsyncFnOnce(&World)) {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::default_in(folder.path());
    run(World::new(location, folder), test);
}

/// Has a test run with a store that is a database of its own. Without a server it does not run, and says so.
pub(super) fn in_postgres(test: impl AsyncFnOnce(&World)) {
    let Some(server) = server::shared() else {
        return;
    };
    let database = server.database();
    let folder = tempfile::tempdir().unwrap();
    let url = Secret::new(database.url());
    let location = Location::parse(&url, folder.path()).unwrap();
    run(World::new(location, folder), test);
}

fn run(world: World, test: impl AsyncFnOnce(&World)) {
    block_on(test(&world));
}

pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

impl World {
    fn new(location: Location, folder: TempDir) -> Self {
        Self {
            location,
            clock: Arc::new(Mutex::new(time("2026-11-25T09:00:00Z"))),
            _folder: folder,
        }
    }

    pub(super) fn opening(&self, workspace: &str) -> Opening {
        let clock = Arc::clone(&self.clock);
        Opening {
            workspace: workspace.to_owned(),
            clock: Arc::new(move || *clock.lock().unwrap()),
            patience: Duration::from_secs(30),
        }
    }

    pub(super) async fn open(&self) -> Store {
        self.open_as("acme").await
    }

    pub(super) async fn open_as(&self, workspace: &str) -> Store {
        let opened = Store::open(&self.location, self.opening(workspace)).await;
        opened.unwrap()
    }

    pub(super) async fn find(&self) -> Option<Store> {
        let found = Store::find(&self.location, self.opening("acme")).await;
        found.unwrap()
    }

    pub(super) fn set_clock(&self, text: &str) {
        *self.clock.lock().unwrap() = time(text);
    }
}

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn run_id(number: u8) -> RunId {
    let at = time("2026-11-25T09:00:00Z") + Duration::from_secs(number.into());
    RunId::new(at, &[number; 10])
}

pub(super) fn lease_id(number: u8) -> LeaseId {
    LeaseId::new(time("2026-11-25T09:00:00Z"), &[number; 10])
}

pub(super) fn claim(number: u8, lasts: Duration) -> Claim {
    Claim {
        id: lease_id(number),
        owner: format!("maria{number}@laptop"),
        run_url: None,
        lasts,
    }
}

pub(super) async fn acquire(store: &Store) -> Lease {
    store.acquire(claim(1, LONG)).await.unwrap()
}

pub(super) fn begun() -> Begun {
    Begun {
        command: "apply".to_owned(),
        commit: Some("c0ffee".to_owned()),
        actor: Some("maria".to_owned()),
        run_url: None,
    }
}

pub(super) fn entry(address: &str) -> Entry {
    let field = |digest: &str, marker: Option<&str>| FieldRecord {
        digest: digest.to_owned(),
        marker: marker.map(str::to_owned),
        since: time("2026-11-20T08:00:00.123456789Z"),
    };
    Entry {
        address: address.to_owned(),
        id: Some("17".to_owned()),
        hold: Hold::Owned,
        digest: "d1".to_owned(),
        fields: [
            ("password".to_owned(), field("hmac:k:1", Some("2026-11-20"))),
            ("título".to_owned(), field("hmac:k:2", None)),
        ]
        .into(),
        run: run_id(1),
        at: time("2026-11-25T09:00:00Z"),
    }
}

pub(super) fn put(address: &str) -> [Change; 1] {
    [Change::Put(entry(address))]
}

pub(super) fn intent(address: &str) -> Intent {
    Intent {
        address: address.to_owned(),
        action: "update".to_owned(),
        remote_id: Some("17".to_owned()),
        before: Some("d1".to_owned()),
        after: Some("d2".to_owned()),
    }
}

pub(super) fn done(intent: &Line) -> Settled {
    Settled {
        intent: intent.seq,
        outcome: Outcome::Done,
        remote_id: Some("17".to_owned()),
    }
}

/// Writes a journal of a beginning and some intents.
pub(super) async fn write_journal(store: &Store, lease: &Lease, intents: usize) -> Vec<Line> {
    let run = run_id(1);
    let mut lines = vec![store.begin_run(lease, run, begun()).await.unwrap()];
    for number in 1..=intents {
        let intent = intent(&format!("forge.team.t{number}"));
        lines.push(store.intend(lease, run, intent).await.unwrap());
    }
    lines
}

/// Does to the tables what no program should.
pub(super) async fn tamper(store: &Store, sql: &'static str) {
    tamper_with(store, sql, Vec::new()).await.unwrap();
}

pub(super) async fn tamper_with(
    store: &Store,
    sql: &'static str,
    cells: Vec<Cell>,
) -> Result<u64, StoreError> {
    let mut transaction = store.begin(Access::Write).await?;
    let changed = transaction.execute(sql, cells).await?;
    transaction.commit().await?;
    Ok(changed)
}

/// The file of a store that is one.
pub(super) fn file(location: &Location) -> &Path {
    match location {
        Location::File(file) => file,
        Location::Server(server) => panic!("{server:?} is no file"),
    }
}
