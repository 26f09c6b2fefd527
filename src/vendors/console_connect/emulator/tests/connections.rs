//! Connections within one company.

use serde_json::{Value, json};

use super::super::testing::{Asker, port};

const CREATE: &str = "/api/v2/company/exampleco/connections/layer2";
const ALL: &str = "/api/v2/company/exampleco/connections";

fn wanted() -> Value {
    json!({ "type": "LAYER2", "name": "hq-to-dc", "portId": port(1), "destPortId": port(2),
        "speed": 100, "paymentType": "invoice", "duration": 1, "durationUnit": "m" })
}

/// The same with one member changed.
fn with(name: &str, value: Value) -> Value {
    let mut body = wanted();
    body[name] = value;
    body
}

/// Makes a connection and waits until it is up; returns its path.
async fn made(asker: &Asker) -> String {
    let (status, made) = asker.put(CREATE, wanted()).await;
    assert_eq!((status, &made["status"]), (200, &json!("CREATING")));
    asker.settle();
    format!("{ALL}/{}", made["id"].as_str().unwrap())
}

/// The path of an action, which is below the older prefix.
fn action(path: &str, name: &str) -> String {
    format!("{}/{name}", path.replace("/api/v2/", "/api/"))
}

#[tokio::test]
async fn a_connection_is_made_without_anybody_s_leave() {
    let asker = Asker::new();
    let path = made(&asker).await;
    let (_, seen) = asker.get(&path).await;
    assert_eq!(
        (&seen["status"], &seen["classOfService"], &seen["request"]),
        (&json!("ACTIVE"), &json!("BRONZE"), &Value::Null)
    );
    // Embedded ports show their speed as a number.
    assert_eq!(seen["port"]["speed"], 1000);
    assert_eq!(
        (&seen["isCreator"], &seen["isReceiver"]),
        (&json!(true), &json!(true))
    );
}

#[tokio::test]
async fn a_connection_takes_bandwidth_of_both_ports() {
    let asker = Asker::new();
    made(&asker).await;
    for number in [1, 2] {
        let path = format!("/api/company/exampleco/ports/{}", port(number));
        let (_, seen) = asker.get(&path).await;
        assert_eq!(seen["capacity"]["remaining"], 900);
        assert_eq!(seen["connections"][0]["name"], "hq-to-dc");
    }
    let (status, said) = asker.put(CREATE, with("speed", json!(901))).await;
    assert_eq!((status, &said["error"]["status"]), (400, &json!(400)));
    assert_eq!(asker.put(CREATE, with("speed", json!(900))).await.0, 200);
}

#[tokio::test]
async fn a_wrong_request_is_refused() {
    let asker = Asker::new();
    let wrong = [
        with("type", json!("CLOUD")),
        with("name", json!(null)),
        with("speed", json!(0)),
        with("portId", json!(null)),
        with("portId", json!(port(9))),
        with("destPortId", json!(null)),
        with("destPortId", json!(port(1))),
        with("destPortId", json!(port(3))),
        with("destCompany", json!("nowhere")),
        with("classOfService", json!("PLATINUM")),
        with("paymentType", json!("creditcard")),
        with("duration", json!(null)),
        with("duration", json!(37)),
        with("durationUnit", json!("q")),
    ];
    for body in wrong {
        let (status, said) = asker.put(CREATE, body.clone()).await;
        assert_eq!(
            (status, &said["error"]["statusCode"]),
            (400, &json!(400)),
            "{body}"
        );
    }
    assert_eq!(
        asker.put(CREATE, with("portId", json!(port(3)))).await.0,
        401
    );
    assert_eq!(asker.by("vera", "PUT", CREATE, wanted()).await.0, 401);
}

#[tokio::test]
async fn the_ports_must_be_active() {
    let asker = Asker::new();
    let disable = format!("/api/company/exampleco/ports/{}/disable", port(2));
    asker.post(&disable, Value::Null).await;
    assert_eq!(asker.put(CREATE, wanted()).await.0, 409);
}

