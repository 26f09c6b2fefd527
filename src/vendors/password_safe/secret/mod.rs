//! Secrets of Secrets Safe: credentials, texts and files (vendor page, section 4.4).

mod live;
mod payload;
mod shares;
mod write;

use std::collections::BTreeSet;

use schemars::JsonSchema;

use super::answer::partly;
use super::client::{Client, accepted, payload};
use super::folder::{Container, place};
use super::group::Group;
use super::list::{All, all};
use super::user::User;
use super::{FOLDER, SAFE, SECRET};
use crate::http::{Repeat, Write, segment};
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Level, Seen, Sort, What};
use crate::model::address::{KindId, RemoteId};
use crate::model::answer::Marker;
use crate::model::applying::Applying;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::kind::{self, Kind, Listing, Live, Look, NaturalKey, Removal, Spec, Update};
use crate::model::one_of::OneOf;
use crate::model::reference::{Link, Links, Refers};
use crate::model::secret::SecretBytes;
use live::Entity;
pub(super) use live::Row;
use payload::{Payload, Type};

/// A secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Secret {}

const TYPE: Field = Field::fixed("type");
const TITLE: Field = Field::new("title");
const FOLDER_FIELD: Field = Field::new("folder").form(Form::Reference);
const USERNAME: Field = Field::new("username");
const PASSWORD: Field = Field::new("password").form(Form::Secret).traced();
const PASSWORD_RULE: Field = Field::unread("password_rule").form(Form::Reference);
const TEXT: Field = Field::new("text").form(Form::Secret).traced();
const FILE_NAME: Field = Field::new("file_name");
const CONTENT: Field = Field::new("content")
    .form(Form::Secret)
    .never_generated()
    .traced();
const DESCRIPTION: Field = Field::new("description");
const NOTES: Field = Field::new("notes").form(Form::Sensitive);
const URLS: Field = Field::new("urls").form(Form::Set);
const OWNERS: Field = Field::new("owners").form(Form::References);
const SHARED_INTO: Field = Field::new("shared_into").form(Form::References);

const NO_OWNER: Code = Code("no-owner");

/// Who owns a secret.
pub(super) type Owner = OneOf<User, Group>;

/// A secret of Secrets Safe. What is left out is not ours: it stays as it is. The vendor takes a change of anything only
/// together with the secret value: one that is not declared is read and sent again as it is, which the vendor may record
/// as a use of it.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct SecretSpec {
    #[schemars(flatten)]
    payload: Payload,
    /// The secret's title. Nothing else in the same folder has it, upper and lower case being one.
    #[schemars(example = &"orders-db", length(min = 1, max = 256))]
    title: String,
    /// What it lies in: `folder.NAME` or `safe.NAME`. A live folder is named by its path from the safe on:
    /// `{ live: platform-team/databases, kind: folder }`. Together with `title` it tells which live secret is meant, so
    /// that moving one takes its `id`.
    folder: Container,
    /// What the secret is for.
    #[schemars(length(max = 256))]
    description: Option<String>,
    /// Remarks for whoever opens it. Compared, but never shown in a plan.
    #[schemars(length(max = 4000))]
    notes: Option<String>,
    /// Every address where it is used, in any order. An empty list takes every address away.
    #[schemars(example = &["https://db.example.org"])]
    urls: Option<BTreeSet<String>>,
    /// Everybody who owns it: `user.NAME`, `group.NAME`, or `{ live: NAME, kind: group }` for one that exists only at the
    /// vendor. Of a secret that is created without, trueup's own user is the owner. Models of version 3.0 know either
    /// users or one group.
    #[schemars(length(min = 1))]
    owners: Option<BTreeSet<Owner>>,
    /// Every other place in which it is seen too: `folder.NAME`, `safe.NAME`, or
    /// `{ live: platform-team/databases, kind: folder }`. An empty list ends every share.
    shared_into: Option<BTreeSet<Container>>,
}

