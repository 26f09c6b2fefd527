//! What the client makes of answers.

use serde_json::{Value, json};

use super::{Recorded, links, ous, users};
use crate::model::error::{Cause, VendorError};
use crate::model::field::Fields;
use crate::model::kind::{Kind, Listing, Spec, side_by_side};
use crate::model::reference::Links;
use crate::vendors::safeconsole::admin::Admin;
use crate::vendors::safeconsole::drive::{Drive, DriveSpec};
use crate::vendors::safeconsole::licence::Licence;
use crate::vendors::safeconsole::path::Path;
use crate::vendors::safeconsole::user::User;

fn user(id: i64, email: &str) -> Value {
    json!({ "id": id, "cn": format!("User {id}"), "email": email, "ou": 12, "unheard": [1] })
}

/// What a list holds, a line each: id, key, and the values of its fields.
fn shown<K: Kind>(listing: &Listing<K>, links: &Links) -> Vec<String> {
    let rows = listing.rows.iter().map(|row| {
        let mut fields = Fields::new(links);
        row.spec.as_ref().unwrap().list(&mut fields);
        let fields = fields.into_list().into_iter();
        let fields = fields.map(|(field, value)| format!("{} {value:?}", field.name));
        format!("{}: {}", row.id, fields.collect::<Vec<_>>().join(", "))
    });
    rows.collect()
}

#[tokio::test]
async fn users_come_with_the_paths_that_they_sit_in() {
    let list = users(1, json!([user(7, "Ada@example.org")]));
    let recorded = Recorded::of(&[("find_users", 200, list)]).await;
    let listing = User::list(&recorded.client).await.unwrap();
    assert_eq!(
        shown(&listing, &links()),
        [r#"7: email Text("Ada@example.org"), name Text("User 7"), path Name(Live("field"))"#]
    );
    assert_eq!(listing.rows[0].key.to_string(), "email `ada@example.org`");
    assert_eq!(listing.incomplete, None);
}

#[tokio::test]
async fn pages_are_read_to_the_end_and_what_comes_twice_counts_once() {
    let page = |ids: std::ops::Range<i64>| {
        let all = ids.map(|id| user(id, &format!("u{id}@example.org")));
        users(5, all.collect())
    };
    let recorded = Recorded::of(&[
        ("find_users", 200, page(1..3)),
        ("find_users", 200, page(2..5)),
        ("find_users", 200, page(5..6)),
    ])
    .await;
    let listing = User::list(&recorded.client).await.unwrap();
    assert_eq!(listing.rows.len(), 5);
    assert_eq!(listing.incomplete, None);
    let mut starts = recorded
        .told()
        .into_iter()
        .map(|(_, data)| data["start"].clone());
    assert_eq!(starts.next(), Some(json!(0)));
    let mut rest = starts.collect::<Vec<_>>();
    rest.sort_by_key(Value::to_string);
    assert_eq!(rest, [json!(2), json!(4)]);
}

#[tokio::test]
async fn a_list_that_is_shorter_than_announced_is_incomplete() {
    let short = users(
        3,
        json!([user(1, "a@example.org"), user(2, "b@example.org")]),
    );
    let recorded = Recorded::of(&[("find_users", 200, short)]).await;
    let listing = User::list(&recorded.client).await.unwrap();
    assert_eq!(
        listing.incomplete.as_deref(),
        Some("SafeConsole announced 3 users and sent 2")
    );
}

#[tokio::test]
async fn a_list_without_a_total_ends_with_an_empty_page() {
    let page = |users: Value| json!({ "success": true, "response": users });
    let recorded = Recorded::of(&[
        ("find_users", 200, page(json!([user(1, "a@example.org")]))),
        ("find_users", 200, page(json!([user(2, "b@example.org")]))),
        ("find_users", 200, page(json!([]))),
    ])
    .await;
    let listing = User::list(&recorded.client).await.unwrap();
    assert_eq!((listing.rows.len(), listing.incomplete), (2, None));
}

#[tokio::test]
async fn a_server_that_knows_no_pages_is_told_and_not_asked_for_ever() {
    let same = json!({ "success": true, "response": [user(1, "a@example.org")] });
    let recorded = Recorded::of(&[("find_users", 200, same)]).await;
    let listing = User::list(&recorded.client).await.unwrap();
    assert_eq!(
        listing.incomplete.as_deref(),
        Some("SafeConsole sends the same users again when it is asked for more")
    );
    assert_eq!(recorded.asked().len(), 2);
}

#[tokio::test]
async fn users_and_drives_are_read_from_one_list_and_anew_when_asked_again() {
    let recorded = Recorded::of(&[("find_users", 200, users(1, json!([user(1, "a@b.c")])))]).await;
    User::list(&recorded.client).await.unwrap();
    Drive::list(&recorded.client).await.unwrap();
    assert_eq!(recorded.asked().len(), 1);
    User::list(&recorded.client).await.unwrap();
    assert_eq!(recorded.asked().len(), 2);
}

/// The fields in which a drive in a state differs from what is said of it.
async fn differing(status: Value, said: &str) -> Vec<&'static str> {
    let drives = json!([{ "serial": "EX1", "safeStickStatus": status }]);
    let ada = json!([{ "id": 7, "cn": "Ada", "email": "a@b.c", "safesticks": drives }]);
    let recorded = Recorded::of(&[("find_users", 200, users(1, ada))]).await;
    let listing = Drive::list(&recorded.client).await.unwrap();
    let want = super::spec::<DriveSpec>(&format!("{{ serial: EX1, {said} }}"));
    let links = links();
    let fields = side_by_side(listing.rows[0].spec.as_ref(), &want, &links);
    let differs = fields
        .into_iter()
        .filter(|(_, before, after)| before.as_ref() != Some(after));
    differs.map(|(field, _, _)| field.name).collect()
}

