//! What is sent again, what is not, and what is known of a write afterwards.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use serde_json::json;
use tokio::net::TcpListener;

use super::{client, in_turn, options, post, read_some, serve, serve_raw};
use crate::http::error::Problem;
use crate::http::{Client, Options, Repeat};

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
    assert!(answer.maybe_done());
}

#[tokio::test]
async fn a_write_that_is_refused_after_one_that_failed_may_have_been_done_by_that() {
    for (answers, maybe_done) in [
        (&[(503, Some("0")), (409, None)][..], true),
        (&[(429, Some("0")), (409, None)], false),
        (&[(409, None)], false),
    ] {
        let (router, _) = in_turn(answers);
        let client = client(serve(router).await);
        let answer = post(&client, Repeat::Safe).send().await.unwrap();
        assert_eq!((answer.status, answer.maybe_done()), (409, maybe_done));
    }
}

#[tokio::test]
async fn a_read_is_never_done() {
    let (router, _) = in_turn(&[(500, None); 9]);
    let mut options = options(serve(router).await);
    options.retries = 0;
    let answer = Client::new(options).unwrap().get("things").send().await;
    assert!(!answer.unwrap().maybe_done());
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
        "POST /api/things: the system (429) asks to wait 3600 s, more than the 60 s that are waited for"
    );
    assert!(!error.maybe_done());
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_write_whose_connection_is_lost_may_have_been_done() {
    let (address, count) = serve_raw("").await;
    let client = client(address);
    let error = post(&client, Repeat::Never).send().await.unwrap_err();
    assert_eq!(error.problem(), &Problem::Lost);
    assert!(error.maybe_done());
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
    assert!(!error.maybe_done());
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
    assert!(error.maybe_done());
}
