//! What the client makes of answers.

use serde_json::json;

use super::Recorded;
use crate::model::address::RemoteId;
use crate::model::field::Fields;
use crate::model::kind::{Kind, Live, Spec};
use crate::model::reference::Links;
use crate::vendors::senhasegura::group::Group;
use crate::vendors::senhasegura::password::Password;
use crate::vendors::senhasegura::user::User;

/// A spec as a line a field. Secrets show as a word.
pub(super) fn shown(spec: &impl Spec) -> String {
    let links = Links::default();
    let mut fields = Fields::new(&links);
    spec.list(&mut fields);
    let lines = fields
        .into_list()
        .into_iter()
        .map(|(field, value)| format!("{}: {value:?}", field.name));
    lines.collect::<Vec<_>>().join("\n")
}

/// What listing gives: the rows, or the error.
pub(super) async fn listed<K: Kind<Client = super::Client>>(recorded: &Recorded) -> String {
    match K::list(&recorded.client).await {
        Ok(listing) => {
            let rows = listing
                .rows
                .into_iter()
                .map(|row| format!("{} {} ({})", row.id, row.label, row.key));
            rows.chain(listing.incomplete)
                .collect::<Vec<_>>()
                .join("\n")
        }
        Err(error) => format!("{:?}: {error}", error.cause),
    }
}

/// What reading one password gives.
async fn read(recorded: &Recorded) -> String {
    read_one::<Password>(recorded).await
}

/// What reading one of a kind gives.
pub(super) async fn read_one<K: Kind<Client = super::Client>>(recorded: &Recorded) -> String {
    match K::read(&recorded.client, &RemoteId("40".to_owned())).await {
        Ok(Live::Active(spec)) => shown(&spec),
        Ok(Live::Disabled) => "disabled".to_owned(),
        Ok(Live::Gone) => "gone".to_owned(),
        Err(error) => format!("{:?}: {error}", error.cause),
    }
}

#[tokio::test]
async fn a_list_gives_ids_and_keys() {
    insta::assert_snapshot!(listed::<Password>(&Recorded::of("password-list").await).await, @"40 Mail relay (name `Mail relay`, username `postmaster`)");
}

#[tokio::test]
async fn the_prose_names_of_older_pages_are_understood_and_so_are_numbers() {
    let body = json!({ "passwords_on_list": [{ "identifier": 7, "name": "A", "username": null, "url": "" }] });
    insta::assert_snapshot!(listed::<Password>(&Recorded::answering(200, body).await).await, @"7 A (name `A`, username ``)");
}

