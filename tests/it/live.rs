//! An emulated world taken apart: what of it a case declares, what is left, and what it would be without its ids.

use std::collections::BTreeSet;

use serde_yaml::{Mapping, Value};

use crate::case::Case;
use crate::shape::{Probe, Shape, Table};
use crate::world::World;

/// A world as its YAML says it.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    shape: &'static Shape,
    world: Value,
    objects: Vec<Object>,
}

/// One object of a world.
#[derive(Clone, Debug)]
struct Object {
    table: &'static Table,
    id: String,
    /// The id of what it lies in.
    parent: Option<String>,
    /// The way to it from the root.
    at: Vec<(&'static str, usize)>,
    /// What it says, without what lies in it.
    value: Mapping,
}

impl Object {
    /// What it is known by.
    fn name(&self) -> String {
        text(&self.value[self.table.keys[0].1]).unwrap()
    }
}

/// What a case declares of a world: ids by table, and the names that others may hold of it.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    ids: BTreeSet<(&'static str, String)>,
    /// What is declared and shown as a member of another object: its table, its id, and the member.
    parts: BTreeSet<(&'static str, String, &'static str)>,
    names: BTreeSet<(&'static str, String)>,
}

impl Live {
    /// The world as it is now.
    pub(crate) fn of(world: &World) -> Self {
        Self::at(world, &world.vendor)
    }

    /// The world of one vendor of several as it is now.
    pub(crate) fn at(world: &World, vendor: &str) -> Self {
        Self::read(Shape::of(vendor), &world.live_at(vendor))
    }

    fn read(shape: &'static Shape, yaml: &str) -> Self {
        let world = serde_yaml::from_str::<Value>(yaml).unwrap();
        let mut objects = Vec::new();
        collect(shape, &world, None, &[], &mut objects);
        Self {
            shape,
            world,
            objects,
        }
    }

    /// Adds what of this world the case declares, by id or by natural key.
    pub(crate) fn declared(&self, case: &Case, declared: &mut Declared) {
        let desired = case.desired();
        for object in &self.objects {
            if self.resources(&desired, object).next().is_none() {
                continue;
            }
            let (table, id) = (object.table.name, object.id.clone());
            declared.ids.insert((table, id));
            declared.names.insert((table, object.name()));
        }
        for part in self.shape.parts {
            let resources = desired[self.shape.vendor][part.table].as_mapping();
            for (_, resource) in resources.into_iter().flatten() {
                let of = self.container(&desired, &resource[part.by]);
                let of = of.map(|id| (part.of, id, part.member));
                declared.parts.extend(of);
            }
        }
    }

