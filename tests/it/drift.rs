//! `drift`: what is not as declared, whose doing it is, since when, how grave it is, and what somebody answers for.

use serde_json::{Value, json};
use trueup::Exit;

use crate::run::project;
use crate::world::{Ran, World};

const SETTINGS: &str = "\
workspace: case
secrets: { allow_plaintext: true }
systems:
  senhasegura: { endpoint: emulator, seed: live.yaml, retries: 0 }
  safeconsole: { endpoint: emulator, seed: drives.yaml, retries: 0, assumed_actions: true }
include: [desired.yaml]
";

const DESIRED: &str = "\
senhasegura:
  passwords:
    wifi: { name: Wifi, username: guest, password: Coral-Saddle-58, url: wifi.example.org, tags: [office] }
    vpn: { name: VPN, username: vpn, password: Blue-Kettle-71, url: vpn.example.org }
    old: { name: Old, username: old, password: Amber-Wagon-33 }
  users:
    ana: { user_name: ana, full_name: Ana Reis, external_id: hr-1, email: ana@example.org }
safeconsole:
  policies:
    base: { path: { live: plant }, password_policy: { min_length: 16 } }
";

const LIVE: &str = "\
passwords:
- { id: 90, name: Printer, username: admin, password: Silver-Bridge-40 }
";

const DRIVES: &str = "\
assumed_actions: true
paths:
- { id: 1, path: default, policy: { id: 201, settings: { password_policy: { min_length: 12 } } } }
- { id: 4, path: plant }
";

fn world() -> World {
    World::of(&[
        ("trueup.yaml", SETTINGS),
        ("live.yaml", LIVE),
        ("drives.yaml", DRIVES),
        ("desired.yaml", DESIRED),
    ])
}

/// A world in which everything has been applied.
fn applied() -> World {
    let world = world();
    let apply = world.run("apply --yes");
    assert_eq!(apply.exit, Exit::Fine, "{apply:#?}");
    world
}

/// A world in which something of each sort is.
pub(crate) fn drifted() -> World {
    let world = applied();
    let vendor = "senhasegura";
    let live = world.live_at(vendor);
    let live = live
        .replace("Coral-Saddle-58", "Green-Ladder-20")
        .replace("vpn.example.org", "elsewhere.example.org")
        .replace("ana@example.org", "ana@elsewhere.example.org");
    world.set_live_at(vendor, &live);
    let desired = DESIRED
        .replace("tags: [office]", "tags: [lobby]")
        .replace("vpn.example.org", "new.example.org")
        .replace(
            "    old: { name: Old, username: old, password: Amber-Wagon-33 }\n",
            "",
        );
    world.write_file("desired.yaml", &desired);
    world
}

fn run_on(world: &World, line: &str, day: &str) -> Ran {
    let now = format!("{day}T12:00:00Z")
        .parse::<jiff::Timestamp>()
        .unwrap();
    world.run_with(line, |host| {
        host.now = now;
        host.clock = std::sync::Arc::new(move || now);
    })
}

#[test]
fn what_differs_is_told_by_whose_doing_it_is() {
    let drift = drifted().run("drift");
    assert_eq!(drift.exit, Exit::Changes, "{drift:#?}");
    insta::assert_snapshot!(drift.out);
}

#[test]
fn nothing_that_differs_is_no_drift() {
    let world = applied();
    let drift = world.run("drift");
    assert_eq!(drift.exit, Exit::Fine, "{drift:#?}");
    assert_eq!(drift.out, "No drift. 5 resources are as declared.\n");
}

#[test]
fn what_nothing_declares_is_listed_where_that_is_asked_for() {
    let world = applied();
    let drift = world.run("drift --unmanaged");
    let line = "senhasegura.password.90 is there as `Printer`, and nothing declares it (unmanaged";
    assert!(drift.out.contains(line), "{drift:#?}");
    assert_eq!(drift.exit, Exit::Fine);
    assert!(!world.run("drift").out.contains("Printer"));
}

#[test]
fn a_policy_that_was_weakened_is_grave() {
    let world = applied();
    let live = world.live_at("safeconsole");
    let weaker = live.replace("min_length: 16", "min_length: 8");
    assert_ne!(live, weaker, "{live}");
    world.set_live_at("safeconsole", &weaker);
    let drift = world.run("drift --format json").json();
    let finding = &drift["findings"][0];
    assert_eq!(finding["severity"], "high", "{drift:#}");
    assert_eq!(finding["sort"], "drifted");
    assert_eq!(finding["address"], "safeconsole.policy.base");
}