impl DecodeSpec for SecretSpec {
    /// Each type has fields of its own, and no others.
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let title = map.required("title");
        let folder = map.required("folder");
        let description = map.optional("description");
        let notes = map.optional("notes");
        let urls = map.optional("urls");
        let owners = map.optional::<BTreeSet<Owner>>("owners");
        if let (Some(node), Some(owners)) = (map.node("owners"), &owners)
            && owners.is_empty()
        {
            map.reader().push(
                Diagnostic::error(NO_OWNER, node.place(), "somebody owns every secret")
                    .help("name an owner, or leave `owners` out to leave them as they are"),
            );
        }
        let shared_into = map.optional("shared_into");
        let payload = Payload::decode(map)?;
        Some(Self {
            payload,
            title: title?,
            folder: folder?,
            description,
            notes,
            urls,
            owners,
            shared_into,
        })
    }
}

impl Spec for SecretSpec {
    const FIELDS: &'static [Field] = &[
        TYPE,
        TITLE,
        FOLDER_FIELD,
        USERNAME,
        PASSWORD,
        PASSWORD_RULE,
        TEXT,
        FILE_NAME,
        CONTENT,
        DESCRIPTION,
        NOTES,
        URLS,
        OWNERS,
        SHARED_INTO,
    ];
    const GIVES: bool = true;

    fn key(&self, links: &Links) -> NaturalKey {
        key(&self.title, links.identity(&self.folder.link()))
    }

    fn label(&self) -> &str {
        &self.title
    }

    fn lacks(&self) -> Vec<Field> {
        self.payload.lacks()
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            payload,
            title,
            folder,
            description,
            notes,
            urls,
            owners,
            shared_into,
        } = self;
        fields.text(TYPE, Some(&payload.kind().as_str().to_owned()));
        fields.text(TITLE, Some(title));
        fields.reference(FOLDER_FIELD, Some(folder));
        payload.list(fields);
        fields.text(DESCRIPTION, description.as_ref());
        fields.sensitive(NOTES, notes.as_ref());
        fields.set(URLS, urls.as_ref().map(|urls| urls.iter().cloned()));
        fields.refs(OWNERS, owners.as_ref());
        fields.refs(SHARED_INTO, shared_into.as_ref());
    }

    fn as_told(&self, want: &Self) -> Self {
        Self {
            payload: self.payload.as_told(&want.payload),
            ..self.clone()
        }
    }

    fn untold(&self, want: &Self) -> Vec<(Field, String)> {
        let rule = want.payload.password_rule();
        let why = "Password Safe does not say by which rule a password was made";
        let untold = rule.map(|_| (PASSWORD_RULE, why.to_owned()));
        untold.into_iter().collect()
    }

    /// Its owners have it, and whoever may use a place in which it is seen may see it.
    fn access(&self, _: Option<&Self>, seen: &Seen<'_>) -> Access {
        let mut access = Access::default();
        for owner in self.owners.iter().flatten() {
            let owner = match owner {
                OneOf::First(user) => seen.who(Sort::Person, user),
                OneOf::Second(group) => seen.who(Sort::Group, group),
            };
            let level = Level::of("owner", ["own"]);
            access.give(owner, What::Itself, level, &[OWNERS.name]);
        }
        let folder = place(&self.folder, seen);
        access.give(folder, What::Itself, Level::held(), &[FOLDER_FIELD.name]);
        for share in self.shared_into.iter().flatten() {
            let share = place(share, seen);
            access.give(share, What::Itself, Level::held(), &[SHARED_INTO.name]);
        }
        access
    }

    fn links(&self) -> Vec<(Field, Link)> {
        let rule = self.payload.password_rule().into_iter();
        let rule = rule.map(|it| (PASSWORD_RULE, it.link().by_id()));
        let owners = self.owners.iter().flatten();
        let owners = owners.map(|owner| (OWNERS, owner.link().by_id()));
        let shares = self.shared_into.iter().flatten();
        let shares = shares.map(|place| (SHARED_INTO, place.link().by_id()));
        let folder = (FOLDER_FIELD, self.folder.link().by_id());
        std::iter::once(folder)
            .chain(owners)
            .chain(shares)
            .chain(rule)
            .collect()
    }
}

