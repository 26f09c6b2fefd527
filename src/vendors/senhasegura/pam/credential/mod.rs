//! PAM credentials (vendor page, section 4.6). Reading one takes custody of it, so nothing here does: what is known of one
//! is what the list says.

mod body;

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::CREDENTIAL;
use super::super::answer::{Loose, Refusal};
use super::super::client::{Client, payload};
use super::super::tags::Tags;
use super::super::user::User;
use super::device::Device;
use super::listed::{self, ListRow};
use super::{ASSUMED_ABSENT, ASSUMED_DISABLED, Already, Place};
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::{Cause, VendorError};
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::{Link, Links, Ref};
use body::Body;

/// A credential of PAM Core.
#[derive(Clone, Debug)]
pub(crate) enum Credential {}

const IDENTIFIER: Field = Field::new("identifier");
const USERNAME: Field = Field::new("username");
// No page says that a credential can be moved.
const DEVICE_OF: Field = Field::fixed("device").form(Form::Reference);
const CONTENT: Field = Field::new("content").form(Form::Secret).untold();
const CREDENTIAL_TYPE: Field = Field::new("credential_type");
const DOMAIN: Field = Field::new("domain").untold();
const ADDITIONAL: Field = Field::new("additional").untold();
const PARENT: Field = Field::new("parent").form(Form::Reference).untold();
const TAGS: Field = Field::new("tags").form(Form::Set).untold();
const AUTOMATIC_CHANGE: Field = Field::new("automatic_change").form(Form::Flag);
const CHANGE_PLUGIN: Field = Field::new("change_plugin").untold();
const CHANGE_TEMPLATE: Field = Field::new("change_template").untold();
const OWNER: Field = Field::new("owner").form(Form::Reference).untold();
const CRITICALITY: Field = Field::new("criticality").untold();
const NOTES: Field = Field::new("notes").form(Form::Sensitive).untold();

/// A credential of PAM Core: an account on a device. What is left out is not ours: it stays as it is. The vendor tells
/// little of one without handing it out; what it does not tell is sent when one is created or enabled, and is compared
/// with nothing.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct CredentialSpec {
    /// What tells it from others: letters, digits and `_ - .`
    #[schemars(example = &"db-01-root")]
    identifier: String,
    /// The name of the account on the device.
    #[schemars(example = &"root")]
    username: String,
    /// The device that the account is on: `device.NAME` for one that the workspace declares, `{ live: HOSTNAME }` for one
    /// that exists only at the vendor. It cannot be changed later.
    device: Ref<Device>,
    /// The password or other secret, as a reference to where its value is.
    content: Option<SecretField>,
    /// What kind of account it is. One that the vault does not know is added there.
    #[schemars(example = &"Local User")]
    credential_type: Option<String>,
    /// The domain of the account, which the vault must know.
    domain: Option<String>,
    /// What else is said to whoever uses it.
    additional: Option<String>,
    /// The credential whose password this one shares.
    parent: Option<Ref<Credential>>,
    /// All of its tags, in any order.
    tags: Option<Tags>,
    /// Whether the vault changes the password by itself.
    automatic_change: Option<bool>,
    /// How the vault changes it. A plugin needs a template.
    #[schemars(example = &"SSH")]
    change_plugin: Option<String>,
    /// What the plugin does to change it.
    #[schemars(example = &"Linux")]
    change_template: Option<String>,
    /// The user who owns it.
    owner: Option<Ref<User>>,
    /// How bad it would be if it leaked: `Low`, `Medium` or `High`.
    #[schemars(example = &"High")]
    criticality: Option<String>,
    /// Remarks for whoever opens it. Never shown in a plan.
    notes: Option<String>,
}

impl DecodeSpec for CredentialSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let identifier = map.required("identifier");
        let username = map.required("username");
        let device = map.required("device");
        let content = map.optional("content");
        let credential_type = map.optional("credential_type");
        let domain = map.optional("domain");
        let additional = map.optional("additional");
        let parent = map.optional("parent");
        let tags = map.optional("tags");
        let automatic_change = map.optional("automatic_change");
        let change_plugin = map.optional("change_plugin");
        let change_template = map.optional("change_template");
        let owner = map.optional("owner");
        let criticality = map.optional("criticality");
        let notes = map.optional("notes");
        Some(Self {
            identifier: identifier?,
            username: username?,
            device: device?,
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
        })
    }
}

