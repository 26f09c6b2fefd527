//! The JSON Schemas of what people write and of what trueup prints.
//!
//! The types say what they hold, beside the code that reads them; vendors and kinds are found through `VENDORS`, so
//! that a new one appears here by itself. No vendor is named in this module.

mod resource;
mod written;

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value as Json};

use crate::load::workspace::Settings;
use crate::report::drift::DriftJson;
use crate::report::events::EventJson;
use crate::report::json::PlanJson;
use crate::vendors::VENDORS;
use crate::vendors::erased::AnyVendor;
pub(crate) use resource::{resource, table};
use written::Written;

/// What a text looks like into which a variable is put.
pub(crate) const VARIABLE: &str = r"\$\{var\.";
/// A key of YAML that takes the keys of another mapping over.
const MERGE_KEY: &str = "^<<$";

/// The schema of `trueup.yaml`.
pub(crate) fn workspace() -> String {
    print(&written().into_root_schema_for::<Settings>())
}

/// The schema of the files that declare resources.
pub(crate) fn resources() -> String {
    print(&written().into_root_schema_for::<Resources>())
}

/// The schema of what `plan --json` prints.
pub(crate) fn plan() -> String {
    printed::<PlanJson>()
}

/// The schema of what `drift --format json` prints.
pub(crate) fn drift() -> String {
    printed::<DriftJson>()
}

/// The schema of a line of what `--json-stream` prints.
pub(crate) fn events() -> String {
    let mut schema = printing().into_root_schema_for::<EventJson>();
    // The word that tells events apart is nobody's field, so that nobody describes it.
    let events = schema.get_mut("oneOf").and_then(Json::as_array_mut);
    for event in events.into_iter().flatten() {
        let word = &mut event["properties"]["type"];
        word["description"] = Json::from("What happened, in a word.");
    }
    print(&schema)
}

/// The schema of what trueup prints.
fn printed<T: JsonSchema>() -> String {
    print(&printing().into_root_schema_for::<T>())
}

/// Makes schemas of what trueup prints.
fn printing() -> SchemaGenerator {
    let settings = SchemaSettings::draft07().for_serialize();
    let plain = schemars::transform::RecursiveTransform(written::plain);
    settings.with_transform(plain).into_generator()
}

/// Makes schemas of what people write. Draft 7 is the one that editors' YAML extensions know best.
fn written() -> SchemaGenerator {
    let mut settings = SchemaSettings::draft07();
    // Before the transform that wraps references, since this one unwraps some.
    settings.transforms.insert(0, Box::new(Written));
    settings.into_generator()
}

fn print(schema: &Schema) -> String {
    let mut text = serde_json::to_string_pretty(schema).expect("a schema is JSON");
    text.push('\n');
    text
}

/// A file that declares resources.
struct Resources;

impl JsonSchema for Resources {
    fn schema_name() -> Cow<'static, str> {
        "Resources".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let vendors = by_vendor(|vendor| vendor.tables(generator));
        json_schema!({
            "title": "Resources of a trueup workspace",
            "description": "What should be there, by vendor, table and name. All files of a workspace are one state.",
            "type": "object",
            "properties": vendors,
            "patternProperties": {
                "^x-": {
                    "description": "Anything, for anchors to reuse below: `x-common: &common { tags: [office] }`, \
                                    then `<<: *common`.",
                },
            },
            "additionalProperties": false,
        })
    }
}

/// What `trueup.yaml` says of the systems, by vendor.
pub(crate) struct Systems;

impl JsonSchema for Systems {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Systems".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        closed(by_vendor(|vendor| vendor.system_schema(generator)))
    }
}

fn by_vendor(mut schema: impl FnMut(&dyn AnyVendor) -> Schema) -> Map<String, Json> {
    let entry = |vendor: &&dyn AnyVendor| (vendor.name().to_owned(), schema(*vendor).to_value());
    VENDORS.iter().map(entry).collect()
}

/// A mapping with these keys and no others.
pub(crate) fn closed(properties: Map<String, Json>) -> Schema {
    json_schema!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// The properties of a mapping's schema, to add to.
pub(crate) fn properties(schema: &mut Schema) -> &mut Map<String, Json> {
    let properties = schema
        .ensure_object()
        .entry("properties")
        .or_insert_with(|| Json::Object(Map::new()));
    properties
        .as_object_mut()
        .expect("the properties of a schema are a mapping")
}

/// Says what a schema is about.
pub(crate) fn described(mut schema: Schema, description: &str) -> Schema {
    schema.insert("description".to_owned(), Json::from(description));
    schema
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value as Json;

    use super::resources;
    use crate::vendors::VENDORS;

    /// What any resource can say, whatever its kind.
    const COMMON: [&str; 4] = ["was", "id", "state", "lifecycle"];

    #[test]
    fn the_properties_of_a_kind_are_its_fields_and_what_any_resource_can_say() {
        let schema: Json = serde_json::from_str(&resources()).unwrap();
        for vendor in VENDORS {
            for kind in vendor.kinds() {
                let crate::model::kind::Capabilities {
                    id,
                    table,
                    fields,
                    verbs,
                    ..
                } = kind;
                let table = &schema["properties"][vendor.name()]["properties"][table];
                let resource = table["patternProperties"]
                    .as_object()
                    .and_then(|it| it.values().next());
                let described = resource.unwrap()["properties"].as_object().unwrap();
                let described = described
                    .keys()
                    .map(String::as_str)
                    .collect::<BTreeSet<_>>();
                // A field that lies in sections is named by the way to it.
                let keys = fields.iter().map(|field| field.name.split('.').next());
                let fields = keys.flatten().chain(COMMON);
                let expires = verbs.delete.never().is_none().then_some("expires");
                let allow_spend = verbs.may_spend().then_some("allow_spend");
                let fields = fields.chain(expires).chain(allow_spend);
                assert_eq!(described, fields.collect(), "{id}");
            }
        }
    }
}
