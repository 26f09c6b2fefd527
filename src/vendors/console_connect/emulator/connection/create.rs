//! Asking for a connection: to a port of one's own it is made at once, to one of another company it waits.

use serde_json::json;

use super::super::answer::{Answer, Outcome};
use super::super::call::Members;
use super::super::catalog::{Class, Flag};
use super::super::desk::Desk;
use super::super::id::{Id, Of};
use super::super::refusal::Refusal;
use super::super::row::{Company, Connection, Port, Request};
use super::super::site::{Row, Site};
use super::super::{order, port, state};
use super::{fits, show};

/// Asks for a connection.
pub(super) fn create(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.enter(path[0], Flag::ConnectionCreate)?;
    let connection = asked(desk, company)?;
    desk.put(Row::Connection(connection.clone()))?;
    Answer::ok(show(desk.site(), &connection, path[0]))
}

/// The connection that a body asks for.
fn asked(desk: &Desk<'_>, company: &Company) -> Result<Connection, Refusal> {
    order::may_order(company)?;
    let site = desk.site();
    let members = desk.call.members()?;
    if members.required("type")? != "LAYER2" {
        return Err(Refusal::bad("type must be LAYER2"));
    }
    let name = members.required("name")?.to_owned();
    let speed = members.number("speed")?.filter(|speed| *speed > 0);
    let speed = speed.ok_or_else(|| Refusal::bad("speed is required"))?;
    members.required("portId")?;
    let source = port_of(site, &members, "portId")?;
    let source = source.ok_or_else(|| Refusal::bad("portId is required"))?;
    if source.company != company.username {
        return Err(desk.denied(company, Flag::ConnectionCreate));
    }
    let other = members.text("destCompany")?.unwrap_or(&company.username);
    if !site.companies.contains_key(other) {
        return Err(Refusal::bad("There is no such destCompany"));
    }
    let is_own = other == company.username;
    let destination = port_of(site, &members, "destPortId")?;
    match destination {
        Some(port) if port.company != other => {
            return Err(Refusal::bad("destPortId is not a port of destCompany"));
        }
        Some(port) if port.id == source.id => {
            return Err(Refusal::bad("destPortId is the port itself"));
        }
        None if is_own => return Err(Refusal::bad("destPortId is required")),
        Some(_) | None => {}
    }
    let untagged = members.flag("untagged")?.unwrap_or(false);
    let own_ends = [Some(source), destination.filter(|_| is_own)];
    for end in own_ends.into_iter().flatten() {
        if end.status != state::Port::Active {
            return Err(Refusal::conflict(format!(
                "The port {} is not active",
                end.name
            )));
        }
    }
    for end in [Some(source), destination].into_iter().flatten() {
        fits(site, end.id, speed, None)?;
    }
    shares(site, source, untagged)?;
    let Payment {
        kind: payment_type,
        duration,
        unit: duration_unit,
    } = payment(&members)?;
    Ok(Connection {
        id: site.ids.next(Of::Connection),
        company: company.username.clone(),
        other_company: (!is_own).then(|| other.to_owned()),
        name,
        kind: "LAYER2".to_owned(),
        status: if is_own {
            state::Connection::Creating
        } else {
            state::Connection::Pending
        },
        error_reason: None,
        speed,
        port: source.id,
        other_port: destination.map(|port| port.id),
        class: class(&members)?,
        payment_type,
        duration,
        duration_unit,
        vlan: members.number("srcVlanRequest")?,
        other_vlan: members.number("destVlanRequest")?,
        untagged,
        other_untagged: false,
        request: (!is_own).then_some(Request {
            status: state::Request::Pending,
            speed,
            approval: true,
            other_approval: false,
            read: false,
            updated: None,
        }),
        times: Default::default(),
    })
}

/// The port that a member names.
pub(super) fn port_of<'a>(
    site: &'a Site,
    members: &Members,
    name: &str,
) -> Result<Option<&'a Port>, Refusal> {
    let Some(id) = members.id(name)? else {
        return Ok(None);
    };
    let port = site.ports.get(&id);
    port.map(Some)
        .ok_or_else(|| Refusal::bad(format!("There is no port {id}")))
}

/// Refuses a port that carries an untagged connection, or an untagged one on a port that carries others: it is in
/// single-service mode then \[3\].
fn shares(site: &Site, port: &Port, untagged: bool) -> Result<(), Refusal> {
    let is_alone = port::is_single_service(site, port.id);
    let is_used = |id: Id| site.live_on(id).next().is_some();
    if is_alone || (untagged && is_used(port.id)) {
        return Err(Refusal::conflict(format!(
            "The port {} cannot be shared with an untagged connection",
            port.name
        )));
    }
    Ok(())
}

/// Reads a class of service. Samples without one show `BRONZE` \[3\].
fn class(members: &Members) -> Result<Class, Refusal> {
    let Some(text) = members.text("classOfService")? else {
        return Ok(Class::default());
    };
    serde_json::from_value(json!(text))
        .map_err(|_| Refusal::bad("classOfService is none of those there are"))
}

/// How a connection is paid for, and for how long it is taken.
struct Payment {
    kind: Option<String>,
    duration: Option<u64>,
    unit: Option<String>,
}

/// Reads payment and term. By the schema one pays by `creditcard` or `invoice`, by the text by `invoice` or `plan` \[3\]: what
/// both have and what needs no card is taken.
fn payment(members: &Members) -> Result<Payment, Refusal> {
    let payment = members.text("paymentType")?;
    let duration = members.number("duration")?;
    let unit = members.text("durationUnit")?;
    if payment.is_some_and(|it| !["invoice", "plan"].contains(&it)) {
        return Err(Refusal::bad("paymentType must be invoice or plan"));
    }
    let longest = match unit {
        None => None,
        Some("d") => Some(6),
        Some("w" | "y") => Some(3),
        Some("m") => Some(36),
        Some(_) => return Err(Refusal::bad("durationUnit must be d, w, m or y")),
    };
    if payment == Some("invoice") && (duration.is_none() || unit.is_none()) {
        return Err(Refusal::bad("duration and durationUnit are required"));
    }
    if let (Some(duration), Some(longest)) = (duration, longest)
        && !(1..=longest).contains(&duration)
    {
        return Err(Refusal::bad(format!("duration must be 1 to {longest}")));
    }
    Ok(Payment {
        kind: payment.map(str::to_owned),
        duration,
        unit: unit.map(str::to_owned),
    })
}
