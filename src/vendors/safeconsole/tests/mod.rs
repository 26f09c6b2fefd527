//! The client against answers after the vendor's samples: what it makes of them, and what it sends.

mod answers;
mod policies;
mod requests;
mod settings;
mod wire;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::client::{Client, Parts};
use super::token::Token;
use super::{PATH, USER};
use crate::apply::Permit;
use crate::http;
use crate::load::reader::Reader;
use crate::load::secret::SecretSources;
use crate::load::section::DecodeSpec;
use crate::load::vars::Vars;
use crate::model::address::RemoteId;
use crate::model::applying::{Applying, Created};
use crate::model::delivery::Shelf;
use crate::model::diagnostic::Diagnostics;
use crate::model::error::VendorError;
use crate::model::kind::{Kind, Update};
use crate::model::place::FileId;
use crate::model::reference::{Linked, Links};
use crate::model::secret::{Secret, SecretBytes};
use crate::yaml;

/// What one request sent: its line, the JSON in its form, and its headers.
#[derive(Clone, Debug)]
struct Asked {
    line: String,
    data: Value,
    headers: HeaderMap,
}

/// A server with an answer for each action, several of them in turn, the last one for good.
struct Recorded {
    client: Client,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Recorded {
    /// Speaks to a client that may do what is assumed.
    async fn of(answers: &[(&str, u16, Value)]) -> Self {
        Self::with(answers, true).await
    }

    async fn with(answers: &[(&str, u16, Value)], assumed_actions: bool) -> Self {
        let mut by_action = HashMap::<String, VecDeque<(u16, Value)>>::new();
        for (action, status, body) in answers {
            let answers = by_action.entry((*action).to_owned()).or_default();
            answers.push_back((*status, body.clone()));
        }
        let by_action = Arc::new(Mutex::new(by_action));
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let log = Arc::clone(&asked);
        let answer = move |request: Request| {
            let (log, by_action) = (Arc::clone(&log), Arc::clone(&by_action));
            async move { respond(request, &log, &by_action).await }
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
            token: Token::given(Some(Secret::new("t0ken".to_owned()))),
            assumed_actions,
        });
        Self {
            client: client.unwrap(),
            asked,
        }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The actions in order, each with what it was told.
    fn told(&self) -> Vec<(String, Value)> {
        let asked = self.asked().into_iter();
        let action = |line: &str| line.rsplit('=').next().unwrap().to_owned();
        asked.map(|it| (action(&it.line), it.data)).collect()
    }
}

async fn respond(
    request: Request,
    log: &Mutex<Vec<Asked>>,
    answers: &Mutex<HashMap<String, VecDeque<(u16, Value)>>>,
) -> Response {
    let line = format!("{} {}", request.method(), request.uri());
    let headers = request.headers().clone();
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await;
    let body = body.unwrap();
    let fields = form_urlencoded::parse(&body).collect::<Vec<_>>();
    let data = match fields.as_slice() {
        [(name, data)] if name == "data" => serde_json::from_str(data).unwrap(),
        _ => Value::Null,
    };
    let action = line.rsplit('=').next().unwrap().to_owned();
    log.lock().unwrap().push(Asked {
        line,
        data,
        headers,
    });
    let mut answers = answers.lock().unwrap();
    let Some(turn) = answers.get_mut(&action) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (status, body) = match turn.len() {
        1 => turn[0].clone(),
        _ => turn.pop_front().unwrap(),
    };
    let status = StatusCode::from_u16(status).unwrap();
    // `raw` stands for a body that is no JSON, `to` for a redirect.
    if let Some(raw) = body.get("raw") {
        (status, raw.as_str().unwrap().to_owned()).into_response()
    } else if let Some(to) = body.get("to") {
        (status, [("location", to.as_str().unwrap().to_owned())]).into_response()
    } else {
        (status, axum::Json(body)).into_response()
    }
}

/// A list of users as the vendor sends it.
fn users(total: usize, users: Value) -> Value {
    json!({ "success": true, "total": total, "response": users })
}

/// Paths: one with a policy of its own, one in it that inherits it.
fn ous() -> Value {
    json!({ "success": true, "response": [
        { "id": 12, "path": "field", "policyId": 12, "hasPolicy": true },
        { "id": 13, "path": "field/north", "policyId": 12, "hasPolicy": false },
    ] })
}

fn done() -> Value {
    json!({ "success": true, "response": { "token": "1AAEC" }, "log": {} })
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
    let found = found.into_iter().map(|it| it.message).collect::<Vec<_>>();
    match spec {
        Some(spec) if found.is_empty() => Ok(spec),
        _ => Err(found.join("\n")),
    }
}

fn spec<S: DecodeSpec>(text: &str) -> S {
    decode(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Who is who: the paths of [`ous`], and a user.
fn links() -> Links {
    let mut links = Links::default();
    for (kind, label, id) in [
        (PATH, "field", "12"),
        (PATH, "field/north", "13"),
        (USER, "ada@example.org", "7"),
    ] {
        let linked = Linked {
            kind,
            address: None,
            label: label.to_owned(),
            id: Some(RemoteId(id.to_owned())),
        };
        links.add(linked, label.to_owned(), Some(label.to_owned()));
    }
    links
}

async fn create<K: Kind<Client = Client>>(
    recorded: &Recorded,
    want: &str,
) -> Result<RemoteId, VendorError>
where
    K::Spec: DecodeSpec,
{
    let (links, created, permit) = (links(), Created::default(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door: &Shelf::default(),
    };
    K::create(&recorded.client, &spec(want), &applying).await
}

async fn update<K: Kind<Client = Client>>(
    recorded: &Recorded,
    id: &str,
    want: &str,
    changed: &[&'static str],
) -> Result<(), VendorError>
where
    K::Spec: DecodeSpec,
{
    let (links, created, permit) = (links(), Created::default(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door: &Shelf::default(),
    };
    let want = spec(want);
    let update = Update {
        want: &want,
        changed,
        enable: false,
    };
    let id = RemoteId(id.to_owned());
    K::update(&recorded.client, &id, update, &applying).await
}

async fn delete<K: Kind<Client = Client>>(
    recorded: &Recorded,
    id: &str,
) -> Result<(), VendorError> {
    let (links, created, permit) = (links(), Created::default(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door: &Shelf::default(),
    };
    let id = RemoteId(id.to_owned());
    K::delete(&recorded.client, &id, &applying).await
}
