//! senhasegura beyond single cases: how often lists are asked for, and which logins are needed for what.

use std::fmt::Write;

use trueup::Exit;

use crate::world::{Ran, World};

const SETTINGS: &str = "workspace: case\ninclude: [vault.yaml]\nsecrets: { allow_plaintext: true }\nsystems: { senhasegura: { endpoint: emulator, seed: live.yaml, retries: 0 } }\n";

fn world(live: &str, vault: &str) -> World {
    World::of(&[
        ("trueup.yaml", SETTINGS),
        ("live.yaml", live),
        ("vault.yaml", vault),
    ])
}

/// So many devices, each with a credential and a key on it, of which each third credential logs in as the one before.
fn many(count: usize) -> String {
    let mut vault = "senhasegura:\n  devices:\n".to_owned();
    for at in 1..=count {
        let fields = "model: m, type: t, vendor: v, site: s";
        writeln!(
            vault,
            "    d{at}: {{ hostname: host-{at}, ip: 192.0.2.{at}, {fields} }}"
        )
        .unwrap();
    }
    vault.push_str("  credentials:\n");
    for at in 1..=count {
        let login = if at % 3 == 0 {
            format!(", change_as: credential.c{}", at - 1)
        } else {
            String::new()
        };
        writeln!(
            vault,
            "    c{at}: {{ identifier: cred-{at}, username: root, device: device.d{at}, tags: [a]{login} }}"
        )
        .unwrap();
    }
    vault.push_str("  ssh_keys:\n");
    for at in 1..=count {
        let parts = "public_key: p, private_key: Blue-Kettle-71";
        writeln!(
            vault,
            "    k{at}: {{ identifier: key-{at}, device: device.d{at}, {parts} }}"
        )
        .unwrap();
    }
    vault
}

const DEVICE: &str =
    "devices: [{ id: 1, hostname: db, ip: 192.0.2.1, model: m, type: t, vendor: v, site: s }]\n";

/// So many credentials on it.
fn on_one_device(count: usize) -> String {
    let mut vault = "senhasegura:\n  credentials:\n".to_owned();
    for at in 1..=count {
        writeln!(
            vault,
            "    c{at}: {{ identifier: cred-{at}, username: user-{at}, device: {{ live: db }} }}"
        )
        .unwrap();
    }
    vault
}

/// How many requests of a journal read these paths.
fn reads(world: &World, is_it: impl Fn(&str) -> bool) -> usize {
    let requests = world.requests().into_iter();
    let paths = requests.filter(|it| it["method"] == "GET");
    paths
        .filter(|it| is_it(it["path"].as_str().unwrap()))
        .count()
}

#[test]
fn what_is_created_on_many_devices_asks_for_no_list_of_its_own() {
    for count in [2, 12] {
        let world = world("{}", &many(count));
        assert_eq!(world.run("apply --yes").exit, Exit::Fine);
        // Once to plan, and once when the first of them is written.
        assert_eq!(reads(&world, |it| it == "/api/pam/credential"), 2);
        assert_eq!(reads(&world, |it| it == "/api/pam/device"), 1);
        assert_eq!(reads(&world, |it| it.starts_with("/api/pam/device/")), 0);
        assert_eq!(world.run("plan --detailed-exitcode").exit, Exit::Fine);
    }
}

#[test]
fn a_device_is_read_once_for_all_that_is_put_on_it() {
    let world = world(DEVICE, &on_one_device(8));
    assert_eq!(world.run("apply --yes").exit, Exit::Fine);
    assert_eq!(reads(&world, |it| it == "/api/pam/device/1"), 1);
}

