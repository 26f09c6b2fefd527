//! Where requests may go, whom they trust, and how much they take.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request as Received;
use axum::http::HeaderMap;
use axum::response::Redirect;
use axum::routing::{any, get};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use url::Url;

use super::{Log, all_text, client, options, post, read_some, serve};
use crate::apply::Permit;
use crate::http::error::Problem;
use crate::http::{Client, Options, Proxy, Repeat, Write};
use crate::model::secret::Secret;

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
    assert!(!error.maybe_done());

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
