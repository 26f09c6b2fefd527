//! Ports. They come of orders; what can be changed is the name, the ASN and whether they are enabled.
//!
//! Any user may see the ports of any company \[3\]\[6\]. Assumed: the refusals, but for the rule that only a disabled port
//! can be deleted.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::{Members, whole};
use super::catalog::Flag;
use super::desk::Desk;
use super::id::Id;
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Company, Port};
use super::site::{Row, Site};
use super::{asn, company, facility, state, step};

/// The rules of ports.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "api/company/{}/ports", list),
    Route::new("GET", "api/company/{}/ports/{}", read),
    Route::new("POST", "api/company/{}/ports/{}", update),
    Route::new("POST", "api/company/{}/ports/{}/active", activate),
    Route::new("POST", "api/company/{}/ports/{}/disable", disable),
    Route::new("DELETE", "api/company/{}/ports/{}", delete),
    Route::new("GET", "api/company/{}/ports/{}/connections", connections),
    Route::new("GET", "app-user/{}/ports/{}/info", info),
];

/// A speed on its way out; on its way in it is a number.
pub(crate) fn speed(mbps: u64) -> Value {
    json!({ "value": mbps, "name": format!("{mbps} Mbps") })
}

/// Shows a port. Assumed: connections that are over are not among those it shows.
pub(crate) fn show(site: &Site, port: &Port) -> Value {
    let connections = site
        .live_on(port.id)
        .map(|it| json!({ "id": it.id, "name": it.name, "status": it.status, "speed": it.speed }));
    let utilised = site.utilised(port.id);
    let is_up = port.status == state::Port::Active;
    let place = site.place(&port.facility);
    let number = port.asn.map(|number| (port.company.clone(), number));
    let asn = number.and_then(|key| site.asns.get(&key));
    json!({
        "id": port.id,
        "name": port.name,
        "status": port.status,
        "speed": speed(port.speed),
        "type": port.kind,
        "companyId": company::id(site, &port.company),
        "company": company::show_brief(site, &port.company),
        "dataCenterFacilityId": place.map(|(facility, _)| facility.id),
        "dataCenterFacility": place.map(|(it, _)| facility::show_brief(it)),
        "metroId": place.map(|(_, metro)| metro.id),
        "metro": place.map(|(_, metro)| facility::show_metro_brief(metro)),
        "capacity": {
            "total": port.speed,
            "utilised": utilised,
            "remaining": port.speed.saturating_sub(utilised),
        },
        "connections": connections.collect::<Vec<_>>(),
        "controllers": [],
        "asn": asn.map(|it| asn::show(site, it)),
        "vlanRanges": [],
        "singleService": is_single_service(site, port.id),
        "linkState": if is_up { "UP" } else { "UNKNOWN" },
        "serviceStatus": "OPEN",
        "partner": { "type": "NONE", "connectionSpeeds": [], "regionNames": [] },
        "isEdgePort": false,
        "createdAt": port.times.created(site.now),
        "updatedAt": port.times.updated(site.now),
        "deleted": port.status == state::Port::Deleted,
        "deletedAt": port.times.shown_deletion(site.now),
    })
}

/// Shows a port as part of something else, where its speed is a plain number \[27\].
pub(crate) fn show_brief(site: &Site, id: Id) -> Value {
    site.ports.get(&id).map_or(Value::Null, |port| {
        json!({ "id": port.id, "name": port.name, "status": port.status, "speed": port.speed })
    })
}

/// Whether a port is given over to one untagged connection.
pub(crate) fn is_single_service(site: &Site, id: Id) -> bool {
    let mut live = site.live_on(id);
    live.any(|it| {
        (it.untagged && it.port == id) || (it.other_untagged && it.other_port == Some(id))
    })
}

/// Finds a port of a company.
fn find<'a>(desk: &'a Desk<'_>, company: &Company, id: &str) -> Result<&'a Port, Refusal> {
    let port = Id::parse(id).and_then(|id| desk.site().ports.get(&id));
    let port = port.ok_or_else(|| Refusal::unknown("port"))?;
    if port.company == company.username {
        Ok(port)
    } else {
        // Of another company, which is as good as a missing permission.
        Err(desk.denied(company, Flag::PortsEdit))
    }
}

/// Finds a port that the user may change.
fn editable(desk: &Desk<'_>, path: &[&str]) -> Result<Port, Refusal> {
    let company = desk.enter(path[0], Flag::PortsEdit)?;
    find(desk, company, path[1]).cloned()
}

/// Lists ports, the deleted ones too, unless they are not wanted.
fn list(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let name = desk.company(path[0])?.username.clone();
    let ids: Vec<Id> = desk.site().ports_of(&name).map(|port| port.id).collect();
    desk.look(&ids)?;
    let site = desk.site();
    let is_hidden = |port: &Port| {
        port.status == state::Port::Deleted && desk.call.query("deleted") == Some("false")
    };
    let ports = ids.iter().filter_map(|id| site.ports.get(id));
    let ports = ports.filter(|port| !is_hidden(port));
    let shown = ports.map(|port| show(site, port)).collect::<Vec<_>>();
    Answer::ok(json!({ "results": shown }))
}

