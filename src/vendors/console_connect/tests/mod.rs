//! The client against answers after the vendor's samples: what it makes of them, and what it sends.

mod answers;
mod connections;
mod members;
mod ports;
mod sessions;
mod settings;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::client::{Client, Parts};
use super::session::Credentials;
use crate::apply::Permit;
use crate::http;
use crate::load::reader::Reader;
use crate::load::secret::SecretSources;
use crate::load::section::DecodeSpec;
use crate::load::vars::Vars;
use crate::model::applying::{Applying, Created};
use crate::model::delivery::{Deliver, Delivering, Destination};
use crate::model::diagnostic::Diagnostics;
use crate::model::place::FileId;
use crate::model::reference::Links;
use crate::model::secret::{Secret, SecretBytes};
use crate::yaml;

/// The id of our company.
const US: &str = "64a000000000000000000001";
const OTHERS: &str = "64a000000000000000000002";

/// What one request sent.
#[derive(Clone, Debug)]
struct Asked {
    line: String,
    body: String,
    headers: HeaderMap,
}

impl Asked {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |it| it.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

/// A server with an answer for each line such as `GET /api/user/vera`, several of them in turn, the last one for good. Of
/// the user that we are it knows.
struct Recorded {
    client: Client,
    asked: Arc<Mutex<Vec<Asked>>>,
}

type Answers = HashMap<String, VecDeque<(u16, Value)>>;

impl Recorded {
    async fn of(answers: &[(&str, u16, Value)]) -> Self {
        Self::with(answers, Credentials::ApiKey(secret("k3y")), None).await
    }

    async fn with(
        answers: &[(&str, u16, Value)],
        credentials: Credentials,
        company: Option<&str>,
    ) -> Self {
        let mut by_line = Answers::new();
        for (line, status, body) in answers {
            let turns = by_line.entry((*line).to_owned()).or_default();
            turns.push_back((*status, body.clone()));
        }
        let me =
            json!({ "username": "ops", "token": null, "companies": [company_of(US, "exampleco")] });
        by_line
            .entry("GET /api/auth/token".to_owned())
            .or_insert_with(|| VecDeque::from([(200, me)]));
        let by_line = Arc::new(Mutex::new(by_line));
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let log = Arc::clone(&asked);
        let answer = move |request: Request| {
            let (log, by_line) = (Arc::clone(&log), Arc::clone(&by_line));
            async move { respond(request, &log, &by_line).await }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        let client = Client::new(Parts {
            http: http::Options {
                retries: 0,
                ..http::Options::new(base.parse().unwrap())
            },
            credentials,
            company: company.map(str::to_owned),
            wait: Duration::from_millis(250),
        });
        Self {
            client: client.unwrap(),
            asked,
        }
    }

    /// What was asked, the question of who we are included.
    fn all(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The lines of what was asked, but for the question of who we are.
    fn lines(&self) -> Vec<String> {
        let asked = self.all().into_iter().map(|it| it.line);
        asked.filter(|it| !it.contains("/auth/token")).collect()
    }

    /// The writes: line, and body where there is one.
    fn writes(&self) -> Vec<String> {
        let writes = self.all().into_iter();
        let writes = writes.filter(|it| !it.line.starts_with("GET"));
        let write = |it: Asked| {
            let body = it.json();
            if body.is_null() {
                it.line
            } else {
                format!("{} {body}", it.line)
            }
        };
        writes.map(write).collect()
    }
}

fn company_of(id: &str, username: &str) -> Value {
    json!({ "id": id, "username": username, "name": username, "verified": true })
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

async fn respond(request: Request, log: &Mutex<Vec<Asked>>, answers: &Mutex<Answers>) -> Response {
    let key = format!("{} {}", request.method(), request.uri().path());
    let line = format!("{} {}", request.method(), request.uri());
    let headers = request.headers().clone();
    let body = axum::body::to_bytes(request.into_body(), 1 << 20)
        .await
        .unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    log.lock().unwrap().push(Asked {
        line,
        body,
        headers,
    });
    let mut answers = answers.lock().unwrap();
    let Some(turn) = answers.get_mut(&key) else {
        let body = json!({ "error": { "message": "no such thing", "statusCode": 404 } });
        return (StatusCode::NOT_FOUND, axum::Json(body)).into_response();
    };
    let (status, body) = match turn.len() {
        1 => turn[0].clone(),
        _ => turn.pop_front().unwrap(),
    };
    let status = StatusCode::from_u16(status).unwrap();
    // Several operations answer with no body at all; `raw` stands for one that is no JSON.
    if body.is_null() {
        status.into_response()
    } else if let Some(raw) = body.get("raw") {
        (status, raw.as_str().unwrap().to_owned()).into_response()
    } else {
        (status, axum::Json(body)).into_response()
    }
}

/// Nothing is delivered anywhere.
struct Nowhere;

impl Deliver for Nowhere {
    fn check(&self, _: &Destination) -> Result<(), String> {
        Err("nowhere".to_owned())
    }

    fn deliver<'a>(&'a self, _: &'a Destination, _: Secret) -> Delivering<'a> {
        Box::pin(std::future::ready(Err("nowhere".to_owned())))
    }
}

/// What a step is given that runs against recorded answers.
struct Step {
    links: Links,
    created: Created,
    permit: Permit,
}

impl Step {
    fn new() -> Self {
        Self {
            links: Links::default(),
            created: Created::default(),
            permit: Permit::for_test(),
        }
    }

    fn applying(&self) -> Applying<'_> {
        Applying {
            links: &self.links,
            created: &self.created,
            permit: &self.permit,
            door: &Nowhere,
        }
    }
}

/// Plain text is allowed; there is no environment.
struct Plain;

impl SecretSources for Plain {
    fn allows_env(&self, _: &str) -> bool {
        false
    }

    fn allows_plaintext(&self) -> bool {
        true
    }

    fn allows_command(&self, _: &str) -> bool {
        false
    }

    fn env(&self, _: &str) -> Result<Secret, String> {
        Err(String::new())
    }

    fn file(&self, _: &str) -> Result<SecretBytes, String> {
        Err(String::new())
    }
}

/// Reads a spec as the YAML has it, or says what is wrong with it.
fn decode<S: DecodeSpec>(text: &str) -> Result<S, String> {
    let mut diagnostics = Diagnostics::default();
    let documents = yaml::parse(FileId(0), text, &mut diagnostics);
    let vars = Vars::default();
    let reader = Reader::new(&vars, &Plain);
    let mut map = reader.mapping(&documents[0], "it").unwrap();
    let spec = S::decode(&mut map);
    map.finish();
    let found = reader.into_diagnostics().sorted();
    let found = found.into_iter();
    let found = found.map(|it| format!("{}: {}", it.code.0, it.message));
    let found = found.collect::<Vec<_>>();
    match spec {
        Some(spec) if found.is_empty() => Ok(spec),
        _ => Err(found.join("\n")),
    }
}

fn spec<S: DecodeSpec>(text: &str) -> S {
    decode(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
