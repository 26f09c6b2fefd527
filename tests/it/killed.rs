//! The real binary, killed at every write of the example: before the request arrives, after it was carried out and before
//! its answer does, before the result is recorded, and right after. Whatever came of it, applying again finishes the work,
//! nothing is made twice, and the journal holds.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use trueup::Exit;

use crate::acme;
use crate::live::Live;
use crate::wire::{Hold, Wire};
use crate::world::World;

/// How many writes the example takes at least: fewer, and it would be another example.
const FEWEST_WRITES: usize = 30;

/// Where a run is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// The intent is recorded, and the request does not arrive.
    BeforeTheRequest,
    /// The request was carried out, and its answer does not arrive.
    BeforeTheAnswer,
    /// The answer arrives, and its result cannot be recorded.
    BeforeTheResult,
    /// The result is recorded, and nothing that follows arrives.
    AfterTheResult,
}

/// The example behind a wire.
struct Acme {
    world: World,
    wire: Wire,
    vendors: Vec<String>,
}

impl Acme {
    fn open() -> Self {
        let directory = acme::copy_without_chance();
        let settings = fs::read_to_string(directory.path().join("trueup.yaml")).unwrap();
        let systems = serde_yaml::from_str::<serde_yaml::Value>(&settings).unwrap();
        let systems = systems["systems"].as_mapping().unwrap();
        let vendors = systems.keys().map(|it| it.as_str().unwrap().to_owned());
        let vendors = vendors.collect();
        let world = World::open(directory, BTreeMap::new());
        let wire = Wire::to(world.address());
        Self {
            world,
            wire,
            vendors,
        }
    }

    /// Starts a command that reaches the vendors over the wire alone.
    fn start(&self, line: &str) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
        command.args(line.split_whitespace()).env_clear();
        command.current_dir(self.world.directory.path());
        for (name, value) in self.world.variables() {
            command.env(
                name,
                value.replace(self.world.address(), &self.wire.address),
            );
        }
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null()).spawn().unwrap()
    }

    fn store(&self) -> Connection {
        let file = self.world.directory.path().join(".trueup/trueup.db");
        let store = Connection::open(file).unwrap();
        store.busy_timeout(Duration::from_secs(30)).unwrap();
        store
    }

    /// How many lines of this kind the journal has.
    fn lines(store: &Connection, kind: &str) -> i64 {
        let count = "SELECT count(*) FROM journal WHERE kind = $1";
        store.query_row(count, [kind], |row| row.get(0)).unwrap()
    }

    /// Applies, and kills the run at its first write; false if it had nothing to write and ended by itself.
    fn kill(&self, moment: Moment) -> bool {
        let hold = match moment {
            Moment::BeforeTheRequest => Hold::Request,
            Moment::BeforeTheAnswer | Moment::BeforeTheResult | Moment::AfterTheResult => {
                Hold::Answer
            }
        };
        let held = self.wire.hold(hold);
        let mut run = self.start("apply --yes --parallelism 1");
        let is_held = held.wait(|| run.try_wait().unwrap().is_some());
        if !is_held {
            self.wire.cut();
            assert!(run.wait().unwrap().success(), "the last run ends well");
            return false;
        }
        let mut store = self.store();
        match moment {
            Moment::BeforeTheRequest | Moment::BeforeTheAnswer => {}
            Moment::BeforeTheResult => {
                // Nobody else writes as long as this lasts.
                let lock = store.transaction_with_behavior(TransactionBehavior::Immediate);
                let lock = lock.unwrap();
                let results = Self::lines(&lock, "result");
                let next = self.wire.hold(Hold::Request);
                held.let_go();
                kill(&mut run);
                drop(next);
                drop(lock);
                assert_eq!(Self::lines(&store, "result"), results);
            }
            Moment::AfterTheResult => {
                let results = Self::lines(&store, "result");
                let mut next = self.wire.hold(Hold::Request);
                held.let_go();
                while Self::lines(&store, "result") == results && run.try_wait().unwrap().is_none()
                {
                    // A step may need several requests before it has a result.
                    if next.has_sprung() {
                        let further = self.wire.hold(Hold::Request);
                        next.let_go();
                        next = further;
                    }
                    std::thread::yield_now();
                }
                kill(&mut run);
                self.wire.cut();
            }
        }
        kill(&mut run);
        self.wire.cut();
        drop(held);
        self.unlock(&store);
        true
    }

    /// Takes the lease back, which would run out by itself, only later.
    fn unlock(&self, store: &Connection) {
        let lease = "SELECT lease FROM workspace WHERE lease IS NOT NULL";
        let lease = store.query_row(lease, [], |row| row.get::<_, String>(0));
        // The last run may have ended in the very moment in which it was to be killed.
        if let Ok(lease) = lease {
            let ran = self.world.run(&format!("unlock {lease}"));
            assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
        }
    }

    /// The worlds without ids, in the order of the vendors.
    fn lives(&self) -> Vec<Vec<String>> {
        let vendors = self.vendors.iter();
        let lives = vendors.map(|vendor| Live::at(&self.world, vendor).without_ids());
        lives.collect()
    }
}

