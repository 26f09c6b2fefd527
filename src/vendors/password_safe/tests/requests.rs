//! What the client sends.

use serde_json::{Value, json};

use super::{Recorded, spec};
use crate::apply::Permit;
use crate::model::address::RemoteId;
use crate::model::applying::{Applying, Created};
use crate::model::delivery::Shelf;
use crate::model::error::{Cause, VendorError};
use crate::model::kind::{Kind, Update};
use crate::model::reference::Links;
use crate::vendors::password_safe::client::Version;
use crate::vendors::password_safe::folder::Folder;
use crate::vendors::password_safe::group::Group;
use crate::vendors::password_safe::safe::Safe;
use crate::vendors::password_safe::secret::Secret;
use crate::vendors::password_safe::user::User;
use crate::vendors::password_safe::{FOLDER, GROUP, SAFE, USER};

/// What this run has created so far: a thing of each kind.
fn created() -> Created {
    let created = Created::default();
    for (kind, name, id) in [
        (SAFE, "core", "s-1"),
        (FOLDER, "infra", "f-1"),
        (USER, "maria", "7"),
        (GROUP, "dba", "31"),
    ] {
        created.add(kind.address(name), RemoteId(id.to_owned()));
    }
    created
}

async fn create<K: Kind<Client = super::Client>>(
    recorded: &Recorded,
    want: &K::Spec,
) -> Result<RemoteId, VendorError> {
    let (links, created, permit) = (Links::default(), created(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door: &Shelf::default(),
    };
    K::create(&recorded.client, want, &applying).await
}

async fn update<K: Kind<Client = super::Client>>(
    recorded: &Recorded,
    id: &str,
    want: &K::Spec,
    changed: &[&'static str],
) -> Result<(), VendorError> {
    let (links, created, permit) = (Links::default(), created(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door: &Shelf::default(),
    };
    let update = Update {
        want,
        changed,
        enable: false,
    };
    K::update(
        &recorded.client,
        &RemoteId(id.to_owned()),
        update,
        &applying,
    )
    .await
}

const GRANTS: &str = "GET /Secrets-Safe/Safes/s-9/Safe-Permissions";

#[tokio::test]
async fn a_safe_is_created_and_then_opened_to_whom_it_is_for() {
    let recorded = Recorded::of(&[
        (
            "POST /Secrets-Safe/Safes",
            201,
            json!({ "Id": "s-9", "Name": "core" }),
        ),
        (GRANTS, 200, json!([])),
        (
            "PUT /Secrets-Safe/Safes/s-9/Safe-Permissions",
            204,
            Value::Null,
        ),
    ])
    .await;
    let want = spec(
        "{ name: core, group_permissions: { group.dba: { flags: [edit, read], expires_on: 2031-01-31 } } }",
    );
    let id = create::<Safe>(&recorded, &want).await.unwrap();
    assert_eq!(id, RemoteId("s-9".to_owned()));
    let grant = json!({ "PrincipalType": 1, "PrincipalID": 31, "PermissionFlags": ["Read", "Edit"], "ExpiresOn": "2031-01-31T00:00:00" });
    assert_eq!(
        recorded.writes(),
        [
            (
                "POST /Secrets-Safe/Safes".to_owned(),
                json!({ "Name": "core", "Description": null })
            ),
            (
                "PUT /Secrets-Safe/Safes/s-9/Safe-Permissions".to_owned(),
                grant
            ),
        ]
    );
}

#[tokio::test]
async fn a_safe_that_could_not_be_opened_is_there_all_the_same() {
    let recorded = Recorded::of(&[
        (
            "POST /Secrets-Safe/Safes",
            201,
            json!({ "Id": "s-9", "Name": "core" }),
        ),
        (GRANTS, 403, json!({ "error": "no" })),
    ])
    .await;
    let want = spec("{ name: core, group_permissions: { group.dba: [read] } }");
    let error = create::<Safe>(&recorded, &want).await.unwrap_err();
    assert_eq!(error.cause, Cause::Partial);
    assert!(error.to_string().starts_with("the safe is there, but "));
}

#[tokio::test]
async fn a_safe_of_which_the_rest_may_be_tried_again_is_begun() {
    let made = json!({ "Id": "s-9", "Name": "core" });
    let recorded = Recorded::of(&[
        ("POST /Secrets-Safe/Safes", 201, made),
        (GRANTS, 502, Value::Null),
    ])
    .await;
    let want = spec("{ name: core, group_permissions: { group.dba: [read] } }");
    let error = create::<Safe>(&recorded, &want).await.unwrap_err();
    assert_eq!(error.cause, Cause::Begun);
}

#[tokio::test]
async fn a_write_at_which_the_vendor_failed_may_have_been_done_and_a_refused_one_not() {
    for (status, cause) in [
        (500, Cause::Unknown),
        (504, Cause::Unknown),
        (409, Cause::Refused),
    ] {
        let recorded =
            Recorded::of(&[("POST /Secrets-Safe/Safes", status, json!({ "error": "no" }))]).await;
        let error = create::<Safe>(&recorded, &spec("{ name: core }")).await;
        assert_eq!(error.unwrap_err().cause, cause, "{status}");
    }
}

fn grants() -> Value {
    json!([
        { "UserId": 7, "PermissionFlags": ["Read"] },
        { "UserId": 8, "PermissionFlags": ["Read"] },
        { "UserId": 12, "PermissionFlags": ["Manage"] },
        { "GroupId": 31, "PermissionFlags": ["Read"] }
    ])
}

#[tokio::test]
async fn only_permissions_that_differ_are_written_and_those_of_groups_left_alone() {
    let path = "/Secrets-Safe/Safes/s-9/Safe-Permissions";
    let recorded = Recorded::of(&[
        (GRANTS, 200, grants()),
        (&format!("PUT {path}"), 204, Value::Null),
        (&format!("DELETE {path}"), 204, Value::Null),
    ])
    .await;
    let want =
        spec("{ name: core, user_permissions: { user.maria: [read, edit], user.own: [manage] } }");
    let (links, made, permit) = (Links::default(), created_with_own(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &made,
        permit: &permit,
        door: &Shelf::default(),
    };
    let update = Update {
        want: &want,
        changed: &["user_permissions"],
        enable: false,
    };
    Safe::update(
        &recorded.client,
        &RemoteId("s-9".to_owned()),
        update,
        &applying,
    )
    .await
    .unwrap();
    let put = json!({ "PrincipalType": 0, "PrincipalID": 7, "PermissionFlags": ["Read", "Edit"] });
    let delete = json!({ "PrincipalType": 0, "PrincipalID": 8 });
    assert_eq!(
        recorded.writes(),
        [
            (format!("PUT {path}"), put),
            (format!("DELETE {path}"), delete)
        ]
    );
}

fn created_with_own() -> Created {
    let created = created();
    created.add(USER.address("own"), RemoteId("12".to_owned()));
    created
}

#[tokio::test]
async fn our_own_access_to_a_safe_is_never_taken_away() {
    let recorded = Recorded::of(&[(GRANTS, 200, grants())]).await;
    let want = spec("{ name: core, user_permissions: { user.maria: [read] } }");
    let error = update::<Safe>(&recorded, "s-9", &want, &["user_permissions"]).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "this would take away what trueup's own user may do with the safe"
    );
    assert!(recorded.writes().is_empty());
}

#[tokio::test]
async fn a_folder_is_moved_by_a_request_of_its_own_and_keeps_its_description() {
    let live = json!({ "Id": "f-9", "Name": "old", "Description": "kept", "ParentId": "s-0" });
    let recorded = Recorded::of(&[
        (
            "PUT /Secrets-Safe/Folders/f-9/Move",
            200,
            json!({ "FolderId": "f-9" }),
        ),
        ("GET /Secrets-Safe/Folders/f-9", 200, live),
        ("PUT /Secrets-Safe/Folders/f-9", 200, json!({})),
    ])
    .await;
    let want = spec("{ name: new, parent: safe.core }");
    update::<Folder>(&recorded, "f-9", &want, &["name", "parent"])
        .await
        .unwrap();
    let to = json!({ "DestinationFolderId": "s-1", "DuplicateNameAction": "Stop" });
    assert_eq!(
        recorded.writes(),
        [
            ("PUT /Secrets-Safe/Folders/f-9/Move".to_owned(), to),
            (
                "PUT /Secrets-Safe/Folders/f-9".to_owned(),
                json!({ "Name": "new", "Description": "kept" })
            ),
        ]
    );
}

#[tokio::test]
async fn a_credential_is_created_in_its_folder_with_its_owners() {
    let line = "POST /Secrets-Safe/Folders/f-1/secrets";
    let recorded = Recorded::of(&[(line, 201, json!({ "Id": "x-9" }))]).await;
    let want = spec(
        "{ title: db, folder: folder.infra, username: root, password: Blue-Kettle-71, owners: [group.dba, user.maria], \
         urls: [\"https://db.example.org\"] }",
    );
    let id = create::<Secret>(&recorded, &want).await.unwrap();
    assert_eq!(id, RemoteId("x-9".to_owned()));
    let body = json!({
        "Title": "db", "Username": "root", "Urls": [{ "Url": "https://db.example.org" }],
        "Owners": [{ "GroupId": 31 }, { "UserId": 7 }], "Password": "Blue-Kettle-71"
    });
    assert_eq!(recorded.writes(), [(line.to_owned(), body)]);
    assert!(recorded.lines()[0].ends_with("?version=3.2"));
}

#[tokio::test]
async fn version_3_0_has_owners_of_its_own() {
    let line = "POST /Secrets-Safe/Folders/s-1/secrets/text";
    let recorded = Recorded::speaking(Version::V3_0, &[(line, 201, json!({ "Id": "x-9" }))]).await;
    let text =
        |owners: &str| format!("{{ title: t, folder: safe.core, type: text, text: v{owners} }}");
    create::<Secret>(&recorded, &spec(&text(""))).await.unwrap();
    create::<Secret>(&recorded, &spec(&text(", owners: [group.dba]")))
        .await
        .unwrap();
    let mixed = spec(&text(", owners: [group.dba, user.maria]"));
    let error = create::<Secret>(&recorded, &mixed).await.unwrap_err();
    assert!(error.to_string().contains("either users or one group"));
    let bodies = recorded.writes().into_iter().map(|(_, body)| body);
    assert_eq!(
        bodies.collect::<Vec<_>>(),
        [
            json!({ "Title": "t", "OwnerType": "User", "Owners": [{ "OwnerId": 12 }], "Text": "v" }),
            json!({ "Title": "t", "OwnerType": "Group", "OwnerId": 31, "Text": "v" }),
        ]
    );
}

fn live_secret() -> Value {
    json!({
        "Id": "x-9", "Title": "old", "Description": "kept", "Username": "root", "Password": "Rusty-Kettle-17",
        "FolderId": "f-1", "Folder": "infra", "FolderPath": "core/infra", "Notes": null, "IsFavorite": true,
        "Owners": [{ "UserId": 12, "GroupId": null, "Name": "CI" }], "Urls": [], "Shiny": { "New": 1 }
    })
}

#[tokio::test]
async fn a_new_title_is_sent_with_all_that_is_there_and_with_the_password() {
    let path = "/Secrets-Safe/Secrets/x-9";
    let recorded = Recorded::of(&[
        (&format!("GET {path}"), 200, live_secret()),
        (&format!("PUT {path}"), 204, Value::Null),
    ])
    .await;
    let want = spec("{ title: new, folder: folder.infra }");
    update::<Secret>(&recorded, "x-9", &want, &["title"])
        .await
        .unwrap();
    let body = json!({
        "Title": "new", "Description": "kept", "Username": "root", "FolderId": "f-1", "Notes": null,
        "Owners": [{ "UserId": 12, "GroupId": null, "Name": "CI" }], "Urls": [], "Shiny": { "New": 1 },
        "Password": "Rusty-Kettle-17"
    });
    assert_eq!(recorded.writes(), [(format!("PUT {path}"), body)]);
}

#[tokio::test]
async fn a_new_password_takes_the_place_of_the_one_that_is_there() {
    let path = "/Secrets-Safe/Secrets/x-9";
    let recorded = Recorded::of(&[
        (&format!("GET {path}"), 200, live_secret()),
        (&format!("PUT {path}"), 200, live_secret()),
    ])
    .await;
    let want = spec("{ title: old, folder: folder.infra, password: Blue-Kettle-71 }");
    update::<Secret>(&recorded, "x-9", &want, &["password"])
        .await
        .unwrap();
    assert_eq!(recorded.writes()[0].1["Password"], "Blue-Kettle-71");
}

#[tokio::test]
async fn nothing_is_written_without_the_password_that_the_vendor_wants() {
    let path = "/Secrets-Safe/Secrets/x-9";
    let mut live = live_secret();
    live["Password"] = Value::Null;
    let recorded = Recorded::of(&[(&format!("GET {path}"), 200, live)]).await;
    let want = spec("{ title: new, folder: folder.infra }");
    let error = update::<Secret>(&recorded, "x-9", &want, &["title"])
        .await
        .unwrap_err();
    assert_eq!(
        error.help.unwrap(),
        "declare `password`, or make the change at the vendor"
    );
    assert!(recorded.writes().is_empty());
}

#[tokio::test]
async fn a_secret_of_another_type_is_left_alone() {
    let mut live = live_secret();
    live["SecretType"] = json!("Text");
    let page = json!({ "TotalCount": 1, "Data": [live] });
    let recorded = Recorded::of(&[("GET /Secrets-Safe/Secrets", 200, page)]).await;
    Secret::list(&recorded.client).await.unwrap();
    let want = spec("{ title: old, folder: folder.infra, password: Blue-Kettle-71 }");
    let error = update::<Secret>(&recorded, "x-9", &want, &["password"]).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "it is of type text at the vendor, which lets nobody change that"
    );
    assert!(recorded.writes().is_empty());
}

#[tokio::test]
async fn a_secret_that_only_moves_is_not_rewritten() {
    let moved = json!({ "SecretsCount": 1, "SecretsMovedCount": 1 });
    let line = "PUT /Secrets-Safe/Secrets/move";
    let recorded = Recorded::of(&[(line, 200, moved)]).await;
    let want = spec("{ title: old, folder: safe.core }");
    update::<Secret>(&recorded, "x-9", &want, &["folder"])
        .await
        .unwrap();
    let body = json!({ "SecretIds": ["x-9"], "ShareIds": [], "DestinationFolderId": "s-1", "DuplicateNameAction": "Stop" });
    assert_eq!(recorded.writes(), [(line.to_owned(), body)]);
}

#[tokio::test]
async fn a_file_is_sent_in_two_parts() {
    let line = "POST /Secrets-Safe/Folders/f-1/secrets/file";
    let recorded = Recorded::of(&[(line, 201, json!({ "Id": "x-9" }))]).await;
    let want = spec(
        "{ title: tls, folder: folder.infra, type: file, file_name: 'a\"b.pem', content: holds trueup-0 itself }",
    );
    create::<Secret>(&recorded, &want).await.unwrap();
    let mut sent = recorded.all().into_iter();
    let sent = sent.find(|it| it.line.contains("/secrets/file")).unwrap();
    assert_eq!(
        sent.header("content-type"),
        "multipart/form-data; boundary=trueup-1"
    );
    insta::assert_snapshot!(sent.body.replace("\r\n", "\n"), @r#"
    --trueup-1
    Content-Disposition: form-data; name="secretmetadata"
    Content-Type: application/json

    {"Title":"tls","FileName":"a\"b.pem"}
    --trueup-1
    Content-Disposition: form-data; name="file"; filename="a%22b.pem"
    Content-Type: application/octet-stream

    holds trueup-0 itself
    --trueup-1--
    "#);
}

#[tokio::test]
async fn a_user_is_created_and_then_switched_off() {
    let live = json!({ "UserID": 41, "UserName": "ana", "FirstName": "Ana", "LastName": null, "EmailAddress": "a@example.org",
        "LastLoginDate": null, "ClientSecret": null, "IsActive": true, "IsQuarantined": false, "UserType": "BeyondInsight" });
    let recorded = Recorded::of(&[
        ("POST /Users", 201, live.clone()),
        ("GET /Users/41", 200, live),
        ("PUT /Users/41", 200, json!({})),
    ])
    .await;
    let want = spec(
        "{ user_name: ana, first_name: Ana, email: a@example.org, password: Blue-Kettle-71, active: false }",
    );
    create::<User>(&recorded, &want).await.unwrap();
    let first = json!({ "UserType": "BeyondInsight", "UserName": "ana", "FirstName": "Ana", "EmailAddress": "a@example.org", "Password": "Blue-Kettle-71" });
    let then = json!({ "UserID": 41, "UserName": "ana", "FirstName": "Ana", "LastName": null, "EmailAddress": "a@example.org",
        "IsActive": false, "IsQuarantined": false, "UserType": "BeyondInsight" });
    assert_eq!(
        recorded.writes(),
        [
            ("POST /Users".to_owned(), first),
            ("PUT /Users/41".to_owned(), then)
        ]
    );
}

#[tokio::test]
async fn members_join_and_leave_one_by_one_and_permissions_are_set_at_once() {
    let recorded = Recorded::of(&[
        ("GET /UserGroups/31/Users", 200, json!([{ "UserID": 8, "UserName": "rui" }])),
        ("POST /Users/7/UserGroups/31", 409, json!("already")),
        ("DELETE /Users/8/UserGroups/31", 200, Value::Null),
        ("GET /Permissions", 200, json!([{ "PermissionID": 52, "Name": "Asset Management" }, { "PermissionID": 76, "Name": "Secrets Safe" }])),
        ("GET /AccessLevels", 200, json!([{ "AccessLevelID": 0, "Name": "None" }, { "AccessLevelID": 1, "Name": "Read" }, { "AccessLevelID": 3, "Name": "Full control" }])),
        ("GET /UserGroups/31/Permissions", 200, json!([{ "PermissionID": 52, "AccessLevelID": 1 }])),
        ("POST /UserGroups/31/Permissions", 204, Value::Null),
    ])
    .await;
    let want = spec("{ name: dba, members: [user.maria], permissions: { Secrets Safe: full } }");
    update::<Group>(&recorded, "31", &want, &["members", "permissions"])
        .await
        .unwrap();
    let pairs = json!([{ "PermissionID": 76, "AccessLevelID": 3 }, { "PermissionID": 52, "AccessLevelID": 0 }]);
    assert_eq!(
        recorded.writes(),
        [
            ("POST /Users/7/UserGroups/31".to_owned(), Value::Null),
            ("DELETE /Users/8/UserGroups/31".to_owned(), Value::Null),
            ("POST /UserGroups/31/Permissions".to_owned(), pairs),
        ]
    );
}

#[tokio::test]
async fn an_unknown_feature_is_told_with_a_near_name() {
    let recorded = Recorded::of(&[
        (
            "GET /Permissions",
            200,
            json!([{ "PermissionID": 76, "Name": "Secrets Safe" }]),
        ),
        ("GET /AccessLevels", 200, json!([])),
    ])
    .await;
    let want = spec("{ name: dba, permissions: { Secret Safe: full } }");
    let error = create::<Group>(&recorded, &want).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Password Safe has no feature `Secret Safe`"
    );
    assert_eq!(error.help.unwrap(), "did you mean `Secrets Safe`?");
}
