//! Device policies, each attached to a path (vendor page, sections 4.9 and 5.5). A path without one of its own inherits
//! that of what it lies in, and follows its changes.

mod setting;
mod table;
mod written;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::answer::Envelope;
use super::client::{Action, Client};
use super::path::{Ou, Path};
use super::{PATH as PATH_KIND, POLICY};
use crate::apply::Permit;
use crate::load::reader::Mapping;
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Seen, Sort};
use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::{Link, Links, Ref, Target};
use crate::model::risk::{Risk, RiskSort};
use crate::model::verb::{Evidence, Verb, Verbs};
use setting::Settings;
use table::{FIELDS, PATH, SETTINGS};

/// A device policy.
#[derive(Clone, Debug)]
pub(crate) enum Policy {}

/// A device policy of a path.
#[derive(Clone, Debug)]
pub(crate) struct PolicySpec {
    path: Ref<Path>,
    settings: Settings,
    /// The path's own name as far as it is known.
    label: String,
    standing: Standing,
}

/// Where the settings stand.
#[derive(Clone, Debug)]
enum Standing {
    Declared,
    /// In a policy of the path's own. Without it the path would inherit from another.
    Own {
        beneath: Option<String>,
    },
    /// In the policy that the path inherits so far.
    Inherited {
        from: Option<String>,
    },
}

impl DecodeSpec for PolicySpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let path = map.required::<Ref<Path>>("path");
        let settings = written::decode(map);
        let path = path?;
        let label = match &path.target {
            Target::Declared(label) | Target::Live(label) => label.clone(),
            Target::Id(id) => id.to_string(),
        };
        Some(Self {
            path,
            settings: settings?,
            label,
            standing: Standing::Declared,
        })
    }
}

impl JsonSchema for PolicySpec {
    fn schema_name() -> Cow<'static, str> {
        "PolicySpec".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut path = Ref::<Path>::json_schema(generator);
        let says = "The path that the policy hangs on. Paths in it inherit it until they have one of their own.";
        path.insert("description".to_owned(), Json::from(says));
        let mut properties = written::sections(generator);
        properties.insert(PATH.name.to_owned(), path.to_value());
        json_schema!({
            "description": "A device policy of a path. What is left out is not ours: it stays as it is, and a policy that \
                            is new copies it from the one that the path inherits.",
            "type": "object",
            "properties": properties,
            "required": [PATH.name],
        })
    }
}

impl Spec for PolicySpec {
    const FIELDS: &'static [Field] = &FIELDS;

    fn key(&self, links: &Links) -> NaturalKey {
        key(links.identity(&self.path.link()))
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            path,
            settings,
            label: _,
            standing: _,
        } = self;
        fields.reference(PATH, Some(path));
        for setting in &SETTINGS {
            let said = settings.get(setting.name());
            fields.some(setting.field, said.map(|it| setting.value(it)));
        }
    }

    fn access(&self, _: Option<&Self>, seen: &Seen<'_>) -> Access {
        Access {
            governs: Some(seen.who(Sort::Policy, &self.path)),
            ..Access::default()
        }
    }

    fn risks(have: Option<&Self>, want: Option<&Self>) -> Vec<Risk> {
        let weakened = |field, why: &str| Risk {
            sort: RiskSort::PolicyWeakened,
            field,
            why: why.to_owned(),
        };
        match (have, want) {
            (_, None) => {
                let why = "what it protects beyond the policy that the path then inherits ends";
                vec![weakened(None, why)]
            }
            (Some(have), Some(want)) => {
                let settings = SETTINGS.iter().filter_map(|it| {
                    let why = it.weakened(&have.settings, &want.settings)?;
                    Some(weakened(Some(it.name()), why))
                });
                settings.collect()
            }
            (None, Some(_)) => Vec::new(),
        }
    }

    fn remarks(have: Option<&Self>, want: Option<&Self>) -> Vec<String> {
        let of = |path: &Option<String>| match path {
            Some(path) => format!("inherits from {path}"),
            None => "inherits the default policy".to_owned(),
        };
        let remark = match (have.map(|it| &it.standing), want) {
            (Some(Standing::Inherited { from }), Some(_)) => {
                format!(
                    "the path {} so far, from where what is left out is copied",
                    of(from)
                )
            }
            (Some(Standing::Own { beneath }), None) => {
                format!("the path {} from then on", of(beneath))
            }
            (Some(Standing::Own { .. } | Standing::Declared) | None, _)
            | (Some(Standing::Inherited { .. }), None) => return Vec::new(),
        };
        vec![remark]
    }

    fn links(&self) -> Vec<(Field, Link)> {
        vec![(PATH, self.path.link().by_id())]
    }
}

