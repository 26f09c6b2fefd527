//! SCIM users: made, read, patched and deleted. There is no PUT.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use super::super::Senhasegura;
use super::super::seed::User;
use super::super::vault::{Change, Vault};
use super::list::Wanted;
use super::patch::{self, Op, Operation};
use super::{Refusal, id, members, text, values};

/// Lists users, all or those with a name, an id, an external id or an address.
pub(crate) async fn list(
    State(vault): State<Arc<Senhasegura>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let wanted = Wanted::read(&query)?;
    let store = vault.store();
    let users = &store.world().users;
    let rows: Vec<&User> = match &wanted.filter {
        None => users.iter().collect(),
        Some(filter) => {
            let value = filter.value.as_str();
            let having =
                |is: fn(&User, &str) -> bool| users.iter().filter(|u| is(u, value)).collect();
            match filter.attribute.as_str() {
                "userName" => users.named(value).into_iter().collect(),
                "id" => id(value)
                    .ok()
                    .and_then(|id| users.get(id))
                    .into_iter()
                    .collect(),
                "externalId" => having(|user, value| user.external_id == value),
                "emails" | "emails.value" => having(|user, value| {
                    user.email == value || user.other_emails.iter().any(|other| other == value)
                }),
                _ => return Err(filter.refuse()),
            }
        }
    };
    Ok(wanted.page(&rows, show))
}

/// Shows a user.
pub(crate) async fn read(
    State(vault): State<Arc<Senhasegura>>,
    Path(text): Path<String>,
) -> Result<Response, Refusal> {
    let store = vault.store();
    Ok(Json(show(find(store.world(), &text)?)).into_response())
}

/// Makes a user whose name is free. Attributes that are unknown are ignored.
pub(crate) async fn create(
    State(vault): State<Arc<Senhasegura>>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let attributes = patch::plain(members(&body)?);
    let mut store = vault.store();
    let world = store.world();
    let mut user = User {
        id: world.users.next(),
        active: true,
        ..User::default()
    };
    for attribute in &attributes {
        alter_known(&mut user, attribute)?;
    }
    let required = [
        ("userName", &user.user_name),
        ("externalId", &user.external_id),
        ("name.formatted", &user.formatted),
        ("emails.value", &user.email),
    ];
    if let Some((name, _)) = required.iter().find(|(_, value)| value.is_empty()) {
        return Err(missing(name));
    }
    // Assumed: a taken name is 409, as documented for groups.
    if world.users.named(&user.user_name).is_some() {
        return Err(Refusal::taken("userName", &user.user_name));
    }
    let shown = show(&user);
    store.commit(Change::User(user))?;
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

/// Changes a user. Assumed: attributes that are not named stay as they were, though the page calls some required.
pub(crate) async fn patch(
    State(vault): State<Arc<Senhasegura>>,
    Path(text): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body = members(&body)?;
    let mut store = vault.store();
    let world = store.world();
    let mut user = find(world, &text)?.clone();
    if body.contains_key("Operations") {
        for operation in patch::read(&body)? {
            alter(&mut user, &operation)?;
        }
    } else {
        for attribute in &patch::plain(body) {
            alter_known(&mut user, attribute)?;
        }
    }
    let namesake = world.users.named(&user.user_name);
    if namesake.is_some_and(|other| other.id != user.id) {
        return Err(Refusal::taken("userName", &user.user_name));
    }
    let shown = show(&user);
    store.commit(Change::User(user))?;
    Ok(Json(shown).into_response())
}

/// Deletes a user, who also leaves all groups.
pub(crate) async fn delete(
    State(vault): State<Arc<Senhasegura>>,
    Path(text): Path<String>,
) -> Result<StatusCode, Refusal> {
    let mut store = vault.store();
    let id = find(store.world(), &text)?.id;
    store.commit(Change::UserGone(id))?;
    Ok(StatusCode::NO_CONTENT)
}

fn find<'a>(world: &'a Vault, text: &str) -> Result<&'a User, Refusal> {
    let user = world.users.get(id(text)?);
    user.ok_or_else(|| Refusal::not_found(text))
}

fn missing(attribute: &str) -> Refusal {
    Refusal::bad("invalidValue", format!("{attribute} is required"))
}

fn alter_known(user: &mut User, operation: &Operation) -> Result<(), Refusal> {
    match alter(user, operation) {
        Err(refusal) if refusal.scim_type == Some("invalidPath") => Ok(()),
        altered => altered,
    }
}

