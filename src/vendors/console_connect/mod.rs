//! Console Connect of PCCW Global: members of a company, ASNs, ports and layer 2 connections.
//!
//! Facts are from the vendor's OpenAPI document of September 2024, its documentation pages and its public clients, read
//! in November 2026. What no public source states is marked "assumed" where it matters.

mod answer;
mod asn;
mod client;
mod company;
mod connection;
mod data_centre;
pub(crate) mod emulator;
mod member;
mod port;
mod price;
mod role;
mod session;
mod speed;
#[cfg(test)]
mod tests;
mod wait;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;

use super::erased::{AnyKind, KindOf};
use super::{Connecting, Vendor};
use crate::emulate::Emulator;
use crate::load::reader::{Decode, Mapping, Reader};
use crate::load::system::read_duration;
use crate::model::address::KindId;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::error::VendorError;
use crate::model::field::SecretField;
use crate::model::secret::Secret;
use crate::yaml::Node;
use asn::Asn;
use client::Client;
use company::Company;
use connection::Connection;
use data_centre::DataCentre;
use member::Member;
use port::Port;
use role::Role;
use session::{Credentials, known};

const BAD_AUTH: Code = Code("bad-auth");
const DEPRECATED_LOGIN: Code = Code("deprecated-login");

/// How long is waited for what the vendor does by itself, where nothing else is said.
const WAIT: Duration = Duration::from_secs(120);

/// The vendor.
pub(crate) struct ConsoleConnect;

const MEMBER: KindId = kind("member");
const ASN: KindId = kind("asn");
const PORT: KindId = kind("port");
const CONNECTION: KindId = kind("connection");
const ROLE: KindId = kind("role");
const COMPANY: KindId = kind("company");
const DATA_CENTRE: KindId = kind("data_centre");

const fn kind(name: &'static str) -> KindId {
    KindId {
        vendor: ConsoleConnect::NAME,
        name,
    }
}

/// What `trueup.yaml` says of a Console Connect beyond what every system has.
#[derive(JsonSchema)]
pub(crate) struct Settings {
    /// Who trueup is to Console Connect. Not needed with `endpoint: emulator`.
    #[schemars(default)]
    auth: Auth,
    /// The username of the company to work in. Needed where trueup's user belongs to several.
    #[schemars(example = &"exampleco")]
    company: Option<String>,
    /// How long an apply waits at each step for what the vendor does by itself: making what was ordered, switching on and
    /// off, changing a speed. Two minutes if nothing is said. What takes longer goes on, and plans tell of it.
    #[schemars(
        with = "Option<String>",
        regex(pattern = "[0-9].*[A-Za-z]|[0-9]:[0-9]"),
        example = &"2m"
    )]
    wait: Duration,
}

#[derive(Default, JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct Auth {
    /// The API key that the vendor's Support issues to a user.
    api_key: Option<SecretField>,
    /// The e-mail address that the user logs in with. Goes with `password`. The vendor is retiring this login.
    #[schemars(example = &"ops@example.org")]
    email: Option<String>,
    /// The user's password.
    password: Option<SecretField>,
}

impl Vendor for ConsoleConnect {
    const NAME: &'static str = "console_connect";
    const KINDS: &'static [&'static dyn AnyKind<Client>] = &[
        &KindOf::<Member>::new(),
        &KindOf::<Asn>::new(),
        &KindOf::<Port>::new(),
        &KindOf::<Connection>::new(),
        &KindOf::<Role>::new(),
        &KindOf::<Company>::new(),
        &KindOf::<DataCentre>::new(),
    ];
    type Settings = Settings;
    type Client = Client;

    fn settings(map: &mut Mapping<'_, '_>) -> Option<Settings> {
        let reader = map.reader();
        let auth = map.node("auth").map(|node| Auth::decode(node, reader));
        let company = map.optional("company");
        let wait = map.node("wait").map(|node| read_duration(node, reader));
        Some(Settings {
            auth: auth.unwrap_or(Some(Auth::default()))?,
            company,
            wait: wait.unwrap_or(Some(WAIT))?,
        })
    }

    fn connect(settings: &Settings, connecting: &Connecting<'_>) -> Result<Client, VendorError> {
        let Settings {
            auth,
            company,
            wait,
        } = settings;
        Client::new(client::Parts {
            http: connecting.http.clone(),
            credentials: auth.credentials(connecting.given),
            company: company.clone(),
            wait: *wait,
        })
    }

    async fn close(client: &Client) {
        client.log_out().await;
    }

    fn emulator(seed: Option<&str>, folder: Option<&Path>) -> Result<Arc<dyn Emulator>, String> {
        emulator::open(seed, folder).map_err(|error| error.to_string())
    }
}

impl Auth {
    /// Those that `trueup.yaml` names; else, of an emulator, the key that it was told of.
    fn credentials(&self, given: &dyn Fn(&str) -> Option<Secret>) -> Credentials {
        let Self {
            api_key,
            email,
            password,
        } = self;
        let credentials = match (api_key, email, password) {
            (Some(key), _, _) => known(key).map(Credentials::ApiKey),
            (None, Some(email), Some(password)) => known(password).map(|password| {
                let email = email.clone();
                Credentials::Password { email, password }
            }),
            (None, _, _) => given("API_KEY")
                .map(Credentials::ApiKey)
                .ok_or_else(|| "`auth` is not written".to_owned()),
        };
        credentials.unwrap_or_else(Credentials::Unknown)
    }
}

impl Decode for Auth {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let mut map = reader.mapping(node, "auth")?;
        // Whether a key is written counts, also where what it says is a mistake of its own.
        let written = ["api_key", "email", "password"].map(|key| map.node(key).is_some());
        let auth = Self {
            api_key: map.optional("api_key"),
            email: map.optional("email"),
            password: map.optional("password"),
        };
        map.finish();
        match written {
            [true, false, false] => Some(auth),
            [false, true, true] => {
                let message = "the vendor is retiring the login with e-mail and password";
                let warning = Diagnostic::warning(DEPRECATED_LOGIN, node.place(), message);
                reader.push(warning.help("ask its Support for an API key, and write `api_key`"));
                Some(auth)
            }
            _ => {
                let message = "`auth` says one way to log in, whole";
                reader.push(Diagnostic::error(BAD_AUTH, node.place(), message).help(
                    "write `api_key`, or, as long as the vendor allows it, `email` and `password`",
                ));
                None
            }
        }
    }
}
