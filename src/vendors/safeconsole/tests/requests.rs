//! What the client sends.

use serde_json::{Value, json};

use super::{Recorded, create, delete, done, ous, update, users};
use crate::model::address::RemoteId;
use crate::model::error::Cause;
use crate::model::kind::Kind;
use crate::vendors::safeconsole::admin::Admin;
use crate::vendors::safeconsole::path::Path;
use crate::vendors::safeconsole::policy::Policy;
use crate::vendors::safeconsole::user::User;

#[tokio::test]
async fn a_request_is_a_post_of_one_form_field_under_a_token() {
    let recorded = Recorded::of(&[("find_users", 200, users(0, json!([])))]).await;
    User::list(&recorded.client).await.unwrap();
    let asked = recorded.asked();
    assert_eq!(asked[0].line, "POST /safeconsole/admin?action=find_users");
    assert_eq!(asked[0].headers["authorization"], "Bearer t0ken");
    assert_eq!(
        asked[0].headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert_eq!(
        asked[0].data,
        json!({ "start": 0, "limit": 100, "sort_by": "id", "sort_order": "ASC", "keyword": "search_all" })
    );
}

#[tokio::test]
async fn an_edit_of_a_user_that_is_declared_whole_sends_it_and_nothing_else() {
    let recorded = Recorded::of(&[("manage_user", 200, done())]).await;
    let want = "{ email: a@b.c, name: Ada, path: { live: field } }";
    update::<User>(&recorded, "7", want, &["name"])
        .await
        .unwrap();
    let edit = json!({ "action": "edit", "userid": 7, "username": "Ada", "email": "a@b.c", "oupath": "field" });
    assert_eq!(recorded.told(), [("manage_user".to_owned(), edit)]);
}

#[tokio::test]
async fn what_a_declaration_leaves_out_is_sent_as_it_is() {
    let live = json!([{ "id": 7, "cn": "Ada E.", "email": "old@b.c", "ou": 13 }]);
    let recorded = Recorded::of(&[
        ("find_users", 200, users(1, live)),
        ("get_ous", 200, ous()),
        ("manage_user", 200, done()),
    ])
    .await;
    update::<User>(&recorded, "7", "{ email: a@b.c }", &["email"])
        .await
        .unwrap();
    let edit = json!({ "action": "edit", "userid": 7, "username": "Ada E.", "email": "a@b.c", "oupath": "field/north" });
    assert_eq!(
        recorded.told().pop(),
        Some(("manage_user".to_owned(), edit))
    );
}

#[tokio::test]
async fn a_user_whose_path_is_hidden_from_us_is_not_written() {
    let live = json!([{ "id": 7, "cn": "Ada", "email": "a@b.c", "ou": 99 }]);
    let recorded = Recorded::of(&[
        ("find_users", 200, users(1, live)),
        ("get_ous", 200, ous()),
        ("manage_user", 200, done()),
    ])
    .await;
    let error = update::<User>(&recorded, "7", "{ email: a@b.c, name: Bo }", &["name"])
        .await
        .unwrap_err();
    assert!(error.to_string().contains("is not shown to us"), "{error}");
    assert!(
        recorded
            .told()
            .iter()
            .all(|(action, _)| action != "manage_user")
    );
}

/// How moving a user ends if the user sits in this path afterwards.
async fn moving(sits: i64) -> Result<(), (Cause, String)> {
    let live = json!([{ "id": 7, "cn": "Ada", "email": "a@b.c", "ou": sits }]);
    let recorded = Recorded::of(&[
        ("manage_user", 200, done()),
        ("find_users", 200, users(1, live)),
        ("get_ous", 200, ous()),
    ])
    .await;
    let want = "{ email: a@b.c, name: Ada, path: { live: field/north } }";
    let done = update::<User>(&recorded, "7", want, &["path"]).await;
    done.map_err(|error| (error.cause, error.to_string()))
}

#[tokio::test]
async fn a_move_that_did_not_happen_is_told() {
    assert_eq!(moving(13).await, Ok(()));
    let told = "SafeConsole took the change and did not move the user to field/north";
    assert_eq!(moving(12).await, Err((Cause::Refused, told.to_owned())));
}

#[tokio::test]
async fn a_user_is_added_and_the_token_that_comes_along_is_left_unread() {
    let made = json!({ "success": true, "response": { "userid": 8, "token": { "odd": 1 } } });
    let recorded = Recorded::of(&[("manage_user", 200, made)]).await;
    let id = create::<User>(&recorded, "{ email: bo@b.c, name: Bo }").await;
    assert_eq!(id.unwrap(), RemoteId("8".to_owned()));
    let add = json!({ "action": "add", "username": "Bo", "email": "bo@b.c" });
    assert_eq!(recorded.told(), [("manage_user".to_owned(), add)]);
}

#[tokio::test]
async fn paths_and_users_are_told_by_their_numbers() {
    let added = json!({ "success": true, "response": { "ouid": 14 } });
    let recorded = Recorded::of(&[("manage_ou", 200, added), ("manage_user", 200, done())]).await;
    let id = create::<Path>(&recorded, "{ path: field/south }").await;
    assert_eq!(id.unwrap(), RemoteId("14".to_owned()));
    let want = "{ path: field/mid }";
    update::<Path>(&recorded, "14", want, &["path"])
        .await
        .unwrap();
    delete::<Path>(&recorded, "14").await.unwrap();
    delete::<User>(&recorded, "7").await.unwrap();
    let told = recorded.told().into_iter().map(|(_, data)| data);
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            json!({ "action": "add", "path": "field/south" }),
            json!({ "action": "edit", "ouid": 14, "path": "field/mid" }),
            json!({ "action": "delete", "ouid": 14 }),
            json!({ "action": "delete", "userid": 7 }),
        ]
    );
}

