//! The settings of a device policy: all sections, how some of them are replaced, and what they cannot say.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::fence;
use super::section::{
    Autorun, DeviceState, FileRestrictions, Geofence, InactivityLock, Open, PasswordPolicy,
    Portblocker, Switch, TrustedNetwork, UserDefaults, WriteProtection, Zonebuilder,
};

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

/// The longest text that the device software shows, in the 4.1 generation \[32\].
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
    fn what_is_written_of_settings_says_all_of_them() {
        let sections = json!({
            "publisher": { "source": "x" },
            "user_defaults": { "language": "en", "about_text": "" },
            "geofence": { "country": { "values": ["Norway"] } },
        });
        let settings = with(&sections).unwrap();
        let mut written = Vec::new();
        let mut serializer = serde_json::Serializer::new(&mut written);
        super::write_differences(&settings, &mut serializer).unwrap();
        let expected = r#"{"geofence":{"country":{"values":["Norway"]}},"publisher":{"source":"x"},"user_defaults":{"language":"en"}}"#;
        assert_eq!(std::str::from_utf8(&written).unwrap(), expected);
        assert_eq!(
            serde_json::from_slice::<Settings>(&written).unwrap(),
            settings
        );
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
