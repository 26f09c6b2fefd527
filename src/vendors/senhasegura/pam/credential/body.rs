//! What is sent of a credential.

use serde::Serialize;

use super::super::super::mysafe::revealed;
use super::super::Place;
use super::{
    ADDITIONAL, AUTOMATIC_CHANGE, CHANGE_PLUGIN, CHANGE_TEMPLATE, CONTENT, CREDENTIAL_TYPE,
    CRITICALITY, Credential, CredentialSpec, DOMAIN, NOTES, OWNER, PARENT, TAGS,
};
use crate::http::Revealed;
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::Field;
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
    execution_settings: Option<ExecutionSettings<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_settings: Option<AdditionalSettings<'a>>,
}

#[derive(Serialize)]
struct ExecutionSettings<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    automatic_change: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change_plugin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change_template: Option<&'a str>,
}

#[derive(Serialize)]
struct AdditionalSettings<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_credential_owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    criticality: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
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
            additional_settings: None,
        }
    }

    /// With the fields of a spec for which `sends` says so.
    pub(super) fn with(
        self,
        spec: &'a CredentialSpec,
        applying: &Applying<'_>,
        sends: impl Fn(Field) -> bool,
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
            automatic_change,
            change_plugin,
            change_template,
            owner,
            criticality,
            notes,
        } = spec;
        let text = |field, value: &'a Option<String>| value.as_deref().filter(|_| sends(field));
        let parent = parent.as_ref().filter(|_| sends(PARENT));
        let owner = owner.as_ref().filter(|_| sends(OWNER));
        let tags = tags.as_ref().filter(|_| sends(TAGS));
        let execution = ExecutionSettings {
            automatic_change: automatic_change.filter(|_| sends(AUTOMATIC_CHANGE)),
            change_plugin: text(CHANGE_PLUGIN, change_plugin),
            change_template: text(CHANGE_TEMPLATE, change_template),
        };
        let settings = AdditionalSettings {
            user_credential_owner: owner.map(|it| applying.label(it)).transpose()?,
            criticality: text(CRITICALITY, criticality),
            notes: text(NOTES, notes),
        };
        let says_how = execution.automatic_change.is_some()
            || execution.change_plugin.is_some()
            || execution.change_template.is_some();
        let says_whose = settings.user_credential_owner.is_some()
            || settings.criticality.is_some()
            || settings.notes.is_some();
        Ok(Self {
            content: revealed(content.as_ref().filter(|_| sends(CONTENT))),
            credential_type: text(CREDENTIAL_TYPE, credential_type),
            domain: text(DOMAIN, domain),
            additional: text(ADDITIONAL, additional),
            parent_password: parent.map(|it| number(it, applying)).transpose()?,
            tags: tags.map(|tags| tags.joined(",")),
            execution_settings: says_how.then_some(execution),
            additional_settings: says_whose.then_some(settings),
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
