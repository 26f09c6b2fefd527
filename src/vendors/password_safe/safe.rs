//! Safes of Secrets Safe: the outermost of what holds secrets, and where access is granted (vendor page, sections 4.1
//! and 4.2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SAFE;
use super::answer::partly;
use super::client::Client;
use super::grants::{self, Grants};
use super::group::Group;
use super::list::unpaged;
use super::user::User;
use crate::http::segment;
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Seen, Sort, What};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{self, Kind, Listing, Live, NaturalKey, Removal, Spec, Update};
use crate::model::reference::{Link, Links};

/// A safe.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Safe {}

const NAME: Field = Field::new("name");
const DESCRIPTION: Field = Field::new("description");
const USER_PERMISSIONS: Field = Field::new("user_permissions").form(Form::Access);
const GROUP_PERMISSIONS: Field = Field::new("group_permissions").form(Form::Access);

/// A safe of Secrets Safe. What is left out is not ours: it stays as it is. A safe is deleted only when it is empty.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct SafeSpec {
    /// The safe's name. No two safes have the same, upper and lower case being one.
    #[schemars(example = &"platform-team", length(min = 1, max = 256))]
    name: String,
    /// What the safe is for.
    #[schemars(length(max = 256))]
    description: Option<String>,
    /// Every user who may do something with the safe, and what: `{ user.maria: [read, edit], ci-app: [manage] }`.
    /// `user.NAME` is a user that the workspace declares, anything else a user name of the vendor. Who is not listed
    /// loses access; the user that trueup signs in as must be listed, too.
    user_permissions: Option<Grants<User>>,
    /// Every group whose members may do something with the safe, and what: `{ group.dba: [read, edit] }`, or with an
    /// end `{ group.dba: { flags: [read], expires_on: 2031-01-31 } }`. `group.NAME` is a group that the workspace
    /// declares, anything else the name of a group of the vendor. Who is not listed loses access.
    group_permissions: Option<Grants<Group>>,
}

impl DecodeSpec for SafeSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required("name");
        let description = map.optional("description");
        let user_permissions = map.optional("user_permissions");
        let group_permissions = map.optional("group_permissions");
        Some(Self {
            name: name?,
            description,
            user_permissions,
            group_permissions,
        })
    }
}

impl Spec for SafeSpec {
    const FIELDS: &'static [Field] = &[NAME, DESCRIPTION, USER_PERMISSIONS, GROUP_PERMISSIONS];
    const GIVES: bool = true;

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.name)
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            name,
            description,
            user_permissions,
            group_permissions,
        } = self;
        fields.text(NAME, Some(name));
        fields.text(DESCRIPTION, description.as_ref());
        fields.access(
            USER_PERMISSIONS,
            user_permissions.as_ref().map(Grants::entries),
        );
        fields.access(
            GROUP_PERMISSIONS,
            group_permissions.as_ref().map(Grants::entries),
        );
    }

    fn access(&self, was: Option<&Self>, seen: &Seen<'_>) -> Access {
        let itself = seen.itself(Sort::Place);
        let mut access = Access::default();
        let had = was.and_then(|was| was.user_permissions.as_ref());
        let users = self.user_permissions.as_ref().or(had).into_iter();
        for (who, level) in users.flat_map(Grants::levels) {
            let who = seen.who(Sort::Person, who);
            access.belongs.push((who.clone(), itself.clone()));
            access.give(who, What::Itself, level, &[USER_PERMISSIONS.name]);
        }
        let had = was.and_then(|was| was.group_permissions.as_ref());
        let groups = self.group_permissions.as_ref().or(had).into_iter();
        for (who, level) in groups.flat_map(Grants::levels) {
            let who = seen.who(Sort::Group, who);
            access.belongs.push((who.clone(), itself.clone()));
            access.give(who, What::Itself, level, &[GROUP_PERMISSIONS.name]);
        }
        access
    }

    fn links(&self) -> Vec<(Field, Link)> {
        let users = self.user_permissions.iter().flat_map(Grants::links);
        let groups = self.group_permissions.iter().flat_map(Grants::links);
        let users = users.map(|link| (USER_PERMISSIONS, link));
        users
            .chain(groups.map(|link| (GROUP_PERMISSIONS, link)))
            .collect()
    }
}

