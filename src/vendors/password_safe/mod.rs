//! BeyondTrust Password Safe and BeyondInsight, public API v3: safes, folders, secrets, users and groups; and, only looked
//! at, what they refer to.
//!
//! Facts are from the vendor's public documentation and from its public clients, read in November 2026. What no public
//! source states is marked "assumed" where it matters.

mod answer;
mod client;
pub(crate) mod emulator;
mod folder;
mod grants;
mod group;
mod list;
mod observed;
mod safe;
mod secret;
mod session;
#[cfg(test)]
mod tests;
mod user;

use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;

use super::erased::{AnyKind, KindOf};
use super::{Connecting, Vendor};
use crate::emulate::Emulator;
use crate::load::reader::{Decode, Mapping, Reader};
use crate::load::secret::Written;
use crate::model::address::{KindId, RemoteId};
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::error::VendorError;
use crate::model::field::SecretField;
use crate::model::secret::Secret as Value;
use crate::yaml::Node;
use client::{Client, Version};
use folder::Folder;
use group::Group;
use observed::{AccessPolicy, PasswordRule, Platform, Role, SmartRule};
use safe::Safe;
use secret::Secret;
use session::{Credentials, known};
use user::User;

const BAD_AUTH: Code = Code("bad-auth");

/// The vendor.
pub(crate) struct PasswordSafe;

const SAFE: KindId = kind("safe");
const FOLDER: KindId = kind("folder");
const SECRET: KindId = kind("secret");
const USER: KindId = kind("user");
const GROUP: KindId = kind("group");

const fn kind(name: &'static str) -> KindId {
    KindId {
        vendor: PasswordSafe::NAME,
        name,
    }
}

/// What `trueup.yaml` says of a Password Safe beyond what every system has.
#[derive(JsonSchema)]
pub(crate) struct Settings {
    /// Who trueup is to Password Safe: `client_id` and `client_secret` of an application user (OAuth), or `api_key` and
    /// `runas` of an API registration. Not needed with `endpoint: emulator`.
    #[schemars(default)]
    auth: Auth,
    /// The version of the vendor's models to speak in; older servers know only older ones. 3.0 knows as owners of a
    /// secret either users or one group; 3.2 tells how many secrets there are, so that a list that was cut short is seen.
    #[schemars(with = "Option<ApiVersion>")]
    api_version: ApiVersion,
}

#[derive(Default, JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct Auth {
    /// The key of an API registration.
    api_key: Option<SecretField>,
    /// The user that the key acts as, `domain\user` for one of a domain. Goes with `api_key`.
    #[schemars(example = &"ci-app")]
    runas: Option<String>,
    /// That user's password, where the registration demands it.
    runas_password: Option<SecretField>,
    /// The OAuth client of an application user: written here, or referred to like a secret.
    #[schemars(with = "Option<SecretField>")]
    client_id: Option<Written>,
    /// The client's secret.
    client_secret: Option<SecretField>,
}

/// The version of the vendor's models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline)]
enum ApiVersion {
    #[schemars(rename = "3.0")]
    V3_0,
    #[schemars(rename = "3.1")]
    V3_1,
    /// So it is if nothing is said.
    #[schemars(rename = "3.2")]
    V3_2,
}

