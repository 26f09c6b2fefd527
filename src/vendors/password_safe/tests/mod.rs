//! The client against answers after the vendor's samples: what it makes of them, and what it sends.

mod answers;
mod observed;
mod requests;
mod sessions;
mod settings;
mod smart_rules;
mod users;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::client::{Client, Parts, Version};
use super::session::Credentials;
use crate::http;
use crate::load::reader::Reader;
use crate::load::secret::SecretSources;
use crate::load::section::DecodeSpec;
use crate::load::vars::Vars;
use crate::model::diagnostic::Diagnostics;
use crate::model::place::FileId;
use crate::model::secret::{Secret, SecretBytes};
use crate::yaml;

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

/// An answer: status, body, and headers beside it.
type Answer = (u16, Value, Vec<(&'static str, &'static str)>);

/// A server with an answer for each line such as `GET /Users`, several of them in turn, the last one for good.
struct Recorded {
    client: Client,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Recorded {
    async fn of(answers: &[(&str, u16, Value)]) -> Self {
        let answers = answers.iter().map(|(line, status, body)| {
            let line = *line;
            (line, (*status, body.clone(), Vec::new()))
        });
        Self::with(answers.collect(), api_key(), Version::V3_2).await
    }

    async fn speaking(version: Version, answers: &[(&str, u16, Value)]) -> Self {
        let answers = answers.iter().map(|(line, status, body)| {
            let line = *line;
            (line, (*status, body.clone(), Vec::new()))
        });
        Self::with(answers.collect(), api_key(), version).await
    }

    async fn with(
        answers: Vec<(&str, Answer)>,
        credentials: Credentials,
        version: Version,
    ) -> Self {
        let mut by_line = HashMap::<String, VecDeque<Answer>>::new();
        for (line, answer) in answers {
            by_line
                .entry(line.to_owned())
                .or_default()
                .push_back(answer);
        }
        let user = json!({ "UserId": 12, "SID": null, "UserName": "ci-app" });
        let cookie = vec![("set-cookie", "ASP.NET_SessionId=s1; path=/; HttpOnly")];
        by_line
            .entry("POST /Auth/SignAppin".to_owned())
            .or_insert_with(|| VecDeque::from([(200, user, cookie)]));
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
            parallelism: 4,
            credentials,
            version,
        });
        Self {
            client: client.unwrap(),
            asked,
        }
    }

    /// What was asked, logins included.
    fn all(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The lines of what was asked but for logins.
    fn lines(&self) -> Vec<String> {
        let asked = self.all().into_iter().map(|it| it.line);
        asked.filter(|it| !it.contains("/Auth/")).collect()
    }

    /// The writes but for logins: line without the query, and body.
    fn writes(&self) -> Vec<(String, Value)> {
        let writes = self.all().into_iter();
        let writes = writes.filter(|it| !it.line.starts_with("GET") && !it.line.contains("/Auth/"));
        let path = |line: &str| line.split('?').next().unwrap().to_owned();
        writes.map(|it| (path(&it.line), it.json())).collect()
    }
}

fn api_key() -> Credentials {
    Credentials::ApiKey {
        key: secret("k3y"),
        runas: "ci-app".to_owned(),
        password: None,
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

async fn respond(
    request: Request,
    log: &Mutex<Vec<Asked>>,
    answers: &Mutex<HashMap<String, VecDeque<Answer>>>,
) -> Response {
    let key = format!("{} {}", request.method(), request.uri().path());
    let line = format!("{} {}", request.method(), request.uri());
    let headers = request.headers().clone();
    let body = axum::body::to_bytes(request.into_body(), 1 << 20)
        .await
        .unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    log.lock().unwrap().push(Asked {
        line: line.clone(),
        body,
        headers,
    });
    let mut answers = answers.lock().unwrap();
    // An answer to a query comes before one to the path.
    let key = if answers.contains_key(&line) {
        line
    } else {
        key
    };
    let Some(turn) = answers.get_mut(&key) else {
        return (StatusCode::NOT_FOUND, axum::Json("no such thing")).into_response();
    };
    let (status, body, headers) = match turn.len() {
        1 => turn[0].clone(),
        _ => turn.pop_front().unwrap(),
    };
    let status = StatusCode::from_u16(status).unwrap();
    // `raw` stands for a body that is no JSON.
    let mut response = if body.is_null() {
        status.into_response()
    } else if let Some(raw) = body.get("raw") {
        (status, raw.as_str().unwrap().to_owned()).into_response()
    } else {
        (status, axum::Json(body)).into_response()
    };
    for (name, value) in headers {
        response.headers_mut().append(name, value.parse().unwrap());
    }
    response
}

/// Plain text is allowed, and one program; there is no environment.
struct Plain;

impl SecretSources for Plain {
    fn allows_env(&self, _: &str) -> bool {
        false
    }

    fn allows_plaintext(&self) -> bool {
        true
    }

    fn allows_command(&self, program: &str) -> bool {
        program == "vault-put"
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
    let found = found.into_iter().map(|it| it.message).collect::<Vec<_>>();
    match spec {
        Some(spec) if found.is_empty() => Ok(spec),
        _ => Err(found.join("\n")),
    }
}

fn spec<S: DecodeSpec>(text: &str) -> S {
    decode(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
