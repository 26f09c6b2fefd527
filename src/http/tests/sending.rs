//! What arrives at a system.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::extract::Request as Received;
use axum::response::IntoResponse;
use serde_json::json;

use super::{Log, all_text, client, in_turn, serve};
use crate::apply::Permit;
use crate::http::error::Problem;
use crate::http::{FormValue, Repeat, Revealed, Write, segment};
use crate::model::secret::Secret;

#[tokio::test]
async fn queries_headers_and_bodies_arrive_as_they_were_given() {
    let log = Log::default();
    let written = Arc::clone(&log);
    let router = Router::new().fallback(move |request: Received| {
        let written = Arc::clone(&written);
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, 4096).await.unwrap();
            let header = |name| {
                parts
                    .headers
                    .get(name)
                    .map_or("-", |value| value.to_str().unwrap())
                    .to_owned()
            };
            written.lock().unwrap().push(format!(
                "{} {} {} {} {} {}",
                parts.method,
                parts.uri,
                header("content-type"),
                header("authorization"),
                header("cookie"),
                String::from_utf8_lossy(&body)
            ));
            (
                [("x-agent", header("user-agent"))],
                [("set-cookie", "a=1"), ("x", "y")],
                "",
            )
                .into_response()
        }
    });
    let client = client(serve(router).await);
    let secret = Secret::new("a b&ç".to_owned());
    let plain = Secret::new("s=1".to_owned());
    let path = format!("Users/{}", segment("a/b c+d?"));
    let answer = client
        .get(&path)
        .query("filter", "a eq \"b+c\"")
        .query("n", "1")
        .send()
        .await
        .unwrap();
    assert_eq!(
        answer.header("X-Agent"),
        Some(concat!("trueup/", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(answer.headers("set-cookie").collect::<Vec<_>>(), ["a=1"]);
    let form = [
        ("user", FormValue::Plain("é +")),
        ("password", FormValue::Secret(&secret)),
    ];
    client
        .login("/token")
        .form(&form)
        .secret_header("Cookie", &plain)
        .send()
        .await
        .unwrap();
    let put = client.write(Write::Put, "Users/1", Repeat::Safe, &Permit::for_test());
    let put = put
        .header("Content-Type", "application/scim+json")
        .bearer(&plain);
    put.json(&json!({ "password": Revealed(&secret) }))
        .send()
        .await
        .unwrap();
    client
        .write(Write::Patch, "", Repeat::Never, &Permit::for_test())
        .send()
        .await
        .unwrap();
    client
        .write(Write::Delete, "Users/1", Repeat::Safe, &Permit::for_test())
        .send()
        .await
        .unwrap();
    assert_eq!(
        *log.lock().unwrap(),
        [
            "GET /api/Users/a%2Fb%20c%2Bd%3F?filter=a%20eq%20%22b%2Bc%22&n=1 - - - ",
            "POST /api/token application/x-www-form-urlencoded - s=1 user=%C3%A9+%2B&password=a+b%26%C3%A7",
            r#"PUT /api/Users/1 application/scim+json Bearer s=1 - {"password":"a b&ç"}"#,
            "PATCH /api - - - ",
            "DELETE /api/Users/1 - - - ",
        ]
    );
}

#[tokio::test]
async fn a_path_that_does_not_stay_beneath_the_endpoint_is_never_sent() {
    let (router, count) = in_turn(&[]);
    let client = client(serve(router).await);
    let dots = format!("Users/{}", segment(".."));
    for path in [
        "Users/",
        "Users//1",
        "//evil.example",
        "../v2",
        "a/%2E%2e/b",
        &dots,
        "a?b=c",
        "a#b",
        "a b",
        "a\\b",
        "a\nb",
    ] {
        let error = client
            .write(Write::Delete, path, Repeat::Safe, &Permit::for_test())
            .send()
            .await
            .unwrap_err();
        assert!(
            matches!(error.problem(), Problem::BadPath(_)),
            "{path}: {error}"
        );
        assert!(!error.maybe_done());
    }
    let split = Secret::new("hunter2\r\nX: y".to_owned());
    let error = client.get("a").bearer(&split).send().await.unwrap_err();
    assert!(
        matches!(error.problem(), Problem::BadRequest(_)) && !all_text(&error).contains("hunter2"),
        "{error}"
    );
    assert_eq!(count.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn parallel_requests_share_a_client() {
    let (router, count) = in_turn(&[]);
    let client = client(serve(router).await);
    let requests = (0..50).map(|page| {
        let client = client.clone();
        async move {
            client
                .get("things")
                .query("page", &page.to_string())
                .send()
                .await
                .unwrap()
                .is_success()
        }
    });
    assert!(
        futures_util::future::join_all(requests)
            .await
            .into_iter()
            .all(|success| success)
    );
    assert_eq!(count.load(Ordering::Relaxed), 50);
}
