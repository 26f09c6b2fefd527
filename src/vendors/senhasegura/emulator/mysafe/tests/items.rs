//! What sets notes and API secrets apart from passwords.

use serde_json::{Value, json};

use super::super::super::testing::{Asker, column, refusal};
use crate::emulate::Emulator;

const NOTES: &str = "/api/mysafe/note";
const SECRETS: &str = "/api/mysafe/secretapi";

fn note(text: &str) -> Value {
    json!({ "name": "n", "note": text })
}

fn secret(code: &str) -> Value {
    json!({ "name": "s", "url": "https://x.org", "client_id": "c", "identifier_code": code })
}

#[tokio::test]
async fn a_note_has_900_characters_at_most_and_they_are_not_bytes() {
    let asker = Asker::new("{}");
    let longest = "é".repeat(900);
    let (status, _) = asker.json("POST", NOTES, &note(&longest)).await;
    assert_eq!(status, 201);
    let longer = note(&"é".repeat(901));
    let update = asker
        .json("PUT", &format!("{NOTES}/update/1"), &longer)
        .await;
    for answer in [asker.json("POST", NOTES, &longer).await, update] {
        assert_eq!(refusal(&answer), (400, Some(1001)));
        let said = &answer.1["response"]["message"];
        assert_eq!(*said, "1001: Parameter note limited to 900 characters");
    }
    let (_, body) = asker.get(&format!("{NOTES}/1")).await;
    assert_eq!(body["note_entity"]["note"], longest);
}

#[tokio::test]
async fn a_note_from_before_the_limit_is_listed_and_cannot_be_read() {
    let text = "x".repeat(901);
    let asker = Asker::new(&format!("notes: [{{ id: 1, name: old, note: {text} }}]"));
    let (_, body) = asker.get(NOTES).await;
    assert_eq!(column(&body["note_on_list"], "name"), ["old"]);
    let (status, body) = asker.get(&format!("{NOTES}/1")).await;
    assert_eq!(status, 500);
    assert_eq!(body["response"]["message"], "Unexpected error.");
    let renamed = json!({ "name": "older" });
    let (status, _) = asker
        .json("PUT", &format!("{NOTES}/update/1"), &renamed)
        .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_reply_to_writing_a_note_keeps_the_text_to_itself() {
    let asker = Asker::new("{}");
    let (_, body) = asker.json("POST", NOTES, &note("x")).await;
    assert_eq!(body["note_entity"]["note"], Value::Null);
}

#[tokio::test]
async fn what_a_kind_requires_is_asked_for_in_its_order() {
    let asker = Asker::new("{}");
    let cases = [
        (NOTES, json!({}), "name"),
        (NOTES, json!({ "name": "n", "note": "" }), "note"),
        (SECRETS, json!({ "client_id": "c" }), "name"),
        (SECRETS, json!({ "name": "s", "client_id": "c" }), "url"),
        (SECRETS, json!({ "name": "s", "url": "u" }), "client_id"),
    ];
    for (path, body, missing) in cases {
        let answer = asker.json("POST", path, &body).await;
        assert_eq!(refusal(&answer), (400, Some(1001)), "{body}");
        let said = format!("1001: Parameter '{missing}' was not informed!");
        assert_eq!(answer.1["response"]["message"], said);
    }
    assert_eq!(asker.emulator.world_yaml(), "{}\n");
}

#[tokio::test]
async fn an_identifier_code_is_unique_among_those_of_one_owner() {
    let seed = "
users: [{ id: 2, user_name: ines }]
api_secrets:
  - { id: 1, name: mine, url: u, client_id: c, identifier_code: a, disabled: true }
  - { id: 2, name: hers, url: u, client_id: c, identifier_code: b, owner: ines }
  - { id: 3, name: none, url: u, client_id: c }
";
    let asker = Asker::new(seed);
    let cases = [("a", 400), ("b", 201), ("", 201), ("", 201), ("b", 400)];
    for (code, status) in cases {
        let (seen, body) = asker.json("POST", SECRETS, &secret(code)).await;
        assert_eq!(seen, status, "{code}: {body}");
    }
    let update = format!("{SECRETS}/update/3");
    let taken = asker
        .json("PUT", &update, &json!({ "identifier_code": "a" }))
        .await;
    assert_eq!(refusal(&taken), (400, Some(1001)));
    // One's own code is not taken.
    let path = format!("{SECRETS}/update/4");
    let own = asker
        .json("PUT", &path, &json!({ "identifier_code": "b" }))
        .await;
    assert_eq!(own.0, 200);
}

#[tokio::test]
async fn a_list_of_api_secrets_is_filtered_by_what_it_does_not_show() {
    let seed = "
api_secrets:
  - { id: 1, name: x, url: u, client_id: c, identifier_code: a, tags: 'core, lab' }
  - { id: 2, name: x, url: u, client_id: c, identifier_code: b }
";
    let asker = Asker::new(seed);
    let cases: [(&str, &[&str]); 4] = [
        ("", &["1", "2"]),
        ("?identifier_code=b", &["2"]),
        ("?tag=lab", &["1"]),
        ("?tag=lab&identifier_code=b", &[]),
    ];
    for (query, found) in cases {
        let (_, body) = asker.get(&format!("{SECRETS}{query}")).await;
        let rows = &body["api_secret_on_list"];
        assert_eq!(column(rows, "identifier"), found, "{query}");
        assert_eq!(rows[0]["identifier_code"], Value::Null);
    }
}

#[tokio::test]
async fn each_kind_counts_its_own_identifiers() {
    let asker = Asker::new("{ next_id: { note: 7 } }");
    let (_, note) = asker.json("POST", NOTES, &note("x")).await;
    let (_, secret) = asker.json("POST", SECRETS, &secret("")).await;
    assert_eq!(note["note_entity"]["identifier"], "7");
    assert_eq!(secret["api_entity"]["identifier"], "1");
}

#[tokio::test]
async fn items_share_the_fate_of_those_they_are_shared_with() {
    let seed = "
users: [{ id: 2, user_name: ines }]
groups: [{ id: 6, display_name: Crew }]
notes: [{ id: 1, name: n, note: x, users_allowed: { ines: view }, groups_allowed: { Crew: edit } }]
api_secrets: [{ id: 1, name: s, url: u, client_id: c, users_allowed: { ines: edit } }]
";
    let asker = Asker::new(seed);
    asker
        .json("DELETE", "/iso/scim/v2/Users/2", &Value::Null)
        .await;
    asker
        .json("DELETE", "/iso/scim/v2/Groups/6", &Value::Null)
        .await;
    let world = asker.emulator.world_yaml();
    assert!(!world.contains("_allowed"), "{world}");
}

#[tokio::test]
async fn a_restart_finds_all_that_was_written() {
    let asker = Asker::new("{}");
    asker.json("POST", NOTES, &note("x")).await;
    asker.json("POST", SECRETS, &secret("a")).await;
    asker.post(&format!("{NOTES}/inactive/1")).await;
    let world = asker.emulator.world_yaml();
    let again = Asker::new(&world);
    assert_eq!(again.emulator.world_yaml(), world);
    assert!(world.contains("disabled: true"), "{world}");
}
