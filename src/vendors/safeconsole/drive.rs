//! Drives: only compared with what is said of them (vendor page, sections 4.1, 5.2 and 6.1). They register themselves, and
//! what the page has for the rest is guessed, and may wipe one.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::DRIVE;
use super::client::Client;
use super::user::User;
use crate::load::reader::{Decode, Mapping, Reader};
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, Value};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec};
use crate::model::reference::{Link, Links, Ref, Target};
use crate::model::verb::Verbs;
use crate::yaml::Node;

/// A drive.
#[derive(Clone, Debug)]
pub(crate) enum Drive {}

const SERIAL: Field = Field::fixed("serial");
const OWNER: Field = Field::new("owner").form(Form::Reference);
const STATUS: Field = Field::new("status").form(Form::Word).assumed();
const IN_USE: Field = Field::new("in_use").form(Form::Flag).assumed();

/// What is said of an encrypted drive. It is compared and told, and nothing is done to the drive.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct DriveSpec {
    /// The serial number.
    #[schemars(example = &"EX0000000000001")]
    serial: String,
    /// Whose drive it is.
    owner: Option<Ref<User>>,
    /// The state that it is in. One on its way there, which takes until the drive is next plugged in, counts as there.
    status: Option<Status>,
    /// Whether it is in use. Of a drive on its way to another state nobody can say.
    in_use: Option<bool>,
}

impl DecodeSpec for DriveSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let serial = map.required("serial");
        let owner = map.optional("owner");
        let status = map.optional("status");
        let in_use = map.optional("in_use");
        Some(Self {
            serial: serial?,
            owner,
            status,
            in_use,
        })
    }
}

impl Spec for DriveSpec {
    const FIELDS: &'static [Field] = &[SERIAL, OWNER, STATUS, IN_USE];
    const BESIDE_WANT: &'static [&'static str] = &[STATUS.name, IN_USE.name];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.serial)
    }

    fn label(&self) -> &str {
        &self.serial
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            serial,
            owner,
            status,
            in_use,
        } = self;
        fields.text(SERIAL, Some(serial));
        fields.reference(OWNER, owner.as_ref());
        let status = status.as_ref().map(|it| Value::Word(it.word()));
        fields.some(STATUS, status);
        fields.flag(IN_USE, *in_use);
    }

    fn as_told(&self, want: &Self) -> Self {
        let heads_for = self.status.as_ref().and_then(Status::heads_for);
        let is_there = heads_for.is_some() && heads_for == want.status;
        Self {
            serial: self.serial.clone(),
            owner: self.owner.clone(),
            status: if is_there {
                heads_for.clone()
            } else {
                self.status.clone()
            },
            in_use: match heads_for {
                Some(_) => want.in_use,
                None => self.in_use,
            },
        }
    }

    fn links(&self) -> Vec<(Field, Link)> {
        let owner = self.owner.as_ref().map(|it| (OWNER, it.link().by_id()));
        owner.into_iter().collect()
    }
}

fn key(serial: &str) -> NaturalKey {
    NaturalKey(vec![("serial", serial.to_owned())])
}

/// The state of a drive. `DISABLED` is documented on the wire; the spelling of the others follows it (assumed), so that
/// one that nobody here knows is carried through.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Status {
    Known(&'static Known),
    Other(String),
}

/// A state that is known, with the one that it is on its way to, if it is on its way.
#[derive(Debug, PartialEq, Eq)]
struct Known {
    wire: &'static str,
    word: &'static str,
    heads_for: Option<&'static str>,
}

const fn lasting(wire: &'static str, word: &'static str) -> Known {
    Known {
        wire,
        word,
        heads_for: None,
    }
}

const fn passing(wire: &'static str, word: &'static str, heads_for: &'static str) -> Known {
    Known {
        wire,
        word,
        heads_for: Some(heads_for),
    }
}

