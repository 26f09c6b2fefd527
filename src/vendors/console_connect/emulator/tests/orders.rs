//! Orders of ports, from the asking to the port.

use serde_json::{Value, json};

use super::super::testing::Asker;

const ORDERS: &str = "/api/company/exampleco/ports/orders";

fn order() -> Value {
    json!({ "dataCenterFacility": "example-dc1", "speed": 1000, "portName": "edge-9",
        "paymentType": "invoice", "durationUnit": "m" })
}

/// The same with one member changed.
fn with(name: &str, value: Value) -> Value {
    let mut body = order();
    body[name] = value;
    body
}

/// Orders a port, and returns the path of the order and its id.
async fn ordered(asker: &Asker) -> (String, String) {
    let (status, made) = asker.put(ORDERS, order()).await;
    assert_eq!((status, &made["status"]), (200, &json!("created")));
    let id = made["id"].as_str().unwrap().to_owned();
    (format!("{ORDERS}/{id}"), id)
}

#[tokio::test]
async fn an_order_waits_for_approval_however_often_it_is_read() {
    let asker = Asker::with("settles_after: 0");
    let (path, _) = ordered(&asker).await;
    for _ in 0..5 {
        let (_, seen) = asker.get(&path).await;
        assert_eq!(
            (&seen["status"], &seen["createdPortId"]),
            (&json!("created"), &Value::Null)
        );
    }
}

#[tokio::test]
async fn an_approved_order_has_a_port_which_is_active_when_it_is_done() {
    let asker = Asker::new();
    let (path, id) = ordered(&asker).await;
    asker
        .command("approve_order", json!({ "order": id }))
        .unwrap();
    let (_, seen) = asker.get(&path).await;
    assert_eq!(seen["status"], "allocated");
    let port = seen["createdPortId"].as_str().unwrap().to_owned();
    let path_of_port = format!("/api/company/exampleco/ports/{port}");
    assert_eq!(asker.get(&path_of_port).await.1["status"], "ACTIVATING");
    for status in ["loa_sent", "activating", "progressing", "done"] {
        asker.command("advance", json!({ "id": id })).unwrap();
        assert_eq!(asker.get(&path).await.1["status"], status);
    }
    let (_, port) = asker.get(&path_of_port).await;
    assert_eq!(
        (&port["status"], &port["name"]),
        (&json!("ACTIVE"), &json!("edge-9"))
    );
    assert!(asker.command("advance", json!({ "id": id })).is_err());
}

#[tokio::test]
async fn an_order_is_done_when_its_port_is_active() {
    let asker = Asker::new();
    let (path, id) = ordered(&asker).await;
    asker
        .command("approve_order", json!({ "order": id }))
        .unwrap();
    let (_, seen) = asker.get(&path).await;
    let port = seen["createdPortId"].clone();
    let path_of_port = format!("/api/company/exampleco/ports/{}", port.as_str().unwrap());
    for status in ["READY", "ACTIVE"] {
        asker.command("advance", json!({ "id": port })).unwrap();
        assert_eq!(asker.get(&path_of_port).await.1["status"], status);
    }
    assert_eq!(asker.get(&path).await.1["status"], "done");
}

#[tokio::test]
async fn each_state_is_seen_as_often_as_the_world_says() {
    let asker = Asker::with("settles_after: 2\napproval: automatic");
    let (path, _) = ordered(&asker).await;
    let mut seen = Vec::new();
    while seen.last().is_none_or(|it| it != "done") {
        let (_, order) = asker.get(&path).await;
        seen.push(order["status"].as_str().unwrap().to_owned());
    }
    let expected = "created created allocated allocated loa_sent loa_sent activating activating progressing progressing done";
    assert_eq!(seen.join(" "), expected);
}

#[tokio::test]
async fn a_refused_order_is_cancelled_and_has_no_port() {
    let asker = Asker::new();
    let (path, id) = ordered(&asker).await;
    let refuse = json!({ "order": id, "message": "no room" });
    asker.command("refuse_order", refuse.clone()).unwrap();
    let (_, seen) = asker.get(&path).await;
    assert_eq!(
        (&seen["status"], &seen["cancelled"], &seen["message"]),
        (&json!("cancelled"), &json!(true), &json!("no room"))
    );
    assert!(asker.command("refuse_order", refuse).is_err());
}

