//! What a group may do with what smart rules find, as declarations say it (vendor page, sections 4.8 and 4.9).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::load::reader::{Decode, Reader};
use crate::model::access;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::place::Place;
use crate::yaml::{Entry, Node};

const BAD_ACCESS: Code = Code("bad-access");

/// The roles that the vendor takes only together with an access policy.
const REQUESTING: [&str; 2] = ["Requestor", "Requestor/Approver"];

/// How far access to a smart rule goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(inline, rename_all = "snake_case")]
pub(super) enum Reach {
    /// None at all. Its roles on the smart rule are taken away first.
    None,
    /// May look at what the smart rule finds.
    Read,
    /// May change it; the vendor says "Read/Write" or "Full control".
    Full,
}

const WORDS: [(&str, Reach); 3] = [
    ("none", Reach::None),
    ("read", Reach::Read),
    ("full", Reach::Full),
];

impl Reach {
    fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Full => "full",
        }
    }
}

impl Decode for Reach {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        reader.word(node, "a level of access", &WORDS)
    }
}

/// What a group may do with what one smart rule finds.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
pub(super) struct Access {
    /// Where the YAML says it; nowhere for what the vendor reports.
    #[schemars(skip)]
    pub place: Option<Place>,
    /// How far it goes.
    #[schemars(with = "Reach")]
    pub level: Level,
    /// Every role that its members have there, by the vendor's names. An empty list takes every role away; what is left
    /// out stays as it is.
    #[schemars(example = &["Requestor"])]
    pub roles: Option<BTreeSet<String>>,
    /// The name of the access policy that its requestors go by; the roles Requestor and Requestor/Approver need one. It is
    /// sent with the roles whenever those change. The vendor does not say it with them, so that it cannot be verified: a
    /// change of nothing but the policy is not made.
    #[schemars(example = &"Business hours")]
    pub access_policy: Option<String>,
}

/// A level, or that the vendor does not tell reading from changing. Nobody declares the latter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Known(Reach),
    Untold,
}

impl Access {
    /// How far it goes; none where it is no access at all.
    fn level(&self) -> Option<access::Level> {
        let reach = match self.level {
            Level::Known(Reach::None) => return None,
            Level::Known(Reach::Full) => &["read", "full"][..],
            Level::Known(Reach::Read) | Level::Untold => &["read"],
        };
        let reach = reach.iter().map(|it| (*it).to_owned());
        let roles = self.roles.iter().flatten();
        let may = reach.chain(roles.map(|role| format!("as {role}")));
        Some(access::Level::of(self.shown(), may))
    }

    /// As a plan shows it and as two of them compare.
    fn shown(&self) -> String {
        let level = match self.level {
            // Without access there are no roles to speak of.
            Level::Known(Reach::None) => return Reach::None.as_str().to_owned(),
            Level::Known(reach) => reach.as_str(),
            Level::Untold => "read or full",
        };
        let mut shown = level.to_owned();
        match &self.roles {
            Some(roles) if roles.is_empty() => shown.push_str(" without roles"),
            Some(roles) => {
                let roles = roles.iter().map(String::as_str).collect::<Vec<_>>();
                shown = format!("{shown} as {}", roles.join(", "));
            }
            None => {}
        }
        if let Some(policy) = &self.access_policy {
            shown = format!("{shown} by policy {policy}");
        }
        shown
    }

    /// Whether it is there as wanted, as far as the vendor tells it.
    pub(super) fn is_as(&self, want: &Self) -> bool {
        self.has_level_of(want) && self.has_roles_of(want)
    }

    fn has_level_of(&self, want: &Self) -> bool {
        match self.level {
            Level::Known(_) => self.level == want.level,
            Level::Untold => want.level != Level::Known(Reach::None),
        }
    }

    /// Whether the roles are there as wanted, as far as they are declared.
    pub(super) fn has_roles_of(&self, want: &Self) -> bool {
        want.roles.is_none() || self.roles == want.roles
    }

    /// What is there, told in the words of what is wanted where nobody can see a difference.
    fn told_as(&self, want: &Self) -> Self {
        if self.is_as(want) {
            want.clone()
        } else {
            self.clone()
        }
    }
}

