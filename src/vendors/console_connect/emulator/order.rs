//! Orders of ports: the first of the two steps by which a port comes into being.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::call::Members;
use super::catalog::{Facility, Flag};
use super::desk::Desk;
use super::id::{Id, Of};
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Company, Order};
use super::site::{Row, Site};
use super::{company, facility, port, state, step};

/// The rules of orders. No source knows of one that cancels an order.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("PUT", "api/company/{}/ports/orders", create),
    Route::new("GET", "api/company/{}/ports/orders", list),
    Route::new("GET", "api/company/{}/ports/orders/{}", read),
    Route::new("POST", "api/company/{}/ports/orders/{}/sendloa", send_again),
    Route::new("POST", "api/company/{}/ports/orders/{}/loasent", mark_sent),
];

/// The least speed of a port, by the schema.
const LEAST: u64 = 100;

/// The state of a letter that is still to be sent, as samples show it. In one piece it would read like a note of ours.
const LETTER_DUE: &str = concat!("TO", "DO");

/// Shows an order.
fn show(site: &Site, order: &Order) -> Value {
    let place = site.place(&order.facility);
    let created = order.created_port.map(|id| port::show_brief(site, id));
    let is_cancelled = order.status == state::Order::Cancelled;
    let is_before_letter = matches!(
        order.status,
        state::Order::Created | state::Order::Allocated | state::Order::Cancelled
    );
    json!({
        "id": order.id,
        "portName": order.port_name,
        "speed": port::speed(order.speed),
        "status": order.status,
        // Assumed: what comes after the only word that was seen.
        "loaStatus": if is_before_letter { LETTER_DUE } else { "SENT" },
        "type": "PHYSICAL",
        "paymentType": order.payment_type,
        "payg": order.payment_type != "plan",
        "billingId": order.billing_id,
        "durationUnit": order.duration_unit,
        "dataCenterFacilityId": place.map(|(facility, _)| facility.id),
        "dataCenterFacility": place.map(|(it, _)| facility::show_brief(it)),
        "metroId": place.map(|(_, metro)| metro.id),
        "metro": place.map(|(_, metro)| facility::show_metro_brief(metro)),
        "companyId": company::id(site, &order.company),
        "company": company::show_brief(site, &order.company),
        "port": created,
        "createdPortId": order.created_port,
        "crossConnectId": null,
        "message": order.message,
        "isEdgePort": false,
        "isManualCreate": false,
        "requestSource": "CONSOLE_API",
        "cancelled": is_cancelled,
        "cancelledAt": is_cancelled.then(|| order.times.updated(site.now)),
        "createdBy": order.created_by,
        "deleted": false,
        "deletedAt": order.times.shown_deletion(site.now),
        "createdAt": order.times.created(site.now),
        "updatedAt": order.times.updated(site.now),
    })
}

/// Refuses a company that may not order. Assumed: how it is told.
pub(crate) fn may_order(company: &Company) -> Result<(), Refusal> {
    if !company.verified {
        return Err(Refusal::bad("The company is not verified"));
    }
    if !company.terms_signed {
        return Err(Refusal::bad(
            "The company has not signed the terms for use of the API",
        ));
    }
    Ok(())
}

fn create(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.enter(path[0], Flag::OrderCreate)?;
    let order = asked(desk, company).map_err(Refusal::of_order)?;
    desk.put(Row::Order(order.clone()))?;
    Answer::ok(show(desk.site(), &order))
}

/// The order that a body asks for.
fn asked(desk: &Desk<'_>, company: &Company) -> Result<Order, Refusal> {
    may_order(company)?;
    let members = desk.call.members()?;
    let site = desk.site();
    let port_name = members.required("portName")?.to_owned();
    let speed = members.number("speed")?;
    let speed = speed.ok_or_else(|| Refusal::bad("speed is required"))?;
    let place = place(site, &members)?;
    // Assumed: a facility has the speeds that it lists.
    if speed < LEAST || !place.speeds.contains(&speed) {
        return Err(Refusal::bad(format!("speed cannot be {speed}")));
    }
    if !place.ready {
        return Err(Refusal::bad("No ports can be ordered at the facility"));
    }
    check_bundle(place, &members)?;
    let duration_unit = members.text("durationUnit")?;
    if duration_unit.is_some_and(|unit| !["m", "y"].contains(&unit)) {
        return Err(Refusal::bad("durationUnit must be m or y"));
    }
    let payment_type = members.required("paymentType")?.to_owned();
    let billing_id = match payment_type.as_str() {
        "invoice" => None,
        "plan" => Some(plan(site, company, &members)?),
        _ => return Err(Refusal::bad("paymentType must be plan or invoice")),
    };
    Ok(Order {
        id: site.ids.next(Of::Order),
        company: company.username.clone(),
        facility: place.username.clone(),
        port_name,
        speed,
        status: state::Order::Created,
        payment_type,
        billing_id,
        duration_unit: duration_unit.map(str::to_owned),
        created_port: None,
        created_by: Some(desk.me.id),
        message: None,
        times: Default::default(),
    })
}

