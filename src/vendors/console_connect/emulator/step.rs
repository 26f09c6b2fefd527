//! What is under way, and its next step: orders, ports and connections become what they are to be one state after the
//! other, each time after so many reads, or by a command. Assumed: which states follow one another, from their names.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::id::{Id, Of};
use super::row::{Connection, Order, Port};
use super::seed::Approval;
use super::site::{Row, Site};
use super::state;

/// How often what is under way was read since its last step. It is not kept: after a kill it is counted anew.
#[derive(Default)]
pub(crate) struct Polls(Mutex<HashMap<Id, u32>>);

impl Polls {
    /// Counts a read; what comes back is the step that it brings about, before the object is shown.
    pub(crate) fn look(&self, site: &Site, id: Id) -> Option<Vec<Row>> {
        let patience = site.pace.settles_after?;
        let step = next(site, id)?;
        let mut polls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = polls.entry(id).or_default();
        if *seen < patience {
            *seen += 1;
            return None;
        }
        // This read is the first that shows the new state.
        *seen = 1;
        Some(step)
    }
}

/// The next step of an order, a port or a connection, if it is under way and waits for nobody.
pub(crate) fn next(site: &Site, id: Id) -> Option<Vec<Row>> {
    let order = site.orders.get(&id).and_then(|it| order(site, it));
    let port = || site.ports.get(&id).and_then(|it| port(site, it));
    let connection = || {
        site.connections
            .get(&id)
            .and_then(|it| connection(site, it))
    };
    order.or_else(port).or_else(connection)
}

/// Everything that has a next step.
pub(crate) fn under_way(site: &Site) -> Vec<Id> {
    let orders = site.orders.keys();
    let ids = orders
        .chain(site.ports.keys())
        .chain(site.connections.keys());
    ids.copied()
        .filter(|id| next(site, *id).is_some())
        .collect()
}

/// An order that the vendor approves. Assumed: it is allocated at once, and its port is there from then on.
pub(crate) fn approved(site: &Site, order: &Order) -> Vec<Row> {
    let port = Port {
        id: site.ids.next(Of::Port),
        company: order.company.clone(),
        facility: order.facility.clone(),
        name: order.port_name.clone(),
        speed: order.speed,
        status: state::Port::Activating,
        kind: "PHYSICAL".to_owned(),
        asn: None,
        order: Some(order.id),
        times: Default::default(),
    };
    let mut order = moved(site, order, state::Order::Allocated);
    order.created_port = Some(port.id);
    vec![Row::Port(port), Row::Order(order)]
}

/// An order in another state.
pub(crate) fn moved(site: &Site, order: &Order, status: state::Order) -> Order {
    let mut order = order.clone();
    order.status = status;
    order.times.touch(site.now);
    order
}

fn order(site: &Site, order: &Order) -> Option<Vec<Row>> {
    let status = match order.status {
        state::Order::Created => {
            let is_automatic = site.pace.approval == Approval::Automatic;
            return is_automatic.then(|| approved(site, order));
        }
        state::Order::Allocated => state::Order::LoaSent,
        state::Order::LoaSent => state::Order::Activating,
        state::Order::Activating => state::Order::Progressing,
        state::Order::Progressing => state::Order::Done,
        state::Order::Done | state::Order::Error | state::Order::Cancelled => return None,
    };
    let mut rows = vec![Row::Order(moved(site, order, status))];
    if status == state::Order::Done
        && let Some(port) = order.created_port.and_then(|id| site.ports.get(&id))
        && matches!(port.status, state::Port::Activating | state::Port::Ready)
    {
        rows.push(Row::Port(put(site, port, state::Port::Active)));
    }
    Some(rows)
}

/// A port in another state.
pub(crate) fn put(site: &Site, port: &Port, status: state::Port) -> Port {
    let mut port = port.clone();
    port.status = status;
    if status == state::Port::Deleted {
        port.times.delete(site.now);
    } else {
        port.times.touch(site.now);
    }
    port
}

fn port(site: &Site, port: &Port) -> Option<Vec<Row>> {
    let order = port.order.and_then(|id| site.orders.get(&id));
    let order = order.filter(|order| !order.status.is_over());
    let status = match port.status {
        // A new port waits for its link, which one that is activated again has.
        state::Port::Activating if order.is_some() => state::Port::Ready,
        state::Port::Activating | state::Port::Ready => state::Port::Active,
        state::Port::Disabling => state::Port::Disabled,
        state::Port::Deleting => state::Port::Deleted,
        state::Port::Active
        | state::Port::Disabled
        | state::Port::Deleted
        | state::Port::Onboarding
        | state::Port::Unknown => return None,
    };
    let mut rows = vec![Row::Port(put(site, port, status))];
    if status == state::Port::Active
        && let Some(order) = order
    {
        rows.push(Row::Order(moved(site, order, state::Order::Done)));
    }
    Some(rows)
}

/// Whether both ports of a connection are up.
pub(crate) fn is_up(site: &Site, connection: &Connection) -> bool {
    let is_active = |id: Id| {
        let port = site.ports.get(&id);
        port.is_some_and(|port| port.status == state::Port::Active)
    };
    is_active(connection.port) && connection.other_port.is_some_and(is_active)
}

fn connection(site: &Site, connection: &Connection) -> Option<Vec<Row>> {
    let mut next = connection.clone();
    match connection.status {
        state::Connection::Creating | state::Connection::Activating => {
            next.status = state::Connection::Active;
        }
        state::Connection::Accepted if is_up(site, connection) => {
            next.status = state::Connection::Active;
        }
        state::Connection::Disabling => next.status = state::Connection::Disabled,
        state::Connection::Deleting => next.status = state::Connection::Deleted,
        state::Connection::Active | state::Connection::Disabled => {
            let request = next.request.take();
            next.speed = request.filter(|request| request.is_agreed())?.speed;
        }
        state::Connection::Pending
        | state::Connection::Cancelled
        | state::Connection::PendingAcceptance
        | state::Connection::Denied
        | state::Connection::Accepted
        | state::Connection::Deleted
        | state::Connection::Manual
        | state::Connection::Error => return None,
    }
    if next.status == state::Connection::Deleted {
        next.times.delete(site.now);
    } else {
        next.times.touch(site.now);
    }
    Some(vec![Row::Connection(next)])
}