impl Access {
    /// Reads a smart rule's title and what it stands for.
    fn decode(entry: &Entry, reader: &Reader<'_>) -> Option<Self> {
        let mut map = reader.mapping(&entry.value, "access to a smart rule")?;
        let level = map.required::<Reach>("level");
        let listed = map.optional::<Vec<String>>("roles");
        let policy = map.optional::<String>("access_policy");
        let is_written = |key: &'static str, map: &mut crate::load::reader::Mapping<'_, '_>| {
            map.node(key).map(Node::place)
        };
        let roles_at = listed.as_ref().and(is_written("roles", &mut map));
        let policy_at = policy.as_ref().and(is_written("access_policy", &mut map));
        map.finish();
        let mut sound = true;
        let mut wrong = |place, message: &str, help: &str| {
            sound = false;
            reader.push(Diagnostic::error(BAD_ACCESS, place, message).help(help));
        };
        let roles = listed.map(|it| it.into_iter().collect::<BTreeSet<_>>());
        let has_roles = roles.as_ref().is_some_and(|it| !it.is_empty());
        let is_requesting = |role: &String| {
            let mut requesting = REQUESTING.iter();
            requesting.any(|it| role.trim().eq_ignore_ascii_case(it))
        };
        if let Some(place) = roles_at {
            if has_roles && level == Some(Reach::None) {
                wrong(
                    place,
                    "roles need access to the smart rule",
                    "write `level: read`, or leave the roles out",
                );
            } else if policy_at.is_none() && roles.iter().flatten().any(is_requesting) {
                wrong(
                    place,
                    "requestors need an access policy",
                    "add `access_policy`, by the vendor's name for it",
                );
            }
        }
        if let Some(place) = policy_at.filter(|_| !has_roles) {
            wrong(
                place,
                "an access policy goes with roles",
                "add `roles`, or leave `access_policy` out",
            );
        }
        let level = Level::Known(level?);
        sound.then_some(Self {
            place: Some(entry.key.place),
            level,
            roles,
            access_policy: policy,
        })
    }
}

/// What a group may do with what smart rules find, by the titles of those. Smart rules that are not named are not ours.
#[derive(Clone, Debug, Default)]
pub(super) struct SmartRules(pub BTreeMap<String, Access>);

impl SmartRules {
    /// The smart rules to which there is access, and how far it goes.
    pub(super) fn levels(&self) -> impl Iterator<Item = (&String, access::Level)> {
        let entries = self.0.iter();
        entries.filter_map(|(title, access)| Some((title, access.level()?)))
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (String, String)> {
        let entries = self.0.iter();
        entries.map(|(title, access)| (title.clone(), access.shown()))
    }

    /// On how many of them the group has roles.
    pub(super) fn with_roles(&self) -> usize {
        let has_roles = |access: &&Access| access.roles.as_ref().is_some_and(|it| !it.is_empty());
        self.0.values().filter(has_roles).count()
    }

    /// What is there, told in the words of what is wanted where nobody can see a difference.
    pub(super) fn told_as(&self, want: &Self) -> Self {
        let told = self.0.iter().map(|(title, have)| {
            let want = want.0.get(title);
            let told = want.map_or_else(|| have.clone(), |want| have.told_as(want));
            (title.clone(), told)
        });
        Self(told.collect())
    }

    /// What nobody can compare of what is wanted, beside what differs anyway.
    pub(super) fn untold(&self, want: &Self) -> Vec<String> {
        let mut why = Vec::new();
        for (title, want) in &want.0 {
            let have = self.0.get(title).filter(|have| have.is_as(want));
            let Some(have) = have else {
                continue;
            };
            if have.level == Level::Untold {
                why.push(format!(
                    "Password Safe does not tell whether access to `{title}` is read or full"
                ));
            }
            if let Some(policy) = &want.access_policy {
                why.push(format!(
                    "Password Safe does not say which access policy the roles on `{title}` go by, `{policy}` being declared"
                ));
            }
        }
        why
    }
}

impl Decode for SmartRules {
    fn decode(node: &Node, reader: &Reader<'_>) -> Option<Self> {
        let what = "smart rules, such as `{ All Assets: { level: read } }`";
        let entries = reader.entries(node, what)?;
        let read = entries.iter().map(|entry| {
            let access = Access::decode(entry, reader)?;
            Some((entry.key.text.to_string(), access))
        });
        // All of them are read before the first mistake counts.
        let read = read.collect::<Vec<_>>().into_iter();
        read.collect::<Option<_>>().map(Self)
    }
}

impl JsonSchema for SmartRules {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "What a group may do with what smart rules find".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<BTreeMap<String, Access>>()
    }
}
