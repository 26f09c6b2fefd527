//! Related users (vendor page, section 4.9): under which other names a user of the suite is known on target systems.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Loose, Refusal};
use super::client::{Client, payload};
use super::user::User;
use super::{RELATED_USER, USER};
use crate::http::{Repeat, Write, segment};
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Level, Seen, Sort, What};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::{Link, Links, Ref};

/// A related user.
#[derive(Clone, Debug)]
pub(crate) enum RelatedUser {}

const USER_OF: Field = Field::new("user").form(Form::Reference);
const NAME: Field = Field::new("name");

/// Another name of a user of the suite, as target systems know it.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct RelatedUserSpec {
    /// The user of the suite: `user.NAME` for one that the workspace declares, `{ live: NAME }` for one that exists only
    /// at the vendor.
    user: Ref<User>,
    /// The name of the account on target systems. A user may have several.
    #[schemars(example = &"maria-adm")]
    name: String,
}

impl DecodeSpec for RelatedUserSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let user = map.required("user");
        let name = map.required("name");
        Some(Self {
            user: user?,
            name: name?,
        })
    }
}

impl Spec for RelatedUserSpec {
    const FIELDS: &'static [Field] = &[USER_OF, NAME];

    /// The vendor knows the user by name here, so the key does.
    fn key(&self, links: &Links) -> NaturalKey {
        let username = links.label(&self.user);
        let username = username.unwrap_or_else(|| links.identity(&self.user.link()));
        key(&username, &self.name)
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self { user, name } = self;
        fields.reference(USER_OF, Some(user));
        fields.text(NAME, Some(name));
    }

    /// Under another name the user is somebody else on target systems.
    fn access(&self, _: Option<&Self>, seen: &Seen<'_>) -> Access {
        let mut access = Access::default();
        let name = What::Named(format!("the name {} on target systems", self.name));
        let by = &[USER_OF.name, NAME.name];
        access.give(seen.who(Sort::Person, &self.user), name, Level::held(), by);
        access
    }

    fn links(&self) -> Vec<(Field, Link)> {
        vec![(USER_OF, self.user.link())]
    }
}

/// User names are the same whatever their case, also here (assumed).
fn key(username: &str, name: &str) -> NaturalKey {
    NaturalKey(vec![
        ("user", User::fold(username)),
        ("name", name.to_owned()),
    ])
}

/// One as it is read and listed.
#[derive(Deserialize)]
struct Entity {
    id: Loose,
    #[serde(default)]
    username: Loose,
    #[serde(default)]
    name: Loose,
}

impl Entity {
    fn into_row(self) -> Row<RelatedUser> {
        let Self { id, username, name } = self;
        Row {
            id: RemoteId(id.0),
            key: key(&username.0, &name.0),
            label: name.0.clone(),
            spec: Some(RelatedUserSpec {
                user: Ref::live(username.0),
                name: name.0,
            }),
            writable: true,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListAnswer {
    related_users: Vec<Entity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    related_users: Entity,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    username: String,
    name: &'a str,
}

const PATH: &str = "user/related";

/// Sends one whole, which is what an update wants as well (page 60).
async fn write(
    client: &Client,
    id: Option<&RemoteId>,
    want: &RelatedUserSpec,
    applying: &Applying<'_>,
) -> Result<RemoteId, VendorError> {
    let body = Body {
        id: id.map(|id| id.0.as_str()),
        username: applying.label(&want.user)?,
        name: &want.name,
    };
    let (method, repeat) = match id {
        Some(_) => (Write::Put, Repeat::Safe),
        None => (Write::Post, Repeat::Never),
    };
    let response = client
        .a2a_write(method, PATH, Some(&body), repeat, applying.permit)
        .await?;
    if !response.is_success() {
        return Err(Refusal::of(&response).related(&response));
    }
    let Answer { related_users } = payload(&response, |it| it.related(&response))?;
    Ok(RemoteId(related_users.id.0))
}

impl Kind for RelatedUser {
    const ID: KindId = RELATED_USER;
    const TABLE: &'static str = "related_users";
    /// The vendor calls it disabling, but no request enables one again.
    const REMOVAL: Removal = Removal::Delete;
    const ASSUMED: &'static [&'static str] =
        &["one that was removed is not listed, and reading it finds nothing"];
    const KEYED_BY: &'static [KindId] = &[USER];
    type Spec = RelatedUserSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let response = client.a2a_get(PATH).await?;
        if !response.is_success() {
            return Err(Refusal::of(&response).related(&response));
        }
        let ListAnswer { related_users } = payload(&response, |it| it.related(&response))?;
        let rows = related_users.into_iter().map(Entity::into_row);
        Ok(Listing {
            rows: rows.collect(),
            incomplete: None,
        })
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let response = client
            .a2a_get(&format!("{PATH}/{}", segment(&id.0)))
            .await?;
        if response.is_success() {
            let Answer { related_users } = payload(&response, |it| it.related(&response))?;
            let spec = related_users.into_row().spec;
            return Ok(spec.map_or(Live::Gone, Live::Active));
        }
        let refusal = Refusal::of(&response);
        match refusal.number {
            Some(1005) => Ok(Live::Gone),
            _ => Err(refusal.related(&response)),
        }
    }

    async fn create(
        client: &Client,
        want: &RelatedUserSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        write(client, None, want, applying).await
    }

    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        write(client, Some(id), update.want, applying)
            .await
            .map(|_| ())
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        #[derive(Deserialize)]
        struct Disabled {}
        let path = format!("{PATH}/{}", segment(&id.0));
        let response = client
            .a2a_write(
                Write::Delete,
                &path,
                None::<&()>,
                Repeat::Safe,
                applying.permit,
            )
            .await?;
        if response.is_success() {
            let Disabled {} = payload(&response, |it| it.related(&response))?;
            return Ok(());
        }
        let refusal = Refusal::of(&response);
        match refusal.number {
            // It is disabled already (page 61), or gone.
            Some(1005) => Ok(()),
            _ => Err(refusal.related(&response)),
        }
    }
}
