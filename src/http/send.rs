//! Sends a request: how often, within which limits, and along which redirects.

use std::time::Instant;

use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, LOCATION};
use url::Url;
use zeroize::Zeroizing;

use super::error::{Error, Problem};
use super::request::{Request, holds};
use super::response::Response;
use super::retry::{self, LONGEST_WAIT, Nature, Next, Seen};
use crate::model::secret::Secret;

/// How many redirects in a row are followed.
const MOST_REDIRECTS: usize = 5;

impl Request<'_> {
    /// Sends it, again where that is safe, and gives the answer whatever its status.
    pub(crate) async fn send(mut self) -> Result<Response, Error> {
        if let Some(problem) = self.wrong.take() {
            return Err(self.subject.unsent(problem));
        }
        self.spell_spaces();
        let mut backoff = retry::backoff();
        let mut left = self.client.options.retries;
        let mut maybe_done = false;
        loop {
            let attempt = self.client.options.retries - left + 1;
            let result = self.attempt(attempt).await;
            let seen = seen(&result);
            let before = maybe_done;
            maybe_done |= seen.maybe_done() && self.nature.writes();
            if let Some((status, asked)) = seen.pause() {
                self.client.options.traffic.pause(status, asked);
            }
            let wait = match retry::decide(self.nature, seen, left) {
                Next::Stop => {
                    self.count(&result);
                    return match result {
                        Ok(answer) => Ok(answer.or_done_before(before)),
                        Err(error) => Err(error.or_done_before(maybe_done)),
                    };
                }
                Next::TooLong(asked) => {
                    let status = result.map_or(0, |response| response.status);
                    let problem = Problem::Wait {
                        status,
                        asked,
                        limit: LONGEST_WAIT,
                    };
                    return Err(self.subject.unsent(problem).or_done_before(maybe_done));
                }
                Next::Backoff => backoff.next().unwrap_or_default(),
                Next::After(wait) => wait,
            };
            left -= 1;
            tokio::time::sleep(wait).await;
        }
    }

    /// Sends it once, along redirects.
    async fn attempt(&self, attempt: u32) -> Result<Response, Error> {
        let mut url = self.url.clone();
        let mut redirects = 0;
        let traffic = &self.client.options.traffic;
        loop {
            traffic
                .turn()
                .await
                .map_err(|problem| self.subject.unsent(problem))?;
            let begin = Instant::now();
            let result = self.exchange(&url).await;
            let took = begin.elapsed();
            if result.is_ok() {
                traffic.answered(took);
            }
            let milliseconds = took.as_millis();
            let (method, path) = (&self.method, url.path());
            match &result {
                Ok(answer) => {
                    tracing::debug!(%method, path, status = answer.status, attempt, milliseconds, "answered")
                }
                Err(error) => {
                    tracing::debug!(%method, path, problem = %error.problem(), attempt, milliseconds, "failed")
                }
            }
            let answer = result?;
            let Some(next) = self.redirect(&url, &answer)? else {
                return Ok(answer);
            };
            redirects += 1;
            if redirects > MOST_REDIRECTS {
                let to = format!("after {MOST_REDIRECTS} others");
                return Err(self.subject.sent(Problem::Redirect {
                    status: answer.status,
                    to,
                }));
            }
            url = next;
        }
    }

    /// Counts a read that brought what was asked for.
    fn count(&self, result: &Result<Response, Error>) {
        if self.nature == Nature::Read && result.as_ref().is_ok_and(Response::is_success) {
            self.client.options.traffic.read();
        }
    }

    async fn exchange(&self, url: &Url) -> Result<Response, Error> {
        let options = &self.client.options;
        let failed = |error| self.subject.failed(error, url, options.timeout);
        let too_large = || {
            self.subject.sent(Problem::TooLarge {
                limit: options.max_body,
            })
        };
        let mut request = self
            .client
            .http
            .request(self.method.clone(), url.clone())
            .headers(self.headers.clone());
        match &self.body {
            Some(body) => request = request.body(body.clone()),
            // Some servers answer 411 to what may have a body and does not say that it is empty.
            None if matches!(self.method, Method::POST | Method::PUT | Method::PATCH) => {
                request = request.header(CONTENT_LENGTH, 0);
            }
            None => {}
        }
        let mut answer = request.send().await.map_err(failed)?;
        let length = answer.content_length().map_or(Ok(0), usize::try_from);
        let Some(length) = length.ok().filter(|length| *length <= options.max_body) else {
            return Err(too_large());
        };
        let mut body = Zeroizing::new(Vec::with_capacity(length));
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > options.max_body {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let status = answer.status().as_u16();
        let quotable = status >= 400
            && self.body.is_none()
            && !self.secrets.iter().any(|secret| echoes(&body, secret));
        let headers = std::mem::take(answer.headers_mut());
        Ok(Response {
            status,
            headers,
            body,
            subject: self.subject.clone(),
            quotable,
            maybe_done: false,
        })
    }

    /// Where an answer points, if it may be followed there: reads only, and only at the endpoint's own origin.
    fn redirect(&self, url: &Url, answer: &Response) -> Result<Option<Url>, Error> {
        let status = answer.status;
        let (true, Some(location)) = (
            matches!(status, 301 | 302 | 303 | 307 | 308),
            answer.headers.get(LOCATION),
        ) else {
            return Ok(None);
        };
        let refuse = |to: &str| {
            let problem = Problem::Redirect {
                status,
                to: to.to_owned(),
            };
            // 307 and 308 ask for the same request elsewhere; the others may stand for "done, now look there".
            Err(if matches!(status, 307 | 308) {
                self.subject.unsent(problem)
            } else {
                self.subject.sent(problem)
            })
        };
        let Some(next) = location
            .to_str()
            .ok()
            .and_then(|location| url.join(location).ok())
        else {
            return refuse("to an address that cannot be read");
        };
        match strays(url, &next) {
            Some(to) => refuse(&to),
            None if self.method != Method::GET => refuse("of a request that is not a GET"),
            None => Ok(Some(next)),
        }
    }

    /// Writes spaces in the query as `%20`, which every system reads; `+` is for forms. A plus itself is `%2B` here.
    fn spell_spaces(&mut self) {
        if let Some(query) = self.url.query().map(|query| query.replace('+', "%20")) {
            self.url.set_query(Some(&query));
        }
    }
}

