//! SCIM groups. They can be made, filled and deleted; nothing says that they can be renamed.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::quirks::Quirks;
use super::super::seed::Group;
use super::super::table::Table;
use super::super::vault::{Change, Vault};
use super::patch::{self, Op, Operation};
use super::resource::Resource;
use super::{Refusal, id, text, values};

impl Resource for Group {
    const NAME: &'static str = "displayName";

    fn table(world: &Vault) -> &Table<Self> {
        &world.groups
    }

    fn has(&self, attribute: &str, value: &str) -> Option<bool> {
        (attribute == "externalId").then(|| self.external_id == value)
    }

    fn create(world: &Vault, id: u64, sent: Map<String, Value>) -> Result<Self, Refusal> {
        let attribute = |name: &str| sent.get(name).map_or(Ok(String::new()), |v| text(name, v));
        let group = Self {
            id,
            display_name: attribute("displayName")?,
            external_id: attribute("externalId")?,
            description: attribute("description")?,
            members: match sent.get("members") {
                Some(value) => users(world, value)?,
                None => BTreeSet::new(),
            },
        };
        if group.display_name.is_empty() {
            return Err(Refusal::bad("invalidValue", "displayName is required"));
        }
        Ok(group)
    }

    /// Changes the members. Assumed: whatever is not a member is refused.
    fn patch(&mut self, world: &Vault, sent: Map<String, Value>) -> Result<(), Refusal> {
        let operations = patch::read(&sent)?;
        let mut operations = operations.iter();
        operations.try_for_each(|it| alter(world, &mut self.members, it))
    }

    /// Both answers are documented.
    fn is_patched_silently(quirks: Quirks) -> bool {
        quirks.group_patch_empty
    }

    fn show(&self) -> Value {
        show(self)
    }

    fn change(self) -> Change {
        Change::Group(self)
    }

    fn gone(id: u64) -> Change {
        Change::GroupGone(id)
    }
}

fn alter(world: &Vault, members: &mut BTreeSet<u64>, operation: &Operation) -> Result<(), Refusal> {
    let Operation { op, path, value } = operation;
    if path.attribute != "members" {
        return Err(path.refuse());
    }
    match (op, &path.entry) {
        (Op::Remove, Some(entry)) => {
            members.remove(&id(entry)?);
        }
        (Op::Remove, None) if value.is_null() => members.clear(),
        (Op::Remove, None) => {
            for member in values("members", value)? {
                members.remove(&id(&member)?);
            }
        }
        (Op::Add, None) => members.extend(users(world, value)?),
        (Op::Replace, None) => *members = users(world, value)?,
        (Op::Add | Op::Replace, Some(_)) => return Err(path.refuse()),
    }
    Ok(())
}

/// Assumed: a member must be a user that exists.
fn users(world: &Vault, value: &Value) -> Result<BTreeSet<u64>, Refusal> {
    let members = values("members", value)?;
    members
        .iter()
        .map(|member| {
            let known = member
                .parse()
                .ok()
                .filter(|id| world.users.get(*id).is_some());
            known
                .ok_or_else(|| Refusal::bad("invalidValue", format!("no user has the id {member}")))
        })
        .collect()
}

fn show(group: &Group) -> Value {
    let members: Value = group
        .members
        .iter()
        .map(|id| json!({ "value": id.to_string(), "type": "User", "primary": true }))
        .collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": group.id.to_string(),
        "displayName": group.display_name,
        "externalId": group.external_id,
        "description": group.description,
        "members": members,
    })
}
