//! The example under a thousand schedules of faults: whatever goes wrong, nothing is made twice, nothing is called done
//! that is not, and applying again brings the world to where it would have come undisturbed. `SEED=17` runs one alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use trueup::Exit;

use crate::acme;
use crate::live::Live;
use crate::world::World;

const SCHEDULES: u64 = 1000;

/// How many worlds there are side by side. Most of the time is spent in the pauses before something is sent again.
const THREADS: usize = 32;

/// How often an apply without faults may be needed at most.
const MOST_APPLIES: usize = 2;

/// The numbers of one seed, which are the same on every machine: SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_of<T: Copy>(&mut self, several: &[T]) -> T {
        several[usize::try_from(self.below(several.len() as u64)).unwrap()]
    }
}

/// What goes wrong in one run.
#[derive(Debug)]
struct Schedule {
    faults: Value,
    /// How often a request may be sent again.
    retries: u64,
    /// Whether an apply at the end must say that there is nothing to do. In a world that is the undisturbed one it will,
    /// so that not every run need ask.
    is_asked: bool,
}

impl Schedule {
    /// Mostly single faults, and in some runs one that stays.
    fn of(seed: u64, vendors: &[String]) -> Self {
        let mut numbers = Numbers(seed);
        let retries = numbers.below(3);
        let mut faults = Vec::new();
        for _ in 0..=numbers.below(6) {
            let (on, requests) = numbers.one_of(&[
                ("write", 24),
                ("write", 24),
                ("write", 24),
                ("any", 80),
                ("read", 60),
                ("login", 3),
            ]);
            let nth = 1 + numbers.below(requests);
            let mut fault = json!({ "on": on, "nth": nth, "do": effect(&mut numbers) });
            if numbers.below(2) == 0 {
                let vendor = numbers.below(vendors.len() as u64);
                fault["vendor"] = json!(vendors[usize::try_from(vendor).unwrap()]);
            }
            faults.push(fault);
        }
        if retries == 0 && numbers.below(4) == 0 {
            let nth = 1 + numbers.below(24);
            faults.push(json!({ "on": "write", "from": nth, "do": effect(&mut numbers) }));
        }
        Self {
            faults: Value::Array(faults),
            retries,
            is_asked: seed.is_multiple_of(10),
        }
    }
}

fn effect(numbers: &mut Numbers) -> Value {
    match numbers.below(10) {
        0 => json!({ "fail": { "status": numbers.one_of(&[500, 502, 503, 504]) } }),
        1 => json!({ "limit": { "retry_after": 0 } }),
        2..=4 => json!("drop_answer"),
        5 => json!("drop_request"),
        6 => json!({ "cut": { "bytes": numbers.below(60) } }),
        7 => json!("garbage"),
        8 => json!("expire_session"),
        _ => json!({ "delay": { "ms": numbers.below(20) } }),
    }
}

/// The example with its emulators, and how it ends when nothing goes wrong.
struct Acme {
    world: World,
    vendors: Vec<String>,
    settings: String,
    /// The worlds at the beginning, in the order of the vendors.
    before: Vec<String>,
    /// The worlds at the end, without ids.
    after: Vec<Vec<String>>,
    /// How many objects with one natural key there are before or afterwards.
    keys: BTreeMap<String, usize>,
}

impl Acme {
    fn open() -> Self {
        let directory = acme::copy_without_chance();
        let settings = fs::read_to_string(directory.path().join("trueup.yaml")).unwrap();
        let systems = serde_yaml::from_str::<serde_yaml::Value>(&settings).unwrap();
        let systems = systems["systems"].as_mapping().unwrap();
        let vendors = systems.keys().map(|it| it.as_str().unwrap().to_owned());
        let mut acme = Self {
            vendors: vendors.collect(),
            world: World::open(directory, BTreeMap::new()),
            settings,
            before: Vec::new(),
            after: Vec::new(),
            keys: BTreeMap::new(),
        };
        let vendors = acme.vendors.iter();
        acme.before = vendors.map(|it| acme.world.live_at(it)).collect();
        let before = acme.count(&acme.lives());
        let ran = acme.world.run("apply --yes");
        assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
        let lives = acme.lives();
        acme.after = lives.iter().map(Live::without_ids).collect();
        acme.keys = acme.count(&lives);
        acme.has_nothing_to_do();
        for (key, count) in before {
            let most = acme.keys.entry(key).or_default();
            *most = count.max(*most);
        }
        acme
    }

    fn lives(&self) -> Vec<Live> {
        let vendors = self.vendors.iter();
        vendors.map(|it| Live::at(&self.world, it)).collect()
    }

