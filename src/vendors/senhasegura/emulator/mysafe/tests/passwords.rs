//! Passwords, and with them the rules that all items share.

use axum::http::Request;
use serde_json::{Value, json};

use super::super::super::testing::{Asker, column, refusal};
use crate::emulate::Emulator;

const PASSWORDS: &str = "/api/mysafe/password";

/// Of the passwords of others, the caller may edit 2 by name, view 3 by group, and not see 4.
const WORLD: &str = "
users: [{ id: 1, user_name: trueup }, { id: 2, user_name: ines }]
groups: [{ id: 6, display_name: Crew, members: [1] }]
private_groups: [Night]
passwords:
  - { id: 1, name: own, username: a, password: p, url: x.org, tags: 'core, lab' }
  - { id: 2, name: by name, username: a, password: p, owner: ines, users_allowed: { trueup: edit } }
  - { id: 3, name: by group, username: b, password: p, owner: ines, groups_allowed: { Crew: view } }
  - { id: 4, name: hidden, username: a, password: p, owner: ines }
  - { id: 5, name: off, username: a, password: p, disabled: true, users_allowed: { ines: view } }
";

fn identifiers(body: &Value) -> Vec<&str> {
    column(&body["password_on_list"], "identifier")
}

async fn create(asker: &Asker, members: Value) -> (u16, Value) {
    let mut body = json!({ "name": "n", "username": "u", "password": "p" });
    body.as_object_mut()
        .unwrap()
        .extend(members.as_object().unwrap().clone());
    asker.json("POST", PASSWORDS, &body).await
}

async fn update(asker: &Asker, id: u64, body: Value) -> (u16, Value) {
    asker
        .json("PUT", &format!("{PASSWORDS}/update/{id}"), &body)
        .await
}

async fn read(asker: &Asker, id: u64) -> (u16, Value) {
    asker.get(&format!("{PASSWORDS}/{id}")).await
}

#[tokio::test]
async fn a_list_holds_what_is_owned_or_shared_and_enabled() {
    let asker = Asker::new(WORLD);
    let (_, body) = asker.get(PASSWORDS).await;
    assert_eq!(identifiers(&body), ["1", "2", "3"]);
    assert_eq!(body["password_on_list"][1]["can_write"], true);
    assert_eq!(body["password_on_list"][2]["can_write"], false);
    let (_, older) = asker.get("/iso/mysafe/password").await;
    assert_eq!(older, body);
}

#[tokio::test]
async fn filters_compare_for_equality_and_combine() {
    let asker = Asker::new(WORLD);
    let cases: [(&str, &[&str]); 7] = [
        ("tag=lab", &["1"]),
        ("tag=la", &[]),
        ("name=own", &["1"]),
        ("username=a", &["1", "2"]),
        ("username=a&name=by%20name", &["2"]),
        ("url=x.org", &["1"]),
        ("url=", &["1", "2", "3"]),
    ];
    for (query, found) in cases {
        let (_, body) = asker.get(&format!("{PASSWORDS}?{query}")).await;
        assert_eq!(identifiers(&body), found, "{query}");
    }
}

#[tokio::test]
async fn a_disabled_password_leaves_the_list_and_returns_with_its_sharing() {
    let asker = Asker::new(WORLD);
    assert_eq!(refusal(&read(&asker, 5).await), (400, Some(1009)));
    assert_eq!(
        refusal(&update(&asker, 5, json!({})).await),
        (400, Some(1009))
    );
    let (status, _) = asker.post(&format!("{PASSWORDS}/active/5")).await;
    assert_eq!(status, 200);
    let (_, body) = read(&asker, 5).await;
    let shared = &body["password_entity"]["users_allowed"];
    assert_eq!(*shared, json!([{ "username": "ines", "can_edit": false }]));
    asker.post(&format!("{PASSWORDS}/inactive/5")).await;
    let (_, body) = asker.get(PASSWORDS).await;
    assert_eq!(identifiers(&body), ["1", "2", "3"]);
}

#[tokio::test]
async fn rights_of_others_passwords_are_kept() {
    let asker = Asker::new(WORLD);
    let body = json!({ "notes": "x" });
    assert_eq!(refusal(&update(&asker, 2, body.clone()).await), (200, None));
    assert_eq!(refusal(&read(&asker, 3).await), (200, None));
    assert_eq!(
        refusal(&update(&asker, 3, body.clone()).await),
        (400, Some(1006))
    );
    assert_eq!(refusal(&read(&asker, 4).await), (400, Some(1006)));
    let path = format!("{PASSWORDS}/inactive/3");
    assert_eq!(refusal(&asker.post(&path).await), (400, Some(1006)));
    assert_eq!(refusal(&update(&asker, 99, body).await), (400, Some(1005)));
    let path = format!("{PASSWORDS}/update/+1");
    assert_eq!(
        refusal(&asker.json("PUT", &path, &json!({})).await),
        (400, Some(1005))
    );
}