/// The facility by its user name, or by its id, which the vendor's bridge sends \[25\].
fn place<'a>(site: &'a Site, members: &Members) -> Result<&'a Facility, Refusal> {
    let by_name = members.text("dataCenterFacility")?;
    let by_id = members.id("dataCenterFacilityId")?;
    let found = match (by_name, by_id) {
        (Some(name), _) => site.facility(name),
        (None, Some(id)) => site.facilities.iter().find(|it| it.id == id),
        (None, None) => return Err(Refusal::bad("dataCenterFacility is required")),
    };
    found.ok_or_else(|| Refusal::bad("There is no such data center facility"))
}

fn check_bundle(place: &Facility, members: &Members) -> Result<(), Refusal> {
    if members.flag("bundleCrossConnect")? != Some(true) {
        return Ok(());
    }
    if !place.can_bundle_cross_connect {
        return Err(Refusal::bad(
            "The data center facility cannot bundle a cross connect",
        ));
    }
    if place.bundle_cross_connect_charge_id.is_none() {
        return Err(Refusal::bad("bundleCrossConnectChargeId is missing"));
    }
    Ok(())
}

/// The plan that pays. The samples have its id in a member that is for credit cards \[3\]: both are taken.
fn plan(site: &Site, company: &Company, members: &Members) -> Result<Id, Refusal> {
    let id = match members.id("billingId")? {
        Some(id) => id,
        None => members
            .id("paymentTransactionId")?
            .ok_or_else(|| Refusal::bad("billingId is required"))?,
    };
    let plan = site.plans.iter().find(|plan| plan.id == id);
    let plan = plan.filter(|plan| plan.company == company.username);
    let plan = plan.ok_or_else(|| Refusal::bad("The company has no such plan"))?;
    let is_ended = |it: &Order| matches!(it.status, state::Order::Cancelled | state::Order::Error);
    let orders = site.orders.values();
    let paid = orders.filter(|it| it.billing_id == Some(id) && !is_ended(it));
    if paid.count() >= plan.ports {
        return Err(Refusal::bad("The plan has nothing left"));
    }
    Ok(id)
}

fn list(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.enter(path[0], Flag::OrderQuery)?.username.clone();
    let orders = desk.site().orders.values();
    let orders = orders.filter(|order| order.company == company);
    let ids: Vec<Id> = orders.map(|order| order.id).collect();
    desk.look(&ids)?;
    let site = desk.site();
    let orders = ids.iter().filter_map(|id| site.orders.get(id));
    let shown = orders.map(|order| show(site, order)).collect::<Vec<_>>();
    Answer::ok(json!({ "results": shown }))
}

fn find(desk: &Desk<'_>, path: &[&str], flag: Flag) -> Result<Order, Refusal> {
    let company = desk.enter(path[0], flag)?;
    let order = Id::parse(path[1]).and_then(|id| desk.site().orders.get(&id));
    let order = order.filter(|order| order.company == company.username);
    order.cloned().ok_or_else(|| Refusal::unknown("order"))
}

fn read(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let id = find(desk, path, Flag::OrderQuery)?.id;
    desk.look(&[id])?;
    let order = find(desk, path, Flag::OrderQuery)?;
    Answer::ok(show(desk.site(), &order))
}

/// Sends the letter of authorisation again. Assumed: that changes nothing.
fn send_again(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let order = find(desk, path, Flag::OrderModify)?;
    Answer::ok(show(desk.site(), &order))
}

fn mark_sent(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let order = find(desk, path, Flag::OrderModify)?;
    if order.status != state::Order::Allocated {
        return Err(Refusal::conflict("The order is not allocated"));
    }
    let order = step::moved(desk.site(), &order, state::Order::LoaSent);
    desk.put(Row::Order(order.clone()))?;
    Answer::ok(show(desk.site(), &order))
}
