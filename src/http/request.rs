//! A request that is being put together. Sending it is done elsewhere.

use std::cell::RefCell;
use std::fmt;

use hyper::body::Bytes;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::{Serialize, Serializer};
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use super::Client;
use super::error::{Problem, Subject};
use super::retry::Nature;
use crate::model::secret::{Secret, SecretBytes};

/// A secret on its way into a request body: the only thing of ours that serializes a secret value.
pub(crate) struct Revealed<'a>(pub(crate) &'a Secret);

thread_local! {
    /// The secrets that went into the body that is being written. A serializer has no place for them.
    static REVEALED: RefCell<Vec<Secret>> = const { RefCell::new(Vec::new()) };
}

impl Serialize for Revealed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        REVEALED.with_borrow_mut(|revealed| revealed.push(self.0.clone()));
        serializer.serialize_str(self.0.reveal())
    }
}

/// A body on its way. It prints as its length alone, whatever it holds.
#[derive(Clone)]
pub(super) struct Body(Bytes);

impl Body {
    fn new(bytes: impl AsRef<[u8]> + Send + 'static) -> Self {
        Self(Bytes::from_owner(bytes))
    }

    /// Gives it to the one who sends it.
    pub(super) fn bytes(&self) -> Bytes {
        self.0.clone()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} bytes)", self.0.len())
    }
}

