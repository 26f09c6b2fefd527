//! MySafe passwords (vendor page, section 4.1). Never deleted: removing one disables it.

mod read;

use std::borrow::Cow;
use std::collections::BTreeSet;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::answer::Loose;
use super::client::{Client, payload};
use super::group::Group;
use super::sharing::{GroupAllowed, NotShared, Sharing, UserAllowed, check_shared};
use super::user::User;
use super::{PASSWORD, answer::Refusal};
use crate::http::{Repeat, Revealed, Write, segment};
use crate::load::reader::{Decode, Mapping, Reader};
use crate::load::section::DecodeSpec;
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::{Link, Links};
use crate::model::secret::Secret;
use crate::yaml::Node;
use read::{ListAnswer, ListRow, ReadAnswer};

const BAD_TAG: Code = Code("bad-tag");
const BAD_TOTP_SEED: Code = Code("bad-totp-seed");

/// A password of MySafe.
#[derive(Clone, Debug)]
pub(crate) enum Password {}

const NAME: Field = Field::new("name");
const USERNAME: Field = Field::new("username");
const VALUE: Field = Field::new("password").form(Form::Secret);
const URL: Field = Field::new("url");
const TOTP_SEED: Field = Field::new("totp_seed").form(Form::Secret).never_generated();
const NOTES: Field = Field::new("notes").form(Form::Sensitive);
const TAGS: Field = Field::new("tags").form(Form::Set);
const USERS_ALLOWED: Field = Field::new("users_allowed").form(Form::Access);
const GROUPS_ALLOWED: Field = Field::new("groups_allowed").form(Form::Access).assumed();

/// A password of MySafe. What is left out is not ours: it stays as it is.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct PasswordSpec {
    /// The title that MySafe shows. Several passwords may have the same; together with `username` it tells which live
    /// one is meant.
    #[schemars(example = &"Office router")]
    name: String,
    /// The name of the account that the password belongs to.
    #[schemars(example = &"admin")]
    username: String,
    /// The password itself, as a reference to where its value is. Needed to create one; left out, the password that is
    /// there is kept.
    password: Option<SecretField>,
    /// Where the account logs in.
    #[schemars(example = &"https://router.example.org")]
    url: Option<String>,
    /// The seed of one-time codes, as a reference to where its value is: at least 10 characters of base32 (A-Z and
    /// 2-7). The vendor calls it `secret_key`.
    totp_seed: Option<SecretField>,
    /// Remarks for whoever opens it. Compared, but never shown in a plan.
    notes: Option<String>,
    /// All of its tags, in any order. An empty list takes every tag away.
    tags: Option<BTreeSet<Tag>>,
    /// Every user whom it is shared with, and what each may do: `{ user.maria: view, joao.p: edit }`. `user.NAME` is a
    /// user that the workspace declares, anything else a user name of the vendor. Whoever is not listed loses access.
    users_allowed: Option<Sharing<User>>,
    /// Every group that it is shared with, and what its members may do: `{ group.network: edit }`. `group.NAME` is a
    /// group that the workspace declares, anything else the name of a group of the vendor. Who is not listed loses
    /// access.
    groups_allowed: Option<Sharing<Group>>,
}

/// A tag. The vendor keeps tags as one text with commas, so a tag cannot hold one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tag(String);

impl Decode for Tag {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let text = reader.text(node, "a tag")?;
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.contains(',') {
            reader.push(Diagnostic::error(
                BAD_TAG,
                node.place(),
                format!("`{text}` cannot be a tag: tags are not empty and hold no comma"),
            ));
            return None;
        }
        Some(Self(trimmed.to_owned()))
    }
}

impl JsonSchema for Tag {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Tag".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A tag: not empty, and without commas.",
            "type": ["string", "number", "boolean"],
            "pattern": "^[^,]*[^, ][^,]*$",
        })
    }
}