impl Vendor for PasswordSafe {
    const NAME: &'static str = "password_safe";
    const KINDS: &'static [&'static dyn AnyKind<Client>] = &[
        &KindOf::<User>::new(),
        &KindOf::<Group>::new(),
        &KindOf::<Safe>::new(),
        &KindOf::<Folder>::new(),
        &KindOf::<Secret>::new(),
        &KindOf::<Role>::new(),
        &KindOf::<AccessPolicy>::new(),
        &KindOf::<PasswordRule>::new(),
        &KindOf::<SmartRule>::new(),
        &KindOf::<Platform>::new(),
    ];
    type Settings = Settings;
    type Client = Client;

    fn settings(map: &mut Mapping<'_, '_>) -> Option<Settings> {
        let reader = map.reader();
        let auth = map.node("auth").map(|node| Auth::decode(node, reader));
        let words = [
            ("3.0", ApiVersion::V3_0),
            ("3.1", ApiVersion::V3_1),
            ("3.2", ApiVersion::V3_2),
        ];
        let version = map
            .node("api_version")
            .map(|node| reader.word(node, "a version of the API's models", &words));
        Some(Settings {
            auth: auth.unwrap_or(Some(Auth::default()))?,
            api_version: version.unwrap_or(Some(ApiVersion::V3_2))?,
        })
    }

    fn connect(settings: &Settings, connecting: &Connecting<'_>) -> Result<Client, VendorError> {
        let Settings { auth, api_version } = settings;
        Client::new(client::Parts {
            http: connecting.http.clone(),
            parallelism: connecting.parallelism,
            credentials: auth.credentials(connecting.given),
            version: match api_version {
                ApiVersion::V3_0 => Version::V3_0,
                ApiVersion::V3_1 => Version::V3_1,
                ApiVersion::V3_2 => Version::V3_2,
            },
        })
    }

    async fn close(client: &Client) {
        client.sign_out().await;
    }

    fn emulator(seed: Option<&str>, folder: Option<&Path>) -> Result<Arc<dyn Emulator>, String> {
        emulator::open(seed, folder).map_err(|error| error.to_string())
    }
}

impl Auth {
    /// Those that `trueup.yaml` names; else, of an emulator, the OAuth client or the key that it was told of.
    fn credentials(&self, given: &dyn Fn(&str) -> Option<Value>) -> Credentials {
        let Self {
            api_key,
            runas,
            runas_password,
            client_id,
            client_secret,
        } = self;
        let credentials = match (api_key, runas, client_id, client_secret) {
            (Some(key), Some(runas), _, _) => known(key).and_then(|key| {
                Ok(Credentials::ApiKey {
                    key,
                    runas: runas.clone(),
                    password: runas_password.as_ref().map(known).transpose()?,
                })
            }),
            (_, _, Some(Written(id)), Some(secret)) => known(id).and_then(|id| {
                Ok(Credentials::Client {
                    id: id.plain(),
                    secret: known(secret)?,
                })
            }),
            _ => match (given("CLIENT_ID"), given("CLIENT_SECRET")) {
                (Some(id), Some(secret)) => Ok(Credentials::Client {
                    id: id.plain(),
                    secret,
                }),
                _ => match (given("API_KEY"), given("RUNAS")) {
                    (Some(key), Some(runas)) => Ok(Credentials::ApiKey {
                        key,
                        runas: runas.plain(),
                        password: given("RUNAS_PASSWORD"),
                    }),
                    _ => Err("`auth` is not written".to_owned()),
                },
            },
        };
        credentials.unwrap_or_else(Credentials::Unknown)
    }
}

impl Decode for Auth {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let mut map = reader.mapping(node, "auth")?;
        // Whether a key is written counts, also where what it says is a mistake of its own.
        let keys = ["api_key", "runas", "client_id", "client_secret"];
        let written = keys.map(|key| map.node(key).is_some());
        let auth = Self {
            api_key: map.optional("api_key"),
            runas: map.optional("runas"),
            runas_password: map.optional("runas_password"),
            client_id: map.optional("client_id"),
            client_secret: map.optional("client_secret"),
        };
        let has_password = map.node("runas_password").is_some();
        map.finish();
        let is_key = written == [true, true, false, false];
        let is_client = written == [false, false, true, true] && !has_password;
        if !is_key && !is_client {
            reader.push(
                Diagnostic::error(BAD_AUTH, node.place(), "`auth` says one way to log in, whole").help(
                    "write either `client_id` and `client_secret`, or `api_key` and `runas`, with `runas_password` \
                     where the registration demands it",
                ),
            );
            return None;
        }
        Some(auth)
    }
}

/// The number that a remote id is.
fn number(id: &RemoteId) -> Result<i64, VendorError> {
    id.0.parse().map_err(|_| {
        VendorError::refused(format!(
            "`{id}` is no id of a user, a group or a rule: those are numbers"
        ))
    })
}
