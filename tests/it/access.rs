//! Who gains and who loses what: that every change of access is told once, to whom it concerns, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trueup::Exit;

use crate::case::for_every;
use crate::world::World;

/// The fields that give others access, or the object itself, by kind: lists of names, mappings of names to levels, or one
/// name. What else a plan tells of who may do what follows from no field alone.
const GIVING: &[(&str, &[&str])] = &[
    ("console_connect_member", &["roles"]),
    (
        "password_safe_group",
        &["api_registrations", "members", "permissions", "smart_rules"],
    ),
    ("password_safe_folder", &["parent"]),
    (
        "password_safe_safe",
        &["group_permissions", "user_permissions"],
    ),
    ("password_safe_secret", &["folder", "owners", "shared_into"]),
    ("password_safe_user", &["access_policy"]),
    ("safeconsole_user", &[]),
    (
        "senhasegura_api_secret",
        &["groups_allowed", "users_allowed"],
    ),
    ("senhasegura_credential", &["owner"]),
    ("senhasegura_group", &["members"]),
    ("senhasegura_note", &["groups_allowed", "users_allowed"]),
    ("senhasegura_password", &["groups_allowed", "users_allowed"]),
    ("senhasegura_user", &["roles"]),
];

/// What a plan tells of access that is no difference in one of those fields.
const BESIDE: [&str; 5] = [
    "an account",
    "drives under the policy of",
    "whoever may use it",
    "weaker: ",
    "changes: ",
];

/// The names in a field, each with its level if it has one.
fn named(field: &Value) -> BTreeMap<String, Value> {
    match field {
        Value::Null => BTreeMap::new(),
        Value::Array(names) => {
            let names = names.iter().map(|it| (it.to_string(), Value::Null));
            names.collect()
        }
        Value::Object(levels) => {
            let given = levels.iter();
            let given = given.filter(|(_, level)| **level != "none" && **level != "");
            given
                .map(|(name, level)| (name.clone(), level.clone()))
                .collect()
        }
        one @ (Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            BTreeMap::from([(one.to_string(), Value::Null)])
        }
    }
}

/// How many names differ between two values of a field.
fn differences(before: &Value, after: &Value) -> usize {
    let (before, after) = (named(before), named(after));
    let names = before.keys().chain(after.keys()).collect::<BTreeSet<_>>();
    names
        .iter()
        .filter(|it| before.get(**it) != after.get(**it))
        .count()
}

/// Every change of every section, with whose it is.
fn told(plan: &Value) -> Vec<(&Value, &Value)> {
    let sections = plan["access"].as_array().unwrap().iter();
    sections
        .flat_map(|section| {
            let changes = section["changes"].as_array().unwrap().iter();
            changes.map(move |change| (section, change))
        })
        .collect()
}

#[test]
fn every_change_of_access_is_told_in_one_section() {
    let law = "every change of access is told in one section";
    for_every(law, |case| {
        let ran = case.open().run(&case.line("plan --json"));
        if ran.exit == Exit::Invalid {
            return;
        }
        let plan = ran.json();
        let told = told(&plan);
        for step in plan["resource_changes"].as_array().unwrap() {
            let (address, change) = (&step["address"], &step["change"]);
            let of_step = told.iter().filter(|(_, it)| it["address"] == *address);
            let of_step = of_step.collect::<Vec<_>>();
            if step["type"] == "safeconsole_policy" {
                assert!(!of_step.is_empty(), "{address} weakens nothing and nobody");
                continue;
            }
            // A list tells where a secret lies and nothing else of who may use it.
            if of_step
                .iter()
                .any(|(section, _)| section["sort"] == "thing")
            {
                assert_eq!(of_step.len(), 1, "{address}");
                continue;
            }
            let giving = GIVING.iter().find(|(kind, _)| step["type"] == *kind);
            let Some((_, fields)) = giving else {
                continue;
            };
            let differ = fields
                .iter()
                .map(|it| differences(&change["before"][it], &change["after"][it]));
            let is_beside = |what: &str| BESIDE.iter().any(|it| what.starts_with(it));
            let by_fields = of_step
                .iter()
                .filter(|(_, it)| !is_beside(it["what"].as_str().unwrap()));
            let by_fields = by_fields.count();
            // What moves is lost in one place and gained in another; a name counts as one in each.
            assert_eq!(by_fields, differ.sum::<usize>(), "{address}: {of_step:#?}");
        }
        let once = told
            .iter()
            .map(|(section, change)| format!("{} {} {change}", section["sort"], section["who"]));
        assert_eq!(once.collect::<BTreeSet<_>>().len(), told.len());
        let steps = plan["resource_changes"].as_array().unwrap();
        for (_, change) in told {
            let has_step = steps.iter().any(|it| it["address"] == change["address"]);
            assert!(has_step, "{change}");
        }
    });
}

