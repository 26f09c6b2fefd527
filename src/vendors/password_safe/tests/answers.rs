//! What the client makes of answers.

use serde_json::{Value, json};

use super::{Recorded, decode};
use crate::model::address::RemoteId;
use crate::model::field::Fields;
use crate::model::kind::{Kind, Live, Spec};
use crate::model::reference::Links;
use crate::vendors::password_safe::client::Version;
use crate::vendors::password_safe::folder::Folder;
use crate::vendors::password_safe::group::Group;
use crate::vendors::password_safe::safe::Safe;
use crate::vendors::password_safe::secret::{Secret, SecretSpec};
use crate::vendors::password_safe::user::{User, UserSpec};

const SAFE_ID: &str = "6f0f2c0e-6d1c-4f0e-9b35-0d5f4b8f2a11";
const FOLDER_ID: &str = "2f1c7a90-31c4-4a60-8d4e-7b8a6a1f0c22";
const SECRET_ID: &str = "0d3f7a6e-52f4-4b41-9c55-e1a87c0b1d33";

fn orders_db() -> Value {
    json!({
        "Id": SECRET_ID, "Title": "orders-db", "Description": null, "Username": "orders", "Password": "not-a-real-value",
        "FolderId": FOLDER_ID, "Folder": "databases", "FolderPath": "platform-team/databases",
        "CreatedOn": "2030-05-02T09:30:00", "Notes": null, "IsFavorite": false,
        "Owners": [{ "UserId": 12, "GroupId": null, "Name": "CI", "Email": "ci@example.org" }, { "GroupId": 31 }],
        "Urls": [{ "Id": "8d6a1d5f", "CredentialId": SECRET_ID, "Url": "https://db.example.org" }]
    })
}

/// A spec as a line a field. Secrets show as a word.
fn shown(spec: &impl Spec) -> String {
    let links = Links::default();
    let mut fields = Fields::new(&links);
    spec.list(&mut fields);
    let lines = fields.into_list().into_iter();
    let lines = lines.map(|(field, value)| format!("{}: {value:?}", field.name));
    lines.collect::<Vec<_>>().join("\n")
}

/// What listing gives: the rows, or the error.
async fn listed<K: Kind<Client = super::Client>>(recorded: &Recorded) -> String {
    match K::list(&recorded.client).await {
        Ok(listing) => {
            let rows = listing.rows.into_iter();
            let rows = rows.map(|row| format!("{} {} ({})", row.id, row.label, row.key));
            rows.chain(listing.incomplete)
                .collect::<Vec<_>>()
                .join("\n")
        }
        Err(error) => format!("{:?}: {error}", error.cause),
    }
}

async fn read<K: Kind<Client = super::Client>>(recorded: &Recorded, id: &str) -> String {
    match K::read(&recorded.client, &RemoteId(id.to_owned())).await {
        Ok(Live::Active(spec)) => shown(&spec),
        Ok(Live::Disabled) => "disabled".to_owned(),
        Ok(Live::Gone) => "gone".to_owned(),
        Err(error) => format!("{:?}: {error}", error.cause),
    }
}

fn safe() -> Value {
    json!([{ "Id": SAFE_ID, "Name": "Platform-Team", "Description": null }])
}

