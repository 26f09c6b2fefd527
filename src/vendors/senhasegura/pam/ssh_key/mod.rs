//! PAM SSH keys (vendor page, section 4.7). They are listed among credentials; reading one takes custody of nothing.

mod body;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::SSH_KEY;
use super::super::answer::Loose;
use super::super::client::{Client, payload};
use super::super::tags::{Tagged, Tags};
use super::device::Device;
use super::listed::{self, ListRow};
use super::place::place;
use super::{ASSUMED_DISABLED, Already, refused};
use crate::http::segment;
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::{Cause, VendorError};
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::kind::{Kind, Listing, Live, Look, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::{Link, Links, Ref};
use crate::model::secret::Secret;
use body::Body;

/// An SSH key of PAM Core.
#[derive(Clone, Debug)]
pub(crate) enum SshKey {}

// What an upsert goes by: another one would make another key (page 58).
const IDENTIFIER: Field = Field::fixed("identifier");
// No page says that a key can be moved.
const DEVICE_OF: Field = Field::fixed("device").form(Form::Reference);
const USERNAME: Field = Field::new("username");
const KEY_NAME: Field = Field::new("key_name");
const PUBLIC_KEY: Field = Field::new("public_key");
const PRIVATE_KEY: Field = Field::new("private_key")
    .form(Form::Secret)
    .never_generated();
const PASSPHRASE: Field = Field::new("passphrase").form(Form::Secret);
const TAGS: Field = Field::new("tags").form(Form::Set);
const DEVICES: Field = Field::new("devices").form(Form::References);
const ENABLED: Field = Field::new("enabled").form(Form::Flag);

/// An SSH key of PAM Core. What is left out is not ours: it stays as it is.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct SshKeySpec {
    /// What tells it from others. It cannot be changed later.
    #[schemars(example = &"deploy")]
    identifier: String,
    /// The device that the key is kept with: `device.NAME` for one that the workspace declares, `{ live: HOSTNAME }` for
    /// one that exists only at the vendor. It cannot be changed later.
    device: Ref<Device>,
    /// The name of the account that logs in with it.
    #[schemars(example = &"deploy")]
    username: Option<String>,
    /// What people call it.
    key_name: Option<String>,
    /// The public part, as `authorized_keys` has it.
    public_key: String,
    /// The private part, as a reference to where its value is. Needed to create one; left out, the one that is there is
    /// kept.
    private_key: Option<SecretField>,
    /// What the private part is encrypted with, as a reference to where its value is. The vendor calls it `password`.
    passphrase: Option<SecretField>,
    /// All of its tags, in any order. An empty list takes every tag away.
    tags: Option<Tags>,
    /// Every device that takes it: `device.NAME` for one that the workspace declares, `{ live: HOSTNAME }` for one that
    /// exists only at the vendor.
    devices: Option<BTreeSet<Ref<Device>>>,
    /// Whether it can be used. One that is declared is enabled, unless this says `false`: then it is kept disabled, and
    /// nothing else of it can be compared.
    enabled: Option<bool>,
}

impl DecodeSpec for SshKeySpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let identifier = map.required("identifier");
        let device = map.required("device");
        let username = map.optional("username");
        let key_name = map.optional("key_name");
        let public_key = map.required("public_key");
        let private_key = map.optional("private_key");
        let passphrase = map.optional("passphrase");
        let tags = map.optional("tags");
        let devices = map.optional("devices");
        let enabled = map.optional("enabled");
        Some(Self {
            identifier: identifier?,
            device: device?,
            username,
            key_name,
            public_key: public_key?,
            private_key,
            passphrase,
            tags,
            devices,
            enabled,
        })
    }
}

