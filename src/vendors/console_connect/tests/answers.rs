//! The shapes in which the vendor says no, and what each becomes.

use serde_json::{Value, json};

use super::Recorded;
use crate::model::error::Cause;

/// What a refusal of a read becomes: its cause and its words.
async fn refused(status: u16, body: Value) -> (Cause, String) {
    let recorded = Recorded::of(&[("GET /it", status, body)]).await;
    let error = recorded.client.get::<Value>("it", &[]).await.unwrap_err();
    (error.cause, error.message)
}

#[tokio::test]
async fn every_shape_of_an_error_ends_in_the_vendors_own_words() {
    let text = "The port is\nin use";
    let shapes = [
        json!({ "message": text, "status": 400, "statusCode": 400 }),
        json!({ "error": { "message": text, "status": "404,", "statusCode": 404 } }),
        json!({ "error": { "statusCode": 400, "name": "Error", "message": text } }),
        json!({ "code": 400, "message": text }),
        json!({ "error": { "code": 400, "message": text } }),
        json!({ "statusCode": 400, "name": "Error", "message": text }),
    ];
    for shape in shapes {
        assert_eq!(
            refused(400, shape).await,
            (
                Cause::Refused,
                "Console Connect finds a value missing or wrong: The port is in use".to_owned()
            )
        );
    }
}

#[tokio::test]
async fn an_error_without_words_is_told_by_its_status() {
    for shape in [
        json!({}),
        json!([]),
        json!({ "raw": "<html>secret</html>" }),
        json!({ "error": 7 }),
    ] {
        assert_eq!(
            refused(400, shape).await.1,
            "Console Connect finds a value missing or wrong: HTTP 400"
        );
    }
}

#[tokio::test]
async fn a_401_that_names_what_was_missing_is_a_permission_and_no_login() {
    let body = json!({ "error": {
        "accessRequests": [
            { "action": "network:ReadPort", "resource": "cc-api:network::acme:Port/*" },
            { "action": "user-moderation" },
        ],
        "message": "Access denied", "principalId": { "id": "1" }, "status": 401, "statusCode": 401,
    } });
    let wanted = "trueup's user may not do this: it lacks network:ReadPort on cc-api:network::acme:Port/*, \
                  user-moderation on something";
    assert_eq!(
        refused(401, body).await,
        (Cause::Refused, wanted.to_owned())
    );
    let bare = json!({ "error": { "message": "Access denied" } });
    assert_eq!(refused(401, bare).await.0, Cause::Refused);
}

#[tokio::test]
async fn any_other_401_is_a_login() {
    for text in [
        "The user is not logged in",
        "The session token been deleted",
    ] {
        let body = json!({ "message": text, "status": 401, "statusCode": 401 });
        let wanted = format!("Console Connect refuses the login: {text}");
        assert_eq!(refused(401, body).await, (Cause::Login, wanted));
    }
}

#[tokio::test]
async fn what_may_pass_is_told_apart_from_what_does_not() {
    let body = json!({ "error": { "message": "no" } });
    for (status, cause) in [
        (403, Cause::Refused),
        (404, Cause::Refused),
        (409, Cause::Refused),
        (418, Cause::Refused),
        (422, Cause::Refused),
        (429, Cause::Unreachable),
        (500, Cause::Unreachable),
        (503, Cause::Unreachable),
    ] {
        assert_eq!(refused(status, body.clone()).await.0, cause, "{status}");
    }
}
