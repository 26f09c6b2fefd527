//! Users, and the record in which their drives come along (vendor page, sections 4.1 and 4.3 to 4.5).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{self, Envelope};
use super::client::{Action, Client};
use super::drive::Device;
use super::list::Identified;
use super::path::Path;
use super::{USER, number};
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Level, Seen, Sort, What};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::{Cause, VendorError};
use crate::model::field::{Field, Fields, Form};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::{Link, Links, Ref, Target};
use crate::model::verb::{Verb, Verbs};

/// A user.
#[derive(Clone, Debug)]
pub(crate) enum User {}

const EMAIL: Field = Field::new("email");
const NAME: Field = Field::new("name");
const PATH: Field = Field::new("path").form(Form::Reference);

/// A user of encrypted drives. What is left out is not ours: it stays as it is.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct UserSpec {
    /// The e-mail address. No two users have the same, upper and lower case being one.
    #[schemars(example = &"ada@example.org")]
    email: String,
    /// The name as people read it. Needed for a user that is yet to be created.
    #[schemars(example = &"Ada Example")]
    name: Option<String>,
    /// The path that the user sits in, whose policy holds for the user's drives.
    path: Option<Ref<Path>>,
}

impl DecodeSpec for UserSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let email = map.required("email");
        let name = map.optional("name");
        let path = map.optional("path");
        Some(Self {
            email: email?,
            name,
            path,
        })
    }
}

impl Spec for UserSpec {
    const FIELDS: &'static [Field] = &[EMAIL, NAME, PATH];

    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.email)
    }

    fn label(&self) -> &str {
        &self.email
    }

    fn lacks(&self) -> Vec<Field> {
        let Self {
            email: _,
            name,
            path: _,
        } = self;
        name.is_none().then_some(NAME).into_iter().collect()
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self { email, name, path } = self;
        fields.text(EMAIL, Some(email));
        fields.text(NAME, name.as_ref());
        fields.reference(PATH, path.as_ref());
    }

    /// An address in other letters is the same.
    fn as_told(&self, want: &Self) -> Self {
        let is_same = User::fold(&self.email) == User::fold(&want.email);
        Self {
            email: if is_same { &want.email } else { &self.email }.clone(),
            ..self.clone()
        }
    }

    /// Which policy holds for the user's drives follows from the path.
    fn access(&self, was: Option<&Self>, seen: &Seen<'_>) -> Access {
        let itself = seen.itself(Sort::Person);
        let mut access = Access {
            account: Some((itself.clone(), self.email.clone())),
            ..Access::default()
        };
        access.give(itself.clone(), What::Account, Level::held(), &[EMAIL.name]);
        let had = was.and_then(|was| was.path.as_ref());
        if let Some(path) = self.path.as_ref().or(had) {
            let policy = seen.who(Sort::Policy, path);
            let (name, what) = (policy.to_string(), "drives under the policy of".to_owned());
            access.belongs.push((itself.clone(), policy));
            let level = Level::neutral(name);
            access.give(itself, What::Named(what), level, &[PATH.name]);
        }
        access
    }

    fn links(&self) -> Vec<(Field, Link)> {
        let path = self.path.as_ref().map(|path| (PATH, path.link().by_id()));
        path.into_iter().collect()
    }
}

/// E-mail addresses are unique whatever their case (assumed: no other field could be).
fn key(email: &str) -> NaturalKey {
    NaturalKey(vec![("email", User::fold(email))])
}

/// A user as it is listed. Of what the vendor's sample shows, what nobody declares is left unread.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Record {
    pub id: i64,
    #[serde(default)]
    cn: String,
    #[serde(default)]
    email: String,
    /// The id of the path.
    ou: Option<i64>,
    #[serde(default)]
    pub safesticks: Vec<Device>,
}

impl Identified for Record {
    fn id(&self) -> i64 {
        self.id
    }
}

impl Record {
    fn spec(&self) -> UserSpec {
        UserSpec {
            email: self.email.clone(),
            name: Some(self.cn.clone()),
            path: self.ou.map(|id| {
                let id = RemoteId(id.to_string());
                Ref::new(Target::Id(id), None)
            }),
        }
    }
}

/// What `manage_user` is told.
#[derive(Serialize)]
struct Body<'a> {
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    userid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    /// The path by its name, though reading gives its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    oupath: Option<&'a str>,
}

#[derive(Deserialize)]
struct Added {
    userid: i64,
}

