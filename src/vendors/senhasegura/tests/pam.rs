//! Devices, credentials, SSH keys and related users: what the client sends, and what it makes of answers.

use serde_json::{Value, json};

use super::answers::{listed, read_one, shown};
use super::requests::{create, delete, spec, try_update};
use super::{Recorded, recorded_request};
use crate::model::address::RemoteId;
use crate::model::kind::{Kind, Spec};
use crate::vendors::senhasegura::pam::credential::{Credential, CredentialSpec};
use crate::vendors::senhasegura::pam::device::Device;
use crate::vendors::senhasegura::pam::ssh_key::SshKey;
use crate::vendors::senhasegura::related_user::RelatedUser;

const WEB: &str = "
hostname: web-01.example.org
ip: 192.0.2.20
model: Debian 12
type: Server
vendor: Debian
site: Lab
domain: corp.example.org
tags: [web]
connectivities: [SSH:22, HTTPS:443]
session_remote_config: SSH:EXPECT:FILL
";

fn lines(recorded: &Recorded) -> Vec<String> {
    recorded.asked().into_iter().map(|(line, _)| line).collect()
}

/// The sample with its connectivities in our order: they are a set.
fn web_request() -> (String, Value) {
    let (line, mut body) = recorded_request("device-create");
    body["connectivities"] = json!("HTTPS:443, SSH:22");
    (line, body)
}

#[tokio::test]
async fn a_device_is_created_as_the_sample_does() {
    let recorded = Recorded::of("device-create").await;
    let id = create::<Device>(&recorded, &spec(WEB)).await.unwrap();
    assert_eq!(id, RemoteId("9".to_owned()));
    assert_eq!(recorded.asked(), [web_request()]);
}

#[tokio::test]
async fn a_device_that_was_there_unseen_is_looked_at() {
    for file in ["device-create-reads", "device-update"] {
        let recorded = Recorded::of(file).await;
        create::<Device>(&recorded, &spec(WEB)).await.unwrap();
        let asked = lines(&recorded);
        assert_eq!(asked.len(), 2, "{asked:?}");
        assert!(asked[1].starts_with("GET /api/pam/device/"), "{asked:?}");
    }
}

#[tokio::test]
async fn a_device_is_updated_under_the_name_that_it_has() {
    let recorded = Recorded::of("device-read").await;
    let want = WEB.replace("Lab", "Cellar");
    let updated = try_update::<Device>(&recorded, "8", &spec(&want), &["site"], false).await;
    updated.unwrap();
    let asked = recorded.asked();
    assert_eq!(asked[0].0, "GET /api/pam/device/8");
    let (line, body) = recorded_request("device-update");
    assert_eq!(asked[1], (line, body));
}

