//! What a store on a server does when it cannot, and that it believes no server that cannot prove who it is.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::super::backend::Access;
use super::super::{Location, Opening, Problem, Store, StoreError};
use super::server::{PASSWORD, Server, shared};
use super::world::{LONG, World, acquire, block_on, claim, in_postgres, put, tamper, time};
use crate::model::secret::Secret;

fn opening(patience: Duration) -> Opening {
    Opening {
        workspace: "acme".to_owned(),
        clock: Arc::new(|| time("2026-11-25T09:00:00Z")),
        patience,
    }
}

fn location(url: &str, folder: &Path) -> Location {
    Location::parse(&Secret::new(url.to_owned()), folder).unwrap()
}

/// Opens the store of a URL, in whichever way, and gives what was refused; no word of which holds the password.
#[track_caller]
fn refused(url: &str, patience: Duration) -> StoreError {
    let location = location(url, Path::new("/nowhere"));
    let error = block_on(Store::open(&location, opening(patience))).err();
    let error = error.unwrap();
    let found = block_on(Store::find(&location, opening(patience))).err();
    assert_eq!(found.unwrap().problem, error.problem);
    let everything = format!("{error} {error:?} {:?} {location:?}", error.help());
    assert!(!everything.contains(PASSWORD), "{everything}");
    assert!(error.help().is_some(), "{error}");
    error
}

const SOON: Duration = Duration::from_secs(30);

fn with(test: impl FnOnce(&'static Server)) {
    if let Some(server) = shared() {
        test(server);
    }
}

#[test]
fn a_server_that_is_not_there_cannot_be_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("postgres://trueup:{PASSWORD}@127.0.0.1:{port}/trueup");
    let error = refused(&url, SOON);
    assert!(
        matches!(error.problem, Problem::Unreachable(_)),
        "{error:?}"
    );
    let place = format!("postgres://trueup@127.0.0.1:{port}/trueup");
    assert!(error.to_string().contains(&place), "{error}");
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for_for_ever() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("postgres://trueup:{PASSWORD}@127.0.0.1:{port}/trueup");
    let error = refused(&url, Duration::from_millis(50));
    assert!(
        error
            .to_string()
            .ends_with("there was no answer within 0.05 s"),
        "{error}"
    );
}

#[test]
fn a_wrong_password_is_a_refused_login() {
    with(|server| {
        server.make_role("guest");
        let url = server.url("postgres").replace("trueup:", "guest:");
        let url = url.replace(PASSWORD, "wrong-horse-9");
        let error = refused(&url, SOON);
        assert!(
            matches!(error.problem, Problem::LoginRefused(_)),
            "{error:?}"
        );
        assert!(!format!("{error:?}").contains("wrong-horse-9"));
    });
}

#[test]
fn a_database_that_is_not_there_is_told() {
    with(|server| {
        let error = refused(&server.url("nowhere"), SOON);
        assert!(
            error.to_string().contains("\"nowhere\" does not exist"),
            "{error}"
        );
    });
}

#[test]
fn whoever_may_not_make_the_schema_is_told() {
    with(|server| {
        let database = server.make();
        let role = "clerk";
        server.make_role(role);
        let url = server.url(&database).replace("trueup:", "clerk:");
        let location = location(&url, Path::new("/nowhere"));
        assert!(
            block_on(Store::find(&location, opening(SOON)))
                .unwrap()
                .is_none()
        );
        let error = block_on(Store::open(&location, opening(SOON)))
            .err()
            .unwrap();
        assert!(
            matches!(error.problem, Problem::NoPermission(_)),
            "{error:?}"
        );

        // Where somebody else made the schema for it, it needs no right to the database.
        let make = format!("CREATE SCHEMA trueup AUTHORIZATION {role}");
        server.run(&make, &database);
        let store = block_on(Store::open(&location, opening(SOON))).unwrap();
        assert_eq!(block_on(store.entries()).unwrap(), []);
    });
}

#[test]
fn a_newer_schema_on_a_server_is_refused() {
    in_postgres(async |world| {
        let store = world.open().await;
        tamper(&store, "UPDATE schema_version SET version = 99").await;
        let error = Store::open(&world.location, opening(SOON)).await.err();
        let newer = Problem::NewerSchema {
            found: 99,
            known: super::super::newest_schema(),
        };
        assert_eq!(error.unwrap().problem, newer);
    });
}