impl Spec for SshKeySpec {
    const FIELDS: &'static [Field] = &[
        IDENTIFIER,
        DEVICE_OF,
        USERNAME,
        KEY_NAME,
        PUBLIC_KEY,
        PRIVATE_KEY,
        PASSPHRASE,
        TAGS,
        DEVICES,
        ENABLED,
    ];
    const BESIDE_WANT: &'static [&'static str] = &[
        USERNAME.name,
        KEY_NAME.name,
        TAGS.name,
        DEVICES.name,
        IDENTIFIER.name,
        PUBLIC_KEY.name,
    ];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.identifier)
    }

    fn label(&self) -> &str {
        &self.identifier
    }

    fn lacks(&self) -> Vec<Field> {
        if self.private_key.is_none() {
            vec![PRIVATE_KEY]
        } else {
            Vec::new()
        }
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            identifier,
            device,
            username,
            key_name,
            public_key,
            private_key,
            passphrase,
            tags,
            devices,
            enabled,
        } = self;
        fields.text(IDENTIFIER, Some(identifier));
        fields.reference(DEVICE_OF, Some(device));
        fields.text(USERNAME, username.as_ref());
        fields.text(KEY_NAME, key_name.as_ref());
        fields.text(PUBLIC_KEY, Some(public_key));
        fields.secret(PRIVATE_KEY, private_key.as_ref());
        fields.secret(PASSPHRASE, passphrase.as_ref());
        fields.set(TAGS, tags.as_ref().map(Tags::iter));
        fields.refs(DEVICES, devices.as_ref());
        fields.flag(ENABLED, *enabled);
    }

    /// What is disabled cannot be read (page 58).
    fn untold(&self, want: &Self) -> Vec<(Field, String)> {
        if self.enabled != Some(false) {
            return Vec::new();
        }
        let nobody = Links::default();
        let mut wanted = Fields::new(&nobody);
        want.list(&mut wanted);
        let fields = wanted.into_list().into_iter().map(|(field, _)| field);
        let known = [IDENTIFIER.name, DEVICE_OF.name, ENABLED.name];
        let untold = fields.filter(|field| !known.contains(&field.name));
        untold
            .map(|field| (field, "it is disabled".to_owned()))
            .collect()
    }

    /// Reading one does not tell its identifier (page 56). The list did, or it would not have been found by it.
    fn as_told(&self, want: &Self) -> Self {
        let mut told = self.clone();
        if told.identifier.is_empty() {
            told.identifier.clone_from(&want.identifier);
        }
        told
    }

    fn links(&self) -> Vec<(Field, Link)> {
        // What is said of the device that it is kept with is no second thing.
        let others = self.devices.iter().flatten();
        let others = others.filter(|it| **it != self.device);
        let devices = others.map(|it| (DEVICES, it.link()));
        let device = (DEVICE_OF, self.device.link().by_id());
        std::iter::once(device).chain(devices).collect()
    }
}

fn key(identifier: &str) -> NaturalKey {
    NaturalKey(vec![("identifier", identifier.to_owned())])
}

/// A key as it is read. `expiration_time` is left unread, and that it can be read says that it is enabled.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entity {
    #[serde(alias = "tag")]
    identifier: Loose,
    hostname: Loose,
    username: Loose,
    key_name: Loose,
    public_key: Loose,
    private_key: Option<Secret>,
    password: Option<Secret>,
    tags: Tagged,
    devices: Vec<On>,
}

/// A device that a key is on.
#[derive(Deserialize)]
struct On {
    hostname: Loose,
}

impl From<Entity> for SshKeySpec {
    fn from(entity: Entity) -> Self {
        let Entity {
            identifier,
            hostname,
            username,
            key_name,
            public_key,
            private_key,
            password,
            tags,
            devices,
        } = entity;
        let devices = devices.into_iter().map(|on| Ref::live(on.hostname.0));
        Self {
            identifier: identifier.0,
            device: Ref::live(hostname.0),
            username: Some(username.0),
            key_name: Some(key_name.0),
            public_key: public_key.0,
            private_key: private_key.map(SecretField::Known),
            // A key without one reads as an empty one.
            passphrase: password
                .filter(|it| !it.reveal().is_empty())
                .map(SecretField::Known),
            tags: Some(tags.into()),
            devices: Some(devices.collect()),
            enabled: Some(true),
        }
    }
}

#[derive(Deserialize)]
struct ReadAnswer {
    key: Entity,
}

#[derive(Deserialize)]
struct Answer {
    key: Written,
}

#[derive(Deserialize)]
struct Written {
    id: Loose,
    #[serde(default)]
    devices_error: Vec<NotOn>,
}

/// A device that the key could not be put on.
#[derive(Deserialize)]
#[serde(untagged)]
enum NotOn {
    Named { hostname: String },
    Text(String),
    Other(serde::de::IgnoredAny),
}

const ALREADY: Already = Already {
    enabled: &[1045],
    disabled: &[1017],
    gone: &[1015],
};

/// Sends one, and gives its id and whether it may have been there.
async fn upsert(
    client: &Client,
    body: &Body<'_>,
    applying: &Applying<'_>,
) -> Result<(RemoteId, bool), VendorError> {
    let response = super::upsert(client, "key", body, applying.permit).await?;
    let Answer {
        key: Written { id, devices_error },
    } = payload(&response, |it| it.pam(&response))?;
    check_devices(devices_error)?;
    Ok((RemoteId(id.0), super::may_have_found(&response)))
}

/// Turns a non-empty `devices_error` into the error it is: the key was stored, but not for all devices (page 57).
fn check_devices(refused: Vec<NotOn>) -> Result<(), VendorError> {
    if refused.is_empty() {
        return Ok(());
    }
    let names = refused.into_iter().map(|it| match it {
        NotOn::Named { hostname } | NotOn::Text(hostname) => format!("`{hostname}`"),
        NotOn::Other(_) => "one it does not name".to_owned(),
    });
    let names = names.collect::<Vec<_>>().join(", ");
    Err(VendorError::new(
        Cause::Partial,
        format!("stored, but senhasegura did not put it on {names}"),
    )
    .help("only devices that the vault has and that are enabled can take a key"))
}