/// A policy is that of its path.
fn key(path: String) -> NaturalKey {
    NaturalKey(vec![("path", path)])
}

#[derive(Serialize)]
struct Sought {
    #[serde(rename = "policyId")]
    policy_id: i64,
}

#[derive(Deserialize)]
struct Found {
    settings: Map<String, Json>,
}

/// What `set_policy` is told. Sections that are left out stay as they are; null takes the path's own policy away.
#[derive(Serialize)]
struct Body<'a> {
    oupath: &'a str,
    settings: Option<Map<String, Json>>,
}

impl Kind for Policy {
    const ID: KindId = POLICY;
    const TABLE: &'static str = "policies";
    const REMOVAL: Removal = Removal::Delete;
    const READ: Evidence = Evidence::Assumed;
    const VERBS: Verbs = Verbs {
        create: Verb::ASSUMED,
        update: Verb::ASSUMED,
        delete: Verb::ASSUMED,
    };
    const ASSUMED: &'static [&'static str] = &[
        "a list of paths says of each which policy holds for it, and whether that is its own",
        "what a section is sent without may be lost, so that a section is sent whole",
    ];
    const KEYED_BY: &'static [KindId] = &[PATH_KIND];
    type Spec = PolicySpec;
    type Client = Client;

    /// The paths that have a policy of their own.
    async fn list(client: &Client) -> Result<Listing<Self>, VendorError> {
        let ous = client.ous(POLICY).await?;
        let is_told = ous.iter().all(|it| it.has_policy.is_some());
        let own = ous.iter().filter(|it| it.has_policy == Some(true));
        let rows = own.map(|Ou { id, path, .. }| Row {
            id: RemoteId(id.to_string()),
            key: key(id.to_string()),
            label: path.clone(),
            spec: None,
            writable: true,
        });
        let why = "SafeConsole does not tell which paths have a policy of their own";
        Ok(Listing {
            rows: rows.collect(),
            incomplete: (!is_told).then(|| why.to_owned()),
        })
    }

    async fn read(client: &Client, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        let ous = client.ous_seen().await?;
        let Some(ou) = ous
            .iter()
            .find(|it| it.id.to_string() == id.0 && it.has_policy == Some(true))
        else {
            return Ok(Live::Gone);
        };
        let outer = ou.path.rsplit_once('/').map(|(outer, _)| outer);
        let beneath = outer.and_then(|it| source(&ous, policy_at(&ous, it)?));
        spec(client, ou, Standing::Own { beneath })
            .await
            .map(Live::Active)
    }

    /// A path gets a copy of the policy that it inherits.
    async fn origin(
        client: &Client,
        want: &PolicySpec,
        links: &Links,
    ) -> Result<Option<PolicySpec>, VendorError> {
        let Some(path) = links.label(&want.path) else {
            return Ok(None);
        };
        let ous = client.ous_seen().await?;
        let Some(ou) = nearest(&ous, &path) else {
            return Ok(None);
        };
        let from = ou.policy_id.and_then(|it| source(&ous, it));
        spec(client, ou, Standing::Inherited { from })
            .await
            .map(Some)
    }

    async fn create(
        client: &Client,
        want: &PolicySpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let path = applying.label(&want.path)?;
        let ous = client.ous_now().await?;
        let ou = ous.iter().find(|it| it.path == path);
        let ou = ou.ok_or_else(|| nowhere(&path))?;
        write(client, ou, want, |_| true, applying.permit).await?;
        Ok(RemoteId(ou.id.to_string()))
    }

    async fn update(
        client: &Client,
        id: &RemoteId,
        update: Update<'_, Self>,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let ous = client.ous_now().await?;
        let ou = ous.iter().find(|it| it.id.to_string() == id.0);
        let ou = ou.ok_or_else(|| nowhere(&update.want.label))?;
        let is_changed = |name| update.changed.contains(&name);
        write(client, ou, update.want, is_changed, applying.permit).await
    }

    async fn delete(
        client: &Client,
        id: &RemoteId,
        applying: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let ous = client.ous_now().await?;
        let is_it = |it: &&Ou| it.id.to_string() == id.0 && it.has_policy != Some(false);
        let Some(ou) = ous.iter().find(is_it) else {
            return Ok(());
        };
        let body = Body {
            oupath: &ou.path,
            settings: None,
        };
        client
            .write(Action::SET_POLICY, &body, applying.permit)
            .await?;
        Ok(())
    }
}

