//! How fast requests leave, and that a pause that one of them is told to make holds for all.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use super::{client, in_turn, options, post, serve};
use crate::http::{Client, Options, Repeat, Traffic};

/// A client that gives every answer as it comes.
async fn patient(answers: &'static [(u16, Option<&'static str>)]) -> Client {
    let (router, _) = in_turn(answers);
    Client::new(Options {
        retries: 0,
        ..options(serve(router).await)
    })
    .unwrap()
}

#[tokio::test(start_paused = true)]
async fn requests_leave_no_faster_than_the_rate_says() {
    let (router, _) = in_turn(&[]);
    let traffic = Arc::new(Traffic::new("2/s".parse().ok()));
    let client = Client::new(Options {
        traffic: Arc::clone(&traffic),
        ..options(serve(router).await)
    })
    .unwrap();
    let began = Instant::now();
    let clone = client.clone();
    let reads = join_all((0..3).map(|_| client.get("things").send()));
    let writes = join_all((0..2).map(|_| post(&clone, Repeat::Never).send()));
    let (reads, writes) = futures_util::future::join(reads, writes).await;
    assert!(reads.iter().chain(&writes).all(Result::is_ok));
    assert!(began.elapsed() >= Duration::from_secs(2));
    assert_eq!(traffic.reads(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_one_request_is_told_holds_for_the_next() {
    for (told, status) in [(&[(429, Some("5"))], 429), (&[(503, Some("5"))], 503)] {
        let client = patient(told).await;
        let began = Instant::now();
        let first = post(&client, Repeat::Never).send().await.unwrap();
        assert_eq!(first.status, status);
        let next = client.get("things").send().await.unwrap();
        assert_eq!(next.status, 200);
        assert!(began.elapsed() >= Duration::from_secs(5), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_is_too_long_lets_nothing_leave() {
    let (router, count) = in_turn(&[(429, Some("3600"))]);
    let client = client(serve(router).await);
    let told = client.get("things").send().await.unwrap_err();
    let next = post(&client, Repeat::Never).send().await.unwrap_err();
    assert_eq!(next.problem(), told.problem());
    assert!(!next.maybe_done());
    assert_eq!(count.load(std::sync::atomic::Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_read_that_was_repeated_counts_once_and_one_that_failed_does_not() {
    let (router, _) = in_turn(&[(503, Some("0")), (200, None), (404, None)]);
    let client = client(serve(router).await);
    let traffic = &client.options.traffic;
    client.get("things").send().await.unwrap();
    assert_eq!(traffic.reads(), 1);
    client.get("nothing").send().await.unwrap();
    assert_eq!(traffic.reads(), 1);
    assert!(traffic.mean_answer().is_some());
}
