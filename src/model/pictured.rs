//! What was there of a kind, as plain data that holds no secret: what a plan is made against where no vendor is asked.
//!
//! It comes out of files, whoever wrote them: what in it has another form than its field is taken for untold.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::address::RemoteId;
use super::field::{Field, Fields, Form, SecretField, Value};
use super::kind::{Kind, NaturalKey, Spec, side_by_side};
use super::power::Power;
use super::reference::{Link, Links, Name, Target};
use super::resource::{Content, Observed};

/// All that is known of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KindPicture {
    /// Why its list could not be read, if it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// In the order of their ids.
    pub objects: Vec<Object>,
    /// Ids that were asked for and lead nowhere.
    pub gone: BTreeSet<String>,
    /// Natural keys that were wanted, and that nothing had.
    pub missing: BTreeSet<Vec<(String, String)>>,
    /// By address, why it could not be told what is there of what was declared.
    pub doubts: BTreeMap<String, String>,
}

/// One live object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Object {
    pub id: String,
    pub key: Vec<(String, String)>,
    pub label: String,
    /// Whether the list showed it.
    pub listed: bool,
    pub writable: bool,
    /// Whether it is the account that looked.
    pub own: bool,
    pub state: State,
    pub power: Power,
    /// What went on with it at the vendor without us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under_way: Option<String>,
    /// In the order in which its kind lists fields.
    pub fields: Vec<(String, Pictured)>,
    /// What was found of fields beside what was wanted of them then, where that says more than the field alone.
    pub told: BTreeMap<String, Told>,
    pub links: Vec<PicturedLink>,
}

/// How closely an object was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// Nothing asked for more than the listing said.
    Listed,
    Read,
    Disabled,
    /// It could not be read, and why.
    Unread(String),
}

/// A field's value, if it may be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pictured {
    Text(String),
    Flag(bool),
    Number(u32),
    Word(String),
    Set(BTreeSet<String>),
    Name(PicturedName),
    Names(Vec<PicturedName>),
    Access(Vec<(PicturedName, String)>),
    /// There is something, and nobody may see it.
    Withheld,
}

/// Whom a reference means, so that it is found again whatever the declarations call it by then.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct PicturedName {
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The label in the form in which the vendor compares labels, where the vendor spoke of it by that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folded: Option<String>,
    /// Its name in the YAML then, if it was declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
}

/// Whom an object speaks of, and in which field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct PicturedLink {
    pub field: String,
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folded: Option<String>,
}

/// What was found of a field beside what was wanted of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    pub wanted: Pictured,
    pub before: Option<Pictured>,
    /// Why the two could not be compared, if they could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untold: Option<String>,
}

const NOT_READ: &str =
    "the snapshot tells no more than its name, since nothing declared it when that was made";
const WITHHELD: &str = "a snapshot holds no secrets";
const DISABLED: &str = "it is disabled";
const SPELLED: &str = "the snapshot spells it otherwise, which may mean the same to the vendor";
const NOT_TOLD: &str = "the snapshot does not tell it";
const OTHERWISE: &str =
    "the snapshot tells it beside what was declared then, which is declared otherwise now";

impl Object {
    /// A live object; `want` is what was declared of it.
    pub(crate) fn of<K: Kind>(
        observed: &Observed<K>,
        want: Option<&K::Spec>,
        own: bool,
        links: &Links,
    ) -> Self {
        let Observed {
            id,
            key,
            label,
            writable,
            content,
        } = observed;
        let object = Self {
            id: id.to_string(),
            key: parts(key),
            label: label.clone(),
            listed: true,
            writable: *writable,
            own,
            state: State::Listed,
            power: Power::default(),
            under_way: None,
            fields: Vec::new(),
            told: BTreeMap::new(),
            links: Vec::new(),
        };
        match content {
            Content::NotRead => object,
            Content::Pictured(known) => Self::clone(known),
            Content::Disabled => Self {
                state: State::Disabled,
                ..object
            },
            Content::Read(have) => Self {
                state: State::Read,
                power: have.power(None),
                under_way: have.under_way(),
                fields: fields(have, links),
                told: want.map_or_else(BTreeMap::new, |want| told(have, want, links)),
                links: have.links().iter().map(PicturedLink::of).collect(),
                ..object
            },
        }
    }

    /// One that could not be read.
    pub(crate) fn unread(id: &RemoteId, key: &NaturalKey, label: &str, why: String) -> Self {
        Self {
            id: id.to_string(),
            key: parts(key),
            label: label.to_owned(),
            listed: true,
            writable: true,
            own: false,
            state: State::Unread(why),
            power: Power::default(),
            under_way: None,
            fields: Vec::new(),
            told: BTreeMap::new(),
            links: Vec::new(),
        }
    }

