//! The layer against real servers on the loopback interface.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request as Received;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{any, get};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::{Client, Error, FormValue, Options, Problem, Proxy, Repeat, Revealed, Write, segment};
use crate::apply::Permit;
use crate::model::secret::Secret;

/// What a server has received, one entry a request.
type Log = Arc<Mutex<Vec<String>>>;

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// Serves raw connections: reads what comes first, sends what is given, closes.
async fn serve_raw(answer: &'static str) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            read_some(&mut stream).await;
            counter.fetch_add(1, Ordering::Relaxed);
            stream.write_all(answer.as_bytes()).await.ok();
        }
    });
    (address, count)
}

/// Reads the head of a request, which a small one sends at once.
async fn read_some(stream: &mut (impl AsyncRead + Unpin)) {
    let read = stream.read(&mut [0; 4096]).await;
    assert!(read.is_ok_and(|bytes| bytes > 0));
}

/// Answers with these in turn, then with 200 and `{}`; any path and method.
fn in_turn(answers: &'static [(u16, Option<&'static str>)]) -> (Router, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let router = Router::new().fallback(move || {
        let turn = counter.fetch_add(1, Ordering::Relaxed);
        let (status, retry_after) = answers.get(turn).copied().unwrap_or((200, None));
        let mut headers = HeaderMap::new();
        if let Some(wait) = retry_after {
            headers.insert("retry-after", wait.parse().unwrap());
        }
        async move { (StatusCode::from_u16(status).unwrap(), headers, "{}") }
    });
    (router, count)
}

fn options(address: SocketAddr) -> Options {
    Options::new(Url::parse(&format!("http://{address}/api")).unwrap())
}

fn client(address: SocketAddr) -> Client {
    Client::new(options(address)).unwrap()
}

fn post(client: &Client, repeat: Repeat) -> super::Request<'_> {
    client.write(Write::Post, "things", repeat, &Permit::for_test())
}

/// Everything that an error may show anywhere.
fn all_text(error: &Error) -> String {
    let source = std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default();
    format!("{error}\n{error:?}\n{source}")
}

#[tokio::test]
async fn a_read_is_sent_again_after_503() {
    let (router, count) = in_turn(&[(503, Some("0")), (503, Some("0"))]);
    let answer = client(serve(router).await)
        .get("things")
        .send()
        .await
        .unwrap();
    assert_eq!((answer.status, count.load(Ordering::Relaxed)), (200, 3));
}

#[tokio::test(start_paused = true)]
async fn a_read_that_never_succeeds_gives_the_last_answer_after_its_repeats() {
    let (router, count) = in_turn(&[(503, None); 9]);
    let answer = client(serve(router).await)
        .get("things")
        .send()
        .await
        .unwrap();
    assert_eq!((answer.status, count.load(Ordering::Relaxed)), (503, 4));
}

#[tokio::test]
async fn a_write_that_must_not_be_repeated_gives_its_503() {
    let (router, count) = in_turn(&[(503, Some("0"))]);
    let client = client(serve(router).await);
    let answer = post(&client, Repeat::Never).send().await.unwrap();
    assert_eq!((answer.status, count.load(Ordering::Relaxed)), (503, 1));
}

