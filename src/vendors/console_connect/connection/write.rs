//! Creating, changing, switching and deleting connections, and waiting for the vendor to do it.

use serde::Serialize;
use serde_json::json;

use super::live::Entity;
use super::{APPROVED, Class, Connection, ConnectionSpec, ENABLED, NAME, SPEED, find};
use crate::apply::Permit;
use crate::http::{Repeat, Write, segment};
use crate::model::address::RemoteId;
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::kind::Update;
use crate::model::reference::{Links, Ref};
use crate::vendors::console_connect::answer::{clean, partly, unseen};
use crate::vendors::console_connect::client::{Client, accepted};
use crate::vendors::console_connect::port::{Payment, Port};
use crate::vendors::console_connect::price;
use crate::vendors::console_connect::wait::{Seen, until};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    port_id: Option<String>,
    dest_port_id: Option<String>,
    dest_company: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class_of_service: Option<&'static str>,
}

#[derive(Serialize)]
struct Change<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed: Option<u32>,
}

/// Asks for a connection between two ports of the company, and waits until it works.
pub(super) async fn create(
    client: &Client,
    want: &ConnectionSpec,
    applying: &Applying<'_>,
) -> Result<RemoteId, VendorError> {
    let company = &client.me().await?.company.username;
    let port = |port: &Option<Ref<Port>>| {
        let id = port.as_ref().map(|port| made(client, port, applying));
        id.transpose().map(|id| id.map(|id| id.0))
    };
    let term = want.term.as_ref();
    let body = Body {
        kind: "LAYER2",
        name: &want.name,
        port_id: port(&want.from)?,
        dest_port_id: port(&want.to)?,
        dest_company: company,
        speed: want.speed.map(|it| it.0),
        payment_type: want.payment.map(Payment::as_str),
        duration: term.map(|it| it.number),
        duration_unit: term.map(|it| it.unit.as_str()),
        class_of_service: want.class_of_service.map(|it: Class| it.spelled().1),
    };
    let path = client.path_v2("connections/layer2").await?;
    let created = client
        .create::<Entity>(&path, Some(&body), applying.permit)
        .await?;
    let id = RemoteId(created.id);
    let rest = async {
        wait_for(client, &id, |it| it.status == "ACTIVE").await?;
        if want.enabled == Some(false) {
            switch(client, &id, false, applying.permit).await?;
        }
        Ok(())
    };
    rest.await
        .map_err(|error| partly("the connection is there", error))?;
    Ok(id)
}

/// The id of a port. One that is only ordered has none yet.
fn made(
    client: &Client,
    port: &Ref<Port>,
    applying: &Applying<'_>,
) -> Result<RemoteId, VendorError> {
    let id = applying.id(port)?;
    if client.orders.get(&id).is_some() {
        let label = applying.label(port)?;
        return Err(VendorError::refused(format!(
            "the port `{}` is ordered and not made yet",
            clean(&label)
        ))
        .help("apply again when it is there"));
    }
    Ok(id)
}

/// Approves, renames and changes the speed, and switches last.
pub(super) async fn update(
    client: &Client,
    id: &RemoteId,
    update: &Update<'_, Connection>,
    permit: &Permit,
) -> Result<(), VendorError> {
    let want = update.want;
    if update.changes(APPROVED) && want.approved == Some(true) {
        let path = client
            .path_v2(&format!("connections/{}/approve", segment(&id.0)))
            .await?;
        client.set(Write::Put, &path, None::<&()>, permit).await?;
    }
    let speed = want.speed.filter(|_| update.changes(SPEED));
    let known = client.connections.get(id);
    // Another company has a say in what it would be faster by.
    let is_asked = known.is_some_and(|live| {
        live.is_shared && !live.is_request && speed.is_some_and(|speed| live.speed < Some(speed))
    });
    let change = Change {
        name: update.changes(NAME).then_some(want.name.as_str()),
        speed: speed.filter(|_| !is_asked).map(|it| it.0),
    };
    if change.name.is_some() || change.speed.is_some() {
        let path = client
            .path_v2(&format!("connections/{}", segment(&id.0)))
            .await?;
        client
            .set(Write::Post, &path, Some(&change), permit)
            .await?;
    }
    if let Some(speed) = speed.filter(|_| is_asked) {
        let path = client
            .path(&format!("connections/{}/change", segment(&id.0)))
            .await?;
        let body = json!({ "speed": speed.0 });
        client.set(Write::Put, &path, Some(&body), permit).await?;
    }
    if let Some(speed) = speed {
        let has_it = |it: &Entity| it.speed == Some(speed);
        wait_for(client, id, has_it).await.map_err(unseen)?;
    }
    match want.enabled {
        Some(enabled) if update.changes(ENABLED) => switch(client, id, enabled, permit).await,
        Some(_) | None => Ok(()),
    }
}

