//! Changing a connection: its name at once, its speed in a while, and with the other company's leave where more is asked.
//!
//! Assumed: a speed that was agreed to shows as an open request with both approvals until it is set, for work on the
//! network takes time; and that the body of a change request has a `speed`.

use super::super::answer::Outcome;
use super::super::call::Members;
use super::super::catalog::Flag;
use super::super::desk::Desk;
use super::super::refusal::Refusal;
use super::super::row::{Connection, Request};
use super::super::state;
use super::create::port_of;
use super::{Side, agree, find, fits, keep, unchanged};

/// What can be changed only while the other company has not agreed.
const EARLY: [&str; 6] = [
    "portId",
    "destPortId",
    "untagged",
    "destUntagged",
    "controllerId",
    "destControllerId",
];

/// Changes a connection.
pub(super) fn update(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let (mut connection, side) = find(desk, path, Flag::ConnectionModify)?;
    let members = desk.call.members()?;
    if members.get("name").is_some() {
        members.required("name")?.clone_into(&mut connection.name);
    }
    let speed = members.number("speed")?;
    if speed == Some(0) {
        return Err(Refusal::bad("speed must be at least 1"));
    }
    if connection.status.is_over() || connection.status == state::Connection::Deleting {
        return Err(Refusal::conflict("The connection is over"));
    }
    if connection.status == state::Connection::Pending {
        update_request(desk, &mut connection, side, &members, speed)?;
    } else {
        if let Some(name) = EARLY.iter().find(|name| members.get(name).is_some()) {
            return Err(Refusal::conflict(format!(
                "{name} can only be changed while the request is pending"
            )));
        }
        if let Some(speed) = speed {
            set_speed(desk, &mut connection, speed)?;
        }
    }
    keep(desk, connection, path[0])
}

/// Changes what is asked for, which counts as the approval of who does it. Assumed: another speed voids the other's.
fn update_request(
    desk: &Desk<'_>,
    connection: &mut Connection,
    side: Side,
    members: &Members,
    speed: Option<u64>,
) -> Result<(), Refusal> {
    let site = desk.site();
    if let Some(port) = port_of(site, members, "portId")? {
        if port.company != connection.company {
            return Err(Refusal::bad("portId is not a port of the company"));
        }
        connection.port = port.id;
    }
    if let Some(port) = port_of(site, members, "destPortId")? {
        if port.company != connection.other_company() {
            return Err(Refusal::bad(
                "destPortId is not a port of the other company",
            ));
        }
        connection.other_port = Some(port.id);
    }
    connection.untagged = members.flag("untagged")?.unwrap_or(connection.untagged);
    let untagged = members.flag("destUntagged")?;
    connection.other_untagged = untagged.unwrap_or(connection.other_untagged);
    let asked = speed.unwrap_or(connection.speed);
    let before = site.connections.get(&connection.id);
    for port in [Some(connection.port), connection.other_port] {
        port.map_or(Ok(()), |port| fits(site, port, asked, before))?;
    }
    if asked != connection.speed {
        connection.speed = asked;
        connection.request = Some(request(asked, side, false));
    }
    if connection.other_port.is_some() || side == Side::Creator {
        agree(connection, side);
    }
    Ok(())
}

/// A new request, to which a side agrees, or both.
fn request(speed: u64, side: Side, both: bool) -> Request {
    Request {
        status: state::Request::Pending,
        speed,
        approval: both || side == Side::Creator,
        other_approval: both || side == Side::Receiver,
        read: false,
        updated: None,
    }
}

/// Asks for another speed of a connection that is set up: less at any time, more only if nobody else is concerned.
fn set_speed(desk: &Desk<'_>, connection: &mut Connection, speed: u64) -> Result<(), Refusal> {
    if speed == connection.speed && connection.request.is_none() {
        return Ok(());
    }
    may_change(connection)?;
    if speed > connection.speed && !connection.is_own() {
        return Err(Refusal::conflict(
            "A higher speed needs a change request, which the other company approves",
        ));
    }
    reserve(desk, connection, speed)?;
    connection.request = Some(request(speed, Side::Creator, true));
    Ok(())
}

fn may_change(connection: &Connection) -> Result<(), Refusal> {
    if connection.kind.contains("GROUP") {
        return Err(Refusal::conflict("The speed of a group cannot be changed"));
    }
    let is_up_or_down = matches!(
        connection.status,
        state::Connection::Active | state::Connection::Disabled
    );
    if is_up_or_down {
        Ok(())
    } else {
        Err(Refusal::conflict("The connection is not settled"))
    }
}

/// Refuses a speed for which the ports have no room.
fn reserve(desk: &Desk<'_>, connection: &Connection, speed: u64) -> Result<(), Refusal> {
    let site = desk.site();
    let before = site.connections.get(&connection.id);
    let ports = [Some(connection.port), connection.other_port];
    ports
        .into_iter()
        .flatten()
        .try_for_each(|port| fits(site, port, speed, before))
}

/// Opens a change request, or modifies the open one, which voids the other side's approval.
pub(super) fn open(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let (mut connection, side) = find(desk, path, Flag::ConnectionModify)?;
    let speed = desk.call.members()?.number("speed")?;
    let speed = speed.filter(|speed| *speed > 0);
    let speed = speed.ok_or_else(|| Refusal::bad("speed is required"))?;
    may_change(&connection)?;
    reserve(desk, &connection, speed)?;
    connection.request = Some(request(speed, side, connection.is_own()));
    keep(desk, connection, path[0])
}

fn opened(connection: &mut Connection) -> Result<&mut Request, Refusal> {
    let request = connection.request.as_mut();
    let open = request.filter(|it| it.is_open());
    open.ok_or_else(|| Refusal::conflict("There is no open change request"))
}

/// Ends a change request: one's own is withdrawn, the other's is rejected.
pub(super) fn close(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let (mut connection, side) = find(desk, path, Flag::ConnectionModify)?;
    may_change(&connection)?;
    let request = opened(&mut connection)?;
    let (mine, theirs) = match side {
        Side::Creator => (request.approval, request.other_approval),
        Side::Receiver => (request.other_approval, request.approval),
    };
    request.status = if theirs && !mine {
        state::Request::Rejected
    } else {
        state::Request::Withdrawn
    };
    keep(desk, connection, path[0])
}

/// Agrees to a change request, which is carried out once both have.
pub(super) fn approve(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let (mut connection, side) = find(desk, path, Flag::ConnectionModify)?;
    may_change(&connection)?;
    opened(&mut connection)?;
    agree(&mut connection, side);
    keep(desk, connection, path[0])
}

/// Marks a change request as read, which changes nothing else.
pub(super) fn mark_read(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let (mut connection, _) = find(desk, path, Flag::ConnectionModify)?;
    match &mut connection.request {
        Some(request) => request.read = true,
        None => return unchanged(desk, &connection, path[0]),
    }
    keep(desk, connection, path[0])
}
