//! DataLocker SafeConsole, REST API v1.0 (beta): users of encrypted drives, their paths, drives, device policies.
//!
//! The vendor documents one action and public code shows two more; the others are guesses in the vendor's style, and are
//! asked for only where the system says `assumed_actions: true`. What no public source states is marked "assumed" where
//! it matters.

mod admin;
mod answer;
mod client;
mod drive;
pub(crate) mod emulator;
mod licence;
mod list;
mod path;
mod policy;
#[cfg(test)]
mod tests;
mod token;
mod user;

use std::path::Path as FilePath;
use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;

use super::erased::{AnyKind, KindOf};
use super::{Connecting, Vendor};
use crate::emulate::Emulator;
use crate::load::reader::{Decode, Mapping, Reader};
use crate::model::address::{KindId, RemoteId};
use crate::model::error::VendorError;
use crate::model::field::SecretField;
use crate::yaml::Node;
use admin::Admin;
use client::Client;
use drive::Drive;
use licence::Licence;
use path::Path;
use policy::Policy;
use token::Token;
use user::User;

/// The vendor.
pub(crate) struct SafeConsole;

const PATH: KindId = kind("path");
const POLICY: KindId = kind("policy");
const USER: KindId = kind("user");
const DRIVE: KindId = kind("drive");
const ADMIN: KindId = kind("admin");
const LICENCE: KindId = kind("licence");

const fn kind(name: &'static str) -> KindId {
    KindId {
        vendor: SafeConsole::NAME,
        name,
    }
}

/// What `trueup.yaml` says of a SafeConsole beyond what every system has.
#[derive(JsonSchema)]
pub(crate) struct Settings {
    /// Who trueup is to SafeConsole. Not needed with `endpoint: emulator`.
    #[schemars(default)]
    auth: Auth,
}

#[derive(Default, JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct Auth {
    /// An API token, from Profile Settings, tab API Tokens. It acts for the admin who made it.
    token: Option<SecretField>,
}

impl Vendor for SafeConsole {
    const NAME: &'static str = "safeconsole";
    const KINDS: &'static [&'static dyn AnyKind<Client>] = &[
        &KindOf::<Path>::new(),
        &KindOf::<Policy>::new(),
        &KindOf::<User>::new(),
        &KindOf::<Drive>::new(),
        &KindOf::<Admin>::new(),
        &KindOf::<Licence>::new(),
    ];
    type Settings = Settings;
    type Client = Client;

    fn settings(map: &mut Mapping<'_, '_>) -> Option<Settings> {
        let reader = map.reader();
        let auth = map.node("auth").map(|node| Auth::decode(node, reader));
        Some(Settings {
            auth: auth.unwrap_or(Some(Auth::default()))?,
        })
    }

    fn connect(settings: &Settings, connecting: &Connecting<'_>) -> Result<Client, VendorError> {
        let Settings {
            auth: Auth { token },
        } = settings;
        let token = match token {
            Some(field) => Token::of(field),
            None => Token::given((connecting.given)("TOKEN")),
        };
        Client::new(client::Parts {
            http: connecting.http.clone(),
            parallelism: connecting.parallelism,
            token,
            assumed_actions: connecting.assumed_actions,
        })
    }

    fn cautions(client: &Client, now: Timestamp) -> Vec<String> {
        client.token.caution(now).into_iter().collect()
    }

    fn emulator(
        seed: Option<&str>,
        folder: Option<&FilePath>,
    ) -> Result<Arc<dyn Emulator>, String> {
        emulator::open(seed, folder).map_err(|error| error.to_string())
    }
}

impl Decode for Auth {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let mut map = reader.mapping(node, "auth")?;
        let token = map.required("token");
        map.finish();
        Some(Self {
            token: Some(token?),
        })
    }
}

/// The number that a remote id is.
fn number(id: &RemoteId) -> Result<i64, VendorError> {
    id.0.parse().map_err(|_| {
        VendorError::refused(format!(
            "`{id}` is no id of a user or a path: those are numbers"
        ))
    })
}