    /// The declarations that are about an object.
    fn resources<'a>(
        &'a self,
        desired: &'a Value,
        object: &'a Object,
    ) -> impl Iterator<Item = &'a Value> {
        let resources = desired[self.shape.vendor][object.table.declared].as_mapping();
        let resources = resources.into_iter().flatten().map(|(_, it)| it);
        resources.filter(|it| self.is(desired, it, object))
    }

    /// Whether a declaration of an object's table is about it.
    fn is(&self, desired: &Value, resource: &Value, object: &Object) -> bool {
        let wanted = &resource["id"];
        if !wanted.is_null() {
            return text(wanted).is_some_and(|it| it.eq_ignore_ascii_case(&object.id));
        }
        let table = object.table;
        let same = |a: &Value, b: &Value| match (a.as_str(), b.as_str()) {
            // Of an address the first part is the name.
            (Some(a), Some(b)) if a.contains('@') && !b.contains('@') => {
                a.split('@').next() == Some(b)
            }
            (Some(a), Some(b)) if self.shape.folds => a.to_lowercase() == b.to_lowercase(),
            _ => a == b,
        };
        let keys = table.keys.iter();
        let null = Value::Null;
        let mut same_keys = keys
            .map(|(said, live)| same(&resource[*said], object.value.get(*live).unwrap_or(&null)));
        same_keys.all(|it| it)
            && table.container.is_none_or(|member| {
                let container = self.container(desired, &resource[member]);
                container.is_some() && container == object.parent
            })
    }

    /// The id of what a reference such as `safe.core` or `{ live: core/databases, kind: folder }` means.
    fn container(&self, desired: &Value, reference: &Value) -> Option<String> {
        let mut objects = self.objects.iter();
        let found = if let Some(path) = reference["live"].as_str() {
            objects.find(|it| self.path(it).eq_ignore_ascii_case(path))
        } else {
            let (kind, name) = reference.as_str()?.split_once('.')?;
            let table = format!("{kind}s");
            let resource = &desired[self.shape.vendor][table.as_str()][name];
            objects.find(|it| it.table.name == table && self.is(desired, resource, it))
        };
        found.map(|it| it.id.clone())
    }

    /// The names from the outermost on.
    fn path(&self, object: &Object) -> String {
        let name = object.name();
        let mut objects = self.objects.iter();
        let outer = objects.find(|it| object.parent.as_ref() == Some(&it.id));
        outer.map_or(name.clone(), |it| format!("{}/{name}", self.path(it)))
    }

    /// The ids of the objects for which a change of what the probe changes counts.
    pub(crate) fn watched(&self, case: &Case, probe: &Probe) -> BTreeSet<String> {
        let desired = case.desired();
        let counts = |it: &Value| {
            let acted_on = it["state"].is_null() && it["lifecycle"]["manage"].is_null();
            let ignored = it["lifecycle"]["ignore"].as_sequence();
            let ignored = ignored.is_some_and(|it| it.contains(&probe.declared.into()));
            acted_on && !ignored && !it[probe.declared].is_null()
        };
        let objects = self
            .objects
            .iter()
            .filter(|it| it.table.name == probe.table && self.resources(&desired, it).any(&counts));
        objects.map(|it| it.id.clone()).collect()
    }

    /// For every object of the probe's table the world in which what it changes, and nothing else, is another.
    pub(crate) fn with(&self, probe: &Probe) -> Vec<(String, String)> {
        let mut worlds = Vec::new();
        for object in self
            .objects
            .iter()
            .filter(|it| it.table.name == probe.table)
        {
            // What is disabled cannot be changed, nor whoever is not a member.
            let is_disabled = object.value.get("disabled").and_then(Value::as_bool) == Some(true);
            // Nor does a change of speed show of what has one under way.
            let is_moving = ["state", "request"]
                .iter()
                .any(|it| object.value.contains_key(*it));
            if is_disabled || is_moving {
                continue;
            }
            let mut world = self.world.clone();
            let at = object.at.iter();
            let place = at.fold(&mut world, |value, (list, n)| &mut value[*list][*n]);
            let value = serde_yaml::from_str(probe.value).unwrap();
            let map = place.as_mapping_mut().unwrap();
            map.insert(probe.live.into(), value);
            worlds.push((object.id.clone(), serde_yaml::to_string(&world).unwrap()));
        }
        worlds
    }

    /// What is left without what is declared, and without what is said of the declared elsewhere.
    pub(crate) fn without(&self, declared: &Declared) -> Vec<Value> {
        let mut left = Vec::new();
        // What is renamed or moved stands elsewhere, and what lies in it with it.
        let mut objects = self.objects.iter().collect::<Vec<_>>();
        objects.sort_by_key(|it| (it.table.name, it.id.clone()));
        for object in objects {
            let key = (object.table.name, object.id.clone());
            if declared.ids.contains(&key) {
                continue;
            }
            let mut value = object.value.clone();
            value.retain(|member, _| {
                let mut parts = declared.parts.iter();
                !parts.any(|(table, id, part)| (*table, id) == (key.0, &key.1) && member == part)
            });
            for (list, table) in [("users_allowed", "users"), ("groups_allowed", "groups")] {
                if let Some(allowed) = value.get_mut(list).and_then(Value::as_mapping_mut) {
                    allowed.retain(|name, _| !declared.says(table, name));
                }
            }
            if let Some(members) = value.get_mut("members").and_then(Value::as_sequence_mut) {
                members.retain(|it| !declared.says("users", it));
            }
            for list in ["grants", "owners"] {
                if let Some(entries) = value.get_mut(list).and_then(Value::as_sequence_mut) {
                    entries.retain(|it| {
                        !declared.says("users", &it["user"])
                            && !declared.says("groups", &it["group"])
                    });
                }
            }
            value.retain(|member, it| member != "path" || !declared.says("paths", it));
            let mut value = Value::Mapping(value);
            forget(&mut value, self.shape.follows);
            let Value::Mapping(mut value) = value else {
                continue;
            };
            drop_empty(&mut value);
            if let Some(parent) = &object.parent {
                value.insert("in".into(), parent.as_str().into());
            }
            left.push(Value::Mapping(value));
        }
        left
    }

    /// The world without ids, times and order, so that two in which the same was created at different moments are equal.
    pub(crate) fn without_ids(&self) -> Vec<String> {
        let mut objects = Vec::new();
        for object in &self.objects {
            let mut value = object.value.clone();
            for list in ["members", "grants", "owners", "urls"] {
                if let Some(entries) = value.get_mut(list).and_then(Value::as_sequence_mut) {
                    for entry in entries.iter_mut() {
                        if let Some(entry) = entry.as_mapping_mut() {
                            entry.remove("id");
                        } else if entry.is_number() {
                            *entry = self.name_of("users", entry);
                        }
                    }
                    entries.sort_by_key(|it| serde_yaml::to_string(it).unwrap());
                }
            }
            if object.table.name == "credentials"
                && let Some(parent) = value.get_mut("parent")
            {
                *parent = self.name_of("credentials", parent);
            }
            // A text in which order means nothing, so that what differs in it alone is left as it is.
            if let Some(tags) = value.get("tags").and_then(Value::as_str) {
                let mut tags = tags.split(", ").collect::<Vec<_>>();
                tags.sort_unstable();
                let tags = tags.join(", ");
                value.insert("tags".into(), tags.into());
            }
            for member in self.shape.given {
                value.remove(*member);
                for part in self.shape.parts {
                    if let Some(part) = value.get_mut(part.member).and_then(Value::as_mapping_mut) {
                        part.remove(*member);
                    }
                }
            }
            objects.push(format!(
                "{} {}\n{}",
                object.table.name,
                self.path(object),
                serde_yaml::to_string(&value).unwrap()
            ));
        }
        objects.sort();
        objects
    }

    /// What tells each object from all others, as its vendor compares it.
    pub(crate) fn keys(&self) -> Vec<String> {
        let keys = self.objects.iter().map(|object| {
            let keys = object.table.keys.iter();
            let keys = keys.filter_map(|(_, live)| text(object.value.get(*live)?));
            let keys = keys.collect::<Vec<_>>().join(", ");
            let key = format!("{} {} ({keys})", object.table.name, self.path(object));
            if self.shape.folds {
                key.to_lowercase()
            } else {
                key
            }
        });
        keys.collect()
    }

    /// The name of somebody who is said by a number; who is gone has none.
    fn name_of(&self, table: &str, id: &Value) -> Value {
        let id = text(id).unwrap();
        let mut objects = self.objects.iter();
        let found = objects.find(|it| it.table.name == table && it.id == id);
        found.map_or(Value::Null, |it| it.value[it.table.keys[0].1].clone())
    }
}

