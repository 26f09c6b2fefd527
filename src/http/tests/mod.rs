//! The layer against real servers on the loopback interface: the servers, and what the tests share.

mod limits;
mod repeats;
mod secrecy;
mod sending;
mod traffic;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::{Client, Error, Options, Repeat, Request, Write};
use crate::apply::Permit;

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

fn post(client: &Client, repeat: Repeat) -> Request<'_> {
    client.write(Write::Post, "things", repeat, &Permit::for_test())
}

/// Everything that an error may show anywhere.
fn all_text(error: &Error) -> String {
    let source = std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default();
    format!("{error}\n{error:?}\n{source}")
}
