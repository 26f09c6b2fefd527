//! Policies in Rego as people have them for Terraform's plans work on ours, with other types in them.

use std::fs;

use regorus::{Engine, Value};

use crate::acme;
use crate::run::{project, trueup};

/// A plan of the example as JSON.
fn plan(flags: &[&str]) -> String {
    let acme = acme::copy();
    let args = ["plan", "--json"].iter().chain(flags).copied();
    trueup(acme.path(), &args.collect::<Vec<_>>()).stdout
}

/// What policies deny of a plan, a line each.
fn denied(mut engine: Engine, plan: &str) -> String {
    engine.set_input(Value::from_json_str(plan).unwrap());
    let denied = engine.eval_rule("data.main.deny".to_owned()).unwrap();
    let denied = denied.as_set().unwrap().iter();
    let line = |it: &Value| format!("{}\n", it.as_string().unwrap());
    denied.map(line).collect()
}

fn examples() -> Engine {
    let mut engine = Engine::new();
    for name in ["deletions.rego", "sharing.rego"] {
        let file = project().join("examples/policy").join(name);
        let text = fs::read_to_string(file).unwrap();
        engine.add_policy(name.to_owned(), text).unwrap();
    }
    engine
}

#[test]
fn the_policies_of_the_examples_deny_what_they_say() {
    insta::assert_snapshot!(denied(examples(), &plan(&[])), @r"
    senhasegura.password.core-switch is critical, and group.network could edit it
    senhasegura.password.edge-firewall is critical, and group.network could edit it
    senhasegura.password.tax-portal is critical, and group.finance could edit it
    senhasegura.user.felix would be deleted
    ");
}

#[test]
fn what_could_not_be_read_is_denied() {
    let unread = r#"{ "incomplete": [{ "what": "senhasegura", "why": "it does not answer" }] }"#;
    let told = "senhasegura was not read: it does not answer\n";
    assert_eq!(denied(examples(), unread), told);
}

#[test]
fn a_plan_without_what_they_look_for_passes_the_policies() {
    let narrowed = plan(&["--target", "senhasegura.password.office-router"]);
    assert_eq!(denied(examples(), &narrowed), "");
}

#[test]
fn a_policy_of_terraforms_users_works_when_the_types_are_changed() {
    const POLICY: &str = r#"
package main

deny[msg] {
	resource := input.resource_changes[_]
	resource.type == "senhasegura_user"
	resource.change.actions[_] == "delete"
	msg := sprintf("%s: %v -> %v", [resource.address, resource.change.before.user_name, resource.change.after])
}
"#;
    let mut engine = Engine::new();
    engine.set_rego_v0(true);
    engine
        .add_policy("terraform.rego".to_owned(), POLICY.to_owned())
        .unwrap();
    insta::assert_snapshot!(denied(engine, &plan(&[])), @"senhasegura.user.felix: felix.h -> null");
}
