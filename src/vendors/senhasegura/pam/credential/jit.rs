//! Accounts that are there, or switched on, only while a session lasts (page 46: just in time).

use schemars::JsonSchema;

use super::login::Login;
use super::members::{Members, Sending};
use crate::load::reader::Mapping;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::reference::Link;

pub(super) const JIT: Field = Field::new("jit").form(Form::Flag).untold();
pub(super) const JIT_CREATES: Field = Field::new("jit_creates").form(Form::Flag).untold();
pub(super) const JIT_ENABLES: Field = Field::new("jit_enables").form(Form::Flag).untold();
pub(super) const JIT_AS: Field = Field::new("jit_as").form(Form::Reference).untold();
pub(super) const JIT_CREATION_PLUGIN: Field = Field::new("jit_creation_plugin").untold();
pub(super) const JIT_CREATION_TEMPLATE: Field = Field::new("jit_creation_template").untold();
pub(super) const JIT_DELETION_PLUGIN: Field = Field::new("jit_deletion_plugin").untold();
pub(super) const JIT_DELETION_TEMPLATE: Field = Field::new("jit_deletion_template").untold();
pub(super) const JIT_ENABLE_PLUGIN: Field = Field::new("jit_enable_plugin").untold();
pub(super) const JIT_ENABLE_TEMPLATE: Field = Field::new("jit_enable_template").untold();
pub(super) const JIT_DISABLE_PLUGIN: Field = Field::new("jit_disable_plugin").untold();
pub(super) const JIT_DISABLE_TEMPLATE: Field = Field::new("jit_disable_template").untold();

/// What happens to the account when a session begins and ends.
#[derive(Clone, Debug, Default, JsonSchema)]
pub(super) struct Jit {
    /// Whether the account is there only while a session lasts.
    jit: Option<bool>,
    /// Whether it is created when a session begins, and deleted when it ends.
    jit_creates: Option<bool>,
    /// Whether it is enabled when a session begins, and disabled when it ends.
    jit_enables: Option<bool>,
    /// As whom the vault connects to do that: `own` for the account itself, or another credential.
    jit_as: Option<Login>,
    /// How it is created. A plugin needs a template.
    #[schemars(example = &"SSH")]
    jit_creation_plugin: Option<String>,
    /// What the plugin does to create it.
    #[schemars(example = &"Linux - Create User")]
    jit_creation_template: Option<String>,
    /// How it is deleted. A plugin needs a template.
    jit_deletion_plugin: Option<String>,
    /// What the plugin does to delete it.
    jit_deletion_template: Option<String>,
    /// How it is enabled. A plugin needs a template.
    jit_enable_plugin: Option<String>,
    /// What the plugin does to enable it.
    jit_enable_template: Option<String>,
    /// How it is disabled. A plugin needs a template.
    jit_disable_plugin: Option<String>,
    /// What the plugin does to disable it.
    jit_disable_template: Option<String>,
}

impl Jit {
    pub(super) fn decode(map: &mut Mapping<'_, '_>) -> Self {
        Self {
            jit: map.optional("jit"),
            jit_creates: map.optional("jit_creates"),
            jit_enables: map.optional("jit_enables"),
            jit_as: map.optional("jit_as"),
            jit_creation_plugin: map.optional("jit_creation_plugin"),
            jit_creation_template: map.optional("jit_creation_template"),
            jit_deletion_plugin: map.optional("jit_deletion_plugin"),
            jit_deletion_template: map.optional("jit_deletion_template"),
            jit_enable_plugin: map.optional("jit_enable_plugin"),
            jit_enable_template: map.optional("jit_enable_template"),
            jit_disable_plugin: map.optional("jit_disable_plugin"),
            jit_disable_template: map.optional("jit_disable_template"),
        }
    }

    /// The texts, each with its field and its name in a request.
    fn texts(&self) -> [(Field, &'static str, &Option<String>); 8] {
        let Self {
            jit: _,
            jit_creates: _,
            jit_enables: _,
            jit_as: _,
            jit_creation_plugin,
            jit_creation_template,
            jit_deletion_plugin,
            jit_deletion_template,
            jit_enable_plugin,
            jit_enable_template,
            jit_disable_plugin,
            jit_disable_template,
        } = self;
        [
            (
                JIT_CREATION_PLUGIN,
                "credential_creation_plugin",
                jit_creation_plugin,
            ),
            (
                JIT_CREATION_TEMPLATE,
                "credential_creation_template",
                jit_creation_template,
            ),
            (
                JIT_DELETION_PLUGIN,
                "credential_deletion_plugin",
                jit_deletion_plugin,
            ),
            (
                JIT_DELETION_TEMPLATE,
                "credential_deletion_template",
                jit_deletion_template,
            ),
            (
                JIT_ENABLE_PLUGIN,
                "credential_enable_plugin",
                jit_enable_plugin,
            ),
            (
                JIT_ENABLE_TEMPLATE,
                "credential_enable_template",
                jit_enable_template,
            ),
            (
                JIT_DISABLE_PLUGIN,
                "credential_disable_plugin",
                jit_disable_plugin,
            ),
            (
                JIT_DISABLE_TEMPLATE,
                "credential_disable_template",
                jit_disable_template,
            ),
        ]
    }

    pub(super) fn list(&self, fields: &mut Fields<'_>) {
        fields.flag(JIT, self.jit);
        fields.flag(JIT_CREATES, self.jit_creates);
        fields.flag(JIT_ENABLES, self.jit_enables);
        Login::list(self.jit_as.as_ref(), JIT_AS, fields);
        for (field, _, value) in self.texts() {
            fields.text(field, value.as_ref());
        }
    }

    pub(super) fn links(&self) -> impl Iterator<Item = (Field, Link)> {
        let login = self.jit_as.as_ref().and_then(Login::link);
        login.map(|link| (JIT_AS, link)).into_iter()
    }

    /// What of it is sent.
    pub(super) fn members<'a>(
        &'a self,
        sending: &Sending<'_, '_>,
    ) -> Result<Members<'a>, VendorError> {
        let sends = sending.sends;
        let mut members = Members::default();
        members.flag("jit", self.jit.filter(|_| sends(JIT)));
        let creates = self.jit_creates.filter(|_| sends(JIT_CREATES));
        members.flag("credential_creation_and_deletion", creates);
        let enables = self.jit_enables.filter(|_| sends(JIT_ENABLES));
        members.flag("enable_disable_credential", enables);
        members.login(self.jit_as.as_ref().filter(|_| sends(JIT_AS)), sending)?;
        for (field, name, value) in self.texts() {
            members.text(name, value.as_deref().filter(|_| sends(field)));
        }
        Ok(members)
    }
}
