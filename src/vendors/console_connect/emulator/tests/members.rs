//! Members: listed, accepted, given roles and removed.

use serde_json::{Value, json};

use super::super::testing::Asker;

const LIST: &str = "/v2/companies/64a000000000000000000001/members";

fn path(user: &str) -> String {
    format!("/api/company/exampleco/memberships/{user}")
}

fn role(user: &str, role: &str) -> String {
    format!("/api/company/exampleco/memberships/{user}/roles/{role}")
}

fn names(list: &Value) -> Vec<&str> {
    let entries = list.as_array().unwrap().iter();
    entries.map(|it| it["username"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_list_has_the_active_members_with_their_roles() {
    let (status, list) = Asker::new().get(&format!("{LIST}?pageSize=0")).await;
    assert_eq!((status, names(&list)), (200, vec!["kim", "ops", "vera"]));
    let vera = &list[2];
    assert_eq!(vera["email"], "vera@example.org");
    assert_eq!(vera["roles"][0]["name"], "NETWORKVIEW");
    assert!(vera.get("state").is_none());
}

#[tokio::test]
async fn a_list_has_as_many_members_as_are_asked_for_and_usually_twenty() {
    let mut seed = "users:\n  - { username: u00, name: u, email: u@example.org, keys: [key-of-ops] }\ncompanies: [{ id: 64a000000000000000000001, username: c, name: c }]\n".to_owned();
    let mut members = "memberships: [{ company: c, user: u00, roles: [USER] }".to_owned();
    for number in 1..30 {
        seed.insert_str(
            7,
            &format!("  - {{ username: u{number:02}, name: u, email: u@example.org }}\n"),
        );
        members += &format!(", {{ company: c, user: u{number:02}, roles: [USER] }}");
    }
    let asker = Asker::on(&format!("{seed}{members}]"));
    for (query, count) in [("?pageSize=0", 30), ("?pageSize=3", 3), ("", 20)] {
        let (_, list) = asker.get(&format!("{LIST}{query}")).await;
        assert_eq!(names(&list).len(), count, "{query}");
    }
}

#[tokio::test]
async fn the_list_is_for_members() {
    let asker = Asker::new();
    let (status, body) = asker.by("otto", "GET", LIST, Value::Null).await;
    assert_eq!(status, 401);
    assert!(body["error"]["accessRequests"].is_array());
    let unknown = "/v2/companies/64a000000000000000000009/members";
    assert_eq!(asker.get(unknown).await.0, 404);
}

#[tokio::test]
async fn a_role_is_given_once_and_taken_once() {
    let asker = Asker::new();
    let control = role("vera", "NETWORKCONTROL");
    let (status, shown) = asker.put(&control, Value::Null).await;
    assert_eq!(status, 200);
    assert_eq!(
        shown["roles"],
        json!(["NETWORKCONTROL", "NETWORKVIEW", "USER"])
    );
    assert_eq!(asker.put(&control, Value::Null).await.0, 409);
    assert_eq!(asker.delete(&control).await.0, 200);
    assert_eq!(asker.delete(&control).await.0, 404);
}

#[tokio::test]
async fn a_role_works_from_the_moment_it_is_given() {
    let asker = Asker::new();
    let asn = "/api/company/exampleco/asns/64500";
    let asked = async || asker.by("vera", "PUT", asn, Value::Null).await.0;
    assert_eq!(asked().await, 401);
    asker
        .put(&role("vera", "NETWORKCONTROL"), Value::Null)
        .await;
    assert_eq!(asked().await, 200);
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_nothing_changes() {
    let asker = Asker::new();
    let before = asker.get(LIST).await;
    for path in [
        role("vera", "NOSUCHROLE"),
        role("nobody", "ADMIN"),
        role("otto", "ADMIN"),
        "/api/company/nowhere/memberships/vera/roles/ADMIN".to_owned(),
    ] {
        let (status, body) = asker.put(&path, Value::Null).await;
        assert_eq!(status, 404, "{path}");
        assert_eq!(body["error"]["statusCode"], 404, "{path}");
    }
    assert_eq!(asker.get(LIST).await, before);
}

#[tokio::test]
async fn a_membership_that_is_not_active_gets_no_role() {
    let asker = Asker::new();
    let given = asker
        .put(&role("newcomer", "NETWORKVIEW"), Value::Null)
        .await;
    assert_eq!(given.0, 409);
}

#[tokio::test]
async fn nobody_makes_or_unmakes_the_custodian() {
    let asker = Asker::new();
    for answer in [
        asker.put(&role("vera", "KEYHOLDER"), Value::Null).await,
        asker.delete(&role("kim", "KEYHOLDER")).await,
    ] {
        assert_eq!(answer.0, 401);
        assert!(answer.1["error"]["accessRequests"].is_array());
    }
}

#[tokio::test]
async fn every_member_stays_a_member() {
    let asker = Asker::new();
    assert_eq!(asker.delete(&role("vera", "USER")).await.0, 409);
}

#[tokio::test]
async fn one_can_take_one_s_own_administrator_role_and_is_locked_out() {
    let asker = Asker::new();
    let own = role("ops", "ADMIN");
    assert_eq!(asker.delete(&own).await.0, 200);
    assert_eq!(asker.put(&own, Value::Null).await.0, 401);
}

#[tokio::test]
async fn who_asked_to_join_is_accepted_and_becomes_a_member() {
    let asker = Asker::new();
    let accept = json!({ "state": "ACTIVE" });
    let (status, shown) = asker.post(&path("newcomer"), accept.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&shown["state"], &shown["roles"]),
        (&json!("ACTIVE"), &json!(["USER"]))
    );
    assert_eq!(asker.post(&path("newcomer"), accept).await.0, 409);
    let (_, list) = asker.get(LIST).await;
    assert!(names(&list).contains(&"newcomer"));
}

#[tokio::test]
async fn who_was_denied_must_ask_again() {
    let asker = Asker::new();
    let deny = json!({ "state": "DENIED" });
    let (_, denied) = asker.post(&path("newcomer"), deny).await;
    assert_eq!(denied["state"], "DENIED");
    let accept = json!({ "state": "ACTIVE" });
    assert_eq!(asker.post(&path("newcomer"), accept.clone()).await.0, 409);
    let join = json!({ "company": "exampleco", "user": "newcomer" });
    asker.command("request_join", join.clone()).unwrap();
    assert!(asker.command("request_join", join).is_err());
    let (status, accepted) = asker.post(&path("newcomer"), accept).await;
    assert_eq!(status, 200);
    assert_ne!(accepted["id"], denied["id"]);
}

#[tokio::test]
async fn a_state_that_is_none_is_refused() {
    let asker = Asker::new();
    for body in [
        json!({ "state": "PAUSED" }),
        json!({}),
        json!({ "state": 1 }),
    ] {
        let (status, said) = asker.post(&path("newcomer"), body).await;
        assert_eq!((status, &said["error"]["status"]), (400, &json!(400)));
    }
}

#[tokio::test]
async fn one_takes_back_one_s_own_request_and_settles_no_other() {
    let asker = Asker::new();
    let to = |state: &str| json!({ "state": state });
    let by = async |state| {
        let body = to(state);
        asker.by("newcomer", "POST", &path("newcomer"), body).await
    };
    assert_eq!(by("ACTIVE").await.0, 401);
    assert_eq!(by("CANCELLED").await.1["state"], "CANCELLED");
}

#[tokio::test]
async fn a_removed_member_is_gone_and_can_ask_again() {
    let asker = Asker::new();
    assert_eq!(asker.delete(&path("vera")).await, (200, json!({})));
    assert_eq!(asker.delete(&path("vera")).await.0, 404);
    let ports = "/api/company/exampleco/ports/orders";
    assert_eq!(asker.by("vera", "GET", ports, Value::Null).await.0, 401);
    let join = json!({ "company": "exampleco", "user": "vera" });
    asker.command("request_join", join).unwrap();
    let (_, back) = asker
        .post(&path("vera"), json!({ "state": "ACTIVE" }))
        .await;
    assert_eq!(back["roles"], json!(["USER"]));
}

#[tokio::test]
async fn the_only_custodian_can_neither_go_nor_be_removed() {
    let asker = Asker::new();
    assert_eq!(asker.delete(&path("kim")).await.0, 409);
    let leave = "/api/company/exampleco/memberships";
    assert_eq!(asker.by("kim", "DELETE", leave, Value::Null).await.0, 409);
}

#[tokio::test]
async fn the_short_path_removes_the_caller_and_so_does_the_own_name() {
    let asker = Asker::new();
    let leave = "/api/company/exampleco/memberships";
    let (status, shown) = asker.by("vera", "DELETE", leave, Value::Null).await;
    assert_eq!((status, &shown["deleted"]), (200, &json!(true)));
    assert_eq!(asker.delete(&path("ops")).await.0, 200);
    let (_, list) = asker.by("kim", "GET", LIST, Value::Null).await;
    assert_eq!(names(&list), ["kim"]);
}

#[tokio::test]
async fn of_others_one_learns_neither_the_address_nor_the_roles() {
    let asker = Asker::new();
    let (status, vera) = asker.get("/api/user/vera").await;
    assert_eq!((status, &vera["name"]), (200, &json!("Vera Viewer")));
    assert!(vera.get("email").is_none());
    let link = &vera["linkUserCompany"]["64a000000000000000000001"];
    assert_eq!(link["state"], "ACTIVE");
    assert!(link.get("roles").is_none());
    let (_, me) = asker.get("/api/user/ops").await;
    assert_eq!(me["email"], "ops@example.org");
    assert_eq!(asker.get("/api/user/nobody").await.0, 404);
}

#[tokio::test]
async fn one_changes_what_one_says_of_oneself_and_nothing_of_others() {
    let asker = Asker::new();
    let said = json!({ "name": "Olga O.", "headline": "Networks", "tags": "ops", "password": "x" });
    let (status, me) = asker.post("/api/user/ops", said.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&me["name"], &me["headline"], &me["tags"]),
        (&json!("Olga O."), &json!("Networks"), &json!(["ops"]))
    );
    assert_eq!(asker.post("/api/user/vera", said).await.0, 401);
    let (_, other) = asker.get("/api/user/vera").await;
    assert_eq!(other["name"], "Vera Viewer");
}

#[tokio::test]
async fn a_company_is_changed_by_keys_with_a_dot() {
    let asker = Asker::new();
    let said = json!({ "company.city": "Porto" });
    let (status, company) = asker.post("/api/user/exampleco", said.clone()).await;
    assert_eq!(
        (status, &company["company"]["city"]),
        (200, &json!("Porto"))
    );
    let refused = asker.by("vera", "POST", "/api/user/exampleco", said).await;
    assert_eq!(refused.0, 401);
}
