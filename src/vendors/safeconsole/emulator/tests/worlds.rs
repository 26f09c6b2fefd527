//! Seeds, the worlds that are written after them, and how they are kept and served.

use serde_json::{Value, json};

use super::super::testing::{Asker, form};
use super::super::{NAME, open};
use crate::emulate::{Emulator, Mounted, Options, start};

/// A world that says something of everything, as it is written.
const WORLD: &str = "\
assumed_actions: true
server:
  host: sc.example.org
  now: 2031-05-05T05:05:05Z
  api: false
  on_premises: true
  approval: true
  unique_token: true
  default_path: 00.default
licence:
  owner: o@example.org
  expires: 2032-01-01T00:00:00Z
  seats: 5
quirks:
  max_limit: 2
  fixed_order: true
  restless: true
next_id:
  path: 40
  policy: 150
  user: 9
caller:
  ip: 192.0.2.1
  place:
    country: Exampleland
tokens:
- name: a
  admin: a@example.org
  roles:
  - viewer
  expires: 2033-01-01T00:00:00Z
  revoked: true
  read_only: true
  paths:
  - field
admins:
- id: 1
  name: A
  email: a@example.org
  role: Group admin
  path: field
  last_login: 2031-01-01T00:00:00Z
paths:
- id: 7
  path: 00.default
  policy:
    id: 103
- id: 8
  path: field
- id: 12
  path: field/north
  policy:
    id: 104
    settings:
      geofence:
        ip:
          values:
          - 192.0.2.*
      password_policy:
        max_age_days: 90
users:
- id: 3
  name: Ada
  email: ada@example.org
  path: field
  policy:
    id: 105
  token: 1x
  acquired: 2031-01-02T00:00:00Z
  last_login: 2031-01-03T00:00:00Z
  last_ip: 192.0.2.2
  place:
    city: Exampleton
  updated: false
  drives:
  - serial: S1
    barcode: B1
    hardware_id: H1
    status: UNHEARD_OF
    model: DL4
    version: 6.5.0
    last_used: 2031-01-04T00:00:00Z
    last_ip: 192.0.2.3
    place:
      isp: Example Net
    online: true
    updated: false
    recovery_code: false
    custom_data:
      asset: A-1
    message: Bring it back
    fenced: true
";

#[test]
fn a_written_world_is_read_as_it_was() {
    assert_eq!(open(Some(WORLD), None).unwrap().world_yaml(), WORLD);
    assert_eq!(open(None, None).unwrap().world_yaml(), "{}\n");
}

#[test]
fn a_seed_by_hand_needs_no_ids() {
    let seed = "
paths: [{ path: b, policy: {} }, { path: a, policy: { id: 7 } }]
users: [{ name: A, email: a@example.org, path: default }, { id: 5, name: B, email: b@example.org, path: a }]
";
    let written = open(Some(seed), None).unwrap().world_yaml();
    let expected = "\
paths:
- id: 3
  path: a
  policy:
    id: 7
- id: 2
  path: b
  policy:
    id: 102
users:
- id: 5
  name: B
  email: b@example.org
  path: a
- id: 6
  name: A
  email: a@example.org
";
    assert_eq!(written, expected);
}

#[test]
fn a_seed_that_contradicts_itself_is_refused() {
    let drive = "{ serial: S, hardware_id: H }";
    let cases = [
        ("pahts: []".to_owned(), "pahts"),
        ("paths: [{ path: a }, { path: a }]".to_owned(), "two paths `a`"),
        ("paths: [{ path: a/b }]".to_owned(), "no parent `a`"),
        ("paths: [{ path: a/ }]".to_owned(), "`a/`"),
        ("paths: [{ id: 1, path: a }]".to_owned(), "two paths with id 1"),
        ("paths: [{ path: a, policy: { id: 101 } }]".to_owned(), "two policies with id 101"),
        ("paths: [{ path: a, policy: { settings: { file_restrictions: { extensions: [.a] } } } }]".to_owned(), "path `a`: settings.file_restrictions"),
        ("users: [{ name: A, email: a@x, path: p }]".to_owned(), "`p`, which is no path"),
        ("users: [{ name: A, email: a@x }, { name: B, email: A@x }]".to_owned(), "e-mail `A@x`"),
        ("users: [{ name: '', email: a@x }]".to_owned(), "no name"),
        (format!("users: [{{ name: A, email: a@x, drives: [{drive}, {drive}] }}]"), "serial `S`"),
        (format!("users: [{{ name: A, email: a@x, drives: [{drive}] }}, {{ name: B, email: b@x, drives: [{drive}] }}]"), "serial `S`"),
        ("users: [{ name: A, email: a@x, last_login: yesterday }]".to_owned(), "`yesterday`"),
        ("tokens: [{ name: a, admin: a@x, paths: [p] }]".to_owned(), "no path `p`"),
        ("tokens: [{ name: a, admin: a@x }, { name: b, admin: a@x }]".to_owned(), "token `b`"),
        ("next_id: { user: 18446744073709551615 }".to_owned(), "too large"),
    ];
    for (seed, named) in cases {
        let said = open(Some(&seed), None).err().unwrap().to_string();
        assert!(said.contains(named), "{seed}: {said}");
    }
}

