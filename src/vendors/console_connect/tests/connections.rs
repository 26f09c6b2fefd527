//! Connections: how they are listed, and what is sent.

use serde_json::{Value, json};

use super::{OTHERS, Recorded, Step, US, decode, spec};
use crate::model::address::RemoteId;
use crate::model::error::{Cause, VendorError};
use crate::model::kind::{Kind, Spec, Update};
use crate::vendors::console_connect::connection::{Connection, ConnectionSpec};

const LIST: &str = "GET /api/company/exampleco/connections";
const V2: &str = "/api/v2/company/exampleco/connections/c1";
const V1: &str = "/api/company/exampleco/connections/c1";

fn id(text: &str) -> RemoteId {
    RemoteId(text.to_owned())
}

fn connection(status: &str, speed: u32) -> Value {
    json!({
        "id": "c1", "name": "hq-to-dc", "type": "LAYER2", "status": status,
        "speed": { "value": speed }, "srcPortId": "p1", "destPortId": "p2",
        "srcCompanyId": US, "destCompanyId": US, "request": null,
    })
}

/// What is said of a connection in a list: what is under way, and its spec.
async fn listed(live: Value) -> Option<(Option<String>, ConnectionSpec)> {
    let recorded = Recorded::of(&[(LIST, 200, json!({ "results": [live] }))]).await;
    let rows = Connection::list(&recorded.client).await.unwrap().rows;
    let spec = rows.into_iter().next()?.spec?;
    Some((spec.under_way(), spec))
}

