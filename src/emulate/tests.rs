//! The server as a client sees it, with a small vendor behind it.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::Method;
use axum::routing::{get, post};
use reqwest::Client;
use serde_json::{Value, json};

use super::faults::Sort;
use super::{Emulator, Mounted, Options, Running, start, store};

/// Counts what it is asked to do.
#[derive(Default)]
struct Counter {
    work: AtomicU64,
    expired: AtomicU64,
    world: Mutex<String>,
}

impl Emulator for Counter {
    fn router(self: Arc<Self>) -> Router {
        let count = async |State(counter): State<Arc<Self>>| {
            counter.work.fetch_add(1, Ordering::SeqCst).to_string() + " times, this long"
        };
        Router::new()
            .route("/thing", get(count).post(count))
            .route("/token", post(async || "token"))
            .with_state(self)
    }

    fn credentials(&self) -> Vec<(String, String)> {
        vec![("TOKEN".to_owned(), "t".to_owned())]
    }

    fn world_yaml(&self) -> String {
        self.world.lock().unwrap().clone()
    }

    fn replace_world(&self, yaml: &str) -> Result<(), String> {
        if yaml.is_empty() {
            return Err("a world is not empty".to_owned());
        }
        yaml.clone_into(&mut self.world.lock().unwrap());
        Ok(())
    }

    fn expire_sessions(&self) {
        self.expired.fetch_add(1, Ordering::SeqCst);
    }

    fn sort(&self, method: &Method, path: &str, query: Option<&str>) -> Sort {
        match (method, query) {
            _ if self.is_login(method, path) => Sort::Login,
            (&Method::POST, query) if query != Some("only=look") => Sort::Write,
            _ => Sort::Read,
        }
    }

    fn is_login(&self, _: &Method, path: &str) -> bool {
        path == "/token"
    }

    fn command(&self, name: &str, body: Value) -> Result<Value, String> {
        match name {
            "repeat" => Ok(body),
            _ => Err(format!("there is no command `{name}`: repeat")),
        }
    }

    fn close(&self) -> Result<(), store::Error> {
        Ok(())
    }
}

struct Scene {
    counter: Arc<Counter>,
    running: Running,
    client: Client,
}