#[test]
fn who_can_do_more_comes_first_and_then_the_names_decide() {
    let law = "who can do more comes first and then the names decide";
    for_every(law, |case| {
        let ran = case.open().run(&case.line("plan --json"));
        if ran.exit == Exit::Invalid {
            return;
        }
        let plan = ran.json();
        let sections = plan["access"].as_array().unwrap();
        let order = sections.iter().map(|section| {
            let changes = section["changes"].as_array().unwrap();
            let rises = changes.iter().any(|it| it["direction"] == "rise");
            (!rises, section["who"].as_str().unwrap())
        });
        let order = order.collect::<Vec<_>>();
        assert!(order.is_sorted(), "{order:?}");
        for section in sections {
            let changes = section["changes"].as_array().unwrap();
            let rank = |it: &Value| {
                let direction = it["direction"].as_str().unwrap();
                ["rise", "sideways", "fall"]
                    .iter()
                    .position(|it| *it == direction)
                    .unwrap()
            };
            assert!(changes.is_sorted_by_key(rank), "{section:#}");
        }
    });
}

const SETTINGS: &str = "workspace: case
include: [access.yaml]
secrets: { allow_plaintext: true }
systems:
  senhasegura: { endpoint: emulator, seed: vault.yaml }
  console_connect: { endpoint: emulator, seed: network.yaml }
";

const VAULT: &str = "users: [{ id: 2, user_name: joao.p, email: joao@example.org, external_id: e, formatted: João }]
groups: [{ id: 5, display_name: Network, members: [2] }]
";

#[test]
fn accounts_with_one_address_are_one_person_at_all_vendors() {
    let declared = "senhasegura:
  users:
    vera: { user_name: vera.k, full_name: Vera, external_id: e2, email: Vera@Example.org, roles: [Operator] }
  groups:
    network: { display_name: Network, members: [user.vera] }
  passwords:
    wifi: { name: Wifi, username: guest, password: Blue-Kettle-71, groups_allowed: { group.network: view } }
console_connect:
  members:
    vera: { email: vera@example.org, roles: [NETWORKCONTROL, NETWORKVIEW] }
";
    let network = std::fs::read_to_string(format!(
        "{}/tests/cases/console_connect/a-member-gains-a-role/live.yaml",
        env!("CARGO_MANIFEST_DIR")
    ));
    let world = World::of(&[
        ("trueup.yaml", SETTINGS),
        ("vault.yaml", VAULT),
        ("network.yaml", &network.unwrap()),
        ("access.yaml", declared),
    ]);
    let plan = world.run("plan").out;
    let (_, rest) = plan.split_once("Who gains and who loses what:\n").unwrap();
    let (section, _) = rest.split_once("\n\n").unwrap();
    insta::assert_snapshot!(section, @r#"
      senhasegura.group.network, among them senhasegura.user.vera
        + password "Wifi": view (senhasegura.password.wifi)
      vera@example.org (console_connect.member.vera, senhasegura.user.vera)
        + role NETWORKCONTROL (console_connect.member.vera)
        + group "Network" (senhasegura.group.network)
        + an account (senhasegura.user.vera)
        + role Operator (senhasegura.user.vera)
      joao@example.org (senhasegura.user "joao.p")
        - group "Network" (senhasegura.group.network)
    "#);
}
