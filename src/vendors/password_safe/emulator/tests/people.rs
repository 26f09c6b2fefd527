//! Users and groups: made, changed, joined and deleted, and what groups may do.

use serde_json::{Value, json};

use super::super::testing::Asker;

fn ines() -> Value {
    json!({ "UserType": "beyondinsight", "UserName": "ines", "FirstName": "Ines", "LastName": "Prado",
        "EmailAddress": "ines@example.org", "Password": "Grey-Harbour-12" })
}

/// The same with one member changed.
fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

#[tokio::test]
async fn a_user_is_made_found_changed_and_deleted() {
    let asker = Asker::new("{}").await;
    let (status, made) = asker.json("POST", "Users", ines()).await;
    assert_eq!((status, &made["UserID"]), (201, &json!(3)));
    assert_eq!(asker.get("Users?userName=INES").await, (200, made));
    let sent = json!({ "UserName": "ines", "FirstName": "Inês", "EmailAddress": "i@example.org", "IsActive": false });
    let (status, changed) = asker.json("PUT", "Users/3", sent).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&changed["LastName"], &changed["IsActive"]),
        (&Value::Null, &json!(false))
    );
    // The password that was not sent is the one that was.
    assert!(asker.world().contains("Grey-Harbour-12"));
    assert_eq!(asker.get("Users?username=ines").await.0, 404);
    assert_eq!(
        asker
            .get("Users?username=ines&includeInactive=True")
            .await
            .0,
        200
    );
    assert_eq!(asker.get("Users").await.1.as_array().unwrap().len(), 2);
    assert_eq!(asker.delete("Users/3").await.0, 200);
    assert_eq!(asker.get("Users/3").await, (404, json!("User not found")));
    let (_, next) = asker.json("POST", "Users", ines()).await;
    assert_eq!(next["UserID"], 4);
}

#[tokio::test]
async fn an_update_keeps_the_quarantine_and_takes_nobody_s_name() {
    let asker = Asker::new("{}").await;
    assert_eq!(asker.json("POST", "Users", ines()).await.0, 201);
    let (status, held) = asker.json("POST", "Users/3/Quarantine", Value::Null).await;
    assert_eq!((status, &held["IsQuarantined"]), (200, &json!(true)));
    let renamed = with(ines(), "UserName", json!("Trueup"));
    assert_eq!(asker.json("PUT", "Users/3", renamed).await.0, 400);
    let (_, kept) = asker.json("PUT", "Users/3", ines()).await;
    assert_eq!(kept["IsQuarantined"], true);
    let (_, freed) = asker
        .json(
            "PUT",
            "Users/3",
            with(ines(), "isQuarantined", json!(false)),
        )
        .await;
    assert_eq!(freed["IsQuarantined"], false);
}

#[tokio::test]
async fn what_is_wrong_with_a_user_is_told() {
    let asker = Asker::new("{}").await;
    for (name, value, said) in [
        ("UserName", json!("TRUEUP"), "already exists"),
        ("UserName", json!("x".repeat(65)), "maximum length of 64"),
        ("FirstName", Value::Null, "FirstName is required"),
        ("EmailAddress", json!("nobody"), "EmailAddress"),
        ("Password", json!("short"), "password policy"),
        ("UserType", json!("Robot"), "UserType"),
        ("UserType", json!("EntraId"), "directory"),
    ] {
        let (status, body) = asker.json("POST", "Users", with(ines(), name, value)).await;
        assert_eq!(status, 400, "{name}");
        assert!(body.as_str().unwrap().contains(said), "{name}: {body}");
    }
    assert_eq!(asker.delete("Users/1").await.0, 400);
}

#[tokio::test]
async fn the_secret_of_an_application_is_told_once() {
    let asker = Asker::new("{}").await;
    let sent = json!({ "UserType": "Application", "UserName": "bot", "AccessPolicyID": 2 });
    let (status, made) = asker.json("POST", "Users", sent.clone()).await;
    assert_eq!(status, 201);
    let secret = made["ClientSecret"].as_str().unwrap();
    assert_eq!(secret.len(), 64);
    assert_eq!(made["ClientID"].as_str().unwrap().len(), 36);
    assert_eq!(asker.get("Users/3").await.1["ClientSecret"], Value::Null);
    let (status, again) = asker
        .json("POST", "Users/3/RecycleClientSecret", Value::Null)
        .await;
    assert_eq!(status, 201);
    assert_ne!(again["ClientSecret"], secret);
    assert_eq!(
        asker
            .json("POST", "Users/1/RecycleClientSecret", Value::Null)
            .await
            .0,
        400
    );
    let keyed = with(sent, "AccessPolicyID", json!(1));
    let (status, said) = asker
        .json("POST", "Users", with(keyed, "UserName", json!("c")))
        .await;
    assert_eq!((status, said), (400, json!("Invalid AccessPolicyID")));
}

