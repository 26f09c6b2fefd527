//! PAM devices (vendor page, section 4.5): the machines that credentials and keys are for.

use std::borrow::Cow;
use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::super::DEVICE;
use super::super::answer::Loose;
use super::super::client::{Client, payload};
use super::super::tags::{Tagged, Tags};
use super::place::Place;
use super::{ASSUMED_ABSENT, ASSUMED_DISABLED, Already, refused};
use crate::http::{Response, segment};
use crate::load::reader::{Decode, Mapping, Reader};
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::{Link, Links};
use crate::yaml::Node;

const BAD_CONNECTIVITY: Code = Code("bad-connectivity");

/// A device of PAM Core.
#[derive(Clone, Debug)]
pub(crate) enum Device {}

// What an upsert goes by: another name would make another device (page 52).
const HOSTNAME: Field = Field::fixed("hostname");
const IP: Field = Field::new("ip");
const MODEL: Field = Field::new("model");
const TYPE: Field = Field::new("type");
const VENDOR: Field = Field::new("vendor");
const SITE: Field = Field::new("site");
const DOMAIN: Field = Field::new("domain");
const TAGS: Field = Field::new("tags").form(Form::Set);
const CONNECTIVITIES: Field = Field::new("connectivities").form(Form::Set);
const SESSION_REMOTE_CONFIG: Field = Field::new("session_remote_config");

/// A device of PAM Core. What is left out is not ours: it stays as it is. Disabling one suspends its credentials, and
/// enabling it again does not bring them back.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct DeviceSpec {
    /// The name that tells it from others. It cannot be changed later.
    #[schemars(example = &"db-01.example.org")]
    hostname: String,
    /// Its address, or another name of it.
    #[schemars(example = &"192.0.2.14")]
    ip: String,
    /// Its model. One that the vault does not know is added there.
    #[schemars(example = &"Debian 12")]
    model: String,
    /// Its type. One that the vault does not know is added there.
    #[serde(rename = "type")]
    #[schemars(example = &"Server")]
    kind: String,
    /// Who makes it. One that the vault does not know is added there.
    #[schemars(example = &"Debian")]
    vendor: String,
    /// Where it is. One that the vault does not know is added there.
    #[schemars(example = &"Head office")]
    site: String,
    /// The domain it belongs to, which the vault must know.
    #[schemars(example = &"corp.example.org")]
    domain: Option<String>,
    /// All of its tags, in any order. An empty list takes every tag away.
    tags: Option<Tags>,
    /// How to connect to it, protocol and port of each: `[SSH:22, HTTPS:443]`. All of them are listed.
    connectivities: Option<BTreeSet<Connectivity>>,
    /// How to log in, as the vendor's expression.
    #[schemars(example = &"SSH:EXPECT:FILL")]
    session_remote_config: Option<String>,
}

impl DecodeSpec for DeviceSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let hostname = map.required("hostname");
        let ip = map.required("ip");
        let model = map.required("model");
        let kind = map.required("type");
        let vendor = map.required("vendor");
        let site = map.required("site");
        let domain = map.optional("domain");
        let tags = map.optional("tags");
        let connectivities = map.optional("connectivities");
        let session_remote_config = map.optional("session_remote_config");
        Some(Self {
            hostname: hostname?,
            ip: ip?,
            model: model?,
            kind: kind?,
            vendor: vendor?,
            site: site?,
            domain,
            tags,
            connectivities,
            session_remote_config,
        })
    }
}

/// A protocol with its port, such as `SSH:22`. The vendor keeps them in one text with commas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Connectivity(String);

impl Decode for Connectivity {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let text = reader.text(node, "a protocol with its port")?;
        let (protocol, port) = text.split_once(':').unwrap_or((&text, ""));
        let is_sound = !protocol.is_empty() && protocol.trim() == protocol && !text.contains(',');
        if is_sound && port.parse::<u16>().is_ok_and(|port| port != 0) {
            return Some(Self(text));
        }
        let message = format!("`{text}` is not a protocol with its port");
        reader.push(
            Diagnostic::error(BAD_CONNECTIVITY, node.place(), message)
                .help("write one such as `SSH:22`"),
        );
        None
    }
}

