//! Accepts connections and carries each request through journal and faults to its vendor.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use futures_util::StreamExt;
use futures_util::stream;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::Mounted;
use super::control::{self, Control};
use super::faults::{Effect, Sort};

/// How long a connection may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long open connections may take to finish once the server stops.
const FAREWELL: Duration = Duration::from_secs(5);

/// The server behind the port: the server's own pages and the vendors.
pub(crate) struct Server {
    control: Arc<Control>,
    router: TowerToHyperService<Router>,
}

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection was dropped by a fault")]
struct Dropped;

impl Server {
    /// Mounts every vendor under its name.
    pub(crate) fn new(control: Arc<Control>) -> Self {
        let mut router = control::router(Arc::clone(&control));
        for Mounted { name, emulator } in &control.mounted {
            router = router.nest(&format!("/{name}"), Arc::clone(emulator).router());
        }
        Self {
            control,
            router: TowerToHyperService::new(router),
        }
    }

    /// Accepts connections until told to stop, then waits a bounded time for those that are open.
    pub(crate) async fn run(
        self,
        listener: TcpListener,
        tls: Option<TlsAcceptor>,
        mut stop: watch::Receiver<bool>,
    ) {
        let server = Arc::new(self);
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                _ = stop.changed() => break,
                Some(_) = connections.join_next() => continue,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let connection = Arc::clone(&server).connect(stream, tls.clone(), stop.clone());
                    connections.spawn(connection);
                }
                // Too many open files, or a client that left early: a moment later it may work again.
                Err(error) => {
                    tracing::debug!("no connection was accepted: {error}");
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        }
        drop(listener);
        let ended = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(FAREWELL, ended).await.is_err() {
            connections.shutdown().await;
        }
    }

    async fn connect(
        self: Arc<Self>,
        stream: TcpStream,
        tls: Option<TlsAcceptor>,
        stop: watch::Receiver<bool>,
    ) {
        stream.set_nodelay(true).ok();
        let Some(tls) = tls else {
            return self.converse(stream, stop).await;
        };
        match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.converse(stream, stop).await,
            Ok(Err(error)) => tracing::debug!("no TLS: {error}"),
            Err(_) => tracing::debug!("no TLS in time"),
        }
    }

    async fn converse(
        self: Arc<Self>,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        mut stop: watch::Receiver<bool>,
    ) {
        let service = service_fn(|request| Arc::clone(&self).answer(request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        let mut stopping = *stop.borrow_and_update();
        if stopping {
            connection.as_mut().graceful_shutdown();
        }
        loop {
            tokio::select! {
                ended = &mut connection => {
                    if let Err(error) = ended {
                        tracing::debug!("a connection broke off: {error}");
                    }
                    return;
                }
                _ = stop.changed(), if !stopping => {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }

    async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Dropped> {
        let Some((mounted, path)) = self.mounted(request.uri().path()) else {
            return Ok(self.work(request).await);
        };
        let query = request.uri().query();
        let sort = mounted.emulator.sort(request.method(), path, query);
        let shown = match query {
            Some(_) if sort == Sort::Login => format!("{path}?…"),
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        let journal = &self.control.journal;
        let method = request.method().to_string();
        let seq = journal.arrive(mounted.name, method, shown, sort == Sort::Write);
        let strike = self.control.faults.strike(mounted.name, sort);
        if let Some(name) = strike.name() {
            journal.strike(seq, name);
        }
        if let Some(delay) = strike.delay {
            tokio::time::sleep(delay).await;
        }
        if strike.expire {
            mounted.emulator.expire_sessions();
        }
        let response = match strike.effect {
            Some(Effect::DropRequest) => return Err(Dropped),
            Some(Effect::Fail { status }) => fail(status),
            Some(Effect::Limit { retry_after }) => limit(retry_after),
            Some(Effect::Garbage) => garbage(),
            None
            | Some(
                Effect::DropAnswer
                | Effect::Cut { .. }
                | Effect::Delay { .. }
                | Effect::ExpireSession,
            ) => self.work(request).await,
        };
        journal.answer(seq, response.status().as_u16());
        match strike.effect {
            Some(Effect::DropAnswer) => Err(Dropped),
            Some(Effect::Cut { bytes }) => cut(response, bytes).await,
            _ => Ok(response),
        }
    }

    async fn work(&self, request: Request<Incoming>) -> Response<Body> {
        match self.router.call(request).await {
            Ok(response) => response,
            Err(never) => {
                let never: Infallible = never;
                match never {}
            }
        }
    }

    /// Finds the vendor of a path, and the rest of the path.
    fn mounted<'a>(&self, path: &'a str) -> Option<(&Mounted, &'a str)> {
        self.control.mounted.iter().find_map(|mounted| {
            let rest = path.strip_prefix('/')?.strip_prefix(mounted.name)?;
            (rest.is_empty() || rest.starts_with('/')).then_some((mounted, rest))
        })
    }
}

fn fail(status: u16) -> Response<Body> {
    let mut response = Response::new(Body::from(r#"{"message":"failed by a fault"}"#));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

fn limit(retry_after: u64) -> Response<Body> {
    let mut response = fail(StatusCode::TOO_MANY_REQUESTS.as_u16());
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, retry_after.into());
    response
}

fn garbage() -> Response<Body> {
    let page = "<!DOCTYPE html><html><body><h1>It works!</h1></body></html>";
    let mut response = Response::new(Body::from(page));
    response.headers_mut().insert(header::CONTENT_TYPE, HTML);
    response
}

const JSON: header::HeaderValue = header::HeaderValue::from_static("application/json");
const HTML: header::HeaderValue = header::HeaderValue::from_static("text/html");

/// Promises the whole body and breaks off before its end.
async fn cut(response: Response<Body>, bytes: usize) -> Result<Response<Body>, Dropped> {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.map_err(|_| Dropped)?;
    if whole.is_empty() {
        return Err(Dropped);
    }
    parts
        .headers
        .insert(header::CONTENT_LENGTH, whole.len().into());
    let part = whole.slice(..bytes.min(whole.len() - 1));
    let end = stream::once(async {
        // Lets the part go out before the error takes the connection down.
        tokio::task::yield_now().await;
        Err::<Bytes, _>(Dropped)
    });
    let broken = stream::iter([Ok(part)]).chain(end);
    Ok(Response::from_parts(parts, Body::from_stream(broken)))
}
