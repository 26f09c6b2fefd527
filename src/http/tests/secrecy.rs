//! What errors show, and what they must not.

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{any, get};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tracing::instrument::WithSubscriber;

use super::{all_text, options, serve, serve_raw};
use crate::apply::Permit;
use crate::http::{Client, FormValue, Options, Repeat, Revealed, Write};
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

/// What a log was told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<u8>>>);

impl io::Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_fullest_log_tells_of_headers_and_bodies_and_of_no_value_in_them() {
    let answer = || async {
        (
            [("set-cookie", "hunter2"), ("x-token", "hunter2")],
            "hunter2",
        )
    };
    let address = serve(Router::new().fallback(answer)).await;
    let client = Client::new(options(address)).unwrap();
    let secret = Secret::new("hunter2".to_owned());
    let (told, permit) = (Told::default(), Permit::for_test());
    let log = told.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || log.clone())
        .with_ansi(false)
        .finish();
    let asking = async {
        let write = client.write(Write::Post, "things", Repeat::Never, &permit);
        let body = json!({ "text": "hunter2" });
        let write = write.json(&body).bearer(&secret).query("q", "hunter2");
        write.send().await.unwrap();
        let form = [("client_secret", FormValue::Secret(&secret))];
        let login = client.login("token").form(&form);
        login.secret_header("Cookie", &secret).send().await.unwrap();
    };
    asking.with_subscriber(subscriber).await;
    let told = String::from_utf8(told.0.lock().unwrap().clone()).unwrap();
    for wanted in [
        "sending method=POST path=\"/api/things\"",
        "\"authorization\": Sensitive",
        "\"cookie\": Sensitive",
        "body=Some((18 bytes))",
        "set-cookie",
        "bytes=7",
    ] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    assert!(!told.contains("hunter2"), "{told}");
}

#[tokio::test]
async fn words_that_give_a_secret_of_the_request_back_are_not_shown() {
    let address = serve(Router::new().fallback(|| async { "{}" })).await;
    let client = Client::new(options(address)).unwrap();
    let secret = |text: &str| Secret::new(text.to_owned());
    let (token, password) = (secret("hunter2"), secret("Blue \"Kettle\" 71"));
    let permit = Permit::for_test();
    let write = client.write(Write::Post, "things", Repeat::Never, &permit);
    let body = std::collections::BTreeMap::from([("password", Revealed(&password))]);
    let answer = write.bearer(&token).json(&body).send().await.unwrap();
    let form = [("client_secret", FormValue::Secret(&token))];
    let login = client.login("token").form(&form).send().await.unwrap();
    let hidden = "(words that hold a secret of the request)";
    for words in [
        "token hunter2 is old",
        "Blue \"Kettle\" 71 is too short",
        r#"bad: {"password":"Blue \"Kettle\" 71"}"#,
        "bad: password=Blue%20%22Kettle%22%2071",
    ] {
        assert_eq!(answer.shown(words), hidden);
    }
    assert_eq!(
        answer.shown("Blue Kettle is too short"),
        "Blue Kettle is too short"
    );
    assert_eq!(login.shown("hunter2 is unknown"), hidden);
    let pin = client.login("token").bearer(&secret("12"));
    let pin = pin.send().await.unwrap();
    assert_eq!(pin.shown("pin '12' is old"), hidden);
    assert_eq!(pin.shown("error 1203"), "error 1203");
    assert_eq!(login.shown("Blue \"Kettle\" 71"), "Blue \"Kettle\" 71");
}
