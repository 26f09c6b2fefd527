//! Ordering, changing, switching and deleting ports, and waiting for the vendor to do it.

use serde::Serialize;
use serde_json::json;

use super::live::{self, Order};
use super::{ASN_FIELD, ENABLED, NAME, Port, PortSpec};
use crate::apply::Permit;
use crate::http::{Repeat, Write, segment};
use crate::model::address::RemoteId;
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::kind::Update;
use crate::model::reference::Links;
use crate::vendors::console_connect::answer::{self, partly, unseen};
use crate::vendors::console_connect::client::{Client, accepted};
use crate::vendors::console_connect::price;
use crate::vendors::console_connect::wait::{Seen, until};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderBody<'a> {
    port_name: &'a str,
    speed: Option<u32>,
    payment_type: Option<&'static str>,
    /// The data centre's username.
    data_center_facility: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_id: Option<&'a str>,
}

/// What an update sends. The ASN goes as text, as the schema has it; its sample has an object (assumed).
#[derive(Serialize)]
struct Body<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    asn: Option<String>,
}

/// Orders a port and waits for it.
pub(super) async fn order(
    client: &Client,
    want: &PortSpec,
    applying: &Applying<'_>,
) -> Result<RemoteId, VendorError> {
    let body = OrderBody {
        port_name: &want.name,
        speed: want.speed.map(|it| it.0),
        payment_type: want.payment.map(super::Payment::as_str),
        data_center_facility: applying.label(&want.data_centre)?,
        billing_id: want.subscription.as_deref(),
    };
    let orders = client.path("ports/orders").await?;
    let order = client
        .create::<Order>(&orders, Some(&body), applying.permit)
        .await?;
    let rest = async {
        let id = made(client, order).await?;
        if want.asn.is_some() {
            change(client, &id, want, applying).await?;
        }
        if want.enabled == Some(false) {
            switch(client, &id, false, applying.permit).await?;
        }
        Ok(id)
    };
    rest.await
        .map_err(|error| partly("the order is there", error))
}

/// Waits for the port that comes of an order.
async fn made(client: &Client, order: Order) -> Result<RemoteId, VendorError> {
    let path = client
        .path(&format!("ports/orders/{}", segment(&order.id)))
        .await?;
    let mut first = Some(order);
    let path = &path;
    until(client.wait, || {
        let first = first.take();
        async move {
            let order = match first {
                Some(order) => order,
                None => client.get::<Order>(path, &[]).await?,
            };
            let message = order.message.as_deref().unwrap_or_default();
            match &order.created_port_id {
                Some(port) if order.status == "done" => {
                    return Ok(Seen::Settled(RemoteId(port.clone())));
                }
                Some(_) | None => {}
            }
            if order.is_void() || order.status == "error" {
                return Err(VendorError::refused(format!(
                    "the vendor does not make it: its order is `{}` {}",
                    answer::clean(&order.status),
                    answer::clean(message)
                ))
                .help("ask the vendor's Support"));
            }
            Ok(Seen::Waits(live::ordered(&order.status, message)))
        }
    })
    .await
}

/// Changes the name and the ASN, and then switches.
pub(super) async fn update(
    client: &Client,
    id: &RemoteId,
    update: &Update<'_, Port>,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    if update.changes(NAME) || update.changes(ASN_FIELD) {
        change(client, id, update.want, applying).await?;
    }
    match update.want.enabled {
        Some(enabled) if update.changes(ENABLED) => {
            switch(client, id, enabled, applying.permit).await
        }
        Some(_) | None => Ok(()),
    }
}

async fn change(
    client: &Client,
    id: &RemoteId,
    want: &PortSpec,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let asn = want.asn.as_ref().map(|asn| applying.label(asn));
    let body = Body {
        name: &want.name,
        asn: asn.transpose()?,
    };
    let path = client.path(&format!("ports/{}", segment(&id.0))).await?;
    client
        .set(Write::Post, &path, Some(&body), applying.permit)
        .await
}

/// Switches a port on or off, and waits until it is.
async fn switch(
    client: &Client,
    id: &RemoteId,
    on: bool,
    permit: &Permit,
) -> Result<(), VendorError> {
    let action = if on { "active" } else { "disable" };
    let path = client
        .path(&format!("ports/{}/{action}", segment(&id.0)))
        .await?;
    client.set(Write::Post, &path, None::<&()>, permit).await?;
    let wanted = if on { "ACTIVE" } else { "DISABLED" };
    let seen = until(client.wait, || async {
        let Some(port) = live::find(client, id).await? else {
            return Err(VendorError::refused("it is gone by now"));
        };
        Ok(if port.status == wanted {
            Seen::Settled(())
        } else {
            let waits = live::changing(&port.status);
            Seen::Waits(waits.unwrap_or_else(|| format!("is still {}", port.status)))
        })
    });
    seen.await.map_err(unseen)
}

/// Deletes a port, which must be switched off first, and waits until it is gone.
pub(super) async fn delete(
    client: &Client,
    id: &RemoteId,
    permit: &Permit,
) -> Result<(), VendorError> {
    let Some(port) = live::find(client, id).await? else {
        return Ok(());
    };
    if !port.is_gone() {
        if port.status != "DISABLED" {
            switch(client, id, false, permit).await?;
        }
        let path = client.path(&format!("ports/{}", segment(&id.0))).await?;
        let response = client
            .send(Write::Delete, &path, None::<&()>, Repeat::Safe, permit)
            .await?;
        if response.status != 404 {
            accepted(&response)?;
        }
    }
    let seen = until(client.wait, || async {
        Ok(match live::find(client, id).await? {
            Some(port) if port.status != "DELETED" => {
                let waits = live::changing(&port.status);
                Seen::Waits(waits.unwrap_or_else(|| "is still there".to_owned()))
            }
            Some(_) | None => Seen::Settled(()),
        })
    });
    seen.await.map_err(unseen)
}

/// What the vendor says that a port costs.
pub(super) async fn ask_price(client: &Client, want: &PortSpec, links: &Links) -> Option<String> {
    let body = json!({
        "ports": [{ "dcf": links.label(&want.data_centre)?, "speed": want.speed?.0 }],
        "connections": [],
    });
    price::ask(client, &body).await
}
