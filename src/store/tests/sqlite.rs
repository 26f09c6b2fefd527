//! What a store in a file does when it cannot: each is made to happen, and nothing is lost by it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;

use super::super::backend::Access;
use super::super::{Location, Opening, Problem, Store, StoreError};
use super::world::{
    LONG, World, acquire, block_on, claim, file, in_sqlite, put, tamper, time, write_journal,
};

fn opening(patience: Duration) -> Opening {
    Opening {
        workspace: "acme".to_owned(),
        clock: Arc::new(|| time("2026-11-25T09:00:00Z")),
        patience,
    }
}

fn open(file: &Path) -> Result<Store, StoreError> {
    let location = Location::File(file.to_owned());
    block_on(Store::open(&location, opening(Duration::from_secs(5))))
}

fn find(file: &Path) -> Result<Option<Store>, StoreError> {
    let location = Location::File(file.to_owned());
    block_on(Store::find(&location, opening(Duration::from_secs(5))))
}

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trueup.db");
    (folder, file)
}

/// What opening says in both ways, which is the same, and names the file.
#[track_caller]
fn refusal(file: &Path) -> Problem {
    let error = open(file).err().unwrap();
    assert!(error.to_string().contains("trueup.db"), "{error}");
    assert!(error.help().is_some(), "{error}");
    assert_eq!(find(file).err().unwrap().problem, error.problem);
    error.problem
}

fn change(file: &Path, sql: &str) {
    Connection::open(file).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn looking_for_a_store_makes_nothing() {
    let (folder, _) = place();
    assert!(find(&folder.path().join("a/b.db")).unwrap().is_none());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_store_is_made_with_its_folder() {
    let (folder, _) = place();
    let file = folder.path().join("a/b/c.db");
    drop(open(&file).unwrap());
    assert!(find(&file).unwrap().is_some());
}

#[cfg(unix)]
#[test]
fn the_files_of_a_store_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, file) = place();
    let store = open(&file).unwrap();
    let names = fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap());
    let names = names.collect::<Vec<_>>();
    assert_eq!(names.len(), 3, "the database, its log and its index");
    for entry in names {
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{entry:?}");
    }
    drop(store);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_empty_file_is_no_store_yet() {
    let (_folder, file) = place();
    fs::write(&file, "").unwrap();
    assert!(find(&file).unwrap().is_none());
    let store = open(&file).unwrap();
    assert_eq!(block_on(store.entries()).unwrap(), []);
}

#[test]
fn a_folder_is_no_store() {
    let (_folder, file) = place();
    fs::create_dir(&file).unwrap();
    assert!(matches!(refusal(&file), Problem::NotAStore(_)));
}

#[test]
fn a_file_in_the_place_of_the_folder_is_told() {
    let (folder, file) = place();
    fs::write(folder.path().join("x"), "").unwrap();
    let error = open(&folder.path().join("x/trueup.db")).err().unwrap();
    assert!(
        matches!(error.problem, Problem::NotAStore(_)),
        "{:?}",
        error.problem
    );
    assert!(!file.exists());
}