#[tokio::test]
async fn any_write_is_sent_again_after_429() {
    let (router, count) = in_turn(&[(429, Some("0"))]);
    let client = client(serve(router).await);
    let answer = post(&client, Repeat::Never)
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!((answer.status, count.load(Ordering::Relaxed)), (200, 2));
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_named_and_not_waited_for() {
    let (router, count) = in_turn(&[(429, Some("3600"))]);
    let client = client(serve(router).await);
    let error = post(&client, Repeat::Never).send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "POST /api/things: the answer (429) asks to wait 3600 s, more than the 60 s that are waited for"
    );
    assert!(error.is_passing() && !error.maybe_done());
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_write_whose_connection_is_lost_may_have_been_done() {
    let (address, count) = serve_raw("").await;
    let client = client(address);
    let error = post(&client, Repeat::Never).send().await.unwrap_err();
    assert_eq!(error.problem(), &Problem::Lost);
    assert!(error.maybe_done() && error.is_passing());
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_safe_write_whose_connection_is_lost_is_sent_again() {
    let (address, count) = serve_raw("").await;
    let client = client(address);
    let error = post(&client, Repeat::Safe).send().await.unwrap_err();
    assert!(error.maybe_done());
    assert_eq!(count.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_lost_and_a_read_is_never_done() {
    let (address, _) = serve_raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{").await;
    let client = Client::new(Options {
        retries: 0,
        ..options(address)
    })
    .unwrap();
    let error = client.get("things").send().await.unwrap_err();
    assert_eq!(error.problem(), &Problem::Lost);
    assert!(!error.maybe_done());
    assert!(
        post(&client, Repeat::Never)
            .send()
            .await
            .unwrap_err()
            .maybe_done()
    );
}

#[tokio::test]
async fn a_write_whose_connection_is_refused_was_not_done() {
    let address = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let client = Client::new(Options {
        retries: 0,
        ..options(address)
    })
    .unwrap();
    let error = post(&client, Repeat::Never).send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("POST /api/things: cannot connect to {address}")
    );
    assert!(!error.maybe_done() && error.is_passing());
    assert!(
        std::error::Error::source(&error)
            .unwrap()
            .to_string()
            .starts_with("Connection refused")
    );
}

#[tokio::test]
async fn a_write_in_doubt_stays_in_doubt_when_its_repeat_does_not_leave() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(listener);
        read_some(&mut stream).await;
    });
    let client = Client::new(Options {
        retries: 1,
        ..options(address)
    })
    .unwrap();
    let error = post(&client, Repeat::Safe).send().await.unwrap_err();
    assert!(
        matches!(error.problem(), Problem::Connect { .. }),
        "{error}"
    );
    assert!(error.maybe_done());
}

#[tokio::test]
async fn a_write_that_gets_no_answer_in_time_may_have_been_done() {
    let address = serve(Router::new().fallback(std::future::pending::<()>)).await;
    let timeout = Duration::from_millis(500);
    let client = Client::new(Options {
        retries: 0,
        timeout,
        ..options(address)
    })
    .unwrap();
    let error = post(&client, Repeat::Never).send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "POST /api/things: no whole answer within 0.5 s"
    );
    assert!(error.maybe_done() && error.is_passing());
}

