//! Seeds, and the worlds that are written after them.

use std::path::Path;

use serde_json::{Value, json};

use super::super::testing::{Asker, BASE};
use super::super::{NAME, open};
use crate::emulate::{Mounted, Options, Running, start};

/// A world that says something of everything, as it is written.
const WORLD: &str = "\
now: 2031-05-05T05:05:05
quirks:
  delete_secret: 204
next_id:
  user: 9
  guid: 40
registrations:
- id: 3
  name: other
  key: k
users:
- id: 3
  name: rui
  type: ActiveDirectory
  domain: corp
groups:
- id: 2
  name: ops
  members:
  - corp\\rui
  permissions:
    Secrets Safe: read
  rules:
    All Assets:
      level: write
      roles:
      - Requestor
      policy: 5000
safes:
- id: 00000000-0000-4000-8000-000000000001
  name: lab
- id: 00000000-0000-4000-8000-000000000002
  name: ops
  description: d
  grants:
  - user: trueup
  - group: ops
    flags:
    - Read
    until: 2032-01-01T00:00:00
  folders:
  - id: 00000000-0000-4000-8000-000000000003
    name: db
    favorites:
    - trueup
    secrets:
    - id: 00000000-0000-4000-8000-000000000004
      title: a
      username: u
      password: p
      urls:
      - id: 00000000-0000-4000-8000-000000000005
        url: https://example.org
      owners:
      - group: ops
      - user: 77
      modified_on: 2031-05-05T05:05:06
      modified_by: trueup-app
      shares:
      - lab
    - id: 00000000-0000-4000-8000-000000000006
      title: b
      text: t
    - id: 00000000-0000-4000-8000-000000000007
      title: c
      file: c.bin
      base64: //4=
";

#[test]
fn a_written_world_is_read_as_it_was() {
    let emulator = open(Some(WORLD), None).unwrap();
    assert_eq!(emulator.world_yaml(), WORLD);
    assert_eq!(open(None, None).unwrap().world_yaml(), "{}\n");
}

#[test]
fn a_seed_by_hand_needs_no_ids() {
    let seed =
        "safes: [{ name: s, secrets: [{ title: t, text: x }, { title: f, file: n, content: y }] }]";
    let written = open(Some(seed), None).unwrap().world_yaml();
    let expected = "\
safes:
- id: 00000000-0000-4000-8000-000000000001
  name: s
  secrets:
  - id: 00000000-0000-4000-8000-000000000003
    title: f
    file: n
    content: y
  - id: 00000000-0000-4000-8000-000000000002
    title: t
    text: x
";
    assert_eq!(written, expected);
}

#[test]
fn a_share_into_a_folder_with_a_slash_in_its_name_is_written_by_id() {
    let seed =
        "safes: [{ name: s, folders: [{ id: 00000000-0000-4000-8000-000000000009, name: a/b }],
  secrets: [{ title: t, text: x, shares: [00000000-0000-4000-8000-000000000009] }] }]";
    let written = open(Some(seed), None).unwrap().world_yaml();
    let shares = "shares:\n    - 00000000-0000-4000-8000-000000000009\n";
    assert!(written.contains(shares), "{written}");
    assert_eq!(open(Some(&written), None).unwrap().world_yaml(), written);
}

#[tokio::test]
async fn a_built_in_user_who_was_deleted_does_not_come_back() {
    let asker = Asker::new("{}").await;
    assert_eq!(asker.delete("Users/2").await.0, 200);
    let world = asker.world();
    assert!(world.starts_with("bare: true\n"), "{world}");
    assert!(!world.contains("trueup-app"), "{world}");
    assert_eq!(open(Some(&world), None).unwrap().world_yaml(), world);
}

