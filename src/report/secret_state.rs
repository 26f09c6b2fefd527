//! What the plan's JSON says of a secret, which is never its value.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::field::{SecretField, Value};
use crate::model::fingerprint::{Fingerprint, WorkspaceKey};
use crate::plan::FieldView;

/// What is known of a secret, beside its value.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SecretState {
    /// `differs`, `in_sync`, `cannot_verify`, or `generated` for what is made up when the object is created.
    #[schemars(extend("enum" = ["differs", "in_sync", "cannot_verify", "generated"]))]
    state: &'static str,
    /// The fingerprint of the value that is there, if that is known and the workspace has a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        with = "Option<String>",
        regex(pattern = "^hmac:[0-9a-f]{8}:[0-9a-f]{12}$")
    )]
    before: Option<Fingerprint>,
    /// The fingerprint of the value that should be there, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(
        with = "Option<String>",
        regex(pattern = "^hmac:[0-9a-f]{8}:[0-9a-f]{12}$")
    )]
    after: Option<Fingerprint>,
}

/// What is known of a field, if it is a secret.
pub(super) fn secret_state(field: &FieldView, key: Option<&WorkspaceKey>) -> Option<SecretState> {
    let (before, after) = (field.before.as_ref(), field.after.as_ref());
    let state = match (before, after?) {
        (_, Value::Generated(_)) => "generated",
        (_, Value::Secret(SecretField::Unknown { .. })) => "cannot_verify",
        (Some(Value::Secret(SecretField::Unknown { .. })), Value::Secret(_)) => "cannot_verify",
        (_, Value::Secret(_)) if field.changed => "differs",
        (_, Value::Secret(_)) => "in_sync",
        _ => return None,
    };
    let fingerprint = |value: Option<&Value>| match value {
        Some(Value::Secret(SecretField::Known(value))) => Some(key?.fingerprint(value)),
        Some(_) | None => None,
    };
    Some(SecretState {
        state,
        before: fingerprint(before),
        after: fingerprint(after),
    })
}
