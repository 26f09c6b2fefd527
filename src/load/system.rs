//! What `trueup.yaml` says of one system: where it is, how to reach it, whose its objects are.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use url::{Host, Url};

use super::reader::{Decode, Mapping, Reader};
use super::verb;
use super::verify::{self, Verifying};
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::kind::Capabilities;
use crate::model::rate::Rate;
use crate::model::resource::Ownership;
use crate::suggest::suggest;
use crate::yaml::{Entry, Node};

const BAD_ENDPOINT: Code = Code("bad-endpoint");
const PLAIN_HTTP: Code = Code("plain-http");
const BAD_DURATION: Code = Code("bad-duration");
const BAD_RATE: Code = Code("bad-rate");
const UNKNOWN_KIND: Code = Code("unknown-kind");
const SEED_WITHOUT_EMULATOR: Code = Code("seed-without-emulator");

/// What every system has, whatever its vendor.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct System {
    /// Where the system is: `https://HOST`, or `emulator` for the one that trueup brings along.
    pub endpoint: Endpoint,
    /// The file with the emulator's first world, relative to the workspace. Only with `endpoint: emulator`.
    #[schemars(example = &"live/world.yaml")]
    pub seed: Option<String>,
    /// A PEM file of certificate authorities to trust beside the usual ones, relative to the workspace.
    #[schemars(example = &"ca.pem")]
    pub ca_file: Option<String>,
    /// How long one request may take, such as `30s` or `2m`.
    #[schemars(
        with = "Option<String>",
        regex(pattern = "[0-9].*[A-Za-z]|[0-9]:[0-9]"),
        example = &"30s"
    )]
    pub timeout: Option<Duration>,
    /// How often a request that may be repeated is repeated when it fails. A write that may have been done all the same
    /// is looked for first, and sent again at most twice.
    pub retries: Option<u32>,
    /// How many requests may be under way at once.
    pub parallelism: Option<u32>,
    /// How many requests may leave in a second, a minute or an hour at most, such as `10/s`, `300/m` or `5000/h`.
    #[schemars(
        with = "Option<String>",
        regex(pattern = Rate::PATTERN),
        example = &"10/s"
    )]
    pub rate: Option<Rate>,
    /// Whether to do, too, what no public page of the vendor states how to do. Plans mark such steps, and `trueup
    /// capabilities` lists them.
    #[schemars(default)]
    pub assumed_actions: bool,
    /// How secrets are compared whose reading leaves a trail.
    #[schemars(skip)]
    pub verify: Verifying,
    /// Whose the objects are, by the name of the kind; [`Ownership::Marked`] where nothing is said.
    #[schemars(skip)]
    pub manage: BTreeMap<String, Ownership>,
}

/// Where a system is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// The built-in emulator.
    Emulator,
    Url(Url),
}

impl System {
    /// Reads the keys that every system has; the vendor reads its own from the same mapping.
    pub(crate) fn decode(map: &mut Mapping<'_, '_>, kinds: &[Capabilities]) -> Option<Self> {
        let reader = map.reader();
        let endpoint = map.required::<Endpoint>("endpoint");
        let seed_node = map.node("seed");
        let seed = seed_node.and_then(|node| reader.text(node, "a file"));
        if let (Some(node), Some(Endpoint::Url(_))) = (seed_node, &endpoint) {
            reader.push(Diagnostic::error(
                SEED_WITHOUT_EMULATOR,
                node.place(),
                "only the emulator has a seed",
            ));
        }
        let ca_file = map.optional("ca_file");
        let timeout = map.node("timeout").map(|node| read_duration(node, reader));
        let retries = map.optional("retries");
        let parallelism = map.optional("parallelism");
        let rate = map.node("rate").map(|node| read_rate(node, reader));
        let assumed_actions = map.optional("assumed_actions");
        let verify = map
            .node(verify::KEY)
            .map(|node| Verifying::decode(node, kinds, reader));
        let manage = map
            .node("manage")
            .map(|node| read_manage(node, reader, kinds));
        Some(Self {
            endpoint: endpoint?,
            seed,
            ca_file,
            timeout: timeout.flatten(),
            retries,
            parallelism,
            rate: rate.flatten(),
            assumed_actions: assumed_actions.unwrap_or(false),
            verify: verify.flatten().unwrap_or_default(),
            manage: manage.flatten().unwrap_or_default(),
        })
    }
}