#[test]
fn a_seed_that_contradicts_itself_is_refused() {
    for (seed, said) in [
        ("sefas: []", "sefas"),
        (
            "users: [{ name: trueup }, { name: TrueUp }]",
            "two users named",
        ),
        (
            "users: [{ id: 1, name: a }, { id: 1, name: b }]",
            "two users with id 1",
        ),
        ("groups: [{ name: g, members: [nobody] }]", "nobody"),
        ("groups: [{ name: g, members: [9] }]", "member 9"),
        ("groups: [{ name: g, permissions: { Fun: read } }]", "Fun"),
        (
            "groups: [{ name: g, rules: { All Assets: { level: own } } }]",
            "own",
        ),
        ("safes: [{ name: s }, { name: S }]", "two safes"),
        (
            "safes: [{ name: s, secrets: [{ title: t }] }]",
            "none or several",
        ),
        (
            "safes: [{ name: s, secrets: [{ title: t, username: u }] }]",
            "no `password`",
        ),
        (
            "safes: [{ name: s, secrets: [{ title: t, file: f, base64: '*' }] }]",
            "base64",
        ),
        (
            "safes: [{ name: s, secrets: [{ title: t, text: x, shares: [a/b] }] }]",
            "a/b",
        ),
        (
            "safes: [{ name: s, folders: [{ name: f, grants: [{ user: trueup }] }] }]",
            "only safes",
        ),
        ("safes: [{ name: s, grants: [{ user: 9 }] }]", "not there"),
        (
            "safes: [{ name: s, grants: [{ flags: [Read] }] }]",
            "one of",
        ),
        ("safes: [{ name: s, id: x }]", "not a GUID"),
        ("now: noon", "noon"),
        ("next_id: { user: 18446744073709551615 }", "too high"),
        ("next_id: { guid: 18446744073709551615 }", "too high"),
        (
            "users: [{ name: a, id: 18446744073709551615 }]",
            "has the id",
        ),
        ("quirks: { delete_safe: 500 }", "500"),
    ] {
        let refused = open(Some(seed), None).err().unwrap().to_string();
        assert!(refused.contains(said), "{seed}: {refused}");
    }
}

async fn serve(dir: &Path) -> Running {
    let emulator = open(Some("safes: [{ name: s }]"), Some(dir)).unwrap();
    let mounted = vec![Mounted {
        name: NAME,
        emulator,
    }];
    let listen = ([127, 0, 0, 1], 0).into();
    start(mounted, Options { listen, tls: None }).await.unwrap()
}

