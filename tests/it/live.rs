//! An emulated world taken apart: what of it a case declares, what is left, and what it would be without its ids.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml::{Mapping, Value};

use crate::case::Case;

/// Tables of a seed, the members that tell two of their objects apart, and the same as the declarations spell them.
const TABLES: [(&str, &[&str]); 3] = [
    ("users", &["user_name"]),
    ("groups", &["display_name"]),
    ("passwords", &["name", "username"]),
];

/// A world as its YAML says it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Live(Value);

/// What a case declares of a world: ids by table, and the names that others may hold of it.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    pub ids: BTreeSet<(&'static str, u64)>,
    names: BTreeSet<String>,
}

impl Live {
    pub(crate) fn read(yaml: &str) -> Self {
        Self(serde_yaml::from_str(yaml).unwrap())
    }

    fn objects(&self, table: &str) -> impl Iterator<Item = &Value> {
        self.0[table].as_sequence().into_iter().flatten()
    }

    /// Adds what of this world the case declares, by id or by natural key.
    pub(crate) fn declared(&self, case: &Case, declared: &mut Declared) {
        let desired = case.desired();
        for (table, keys) in TABLES {
            let resources = desired["senhasegura"][table].as_mapping();
            for resource in resources.into_iter().flatten().map(|(_, it)| it) {
                for object in self.objects(table).filter(|it| is(resource, it, keys)) {
                    declared.ids.insert((table, id(object)));
                    let name = object[keys[0]].as_str().unwrap();
                    declared.names.insert(name.to_owned());
                }
            }
        }
    }

    /// The ids of the passwords to whose declaration this applies.
    pub(crate) fn passwords(&self, case: &Case, which: impl Fn(&Value) -> bool) -> BTreeSet<u64> {
        let desired = case.desired();
        let resources = desired["senhasegura"]["passwords"].as_mapping();
        let resources = resources.into_iter().flatten().map(|(_, it)| it);
        resources
            .filter(|it| which(it))
            .flat_map(|it| {
                self.objects("passwords")
                    .filter(|object| is(it, object, &["name", "username"]))
                    .map(id)
            })
            .collect()
    }

    /// What is left without what is declared, and without what is said of the declared elsewhere.
    pub(crate) fn without(&self, declared: &Declared) -> Vec<Value> {
        let mut left = Vec::new();
        for (table, _) in TABLES {
            for object in self.objects(table) {
                if declared.ids.contains(&(table, id(object))) {
                    continue;
                }
                let mut object = object.clone();
                for list in ["users_allowed", "groups_allowed"] {
                    if let Some(allowed) = object.get_mut(list).and_then(Value::as_mapping_mut) {
                        allowed.retain(|name, _| !declared.names.contains(name.as_str().unwrap()));
                    }
                }
                if let Some(members) = object.get_mut("members").and_then(Value::as_sequence_mut) {
                    members.retain(|it| !declared.ids.contains(&("users", it.as_u64().unwrap())));
                }
                drop_empty(object.as_mapping_mut().unwrap());
                left.push(object);
            }
        }
        left
    }

    /// For every enabled password the world in which its url, and nothing else, is another.
    pub(crate) fn with_other_urls(&self) -> Vec<(u64, String)> {
        let mut worlds = Vec::new();
        let count = self.objects("passwords").count();
        for at in 0..count {
            let mut world = self.0.clone();
            let password = &mut world["passwords"][at];
            if password["disabled"].as_bool() == Some(true) {
                continue;
            }
            let map = password.as_mapping_mut().unwrap();
            map.insert("url".into(), "moved.example.com".into());
            let id = id(password);
            worlds.push((id, serde_yaml::to_string(&world).unwrap()));
        }
        worlds
    }

    /// The world without ids and order, so that two in which the same was created at different moments are equal.
    pub(crate) fn without_ids(&self) -> Vec<String> {
        let users = self.objects("users");
        let names = users
            .map(|it| (id(it), it["user_name"].clone()))
            .collect::<BTreeMap<_, _>>();
        let mut objects = Vec::new();
        for (table, _) in TABLES {
            for object in self.objects(table) {
                let mut object = object.clone();
                if let Some(members) = object.get_mut("members").and_then(Value::as_sequence_mut) {
                    for member in members.iter_mut() {
                        *member = names[&member.as_u64().unwrap()].clone();
                    }
                    members.sort_by_key(|it| it.as_str().unwrap().to_owned());
                }
                object.as_mapping_mut().unwrap().remove("id");
                objects.push(format!(
                    "{table} {}",
                    serde_yaml::to_string(&object).unwrap()
                ));
            }
        }
        objects.sort();
        objects
    }
}

fn id(object: &Value) -> u64 {
    object["id"].as_u64().unwrap()
}

/// Whether a declaration is about an object.
fn is(declared: &Value, object: &Value, keys: &[&str]) -> bool {
    let wanted = &declared["id"];
    if !wanted.is_null() {
        let text = wanted.as_str().map(str::to_owned);
        let text = text.or(wanted.as_u64().map(|it| it.to_string()));
        return text == Some(id(object).to_string());
    }
    keys.iter().all(|key| declared[*key] == object[*key])
}

fn drop_empty(object: &mut Mapping) {
    object.retain(|_, value| {
        let is_empty = value.as_sequence().is_some_and(Vec::is_empty);
        !is_empty && !value.as_mapping().is_some_and(Mapping::is_empty)
    });
}