#[tokio::test]
async fn a_redirect_to_another_host_is_refused_and_the_token_never_arrives_there() {
    let log = Log::default();
    let written = Arc::clone(&log);
    let other = serve(Router::new().fallback(move |request: Received| {
        written.lock().unwrap().push(format!("{request:?}"));
        async { "{}" }
    }))
    .await;
    let target = format!("http://{other}/api/things?key=hunter2");
    let address =
        serve(Router::new().fallback(move || async move { Redirect::temporary(&target) })).await;
    let token = Secret::new("Blue-Kettle-71".to_owned());
    let client = client(address);
    let error = client
        .get("things")
        .bearer(&token)
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "GET /api/things: the answer (307) is a redirect to another origin, http://{other}, which is not followed"
        )
    );
    let error = post(&client, Repeat::Never)
        .bearer(&token)
        .send()
        .await
        .unwrap_err();
    assert!(
        matches!(error.problem(), Problem::Redirect { status: 307, .. }) && !error.maybe_done()
    );
    assert!(log.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_read_follows_redirects_within_its_origin_and_keeps_its_token() {
    let router = Router::new()
        .route(
            "/api/things",
            get(|| async { Redirect::to("/elsewhere?page=2") }),
        )
        .route(
            "/elsewhere",
            get(|headers: HeaderMap| async move {
                headers["authorization"].to_str().unwrap().to_owned()
            }),
        )
        .route("/api/round", any(|| async { Redirect::to("/api/round") }));
    let client = client(serve(router).await);
    let token = Secret::new("t".to_owned());
    let answer = client.get("things").bearer(&token).send().await.unwrap();
    assert_eq!(answer.text().unwrap(), "Bearer t");
    let error = client.get("round").send().await.unwrap_err();
    assert!(
        error.to_string().contains("a redirect after 5 others"),
        "{error}"
    );
    let error = client.login("round").send().await.unwrap_err();
    assert!(
        error.to_string().contains("of a request that is not a GET"),
        "{error}"
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_or_without_its_length() {
    let router = Router::new()
        .route("/api/sized", get(|| async { "x".repeat(65) }))
        .route("/api/fits", get(|| async { "x".repeat(64) }))
        .route(
            "/api/chunked",
            get(|| async {
                let chunk = || Ok::<_, std::io::Error>("x".repeat(40));
                axum::body::Body::from_stream(futures_util::stream::iter([chunk(), chunk()]))
            }),
        );
    let address = serve(router).await;
    let client = Client::new(Options {
        max_body: 64,
        ..options(address)
    })
    .unwrap();
    assert_eq!(
        client
            .get("fits")
            .send()
            .await
            .unwrap()
            .text()
            .unwrap()
            .len(),
        64
    );
    for path in ["sized", "chunked"] {
        let error = client.get(path).send().await.unwrap_err();
        assert_eq!(error.problem(), &Problem::TooLarge { limit: 64 });
    }
}

#[tokio::test]
async fn an_unknown_authority_is_refused_with_a_hint_and_trusted_once_it_is_named() {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            read_some(&mut stream).await;
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
                .await
                .ok();
            stream.shutdown().await.ok();
        }
    });
    let base = Url::parse(&format!("https://{address}")).unwrap();
    let pem = cert.pem().into_bytes();

    // Some other authority, so that the test does not hang on what the machine trusts.
    let stranger = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])
        .unwrap()
        .cert
        .pem()
        .into_bytes();
    let strange = Client::new(Options {
        ca_pem: Some(stranger),
        ..Options::new(base.clone())
    })
    .unwrap();
    let error = strange
        .write(Write::Put, "a", Repeat::Safe, &Permit::for_test())
        .send()
        .await
        .unwrap_err();
    assert!(matches!(error.problem(), Problem::Tls { .. }), "{error}");
    assert!(error.to_string().contains("`ca_file`"), "{error}");
    assert!(!error.maybe_done() && !error.is_passing());

    let trusting = Client::new(Options {
        ca_pem: Some(pem),
        ..Options::new(base)
    })
    .unwrap();
    assert_eq!(
        trusting
            .get("a")
            .send()
            .await
            .unwrap()
            .json::<Value>()
            .unwrap(),
        json!({})
    );
}

#[tokio::test]
async fn an_answer_that_is_not_json_is_described_and_quoted_only_where_it_holds_no_secret() {
    let router = Router::new()
        .route("/api/page", get(|| async { Html("<p>hunter2") }))
        .route("/api/plain", get(|| async { "hunter2" }))
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
        assert!(!all_text(&error).contains("hunter2"));
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

#[test]
fn an_endpoint_or_authority_that_cannot_serve_is_refused_without_showing_its_password() {
    let refusal = |base: &str, ca_pem: Option<&str>| {
        let ca_pem = ca_pem.map(|pem| pem.as_bytes().to_vec());
        let result = Client::new(Options {
            ca_pem,
            ..Options::new(Url::parse(base).unwrap())
        });
        all_text(&result.err().unwrap())
    };
    assert!(
        refusal("https://u:hunter2@vault.example/", None)
            .contains("must not hold a user or a password")
    );
    assert!(!refusal("https://u:hunter2@vault.example/", None).contains("hunter2"));
    assert!(refusal("ftp://vault.example/", None).contains("must begin with https://"));
    assert!(refusal("https://vault.example/?a=b", None).contains("`?`"));
    assert!(
        refusal("https://vault.example/", Some("hello")).contains("`ca_file` holds no certificate")
    );
}

#[test]
fn a_system_on_the_machine_itself_is_reached_without_a_proxy() {
    let proxy = |base| Options::new(Url::parse(base).unwrap()).proxy;
    for base in [
        "http://127.0.0.1:80",
        "http://localhost",
        "http://[::1]:8080/a",
        "http://LOCALHOST/",
    ] {
        assert_eq!(proxy(base), Proxy::None, "{base}");
    }
    assert_eq!(proxy("https://localhost.example.com"), Proxy::System);
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