    /// What is known of it, in the order in which its kind lists fields.
    pub(crate) fn listed_fields(
        &self,
        known: &'static [Field],
        links: &Links,
    ) -> Vec<(&'static str, Value)> {
        let fields = self.fields.iter().filter_map(|(name, value)| {
            let field = known.iter().find(|it| it.name == *name)?;
            Some((field.name, value.value(*field, links)?))
        });
        fields.collect()
    }

    /// What stands in a field beside which `after` is wanted now, or why nobody can say. `beside` are the fields that are
    /// understood only beside what is wanted.
    pub(crate) fn before(
        &self,
        field: Field,
        after: &Value,
        beside: &[&str],
        links: &Links,
    ) -> Result<Option<Value>, String> {
        match &self.state {
            State::Read => {}
            State::Listed => return Err(NOT_READ.to_owned()),
            State::Disabled => return Err(DISABLED.to_owned()),
            State::Unread(why) => return Err(why.clone()),
        }
        if matches!(field.form, Form::Secret | Form::Sensitive) {
            return Err(WITHHELD.to_owned());
        }
        let plain = self.fields.iter().find(|(name, _)| name == field.name);
        let plain = plain.map(|(_, value)| value);
        let value = |value: &Option<Pictured>| match value {
            Some(value) => value.value(field, links).map(Some),
            None => Some(None),
        };
        let not_told = || NOT_TOLD.to_owned();
        if let Some(Told {
            wanted,
            before,
            untold,
        }) = self.told.get(field.name)
        {
            if wanted.value(field, links).as_ref() == Some(after) {
                return match untold {
                    Some(why) => Err(why.clone()),
                    None => value(before).ok_or_else(not_told),
                };
            }
            return if untold.is_none() && before.as_ref() == plain {
                value(before).ok_or_else(not_told)
            } else {
                Err(OTHERWISE.to_owned())
            };
        }
        if beside.contains(&field.name) {
            return Err(NOT_TOLD.to_owned());
        }
        let plain = plain.and_then(|it| it.value(field, links));
        let plain = plain.ok_or_else(not_told)?;
        if plain != *after && is_alike(&plain, after) {
            return Err(SPELLED.to_owned());
        }
        Ok(Some(plain))
    }

    /// Whom it speaks of in those fields, as far as anybody knows them.
    pub(crate) fn links(&self, counts: impl Fn(&str) -> bool, links: &Links) -> Vec<Link> {
        let counting = self.links.iter().filter(|it| counts(&it.field));
        let found = counting.filter_map(|it| {
            let target = match (&it.id, &it.folded) {
                (Some(id), _) => Target::Id(RemoteId(id.clone())),
                (None, Some(label)) => Target::Live(label.clone()),
                (None, None) => return None,
            };
            Some(Link {
                kind: links.kind(&it.kind)?,
                target,
                place: None,
                by_id: false,
            })
        });
        found.collect()
    }
}

/// Whether two texts are the same but for capital letters, which not every vendor tells apart.
fn is_alike(one: &Value, other: &Value) -> bool {
    if let (Value::Text(one), Value::Text(other)) = (one, other) {
        one.to_lowercase() == other.to_lowercase()
    } else {
        false
    }
}