impl DecodeSpec for PasswordSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required("name");
        let username = map.required("username");
        let password = map.optional("password");
        let url = map.optional("url");
        let totp_seed = map.optional("totp_seed");
        let notes = map.optional("notes");
        let tags = map.optional("tags");
        let users_allowed = map.optional("users_allowed");
        let groups_allowed = map.optional("groups_allowed");
        if let (Some(SecretField::Known(seed)), Some(node)) = (&totp_seed, map.node("totp_seed")) {
            check_seed(seed, node, map.reader());
        }
        Some(Self {
            name: name?,
            username: username?,
            password,
            url,
            totp_seed,
            notes,
            tags,
            users_allowed,
            groups_allowed,
        })
    }
}

/// The web interface wants at least ten characters of base32 (page 34).
fn check_seed(seed: &Secret, node: &Node, reader: &Reader<'_>) {
    let seed = seed.reveal().trim_end_matches('=');
    let base32 = |c: char| matches!(c, 'A'..='Z' | '2'..='7');
    if seed.len() < 10 || !seed.chars().all(base32) {
        reader.push(
            Diagnostic::error(
                BAD_TOTP_SEED,
                node.place(),
                "this is not a seed of one-time codes",
            )
            .help("a seed has at least 10 characters out of A-Z and 2-7 (base32), without spaces"),
        );
    }
}

impl Spec for PasswordSpec {
    const FIELDS: &'static [Field] = &[
        NAME,
        USERNAME,
        VALUE,
        URL,
        TOTP_SEED,
        NOTES,
        TAGS,
        USERS_ALLOWED,
        GROUPS_ALLOWED,
    ];

    /// Names are not unique at the vendor; with the user name they mostly are.
    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.name, &self.username)
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn lacks(&self) -> Vec<Field> {
        if self.password.is_none() {
            vec![VALUE]
        } else {
            Vec::new()
        }
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            name,
            username,
            password,
            url,
            totp_seed,
            notes,
            tags,
            users_allowed,
            groups_allowed,
        } = self;
        fields.text(NAME, Some(name));
        fields.text(USERNAME, Some(username));
        fields.secret(VALUE, password.as_ref());
        fields.text(URL, url.as_ref());
        fields.secret(TOTP_SEED, totp_seed.as_ref());
        fields.sensitive(NOTES, notes.as_ref());
        fields.set(
            TAGS,
            tags.as_ref()
                .map(|tags| tags.iter().map(|Tag(tag)| tag.clone())),
        );
        fields.access(USERS_ALLOWED, users_allowed.as_ref().map(Sharing::entries));
        fields.access(
            GROUPS_ALLOWED,
            groups_allowed.as_ref().map(Sharing::entries),
        );
    }

    fn links(&self) -> Vec<(Field, Link)> {
        let users = self.users_allowed.iter().flat_map(Sharing::links);
        let groups = self.groups_allowed.iter().flat_map(Sharing::links);
        let users = users.map(|link| (USERS_ALLOWED, link));
        users
            .chain(groups.map(|link| (GROUPS_ALLOWED, link)))
            .collect()
    }
}

fn key(name: &str, username: &str) -> NaturalKey {
    NaturalKey(vec![
        ("name", name.to_owned()),
        ("username", username.to_owned()),
    ])
}

/// What creating and updating send. What is left out is left as it was (pages 2, 5 and 8).
#[derive(Serialize)]
#[serde(default)]
#[derive(Default)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<Revealed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_key: Option<Revealed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users_allowed: Option<Vec<UserAllowed>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups_allowed: Option<Vec<GroupAllowed>>,
}