#[tokio::test]
async fn an_order_can_fail_on_its_way() {
    let asker = Asker::new();
    let (path, id) = ordered(&asker).await;
    let fail = json!({ "id": id, "reason": "fibre cut" });
    asker.command("fail", fail).unwrap();
    assert_eq!(asker.get(&path).await.1["status"], "error");
}

#[tokio::test]
async fn the_letter_is_marked_as_sent_once_the_order_is_allocated() {
    let asker = Asker::new();
    let (path, id) = ordered(&asker).await;
    let sent = format!("{path}/loasent");
    assert_eq!(asker.post(&sent, Value::Null).await.0, 409);
    asker
        .command("approve_order", json!({ "order": id }))
        .unwrap();
    let (status, seen) = asker.post(&sent, Value::Null).await;
    assert_eq!((status, &seen["status"]), (200, &json!("loa_sent")));
    assert_eq!(
        asker.post(&format!("{path}/sendloa"), Value::Null).await.0,
        200
    );
    assert_eq!(
        asker.post(&format!("{path}/other"), Value::Null).await.0,
        404
    );
}

#[tokio::test]
async fn a_wrong_order_is_refused_in_the_shape_of_orders() {
    let asker = Asker::new();
    let wrong = [
        with("portName", json!(null)),
        with("speed", json!(null)),
        with("speed", json!(50)),
        with("speed", json!(1234)),
        with("dataCenterFacility", json!("nowhere")),
        with("dataCenterFacility", json!(null)),
        with("paymentType", json!(null)),
        with("paymentType", json!("creditcard")),
        with("paymentType", json!("plan")),
        with("durationUnit", json!("w")),
        with("bundleCrossConnect", json!(true)),
    ];
    for body in wrong {
        let (status, said) = asker.put(ORDERS, body.clone()).await;
        assert_eq!((status, &said["code"]), (400, &json!(400)), "{body}");
        assert!(said["message"].is_string(), "{body}");
    }
}

#[tokio::test]
async fn a_speed_may_be_a_text_and_a_facility_be_named_by_its_id() {
    let asker = Asker::new();
    assert_eq!(asker.put(ORDERS, with("speed", json!("1000"))).await.0, 200);
    let mut body = with("dataCenterFacilityId", json!("64f000000000000000000002"));
    body["dataCenterFacility"] = Value::Null;
    let (_, made) = asker.put(ORDERS, body).await;
    assert_eq!(made["dataCenterFacility"]["username"], "example-dc2");
}

#[tokio::test]
async fn a_plan_pays_for_as_many_ports_as_it_has() {
    let asker = Asker::new();
    // As the samples have it, which the text forbids.
    let mut body = with("paymentType", json!("plan"));
    body["paymentTransactionId"] = json!("64f200000000000000000001");
    let (status, made) = asker.put(ORDERS, body.clone()).await;
    assert_eq!((status, &made["payg"]), (200, &json!(false)));
    body["billingId"] = json!("64f200000000000000000001");
    assert_eq!(asker.put(ORDERS, body).await.0, 400);
}

#[tokio::test]
async fn only_a_verified_company_can_order() {
    let asker = Asker::new();
    let path = "/api/company/newco/ports/orders";
    let (status, said) = asker.put(path, order()).await;
    assert_eq!(status, 400);
    assert!(said["message"].as_str().unwrap().contains("not verified"));
}

#[tokio::test]
async fn an_order_takes_a_network_administrator_and_reading_one_a_viewer() {
    let asker = Asker::new();
    let by =
        async |method: &str, path: &str, body: Value| asker.by("vera", method, path, body).await.0;
    assert_eq!(by("PUT", ORDERS, order()).await, 401);
    let (path, _) = ordered(&asker).await;
    assert_eq!(by("GET", &path, Value::Null).await, 200);
    let (_, list) = asker.get(ORDERS).await;
    assert_eq!(list["results"].as_array().unwrap().len(), 1);
    let other = asker.by("otto", "GET", &path, Value::Null).await;
    assert_eq!(other.0, 401);
}

#[tokio::test]
async fn a_company_counts_its_orders_and_ports() {
    let asker = Asker::with("approval: automatic");
    ordered(&asker).await;
    asker.settle();
    let (_, me) = asker.get("/api/auth/token").await;
    let company = &me["companies"][0];
    assert_eq!(
        (&company["portsPending"], &company["portsActive"]),
        (&json!(0), &json!(3))
    );
}
