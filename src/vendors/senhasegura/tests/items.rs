//! Notes and API secrets: what the client sends, and what it makes of answers.

use serde_json::json;

use super::answers::{listed, read_one};
use super::requests::{create, delete, spec, try_update, with_levels};
use super::{Recorded, recorded_request};
use crate::model::address::RemoteId;
use crate::model::kind::Kind;
use crate::vendors::senhasegura::api_secret::{ApiSecret, ApiSecretSpec};
use crate::vendors::senhasegura::note::Note;

const PAYMENTS: &str = "
name: Payments
identifier_code: pay-prod
url: https://pay.example.org
client_id: pay-sync
client_secret: s-41-zb
method: get
tags: [pay, finance]
notes: Rotated yearly
users_allowed: { ines: edit, nobody: view }
";

#[tokio::test]
async fn a_note_is_created_as_the_sample_does() {
    let recorded = Recorded::of("note-create").await;
    let want = "{ name: Escalation, note: \"First Ines, then Rui\", tags: [ops, night],
        users_allowed: { ines: view }, groups_allowed: { Release crew: edit } }";
    let id = create::<Note>(&recorded, &spec(want)).await.unwrap();
    assert_eq!(id, RemoteId("8".to_owned()));
    let (line, mut body) = recorded_request("note-create");
    // Tags are a set, and sent in order.
    body["tags"] = json!("night, ops");
    assert_eq!(recorded.asked(), [(line, with_levels(body))]);
}

#[tokio::test]
async fn an_update_of_a_note_sends_what_changed_and_nothing_else() {
    let recorded = Recorded::of("note-update").await;
    let want = spec("{ name: Runbook, note: Other, users_allowed: {} }");
    let updated = try_update::<Note>(&recorded, "7", &want, &["users_allowed"], false).await;
    updated.unwrap();
    assert_eq!(recorded.asked(), [recorded_request("note-update")]);
}

#[tokio::test]
async fn a_note_is_read_with_either_name_of_whom_it_is_shared_with() {
    let by_name = read_one::<Note>(&Recorded::of("note-read").await).await;
    insta::assert_snapshot!(by_name, @r#"
    name: Text("Runbook")
    note: Secret(Known((secret)))
    tags: Set({"ops"})
    users_allowed: Access({Live("ines"): "view"})
    groups_allowed: Access({})
    "#);
    let by_username = read_one::<Note>(&Recorded::of("note-read-by-username").await).await;
    assert_eq!(by_username, by_name);
}

#[tokio::test]
async fn the_prose_names_of_notes_are_understood() {
    let body = json!({ "notes_on_list": [{ "identifier": 7, "name": "Runbook" }] });
    let list = listed::<Note>(&Recorded::answering(200, body).await).await;
    assert_eq!(list, "7 Runbook (name `Runbook`)");
    let body = json!({ "notes_entity": { "identifier": 7, "name": "Runbook", "notes": "Text" } });
    let read = read_one::<Note>(&Recorded::answering(200, body).await).await;
    assert!(read.contains("note: Secret(Known"), "{read}");
}

#[tokio::test]
async fn disabling_a_note_or_an_api_secret_again_is_no_failure() {
    let recorded = Recorded::of("note-already-inactive").await;
    delete::<Note>(&recorded, "6").await.unwrap();
    let line = recorded_request("note-already-inactive").0;
    assert_eq!(recorded.asked()[0].0, line);
    let recorded = Recorded::of("api-secret-already-inactive").await;
    delete::<ApiSecret>(&recorded, "10").await.unwrap();
    let line = recorded_request("api-secret-already-inactive").0;
    assert_eq!(recorded.asked()[0].0, line);
}

#[tokio::test]
async fn disabled_items_are_disabled_and_unknown_ones_gone() {
    for (file, found) in [
        ("note-read-inactive", "disabled"),
        ("note-not-found", "gone"),
    ] {
        assert_eq!(read_one::<Note>(&Recorded::of(file).await).await, found);
    }
    for (file, found) in [
        ("api-secret-read-inactive", "disabled"),
        ("api-secret-not-found", "gone"),
    ] {
        assert_eq!(
            read_one::<ApiSecret>(&Recorded::of(file).await).await,
            found
        );
    }
}

#[tokio::test]
async fn an_api_secret_is_created_as_the_sample_does() {
    let recorded = Recorded::of("api-secret-create").await;
    let error = create::<ApiSecret>(&recorded, &spec(PAYMENTS)).await;
    let error = error.unwrap_err().to_string();
    assert_eq!(
        error,
        "stored, but senhasegura did not share it with `nobody`"
    );
    let (line, body) = recorded_request("api-secret-create");
    assert_eq!(recorded.asked(), [(line, with_levels(body))]);
}

#[tokio::test]
async fn an_update_of_an_api_secret_may_answer_that_it_was_registered() {
    for file in ["api-secret-update", "api-secret-update-registers"] {
        let recorded = Recorded::of(file).await;
        let want = spec("{ name: L, url: u, client_id: c, client_secret: s-12-xy }");
        let changed = ["client_secret"];
        let updated = try_update::<ApiSecret>(&recorded, "12", &want, &changed, false).await;
        updated.unwrap();
        assert_eq!(recorded.asked(), [recorded_request(file)]);
    }
}

#[tokio::test]
async fn an_api_secret_is_read_with_all_that_can_be_said_of_it() {
    insta::assert_snapshot!(read_one::<ApiSecret>(&Recorded::of("api-secret-read").await).await, @r#"
    name: Text("Ledger")
    identifier_code: Text("ledger-prod")
    url: Text("https://ledger.example.org")
    client_id: Text("ledger-sync")
    client_secret: Secret(Known((secret)))
    method: Text("post")
    notes: Sensitive("")
    tags: Set({"finance"})
    users_allowed: Access({})
    groups_allowed: Access({Live("Release crew"): "edit"})
    "#);
}

#[tokio::test]
async fn whoever_has_a_code_is_asked_for_once_for_each_code() {
    let recorded = Recorded::of("api-secret-list").await;
    let wants = [
        PAYMENTS,
        PAYMENTS,
        "{ name: L, url: u, client_id: c, identifier_code: \"\" }",
    ];
    let wants = wants.map(spec::<ApiSecretSpec>);
    let wants = wants.iter().collect::<Vec<_>>();
    let listing = ApiSecret::list_for(&recorded.client, &wants).await.unwrap();
    let keys = listing.rows.iter().map(|row| row.key.to_string());
    assert_eq!(Vec::from_iter(keys), ["identifier_code `pay-prod`"]);
    let asked = recorded.asked().into_iter().map(|(line, _)| line);
    assert_eq!(
        Vec::from_iter(asked),
        [
            "GET /api/mysafe/secretapi",
            "GET /api/mysafe/secretapi?identifier_code=pay-prod"
        ]
    );
}

#[tokio::test]
async fn a_code_that_is_taken_says_what_to_do() {
    let recorded = Recorded::of("api-secret-code-taken").await;
    let error = create::<ApiSecret>(&recorded, &spec(PAYMENTS)).await;
    let error = error.unwrap_err();
    assert!(error.to_string().starts_with("another API secret has this"));
    assert!(error.help.is_some_and(|help| help.contains("`id:`")));
}
