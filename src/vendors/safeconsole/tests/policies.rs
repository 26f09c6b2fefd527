//! Policies: how they are written, read and sent, and which changes of them weaken.

use serde_json::{Value, json};

use super::{Recorded, create, decode, delete, done, links, ous, spec, update};
use crate::model::address::RemoteId;
use crate::model::kind::{Kind, Live, Spec, side_by_side};
use crate::vendors::safeconsole::policy::{Policy, PolicySpec};

fn policy(settings: Value) -> Value {
    json!({ "success": true, "response": { "policyId": 12, "policyType": "OU", "ou": 12, "settings": settings } })
}

async fn serve(settings: Value) -> Recorded {
    Recorded::of(&[
        ("get_ous", 200, ous()),
        ("get_policy", 200, policy(settings)),
        ("set_policy", 200, done()),
    ])
    .await
}

fn written(settings: &str) -> String {
    format!("{{ path: {{ live: field }}, {settings} }}")
}

/// What is wrong with settings.
fn mistake(settings: &str) -> String {
    let read = decode::<PolicySpec>(&written(settings));
    read.err().unwrap_or_default()
}

#[test]
fn settings_have_their_bounds_words_and_forms() {
    for (settings, told) in [
        ("password_policy: { min_length: 12 }", ""),
        (
            "password_policy: { min_length: 0 }",
            "0 characters is out of range",
        ),
        (
            "password_policy: { max_age_days: 3651 }",
            "3651 days is out of range",
        ),
        (
            "inactivity_lock: { minutes: 1441 }",
            "1441 minutes is out of range",
        ),
        (
            "password_policy: { min_length: many }",
            "expected a whole number from 0 on, without quotes, found `many`",
        ),
        (
            "portblocker: { access: open }",
            "`open` is not one of the words for this: `blocked`, `read_only`, `full_access`",
        ),
        (
            "file_restrictions: { extensions: [.exe] }",
            "`.exe` is not an extension",
        ),
        (
            "file_restrictions: { extensions: [exe, exe] }",
            "the list says this twice",
        ),
        (
            "geofence: { ip: { values: [198.51.100.*, 198.51.100.7, 198.51.0.0/16] } }",
            "",
        ),
        (
            "geofence: { ip: { values: [198.51.100.0/33] } }",
            "`198.51.100.0/33` is not an address",
        ),
        (
            "geofence: { ip: { values: [198.*.100.7] } }",
            "`198.*.100.7` is not an address",
        ),
        (
            "trusted_network: { ips: [office] }",
            "`office` is not an address",
        ),
        (
            "geofence: { country: { values: [\" \"] } }",
            "` ` is not a name",
        ),
        ("geofence: { radius: 5 }", "geofence has no key `radius`"),
        ("geofence: on", "expected geofence (a mapping), found text"),
        ("gps: { on: true }", "it has no key `gps`"),
    ] {
        assert_eq!(mistake(settings), told, "{settings}");
    }
    let long = "a".repeat(128);
    let about = format!("user_defaults: {{ about_text: {long} }}");
    assert_eq!(mistake(&about), "128 characters are out of range");
}

#[tokio::test]
async fn single_settings_differ() {
    let recorded = serve(json!({
        "password_policy": { "min_length": 8, "upper": true },
        "portblocker": { "access": "TIMED" },
        "geofence": { "ip": { "mode": "ALLOW", "values": ["192.0.2.1"] } },
        "unheard": 1,
    }))
    .await;
    let id = RemoteId("12".to_owned());
    let Live::Active(have) = Policy::read(&recorded.client, &id).await.unwrap() else {
        panic!("it has a policy of its own");
    };
    let want = spec::<PolicySpec>(&written(
        "password_policy: { min_length: 12, upper: true }, portblocker: { access: blocked }, \
         geofence: { enabled: true, ip: { mode: allow, values: [192.0.2.1] } }",
    ));
    let links = links();
    let fields = side_by_side(Some(&have), &want, &links).into_iter();
    let fields = fields.filter(|(_, before, after)| before.as_ref() != Some(after));
    let fields =
        fields.map(|(field, before, after)| format!("{}: {before:?}, {after:?}", field.name));
    assert_eq!(
        fields.collect::<Vec<_>>(),
        [
            r#"password_policy.min_length: Some(Number { number: 8, unit: "characters" }), Number { number: 12, unit: "characters" }"#,
            "geofence.enabled: None, Flag(true)",
            r#"portblocker.access: Some(Word("timed")), Word("blocked")"#,
        ]
    );
}

