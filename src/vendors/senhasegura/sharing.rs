//! Sharing: who may see an item of MySafe, and who may change it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::answer::Loose;
use super::group::Group;
use super::user::User;
use crate::load::reader::{Decode, Reader};
use crate::load::reference::declared_name;
use crate::model::access;
use crate::model::applying::Applying;
use crate::model::error::{Cause, VendorError};
use crate::model::kind::Kind;
use crate::model::reference::{Link, Ref, Target};
use crate::yaml::Node;

/// What somebody may do with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
pub(super) enum Level {
    /// May read it.
    View,
    // Page 15.
    /// May read, change and disable it.
    Edit,
}

impl Level {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Edit => "edit",
        }
    }

    /// An absent `can_edit` means view only (pages 1 and 2).
    fn of(can_edit: Option<bool>) -> Self {
        if can_edit == Some(true) {
            Self::Edit
        } else {
            Self::View
        }
    }
}

/// Who an item is shared with. Empty means nobody.
#[derive(Clone, Debug)]
pub(super) struct Sharing<K>(BTreeMap<Ref<K>, Level>);

impl<K: Kind> Sharing<K> {
    pub(super) fn entries(&self) -> impl Iterator<Item = (&Ref<K>, &'static str)> {
        self.0.iter().map(|(who, level)| (who, level.as_str()))
    }

    pub(super) fn links(&self) -> impl Iterator<Item = Link> {
        self.0.keys().map(Ref::link)
    }

    /// Everybody, and how much each may do.
    pub(super) fn levels(&self) -> impl Iterator<Item = (&Ref<K>, access::Level)> {
        let ladder = [Level::View.as_str(), Level::Edit.as_str()];
        let entries = self.entries();
        entries.map(move |(who, level)| (who, access::Level::rung(&ladder, level)))
    }
}

/// `{ user.maria: view, joao.p: edit }`. A key that is not `user.NAME` is the vendor's own name: a key cannot be
/// `{ live: … }`.
impl<K: Kind> Decode for Sharing<K> {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let words = [("view", Level::View), ("edit", Level::Edit)];
        let mut sharing = BTreeMap::new();
        let mut sound = true;
        for entry in reader.entries(node, "who may do what, such as `{ user.maria: view }`")? {
            let target = match declared_name::<K>(&entry.key.text) {
                Some(name) => Target::Declared(name.to_owned()),
                None => Target::Live(entry.key.text.to_string()),
            };
            let who = Ref::new(target, entry.key.place);
            reader.refer(who.link());
            match reader.word(&entry.value, "a level of access", &words) {
                Some(level) => {
                    sharing.insert(who, level);
                }
                None => sound = false,
            }
        }
        sound.then_some(Self(sharing))
    }
}

impl<K: Kind> JsonSchema for Sharing<K> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Sharing with {}", K::ID).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<BTreeMap<String, Level>>()
    }
}

/// An entry of `users_allowed` in an answer. Its key is `username` or `name`, by page and release.
#[derive(Deserialize)]
pub(super) struct UserEntry {
    #[serde(alias = "name")]
    username: Loose,
    #[serde(alias = "can_write")]
    can_edit: Option<bool>,
}

/// An entry of `groups_allowed` in an answer.
#[derive(Deserialize)]
pub(super) struct GroupEntry {
    name: Loose,
    #[serde(alias = "can_write")]
    can_edit: Option<bool>,
}

impl From<Vec<UserEntry>> for Sharing<User> {
    fn from(entries: Vec<UserEntry>) -> Self {
        let entry = |it: UserEntry| (Ref::live(it.username.0), Level::of(it.can_edit));
        Self(entries.into_iter().map(entry).collect())
    }
}

impl From<Vec<GroupEntry>> for Sharing<Group> {
    fn from(entries: Vec<GroupEntry>) -> Self {
        let entry = |it: GroupEntry| (Ref::live(it.name.0), Level::of(it.can_edit));
        Self(entries.into_iter().map(entry).collect())
    }
}

/// An entry of `users_allowed` in a request.
#[derive(Serialize)]
pub(super) struct UserAllowed {
    username: String,
    can_edit: bool,
}

/// An entry of `groups_allowed` in a request.
#[derive(Serialize)]
pub(super) struct GroupAllowed {
    name: String,
    can_edit: bool,
}

impl Sharing<User> {
    pub(super) fn request(&self, applying: &Applying<'_>) -> Result<Vec<UserAllowed>, VendorError> {
        let entry = |(who, level): (&Ref<User>, &Level)| {
            Ok(UserAllowed {
                username: applying.label(who)?,
                can_edit: *level == Level::Edit,
            })
        };
        self.0.iter().map(entry).collect()
    }
}

impl Sharing<Group> {
    pub(super) fn request(
        &self,
        applying: &Applying<'_>,
    ) -> Result<Vec<GroupAllowed>, VendorError> {
        let entry = |(who, level): (&Ref<Group>, &Level)| {
            Ok(GroupAllowed {
                name: applying.label(who)?,
                can_edit: *level == Level::Edit,
            })
        };
        self.0.iter().map(entry).collect()
    }
}

/// An entry of `shared_error`: somebody the item could not be shared with. Its form is assumed, so any will do.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum NotShared {
    Named {
        #[serde(alias = "name")]
        username: String,
    },
    Text(String),
    Other(serde::de::IgnoredAny),
}

/// Turns a non-empty `shared_error` into the error it is: the item was stored, but not shared as asked.
pub(super) fn check_shared(refused: Vec<NotShared>) -> Result<(), VendorError> {
    if refused.is_empty() {
        return Ok(());
    }
    let names = refused.into_iter().map(|it| match it {
        NotShared::Named { username } | NotShared::Text(username) => format!("`{username}`"),
        NotShared::Other(_) => "somebody it does not name".to_owned(),
    });
    let names = names.collect::<Vec<_>>().join(", ");
    Err(VendorError::new(
        Cause::Partial,
        format!("stored, but senhasegura did not share it with {names}"),
    )
    .help("unknown users and groups, disabled private groups and the owner cannot be shared with"))
}