impl Kind for User {
    const ID: KindId = USER;
    const TABLE: &'static str = "users";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = Verbs {
        create: Verb::ASSUMED,
        update: Verb::SHOWN,
        delete: Verb::ASSUMED,
    };
    const ASSUMED: &'static [&'static str] = &[
        "no two users have one e-mail address, upper and lower case being one",
        "`username` of an edit is the name that a list calls `cn`",
    ];
    type Spec = UserSpec;
    type Client = Client;

    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let all = client.users(USER).await?;
        let rows = all.items.iter().map(|record| Row {
            id: RemoteId(record.id.to_string()),
            key: key(&record.email),
            label: record.email.clone(),
            spec: Some(record.spec()),
            writable: true,
        });
        Ok(Listing {
            rows: rows.collect(),
            incomplete: all.incomplete.clone(),
        })
    }

    /// The list shows every user, so one that it does not show is gone.
    async fn read(_: &Client, _: &RemoteId) -> Result<Live<Self>, VendorError> {
        Ok(Live::Gone)
    }

    async fn create(
        client: &Client,
        want: &UserSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let path = want.path.as_ref().map(|path| applying.label(path));
        let path = path.transpose()?;
        let body = Body {
            action: "add",
            userid: None,
            username: want.name.as_deref(),
            email: Some(&want.email),
            oupath: path.as_deref(),
        };
        // The registration token that comes along is neither read nor kept.
        let response = client
            .write(Action::MANAGE_USER, &body, applying.permit)
            .await?;
        let Envelope {
            response: Added { userid },
            ..
        } = answer::opened(&response)?;
        Ok(RemoteId(userid.to_string()))
    }

    /// The one public client sends all that can be edited, each time. So what is left out is looked up and sent as it is.
    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let UserSpec { email, name, path } = update.want;
        let is_whole = name.is_some() && path.is_some();
        let (live_name, live_path) = if is_whole {
            (None, None)
        } else {
            rest(client, id).await?
        };
        let path = match path {
            Some(path) => Some(applying.label(path)?),
            None => live_path,
        };
        let body = Body {
            action: "edit",
            userid: Some(number(id)?),
            username: name.as_ref().or(live_name.as_ref()).map(String::as_str),
            email: Some(email),
            oupath: path.as_deref(),
        };
        client
            .write(Action::EDIT_USER, &body, applying.permit)
            .await?;
        match path {
            Some(path) if update.changes(PATH) => moved(client, id, &path).await,
            Some(_) | None => Ok(()),
        }
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let body = Body {
            action: "delete",
            userid: Some(number(id)?),
            username: None,
            email: None,
            oupath: None,
        };
        client
            .write(Action::MANAGE_USER, &body, applying.permit)
            .await?;
        Ok(())
    }

    fn fold(label: &str) -> String {
        label.to_lowercase()
    }
}

/// The name of a user and the name of the path, as they are now.
async fn rest(
    client: &Client,
    id: &RemoteId,
) -> Result<(Option<String>, Option<String>), VendorError> {
    let (users, ous) = (client.users(USER).await?, client.ous_now().await?);
    let mut users = users.items.iter();
    let record = users.find(|it| it.id.to_string() == id.0);
    let record = record.ok_or_else(|| VendorError::refused("the user is gone by now"))?;
    let path = ous.into_iter().find(|it| Some(it.id) == record.ou);
    let path = path.map(|it| it.path);
    if path.is_none() && record.ou.is_some() {
        return Err(VendorError::refused(
            "the path that the user sits in is not shown to us, so that the user cannot be written whole",
        )
        .help("declare the user's `path`, or give the admin of the token the path"));
    }
    Ok((Some(record.cn.clone()), path))
}

/// Whether a user sits in a path by now: what an edit answers says nothing of the path.
async fn moved(client: &Client, id: &RemoteId, path: &str) -> Result<(), VendorError> {
    let look = async || {
        let users = client.users(USER).await?;
        let ous = client.ous_now().await?;
        let record = users.items.iter().find(|it| it.id.to_string() == id.0);
        let sits = record.and_then(|it| it.ou);
        let sits = ous.into_iter().find(|it| Some(it.id) == sits);
        Ok::<_, VendorError>(sits.map(|it| it.path))
    };
    match look().await {
        Ok(Some(sits)) if sits == path => Ok(()),
        Ok(_) => Err(VendorError::refused(format!(
            "SafeConsole took the change and did not move the user to {path}"
        ))),
        Err(error) => Err(VendorError::new(
            Cause::Unknown,
            format!("whether the user was moved is not known: {error}"),
        )
        .source(error)),
    }
}
