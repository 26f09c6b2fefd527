//! What the world is made of: one row for each object, as seeds say it, as it is kept in memory and in the log of
//! changes. Persons, companies and facilities are referred to by their user names, which never change.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::catalog::Class;
use super::clock::{Moment, Times};
use super::id::Id;
use super::seed::{is_default, is_true, yes};
use super::state;

/// A company.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Company {
    #[serde(default, skip_serializing_if = "Id::is_none")]
    pub id: Id,
    pub username: String,
    pub name: String,
    /// Whether the vendor has verified it. Only then it can order.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub verified: bool,
    /// Whether it has signed the terms for use of the API. Only then it can order by it.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub terms_signed: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_cloud_provider: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_payment_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_registration_number: Option<String>,
    /// Its `company` object, member by member.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: Times,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    #[serde(default, skip_serializing_if = "Id::is_none")]
    pub id: Id,
    pub username: String,
    pub name: String,
    pub email: String,
    /// Without one there is no session token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// API keys.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub keys: BTreeSet<String>,
    /// What the person says of themselves, such as `headline`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub profile: Map<String, Value>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: Times,
}

/// What a person is in a company. One that is deleted stays, until the person asks again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Membership {
    #[serde(default, skip_serializing_if = "Id::is_none")]
    pub id: Id,
    pub company: String,
    pub user: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub state: state::Membership,
    /// The names of roles.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: Times,
}

/// An autonomous system number of a company.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asn {
    pub company: String,
    pub asn: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: state::Asn,
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: Times,
}

/// An order of a port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    #[serde(default, skip_serializing_if = "Id::is_none")]
    pub id: Id,
    pub company: String,
    pub facility: String,
    pub port_name: String,
    /// In Mbps.
    pub speed: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: state::Order,
    #[serde(default = "invoice", skip_serializing_if = "is_invoice")]
    pub payment_type: String,
    /// The plan that pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_id: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_port: Option<Id>,
    /// The id of the person who ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<Id>,
    /// Why it came to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: Times,
}

/// A port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Port {
    #[serde(default, skip_serializing_if = "Id::is_none")]
    pub id: Id,
    pub company: String,
    pub facility: String,
    pub name: String,
    /// In Mbps.
    pub speed: u64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: state::Port,
    /// Such as `PHYSICAL`.
    #[serde(
        default = "physical",
        rename = "type",
        skip_serializing_if = "is_physical"
    )]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
    /// The order that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: Times,
}

/// A layer 2 connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Connection {
    #[serde(default, skip_serializing_if = "Id::is_none")]
    pub id: Id,
    /// The company that asked for it.
    pub company: String,
    /// Nothing means the same company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_company: Option<String>,
    pub name: String,
    /// Such as `LAYER2`.
    #[serde(default = "layer2", rename = "type", skip_serializing_if = "is_layer2")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: state::Connection,
    /// What `ERROR` is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_reason: Option<String>,
    /// In Mbps.
    pub speed: u64,
    /// The port at the side of the company that asked.
    pub port: Id,
    /// The port at the other side, if it is known yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_port: Option<Id>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub class: Class,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vlan: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_vlan: Option<u64>,
    /// Whether it takes its port for itself.
    #[serde(default, skip_serializing_if = "is_default")]
    pub untagged: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub other_untagged: bool,
    /// What somebody has yet to agree to, or what came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: Times,
}

/// A request to have a connection, or one with another speed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: state::Request,
    pub speed: u64,
    /// Whether the company of the connection agrees.
    #[serde(default, skip_serializing_if = "is_default")]
    pub approval: bool,
    /// Whether the other company agrees.
    #[serde(default, skip_serializing_if = "is_default")]
    pub other_approval: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub read: bool,
    /// Nothing means the world's `now`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Moment>,
}

impl Request {
    /// Whether it is open, and nobody has yet to agree.
    pub(crate) fn is_agreed(&self) -> bool {
        self.is_open() && self.approval && self.other_approval
    }

    /// Whether it is open.
    pub(crate) fn is_open(&self) -> bool {
        self.status == state::Request::Pending
    }
}

impl Connection {
    /// The company at the other side, which may be the same.
    pub(crate) fn other_company(&self) -> &str {
        self.other_company.as_deref().unwrap_or(&self.company)
    }

    /// Whether both sides are one company.
    pub(crate) fn is_own(&self) -> bool {
        self.other_company() == self.company
    }

    /// What it takes of its ports: what is asked for is reserved at once \[3\].
    pub(crate) fn reserved(&self) -> u64 {
        let asked = self.request.as_ref().filter(|request| request.is_open());
        asked.map_or(self.speed, |request| request.speed.max(self.speed))
    }
}

fn invoice() -> String {
    "invoice".to_owned()
}

fn is_invoice(text: &str) -> bool {
    text == "invoice"
}

fn physical() -> String {
    "PHYSICAL".to_owned()
}

fn is_physical(text: &str) -> bool {
    text == "PHYSICAL"
}

fn layer2() -> String {
    "LAYER2".to_owned()
}

fn is_layer2(text: &str) -> bool {
    text == "LAYER2"
}
