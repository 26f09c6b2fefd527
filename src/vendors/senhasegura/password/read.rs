//! What MySafe answers when it lists passwords and when it reads one.

use serde::Deserialize;

use super::super::answer::Loose;
use super::super::sharing::{GroupEntry, Sharing, UserEntry};
use super::{PasswordSpec, Tag};
use crate::model::field::SecretField;
use crate::model::secret::Secret;

#[derive(Deserialize)]
pub(super) struct ListAnswer {
    #[serde(alias = "passwords_on_list")]
    pub password_on_list: Vec<ListRow>,
}

#[derive(Deserialize)]
pub(super) struct ListRow {
    pub identifier: Loose,
    #[serde(default)]
    pub name: Loose,
    #[serde(default)]
    pub username: Loose,
    pub can_write: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct ReadAnswer {
    #[serde(alias = "passwords_entity")]
    pub password_entity: Entity,
}

/// A password as it is read. `token` changes every 30 seconds and is left unread.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Entity {
    name: Loose,
    username: Loose,
    password: Option<Secret>,
    #[serde(alias = "name_or_url")]
    url: Loose,
    secret_key: Option<Secret>,
    #[serde(alias = "note")]
    notes: Loose,
    tags: Loose,
    users_allowed: Option<Vec<UserEntry>>,
    groups_allowed: Option<Vec<GroupEntry>>,
}

impl Entity {
    pub(super) fn into_spec(self, encrypted: bool) -> PasswordSpec {
        let Self {
            name,
            username,
            password,
            url,
            secret_key,
            notes,
            tags,
            users_allowed,
            groups_allowed,
        } = self;
        let secret = |value: Option<Secret>| match value {
            None => None,
            Some(_) if encrypted => Some(SecretField::Unknown {
                why: "the access key encrypts what it returns".to_owned(),
                place: None,
            }),
            Some(value) => Some(SecretField::Known(value)),
        };
        let tags = tags
            .0
            .split(',')
            .map(str::trim)
            .filter(|tag| !tag.is_empty());
        PasswordSpec {
            name: name.0,
            username: username.0,
            password: secret(password),
            url: Some(url.0),
            totp_seed: secret(secret_key),
            notes: Some(notes.0),
            tags: Some(tags.map(|tag| Tag(tag.to_owned())).collect()),
            users_allowed: users_allowed.map(Sharing::from),
            groups_allowed: groups_allowed.map(Sharing::from),
        }
    }
}
