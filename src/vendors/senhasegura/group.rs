//! SCIM groups (vendor page, section 4.11). Only their members can be changed.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use super::answer::Loose;
use super::client::Client;
use super::scim;
use super::user::User;
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Level, Seen, Sort, What};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::{Link, Links, Ref, Target};

/// A group of users. MySafe items are shared with it by its display name (assumed).
#[derive(Clone, Debug)]
pub(crate) enum Group {}

const DISPLAY_NAME: Field = Field::fixed("display_name");
const EXTERNAL_ID: Field = Field::fixed("external_id");
const DESCRIPTION: Field = Field::fixed("description");
const MEMBERS: Field = Field::new("members").form(Form::References);

/// A group of users. What is left out is not ours: it stays as it is.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct GroupSpec {
    /// The group's name at the vendor, by which passwords are shared with it. It cannot be changed later.
    #[schemars(example = &"Network")]
    display_name: String,
    /// The group's id at the identity provider. It cannot be changed later.
    external_id: Option<String>,
    /// What the group is for. It cannot be changed later.
    description: Option<String>,
    /// Everybody who belongs to it: `user.NAME` for a user that the workspace declares, `{ live: NAME }` for one that
    /// exists only at the vendor. An empty list leaves nobody in it.
    members: Option<BTreeSet<Ref<User>>>,
}

impl DecodeSpec for GroupSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let display_name = map.required("display_name");
        let external_id = map.optional("external_id");
        let description = map.optional("description");
        let members = map.optional("members");
        Some(Self {
            display_name: display_name?,
            external_id,
            description,
            members,
        })
    }
}

impl Spec for GroupSpec {
    const FIELDS: &'static [Field] = &[DISPLAY_NAME, EXTERNAL_ID, DESCRIPTION, MEMBERS];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.display_name)
    }

    fn label(&self) -> &str {
        &self.display_name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            display_name,
            external_id,
            description,
            members,
        } = self;
        fields.text(DISPLAY_NAME, Some(display_name));
        fields.text(EXTERNAL_ID, external_id.as_ref());
        fields.text(DESCRIPTION, description.as_ref());
        fields.refs(MEMBERS, members.as_ref());
    }

    fn access(&self, was: Option<&Self>, seen: &Seen<'_>) -> Access {
        let itself = seen.itself(Sort::Group);
        let mut access = Access::default();
        let had = was.and_then(|was| was.members.as_ref());
        for member in self.members.as_ref().or(had).into_iter().flatten() {
            let member = seen.who(Sort::Person, member);
            access.belongs.push((member.clone(), itself.clone()));
            access.give(member, What::Itself, Level::held(), &[MEMBERS.name]);
        }
        access
    }

    fn links(&self) -> Vec<(Field, Link)> {
        self.members
            .iter()
            .flatten()
            .map(|member| (MEMBERS, member.link().by_id()))
            .collect()
    }
}

fn key(display_name: &str) -> NaturalKey {
    NaturalKey(vec![("display_name", display_name.to_owned())])
}

/// A group as SCIM reads it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    id: Loose,
    display_name: String,
    #[serde(default)]
    external_id: Loose,
    #[serde(default)]
    description: Loose,
    #[serde(default)]
    members: Vec<Member>,
}

#[derive(Deserialize)]
struct Member {
    value: Loose,
}

impl scim::Resource for Resource {
    type Kind = Group;
    const COLLECTION: &'static str = "Groups";

    fn id(&self) -> &Loose {
        &self.id
    }

    fn into_row(self) -> Row<Group> {
        let Self {
            id,
            display_name,
            external_id,
            description,
            members,
        } = self;
        let member = |it: Member| Ref::new(Target::Id(RemoteId(it.value.0)), None);
        let spec = GroupSpec {
            display_name: display_name.clone(),
            external_id: Some(external_id.0),
            description: Some(description.0),
            members: Some(members.into_iter().map(member).collect()),
        };
        let key = key(&display_name);
        Row {
            id: RemoteId(id.0),
            key,
            label: display_name,
            spec: Some(spec),
            writable: true,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    schemas: [&'static str; 1],
    display_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<MemberBody>,
}

#[derive(Serialize)]
struct MemberBody {
    value: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct PatchBody {
    schemas: [&'static str; 1],
    #[serde(rename = "Operations")]
    operations: [Operation; 1],
}

#[derive(Serialize)]
struct Operation {
    op: &'static str,
    path: &'static str,
    value: Vec<MemberBody>,
}

fn members(spec: &GroupSpec, applying: &Applying<'_>) -> Result<Vec<MemberBody>, VendorError> {
    let member = |it: &Ref<User>| {
        Ok(MemberBody {
            value: applying.id(it)?.0,
            kind: "User",
        })
    };
    spec.members.iter().flatten().map(member).collect()
}

impl Kind for Group {
    const ID: KindId = GROUP;
    const TABLE: &'static str = "groups";
    const REMOVAL: Removal = Removal::Delete;
    const ASSUMED: &'static [&'static str] = &[
        "groups can be deleted, as SCIM has it",
        "MySafe items are shared with a group by its display name",
    ];
    type Spec = GroupSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        scim::list::<Resource>(client).await
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        scim::read::<Resource>(client, id).await
    }

    async fn create(
        client: &Client,
        want: &GroupSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let body = Body {
            schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            display_name: &want.display_name,
            external_id: want.external_id.as_deref(),
            description: want.description.as_deref(),
            members: members(want, applying)?,
        };
        scim::create::<Resource>(client, &body, applying.permit).await
    }

    /// Replaces the whole list of members, so that twice is once.
    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let value = members(update.want, applying)?;
        let body = PatchBody {
            schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            operations: [Operation {
                op: "replace",
                path: "members",
                value,
            }],
        };
        scim::patch::<Resource>(client, id, &body, applying.permit).await
    }

    /// Deleting groups is standard SCIM, not in the vendor's pages (assumed).
    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        scim::delete::<Resource>(client, id, applying.permit).await
    }
}