impl Declared {
    /// Whether a name or a number means something declared.
    fn says(&self, table: &'static str, who: &Value) -> bool {
        let Some(who_text) = text(who) else {
            return false;
        };
        let known = if who.is_string() {
            &self.names
        } else {
            &self.ids
        };
        known.contains(&(table, who_text))
    }
}

/// Adds the objects below a value, each before what lies in it.
fn collect(
    shape: &'static Shape,
    value: &Value,
    parent: Option<&str>,
    at: &[(&'static str, usize)],
    objects: &mut Vec<Object>,
) {
    for table in shape.tables {
        let list = value[table.name].as_sequence();
        // A list of names speaks of others that lie elsewhere.
        let list = list.filter(|it| it.iter().all(Value::is_mapping));
        for (n, item) in list.into_iter().flatten().enumerate() {
            let mut own = item.as_mapping().unwrap().clone();
            for inner in shape.tables {
                let lies_in_it = own.get(inner.name).and_then(Value::as_sequence);
                if lies_in_it.is_some_and(|it| it.iter().all(Value::is_mapping)) {
                    own.remove(inner.name);
                }
            }
            let id = text(&item[table.id]).unwrap();
            let at = [at, &[(table.name, n)]].concat();
            objects.push(Object {
                table,
                id: id.clone(),
                parent: parent.map(str::to_owned),
                at: at.clone(),
                value: own,
            });
            collect(shape, item, Some(&id), &at, objects);
        }
    }
}

fn text(value: &Value) -> Option<String> {
    let text = value.as_str().map(str::to_owned);
    text.or(value.as_u64().map(|it| it.to_string()))
}

/// Takes members out, wherever they stand.
fn forget(value: &mut Value, members: &[&str]) {
    match value {
        Value::Mapping(map) => {
            map.retain(|name, _| !members.iter().any(|it| name == *it));
            map.values_mut().for_each(|it| forget(it, members));
        }
        Value::Sequence(items) => items.iter_mut().for_each(|it| forget(it, members)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Tagged(_) => {}
    }
}

fn drop_empty(object: &mut Mapping) {
    object.retain(|_, value| {
        let is_empty = value.as_sequence().is_some_and(Vec::is_empty);
        !is_empty && !value.as_mapping().is_some_and(Mapping::is_empty)
    });
}