/// Creates a safe with nothing but what the server exports, and returns the answer's status.
async fn create(running: &Running, name: &str) -> u16 {
    let provider = rustls::crypto::ring::default_provider();
    provider.install_default().ok();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let exports = running.exports();
    let export = |name: &str| {
        let name = format!("TRUEUP_PASSWORD_SAFE_{name}");
        let found = exports.iter().find(|(exported, _)| *exported == name);
        found.unwrap().1.clone()
    };
    let endpoint = export("ENDPOINT");
    assert!(endpoint.ends_with(&format!("/password_safe{}", BASE.trim_end_matches('/'))));
    assert_eq!(export("CLIENT_ID").len(), 36);
    assert!(export("CLIENT_SECRET").len() >= 36);
    let (key, user) = (export("API_KEY"), export("RUNAS"));
    let password = export("RUNAS_PASSWORD");
    let header = format!("PS-Auth key={key}; runas={user}; pwd=[{password}];");
    let request = client.post(format!("{endpoint}/Auth/SignAppin"));
    let signed_in = request.header("Authorization", header).send().await;
    let cookie = signed_in.unwrap().headers()["set-cookie"].clone();
    let request = client.post(format!("{endpoint}/Secrets-Safe/Safes"));
    let request = request
        .header("Cookie", cookie)
        .json(&json!({ "Name": name }));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn an_acknowledged_write_outlives_the_server_that_took_it() {
    let dir = tempfile::tempdir().unwrap();
    let running = serve(dir.path()).await;
    assert_eq!(create(&running, "a").await, 201);
    running.kill().await;
    let running = serve(dir.path()).await;
    assert_eq!(create(&running, "a").await, 409);
    assert_eq!(create(&running, "b").await, 201);
    running.stop().await.unwrap();
    let world = open(None, Some(dir.path())).unwrap().world_yaml();
    for name in ["s", "a", "b"] {
        assert!(world.contains(&format!("name: {name}\n")), "{world}");
    }
}

#[tokio::test]
async fn every_sort_of_change_is_replayed_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let asker = Asker::kept(WORLD, Some(dir.path())).await;
    let id = |number: u64| format!("00000000-0000-4000-8000-{number:012}");
    let text = json!({ "Title": "new", "Text": "x", "FolderId": id(3), "Urls": [{ "Url": "https://example.org" }] });
    let ines = json!({ "UserName": "ines", "FirstName": "Ines", "EmailAddress": "i@example.org", "Password": "Grey-Harbour-12" });
    let group = json!({ "groupType": "BeyondInsight", "groupName": "g", "Permissions": [{ "PermissionID": 52, "AccessLevelID": 1 }],
        "SmartRuleAccess": [{ "SmartRuleID": 1, "AccessLevelID": 3 }] });
    let grant = json!({ "PrincipalType": 1, "PrincipalID": 2, "PermissionFlags": ["Read"] });
    let shift = json!({ "SecretIds": [id(4), id(6)], "DestinationFolderId": id(1), "DuplicateNameAction": "Stop" });
    let file = json!({ "Title": "file", "FileName": "f" });
    let path = format!("Secrets-Safe/Folders/{}/secrets/file?version=3.1", id(3));
    assert_eq!(
        asker.file("POST", &path, &file, b"\xff\x00").await.status,
        201
    );
    for (method, path, sent) in [
        (
            "POST",
            "Secrets-Safe/Safes".to_owned(),
            json!({ "Name": "made" }),
        ),
        (
            "PUT",
            format!("Secrets-Safe/Safes/{}/Safe-Permissions", id(1)),
            grant,
        ),
        (
            "POST",
            format!("Secrets-Safe/Folders/{}/secrets/text?version=3.1", id(3)),
            text,
        ),
        (
            "PUT",
            format!("Secrets-Safe/Secrets/{}/text?version=3.1", id(6)),
            json!({ "Title": "b", "Text": "y", "FolderId": id(3) }),
        ),
        ("PUT", "Secrets-Safe/Secrets/move".to_owned(), shift),
        (
            "DELETE",
            format!("Secrets-Safe/Secrets/{}", id(7)),
            Value::Null,
        ),
        ("POST", "UserGroups".to_owned(), group),
        ("POST", "UserGroups/3/Users".to_owned(), ines.clone()),
        ("POST", "Users/1/UserGroups/3".to_owned(), Value::Null),
        ("DELETE", "Users/9/UserGroups/3".to_owned(), Value::Null),
        ("PUT", "Users/9".to_owned(), ines),
        ("DELETE", "Users/3".to_owned(), Value::Null),
    ] {
        let (status, said) = asker.json(method, &path, sent).await;
        assert!(status < 300, "{method} {path}: {status} {said}");
    }
    let world = asker.world();
    drop(asker);
    assert_eq!(open(None, Some(dir.path())).unwrap().world_yaml(), world);
    for name in ["made", "title: file", "ines", "name: g"] {
        assert!(world.contains(name), "{name}: {world}");
    }
}

#[tokio::test]
async fn ten_thousand_secrets_are_made_and_listed_page_by_page() {
    let asker = Asker::new("safes: [{ name: s }]").await;
    let folder =
        "Secrets-Safe/Folders/00000000-0000-4000-8000-000000000001/secrets/text?version=3.1";
    for number in 0..10_000 {
        let sent = json!({ "Title": format!("t{number:05}"), "Text": "x" });
        assert_eq!(asker.json("POST", folder, sent).await.0, 201);
    }
    let list = |offset: usize| {
        let path = format!("Secrets-Safe/Secrets?version=3.2&offset={offset}");
        let asker = &asker;
        async move { asker.get(&path).await.1 }
    };
    let mut seen = 0;
    for offset in (0..10_000).step_by(1_000) {
        let page = list(offset).await;
        assert_eq!(page["TotalCount"], 10_000);
        assert_eq!(
            page["Data"][0]["Title"],
            Value::from(format!("t{offset:05}"))
        );
        seen += page["Data"].as_array().unwrap().len();
    }
    assert_eq!(seen, 10_000);
    let world = asker.world();
    assert_eq!(open(Some(&world), None).unwrap().world_yaml(), world);
}
