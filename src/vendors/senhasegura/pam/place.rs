//! Where credentials and keys are: a device is said by its name and its address. A device is read once in a run, however
//! much is written on it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tokio::sync::OnceCell;

use super::super::client::Client;
use super::device::{self, Device};
use crate::model::address::RemoteId;
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::reference::Ref;

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Place {
    pub hostname: String,
    pub ip: String,
}

/// Where devices are, as far as this run had to know it.
#[derive(Default)]
pub(in super::super) struct Places(Mutex<HashMap<RemoteId, Arc<OnceCell<Place>>>>);

impl Places {
    fn of(&self, id: &RemoteId) -> Arc<OnceCell<Place>> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(places.entry(id.clone()).or_default())
    }

    /// Forgets a device that is about to change, or that did.
    pub(super) fn forget(&self, id: &RemoteId) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.remove(id);
    }

    /// Learns where a device is that was just written.
    pub(super) fn learn(&self, id: &RemoteId, place: Place) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.insert(id.clone(), Arc::new(OnceCell::new_with(Some(place))));
    }
}

/// Where a device is, as it is by now.
pub(super) async fn place(
    client: &Client,
    device: &Ref<Device>,
    applying: &Applying<'_>,
) -> Result<Place, VendorError> {
    let id = applying.id(device)?;
    let cell = client.places.of(&id);
    let place = cell.get_or_try_init(|| device::place(client, &id)).await?;
    Ok(place.clone())
}
