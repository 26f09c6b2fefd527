//! What Secrets Safe says of a secret, in lists and by itself.

use serde::Deserialize;

use super::super::folder::container;
use super::super::list::Identified;
use super::payload::TYPES;
use super::{Owner, Payload, SecretSpec, Type};
use crate::model::address::RemoteId;
use crate::model::answer::Marker;
use crate::model::field::SecretField;
use crate::model::kind::Kind;
use crate::model::reference::{Ref, Target};
use crate::model::secret::Secret;

/// A secret as it is listed or read. Views and versions differ in what they say; what is not there is null or left out.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entity {
    pub id: String,
    title: String,
    description: Option<String>,
    username: Option<String>,
    /// In the credential view, and of texts in lists.
    password: Option<Secret>,
    text: Option<Secret>,
    file_name: Option<String>,
    notes: Option<String>,
    urls: Option<Vec<Url>>,
    folder_id: String,
    folder: Option<String>,
    folder_path: Option<String>,
    secret_type: Option<String>,
    owners: Option<Vec<OwnerEntry>>,
    /// In version 3.0, which knows users as a list and a group by this alone.
    owner_id: Option<i64>,
    owner_type: Option<String>,
    modified_on: Option<String>,
    /// In version 3.2.
    secret_value_modified_on: Option<String>,
}

#[derive(Deserialize)]
struct Url {
    #[serde(rename = "Url")]
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OwnerEntry {
    user_id: Option<i64>,
    group_id: Option<i64>,
    /// In version 3.0.
    owner_id: Option<i64>,
}

/// What a list says of a secret: all but its value.
#[derive(Clone)]
pub(in super::super) struct Row {
    pub spec: SecretSpec,
    pub folder_id: String,
    pub is_in_safe: bool,
    pub marker: Option<Marker>,
}

impl Identified for Entity {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Entity {
    /// Lists say the type. The view of one secret may not, but a file is known by its name and a text by its lack of a
    /// user name.
    fn kind(&self) -> Type {
        let said = self.secret_type.as_deref();
        if let Some(said) = said {
            let mut types = TYPES.iter();
            if let Some((_, kind)) = types.find(|(name, _)| said.eq_ignore_ascii_case(name)) {
                return *kind;
            }
        }
        let has = |text: &Option<String>| text.as_ref().is_some_and(|it| !it.is_empty());
        match (has(&self.file_name), has(&self.username)) {
            (true, _) => Type::File,
            (false, false) => Type::Text,
            (false, true) => Type::Credential,
        }
    }

    /// What lies in a safe itself has a path of one name (assumed).
    pub(super) fn into_row(self) -> Row {
        let is_in_safe = self.folder.is_some() && self.folder == self.folder_path;
        let (kind, folder_id) = (self.kind(), self.folder_id.clone());
        let marker = self.marker(kind);
        let mut spec = Self {
            password: None,
            text: None,
            ..self
        }
        .into_spec(kind);
        spec.folder = container(&folder_id, is_in_safe);
        spec.payload.leave_value_unread();
        Row {
            spec,
            folder_id,
            is_in_safe,
            marker,
        }
    }

    /// Version 3.2 says when the value was changed; the others when anything was.
    fn marker(&self, kind: Type) -> Option<Marker> {
        let exact = self.secret_value_modified_on.as_ref();
        let text = exact.or(self.modified_on.as_ref())?;
        Some(Marker {
            field: kind.value().name,
            text: text.clone(),
            is_exact: exact.is_some(),
        })
    }

    /// The whole secret, in a view of its type.
    pub(super) fn into_spec(self, kind: Type) -> SecretSpec {
        let Self {
            id: _,
            title,
            description,
            username,
            password,
            text,
            file_name,
            notes,
            urls,
            folder_id,
            folder,
            folder_path,
            secret_type: _,
            owners,
            owner_id,
            owner_type,
            modified_on: _,
            secret_value_modified_on: _,
        } = self;
        let is_group = owner_type.is_some_and(|it| it.eq_ignore_ascii_case("Group"));
        let owner = |entry: &OwnerEntry| {
            let some = |id: Option<i64>| id.filter(|id| *id > 0);
            match (
                some(entry.group_id),
                some(entry.user_id),
                some(entry.owner_id),
            ) {
                (Some(id), _, _) => Some(Owner::Second(by_id(id))),
                (None, Some(id), _) => Some(Owner::First(by_id(id))),
                (None, None, Some(id)) if is_group => Some(Owner::Second(by_id(id))),
                (None, None, Some(id)) => Some(Owner::First(by_id(id))),
                (None, None, None) => None,
            }
        };
        let listed = owners.iter().flatten().filter_map(owner);
        let alone = owner_id
            .filter(|_| is_group)
            .map(|id| Owner::Second(by_id(id)));
        let owners = listed.chain(alone).collect();
        let value = |value: Option<Secret>| match value {
            Some(value) => SecretField::Known(value),
            None => SecretField::Unknown {
                why: "the vendor does not show it to us".to_owned(),
                place: None,
            },
        };
        let payload = match kind {
            Type::Credential => Payload::Credential {
                username: Some(username.unwrap_or_default()),
                password: Some(value(password)),
                password_rule: None,
            },
            // A view that is not of the text itself has it in the place of the password.
            Type::Text => Payload::Text {
                text: Some(value(text.or(password))),
            },
            Type::File => Payload::File {
                file_name: Some(file_name.unwrap_or_default()),
                content: None,
            },
        };
        SecretSpec {
            payload,
            title,
            folder: container(&folder_id, folder.is_some() && folder == folder_path),
            description: Some(description.unwrap_or_default()),
            notes: Some(notes.unwrap_or_default()),
            urls: Some(urls.into_iter().flatten().map(|it| it.url).collect()),
            owners: Some(owners),
            shared_into: None,
        }
    }
}

impl SecretSpec {
    /// What it lies in, where more is known of that than its answer says.
    pub(super) fn folder_of(&self, is_safe: impl Fn(&str) -> bool) -> super::Container {
        let id = match &self.folder {
            super::Container::First(safe) => &safe.target,
            super::Container::Second(folder) => &folder.target,
        };
        match id {
            Target::Id(RemoteId(id)) => container(id, is_safe(id)),
            Target::Declared(_) | Target::Live(_) => self.folder.clone(),
        }
    }
}

fn by_id<K: Kind>(id: i64) -> Ref<K> {
    Ref::new(Target::Id(RemoteId(id.to_string())), None)
}
