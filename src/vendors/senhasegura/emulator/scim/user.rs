//! SCIM users: what may be sent of them, and how they are shown.

use serde_json::{Map, Value, json};

use super::super::seed::User;
use super::super::table::Table;
use super::super::vault::{Change, Vault};
use super::patch::{self, Op, Operation};
use super::resource::Resource;
use super::{Refusal, text, values};

impl Resource for User {
    const NAME: &'static str = "userName";

    fn table(world: &Vault) -> &Table<Self> {
        &world.users
    }

    fn has(&self, attribute: &str, value: &str) -> Option<bool> {
        match attribute {
            "externalId" => Some(self.external_id == value),
            "emails" | "emails.value" => {
                let mut emails = std::iter::once(&self.email).chain(&self.other_emails);
                Some(emails.any(|email| email == value))
            }
            _ => None,
        }
    }

    /// Attributes that are unknown are ignored.
    fn create(_: &Vault, id: u64, sent: Map<String, Value>) -> Result<Self, Refusal> {
        let mut user = Self {
            id,
            active: true,
            ..Self::default()
        };
        for attribute in &patch::plain(sent) {
            alter_known(&mut user, attribute)?;
        }
        let required = [
            ("userName", &user.user_name),
            ("externalId", &user.external_id),
            ("name.formatted", &user.formatted),
            ("emails.value", &user.email),
        ];
        match required.iter().find(|(_, value)| value.is_empty()) {
            Some((name, _)) => Err(missing(name)),
            None => Ok(user),
        }
    }

    /// Assumed: attributes that are not named stay as they were, though the page calls some required.
    fn patch(&mut self, _: &Vault, sent: Map<String, Value>) -> Result<(), Refusal> {
        if sent.contains_key("Operations") {
            let operations = patch::read(&sent)?;
            operations.iter().try_for_each(|it| alter(self, it))
        } else {
            let attributes = patch::plain(sent);
            attributes.iter().try_for_each(|it| alter_known(self, it))
        }
    }

    fn show(&self) -> Value {
        show(self)
    }

    fn change(self) -> Change {
        Change::User(self)
    }

    fn gone(id: u64) -> Change {
        Change::UserGone(id)
    }
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
