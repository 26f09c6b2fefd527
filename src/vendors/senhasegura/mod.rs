//! senhasegura (renamed Segura): what MySafe holds, the users and groups that it is shared with, and what PAM Core
//! manages: devices, credentials and keys.
//!
//! Facts are from the vendor's public documentation, releases 3.32 to 4.2, read in November 2026. What no public page
//! states is marked "assumed" where it matters.

mod answer;
mod api_secret;
mod client;
pub(crate) mod emulator;
mod group;
mod mysafe;
mod note;
mod pam;
mod password;
mod related_user;
mod scim;
mod session;
mod sharing;
mod tags;
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
use crate::model::address::KindId;
use crate::model::error::VendorError;
use crate::model::field::SecretField;
use crate::yaml::Node;
use api_secret::ApiSecret;
use client::Client;
use group::Group;
use note::Note;
use pam::credential::Credential;
use pam::device::Device;
use pam::ssh_key::SshKey;
use password::Password;
use related_user::RelatedUser;
use session::Credentials;
use user::User;

/// The vendor.
pub(crate) struct Senhasegura;

const PASSWORD: KindId = kind("password");
const NOTE: KindId = kind("note");
const API_SECRET: KindId = kind("api_secret");
const DEVICE: KindId = kind("device");
const CREDENTIAL: KindId = kind("credential");
const SSH_KEY: KindId = kind("ssh_key");
const RELATED_USER: KindId = kind("related_user");
const USER: KindId = kind("user");
const GROUP: KindId = kind("group");

const fn kind(name: &'static str) -> KindId {
    KindId {
        vendor: Senhasegura::NAME,
        name,
    }
}

/// What `trueup.yaml` says of a senhasegura system beyond what every system has.
#[derive(JsonSchema)]
pub(crate) struct Settings {
    /// Who trueup is to the vault: the OAuth 2.0 clients of its authorisations. Not needed with `endpoint: emulator`.
    #[schemars(default)]
    auth: Auth,
    /// The first part of every path of the API.
    #[schemars(with = "Option<Prefix>")]
    api_prefix: Prefix,
    /// Whether the access key encrypts what it returns, so that no secret can be compared.
    #[schemars(with = "Option<bool>", extend("default" = false))]
    encrypted_replies: bool,
}

#[derive(Default, JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct Auth {
    /// The tenant's subdomain; needed when the vault is called by its IP address.
    tenant: Option<String>,
    /// The client that may use MySafe, for passwords, notes and API secrets.
    mysafe: Option<Account>,
    /// The client that may use SCIM, for users and groups.
    scim: Option<Account>,
    /// The A2A authorization that may use PAM Core and users, for devices, credentials, SSH keys and related users.
    a2a: Option<Account>,
}

/// One authorisation: an OAuth 2.0 client, its secret possibly not at hand.
#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct Account {
    /// The client's id, as the vault shows it: written here, or referred to like a secret.
    #[schemars(with = "SecretField")]
    client_id: Written,
    /// The client's secret.
    client_secret: SecretField,
}

/// The first part of every path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
enum Prefix {
    /// Release 3.33 and later. So it is if nothing is said.
    Api,
    /// Releases before 3.33.
    Iso,
}

impl Prefix {
    fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Iso => "iso",
        }
    }
}

impl Vendor for Senhasegura {
    const NAME: &'static str = "senhasegura";
    const KINDS: &'static [&'static dyn AnyKind<Client>] = &[
        &KindOf::<User>::new(),
        &KindOf::<Group>::new(),
        &KindOf::<Password>::new(),
        &KindOf::<Note>::new(),
        &KindOf::<ApiSecret>::new(),
        &KindOf::<Device>::new(),
        &KindOf::<Credential>::new(),
        &KindOf::<SshKey>::new(),
        &KindOf::<RelatedUser>::new(),
    ];
    type Settings = Settings;
    type Client = Client;

    fn settings(map: &mut Mapping<'_, '_>) -> Option<Settings> {
        let reader = map.reader();
        let auth = map.node("auth").map(|node| Auth::decode(node, reader));
        let prefix = map.node("api_prefix").map(|node| {
            reader.word(
                node,
                "a path prefix",
                &[("api", Prefix::Api), ("iso", Prefix::Iso)],
            )
        });
        let encrypted_replies = map.optional("encrypted_replies").unwrap_or(false);
        Some(Settings {
            auth: auth.unwrap_or(Some(Auth::default()))?,
            api_prefix: prefix.unwrap_or(Some(Prefix::Api))?,
            encrypted_replies,
        })
    }

    fn connect(settings: &Settings, connecting: &Connecting<'_>) -> Result<Client, VendorError> {
        let Settings {
            auth:
                Auth {
                    tenant,
                    mysafe,
                    scim,
                    a2a,
                },
            api_prefix,
            encrypted_replies,
        } = settings;
        let credentials = |account: &Option<Account>, family: &'static str| {
            let given =
                |what: &str| (connecting.given)(&format!("{}_{what}", family.to_uppercase()));
            match account {
                Some(Account {
                    client_id: Written(id),
                    client_secret,
                }) => Credentials::new(family, id, client_secret),
                None => Credentials::given(family, given("CLIENT_ID"), given("CLIENT_SECRET")),
            }
        };
        Client::new(client::Parts {
            http: connecting.http.clone(),
            parallelism: connecting.parallelism,
            tenant: tenant.clone(),
            mysafe: credentials(mysafe, "mysafe"),
            scim: credentials(scim, "scim"),
            a2a: credentials(a2a, "a2a"),
            prefix: api_prefix.as_str(),
            encrypted_replies: *encrypted_replies,
        })
    }

    fn emulator(seed: Option<&str>, folder: Option<&Path>) -> Result<Arc<dyn Emulator>, String> {
        emulator::open(seed, folder).map_err(|error| error.to_string())
    }
}

impl Decode for Auth {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let mut map = reader.mapping(node, "auth")?;
        let auth = Self {
            tenant: map.optional("tenant"),
            mysafe: map.optional("mysafe"),
            scim: map.optional("scim"),
            a2a: map.optional("a2a"),
        };
        map.finish();
        Some(auth)
    }
}

impl Decode for Account {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let mut map = reader.mapping(node, "an authorisation")?;
        let client_id = map.required("client_id");
        let client_secret = map.required("client_secret");
        map.finish();
        Some(Self {
            client_id: client_id?,
            client_secret: client_secret?,
        })
    }
}