#[tokio::test]
async fn a_drive_belongs_to_the_user_it_comes_with() {
    let owner = "owner: { live: ada@example.org }";
    assert_eq!(differing(json!("IN_USE"), owner).await, [""; 0]);
    let other = "owner: { live: bo@example.org }";
    assert_eq!(differing(json!("IN_USE"), other).await, ["owner"]);
}

#[tokio::test]
async fn a_drive_on_its_way_to_a_state_counts_as_there_and_on_its_way_elsewhere_does_not() {
    for (live, said, wanted) in [
        ("IN_USE", "status: in_use, in_use: true", &[][..]),
        (
            "LOST",
            "status: in_use, in_use: true",
            &["status", "in_use"],
        ),
        (
            "WAITING_FOR_DISABLE",
            "status: disabled, in_use: false",
            &[],
        ),
        (
            "WAITING_FOR_DISABLE",
            "status: in_use, in_use: true",
            &["status"],
        ),
        ("WAITING_FOR_APPROVAL", "status: in_use, in_use: true", &[]),
        ("WAITING_FOR_RESET", "status: factory_reset", &[]),
        ("PENDING_DETONATE", "in_use: true", &[]),
        ("DISABLED", "status: disabled, in_use: false", &[]),
    ] {
        assert_eq!(differing(json!(live), said).await, wanted, "{live}: {said}");
    }
}