impl Spec for CredentialSpec {
    const FIELDS: &'static [Field] = &[
        IDENTIFIER,
        USERNAME,
        DEVICE_OF,
        CONTENT,
        CREDENTIAL_TYPE,
        DOMAIN,
        ADDITIONAL,
        PARENT,
        TAGS,
        AUTOMATIC_CHANGE,
        CHANGE_PLUGIN,
        CHANGE_TEMPLATE,
        OWNER,
        CRITICALITY,
        NOTES,
    ];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.identifier)
    }

    fn label(&self) -> &str {
        &self.identifier
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            identifier,
            username,
            device,
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
        } = self;
        fields.text(IDENTIFIER, Some(identifier));
        fields.text(USERNAME, Some(username));
        fields.reference(DEVICE_OF, Some(device));
        fields.secret(CONTENT, content.as_ref());
        fields.text(CREDENTIAL_TYPE, credential_type.as_ref());
        fields.text(DOMAIN, domain.as_ref());
        fields.text(ADDITIONAL, additional.as_ref());
        fields.reference(PARENT, parent.as_ref());
        fields.set(TAGS, tags.as_ref().map(Tags::iter));
        fields.flag(AUTOMATIC_CHANGE, *automatic_change);
        fields.text(CHANGE_PLUGIN, change_plugin.as_ref());
        fields.text(CHANGE_TEMPLATE, change_template.as_ref());
        fields.reference(OWNER, owner.as_ref());
        fields.text(CRITICALITY, criticality.as_ref());
        fields.sensitive(NOTES, notes.as_ref());
    }

    /// What the list does not say stands as it is wanted.
    fn as_told(&self, want: &Self) -> Self {
        let Self {
            identifier,
            username,
            device,
            content,
            credential_type,
            automatic_change,
            ..
        } = self.clone();
        Self {
            identifier,
            username,
            device,
            content,
            credential_type,
            automatic_change,
            ..want.clone()
        }
    }

    fn untold(&self, want: &Self) -> Vec<(Field, String)> {
        let mut untold = vec![
            (DOMAIN, want.domain.is_some()),
            (ADDITIONAL, want.additional.is_some()),
            (PARENT, want.parent.is_some()),
            (TAGS, want.tags.is_some()),
            (CHANGE_PLUGIN, want.change_plugin.is_some()),
            (CHANGE_TEMPLATE, want.change_template.is_some()),
            (OWNER, want.owner.is_some()),
            (CRITICALITY, want.criticality.is_some()),
            (NOTES, want.notes.is_some()),
        ];
        untold.retain(|(_, is_wanted)| *is_wanted);
        let why = "no list of the vendor tells it";
        untold
            .into_iter()
            .map(|(field, _)| (field, why.to_owned()))
            .collect()
    }

    fn links(&self) -> Vec<(Field, Link)> {
        let mut links = vec![(DEVICE_OF, self.device.link().by_id())];
        let parent = self.parent.iter();
        links.extend(parent.map(|it| (PARENT, it.link().by_id())));
        links.extend(self.owner.iter().map(|it| (OWNER, it.link())));
        links
    }
}

fn key(identifier: &str) -> NaturalKey {
    NaturalKey(vec![("identifier", identifier.to_owned())])
}

