//! What a step is given when it runs.

use std::collections::HashMap;
use std::sync::Mutex;

use super::address::{Address, RemoteId};
use super::delivery::{self, Deliver, Delivering, SecretOutput};
use super::error::VendorError;
use super::kind::Kind;
use super::reference::{Links, Ref, Target};
use super::secret::Secret;
use crate::apply::Permit;

/// What a step is given when it runs: who is who by now, leave to write, and the door for what a vendor shows once.
pub(crate) struct Applying<'a> {
    pub links: &'a Links,
    pub created: &'a Created,
    pub permit: &'a Permit,
    pub door: &'a dyn Deliver,
}

/// The remote ids of what this run has created so far.
#[derive(Debug, Default)]
pub(crate) struct Created(Mutex<HashMap<Address, RemoteId>>);

impl Created {
    pub(crate) fn add(&self, address: Address, id: RemoteId) {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(address, id);
    }

    fn get(&self, address: &Address) -> Option<RemoteId> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(address)
            .cloned()
    }
}

impl<'a> Applying<'a> {
    /// Delivers what the vendor showed once, as a JSON object with these members, or says why it could not.
    pub(crate) fn deliver(
        &self,
        output: &'a SecretOutput,
        members: &[(&str, &Secret)],
    ) -> Delivering<'a> {
        self.door.deliver(&output.to, delivery::object(members))
    }
}

impl Applying<'_> {
    /// Who is who, with what this run has created so far.
    pub(crate) fn links_by_now(&self) -> Links {
        let mut links = self.links.clone();
        let created = self.created.0.lock();
        let created = created.unwrap_or_else(std::sync::PoisonError::into_inner);
        for (address, id) in created.iter() {
            links.learn(address, id.clone());
        }
        links
    }

    /// The label by which the vendor knows the target of a reference.
    pub(crate) fn label<K: Kind>(&self, reference: &Ref<K>) -> Result<String, VendorError> {
        self.links
            .label(reference)
            .ok_or_else(|| missing(reference))
    }

    /// The remote id of the target of a reference.
    pub(crate) fn id<K: Kind>(&self, reference: &Ref<K>) -> Result<RemoteId, VendorError> {
        let created = match &reference.target {
            Target::Declared(name) => self.created.get(&K::ID.address(name)),
            Target::Live(_) | Target::Id(_) => None,
        };
        created
            .or_else(|| self.links.id(reference))
            .ok_or_else(|| missing(reference))
    }
}

fn missing<K: Kind>(reference: &Ref<K>) -> VendorError {
    let who = match &reference.target {
        Target::Declared(name) | Target::Live(name) => name.clone(),
        Target::Id(id) => id.to_string(),
    };
    VendorError::refused(format!("there is no {} `{who}` at the vendor", K::ID.name))
        .help("declare it, or create it at the vendor first")
}