/// Titles are unique in one folder whatever their case, over all types (assumed).
fn key(title: &str, folder: String) -> NaturalKey {
    NaturalKey(vec![("title", Secret::fold(title)), ("folder", folder)])
}

impl Kind for Secret {
    const ID: KindId = SECRET;
    const TABLE: &'static str = "secrets";
    const REMOVAL: Removal = Removal::Delete;
    const KEYED_BY: &'static [KindId] = &[SAFE, FOLDER];
    type Spec = SecretSpec;
    type Client = Client;

    /// The list says all but the values, which it is asked to leave out.
    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let query = [("decrypt", "false"), ("version", client.version.as_str())];
        let All { items, incomplete } =
            all::<Entity>(client, "Secrets-Safe/Secrets", &query).await?;
        let items = items.into_iter();
        let listed = items.map(|item| (RemoteId(item.id.clone()), item.into_row()));
        let listed = listed.collect::<Vec<_>>();
        client.secrets.remember(listed.iter().cloned());
        let row = |(id, row): (RemoteId, Row)| {
            let Row {
                spec, folder_id, ..
            } = row;
            kind::Row {
                id,
                key: key(&spec.title, folder_id),
                label: spec.title,
                spec: None,
                writable: true,
            }
        };
        Ok(Listing {
            rows: listed.into_iter().map(row).collect(),
            incomplete,
        })
    }

    /// One request reads what the list leaves out: the value, which comes with everything else but of a file.
    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let query = [("version", client.version.as_str())];
        let row = match client.secrets.get(id) {
            Some(row) => row,
            None => match client.find::<Entity>(&path(id, ""), &query).await? {
                Some(entity) => entity.into_row(),
                None => return Ok(Live::Gone),
            },
        };
        let Row {
            mut spec,
            folder_id: _,
            is_in_safe,
            marker: _,
        } = row;
        let is_safe = |id: &str| is_in_safe || is_safe(client, id);
        if let Payload::File {
            file_name: _,
            content,
        } = &mut spec.payload
        {
            let Some(found) = download(client, id).await? else {
                return Ok(Live::Gone);
            };
            *content = Some(SecretField::Known(found));
            spec.folder = spec.folder_of(is_safe);
            return Ok(Live::Active(spec));
        }
        let kind = spec.payload.kind();
        let path = path(id, kind.suffix());
        let Some(entity) = client.find::<Entity>(&path, &query).await? else {
            return Ok(Live::Gone);
        };
        let mut whole = entity.into_spec(kind);
        whole.folder = whole.folder_of(is_safe);
        Ok(Live::Active(whole))
    }

    /// Without the value the list has said everything. Shares cost a request of their own, so that they are read only
    /// where they are declared.
    async fn read_for(
        client: &Client,
        id: &RemoteId,
        look: Look<'_, Self>,
    ) -> Result<Live<Self>, VendorError> {
        let Look { want, values } = look;
        let mut live = match client.secrets.get(id) {
            Some(row) if !values => Live::Active(row.known(client)),
            Some(_) | None => Self::read(client, id).await?,
        };
        if let (Live::Active(spec), Some(_)) = (&mut live, &want.shared_into) {
            spec.shared_into = Some(shares::read(client, id).await?);
        }
        Ok(live)
    }

    fn markers(client: &Client, id: &RemoteId) -> Vec<Marker> {
        let row = client.secrets.get(id);
        row.and_then(|row| row.marker).into_iter().collect()
    }

    async fn create(
        client: &Client,
        want: &SecretSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let id = write::create(client, want, applying).await?;
        look_again(client, &id, want).await;
        if let Some(shared_into) = want.shared_into.as_ref().filter(|it| !it.is_empty()) {
            shares::write(client, &id, shared_into, applying)
                .await
                .map_err(|error| partly("the secret is there", error))?;
        }
        Ok(id)
    }

    /// Moving is a request of its own, and comes first: the new title may be taken in the old folder, and what is shared
    /// into a folder may move there.
    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let kind = update.want.payload.kind();
        let is = client.secrets.get(id);
        let is = is.map_or(kind, |row| row.spec.payload.kind());
        if is != kind {
            // Each type is written at an address of its own, and the answer to the wrong one is nowhere described.
            return Err(VendorError::refused(format!(
                "it is of type {} at the vendor, which lets nobody change that",
                is.as_str()
            ))
            .help("correct `type`, or delete it at the vendor to have a new one created"));
        }
        if update.changes(FOLDER_FIELD) {
            write::move_to(client, id, &update.want.folder, applying).await?;
        }
        let shared_into = update.want.shared_into.as_ref();
        let shared_into = shared_into.filter(|_| update.changes(SHARED_INTO));
        let apart = [FOLDER_FIELD.name, SHARED_INTO.name];
        if update.changed.iter().any(|name| !apart.contains(name)) {
            let want = update.want;
            write::update(client, id, update, applying).await?;
            look_again(client, id, want).await;
        }
        if let Some(shared_into) = shared_into {
            shares::write(client, id, shared_into, applying).await?;
        }
        Ok(())
    }

    fn update_writes(update: &Update<'_, Self>) -> usize {
        let is_moved = update.changes(FOLDER_FIELD);
        usize::from(is_moved) + usize::from(update.changed.len() > usize::from(is_moved))
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        client
            .delete(&path(id, ""), None::<&()>, applying.permit)
            .await
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}

