//! A vendor's part of the YAML: tables in which names are keys.

use std::collections::HashMap;

use jiff::civil::Date;

use super::reader::{Mapping, Reader};
use super::secret::never_generated;
use super::verb::Rules;
use super::verify::{self, Verify};
use crate::model::address::{Address, RemoteId};
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::field::{Fields, Value};
use crate::model::kind::{Kind, Spec};
use crate::model::place::Place;
use crate::model::reference::{Link, Links};
use crate::model::resource::{Desired, Lifecycle, Manage, Meta, Presence};
use crate::suggest::suggest;
use crate::yaml::{Entry, Node, View};

const BAD_NAME: Code = Code("bad-name");
const DUPLICATE_NAME: Code = Code("duplicate-name");
const BAD_DATE: Code = Code("bad-date");
const TWO_STATES: Code = Code("two-states");
const UNKNOWN_FIELD: Code = Code("unknown-field");

/// A spec that can be read from a mapping of its fields: one line a field.
pub(crate) trait DecodeSpec: Spec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self>;
}

/// The declared resources of one kind, from all files.
pub(crate) struct Table<K: Kind> {
    desired: Vec<Desired<K>>,
    places: HashMap<String, Place>,
    /// What declarations refer to that are too broken to be kept.
    loose_links: Vec<Link>,
    /// Whether may be done what no public page of the vendor states how to do.
    assumed_actions: bool,
    verify: Verify,
}

impl<K: Kind> Table<K> {
    pub(crate) fn new(assumed_actions: bool, verify: Verify) -> Self {
        Self {
            desired: Vec::new(),
            places: HashMap::new(),
            loose_links: Vec::new(),
            assumed_actions,
            verify,
        }
    }

    pub(crate) fn desired(&self) -> &[Desired<K>] {
        &self.desired
    }

    /// Every declared name, also of declarations with mistakes.
    pub(crate) fn names(&self) -> impl Iterator<Item = Address> {
        self.places.keys().map(|name| K::ID.address(name))
    }

    /// What declarations with mistakes refer to.
    pub(crate) fn loose_links(&self) -> &[Link] {
        &self.loose_links
    }

    pub(crate) fn into_desired(self) -> Vec<Desired<K>> {
        self.desired
    }
}

impl<K: Kind> Table<K>
where
    K::Spec: DecodeSpec,
{
    /// Adds what one file says under the table's key.
    pub(crate) fn add(&mut self, node: &Node, reader: &Reader<'_>) {
        for entry in reader
            .entries(node, "names with what they stand for")
            .unwrap_or_default()
        {
            let sound_name = check_name(entry, reader);
            let first = self.places.get(&*entry.key.text).copied();
            if let Some(first) = first {
                reader.push(
                    Diagnostic::error(
                        DUPLICATE_NAME,
                        entry.key.place,
                        format!("{} `{}` is declared twice", K::ID.name, entry.key.text),
                    )
                    .related(first, "declared here first")
                    .help("all files of a workspace are one state: rename or remove one of them"),
                );
            }
            self.places
                .entry(entry.key.text.to_string())
                .or_insert(entry.key.place);
            reader.take_links();
            let desired = self.read_resource(entry, reader);
            if desired.is_none() {
                self.loose_links.extend(reader.take_links());
            }
            if sound_name && first.is_none() {
                self.desired.extend(desired);
            }
        }
    }

    fn read_resource(&self, entry: &Entry, reader: &Reader<'_>) -> Option<Desired<K>> {
        let mut map = reader.mapping(&entry.value, K::ID.name)?;
        let spec = K::Spec::decode(&mut map);
        if spec.is_none() {
            // Reading may have ended before it asked for every field.
            K::Spec::FIELDS
                .iter()
                .for_each(|field| map.know(field.name));
        }
        if reader.take_generated()
            && let Some(spec) = &spec
        {
            refuse_generated(spec, reader);
        }
        let rules = Rules {
            kind: K::ID,
            read: K::READ,
            verbs: spec.as_ref().map_or(K::VERBS, K::verbs),
            assumed_actions: self.assumed_actions,
        };
        let fields = K::Spec::FIELDS.iter().map(|field| field.name);
        let meta = read_meta(&mut map, fields, rules);
        let reads_values = verify::reads_values(&map, K::Spec::FIELDS, self.verify);
        map.finish();
        if let Some(meta) = &meta {
            rules.check_declared(meta, entry.key.place, reader);
        }
        Some(Desired {
            address: K::ID.address(&entry.key.text),
            place: entry.key.place,
            meta: Meta {
                reads_values,
                ..meta?
            },
            spec: spec?,
        })
    }
}

/// Refuses values that are to be made up where the kind says that nobody can.
fn refuse_generated(spec: &impl Spec, reader: &Reader<'_>) {
    let nobody = Links::default();
    let mut fields = Fields::new(&nobody);
    spec.list(&mut fields);
    for (field, value) in fields.into_list() {
        if let Value::Generated(generated) = value
            && !field.generated
        {
            reader.push(never_generated(generated.place));
        }
    }
}

