//! The vendors. To add one: a folder, its `mod` line, and its line in [`VENDORS`].

pub(crate) mod console_connect;
pub(crate) mod erased;
mod listed;
pub(crate) mod password_safe;
pub(crate) mod safeconsole;
pub(crate) mod senhasegura;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;

use crate::emulate::Emulator;
use crate::http;
use crate::load::reader::Mapping;
use crate::model::error::VendorError;
use crate::model::secret::Secret;
use erased::{AnyKind, AnyVendor};

/// Every vendor there is.
pub(crate) const VENDORS: &[&dyn AnyVendor] = &[
    &console_connect::ConsoleConnect,
    &password_safe::PasswordSafe,
    &safeconsole::SafeConsole,
    &senhasegura::Senhasegura,
];

/// A vendor: its settings, its client, its kinds and its emulator.
pub(crate) trait Vendor: Send + Sync + 'static {
    /// As the YAML, addresses and the emulator's paths spell it.
    const NAME: &'static str;
    /// Its kinds, each one line.
    const KINDS: &'static [&'static dyn AnyKind<Self::Client>];
    /// What `trueup.yaml` says of the system beyond what every system has.
    type Settings: JsonSchema + Send + Sync + 'static;
    type Client: Send + Sync + 'static;

    fn settings(map: &mut Mapping<'_, '_>) -> Option<Self::Settings>;

    /// Makes a client. Nothing is sent yet.
    fn connect(
        settings: &Self::Settings,
        connecting: &Connecting<'_>,
    ) -> Result<Self::Client, VendorError>;

    /// What whoever runs this should see to soon, such as credentials that run out, as sentences without a full stop.
    fn cautions(_client: &Self::Client, _now: Timestamp) -> Vec<String> {
        Vec::new()
    }

    /// Ends what the client holds open at the vendor. Called once at the end of every run, also of one that failed; what
    /// cannot be closed is left to run out.
    fn close(_client: &Self::Client) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Opens the emulator on a seed, keeping its world in a folder if one is given.
    fn emulator(seed: Option<&str>, folder: Option<&Path>) -> Result<Arc<dyn Emulator>, String>;
}

/// What a vendor needs to make its client: where the system is and who we are.
pub(crate) struct Connecting<'a> {
    pub http: http::Options,
    /// Credentials that stand in for those `trueup.yaml` leaves out, by the name that the emulator gives them.
    pub given: &'a dyn Fn(&str) -> Option<Secret>,
    /// How many requests may be under way at once.
    pub parallelism: usize,
    /// Whether may be done what no public page of the vendor states how to do.
    pub assumed_actions: bool,
}