fn alter(user: &mut User, operation: &Operation) -> Result<(), Refusal> {
    let Operation { op, path, value } = operation;
    let name = path.attribute.as_str();
    // What is removed reads as null, which every attribute takes for empty.
    let none = Value::Null;
    let value = if *op == Op::Remove && path.entry.is_none() {
        &none
    } else {
        value
    };
    match name {
        "userName" => user.user_name = required(name, value)?,
        "externalId" => user.external_id = required(name, value)?,
        "name.formatted" => user.formatted = required(name, value)?,
        "name.givenName" => user.given_name = text(name, value)?,
        "name.familyName" => user.family_name = text(name, value)?,
        "displayName" => user.display_name = text(name, value)?,
        "title" => user.title = text(name, value)?,
        "password" => user.password = Some(text(name, value)?).filter(|text| !text.is_empty()),
        "active" => user.active = active(value)?,
        "name" => {
            let parts = value.as_object().ok_or_else(|| missing("name.formatted"))?;
            for (part, value) in parts {
                let operation = Operation::on(*op, format!("name.{part}"), value.clone());
                alter_known(user, &operation)?;
            }
        }
        "emails" => return emails(user, *op, value),
        // A filtered entry, such as the one of type "work", is the primary one: types are not kept.
        "emails.value" => user.email = required(name, value)?,
        "phoneNumbers" => entries(&mut user.phone_numbers, operation)?,
        "entitlements" => entries(&mut user.roles, operation)?,
        // Assumed: these are access groups, as in the sample of a read. Members of groups are the groups' affair.
        "groups" => entries(&mut user.access_groups, operation)?,
        _ => return Err(path.refuse()),
    }
    Ok(())
}

fn required(attribute: &str, value: &Value) -> Result<String, Refusal> {
    let text = text(attribute, value)?;
    if text.is_empty() {
        return Err(missing(attribute));
    }
    Ok(text)
}

/// Identity providers that the vendor supports send the word instead of the boolean.
fn active(value: &Value) -> Result<bool, Refusal> {
    let word = value.as_str().map(str::to_lowercase);
    match (value.as_bool(), word.as_deref()) {
        (Some(active), _) => Ok(active),
        (None, Some("true")) => Ok(true),
        (None, Some("false")) => Ok(false),
        (None, _) => Err(Refusal::bad("invalidValue", "active must be a boolean")),
    }
}

fn emails(user: &mut User, op: Op, value: &Value) -> Result<(), Refusal> {
    let mut sent = values("emails", value)?;
    if op == Op::Add {
        let kept = std::iter::once(user.email.clone()).chain(user.other_emails.drain(..));
        let kept: Vec<_> = kept
            .filter(|kept| !sent.contains(kept) && !kept.is_empty())
            .collect();
        sent.splice(0..0, kept);
    }
    if sent.is_empty() {
        return Err(missing("emails.value"));
    }
    let is_primary = |entry: &Value| entry.get("primary").and_then(Value::as_bool) == Some(true);
    let primary = value
        .as_array()
        .and_then(|entries| entries.iter().find(|e| is_primary(e)));
    let primary = primary
        .and_then(|entry| entry.get("value"))
        .and_then(Value::as_str);
    let at = sent
        .iter()
        .position(|email| Some(email.as_str()) == primary);
    user.email = sent.remove(at.unwrap_or(0));
    user.other_emails = sent;
    Ok(())
}

fn entries(kept: &mut Vec<String>, operation: &Operation) -> Result<(), Refusal> {
    let Operation { op, path, value } = operation;
    match (op, &path.entry) {
        (Op::Remove, Some(entry)) => kept.retain(|kept| kept != entry),
        (Op::Remove, None) => kept.clear(),
        (Op::Replace, None) => *kept = values(&path.attribute, value)?,
        (Op::Add, None) => {
            for entry in values(&path.attribute, value)? {
                if !kept.contains(&entry) {
                    kept.push(entry);
                }
            }
        }
        (Op::Add | Op::Replace, Some(_)) => return Err(path.refuse()),
    }
    Ok(())
}

fn show(user: &User) -> Value {
    let listed = |values: &[String]| -> Value {
        values
            .iter()
            .map(|value| json!({ "value": value }))
            .collect()
    };
    let email =
        |value: &String| json!({ "value": value, "type": "work", "primary": *value == user.email });
    let emails: Value = std::iter::once(&user.email)
        .filter(|email| !email.is_empty())
        .chain(&user.other_emails)
        .map(email)
        .collect();
    let display_name = if user.display_name.is_empty() {
        &user.formatted
    } else {
        &user.display_name
    };
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": user.id.to_string(),
        "externalId": user.external_id,
        "userName": user.user_name,
        "name": {
            "formatted": user.formatted,
            "familyName": user.family_name,
            "givenName": user.given_name,
        },
        "displayName": display_name,
        "title": user.title,
        "emails": emails,
        "phoneNumbers": listed(&user.phone_numbers),
        "entitlements": listed(&user.roles),
        "groups": listed(&user.access_groups),
        "active": user.active,
    })
}