#[tokio::test]
async fn one_password_is_read_with_all_that_can_be_said_of_it() {
    insta::assert_snapshot!(read(&Recorded::of("password-read").await).await, @r#"
    name: Text("Mail relay")
    username: Text("postmaster")
    password: Secret(Known((secret)))
    url: Text("mail.example.org")
    totp_seed: Secret(Known((secret)))
    notes: Sensitive("Behind the firewall")
    tags: Set({"core", "mail"})
    users_allowed: Access({Live("ines"): "view"})
    groups_allowed: Access({Live("Release crew"): "edit"})
    "#);
}

#[tokio::test]
async fn the_older_form_of_a_password_is_understood() {
    let body = json!({ "passwords_entity": {
        "identifier": "40", "name_or_url": "old.example.org", "name": "Old", "username": "u", "password": "p",
        "note": "n", "tags": "b ,a,", "users_allowed": [{ "name": "ines", "can_write": true }]
    } });
    insta::assert_snapshot!(read(&Recorded::answering(200, body).await).await, @r#"
    name: Text("Old")
    username: Text("u")
    password: Secret(Known((secret)))
    url: Text("old.example.org")
    notes: Sensitive("n")
    tags: Set({"a", "b"})
    users_allowed: Access({Live("ines"): "edit"})
    "#);
}

#[tokio::test]
async fn a_disabled_password_is_disabled_and_an_unknown_one_gone() {
    assert_eq!(
        read(&Recorded::of("password-read-inactive").await).await,
        "disabled"
    );
    assert_eq!(
        read(&Recorded::of("password-not-found").await).await,
        "gone"
    );
}

#[tokio::test]
async fn every_number_of_mysafe_is_put_into_words() {
    let mut said = Vec::new();
    for (number, text) in [
        (1001, "Parameter 'name' was not informed!"),
        (1005, "Password not found"),
        (1006, "User does not have access"),
        (1009, "Inactive password"),
        (1010, "Unexpected identifier type"),
        (1099, "Something new"),
    ] {
        let message = format!("{number}: {text}");
        let body = json!({ "response": { "status": 400, "message": message, "error": true } });
        let recorded = Recorded::answering(400, body).await;
        said.push(listed::<Password>(&recorded).await);
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    Refused: senhasegura finds a field missing or wrong (senhasegura: 1001: Parameter 'name' was not informed!)
    Refused: the item does not exist, or not for us (senhasegura: 1005: Password not found)
    Refused: the access key's owner has no access to the item (senhasegura: 1006: User does not have access)
    Refused: the item is disabled (senhasegura: 1009: Inactive password)
    Refused: senhasegura does not take this for an id of its own (senhasegura: 1010: Unexpected identifier type)
    Refused: senhasegura refuses this (HTTP 400): 1099: Something new
    ");
}

#[tokio::test]
async fn answers_outside_the_envelope_are_put_into_words() {
    let mut said = Vec::new();
    for (status, body) in [
        (
            404,
            json!({ "message": "no Route matched with those values" }),
        ),
        (
            502,
            json!({ "message": "An invalid response was received from the upstream server" }),
        ),
        (
            504,
            json!({ "message": "The upstream server is timing out" }),
        ),
        (
            401,
            json!({ "error": "invalid_client", "error_description": "Client authentication failed" }),
        ),
        (
            403,
            json!({ "message": "You are not authorized to access this resource." }),
        ),
        (
            400,
            json!({ "response": { "message": "You are not authorized to access this resource." } }),
        ),
        (
            500,
            json!({ "response": { "mensagem": "Erro inesperado" }, "exception": { "code": 400 } }),
        ),
        (
            404,
            json!({ "response": { "message": "Resource sub not found", "error_code": 4 } }),
        ),
        (
            429,
            json!({ "message": "API rate limit exceeded\u{1b}[31m" }),
        ),
        (
            200,
            json!({ "response": { "message": "1006: User does not have access", "error": true } }),
        ),
        (200, json!({ "surprise": [] })),
    ] {
        said.push(format!(
            "{status} {}",
            listed::<Password>(&Recorded::answering(status, body).await).await
        ));
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    404 Login: senhasegura does not accept its own new token for mysafe
    502 Unreachable: senhasegura is in trouble (HTTP 502): An invalid response was received from the upstream server
    504 Unreachable: senhasegura is in trouble (HTTP 504): The upstream server is timing out
    401 Login: senhasegura does not accept its own new token for mysafe
    403 Login: the authorisation does not cover this: You are not authorized to access this resource.
    400 Login: the authorisation does not cover this: You are not authorized to access this resource.
    500 Unreachable: senhasegura is in trouble (HTTP 500): Erro inesperado
    404 Unreachable: senhasegura has no such address: Resource sub not found
    429 Unreachable: senhasegura asks us to slow down: API rate limit exceeded [31m
    200 Refused: the access key's owner has no access to the item (senhasegura: 1006: User does not have access)
    200 Unreachable: GET /api/mysafe/password: the answer (200) does not have the form that was looked for: missing field `…_on_list` (line 1, column 15)
    ");
}

#[tokio::test]
async fn a_list_of_users_that_is_cut_short_says_so() {
    insta::assert_snapshot!(listed::<User>(&Recorded::of("scim-user-list").await).await, @r"
    2 ines (user_name `ines`)
    3 rui (user_name `rui`)
    senhasegura announced 3 Users and sent 2
    ");
}

#[tokio::test]
async fn a_list_of_groups_gives_their_names() {
    insta::assert_snapshot!(listed::<Group>(&Recorded::of("scim-group-list").await).await, @"6 Release crew (display_name `Release crew`)");
}