impl JsonSchema for Connectivity {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Connectivity".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A protocol with its port, such as `SSH:22`.",
            "type": "string",
            "pattern": "^[^,: ]([^,:]*[^,: ])?:[0-9]+$",
        })
    }
}

impl Spec for DeviceSpec {
    const FIELDS: &'static [Field] = &[
        HOSTNAME,
        IP,
        MODEL,
        TYPE,
        VENDOR,
        SITE,
        DOMAIN,
        TAGS,
        CONNECTIVITIES,
        SESSION_REMOTE_CONFIG,
    ];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.hostname)
    }

    fn label(&self) -> &str {
        &self.hostname
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            hostname,
            ip,
            model,
            kind,
            vendor,
            site,
            domain,
            tags,
            connectivities,
            session_remote_config,
        } = self;
        fields.text(HOSTNAME, Some(hostname));
        fields.text(IP, Some(ip));
        fields.text(MODEL, Some(model));
        fields.text(TYPE, Some(kind));
        fields.text(VENDOR, Some(vendor));
        fields.text(SITE, Some(site));
        fields.text(DOMAIN, domain.as_ref());
        fields.set(TAGS, tags.as_ref().map(Tags::iter));
        let connectivities = connectivities.as_ref();
        let texts = connectivities.map(|it| it.iter().map(|Connectivity(text)| text.clone()));
        fields.set(CONNECTIVITIES, texts);
        fields.text(SESSION_REMOTE_CONFIG, session_remote_config.as_ref());
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

fn key(hostname: &str) -> NaturalKey {
    NaturalKey(vec![("hostname", hostname.to_owned())])
}

/// A device as it is read. A list lacks some of it, and calls the tags `tags`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entity {
    id: Loose,
    hostname: Loose,
    ip: Loose,
    model: Loose,
    #[serde(rename = "type")]
    kind: Loose,
    vendor: Loose,
    site: Loose,
    device_domain: Loose,
    #[serde(alias = "tags")]
    device_tags: Tagged,
    connectivities: Tagged,
    session_remote_config: Loose,
}

#[derive(Deserialize)]
struct ListAnswer {
    devices: Vec<Entity>,
}

#[derive(Deserialize)]
struct Answer {
    device: Entity,
}

impl From<Entity> for DeviceSpec {
    fn from(entity: Entity) -> Self {
        let Entity {
            id: _,
            hostname,
            ip,
            model,
            kind,
            vendor,
            site,
            device_domain,
            device_tags,
            connectivities,
            session_remote_config,
        } = entity;
        Self {
            hostname: hostname.0,
            ip: ip.0,
            model: model.0,
            kind: kind.0,
            vendor: vendor.0,
            site: site.0,
            domain: Some(device_domain.0),
            tags: Some(device_tags.into()),
            connectivities: Some(
                Tags::from(connectivities)
                    .iter()
                    .map(Connectivity)
                    .collect(),
            ),
            session_remote_config: Some(session_remote_config.0),
        }
    }
}

/// What an upsert sends. The first six are always wanted (page 52).
#[derive(Serialize)]
struct Body<'a> {
    hostname: &'a str,
    ip: &'a str,
    model: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    vendor: &'a str,
    site: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_domain: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_tags: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connectivities: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_remote_config: Option<&'a str>,
}

impl<'a> Body<'a> {
    /// The device of this name with the fields of a spec for which `sends` says so; of those that are always wanted the
    /// others as `have` has them.
    fn of(spec: &'a DeviceSpec, have: &'a DeviceSpec, sends: impl Fn(Field) -> bool) -> Self {
        let DeviceSpec {
            hostname: _,
            ip,
            model,
            kind,
            vendor,
            site,
            domain,
            tags,
            connectivities,
            session_remote_config,
        } = spec;
        let either =
            |field, wanted: &'a str, have: &'a str| if sends(field) { wanted } else { have };
        let tags = tags.as_ref().filter(|_| sends(TAGS));
        let connectivities = connectivities.as_ref().filter(|_| sends(CONNECTIVITIES));
        let connectivities = connectivities.map(|it| it.iter().map(|Connectivity(text)| &**text));
        Self {
            hostname: &have.hostname,
            ip: either(IP, ip, &have.ip),
            model: either(MODEL, model, &have.model),
            kind: either(TYPE, kind, &have.kind),
            vendor: either(VENDOR, vendor, &have.vendor),
            site: either(SITE, site, &have.site),
            device_domain: domain.as_deref().filter(|_| sends(DOMAIN)),
            device_tags: tags.map(|tags| tags.joined(",")),
            connectivities: connectivities.map(|it| it.collect::<Vec<_>>().join(", ")),
            session_remote_config: session_remote_config
                .as_deref()
                .filter(|_| sends(SESSION_REMOTE_CONFIG)),
        }
    }
}