/// Names are unique whatever their case (assumed).
fn key(name: &str) -> NaturalKey {
    NaturalKey(vec![("name", Safe::fold(name))])
}

/// A safe as it is listed.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Row {
    id: String,
    name: String,
    description: Option<String>,
}

/// `PUT` without a description clears it (assumed, as with folders), so it is always sent.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    name: &'a str,
    description: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Created {
    pub id: String,
}

impl Kind for Safe {
    const ID: KindId = SAFE;
    const TABLE: &'static str = "safes";
    const REMOVAL: Removal = Removal::Delete;
    type Spec = SafeSpec;
    type Client = Client;

    /// One answer holds all; there is no paging.
    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let rows = unpaged::<Row>(client, "Secrets-Safe/Safes", &[]).await?;
        let by_id = rows.iter().map(|it| (RemoteId(it.id.clone()), it.clone()));
        client.safes.remember(by_id);
        let row = |row: Row| kind::Row {
            id: RemoteId(row.id),
            key: key(&row.name),
            label: row.name,
            spec: None,
            writable: true,
        };
        Ok(Listing {
            rows: rows.into_iter().map(row).collect(),
            incomplete: None,
        })
    }

    /// The list says all but the permissions.
    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let row = match client.safes.get(id) {
            Some(row) => Some(row),
            None => client.find(&path(id), &[]).await?,
        };
        let (Some(row), Some(present)) = (row, grants::read(client, id).await?) else {
            return Ok(Live::Gone);
        };
        let Row {
            id: _,
            name,
            description,
        } = row;
        let (users, groups) = grants::apart(&present);
        Ok(Live::Active(SafeSpec {
            name,
            description: Some(description.unwrap_or_default()),
            user_permissions: Some(users),
            group_permissions: Some(groups),
        }))
    }

    async fn create(
        client: &Client,
        want: &SafeSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let body = Body {
            name: &want.name,
            description: want.description.as_deref(),
        };
        let Created { id } = client
            .create("Secrets-Safe/Safes", &body, applying.permit)
            .await?;
        let id = RemoteId(id);
        write_grants(client, &id, want, applying, |_| true)
            .await
            .map_err(|error| partly("the safe is there", error))?;
        Ok(id)
    }

    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        if update.changes(NAME) || update.changes(DESCRIPTION) {
            let live = client.get::<Row>(&path(id), &[]).await?;
            let description = update.want.description.as_deref();
            let body = Body {
                name: &update.want.name,
                description: description.or(live.description.as_deref()),
            };
            client.put(&path(id), &body, applying.permit).await?;
        }
        write_grants(client, id, update.want, applying, |field| {
            update.changes(field)
        })
        .await
    }

    /// Each user and group that may do anything is a request of its own, but perhaps for our own user: whoever creates a
    /// safe may do everything with it (assumed).
    fn create_writes(want: &SafeSpec) -> usize {
        let users = want.user_permissions.as_ref().map_or(0, Grants::given);
        let groups = want.group_permissions.as_ref().map_or(0, Grants::given);
        1 + users.saturating_sub(1) + groups
    }

    fn update_writes(update: &Update<'_, Self>) -> usize {
        usize::from(update.changes(NAME) || update.changes(DESCRIPTION))
            + usize::from(update.changes(USER_PERMISSIONS))
            + usize::from(update.changes(GROUP_PERMISSIONS))
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

/// Writes the permissions of users and of groups for which `writes` says so.
async fn write_grants(
    client: &Client,
    id: &RemoteId,
    want: &SafeSpec,
    applying: &Applying<'_>,
    writes: impl Fn(Field) -> bool,
) -> Result<(), VendorError> {
    let users = want.user_permissions.as_ref();
    let users = users.filter(|_| writes(USER_PERMISSIONS));
    let groups = want.group_permissions.as_ref();
    let groups = groups.filter(|_| writes(GROUP_PERMISSIONS));
    if users.is_none() && groups.is_none() {
        return Ok(());
    }
    grants::write(client, id, users, groups, applying).await
}

fn path(id: &RemoteId) -> String {
    format!("Secrets-Safe/Safes/{}", segment(&id.0))
}
