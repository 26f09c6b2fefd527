//! The sections of a device policy. Assumed: every key, for no public page shows a policy on the wire, and every default
//! but that of remote password resets [32] and of empty lists, which forbid nothing [15][19].

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::fence;

/// Every section of a policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub file_restrictions: FileRestrictions,
    pub geofence: Geofence,
    pub trusted_network: TrustedNetwork,
    pub zonebuilder: Zonebuilder,
    pub write_protection: WriteProtection,
    pub device_state: DeviceState,
    pub publisher: Open,
    pub anti_malware: Open,
    pub remote_password_reset: Switch,
    pub password_policy: PasswordPolicy,
    pub inactivity_lock: InactivityLock,
    pub authorized_autorun: Autorun,
    pub user_defaults: UserDefaults,
    pub portblocker: Portblocker,
}

/// A section that can be on or off and no more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Switch {
    pub enabled: bool,
}

/// Which types of files may be on a drive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FileRestrictions {
    pub enabled: bool,
    /// Without dots.
    pub extensions: Vec<String>,
    pub mode: FileMode,
}

/// What the list of extensions means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum FileMode {
    #[default]
    Restrict,
    Allow,
}

/// Where a drive may be unlocked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Geofence {
    pub enabled: bool,
    pub message: String,
    pub ip: AllowedFirst,
    pub country: DeniedFirst,
    pub isp: DeniedFirst,
}

/// A list that allows only what it names, unless it says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AllowedFirst {
    pub mode: FenceMode,
    pub values: Vec<String>,
}

/// A list that denies what it names, unless it says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DeniedFirst {
    pub mode: FenceMode,
    pub values: Vec<String>,
}

/// What a list of places means. Nothing in the list means no restriction, in either mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum FenceMode {
    Allow,
    Deny,
}

/// From where a connection is trusted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TrustedNetwork {
    pub enabled: bool,
    pub ips: Vec<String>,
    pub countries: Vec<String>,
    pub isps: Vec<String>,
}

/// The trusted zone of computers with certificates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Zonebuilder {
    pub enabled: bool,
    pub own_ca: bool,
    pub restrict_to_zone: bool,
    pub auto_login: bool,
}

/// When a drive can only be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WriteProtection {
    pub mode: WriteMode,
}

/// When writing is forbidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum WriteMode {
    #[default]
    Off,
    OutsideZone,
    Always,
}

/// Whether unlocking needs the server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DeviceState {
    pub require_connection: Connection,
}

/// When unlocking needs the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Connection {
    Always,
    AfterDays,
    #[default]
    Never,
}

/// A section of which only the switch is known. Assumed: its other keys are kept as they are sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Open(Map<String, Value>);

impl Default for Open {
    fn default() -> Self {
        Self(Map::from_iter([("enabled".to_owned(), json!(false))]))
    }
}

/// The rules of a drive's password. Numbers of 0 mean no limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PasswordPolicy {
    pub min_length: u32,
    pub upper: bool,
    pub lower: bool,
    pub digits: bool,
    pub special: bool,
    pub max_age_days: u32,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            min_length: 8,
            upper: false,
            lower: false,
            digits: false,
            special: false,
            max_age_days: 0,
        }
    }
}

/// When an unlocked drive that nobody uses is locked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct InactivityLock {
    pub enabled: bool,
    pub minutes: u32,
}

impl Default for InactivityLock {
    fn default() -> Self {
        Self {
            enabled: false,
            minutes: 30,
        }
    }
}

/// What runs on unlocking.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Autorun {
    pub command: String,
}

/// The first preferences of the device software. Assumed: beside the text, whatever is sent is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct UserDefaults(Map<String, Value>);

impl Default for UserDefaults {
    fn default() -> Self {
        Self(Map::from_iter([("about_text".to_owned(), json!(""))]))
    }
}

/// What a workstation may do with other storage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Portblocker {
    pub access: Access,
}

/// What may be done with storage that is not managed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Access {
    #[default]
    Blocked,
    ReadOnly,
    FullAccess,
}

impl Default for AllowedFirst {
    fn default() -> Self {
        Self {
            mode: FenceMode::Allow,
            values: Vec::new(),
        }
    }
}

impl Default for DeniedFirst {
    fn default() -> Self {
        Self {
            mode: FenceMode::Deny,
            values: Vec::new(),
        }
    }
}

/// The longest text that the device software shows, in the 4.1 generation [32].
const LONGEST_ABOUT: usize = 127;

impl Settings {
    /// Every section with every key.
    pub(crate) fn show(&self) -> Value {
        serde_json::to_value(self).expect("settings are made of texts, numbers, lists and maps")
    }

    /// Puts sections in the place of these; those that are not sent stay. Assumed: of a section that is sent, keys
    /// that are left out take their defaults. The error names the section.
    pub(crate) fn with(&self, sections: &Map<String, Value>) -> Result<Self, String> {
        let mut whole = self.show();
        for (name, section) in sections {
            let alone = Map::from_iter([(name.clone(), section.clone())]);
            Self::deserialize(Value::Object(alone))
                .map_err(|error| format!("settings.{name}: {error}"))?;
            whole[name] = section.clone();
        }
        let settings = Self::deserialize(whole).map_err(|error| format!("settings: {error}"))?;
        settings.check()?;
        Ok(settings)
    }

