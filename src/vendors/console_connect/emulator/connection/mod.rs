//! Layer 2 connections between two ports, of one company or of two, who must agree then.
//!
//! Operations are below `/api/v2` or `/api`, each only where the pages have it. Assumed: the refusals, and that each of
//! the two companies can do what its roles allow.

mod change;
mod create;

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::catalog::Flag;
use super::desk::Desk;
use super::id::Id;
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Connection, Request};
use super::site::{Row, Site};
use super::{company, port, state, step};

/// The rules of connections.
pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "PUT",
        "api/v2/company/{}/connections/layer2",
        create::create,
    ),
    Route::new("GET", "api/v2/company/{}/connections", search),
    Route::new("GET", "api/v2/company/{}/connections/{}", read),
    Route::new("POST", "api/v2/company/{}/connections/{}", change::update),
    Route::new("DELETE", "api/v2/company/{}/connections/{}", delete),
    Route::new("PUT", "api/v2/company/{}/connections/{}/approve", approve),
    Route::new("PUT", "api/v2/company/{}/connections/{}/reject", reject),
    Route::new("GET", "api/company/{}/connections", list),
    Route::new("GET", "api/company/{}/connections/{}", read),
    Route::new("PUT", "api/company/{}/connections/{}/disable", disable),
    Route::new("PUT", "api/company/{}/connections/{}/enable", enable),
    Route::new("PUT", "api/company/{}/connections/{}/change", change::open),
    Route::new(
        "DELETE",
        "api/company/{}/connections/{}/change",
        change::close,
    ),
    Route::new(
        "PUT",
        "api/company/{}/connections/{}/change/approve",
        change::approve,
    ),
    Route::new(
        "PUT",
        "api/company/{}/connections/{}/change/read",
        change::mark_read,
    ),
];

/// On which side of a connection a company is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// It asked for the connection, and may be on the other side as well.
    Creator,
    Receiver,
}

/// Shows a connection as one of its companies sees it.
fn show(site: &Site, connection: &Connection, viewer: &str) -> Value {
    let (own, other) = (&connection.company, connection.other_company());
    let vlan = |id: Option<u64>| id.map(|id| json!({ "id": id }));
    let friendly = match connection.kind.as_str() {
        "CLOUD" => "Cloud",
        _ => "Layer 2",
    };
    json!({
        "id": connection.id,
        "name": connection.name,
        "type": connection.kind,
        "typeFriendly": friendly,
        "status": connection.status,
        "errorReason": connection.error_reason,
        "speed": port::speed(connection.speed),
        "srcPortId": connection.port,
        "destPortId": connection.other_port,
        "srcCompanyId": company::id(site, own),
        "destCompanyId": company::id(site, other),
        "srcCompany": company::show_brief(site, own),
        "destCompany": company::show_brief(site, other),
        "port": port::show_brief(site, connection.port),
        "destPort": connection.other_port.map(|id| port::show_brief(site, id)),
        "srcVlan": vlan(connection.vlan),
        "destVlan": vlan(connection.other_vlan),
        "srcUntagged": connection.untagged,
        "destUntagged": connection.other_untagged,
        "srcVlanRequest": connection.vlan,
        "destVlanRequest": connection.other_vlan,
        "classOfService": connection.class,
        "paymentType": connection.payment_type,
        "payg": connection.payment_type.as_deref() != Some("plan"),
        "duration": connection.duration,
        "durationUnit": connection.duration_unit,
        "partner": { "type": "NONE" },
        "request": connection.request.as_ref().map(|it| show_request(site, it)),
        "parentId": null,
        "subconnections": [],
        "subconnectionIds": [],
        "isCreator": own == viewer,
        "isReceiver": other == viewer,
        "maintenanceMode": false,
        "createdAt": connection.times.created(site.now),
        "updatedAt": connection.times.updated(site.now),
        "statusChangedAt": connection.times.updated(site.now),
        "deleted": connection.status == state::Connection::Deleted,
        "deletedAt": connection.times.shown_deletion(site.now),
    })
}

