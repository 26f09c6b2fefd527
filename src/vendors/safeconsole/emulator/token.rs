//! Tokens. An API token is made in the web interface and stands in for user name and password; it has the shape of the
//! vendor's sample, a JWT with five readable claims [1, derived]. Another token lets a drive register for a user.

use axum::http::{HeaderMap, header};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::{digest, hmac};
use serde_json::json;

use super::clock;
use super::console::{Console, is_within};
use super::seed::Token;

/// It signs tokens of demonstrations, is published here and protects nothing.
const SIGNING_KEY: &[u8] = b"the key of an emulator";

/// The text of a token, as the web interface would show it once.
pub(crate) fn jwt(host: &str, token: &Token) -> String {
    let claims = json!({
        "roles": token.roles,
        "iss": host,
        "realm": "com.example.ssoRealm",
        "admin_name": token.admin,
        "exp": clock::seconds(&token.expires).unwrap_or_default(),
    });
    let encode = |json: serde_json::Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
    let signed = format!("{}.{}", encode(json!({ "alg": "HS256" })), encode(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, SIGNING_KEY);
    let signature = BASE64URL_NOPAD.encode(hmac::sign(&key, signed.as_bytes()).as_ref());
    format!("{signed}.{signature}")
}

/// Whether a token is good at the moment at which the world stands.
pub(crate) fn is_good(console: &Console, token: &Token) -> bool {
    !token.revoked && token.expires > console.server.now
}

/// The token that a request bears, if it is one of the world's and still good.
pub(crate) fn bearer<'a>(console: &'a Console, headers: &HeaderMap) -> Option<&'a Token> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, text) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let is_meant = |token: &&Token| jwt(&console.server.host, token) == text.trim();
    let token = console.tokens.iter().find(is_meant)?;
    is_good(console, token).then_some(token)
}

impl Token {
    /// Whether the admin for whom a token acts sees a path. Assumed: with a path comes what is below it.
    pub(crate) fn sees(&self, path: &str) -> bool {
        let above = self.paths.as_ref();
        above.is_none_or(|above| above.iter().any(|above| is_within(path, above)))
    }
}

/// The registration token of a user: a digit and the base64 of 32 bytes [5, derived]. It is made of the id, so that
/// worlds need not hold it.
pub(crate) fn registration_token(host: &str, user: u64) -> String {
    let bytes = digest::digest(&digest::SHA256, format!("{host}/{user}").as_bytes());
    format!("1{}", BASE64.encode(bytes.as_ref()))
}
