//! Ports and orders as the vendor shows them.

use std::collections::HashSet;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Payment, Port, PortSpec, key};
use crate::http::segment;
use crate::model::address::RemoteId;
use crate::model::error::VendorError;
use crate::model::kind::{Live, Row};
use crate::model::reference::{Ref, Target};
use crate::vendors::console_connect::answer::clean;
use crate::vendors::console_connect::client::Client;
use crate::vendors::console_connect::speed::Speed;

/// How far the vendor is with a port. Words that no page knows are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Status {
    /// Nothing is going on.
    #[default]
    Settled,
    /// It is there, and changing.
    Changing(String),
    /// It is ordered, and not made yet: the status of the order, and what the vendor says of it.
    Ordered { status: String, message: String },
}

impl Status {
    pub(super) fn is_ordered(&self) -> bool {
        matches!(self, Self::Ordered { .. })
    }

    pub(super) fn under_way(&self) -> Option<String> {
        match self {
            Self::Settled => None,
            Self::Changing(status) => changing(status),
            Self::Ordered { status, message } => Some(ordered(status, message)),
        }
    }
}

/// What a port waits for by its status, if it waits for anything.
pub(super) fn changing(status: &str) -> Option<String> {
    Some(match status {
        "ACTIVE" | "DISABLED" => return None,
        "ACTIVATING" => "is being switched on by the vendor".to_owned(),
        "READY" => "waits for its physical link".to_owned(),
        "DISABLING" => "is being switched off by the vendor".to_owned(),
        "DELETING" => "is being deleted by the vendor".to_owned(),
        "ONBOARDING" => "is being taken over by the vendor".to_owned(),
        other => format!("has the status `{}` at the vendor", clean(other)),
    })
}

/// What an order waits for.
pub(super) fn ordered(status: &str, message: &str) -> String {
    let message = clean(message);
    let said = if message.is_empty() {
        String::new()
    } else {
        format!(" ({message})")
    };
    match status {
        "error" => format!(
            "is ordered, and the vendor could not make it{said}: ask its Support; it is not ordered again"
        ),
        "created" => format!("is ordered, and waits for the vendor's approval{said}"),
        other => format!(
            "is ordered, and the vendor is making it: its order is `{}`{said}",
            clean(other)
        ),
    }
}

/// A port.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entity {
    pub id: String,
    pub name: String,
    pub status: String,
    speed: Option<Speed>,
    company_id: Option<String>,
    data_center_facility_id: Option<String>,
    #[serde(default, deserialize_with = "asn")]
    asn: Option<String>,
    payment_type: Option<String>,
    #[serde(default)]
    deleted: bool,
}

/// An ASN as ports show it: an object, and in older pages a text.
fn asn<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(match value.get("asn").unwrap_or(&value) {
        Value::String(asn) if !asn.is_empty() => Some(asn.clone()),
        Value::Number(asn) => Some(asn.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    })
}

impl Entity {
    pub(super) fn is_gone(&self) -> bool {
        self.deleted || matches!(self.status.as_str(), "DELETED" | "DELETING")
    }

    /// Whether it is there and belongs to this company. The list is that of a company, and a port may leave its owner out.
    pub(super) fn is_there_for(&self, company: &str) -> bool {
        !self.is_gone() && self.company_id.as_deref().is_none_or(|it| it == company)
    }

    /// The id of the data centre that it is in.
    pub(super) fn place(&self) -> Option<RemoteId> {
        self.data_center_facility_id.clone().map(RemoteId)
    }

    fn into_spec(self) -> PortSpec {
        let Self {
            id: _,
            name,
            status,
            speed,
            company_id: _,
            data_center_facility_id,
            asn,
            payment_type,
            deleted: _,
        } = self;
        PortSpec {
            name,
            data_centre: data_centre(data_center_facility_id),
            speed,
            payment: payment_type.as_deref().and_then(Payment::of),
            subscription: None,
            asn: asn.map(Ref::live),
            enabled: Some(!matches!(status.as_str(), "DISABLED" | "DISABLING")),
            status: Status::Changing(status),
        }
    }

    pub(super) fn into_row(self) -> Row<Port> {
        let id = RemoteId(self.id.clone());
        row(id, self.into_spec(), true)
    }
}

/// An order.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order {
    pub id: String,
    port_name: String,
    speed: Option<Speed>,
    pub status: String,
    payment_type: Option<String>,
    data_center_facility_id: Option<String>,
    /// The port that came of it.
    pub created_port_id: Option<String>,
    pub message: Option<String>,
    #[serde(default)]
    cancelled: bool,
    #[serde(default)]
    deleted: bool,
}

impl Order {
    /// Whether nothing will come of it.
    pub(super) fn is_void(&self) -> bool {
        self.cancelled || self.deleted || self.status == "cancelled"
    }

    /// Whether a port is still to come of it. One that failed stays one, so that no second is ordered in its place. Of one
    /// that is done the port is listed, or was deleted.
    pub(super) fn is_pending(&self, made: &HashSet<String>) -> bool {
        let is_made = self
            .created_port_id
            .as_ref()
            .is_some_and(|it| made.contains(it));
        !self.is_void() && self.status != "done" && !is_made
    }

    fn into_spec(self) -> PortSpec {
        let Self {
            id: _,
            port_name,
            speed,
            status,
            payment_type,
            data_center_facility_id,
            created_port_id: _,
            message,
            cancelled: _,
            deleted: _,
        } = self;
        PortSpec {
            name: port_name,
            data_centre: data_centre(data_center_facility_id),
            speed,
            payment: payment_type.as_deref().and_then(Payment::of),
            subscription: None,
            asn: None,
            enabled: None,
            status: Status::Ordered {
                status,
                message: message.unwrap_or_default(),
            },
        }
    }

    /// No request cancels an order.
    pub(super) fn into_row(self) -> Row<Port> {
        let id = RemoteId(self.id.clone());
        row(id, self.into_spec(), false)
    }
}

fn data_centre(id: Option<String>) -> Ref<super::DataCentre> {
    Ref::new(Target::Id(RemoteId(id.unwrap_or_default())), None)
}

fn row(id: RemoteId, spec: PortSpec, writable: bool) -> Row<Port> {
    let place = match &spec.data_centre.target {
        Target::Id(id) => id.0.clone(),
        Target::Declared(name) | Target::Live(name) => name.clone(),
    };
    Row {
        id,
        key: key(&spec.name, place),
        label: spec.name.clone(),
        spec: Some(spec),
        writable,
    }
}

/// Reads a port, or the order by whose id it is still known.
pub(super) async fn read(client: &Client, id: &RemoteId) -> Result<Live<Port>, VendorError> {
    if let Some(port) = find(client, id).await? {
        return Ok(if port.is_gone() {
            Live::Gone
        } else {
            Live::Active(port.into_spec())
        });
    }
    let path = client
        .path(&format!("ports/orders/{}", segment(&id.0)))
        .await?;
    let Some(order) = client.find::<Order>(&path).await? else {
        return Ok(Live::Gone);
    };
    match &order.created_port_id {
        Some(port) => {
            let port = find(client, &RemoteId(port.clone())).await?;
            let port = port.filter(|it| !it.is_gone());
            Ok(port.map_or(Live::Gone, |it| Live::Active(it.into_spec())))
        }
        None if order.is_void() => Ok(Live::Gone),
        None => Ok(Live::Active(order.into_spec())),
    }
}

/// One port.
pub(super) async fn find(client: &Client, id: &RemoteId) -> Result<Option<Entity>, VendorError> {
    let path = client.path(&format!("ports/{}", segment(&id.0))).await?;
    client.find(&path).await
}
