//! A2A: devices, credentials and SSH keys, which are created and updated by one and the same call, and related users.
//!
//! Whoever bears a token of an authorization is served, within what the authorization opens and what was chosen for
//! it. Assumed: what was not chosen is left out of lists; a credential is refused then, and a device is not found.

mod credential;
mod device;
mod entry;
mod reading;
mod related;
mod ssh_key;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;

use super::Senhasegura;
use super::call::Call;
use super::desk::{self, Desk, Route};
use super::envelope::Refusal;
use super::members::Members;
use super::seed::{Authorization, Device, Resource};

/// Serves devices, credentials and SSH keys.
pub(crate) fn router() -> Router<Arc<Senhasegura>> {
    Router::new().fallback(serve)
}

/// Serves related users, which have a path and a resource of their own.
pub(crate) fn user_router() -> Router<Arc<Senhasegura>> {
    Router::new().fallback(serve_users)
}

async fn serve(
    State(vault): State<Arc<Senhasegura>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::new(method, &uri, headers, body);
    let tables = [device::ROUTES, credential::ROUTES, ssh_key::ROUTES];
    answer(&vault, call, Resource::PamCore, &tables)
}

async fn serve_users(
    State(vault): State<Arc<Senhasegura>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = Call::new(method, &uri, headers, body);
    answer(&vault, call, Resource::Users, &[related::ROUTES])
}

fn answer(
    vault: &Senhasegura,
    call: Call,
    resource: Resource,
    tables: &[&[Route<Authorization>]],
) -> Response {
    let admit = |world: &super::vault::Vault, client: &str| {
        let me = world.clients.authorization(client);
        let me = me.ok_or(Refusal::NoToken)?;
        match &me.resources {
            Some(opened) if !opened.contains(&resource) => Err(Refusal::Closed),
            Some(_) | None => Ok(me.clone()),
        }
    };
    desk::answer(vault, call, admit, tables)
}

/// A request of an application being worked on.
type AppDesk<'a> = Desk<'a, Authorization>;

impl AppDesk<'_> {
    /// Demands that the authorization may do more than read.
    fn may_write(&self) -> Result<(), Refusal> {
        if self.me.read_only {
            let text = "Without PAM Configuration Access permission";
            return Err(Refusal::new(1039, text));
        }
        Ok(())
    }

    fn sees_device(&self, id: u64) -> bool {
        let chosen = self.me.devices.as_ref();
        chosen.is_none_or(|ids| ids.contains(&id))
    }

    fn sees_entry(&self, id: u64) -> bool {
        let chosen = self.me.credentials.as_ref();
        chosen.is_none_or(|ids| ids.contains(&id))
    }

    /// The device on which a credential or key is to be. Assumed: a disabled one is as good as none, and its address
    /// must be the one it has.
    fn device(&self, hostname: &str, ip: Option<&str>) -> Result<&Device, Refusal> {
        let device = self.world().devices.named(hostname);
        let device = device.filter(|it| !it.disabled && self.sees_device(it.id));
        device
            .filter(|it| ip.is_none_or(|ip| ip == it.ip))
            .ok_or_else(no_device)
    }
}

fn no_device() -> Refusal {
    Refusal::new(1011, "Device not found")
}

impl Members {
    /// A text without which nothing is done, by the number and the word of its error.
    fn informed(
        &self,
        name: &'static str,
        code: u16,
        word: &'static str,
    ) -> Result<String, Refusal> {
        self.filled(name)?
            .ok_or_else(|| Refusal::new(code, format!("The {word} was not informed")))
    }

    /// The hostname and the address of a device.
    fn place(&self) -> Result<(String, String), Refusal> {
        let hostname = self.informed("hostname", 1004, "hostname")?;
        Ok((hostname, self.informed("ip", 1005, "IP")?))
    }
}