#[test]
fn a_credential_whose_answer_is_lost_is_looked_for_before_anything_is_sent_again() {
    let vault = on_one_device(3);
    let world = world(DEVICE, &vault);
    world.set_faults(r#"[{ "on": "write", "nth": 2, "do": "drop_answer" }]"#);
    let applied = world.run("apply --yes --parallelism 1");
    assert_eq!(applied.exit, Exit::Fine, "{applied:#?}");
    assert_eq!(world.writes().len(), 3);
    // To plan, at the first write, after the answer was lost, and at the write after that.
    assert_eq!(reads(&world, |it| it == "/api/pam/credential"), 4);
}

#[test]
fn two_declarations_do_not_write_one_credential_in_turns() {
    let vault = "senhasegura:
  credentials:
    a: { identifier: cred-a, username: root, device: { live: db } }
    b: { identifier: cred-b, username: root, device: { live: db } }
";
    let world = world(DEVICE, vault);
    let applied = world.run("apply --yes");
    assert_eq!(applied.exit, Exit::Partial, "{applied:#?}");
    let why = "has this user name on the device";
    assert!(applied.out.contains(why), "{applied:#?}");
    assert_eq!(world.writes().len(), 1);
}

#[test]
fn a_credential_that_is_remembered_and_in_no_list_is_taken_for_disabled() {
    let world = world(DEVICE, &on_one_device(2));
    assert_eq!(world.run("apply --yes").exit, Exit::Fine);
    let live = world.live();
    world.set_live(&live.replace("username: user-2", "username: user-2\n  disabled: true"));
    let plan = world.run("plan").out;
    let title = "# senhasegura.credential.c2 will be updated in-place";
    assert!(
        plan.contains(title) && plan.contains("~ state      = disabled -> enabled"),
        "{plan}"
    );
    assert!(!plan.contains("credential.c1"), "{plan}");
    assert_eq!(world.run("apply --yes").exit, Exit::Fine);
    assert_eq!(world.live(), live);
}

#[test]
fn an_id_that_no_list_shows_and_nothing_has_is_told_when_something_else_was_written() {
    let vault = "senhasegura: { credentials: { a: { id: '99', identifier: cred-a, username: root, device: { live: db } } } }";
    let world = world(DEVICE, vault);
    let plan = world.run("plan").out;
    assert!(
        plan.contains("~ state      = disabled -> enabled"),
        "{plan}"
    );
    let applied = world.run("apply --yes");
    assert_eq!(applied.exit, Exit::Partial, "{applied:#?}");
    for part in [
        "the credential with id 99 is another one: 1 was written instead",
        "say which one is meant: `id: \"1\"`",
    ] {
        assert!(applied.out.contains(part), "{applied:#?}");
    }
}

/// A plan of a workspace whose settings name no login of the A2A authorisation.
fn plan_without_a2a(vault: &str) -> Ran {
    let world = world("{}", vault);
    world.run_with("plan", |host| {
        host.environment.retain(|name, _| !name.contains("A2A"));
    })
}

#[test]
fn what_the_a2a_authorisation_opens_cannot_be_read_without_it() {
    for (kind, vault) in [
        (
            "device",
            "devices: { db: { hostname: h, ip: i, model: m, type: t, vendor: v, site: s } }",
        ),
        (
            "credential",
            "credentials: { a: { identifier: a, username: a, device: { live: h } } }",
        ),
        (
            "ssh_key",
            "ssh_keys: { a: { identifier: a, device: { live: h }, public_key: p } }",
        ),
        (
            "related_user",
            "related_users: { a: { user: { live: u }, name: n } }",
        ),
    ] {
        let plan = plan_without_a2a(&format!("senhasegura: {{ {vault} }}"));
        assert_eq!(plan.exit, Exit::Login, "{kind}: {plan:#?}");
        let text = plan.transcript();
        assert!(
            text.contains(&format!("senhasegura.{kind}")),
            "{kind}: {text}"
        );
        let why =
            "there are no credentials for senhasegura's a2a: `auth: { a2a: … }` is not written";
        let help = "set `auth: { a2a: { client_id, client_secret } }` in trueup.yaml";
        assert!(text.contains(why) && text.contains(help), "{kind}: {text}");
    }
}

#[test]
fn what_other_authorisations_open_asks_for_no_a2a() {
    let vault = "senhasegura:
  users: { ines: { user_name: ines, full_name: Ines, external_id: e, email: ines@example.org } }
  notes: { door: { name: Door, note: Blue-Kettle-71 } }
";
    let plan = plan_without_a2a(vault);
    assert_eq!(plan.exit, Exit::Fine, "{plan:#?}");
    assert!(!plan.transcript().contains("a2a"), "{plan:#?}");
}
