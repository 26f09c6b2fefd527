//! What an access key may reach, and what the contradictions of the vendor's pages make of an answer.

use serde_json::{Value, json};

use super::super::super::testing::{Asker, column, refusal};

const PASSWORDS: &str = "/api/mysafe/password";
const HERS: (&str, &str) = ("hers", "secret-of-hers");

/// The key that is told of sees password 1 and note 5 alone. The other one acts as ines.
const WORLD: &str = "
users: [{ id: 2, user_name: ines }, { id: 3, user_name: rui }]
clients:
  mysafe: { only: { passwords: [1], notes: [5] } }
  access_keys: [{ id: hers, secret: secret-of-hers, owner: ines }]
passwords:
  - { id: 1, name: chosen, username: a, password: p }
  - { id: 2, name: other, username: a, password: p, users_allowed: { ines: view } }
  - { id: 3, name: hers, username: a, password: p, owner: ines, users_allowed: { rui: view } }
notes: [{ id: 5, name: n, note: x }, { id: 6, name: n, note: x }]
api_secrets: [{ id: 1, name: s, url: u, client_id: c }]
";

#[tokio::test]
async fn what_was_not_chosen_for_a_key_is_not_listed_and_refused() {
    let asker = Asker::new(WORLD);
    let lists: [(&str, &str, &[&str]); 3] = [
        ("password", "password_on_list", &["1"]),
        ("note", "note_on_list", &["5"]),
        ("secretapi", "api_secret_on_list", &[]),
    ];
    for (kind, payload, listed) in lists {
        let (_, body) = asker.get(&format!("/api/mysafe/{kind}")).await;
        assert_eq!(column(&body[payload], "identifier"), listed, "{kind}");
    }
    assert_eq!(asker.get(&format!("{PASSWORDS}/1")).await.0, 200);
    for path in ["password/2", "note/6", "secretapi/1"] {
        let answer = asker.get(&format!("/api/mysafe/{path}")).await;
        assert_eq!(refusal(&answer), (400, Some(1006)), "{path}");
    }
    let disable = asker.post(&format!("{PASSWORDS}/inactive/2")).await;
    assert_eq!(refusal(&disable), (400, Some(1006)));
}

#[tokio::test]
async fn what_a_restricted_key_creates_is_not_chosen_for_it() {
    let asker = Asker::new(WORLD);
    let body = json!({ "name": "n", "username": "u", "password": "p" });
    let (status, _) = asker.json("POST", PASSWORDS, &body).await;
    assert_eq!(status, 201);
    let read = asker.get(&format!("{PASSWORDS}/4")).await;
    assert_eq!(refusal(&read), (400, Some(1006)));
}

#[tokio::test]
async fn a_key_acts_as_the_user_who_made_it() {
    let asker = Asker::new(WORLD);
    let (_, body) = asker.json_as(HERS, "GET", PASSWORDS, &Value::Null).await;
    let rows = &body["password_on_list"];
    assert_eq!(column(rows, "name"), ["other", "hers"]);
    assert_eq!(rows[0]["can_write"], false);
    let body = json!({
        "name": "n", "username": "u", "password": "p",
        "users_allowed": [{ "username": "ines" }, { "username": "trueup" }],
    });
    let (_, body) = asker.json_as(HERS, "POST", PASSWORDS, &body).await;
    let entity = &body["password_entity"];
    assert_eq!(entity["shared_error"], json!([{ "username": "ines" }]));
    assert_eq!(column(&entity["users_allowed"], "username"), ["trueup"]);
}

#[tokio::test]
async fn a_key_stays_with_its_user_under_another_name() {
    let asker = Asker::new(WORLD);
    let renamed = json!({ "userName": "ines.c" });
    asker.json("PATCH", "/iso/scim/v2/Users/2", &renamed).await;
    let (_, body) = asker.json_as(HERS, "GET", PASSWORDS, &Value::Null).await;
    let rows = &body["password_on_list"];
    assert_eq!(column(rows, "name"), ["other", "hers"]);
}

#[tokio::test]
async fn tokens_of_other_families_are_no_better_than_none() {
    let asker = Asker::new("{}");
    let clients = [
        ("scim-emulator", "emulator-scim-secret"),
        ("a2a-emulator", "emulator-a2a-secret"),
    ];
    for client in clients {
        let answer = asker.json_as(client, "GET", PASSWORDS, &Value::Null).await;
        let gateway = json!({ "message": "no Route matched with those values" });
        assert_eq!(answer, (404, gateway), "{client:?}");
    }
}

#[tokio::test]
async fn the_gateway_may_tell_a_bad_token_from_a_bad_path() {
    let asker = Asker::new("quirks: { no_token_401: true }");
    let nobody = ("nobody", "x");
    let (status, _) = asker.json_as(nobody, "GET", PASSWORDS, &Value::Null).await;
    assert_eq!(status, 401);
    let (status, _) = asker.get("/api/nothing").await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn paths_and_verbs_of_some_pages_are_taken_where_the_world_says_so() {
    let seed = "passwords: [{ id: 1, name: n, username: u, password: p }]";
    let body = json!({ "name": "other" });
    let requests = [
        ("PUT", "/update1", &body),
        ("POST", "/update/1", &body),
        ("POST", "/inactive1", &Value::Null),
        ("POST", "/active1", &Value::Null),
    ];
    for (quirks, status) in [("{}", 404), ("{ loose_paths: true }", 200)] {
        let asker = Asker::new(&format!("{seed}\nquirks: {quirks}"));
        for (method, path, body) in requests {
            let (seen, _) = asker
                .json(method, &format!("{PASSWORDS}{path}"), body)
                .await;
            assert_eq!(seen, status, "{method} {path} with {quirks}");
        }
    }
}

#[tokio::test]
async fn an_older_release_tells_nothing_but_not_found() {
    let seed = "
quirks: { only_not_found: true }
users: [{ id: 2, user_name: ines }]
passwords:
  - { id: 1, name: off, username: u, password: p, disabled: true }
  - { id: 2, name: hers, username: u, password: p, owner: ines }
";
    let asker = Asker::new(seed);
    for id in [1, 2, 9] {
        let read = asker.get(&format!("{PASSWORDS}/{id}")).await;
        assert_eq!(refusal(&read), (400, Some(1005)), "{id}");
    }
    let update = format!("{PASSWORDS}/update/2");
    let update = asker.json("PUT", &update, &json!({ "notes": "x" })).await;
    assert_eq!(refusal(&update), (400, Some(1005)));
}
