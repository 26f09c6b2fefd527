//! Folders of Secrets Safe, each in a safe or in another folder (vendor page, section 4.3).

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::{Client, accepted};
use super::list::{All, Identified, all};
use super::safe::{Created, Safe};
use super::{FOLDER, SAFE};
use crate::http::{Repeat, Write, segment};
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Level, Principal, Seen, Sort, What};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{self, Kind, Listing, Live, NaturalKey, Removal, Spec, Update};
use crate::model::one_of::OneOf;
use crate::model::reference::{Link, Links, Ref, Refers, Target};

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Folder {}

/// What folders and secrets lie in.
pub(super) type Container = OneOf<Safe, Folder>;

const NAME: Field = Field::new("name");
const DESCRIPTION: Field = Field::new("description");
const PARENT: Field = Field::new("parent").form(Form::Reference);

/// A folder of Secrets Safe. What is left out is not ours: it stays as it is. A folder is deleted only when it is empty.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct FolderSpec {
    /// The folder's name. Nothing else in the same place has it, upper and lower case being one.
    #[schemars(example = &"databases", length(min = 1, max = 256))]
    name: String,
    /// What it lies in: `safe.NAME` or `folder.NAME`. A live folder is named by its path from the safe on:
    /// `{ live: platform-team/databases, kind: folder }`. Together with `name` it tells which live folder is meant, so
    /// that moving one takes its `id`.
    parent: Container,
    /// What the folder is for.
    #[schemars(length(max = 256))]
    description: Option<String>,
}

impl DecodeSpec for FolderSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required("name");
        let parent = map.required("parent");
        let description = map.optional("description");
        Some(Self {
            name: name?,
            parent: parent?,
            description,
        })
    }
}

impl Spec for FolderSpec {
    const FIELDS: &'static [Field] = &[NAME, PARENT, DESCRIPTION];

    fn key(&self, links: &Links) -> NaturalKey {
        key(&self.name, links.identity(&self.parent.link()))
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            name,
            parent,
            description,
        } = self;
        fields.text(NAME, Some(name));
        fields.reference(PARENT, Some(parent));
        fields.text(DESCRIPTION, description.as_ref());
    }

    /// Whoever may use what it lies in may use it.
    fn access(&self, _: Option<&Self>, seen: &Seen<'_>) -> Access {
        let mut access = Access::default();
        let parent = place(&self.parent, seen);
        let itself = seen.itself(Sort::Place);
        access.belongs.push((parent.clone(), itself));
        access.give(parent, What::Itself, Level::held(), &[PARENT.name]);
        access
    }

    fn links(&self) -> Vec<(Field, Link)> {
        vec![(PARENT, self.parent.link().by_id())]
    }
}

/// Names are unique in one place whatever their case (assumed).
fn key(name: &str, parent: String) -> NaturalKey {
    NaturalKey(vec![("name", Folder::fold(name)), ("parent", parent)])
}

/// A folder as it is listed and read.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entity {
    id: String,
    name: String,
    description: Option<String>,
    parent_id: Option<String>,
}

impl Identified for Entity {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Entity {
    /// The id of what it lies in. Safes are listed among the folders and lie in nothing (assumed); an id of zeros stands
    /// for none.
    fn parent(&self) -> Option<&str> {
        let parent = self.parent_id.as_deref();
        parent.filter(|id| id.chars().any(|c| !matches!(c, '0' | '-')))
    }