/// Lists one, and then updates it.
async fn update(
    answers: &[(&str, u16, Value)],
    changed: &[&'static str],
    want: &str,
) -> (Vec<String>, Result<(), VendorError>) {
    let recorded = Recorded::of(answers).await;
    Connection::list(&recorded.client).await.unwrap();
    let (want, step) = (spec::<ConnectionSpec>(want), Step::new());
    let update = Update {
        want: &want,
        changed,
        enable: false,
    };
    let done = Connection::update(&recorded.client, &id("c1"), update, &step.applying()).await;
    (recorded.writes(), done)
}

#[tokio::test]
async fn what_is_going_on_is_told() {
    for (status, wanted) in [
        ("ACTIVE", None),
        ("DISABLED", None),
        ("CREATING", Some("is being switched on by the vendor")),
        ("PENDING", Some("waits for the other side to accept it")),
        ("MANUAL", Some("is being made by the vendor's staff")),
        (
            "ERROR",
            Some("is in error at the vendor: it does not say why"),
        ),
        ("NEW_WORD", Some("has the status `NEW_WORD` at the vendor")),
    ] {
        let (under_way, _) = listed(connection(status, 100)).await.unwrap();
        assert_eq!(under_way.as_deref(), wanted, "{status}");
    }
    for status in ["DELETED", "DELETING", "CANCELLED", "DENIED"] {
        assert!(listed(connection(status, 100)).await.is_none(), "{status}");
    }
}

#[tokio::test]
async fn a_speed_that_we_asked_for_is_the_speed() {
    let mut live = connection("ACTIVE", 100);
    live["request"] =
        json!({ "status": "PENDING", "speed": 300, "srcApproval": true, "destApproval": false });
    let (under_way, spec) = listed(live).await.unwrap();
    assert_eq!(under_way.unwrap(), "is being changed to 300 Mbps");
    assert!(format!("{spec:?}").contains("Speed(300)"), "{spec:?}");
}

#[tokio::test]
async fn a_speed_that_others_ask_for_waits_for_us() {
    let mut live = connection("ACTIVE", 100);
    live["destCompanyId"] = json!(OTHERS);
    live["request"] =
        json!({ "status": "PENDING", "speed": 300, "srcApproval": false, "destApproval": true });
    let (under_way, spec) = listed(live).await.unwrap();
    assert!(
        under_way
            .unwrap()
            .starts_with("waits for us to approve a change to 300 Mbps")
    );
    assert!(format!("{spec:?}").contains("Speed(100)"), "{spec:?}");
}

#[tokio::test]
async fn a_request_of_another_company_is_accepted_where_that_is_declared() {
    let mut live = connection("PENDING", 100);
    live["srcCompanyId"] = json!(OTHERS);
    live["request"] =
        json!({ "status": "PENDING", "speed": 100, "srcApproval": true, "destApproval": false });
    let (under_way, spec) = listed(live.clone()).await.unwrap();
    assert_eq!(
        under_way.unwrap(),
        "was asked for by another company; `approved: true` accepts it"
    );
    assert!(
        format!("{spec:?}").contains("approved: Some(false)"),
        "{spec:?}"
    );
    let approve = format!("PUT {V2}/approve");
    let answers = [
        (LIST, 200, json!({ "results": [live] })),
        (approve.as_str(), 200, Value::Null),
    ];
    let (writes, done) = update(
        &answers,
        &["approved"],
        "{ name: hq-to-dc, approved: true }",
    )
    .await;
    done.unwrap();
    assert_eq!(writes, std::slice::from_ref(&approve));
}

#[tokio::test]
async fn a_speed_is_set_and_waited_for() {
    let (set, read) = (format!("POST {V2}"), format!("GET {V2}"));
    let answers = [
        (LIST, 200, json!({ "results": [connection("ACTIVE", 100)] })),
        (set.as_str(), 200, Value::Null),
        (read.as_str(), 200, connection("ACTIVE", 100)),
        (read.as_str(), 200, connection("ACTIVE", 300)),
    ];
    let (writes, done) = update(&answers, &["speed"], "{ name: hq-to-dc, speed: 300 }").await;
    done.unwrap();
    assert_eq!(writes, [format!(r#"{set} {{"speed":300}}"#)]);
}

#[tokio::test]
async fn another_company_is_asked_before_a_connection_to_it_gets_faster() {
    let mut live = connection("ACTIVE", 100);
    live["destCompanyId"] = json!(OTHERS);
    let (change, set, read) = (
        format!("PUT {V1}/change"),
        format!("POST {V2}"),
        format!("GET {V2}"),
    );
    let answers = [
        (LIST, 200, json!({ "results": [live] })),
        (change.as_str(), 200, Value::Null),
        (set.as_str(), 200, Value::Null),
        (read.as_str(), 200, live.clone()),
    ];
    let (writes, done) = update(&answers, &["speed"], "{ name: hq-to-dc, speed: 300 }").await;
    assert_eq!(done.unwrap_err().cause, Cause::UnderWay);
    assert_eq!(writes, [format!(r#"{change} {{"speed":300}}"#)]);
    let (writes, _) = update(&answers, &["speed"], "{ name: hq-to-dc, speed: 50 }").await;
    assert_eq!(
        writes,
        [format!(r#"{set} {{"speed":50}}"#)],
        "slower at any time"
    );
}

#[tokio::test]
async fn a_connection_is_switched_off_before_it_is_deleted() {
    let (read, disable, delete) = (
        format!("GET {V2}"),
        format!("PUT {V1}/disable"),
        format!("DELETE {V2}"),
    );
    let answers = [
        (read.as_str(), 200, connection("ACTIVE", 100)),
        (read.as_str(), 200, connection("DISABLED", 100)),
        (read.as_str(), 200, connection("DELETING", 100)),
        (read.as_str(), 200, connection("DELETED", 100)),
        (disable.as_str(), 200, Value::Null),
        (delete.as_str(), 200, Value::Null),
    ];
    let recorded = Recorded::of(&answers).await;
    let step = Step::new();
    let done = Connection::delete(&recorded.client, &id("c1"), &step.applying()).await;
    done.unwrap();
    assert_eq!(recorded.writes(), [disable.clone(), delete.clone()]);
}

#[test]
fn only_what_is_more_costs_money() {
    let have = spec::<ConnectionSpec>("{ name: a, speed: 100, enabled: true, approved: true }");
    let spends = |changed: &[&'static str], want: &str| {
        let want = spec::<ConnectionSpec>(want);
        let update = Update {
            want: &want,
            changed,
            enable: false,
        };
        Connection::spends(Some(&have), &update)
    };
    assert!(spends(&["speed"], "{ name: a, speed: 101 }"));
    assert!(spends(&["enabled"], "{ name: a, enabled: true }"));
    assert!(spends(&["approved"], "{ name: a, approved: true }"));
    assert!(!spends(&["speed"], "{ name: a, speed: 99 }"));
    assert!(!spends(&["enabled"], "{ name: a, enabled: false }"));
    assert!(!spends(&["name"], "{ name: b, speed: 999 }"));
}

#[test]
fn a_term_is_a_number_and_a_unit() {
    let term =
        |term: &str| decode::<ConnectionSpec>(&format!("{{ name: a, term: {term} }}")).map(|_| ());
    for sound in ["6d", "3w", "36m", "3y", "1m"] {
        assert_eq!(term(sound), Ok(()), "{sound}");
    }
    for wrong in ["7d", "37m", "0m", "m", "12", "1.5m"] {
        assert_eq!(
            term(wrong),
            Err(format!("bad-term: `{wrong}` is not a term"))
        );
    }
}
