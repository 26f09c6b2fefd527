//! What passwords, notes and API secrets have in common, and what each says of itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::envelope::Refusal;
use super::super::members::Members;
use super::super::quirks::Quirks;
use super::super::seed::{AccessKey, Level};
use super::super::shelf::{Numbered, Shelf};
use super::super::vault::{Change, Vault};

/// Who may do what, by name.
pub(crate) type Sharing = BTreeMap<String, Level>;

/// What an item is besides its content.
pub(crate) struct Common<'a> {
    pub owner: Option<&'a str>,
    pub users_allowed: &'a Sharing,
    pub groups_allowed: &'a Sharing,
    pub tags: &'a str,
    pub is_disabled: bool,
}

/// The same, to be changed.
pub(crate) struct CommonMut<'a> {
    pub owner: &'a mut Option<String>,
    pub users_allowed: &'a mut Sharing,
    pub groups_allowed: &'a mut Sharing,
    pub disabled: &'a mut bool,
}

/// How the vendor calls things of one kind, and what it says of what was done to them.
pub(crate) struct Texts {
    pub list: &'static str,
    pub entity: &'static str,
    /// The payload of replies to creations and updates.
    pub written: &'static str,
    pub not_found: &'static str,
    pub inactive: &'static str,
    pub created: &'static str,
    pub updated: &'static str,
    pub disabled: &'static str,
    pub enabled: &'static str,
    pub already_disabled: &'static str,
    pub already_enabled: &'static str,
}

/// A password, a note or an API secret.
pub(crate) trait Item: Numbered + Clone + Default + 'static {
    const TEXTS: Texts;

    /// Where a world keeps such items.
    fn shelf(world: &Vault) -> &Shelf<Self>;

    /// The ids of such items that were chosen for an access key; nothing means all.
    fn chosen(key: &AccessKey) -> Option<&BTreeSet<u64>>;

    /// The same item under another id.
    fn with_id(self, id: u64) -> Self;

    /// The step to a world that has the item.
    fn change(self) -> Change;

    /// What the item is besides its content.
    fn common(&self) -> Common<'_>;

    /// The same, to be changed.
    fn common_mut(&mut self) -> CommonMut<'_>;

    /// The fields that must not be empty, in the order in which they are asked for. Assumed: they cannot be emptied
    /// later either, and one error is told at a time.
    fn required(&self, quirks: &Quirks) -> Vec<(&'static str, &str)>;

    /// The fields that lists can be filtered by, besides the tags.
    fn filters(&self) -> Vec<(&'static str, &str)>;

    /// Says what is wrong with the content in a seed.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// Takes over the content that was sent. Assumed: an empty text clears a field.
    fn alter(&mut self, sent: &Members) -> Result<(), Refusal>;

    /// Refuses what cannot stand beside the other items of its owner.
    fn clash(&self, _world: &Vault, _owner: &str) -> Result<(), Refusal> {
        Ok(())
    }

    /// The refusal of a read or an update by one who may not.
    fn no_access(_quirks: Quirks) -> Refusal {
        Refusal::new(1006, "User does not have access")
    }

    /// The refusal of a read or an update while the item is disabled.
    fn inactive(_quirks: Quirks) -> Refusal {
        Refusal::new(1009, Self::TEXTS.inactive)
    }

    /// The item in a list, without the caller's rights.
    fn row(&self) -> Value;

    /// The item in a read of its own, with its secrets but without its sharing.
    fn whole(&self) -> Result<Value, Refusal>;

    /// The item in replies to creations and updates, without its sharing.
    fn written(&self, quirks: Quirks) -> Value;

    /// How a read calls the user of an entry of `users_allowed`.
    fn user_key(quirks: Quirks) -> &'static str {
        // The samples of reads say `name` where everything else says `username`.
        if quirks.usernames_in_reads {
            "username"
        } else {
            "name"
        }
    }

    /// What answers an update.
    fn updated(_quirks: Quirks) -> Written {
        Written::Updated
    }
}

/// How a write is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    Created,
    Updated,
}

/// Of the sharing that was sent, what is kept. The two lists are independent. Assumed: a list that is sent replaces the
/// one that is kept, since an empty list empties it; whom the item cannot be shared with is told, and the rest is kept.
pub(crate) fn share<I: Item>(
    item: &mut I,
    sent: &Members,
    owner: &str,
    world: &Vault,
) -> Result<Vec<Value>, Refusal> {
    let users = sharing(sent, "users_allowed", "username")?;
    let groups = sharing(sent, "groups_allowed", "name")?;
    let mut refused = Vec::new();
    let common = item.common_mut();
    if let Some(users) = users {
        let (kept, rest) = part(users, |name| name != owner && world.is_user(name));
        refused.extend(rest.into_keys().map(|name| json!({ "username": name })));
        *common.users_allowed = kept;
    }
    if let Some(groups) = groups {
        let (kept, rest) = part(groups, |name| world.knows_group(name));
        refused.extend(rest.into_keys().map(|name| json!({ "name": name })));
        *common.groups_allowed = kept;
    }
    Ok(refused)
}

fn part(sent: Sharing, known: impl Fn(&str) -> bool) -> (Sharing, Sharing) {
    sent.into_iter().partition(|(name, _)| known(name))
}

fn sharing(sent: &Members, name: &'static str, key: &str) -> Result<Option<Sharing>, Refusal> {
    let Some(entries) = sent.list(name)? else {
        return Ok(None);
    };
    let mut sharing = BTreeMap::new();
    for entry in entries {
        let who = entry.get(key).and_then(Value::as_str);
        let level = match entry.get("can_edit") {
            None | Some(Value::Null | Value::Bool(false)) => Level::View,
            Some(Value::Bool(true)) => Level::Edit,
            Some(_) => return Err(Refusal::invalid(name)),
        };
        let who = who.ok_or_else(|| Refusal::invalid(name))?;
        sharing.insert(who.to_owned(), level);
    }
    Ok(Some(sharing))
}

/// What the user of an access key may do with an item by that key; nothing if it is not even seen.
pub(crate) fn access<I: Item>(world: &Vault, key: &AccessKey, item: &I) -> Option<Level> {
    if I::chosen(key).is_some_and(|ids| !ids.contains(&item.id())) {
        return None;
    }
    let me = world.user_of(key);
    if world.owner_of(item) == me {
        return Some(Level::Edit);
    }
    let common = item.common();
    let caller = world.users.named(me).map(|user| user.id);
    let by_group = common.groups_allowed.iter().filter(|(name, _)| {
        let group = world.groups.named(name);
        caller.is_some_and(|id| group.is_some_and(|group| group.members.contains(&id)))
    });
    let by_name = common.users_allowed.get(me);
    by_name
        .into_iter()
        .chain(by_group.map(|(_, level)| level))
        .copied()
        .max()
}

/// An item as it is shown with its sharing.
pub(crate) fn with_sharing<I: Item>(item: &I, shown: Value, user_key: &str) -> Value {
    let common = item.common();
    let sharing = json!({
        "users_allowed": shared(common.users_allowed, user_key),
        "groups_allowed": shared(common.groups_allowed, "name"),
    });
    beside(shown, sharing)
}

/// An object with the members of another after its own.
pub(crate) fn beside(mut shown: Value, more: Value) -> Value {
    if let (Value::Object(shown), Value::Object(more)) = (&mut shown, more) {
        shown.extend(more);
    }
    shown
}

fn shared(sharing: &Sharing, key: &str) -> Value {
    sharing
        .iter()
        .map(|(name, level)| json!({ key: name, "can_edit": *level == Level::Edit }))
        .collect()
}
