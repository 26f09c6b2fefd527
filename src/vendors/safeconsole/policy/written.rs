//! A policy as people write it: sections with keys in them, read and described by the table of settings.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json, json};

use super::setting::{Entry, Said, Setting, Settings, Sort};
use super::table::SETTINGS;
use crate::load::reader::{Decode, Mapping, Reader};
use crate::model::diagnostic::{Code, Diagnostic};
use crate::yaml::{Node, View};

const OUT_OF_RANGE: Code = Code("out-of-range");
const BAD_ENTRY: Code = Code("bad-entry");

/// Settings that lie in one mapping, by key, with what lies behind each.
enum Part<'s> {
    One(&'s Setting),
    Section(&'static str, Vec<&'s Setting>),
}

/// The keys of a mapping at so many sections' depth, in the order of the table.
fn parts<'s>(settings: &[&'s Setting], depth: usize) -> Vec<(&'static str, Part<'s>)> {
    let mut parts = Vec::<(&'static str, Part<'s>)>::new();
    for setting in settings.iter().copied() {
        let mut names = setting.name().split('.').skip(depth);
        let Some(name) = names.next() else { continue };
        if names.next().is_none() {
            parts.push((name, Part::One(setting)));
            continue;
        }
        match parts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, Part::Section(_, within))) => within.push(setting),
            Some((_, Part::One(_))) => {}
            None => parts.push((name, Part::Section(name, vec![setting]))),
        }
    }
    parts
}

/// Reads what a declaration says of settings, sections and all. None if any of it is a mistake.
pub(super) fn decode(map: &mut Mapping<'_, '_>) -> Option<Settings> {
    let mut said = Settings::new();
    let all = SETTINGS.iter().collect::<Vec<_>>();
    read(map, &all, 0, &mut said).then_some(said)
}

fn read(
    map: &mut Mapping<'_, '_>,
    settings: &[&Setting],
    depth: usize,
    said: &mut Settings,
) -> bool {
    let reader = map.reader();
    let mut is_sound = true;
    for (key, part) in parts(settings, depth) {
        let Some(node) = map.node(key) else { continue };
        is_sound &= match part {
            Part::One(setting) => {
                let value = value(node, setting, reader);
                let is_read = value.is_some();
                said.extend(value.map(|it| (setting.name(), it)));
                is_read
            }
            Part::Section(name, within) => match reader.mapping(node, name) {
                Some(mut map) => {
                    let is_read = read(&mut map, &within, depth + 1, said);
                    map.finish();
                    is_read
                }
                None => false,
            },
        };
    }
    is_sound
}

fn value(node: &Node, setting: &Setting, reader: &Reader<'_>) -> Option<Said> {
    match setting.sort {
        Sort::Flag => bool::decode(node, reader).map(Said::Flag),
        Sort::Number { unit, least, most } => {
            let number = u32::decode(node, reader)?;
            if !(least..=most).contains(&number) {
                let message = format!("{number} {unit} is out of range");
                reader.push(
                    Diagnostic::error(OUT_OF_RANGE, node.place(), message).help(format!(
                        "`{}` takes from {least} to {most} {unit}",
                        setting.name()
                    )),
                );
                return None;
            }
            Some(Said::Number(number))
        }
        Sort::Word(words) => {
            let words = words.iter().map(|it| (*it, *it)).collect::<Vec<_>>();
            let word = reader.word(node, "one of the words for this", &words)?;
            Some(Said::Word(word.into()))
        }
        Sort::Entries(entry) => {
            let mut is_sound = true;
            if let View::List(items) = node.view() {
                for item in items {
                    is_sound &= is_entry(item, entry, reader);
                }
            }
            let entries = BTreeSet::<String>::decode(node, reader)?;
            is_sound.then_some(Said::Entries(entries))
        }
        Sort::Text { most } => {
            let text = String::decode(node, reader)?;
            let length = text.chars().count();
            if let Some(most) = most.filter(|most| length > *most) {
                let message = format!("{length} characters are out of range");
                reader.push(
                    Diagnostic::error(OUT_OF_RANGE, node.place(), message).help(format!(
                        "`{}` takes up to {most} characters",
                        setting.name()
                    )),
                );
                return None;
            }
            Some(Said::Text(text))
        }
    }
}

