//! What passwords, notes and API secrets of MySafe have in common: paths, envelopes, tags, sharing, and that none is ever
//! deleted, only disabled.

use std::future::Future;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::answer::{Loose, Refusal};
use super::client::{Client, payload};
use super::group::Group;
use super::sharing::{
    GroupAllowed, GroupEntry, NotShared, Sharing, UserAllowed, UserEntry, check_shared,
};
use super::tags::{Tagged, Tags};
use super::user::User;
use crate::http::{Repeat, Revealed, Write, segment};
use crate::load::reader::Mapping;
use crate::model::access::{Access, Seen, Sort, What};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::Link;
use crate::model::secret::Secret;

pub(super) const TAGS: Field = Field::new("tags").form(Form::Set);
pub(super) const USERS_ALLOWED: Field = Field::new("users_allowed").form(Form::Access);
pub(super) const GROUPS_ALLOWED: Field = Field::new("groups_allowed").form(Form::Access).assumed();

/// What is particular to one kind of item. The kind itself is a [`Kept`].
pub(crate) trait Item: Sized + Send + Sync + 'static {
    const ID: KindId;
    const TABLE: &'static str;
    /// The part of the path that all of them are under.
    const PATH: &'static str;
    type Spec: Spec;
    /// One as it is read.
    type Entity: DeserializeOwned;
    /// What creating and updating send. What is left out is left as it was (pages 2, 5 and 8).
    type Body<'a>: Serialize + Send + Sync;

    /// What a row of a list says of what tells two apart.
    fn row_key(row: &ListRow) -> NaturalKey;

    /// What is read, secrets unknown if they come `encrypted`.
    fn spec(entity: Self::Entity, encrypted: bool) -> Self::Spec;

    /// The fields of a spec for which `sends` says so.
    fn body<'a>(
        spec: &'a Self::Spec,
        applying: &Applying<'_>,
        sends: &dyn Fn(Field) -> bool,
    ) -> Result<Self::Body<'a>, VendorError>;

    /// Finds out what no list says of what tells two apart, as far as it is needed to find these.
    fn tell_apart(
        _client: &Client,
        _wants: &[&Self::Spec],
        _rows: &mut Vec<Row<Kept<Self>>>,
    ) -> impl Future<Output = Result<(), VendorError>> + Send {
        std::future::ready(Ok(()))
    }
}

/// A kind of item: listed, read and written in the same way, whatever it holds.
pub(crate) struct Kept<T>(PhantomData<fn() -> T>);

/// What an item has beside what it holds. What is left out is not ours: it stays as it is.
#[derive(Clone, Debug, JsonSchema)]
pub(super) struct Common {
    /// All of its tags, in any order. An empty list takes every tag away.
    tags: Option<Tags>,
    /// Every user whom it is shared with, and what each may do: `{ user.maria: view, joao.p: edit }`. `user.NAME` is a
    /// user that the workspace declares, anything else a user name of the vendor. Whoever is not listed loses access.
    users_allowed: Option<Sharing<User>>,
    /// Every group that it is shared with, and what its members may do: `{ group.network: edit }`. `group.NAME` is a
    /// group that the workspace declares, anything else the name of a group of the vendor. Who is not listed loses
    /// access.
    groups_allowed: Option<Sharing<Group>>,
}

impl Common {
    pub(super) fn decode(map: &mut Mapping<'_, '_>) -> Self {
        Self {
            tags: map.optional("tags"),
            users_allowed: map.optional("users_allowed"),
            groups_allowed: map.optional("groups_allowed"),
        }
    }