#[tokio::test]
async fn directory_users_and_groups_are_only_seen() {
    let seed = "users: [{ name: rui, type: ActiveDirectory, domain: corp }]
groups: [{ name: dir, type: EntraID, members: ['corp\\rui'] }]";
    let asker = Asker::new(seed).await;
    let (_, user) = asker.get("Users?username=corp%5Crui").await;
    assert_eq!(
        (&user["DomainName"], &user["UserName"]),
        (&json!("corp"), &json!("rui"))
    );
    assert_eq!(asker.json("PUT", "Users/3", ines()).await.0, 400);
    assert_eq!(asker.get("UserGroups/2/Users").await.1[0]["UserID"], 3);
    assert_eq!(
        asker
            .json("POST", "Users/1/UserGroups/2", Value::Null)
            .await
            .0,
        400
    );
    assert_eq!(asker.delete("Users/3/UserGroups/2").await.0, 400);
}

#[tokio::test]
async fn a_group_is_made_found_and_deleted_but_never_changed() {
    let asker = Asker::new("{}").await;
    let sent = json!({ "groupType": "BeyondInsight", "groupName": "ops", "description": "d", "isActive": true,
        "Permissions": [{ "PermissionID": 52, "AccessLevelID": 3 }], "SmartRuleAccess": [{ "SmartRuleID": 1, "AccessLevelID": 1 }],
        "ApplicationRegistrationIDs": [1] });
    let (status, made) = asker.json("POST", "UserGroups", sent.clone()).await;
    assert_eq!(status, 201);
    assert_eq!(made["ApplicationRegistrationIDs"], json!([1]));
    assert_eq!(asker.get("UserGroups?name=OPS").await, (200, made));
    assert_eq!(asker.json("PUT", "UserGroups/2", json!({})).await.0, 405);
    let rights = json!([{ "PermissionID": 52, "AccessLevelID": 3 }]);
    assert_eq!(asker.get("UserGroups/2/Permissions").await, (200, rights));
    assert_eq!(
        asker.get("UserGroups/2/SmartRules").await.1[0]["AccessLevelID"],
        1
    );
    assert_eq!(asker.json("POST", "UserGroups", sent).await.0, 400);
    assert_eq!(asker.delete("UserGroups?name=ops").await.0, 200);
    assert_eq!(asker.get("UserGroups/2").await.0, 404);
    assert_eq!(asker.delete("UserGroups/1").await.0, 400);
}

#[tokio::test]
async fn a_group_that_owns_a_secret_is_not_deleted() {
    let seed = "groups: [{ name: ops }]
safes: [{ name: s, grants: [{ group: ops }], secrets: [{ id: 6f0f2c0e-6d1c-4f0e-9b35-0d5f4b8f2a11, title: t, text: x, owners: [{ group: ops }] }] }]";
    let asker = Asker::new(seed).await;
    assert_eq!(asker.delete("UserGroups/2").await.0, 400);
    let secret = "Secrets-Safe/Secrets/6f0f2c0e-6d1c-4f0e-9b35-0d5f4b8f2a11";
    assert_eq!(asker.delete(secret).await.0, 200);
    assert_eq!(asker.delete("UserGroups/2").await.0, 200);
    assert!(!asker.world().contains("grants"), "{}", asker.world());
}

#[tokio::test]
async fn members_join_once_and_leave_once() {
    let asker = Asker::new("groups: [{ name: ops }]").await;
    let path = "Users/1/UserGroups/2";
    let (status, group) = asker.json("POST", path, Value::Null).await;
    assert_eq!((status, &group["GroupID"]), (201, &json!(2)));
    assert_eq!(asker.json("POST", path, Value::Null).await.0, 409);
    let (_, groups) = asker.get("Users/1/UserGroups").await;
    assert_eq!(groups.as_array().unwrap().len(), 2);
    assert_eq!(asker.delete(path).await.0, 200);
    assert_eq!(asker.delete(path).await.0, 404);
    let (status, made) = asker.json("POST", "UserGroups/2/Users", ines()).await;
    assert_eq!(status, 201);
    assert_eq!(asker.get("UserGroups/2/Users").await.1, json!([made]));
    assert_eq!(asker.delete("Users/3").await.0, 200);
    assert_eq!(asker.get("UserGroups/2/Users").await.1, json!([]));
}

