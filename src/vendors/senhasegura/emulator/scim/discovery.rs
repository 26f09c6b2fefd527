//! What the SCIM service says of itself.

use axum::extract::Path;
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::Refusal;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// Tells what the service can do.
pub(crate) async fn config() -> Json<Value> {
    Json(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": 100 },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": false },
        "authenticationSchemes": [
            { "type": "oauthbearertoken", "name": "OAuth Bearer Token", "description": "OAuth 2.0" },
        ],
    }))
}

fn resource_type(name: &str, endpoint: &str, schema: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": name,
        "name": name,
        "endpoint": endpoint,
        "schema": schema,
    })
}

fn resource_types() -> [Value; 2] {
    [
        resource_type("User", "/Users", USER),
        resource_type("Group", "/Groups", GROUP),
    ]
}

/// Lists the types of resources.
pub(crate) async fn types() -> Json<Value> {
    all(&resource_types())
}

/// Shows a type of resources.
pub(crate) async fn one_type(Path(name): Path<String>) -> Result<Response, Refusal> {
    one(&resource_types(), &name)
}

fn schema(urn: &str, name: &str, attributes: &[(&str, &str, Traits)]) -> Value {
    let attributes: Value = attributes
        .iter()
        .map(|(name, kind, traits)| {
            json!({
                "name": name,
                "type": kind,
                "multiValued": *traits == Traits::Many,
                "required": *traits == Traits::Required,
            })
        })
        .collect();
    json!({ "id": urn, "name": name, "attributes": attributes })
}

#[derive(Clone, Copy, PartialEq)]
enum Traits {
    Required,
    Optional,
    Many,
}

fn all_schemas() -> [Value; 2] {
    use Traits::{Many, Optional, Required};
    let user = [
        ("userName", "string", Required),
        ("externalId", "string", Required),
        ("name", "complex", Required),
        ("displayName", "string", Optional),
        ("title", "string", Optional),
        ("active", "boolean", Optional),
        ("password", "string", Optional),
        ("emails", "complex", Many),
        ("phoneNumbers", "complex", Many),
        ("entitlements", "complex", Many),
        ("groups", "complex", Many),
    ];
    let group = [
        ("displayName", "string", Required),
        ("externalId", "string", Optional),
        ("description", "string", Optional),
        ("members", "complex", Many),
    ];
    [schema(USER, "User", &user), schema(GROUP, "Group", &group)]
}

/// Lists the schemas.
pub(crate) async fn schemas() -> Json<Value> {
    all(&all_schemas())
}

/// Shows a schema.
pub(crate) async fn one_schema(Path(urn): Path<String>) -> Result<Response, Refusal> {
    one(&all_schemas(), &urn)
}

fn all(resources: &[Value]) -> Json<Value> {
    Json(json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": resources.len(),
        "startIndex": 1,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    }))
}

fn one(resources: &[Value], id: &str) -> Result<Response, Refusal> {
    let found = resources.iter().find(|resource| resource["id"] == id);
    let found = found.ok_or_else(|| Refusal::not_found(id))?;
    Ok(Json(found).into_response())
}
