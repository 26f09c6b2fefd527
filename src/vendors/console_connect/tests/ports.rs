//! Ports, their orders and ASNs: how they are listed, and what is sent.

use serde_json::{Value, json};

use super::{Recorded, Step, US, decode, spec};
use crate::model::address::RemoteId;
use crate::model::error::Cause;
use crate::model::kind::{Kind, Live, Spec, Update};
use crate::vendors::console_connect::asn::{Asn, AsnSpec};
use crate::vendors::console_connect::port::{Port, PortSpec};

const PORTS: &str = "GET /api/company/exampleco/ports";
const ORDERS: &str = "GET /api/company/exampleco/ports/orders";
const ORDER: &str = "PUT /api/company/exampleco/ports/orders";
const WANT: &str =
    "{ name: edge-1, data_centre: { live: example-dc1 }, speed: 1000, payment: invoice }";

fn id(text: &str) -> RemoteId {
    RemoteId(text.to_owned())
}

fn port(id: &str, status: &str) -> Value {
    json!({
        "id": id, "name": "edge-1", "status": status, "companyId": US, "dataCenterFacilityId": "f1",
        "speed": { "value": 1000, "name": "1000 Mbps" }, "asn": { "asn": "64500" },
    })
}

fn order(status: &str, port: Option<&str>) -> Value {
    json!({
        "id": "o1", "portName": "edge-1", "status": status, "speed": 1000, "paymentType": "invoice",
        "dataCenterFacilityId": "f1", "createdPortId": port, "cancelled": false,
    })
}

/// The ids of the rows of a list of these, each with what is under way.
async fn rows(ports: Value, orders: Value) -> Vec<String> {
    let answers = [
        (PORTS, 200, json!({ "results": ports })),
        (ORDERS, 200, json!({ "results": orders })),
    ];
    let recorded = Recorded::of(&answers).await;
    let rows = Port::list(&recorded.client).await.unwrap().rows.into_iter();
    let row = |row: crate::model::kind::Row<Port>| {
        let under_way = row.spec.as_ref().and_then(Spec::under_way);
        let lock = if row.writable { "" } else { " (not writable)" };
        let under_way = under_way.map(|it| format!(" {it}")).unwrap_or_default();
        format!("{}{lock}{under_way}", row.id)
    };
    rows.map(row).collect()
}

#[tokio::test]
async fn ports_that_are_there_and_orders_that_are_pending_are_listed() {
    let mut foreign = port("p3", "ACTIVE");
    foreign["companyId"] = json!("64a000000000000000000009");
    let ports = json!([port("p1", "ACTIVE"), port("p2", "DELETED"), foreign]);
    let orders = json!([order("created", None)]);
    let wanted = [
        "p1",
        "o1 (not writable) is ordered, and waits for the vendor's approval",
    ];
    assert_eq!(rows(ports, orders).await, wanted);
}

#[tokio::test]
async fn an_order_is_not_listed_beside_its_port_nor_once_nothing_comes_of_it() {
    let made = json!([order("activating", Some("p1"))]);
    let wanted = ["p1 is being switched on by the vendor"];
    assert_eq!(rows(json!([port("p1", "ACTIVATING")]), made).await, wanted);
    for void in [order("cancelled", None), order("done", Some("gone"))] {
        assert!(rows(json!([]), json!([void])).await.is_empty());
    }
}

#[tokio::test]
async fn an_order_that_failed_stays_so_that_no_second_is_made() {
    let mut failed = order("error", None);
    failed["message"] = json!("no room");
    let wanted = "o1 (not writable) is ordered, and the vendor could not make it (no room): ask its Support; it is not \
                  ordered again";
    assert_eq!(rows(json!([]), json!([failed])).await, [wanted]);
}

#[tokio::test]
async fn an_asn_of_a_port_comes_in_several_forms() {
    for (asn, wanted) in [
        (json!({ "asn": "64500" }), "64500"),
        (json!("64500"), "64500"),
        (json!({ "asn": 64500 }), "64500"),
        (Value::Null, "None"),
    ] {
        let mut live = port("p1", "ACTIVE");
        live["asn"] = asn.clone();
        let answers = [("GET /api/company/exampleco/ports/p1", 200, live)];
        let recorded = Recorded::of(&answers).await;
        let read = Port::read(&recorded.client, &id("p1")).await.unwrap();
        let Live::Active(spec) = read else {
            panic!("{asn}");
        };
        assert!(format!("{spec:?}").contains(wanted), "{asn}: {spec:?}");
    }
}

#[tokio::test]
async fn the_id_of_an_order_leads_to_the_port_that_came_of_it() {
    let path = "GET /api/company/exampleco/ports/orders/o1";
    let made = [
        (path, 200, order("done", Some("p1"))),
        (
            "GET /api/company/exampleco/ports/p1",
            200,
            port("p1", "DISABLED"),
        ),
    ];
    let recorded = Recorded::of(&made).await;
    let live = Port::read(&recorded.client, &id("o1")).await.unwrap();
    assert!(matches!(live, Live::Active(spec) if spec.under_way().is_none()));

    let recorded = Recorded::of(&[(path, 200, order("created", None))]).await;
    let live = Port::read(&recorded.client, &id("o1")).await.unwrap();
    assert!(matches!(live, Live::Active(spec) if spec.under_way().is_some()));

    for void in [order("cancelled", None), order("done", Some("p1"))] {
        let recorded = Recorded::of(&[(path, 200, void)]).await;
        let live = Port::read(&recorded.client, &id("o1")).await.unwrap();
        assert!(matches!(live, Live::Gone));
    }
}

