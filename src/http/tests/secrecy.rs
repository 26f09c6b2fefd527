//! What errors show, and what they must not.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{any, get};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{all_text, options, serve, serve_raw};
use crate::http::{Client, Options};
use crate::model::secret::Secret;

#[tokio::test]
async fn an_answer_that_is_not_json_is_described_and_quoted_only_where_it_holds_no_secret() {
    let router = Router::new()
        .route("/api/page", get(|| async { Html("<p>hunter2") }))
        .route("/api/plain", get(|| async { "Kettle7" }))
        .route("/api/empty", get(|| async { StatusCode::NO_CONTENT }))
        .route("/api/broken", get(|| async { r#"{"password": "hunter2"# }))
        .route(
            "/api/bell",
            any(|| async { (StatusCode::BAD_GATEWAY, "no \u{1b}[31mupstream\u{7}") }),
        )
        .route(
            "/api/echo",
            get(|| async { (StatusCode::BAD_REQUEST, "token hunter2 is old") }),
        );
    let client = Client::new(Options {
        retries: 0,
        ..options(serve(router).await)
    })
    .unwrap();
    let token = Secret::new("hunter2".to_owned());
    let table = [
        ("page", "(200) is not JSON but an HTML page"),
        (
            "plain",
            "(200) is not JSON but text/plain; charset=utf-8, 7 bytes",
        ),
        ("empty", "(204) is not JSON but an empty body"),
        (
            "broken",
            "(200) is not JSON but broken JSON (text/plain; charset=utf-8), line 1, column 21",
        ),
        (
            "bell",
            "(502) is not JSON but text/plain; charset=utf-8: no  [31mupstream",
        ),
        (
            "echo",
            "(400) is not JSON but text/plain; charset=utf-8, 20 bytes",
        ),
    ];
    for (path, wanted) in table {
        let answer = client.get(path).bearer(&token).send().await.unwrap();
        let error = answer.json::<Value>().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("GET /api/{path}: the answer {wanted}")
        );
        assert!(!all_text(&error).contains("hunter2") && !all_text(&error).contains("Kettle7"));
    }
    let answer = client.login("bell").json(&json!({})).send().await.unwrap();
    let error = answer.json::<Value>().unwrap_err().to_string();
    assert!(
        error.ends_with("text/plain; charset=utf-8, 17 bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn no_error_shows_a_query_a_header_or_a_value() {
    let (lost, _) = serve_raw("").await;
    let refused = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let json = serve(Router::new().fallback(|| async { r#"{"secret": "hunter2"}"# })).await;
    let secret = Secret::new("hunter2".to_owned());
    for address in [lost, refused, json] {
        let client = Client::new(Options {
            retries: 0,
            ..options(address)
        })
        .unwrap();
        let request = client
            .get("things")
            .query("key", "hunter2")
            .bearer(&secret)
            .secret_header("Cookie", &secret);
        let error = match request.send().await {
            Ok(answer) => answer
                .json::<std::collections::BTreeMap<String, u32>>()
                .unwrap_err(),
            Err(error) => error,
        };
        let text = all_text(&error);
        assert!(
            text.contains("GET /api/things") && !text.contains("hunter2") && !text.contains("key"),
            "{text}"
        );
    }
}