impl From<ListRow> for CredentialSpec {
    fn from(row: ListRow) -> Self {
        let ListRow {
            id: _,
            identifier,
            username,
            hostname,
            ip: _,
            credential_type,
            automatic_change,
        } = row;
        Self {
            identifier: identifier.0,
            username: username.0,
            device: Ref::live(hostname.0),
            content: Some(SecretField::Unknown {
                why: "reading it would take custody of the credential".to_owned(),
                place: None,
            }),
            credential_type: Some(credential_type.0),
            domain: None,
            additional: None,
            parent: None,
            tags: None,
            automatic_change: Some(matches!(&*automatic_change.0, "true" | "1")),
            change_plugin: None,
            change_template: None,
            owner: None,
            criticality: None,
            notes: None,
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    credential: Written,
}

#[derive(Deserialize)]
struct Written {
    id: Loose,
}

const ALREADY: Already = Already {
    enabled: &[1043],
    disabled: &[1017],
    gone: &[1007],
};

/// Sends one, and gives its id and whether it may have been there.
async fn upsert(
    client: &Client,
    body: &Body<'_>,
    applying: &Applying<'_>,
) -> Result<(RemoteId, bool), VendorError> {
    let response = super::upsert(client, "credential", body, applying.permit).await?;
    let Answer { credential } = payload(&response, |it: Refusal| it.pam(&response))?;
    Ok((RemoteId(credential.id.0), super::may_have_found(&response)))
}

/// Sends one that no list shows: it is new, or disabled, and then `id` if that is known. An upsert would change what is at
/// the same place under another identifier (page 46), so that is looked for.
///
/// What is disabled is written first and enabled then. The other way round, whoever is stopped between the two would leave
/// what nobody can compare as it was.
async fn put(
    client: &Client,
    want: &CredentialSpec,
    id: Option<&RemoteId>,
    applying: &Applying<'_>,
) -> Result<RemoteId, VendorError> {
    let place = super::place(client, &want.device, applying).await?;
    let rows = listed::fetch(client).await?;
    let mut others = rows
        .iter()
        .filter(|row| id.is_none_or(|id| id.0 != row.id.0));
    let is_it = |row: &&ListRow| row.identifier.0 == want.identifier;
    let is_there = |row: &&ListRow| {
        !row.is_key() && row.hostname.0 == place.hostname && row.username.0 == want.username
    };
    if let Some(row) = others.clone().find(is_it) {
        return Err(taken(row, "this identifier"));
    }
    if let Some(row) = others.find(is_there) {
        return Err(taken(row, "this user name on the device"));
    }
    let body = Body::bare(&want.identifier, &want.username, &place);
    let body = body.with(want, applying, |_| true)?;
    let (written, may_have_found) = upsert(client, &body, applying).await?;
    if let Some(id) = id.filter(|id| **id != written) {
        return Err(VendorError::new(
            Cause::Partial,
            format!("the credential with id {id} is another one: {written} was written instead"),
        )
        .help(format!("say which one is meant: `id: \"{written}\"`")));
    }
    if may_have_found && !is_listed(client, &written).await? {
        super::enable(client, "credential", &written, &ALREADY, applying).await?;
    }
    Ok(written)
}

/// Whether it is enabled, as far as lists tell.
async fn is_listed(client: &Client, id: &RemoteId) -> Result<bool, VendorError> {
    let rows = listed::fetch(client).await?;
    Ok(rows.iter().any(|row| row.id.0 == id.0))
}

/// The error of what would change a credential that is not the one that is meant.
fn taken(row: &ListRow, what: &str) -> VendorError {
    VendorError::refused(format!(
        "the credential with id {} has {what} already, and would be changed instead",
        row.id.0
    ))
    .help(format!(
        "plan again; if that one is meant, say so: `id: \"{}\"`",
        row.id.0
    ))
}

impl Kind for Credential {
    const ID: KindId = CREDENTIAL;
    const TABLE: &'static str = "credentials";
    const REMOVAL: Removal = Removal::Disable;
    const ASSUMED: &'static [&'static str] = &[
        ASSUMED_DISABLED,
        ASSUMED_ABSENT,
        "one that is remembered or has an `id:` and is not listed is disabled, since nothing is deleted",
    ];
    type Spec = CredentialSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let rows = listed::list(client, Self::ID).await?;
        let row = |row: ListRow| Row {
            id: RemoteId(row.id.0.clone()),
            key: key(&row.identifier.0),
            label: row.identifier.0.clone(),
            spec: Some(row.into()),
            writable: true,
        };
        let rows = rows.into_iter().filter(|row| !row.is_key());
        Ok(Listing {
            rows: rows.map(row).collect(),
            incomplete: None,
        })
    }

    /// Only what the list does not show is asked for. To ask the vendor would be to take custody of it.
    async fn read(_: &Client, _: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(Live::Disabled)
    }

    async fn create(
        client: &Client,
        want: &CredentialSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        put(client, want, None, applying).await
    }

    /// An upsert finds it by its identifier, or by its place. Both cannot change in one request, or another would be made.
    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        if update.enable {
            return put(client, update.want, Some(id), applying)
                .await
                .map(|_| ());
        }
        let rows = listed::fetch(client).await?;
        let Some(row) = rows.iter().find(|row| row.id.0 == id.0) else {
            return Err(VendorError::refused("no list shows it by now").help("plan again"));
        };
        let pick = |field, want: &'_ String, have: &Loose| {
            if update.changes(field) {
                want.clone()
            } else {
                have.0.clone()
            }
        };
        let identifier = pick(IDENTIFIER, &update.want.identifier, &row.identifier);
        let username = pick(USERNAME, &update.want.username, &row.username);
        let place = Place {
            hostname: row.hostname.0.clone(),
            ip: row.ip.0.clone(),
        };
        if identifier != row.identifier.0 {
            if let Some(other) = rows.iter().find(|it| it.identifier.0 == identifier) {
                return Err(taken(other, "this identifier"));
            }
            if username != row.username.0 {
                let renamed = Body::bare(&identifier, &row.username.0, &place);
                upsert(client, &renamed, applying).await?;
            }
        }
        let body = Body::bare(&identifier, &username, &place);
        let body = body.with(update.want, applying, |field| update.changes(field))?;
        upsert(client, &body, applying).await.map(|_| ())
    }

    fn update_writes(update: &Update<'_, Self>) -> usize {
        1 + usize::from(update.enable)
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        super::disable(client, "credential", id, &ALREADY, applying).await
    }
}