fn show_request(site: &Site, request: &Request) -> Value {
    json!({
        "status": request.status,
        "speed": request.speed,
        "srcApproval": request.approval,
        "destApproval": request.other_approval,
        "destMetroId": null,
        "read": request.read,
        "updatedAt": request.updated.unwrap_or(site.now),
    })
}

/// Finds a connection of a company in which the user may do something, and the company's side of it.
fn find(desk: &Desk<'_>, path: &[&str], flag: Flag) -> Result<(Connection, Side), Refusal> {
    let company = &desk.enter(path[0], flag)?.username;
    let found = Id::parse(path[1]).and_then(|id| desk.site().connections.get(&id));
    let found = found.ok_or_else(|| Refusal::unknown("connection"))?;
    let side = if found.company == *company {
        Side::Creator
    } else if found.other_company() == company {
        Side::Receiver
    } else {
        return Err(Refusal::unknown("connection"));
    };
    Ok((found.clone(), side))
}

/// Keeps a connection and shows it.
fn keep(desk: &mut Desk<'_>, mut connection: Connection, viewer: &str) -> Outcome {
    connection.times.touch(desk.site().now);
    desk.put(Row::Connection(connection.clone()))?;
    Answer::ok(show(desk.site(), &connection, viewer))
}

fn unchanged(desk: &Desk<'_>, connection: &Connection, viewer: &str) -> Outcome {
    Answer::ok(show(desk.site(), connection, viewer))
}

/// Shows connections as a list, which counts as a read of each.
pub(crate) fn listed(desk: &mut Desk<'_>, viewer: &str, ids: &[Id]) -> Outcome {
    desk.look(ids)?;
    let site = desk.site();
    let those = ids.iter().filter_map(|id| site.connections.get(id));
    let shown = those.map(|it| show(site, it, viewer)).collect::<Vec<_>>();
    Answer::ok(json!({ "results": shown }))
}

/// The connections of a company, on either side, those that are over too.
fn of_company<'a>(site: &'a Site, company: &str) -> impl Iterator<Item = &'a Connection> {
    let those = site.connections.values();
    those.filter(move |it| it.company == company || it.other_company() == company)
}

/// The older list, which has everything \[7\]\[27\].
fn list(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.enter(path[0], Flag::ConnectionRead)?;
    let those = of_company(desk.site(), path[0]);
    let ids: Vec<Id> = those.map(|it| it.id).collect();
    listed(desk, path[0], &ids)
}

/// The newer list, a page at a time. All three parameters are required \[3\]. Assumed: `status` is one or several with
/// commas between them, and an empty one asks for all.
fn search(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.enter(path[0], Flag::ConnectionRead)?;
    let wanted = desk.call.query("status");
    let wanted = wanted.ok_or_else(|| Refusal::bad("The parameter status is required"))?;
    let is_wanted = |it: &&Connection| {
        let status = json!(it.status);
        let mut statuses = wanted.split(',').map(str::trim);
        wanted.is_empty() || statuses.any(|wanted| status == wanted)
    };
    let those = of_company(desk.site(), path[0]).filter(is_wanted);
    let ids: Vec<Id> = those.map(|it| it.id).collect();
    let ids = desk.call.page(ids)?;
    listed(desk, path[0], &ids)
}

fn read(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let id = find(desk, path, Flag::ConnectionRead)?.0.id;
    desk.look(&[id])?;
    let (connection, _) = find(desk, path, Flag::ConnectionRead)?;
    unchanged(desk, &connection, path[0])
}