#[test]
fn a_file_of_something_else_is_damaged() {
    let (_folder, file) = place();
    let text = "these are notes of somebody, and no database\n".repeat(50);
    fs::write(&file, &text).unwrap();
    assert!(matches!(refusal(&file), Problem::Damaged(_)));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn a_database_of_another_program_is_no_store() {
    let (_folder, file) = place();
    change(&file, "CREATE TABLE notes (text TEXT)");
    assert!(matches!(refusal(&file), Problem::NotAStore(_)));
    change(&file, "INSERT INTO notes VALUES ('still there')");
}

#[test]
fn a_store_with_an_overwritten_page_is_damaged() {
    in_sqlite(async |world| {
        let store = world.open().await;
        let lease = acquire(&store).await;
        write_journal(&store, &lease, 200).await;
        drop(store);
        let path = file(&world.location);
        let mut bytes = fs::read(path).unwrap();
        let half = bytes.len() / 2;
        bytes[half..].fill(0xA5);
        fs::write(path, bytes).unwrap();
        let store = world.open().await;
        let mut said = store.verify().await.err();
        said = said.or(store.entries().await.err());
        let problem = said.unwrap().problem;
        assert!(matches!(problem, Problem::Damaged(_)), "{problem:?}");
    });
}

#[test]
fn a_row_that_no_trueup_wrote_is_damage_that_is_told() {
    in_sqlite(async |world| {
        let store = world.open().await;
        let lease = acquire(&store).await;
        store.record(&lease, &put("forge.team.x")).await.unwrap();
        tamper(&store, "UPDATE ledger SET run = 'nobody'").await;
        let error = store.entries().await.unwrap_err();
        let said = error.to_string();
        assert!(
            said.ends_with("holds \"nobody\", not the id of a run"),
            "{said}"
        );
        tamper(&store, "UPDATE ledger SET fields = '{'").await;
        assert!(matches!(
            store.entries().await,
            Err(StoreError {
                problem: Problem::Damaged(_),
                ..
            })
        ));
    });
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let (_folder, file) = place();
    drop(open(&file).unwrap());
    change(&file, "PRAGMA user_version = 99");
    let newer = Problem::NewerSchema {
        found: 99,
        known: super::super::newest_schema(),
    };
    assert_eq!(refusal(&file), newer);
    let version = Connection::open(&file).unwrap();
    let version = version.pragma_query_value(None, "user_version", |row| row.get(0));
    assert_eq!(version, Ok(99));
}

#[test]
fn an_older_schema_is_brought_up_to_date_also_to_be_read() {
    let (_folder, file) = place();
    // As a process leaves it that was killed between naming the file its own and making the tables.
    let application = i32::from_be_bytes(*b"trup");
    change(&file, &format!("PRAGMA application_id = {application}"));
    assert!(find(&file).unwrap().is_none());
    let store = open(&file).unwrap();
    assert!(block_on(store.verify()).unwrap().is_sound());
}

#[test]
fn a_schema_that_cannot_be_made_leaves_nothing_behind() {
    let (_folder, file) = place();
    let application = i32::from_be_bytes(*b"trup");
    // A table in the way of the last one that is made.
    let way = format!("CREATE TABLE drift (x); PRAGMA application_id = {application}");
    change(&file, &way);
    assert!(open(&file).is_err());
    let connection = Connection::open(&file).unwrap();
    let tables = "SELECT group_concat(name) FROM sqlite_master";
    let tables = connection.query_row(tables, [], |row| row.get::<_, String>(0));
    assert_eq!(tables.unwrap(), "drift");
}

#[test]
fn a_store_that_another_process_writes_to_is_busy_and_can_be_read() {
    in_sqlite(async |world| {
        let store = world.open().await;
        let lease = acquire(&store).await;
        store.record(&lease, &put("forge.team.x")).await.unwrap();
        let other = Connection::open(file(&world.location)).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let hasty = opening(Duration::from_millis(20));
        let hasty = Store::open(&world.location, hasty).await.unwrap();
        let error = hasty
            .record(&lease, &put("forge.team.y"))
            .await
            .unwrap_err();
        assert_eq!(error.problem, Problem::Busy);
        assert!(
            error.to_string().ends_with("is locked by another process"),
            "{error}"
        );
        assert_eq!(hasty.entries().await.unwrap().len(), 1);
        other.execute_batch("COMMIT").unwrap();
        hasty.record(&lease, &put("forge.team.y")).await.unwrap();
        assert_eq!(hasty.entries().await.unwrap().len(), 2);
    });
}

#[test]
fn a_store_that_another_process_makes_is_waited_for() {
    // Many times, for the moments at which it can be seen half made are short.
    for _ in 0..40 {
        let (_folder, file) = place();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(block_on(open(&file).unwrap().entries()).unwrap(), []));
            }
        });
    }
}

/// A store that has no room for more than it has.
async fn fill(world: &World) -> Store {
    const PAGES: &str = "PRAGMA max_page_count = 1";
    let store = world.open().await;
    let mut transaction = store.begin(Access::Read).await.unwrap();
    transaction.query(PAGES, Vec::new()).await.unwrap();
    transaction.commit().await.unwrap();
    store
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    in_sqlite(async |world| {
        let store = fill(world).await;
        let lease = acquire(&store).await;
        let mut written = Vec::new();
        let error = loop {
            let address = format!("forge.team.{}", "x".repeat(200));
            let intent = super::world::intent(&address);
            match store.intend(&lease, super::world::run_id(1), intent).await {
                Ok(line) => written.push(line),
                Err(error) => break error,
            }
        };
        assert_eq!(error.problem, Problem::Full);
        assert!(!written.is_empty());
        drop(store);
        let store = world.open().await;
        assert_eq!(store.lines(0).await.unwrap(), written);
        assert!(store.verify().await.unwrap().is_sound());
        store.record(&lease, &put("forge.team.y")).await.unwrap();
    });
}

#[cfg(unix)]
#[test]
fn a_store_that_was_opened_to_be_read_tells_so_and_stays_as_it_is() {
    let (_folder, file) = place();
    drop(open(&file).unwrap());
    let before = fs::read(&file).unwrap();
    let store = find(&file).unwrap().unwrap();
    let error = block_on(store.acquire(claim(1, LONG))).unwrap_err();
    assert!(error.to_string().ends_with("it is read-only"), "{error}");
    drop(store);
    assert_eq!(fs::read(&file).unwrap(), before);
}