#[tokio::test]
async fn an_untagged_connection_has_its_port_for_itself() {
    let asker = Asker::new();
    let (_, alone) = asker.put(CREATE, with("untagged", json!(true))).await;
    assert_eq!(alone["srcUntagged"], true);
    let path = format!("/api/company/exampleco/ports/{}", port(1));
    assert_eq!(asker.get(&path).await.1["singleService"], true);
    assert_eq!(asker.put(CREATE, wanted()).await.0, 409);
}

#[tokio::test]
async fn a_name_is_changed_at_once_and_a_speed_in_a_while() {
    let asker = Asker::new();
    let path = made(&asker).await;
    let body = json!({ "name": "hq-to-dc2", "speed": 300 });
    let (status, seen) = asker.post(&path, body).await;
    assert_eq!((status, &seen["name"]), (200, &json!("hq-to-dc2")));
    assert_eq!(seen["speed"]["value"], 100);
    let request = &seen["request"];
    assert_eq!(
        (&request["status"], &request["speed"]),
        (&json!("PENDING"), &json!(300))
    );
    assert_eq!(
        (&request["srcApproval"], &request["destApproval"]),
        (&json!(true), &json!(true))
    );
    // What is asked for is reserved already.
    let port = format!("/api/company/exampleco/ports/{}", port(1));
    assert_eq!(asker.get(&port).await.1["capacity"]["utilised"], 300);
    asker.settle();
    let (_, seen) = asker.get(&path).await;
    assert_eq!(
        (&seen["speed"]["value"], &seen["request"]),
        (&json!(300), &Value::Null)
    );
}

#[tokio::test]
async fn a_speed_that_changes_is_seen_to_while_it_is_watched() {
    let asker = Asker::with("settles_after: 1");
    let path = made(&asker).await;
    asker.post(&path, json!({ "speed": 50 })).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(asker.get(&path).await.1["speed"]["value"].clone());
    }
    assert_eq!(seen, [100, 50, 50]);
}

#[tokio::test]
async fn a_speed_for_which_there_is_no_room_is_refused() {
    let asker = Asker::new();
    let path = made(&asker).await;
    assert_eq!(asker.post(&path, json!({ "speed": 1001 })).await.0, 400);
    assert_eq!(asker.post(&path, json!({ "speed": 0 })).await.0, 400);
    assert_eq!(asker.post(&path, json!({ "speed": 1000 })).await.0, 200);
}

#[tokio::test]
async fn the_ports_of_a_connection_that_is_up_are_fixed() {
    let asker = Asker::new();
    let path = made(&asker).await;
    assert_eq!(
        asker.post(&path, json!({ "destPortId": port(2) })).await.0,
        409
    );
}

#[tokio::test]
async fn a_connection_is_disabled_and_enabled_if_both_ports_are_up() {
    let asker = Asker::new();
    let path = made(&asker).await;
    let act = async |name: &str| asker.put(&action(&path, name), Value::Null).await;
    assert_eq!(act("enable").await.1["status"], "ACTIVE");
    assert_eq!(act("disable").await.1["status"], "DISABLING");
    assert_eq!(act("enable").await.0, 409);
    asker.settle();
    assert_eq!(act("disable").await.1["status"], "DISABLED");
    let port = format!("/api/company/exampleco/ports/{}", port(2));
    asker.post(&format!("{port}/disable"), Value::Null).await;
    assert_eq!(act("enable").await.0, 409);
    asker.settle();
    asker.post(&format!("{port}/active"), Value::Null).await;
    asker.settle();
    assert_eq!(act("enable").await.1["status"], "ACTIVATING");
    asker.settle();
    assert_eq!(asker.get(&path).await.1["status"], "ACTIVE");
}