/// Kills a process, unless it is dead already.
fn kill(run: &mut Child) {
    run.kill().unwrap();
    run.wait().unwrap();
}

/// Kills runs until one has nothing left to write, each at its first write, at these moments in turn.
fn converges(moments: &[Moment]) {
    let undisturbed = Acme::open();
    let ran = undisturbed.world.run("apply --yes");
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");

    let acme = Acme::open();
    let mut kills = 0;
    while acme.kill(moments[kills % moments.len()]) {
        kills += 1;
        assert!(kills < 1000, "it does not end");
    }
    assert!(kills >= FEWEST_WRITES, "{kills} kills");
    assert_eq!(acme.lives(), undisturbed.lives());
    let plan = acme.world.run("plan --detailed-exitcode");
    assert_eq!(plan.exit, Exit::Fine, "{plan:#?}");
    let verified = acme.world.run("journal verify");
    assert_eq!(verified.exit, Exit::Fine, "{verified:#?}");
    let open = "SELECT count(*) FROM journal AS intent WHERE kind = 'intent' AND NOT EXISTS
        (SELECT 1 FROM journal AS result WHERE result.settles = intent.seq)";
    let open = acme.store().query_row(open, [], |row| row.get::<_, i64>(0));
    assert_eq!(open.unwrap(), 0, "every intent has come to a result");
}

#[test]
fn a_run_that_is_killed_before_a_request_or_its_answer_is_finished_by_the_next() {
    converges(&[Moment::BeforeTheRequest, Moment::BeforeTheAnswer]);
}

#[test]
fn a_run_that_is_killed_before_a_result_is_recorded_is_finished_by_the_next() {
    converges(&[Moment::BeforeTheResult]);
}

#[test]
fn a_run_that_is_killed_between_a_result_and_what_follows_is_finished_by_the_next() {
    converges(&[Moment::AfterTheResult]);
}

#[test]
fn what_a_killed_run_created_is_ours() {
    let desired = "senhasegura: { passwords: { wifi: { name: Wifi, username: guest, password: Coral-Saddle-58 } } }\n";
    let settings = "workspace: case\nsecrets: { allow_plaintext: true }\nsystems: { senhasegura: { endpoint: emulator } }\n";
    let world = World::of(&[("trueup.yaml", settings), ("desired.yaml", desired)]);
    let acme = Acme {
        wire: Wire::to(world.address()),
        vendors: vec!["senhasegura".to_owned()],
        world,
    };
    assert!(acme.kill(Moment::BeforeTheAnswer));
    assert!(acme.world.live().contains("Coral-Saddle-58"));
    let resumed = acme.world.run("apply --yes --resume");
    assert_eq!(resumed.exit, Exit::Fine, "{resumed:#?}");
    assert!(
        resumed
            .err
            .contains("broke off; 1 write may or may not have been done"),
        "{resumed:#?}"
    );
    assert!(resumed.out.contains("No changes."), "{resumed:#?}");
    acme.world.write_file("desired.yaml", "");
    let plan = acme.world.run("plan --json").json();
    assert_eq!(
        plan["resource_changes"][0]["address"], "senhasegura.password.wifi",
        "{plan:#}"
    );
}

#[test]
fn there_is_nothing_to_resume_where_nothing_broke_off() {
    let acme = Acme::open();
    let ran = acme.world.run("apply --yes --resume");
    assert_eq!(ran.exit, Exit::Error, "{ran:#?}");
    assert!(ran.err.contains("there is nothing to resume"), "{ran:#?}");
}

#[test]
fn the_lease_of_a_killed_run_frees_itself() {
    let acme = Acme::open();
    let held = acme.wire.hold(Hold::Request);
    let mut run = acme.start("apply --yes --lease-time 1s");
    assert!(held.wait(|| run.try_wait().unwrap().is_some()));
    kill(&mut run);
    acme.wire.cut();
    drop(held);
    let mut next = acme.start("apply --yes --lock-timeout 60s");
    assert!(next.wait().unwrap().success());
}