/// Finds out what the vendor says by now of when the value was changed. Where it does not say it nothing is known, and the
/// value cannot be verified by it.
async fn look_again(client: &Client, id: &RemoteId, want: &SecretSpec) {
    let query = [
        ("decrypt", "false"),
        ("title", want.title.as_str()),
        ("version", client.version.as_str()),
    ];
    let rows = all::<Entity>(client, "Secrets-Safe/Secrets", &query).await;
    let rows = rows.map_or_else(|_| Vec::new(), |it| it.items);
    let row = rows.into_iter().find(|row| row.id == id.0);
    client.secrets.put(id.clone(), row.map(Entity::into_row));
}

/// What a file holds; none if it is gone. The vendor's checksum is of an unknown kind, so the content itself is compared.
async fn download(client: &Client, id: &RemoteId) -> Result<Option<SecretBytes>, VendorError> {
    let response = client.read(&path(id, "/file/download"), &[]).await?;
    if response.status == 404 {
        return Ok(None);
    }
    if !response.is_success() {
        payload::<serde::de::IgnoredAny>(&response)?;
    }
    // A file comes as bytes; a page comes from something in between and is not what the file holds.
    let is_page = response.header("content-type").is_some_and(|it| {
        let kind = it.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("text/html")
    });
    if is_page {
        return Err(VendorError::unreachable(
            "Password Safe was asked for a file and a web page came back",
        ));
    }
    Ok(Some(SecretBytes::new(response.bytes().to_vec())))
}

impl Row {
    /// All that the list says, with what is known of where it lies.
    fn known(self, client: &Client) -> SecretSpec {
        let is_in_safe = self.is_in_safe;
        let folder = self.spec.folder_of(|id| is_in_safe || is_safe(client, id));
        SecretSpec {
            folder,
            ..self.spec
        }
    }
}

fn is_safe(client: &Client, id: &str) -> bool {
    client.safes.get(&RemoteId(id.to_owned())).is_some()
}

fn path(id: &RemoteId, suffix: &str) -> String {
    format!("Secrets-Safe/Secrets/{}{suffix}", segment(&id.0))
}
