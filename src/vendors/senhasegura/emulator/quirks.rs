//! Where the vendor's own sources contradict each other, a world says which of them is right. Without a word it is
//! what most samples show, and each switch here turns to what the other source says.

use serde::{Deserialize, Serialize};

/// What differs between the sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Quirks {
    /// Envelopes lack `code` and errors lack `exception`, as in older samples.
    #[serde(skip_serializing_if = "is_off")]
    pub bare_envelope: bool,
    /// Payloads of passwords and notes have the names that the prose gives them, such as `passwords_on_list`.
    #[serde(skip_serializing_if = "is_off")]
    pub plural_payloads: bool,
    /// Updates are also taken by POST, and paths without the slash before the identifier.
    #[serde(skip_serializing_if = "is_off")]
    pub loose_paths: bool,
    /// Replies to the writing of a password say `notes` like everything else, instead of `note`.
    #[serde(skip_serializing_if = "is_off")]
    pub notes_in_replies: bool,
    /// Reads of notes and API secrets name users by `username`, as the prose does, instead of `name`.
    #[serde(skip_serializing_if = "is_off")]
    pub usernames_in_reads: bool,
    /// A password that is disabled or not shared answers reads and updates with 1005, as one that never was.
    #[serde(skip_serializing_if = "is_off")]
    pub only_not_found: bool,
    /// An API secret needs a `client_secret`, as in release 3.32.
    #[serde(skip_serializing_if = "is_off")]
    pub client_secret_required: bool,
    /// The update of an API secret is answered like a creation.
    #[serde(skip_serializing_if = "is_off")]
    pub api_secret_update_registers: bool,
    /// The creation of a device is answered like a read.
    #[serde(skip_serializing_if = "is_off")]
    pub device_create_reads: bool,
    /// Replies to the writing of a credential call the identifier `tag`, as before release 3.33.
    #[serde(skip_serializing_if = "is_off")]
    pub credential_tag: bool,
    /// Reads of SSH keys show tags as they were sent, instead of as an array.
    #[serde(skip_serializing_if = "is_off")]
    pub key_tags_as_text: bool,
    /// The update of a related user is 201 in the line of the answer, and 200 in its body.
    #[serde(skip_serializing_if = "is_off")]
    pub related_update_created: bool,
    /// The change of a SCIM group's members is 204 without a body.
    #[serde(skip_serializing_if = "is_off")]
    pub group_patch_empty: bool,
    /// A client that is refused a token is told so in the envelope.
    #[serde(skip_serializing_if = "is_off")]
    pub token_refusal_in_envelope: bool,
    /// The gateway answers a missing, unknown or expired token with 401 instead of 404.
    #[serde(skip_serializing_if = "is_off")]
    pub no_token_401: bool,
    /// A resource that an authorization does not open is 403 instead of 500.
    #[serde(skip_serializing_if = "is_off")]
    pub closed_resource_403: bool,
    /// What the gateway says in place of MySafe and PAM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<Gateway>,
}

/// How the gateway fails, in words of its own and outside the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Gateway {
    /// What stands behind it is slow or broken.
    BadUpstream,
    /// What stands behind it does not answer in time.
    SlowUpstream,
    /// The request took too long, in the words of the pages of PAM.
    TimedOut,
}

fn is_off(switch: &bool) -> bool {
    !*switch
}