#[tokio::test]
async fn a_path_without_a_policy_of_its_own_has_none_to_read() {
    let recorded = serve(json!({})).await;
    let id = RemoteId("13".to_owned());
    let live = Policy::read(&recorded.client, &id).await.unwrap();
    assert!(matches!(live, Live::Gone));
    let listing = Policy::list(&recorded.client).await.unwrap();
    let ids = listing.rows.iter().map(|it| it.id.0.as_str());
    assert_eq!(ids.collect::<Vec<_>>(), ["12"]);
}

#[tokio::test]
async fn paths_that_do_not_tell_of_policies_make_an_incomplete_list() {
    let bare = json!({ "success": true, "response": [{ "id": 3, "path": "a" }] });
    let recorded = Recorded::of(&[("get_ous", 200, bare)]).await;
    let listing = Policy::list(&recorded.client).await.unwrap();
    assert_eq!(
        listing.incomplete.as_deref(),
        Some("SafeConsole does not tell which paths have a policy of their own")
    );
}

#[tokio::test]
async fn a_setting_of_another_form_is_told_and_not_guessed() {
    let recorded = serve(json!({ "password_policy": { "min_length": "long" } })).await;
    let id = RemoteId("12".to_owned());
    let error = Policy::read(&recorded.client, &id).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "SafeConsole says password_policy.min_length in another form than is looked for"
    );
}

#[tokio::test]
async fn what_changes_is_sent_in_whole_sections() {
    let live = json!({
        "password_policy": { "min_length": 8, "rotate": "weekly" },
        "geofence": { "enabled": true, "ip": { "mode": "DENY", "values": [] } },
        "anti_malware": { "enabled": true },
    });
    let recorded = serve(live).await;
    let want = written(
        "password_policy: { min_length: 12 }, geofence: { ip: { mode: allow } }, anti_malware: { enabled: true }",
    );
    let changed = ["password_policy.min_length", "geofence.ip.mode"];
    update::<Policy>(&recorded, "12", &want, &changed)
        .await
        .unwrap();
    let sent = json!({ "oupath": "field", "settings": {
        "password_policy": { "min_length": 12, "rotate": "weekly" },
        "geofence": { "enabled": true, "ip": { "mode": "ALLOW", "values": [] } },
    } });
    assert_eq!(recorded.told().pop(), Some(("set_policy".to_owned(), sent)));
}

#[tokio::test]
async fn a_new_policy_is_made_of_the_one_that_its_path_inherits() {
    let recorded = serve(json!({ "password_policy": { "min_length": 16, "upper": true } })).await;
    let want = "{ path: { live: field/north }, password_policy: { min_length: 12 } }";
    let id = create::<Policy>(&recorded, want).await.unwrap();
    assert_eq!(id, RemoteId("13".to_owned()));
    let sent = json!({ "oupath": "field/north", "settings": { "password_policy": { "min_length": 12, "upper": true } } });
    assert_eq!(recorded.told().pop(), Some(("set_policy".to_owned(), sent)));

    let want = spec::<PolicySpec>(want);
    let origin = Policy::origin(&recorded.client, &want, &links())
        .await
        .unwrap();
    assert_eq!(
        PolicySpec::remarks(origin.as_ref(), Some(&want)),
        ["the path inherits from field so far, from where what is left out is copied"]
    );
    let risks = PolicySpec::risks(origin.as_ref(), Some(&want));
    let risks = risks.iter().map(|it| (it.sort.code(), it.field));
    assert_eq!(
        risks.collect::<Vec<_>>(),
        [("policy-weakened", Some("password_policy.min_length"))]
    );
}