fn check_name(entry: &Entry, reader: &Reader<'_>) -> bool {
    let name = &*entry.key.text;
    let sound = name.len() <= 128
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-@".contains(c));
    if !sound {
        reader.push(
            Diagnostic::error(
                BAD_NAME,
                entry.key.place,
                format!("`{name}` cannot be a name"),
            )
            .help(
                "names are handles of your own: letters, digits and `. _ - @`, at most 128; \
                     what the vendor shows goes into the fields",
            ),
        );
    }
    sound
}

fn read_meta(
    map: &mut Mapping<'_, '_>,
    fields: impl Iterator<Item = &'static str> + Clone,
    rules: Rules,
) -> Option<Meta> {
    let reader = map.reader();
    let was = map
        .node("was")
        .map(|node| read_was(node, reader))
        .unwrap_or_default();
    let id = map.node("id").and_then(|node| {
        reader
            .text(node, "the vendor's id")
            .map(|id| (RemoteId(id), node.place()))
    });
    let state_node = map.node("state");
    let state = state_node
        .map(|node| reader.word(node, "a state", &[("present", false), ("absent", true)]));
    let expires_node = map.node("expires");
    let expires = expires_node.map(|node| (read_date(node, reader), node.place()));
    let absent_node = state_node.filter(|_| state == Some(Some(true)));
    for node in absent_node.into_iter().chain(expires_node) {
        rules.check_removal(node.place(), reader);
    }
    let presence = match (state, expires) {
        (None | Some(Some(false)), None) => Presence::Present,
        (Some(Some(true)), None) => Presence::Absent,
        (None | Some(Some(false)), Some((date, _))) => Presence::Until(date?),
        (Some(Some(true)), Some((_, place))) => {
            reader.push(
                Diagnostic::error(
                    TWO_STATES,
                    place,
                    "`expires` says nothing beside `state: absent`",
                )
                .help("keep one of the two"),
            );
            return None;
        }
        (Some(None), _) => return None,
    };
    let lifecycle = match map.node("lifecycle") {
        Some(node) => read_lifecycle(node, reader, fields)?,
        None => Lifecycle::default(),
    };
    let allow_spend = rules
        .verbs
        .may_spend()
        .then(|| map.optional("allow_spend"))
        .flatten();
    Some(Meta {
        was,
        id,
        presence,
        allow_spend: allow_spend.unwrap_or(false),
        lifecycle,
        reads_values: false,
    })
}

/// `was: old` or `was: [older, old]`.
fn read_was(node: &Node, reader: &Reader<'_>) -> Vec<(String, Place)> {
    let read = |node: &Node| Some((reader.text(node, "a name it had before")?, node.place()));
    match node.view() {
        View::List(items) => items.iter().filter_map(read).collect(),
        View::Scalar(_) | View::Null | View::Map(_) => read(node).into_iter().collect(),
    }
}

pub(super) fn read_date(node: &Node, reader: &Reader<'_>) -> Option<Date> {
    let text = reader.text(node, "a date")?;
    let date = text
        .parse()
        .ok()
        .filter(|_| text.len() == "2026-12-31".len());
    if date.is_none() {
        reader.push(Diagnostic::error(
            BAD_DATE,
            node.place(),
            format!("`{text}` is not a date like 2026-12-31"),
        ));
    }
    date
}

fn read_lifecycle(
    node: &Node,
    reader: &Reader<'_>,
    fields: impl Iterator<Item = &'static str> + Clone,
) -> Option<Lifecycle> {
    let mut map = reader.mapping(node, "lifecycle")?;
    let prevent_delete = map.optional("prevent_delete").unwrap_or(false);
    let mut ignore = Vec::new();
    if let Some(list) = map.node("ignore") {
        for item in reader
            .list(list, "the fields to leave alone")
            .unwrap_or_default()
        {
            let Some(name) = reader.text(item, "a field's name") else {
                continue;
            };
            if fields.clone().all(|field| field != name) {
                let unknown = Diagnostic::error(
                    UNKNOWN_FIELD,
                    item.place(),
                    format!("there is no field `{name}` to ignore"),
                );
                reader.push(match suggest(&name, fields.clone()) {
                    Some(near) => unknown.label(format!("did you mean `{near}`?")),
                    None => unknown,
                });
            }
            ignore.push((name, item.place()));
        }
    }
    let words = [
        ("full", Manage::Full),
        ("no_delete", Manage::NoDelete),
        ("create_only", Manage::CreateOnly),
        ("observe", Manage::Observe),
    ];
    let manage = map
        .node("manage")
        .map(|node| reader.word(node, "a way to manage", &words))
        .unwrap_or(Some(Manage::Full));
    map.finish();
    Some(Lifecycle {
        prevent_delete,
        ignore,
        manage: manage?,
    })
}
