//! How the vault changes the password of a credential, and what it does when that fails (page 46).

use schemars::JsonSchema;

use super::Credential;
use super::login::Login;
use super::members::{Members, Sending};
use crate::load::reader::Mapping;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::reference::{Link, Ref};

pub(super) const AUTOMATIC_CHANGE: Field = Field::new("automatic_change").form(Form::Flag);
pub(super) const CHANGE_BY_AGENT: Field = Field::new("change_by_agent").form(Form::Flag).untold();
pub(super) const CHANGE_PLUGIN: Field = Field::new("change_plugin").untold();
pub(super) const CHANGE_TEMPLATE: Field = Field::new("change_template").untold();
pub(super) const CHANGE_AS: Field = Field::new("change_as").form(Form::Reference).untold();
pub(super) const RECONCILE: Field = Field::new("reconcile").form(Form::Flag).untold();
pub(super) const RECONCILE_AS: Field = Field::new("reconcile_as").form(Form::Reference).untold();
pub(super) const RECONCILE_PLUGIN: Field = Field::new("reconcile_plugin").untold();
pub(super) const RECONCILE_TEMPLATE: Field = Field::new("reconcile_template").untold();

/// How the vault changes the password.
#[derive(Clone, Debug, Default, JsonSchema)]
pub(super) struct Execution {
    /// Whether the vault changes the password by itself.
    pub automatic_change: Option<bool>,
    /// Whether an agent on the device changes it.
    change_by_agent: Option<bool>,
    /// How the vault changes it. A plugin needs a template.
    #[schemars(example = &"SSH")]
    change_plugin: Option<String>,
    /// What the plugin does to change it.
    #[schemars(example = &"Linux")]
    change_template: Option<String>,
    /// As whom the vault connects to change it: `own` for the account itself, or another credential.
    change_as: Option<Login>,
    /// Whether the vault sets it right by another account when changing it failed.
    reconcile: Option<bool>,
    /// The credential of that other account.
    reconcile_as: Option<Ref<Credential>>,
    /// How it is set right. A plugin needs a template.
    #[schemars(example = &"SSH")]
    reconcile_plugin: Option<String>,
    /// What the plugin does to set it right.
    #[schemars(example = &"Linux")]
    reconcile_template: Option<String>,
}

impl Execution {
    /// All that a list says of it.
    pub(super) fn told(automatic_change: bool) -> Self {
        Self {
            automatic_change: Some(automatic_change),
            ..Self::default()
        }
    }

    pub(super) fn decode(map: &mut Mapping<'_, '_>) -> Self {
        Self {
            automatic_change: map.optional("automatic_change"),
            change_by_agent: map.optional("change_by_agent"),
            change_plugin: map.optional("change_plugin"),
            change_template: map.optional("change_template"),
            change_as: map.optional("change_as"),
            reconcile: map.optional("reconcile"),
            reconcile_as: map.optional("reconcile_as"),
            reconcile_plugin: map.optional("reconcile_plugin"),
            reconcile_template: map.optional("reconcile_template"),
        }
    }

    pub(super) fn list(&self, fields: &mut Fields<'_>) {
        let Self {
            automatic_change,
            change_by_agent,
            change_plugin,
            change_template,
            change_as,
            reconcile,
            reconcile_as,
            reconcile_plugin,
            reconcile_template,
        } = self;
        fields.flag(AUTOMATIC_CHANGE, *automatic_change);
        fields.flag(CHANGE_BY_AGENT, *change_by_agent);
        fields.text(CHANGE_PLUGIN, change_plugin.as_ref());
        fields.text(CHANGE_TEMPLATE, change_template.as_ref());
        Login::list(change_as.as_ref(), CHANGE_AS, fields);
        fields.flag(RECONCILE, *reconcile);
        fields.reference(RECONCILE_AS, reconcile_as.as_ref());
        fields.text(RECONCILE_PLUGIN, reconcile_plugin.as_ref());
        fields.text(RECONCILE_TEMPLATE, reconcile_template.as_ref());
    }

    pub(super) fn links(&self) -> impl Iterator<Item = (Field, Link)> {
        let login = self.change_as.as_ref().and_then(Login::link);
        let login = login.map(|link| (CHANGE_AS, link));
        let other = self.reconcile_as.as_ref();
        let other = other.map(|it| (RECONCILE_AS, it.link().by_id()));
        login.into_iter().chain(other)
    }

    /// What of it is sent.
    pub(super) fn members<'a>(
        &'a self,
        sending: &Sending<'_, '_>,
    ) -> Result<Members<'a>, VendorError> {
        let Self {
            automatic_change,
            change_by_agent,
            change_plugin,
            change_template,
            change_as,
            reconcile,
            reconcile_as,
            reconcile_plugin,
            reconcile_template,
        } = self;
        let sends = sending.sends;
        let flag = |field, value: &Option<bool>| value.filter(|_| sends(field));
        let text = |field, value: &'a Option<String>| value.as_deref().filter(|_| sends(field));
        let mut members = Members::default();
        members.flag("automatic_change", flag(AUTOMATIC_CHANGE, automatic_change));
        let by_agent = flag(CHANGE_BY_AGENT, change_by_agent);
        members.flag("agent_based_password_change", by_agent);
        members.text("change_plugin", text(CHANGE_PLUGIN, change_plugin));
        members.text("change_template", text(CHANGE_TEMPLATE, change_template));
        members.login(change_as.as_ref().filter(|_| sends(CHANGE_AS)), sending)?;
        members.flag("status", flag(RECONCILE, reconcile));
        if let Some(other) = reconcile_as.as_ref().filter(|_| sends(RECONCILE_AS)) {
            let names = [
                "reconciliation_credential",
                "reconciliation_hostname",
                "reconciliation_ip",
            ];
            members.other(names, other, sending)?;
        }
        let plugin = text(RECONCILE_PLUGIN, reconcile_plugin);
        members.text("reconciliation_plugin", plugin);
        let template = text(RECONCILE_TEMPLATE, reconcile_template);
        members.text("reconciliation_template", template);
        Ok(members)
    }
}