/// Says where a redirect leads if that is not the same origin, where alone our headers may be shown.
fn strays(from: &Url, to: &Url) -> Option<String> {
    let origin = to.origin().ascii_serialization();
    if (from.scheme(), to.scheme()) == ("https", "http") {
        Some(format!("from https to plain http, {origin}"))
    } else if to.host() != from.host() {
        Some(format!("to another host, {origin}"))
    } else if to.origin() != from.origin() {
        Some(format!("to another origin, {origin}"))
    } else if !to.username().is_empty() || to.password().is_some() {
        // It would take the place of our own authorization.
        Some("to an address with a user in it".to_owned())
    } else {
        None
    }
}

fn seen(result: &Result<Response, Error>) -> Seen {
    match result {
        Ok(answer) => Seen::Answer {
            status: answer.status,
            retry_after: answer.retry_after(),
        },
        Err(error) if matches!(error.problem(), Problem::Connect { .. }) => Seen::NotSent,
        Err(error) if matches!(error.problem(), Problem::Timeout { .. } | Problem::Lost) => {
            Seen::InDoubt
        }
        Err(_) => Seen::Hopeless,
    }
}

fn echoes(body: &[u8], secret: &Secret) -> bool {
    let secret = secret.reveal().as_bytes();
    !secret.is_empty() && holds(body, secret)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::strays;

    #[test]
    fn a_redirect_stays_only_where_scheme_host_and_port_stay() {
        let from = Url::parse("https://vault.example/api/v3/Users?page=1").unwrap();
        let table = [
            ("/login", None),
            ("?page=2", None),
            ("https://vault.example:443/api", None),
            ("https://VAULT.example/api", None),
            (
                "http://vault.example/api",
                Some("from https to plain http, http://vault.example"),
            ),
            (
                "//evil.example/api",
                Some("to another host, https://evil.example"),
            ),
            (
                "https://vault.example.evil.example/",
                Some("to another host, https://vault.example.evil.example"),
            ),
            (
                "https://vault.example@evil.example/",
                Some("to another host, https://evil.example"),
            ),
            (
                "https://vault.example:8443/api",
                Some("to another origin, https://vault.example:8443"),
            ),
            (
                "https://u:hunter2@vault.example/api",
                Some("to an address with a user in it"),
            ),
            ("data:text/plain,x", Some("to another host, null")),
        ];
        for (location, wanted) in table {
            let to = from.join(location).unwrap();
            assert_eq!(strays(&from, &to).as_deref(), wanted, "{location}");
        }
        let plain = Url::parse("http://vault.example/").unwrap();
        let to = Some("to another origin, https://vault.example".to_owned());
        assert_eq!(strays(&plain, &from), to);
    }
}