#[tokio::test]
async fn what_an_update_leaves_out_stays_and_an_empty_text_clears() {
    let asker = Asker::new("{}");
    let all = json!({ "url": "x.org", "notes": "n", "tags": "a,b", "secret_key": "MFRGG" });
    create(&asker, all).await;
    update(
        &asker,
        1,
        json!({ "notes": "", "url": null, "secret_key": "" }),
    )
    .await;
    let (_, body) = read(&asker, 1).await;
    let entity = &body["password_entity"];
    assert_eq!(entity["notes"], "");
    assert_eq!(entity["url"], "x.org");
    assert_eq!(entity["tags"], "a,b");
    assert_eq!(entity["secret_key"], Value::Null);
    assert_eq!(entity["token"], Value::Null);
    let refused = update(&asker, 1, json!({ "password": "" })).await;
    assert_eq!(refusal(&refused), (400, Some(1001)));
}

#[tokio::test]
async fn sharing_is_replaced_list_by_list_and_emptied_by_an_empty_list() {
    let asker = Asker::new(WORLD);
    let users = json!([{ "username": "ines", "can_edit": true }]);
    let both = json!({ "users_allowed": users, "groups_allowed": [{ "name": "Night" }, { "name": "Crew" }] });
    update(&asker, 1, both).await;
    update(
        &asker,
        1,
        json!({ "groups_allowed": [{ "name": "Crew", "can_edit": true }] }),
    )
    .await;
    let (_, body) = read(&asker, 1).await;
    let entity = &body["password_entity"];
    assert_eq!(entity["users_allowed"], users);
    assert_eq!(
        entity["groups_allowed"],
        json!([{ "name": "Crew", "can_edit": true }])
    );
    let (_, body) = update(&asker, 1, json!({ "users_allowed": [] })).await;
    assert_eq!(body["password_entity"]["users_allowed"], json!([]));
    assert_eq!(
        body["password_entity"]["groups_allowed"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn strangers_and_oneself_are_told_in_shared_error() {
    let asker = Asker::new(WORLD);
    let sent = json!({
        "users_allowed": [{ "username": "trueup" }, { "username": "nobody" }, { "username": "ines" }],
        "groups_allowed": [{ "name": "None" }],
    });
    let (status, body) = create(&asker, sent).await;
    assert_eq!(status, 201);
    let told = json!([{ "username": "nobody" }, { "username": "trueup" }, { "name": "None" }]);
    assert_eq!(body["password_entity"]["shared_error"], told);
    let kept = json!([{ "username": "ines", "can_edit": false }]);
    assert_eq!(body["password_entity"]["users_allowed"], kept);
}

#[tokio::test]
async fn a_bad_parameter_is_1001_and_changes_nothing() {
    let asker = Asker::new("{}");
    let bad = [
        json!({ "secret_key": "not base32" }),
        json!({ "users_allowed": "ines" }),
        json!({ "users_allowed": [{ "name": "ines" }] }),
        json!({ "groups_allowed": [{ "name": "x", "can_edit": "yes" }] }),
        json!({ "name": "" }),
        json!({ "username": null }),
        json!({ "password": true }),
    ];
    for members in bad {
        let answer = create(&asker, members.clone()).await;
        assert_eq!(refusal(&answer), (400, Some(1001)), "{members}");
    }
    assert_eq!(asker.emulator.world_yaml(), "{}\n");
}

#[tokio::test]
async fn a_form_creates_as_json_does() {
    let asker = Asker::new("{}");
    let bearer = format!("Bearer {}", asker.token("mysafe").await);
    let form = "name=a+b&username=u&password=p&surplus=1";
    let (status, body) = asker.form(PASSWORDS, form, Some(&bearer)).await;
    assert_eq!(status, 201);
    assert_eq!(body["password_entity"]["name"], "a b");
    assert_eq!(
        refusal(&asker.form(PASSWORDS, "junk", Some(&bearer)).await),
        (400, Some(1001))
    );
}

#[tokio::test]
async fn names_are_not_unique_and_identifiers_are() {
    let asker = Asker::new("{}");
    let (_, first) = create(&asker, json!({})).await;
    let (_, second) = create(&asker, json!({})).await;
    assert_eq!(first["password_entity"]["identifier"], "1");
    assert_eq!(second["password_entity"]["identifier"], "2");
}

#[tokio::test]
async fn without_a_good_token_of_mysafe_there_is_no_route() {
    let asker = Asker::new(WORLD);
    let mysafe = asker.token("mysafe").await;
    let scim = asker.token("scim").await;
    let ask = async |token: &str| {
        let request = Request::get(PASSWORDS).header("authorization", format!("Bearer {token}"));
        asker
            .send(request.body(String::new().into()).unwrap())
            .await
    };
    assert_eq!(ask(&mysafe).await.0, 200);
    let gateway = json!({ "message": "no Route matched with those values" });
    for token in [&scim, "unknown"] {
        assert_eq!(ask(token).await, (404, gateway.clone()));
    }
    asker.emulator.expire_sessions();
    assert_eq!(ask(&mysafe).await, (404, gateway));
}
