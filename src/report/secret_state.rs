//! What the plan's JSON says of a secret, which is never its value.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::answer::Answer;
use crate::model::field::{SecretField, Value};
use crate::model::fingerprint::{Fingerprint, WorkspaceKey};
use crate::plan::FieldView;

/// What is known of a secret, beside its value.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SecretState {
    /// `in_sync`, `wanted_changed`, `changed_outside`, `cannot_verify`, or `generated` for what is made up when the step
    /// is done.
    #[schemars(extend("enum" = ["in_sync", "wanted_changed", "changed_outside", "cannot_verify", "generated"]))]
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

fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::InSync => "in_sync",
        Answer::Differs | Answer::WantedChanged => "wanted_changed",
        Answer::ChangedOutside => "changed_outside",
        Answer::CannotVerify => "cannot_verify",
    }
}

/// What is known of a field, if it is a secret.
pub(super) fn secret_state(field: &FieldView, key: Option<&WorkspaceKey>) -> Option<SecretState> {
    let (before, after) = (field.before.as_ref(), field.after.as_ref());
    let state = match (before, after?) {
        (_, Value::Generated(_)) => "generated",
        (_, Value::Secret(_)) => word(field.answer),
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