const ALREADY: Already = Already {
    enabled: &[1044],
    // Assumed, after credentials and keys.
    disabled: &[1017],
    gone: &[1011],
};

async fn read(client: &Client, id: &RemoteId) -> Result<Live<Device>, VendorError> {
    let response = super::get(client, &format!("device/{}", segment(&id.0))).await?;
    let Some(refusal) = refused(&response) else {
        return Ok(Live::Active(entity(&response)?.into()));
    };
    match refusal.number {
        Some(1011) => Ok(Live::Gone),
        // Assumed: no page says what reading one that is disabled answers.
        Some(1008 | 1017) => Ok(Live::Disabled),
        _ => Err(refusal.pam(&response)),
    }
}

fn entity(response: &Response) -> Result<Entity, VendorError> {
    let Answer { device } = payload(response, |it| it.pam(response))?;
    Ok(device)
}

/// An active device as it is by now.
async fn active(client: &Client, id: &RemoteId) -> Result<DeviceSpec, VendorError> {
    match read(client, id).await? {
        Live::Active(have) => Ok(have),
        Live::Disabled => {
            Err(VendorError::refused("the device is disabled by now").help("plan again"))
        }
        Live::Gone => Err(VendorError::refused("the device is gone by now").help("plan again")),
    }
}

/// Where a device is.
pub(super) async fn place(client: &Client, id: &RemoteId) -> Result<Place, VendorError> {
    let DeviceSpec { hostname, ip, .. } = active(client, id).await?;
    Ok(Place { hostname, ip })
}

impl Kind for Device {
    const ID: KindId = DEVICE;
    const TABLE: &'static str = "devices";
    const REMOVAL: Removal = Removal::Disable;
    const ASSUMED: &'static [&'static str] = &[ASSUMED_DISABLED, ASSUMED_ABSENT];
    type Spec = DeviceSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let response = super::get(client, "device").await?;
        if let Some(refusal) = refused(&response) {
            return Err(refusal.pam(&response));
        }
        let ListAnswer { devices } = payload(&response, |it| it.pam(&response))?;
        let row = |it: Entity| Row {
            id: RemoteId(it.id.0),
            key: key(&it.hostname.0),
            label: it.hostname.0,
            spec: None,
            writable: true,
        };
        Ok(Listing {
            rows: devices.into_iter().map(row).collect(),
            incomplete: None,
        })
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        read(client, id).await
    }

    async fn create(
        client: &Client,
        want: &DeviceSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let body = Body::of(want, want, |_| true);
        let response = super::upsert(client, "device", &body, applying.permit).await?;
        let id = RemoteId(entity(&response)?.id.0);
        if super::may_have_found(&response) && matches!(read(client, &id).await?, Live::Disabled) {
            super::enable(client, "device", &id, &ALREADY, applying).await?;
        }
        let DeviceSpec { hostname, ip, .. } = want.clone();
        client.places.learn(&id, Place { hostname, ip });
        Ok(id)
    }

    /// The name by which it is updated is the one that it has, or another device would be made.
    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        client.places.forget(id);
        if update.enable {
            super::enable(client, "device", id, &ALREADY, applying).await?;
        }
        if update.changed.is_empty() {
            return Ok(());
        }
        let have = active(client, id).await?;
        let body = Body::of(update.want, &have, |field| update.changes(field));
        let response = super::upsert(client, "device", &body, applying.permit).await?;
        entity(&response).map(|_| ())
    }

    fn update_writes(update: &Update<'_, Self>) -> usize {
        usize::from(update.enable) + usize::from(!update.changed.is_empty())
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        client.places.forget(id);
        super::disable(client, "device", id, &ALREADY, applying).await
    }
}