#[tokio::test]
async fn a_connection_that_is_settled_can_be_deleted_and_stays_readable() {
    let asker = Asker::new();
    let (_, fresh) = asker.put(CREATE, wanted()).await;
    let path = format!("{ALL}/{}", fresh["id"].as_str().unwrap());
    assert_eq!(asker.delete(&path).await.0, 409);
    asker.settle();
    assert_eq!(asker.delete(&path).await.1["status"], "DELETING");
    assert_eq!(asker.delete(&path).await.1["status"], "DELETING");
    asker.settle();
    let (status, gone) = asker.get(&path).await;
    assert_eq!((status, &gone["deleted"]), (200, &json!(true)));
    let port = format!("/api/company/exampleco/ports/{}", port(1));
    assert_eq!(asker.get(&port).await.1["capacity"]["remaining"], 1000);
    assert_eq!(asker.post(&path, json!({ "name": "n" })).await.0, 409);
}

#[tokio::test]
async fn a_connection_can_fail_and_says_why() {
    let asker = Asker::new();
    let (_, fresh) = asker.put(CREATE, wanted()).await;
    let fail = json!({ "id": fresh["id"], "reason": "no light" });
    asker.command("fail", fail).unwrap();
    let path = format!("{ALL}/{}", fresh["id"].as_str().unwrap());
    let (_, seen) = asker.get(&path).await;
    assert_eq!(
        (&seen["status"], &seen["errorReason"]),
        (&json!("ERROR"), &json!("no light"))
    );
    assert_eq!(asker.delete(&path).await.0, 200);
}

#[tokio::test]
async fn the_newer_list_has_pages_and_wants_all_three_parameters() {
    let asker = Asker::new();
    for _ in 0..3 {
        made(&asker).await;
    }
    let count = async |query: &str| {
        let (status, list) = asker.get(&format!("{ALL}?{query}")).await;
        (status, list["results"].as_array().map(Vec::len))
    };
    assert_eq!(count("page=1&count=2&status=ACTIVE").await, (200, Some(2)));
    assert_eq!(count("page=2&count=2&status=ACTIVE").await, (200, Some(1)));
    assert_eq!(count("page=3&count=2&status=ACTIVE").await, (200, Some(0)));
    assert_eq!(count("page=1&count=9&status=PENDING").await, (200, Some(0)));
    assert_eq!(
        count("page=1&count=9&status=PENDING,ACTIVE").await,
        (200, Some(3))
    );
    assert_eq!(count("page=1&count=9&status=").await, (200, Some(3)));
    for query in [
        "count=2&status=ACTIVE",
        "page=1&status=ACTIVE",
        "page=1&count=2",
    ] {
        assert_eq!(count(query).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn the_older_list_has_everything() {
    let asker = Asker::new();
    let path = made(&asker).await;
    asker.delete(&path).await;
    asker.settle();
    let (_, list) = asker.get("/api/company/exampleco/connections").await;
    assert_eq!(list["results"][0]["status"], "DELETED");
    let old = path.replace("/api/v2/", "/api/");
    assert_eq!(asker.get(&old).await.1["name"], "hq-to-dc");
}

#[tokio::test]
async fn operations_are_where_the_pages_have_them_and_nowhere_else() {
    let asker = Asker::new();
    let path = made(&asker).await;
    let newer = asker.put(&format!("{path}/disable"), Value::Null).await;
    assert_eq!(newer.0, 404);
    let older = asker.delete(&path.replace("/api/v2/", "/api/")).await;
    assert_eq!(older.0, 404);
}

#[tokio::test]
async fn connections_are_seen_by_viewers_of_their_companies() {
    let asker = Asker::new();
    let path = made(&asker).await;
    assert_eq!(asker.by("vera", "GET", &path, Value::Null).await.0, 200);
    assert_eq!(asker.by("newcomer", "GET", &path, Value::Null).await.0, 401);
    let other = path.replace("exampleco", "otherco");
    assert_eq!(asker.by("otto", "GET", &other, Value::Null).await.0, 404);
}