#[tokio::test]
async fn an_order_is_followed_until_the_port_is_there() {
    let read = "GET /api/company/exampleco/ports/orders/o1";
    let answers = [
        (ORDER, 200, order("created", None)),
        (read, 200, order("allocated", None)),
        (read, 200, order("done", Some("p1"))),
    ];
    let recorded = Recorded::of(&answers).await;
    let step = Step::new();
    let made = Port::create(&recorded.client, &spec(WANT), &step.applying()).await;
    assert_eq!(made.unwrap(), id("p1"));
    let body = r#"{"portName":"edge-1","speed":1000,"paymentType":"invoice","dataCenterFacility":"example-dc1"}"#;
    assert_eq!(recorded.writes(), [format!("{ORDER} {body}")]);
}

#[tokio::test]
async fn an_order_that_takes_its_time_is_under_way() {
    let read = "GET /api/company/exampleco/ports/orders/o1";
    let answers = [
        (ORDER, 200, order("created", None)),
        (read, 200, order("created", None)),
    ];
    let recorded = Recorded::of(&answers).await;
    let step = Step::new();
    let made = Port::create(&recorded.client, &spec(WANT), &step.applying()).await;
    let error = made.unwrap_err();
    assert_eq!(error.cause, Cause::UnderWay);
    assert_eq!(
        error.message,
        "is ordered, and waits for the vendor's approval"
    );
}

#[tokio::test]
async fn an_order_that_fails_and_one_that_is_lost_sight_of_are_told_apart() {
    let read = "GET /api/company/exampleco/ports/orders/o1";
    for (status, body, cause) in [
        (200, order("error", None), Cause::Partial),
        (200, order("cancelled", None), Cause::Partial),
        (503, json!({}), Cause::Begun),
    ] {
        let answers = [(ORDER, 200, order("created", None)), (read, status, body)];
        let recorded = Recorded::of(&answers).await;
        let step = Step::new();
        let made = Port::create(&recorded.client, &spec(WANT), &step.applying()).await;
        assert_eq!(made.unwrap_err().cause, cause);
    }
}

#[tokio::test]
async fn a_port_is_switched_off_before_it_is_deleted() {
    let path = "/api/company/exampleco/ports/p1";
    let (read, disable, delete) = (
        format!("GET {path}"),
        format!("POST {path}/disable"),
        format!("DELETE {path}"),
    );
    let answers = [
        (read.as_str(), 200, port("p1", "ACTIVE")),
        (read.as_str(), 200, port("p1", "DISABLING")),
        (read.as_str(), 200, port("p1", "DISABLED")),
        (read.as_str(), 200, port("p1", "DELETED")),
        (disable.as_str(), 200, Value::Null),
        (delete.as_str(), 200, Value::Null),
    ];
    let recorded = Recorded::of(&answers).await;
    let step = Step::new();
    let done = Port::delete(&recorded.client, &id("p1"), &step.applying()).await;
    done.unwrap();
    assert_eq!(recorded.writes(), [disable.clone(), delete.clone()]);
}

#[tokio::test]
async fn switching_that_takes_its_time_is_under_way() {
    let path = "/api/company/exampleco/ports/p1";
    let (read, active) = (format!("GET {path}"), format!("POST {path}/active"));
    let answers = [
        (read.as_str(), 200, port("p1", "READY")),
        (active.as_str(), 200, Value::Null),
    ];
    let recorded = Recorded::of(&answers).await;
    let (want, step) = (
        spec::<PortSpec>(&WANT.replace("}, speed", "}, enabled: true, speed")),
        Step::new(),
    );
    let update = Update {
        want: &want,
        changed: &["enabled"],
        enable: false,
    };
    assert!(Port::spends(None, &update));
    let done = Port::update(&recorded.client, &id("p1"), update, &step.applying()).await;
    let error = done.unwrap_err();
    assert_eq!(
        (error.cause, error.message.as_str()),
        (Cause::UnderWay, "waits for its physical link")
    );
}

#[tokio::test]
async fn an_asn_in_use_says_what_to_do() {
    let path = "DELETE /api/company/exampleco/asns/64500";
    let in_use = json!({ "error": { "message": "in use", "status": 403 } });
    let recorded = Recorded::of(&[(path, 403, in_use)]).await;
    let step = Step::new();
    let done = Asn::delete(&recorded.client, &id("64500"), &step.applying()).await;
    let error = done.unwrap_err();
    assert_eq!(error.cause, Cause::Refused);
    assert!(
        error
            .help
            .unwrap()
            .contains("give the port another one first")
    );
}

#[test]
fn what_cannot_be_ordered_is_known_beforehand() {
    let lacks = |text: &str| {
        let lacks = spec::<PortSpec>(text).lacks().into_iter();
        lacks.map(|it| it.name).collect::<Vec<_>>().join(" ")
    };
    let begin = "name: a, data_centre: { live: b }";
    assert_eq!(lacks(&format!("{{ {begin} }}")), "speed payment");
    assert_eq!(
        lacks(&format!("{{ {begin}, speed: 1000, payment: plan }}")),
        "subscription"
    );
    assert_eq!(
        lacks(&format!("{{ {begin}, speed: 1000, payment: invoice }}")),
        ""
    );
    let error = decode::<PortSpec>(&format!("{{ {begin}, speed: 0 }}")).unwrap_err();
    assert_eq!(error, "bad-speed: a speed is at least 1 Mbps");
    let error = decode::<AsnSpec>("{ number: 65518 }").unwrap_err();
    assert_eq!(error, "bad-asn: Console Connect takes no 65518 for an ASN");
}