#[tokio::test]
async fn a_safe_takes_one_request_beside_the_list_and_both_forms_of_permissions_are_read() {
    let grants = json!([
        { "Id": 1, "FolderId": SAFE_ID, "GroupId": 31, "UserId": null, "PermissionFlags": ["Read", "Edit"], "ExpiresOn": "2031-01-31T00:00:00.000Z" },
        { "PrincipalType": 0, "PrincipalID": 12, "PermissionFlags": ["Manage"], "ExpiresOn": null },
        { "PrincipalType": 1, "PrincipalID": 40, "PermissionFlags": ["None"], "ExpiresOn": null }
    ]);
    let path = format!("GET /Secrets-Safe/Safes/{SAFE_ID}/Safe-Permissions");
    let recorded = Recorded::of(&[
        ("GET /Secrets-Safe/Safes", 200, safe()),
        (&path, 200, grants),
    ])
    .await;
    insta::assert_snapshot!(listed::<Safe>(&recorded).await, @r#"6f0f2c0e-6d1c-4f0e-9b35-0d5f4b8f2a11 Platform-Team (name `platform-team`)"#);
    insta::assert_snapshot!(read::<Safe>(&recorded, SAFE_ID).await, @r#"
    name: Text("Platform-Team")
    description: Text("")
    user_permissions: Access({Live("id 12"): "manage"})
    group_permissions: Access({Live("id 31"): "read edit until 2031-01-31T00:00:00"})
    "#);
    assert_eq!(recorded.lines().len(), 2);
}

#[tokio::test]
async fn folders_are_known_by_their_paths_and_safes_are_none() {
    let first = json!([
        { "Id": SAFE_ID, "Name": "Platform-Team", "Description": null, "ParentId": null },
        { "Id": FOLDER_ID, "Name": "databases", "Description": "d", "ParentId": SAFE_ID, "UserGroupId": 0 }
    ]);
    let second =
        json!([{ "Id": "inner", "Name": "orders", "Description": null, "ParentId": FOLDER_ID }]);
    let line = "GET /Secrets-Safe/Folders";
    let recorded = Recorded::of(&[
        (line, 200, first),
        (line, 200, second),
        (line, 200, json!([])),
    ])
    .await;
    insta::assert_snapshot!(listed::<Folder>(&recorded).await, @r#"
    2f1c7a90-31c4-4a60-8d4e-7b8a6a1f0c22 Platform-Team/databases (name `databases`, parent `6f0f2c0e-6d1c-4f0e-9b35-0d5f4b8f2a11`)
    inner Platform-Team/databases/orders (name `orders`, parent `2f1c7a90-31c4-4a60-8d4e-7b8a6a1f0c22`)
    "#);
    assert_eq!(
        recorded.lines(),
        [
            "GET /Secrets-Safe/Folders?limit=1000&offset=0",
            "GET /Secrets-Safe/Folders?limit=1000&offset=2",
            "GET /Secrets-Safe/Folders?limit=1000&offset=3",
        ]
    );
}

#[tokio::test]
async fn a_server_that_knows_no_offset_is_found_out() {
    let line = "GET /Secrets-Safe/Folders";
    let page = json!([{ "Id": FOLDER_ID, "Name": "databases", "ParentId": SAFE_ID }]);
    let recorded = Recorded::of(&[(line, 200, page)]).await;
    let listed = listed::<Folder>(&recorded).await;
    assert!(
        listed.ends_with("sends the same of Secrets-Safe/Folders again when it is asked for more")
    );
}

#[tokio::test]
async fn pages_that_hold_less_than_was_announced_are_incomplete() {
    let line = "GET /Secrets-Safe/Secrets";
    let page = json!({ "TotalCount": 2, "Data": [orders_db()] });
    let recorded = Recorded::of(&[(line, 200, page)]).await;
    insta::assert_snapshot!(listed::<Secret>(&recorded).await, @r#"
    0d3f7a6e-52f4-4b41-9c55-e1a87c0b1d33 orders-db (title `orders-db`, folder `2f1c7a90-31c4-4a60-8d4e-7b8a6a1f0c22`)
    Password Safe announced 2 of Secrets-Safe/Secrets and sent 1
    "#);
    assert_eq!(
        recorded.lines()[0],
        "GET /Secrets-Safe/Secrets?decrypt=false&version=3.2&limit=1000&offset=0"
    );
}

#[tokio::test]
async fn a_credential_is_read_with_its_value() {
    let line = "GET /Secrets-Safe/Secrets";
    let mut row = orders_db();
    row["SecretType"] = json!("Credential");
    let page = json!({ "TotalCount": 1, "Data": [row] });
    let path = format!("GET /Secrets-Safe/Secrets/{SECRET_ID}");
    let recorded = Recorded::of(&[(line, 200, page), (&path, 200, orders_db())]).await;
    listed::<Secret>(&recorded).await;
    insta::assert_snapshot!(read::<Secret>(&recorded, SECRET_ID).await, @r#"
    type: Text("credential")
    title: Text("orders-db")
    folder: Name(Live("id 2f1c7a90-31c4-4a60-8d4e-7b8a6a1f0c22"))
    username: Text("orders")
    password: Secret(Known((secret)))
    description: Text("")
    notes: Sensitive("")
    urls: Set({"https://db.example.org"})
    owners: Names({Live("id 12"), Live("id 31")})
    "#);
    assert_eq!(recorded.lines().len(), 2);
}

#[tokio::test]
async fn a_text_is_read_where_texts_are_and_a_secret_in_a_safe_lies_in_the_safe() {
    let line = "GET /Secrets-Safe/Secrets";
    let row = json!({
        "Id": SECRET_ID, "Title": "licence", "SecretType": "Text", "FolderId": SAFE_ID, "Folder": "Platform-Team",
        "FolderPath": "Platform-Team", "Owners": []
    });
    let mut whole = row.clone();
    whole["Text"] = json!("ABCD");
    let path = format!("GET /Secrets-Safe/Secrets/{SECRET_ID}/text");
    let page = json!({ "TotalCount": 1, "Data": [row] });
    let recorded = Recorded::of(&[(line, 200, page), (&path, 200, whole)]).await;
    listed::<Secret>(&recorded).await;
    insta::assert_snapshot!(read::<Secret>(&recorded, SECRET_ID).await, @r#"
    type: Text("text")
    title: Text("licence")
    folder: Name(Live("id 6f0f2c0e-6d1c-4f0e-9b35-0d5f4b8f2a11"))
    text: Secret(Known((secret)))
    description: Text("")
    notes: Sensitive("")
    urls: Set({})
    owners: Names({})
    "#);
    let id = RemoteId(SECRET_ID.to_owned());
    let Ok(Live::Active(spec)) = Secret::read(&recorded.client, &id).await else {
        panic!("it is there");
    };
    assert_eq!(spec.links()[0].1.kind, Safe::ID);
}

#[tokio::test]
async fn a_file_is_compared_by_downloading_it() {
    let line = "GET /Secrets-Safe/Secrets";
    let row = json!({
        "Id": SECRET_ID, "Title": "tls", "SecretType": "File", "FileName": "tls.pem", "FileHash": "00",
        "FolderId": FOLDER_ID, "Password": null, "Owners": null
    });
    let page = json!({ "TotalCount": 1, "Data": [row] });
    let path = format!("GET /Secrets-Safe/Secrets/{SECRET_ID}/file/download");
    let content = json!({ "raw": "-----BEGIN" });
    let recorded = Recorded::of(&[(line, 200, page), (&path, 200, content)]).await;
    listed::<Secret>(&recorded).await;
    let read = read::<Secret>(&recorded, SECRET_ID).await;
    assert!(read.contains("content: Secret(Known((secret)))"), "{read}");
    assert!(read.contains(r#"file_name: Text("tls.pem")"#), "{read}");
    assert_eq!(recorded.lines().len(), 2);
}

#[tokio::test]
async fn owners_of_version_3_0_are_understood() {
    let path = format!("GET /Secrets-Safe/Secrets/{SECRET_ID}");
    let mut whole = orders_db();
    whole["OwnerType"] = json!("Group");
    whole["OwnerId"] = json!(31);
    whole["Owners"] = json!([]);
    let recorded = Recorded::speaking(Version::V3_0, &[(&path, 200, whole)]).await;
    let read = read::<Secret>(&recorded, SECRET_ID).await;
    assert!(read.contains(r#"owners: Names({Live("id 31")})"#), "{read}");
}

#[tokio::test]
async fn a_value_that_is_not_shown_cannot_be_verified() {
    let path = format!("GET /Secrets-Safe/Secrets/{SECRET_ID}");
    let mut whole = orders_db();
    whole["Password"] = Value::Null;
    let recorded = Recorded::of(&[(&path, 200, whole)]).await;
    let read = read::<Secret>(&recorded, SECRET_ID).await;
    assert!(read.contains("the vendor does not show it to us"), "{read}");
}

fn users() -> Value {
    json!([
        { "UserID": 41, "UserName": "deploy-bot", "DomainName": null, "EmailAddress": null, "IsQuarantined": false,
          "IsActive": true, "ClientID": "5d8b", "ClientSecret": null, "AccessPolicyID": 7, "UserType": "Application" },
        { "UserID": 42, "UserName": "Maria.S", "DomainName": "corp", "UserType": "ActiveDirectory" }
    ])
}

#[tokio::test]
async fn users_are_listed_whole_and_those_of_a_directory_by_their_domain() {
    let recorded = Recorded::of(&[("GET /Users", 200, users())]).await;
    insta::assert_snapshot!(listed::<User>(&recorded).await, @r#"
    41 deploy-bot (user_name `deploy-bot`)
    42 corp\Maria.S (user_name `maria.s`, domain `corp`)
    "#);
    let rows = User::list(&recorded.client).await.unwrap().rows;
    insta::assert_snapshot!(shown(rows[0].spec.as_ref().unwrap()), @r#"
    user_name: Text("deploy-bot")
    type: Text("application")
    access_policy: Text("7")
    active: Flag(true)
    quarantined: Flag(false)
    "#);
    assert!(rows[0].writable && !rows[1].writable);
    assert_eq!(recorded.lines()[0], "GET /Users?includeInactive=true");
}

#[tokio::test]
async fn a_group_is_read_with_its_members_and_with_its_permissions_by_name() {
    let groups = json!([{ "GroupID": 31, "Name": "db-operators", "Description": "Operators", "GroupType": "BeyondInsight",
        "ApplicationRegistrationIDs": [7], "IsActive": true }]);
    let pairs = json!([{ "PermissionID": 52, "AccessLevelID": 1 }, { "PermissionID": 76, "AccessLevelID": 3 }, { "PermissionID": 5, "AccessLevelID": 0 }]);
    let features = json!([{ "PermissionID": 52, "Name": "Asset Management" }, { "PermissionID": 76, "Name": "Secrets Safe" }]);
    let levels = json!([{ "AccessLevelID": 0, "Name": "None" }, { "AccessLevelID": 1, "Name": "Read" }, { "AccessLevelID": 3, "Name": "Read/Write" }]);
    let recorded = Recorded::of(&[
        ("GET /UserGroups", 200, groups),
        ("GET /UserGroups/31/Users", 200, users()),
        ("GET /UserGroups/31/Permissions", 200, pairs),
        ("GET /Permissions", 200, features),
        ("GET /AccessLevels", 200, levels),
    ])
    .await;
    insta::assert_snapshot!(listed::<Group>(&recorded).await, @r#"31 db-operators (name `db-operators`)"#);
    insta::assert_snapshot!(read::<Group>(&recorded, "31").await, @r#"
    name: Text("db-operators")
    description: Text("Operators")
    api_registrations: Set({"7"})
    members: Names({Live("id 41"), Live("id 42")})
    permissions: Access({Live("Asset Management"): "read", Live("Secrets Safe"): "full"})
    "#);
}

#[tokio::test]
async fn every_status_is_put_into_words() {
    let mut said = Vec::new();
    for (status, body) in [
        (400, json!("PlatformID is required")),
        (400, json!("\"Managed Account not found\"")),
        (403, json!({ "error": "No permission\u{1b}[31m" })),
        (404, json!({ "Message": "Safe not found" })),
        (409, json!({ "error": "Title name already exists" })),
        (410, Value::Null),
        (429, Value::Null),
        (
            500,
            json!({ "raw": "<html>the password was Blue-Kettle-71</html>" }),
        ),
        (418, json!([])),
        (200, json!({ "surprise": [] })),
    ] {
        let recorded = Recorded::of(&[("GET /Secrets-Safe/Safes", status, body)]).await;
        said.push(format!("{status} {}", listed::<Safe>(&recorded).await));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    400 Refused: Password Safe finds a value missing or wrong: PlatformID is required
    400 Refused: Password Safe finds a value missing or wrong: Managed Account not found
    403 Refused: Password Safe does not permit this: No permission [31m
    404 Refused: it does not exist at Password Safe, or not for us: Safe not found
    409 Refused: Password Safe has a conflict with what is there: Title name already exists
    410 Login: this version of the API is switched off on the server: HTTP 410
    429 Unreachable: Password Safe asks us to slow down: HTTP 429
    500 Unreachable: Password Safe is in trouble (HTTP 500): HTTP 500
    418 Refused: Password Safe refuses this (HTTP 418): HTTP 418
    200 Unreachable: GET /Secrets-Safe/Safes: the answer (200) does not have the form that was looked for: missing field `TotalCount` (line 1, column 15)
    "#);
}

#[test]
fn each_type_of_secret_and_user_has_fields_of_its_own() {
    let place = "title: t, folder: safe.core";
    let wrong = decode::<SecretSpec>(&format!("{{ {place}, type: text, username: u }}"));
    assert_eq!(wrong.unwrap_err(), "it has no key `username`");
    decode::<SecretSpec>(&format!(
        "{{ {place}, type: file, file_name: f, content: c }}"
    ))
    .unwrap();
    let wrong = decode::<UserSpec>("{ user_name: bot, type: application, password: x }");
    assert_eq!(wrong.unwrap_err(), "it has no key `password`");
}

#[test]
fn a_live_owner_is_of_a_kind_that_is_said() {
    let owners = |owners: &str| {
        let read = decode::<SecretSpec>(&format!(
            "{{ title: t, folder: safe.core, owners: {owners} }}"
        ));
        read.map(|_| String::new()).unwrap_or_else(|error| error)
    };
    assert_eq!(owners("[user.x, group.y, { live: DBA, kind: group }]"), "");
    assert_eq!(owners("[{ live: DBA }]"), "a reference needs `kind`");
    assert_eq!(
        owners("[safe.x]"),
        "`safe.x` refers neither to a user nor to a group"
    );
}
