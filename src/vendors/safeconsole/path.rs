//! Paths: the groups that users sit in and policies hang on; OUs on the wire (vendor page, sections 4.2 and 4.8).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::Envelope;
use super::client::{Action, Client};
use super::{PATH, number};
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::{Link, Links, Ref};
use crate::model::verb::{Verb, Verbs};

const BAD_PATH: Code = Code("bad-path");

/// A path.
#[derive(Clone, Debug)]
pub(crate) enum Path {}

const NAME: Field = Field::new("path");

/// A path: a group of users, which may have a device policy of its own. Without one it inherits that of what it lies in.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct PathSpec {
    /// Its whole name, from the outermost path on: `finance/emea`. What it lies in must be there, or be declared, too.
    #[schemars(example = &"finance/emea", length(min = 1))]
    path: String,
}

impl DecodeSpec for PathSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let reader = map.reader();
        let node = map.required_node("path")?;
        let path = reader.text(node, "a path")?;
        if path
            .split('/')
            .any(|part| part.trim() != part || part.is_empty())
        {
            reader.push(
                Diagnostic::error(
                    BAD_PATH,
                    node.place(),
                    format!(
                        "`{path}` is no path: a part of it is empty, or begins or ends with a space"
                    ),
                )
                .help("write the names of a path from the outermost on, such as `finance/emea`"),
            );
            return None;
        }
        Some(Self { path })
    }
}

impl Spec for PathSpec {
    const FIELDS: &'static [Field] = &[NAME];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.path)
    }

    fn label(&self) -> &str {
        &self.path
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self { path } = self;
        fields.text(NAME, Some(path));
    }

    fn remarks(have: Option<&Self>, want: Option<&Self>) -> Vec<String> {
        let inherits = |it: &Self| {
            let (outer, _) = it.path.rsplit_once('/')?;
            Some(format!(
                "inherits its policy from {outer} until it has one of its own"
            ))
        };
        match (have, want) {
            (None, Some(want)) => inherits(want).into_iter().collect(),
            (Some(_), _) | (None, None) => Vec::new(),
        }
    }

    /// What it lies in is part of its name (that `/` stands between the two is assumed).
    fn links(&self) -> Vec<(Field, Link)> {
        let outer = self.path.rsplit_once('/').map(|(outer, _)| outer);
        let link = outer.map(|outer| (NAME, Ref::<Path>::live(outer).link()));
        link.into_iter().collect()
    }
}

fn key(path: &str) -> NaturalKey {
    NaturalKey(vec![("path", path.to_owned())])
}

/// A path as it is listed. Public code shows `id` and `path`; the rest is assumed, and may be left out.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Ou {
    pub id: i64,
    pub path: String,
    /// The policy in force, be it inherited or its own.
    #[serde(rename = "policyId")]
    pub policy_id: Option<i64>,
    /// Whether that policy is its own.
    #[serde(rename = "hasPolicy")]
    pub has_policy: Option<bool>,
}

/// What `manage_ou` is told.
#[derive(Serialize)]
struct Body<'a> {
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ouid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
}

#[derive(Deserialize)]
struct Added {
    ouid: i64,
}

impl Kind for Path {
    const ID: KindId = PATH;
    const TABLE: &'static str = "paths";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs {
        create: Verb::ASSUMED,
        update: Verb::ASSUMED,
        delete: Verb::ASSUMED,
    };
    const ASSUMED: &'static [&'static str] = &[
        "a path in a path is written with `/` between the two",
        "paths are unique, upper and lower case being different",
    ];
    type Spec = PathSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let ous = client.ous(PATH).await?;
        let rows = ous.iter().map(|Ou { id, path, .. }| Row {
            id: RemoteId(id.to_string()),
            key: key(path),
            label: path.clone(),
            spec: Some(PathSpec { path: path.clone() }),
            writable: true,
        });
        Ok(Listing {
            rows: rows.collect(),
            incomplete: None,
        })
    }

    /// The list shows every path, so one that it does not show is gone.
    async fn read(_: &Client, _: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(Live::Gone)
    }

    async fn create(
        client: &Client,
        want: &PathSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let body = Body {
            action: "add",
            ouid: None,
            path: Some(&want.path),
        };
        let response = client
            .write(Action::MANAGE_OU, &body, applying.permit)
            .await?;
        let answered = super::answer::opened::<Added>(&response);
        let Envelope {
            response: Added { ouid },
            ..
        } = answered?;
        Ok(RemoteId(ouid.to_string()))
    }

    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let body = Body {
            action: "edit",
            ouid: Some(number(id)?),
            path: Some(&update.want.path),
        };
        client
            .write(Action::MANAGE_OU, &body, applying.permit)
            .await?;
        Ok(())
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let body = Body {
            action: "delete",
            ouid: Some(number(id)?),
            path: None,
        };
        client
            .write(Action::MANAGE_OU, &body, applying.permit)
            .await?;
        Ok(())
    }
}
