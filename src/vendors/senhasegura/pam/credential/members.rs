//! The nested objects of a request, such as `execution_settings`: the members that are sent, by their names.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::super::listed::ListRow;
use super::Credential;
use super::login::Login;
use crate::http::Revealed;
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, SecretField};
use crate::model::reference::Ref;

/// What of a credential is sent, and what is known beside it.
pub(super) struct Sending<'s, 'l> {
    pub applying: &'s Applying<'l>,
    /// Which fields are.
    pub sends: &'s dyn Fn(Field) -> bool,
    /// Where the others are that it speaks of.
    pub rows: &'s [ListRow],
}

/// A nested object.
#[derive(Default, Serialize)]
#[serde(transparent)]
pub(super) struct Members<'a>(BTreeMap<&'static str, Member<'a>>);

#[derive(Serialize)]
#[serde(untagged)]
enum Member<'a> {
    Flag(bool),
    Text(Cow<'a, str>),
    Secret(Revealed<'a>),
    List(Vec<Members<'a>>),
}

impl<'a> Members<'a> {
    /// The object, unless nothing is in it.
    pub(super) fn unless_empty(self) -> Option<Self> {
        (!self.0.is_empty()).then_some(self)
    }

    pub(super) fn say(&mut self, name: &'static str, value: bool) {
        self.0.insert(name, Member::Flag(value));
    }

    pub(super) fn write(&mut self, name: &'static str, text: impl Into<Cow<'a, str>>) {
        self.0.insert(name, Member::Text(text.into()));
    }

    pub(super) fn list(&mut self, name: &'static str, list: Vec<Self>) {
        self.0.insert(name, Member::List(list));
    }

    pub(super) fn flag(&mut self, name: &'static str, value: Option<bool>) {
        if let Some(value) = value {
            self.say(name, value);
        }
    }

    pub(super) fn text(&mut self, name: &'static str, value: Option<&'a str>) {
        if let Some(text) = value {
            self.write(name, text);
        }
    }

    pub(super) fn secret(&mut self, name: &'static str, value: Option<&'a SecretField>) {
        if let Some(value) = value.and_then(SecretField::at_hand) {
            self.0.insert(name, Member::Secret(Revealed(value)));
        }
    }

    /// Another credential, by `{name}_credential` and where it is. No page says so, but the samples name it by the name of
    /// its account (page 46, assumed).
    pub(super) fn other(
        &mut self,
        names: [&'static str; 3],
        other: &Ref<Credential>,
        sending: &Sending<'_, '_>,
    ) -> Result<(), VendorError> {
        let id = sending.applying.id(other)?;
        let mut rows = sending.rows.iter();
        let row = rows.find(|row| row.id.0 == id.0).ok_or_else(|| {
            VendorError::refused(format!(
                "no list shows the credential with id {id}, so it is not known where it is"
            ))
            .help("enable it first, or name another one")
        })?;
        let values = [&row.username, &row.hostname, &row.ip];
        for (name, value) in names.into_iter().zip(values) {
            self.write(name, value.0.clone());
        }
        Ok(())
    }

    /// As whom the vault connects.
    pub(super) fn login(
        &mut self,
        login: Option<&Login>,
        sending: &Sending<'_, '_>,
    ) -> Result<(), VendorError> {
        let Some(login) = login else {
            return Ok(());
        };
        self.say("use_own_credential_to_connect", matches!(login, Login::Own));
        match login {
            Login::Own => Ok(()),
            Login::With(other) => self.other(
                [
                    "authentication_credential",
                    "authentication_hostname",
                    "authentication_ip",
                ],
                other,
                sending,
            ),
        }
    }
}
