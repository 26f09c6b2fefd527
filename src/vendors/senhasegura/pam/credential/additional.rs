//! What else the vault knows of a credential: whose it is, how bad its loss would be, how one-time codes are made
//! (page 46).

use schemars::JsonSchema;

use super::super::super::user::User;
use super::members::{Members, Sending};
use crate::load::reader::Mapping;
use crate::model::access::{Access, Level, Seen, Sort, What};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::reference::{Link, Ref};

pub(super) const OWNER: Field = Field::new("owner").form(Form::Reference).untold();
pub(super) const CRITICALITY: Field = Field::new("criticality").untold();
pub(super) const SERVER_PATH: Field = Field::new("server_path").untold();
pub(super) const TOTP_SEED: Field = Field::new("totp_seed")
    .form(Form::Secret)
    .never_generated()
    .untold();
pub(super) const NOTES: Field = Field::new("notes").form(Form::Sensitive).untold();

/// What else the vault knows.
#[derive(Clone, Debug, Default, JsonSchema)]
pub(super) struct Additional {
    /// The user who owns it.
    owner: Option<Ref<User>>,
    /// How bad it would be if it leaked: `Low`, `Medium` or `High`.
    #[schemars(example = &"High")]
    criticality: Option<String>,
    /// Where on the device the script or file is that holds it.
    #[schemars(example = &"/etc/app/db.conf")]
    server_path: Option<String>,
    /// The seed of one-time codes, as a reference to where its value is. The vendor calls it `secret_key`.
    totp_seed: Option<SecretField>,
    /// Remarks for whoever opens it. Never shown in a plan.
    notes: Option<String>,
}

impl Additional {
    /// What is there, in the words of what is wanted, since the vendor tells nothing of it.
    pub(super) fn told(self) -> Self {
        let untold = |_| SecretField::Unknown {
            why: "the vendor never tells it".to_owned(),
            place: None,
        };
        Self {
            totp_seed: self.totp_seed.map(untold),
            ..self
        }
    }

    pub(super) fn decode(map: &mut Mapping<'_, '_>) -> Self {
        Self {
            owner: map.optional("owner"),
            criticality: map.optional("criticality"),
            server_path: map.optional("server_path"),
            totp_seed: map.optional("totp_seed"),
            notes: map.optional("notes"),
        }
    }

    pub(super) fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            owner,
            criticality,
            server_path,
            totp_seed,
            notes,
        } = self;
        fields.reference(OWNER, owner.as_ref());
        fields.text(CRITICALITY, criticality.as_ref());
        fields.text(SERVER_PATH, server_path.as_ref());
        fields.secret(TOTP_SEED, totp_seed.as_ref());
        fields.sensitive(NOTES, notes.as_ref());
    }

    /// Whose it is.
    pub(super) fn access(&self, seen: &Seen<'_>) -> Access {
        let mut access = Access::default();
        if let Some(owner) = &self.owner {
            let owner = seen.who(Sort::Person, owner);
            let level = Level::of("owner", ["own"]);
            access.give(owner, What::Itself, level, &[OWNER.name]);
        }
        access
    }

    pub(super) fn links(&self) -> impl Iterator<Item = (Field, Link)> {
        self.owner.iter().map(|it| (OWNER, it.link()))
    }

    /// What of it is sent.
    pub(super) fn members<'a>(
        &'a self,
        sending: &Sending<'_, '_>,
    ) -> Result<Members<'a>, VendorError> {
        let Self {
            owner,
            criticality,
            server_path,
            totp_seed,
            notes,
        } = self;
        let sends = sending.sends;
        let text = |field, value: &'a Option<String>| value.as_deref().filter(|_| sends(field));
        let mut members = Members::default();
        if let Some(owner) = owner.as_ref().filter(|_| sends(OWNER)) {
            members.write("user_credential_owner", sending.applying.label(owner)?);
        }
        members.text("criticality", text(CRITICALITY, criticality));
        members.text("server_path", text(SERVER_PATH, server_path));
        let seed = totp_seed.as_ref().filter(|_| sends(TOTP_SEED));
        members.secret("secret_key", seed);
        members.text("notes", text(NOTES, notes));
        Ok(members)
    }
}
