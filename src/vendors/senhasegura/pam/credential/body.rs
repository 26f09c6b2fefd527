//! What is sent of a credential.

use serde::Serialize;

use super::super::super::mysafe::revealed;
use super::super::place::Place;
use super::members::{Members, Sending};
use super::{
    ADDITIONAL, CONTENT, CREDENTIAL_TYPE, Credential, CredentialSpec, DOMAIN, PARENT, TAGS,
};
use crate::http::Revealed;
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::reference::Ref;

/// What an upsert sends. Who it is and where are always wanted (page 47).
#[derive(Serialize)]
pub(super) struct Body<'a> {
    identifier: &'a str,
    username: &'a str,
    #[serde(flatten)]
    place: &'a Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Revealed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_password: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_settings: Option<Members<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_settings: Option<Members<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_settings: Option<Members<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jit_settings: Option<Members<'a>>,
}

impl<'a> Body<'a> {
    /// Only who it is and where.
    pub(super) fn bare(identifier: &'a str, username: &'a str, place: &'a Place) -> Self {
        Self {
            identifier,
            username,
            place,
            content: None,
            credential_type: None,
            domain: None,
            additional: None,
            parent_password: None,
            tags: None,
            execution_settings: None,
            session_settings: None,
            additional_settings: None,
            jit_settings: None,
        }
    }

    /// With the fields of a spec that are sent.
    pub(super) fn with(
        self,
        spec: &'a CredentialSpec,
        sending: &Sending<'_, '_>,
    ) -> Result<Self, VendorError> {
        let CredentialSpec {
            identifier: _,
            username: _,
            device: _,
            content,
            credential_type,
            domain,
            additional,
            parent,
            tags,
            execution,
            more,
            session,
            jit,
        } = spec;
        let Sending {
            applying, sends, ..
        } = sending;
        let text = |field, value: &'a Option<String>| value.as_deref().filter(|_| sends(field));
        let parent = parent.as_ref().filter(|_| sends(PARENT));
        let tags = tags.as_ref().filter(|_| sends(TAGS));
        Ok(Self {
            content: revealed(content.as_ref().filter(|_| sends(CONTENT))),
            credential_type: text(CREDENTIAL_TYPE, credential_type),
            domain: text(DOMAIN, domain),
            additional: text(ADDITIONAL, additional),
            parent_password: parent.map(|it| number(it, applying)).transpose()?,
            tags: tags.map(|tags| tags.joined(",")),
            execution_settings: execution.members(sending)?.unless_empty(),
            session_settings: session.members(sending)?.unless_empty(),
            additional_settings: more.members(sending)?.unless_empty(),
            jit_settings: jit.members(sending)?.unless_empty(),
            ..self
        })
    }
}

/// A parent is said by its number (page 51).
fn number(parent: &Ref<Credential>, applying: &Applying<'_>) -> Result<u64, VendorError> {
    let id = applying.id(parent)?;
    id.0.parse().map_err(|error| {
        VendorError::refused(format!("the id {id} of the parent is not a number")).source(error)
    })
}