/// The id of a port in the path. Assumed: one of another company is not found there.
fn readable(desk: &Desk<'_>, path: &[&str]) -> Result<Id, Refusal> {
    let company = desk.company(path[0])?;
    let port = find(desk, company, path[1]);
    port.map(|port| port.id)
        .map_err(|_| Refusal::unknown("port"))
}

fn shown(desk: &Desk<'_>, id: Id) -> Outcome {
    let site = desk.site();
    let port = site.ports.get(&id);
    let port = port.ok_or_else(|| Refusal::unknown("port"))?;
    Answer::ok(show(site, port))
}

fn read(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let id = readable(desk, path)?;
    desk.look(&[id])?;
    shown(desk, id)
}

/// Keeps a port in a new state and shows it.
fn keep(desk: &mut Desk<'_>, port: &Port, status: state::Port) -> Outcome {
    let port = step::put(desk.site(), port, status);
    let id = port.id;
    desk.put(Row::Port(port))?;
    shown(desk, id)
}

/// Changes name and ASN. Both may be left out: the guide sends the name alone \[6\].
fn update(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let mut port = editable(desk, path)?;
    let members = desk.call.members()?;
    if port.status == state::Port::Deleted {
        return Err(Refusal::conflict("The port is deleted"));
    }
    if members.get("name").is_some() {
        members.required("name")?.clone_into(&mut port.name);
    }
    if members.given("asn").is_some() {
        port.asn = asked_asn(desk, &port, &members)?;
    }
    let status = port.status;
    keep(desk, &port, status)
}

/// The ASN that a port is to have, written as `"64500"` or as `{"asn": "64500"}` \[3\]\[6\]. Assumed: `null` takes it away.
fn asked_asn(desk: &Desk<'_>, port: &Port, members: &Members) -> Result<Option<u32>, Refusal> {
    let Some(given) = members.get("asn") else {
        return Ok(None);
    };
    let number = whole(given.get("asn").unwrap_or(given)).and_then(|it| u32::try_from(it).ok());
    let number = number.ok_or_else(|| Refusal::bad("asn must be an ASN"))?;
    let asn = desk.site().asns.get(&(port.company.clone(), number));
    let asn = asn.ok_or_else(|| Refusal::bad(format!("The company has no ASN {number}")))?;
    match asn.status {
        state::Asn::Verified | state::Asn::Private => Ok(Some(number)),
        state::Asn::Unverified | state::Asn::Rejected => Err(Refusal::conflict(format!(
            "The ASN {number} is not verified"
        ))),
    }
}

/// Enables a port. One that is enabled, or on its way there, stays as it is.
fn activate(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let port = editable(desk, path)?;
    match port.status {
        state::Port::Disabled => keep(desk, &port, state::Port::Activating),
        state::Port::Activating | state::Port::Ready | state::Port::Active => shown(desk, port.id),
        state::Port::Disabling
        | state::Port::Deleting
        | state::Port::Deleted
        | state::Port::Onboarding
        | state::Port::Unknown => Err(Refusal::conflict("The port is not disabled")),
    }
}

/// Disables a port. Its connections stay as they are: nothing says that they are in the way.
fn disable(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let port = editable(desk, path)?;
    match port.status {
        state::Port::Active => keep(desk, &port, state::Port::Disabling),
        state::Port::Disabling | state::Port::Disabled => shown(desk, port.id),
        state::Port::Activating
        | state::Port::Ready
        | state::Port::Deleting
        | state::Port::Deleted
        | state::Port::Onboarding
        | state::Port::Unknown => Err(Refusal::conflict("The port is not active")),
    }
}

/// Deletes a port that is disabled and carries nothing. One that is going or gone already stays as it is.
fn delete(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let port = editable(desk, path)?;
    match port.status {
        state::Port::Disabled => {}
        state::Port::Deleting | state::Port::Deleted => return Ok(Answer::Silence),
        state::Port::Activating
        | state::Port::Ready
        | state::Port::Active
        | state::Port::Disabling
        | state::Port::Onboarding
        | state::Port::Unknown => {
            return Err(Refusal::conflict("The port must be disabled first"));
        }
    }
    if desk.site().live_on(port.id).next().is_some() {
        return Err(Refusal::conflict("The port still has connections"));
    }
    keep(desk, &port, state::Port::Deleting)?;
    Ok(Answer::Silence)
}

fn connections(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.enter(path[0], Flag::ConnectionRead)?.username.clone();
    let id = readable(desk, path)?;
    let those = desk.site().connections_on(id);
    let ids: Vec<Id> = those.map(|connection| connection.id).collect();
    super::connection::listed(desk, &company, &ids)
}

fn info(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.company_with(path[0])?;
    find(desk, company, path[1]).map_err(|_| Refusal::unknown("port"))?;
    Answer::ok(json!({ "capabilities": {
        "giaStandardV1": true, "l2TypeA": true, "l3vpnTypeA": true, "qinq": false,
    } }))
}