impl<'a> Body<'a> {
    /// The fields of a spec for which `sends` says so.
    fn of(
        spec: &'a PasswordSpec,
        applying: &Applying<'_>,
        sends: impl Fn(Field) -> bool,
    ) -> Result<Self, VendorError> {
        let PasswordSpec {
            name,
            username,
            password,
            url,
            totp_seed,
            notes,
            tags,
            users_allowed,
            groups_allowed,
        } = spec;
        let users = users_allowed.as_ref().filter(|_| sends(USERS_ALLOWED));
        let groups = groups_allowed.as_ref().filter(|_| sends(GROUPS_ALLOWED));
        let tags = tags.as_ref().filter(|_| sends(TAGS));
        Ok(Self {
            name: sends(NAME).then_some(name),
            username: sends(USERNAME).then_some(username),
            password: password
                .as_ref()
                .filter(|_| sends(VALUE))
                .and_then(revealed),
            url: url.as_deref().filter(|_| sends(URL)),
            secret_key: totp_seed
                .as_ref()
                .filter(|_| sends(TOTP_SEED))
                .and_then(revealed),
            notes: notes.as_deref().filter(|_| sends(NOTES)),
            tags: tags.map(|tags| {
                tags.iter()
                    .map(|Tag(tag)| tag.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            }),
            users_allowed: users.map(|users| users.request(applying)).transpose()?,
            groups_allowed: groups.map(|groups| groups.request(applying)).transpose()?,
        })
    }
}

fn revealed(field: &SecretField) -> Option<Revealed<'_>> {
    field.at_hand().map(Revealed)
}

#[derive(Deserialize)]
struct WriteAnswer {
    #[serde(alias = "passwords_entity")]
    password_entity: Written,
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

impl Kind for Password {
    const ID: KindId = PASSWORD;
    const TABLE: &'static str = "passwords";
    const REMOVAL: Removal = Removal::Disable;
    const ASSUMED: &'static [&'static str] = &[
        "disabled items are not listed, so only an `id:` leads to them",
        "a disabled item must be enabled before it can be changed",
        "a list of users or groups that is sent replaces the one that is there",
        "users and groups that cannot be shared with come back as `shared_error`",
    ];
    type Spec = PasswordSpec;
    type Client = Client;

    /// One answer holds all; there is no paging (page 11). Disabled items are not in it (assumed).
    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let response = client.mysafe_get("password").await?;
        if !response.is_success() {
            return Err(Refusal::of(&response).mysafe(&response));
        }
        let ListAnswer { password_on_list } = payload(&response, |it| it.mysafe(&response))?;
        let row = |row: ListRow| Row {
            id: RemoteId(row.identifier.0),
            key: key(&row.name.0, &row.username.0),
            label: row.name.0,
            spec: None,
            writable: row.can_write != Some(false),
        };
        Ok(Listing {
            rows: password_on_list.into_iter().map(row).collect(),
            incomplete: None,
        })
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let response = client
            .mysafe_get(&format!("password/{}", segment(&id.0)))
            .await?;
        if response.is_success() {
            let ReadAnswer { password_entity } = payload(&response, |it| it.mysafe(&response))?;
            return Ok(Live::Active(
                password_entity.into_spec(client.encrypted_replies),
            ));
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
        want: &PasswordSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let body = Body::of(want, applying, |_| true)?;
        let WriteAnswer {
            password_entity:
                Written {
                    identifier,
                    shared_error,
                },
        } = client
            .mysafe_write(
                Write::Post,
                "password",
                &body,
                Repeat::Never,
                applying.permit,
            )
            .await?;
        check_shared(shared_error)?;
        Ok(RemoteId(identifier.0))
    }

    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        if update.enable {
            // A disabled item cannot be updated (assumed), so it is enabled first. Repeating it is harmless (page 16).
            switch(client, "active", id, applying).await?;
        }
        if update.changed.is_empty() {
            return Ok(());
        }
        let body = Body::of(update.want, applying, |field| update.changes(field))?;
        let path = format!("password/update/{}", segment(&id.0));
        let WriteAnswer {
            password_entity:
                Written {
                    identifier: _,
                    shared_error,
                },
        } = client
            .mysafe_write(Write::Put, &path, &body, Repeat::Safe, applying.permit)
            .await?;
        check_shared(shared_error)
    }

    /// Disables it. Disabling what is disabled succeeds as well (page 15).
    fn update_writes(update: &Update<'_, Self>) -> usize {
        usize::from(update.enable) + usize::from(!update.changed.is_empty())
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        switch(client, "inactive", id, applying).await
    }
}

/// Enables or disables a password. Doing it again is answered as a success (pages 15 and 16).
async fn switch(
    client: &Client,
    to: &str,
    id: &RemoteId,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let path = format!("password/{to}/{}", segment(&id.0));
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