#[tokio::test]
async fn every_change_outlives_the_process_that_made_it() {
    let dir = tempfile::tempdir().unwrap();
    let seed = "
assumed_actions: true
users: [{ id: 1, name: A, email: a@example.org, drives: [{ serial: S1, hardware_id: H }] }]
";
    let asker = Asker::kept(seed, Some(dir.path()));
    let writes = [
        ("manage_ou", json!({ "action": "add", "path": "field" })),
        ("manage_ou", json!({ "action": "add", "path": "scratch" })),
        ("manage_ou", json!({ "action": "delete", "ouid": 3 })),
        (
            "manage_user",
            json!({ "action": "add", "username": "B", "email": "b@example.org", "oupath": "field" }),
        ),
        (
            "set_policy",
            json!({ "oupath": "field", "settings": { "publisher": { "enabled": true, "source": "x" } } }),
        ),
        (
            "manage_ou",
            json!({ "action": "edit", "ouid": 2, "path": "staff" }),
        ),
        (
            "manage_safestick",
            json!({ "action": "reassign", "serial": "S1", "userid": 2 }),
        ),
        ("manage_user", json!({ "action": "delete", "userid": 1 })),
    ];
    for (action, data) in writes {
        asker.get(action, data).await;
    }
    asker.command(
        "register",
        json!({ "serial": "S2", "user": "c@example.org", "name": "C", "path": "x/y" }),
    );
    asker.command("revoke", json!({ "token": "trueup" }));
    let world = asker.emulator.world_yaml();
    drop(asker);
    let again = open(None, Some(dir.path())).unwrap();
    assert_eq!(again.world_yaml(), world);
    let again = Asker::new(&world);
    assert_eq!(again.emulator.world_yaml(), world);
    assert_eq!(again.status("find_users", json!({})).await, 401);
}

#[tokio::test]
async fn a_world_is_put_in_the_place_of_another_or_is_refused() {
    let asker = Asker::new("users: [{ name: A, email: a@example.org }]");
    let wrong = asker.emulator.replace_world("users: 1");
    assert!(wrong.is_err_and(|said| said.contains("users")));
    asker
        .emulator
        .replace_world("users: [{ name: B, email: b@example.org }]")
        .unwrap();
    assert_eq!(asker.user("search_all").await["cn"], "B");
}

#[tokio::test]
async fn a_client_needs_no_more_than_what_the_server_exports() {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let emulator = open(Some("assumed_actions: true"), None).unwrap();
    let listen = ([127, 0, 0, 1], 0).into();
    let mounted = vec![Mounted {
        name: NAME,
        emulator,
    }];
    let running = start(mounted, Options { listen, tls: None }).await.unwrap();
    let exports = running.exports();
    let export = |name: &str| {
        let name = format!("TRUEUP_SAFECONSOLE_{name}");
        let found = exports.iter().find(|(exported, _)| *exported == name);
        found.unwrap().1.clone()
    };
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = async |action: &str, data: Value| {
        let request = client
            .post(format!(
                "{}/safeconsole/admin?action={action}",
                export("ENDPOINT")
            ))
            .header("content-type", "application/x-www-form-urlencoded")
            .bearer_auth(export("TOKEN"))
            .body(form(&data));
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let add = json!({ "action": "add", "username": "A", "email": "a@example.org" });
    assert_eq!(ask("manage_user", add).await["success"], true);
    assert_eq!(ask("find_users", json!({})).await["total"], 1);
    // What only reads is no write, though every action is a POST.
    let count = format!("{}/_journal/count", running.base_url());
    let count: Value = client
        .get(count)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(count, json!({ "requests": 2, "writes": 1 }));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn the_seed_of_the_example_is_a_world() {
    let seed = include_str!("../../../../../examples/acme/live/safeconsole.yaml");
    let asker = Asker::new(seed);
    let users = asker.ask("find_users", json!({})).await;
    assert_eq!(users.body["total"], 12);
    let license = asker.get("get_license", json!({})).await;
    assert_eq!(license["seats_used"], 10);
}
