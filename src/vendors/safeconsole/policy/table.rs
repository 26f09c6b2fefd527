//! Every setting of a policy, a line each, section by section (vendor page, section 5.5). The sections are the vendor's;
//! names of keys, words and bounds are assumed where no article of the vendor has them.

use super::setting::{Entry, Setting, Weaker, entries, flag, number, text, word};
use crate::model::field::{Field, Form};

/// The path that a policy hangs on. Another path has another policy.
pub(super) const PATH: Field = Field::fixed("path").form(Form::Reference);

pub(super) static SETTINGS: [Setting; 35] = ALL;

/// What a policy has as fields.
pub(super) const FIELDS: [Field; ALL.len() + 1] = {
    let mut fields = [PATH; ALL.len() + 1];
    let mut at = 0;
    while at < ALL.len() {
        fields[at + 1] = ALL[at].field;
        at += 1;
    }
    fields
};

/// The strictest first: only what is listed, then all but what is listed.
const ALLOW_OR_DENY: &[&str] = &["allow", "deny"];

const ALL: [Setting; 35] = [
    number(
        "password_policy.min_length",
        "characters",
        (1, 255),
        Weaker::Less,
        "How long the password of a drive must be at least.",
    ),
    flag(
        "password_policy.upper",
        Weaker::Off,
        "Whether a password needs a capital letter.",
    ),
    flag(
        "password_policy.lower",
        Weaker::Off,
        "Whether a password needs a small letter.",
    ),
    flag(
        "password_policy.digits",
        Weaker::Off,
        "Whether a password needs a digit.",
    ),
    flag(
        "password_policy.special",
        Weaker::Off,
        "Whether a password needs a character that is neither letter nor digit.",
    ),
    number(
        "password_policy.max_age_days",
        "days",
        (0, 3650),
        Weaker::MoreOrNone,
        "After how long a password must be changed; 0 for never.",
    ),
    flag(
        "remote_password_reset.enabled",
        Weaker::On,
        "Whether an admin can help a user who forgot the password, without a loss of data.",
    ),
    flag(
        "inactivity_lock.enabled",
        Weaker::Off,
        "Whether a drive locks itself when it is not used.",
    ),
    number(
        "inactivity_lock.minutes",
        "minutes",
        (1, 1440),
        Weaker::More,
        "After how long without use a drive locks itself.",
    ),
    flag(
        "file_restrictions.enabled",
        Weaker::Off,
        "Whether files are restricted by the extension of their names. What violates it is deleted at once.",
    ),
    word(
        "file_restrictions.mode",
        &["allow", "restrict"],
        "Whether only files with these extensions are allowed, or those are restricted.",
    ),
    entries(
        "file_restrictions.extensions",
        Entry::Extension,
        Weaker::By {
            mode: "file_restrictions.mode",
            opens: false,
        },
        "Extensions of file names, without the dot.",
    ),
    flag(
        "geofence.enabled",
        Weaker::Off,
        "Whether a drive is denied access by where it connects from. Needs a live connection to work.",
    ),
    text(
        "geofence.message",
        None,
        Weaker::Never,
        "What a user outside the permitted area is told.",
    ),
    word(
        "geofence.ip.mode",
        ALLOW_OR_DENY,
        "Whether only these addresses are allowed, or those are denied.",
    ),
    entries(
        "geofence.ip.values",
        Entry::Address,
        Weaker::By {
            mode: "geofence.ip.mode",
            opens: true,
        },
        "Addresses: single, with `*` for octets, or networks in CIDR.",
    ),
    word(
        "geofence.country.mode",
        ALLOW_OR_DENY,
        "Whether only these countries are allowed, or those are denied.",
    ),
    entries(
        "geofence.country.values",
        Entry::Text,
        Weaker::By {
            mode: "geofence.country.mode",
            opens: true,
        },
        "Countries, as the console spells them.",
    ),
    word(
        "geofence.isp.mode",
        ALLOW_OR_DENY,
        "Whether only these providers are allowed, or those are denied.",
    ),
    entries(
        "geofence.isp.values",
        Entry::Text,
        Weaker::By {
            mode: "geofence.isp.mode",
            opens: true,
        },
        "Internet providers, as the console spells them.",
    ),
    flag(
        "trusted_network.enabled",
        Weaker::Off,
        "Whether only some networks are trusted. Off, every live connection is.",
    ),
    entries(
        "trusted_network.ips",
        Entry::Address,
        Weaker::Through,
        "Trusted addresses, as the server sees them: single, with `*` for octets, or networks in CIDR.",
    ),
    entries(
        "trusted_network.countries",
        Entry::Text,
        Weaker::Through,
        "Trusted countries.",
    ),
    entries(
        "trusted_network.isps",
        Entry::Text,
        Weaker::Through,
        "Trusted internet providers.",
    ),
    flag(
        "zonebuilder.enabled",
        Weaker::Off,
        "Whether computers form a trusted zone by certificates, also without a connection.",
    ),
    flag(
        "zonebuilder.own_ca",
        Weaker::Off,
        "Whether the certificates must come from your own authority.",
    ),
    flag(
        "zonebuilder.restrict_to_zone",
        Weaker::Off,
        "Whether drives can be used only on computers of the trusted zone.",
    ),
    flag(
        "zonebuilder.auto_login",
        Weaker::On,
        "Whether drives unlock by themselves inside the trusted zone.",
    ),
    word(
        "write_protection.mode",
        &["always", "outside_zone", "off"],
        "When a drive unlocks only for reading.",
    ),
    word(
        "device_state.require_connection",
        &["always", "after_days", "never"],
        "When unlocking needs a live connection to the server.",
    ),
    flag(
        "publisher.enabled",
        Weaker::Never,
        "Whether files are published to drives inside the trusted zone.",
    ),
    flag(
        "anti_malware.enabled",
        Weaker::Off,
        "Whether drives are scanned for malware.",
    ),
    text(
        "authorized_autorun.command",
        None,
        Weaker::Any,
        "What is run when a drive is unlocked; several commands can be chained.",
    ),
    text(
        "user_defaults.about_text",
        Some(127),
        Weaker::Never,
        "What the device software says of your company.",
    ),
    word(
        "portblocker.access",
        &["blocked", "read_only", "full_access"],
        "What a workstation may do with other USB storage.",
    ),
];