impl Decode for Endpoint {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let text = reader.text(node, "a URL, or `emulator`")?;
        if text == "emulator" {
            return Some(Self::Emulator);
        }
        let problem = match Url::parse(&text) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") => "its scheme is not https",
            Ok(url) if url.password().is_some() || !url.username().is_empty() => {
                "it holds credentials, which belong under `auth:`"
            }
            Ok(url) if url.query().is_some() || url.fragment().is_some() => "it holds a query",
            Ok(url) => {
                if url.scheme() == "http" && !is_loopback(&url) {
                    reader.push(
                        Diagnostic::warning(
                            PLAIN_HTTP,
                            node.place(),
                            "credentials and secrets go to this endpoint unencrypted",
                        )
                        .help("write `https://`"),
                    );
                }
                return Some(Self::Url(url));
            }
            Err(_) => "it is not a URL",
        };
        reader.push(
            Diagnostic::error(
                BAD_ENDPOINT,
                node.place(),
                format!("this endpoint cannot be used: {problem}"),
            )
            .help("write `https://HOST`, or `emulator` for the built-in emulator"),
        );
        None
    }
}

impl JsonSchema for Endpoint {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Endpoint".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^emulator$|^https?://",
            "examples": ["https://vault.example.org", "emulator"],
        })
    }
}

/// Whether a URL leads to this machine and nowhere else.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Reads a duration such as `30s` that is not nothing.
pub(crate) fn read_duration(node: &Node, reader: &Reader<'_>) -> Option<Duration> {
    let text = reader.text(node, "a duration such as 30s")?;
    let duration = text
        .parse::<SignedDuration>()
        .ok()
        .and_then(|it| Duration::try_from(it).ok())
        .filter(|it| !it.is_zero());
    if duration.is_none() {
        reader.push(Diagnostic::error(
            BAD_DURATION,
            node.place(),
            format!("`{text}` is not a duration like 30s or 2m"),
        ));
    }
    duration
}

fn read_rate(node: &Node, reader: &Reader<'_>) -> Option<Rate> {
    let text = reader.text(node, "a rate such as 10/s")?;
    let rate = text.parse::<Rate>().ok();
    if rate.is_none() {
        reader.push(
            Diagnostic::error(
                BAD_RATE,
                node.place(),
                format!("`{text}` is not a rate like 10/s or 300/m"),
            )
            .help("write how many requests, from 1 to 999999, and in what: `s`, `m` or `h`"),
        );
    }
    rate
}

/// Says that a system has no kind of such a name.
pub(super) fn unknown_kind(entry: &Entry, kinds: &[Capabilities]) -> Diagnostic {
    let kind = &*entry.key.text;
    let names = kinds.iter().map(|it| it.id.name).collect::<Vec<_>>();
    let unknown = Diagnostic::error(
        UNKNOWN_KIND,
        entry.key.place,
        format!("this system has no kind `{kind}`"),
    );
    match suggest(kind, names.iter().copied()) {
        Some(near) => unknown.label(format!("did you mean `{near}`?")),
        None => unknown.help(format!("its kinds are: {}", names.join(", "))),
    }
}

fn read_manage(
    node: &Node,
    reader: &Reader<'_>,
    kinds: &[Capabilities],
) -> Option<BTreeMap<String, Ownership>> {
    let words = [
        ("marked", Ownership::Marked),
        ("exclusive", Ownership::Exclusive),
        ("additive", Ownership::Additive),
    ];
    let mut manage = BTreeMap::new();
    for entry in reader.entries(node, "kinds with whose their objects are")? {
        let kind = &*entry.key.text;
        let known = kinds.iter().find(|it| it.id.name == kind);
        if known.is_none() {
            reader.push(unknown_kind(entry, kinds));
        }
        if let Some(ownership) = reader.word(&entry.value, "an ownership", &words) {
            if let (Some(known), Ownership::Exclusive) = (known, ownership) {
                verb::check_exclusive(known, entry.value.place(), reader);
            }
            manage.insert(kind.to_owned(), ownership);
        }
    }
    Some(manage)
}