#[test]
fn an_older_schema_on_a_server_is_brought_up_to_date() {
    in_postgres(async |world| {
        // As one leaves it that made the schema by hand.
        let store = world.open().await;
        tamper(&store, "DROP SCHEMA trueup CASCADE").await;
        tamper(&store, "CREATE SCHEMA trueup").await;
        drop(store);
        assert!(world.find().await.is_none());
        let store = world.open().await;
        assert!(store.verify().await.unwrap().is_sound());
        tamper(&store, "DROP TABLE drift").await;
        let gone = store.differing_since(&[].into(), true).await.unwrap_err();
        assert!(matches!(gone.problem, Problem::Damaged(_)), "{gone:?}");
    });
}

#[test]
fn those_who_make_a_schema_at_once_wait_for_one_another() {
    in_postgres(async |world| {
        let stores = (0..8).map(|_| world.open());
        for store in futures_util::future::join_all(stores).await {
            assert_eq!(store.entries().await.unwrap(), []);
        }
    });
}

#[test]
fn a_row_that_another_holds_for_too_long_is_busy() {
    in_postgres(async |world| {
        const HELD: &str = "UPDATE workspace SET epoch = epoch";
        let store = world.open().await;
        let lease = acquire(&store).await;
        let mut holding = store.begin(Access::Write).await.unwrap();
        holding.execute(HELD, Vec::new()).await.unwrap();

        let mut waiting = store.begin(Access::Write).await.unwrap();
        let patience = waiting.query("SHOW lock_timeout", Vec::new()).await;
        assert_eq!(patience.unwrap()[0].text(0).unwrap(), "30s");
        let hasty = "SET LOCAL lock_timeout = 1";
        waiting.execute(hasty, Vec::new()).await.unwrap();
        let error = waiting.execute(HELD, Vec::new()).await.unwrap_err();
        assert_eq!(error.problem, Problem::Busy);
        drop((holding, waiting));
        store.record(&lease, &put("forge.team.x")).await.unwrap();
    });
}

#[test]
fn a_database_that_is_read_only_is_told() {
    with(|server| {
        let database = server.make();
        let location = location(&server.url(&database), Path::new("/nowhere"));
        drop(block_on(Store::open(&location, opening(SOON))).unwrap());
        let rule = format!("ALTER DATABASE {database} SET default_transaction_read_only = on");
        server.run(&rule, "postgres");
        // Its connections live no longer than what they were made in.
        let error = block_on(async {
            let store = Store::open(&location, opening(SOON)).await.unwrap();
            store.acquire(claim(1, LONG)).await.unwrap_err()
        });
        assert_eq!(error.problem, Problem::ReadOnly);
    });
}

#[test]
fn leases_go_by_the_clock_of_the_server() {
    in_postgres(async |world| {
        let store = world.open().await;
        store.acquire(claim(1, LONG)).await.unwrap();
        world.set_clock("2099-01-01T00:00:00Z");
        let refused = store.acquire(claim(2, LONG)).await.unwrap_err();
        assert!(
            matches!(refused.problem, Problem::LeaseHeld(_)),
            "{refused}"
        );
    });
}

#[test]
fn a_connection_that_was_cut_is_made_again() {
    in_postgres(async |world: &World| {
        let store = world.open().await;
        let lease = acquire(&store).await;
        let cut = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let other = world.open().await;
        let mut transaction = other.begin(Access::Read).await.unwrap();
        assert!(!transaction.query(cut, Vec::new()).await.unwrap().is_empty());
        drop(transaction);
        store.record(&lease, &put("forge.team.x")).await.unwrap();
        assert_eq!(store.entries().await.unwrap().len(), 1);
    });
}

#[test]
fn a_server_is_believed_by_the_certificate_of_its_authority_and_its_name() {
    with(|server| {
        let folder = tempfile::tempdir().unwrap();
        server.write_authority(folder.path());
        let database = server.database();
        let url = database.url();
        let named = url.replace("127.0.0.1", "localhost");
        let open = |url: &str| {
            let location = location(url, folder.path());
            block_on(async {
                let store = Store::open(&location, opening(SOON)).await?;
                let mut transaction = store.begin(Access::Read).await?;
                let sql = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
                transaction.query(sql, Vec::new()).await?[0].text(0)
            })
        };
        let full = format!("{named}?sslmode=verify-full&sslrootcert=root.pem");
        assert_eq!(open(&full).unwrap(), "true");
        let wrong_name = format!("{url}?sslmode=verify-full&sslrootcert=root.pem");
        let authority = format!("{url}?sslmode=verify-ca&sslrootcert=root.pem");
        assert_eq!(open(&authority).unwrap(), "true");
        let nobodys = format!("{named}?sslmode=verify-full");
        let off = format!("{url}?sslmode=disable");
        assert_eq!(open(&off).unwrap(), "false");
        for url in [wrong_name, nobodys] {
            let error = open(&url).unwrap_err();
            assert!(matches!(error.problem, Problem::Untrusted(_)), "{error:?}");
        }
    });
}