    pub(super) fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            tags,
            users_allowed,
            groups_allowed,
        } = self;
        fields.set(TAGS, tags.as_ref().map(Tags::iter));
        let users = users_allowed.as_ref().map(Sharing::entries);
        fields.access(USERS_ALLOWED, users);
        let groups = groups_allowed.as_ref().map(Sharing::entries);
        fields.access(GROUPS_ALLOWED, groups);
    }

    /// Whom it is shared with.
    pub(super) fn access(&self, seen: &Seen<'_>) -> Access {
        let mut access = Access::default();
        for (who, level) in self.users_allowed.iter().flat_map(Sharing::levels) {
            let who = seen.who(Sort::Person, who);
            access.give(who, What::Itself, level, &[USERS_ALLOWED.name]);
        }
        for (who, level) in self.groups_allowed.iter().flat_map(Sharing::levels) {
            let who = seen.who(Sort::Group, who);
            access.give(who, What::Itself, level, &[GROUPS_ALLOWED.name]);
        }
        access
    }

    pub(super) fn links(&self) -> Vec<(Field, Link)> {
        let users = self.users_allowed.iter().flat_map(Sharing::links);
        let groups = self.groups_allowed.iter().flat_map(Sharing::links);
        let users = users.map(|link| (USERS_ALLOWED, link));
        users
            .chain(groups.map(|link| (GROUPS_ALLOWED, link)))
            .collect()
    }

    pub(super) fn body(
        &self,
        applying: &Applying<'_>,
        sends: &dyn Fn(Field) -> bool,
    ) -> Result<CommonBody, VendorError> {
        let users = self.users_allowed.as_ref().filter(|_| sends(USERS_ALLOWED));
        let groups = self
            .groups_allowed
            .as_ref()
            .filter(|_| sends(GROUPS_ALLOWED));
        let tags = self.tags.as_ref().filter(|_| sends(TAGS));
        Ok(CommonBody {
            tags: tags.map(|tags| tags.joined(", ")),
            users_allowed: users.map(|users| users.request(applying)).transpose()?,
            groups_allowed: groups.map(|groups| groups.request(applying)).transpose()?,
        })
    }
}

/// What every body says of what items have in common.
#[derive(Serialize)]
pub(super) struct CommonBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users_allowed: Option<Vec<UserAllowed>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups_allowed: Option<Vec<GroupAllowed>>,
}

/// What reading one says of what items have in common.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CommonEntity {
    tags: Tagged,
    users_allowed: Option<Vec<UserEntry>>,
    groups_allowed: Option<Vec<GroupEntry>>,
}

impl From<CommonEntity> for Common {
    fn from(entity: CommonEntity) -> Self {
        let CommonEntity {
            tags,
            users_allowed,
            groups_allowed,
        } = entity;
        Self {
            tags: Some(Tags::from(tags)),
            users_allowed: users_allowed.map(Sharing::from),
            groups_allowed: groups_allowed.map(Sharing::from),
        }
    }
}

/// The value of a secret that is at hand.
pub(super) fn revealed(field: Option<&SecretField>) -> Option<Revealed<'_>> {
    field.and_then(SecretField::at_hand).map(Revealed)
}

/// A secret as it was read.
pub(super) fn as_read(value: Option<Secret>, encrypted: bool) -> Option<SecretField> {
    match value {
        None => None,
        Some(_) if encrypted => Some(SecretField::Unknown {
            why: "the access key encrypts what it returns".to_owned(),
            place: None,
        }),
        Some(value) => Some(SecretField::Known(value)),
    }
}

/// A list. The samples name the kind in the singular, the prose in the plural (pages 11 and 17).
#[derive(Deserialize)]
struct ListAnswer {
    #[serde(
        rename = "…_on_list",
        alias = "password_on_list",
        alias = "passwords_on_list",
        alias = "note_on_list",
        alias = "notes_on_list",
        alias = "api_secret_on_list",
        alias = "api_secrets_on_list"
    )]
    rows: Vec<ListRow>,
}

/// One item of a list.
#[derive(Deserialize)]
pub(crate) struct ListRow {
    pub identifier: Loose,
    #[serde(default)]
    pub name: Loose,
    /// Only passwords have one.
    #[serde(default)]
    pub username: Loose,
    can_write: Option<bool>,
}

/// One item, as reading, creating and updating give it.
#[derive(Deserialize)]
struct Answer<T> {
    #[serde(
        rename = "…_entity",
        alias = "password_entity",
        alias = "passwords_entity",
        alias = "note_entity",
        alias = "notes_entity",
        alias = "api_secret_entity",
        alias = "api_secrets_entity",
        alias = "api_entity"
    )]
    entity: T,
}

#[derive(Deserialize)]
struct Written {
    identifier: Loose,
    #[serde(default)]
    shared_error: Vec<NotShared>,
}

/// What disabling and enabling answer; only that it is no refusal matters.
#[derive(Deserialize)]
struct Switched {}

