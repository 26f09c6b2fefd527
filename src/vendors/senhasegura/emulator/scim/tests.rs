//! SCIM as a client sees it: requests in, answers out.

use axum::http::Request;
use serde_json::{Value, json};

use super::super::testing::Asker;

const USERS: &str = "/iso/scim/v2/Users";
const GROUPS: &str = "/iso/scim/v2/Groups";

const WORLD: &str = "
users:
  - { id: 1, user_name: a, formatted: A, external_id: x1, email: a@example.org, roles: [Auditor] }
  - { id: 2, user_name: b, formatted: B, external_id: x2, email: b@example.org }
groups:
  - { id: 6, display_name: Crew, external_id: g6, members: [1, 2] }
passwords:
  - { id: 1, name: n, username: u, password: p, users_allowed: { a: view }, groups_allowed: { Crew: view } }
";

async fn patch(asker: &Asker, path: &str, operations: Value) -> (u16, Value) {
    let body = json!({ "Operations": operations });
    asker.json("PATCH", path, &body).await
}

fn values(entries: &Value) -> Vec<&str> {
    let entries = entries.as_array().unwrap().iter();
    entries
        .map(|entry| entry["value"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_page_has_25_rows_by_default_and_100_at_most() {
    let users: Vec<_> = (1..=130)
        .map(|id| format!("{{ id: {id}, user_name: u{id} }}"))
        .collect();
    let asker = Asker::new(&format!("users: [{}]", users.join(", ")));
    let cases = [
        ("", 25, "1"),
        ("?count=500", 100, "1"),
        ("?startIndex=101&count=100", 30, "101"),
    ];
    for (query, rows, first) in cases {
        let (_, body) = asker.get(&format!("{USERS}{query}")).await;
        assert_eq!(body["totalResults"], 130, "{query}");
        assert_eq!(body["itemsPerPage"], rows, "{query}");
        assert_eq!(body["Resources"].as_array().unwrap().len(), rows, "{query}");
        assert_eq!(body["Resources"][0]["id"], first, "{query}");
    }
}

#[tokio::test]
async fn a_filter_finds_by_equality() {
    let asker = Asker::new(WORLD);
    let cases = [
        (USERS, "userName eq \"A\"", Some("1")),
        (USERS, "externalId eq \"x2\"", Some("2")),
        (USERS, "emails.value eq \"b@example.org\"", Some("2")),
        (USERS, "userName eq \"zz\"", None),
        (GROUPS, "displayName eq \"Crew\"", Some("6")),
        (GROUPS, "displayName eq \"crew\"", None),
        (GROUPS, "externalId eq \"g6\"", Some("6")),
    ];
    for (path, filter, found) in cases {
        let query: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        let (_, body) = asker.get(&format!("{path}?filter={query}")).await;
        let ids = body["Resources"].as_array().unwrap();
        assert_eq!(
            ids.first().and_then(|row| row["id"].as_str()),
            found,
            "{filter}"
        );
        assert_eq!(
            body["totalResults"],
            usize::from(found.is_some()),
            "{filter}"
        );
    }
    let (status, body) = asker
        .get(&format!("{USERS}?filter=title%20eq%20%22x%22"))
        .await;
    assert_eq!((status, &body["scimType"]), (400, &json!("invalidFilter")));
}

#[tokio::test]
async fn a_user_needs_name_external_id_full_name_and_address() {
    let asker = Asker::new("{}");
    let whole = json!({
        "userName": "c", "externalId": "x", "name": { "formatted": "C" },
        "emails": [{ "value": "o@example.org" }, { "value": "c@example.org", "primary": true }],
        "surplus": 1,
    });
    for member in ["userName", "externalId", "name", "emails"] {
        let mut body = whole.clone();
        body.as_object_mut().unwrap().remove(member);
        let (status, said) = asker.json("POST", USERS, &body).await;
        assert_eq!(
            (status, &said["scimType"]),
            (400, &json!("invalidValue")),
            "{member}"
        );
        assert_eq!(said["status"], "400");
    }
    let (status, user) = asker.json("POST", USERS, &whole).await;
    assert_eq!(status, 201);
    assert_eq!(values(&user["emails"]), ["c@example.org", "o@example.org"]);
    assert_eq!(user["active"], true);
}

#[tokio::test]
async fn a_user_is_patched_by_operations() {
    let asker = Asker::new(WORLD);
    let path = format!("{USERS}/1");
    let operations = json!([
        { "op": "Replace", "path": "active", "value": "False" },
        { "op": "replace", "path": "name.formatted", "value": "Ana" },
        { "op": "add", "path": "entitlements", "value": [{ "value": "Admin" }, { "value": "Auditor" }] },
        { "op": "remove", "path": "entitlements[value eq \"Auditor\"]" },
        { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "ana@example.org" },
        { "op": "add", "value": { "title": "Dr", "groups": [{ "value": "Full access" }] } },
    ]);
    let (status, _) = patch(&asker, &path, operations).await;
    assert_eq!(status, 200);
    let (_, user) = asker.get(&path).await;
    assert_eq!(user["active"], false);
    assert_eq!(user["name"]["formatted"], "Ana");
    assert_eq!(values(&user["entitlements"]), ["Admin"]);
    assert_eq!(values(&user["emails"]), ["ana@example.org"]);
    assert_eq!(user["title"], "Dr");
    assert_eq!(values(&user["groups"]), ["Full access"]);
}

#[tokio::test]
async fn a_user_is_patched_by_plain_attributes() {
    let asker = Asker::new(WORLD);
    let body = json!({ "userName": "c", "name": { "givenName": "Caio" }, "surplus": true });
    let (status, user) = asker.json("PATCH", &format!("{USERS}/1"), &body).await;
    assert_eq!((status, &user["userName"]), (200, &json!("c")));
    assert_eq!(
        user["name"],
        json!({ "formatted": "A", "familyName": "", "givenName": "Caio" })
    );
    let (_, shared) = asker.get("/api/mysafe/password/1").await;
    assert_eq!(
        shared["password_entity"]["users_allowed"][0]["username"],
        "c"
    );
}

#[tokio::test]
async fn a_patch_that_is_refused_changes_nothing() {
    let asker = Asker::new(WORLD);
    let user = format!("{USERS}/1");
    let group = format!("{GROUPS}/6");
    let cases = [
        (
            &user,
            json!([{ "op": "replace", "path": "title", "value": "x" }, { "op": "remove", "path": "userName" }]),
            400,
        ),
        (
            &user,
            json!([{ "op": "replace", "path": "userName", "value": "B" }]),
            409,
        ),
        (
            &user,
            json!([{ "op": "replace", "path": "nonsense", "value": "x" }]),
            400,
        ),
        (&user, json!([{ "op": "move", "path": "title" }]), 400),
        (
            &group,
            json!([{ "op": "replace", "path": "displayName", "value": "x" }]),
            400,
        ),
        (
            &group,
            json!([{ "op": "remove", "path": "members" }, { "op": "add", "path": "members", "value": [{ "value": "99" }] }]),
            400,
        ),
    ];
    let before = (asker.get(&user).await, asker.get(&group).await);
    for (path, operations, status) in cases {
        let (seen, body) = patch(&asker, path, operations.clone()).await;
        assert_eq!(seen, status, "{operations}: {body}");
    }
    assert_eq!((asker.get(&user).await, asker.get(&group).await), before);
}

#[tokio::test]
async fn members_are_added_removed_and_replaced() {
    let asker = Asker::new(WORLD);
    let path = format!("{GROUPS}/6");
    let steps: [(Value, &[&str]); 6] = [
        (
            json!([{ "op": "remove", "path": "members[value eq \"2\"]" }]),
            &["1"],
        ),
        (
            json!([{ "op": "add", "path": "members", "value": [{ "value": "2" }, { "value": "1" }] }]),
            &["1", "2"],
        ),
        (
            json!([{ "op": "remove", "path": "members", "value": [{ "value": "1" }] }]),
            &["2"],
        ),
        (
            json!([{ "op": "replace", "value": { "members": [{ "value": "1" }] } }]),
            &["1"],
        ),
        (
            json!([{ "op": "replace", "path": "members", "value": [] }]),
            &[],
        ),
        (
            json!([{ "op": "add", "path": "members", "value": { "value": "2" } }, { "op": "remove", "path": "members" }]),
            &[],
        ),
    ];
    for (operations, members) in steps {
        let (status, body) = patch(&asker, &path, operations.clone()).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(values(&body["members"]), members, "{operations}");
    }
}

#[tokio::test]
async fn a_deleted_user_leaves_its_groups() {
    let asker = Asker::new(WORLD);
    let path = format!("{USERS}/1");
    assert_eq!(
        asker.json("DELETE", &path, &Value::Null).await,
        (204, Value::Null)
    );
    assert_eq!(asker.get(&path).await.0, 404);
    assert_eq!(asker.json("DELETE", &path, &Value::Null).await.0, 404);
    let (_, group) = asker.get(&format!("{GROUPS}/6")).await;
    assert_eq!(values(&group["members"]), ["2"]);
}

#[tokio::test]
async fn a_deleted_group_is_gone_and_its_id_is_not_given_again() {
    let asker = Asker::new(WORLD);
    asker
        .json("DELETE", &format!("{GROUPS}/6"), &Value::Null)
        .await;
    let (status, group) = asker
        .json(
            "POST",
            GROUPS,
            &json!({ "displayName": "Crew", "externalId": "g6" }),
        )
        .await;
    assert_eq!((status, &group["id"]), (201, &json!("7")));
    let (status, _) = asker
        .json(
            "POST",
            GROUPS,
            &json!({ "displayName": "x", "externalId": "g6" }),
        )
        .await;
    assert_eq!(status, 409);
    let (_, shared) = asker.get("/api/mysafe/password/1").await;
    assert_eq!(shared["password_entity"]["groups_allowed"], json!([]));
}

#[tokio::test]
async fn a_bad_token_is_401_and_one_of_mysafe_is_403() {
    let asker = Asker::new("{}");
    let mysafe = asker.token("mysafe").await;
    for (token, status) in [(mysafe.as_str(), 403), ("unknown", 401)] {
        let request = Request::get(USERS).header("authorization", format!("Bearer {token}"));
        let (seen, body) = asker
            .send(request.body(String::new().into()).unwrap())
            .await;
        assert_eq!(
            (seen, &body["status"]),
            (status, &json!(status.to_string()))
        );
    }
}

#[tokio::test]
async fn the_service_describes_itself() {
    let asker = Asker::new("{}");
    let (_, config) = asker.get("/iso/scim/v2/ServiceProviderConfig").await;
    assert_eq!(config["patch"]["supported"], true);
    let (_, user) = asker.get("/iso/scim/v2/ResourceTypes/User").await;
    let urn = user["schema"].as_str().unwrap();
    let (status, _) = asker.get(&format!("/iso/scim/v2/Schemas/{urn}")).await;
    assert_eq!(status, 200);
    assert_eq!(
        asker.json("PUT", &format!("{USERS}/1"), &json!({})).await.0,
        405
    );
    assert_eq!(asker.get("/iso/scim/v2/Nothing").await.0, 404);
}