#[test]
fn what_is_gone_at_the_vendor_is_told() {
    let world = applied();
    let live = world.live_at("senhasegura");
    let users = live.find("users:").unwrap();
    world.set_live_at("senhasegura", &live[..users]);
    let drift = world.run("drift");
    let line = "senhasegura.user.ana is gone at the vendor (drifted";
    assert!(drift.out.contains(line), "{drift:#?}");
}

#[test]
fn a_difference_is_dated_by_when_it_was_first_seen() {
    let world = drifted();
    let first = |ran: Ran| ran.json()["findings"][0].clone();
    let seen = first(run_on(&world, "drift --format json", "2026-07-01"));
    assert_eq!(seen["first_seen"], "2026-07-01T12:00:00Z");
    let later = first(run_on(&world, "drift --format json", "2026-07-15"));
    assert_eq!(later["first_seen"], "2026-07-01T12:00:00Z");
    assert_eq!(later["days"], 14);
    let text = run_on(&world, "drift", "2026-07-15").out;
    assert!(text.contains("since 2026-07-01, 14 days"), "{text}");
}

#[test]
fn a_look_at_a_part_forgets_no_history() {
    let world = drifted();
    run_on(&world, "drift", "2026-07-01");
    run_on(&world, "drift --target senhasegura.user", "2026-07-02");
    let again = run_on(&world, "drift --format json", "2026-07-03").json();
    assert_eq!(again["findings"][0]["days"], 2, "{again:#}");
}

#[test]
fn nothing_is_written_where_nothing_was_applied() {
    let world = world();
    let drift = world.run("drift --fail-on low");
    assert_eq!(drift.exit, Exit::Changes, "{drift:#?}");
    assert!(!world.directory.path().join(".trueup/trueup.db").exists());
    assert!(world.writes().is_empty());
}

#[test]
fn how_grave_it_must_be_to_fail_can_be_said() {
    let world = applied();
    let live = world.live_at("senhasegura");
    world.set_live_at(
        "senhasegura",
        &live.replace("vpn.example.org", "x.example.org"),
    );
    for (fail_on, exit) in [
        ("low", Exit::Changes),
        ("medium", Exit::Changes),
        ("high", Exit::Fine),
        ("never", Exit::Fine),
    ] {
        let drift = world.run(&format!("drift --fail-on {fail_on}"));
        assert_eq!(drift.exit, exit, "{fail_on}: {drift:#?}");
    }
}

const WAIVER: &str = "\
waivers:
- address: senhasegura.password.vpn
  field: url
  owner: ana@example.org
  reason: moves on Monday
  until: 2026-07-31
";

#[test]
fn what_somebody_answers_for_passes_until_its_last_day() {
    let world = applied();
    let live = world.live_at("senhasegura");
    world.set_live_at(
        "senhasegura",
        &live.replace("vpn.example.org", "x.example.org"),
    );
    world.write_file("waivers.yaml", WAIVER);
    let last = run_on(&world, "drift", "2026-07-31");
    assert_eq!(last.exit, Exit::Fine, "{last:#?}");
    let line = "waived by ana@example.org until 2026-07-31: moves on Monday";
    assert!(last.out.contains(line), "{last:#?}");
    let after = run_on(&world, "drift", "2026-08-01");
    assert_eq!(after.exit, Exit::Changes, "{after:#?}");
    let told = "the waiver of ana@example.org for senhasegura.password.vpn ended on 2026-07-31";
    assert!(after.err.contains(told), "{after:#?}");
}

#[test]
fn a_waiver_with_a_mistake_lets_nothing_pass() {
    let world = applied();
    let live = world.live_at("senhasegura");
    world.set_live_at(
        "senhasegura",
        &live.replace("vpn.example.org", "x.example.org"),
    );
    world.write_file(
        "waivers.yaml",
        &WAIVER.replace("  owner: ana@example.org\n", ""),
    );
    let drift = world.run("drift");
    assert_eq!(drift.exit, Exit::Changes, "{drift:#?}");
    assert!(drift.err.contains("a waiver needs `owner`"), "{drift:#?}");
    assert!(drift.err.contains("waivers.yaml:2:3"), "{drift:#?}");
    world.write_file("waivers.yaml", &WAIVER.replace("moves on Monday", "''"));
    let drift = world.run("drift");
    assert_eq!(drift.exit, Exit::Changes, "{drift:#?}");
    assert!(drift.err.contains("[bad-waiver]"), "{drift:#?}");
}