static STATES: [Known; 14] = [
    lasting("IN_USE", "in_use"),
    lasting("LOST", "lost"),
    passing("WAITING_FOR_DISABLE", "waiting_for_disable", "disabled"),
    lasting("DISABLED", "disabled"),
    lasting("DENIED_ACCESS", "denied_access"),
    passing("WAITING_FOR_RESET", "waiting_for_reset", "factory_reset"),
    lasting("FACTORY_RESET", "factory_reset"),
    passing("PENDING_AUDIT_MODE", "pending_audit_mode", "audit_mode"),
    lasting("AUDIT_MODE", "audit_mode"),
    passing("WAITING_FOR_APPROVAL", "waiting_for_approval", "in_use"),
    passing("APPROVED", "approved", "in_use"),
    passing("PENDING_DETONATE", "pending_detonate", "detonated"),
    lasting("DETONATED", "detonated"),
    lasting("REGISTRATION_INCOMPLETE", "registration_incomplete"),
];

impl Status {
    fn of_wire(wire: String) -> Self {
        let known = STATES.iter().find(|it| it.wire == wire);
        known.map_or(Self::Other(wire), Self::Known)
    }

    fn word(&self) -> Cow<'static, str> {
        match self {
            Self::Known(known) => known.word.into(),
            Self::Other(text) => text.clone().into(),
        }
    }

    /// The state that it will be in once the drive has checked in, if it is on its way to one.
    fn heads_for(&self) -> Option<Self> {
        match self {
            Self::Known(Known {
                heads_for: Some(word),
                ..
            }) => STATES.iter().find(|it| it.word == *word).map(Self::Known),
            Self::Known(_) | Self::Other(_) => None,
        }
    }

    fn is_in_use(&self) -> bool {
        self.word() == "in_use"
    }

    /// The states that can be said of a drive: those in which it stays.
    fn lasting() -> impl Iterator<Item = &'static Known> {
        STATES.iter().filter(|it| it.heads_for.is_none())
    }
}

impl Decode for Status {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let words = Self::lasting().map(|it| (it.word, it));
        let words = words.collect::<Vec<_>>();
        let known = reader.word(node, "a state that a drive stays in", &words);
        known.map(Self::Known)
    }
}

impl JsonSchema for Status {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Status of a drive".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = Self::lasting().map(|it| it.word).collect::<Vec<_>>();
        json_schema!({ "type": "string", "enum": words })
    }
}

/// A drive as it comes along with its owner.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Device {
    serial: String,
    #[serde(rename = "safeStickStatus")]
    status: Option<String>,
}

impl Kind for Drive {
    const ID: KindId = DRIVE;
    const TABLE: &'static str = "drives";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs =
        Verbs::observed("drives register themselves and are managed in the console");
    const ASSUMED: &'static [&'static str] = &[
        "every drive has an owner, with whom it is listed",
        "states are spelled like `DISABLED`, the one that the vendor shows",
    ];
    type Spec = DriveSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let all = client.users(DRIVE).await?;
        let drives = all.items.iter().flat_map(|user| {
            let owner = RemoteId(user.id.to_string());
            user.safesticks.iter().map(move |it| (owner.clone(), it))
        });
        let rows = drives.map(|(owner, Device { serial, status })| {
            let status = status.clone().map(Status::of_wire);
            let spec = DriveSpec {
                serial: serial.clone(),
                owner: Some(Ref::new(Target::Id(owner), None)),
                in_use: status.as_ref().map(Status::is_in_use),
                status,
            };
            Row {
                id: RemoteId(serial.clone()),
                key: key(serial),
                label: serial.clone(),
                spec: Some(spec),
                writable: true,
            }
        });
        Ok(Listing {
            rows: rows.collect(),
            incomplete: all.incomplete.clone(),
        })
    }

    /// The list shows every drive, so one that it does not show is gone.
    async fn read(_: &Client, _: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(Live::Gone)
    }
}