#[tokio::test]
async fn a_device_is_read_with_all_that_can_be_said_of_it() {
    insta::assert_snapshot!(read_one::<Device>(&Recorded::of("device-read").await).await, @r#"
    hostname: Text("db-01.example.org")
    ip: Text("192.0.2.14")
    model: Text("Debian 12")
    type: Text("Server")
    vendor: Text("Debian")
    site: Text("Lab")
    domain: Text("")
    tags: Set({"db", "lab"})
    connectivities: Set({"SSH:22"})
    session_remote_config: Text("")
    "#);
}

#[tokio::test]
async fn what_is_disabled_is_disabled_and_what_is_unknown_gone() {
    let device = |file| async move { read_one::<Device>(&Recorded::of(file).await).await };
    assert_eq!(device("device-not-found").await, "gone");
    assert_eq!(device("device-already-inactive").await, "disabled");
    let key = |file| async move { read_one::<SshKey>(&Recorded::of(file).await).await };
    assert_eq!(key("ssh-key-not-found").await, "gone");
    assert_eq!(key("ssh-key-read-inactive").await, "disabled");
    let related = Recorded::of("related-user-not-found").await;
    assert_eq!(read_one::<RelatedUser>(&related).await, "gone");
}

#[tokio::test]
async fn what_is_disabled_is_disabled_again_without_a_failure() {
    let recorded = Recorded::of("device-already-inactive").await;
    delete::<Device>(&recorded, "7").await.unwrap();
    let recorded = Recorded::of("credential-already-inactive").await;
    delete::<Credential>(&recorded, "18").await.unwrap();
    let recorded = Recorded::of("ssh-key-already-inactive").await;
    delete::<SshKey>(&recorded, "34").await.unwrap();
    let recorded = Recorded::of("related-user-not-found").await;
    delete::<RelatedUser>(&recorded, "99").await.unwrap();
}

#[tokio::test]
async fn what_is_enabled_is_enabled_again_without_a_failure() {
    let recorded = Recorded::of("device-already-active").await;
    let updated = try_update::<Device>(&recorded, "8", &spec(WEB), &[], true).await;
    updated.unwrap();
    let recorded = Recorded::of("ssh-key-already-active").await;
    let updated = try_update::<SshKey>(&recorded, "33", &spec(DEPLOY), &[], true).await;
    updated.unwrap();
    assert_eq!(
        lines(&recorded),
        [recorded_request("ssh-key-already-active").0]
    );
}

const ROOT: &str =
    "{ identifier: db-01-root, username: admin, device: { live: db-01.example.org }, tags: [db] }";

#[tokio::test]
async fn credentials_and_keys_are_told_apart_and_listed_by_one_request() {
    let recorded = Recorded::of("credential-list").await;
    insta::assert_snapshot!(listed::<Credential>(&recorded).await, @r"
    19 db-01-root (identifier `db-01-root`)
    20 db-01-backup (identifier `db-01-backup`)
    ");
    insta::assert_snapshot!(listed::<SshKey>(&recorded).await, @"33 deploy-key (identifier `deploy-key`)");
    assert_eq!(lines(&recorded).len(), 1);
    listed::<SshKey>(&recorded).await;
    assert_eq!(lines(&recorded).len(), 2);
}

#[tokio::test]
async fn a_list_that_was_not_taken_is_forgotten_by_a_write() {
    let recorded = Recorded::of("credential-list").await;
    listed::<Credential>(&recorded).await;
    delete::<Credential>(&recorded, "19").await.unwrap();
    listed::<SshKey>(&recorded).await;
    assert_eq!(lines(&recorded).len(), 3);
}

#[tokio::test]
async fn reading_a_credential_asks_nothing() {
    let recorded = Recorded::of("credential-read").await;
    assert_eq!(read_one::<Credential>(&recorded).await, "disabled");
    assert_eq!(recorded.asked(), []);
}

#[tokio::test]
async fn what_the_list_does_not_say_of_a_credential_is_untold() {
    let recorded = Recorded::of("credential-list").await;
    let listing = Credential::list(&recorded.client).await.unwrap();
    let have = listing.rows.into_iter().next().unwrap().spec.unwrap();
    insta::assert_snapshot!(shown(&have), @r#"
    identifier: Text("db-01-root")
    username: Text("root")
    device: Name(Live("db-01.example.org"))
    content: Secret(Unknown { why: "without `verify: read` it is not read, for that takes custody of the credential", place: None })
    credential_type: Text("Local User")
    automatic_change: Flag(false)
    "#);
    let want = spec::<CredentialSpec>(ROOT);
    let untold = have.untold(&want);
    let fields = untold.iter().map(|(field, _)| field.name);
    assert_eq!(Vec::from_iter(fields), ["tags"]);
    assert!(shown(&have.as_told(&want)).contains("tags: Set({\"db\"})"));
}

/// The answer serves as a list and as that to an upsert.
fn list_and_answer() -> Value {
    let row = |id: &str, identifier: &str, username: &str| {
        json!({ "id": id, "tag": identifier, "username": username, "hostname": "db-01.example.org",
            "management_ip": "192.0.2.14", "type": "Local User" })
    };
    json!({
        "response": { "message": "Credential updated successfully!" },
        "credentials": [row("19", "db-01-root", "root"), row("20", "db-01-backup", "backup")],
        "credential": { "id": "19", "tag": "db-01-root" },
    })
}

#[tokio::test]
async fn a_credential_is_updated_where_it_is() {
    let recorded = Recorded::answering(201, list_and_answer()).await;
    let changed = ["username"];
    let updated = try_update::<Credential>(&recorded, "19", &spec(ROOT), &changed, false).await;
    updated.unwrap();
    assert_eq!(recorded.asked()[1], recorded_request("credential-update"));
}

#[tokio::test]
async fn every_setting_of_a_credential_is_sent_as_the_samples_name_it() {
    let want = "
identifier: db-01-root
username: root
device: { live: db-01.example.org }
automatic_change: true
change_by_agent: true
change_plugin: SSH
change_template: 3COM
change_as: own
reconcile: true
reconcile_plugin: SSH
reconcile_template: 3COM
server_path: /etc/host
totp_seed: MFRGGZDFMZTWQ2LK
sessions: [SSH, MySQL, HTTPS, RDP]
only_remote_apps: true
remote_apps: [{ app: MySQL, over: SSH }, { app: Kaspersky, over: RDP }]
session_as: own
jit: true
jit_creates: false
jit_enables: true
jit_as: own
jit_enable_plugin: LDAP
jit_enable_template: AD - Activate User
jit_disable_plugin: LDAP
jit_disable_template: AD - Deactivate User
";
    let recorded = Recorded::answering(201, list_and_answer()).await;
    let fields = CredentialSpec::FIELDS.iter().map(|field| field.name);
    let changed = fields.filter(|name| !["identifier", "username"].contains(name));
    let changed = Vec::from_iter(changed);
    let updated = try_update::<Credential>(&recorded, "19", &spec(want), &changed, false).await;
    updated.unwrap();
    let sent = recorded_request("credential-update-settings");
    assert_eq!(recorded.asked()[1], sent);
}

#[tokio::test]
async fn identifier_and_user_name_change_one_after_the_other() {
    let recorded = Recorded::answering(201, list_and_answer()).await;
    let want = spec(&ROOT.replace("db-01-root", "db-01-super"));
    let changed = ["identifier", "username"];
    let updated = try_update::<Credential>(&recorded, "19", &want, &changed, false).await;
    updated.unwrap();
    let asked = recorded.asked();
    assert_eq!(asked[1], recorded_request("credential-update-by-place"));
    let (identifier, username) = (&asked[2].1["identifier"], &asked[2].1["username"]);
    assert_eq!(
        (identifier, username),
        (&json!("db-01-super"), &json!("admin"))
    );
}

#[tokio::test]
async fn an_identifier_that_another_credential_has_is_not_taken() {
    let recorded = Recorded::answering(201, list_and_answer()).await;
    let want = spec(&ROOT.replace("db-01-root", "db-01-backup"));
    let changed = ["identifier"];
    let updated = try_update::<Credential>(&recorded, "19", &want, &changed, false).await;
    let error = updated.unwrap_err().to_string();
    assert_eq!(
        error,
        "the credential with id 20 has this identifier already, and would be changed instead"
    );
    assert_eq!(lines(&recorded), ["GET /api/pam/credential"]);
}

#[tokio::test]
async fn a_credential_that_no_list_shows_any_more_is_not_written() {
    let recorded = Recorded::answering(201, list_and_answer()).await;
    let updated = try_update::<Credential>(&recorded, "7", &spec(ROOT), &["tags"], false).await;
    assert_eq!(updated.unwrap_err().to_string(), "no list shows it by now");
    assert_eq!(lines(&recorded), ["GET /api/pam/credential"]);
}

const DEPLOY: &str =
    "{ identifier: deploy-key, device: { live: db-01.example.org }, public_key: ssh-ed25519 AAAA,
    tags: [deploy] }";

#[tokio::test]
async fn a_key_is_read_with_tags_in_either_form() {
    let as_list = read_one::<SshKey>(&Recorded::of("ssh-key-read").await).await;
    insta::assert_snapshot!(as_list, @r#"
    identifier: Text("")
    device: Name(Live("db-01.example.org"))
    username: Text("deploy")
    key_name: Text("Deployments")
    public_key: Text("ssh-ed25519 AAAAexample deploy")
    private_key: Secret(Known((secret)))
    tags: Set({"deploy", "lab"})
    devices: Names({Live("db-01.example.org")})
    enabled: Flag(true)
    "#);
    let as_text = read_one::<SshKey>(&Recorded::of("ssh-key-read-tags-as-text").await).await;
    assert_eq!(as_text, as_list);
}

#[tokio::test]
async fn a_key_is_updated_by_the_identifier_that_it_has() {
    let body = json!({
        "response": { "message": "Key updated successfully!" },
        "credentials": [
            { "id": "33", "identifier": "deploy-key", "type": "SSH Key" },
            { "id": "34", "identifier": "", "type": "SSH Key" },
        ],
        "key": { "id": "33", "identifier": "deploy-key", "devices_error": [] },
    });
    let recorded = Recorded::answering(201, body).await;
    let want = spec(&DEPLOY.replace("deploy-key", "other-key"));
    let updated = try_update::<SshKey>(&recorded, "33", &want, &["tags"], false).await;
    updated.unwrap();
    assert_eq!(recorded.asked()[1], recorded_request("ssh-key-update"));
    let updated = try_update::<SshKey>(&recorded, "34", &want, &["tags"], false).await;
    let error = updated.unwrap_err().to_string();
    assert_eq!(
        error,
        "it has no identifier, and the vendor updates a key by nothing else"
    );
}

#[tokio::test]
async fn a_related_user_is_written_whole() {
    let recorded = Recorded::of("related-user-create").await;
    let want = spec("{ user: { live: rui }, name: rui-adm }");
    create::<RelatedUser>(&recorded, &want).await.unwrap();
    assert_eq!(recorded.asked(), [recorded_request("related-user-create")]);
    for file in ["related-user-update", "related-user-update-created"] {
        let recorded = Recorded::of(file).await;
        let want = spec("{ user: { live: ines }, name: ines-root }");
        let updated = try_update::<RelatedUser>(&recorded, "3", &want, &["name"], false).await;
        updated.unwrap();
        assert_eq!(recorded.asked(), [recorded_request(file)]);
    }
}

#[tokio::test]
async fn every_number_of_pam_is_put_into_words() {
    let mut said = Vec::new();
    for (number, text) in [
        (1004, "The hostname was not informed"),
        (1007, "Credential not found"),
        (1008, "Credential inactive"),
        (1009, "No access to credential"),
        (1016, "The item is not a ssh key"),
        (1029, "Domain not registered"),
        (1039, "Without PAM Configuration Access permission"),
        (1047, "Plugin without template"),
        (1052, "Duplicate"),
        (1099, "Something new"),
    ] {
        let body = json!({ "response": { "message": format!("{number}: {text}"), "error": true } });
        // One comes with HTTP 200.
        let status = if number == 1009 { 200 } else { 400 };
        said.push(listed::<Device>(&Recorded::answering(status, body).await).await);
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    Refused: senhasegura finds a field missing or wrong (senhasegura: 1004: The hostname was not informed)
    Refused: it does not exist, or not for us (senhasegura: 1007: Credential not found)
    Refused: it is disabled (senhasegura: 1008: Credential inactive)
    Refused: the A2A authorization has no access to it (senhasegura: 1009: No access to credential)
    Refused: the id is that of something else (senhasegura: 1016: The item is not a ssh key)
    Refused: the vault does not know the domain (senhasegura: 1029: Domain not registered)
    Refused: the A2A authorization may only read (senhasegura: 1039: Without PAM Configuration Access permission)
    Refused: a plugin needs a template (senhasegura: 1047: Plugin without template)
    Refused: the device has such a credential already (senhasegura: 1052: Duplicate)
    Refused: senhasegura refuses this (HTTP 400): 1099: Something new
    ");
}