/// Says of an item what is wrong with it as an entry. What is no text is told where the list is read.
fn is_entry(item: &Node, entry: Entry, reader: &Reader<'_>) -> bool {
    let View::Scalar(_) = item.view() else {
        return true;
    };
    let Some(text) = reader.text(item, "an entry") else {
        return false;
    };
    let (is_sound, what, help) = match entry {
        Entry::Extension => (
            !text.is_empty() && !text.contains(|c: char| c == '.' || c == ',' || c.is_whitespace()),
            "an extension",
            "write one extension without the dot, such as `exe`",
        ),
        Entry::Address => (
            is_address(&text),
            "an address",
            "write `198.51.100.7`, `198.51.100.*` or `198.51.100.0/24`",
        ),
        Entry::Text => (
            !text.trim().is_empty(),
            "a name",
            "write a name, or leave it out",
        ),
    };
    if !is_sound {
        let message = format!("`{text}` is not {what}");
        reader.push(Diagnostic::error(BAD_ENTRY, item.place(), message).help(help));
    }
    is_sound
}

/// A single address, one with `*` for whole octets at its end, or a network in CIDR; of IPv4, to which all that the
/// vendor shows belongs (assumed).
fn is_address(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    match text.split_once('/') {
        Some((address, bits)) => {
            let is_within = bits.parse::<u8>().is_ok_and(|bits| bits <= 32);
            address.parse::<Ipv4Addr>().is_ok() && is_number(bits) && is_within
        }
        None => {
            let octets = text.split('.').collect::<Vec<_>>();
            let rest = octets.iter().skip_while(|it| **it != "*");
            let is_tail = octets.first() != Some(&"*") && rest.copied().all(|it| it == "*");
            is_tail && text.replace('*', "0").parse::<Ipv4Addr>().is_ok()
        }
    }
}

/// The schema of the sections.
pub(super) fn sections(generator: &mut SchemaGenerator) -> Map<String, Json> {
    let all = SETTINGS.iter().collect::<Vec<_>>();
    keys(generator, &all, 0)
}

fn keys(generator: &mut SchemaGenerator, settings: &[&Setting], depth: usize) -> Map<String, Json> {
    let key = |(key, part): (&'static str, Part<'_>)| {
        let schema = match part {
            Part::One(setting) => one(generator, setting).to_value(),
            Part::Section(name, within) => json!({
                "description": format!("The settings of {}.", name.replace('_', " ")),
                "type": "object",
                "properties": keys(generator, &within, depth + 1),
                "additionalProperties": false,
            }),
        };
        (key.to_owned(), schema)
    };
    parts(settings, depth).into_iter().map(key).collect()
}

fn one(generator: &mut SchemaGenerator, setting: &Setting) -> Schema {
    let mut schema = match setting.sort {
        Sort::Flag => json_schema!({ "type": "boolean" }),
        Sort::Number { least, most, .. } => {
            json_schema!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Sort::Word(words) => json_schema!({ "type": "string", "enum": words }),
        Sort::Entries(_) => BTreeSet::<String>::json_schema(generator),
        Sort::Text { most } => match most {
            Some(most) => json_schema!({ "type": "string", "maxLength": most }),
            None => json_schema!({ "type": "string" }),
        },
    };
    let says = match setting.sort {
        Sort::Number { unit, .. } => format!("{} In {unit}.", setting.says),
        Sort::Flag | Sort::Word(_) | Sort::Entries(_) | Sort::Text { .. } => {
            setting.says.to_owned()
        }
    };
    schema.insert("description".to_owned(), Json::from(says));
    schema
}