/// A natural key as plain data.
pub(crate) fn parts(key: &NaturalKey) -> Vec<(String, String)> {
    let NaturalKey(parts) = key;
    let parts = parts.iter();
    parts
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

fn fields<S: Spec>(spec: &S, links: &Links) -> Vec<(String, Pictured)> {
    let speaks_of = spec.links();
    let mut fields = Fields::new(links);
    spec.list(&mut fields);
    let fields = fields.into_list().into_iter();
    let fields = fields.filter_map(|(field, value)| {
        let value = Pictured::of(field, &value, &speaks_of, links)?;
        Some((field.name.to_owned(), value))
    });
    fields.collect()
}

fn told<S: Spec>(have: &S, want: &S, links: &Links) -> BTreeMap<String, Told> {
    let plain = fields(have, links);
    let untold = have.untold(want);
    let (had, wanted) = (have.links(), want.links());
    let mut told = BTreeMap::new();
    for (field, before, after) in side_by_side(Some(have), want, links) {
        if matches!(field.form, Form::Secret | Form::Sensitive | Form::Output) {
            continue;
        }
        // What is told in the words of what is wanted speaks of those of whom that speaks.
        let both = [had.as_slice(), wanted.as_slice()].concat();
        let Some(wanted) = Pictured::of(field, &after, &wanted, links) else {
            continue;
        };
        let is_spelled = before.as_ref().is_some_and(|it| is_alike(it, &after));
        let before = before.and_then(|it| Pictured::of(field, &it, &both, links));
        let untold = untold.iter().find(|(it, _)| it.name == field.name);
        let untold = untold.map(|(_, why)| why.clone());
        let alone = plain.iter().find(|(name, _)| name == field.name);
        let alone = alone.map(|(_, value)| value);
        let says_no_more = alone.is_some()
            && before.as_ref() == alone
            && untold.is_none()
            && (before.as_ref() == Some(&wanted) || !is_spelled);
        if !says_no_more || S::BESIDE_WANT.contains(&field.name) {
            let entry = Told {
                wanted,
                before,
                untold,
            };
            told.insert(field.name.to_owned(), entry);
        }
    }
    told
}

impl Pictured {
    /// What may be told of a value; none of what says nothing of what is there.
    fn of(field: Field, value: &Value, speaks_of: &[(Field, Link)], links: &Links) -> Option<Self> {
        let own = speaks_of.iter().filter(|(it, _)| it.name == field.name);
        let other = speaks_of.iter().filter(|(it, _)| it.name != field.name);
        let own = own.map(|(_, link)| link);
        let name = |name: &Name| {
            let all = own.clone().chain(other.clone().map(|(_, link)| link));
            links.pictured(name, all)
        };
        Some(match value {
            Value::Text(text) => Self::Text(text.clone()),
            Value::Flag(flag) => Self::Flag(*flag),
            Value::Number { number, unit: _ } => Self::Number(*number),
            Value::Word(word) => Self::Word(word.clone().into_owned()),
            Value::Set(set) => Self::Set(set.clone()),
            Value::Name(it) => Self::Name(name(it)),
            Value::Names(names) => Self::Names(names.iter().map(name).collect()),
            // What of the vendor's own is granted is no resource, so that only the field's own links count.
            Value::Access(access) => {
                let grants = access.iter().map(|(who, what)| {
                    let who = links.pictured(who, own.clone());
                    (who, what.clone().into_owned())
                });
                Self::Access(grants.collect())
            }
            Value::Sensitive(_) | Value::Secret(_) => Self::Withheld,
            Value::Generated(_) | Value::Output(_) => return None,
        })
    }

    /// The value, if it has the form of its field.
    fn value(&self, field: Field, links: &Links) -> Option<Value> {
        Some(match (self, field.form) {
            (Self::Text(text), Form::Text) => Value::Text(text.clone()),
            (Self::Flag(flag), Form::Flag) => Value::Flag(*flag),
            (Self::Number(number), Form::Number(unit)) => Value::Number {
                number: *number,
                unit,
            },
            (Self::Word(word), Form::Word) => Value::Word(word.clone().into()),
            (Self::Set(set), Form::Set) => Value::Set(set.clone()),
            (Self::Name(name), Form::Reference) => Value::Name(links.named(name)),
            (Self::Names(names), Form::References) => {
                Value::Names(names.iter().map(|it| links.named(it)).collect())
            }
            (Self::Access(access), Form::Access) => {
                let grants = access.iter();
                let grants = grants.map(|(who, what)| (links.named(who), what.clone().into()));
                Value::Access(grants.collect())
            }
            (Self::Withheld, Form::Secret) => Value::Secret(SecretField::Unknown {
                why: WITHHELD.to_owned(),
                place: None,
            }),
            // Something that is compared with nothing and shown to nobody.
            (Self::Withheld, Form::Sensitive) => Value::Sensitive(WITHHELD.to_owned()),
            (
                Self::Text(_)
                | Self::Flag(_)
                | Self::Number(_)
                | Self::Word(_)
                | Self::Set(_)
                | Self::Name(_)
                | Self::Names(_)
                | Self::Access(_)
                | Self::Withheld,
                _,
            ) => return None,
        })
    }
}

impl PicturedLink {
    fn of((field, link): &(Field, Link)) -> Self {
        let (id, folded) = match &link.target {
            Target::Id(id) => (Some(id.to_string()), None),
            Target::Live(label) => (None, Some(label.clone())),
            Target::Declared(_) => (None, None),
        };
        Self {
            field: field.name.to_owned(),
            kind: link.kind.to_string(),
            id,
            folded,
        }
    }
}