    /// How many live objects share a natural key, for each.
    fn count(&self, lives: &[Live]) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for (vendor, live) in self.vendors.iter().zip(lives) {
            for key in live.keys() {
                *counts.entry(format!("{vendor} {key}")).or_default() += 1;
            }
        }
        counts
    }

    fn is_at_end(&self, lives: &[Live]) -> bool {
        lives
            .iter()
            .map(Live::without_ids)
            .eq(self.after.iter().cloned())
    }

    fn has_nothing_to_do(&self) {
        let ran = self.world.run("apply --yes --json");
        assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
        assert_eq!(ran.json()["outcomes"], json!([]), "{ran:#?}");
    }

    fn has_no_more_than_it_should(&self, lives: &[Live]) {
        for (key, count) in self.count(lives) {
            let most = self.keys.get(&key).copied().unwrap_or_default();
            assert!(count <= most, "{count} of {key}, and should be {most}");
        }
    }

    /// Applies under a schedule and then without faults until the world is what it would have come to undisturbed. Gives
    /// the faults that struck.
    fn bear(&self, schedule: &Schedule) -> BTreeSet<String> {
        let Schedule {
            faults,
            retries,
            is_asked,
        } = schedule;
        let patient = format!("endpoint: emulator\n    retries: {retries}");
        let settings = self.settings.replace("endpoint: emulator", &patient);
        self.world.write_file("trueup.yaml", &settings);
        for (vendor, before) in self.vendors.iter().zip(&self.before) {
            self.world.set_live_at(vendor, before);
        }
        self.world.clear_made();
        self.world.clear_journal();
        self.world.set_faults(&faults.to_string());
        let disturbed = self.world.run("apply --yes --json");
        self.world.clear_faults();
        let requests = self.world.requests();
        let struck = requests.iter().filter_map(|it| it["fault"].as_str());
        let struck = struck.map(str::to_owned).collect();
        let mut lives = self.lives();
        self.has_no_more_than_it_should(&lives);

        // Where reading failed nothing was applied, and so there is no report.
        let done = match disturbed.out.as_str() {
            "" => BTreeSet::new(),
            _ => addresses(&disturbed.json(), |outcome| outcome == "done"),
        };
        for _ in 0..MOST_APPLIES {
            if self.is_at_end(&lives) {
                break;
            }
            let again = self.world.run("apply --yes --json");
            assert_eq!(again.exit, Exit::Fine, "{again:#?}\n{disturbed:#?}");
            let left = addresses(&again.json(), |_| true);
            let undone = left.intersection(&done).collect::<Vec<_>>();
            assert!(undone.is_empty(), "{undone:?}: {disturbed:#?}");
            lives = self.lives();
        }
        for (live, after) in lives.iter().zip(&self.after) {
            let is = live.without_ids();
            let differs = |it: &&String| !(is.contains(it) && after.contains(it));
            let differ = is.iter().chain(after).filter(differs).collect::<Vec<_>>();
            assert!(is == *after, "{differ:#?}\n{disturbed:#?}");
        }
        if *is_asked {
            self.has_nothing_to_do();
        }
        struck
    }
}

/// The addresses of a report's steps that ended in a certain way.
fn addresses(report: &Value, ended: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let outcomes = report["outcomes"].as_array().unwrap().iter();
    let outcomes = outcomes.filter(|it| ended(it["outcome"].as_str().unwrap()));
    let addresses = outcomes.map(|it| it["address"].as_str().unwrap().to_owned());
    addresses.collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a switch for whoever runs the tests, not an input of the program"
)]
fn seed_alone() -> Option<u64> {
    let seed = std::env::var_os("SEED")?;
    Some(seed.to_str().unwrap().parse().unwrap())
}

#[test]
fn no_schedule_of_faults_makes_anything_twice_or_keeps_the_example_from_its_end() {
    let alone = seed_alone();
    let seeds = alone.map_or(0..SCHEDULES, |seed| seed..seed + 1);
    let next = AtomicU64::new(seeds.start);
    let broken = Mutex::new(Vec::new());
    let struck = Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS.min(seeds.clone().count()) {
            scope.spawn(|| {
                let acme = Acme::open();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let schedule = Schedule::of(seed, &acme.vendors);
                    match catch_unwind(AssertUnwindSafe(|| acme.bear(&schedule))) {
                        Ok(faults) => struck.lock().unwrap().extend(faults),
                        Err(panic) => {
                            let why = panic.downcast_ref::<String>().cloned();
                            let why = why.unwrap_or_default();
                            let schedule = &schedule;
                            let told = format!("SEED={seed} {schedule:?}\n{why}");
                            broken.lock().unwrap().push(told);
                        }
                    }
                }
            });
        }
    });
    let broken = broken.into_inner().unwrap();
    assert!(
        broken.is_empty(),
        "{}\n\n{} schedules",
        broken.join("\n\n"),
        broken.len()
    );
    if alone.is_none() {
        let struck = struck.into_inner().unwrap();
        let struck = struck.iter().map(String::as_str).collect::<Vec<_>>();
        let all = [
            "cut",
            "delay",
            "drop_answer",
            "drop_request",
            "expire_session",
            "fail",
            "garbage",
            "limit",
        ];
        assert_eq!(struck, all, "every fault should have struck");
    }
}