/// Deletes a connection or takes a request for one back. One that is going or gone already stays as it is.
fn delete(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let (mut connection, side) = find(desk, path, Flag::ConnectionDelete)?;
    let status = connection.status;
    if status == state::Connection::Pending {
        return refuse(desk, connection, side, path[0]);
    }
    if matches!(
        status,
        state::Connection::Deleting | state::Connection::Deleted
    ) {
        return unchanged(desk, &connection, path[0]);
    }
    if !status.is_settled() {
        return Err(Refusal::conflict("The connection is not settled"));
    }
    connection.status = state::Connection::Deleting;
    keep(desk, connection, path[0])
}

/// Agrees to a request for a connection.
fn approve(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let (mut connection, side) = find(desk, path, Flag::ConnectionModify)?;
    if connection.status != state::Connection::Pending {
        return Err(Refusal::conflict("The connection is not pending"));
    }
    if connection.other_port.is_none() && side == Side::Receiver {
        return Err(Refusal::conflict("The connection has no destination port"));
    }
    agree(&mut connection, side);
    keep(desk, connection, path[0])
}

/// Notes that a side agrees to what is asked for; a connection to which both agree is to be set up.
fn agree(connection: &mut Connection, side: Side) {
    let is_pending = connection.status == state::Connection::Pending;
    let Some(request) = &mut connection.request else {
        return;
    };
    match side {
        Side::Creator => request.approval = true,
        Side::Receiver => request.other_approval = true,
    }
    if is_pending && request.is_agreed() {
        connection.speed = request.speed;
        connection.request = None;
        connection.status = state::Connection::Accepted;
    }
}

fn reject(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let (connection, side) = find(desk, path, Flag::ConnectionModify)?;
    if connection.status != state::Connection::Pending {
        return Err(Refusal::conflict("The connection is not pending"));
    }
    refuse(desk, connection, side, path[0])
}

/// Ends a request for a connection: who asked for it cancels it, the other denies it.
fn refuse(desk: &mut Desk<'_>, mut connection: Connection, side: Side, viewer: &str) -> Outcome {
    (connection.status, connection.request) = match side {
        Side::Creator => (state::Connection::Cancelled, None),
        Side::Receiver => (state::Connection::Denied, None),
    };
    keep(desk, connection, viewer)
}

/// Disables a connection. One that is disabled already stays as it is.
fn disable(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let (mut connection, _) = find(desk, path, Flag::ConnectionModify)?;
    if matches!(
        connection.status,
        state::Connection::Disabling | state::Connection::Disabled
    ) {
        return unchanged(desk, &connection, path[0]);
    }
    if connection.status != state::Connection::Active {
        return Err(Refusal::conflict("The connection is not active"));
    }
    connection.status = state::Connection::Disabling;
    keep(desk, connection, path[0])
}

/// Enables a connection, for which both ports must be active \[3\]. One that is enabled already stays as it is.
fn enable(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let (mut connection, _) = find(desk, path, Flag::ConnectionModify)?;
    if matches!(
        connection.status,
        state::Connection::Activating | state::Connection::Active
    ) {
        return unchanged(desk, &connection, path[0]);
    }
    if connection.status != state::Connection::Disabled {
        return Err(Refusal::conflict("The connection is not disabled"));
    }
    if !step::is_up(desk.site(), &connection) {
        return Err(Refusal::conflict("Both ports must be active"));
    }
    connection.status = state::Connection::Activating;
    keep(desk, connection, path[0])
}

/// Refuses what does not fit into a port beside what it carries already, and a port that cannot be shared.
fn fits(site: &Site, id: Id, speed: u64, own: Option<&Connection>) -> Result<(), Refusal> {
    let Some(port) = site.ports.get(&id) else {
        return Ok(());
    };
    let mine = own.filter(|it| it.port == id || it.other_port == Some(id));
    let taken = site.utilised(id) - mine.map_or(0, Connection::reserved);
    if taken.saturating_add(speed) > port.speed {
        return Err(Refusal::bad(format!(
            "The port {} has not enough bandwidth left",
            port.name
        )));
    }
    Ok(())
}