    /// Says what is wrong with values that are of the right type.
    pub(crate) fn check(&self) -> Result<(), String> {
        let mut extensions = self.file_restrictions.extensions.iter();
        if let Some(wrong) = extensions.find(|it| it.is_empty() || it.contains(['.', ',', ' '])) {
            return Err(format!(
                "settings.file_restrictions.extensions: `{wrong}` is not an extension without a dot"
            ));
        }
        let ips = [
            ("geofence.ip.values", &self.geofence.ip.values),
            ("trusted_network.ips", &self.trusted_network.ips),
        ];
        for (key, values) in ips {
            if let Some(wrong) = values.iter().find(|value| !fence::is_pattern(value)) {
                return Err(format!(
                    "settings.{key}: `{wrong}` is neither an address nor a range of addresses"
                ));
            }
        }
        for (section, Open(keys)) in [
            ("publisher", &self.publisher),
            ("anti_malware", &self.anti_malware),
        ] {
            if keys.get("enabled").is_some_and(|value| !value.is_boolean()) {
                return Err(format!("settings.{section}.enabled must be a boolean"));
            }
        }
        if let Some(about) = self.user_defaults.0.get("about_text") {
            let about = about
                .as_str()
                .ok_or("settings.user_defaults.about_text must be a string")?;
            if about.chars().count() > LONGEST_ABOUT {
                return Err(format!(
                    "settings.user_defaults.about_text is longer than {LONGEST_ABOUT} characters"
                ));
            }
        }
        let minutes = self.inactivity_lock.minutes;
        if self.inactivity_lock.enabled && minutes == 0 {
            return Err("settings.inactivity_lock.minutes must be at least 1".to_owned());
        }
        Ok(())
    }
}

/// Writes of settings only what differs from the defaults.
pub(crate) fn write_differences<S: Serializer>(
    settings: &Settings,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut value = settings.show();
    prune(&mut value, &Settings::default().show());
    value.serialize(serializer)
}

fn prune(value: &mut Value, default: &Value) {
    let (Value::Object(members), Value::Object(defaults)) = (value, default) else {
        return;
    };
    members.retain(|name, member| {
        let Some(default) = defaults.get(name) else {
            return true;
        };
        let is_same = member == default;
        prune(member, default);
        !is_same
    });
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Settings;

    fn with(sections: &Value) -> Result<Settings, String> {
        Settings::default().with(sections.as_object().unwrap())
    }

    #[test]
    fn sections_that_are_not_sent_stay_and_sent_ones_are_replaced_as_a_whole() {
        let sections = json!({
            "password_policy": { "min_length": 12, "upper": true },
            "write_protection": { "mode": "ALWAYS" },
        });
        let first = with(&sections).unwrap();
        let second = json!({ "password_policy": { "digits": true } });
        let settings = first.with(second.as_object().unwrap()).unwrap().show();
        assert_eq!(settings["write_protection"]["mode"], "ALWAYS");
        assert_eq!(settings["password_policy"]["min_length"], 8);
        assert_eq!(settings["password_policy"]["upper"], false);
        assert_eq!(settings["password_policy"]["digits"], true);
    }

    #[test]
    fn every_section_is_shown_with_its_defaults() {
        let shown = Settings::default().show();
        assert_eq!(shown.as_object().unwrap().len(), 14);
        assert_eq!(
            shown["geofence"]["ip"],
            json!({ "mode": "ALLOW", "values": [] })
        );
        assert_eq!(
            shown["geofence"]["isp"],
            json!({ "mode": "DENY", "values": [] })
        );
        assert_eq!(shown["portblocker"], json!({ "access": "BLOCKED" }));
        assert_eq!(
            shown["inactivity_lock"],
            json!({ "enabled": false, "minutes": 30 })
        );
        assert_eq!(shown["remote_password_reset"], json!({ "enabled": false }));
    }

    #[test]
    fn what_is_wrong_with_a_section_is_told_by_its_name() {
        let cases = [
            (json!({ "geo_fence": {} }), "geo_fence"),
            (
                json!({ "geofence": { "on": true } }),
                "settings.geofence: unknown field `on`",
            ),
            (json!({ "geofence": null }), "settings.geofence"),
            (
                json!({ "geofence": { "ip": { "mode": "BLOCK" } } }),
                "`BLOCK`",
            ),
            (
                json!({ "geofence": { "ip": { "values": ["10.0.0"] } } }),
                "`10.0.0`",
            ),
            (
                json!({ "trusted_network": { "ips": ["x"] } }),
                "trusted_network.ips",
            ),
            (
                json!({ "password_policy": { "min_length": -1 } }),
                "password_policy",
            ),
            (
                json!({ "file_restrictions": { "extensions": [".exe"] } }),
                "`.exe`",
            ),
            (
                json!({ "inactivity_lock": { "enabled": true, "minutes": 0 } }),
                "minutes",
            ),
            (
                json!({ "user_defaults": { "about_text": "x".repeat(128) } }),
                "127",
            ),
            (
                json!({ "publisher": { "enabled": "yes" } }),
                "publisher.enabled",
            ),
            (json!({ "anti_malware": [] }), "anti_malware"),
        ];
        for (sections, named) in cases {
            let said = with(&sections).err().unwrap_or_default();
            assert!(said.contains(named), "{sections}: {said}");
        }
    }
}
