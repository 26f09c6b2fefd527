//! Secrets of Secrets Safe: credentials, texts and files (vendor page, section 4.4).

mod live;
mod write;

use std::collections::BTreeSet;

use schemars::JsonSchema;

use super::client::{Client, accepted, payload};
use super::folder::Container;
use super::group::Group;
use super::list::{All, all};
use super::user::User;
use super::{FOLDER, SAFE, SECRET};
use crate::http::{Repeat, Write, segment};
use crate::load::reader::{Decode, Mapping, Reader};
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::kind::{self, Kind, Listing, Live, NaturalKey, Removal, Spec, Update};
use crate::model::one_of::OneOf;
use crate::model::reference::{Link, Links, Refers};
use crate::model::secret;
use crate::yaml::Node;
use live::Entity;
pub(super) use live::Row;

/// A secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Secret {}

const TYPE: Field = Field::fixed("type");
const TITLE: Field = Field::new("title");
const FOLDER_FIELD: Field = Field::new("folder").form(Form::Reference);
const USERNAME: Field = Field::new("username");
const PASSWORD: Field = Field::new("password").form(Form::Secret);
const TEXT: Field = Field::new("text").form(Form::Secret);
const FILE_NAME: Field = Field::new("file_name");
const CONTENT: Field = Field::new("content").form(Form::Secret);
const DESCRIPTION: Field = Field::new("description");
const NOTES: Field = Field::new("notes").form(Form::Sensitive);
const URLS: Field = Field::new("urls").form(Form::Set);
const OWNERS: Field = Field::new("owners").form(Form::References);

const NO_OWNER: Code = Code("no-owner");

/// Who owns a secret.
pub(super) type Owner = OneOf<User, Group>;

/// A secret of Secrets Safe. What is left out is not ours: it stays as it is. The vendor takes a change of anything only
/// together with the secret value: one that is not declared is read and sent again as it is, which the vendor may record
/// as a use of it.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct SecretSpec {
    /// What kind of secret it is. It cannot be changed later.
    #[schemars(with = "Option<Type>")]
    r#type: Type,
    /// The secret's title. Nothing else in the same folder has it, upper and lower case being one.
    #[schemars(example = &"orders-db", length(min = 1, max = 256))]
    title: String,
    /// What it lies in: `folder.NAME` or `safe.NAME`. A live folder is named by its path from the safe on:
    /// `{ live: platform-team/databases, kind: folder }`. Together with `title` it tells which live secret is meant, so
    /// that moving one takes its `id`.
    folder: Container,
    /// Of a credential: the name of the account that the password belongs to. Needed to create one.
    #[schemars(example = &"orders", length(max = 256))]
    username: Option<String>,
    /// Of a credential: the password, as a reference to where its value is. Needed to create one.
    password: Option<SecretField>,
    /// Of a text: the text, as a reference to where its value is. Needed to create one.
    text: Option<SecretField>,
    /// Of a file: the name under which it is downloaded. Needed to create one.
    #[schemars(example = &"tls.pem", length(min = 1, max = 256))]
    file_name: Option<String>,
    /// Of a file: what it holds, as a reference to where its value is; it must be text. Needed to create one.
    content: Option<SecretField>,
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
}

/// What kind of secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
pub(super) enum Type {
    /// A user name and a password. So it is if nothing is said.
    Credential,
    /// A text of up to 4096 characters.
    Text,
    /// A file of up to 5 MB.
    File,
}

const TYPES: [(&str, Type); 3] = [
    ("credential", Type::Credential),
    ("text", Type::Text),
    ("file", Type::File),
];

impl Type {
    fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Text => "text",
            Self::File => "file",
        }
    }

    /// The end of the path of what only this type has.
    fn suffix(self) -> &'static str {
        match self {
            Self::Credential => "",
            Self::Text => "/text",
            Self::File => "/file",
        }
    }
}

