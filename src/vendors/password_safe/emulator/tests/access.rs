//! Who may do what: permissions of groups, and flags on safes.

use serde_json::{Value, json};

use super::super::testing::Asker;

/// A caller who is no administrator, with the permissions and the grant given.
async fn caller(permissions: &str, grant: &str) -> Asker {
    Asker::new(&format!(
        "
groups:
- {{ name: Administrators, members: [] }}
- {{ name: few, members: [trueup], registrations: [1], permissions: {{ {permissions} }} }}
safes:
- {{ id: 6f0f2c0e-6d1c-4f0e-9b35-0d5f4b8f2a11, name: ops, grants: [{grant}], secrets: [{{ title: t, text: x }}] }}
- {{ name: other, secrets: [{{ title: u, text: y }}] }}
"
    ))
    .await
}

const OPS: &str = "6f0f2c0e-6d1c-4f0e-9b35-0d5f4b8f2a11";

#[tokio::test]
async fn without_the_permission_of_a_feature_it_is_closed() {
    let asker = caller("Secrets Safe: read", "").await;
    for path in ["Users", "UserGroups", "Roles", "Permissions", "Workgroups"] {
        let (status, said) = asker.get(path).await;
        assert_eq!(status, 403, "{path}");
        assert!(said.is_string(), "{said}");
    }
    assert_eq!(asker.get("Secrets-Safe/Safes").await, (200, json!([])));
    let (status, said) = asker
        .json("POST", "Secrets-Safe/Safes", json!({ "Name": "x" }))
        .await;
    assert_eq!(status, 403);
    assert!(said["error"].is_string(), "{said}");
    let asker = caller("User Accounts Management: read", "").await;
    assert_eq!(asker.get("Users").await.0, 200);
    assert_eq!(asker.json("POST", "Users", json!({})).await.0, 403);
    assert_eq!(asker.get("Secrets-Safe/Safes").await.0, 403);
}

#[tokio::test]
async fn a_safe_is_open_to_those_who_were_let_in() {
    let asker = caller("Secrets Safe: read", "{ group: few, flags: [Read] }").await;
    let (_, found) = asker.get("Secrets-Safe/Secrets").await;
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    let secret = found[0]["Id"].as_str().unwrap();
    assert_eq!(
        asker.get(&format!("Secrets-Safe/Secrets/{secret}")).await.0,
        200
    );
    let (_, folders) = asker.get("Secrets-Safe/Folders").await;
    assert_eq!(folders.as_array().unwrap().len(), 1);
    let folder = json!({ "Name": "x", "ParentId": OPS });
    for (method, path, sent) in [
        ("POST", "Secrets-Safe/Folders".to_owned(), folder),
        (
            "POST",
            format!("Secrets-Safe/Folders/{OPS}/secrets"),
            json!({}),
        ),
        (
            "PUT",
            format!("Secrets-Safe/Safes/{OPS}"),
            json!({ "Name": "x" }),
        ),
        (
            "PUT",
            format!("Secrets-Safe/Safes/{OPS}/Safe-Permissions"),
            json!({}),
        ),
        (
            "DELETE",
            format!("Secrets-Safe/Secrets/{secret}"),
            Value::Null,
        ),
        (
            "PUT",
            format!("Secrets-Safe/Secrets/{secret}/text"),
            json!({}),
        ),
    ] {
        assert_eq!(
            asker.json(method, &path, sent).await.0,
            403,
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn workforce_passwords_opens_folders_but_not_the_list_of_safes() {
    let asker = caller("Workforce Passwords: read", "{ group: few }").await;
    let (_, folders) = asker.get("Secrets-Safe/Folders").await;
    assert_eq!(folders.as_array().unwrap().len(), 1);
    assert_eq!(asker.get("Secrets-Safe/Secrets?title=t").await.0, 200);
    assert_eq!(asker.get("Secrets-Safe/Safes").await.0, 403);
}

#[tokio::test]
async fn a_grant_ends_when_it_says() {
    let grant = |until| format!("{{ user: trueup, until: {until} }}");
    let safes = async |until| {
        let asker = caller("Secrets Safe: read", &grant(until)).await;
        asker
            .get("Secrets-Safe/Safes")
            .await
            .1
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(safes("2029-12-31T00:00:00").await, 0);
    assert_eq!(safes("2030-12-31T00:00:00").await, 1);
}

#[tokio::test]
async fn the_creator_of_a_safe_may_do_everything_in_it() {
    let asker = caller("Secrets Safe: write", "").await;
    let (status, made) = asker
        .json("POST", "Secrets-Safe/Safes", json!({ "Name": "mine" }))
        .await;
    assert_eq!(status, 201);
    let path = format!("Secrets-Safe/Safes/{}", made["Id"].as_str().unwrap());
    let (_, grants) = asker.get(&format!("{path}/Safe-Permissions")).await;
    assert_eq!(grants[0]["UserId"], 1);
    assert_eq!(grants[0]["PermissionFlags"].as_array().unwrap().len(), 6);
    assert_eq!(
        asker.json("PUT", &path, json!({ "Name": "own" })).await.0,
        204
    );
}

#[tokio::test]
async fn a_grant_is_replaced_by_principal_and_revoked_by_a_body() {
    let asker =
        Asker::new("safes: [{ id: 6f0f2c0e-6d1c-4f0e-9b35-0d5f4b8f2a11, name: ops }]").await;
    let path = format!("Secrets-Safe/Safes/{OPS}/Safe-Permissions");
    let put = |kind: u64, id: u64, flags: Value| {
        let sent = json!({ "PrincipalType": kind, "PrincipalID": id, "PermissionFlags": flags, "ExpiresOn": "2031-01-31T00:00:00Z" });
        asker.json("PUT", &path, sent)
    };
    assert_eq!(put(1, 1, json!(["read", "Edit"])).await, (204, Value::Null));
    assert_eq!(put(0, 2, json!(["Read"])).await.0, 204);
    assert_eq!(put(1, 1, json!(["Manage"])).await.0, 204);
    let (_, grants) = asker.get(&path).await;
    assert_eq!(grants.as_array().unwrap().len(), 2);
    assert_eq!(
        grants[1],
        json!({ "Id": 3, "FolderId": OPS, "GroupId": 1, "UserId": null, "PrincipalType": 1, "PrincipalID": 1,
            "PermissionFlags": ["Manage"], "ExpiresOn": "2031-01-31T00:00:00" })
    );
    assert_eq!(put(0, 9, json!(["Read"])).await.0, 404);
    assert_eq!(put(0, 2, json!(["Own"])).await.0, 400);
    assert_eq!(put(2, 2, json!(["Read"])).await.0, 400);
    assert_eq!(put(0, 2, json!([])).await.0, 204);
    let revoke = json!({ "PrincipalType": 1, "PrincipalID": 1 });
    for _ in 0..2 {
        assert_eq!(asker.json("DELETE", &path, revoke.clone()).await.0, 204);
    }
    assert_eq!(asker.get(&path).await.1, json!([]));
    let (_, flags) = asker.get("Secrets-Safe/Safes/Safe-Permissions").await;
    assert_eq!(flags.as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn only_administrators_make_groups_for_secrets_safe() {
    let asker = caller("User Accounts Management: write", "").await;
    let sent = |permission: u64| {
        json!({ "groupType": "BeyondInsight", "groupName": format!("g{permission}"),
        "Permissions": [{ "PermissionID": permission, "AccessLevelID": 1 }] })
    };
    assert_eq!(asker.json("POST", "UserGroups", sent(52)).await.0, 403);
    assert_eq!(asker.json("POST", "UserGroups", sent(2)).await.0, 201);
}
