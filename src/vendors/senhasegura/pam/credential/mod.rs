//! PAM credentials (vendor page, section 4.6). Reading one takes custody of it, so that what is known of one is what the
//! list says, and its value only where that is to be read.

mod additional;
mod body;
mod custody;
mod execution;
mod jit;
mod login;
mod members;
mod session;
mod write;

use schemars::JsonSchema;

use super::super::CREDENTIAL;
use super::super::client::Client;
use super::super::tags::Tags;
use super::device::Device;
use super::listed::{self, ListRow};
use super::{ASSUMED_ABSENT, ASSUMED_DISABLED};
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Seen};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::kind::{Kind, Listing, Live, Look, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::{Link, Links, Ref};
use additional::{Additional, CRITICALITY, NOTES, OWNER, SERVER_PATH, TOTP_SEED};
use execution::{
    AUTOMATIC_CHANGE, CHANGE_AS, CHANGE_BY_AGENT, CHANGE_PLUGIN, CHANGE_TEMPLATE, Execution,
    RECONCILE, RECONCILE_AS, RECONCILE_PLUGIN, RECONCILE_TEMPLATE,
};
use jit::{
    JIT, JIT_AS, JIT_CREATES, JIT_CREATION_PLUGIN, JIT_CREATION_TEMPLATE, JIT_DELETION_PLUGIN,
    JIT_DELETION_TEMPLATE, JIT_DISABLE_PLUGIN, JIT_DISABLE_TEMPLATE, JIT_ENABLE_PLUGIN,
    JIT_ENABLE_TEMPLATE, JIT_ENABLES, Jit,
};
use session::{ONLY_REMOTE_APPS, REMOTE_APPS, SESSION_AS, SESSIONS, Session};

/// A credential of PAM Core.
#[derive(Clone, Debug)]
pub(crate) enum Credential {}

const IDENTIFIER: Field = Field::new("identifier");
const USERNAME: Field = Field::new("username");
// No page says that a credential can be moved.
const DEVICE_OF: Field = Field::fixed("device").form(Form::Reference);
const CONTENT: Field = Field::new("content").form(Form::Secret).untold().traced();
const CREDENTIAL_TYPE: Field = Field::new("credential_type");
const DOMAIN: Field = Field::new("domain").untold();
const ADDITIONAL: Field = Field::new("additional").untold();
const PARENT: Field = Field::new("parent").form(Form::Reference).untold();
const TAGS: Field = Field::new("tags").form(Form::Set).untold();

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
    #[schemars(flatten)]
    execution: Execution,
    #[schemars(flatten)]
    more: Additional,
    #[schemars(flatten)]
    session: Session,
    #[schemars(flatten)]
    jit: Jit,
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
        let execution = Execution::decode(map);
        let more = Additional::decode(map);
        let session = Session::decode(map);
        let jit = Jit::decode(map);
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
            execution,
            more,
            session,
            jit,
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
        CHANGE_BY_AGENT,
        CHANGE_PLUGIN,
        CHANGE_TEMPLATE,
        CHANGE_AS,
        RECONCILE,
        RECONCILE_AS,
        RECONCILE_PLUGIN,
        RECONCILE_TEMPLATE,
        OWNER,
        CRITICALITY,
        SERVER_PATH,
        TOTP_SEED,
        NOTES,
        SESSIONS,
        ONLY_REMOTE_APPS,
        REMOTE_APPS,
        SESSION_AS,
        JIT,
        JIT_CREATES,
        JIT_ENABLES,
        JIT_AS,
        JIT_CREATION_PLUGIN,
        JIT_CREATION_TEMPLATE,
        JIT_DELETION_PLUGIN,
        JIT_DELETION_TEMPLATE,
        JIT_ENABLE_PLUGIN,
        JIT_ENABLE_TEMPLATE,
        JIT_DISABLE_PLUGIN,
        JIT_DISABLE_TEMPLATE,
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
            execution,
            more,
            session,
            jit,
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
        execution.list(fields);
        more.list(fields);
        session.list(fields);
        jit.list(fields);
    }

    /// What the list does not say stands as it is wanted.
    fn as_told(&self, want: &Self) -> Self {
        let mut told = want.clone();
        let have = self.clone();
        told.identifier = have.identifier;
        told.username = have.username;
        told.device = have.device;
        told.content = have.content;
        told.credential_type = have.credential_type;
        told.execution.automatic_change = have.execution.automatic_change;
        told.more = told.more.told();
        told
    }

    /// Secrets say so of themselves.
    fn untold(&self, want: &Self) -> Vec<(Field, String)> {
        let nobody = Links::default();
        let mut wanted = Fields::new(&nobody);
        want.list(&mut wanted);
        let fields = wanted.into_list().into_iter().map(|(field, _)| field);
        let untold = fields.filter(|field| !field.readable && field.form != Form::Secret);
        let why = "no list of the vendor tells it";
        untold.map(|field| (field, why.to_owned())).collect()
    }

    fn access(&self, _: Option<&Self>, seen: &Seen<'_>) -> Access {
        self.more.access(seen)
    }

    fn links(&self) -> Vec<(Field, Link)> {
        let device = (DEVICE_OF, self.device.link().by_id());
        let parent = self.parent.iter().map(|it| (PARENT, it.link().by_id()));
        let all = std::iter::once(device)
            .chain(parent)
            .chain(self.execution.links())
            .chain(self.more.links())
            .chain(self.session.links())
            .chain(self.jit.links());
        let mut links = Vec::<(Field, Link)>::new();
        for (field, link) in all {
            // One that does several things for it is no second thing.
            let mut others = links.iter();
            if !others.any(|(_, it)| it.kind == link.kind && it.target == link.target) {
                links.push((field, link));
            }
        }
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
                why: "without `verify: read` it is not read, for that takes custody of the credential".to_owned(),
                place: None,
            }),
            credential_type: Some(credential_type.0),
            domain: None,
            additional: None,
            parent: None,
            tags: None,
            execution: Execution::told(matches!(&*automatic_change.0, "true" | "1")),
            more: Additional::default(),
            session: Session::default(),
            jit: Jit::default(),
        }
    }
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
        let rows = rows.collect::<Vec<_>>();
        let told = rows
            .iter()
            .map(|row| (RemoteId(row.id.0.clone()), row.clone()));
        *client.told.lock().await = told.collect();
        Ok(Listing {
            rows: rows.into_iter().map(row).collect(),
            incomplete: None,
        })
    }

    /// Only what the list does not show is asked for. To ask the vendor would be to take custody of it.
    async fn read(_: &Client, _: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(Live::Disabled)
    }

    /// One of which the value is to be read, though the list says the rest.
    async fn read_for(
        client: &Client,
        id: &RemoteId,
        look: Look<'_, Self>,
    ) -> Result<Live<Self>, VendorError> {
        let told = client.told.lock().await.get(id).cloned();
        let Some(row) = told.filter(|_| look.values) else {
            return Self::read(client, id).await;
        };
        let content = custody::read(client, id).await?;
        Ok(Live::Active(CredentialSpec {
            content: Some(content),
            ..row.into()
        }))
    }

    async fn create(
        client: &Client,
        want: &CredentialSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        write::put(client, want, None, applying).await
    }

    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        if update.enable {
            return write::put(client, update.want, Some(id), applying)
                .await
                .map(|_| ());
        }
        write::change(client, id, &update, applying).await
    }

    fn update_writes(update: &Update<'_, Self>) -> usize {
        1 + usize::from(update.enable)
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        write::disable(client, id, applying).await
    }
}