#[test]
fn a_waiver_that_nothing_needs_is_told() {
    let world = applied();
    world.write_file("waivers.yaml", WAIVER);
    let drift = world.run("drift");
    assert_eq!(drift.exit, Exit::Fine, "{drift:#?}");
    assert!(
        drift.err.contains("nothing that differs needs the waiver"),
        "{drift:#?}"
    );
}

#[test]
fn waivers_that_are_named_must_be_there() {
    let drift = applied().run("drift --waivers nowhere.yaml");
    assert_eq!(drift.exit, Exit::Error, "{drift:#?}");
    assert!(
        drift.err.contains("nowhere.yaml cannot be read"),
        "{drift:#?}"
    );
}

#[test]
fn programs_are_told_as_their_schema_says() {
    let world = drifted();
    world.write_file("waivers.yaml", WAIVER);
    let drift = world.run("drift --unmanaged --format json").json();
    let schema = std::fs::read_to_string(project().join("schemas/drift.schema.json")).unwrap();
    let schema = serde_json::from_str::<Value>(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mistakes = validator.iter_errors(&drift).map(|it| it.to_string());
    assert_eq!(mistakes.collect::<Vec<_>>(), Vec::<String>::new());
    insta::assert_snapshot!(format!("{drift:#}"));
}

#[test]
fn code_hosts_know_a_finding_again() {
    let world = drifted();
    let fingerprints = || {
        let sarif = world.run("drift --format sarif").json();
        let results = sarif["runs"][0]["results"].as_array().unwrap().iter();
        let fingerprints = results.map(|it| it["partialFingerprints"]["trueup/v1"].clone());
        fingerprints.collect::<Vec<_>>()
    };
    let before = fingerprints();
    assert!(before.len() > 3, "{before:?}");
    let text = std::fs::read_to_string(world.directory.path().join("desired.yaml")).unwrap();
    world.write_file(
        "desired.yaml",
        &format!("# Another line before it.\n{text}"),
    );
    assert_eq!(before, fingerprints());
}

#[test]
fn drift_is_shown_at_its_line() {
    let sarif = drifted().run("drift --format sarif").json();
    let result = &sarif["runs"][0]["results"][0];
    let at = &result["locations"][0]["physicalLocation"];
    assert_eq!(at["artifactLocation"]["uri"], "desired.yaml", "{result:#}");
    assert_eq!(at["region"]["startLine"], 3, "{result:#}");
    assert_eq!(result["level"], "error");
    assert_eq!(sarif["version"], json!("2.1.0"));
}

#[test]
fn tests_and_tables_and_pages_show_the_same() {
    let world = drifted();
    world.write_file("waivers.yaml", WAIVER);
    for format in ["junit", "csv", "markdown", "html"] {
        let drift = run_on(&world, &format!("drift --format {format}"), "2026-07-01");
        // The dress of a page is that of a plan's.
        let page = drift.out.split_once("<main>\n");
        let page = page.and_then(|(_, rest)| rest.split_once("</main>"));
        let shown = page.map_or(&*drift.out, |(main, _)| main);
        insta::assert_snapshot!(format, shown);
    }
}

#[test]
fn no_cell_is_taken_for_a_formula() {
    let world = applied();
    let live = world.live_at("senhasegura");
    let evil = live
        .replace("name: Wifi", "name: '=HYPERLINK(\"x\")'")
        .replace("name: Printer", "name: '@SUM(1)'");
    world.set_live_at("senhasegura", &evil);
    let drift = world.run("drift --unmanaged --format csv");
    let mut reader = csv::Reader::from_reader(drift.out.as_bytes());
    let cells = reader.records().flat_map(|row| {
        let row = row.unwrap();
        row.iter().map(str::to_owned).collect::<Vec<_>>()
    });
    for cell in cells {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
    }
}

#[test]
fn what_cannot_be_read_is_no_drift_and_no_success() {
    let world = applied();
    world.set_faults(r#"[{"on":"read","nth":1,"do":{"fail":{"status":503}}}]"#);
    let drift = world.run("drift");
    world.clear_faults();
    assert_eq!(drift.exit, Exit::Error, "{drift:#?}");
    assert!(drift.out.contains("Not read:"), "{drift:#?}");
    assert!(!drift.out.contains("gone at the vendor"), "{drift:#?}");
}
