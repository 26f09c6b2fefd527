//! Worlds as seeds say them, and what changes do to them.

use super::super::vault::{Change, Vault};
use crate::emulate::store::World;

const SEED: &str = "\
private_groups:
- Night shift
users:
- id: 2
  user_name: maria.s
  formatted: Maria Souza
  email: maria@example.org
- id: 3
  user_name: joao.p
  active: false
groups:
- id: 6
  display_name: Network
  members:
  - 2
  - 3
passwords:
- id: 41
  name: Office router
  username: admin
  password: x
  users_allowed:
    maria.s: view
  groups_allowed:
    Network: edit
    Night shift: view
  disabled: true
";

fn refusal(yaml: &str) -> String {
    Vault::read(yaml).err().unwrap_or_default()
}

#[test]
fn a_world_is_written_as_it_was_read_without_what_is_default() {
    assert_eq!(Vault::read(SEED).unwrap().write(), SEED);
    assert_eq!(Vault::read("{}").unwrap().write(), "{}\n");
    let explicit =
        "{owner: trueup, clients: {mysafe: {id: mysafe-emulator, secret: emulator-mysafe-secret}}}";
    assert_eq!(Vault::read(explicit).unwrap().write(), "{}\n");
}

const PAM: &str = "\
clients:
  mysafe:
    id: mysafe-emulator
    secret: emulator-mysafe-secret
    only:
      notes:
      - 7
  a2a:
    id: a2a-emulator
    secret: emulator-a2a-secret
    read_only: true
    resources:
    - pam_core
    credentials:
    - 19
  access_keys:
  - id: hers
    secret: x
    owner: ines
tenant: acme
tokens:
  seconds: 60
  requests: 5
quirks:
  bare_envelope: true
  gateway: timed_out
now: 2031-03-02 08:15:00
domains:
- corp
next_id:
  credential: 40
users:
- id: 2
  user_name: ines
notes:
- id: 7
  name: Runbook
  note: Call the desk
api_secrets:
- id: 12
  name: Ledger
  url: u
  client_id: c
  identifier_code: ledger
  owner: ines
devices:
- id: 8
  hostname: db
  ip: 192.0.2.14
  model: m
  type: t
  vendor: v
  site: s
  domain: corp
credentials:
- id: 19
  identifier: db-root
  username: root
  device: db
  type: Service
  parent: 20
  execution_settings:
    automatic_change: true
  custody:
  - a2a-emulator
- id: 20
  identifier: db-app
  username: app
  device: db
  disabled: true
ssh_keys:
- id: 33
  identifier: key
  username: usr
  device: db
  public_key: p
  private_key: q
  devices:
  - db
related_users:
- id: 3
  username: ines
  name: ines-adm
";

#[test]
fn all_that_a_seed_may_say_is_written_back() {
    assert_eq!(Vault::read(PAM).unwrap().write(), PAM);
}

#[test]
fn a_seed_whose_pam_contradicts_itself_is_refused() {
    let cases = [
        (
            "device: db\n  type: Service",
            "device: web\n  type: Service",
            "`web`",
        ),
        ("  devices:\n  - db", "  devices:\n  - web", "`web`"),
        ("parent: 20", "parent: 33", "parent 33"),
        ("domain: corp", "domain: home", "`home`"),
        ("id: 33", "id: 20", "id 20"),
        ("identifier: key", "identifier: db-app", "named `db-app`"),
        ("username: ines", "username: rui", "`rui`"),
        ("owner: ines", "owner: rui", "`rui`"),
        ("id: hers", "id: scim-emulator", "`scim-emulator`"),
        ("now: 2031-03-02 08:15:00", "now: soon", "`now`"),
        ("note: Call the desk", "note: ''", "`note`"),
        ("url: u", "url: ''", "`url`"),
        ("gateway: timed_out", "gateway: asleep", "asleep"),
    ];
    for (true_line, false_line, named) in cases {
        assert!(PAM.contains(true_line), "{true_line}");
        let said = refusal(&PAM.replacen(true_line, false_line, 1));
        assert!(said.contains(named), "{false_line}: {said}");
    }
    let code = "- { id: 13, name: n, url: u, client_id: c, identifier_code: ledger, owner: ines }";
    let twice = PAM.replace("devices:\n- id: 8", &format!("{code}\ndevices:\n- id: 8"));
    assert!(refusal(&twice).contains("`ledger`"));
}

#[test]
fn an_unknown_member_is_refused_by_name_and_line() {
    let said = refusal("users:\n- id: 2\n  user_name: a\n  pasword: x\n");
    assert!(
        said.contains("pasword") && said.contains("line 4"),
        "{said}"
    );
    assert!(refusal("uesrs: []").contains("uesrs"));
}

#[test]
fn a_seed_that_contradicts_itself_is_refused() {
    let cases = [
        (
            "users: [{id: 2, user_name: a}, {id: 2, user_name: b}]",
            "id 2",
        ),
        (
            "users: [{id: 2, user_name: a}, {id: 3, user_name: A}]",
            "named `A`",
        ),
        (
            "groups: [{id: 1, display_name: x, members: [9]}]",
            "member 9",
        ),
        (
            "passwords: [{id: 1, name: a, username: a, password: a, users_allowed: {x: view}}]",
            "`x`",
        ),
        (
            "passwords: [{id: 1, name: a, username: a, password: a, groups_allowed: {x: view}}]",
            "`x`",
        ),
        (
            "passwords: [{id: 1, name: a, username: a, password: a, secret_key: '1'}]",
            "base32",
        ),
        (
            "passwords: [{id: 1, name: a, username: a, password: ''}]",
            "`password`",
        ),
        ("next_id: {group: 18446744073709551615}", "too large"),
        (
            "passwords: [{id: 18446744073709551615, name: a, username: a, password: a}]",
            "too large",
        ),
    ];
    for (yaml, named) in cases {
        let said = refusal(yaml);
        assert!(said.contains(named), "{yaml}: {said}");
    }
}

#[test]
fn an_id_is_not_given_again_after_a_deletion_and_a_restart() {
    let mut vault = Vault::read(SEED).unwrap();
    vault.apply(Change::UserGone(3));
    vault.apply(Change::GroupGone(6));
    let vault = Vault::read(&vault.write()).unwrap();
    assert_eq!((vault.users.next(), vault.groups.next()), (4, 7));
    assert_eq!(vault.passwords.next(), 42);
}

#[test]
fn a_deleted_user_leaves_groups_and_sharing() {
    let mut vault = Vault::read(SEED).unwrap();
    vault.apply(Change::UserGone(2));
    let group = vault.groups.get(6).unwrap();
    assert!(group.members.iter().eq([&3]));
    assert!(vault.passwords.get(41).unwrap().users_allowed.is_empty());
}

#[test]
fn a_renamed_user_keeps_what_was_shared() {
    let mut vault = Vault::read(SEED).unwrap();
    let mut user = vault.users.get(2).unwrap().clone();
    user.user_name = "maria.souza".to_owned();
    vault.apply(Change::User(user));
    assert!(vault.users.named("maria.s").is_none());
    assert!(
        vault
            .passwords
            .get(41)
            .unwrap()
            .users_allowed
            .contains_key("maria.souza")
    );
}
