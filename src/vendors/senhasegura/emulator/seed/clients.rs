//! Who may ask for tokens: access keys of MySafe, authorizations of A2A and the identity provider of SCIM, each with
//! credentials of its own and with what it is restricted to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::is_default;

/// All clients. Those that carry a family's name are the ones that the emulator tells of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Clients {
    #[serde(skip_serializing_if = "is_default")]
    pub mysafe: AccessKey,
    #[serde(skip_serializing_if = "is_default")]
    pub scim: Provider,
    #[serde(skip_serializing_if = "is_default")]
    pub a2a: Authorization,
    /// More access keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub access_keys: Vec<AccessKey>,
    /// More authorizations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authorizations: Vec<Authorization>,
}

impl Clients {
    /// The access key with an id.
    pub(crate) fn access_key(&self, id: &str) -> Option<&AccessKey> {
        let mut keys = std::iter::once(&self.mysafe).chain(&self.access_keys);
        keys.find(|key| key.id == id)
    }

    /// The authorization with an id.
    pub(crate) fn authorization(&self, id: &str) -> Option<&Authorization> {
        let mut all = std::iter::once(&self.a2a).chain(&self.authorizations);
        all.find(|authorization| authorization.id == id)
    }

    /// The credentials of all clients, as id and secret.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = (&str, &str)> {
        let keys = std::iter::once(&self.mysafe).chain(&self.access_keys);
        let keys = keys.map(|key| (key.id.as_str(), key.secret.as_str()));
        let scim = (self.scim.id.as_str(), self.scim.secret.as_str());
        let authorizations = std::iter::once(&self.a2a).chain(&self.authorizations);
        keys.chain([scim])
            .chain(authorizations.map(|it| (it.id.as_str(), it.secret.as_str())))
    }
}

/// An access key of MySafe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AccessKey {
    pub id: String,
    pub secret: String,
    /// The user who made the key, and as whom it acts; nothing means the world's owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What was chosen for the key; nothing means all that its user can reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<Chosen>,
}

/// Ids of what an access key is restricted to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Chosen {
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub passwords: BTreeSet<u64>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub notes: BTreeSet<u64>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub api_secrets: BTreeSet<u64>,
}

/// An identity provider, which manages users and groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Provider {
    pub id: String,
    pub secret: String,
}

/// An authorization of an application of A2A.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Authorization {
    pub id: String,
    pub secret: String,
    /// Whether its permission for PAM is to read only.
    #[serde(skip_serializing_if = "is_default")]
    pub read_only: bool,
    /// The resources that it opens; nothing means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<BTreeSet<Resource>>,
    /// Ids of the devices that were chosen for it; nothing means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<BTreeSet<u64>>,
    /// Ids of the credentials and SSH keys that were chosen for it; nothing means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<BTreeSet<u64>>,
}

/// A part of A2A that an authorization opens or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Resource {
    /// Devices, credentials and SSH keys.
    PamCore,
    /// Related users.
    Users,
}

/// How long tokens are good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tokens {
    /// By the clock, as `expires_in` tells it.
    #[serde(skip_serializing_if = "is_an_hour")]
    pub seconds: u64,
    /// For so many requests, so that a client meets a token that ended before its time without waiting for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<u64>,
}

// The credentials are for demonstrations: they are published here and protect nothing.

impl Default for AccessKey {
    fn default() -> Self {
        Self {
            id: "mysafe-emulator".to_owned(),
            secret: "emulator-mysafe-secret".to_owned(),
            owner: None,
            only: None,
        }
    }
}

impl Default for Provider {
    fn default() -> Self {
        Self {
            id: "scim-emulator".to_owned(),
            secret: "emulator-scim-secret".to_owned(),
        }
    }
}

impl Default for Authorization {
    fn default() -> Self {
        Self {
            id: "a2a-emulator".to_owned(),
            secret: "emulator-a2a-secret".to_owned(),
            read_only: false,
            resources: None,
            devices: None,
            credentials: None,
        }
    }
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            seconds: AN_HOUR,
            requests: None,
        }
    }
}

const AN_HOUR: u64 = 3600;

fn is_an_hour(seconds: &u64) -> bool {
    *seconds == AN_HOUR
}