#[tokio::test]
async fn what_is_assumed_is_not_even_asked_for_without_leave() {
    let recorded = Recorded::with(&[("get_ous", 200, ous())], false).await;
    let errors = [
        create::<User>(&recorded, "{ email: bo@b.c, name: Bo }")
            .await
            .unwrap_err(),
        create::<Path>(&recorded, "{ path: south }")
            .await
            .unwrap_err(),
        delete::<User>(&recorded, "7").await.unwrap_err(),
        Admin::list(&recorded.client).await.err().unwrap(),
        Policy::read(&recorded.client, &RemoteId("12".to_owned()))
            .await
            .err()
            .unwrap(),
    ];
    for error in errors {
        assert!(
            error.to_string().ends_with("so it is not asked for"),
            "{error}"
        );
        assert!(error.help.unwrap().contains("assumed_actions: true"));
    }
    let told = recorded.told();
    assert_eq!(told, [("get_ous".to_owned(), json!({}))]);
}

#[tokio::test]
async fn a_write_at_which_the_vendor_failed_may_have_been_done_and_a_refused_one_not() {
    let refusal = json!({ "success": false, "error": "E-mail is taken" });
    for (status, body, cause) in [
        (200, refusal, Cause::Refused),
        (200, Value::Null, Cause::Unknown),
        (200, json!({ "raw": "" }), Cause::Unknown),
        (200, json!({ "raw": "<html>Log in</html>" }), Cause::Unknown),
        (302, json!({ "to": "/safeconsole/login" }), Cause::Unknown),
        (503, Value::Null, Cause::Unknown),
        (401, Value::Null, Cause::Login),
    ] {
        let recorded = Recorded::of(&[("manage_user", status, body.clone())]).await;
        let want = "{ email: a@b.c, name: Ada, path: { live: field } }";
        let error = update::<User>(&recorded, "7", want, &["name"])
            .await
            .unwrap_err();
        assert_eq!(error.cause, cause, "{status} {body}: {error}");
    }
}