impl Decode for Type {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        reader.word(node, "a type of secret", &TYPES)
    }
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
        let kind = match map.node("type") {
            Some(node) => Type::decode(node, map.reader())?,
            None => Type::Credential,
        };
        let (mut username, mut password, mut text) = (None, None, None);
        let (mut file_name, mut content) = (None, None);
        match kind {
            Type::Credential => {
                username = map.optional("username");
                password = map.optional("password");
            }
            Type::Text => text = map.optional("text"),
            Type::File => {
                file_name = map.optional("file_name");
                content = map.optional("content");
            }
        }
        Some(Self {
            r#type: kind,
            title: title?,
            folder: folder?,
            username,
            password,
            text,
            file_name,
            content,
            description,
            notes,
            urls,
            owners,
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
        TEXT,
        FILE_NAME,
        CONTENT,
        DESCRIPTION,
        NOTES,
        URLS,
        OWNERS,
    ];

    fn key(&self, links: &Links) -> NaturalKey {
        key(&self.title, links.identity(&self.folder.link()))
    }

    fn label(&self) -> &str {
        &self.title
    }

    fn lacks(&self) -> Vec<Field> {
        let needed = match self.r#type {
            Type::Credential => vec![
                (USERNAME, self.username.is_none()),
                (PASSWORD, self.password.is_none()),
            ],
            Type::Text => vec![(TEXT, self.text.is_none())],
            Type::File => vec![
                (FILE_NAME, self.file_name.is_none()),
                (CONTENT, self.content.is_none()),
            ],
        };
        let lacking = needed.into_iter().filter(|(_, is_lacking)| *is_lacking);
        lacking.map(|(field, _)| field).collect()
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            r#type,
            title,
            folder,
            username,
            password,
            text,
            file_name,
            content,
            description,
            notes,
            urls,
            owners,
        } = self;
        fields.text(TYPE, Some(&r#type.as_str().to_owned()));
        fields.text(TITLE, Some(title));
        fields.reference(FOLDER_FIELD, Some(folder));
        fields.text(USERNAME, username.as_ref());
        fields.secret(PASSWORD, password.as_ref());
        fields.secret(TEXT, text.as_ref());
        fields.text(FILE_NAME, file_name.as_ref());
        fields.secret(CONTENT, content.as_ref());
        fields.text(DESCRIPTION, description.as_ref());
        fields.sensitive(NOTES, notes.as_ref());
        fields.set(URLS, urls.as_ref().map(|urls| urls.iter().cloned()));
        fields.refs(OWNERS, owners.as_ref());
    }

    fn links(&self) -> Vec<(Field, Link)> {
        let owners = self.owners.iter().flatten();
        let owners = owners.map(|owner| (OWNERS, owner.link().by_id()));
        let folder = (FOLDER_FIELD, self.folder.link().by_id());
        std::iter::once(folder).chain(owners).collect()
    }
}

impl SecretSpec {
    /// The field that holds the secret value, and what it says.
    fn value(&self) -> (Field, Option<&SecretField>) {
        match self.r#type {
            Type::Credential => (PASSWORD, self.password.as_ref()),
            Type::Text => (TEXT, self.text.as_ref()),
            Type::File => (CONTENT, self.content.as_ref()),
        }
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
        let row = |item: Entity| {
            let id = RemoteId(item.id.clone());
            let row = item.into_row();
            client.secrets.remember(id.clone(), row.clone());
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
            rows: items.into_iter().map(row).collect(),
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
        } = row;
        let is_safe = |id: &str| is_in_safe || client.safes.get(&RemoteId(id.to_owned())).is_some();
        if spec.r#type == Type::File {
            let Some(content) = download(client, id).await? else {
                return Ok(Live::Gone);
            };
            spec.content = Some(content);
            spec.folder = spec.folder_of(is_safe);
            return Ok(Live::Active(spec));
        }
        let path = path(id, spec.r#type.suffix());
        let Some(entity) = client.find::<Entity>(&path, &query).await? else {
            return Ok(Live::Gone);
        };
        let mut whole = entity.into_spec(spec.r#type);
        whole.folder = whole.folder_of(is_safe);
        Ok(Live::Active(whole))
    }

    async fn create(
        client: &Client,
        want: &SecretSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        write::create(client, want, applying).await
    }

    /// Moving is a request of its own, and comes first: the new title may be taken in the old folder.
    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let kind = update.want.r#type;
        let is = client.secrets.get(id).map_or(kind, |row| row.spec.r#type);
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
        if update.changed.iter().any(|name| *name != FOLDER_FIELD.name) {
            write::update(client, id, update, applying).await?;
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

/// What a file holds; none if it is gone. The vendor's checksum is of an unknown kind, so the content itself is compared.
async fn download(client: &Client, id: &RemoteId) -> Result<Option<SecretField>, VendorError> {
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
    Ok(Some(match response.text() {
        Ok(text) => SecretField::Known(secret::Secret::new(text.to_owned())),
        Err(_) => SecretField::Unknown {
            why: "the file at the vendor is not text".to_owned(),
            place: None,
        },
    }))
}

fn path(id: &RemoteId, suffix: &str) -> String {
    format!("Secrets-Safe/Secrets/{}{suffix}", segment(&id.0))
}