#[tokio::test]
async fn permissions_are_set_one_by_one_and_cleared_together() {
    let asker =
        Asker::new("groups: [{ name: ops, permissions: { Asset Management: read } }]").await;
    let path = "UserGroups/2/Permissions";
    let pair = |id: u64, level: u64| json!({ "PermissionID": id, "AccessLevelID": level });
    assert_eq!(asker.json("POST", path, json!([pair(52, 3)])).await.0, 204);
    assert_eq!(asker.get(path).await.1, json!([pair(2, 1), pair(52, 3)]));
    assert_eq!(asker.json("POST", path, json!([pair(2, 0)])).await.0, 204);
    assert_eq!(asker.get(path).await.1, json!([pair(52, 3)]));
    assert_eq!(asker.json("POST", path, json!([pair(3, 1)])).await.0, 400);
    assert_eq!(asker.delete(path).await.0, 200);
    assert_eq!(asker.get(path).await.1, json!([]));
    assert_eq!(asker.delete("UserGroups/1/Permissions").await.0, 400);
}

#[tokio::test]
async fn roles_come_after_access_and_are_replaced_as_a_set() {
    let asker = Asker::new("groups: [{ name: ops }]").await;
    let roles = "UserGroups/2/SmartRules/1/Roles";
    let auditor = json!({ "Roles": [{ "RoleID": 5 }] });
    let (status, said) = asker.json("POST", roles, auditor.clone()).await;
    assert_eq!(status, 400);
    assert!(said.as_str().unwrap().contains("access level"), "{said}");
    let level = "UserGroups/2/SmartRules/1/AccessLevels";
    assert_eq!(
        asker
            .json("POST", level, json!({ "AccessLevelID": 1 }))
            .await
            .0,
        200
    );
    let requestor = json!({ "Roles": [{ "RoleID": 1 }] });
    assert_eq!(asker.json("POST", roles, requestor.clone()).await.0, 400);
    let requestor = with(requestor, "AccessPolicyID", json!(5000));
    assert_eq!(asker.json("POST", roles, requestor).await.0, 204);
    let assignees = "AccessPolicies/5000/Assignees";
    assert_eq!(asker.get(assignees).await.1[0]["UserGroupName"], "ops");
    assert_eq!(asker.json("POST", roles, auditor).await.0, 204);
    let named = json!([{ "RoleID": 5, "Name": "Auditor" }]);
    assert_eq!(asker.get(roles).await.1, named);
    assert_eq!(asker.get(assignees).await.1, json!([]));
    assert_eq!(asker.delete(roles).await.0, 200);
    assert_eq!(asker.get(roles).await.1, json!([]));
    assert_eq!(
        asker
            .json("POST", level, json!({ "AccessLevelID": 0 }))
            .await
            .0,
        200
    );
    assert_eq!(asker.get("UserGroups/2/SmartRules").await.1, json!([]));
}

#[tokio::test]
async fn a_look_up_by_name_finds_one_or_nothing() {
    let asker = Asker::new("{}").await;
    for (path, name, id) in [
        ("SmartRules?title=all assets", "SmartRuleID", json!(1)),
        ("Workgroups?name=BeyondTrust Workgroup", "ID", json!(1)),
        (
            "Organizations?name=Default Organization",
            "IsActive",
            json!(true),
        ),
        ("PasswordRules/0", "MinimumLength", json!(12)),
        ("Platforms/2", "DefaultPort", json!(22)),
    ] {
        let (status, body) = asker.get(&path.replace(' ', "%20")).await;
        assert_eq!((status, &body[name]), (200, &id), "{path}");
    }
    for path in [
        "SmartRules?title=x",
        "Workgroups?name=x",
        "Organizations?name=x",
        "Platforms/9",
    ] {
        assert_eq!(asker.get(path).await.0, 404, "{path}");
    }
    let (_, rules) = asker.get("SmartRules?type=managedaccount").await;
    assert_eq!(rules.as_array().unwrap().len(), 1);
}