#[tokio::test]
async fn a_policy_is_taken_from_its_path_and_one_that_is_gone_counts_as_taken() {
    let recorded = serve(json!({})).await;
    delete::<Policy>(&recorded, "12").await.unwrap();
    let taken = json!({ "oupath": "field", "settings": null });
    assert_eq!(
        recorded.told().pop(),
        Some(("set_policy".to_owned(), taken))
    );
    delete::<Policy>(&recorded, "13").await.unwrap();
    delete::<Policy>(&recorded, "99").await.unwrap();
    let sets = recorded
        .told()
        .into_iter()
        .filter(|(it, _)| it == "set_policy");
    assert_eq!(sets.count(), 1);
}

/// The settings that a change weakens, both sides as they are written.
fn weakened(before: &str, after: &str) -> Vec<&'static str> {
    let (have, want) = (spec(&written(before)), spec(&written(after)));
    let risks = PolicySpec::risks(Some(&have), Some(&want)).into_iter();
    risks.filter_map(|it| it.field).collect()
}

#[test]
fn what_takes_protection_away_is_recognised_and_what_adds_some_is_not() {
    for (weak, strong) in [
        (
            "password_policy: { min_length: 8 }",
            "password_policy: { min_length: 9 }",
        ),
        (
            "password_policy: { special: false }",
            "password_policy: { special: true }",
        ),
        (
            "password_policy: { max_age_days: 91 }",
            "password_policy: { max_age_days: 90 }",
        ),
        (
            "password_policy: { max_age_days: 0 }",
            "password_policy: { max_age_days: 90 }",
        ),
        (
            "remote_password_reset: { enabled: true }",
            "remote_password_reset: { enabled: false }",
        ),
        (
            "inactivity_lock: { minutes: 11 }",
            "inactivity_lock: { minutes: 10 }",
        ),
        (
            "file_restrictions: { mode: restrict }",
            "file_restrictions: { mode: allow }",
        ),
        (
            "file_restrictions: { mode: allow, extensions: [pdf, exe] }",
            "file_restrictions: { mode: allow, extensions: [pdf] }",
        ),
        (
            "file_restrictions: { mode: restrict, extensions: [exe] }",
            "file_restrictions: { mode: restrict, extensions: [exe, bat] }",
        ),
        (
            "geofence: { ip: { mode: allow, values: [] } }",
            "geofence: { ip: { mode: allow, values: [192.0.2.1] } }",
        ),
        (
            "geofence: { isp: { mode: deny } }",
            "geofence: { isp: { mode: allow } }",
        ),
        (
            "trusted_network: { countries: [] }",
            "trusted_network: { countries: [Portugal] }",
        ),
        (
            "zonebuilder: { auto_login: true }",
            "zonebuilder: { auto_login: false }",
        ),
        (
            "write_protection: { mode: off }",
            "write_protection: { mode: outside_zone }",
        ),
        (
            "device_state: { require_connection: never }",
            "device_state: { require_connection: always }",
        ),
        (
            "authorized_autorun: { command: run }",
            "authorized_autorun: { command: \"\" }",
        ),
        (
            "portblocker: { access: read_only }",
            "portblocker: { access: blocked }",
        ),
    ] {
        assert_eq!(weakened(strong, weak).len(), 1, "{strong} -> {weak}");
        assert_eq!(weakened(weak, strong), [""; 0], "{weak} -> {strong}");
    }
    let off = "geofence: { enabled: false, ip: { mode: allow } }";
    let on = "geofence: { enabled: true, ip: { mode: deny } }";
    assert_eq!(weakened(off, on), [""; 0], "what is off protects nothing");
    for same in ["geofence: { message: Hi }", "publisher: { enabled: true }"] {
        let other = same.replace("Hi", "Ho").replace("true", "false");
        assert_eq!(weakened(same, &other), [""; 0], "{same}");
    }
}

#[test]
fn taking_a_policy_away_is_a_risk_as_a_whole() {
    let have = spec::<PolicySpec>(&written("password_policy: { min_length: 8 }"));
    let risks = PolicySpec::risks(Some(&have), None);
    let risks = risks.iter().map(|it| (it.sort.code(), it.field));
    assert_eq!(risks.collect::<Vec<_>>(), [("policy-weakened", None)]);
}