fn nowhere(path: &str) -> VendorError {
    VendorError::refused(format!("there is no path `{path}` at SafeConsole"))
        .help("declare the path, or make it in the console first")
}

/// The path itself, or the nearest that it would lie in.
fn nearest<'o>(ous: &'o [Ou], path: &str) -> Option<&'o Ou> {
    let mut path = path;
    loop {
        if let Some(ou) = ous.iter().find(|it| it.path == path) {
            return Some(ou);
        }
        (path, _) = path.rsplit_once('/')?;
    }
}

/// The policy in force at a path.
fn policy_at(ous: &[Ou], path: &str) -> Option<i64> {
    nearest(ous, path)?.policy_id
}

/// The path whose own policy this is.
fn source(ous: &[Ou], policy: i64) -> Option<String> {
    let is_its = |it: &&Ou| it.has_policy == Some(true) && it.policy_id == Some(policy);
    ous.iter().find(is_its).map(|it| it.path.clone())
}

/// The settings in force at a path, as they are sent.
async fn settings(client: &Client, ou: &Ou) -> Result<Map<String, Json>, VendorError> {
    let Some(policy_id) = ou.policy_id else {
        return Err(VendorError::unreachable(format!(
            "SafeConsole does not tell which policy holds for the path {}",
            ou.path
        )));
    };
    let sought = Sought { policy_id };
    let found = client.read::<Found>(Action::GET_POLICY, &sought).await?;
    let Envelope {
        response: Found { settings },
        ..
    } = found;
    Ok(settings)
}

async fn spec(client: &Client, ou: &Ou, standing: Standing) -> Result<PolicySpec, VendorError> {
    let wire = Json::Object(settings(client, ou).await?);
    let mut settings = Settings::new();
    for setting in &SETTINGS {
        let pointer = format!("/{}", setting.name().replace('.', "/"));
        let Some(json) = wire.pointer(&pointer).filter(|it| !it.is_null()) else {
            continue;
        };
        let said = setting.of_wire(json).ok_or_else(|| {
            VendorError::unreachable(format!(
                "SafeConsole says {} in another form than is looked for",
                setting.name()
            ))
        })?;
        settings.insert(setting.name(), said);
    }
    Ok(PolicySpec {
        path: Ref::new(Target::Id(RemoteId(ou.id.to_string())), None),
        settings,
        label: ou.path.clone(),
        standing,
    })
}

/// Writes some settings of the policy of a path. What else is in their sections is looked up and sent along.
async fn write(
    client: &Client,
    ou: &Ou,
    want: &PolicySpec,
    is_changed: impl Fn(&'static str) -> bool,
    permit: &Permit,
) -> Result<(), VendorError> {
    let live = settings(client, ou).await?;
    let mut sections = Map::new();
    for (name, said) in want.settings.iter().filter(|(name, _)| is_changed(name)) {
        let (section, _) = name.split_once('.').unwrap_or((name, ""));
        if !sections.contains_key(section) {
            let whole = live.get(section).cloned().unwrap_or_else(|| json!({}));
            sections.insert(section.to_owned(), whole);
        }
        put(&mut sections, name, said.to_wire());
    }
    let body = Body {
        oupath: &ou.path,
        settings: Some(sections),
    };
    client.write(Action::SET_POLICY, &body, permit).await?;
    Ok(())
}

/// Puts a value in its place, by a name such as `geofence.ip.mode`.
fn put(map: &mut Map<String, Json>, name: &str, value: Json) {
    match name.split_once('.') {
        None => {
            map.insert(name.to_owned(), value);
        }
        Some((outer, inner)) => {
            let within = map.entry(outer).or_insert_with(|| json!({}));
            if !within.is_object() {
                *within = json!({});
            }
            if let Some(within) = within.as_object_mut() {
                put(within, inner, value);
            }
        }
    }
}