    fn into_spec(self, parent: Container) -> FolderSpec {
        let Self {
            id: _,
            name,
            description,
            parent_id: _,
        } = self;
        FolderSpec {
            name,
            parent,
            description: Some(description.unwrap_or_default()),
        }
    }
}

/// A reference by id to a safe or to a folder.
pub(super) fn container(id: &str, is_safe: bool) -> Container {
    let target = Target::Id(RemoteId(id.to_owned()));
    if is_safe {
        Container::First(Ref::new(target, None))
    } else {
        Container::Second(Ref::new(target, None))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    name: &'a str,
    /// `PUT` without it clears it, so it is always sent.
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MoveBody {
    destination_folder_id: String,
    /// `Stop`: a name that is taken there is a conflict, and nothing moves.
    duplicate_name_action: &'static str,
}

impl Kind for Folder {
    const ID: KindId = FOLDER;
    const TABLE: &'static str = "folders";
    const REMOVAL: Removal = Removal::Delete;
    const KEYED_BY: &'static [KindId] = &[SAFE, FOLDER];
    type Spec = FolderSpec;
    type Client = Client;

    /// The list says all there is, and names every folder by its path.
    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let All { items, incomplete } = all::<Entity>(client, "Secrets-Safe/Folders", &[]).await?;
        let by_id = items
            .iter()
            .map(|it| (it.id.as_str(), it))
            .collect::<HashMap<_, _>>();
        let mut rows = Vec::new();
        for item in &items {
            let Some(parent) = item.parent() else {
                continue;
            };
            let is_folder = by_id.get(parent).is_some_and(|it| it.parent().is_some());
            let path = path_of(item, &by_id);
            let spec = FolderSpec {
                name: item.name.clone(),
                parent: container(parent, !is_folder),
                description: Some(item.description.clone().unwrap_or_default()),
            };
            rows.push(kind::Row {
                id: RemoteId(item.id.clone()),
                key: key(&item.name, parent.to_owned()),
                label: path,
                spec: Some(spec),
                writable: true,
            });
        }
        Ok(Listing { rows, incomplete })
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let found = client.find::<Entity>(&path(id), &[]).await?;
        let Some((folder, parent)) =
            found.and_then(|it| it.parent().map(str::to_owned).map(|parent| (it, parent)))
        else {
            return Ok(Live::Gone);
        };
        let safe = format!("Secrets-Safe/Safes/{}", segment(&parent));
        let is_safe = client.find::<Created>(&safe, &[]).await?.is_some();
        Ok(Live::Active(folder.into_spec(container(&parent, is_safe))))
    }

    async fn create(
        client: &Client,
        want: &FolderSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let body = Body {
            name: &want.name,
            description: want.description.as_deref(),
            parent_id: Some(want.parent.id(applying)?.0),
        };
        let Created { id } = client
            .create("Secrets-Safe/Folders", &body, applying.permit)
            .await?;
        Ok(RemoteId(id))
    }

    /// Moving is a request of its own, and comes first: the new name may be taken in the old place.
    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        if update.changes(PARENT) {
            let body = MoveBody {
                destination_folder_id: update.want.parent.id(applying)?.0,
                duplicate_name_action: "Stop",
            };
            let to = format!("{}/Move", path(id));
            let response = client
                .send(Write::Put, &to, Some(&body), Repeat::Never, applying.permit)
                .await?;
            accepted(&response)?;
        }
        if update.changes(NAME) || update.changes(DESCRIPTION) {
            let live = client.get::<Entity>(&path(id), &[]).await?;
            let description = update.want.description.as_deref();
            let body = Body {
                name: &update.want.name,
                description: description.or(live.description.as_deref()),
                parent_id: None,
            };
            client.put(&path(id), &body, applying.permit).await?;
        }
        Ok(())
    }

    fn update_writes(update: &Update<'_, Self>) -> usize {
        usize::from(update.changes(PARENT))
            + usize::from(update.changes(NAME) || update.changes(DESCRIPTION))
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        client.delete(&path(id), None::<&()>, applying.permit).await
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}

/// The names from the safe on, as far as they are listed.
fn path_of(folder: &Entity, by_id: &HashMap<&str, &Entity>) -> String {
    let mut names = vec![folder.name.as_str()];
    let mut at = folder;
    // Seven levels are what the vendor allows; more would be a circle.
    while let Some(outer) = at.parent().and_then(|id| by_id.get(id))
        && names.len() < 64
    {
        names.push(&outer.name);
        at = outer;
    }
    names.reverse();
    names.join("/")
}

fn path(id: &RemoteId) -> String {
    format!("Secrets-Safe/Folders/{}", segment(&id.0))
}

/// Those who may use what something lies in.
pub(super) fn place(container: &Container, seen: &Seen<'_>) -> Principal {
    match container {
        OneOf::First(one) => seen.who(Sort::Place, one),
        OneOf::Second(one) => seen.who(Sort::Place, one),
    }
}