/// An empty JSON object, which every POST of the vendor's samples carries at least.
#[derive(Serialize)]
struct Nothing {}

/// What a list shows, all of it or what the query asks for.
pub(super) async fn rows(
    client: &Client,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Vec<ListRow>, VendorError> {
    let response = client.mysafe_get(path, query).await?;
    if !response.is_success() {
        return Err(Refusal::of(&response).mysafe(&response));
    }
    let ListAnswer { rows } = payload(&response, |it| it.mysafe(&response))?;
    Ok(rows)
}

impl<T: Item> Kind for Kept<T> {
    const ID: KindId = T::ID;
    const TABLE: &'static str = T::TABLE;
    const REMOVAL: Removal = Removal::Disable;
    const ASSUMED: &'static [&'static str] = &[
        "disabled items are not listed, so only an `id:` leads to them",
        "a disabled item must be enabled before it can be changed",
        "a list of users or groups that is sent replaces the one that is there",
        "users and groups that cannot be shared with come back as `shared_error`",
    ];
    type Spec = T::Spec;
    type Client = Client;

    /// One answer holds all; there is no paging (page 11). Disabled items are not in it (assumed).
    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        Self::list_for(client, &[]).await
    }

    async fn list_for(client: &Client, wants: &[&T::Spec]) -> Result<Listing<Self>, VendorError> {
        let row = |row: ListRow| Row {
            key: T::row_key(&row),
            id: RemoteId(row.identifier.0),
            label: row.name.0,
            spec: None,
            writable: row.can_write != Some(false),
        };
        let rows = rows(client, T::PATH, &[]).await?;
        let mut rows = rows.into_iter().map(row).collect();
        T::tell_apart(client, wants, &mut rows).await?;
        Ok(Listing {
            rows,
            incomplete: None,
        })
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let path = format!("{}/{}", T::PATH, segment(&id.0));
        let response = client.mysafe_get(&path, &[]).await?;
        if response.is_success() {
            let Answer { entity } = payload(&response, |it| it.mysafe(&response))?;
            return Ok(Live::Active(T::spec(entity, client.encrypted_replies)));
        }
        let refusal = Refusal::of(&response);
        match refusal.number {
            Some(1009) => Ok(Live::Disabled),
            Some(1005) => Ok(Live::Gone),
            _ => Err(refusal.mysafe(&response)),
        }
    }

    async fn create(
        client: &Client,
        want: &T::Spec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let body = T::body(want, applying, &|_| true)?;
        let answer = client
            .mysafe_write(Write::Post, T::PATH, &body, Repeat::Never, applying.permit)
            .await?;
        let Answer {
            entity:
                Written {
                    identifier,
                    shared_error,
                },
        } = answer;
        check_shared(shared_error)?;
        Ok(RemoteId(identifier.0))
    }

    /// It is PUT although one page heads it with POST (page 14).
    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        if update.enable {
            // A disabled item cannot be updated (assumed), so it is enabled first. Repeating it is harmless (page 16).
            switch::<T>(client, "active", id, applying).await?;
        }
        if update.changed.is_empty() {
            return Ok(());
        }
        let body = T::body(update.want, applying, &|field| update.changes(field))?;
        let path = format!("{}/update/{}", T::PATH, segment(&id.0));
        let answer = client
            .mysafe_write(Write::Put, &path, &body, Repeat::Safe, applying.permit)
            .await?;
        let Answer {
            entity:
                Written {
                    identifier: _,
                    shared_error,
                },
        } = answer;
        check_shared(shared_error)
    }

    fn update_writes(update: &Update<'_, Self>) -> usize {
        usize::from(update.enable) + usize::from(!update.changed.is_empty())
    }

    /// Disabling what is disabled succeeds as well (page 15).
    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        switch::<T>(client, "inactive", id, applying).await
    }
}

/// Enables or disables an item. Doing it again is answered as a success (pages 15 and 16).
async fn switch<T: Item>(
    client: &Client,
    to: &str,
    id: &RemoteId,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let path = format!("{}/{to}/{}", T::PATH, segment(&id.0));
    let Switched {} = client
        .mysafe_write(
            Write::Post,
            &path,
            &Nothing {},
            Repeat::Safe,
            applying.permit,
        )
        .await?;
    Ok(())
}