/// The value of a form's field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FormValue<'a> {
    Plain(&'a str),
    Secret(&'a Secret),
}

/// A part of a body of several, with its name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part<'a> {
    /// What is said of a file.
    Json(&'a str, &'a serde_json::Map<String, serde_json::Value>),
    /// A file: the name that it has, and what it holds.
    File(&'a str, &'a str, &'a SecretBytes),
}

/// Writes a value as one part of a path, whatever it holds.
pub(crate) fn segment(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

/// A request that is being put together. What is wrong with it is told when it is sent.
#[must_use = "nothing happens until it is sent"]
pub(crate) struct Request<'a> {
    pub(super) client: &'a Client,
    pub(super) nature: Nature,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Body>,
    pub(super) subject: Subject,
    /// The secrets in the headers and in the body, which an answer may echo.
    pub(super) secrets: Vec<Secret>,
    pub(super) wrong: Option<Problem>,
}

impl<'a> Request<'a> {
    pub(super) fn new(client: &'a Client, method: Method, path: &str, nature: Nature) -> Self {
        let mut url = client.options.base.clone();
        let path = path.strip_prefix('/').unwrap_or(path);
        let wrong = fault_in(path).map(Problem::BadPath);
        if wrong.is_none() && !path.is_empty() {
            url.set_path(&format!("{}/{path}", url.path().trim_end_matches('/')));
        }
        let subject = Subject {
            name: format!("{method} {}", url.path()),
            writes: nature.writes(),
        };
        let (headers, body, secrets) = (HeaderMap::new(), None, Vec::new());
        Self {
            client,
            nature,
            method,
            url,
            headers,
            body,
            subject,
            secrets,
            wrong,
        }
    }

    /// Adds a pair to the query. Not for secrets: systems log addresses.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Shows a token as `Authorization: Bearer`.
    pub(crate) fn bearer(mut self, token: &Secret) -> Self {
        self.secrets.push(token.clone());
        let value = Zeroizing::new(format!("Bearer {}", token.reveal()));
        self.put(AUTHORIZATION, &value, true)
    }

    /// Sets a header that holds no secret.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for vendors that want a header of their own")
    )]
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        self.put_named(name, value, false)
    }

    /// Sets a header that is a secret as a whole, such as `Cookie`.
    pub(crate) fn secret_header(mut self, name: &str, value: &Secret) -> Self {
        self.secrets.push(value.clone());
        self.put_named(name, value.reveal(), true)
    }

    /// Sends a body of JSON, as `application/json` unless a header says otherwise.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
        REVEALED.take();
        if serde_json::to_writer(&mut *bytes, body).is_err() {
            return self.refused(Problem::BadRequest("the body cannot be written as JSON"));
        }
        self.secrets.append(&mut REVEALED.take());
        self.body = Some(Body::new(bytes));
        self.content_type("application/json")
    }

    /// Sends a body of form fields.
    pub(crate) fn form(mut self, fields: &[(&str, FormValue<'_>)]) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::with_capacity(4096));
        for (name, value) in fields {
            form.append_pair(
                name,
                match value {
                    FormValue::Plain(value) => value,
                    FormValue::Secret(value) => {
                        self.secrets.push((*value).clone());
                        value.reveal()
                    }
                },
            );
        }
        self.body = Some(Body::new(Zeroizing::new(form.finish())));
        self.content_type("application/x-www-form-urlencoded")
    }

    /// Sends a body of several parts, `multipart/form-data`.
    pub(crate) fn multipart(mut self, parts: &[Part<'_>]) -> Self {
        let mut written = Vec::with_capacity(parts.len());
        for part in parts {
            written.push(match part {
                Part::Json(name, said) => {
                    let head = format!("name=\"{}\"", quoted(name));
                    match serde_json::to_vec(said) {
                        Ok(said) => (head, "application/json", Zeroizing::new(said)),
                        Err(_) => {
                            return self.refused(Problem::BadRequest(
                                "the body cannot be written as JSON",
                            ));
                        }
                    }
                }
                Part::File(name, file, content) => {
                    let head = format!("name=\"{}\"; filename=\"{}\"", quoted(name), quoted(file));
                    let content = Zeroizing::new(content.reveal().to_vec());
                    (head, "application/octet-stream", content)
                }
            });
        }
        // The first boundary that is in none of the parts.
        let is_within = |boundary: &str| {
            let mut parts = written.iter();
            parts.any(|(_, _, it)| holds(it, boundary.as_bytes()))
        };
        let mut number = 0_u32;
        let mut boundary = "trueup-0".to_owned();
        while is_within(&boundary) {
            number += 1;
            boundary = format!("trueup-{number}");
        }
        let length = written.iter().map(|(_, _, it)| it.len() + 512).sum();
        let mut body = Zeroizing::new(Vec::with_capacity(length));
        for (head, kind, content) in &written {
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; {head}\r\nContent-Type: {kind}\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        self.body = Some(Body::new(body));
        let kind = format!("multipart/form-data; boundary={boundary}");
        self.put(CONTENT_TYPE, &kind, false)
    }

    fn put_named(self, name: &str, value: &str, secret: bool) -> Self {
        match HeaderName::from_bytes(name.as_bytes()) {
            Ok(name) => self.put(name, value, secret),
            Err(_) => self.refused(Problem::BadRequest(
                "a header has a name that cannot be sent",
            )),
        }
    }

    fn put(mut self, name: HeaderName, value: &str, secret: bool) -> Self {
        let Ok(mut value) = HeaderValue::from_str(value) else {
            return self.refused(Problem::BadRequest(
                "a header has a value that cannot be sent",
            ));
        };
        value.set_sensitive(secret);
        self.headers.insert(name, value);
        self
    }

    fn content_type(mut self, kind: &'static str) -> Self {
        self.headers
            .entry(CONTENT_TYPE)
            .or_insert(HeaderValue::from_static(kind));
        self
    }

    fn refused(mut self, problem: Problem) -> Self {
        self.wrong.get_or_insert(problem);
        self
    }
}

/// Whether bytes have others among them.
pub(super) fn holds(bytes: &[u8], sought: &[u8]) -> bool {
    bytes.windows(sought.len()).any(|window| window == sought)
}

/// A name within quotes, as forms of browsers write it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// What keeps a path from naming one thing beneath the endpoint. An empty part is most often an id that is missing, and
/// a DELETE of what then remains would hit another thing.
fn fault_in(path: &str) -> Option<&'static str> {
    let unescaped =
        |char: char| char.is_whitespace() || char.is_control() || matches!(char, '?' | '#' | '\\');
    let parts = || {
        path.split('/')
            .map(|part| part.to_ascii_lowercase().replace("%2e", "."))
    };
    if path.contains(unescaped) {
        Some("holds a character that must be escaped")
    } else if !path.is_empty() && parts().any(|part| part.is_empty()) {
        Some("has an empty part")
    } else if parts().any(|part| part == "." || part == "..") {
        Some("leads out of its place")
    } else {
        None
    }
}