/// The identifier that one has.
fn identifier(rows: &[ListRow], id: &RemoteId) -> Result<String, VendorError> {
    let Some(row) = rows.iter().find(|row| row.id.0 == id.0) else {
        return Err(VendorError::refused("no list shows it by now").help("plan again"));
    };
    if row.identifier.0.is_empty() {
        return Err(VendorError::refused(
            "it has no identifier, and the vendor updates a key by nothing else",
        )
        .help("disable it, and have a new one created"));
    }
    Ok(row.identifier.0.clone())
}

/// Disables one that was made a moment ago. One that is made disabled could not be found again if the answer were lost,
/// since no list shows it; of this one the id is known.
async fn switch_off(
    client: &Client,
    id: RemoteId,
    applying: &Applying<'_>,
) -> Result<RemoteId, VendorError> {
    let disabled = super::disable(client, "key", &id, &ALREADY, applying).await;
    let Err(error) = disabled else {
        return Ok(id);
    };
    match SshKey::read(client, &id).await {
        Ok(Live::Disabled) => Ok(id),
        Ok(Live::Active(_) | Live::Gone) | Err(_) => {
            let cause = if error.cause.may_pass() {
                Cause::Begun
            } else {
                Cause::Partial
            };
            let told = format!("the key is there, but not disabled: {error}");
            Err(VendorError::new(cause, told)
                .source(error)
                .help("apply again to do the rest"))
        }
    }
}

impl Kind for SshKey {
    const ID: KindId = SSH_KEY;
    const TABLE: &'static str = "ssh_keys";
    const REMOVAL: Removal = Removal::Disable;
    const ASSUMED: &'static [&'static str] = &[ASSUMED_DISABLED];
    type Spec = SshKeySpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let rows = listed::list(client, Self::ID).await?;
        let row = |row: ListRow| Row {
            id: RemoteId(row.id.0),
            key: key(&row.identifier.0),
            label: row.identifier.0,
            spec: None,
            writable: true,
        };
        let rows = rows.into_iter().filter(ListRow::is_key);
        Ok(Listing {
            rows: rows.map(row).collect(),
            incomplete: None,
        })
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let response = super::get(client, &format!("key/{}", segment(&id.0))).await?;
        let Some(refusal) = refused(&response) else {
            let ReadAnswer { key } = payload(&response, |it| it.pam(&response))?;
            return Ok(Live::Active(key.into()));
        };
        match refusal.number {
            Some(1015) => Ok(Live::Gone),
            Some(1017) => Ok(Live::Disabled),
            _ => Err(refusal.pam(&response)),
        }
    }

    /// One that is to be disabled and is has nothing more to compare.
    async fn read_for(
        client: &Client,
        id: &RemoteId,
        look: Look<'_, Self>,
    ) -> Result<Live<Self>, VendorError> {
        let want = look.want;
        let live = Self::read(client, id).await?;
        let is_meant = matches!(live, Live::Disabled) && Self::is_disabled(want);
        Ok(if is_meant {
            Live::Active(want.clone())
        } else {
            live
        })
    }

    fn is_disabled(want: &SshKeySpec) -> bool {
        want.enabled == Some(false)
    }

    async fn create(
        client: &Client,
        want: &SshKeySpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let place = place(client, &want.device, applying).await?;
        let sends = |field: Field| field.name != ENABLED.name;
        let body = Body::of(&want.identifier, Some(&place), want, applying, sends)?;
        let (id, may_have_found) = upsert(client, &body, applying).await?;
        if want.enabled == Some(false) {
            return switch_off(client, id, applying).await;
        }
        if may_have_found && matches!(Self::read(client, &id).await?, Live::Disabled) {
            super::enable(client, "key", &id, &ALREADY, applying).await?;
        }
        listed::note(client, |rows| {
            rows.retain(|row| row.id.0 != id.0);
            rows.push(ListRow::key(&id, &want.identifier));
        })
        .await;
        Ok(id)
    }

    fn create_writes(want: &SshKeySpec) -> usize {
        1 + usize::from(want.enabled == Some(false))
    }

    /// The identifier by which it is updated is the one that it has, or another key would be made.
    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        if update.enable {
            super::enable(client, "key", id, &ALREADY, applying).await?;
            // Only a list tells by what it is updated, and it was in none.
            listed::forget(client).await;
        }
        if update.changed.is_empty() {
            return Ok(());
        }
        let identifier = listed::known(client, |rows| identifier(rows, id)).await??;
        let sends = |field| update.changes(field);
        let body = Body::of(&identifier, None, update.want, applying, sends)?;
        upsert(client, &body, applying).await?;
        if update.want.enabled == Some(false) {
            listed::note(client, |rows| rows.retain(|row| row.id.0 != id.0)).await;
        }
        Ok(())
    }

    fn update_writes(update: &Update<'_, Self>) -> usize {
        usize::from(update.enable) + usize::from(!update.changed.is_empty())
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        super::disable(client, "key", id, &ALREADY, applying).await?;
        listed::note(client, |rows| rows.retain(|row| row.id.0 != id.0)).await;
        Ok(())
    }
}