#[tokio::test]
async fn a_state_that_nobody_knows_is_carried_through_and_one_that_is_not_told_is_unknown() {
    let drives = json!([
        { "serial": "EX1", "safeStickStatus": "ON_THE_MOON" },
        { "serial": "EX2" },
    ]);
    let ada = json!([{ "id": 7, "cn": "Ada", "email": "a@b.c", "safesticks": drives }]);
    let recorded = Recorded::of(&[("find_users", 200, users(1, ada))]).await;
    let listing = Drive::list(&recorded.client).await.unwrap();
    let shown = shown(&listing, &Links::default());
    assert!(
        shown[0].ends_with(r#"status Word("ON_THE_MOON"), in_use Flag(false)"#),
        "{shown:?}"
    );
    assert!(
        shown[1].ends_with(r#"owner Name(Live("id 7"))"#),
        "{shown:?}"
    );
}

#[tokio::test]
async fn paths_are_listed_with_or_without_what_is_assumed_of_them() {
    let bare = json!({ "success": true, "response": [{ "id": 3, "path": "08.zonebuild" }] });
    for (answer, wanted) in [(ous(), 2), (bare, 1)] {
        let recorded = Recorded::with(&[("get_ous", 200, answer)], false).await;
        let listing = Path::list(&recorded.client).await.unwrap();
        assert_eq!(listing.rows.len(), wanted);
    }
}

#[tokio::test]
async fn admins_and_the_licence_are_observed() {
    let admins = json!([{ "id": 1, "name": "Root", "email": "root@b.c", "role": "Admin" }]);
    let licence = json!({ "owner": "o@b.c", "expires": "2027-01-31T00:00:00Z", "seats_total": 50 });
    let recorded = Recorded::of(&[
        ("find_admins", 200, users(1, admins)),
        (
            "get_license",
            200,
            json!({ "success": true, "response": licence }),
        ),
    ])
    .await;
    let (admins, licence) = (
        Admin::list(&recorded.client).await.unwrap(),
        Licence::list(&recorded.client).await.unwrap(),
    );
    let nobody = Links::default();
    assert_eq!(
        shown(&admins, &nobody),
        [r#"1: email Text("root@b.c"), name Text("Root"), role Text("Admin"), path Text("")"#]
    );
    assert_eq!(
        shown(&licence, &nobody),
        [
            r#"licence: owner Text("o@b.c"), expires_on Text("2027-01-31"), seats Number { number: 50, unit: "seats" }"#
        ]
    );
}

async fn refused(status: u16, body: Value) -> VendorError {
    let recorded = Recorded::of(&[("find_users", status, body)]).await;
    match User::list(&recorded.client).await {
        Err(error) => error,
        Ok(_) => panic!("it was refused"),
    }
}

#[tokio::test]
async fn a_failure_under_http_200_is_told_in_the_words_that_came_with_it() {
    for (body, words) in [
        (
            json!({ "success": false, "error": "No such\u{7} thing" }),
            "No such thing",
        ),
        (json!({ "success": false, "message": "Busy" }), "Busy"),
        (json!({ "success": false, "msg": "Busy" }), "Busy"),
        (json!({ "success": false, "response": "Busy" }), "Busy"),
        (json!({ "success": false }), "HTTP 200, without a word"),
    ] {
        let error = refused(200, body).await;
        assert_eq!(error.cause, Cause::Refused);
        assert_eq!(
            error.to_string(),
            format!("SafeConsole refuses this: {words}")
        );
    }
}

#[tokio::test]
async fn an_answer_that_does_not_say_how_it_went_is_no_success() {
    let error = refused(200, json!({ "response": [] })).await;
    assert_eq!(error.cause, Cause::Unreachable);
    assert_eq!(
        error.to_string(),
        "SafeConsole does not say whether it did this"
    );
}

#[tokio::test]
async fn every_status_has_a_cause_and_says_what_to_do() {
    let no = json!({ "success": false, "error": "No." });
    for (status, cause, help) in [
        (401, Cause::Login, "API Tokens"),
        (403, Cause::Refused, "General > Server Settings"),
        (404, Cause::Refused, "without `/safeconsole`"),
        (429, Cause::Unreachable, ""),
        (500, Cause::Unreachable, ""),
        (418, Cause::Refused, ""),
    ] {
        let error = refused(status, no.clone()).await;
        assert_eq!(error.cause, cause, "{status}");
        assert!(error.to_string().ends_with(": No."), "{error}");
        let said = error.help.unwrap_or_default();
        assert!(said.contains(help), "{status}: {said}");
    }
}

#[tokio::test]
async fn a_page_or_a_redirect_in_place_of_an_answer_means_that_we_are_not_logged_in() {
    for (status, body) in [
        (200, json!({ "raw": "<html><body>Log in</body></html>" })),
        (302, json!({ "to": "/safeconsole/login" })),
        (302, json!({ "to": "https://elsewhere.example/login" })),
    ] {
        let error = refused(status, body).await;
        assert_eq!(error.cause, Cause::Login, "{error}");
        let begins = "SafeConsole most likely asks for a login: it ";
        assert!(error.to_string().starts_with(begins), "{error}");
    }
}