/// Switches a connection on or off, and waits until it is.
async fn switch(
    client: &Client,
    id: &RemoteId,
    on: bool,
    permit: &Permit,
) -> Result<(), VendorError> {
    let (action, wanted) = if on {
        ("enable", "ACTIVE")
    } else {
        ("disable", "DISABLED")
    };
    let path = client
        .path(&format!("connections/{}/{action}", segment(&id.0)))
        .await?;
    client.set(Write::Put, &path, None::<&()>, permit).await?;
    let is_switched = |it: &Entity| it.status == wanted;
    wait_for(client, id, is_switched).await.map_err(unseen)
}

/// Waits until a connection is as it should be.
async fn wait_for(
    client: &Client,
    id: &RemoteId,
    is_done: impl Fn(&Entity) -> bool,
) -> Result<(), VendorError> {
    let company = &client.me().await?.company.id;
    until(client.wait, || async {
        let Some(live) = find(client, id).await?.filter(|it| !it.is_gone()) else {
            return Err(VendorError::refused("it is gone by now"));
        };
        if is_done(&live) {
            return Ok(Seen::Settled(()));
        }
        let waits = live.under_way(company);
        if live.status == "ERROR" {
            let why = waits.unwrap_or_default();
            return Err(VendorError::refused(format!("it {why}")));
        }
        Ok(Seen::Waits(waits.unwrap_or_else(|| {
            format!("is still {}", clean(&live.status))
        })))
    })
    .await
}

/// Deletes a connection as the vendor's own software does: switched off first, and waited for until it is gone.
pub(super) async fn delete(
    client: &Client,
    id: &RemoteId,
    permit: &Permit,
) -> Result<(), VendorError> {
    let Some(live) = find(client, id).await? else {
        return Ok(());
    };
    if !live.is_gone() {
        if live.status == "ACTIVE" {
            switch(client, id, false, permit).await?;
        }
        let path = client
            .path_v2(&format!("connections/{}", segment(&id.0)))
            .await?;
        let response = client
            .send(Write::Delete, &path, None::<&()>, Repeat::Safe, permit)
            .await?;
        if response.status != 404 {
            accepted(&response)?;
        }
    }
    let seen = until(client.wait, || async {
        Ok(match find(client, id).await? {
            Some(live) if live.status == "DELETING" || !live.is_gone() => {
                Seen::Waits("is being deleted by the vendor".to_owned())
            }
            Some(_) | None => Seen::Settled(()),
        })
    });
    seen.await.map_err(unseen)
}

/// What the vendor says that a connection costs, if both of its ports are there.
pub(super) async fn ask_price(
    client: &Client,
    want: &ConnectionSpec,
    links: &Links,
) -> Option<String> {
    let centre = |port: &Option<Ref<Port>>| {
        let port = links.id(port.as_ref()?)?;
        let facility = client.ports.get(&port)?;
        client.facilities.get(&facility)
    };
    let term = want.term.as_ref();
    let body = json!({
        "ports": [],
        "connections": [{
            "bandwidth": want.speed?.0,
            "classOfService": want.class_of_service.map(|it| it.spelled().1),
            "duration": term.map(|it| it.number),
            "durationUnit": term.map(|it| it.unit.as_str()),
            "srcDcf": centre(&want.from)?,
            "destDcf": centre(&want.to)?,
        }],
    });
    price::ask(client, &body).await
}