impl Scene {
    async fn new(tls: Option<&Path>) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let counter = Arc::new(Counter::default());
        let mounted = ["acme", "other-one"].map(|name| Mounted {
            name,
            emulator: counter.clone(),
        });
        let options = Options {
            listen: ([127, 0, 0, 1], 0).into(),
            tls: tls.map(Path::to_owned),
        };
        let running = start(mounted.into(), options).await.unwrap();
        let mut builder = Client::builder().no_proxy();
        if let Some(file) = &running.ca_file {
            let pem = std::fs::read(file).unwrap();
            let certificate = reqwest::Certificate::from_pem(&pem).unwrap();
            builder = builder.tls_certs_only([certificate]);
        }
        let client = builder.build().unwrap();
        Self {
            counter,
            running,
            client,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.base_url())
    }

    async fn ask(&self, method: Method, path: &str, body: &str) -> (u16, String) {
        let request = self
            .client
            .request(method, self.url(path))
            .body(body.to_owned());
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn get(&self, path: &str) -> (u16, String) {
        self.ask(Method::GET, path, "").await
    }

    async fn journal(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path).await.1).unwrap()
    }

    async fn break_with(&self, effect: Value) {
        let faults = json!([{ "on": "write", "nth": 1, "do": effect }]).to_string();
        let (status, said) = self.ask(Method::PUT, "/_faults", &faults).await;
        assert_eq!(status, 204, "{said}");
    }

    /// Writes once, and returns the answer, if there is a whole one.
    async fn write(&self) -> Option<(reqwest::StatusCode, String)> {
        let response = self
            .client
            .post(self.url("/acme/thing"))
            .send()
            .await
            .ok()?;
        Some((response.status(), response.text().await.ok()?))
    }

    fn work(&self) -> u64 {
        self.counter.work.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn vendors_are_mounted_and_a_path_of_none_names_them() {
    let scene = Scene::new(None).await;
    assert_eq!(scene.get("/other-one/thing").await.0, 200);
    for path in ["/", "/acmethings", "/_world/nobody", "/_nothing"] {
        let (status, body) = scene.get(path).await;
        assert_eq!(status, 404, "{path}");
        assert!(body.contains("/acme, /other-one"), "{path}: {body}");
    }
}

#[tokio::test]
async fn a_command_reaches_its_vendor_and_is_no_request_of_a_client() {
    let scene = Scene::new(None).await;
    let command = async |path: &str, body: &str| scene.ask(Method::POST, path, body).await;
    let said = command("/_world/acme/repeat", r#"{"id":"a"}"#).await;
    assert_eq!(said, (200, r#"{"id":"a"}"#.to_owned()));
    assert_eq!(command("/_world/acme/repeat", "").await.1, "{}");
    let (status, said) = command("/_world/acme/dance", "").await;
    assert_eq!(status, 400);
    assert!(said.contains("no command `dance`"), "{said}");
    assert_eq!(command("/_world/acme/repeat", "{").await.0, 400);
    assert_eq!(command("/_world/nobody/repeat", "").await.0, 404);
    assert_eq!(scene.journal("/_journal").await, json!([]));
}

#[tokio::test]
async fn exports_tell_a_client_all_it_needs() {
    let scene = Scene::new(None).await;
    let base = scene.running.base_url();
    let export = |name: &str, value: String| (name.to_owned(), value);
    let expected = [
        export("TRUEUP_ACME_ENDPOINT", format!("{base}/acme")),
        export("TRUEUP_ACME_TOKEN", "t".to_owned()),
        export("TRUEUP_OTHER_ONE_ENDPOINT", format!("{base}/other-one")),
        export("TRUEUP_OTHER_ONE_TOKEN", "t".to_owned()),
    ];
    assert_eq!(scene.running.exports(), expected);
}

#[tokio::test]
async fn tls_is_spoken_by_a_certificate_that_the_written_authority_vouches_for() {
    let dir = tempfile::tempdir().unwrap();
    let scene = Scene::new(Some(dir.path())).await;
    assert!(scene.running.base_url().starts_with("https://127.0.0.1:"));
    assert_eq!(scene.get("/acme/thing").await.0, 200);
    let stranger = Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap();
    assert!(stranger.get(scene.url("/acme/thing")).send().await.is_err());
    let named = scene.running.base_url().replace("127.0.0.1", "localhost");
    let response = scene.client.get(format!("{named}/acme/thing")).send().await;
    assert_eq!(response.unwrap().status(), 200);
    let files: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(files, ["ca.pem"]);
    let pem = std::fs::read_to_string(dir.path().join("ca.pem")).unwrap();
    assert!(!pem.contains("PRIVATE"));
    let exports = scene.running.exports();
    assert_eq!(exports.last().unwrap().0, "TRUEUP_CA_FILE");
}

#[tokio::test]
async fn the_journal_tells_what_was_asked_and_what_was_a_write() {
    let scene = Scene::new(None).await;
    scene.get("/acme/thing?a=1").await;
    scene
        .ask(Method::POST, "/acme/token?client_secret=x", "")
        .await;
    scene.ask(Method::POST, "/acme/thing", "").await;
    let entries = scene.journal("/_journal").await;
    assert_eq!(
        entries,
        json!([
            { "seq": 1, "vendor": "acme", "method": "GET", "path": "/thing?a=1", "status": 200, "write": false, "fault": null },
            { "seq": 2, "vendor": "acme", "method": "POST", "path": "/token?…", "status": 200, "write": false, "fault": null },
            { "seq": 3, "vendor": "acme", "method": "POST", "path": "/thing", "status": 200, "write": true, "fault": null },
        ])
    );
    let writes = scene.journal("/_journal?writes=true").await;
    assert_eq!(writes, json!([entries[2]]));
    let count = scene.journal("/_journal/count").await;
    assert_eq!(count, json!({ "requests": 3, "writes": 1 }));
    scene.ask(Method::DELETE, "/_journal", "").await;
    assert_eq!(scene.journal("/_journal").await, json!([]));
}

#[tokio::test]
async fn a_dropped_answer_ends_the_connection_after_the_work() {
    let scene = Scene::new(None).await;
    scene.break_with(json!("drop_answer")).await;
    assert_eq!(scene.write().await, None);
    assert_eq!(scene.work(), 1);
    let entry = &scene.journal("/_journal").await[0];
    assert_eq!(
        (&entry["fault"], &entry["status"]),
        (&json!("drop_answer"), &json!(200))
    );
    assert!(scene.write().await.is_some());
}

#[tokio::test]
async fn a_dropped_request_ends_the_connection_without_the_work() {
    let scene = Scene::new(None).await;
    scene.break_with(json!("drop_request")).await;
    assert_eq!(scene.write().await, None);
    assert_eq!(scene.work(), 0);
    let entry = &scene.journal("/_journal").await[0];
    assert_eq!(
        (&entry["fault"], &entry["status"]),
        (&json!("drop_request"), &Value::Null)
    );
}

#[tokio::test]
async fn a_dropped_connection_is_closed_without_a_byte() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let scene = Scene::new(None).await;
    scene.break_with(json!("drop_answer")).await;
    let address = scene.running.base_url().replace("http://", "");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = b"POST /acme/thing HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer, b"");
}

#[tokio::test]
async fn a_cut_body_ends_before_its_promised_length() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let scene = Scene::new(None).await;
    scene.break_with(json!({ "cut": { "bytes": 100 } })).await;
    assert_eq!(scene.write().await, None);
    assert_eq!(scene.work(), 1);
    scene.break_with(json!({ "cut": { "bytes": 4 } })).await;
    let address = scene.running.base_url().replace("http://", "");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = b"POST /acme/thing HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("content-length: 18\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n1 ti"), "{answer}");
}

#[tokio::test]
async fn refusals_and_garbage_are_answered_without_the_work() {
    let scene = Scene::new(None).await;
    scene.break_with(json!({ "fail": { "status": 503 } })).await;
    assert_eq!(scene.write().await.unwrap().0, 503);
    scene
        .break_with(json!({ "limit": { "retry_after": 7 } }))
        .await;
    let response = scene
        .client
        .post(scene.url("/acme/thing"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "7");
    scene.break_with(json!("garbage")).await;
    let (status, page) = scene.write().await.unwrap();
    assert_eq!(status, 200);
    assert!(page.starts_with("<!DOCTYPE html>"));
    assert_eq!(scene.work(), 0);
}

#[tokio::test]
async fn delays_and_expiries_let_the_work_be_done() {
    let scene = Scene::new(None).await;
    scene.break_with(json!({ "delay": { "ms": 1 } })).await;
    assert_eq!(scene.write().await.unwrap().0, 200);
    scene.break_with(json!("expire_session")).await;
    assert_eq!(scene.write().await.unwrap().0, 200);
    assert_eq!(scene.work(), 2);
    assert_eq!(scene.counter.expired.load(Ordering::SeqCst), 1);
    let faults: Vec<_> = scene
        .journal("/_journal")
        .await
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["fault"].clone())
        .collect();
    assert_eq!(faults, ["delay", "expire_session"]);
}

#[tokio::test]
async fn faults_are_shown_refused_and_cleared() {
    let scene = Scene::new(None).await;
    scene.break_with(json!("garbage")).await;
    let (status, said) = scene
        .ask(Method::PUT, "/_faults", r#"[{"on":"any","evry":1}]"#)
        .await;
    assert_eq!(status, 400);
    assert!(said.contains("`evry`"), "{said}");
    let shown = scene.journal("/_faults").await;
    assert_eq!(shown, json!([{ "on": "write", "nth": 1, "do": "garbage" }]));
    scene.ask(Method::DELETE, "/_faults", "").await;
    assert_eq!(scene.write().await.unwrap().1, "0 times, this long");
}

#[tokio::test]
async fn a_world_is_shown_and_replaced() {
    let scene = Scene::new(None).await;
    let large = format!("name: {}", "x".repeat(3_000_000));
    assert_eq!(scene.ask(Method::PUT, "/_world/acme", &large).await.0, 204);
    assert_eq!(scene.get("/_world/acme").await, (200, large));
    let (status, said) = scene.ask(Method::PUT, "/_world/acme", "").await;
    assert_eq!(status, 400);
    assert!(said.contains("a world is not empty"), "{said}");
}

#[tokio::test]
async fn what_a_request_is_may_depend_on_its_query() {
    let scene = Scene::new(None).await;
    for path in ["/acme/thing?only=look", "/acme/thing?only=touch"] {
        scene.ask(Method::POST, path, "").await;
    }
    let count = scene.journal("/_journal/count").await;
    assert_eq!(count, json!({ "requests": 2, "writes": 1 }));
}

#[tokio::test]
async fn a_stopped_server_takes_no_more_connections() {
    let scene = Scene::new(None).await;
    let url = scene.url("/acme/thing");
    // The connection is kept alive by the client, which must not hold up the stop.
    assert_eq!(scene.get("/acme/thing").await.0, 200);
    scene.running.stop().await.unwrap();
    assert!(scene.client.get(url).send().await.is_err());
}

#[tokio::test]
async fn an_address_in_use_is_an_error_that_names_it() {
    let scene = Scene::new(None).await;
    let listen = scene.running.address;
    let options = Options { listen, tls: None };
    let said = start(Vec::new(), options).await.err().unwrap().to_string();
    assert!(said.contains(&listen.to_string()), "{said}");
}
