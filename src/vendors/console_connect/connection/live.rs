//! Connections as the vendor shows them.

use serde::Deserialize;

use super::{Class, Connection, ConnectionSpec, key};
use crate::model::address::RemoteId;
use crate::model::kind::Row;
use crate::model::reference::{Ref, Target};
use crate::vendors::console_connect::answer::clean;
use crate::vendors::console_connect::port::{Payment, Port};
use crate::vendors::console_connect::speed::{Speed, Term};

/// What writes must know of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(super) speed: Option<Speed>,
    /// Whether another company has a say in it.
    pub(super) is_shared: bool,
    /// Whether it is still a request, which is changed freely.
    pub(super) is_request: bool,
}

/// A connection.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entity {
    pub id: String,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    pub status: String,
    error_reason: Option<String>,
    pub speed: Option<Speed>,
    src_port_id: Option<String>,
    dest_port_id: Option<String>,
    src_company_id: Option<String>,
    dest_company_id: Option<String>,
    class_of_service: Option<String>,
    payment_type: Option<String>,
    duration: Option<u32>,
    duration_unit: Option<String>,
    pub request: Option<Request>,
    #[serde(default)]
    deleted: bool,
}

/// A change that waits for somebody, or the connection itself as long as it does.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    status: Option<String>,
    speed: Option<Speed>,
    src_approval: Option<bool>,
    dest_approval: Option<bool>,
}

impl Request {
    pub(super) fn is_pending(&self) -> bool {
        self.status.as_deref() == Some("PENDING")
    }

    /// Whether a side has approved it: the source, or else the target.
    fn is_approved_by(&self, source: bool) -> bool {
        let approval = if source {
            self.src_approval
        } else {
            self.dest_approval
        };
        approval == Some(true)
    }
}

impl Entity {
    pub(super) fn is_gone(&self) -> bool {
        self.deleted
            || matches!(
                self.status.as_str(),
                "DELETED" | "DELETING" | "CANCELLED" | "DENIED"
            )
    }

    /// Whether the company is the source. One whose source is not told is taken for our own.
    fn is_ours(&self, company: &str) -> bool {
        self.src_company_id
            .as_deref()
            .is_none_or(|it| it == company)
    }

    /// A change that waits, beside the connection itself.
    fn pending_change(&self) -> Option<&Request> {
        let request = self.request.as_ref()?;
        (request.is_pending() && self.status != "PENDING").then_some(request)
    }

    pub(super) fn live(&self, company: &str) -> Live {
        let others = [&self.src_company_id, &self.dest_company_id];
        let is_other = |it: &&Option<String>| it.as_deref().is_some_and(|it| it != company);
        Live {
            speed: self.speed,
            is_shared: others.iter().any(is_other),
            is_request: self.status == "PENDING",
        }
    }

    /// The speed that it has, or that it is to have as far as we are asked.
    fn agreed_speed(&self, company: &str) -> Option<Speed> {
        let is_ours = self.is_ours(company);
        let change = self.pending_change();
        let asked = change.filter(|it| it.is_approved_by(is_ours));
        asked.and_then(|it| it.speed).or(self.speed)
    }

    /// Whether it waits for us to accept it.
    fn waits_for_us(&self, company: &str) -> bool {
        self.status == "PENDING"
            && !self.is_ours(company)
            && !self
                .request
                .as_ref()
                .is_some_and(|it| it.is_approved_by(false))
    }

    /// What is going on with it, if anything is.
    pub(super) fn under_way(&self, company: &str) -> Option<String> {
        let change = self.pending_change().map(|request| {
            let speed = request.speed.map(|it| format!(" to {it}"));
            let speed = speed.unwrap_or_default();
            if request.is_approved_by(self.is_ours(company)) {
                format!("is being changed{speed}")
            } else {
                format!("waits for us to approve a change{speed}, as declaring it would")
            }
        });
        let reason = self.error_reason.as_deref().map(clean);
        match self.status.as_str() {
            "ACTIVE" | "DISABLED" => change,
            "CREATING" | "ACTIVATING" => Some("is being switched on by the vendor".to_owned()),
            "DISABLING" => Some("is being switched off by the vendor".to_owned()),
            "PENDING" if self.waits_for_us(company) => {
                Some("was asked for by another company; `approved: true` accepts it".to_owned())
            }
            "PENDING" | "PENDING_ACCEPTANCE" => {
                Some("waits for the other side to accept it".to_owned())
            }
            "ACCEPTED" => Some("is accepted, and waits for its ports".to_owned()),
            "MANUAL" => Some("is being made by the vendor's staff".to_owned()),
            "ERROR" => Some(format!(
                "is in error at the vendor: {}",
                reason.unwrap_or_else(|| "it does not say why".to_owned())
            )),
            other => Some(format!("has the status `{}` at the vendor", clean(other))),
        }
    }

    /// Of clouds and groups most is done otherwise, and no request here changes them.
    pub(super) fn into_row(self, company: &str) -> Row<Connection> {
        let port = |id: &Option<String>| {
            let target = id.clone().map(|id| Target::Id(RemoteId(id)));
            target.map(|target| Ref::<Port>::new(target, None))
        };
        let is_ours = self.is_ours(company);
        let from = port(&self.src_port_id).filter(|_| is_ours);
        let term = self.duration.zip(self.duration_unit.clone());
        let name = self.name.clone().unwrap_or_default();
        let spec = ConnectionSpec {
            name: name.clone(),
            from,
            to: port(&self.dest_port_id),
            speed: self.agreed_speed(company),
            class_of_service: self.class_of_service.as_deref().and_then(Class::of),
            payment: self.payment_type.as_deref().and_then(Payment::of),
            term: term.map(|(number, unit)| Term { number, unit }),
            approved: Some(!self.waits_for_us(company)),
            enabled: Some(!matches!(self.status.as_str(), "DISABLED" | "DISABLING")),
            under_way: self.under_way(company),
        };
        let from = self.src_port_id.filter(|_| is_ours).unwrap_or_default();
        Row {
            id: RemoteId(self.id),
            key: key(&name, from),
            label: name,
            spec: Some(spec),
            writable: self.kind.is_none_or(|kind| kind == "LAYER2"),
        }
    }
}
