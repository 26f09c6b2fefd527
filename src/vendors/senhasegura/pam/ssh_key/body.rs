//! What is sent of a key.

use serde::Serialize;

use super::super::super::mysafe::revealed;
use super::super::device::Device;
use super::super::place::Place;
use super::{
    DEVICES, ENABLED, KEY_NAME, PASSPHRASE, PRIVATE_KEY, PUBLIC_KEY, SshKeySpec, TAGS, USERNAME,
};
use crate::http::Revealed;
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::Field;
use crate::model::reference::Ref;

/// What an upsert sends. What is left out is left as it was (page 58).
#[derive(Serialize)]
pub(super) struct Body<'a> {
    identifier: &'a str,
    #[serde(flatten)]
    place: Option<&'a Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_key: Option<Revealed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<Revealed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<Vec<Named>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
}

#[derive(Serialize)]
struct Named {
    hostname: String,
}

impl<'a> Body<'a> {
    /// The key of this identifier with the fields of a spec for which `sends` says so.
    pub(super) fn of(
        identifier: &'a str,
        place: Option<&'a Place>,
        spec: &'a SshKeySpec,
        applying: &Applying<'_>,
        sends: impl Fn(Field) -> bool,
    ) -> Result<Self, VendorError> {
        let SshKeySpec {
            identifier: _,
            device: _,
            username,
            key_name,
            public_key,
            private_key,
            passphrase,
            tags,
            devices,
            enabled,
        } = spec;
        let named = |it: &Ref<Device>| {
            let hostname = applying.label(it)?;
            Ok::<_, VendorError>(Named { hostname })
        };
        let devices = devices.as_ref().filter(|_| sends(DEVICES));
        let tags = tags.as_ref().filter(|_| sends(TAGS));
        Ok(Self {
            identifier,
            place,
            username: username.as_deref().filter(|_| sends(USERNAME)),
            key_name: key_name.as_deref().filter(|_| sends(KEY_NAME)),
            public_key: sends(PUBLIC_KEY).then_some(public_key),
            private_key: revealed(private_key.as_ref().filter(|_| sends(PRIVATE_KEY))),
            password: revealed(passphrase.as_ref().filter(|_| sends(PASSPHRASE))),
            tags: tags.map(|tags| tags.joined(",")),
            devices: devices
                .map(|devices| devices.iter().map(named).collect())
                .transpose()?,
            enabled: enabled.filter(|_| sends(ENABLED)),
        })
    }
}
